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

    from research.book import onepage
    from research.cli import steps
    from research.errors import UsageError

    if bool(place) == everywhere:
        raise UsageError("brief: name one or more places, or say --all")
    job, book = _edition(project, edition, data)
    codes = None if everywhere else steps.places(job, place)
    _print(job, onepage.write_all(book, codes, Path(output) if output else None))


def register(app):
    """Add the commands to the application."""
    app.command()(brief)
