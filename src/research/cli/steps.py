"""The steps of the yearly book as the commands run them: checked, shown, counted."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import cached_property

from research.cli.common import console, progress
from research.errors import DataError, UsageError, nearest

BOOKS = ("bluebook", "cases")
MANUAL = "manual"  # a book about the program: it stands on no data and no runs
FORMATS = ("html", "docx", "pdf", "single")
ENGINES = ("auto", "quarto", "pandoc")


class Job:
    """One edition of one project's data: what most commands are about."""

    def __init__(self, project, edition="", data="sample"):
        self.project, self.data = project, data
        project.data(data)  # an unknown folder is refused before anything else
        self._edition = edition

    @cached_property
    def edition(self):
        """The wanted year, or the newest one in the data."""
        from research.indicators import years

        known = [str(y) for y in years(self.project, self.data)]
        if not known:
            raise DataError(f"{self.project.show(self.project.data(self.data))}: no year has data")
        wanted = str(self._edition or known[-1])
        if wanted not in known:
            raise UsageError(f"--edition {wanted}: the data has {', '.join(known)}")
        return wanted


def formats(text):
    """`html,docx` as a tuple, in the order of `FORMATS`."""
    return _several(text, FORMATS, "--to")


def books(text):
    """`all` (the two books of an edition), `bluebook`, `cases` or `manual` as a tuple of names."""
    return BOOKS if text == "all" else _several(text, (*BOOKS, MANUAL), "--book")


def engine_name(text):
    """The engine's name, or a usage error with the known ones."""
    return _several(text, ENGINES, "--engine")[0]


def log_format(text):
    """`text` or `json`, or a usage error."""
    return _several(text, ("text", "json"), "--log-format")[0]


def places(job, wanted):
    """Codes of places named by code or by name; None for all."""
    if not wanted:
        return None
    from research.indicators import open_edition

    edition = open_edition(job.edition, data=job.data, project=job.project)
    known = {edition.name(code): code for code in (edition.district, *edition.places["code"])}
    unknown = [p for p in wanted if p not in known and p not in known.values()]
    if unknown:
        raise UsageError("; ".join(f"--place {p}: {nearest(p, [*known, *known.values()])}" for p in unknown))
    return [known.get(p, p) for p in wanted]


def watch(job, profile):
    """Serve a book's website on this machine and make it again when its sources change."""
    from research.book.watching import watch as look

    look(*_source(job, profile), progress=console().print)


def _source(job, book):
    """Folder and profile of a book, with everything laid out that its chapters embed."""
    if book == MANUAL:
        from research.cli.manual import make

        return make(job.project), ""
    stage(job)
    return job.project.root, book


def _several(text, known, option):
    wanted = [part.strip().lower() for part in text.split(",") if part.strip()]
    for part in wanted:
        if part not in known:
            raise UsageError(f"{option} {part}: {nearest(part, known)}")
    if not wanted:
        raise UsageError(f"{option}: one of: {', '.join(known)}")
    return tuple(k for k in known if k in wanted)


MADE_BY_RUNS = {"embed", "include", "reference", "link", "var", "label", "image", "cell-output", "cell-error"}
"""Kinds of fault in chapters that may only say that the notebooks have not been run since."""


def faults(job, profiles=BOOKS, staged=False):
    """All faults of the project, as a list: data and reference, then notebooks, cases and chapters.

    What chapters embed is made by the runs; before they have been staged, faults of that kind are left for
    the rendering, which checks everything again before it writes.
    """
    from research import indicators, runs
    from research.book import check as check_book
    from research.cases import library as cases
    from research.edition.elements import lacking

    found = list(indicators.check(job.project, job.data, job.edition))
    found += runs.check(job.project)
    found += cases.check(job.project) if profiles else []
    made = job.project.show(job.project.stage)
    for profile in profiles:
        chapters = check_book(job.project.root, profile, [lacking])
        found += [f for f in chapters if staged or not (f.kind in MADE_BY_RUNS or made in str(f))]
    return list(dict.fromkeys(found))


def check(job, books=BOOKS, staged=False):
    """Raise all faults at once, or return quietly."""
    found = faults(job, books, staged)
    if found:
        raise DataError(found)


def notes(job, books=BOOKS, most=8):
    """Say what a centre still has to fill in before the release; it is no fault in a draft."""
    from research.edition.elements import unfilled

    found = [f for profile in books for f in unfilled(job.project.root, profile)]
    if found:
        console().print(f"{len(found)} places to fill in before the release:", *map(str, found[:most]), sep="\n  ",
                        markup=False)
        if len(found) > most:
            console().print(f"  ... and {len(found) - most} more", markup=False)


def build(job, force=False):
    """Build the edition's tables, with a line that says what was done."""
    from research.edition.build import STEPS, build_edition

    with progress() as bar:
        task = bar.add_task(f"build {job.edition}", total=len(STEPS), note="")
        folder = build_edition(job.project, job.edition, job.data, force=force,
                               progress=lambda step, done, _: bar.update(task, completed=done, note=step))
        bar.update(task, completed=len(STEPS), note="")
    console().print(f"tables: {job.project.show(folder)}" if folder else "tables: fresh, nothing to do")


def run(job, jobs=2, force=False, kernel="auto", scheduler="", log_format="text", limits=None, retries=1,
        resume=False, themes=None, places=None):
    """Run what is stale; the rest is skipped; failures are recapped at the end."""
    from research import runs

    plan = resumed(job) if resume else runs.plan(job.project, job.edition, job.data, themes=themes, places=places)
    with watched(f"run {job.edition}", len(plan.runs), log_format) as tell:
        report = runs.execute(plan, jobs=jobs, force=force, kernel=kernel, scheduler=scheduler, limits=limits,
                              retries=retries, progress=tell)
    console().print(report.summary())
    if report.failed:
        raise DataError(report.recap())


def verify(job, jobs=2, log_format="text", themes=None, places=None):
    """Run again cold, beside what is there, and raise where any byte differs."""
    from research import runs
    from research.runs.verify_runs import verify as again

    plan = runs.plan(job.project, job.edition, job.data, themes=themes, places=places)
    with watched(f"verify {job.edition}", len(plan.runs), log_format) as tell:
        report = again(plan, jobs=jobs, progress=tell)
    if report.failed:
        raise DataError(report.recap())
    console().print(f"{len(report.done)} runs give the same bytes again")


def resumed(job):
    """The plan of the last, perhaps interrupted, execution."""
    from research.runs.executor import resume

    return resume(job.project)


@contextmanager
def watched(title, total, log_format):
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


def stage(job):
    """Lay out what the chapters embed, where that is not done yet."""
    from research.edition.stage_fresh import ensure

    ensure(job.project, job.edition, job.data)


def render(job, profiles=BOOKS, to=FORMATS[:3], engine="auto", chapter=None):
    """Render the books; a book replaces the former one only when it is whole."""
    from research import book
    from research.edition.elements import lacking

    if set(profiles) != {MANUAL} and not chapter:  # one page while writing: the whole render has said it
        warn_of_stale(job)
    written = []
    with progress() as bar:
        for profile in profiles:
            root, name = _source(job, profile)
            task = bar.add_task(f"render {profile}", total=len(to) + 1, note="")
            made = book.render(root, name, to=to, engine=engine, chapter=chapter, also=[lacking],
                               progress=lambda note, done, task=task: bar.update(task, completed=done, note=note))
            bar.update(task, completed=len(to) + 1, note="")
            for path in made:
                print(job.project.show(path))
            written += made if profile != MANUAL else []
    scan(job, [p for p in profiles if p != MANUAL], written if chapter else None)


def warn_of_stale(job):
    """Say when the book will show what older data or code gave: an editor may want that, and must know it."""
    from research import runs

    plan = runs.plan(job.project, job.edition, job.data)
    if plan.stale:
        first = plan.stale[0]
        console().print(f"note: {len(plan.stale)} of {len(plan.runs)} runs are not fresh ({first.theme}/{first.place}: "
                        f"{first.stale_reason}); the books show what they gave. `bluebook run` brings them up to date")


SAME = ("data/*-data.xlsx",)
"""The workbook of all data holds the rows of the CSV beside it, and takes ten times as long to read."""


def scan(job, profiles, paths=None):
    """Nothing that is published may name a household: the finished folders are read like a reader would.

    `paths` are the only files that are new; the rest was looked at when it was made.
    """
    if not profiles:
        return
    from research.indicators import open_edition
    from research.indicators.privacy.scanner import scan as look

    edition = open_edition(job.edition, data=job.data, project=job.project)
    ids = edition.households["household"] if len(edition.households) else ()
    paths = [job.project.output(name) for name in profiles] if paths is None else paths
    least = edition.settings["min_households"]
    found = [f for path in paths for f in look(path, ids, job.project.show(path), minimum=least, skip=SAME)]
    if found:
        raise DataError(found)


def show_plan(job, to=(), profiles=(), engine="auto", force=False, only="", themes=None, places=None):
    """Say what would be done, and why; write nothing."""
    from research import runs
    from research.edition.build import is_built

    if only in ("", "build"):
        fresh = not force and is_built(job.project, job.edition, job.data)
        print(f"build {job.edition}: {'fresh' if fresh else 'to do'}")
    if only in ("", "run"):
        plan = runs.plan(job.project, job.edition, job.data, themes=themes, places=places)
        print(plan.describe(force=force))
    if only in ("", "render"):
        for profile in profiles:
            print(f"render {profile}: {', '.join(to)} by {engine}")
