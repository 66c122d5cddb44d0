"""From a printed figure, table or sentence back to its cell, its data and the way to compute it again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.core.texts import read_made, read_yaml
from research.errors import DataError, Fault, nearest, say

if TYPE_CHECKING:
    from research.core.scope import Project

__all__ = ["trace"]

_LABEL = re.compile(r"^#\|\s*label:\s*[\"']?([\w-]+)", re.M)


def trace(project: Project, label: str) -> list[tuple[str, str]]:
    """Where an element of a book comes from.

    Parameters
    ----------
    project : Project
    label : str
        As it stands in the page's address after `#`: ``fig-west-ratio``, ``tbl-...``, ``text-...``.

    Returns
    -------
    list of (str, str)
        Notebook, cell, what it shows, status, source, data with checksums where a run record has them, and the
        commands that compute it again.

    Raises
    ------
    DataError
        When no executed notebook has that label; the nearest one is named.
    """
    known: dict[str, Any] = {}
    for path in _notebooks(project):
        for number, cell in enumerate(_code(path), start=1):
            found = _LABEL.search("".join(cell["source"]))
            if found:
                known.setdefault(found[1], (path, number, cell))
    if label not in known:
        raise DataError(
            Fault(
                f"label {label}",
                say("a label of an executed notebook", "已运行笔记本中的标签"),
                say("none such", "没有这个"),
                nearest(label, known),
                "trace",
            )
        )
    path, number, cell = known[label]
    return [
        ("notebook", project.show(path)),
        ("cell", f"code cell {number}"),
        ("program", _program(cell)),
        *_shown(cell),
        *_record(project, path),
        ("again", _again(project, path)),
    ]


def _notebooks(project):
    return [*sorted(project.stage.glob("*.ipynb")), *sorted((project.notebooks / "cases").glob("*.ipynb"))]


def _code(path):
    try:
        return [c for c in read_made(path)["cells"] if c["cell_type"] == "code"]
    except (KeyError, TypeError):
        return []


def _program(cell):
    lines = [row for row in "".join(cell["source"]).splitlines() if row.strip() and not row.startswith("#|")]
    return "; ".join(lines)


def _shown(cell):
    for output in cell.get("outputs", []):
        about = output.get("metadata", {}).get("bluebook", {})
        text = "".join(output.get("data", {}).get("text/markdown", ""))
        yield from ((key, str(about[key])) for key in ("caption", "status", "source") if about.get(key))
        if text:
            yield "text", re.sub(r"\s+", " ", text)[:300]


def _record(project, path):
    """Data, program and versions from the newest run record of a staged notebook."""
    theme, place = _run_of(path)
    place = place or str(read_yaml(project.reference / "district.yml", needed=True)["code"])
    runs = project.reports / "runs"
    records = sorted([*runs.glob(f"*/{theme}/{place}.run.json"), *runs.glob(f"*/*/{theme}/{place}.run.json")])
    if not records:
        return
    made = read_made(records[-1])
    yield "record", project.show(records[-1])
    yield "data", "; ".join(f"{name} (sha256 {mark})" for name, mark in sorted(made.get("inputs", {}).items()))
    about = made.get("environment", {})
    yield "code", f"{about.get('commit', '')[:12]}{' and changes after it' if about.get('dirty') else ''}"
    yield "versions", ", ".join(f"{name} {version}" for name, version in sorted(about.get("packages", {}).items()))


def _run_of(path):
    """Theme and place of a staged notebook; no place where it is the district's own.

    Examples
    --------
    >>> _run_of(Path("income-331003101.ipynb")), _run_of(Path("case-clean-water.ipynb"))
    (('income', '331003101'), ('case-clean-water', ''))
    """
    found = re.fullmatch(r"(.+?)-(\d{6,12})", path.stem)
    return (found[1], found[2]) if found else (path.stem, "")


def _again(project, path):
    if path.parent == project.notebooks / "cases":
        return f"bluebook case run {path.stem}; bluebook case check --numbers; bluebook case bundle {path.stem}"
    return f"bluebook run --theme {_run_of(Path(path))[0]} --force"
