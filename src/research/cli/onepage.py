"""Commands that hand something to one reader: a leader's page of a place, a department's list of open points."""

from __future__ import annotations

from typing import Annotated

import typer

from research.cli import common

Edition = Annotated[
    str, typer.Option("--edition", metavar="YEAR", help="Year of the book; default: the newest in the data.")
]
Data = Annotated[str, typer.Option("--data", metavar="NAME", help="'sample', or a folder of the same shape.")]
Project = Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")]
Output = Annotated[str, typer.Option("--output", metavar="DIR", help="Folder; default: in reports/output/.")]


def _edition(project, edition, data):
    from research import open_edition
    from research.cli import steps

    job = steps.Job(common.project(project), edition, data)
    return job, open_edition(job.edition, data=data, project=job.project)


def _print(job, paths):
    for path in paths:
        print(job.project.show(path))


def brief(
    place: Annotated[list[str] | None, typer.Argument(metavar="[PLACE]...", help="Code or name of a place.")] = None,
    everywhere: Annotated[bool, typer.Option("--all", help="The district and every township.")] = False,
    output: Output = "", edition: Edition = "", data: Data = "sample", project: Project = "",
):
    """One PDF page a place (一页画像): index and rank, six dimensions, tasks, demands; from the built tables.

    Example: bluebook brief 宁溪镇
    """
    from pathlib import Path

    from research.cli import steps
    from research.edition import onepage
    from research.errors import UsageError

    if bool(place) == everywhere:
        raise UsageError("brief: name one or more places, or say --all")
    job, book = _edition(project, edition, data)
    codes = None if everywhere else steps.places(job, place)
    _print(job, onepage.write_all(book, codes, Path(output) if output else None))


def answers(
    department: Annotated[list[str] | None, typer.Argument(metavar="[DEPARTMENT]...", help="Its name.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every department that has something to answer.")] = False,
    read: Annotated[list[str] | None, typer.Option("--read", metavar="FILE", help="A filled form; may be given "
                                                   "again.")] = None,
    output: Output = "", edition: Edition = "", data: Data = "sample", project: Project = "",
):
    """A department's report of its targets as an Excel form it can answer; filled forms are read with --read.

    Example: bluebook answers 区教育局
    """
    from pathlib import Path

    from research.assessment import answers as forms
    from research.errors import UsageError

    if bool(department) + everyone + bool(read) != 1:
        raise UsageError("answers: name departments, or say --all, or --read FILE")
    job, book = _edition(project, edition, data)
    folder = Path(output) if output else None
    if not read:
        _print(job, forms.write(book, department or None, folder))
        return
    table = forms.read(book, read)
    folder = folder or job.project.output("answers") / job.edition
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "answers.csv"
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    _print(job, [path])
    print(f"{int(table['answered'].sum())} of {len(table)} items answered in full")


def register(app):
    """Add the commands to the application."""
    app.command()(brief)
    app.command()(answers)
