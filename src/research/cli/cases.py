"""Commands of the case library."""

from __future__ import annotations

from typing import Annotated

import typer

from research.cli import common

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
Project = Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")]


@app.command("list")
def listing(as_json: Annotated[bool, typer.Option("--json", help="One JSON list.")] = False, project: Project = ""):
    """Show the cases in the library."""
    from research.cli import show

    show.listing(common.project(project), "cases", as_json=as_json)


@app.command()
def check(project: Project = ""):
    """Name everything that is missing or wrong in the cases, by file and line."""
    from research.book import cases
    from research.errors import DataError

    found = cases.check(common.project(project))
    if found:
        raise DataError(found)
    print("no faults")


@app.command()
def bundle(case_id: Annotated[str, typer.Argument(metavar="ID", help="Name of the case.")], project: Project = ""):
    """Pack one case into one file that a stranger can check and rerun.

    Example: bluebook case bundle warm-workshop
    """
    from research.book import bundle as bundles

    chosen = common.project(project)
    print(chosen.show(bundles.pack(chosen, case_id)))


@app.command()
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A case bundle (.case.zip).")],
    yes: Annotated[bool, typer.Option("--yes", help="Run its notebook without asking.")] = False,
    environment: Annotated[str, typer.Option("--env", help="build: the bundle's locked versions; current: this "
                                             "environment.")] = "build",
    page: Annotated[str, typer.Option("--report", metavar="FILE", help="Write a small HTML report.")] = "",
):
    """Check a bundle, run it again in its own environment, and say what of the text is reproduced.

    Outcomes: verified (0), changed (1), not reproducible (3). Its notebook runs only after all checks and
    with your word.
    """
    from pathlib import Path

    from research.book import bundle_check, bundle_report, bundle_verify
    from research.errors import UsageError

    if environment not in ("build", "current"):
        raise UsageError(f"--env {environment}: build or current")
    if not Path(file).is_file():
        raise UsageError(f"{file}: no such file")
    bundle_check.open_checked(Path(file))
    if not yes:
        typer.confirm("The bundle's checksums agree. Run its notebook now, in a folder of its own?", abort=True)
    outcome = bundle_verify.verify(Path(file), environment=environment, progress=common.console().print)
    if page:
        Path(page).write_text(bundle_report.report(outcome), "utf-8")
    print(f"{outcome.outcome}: {outcome.reason}")
    for label, how in (outcome.quoted or {}).items():
        print(f"  {label}: {how}")
    raise typer.Exit(outcome.exit_code)


@app.command()
def new(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Short name in small letters: warm-workshop.")],
    title: Annotated[str, typer.Option("--title", prompt="标题", help="Title in Chinese.")],
    kind: Annotated[str, typer.Option("--class", prompt="类别（创新型/最佳/提升型）", help="创新型, 最佳 or 提升型.")],
    domain: Annotated[str, typer.Option("--domain", prompt="领域（如 economy）", help="A theme's name.")],
    project: Project = "",
):
    """Lay out a new case: its text with the standard sections, and its evidence notebook."""
    from research.book import cases

    for path in cases.new(common.project(project), case_id, title=title, kind=kind, domain=domain):
        print(path)
