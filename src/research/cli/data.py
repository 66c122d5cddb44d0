"""Commands for those who supply data: forms out, filled forms in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from research.cli import common
from research.cli.common import AllFaults, Data, Edition, FaultsFile, Format, Lang, Output, Project

if TYPE_CHECKING:
    from typer.main import Typer

OWN = "data/own"
"""The data folder of a centre that has one: forms ask for its next year, imports go into it."""


def register(app: Typer) -> None:
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
    department: Annotated[str, typer.Option("--department", help="Only what this department owes.")] = "",
    place: Annotated[str, typer.Option("--place", help="Only the form of this place (code or name).")] = "",
    survey: Annotated[bool, typer.Option("--survey", help="The household survey's form.")] = False,
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            help="indicators, target-values, tasks, demands, aspects, policies, lists, pairs, grids, village-values, "
            "quantities, topics or claims; may be given again. Default: indicators, and targets without one.",
        ),
    ] = None,
    data: Annotated[
        str,
        typer.Option(
            "--data",
            metavar="NAME",
            help="Where last year's values come from; default: data/own, where it is there, else the sample.",
        ),
    ] = "",
    output: Output = "",
    lang: Lang = "zh",
    project: Project = "",
) -> None:
    """Write the Excel forms that departments and townships fill in (into forms/).

    Example: bluebook template --edition 2025 --department 区统计局
    """
    from research.core.scope import Scope
    from research.indicators.forms import forms

    common.speak(lang)
    chosen = common.project(project)
    scope = Scope.of(chosen, edition, data or (OWN if (chosen.root / OWN).is_dir() else "sample"))
    usual = None if place or survey else ["indicators", "target-values"]
    written = forms.write(
        scope,
        common.output(chosen, output, "forms"),
        department=department,
        place=place,
        survey=survey,
        tables=table or usual,
    )
    for path in written:
        print(path)


def import_files(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Filled forms and tables: .xlsx, .csv; with a mapping also .parquet, .dta, .sav."
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="NAME",
            help="Data folder that takes the figures in; made when it is not there (own: data/own).",
        ),
    ] = OWN,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept", metavar="WARNING=REASON", help="Accept a warning by its name, with the reason, which is kept."
        ),
    ] = None,
    accept_file: Annotated[
        str,
        typer.Option(
            "--accept-file",
            metavar="FILE",
            help="Table of reasons for many warnings, as a refusal writes it beside the first file.",
        ),
    ] = "",
    mapping: Annotated[
        str,
        typer.Option(
            "--mapping",
            metavar="FILE",
            help="What is which column, for tables of another shape; default: NAME.map.yml beside each file.",
        ),
    ] = "",
    everything: AllFaults = False,
    file: FaultsFile = "",
    lang: Lang = "zh",
    project: Project = "",
) -> None:
    """Take filled forms in: checked whole, all faults at once; nothing is written until all is clean.

    Example: bluebook import 统计局.xlsx 江口街道.xlsx --to data/own
    """
    from research.cli import finding
    from research.core.faults import DataError
    from research.indicators.intake import intake

    common.speak(lang)
    try:
        taken = intake.take_in(
            common.project(project),
            files,
            to,
            accept=accept or (),
            mapping=mapping or None,
            accept_file=accept_file or None,
        )
        print(taken.text(lang))
    except DataError as error:
        finding.told(error.faults, everything=everything, file=file, note=error.note)


def history(
    indicator: Annotated[
        str, typer.Argument(help="Id of an indicator (with --table: of a row); none: every import.")
    ] = "",
    place: Annotated[str, typer.Argument(help="Code of a place.")] = "",
    table: Annotated[
        str,
        typer.Option(
            "--table",
            help="A register: target-values, tasks, demands or aspects; what "
            "stands before it is then the id of a target or task, a unit, a place or a "
            "year.",
        ),
    ] = "",
    data: Data = OWN,
    form: Format = "table",
    lang: Lang = "zh",
    project: Project = "",
) -> None:
    """Show every value a number had: who supplied it, when, from which file and row; without a number, every import.

    With --table, every state of the rows of a register: new, changed, removed, and by which import.

    Example: bluebook history INC-1-01 331003; bluebook history K001 --table tasks
    """
    from research.cli import listed
    from research.core.scope import Data as Folder
    from research.errors import UsageError, nearest
    from research.indicators.forms.registers import TITLES
    from research.indicators.store import registers, store

    common.speak(lang)
    folder = Folder.named(common.project(project), data).folder
    if table and table not in TITLES:
        raise UsageError(f"--table {table}: {nearest(table, TITLES)}")
    if table:
        frame = registers.history(folder, table, *filter(None, (indicator, place)))
    else:
        frame = (store.history(folder, indicator, place) if indicator else store.imports(folder)).astype(object)
    rows = frame.where(frame.notna(), "").to_dict("records")
    listed.tell(rows, [str(c) for c in frame.columns], listed.chosen(form))


def export(
    edition: Edition = "",
    data: Data = "sample",
    to: Annotated[str, typer.Option("--to", help="xlsx, csv, sdmx or package (Frictionless).")] = "csv",
    output: Output = "",
    project: Project = "",
) -> None:
    """Write an edition's tables for others, each number with its status; no household goes with them (into export/).

    Example: bluebook export --edition 2024 --to xlsx
    """
    from research.indicators import export as exports

    book = common.edition(project, edition, data)
    with common.at_work(book.scope):
        for path in exports.export(book, common.output(book.project, output, "export"), to):
            print(path)


def reply(
    edition: Edition = "",
    data: Data = "sample",
    department: Annotated[
        str, typer.Option("--department", help="Only this one; default: each that owes something.")
    ] = "",
    output: Output = "",
    project: Project = "",
) -> None:
    """Write a one-page answer to each department: what came, what is missing, what to look at again (Word; into
    replies/).

    Example: bluebook reply --edition 2024 --department 区卫健局
    """
    from research.indicators import edition_of
    from research.indicators.quality import reply

    book = edition_of(common.scope(project, edition, data))
    with common.at_work(book.scope):
        for path in reply.write(book, common.output(book.project, output, "replies"), department):
            print(path)


def migrate(
    project: Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")] = "",
) -> None:
    """Carry reference tables of the former shape over, once: targets become rows, plans stand in district.yml.

    The former tables are kept in data/reference/before-migration.

    Example: bluebook migrate
    """
    from research.indicators.reference import migrate as room

    chosen = common.project(project)
    written = room.migrate(chosen)
    for path in written:
        print(chosen.show(path))
    print(
        "carried over; the former tables are kept in data/reference/" + room.KEPT
        if written
        else "nothing to do: the reference tables have the present shape"
    )
