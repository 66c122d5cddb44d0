"""Commands for those who supply data: forms out, filled forms in."""

from __future__ import annotations

from typing import Annotated

import typer

from research.cli import common


def register(app):
    """Add the data commands to the main command."""
    app.command("template")(template)
    app.command("import")(import_files)
    app.command("history")(history)
    app.command("export")(export)
    app.command("reply")(reply)
    app.command("migrate")(migrate)
    from research.cli.new import app as new

    app.add_typer(new, name="new", help="A theme or a case of an exploration; the next plan.")


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
    from research.indicators.forms import forms

    written = forms.write(
        common.project(project), edition, output, department=department, place=place, survey=survey
    )
    for path in written:
        print(path)


def import_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Filled forms and tables: .xlsx, .csv; with "
                                                  "a mapping also .parquet, .dta, .sav.")],
    to: Annotated[str, typer.Option("--to", metavar="DIR", help="Data folder that takes the figures in.")] = "data/own",
    accept: Annotated[list[str] | None, typer.Option("--accept", metavar="WARNING=REASON",
    help="Accept a warning by its name, with the reason, which is kept.")] = None,
    mapping: Annotated[str, typer.Option("--mapping", metavar="FILE", help="What is which column, for tables of "
                                         "another shape; default: NAME.map.yml beside each file.")] = "",
    project: Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")] = "",
):
    """Take filled forms in: checked whole, all faults at once; nothing is written until all is clean.

    Example: bluebook import 统计局.xlsx 江口街道.xlsx --to data/own
    """
    from research.indicators.intake import intake

    result = intake.take_in(common.project(project), files, to, accept=accept or (),
                            mapping=mapping or None)
    print(result)


def history(
    indicator: Annotated[str, typer.Argument(help="Id of an indicator: INC-3-01.")],
    place: Annotated[str, typer.Argument(help="Code of a place.")],
    data: Annotated[str, typer.Option("--data", metavar="DIR", help="Folder that took the figures in.")] = "data/own",
    project: Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")] = "",
):
    """Show every value a number had: who supplied it, when, from which file and row."""
    from research.indicators.store import store

    folder = common.project(project).root / data
    print(store.history(folder, indicator, place).to_string(index=False))


def export(
    edition: Annotated[str, typer.Option("--edition", metavar="YEAR", help="Year of the book.")] = "",
    data: Annotated[str, typer.Option("--data", metavar="NAME", help="'sample' or a folder.")] = "sample",
    to: Annotated[str, typer.Option("--to", help="xlsx, csv, sdmx or package (Frictionless).")] = "csv",
    output: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Where the files go.")] = "export",
    project: Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")] = "",
):
    """Write an edition's tables for others, each number with its status; no household goes with them.

    Example: bluebook export --edition 2024 --to xlsx
    """
    from research.cli import steps
    from research.indicators import export as exports
    from research.indicators import open_edition

    job = steps.Job(common.project(project), edition, data)
    for path in exports.export(open_edition(job.edition, data=data, project=job.project), output, to):
        print(path)


def reply(
    edition: Annotated[str, typer.Option("--edition", metavar="YEAR", help="Year of the book.")] = "",
    data: Annotated[str, typer.Option("--data", metavar="NAME", help="'sample' or a folder.")] = "sample",
    department: Annotated[str, typer.Option("--department", help="Only this one; default: each that owes "
                                            "something.")] = "",
    output: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Where the pages go.")] = "replies",
    project: Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")] = "",
):
    """Write a one-page answer to each department: what came, what is missing, what to look at again (Word).

    Example: bluebook reply --edition 2024 --department 区卫健局
    """
    from research.cli import steps
    from research.indicators import open_edition
    from research.indicators.quality import reply

    job = steps.Job(common.project(project), edition, data)
    for path in reply.write(open_edition(job.edition, data=data, project=job.project), output, department):
        print(path)


def migrate(
    project: Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")] = "",
):
    """Carry reference tables of the former shape over, once: targets become rows, plans stand in district.yml.

    The former tables are kept in data/reference/before-migration.

    Example: bluebook migrate
    """
    from research.indicators.reference import migrate as room

    chosen = common.project(project)
    written = room.migrate(chosen)
    for path in written:
        print(chosen.show(path))
    print("carried over; the former tables are kept in data/reference/" + room.KEPT if written else
          "nothing to do: the reference tables have the present shape")
