"""Chapters made ready for paper: parts get leaves, headings labels, captions marks; links are checked."""

from __future__ import annotations

import re
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.book.paper.limits import endless, skipped
from research.book.tree import ast as tree
from research.book.tree.model import Chapter
from research.book.tree.numbering import report_numbers
from research.core.status import SAMPLE_MARK, Status, is_sample
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from research.book.tree.model import Book

NUMBERINGS = ("book", "report")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NOTE = re.compile(r"(注|说明|数据来源|资料来源|Source|Note)s?\s*[:：]")


def numbered(book: Book) -> list[Chapter]:
    """The chapters with a `label` on every numbered heading, by the book's `numbering` setting.

    Parameters
    ----------
    book : Book

    Returns
    -------
    list of Chapter
        Copies; each Header carries `label` ("第 2 章", "2.1"; or "B.2", "一、" for `report`).

    Raises
    ------
    DataError
        When the setting is neither `book` nor `report`, or a table has no end.
    """
    kind = str((book.metadata or {}).get("numbering") or "book")
    if kind not in NUMBERINGS:
        raise DataError(
            Fault("_quarto.yml, numbering", say("book or report", "book 或 report"), repr(kind), kind="setting")
        )
    faults = endless(book) + skipped(book)
    if faults:
        raise DataError(faults)
    chapters = [
        with_blocks(c, with_abstract(with_notes(tree.transform(without_controls(c.blocks), _mark_caption))))
        for c in with_parts(book.chapters)
    ]
    return report_numbers(chapters) if kind == "report" else [_labelled(chapter) for chapter in chapters]


def is_front(chapter: Chapter) -> bool:
    """Whether a chapter's sections stand before the contents: `front-matter: true` in its own YAML head."""
    return chapter.kind == "index" and chapter.meta.get("front-matter") is True


def _mark_caption(node):
    """A figure or table on sample data says so in its caption, whoever wrote the caption."""
    if node["t"] != "Div" or not is_sample(tree.get(node, "status")):
        return None
    attr, children = node["c"]
    caption = next((b for b in children if tree.has_class(b, "bb-caption")), None)
    if caption is None or not caption["c"][1] or SAMPLE_MARK in tree.text(caption):
        return None
    first = caption["c"][1][0]
    words = {"t": first["t"], "c": [*first["c"], {"t": "Str", "c": f"（{SAMPLE_MARK}）"}]}
    marked = tree.div([words, *caption["c"][1][1:]], classes=["bb-caption"])
    return {"t": "Div", "c": [attr, [marked if b is caption else b for b in children]]}


def without_controls(node: Any) -> Any:
    """A tree without the control characters that neither XML nor a typesetter takes.

    Examples
    --------
    >>> without_controls([{"t": "Str", "c": "甲\x07乙"}])
    [{'t': 'Str', 'c': '甲乙'}]
    """
    if isinstance(node, str):
        return CONTROL.sub("", node)
    if isinstance(node, list):
        return [without_controls(child) for child in node]
    return {key: without_controls(value) for key, value in node.items()} if isinstance(node, dict) else node


def with_notes(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks in which a paragraph 注：... or 资料来源：... right below a table or figure belongs to it.

    Parameters
    ----------
    blocks : list of dict

    Returns
    -------
    list of dict
        The note stands in the table's division, or in one of class `bb-source` below a figure.

    Examples
    --------
    >>> table = tree.div([tree.para([])], "tbl-x", ["bb-table"])
    >>> [len(b["c"][1]) for b in with_notes([table, tree.para(tree.string("资料来源：区统计局"))])]
    [2]
    """
    done: list[dict[str, Any]] = []
    for block in blocks:
        above = done[-1] if done else {"t": ""}
        note = block["t"] == "Para" and NOTE.match(tree.text(block))
        if note and tree.has_class(above, "bb-table"):
            done[-1] = {"t": "Div", "c": [above["c"][0], [*above["c"][1], block]]}
        elif note and (tree.has_class(above, "bb-figure") or tree.has_class(above, "bb-source")):
            done.append(tree.div([block], classes=["bb-source"]))
        else:
            done.append(block)
    return done


def with_abstract(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks in which what stands between 摘要 and 关键词 is marked as part of the abstract.

    Examples
    --------
    >>> strong = lambda word: tree.para([{"t": "Strong", "c": tree.string(word)}])
    >>> found = with_abstract([strong("摘要："), tree.para(tree.string("又")), strong("关键词：")])
    >>> [tree.has_class(b, "bb-report-head") for b in found]
    [False, True, False]
    """

    def label(block):
        strong = block["t"] == "Para" and block["c"] and block["c"][0]["t"] == "Strong"
        return tree.text(block["c"][0]) if strong else ""

    first = next((k for k, b in enumerate(blocks) if label(b).startswith("摘要")), None)
    if first is None:
        return blocks
    last = next((k for k in range(first, len(blocks)) if label(blocks[k]).startswith("关键词")), first)
    between = blocks[first + 1 : last]
    if any(b["t"] == "Header" for b in between):
        return blocks
    return (
        [*blocks[: first + 1], *(tree.div([b], classes=["bb-report-head"]) for b in between), *blocks[last:]]
        if (last > first)
        else blocks
    )


def with_parts(chapters: list[Chapter]) -> list[Chapter]:
    """The chapters, with a leaf before each part that has no source of its own.

    Parameters
    ----------
    chapters : list of Chapter

    Returns
    -------
    list of Chapter
    """
    done: list[Chapter] = []
    current = None
    for chapter in chapters:
        if chapter.part and chapter.part != current and chapter.kind != "part":
            done.append(_leaf(chapter.part, f"part-{len(done) + 1}", chapter))
        current = chapter.part or current
        done.append(chapter)
    return done


def _leaf(title, identifier, like):
    """A part's leaf; it is marked as the chapter that follows it."""
    heading = tree.header(1, tree.string(title), identifier, ["unnumbered"])
    status = Status.SAMPLE if like.sample else ""
    return Chapter(
        None,  # type: ignore[arg-type]  # no file
        "",
        title,
        "",
        "part",
        title,
        [heading],
        [],
        identifier,
        status=status,
    )


def _labelled(chapter):
    def change(node):
        number = tree.get(node, "number") if node["t"] == "Header" else None
        if not number:
            return None
        label = chapter_label(chapter) if node["c"][0] == 1 else number
        return with_value(node, "label", label)

    return with_blocks(chapter, tree.transform(chapter.blocks, change))


def chapter_label(chapter: Chapter) -> str:
    """What stands before a chapter's title: 第 2 章, 附录 A, or nothing."""
    return chapter.label if chapter.number and chapter.kind != "part" else ""


def with_blocks(chapter: Chapter, blocks: list[dict[str, Any]]) -> Chapter:
    """A copy of a chapter with other blocks."""
    changed = copy(chapter)
    changed.blocks = blocks
    return changed


def with_value(node: dict[str, Any], key: str, value: str) -> dict[str, Any]:
    """A copy of a node with one attribute set."""
    place = tree.BLOCK_WITH_ATTR[node["t"]]
    identifier, classes, pairs = node["c"][place]
    content = list(node["c"])
    content[place] = [identifier, classes, [p for p in pairs if p[0] != key] + [[key, value]]]
    return {"t": node["t"], "c": content}


def join(label: str, title: str) -> str:
    """Label and title on one line: a space after 2.1, none after 一、 or （一）.

    Examples
    --------
    >>> join("2.1", "收入"), join("一、", "收入"), join("", "前言")
    ('2.1 收入', '一、收入', '前言')
    """
    return label + gap(label) + title


def gap(label: str) -> str:
    """The space between a heading's label and its title."""
    return "" if not label or label[-1] in "、）①②③④⑤⑥⑦⑧⑨⑩" else " "


def targets(chapters: list[Chapter]) -> tuple[set[str], dict[str, str]]:
    """All ids that a link may point to, and the ids of the chapters by file name.

    Returns
    -------
    (set of str, dict of str to str)
    """
    ids: set[str] = set()
    files = {}
    for chapter in chapters:
        found: list[str] = []
        tree.visit(chapter.blocks, lambda n, found=found: found.append(tree.node_attr(n)[0]))
        ids.update(filter(None, found))
        first = chapter.blocks[0] if chapter.blocks else None
        if first and first["t"] == "Header":
            files[f"{chapter.slug}.html"] = tree.node_attr(first)[0]
    return ids, files


class Links:
    """Answers where a link goes; keeps the broken ones, to be raised all at once.

    Parameters
    ----------
    chapters : list of Chapter
    """

    def __init__(self, chapters: Any) -> None:
        self.ids, self.files = targets(chapters)
        self.numbers = {tree.node_attr(c.blocks[0])[0]: c.number for c in chapters if c.blocks and c.kind != "part"}
        self.faults: list[Any] = []

    def inside(self, target: str, chapter: Chapter) -> str | None:
        """The id that a link points to inside the book, or None for one that leads outside."""
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", target) or target.startswith("//"):
            return None
        path, _, identifier = target.partition("#")
        found = identifier or self.files.get(Path(path).name, "")
        if found in self.ids:
            return found
        if not identifier and path and not path.endswith((".qmd", ".md", ".ipynb", ".html")):
            return None  # a file beside the book, such as a data table
        place = str(getattr(chapter, "path", "") or chapter.slug)
        self.faults.append(
            Fault(place, say("a link to something in the book", "指向书中内容的链接"), repr(target), kind="reference")
        )
        return None
