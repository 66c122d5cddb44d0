"""The steps of the yearly book as the commands run them: checked, shown, counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.cli.common import at_work, console, progress, said
from research.errors import DataError, UsageError, nearest, say

if TYPE_CHECKING:
    from typer.main import Typer

    from research.core.scope import Scope
    from research.indicators.edition import Edition
    from research.indicators.privacy.intruder.audit import Audit

BOOKS = ("bluebook", "cases")
MANUAL = "manual"  # a book about the program: it stands on no data and no runs
LITE = "lite"  # no form of a book: pages that run the notebooks of its cases
FORMATS = ("html", "docx", "pdf", "single", LITE)
ENGINES = ("auto", "quarto", "pandoc")


def formats(text: str) -> tuple[str, ...]:
    """`html,docx` as a tuple, in the order of `FORMATS`."""
    return _several(text, FORMATS, "--to")


def books(text: str) -> tuple[str, ...]:
    """`all` (the two books of an edition), `bluebook`, `cases` or `manual` as a tuple of names."""
    return BOOKS if text == "all" else _several(text, (*BOOKS, MANUAL), "--book")


def engine_name(text: str) -> str:
    """The engine's name, or a usage error with the known ones."""
    return _several(text, ENGINES, "--engine")[0]


def log_format(text: str) -> str:
    """`text` or `json`, or a usage error."""
    return _several(text, ("text", "json"), "--log-format")[0]


def places(scope: Scope, wanted: Any) -> list[str] | None:
    """Codes of places named by code or by name; None for all."""
    if not wanted:
        return None
    from research.indicators import edition_of

    edition = edition_of(scope)
    known = {edition.name(code): code for code in (edition.district, *edition.places["code"])}
    unknown = [p for p in wanted if p not in known and p not in known.values()]
    if unknown:
        raise UsageError("; ".join(f"--place {p}: {nearest(p, [*known, *known.values()])}" for p in unknown))
    return [known.get(p, p) for p in wanted]


def watch(scope: Scope, profile: str, program: Any = None) -> None:
    """Serve a book's website on this machine and make it again when its sources change."""
    from research.book.watching import watch as look

    root, name, more = source(scope, profile, program)
    look(root, name, progress=console().print, **more)


def source(
    scope: Scope, book: str, program: Typer | None = None, edition: Edition | None = None
) -> tuple[Path, str, dict[str, Any]]:
    """Folder and profile of a book, with all laid out that its chapters embed; where it goes, and what it is for.

    The edition may be given, opened, for several books of one command.
    """
    if book == MANUAL:
        from research.cli.manual import make

        return make(scope.project, program), "", {}
    from research.atlas import Atlas
    from research.edition.identity import identity, require_tables
    from research.edition.stage_texts import profiles as profiles_of
    from research.indicators import edition_of

    made_for = identity(scope)
    require_tables(scope, made_for)
    edition = edition or edition_of(scope)
    stage(scope, edition)
    place = {} if scope.data.is_sample else {"output": scope.output(book)}  # the sample's is the one of `_quarto.yml`
    return scope.project.root, profiles_of(book), {"identity": made_for, "beside": Atlas(edition), **place}


def _several(text, known, option):
    wanted = [part.strip().lower() for part in text.split(",") if part.strip()]
    for part in wanted:
        if part not in known:
            near = nearest(part, known)
            raise UsageError(say(f"{option} {part}: {near}", f"{option} {part}：{near.zh}"))
    if not wanted:
        raise UsageError(say(f"{option}: one of: {', '.join(known)}", f"{option}：以下之一：{'、'.join(known)}"))
    return tuple(k for k in known if k in wanted)


def build(scope: Scope, force: bool = False) -> None:
    """Build the edition's tables, with a line that says what was done and a few that say what moved by it."""
    from research.edition.build import STEPS, build_edition
    from research.edition.changes import review

    with at_work(scope), progress() as bar:
        task = bar.add_task(f"build {scope.edition}", total=len(STEPS), note="")
        folder = build_edition(
            scope, force=force, progress=lambda step, done, _: bar.update(task, completed=done, note=step)
        )
        moved = review.ensure(scope)
        bar.update(task, completed=len(STEPS), note="")
    console().print(f"tables: {scope.project.show(folder)}" if folder else "tables: fresh, nothing to do")
    if moved:
        page = scope.project.show(review.folder_of(scope) / "changes.html")
        console().print(f"moved since the last build (all of it: {page}):", *moved, sep="\n  ", markup=False)


def sign(scope: Scope, by: str, note: str = "") -> None:
    """Sign the page of changes of the tables as they stand."""
    from research.edition.changes import review
    from research.edition.identity import require_tables

    with at_work(scope):
        require_tables(scope)
        record = review.sign(scope, by, note)
    print(f"{scope.project.show(review.folder_of(scope) / 'signed.json')}: {record['by']}, {record['date']}")


def run(
    scope: Scope,
    jobs: int = 2,
    force: bool = False,
    kernel: str = "auto",
    scheduler: str = "",
    log_format: str = "text",
    limits: Any = None,
    retries: int = 1,
    resume: bool = False,
    themes: Sequence[str] | None = None,
    places: Sequence[str] | None = None,
) -> None:
    """Run what is stale; the rest is skipped; failures are recapped at the end."""
    from research import runs

    with ExitStack() as held:
        held.enter_context(at_work(scope))
        plan = resumed(scope) if resume else runs.plan(scope, themes=themes, places=places)
        tell = held.enter_context(watched(f"run {scope.edition}", len(plan.runs), log_format))
        report = runs.execute(
            plan,
            jobs=jobs,
            force=force,
            kernel=kernel,
            scheduler=scheduler,
            limits=limits,
            retries=retries,
            progress=tell,
        )
    console().print(report.summary())
    if report.failed:
        raise DataError(report.recap())


def verify(
    scope: Scope,
    jobs: int = 2,
    log_format: str = "text",
    themes: Sequence[str] | None = None,
    places: Sequence[str] | None = None,
) -> None:
    """Run again cold, beside what is there, and raise where any byte differs."""
    from research import runs
    from research.runs.verify_runs import verify as again

    plan = runs.plan(scope, themes=themes, places=places)
    with at_work(scope), watched(f"verify {scope.edition}", len(plan.runs), log_format) as tell:
        report = again(plan, jobs=jobs, progress=tell)
    if report.failed:
        raise DataError(report.recap())
    console().print(f"{len(report.done)} runs give the same bytes again")


def resumed(scope: Scope) -> Any:
    """The plan of the last, perhaps interrupted, execution."""
    from research.runs.executor import resume

    return resume(scope.project)


@contextmanager
def watched(title: str, total: int, log_format: str) -> Iterator[Callable[..., Any]]:
    """A function that shows a run's events: as a progress bar, or one JSON object a line for machines."""
    if log_format == "json":
        yield lambda event: print(json.dumps(event.as_dict(), ensure_ascii=False), flush=True)
        return
    with progress() as bar:
        task = bar.add_task(title, total=total, note="")

        def tell(event):
            if event.kind in ("failed", "retry"):  # at once: nobody should have to wait for the recap
                bar.console.print(f"{event.kind} {event.name}: {event.message}", markup=False)
            bar.update(task, completed=event.done, note=f"{event.failed} failed" if event.failed else "")

        yield tell


def stage(scope: Scope, edition: Edition | None = None) -> None:
    """Lay out what the chapters embed, where that is not done yet."""
    from research.edition.stage_fresh import ensure

    ensure(scope, edition)


def render(
    scope: Scope,
    profiles: tuple[str, ...] = BOOKS,
    to: tuple[str, ...] = FORMATS[:3],
    engine: str = "auto",
    chapter: Any = None,
    program: Typer | None = None,
) -> None:
    """Render the books; a book replaces the former one only when it is whole.

    The manual has a page of the commands, made from `program`, the typer app.
    """
    if LITE in to:
        print(scope.project.show(render_lite(scope)))
        to = tuple(name for name in to if name != LITE)
    if not to:
        return
    from research import book
    from research.edition.chapters.elements import lacking
    from research.edition.chapters.written import unfounded

    ours, opened = set(profiles) != {MANUAL}, None
    with at_work(scope, stage=True) if ours else nullcontext(), progress() as bar:
        if ours and not chapter:  # one page while writing: the whole render has said it
            warn_of_stale(scope)
        for profile in profiles:
            root, name, more = source(scope, profile, program, opened)
            opened = more["beside"].edition if "beside" in more else opened
            task = bar.add_task(f"render {profile}", total=len(to) + 1, note="")
            made = book.render(
                root,
                name,
                to=to,
                engine=engine,
                chapter=chapter,
                also=[lacking, unfounded],
                **more,
                inspect=None if profile == MANUAL else household_scan(scope, profile, opened),
                progress=lambda note, done, task=task: bar.update(task, completed=done, note=note),
            )
            bar.update(task, completed=len(to) + 1, note="")
            for path in made:
                print(scope.project.show(path))


def render_lite(scope: Scope) -> Any:
    """Write the pages that run the notebooks of the bundled cases in a browser; the first of them."""
    from research.cases import lite

    return lite.write(scope.project, scope.project.output("lite"))


def render_alone(
    root: Path,
    to: tuple[str, ...],
    engine: str = "auto",
    profile: str = "",
    chapter: Any = None,
    watch: bool = False,
    dry_run: bool = False,
) -> None:
    """Render a Quarto book that is no district's project: its own settings, chapters and notebooks, nothing else."""
    from research import book
    from research.book.watching import watch as look

    if LITE in to:
        raise UsageError(say("--to lite: only a project has bundles of cases", "--to lite：只有项目才有案例包"))
    if dry_run:
        print(f"render {root.name}: {', '.join(to)} by {engine}")
    elif watch:
        look(root, profile, progress=console().print)
    else:
        for path in book.render(root, profile, to=to, engine=engine, chapter=chapter):
            print(path.relative_to(root).as_posix() if path.is_relative_to(root) else path)


def warn_of_stale(scope: Scope) -> None:
    """Refuse runs of other data; say when the book will show what older notebooks or code gave."""
    from research import runs
    from research.edition.identity import require_runs

    plan = runs.plan(scope)
    require_runs(plan)
    if plan.stale:
        first = plan.stale[0]
        console().print(
            said(
                f"note: {len(plan.stale)} of {len(plan.runs)} runs are not fresh ({first.theme}/{first.place}: "
                f"{first.stale_reason}); the books show what they gave. `bluebook run` brings them up to date",
                f"提示：{len(plan.runs)}次运行中有{len(plan.stale)}次不是最新的（如 {first.theme}/{first.place}："
                f"{first.stale_reason}）；书中仍用以前的结果，运行 bluebook run 可更新",
            )
        )


SAME = ("data/*-data.xlsx",)
"""The workbook of all data holds the rows of the CSV beside it, and takes ten times as long to read."""


def household_scan(scope: Scope, profile: str, edition: Any) -> Callable[..., Any]:
    """A function that attacks finished files as an intruder would and refuses them where they give a household away.

    It is asked before they take the place of the former ones; what was published before it has looked is out.
    """
    from research.edition.protection import audited, kept_for
    from research.indicators.privacy.scanner import scan as look

    home = scope.output(profile)
    ids = edition.households["household"] if len(edition.households) else ()

    def inspect(path):
        shown = scope.project.show(home / path.name if path.is_file() else home)
        kept = kept_for(scope, shown)
        found = look(path, ids, shown, minimum=edition.settings["min_households"], skip=SAME, kept=kept)
        if found:
            raise DataError(found)
        if len(ids):
            tell_unread(audited(scope, edition, path, where=shown, kept=kept))

    return inspect


def tell_unread(audit: Audit) -> None:
    """Say which finished files the attack could not read, so that nobody takes them for attacked."""
    if audit.unread:
        files = ", ".join(audit.unread)
        console().print(
            said(
                f"note: the text of {files} was not looked through for households: it can be read with pdftotext "
                "(poppler-utils). Its pages are those of the website, which was",
                f"提示：未能检查 {files} 的文字中有无住户信息：需要 pdftotext（poppler-utils）；"
                "其内容与已检查的网站同源",
            )
        )


def show_plan(
    scope: Scope,
    to: Any = (),
    profiles: Any = (),
    engine: str = "auto",
    force: bool = False,
    only: str = "",
    themes: list[str] | None = None,
    places: list[str] | None = None,
) -> None:
    """Say what would be done, and why; write nothing."""
    from research import runs
    from research.edition.build import is_built

    if only in ("", "build"):
        fresh = not force and is_built(scope)
        print(f"build {scope.edition}: {'fresh' if fresh else 'to do'}")
    if only in ("", "run"):
        plan = runs.plan(scope, themes=themes, places=places)
        print(plan.describe(force=force))
    if only in ("", "render"):
        for profile in profiles:
            print(f"render {profile}: {', '.join(to)} by {engine}")
