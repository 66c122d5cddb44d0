"""What the commands share: options, the chosen project, what they are about, and the console."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from research.errors import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from research.core.scope import Project as OpenProject
    from research.core.scope import Scope

# Options that many commands have, each with one name and one meaning.
Project = Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder; default: the one around here.")]
District = Annotated[
    str,
    typer.Option("--district", metavar="CODE", help="Of a province's project: one district, made in districts/CODE."),
]
Edition = Annotated[
    str, typer.Option("--edition", metavar="YEAR", help="Year of the book; default: the newest in the data.")
]
Data = Annotated[
    str,
    typer.Option(
        "--data", metavar="NAME", help="'sample', or a data folder: own (data/own), data/own, ./own, /some/where."
    ),
]
Format = Annotated[str, typer.Option("--format", help="table, csv or json.")]
Json = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
AllFaults = Annotated[bool, typer.Option("--all", help="List every fault, not the first twenty.")]
FaultsFile = Annotated[
    str, typer.Option("--faults", metavar="FILE", help="Write all faults into a .csv or .xlsx file, to hand on.")
]
Lang = Annotated[str, typer.Option("--lang", metavar="zh|en", help="Language of messages; Chinese by default.")]
Output = Annotated[
    str, typer.Option("--output", "-o", metavar="DIR", help="Folder of the project, or one from here with ./ in front.")
]

STATE = {"project": "", "lang": "en"}


def speak(lang: str) -> None:
    """Messages from here on are in this language; the commands of clerks and editors ask for it, Chinese by default."""
    from research.errors import UsageError

    if lang not in ("zh", "en"):
        raise UsageError(say(f"--lang {lang}: zh or en", f"--lang {lang}：应为 zh 或 en"))
    STATE["lang"] = lang


def said(en: str, zh: str) -> Any:
    """A line for the terminal in the command's language."""
    return zh if STATE["lang"] == "zh" else en


def project(folder: str = "") -> OpenProject:
    """The project named by the command's own `--project`, else by the one before the command, else found."""
    from research.core.scope import open_project

    return open_project(folder or STATE["project"] or None)


def book_alone(folder: str = "") -> Any:
    """The Quarto book that `--project` names, or that one stands in, when it belongs to no district's project.

    Returns
    -------
    Path or None
        None where a district's project is meant.
    """
    named = folder or STATE["project"] or os.environ.get("BLUEBOOK_PROJECT")
    start = Path(named or ".").expanduser().resolve()
    books = [f for f in (start, *start.parents) if any((f / n).is_file() for n in ("_quarto.yml", "_quarto.yaml"))]
    of_districts = [f for f in books if (f / "data" / "reference").is_dir()]
    if not books or books[0] in of_districts or (of_districts and not named):
        return None
    return books[0]


def scope(folder: str = "", edition: str = "", data: str = "sample", district: str = "") -> Scope:
    """What a command is about: the project, the wanted year (default: the newest) and the data, each found once."""
    from research.core.scope import Data
    from research.indicators import wanted_scope

    found = project(folder)
    if district:
        from research.starter.districts import district_project

        chosen = Data.named(found, data)
        found, data = district_project(found, district, chosen), chosen.key or data
    return wanted_scope(found, edition, data)


def looked_at(
    folder: str = "", edition: str = "", data: str = "sample", district: str = ""
) -> tuple[list[str], dict[str, list[int]]]:
    """What `check` is asked, and size and time of all that it reads, found without opening any of it.

    Returns
    -------
    (list of str, dict)
        The dictionary is empty where more is read than files of this machine tell: a store on a server, a province.
    """
    import datetime

    from research.core.kept import signatures
    from research.core.scope import Data

    found = project(folder)
    chosen = Data.named(found, data)
    settings = [f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith("BLUEBOOK_")]
    asked = ["check", str(found.root), edition, str(chosen.folder), district, STATE["lang"], sys.version, *settings]
    asked.append(datetime.date.today().isoformat())
    if district or os.environ.get("BLUEBOOK_STORE") or (chosen.folder / "store.yml").is_file():
        return asked, {}
    inside = found.reports.iterdir() if found.reports.is_dir() else ()
    parts = [p for p in inside if p.is_dir() and p.name not in ("output", "bundles")]
    folders = {found.root / "data", chosen.folder, found.notebooks, *parts, Path(__file__).parents[1]}
    alone = [p for p in found.root.iterdir() if p.is_file()]
    return asked, signatures(folders, [*alone, found.root / ".git" / "index"])


def edition(folder: str = "", year: str = "", data: str = "sample") -> Any:
    """The edition that a command is about, opened; its tables must stand on the data as it is now."""
    from research.edition.identity import require_tables
    from research.indicators import edition_of

    chosen = scope(folder, year, data)
    require_tables(chosen)
    return edition_of(chosen)


@contextmanager
def at_work(chosen: Scope, stage: bool = False) -> Iterator[None]:
    """One command at a time works on an edition's tables and runs, one on the stage; the others wait and say for whom.

    Raises
    ------
    DataError
        Naming the other command, when it takes longer than `BLUEBOOK_WAIT` seconds.
    """
    from research.core.files import locked

    with locked(chosen.results), locked(chosen.stage) if stage else nullcontext():
        yield


def output(chosen: Any, name: str, default: Any) -> Any:
    """The folder that `-o` names, by the rule of all folders; without it, the usual one in the project."""
    from research.core.scope import named_folder

    return named_folder(chosen, name) if name else chosen.root / default


def console() -> Console:
    """A console on standard error: standard output is for results that programs read."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def progress() -> Progress:
    """A progress bar with counts and time left; without a terminal it keeps quiet."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=console(),
    )
