"""Commands that hand something to one reader: a leader's page of a place, a department's list of open points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from research.cli import common
from research.cli.common import Data, Edition, Lang, Output, Project
from research.cli.review import review
from research.core.files import replacing
from research.errors import say

if TYPE_CHECKING:
    from typer.main import Typer


def _print(edition, paths):
    for path in paths:
        print(edition.project.show(path))


def brief(
    place: Annotated[list[str] | None, typer.Argument(metavar="[PLACE]...", help="Code or name of a place.")] = None,
    everywhere: Annotated[bool, typer.Option("--all", help="The district and every township.")] = False,
    meeting: Annotated[str, typer.Option("--meeting", metavar="DATE", help="For an advisory meeting instead.")] = "",
    topics: Annotated[str, typer.Option("--topics", metavar="LIST", help="Its topics, by their ids: R01,R02.")] = "",
    output: Output = "",
    edition: Edition = "",
    data: Data = "sample",
    project: Project = "",
) -> None:
    """One PDF page a place (一页画像): index and rank, six dimensions, tasks, demands; from the built tables.

    With --meeting two pages for an advisory meeting: the numbers its topics ask for, their errors, what is not known.

    Example: bluebook brief 宁溪镇
    Example: bluebook brief --meeting 2025-03-28 --topics R01,R03
    """
    from research.cli import steps
    from research.core.scope import named_folder
    from research.edition import onepage
    from research.errors import UsageError

    if meeting or topics:
        if place or everywhere or not meeting:
            raise UsageError(
                say(
                    "brief: --meeting DATE with --topics, and no place",
                    "brief：--meeting 日期 与 --topics 同用，不写地区",
                )
            )
        _meeting(common.edition(project, edition, data), meeting, topics, output)
        return
    if bool(place) == everywhere:
        raise UsageError(say("brief: name one or more places, or say --all", "brief：请写出地区，或用 --all"))
    book = common.edition(project, edition, data)
    codes = None if everywhere else steps.places(book.scope, place)
    with common.at_work(book.scope):
        _print(book, onepage.write_all(book, codes, named_folder(book.project, output) if output else None))


def _meeting(book, meeting, topics, output):
    from research.core.scope import named_folder
    from research.registers import meeting_brief

    ids = [t for t in topics.replace("，", ",").split(",") if t.strip()]
    with common.at_work(book.scope):
        folder = named_folder(book.project, output) if output else None
        _print(book, [meeting_brief(book, meeting, [t.strip() for t in ids], folder)])


def evidence(
    application: Annotated[list[str] | None, typer.Argument(metavar="[APPLICATION]...", help="Of claims.csv.")] = None,
    output: Output = "",
    edition: Edition = "",
    data: Data = "sample",
    project: Project = "",
) -> None:
    """The evidence for applications to be a pilot, as Word: claims, indicators, figures, and what is lacking.

    Example: bluebook evidence -o reports/output/evidence
    """
    from research.core.scope import named_folder
    from research.registers import pilots

    book = common.edition(project, edition, data)
    with common.at_work(book.scope):
        folder = named_folder(book.project, output) if output else book.project.output("evidence")
        _print(book, pilots.write(book, application or (), folder))


def answers(
    department: Annotated[list[str] | None, typer.Argument(metavar="[DEPARTMENT]...", help="Its name.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every department that has something to answer.")] = False,
    read: Annotated[
        list[str] | None, typer.Option("--read", metavar="FILE", help="A filled form; may be given again.")
    ] = None,
    output: Output = "",
    edition: Edition = "",
    data: Data = "sample",
    lang: Lang = "zh",
    project: Project = "",
) -> None:
    """A department's report of its targets as an Excel form it can answer; filled forms are read with --read.

    Example: bluebook answers 区教育局
    """
    from research.assessment import answers as forms
    from research.core.scope import named_folder
    from research.errors import UsageError, say
    from research.indicators import edition_of

    common.speak(lang)
    if bool(department) + everyone + bool(read) != 1:
        raise UsageError(
            say(
                "answers: name departments, or say --all, or --read FILE",
                "answers：请给出部门名称，或用 --all，或用 --read 文件",
            )
        )
    book = edition_of(common.scope(project, edition, data)) if read else common.edition(project, edition, data)
    folder = named_folder(book.project, output) if output else None
    if not read:
        with common.at_work(book.scope):
            _print(book, forms.write(book, department or None, folder))
        return
    table = forms.read(book, read)
    folder = folder or book.scope.output("answers") / str(book.edition)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "answers.csv"
    with replacing(path) as part:
        table.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\n")
    _print(book, [path])
    full = int(table["answered"].sum())
    print(common.said(f"{full} of {len(table)} items answered in full", f"{len(table)}项中答复完整的{full}项"))
    if book.scope.data.is_sample:
        return
    new, revised, same = forms.keep(book, table)
    print(
        common.said(
            f"{book.scope.data.name}/answers.csv: {new} new, {revised} revised, {same} unchanged; "
            f"bluebook all {book.scope.options} puts them into the book",
            f"{book.scope.data.name}/answers.csv：新增{new}条，修改{revised}条，未变{same}条；"
            f"运行 bluebook all {book.scope.options} 后写入本书",
        )
    )


def register(app: Typer) -> None:
    """Add the commands to the application."""
    app.command()(brief)
    app.command()(answers)
    app.command()(evidence)
    app.command()(review)
