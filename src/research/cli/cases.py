"""Commands of the case library."""

from __future__ import annotations

from typing import Annotated

import typer

from research.cli import common
from research.cli.common import Format, Json, Project
from research.core.files import write_whole
from research.errors import say

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.command("list")
def listing(form: Format = "table", as_json: Json = False, project: Project = "") -> None:
    """Show the cases in the library."""
    from research.cli import listed, show

    show.listing(common.project(project), "cases", form=listed.chosen(form, as_json))


@app.command()
def check(
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Run the evidence again; name each number that moved.")
    ] = False,
    project: Project = "",
) -> None:
    """Name everything that is missing or wrong in the cases, by file and line."""
    from research.cases import library as cases
    from research.errors import DataError

    chosen = common.project(project)
    found = cases.check(chosen)
    if numbers and not found:
        from research.cases import numbers as case_numbers

        found = case_numbers.faults(chosen)
    if found:
        raise DataError(found)
    print("no faults")


@app.command()
def run(
    case_ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Cases; default: all.")] = None,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", help="Write nothing: name each number that moved, and the packages of another version."
        ),
    ] = False,
    project: Project = "",
) -> None:
    """Run evidence notebooks in place, and say which of their numbers changed.

    With --compare nothing is written, and a number that moved is a fault (exit code 1).

    Example: bluebook case run paired-villages --compare
    """
    from research.cases import numbers as case_numbers
    from research.errors import DataError

    chosen = common.project(project)
    if compare:
        if found := case_numbers.faults(chosen, case_ids):
            raise DataError(found)
        print("no number moved")
        return
    for name, changes, words in case_numbers.run(chosen, case_ids):
        same = "the same numbers and words" if not words else "the same numbers"
        other = f"; other words in {', '.join(words)}" if words else ""
        print(f"{name}: {f'{len(changes)} numbers changed' if changes else same}{other}")
        for row in changes:
            print(f"  {case_numbers.worded(*row)}")


@app.command()
def brief(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Name of the case.")],
    output: Annotated[
        str,
        typer.Option(
            "--output", metavar="PATH", help="A .pdf file or a folder; default: reports/output/briefs/cases/."
        ),
    ] = "",
    project: Project = "",
) -> None:
    """One case as a brief of at most two pages (PDF).

    Example: bluebook case brief paired-villages
    """
    from research.cases import brief as case_brief

    chosen = common.project(project)
    print(chosen.show(case_brief.write(chosen, case_id, output or None)))


@app.command()
def trace(
    label: Annotated[str, typer.Argument(metavar="LABEL", help="fig-west-ratio, tbl-..., text-...")],
    project: Project = "",
) -> None:
    """Lead a figure, table or sentence of a book back to its cell, its data and the way to compute it again."""
    from research.cases import trace as case_trace

    for name, text in case_trace.trace(common.project(project), label):
        print(f"{name}: {text}")


@app.command()
def index(project: Project = "") -> None:
    """Write the page that lists all bundles with their checksums: reports/bundles/index.html."""
    from research.cases.bundles import index as bundle_index

    chosen = common.project(project)
    print(chosen.show(bundle_index.write(chosen)))


@app.command()
def bundle(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Name of the case.")], project: Project = ""
) -> None:
    """Pack one case into one file that a stranger can check and rerun.

    Example: bluebook case bundle warm-workshop
    """
    from research.cases.bundles import index as bundle_index
    from research.cases.bundles import pack as bundles

    chosen = common.project(project)
    print(chosen.show(bundles.pack(chosen, case_id)))
    bundle_index.write(chosen)


@app.command()
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A case bundle (.case.zip).")],
    yes: Annotated[bool, typer.Option("--yes", help="Run its notebook without asking.")] = False,
    environment: Annotated[
        str, typer.Option("--env", help="build: the bundle's locked versions; current: this environment.")
    ] = "build",
    own_code: Annotated[
        bool,
        typer.Option("--bundle-code", help="Run with the bundle's program files, not with those of this installation."),
    ] = False,
    unconfined: Annotated[
        bool, typer.Option("--unconfined", help="Run even where this machine cannot confine it.")
    ] = False,
    page: Annotated[str, typer.Option("--report", metavar="FILE", help="Write a small HTML report.")] = "",
) -> None:
    """Check a bundle, run it again in its own environment, and say what of the text is reproduced.

    Outcomes: verified (0), changed (1), not reproducible (3). Its notebook runs only after all checks, with your
    word, and confined by the system: no network, no programs, no files but its own and the interpreter's. A machine
    that has no means for that checks the bundle and does not run it.
    """
    from pathlib import Path

    from research.cases.bundles import check as bundle_check
    from research.cases.bundles import report as bundle_report
    from research.cases.bundles import verify as bundle_verify
    from research.errors import UsageError

    if environment not in ("build", "current"):
        raise UsageError(say(f"--env {environment}: build or current", f"--env {environment}：应为 build 或 current"))
    if not Path(file).is_file():
        raise UsageError(say(f"{file}: no such file", f"{file}：没有这个文件"))
    files, _ = bundle_check.open_checked(Path(file))
    if other := bundle_check.foreign_code(files):
        common.console().print(
            f"{len(other)} program files are not those of this installation: {', '.join(other[:5])}", markup=False
        )
    if not yes:
        typer.confirm("The bundle's checksums agree. Run its notebook now, in a folder of its own?", abort=True)
    outcome = bundle_verify.verify(
        Path(file), environment=environment, progress=common.console().print, own_code=own_code, unconfined=unconfined
    )
    if page:
        write_whole(page, bundle_report.report(outcome))
    print(f"{outcome.outcome}: {outcome.reason}")
    for label, how in (outcome.quoted or {}).items():
        print(f"  {label}: {how}")
    raise typer.Exit(outcome.exit_code)


@app.command()
def new(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Short name in small letters: warm-workshop.")] = "",
    title: Annotated[str, typer.Option("--title", prompt="标题", help="Title in Chinese.")] = "",
    kind: Annotated[
        str, typer.Option("--class", prompt="类别（创新型/最佳/提升型）", help="创新型, 最佳 or 提升型.")
    ] = "",
    domain: Annotated[str, typer.Option("--domain", prompt="领域（如 economy）", help="A theme's name.")] = "",
    project: Project = "",
) -> None:
    """Lay out a new case: its text with the standard sections, and its evidence notebook."""
    from research.cases import library as cases

    case_id = case_id or typer.prompt("编号（小写字母、数字、连字符，如 warm-workshop）")
    for path in cases.new(common.project(project), case_id, title=title, kind=kind, domain=domain):
        print(path)
