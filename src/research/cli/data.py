"""Commands for those who supply data: forms out, filled forms in."""

from __future__ import annotations

from typing import Annotated

import typer

from research.cli import common


def register(app):
    """Add the data commands to the main command."""
    app.command("template")(template)
    app.command("import")(import_files)


def template(
    edition: Annotated[str, typer.Option("--edition", metavar="YEAR", help="Year that the form asks for.")],
    department: Annotated[
        str, typer.Option("--department", help="Only the indicators that this department owes.")
    ] = "",
    place: Annotated[str, typer.Option("--place", help="Only the form of this place (code or name).")] = "",
    survey: Annotated[bool, typer.Option("--survey", help="The household survey's form.")] = False,
    output: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Where the forms go.")] = "forms",
    project: Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")] = "",
):
    """Write the Excel forms that departments and townships fill in.

    Example: bluebook template --edition 2025 --department 区统计局
    """
    from research.indicators import forms

    written = forms.write(
        common.project(project), edition, output, department=department, place=place, survey=survey
    )
    for path in written:
        print(path)


def import_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Filled forms: .xlsx or .csv.")],
    to: Annotated[str, typer.Option("--to", metavar="DIR", help="Data folder that takes the figures in.")] = "data/own",
    accept: Annotated[list[str] | None, typer.Option("--accept", metavar="WARNING=REASON",
    help="Accept a warning by its name, with the reason, which is kept.")] = None,
    project: Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")] = "",
):
    """Take filled forms in: checked whole, all faults at once; nothing is written until all is clean.

    Example: bluebook import 统计局.xlsx 江口街道.xlsx --to data/own
    """
    from research.indicators import intake

    result = intake.take_in(common.project(project), files, to, accept=accept or ())
    print(result)
