"""Commands of the yearly book, in the order in which they run."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from research.cli import common
from research.cli.cases import app as cases
from research.cli.common import AllFaults, Data, District, Edition, FaultsFile, Format, Json, Lang, Project
from research.cli.data import register as register_data
from research.cli.onepage import register as register_pages
from research.cli.survey import app as survey

app = typer.Typer(
    help="From a district's data to its annual Common Prosperity Bluebook (共同富裕蓝皮书).",
    epilog="Start with: bluebook all --data sample",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Jobs = Annotated[int, typer.Option("--jobs", min=1, max=64, help="Notebooks run at the same time.")]
To = Annotated[
    str, typer.Option("--to", metavar="LIST", help="Formats, separated by commas: html,docx,pdf,single,lite.")
]
Engine = Annotated[str, typer.Option("--engine", help="auto, quarto or pandoc (the embedded engine).")]
Book = Annotated[
    str,
    typer.Option(
        "--book",
        help="bluebook, cases, manual, or all: the first two; of a book that is no district's project: a profile.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; write nothing.")]
Force = Annotated[bool, typer.Option("--force", help="Do it again even where nothing changed.")]
Theme = Annotated[list[str] | None, typer.Option("--theme", help="Only this notebook; may be given again.")]
Place = Annotated[list[str] | None, typer.Option("--place", help="Only this place (code or name); may be given again.")]


def _version(wanted: bool) -> None:
    """Print the version and end, before a command is asked for."""
    if wanted:
        from research import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def start(
    project: Project = "",
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """From a district's data to its annual Common Prosperity Bluebook (共同富裕蓝皮书)."""
    common.STATE["project"] = project


@app.command("all")
def everything(
    edition: Edition = "",
    data: Data = "sample",
    to: To = "html,docx,pdf",
    engine: Engine = "auto",
    jobs: Jobs = 2,
    book: Book = "all",
    dry_run: DryRun = False,
    force: Force = False,
    lang: Lang = "zh",
    project: Project = "",
    district: District = "",
) -> None:
    """The whole way: check, build, run, render. Both books end in reports/output/.

    Example: bluebook all --edition 2024 --data sample --to html,docx,pdf
    """
    from research.cli import finding, steps

    common.speak(lang)
    scope = common.scope(project, edition, data, district)
    formats, books = steps.formats(to), steps.books(book)
    steps.engine_name(engine)
    if dry_run:
        steps.show_plan(scope, formats, books, engine, force=force)
        return
    books, unfinished = finding.finished(scope, books)
    finding.check(scope, books=books)
    steps.build(scope, force=force)
    steps.run(scope, jobs=jobs, force=force)
    steps.render(scope, books, formats, engine, program=app)
    if unfinished:  # the bluebook is made; what holds the case book back is said last, where it is seen
        finding.refuse(unfinished)


@app.command()
def check(
    edition: Edition = "",
    data: Data = "sample",
    form: Format = "table",
    everything: AllFaults = False,
    file: FaultsFile = "",
    force: Annotated[bool, typer.Option("--force", help="Look again though nothing has changed.")] = False,
    lang: Lang = "zh",
    project: Project = "",
    district: District = "",
) -> None:
    """Look for faults in data, reference tables, notebooks and chapters; writes nothing in the project.

    Where nothing has changed since the last look without a fault, its answer is told again.

    Example: bluebook check --data own --faults faults.xlsx
    """
    from research.core.kept import tell_again, told_before

    common.speak(lang)
    asked, seen = common.looked_at(project, edition, data, district)
    plain = form == "table" and not file and not everything
    if plain and not force and seen and (told := told_before(asked, seen)):
        lines, _, ending = told.rpartition("\n")
        print(lines, end="\n" if lines else "", file=sys.stderr)
        print(ending + common.said("; nothing has changed since", "；自上次检查以来没有改动"))
        return
    lines, ending = _looked(common.scope(project, edition, data, district), form, everything, file)
    if form == "table":
        print(lines, end="", file=sys.stderr)
        print(ending)
    if plain and seen:
        tell_again(asked, seen, lines + ending)


def _looked(scope, form, everything, file):
    """What there is to say besides, and the last line; ends with the faults, if there are any."""
    from research.cli import finding, listed

    form = listed.chosen(form)
    staged = finding.is_staged(scope)
    finding.told(finding.faults(scope, staged=staged), form, everything=everything, file=file)
    lines = [*finding.notes(scope), *finding.tracked(scope)] if form == "table" else []
    if staged:
        ending = common.said("no faults", "没有发现问题")
    else:
        ending = common.said(
            "no faults (what the chapters embed is checked once the notebooks have run)",
            "没有发现问题（章节引用的内容待笔记本运行后再检查）",
        )
    return "".join(f"{line}\n" for line in lines), ending


@app.command()
def build(
    edition: Edition = "",
    data: Data = "sample",
    force: Force = False,
    dry_run: DryRun = False,
    lang: Lang = "zh",
    project: Project = "",
    district: District = "",
) -> None:
    """Compute the edition's tables: observations, measures, index, attainment."""
    from research.cli import finding, steps

    common.speak(lang)
    scope = common.scope(project, edition, data, district)
    if dry_run:
        steps.show_plan(scope, force=force, only="build")
        return
    finding.check(scope, books=())
    steps.build(scope, force=force)


@app.command()
def run(
    edition: Edition = "",
    data: Data = "sample",
    jobs: Jobs = 2,
    theme: Theme = None,
    place: Place = None,
    dry_run: DryRun = False,
    force: Force = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last execution.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Run again cold and compare the bytes.")] = False,
    kernel: Annotated[str, typer.Option("--kernel", help="auto, warm or plain.")] = "auto",
    scheduler: Annotated[str, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask cluster.")] = "",
    cell_seconds: Annotated[int, typer.Option("--cell-seconds", help="Limit for one cell.")] = 0,
    run_seconds: Annotated[int, typer.Option("--run-seconds", help="Limit for one run.")] = 0,
    memory: Annotated[int, typer.Option("--memory", help="Limit for one run's own memory, in MiB.")] = 0,
    retries: Annotated[int, typer.Option("--retries", min=0, help="New tries for a kernel that died.")] = 1,
    log_format: Annotated[str, typer.Option("--log-format", help="text, or json: one event a line.")] = "text",
    lang: Lang = "zh",
    project: Project = "",
    district: District = "",
) -> None:
    """Run the notebooks that are not fresh, for the district and each township.

    Example: bluebook run --theme income --place 宁溪镇 --force
    """
    from research.cli import finding, steps

    common.speak(lang)
    scope = common.scope(project, edition, data, district)
    steps.log_format(log_format)
    chosen: dict[str, Any] = {"themes": theme, "places": steps.places(scope, place)}
    if dry_run:
        steps.show_plan(scope, force=force, only="run", **chosen)
        return
    if verify:
        steps.verify(scope, jobs=jobs, log_format=log_format, **chosen)
        return
    finding.check(scope, books=())
    steps.build(scope)
    given = (("cell", cell_seconds), ("run", run_seconds), ("memory", memory << 20))
    limits = {k: v for k, v in given if v}
    steps.run(
        scope,
        jobs=jobs,
        force=force,
        kernel=kernel,
        scheduler=scheduler,
        log_format=log_format,
        limits=limits or None,
        retries=retries,
        resume=resume,
        **chosen,
    )


@app.command("runs")
def runs_listing(
    edition: Edition = "",
    data: Data = "sample",
    form: Format = "table",
    as_json: Json = False,
    timeline: Annotated[str, typer.Option("--timeline", metavar="FILE", help="Draw the last execution (.svg).")] = "",
    project: Project = "",
    district: District = "",
) -> None:
    """Show the state of every run: fresh, stale and why, failed, new."""
    from research.cli import listed, show

    show.runs(common.scope(project, edition, data, district), form=listed.chosen(form, as_json), timeline=timeline)


@app.command()
def render(
    edition: Edition = "",
    data: Data = "sample",
    to: To = "html,docx,pdf",
    engine: Engine = "auto",
    book: Book = "all",
    dry_run: DryRun = False,
    chapter: Annotated[str, typer.Option("--chapter", metavar="NAME", help="Only this page of the website.")] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Show the website and make it again at each change.")] = False,
    lang: Lang = "zh",
    project: Project = "",
    district: District = "",
) -> None:
    """Make the books from the notebooks that were run; or any other Quarto book that --project names.

    Example: bluebook render --book bluebook --to html --chapter general
    """
    from research.cli import steps

    common.speak(lang)
    if alone := common.book_alone(project):
        steps.engine_name(engine)
        steps.render_alone(
            alone,
            steps.formats(to),
            engine,
            profile="" if book == "all" else book,
            chapter=chapter or None,
            watch=watch,
            dry_run=dry_run,
        )
        return
    scope = common.scope(project, edition, data, district)
    formats, books = steps.formats(to), steps.books(book)
    steps.engine_name(engine)
    if dry_run:
        steps.show_plan(scope, formats, books, engine, only="render")
    elif watch:
        steps.watch(scope, books[0], app)
    else:
        steps.render(scope, books[:1] if chapter else books, formats, engine, chapter=chapter or None, program=app)


@app.command()
def sign(
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who has read the page of changes.")],
    edition: Edition = "",
    data: Data = "sample",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What should be known of it; kept.")] = "",
    project: Project = "",
    district: District = "",
) -> None:
    """Sign what moved since the last signature; `bundle --release` asks for it, a changed input voids it.

    Example: bluebook sign --edition 2024 --data own --by 王编辑
    """
    from research.cli import steps

    steps.sign(common.scope(project, edition, data, district), by, note)


@app.command()
def bundle(
    edition: Edition = "",
    data: Data = "sample",
    release: Annotated[
        bool, typer.Option("--release", help="For publication: refused while sample figures are in it.")
    ] = False,
    project: Project = "",
    district: District = "",
) -> None:
    """Pack an edition (books, tables, run records, checksums) into one file in reports/bundles/."""
    from research.cli import bundles

    print(bundles.edition(common.scope(project, edition, data, district), release=release))


@app.command("list")
def listing(
    what: Annotated[str, typer.Argument(help="places, themes, indicators, targets or cases.")],
    form: Format = "table",
    as_json: Json = False,
    project: Project = "",
) -> None:
    """Show places, themes, indicators, targets or cases."""
    from research.cli import listed, show

    show.listing(common.project(project), what, form=listed.chosen(form, as_json))


@app.command()
def upgrade(dry_run: DryRun = False, project: Project = "") -> None:
    """Take this version's notebooks and chapters into a project; files that were edited are never touched.

    Example: bluebook upgrade --dry-run
    """
    from research.starter import upgrade as upgrading

    print(upgrading(common.project(project), dry_run=dry_run).describe())


@app.command()
def doctor(project: Project = "") -> None:
    """Tell what this machine has, and what it lacks."""
    from research.cli import show

    raise typer.Exit(show.doctor(project))


@app.command()
def lab(
    lang: Lang = "zh",
    browser: Annotated[bool, typer.Option(help="Open a window of the browser.")] = True,
    project: Project = "",
) -> None:
    """Open JupyterLab, in Chinese, on the starting notebook.

    Example: bluebook lab --lang en
    """
    from research.cli import show

    raise typer.Exit(show.lab(common.project(project), lang, browser))


register_data(app)
register_pages(app)
app.add_typer(survey, name="survey", help="A survey from plan to estimate: plan, select, forms, weigh, report.")
app.add_typer(cases, name="case", help="The case library: new, list, check.")
