"""The command that takes a Word file back from its reviewers."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from research.cli import common
from research.cli.common import Data, Edition, Lang, Project
from research.core.files import write_whole
from research.core.formulas import neutral
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from research.book.review.placing import Found, Review

OUTCOMES = {
    "source": "可以写入书稿",
    "computed": "由程序算出，不能在 Word 里改",
    "conflict": "两处修改冲突，没有写入",
    "untracked": "没有留痕的改动，请对照处理",
    "unplaced": "没有找到对应的书稿，请手工处理",
    "comment": "批注",
}
COLUMNS = ("文件", "章", "段", "位置", "审阅人", "日期", "批注的文字", "批注", "答复")


def review(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Word files as the reviewers sent them back.")],
    apply: Annotated[bool, typer.Option("--apply", help="Write the changes into the .qmd sources.")] = False,
    comments: Annotated[str, typer.Option("--comments", metavar="FILE", help="Write the comments as a CSV list.")] = "",
    book: Annotated[str, typer.Option("--book", help="bluebook, cases, or a profile.")] = "bluebook",
    edition: Edition = "",
    data: Data = "sample",
    lang: Lang = "zh",
    project: Project = "",
) -> None:
    """What reviewers changed and said in a Word file, and the patch of the sources; nothing is written without --apply.

    Example: bluebook review 审阅稿.docx --comments 批注.csv
    """
    from research.book.review.placing import review as read

    common.speak(lang)
    root = common.scope(project, edition, data).project.root
    missing = [
        Fault(str(f), say("a Word file", "Word 文件"), say("no such file", "没有这个文件"), kind="missing")
        for f in files
        if not f.is_file()
    ]
    if missing:
        raise DataError(missing)
    found = read(root, book, files)
    tell(found, root)
    if comments:
        write_comments(found, Path(comments))
        print(f"批注清单：{comments}")
    if apply:
        print("已写入：" + ("、".join(p.relative_to(root).as_posix() for p in found.apply()) or "没有改动"))


def tell(review: Review, root: Path) -> None:
    """Print what was marked, by chapter and paragraph, and the patch."""
    for found in review.found:
        print(
            f"{found.file}：《{found.paragraph.chapter}》第{found.paragraph.number}段，{OUTCOMES[found.outcome]}"
            + (f"（{found.place}）" if found.place else "")
        )
        print("    " + _words(found))
    print(review.diff(root) or "书稿没有可以写入的改动")


def _words(found: Found) -> str:
    what = found.what
    if found.outcome == "comment":
        return f"{what.author}：{what.text}（关于：{what.about[:40]}）"  # type: ignore[union-attr]
    if found.outcome == "untracked":
        return what.new[:80]  # type: ignore[union-attr]
    return f"{what.author}：“{what.old}” → “{what.new}”"  # type: ignore[union-attr]


def write_comments(review: Review, path: Path) -> None:
    """The comments as a CSV that Excel opens, with a column for the answer."""
    from research.book.review.marks import Comment

    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for f in review.found:
        said = f.what
        if isinstance(said, Comment):
            place = [f.file, f.paragraph.chapter, f.paragraph.number, f.place]
            row = [*place, said.author, said.date, said.about, said.text, ""]
            writer.writerow([neutral(str(v)) for v in row])
    write_whole(path, ("\ufeff" + stream.getvalue()).encode())
