"""The next plan laid out: its entry in `district.yml` and an empty file for its text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from research.core.files import write_whole
from research.errors import DataError, Fault, UsageError, say
from research.indicators.reference import reference
from research.indicators.reference.migrate import entry_text
from research.indicators.reference.plans import check_plans


def new_plan(
    project: Any, title: str, start: int, end: int, milestones: str = "", base: int | None = None, name: str = "规划"
) -> list[Path]:
    """Add a plan without targets.

    Parameters
    ----------
    project : Project
    title, name : str
        The whole title, and what the book calls it.
    start, end : int
    milestones : str
        Years parted by commas; the last year is one of them without being named.
    base : int, optional
        Year that distances are measured from; default the year before the start.

    Returns
    -------
    list of Path
        `district.yml` and the file for the plan's text.

    Raises
    ------
    UsageError
        Milestones that are no years.
    DataError
        Years that overlap another plan's, an id that is taken, a text file that is there; nothing is written then.
    """
    if not re.fullmatch(r"(\s*\d{4}\s*(,|，|$))*", milestones):
        raise UsageError(
            say(
                f"--milestones {milestones}: years such as 2028,2030",
                f"--milestones {milestones}：请给出年份，如 2028,2030",
            )
        )
    years = sorted({int(y) for y in re.findall(r"\d{4}", milestones)} | {end})
    entry = {"id": f"{start}-{end}", "title": title, "name": name, "start": start, "end": end, "milestones": years}
    entry |= {"base": base} if base else {}
    entry |= {"publisher": "", "date": "", "file": f"outline-{start}.txt"}
    about = reference.district(project)
    if faults := check_plans({"plans": [*(about.get("plans") or []), entry]}):
        raise DataError(faults)
    text, path = project.reference / entry["file"], project.reference / "district.yml"
    if text.exists():
        raise DataError(
            Fault(
                project.show(text),
                say("no such file", "没有这个文件"),
                say("one that is there", "已经存在"),
                say("move it away", "请移走"),
                "exists",
            )
        )
    text.write_text("", "utf-8")
    write_whole(path, _with(path.read_text("utf-8"), entry))
    return [path, text]


def _with(text: str, entry: dict) -> str:
    """`district.yml` with one more entry at the end of its section `plans`."""
    lines = text.splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if re.match(r"^plans\s*:", line)) + 1
    while at < len(lines) and not re.match(r"^[A-Za-z_#]", lines[at]):
        at += 1
    while not lines[at - 1].strip():
        at -= 1
    lines[at - 1] = lines[at - 1].rstrip("\n") + "\n"
    indent = next((m[1] for line in lines if (m := re.match(r"^(\s*)- id\s*:", line))), "")
    block = "".join(indent + line for line in entry_text(entry).splitlines(keepends=True))
    return "".join([*lines[:at], block, *lines[at:]])
