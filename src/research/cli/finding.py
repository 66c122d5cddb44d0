"""What is wrong with a project, or still to be filled in, found before a command writes anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from research.cli import listed
from research.cli.common import STATE, said
from research.cli.steps import BOOKS
from research.errors import AllFaults, DataError

if TYPE_CHECKING:
    from research.core.faults import Fault
    from research.core.scope import Scope

MADE_BY_RUNS = {"embed", "include", "reference", "link", "var", "label", "image", "cell-output", "cell-error"}
"""Kinds of fault in chapters that may only say that the notebooks have not been run since."""


def composed(scope: Scope) -> list[Any]:
    """Faults of what is made by rules: the index's versions and opinions, targets, registers, transfers."""
    from research.assessment.targets import check_rules
    from research.composite.trees import check_trees
    from research.composite.versions import read_versions
    from research.edition.chapters.coverage import check_coverage
    from research.indicators.edition import Edition
    from research.indicators.reference.district import District
    from research.indicators.reference.reference import load
    from research.registers import check_registers
    from research.transfers import check_sound

    def ruled():
        return check_rules(*(load(scope.project, name) for name in ("target_indicators", "targets", "indicators")))

    return [
        *_faults_of(ruled),
        *_faults_of(lambda: read_versions(scope.project.reference / "index.yml") and []),
        *_faults_of(lambda: check_coverage(scope.project, scope.edition)),
        *_faults_of(lambda: check_trees(scope.project, District(scope.project, scope.edition).outline)),
        *_faults_of(lambda: check_registers(scope)),
        *_faults_of(lambda: check_sound(Edition(scope))),
    ]


def _faults_of(look):
    """What a look finds, or stops at."""
    try:
        return list(look())
    except DataError as error:
        return error.faults


def faults(scope: Scope, profiles: tuple[str, ...] = BOOKS, staged: bool = False) -> list[Fault]:
    """All faults of the project, as a list: data and reference, then notebooks, cases and chapters.

    What chapters embed is made by the runs; before they have been staged, faults of that kind are left for
    the rendering, which checks everything again before it writes.
    """
    from research import indicators, runs
    from research.book import check as check_book
    from research.cases import library as cases
    from research.edition.chapters.elements import lacking
    from research.edition.chapters.findings import check_proposals
    from research.edition.chapters.passages import check_passages
    from research.edition.chapters.written import unfounded
    from research.edition.stage_texts import profiles as profiles_of
    from research.transfers import check_rules as check_transfers

    found = list(indicators.check(scope))
    found += [*check_transfers(scope.project), *([] if found else composed(scope))]
    found += runs.check(scope.project)
    found += [*check_passages(scope.project), *check_proposals(scope.project)] if profiles else []
    found += cases.check(scope.project) if "cases" in profiles else []
    made = scope.project.show(scope.project.stage)
    for profile in profiles:
        chapters = check_book(scope.project.root, profiles_of(profile), [lacking, unfounded])
        found += [f for f in chapters if staged or not (f.kind in MADE_BY_RUNS or made in str(f))]
    return list(dict.fromkeys(found))


def finished(scope: Scope, books: tuple[str, ...]) -> Any:
    """The books that can be made: a case in work holds back the case book alone. Also what is wrong in cases.

    Returns
    -------
    (tuple of str, list of Fault)
    """
    from research.cases import library as cases

    found = cases.check(scope.project) if "cases" in books else []
    return (tuple(b for b in books if b != "cases") if found and len(books) > 1 else books), found


def refuse(found: Any) -> None:
    """End with the faults, as `check` does."""
    raise DataError(found)


def check(scope: Scope, books: tuple[str, ...] = BOOKS, staged: bool = False) -> None:
    """Raise all faults at once, or return quietly."""
    found = faults(scope, books, staged)
    if found:
        raise DataError(found)


def told(
    found: Sequence[Fault | str], form: str = "table", everything: bool = False, file: str = "", note: str = ""
) -> None:
    """Raise the faults; before that they are written where a program or a colleague reads them."""
    if file:
        listed.write_faults(file, found)
    if form != "table":
        listed.tell(listed.fault_rows(found), listed.FAULT, form)
    if found and (everything or form != "table"):
        raise AllFaults(found, silent=form != "table", note=note)
    if found:
        raise DataError(found, note)


def is_staged(scope: Scope) -> bool:
    """Whether what the chapters embed was laid out, and for this edition and data."""
    from research.edition.stage_fresh import laid_out_for

    return laid_out_for(scope)


def notes(scope: Scope, books: Any = BOOKS, most: int = 8) -> Any:
    """Lines on what a centre still has to fill in before the release, and what to build again; neither is a fault."""
    from research.edition.chapters.elements import unfilled
    from research.edition.identity import broken_tables
    from research.edition.stage_texts import profiles as profiles_of

    told = []
    if broken := broken_tables(scope):
        told.append(
            said(
                f"{len(broken)} built tables are missing or changed ({', '.join(broken[:5])}): "
                "`bluebook build` makes them again",
                f"{len(broken)}张已算好的表缺失或被改动（{'、'.join(broken[:5])}），请运行 `bluebook build` 重新计算",
            )
        )
    found = [f for profile in books for f in unfilled(scope.project.root, profiles_of(profile))]
    if found:
        lines = [f.text(STATE["lang"]) if hasattr(f, "text") else str(f) for f in found[:most]]
        told.append(said(f"{len(found)} places to fill in before the release:", f"发布前还须填写{len(found)}处："))
        told += [f"  {line}" for line in lines]
        if len(found) > most:
            told.append(said(f"  ... and {len(found) - most} more", f"  ……另有{len(found) - most}处"))
    return told


def tracked(scope: Scope) -> list[Any]:
    """A warning of households that git holds: whoever gets the repository gets them."""
    from research.indicators.store.untracked import tracked as held

    files = [] if scope.data.is_sample else held(scope.data.folder)
    if not files:
        return []
    listed_files = "、".join(files[:5])
    return [
        said(
            f"warning: git holds households of {scope.data.name}: {listed_files}; take them out with "
            "`git rm --cached` and add them to .gitignore",
            f"注意：{scope.data.name} 的住户文件已进入 git：{listed_files}；"
            "请用 git rm --cached 移出，并写入 .gitignore",
        )
    ]
