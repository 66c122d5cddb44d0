"""A walk through a chapter's tree, shared by the PDF and the Word writer; each overrides what it does its way."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any

from research.book.tree import ast as tree

CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
WRAPPED = ("Emph", "Strong", "Underline", "Strikeout", "Superscript", "Subscript", "SmallCaps")
REPORT_HEAD = re.compile(r"(摘\s*要|关键词|执笔|作者|Abstract|Keywords|Authors?)\s*[:：]?$")


class Walker(ABC):
    """Rewrites one chapter block by block.

    A subclass gives methods named after what they rewrite: `para`, `header`, `table`, `codeblock` ...
    for pandoc's blocks, `bb_figure`, `bb_table`, `bb_callout` ... for our divisions, and `link`,
    `image`, `math`, `span` for inlines. Block methods give a list of blocks, inline methods a list of
    inlines.

    Parameters
    ----------
    chapter : Chapter
        With labelled headings (see `paper.numbered`).
    links : paper.Links
        Answers where a link goes, and keeps the broken ones.
    images : callable
        Takes the path of an image and the chapter, gives the path to write.
    """

    raw_format = ""  # the raw blocks that pandoc may pass on

    def __init__(self, chapter: Any, links: Any, images: Any) -> None:
        self.chapter, self.links, self.images = chapter, links, images

    @abstractmethod
    def para(self, node: dict[str, Any]) -> Any:
        """A paragraph."""

    @abstractmethod
    def references(self, node: dict[str, Any]) -> Any:
        """The list of references."""

    def run(self) -> list[dict[str, Any]]:
        """The rewritten blocks of the chapter."""
        return self.blocks(self.chapter.blocks)

    def blocks(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rewrite a list of blocks."""
        return [new for block in blocks for new in self.block(block)]

    def block(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Rewrite one block into a list of blocks."""
        method = getattr(self, node["t"].lower(), None)
        return method(node) if method else [node]

    def plain(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """As a paragraph, which most writers treat the same way."""
        return self.para(node)

    def blockquote(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A quotation keeps its shape."""
        return [{"t": "BlockQuote", "c": self.blocks(node["c"])}]

    def bulletlist(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A list keeps its shape."""
        return [{"t": "BulletList", "c": [self.blocks(item) for item in node["c"]]}]

    def orderedlist(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A list keeps its shape."""
        return [{"t": "OrderedList", "c": [node["c"][0], [self.blocks(item) for item in node["c"][1]]]}]

    def definitionlist(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A list of terms keeps its shape."""
        items = [[self.inlines(term), [self.blocks(d) for d in found]] for term, found in node["c"]]
        return [{"t": "DefinitionList", "c": items}]

    def lineblock(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Lines keep their breaks."""
        return [{"t": "LineBlock", "c": [self.inlines(line) for line in node["c"]]}]

    def rawblock(self, node: dict[str, Any]) -> Any:
        """Raw text of another format is not for this writer."""
        return [node] if node["c"][0] == self.raw_format else []

    def div(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A division: one of ours by its class, the references, or just what it holds."""
        (identifier, classes, _), blocks = node["c"]
        for name in classes:
            method = getattr(self, name.replace("-", "_"), None) if name.startswith("bb-") else None
            if method:
                return method(node)
        if identifier == "refs":
            return self.references(node)
        if identifier == "contents-en":
            return self.contents(blocks)
        return self.other(identifier, blocks)

    def other(self, identifier: str, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A division that means nothing on paper but may be linked to."""
        return self.anchor(identifier) + self.blocks(blocks)

    def contents(self, blocks: Any) -> Any:
        """The English contents: a list of links to reports, which get numbers and pages on paper."""
        return self.blocks(blocks)

    def entries(self, blocks: list[dict[str, Any]], depth: int = 0) -> list[tuple[int, str, str, list[dict[Any, Any]]]]:
        """Lines of a list of links: depth, number, id and inlines; a line without a link has no id."""
        found = []
        for block in blocks:
            for item in block["c"] if block["t"] == "BulletList" else ():
                inlines = item[0]["c"] if item and item[0]["t"] in ("Plain", "Para") else []
                link = next((i for i in inlines if i["t"] == "Link"), None)
                target = self.links.inside(link["c"][2][0], self.chapter) if link else None
                number = self.links.numbers.get(target, "")
                found.append((depth, number, target or "", self.inlines(link["c"][1] if link else inlines)))
                found += self.entries(item[1:], depth + 1)
        return found

    def bb_tabset(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """On paper the tabs stand one after another."""
        return self.blocks(node["c"][1])

    def anchor(self, identifier: str) -> list[Any]:
        """Blocks that a link to `identifier` leads to."""
        return []

    def inlines(self, inlines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rewrite a list of inlines; a line break between two Chinese characters is no space."""
        done = []
        for place, node in enumerate(inlines):
            if node["t"] == "SoftBreak":
                done += [] if between_cjk(inlines, place) or by_reference(inlines, place) else [{"t": "Space"}]
            elif node["t"] == "Space" and by_reference(inlines, place):
                continue
            else:
                done += self.inline(node)
        return done

    def inline(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Rewrite one inline into a list of inlines."""
        kind: str = node["t"]
        c: Any = node.get("c")
        if kind in WRAPPED:
            return [{"t": kind, "c": self.inlines(c)}]
        if kind == "Quoted":
            left, right = "‘’" if c[0]["t"] == "SingleQuote" else "“”"
            return [{"t": "Str", "c": left}, *self.inlines(c[1]), {"t": "Str", "c": right}]
        if kind == "Cite":
            return [{"t": kind, "c": [c[0], self.inlines(c[1])]}]
        if kind == "Note":
            return [{"t": kind, "c": self.blocks(c)}]
        if kind in ("Span", "Link", "Image", "Math"):
            return getattr(self, kind.lower())(node)
        return [node] if kind != "RawInline" or c[0] == self.raw_format else []


def split_caption(blocks: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The inlines of a division's caption, and the other blocks.

    Examples
    --------
    >>> caption = tree.div([tree.para(tree.string("题注"), "Plain")], classes=["bb-caption"])
    >>> tree.text(split_caption([caption, tree.para([])])[0])
    '题注'
    """
    caption = next((b for b in blocks if tree.has_class(b, "bb-caption")), None)
    inlines: list[dict[str, Any]] = []
    for block in caption["c"][1] if caption else []:
        if block["t"] in ("Plain", "Para"):
            inlines += ([{"t": "Space"}] if inlines else []) + block["c"]
    return inlines, [b for b in blocks if b is not caption]


def is_report_head(node: dict[str, Any]) -> bool:
    """Whether a paragraph is one of those at the head of a report: 摘要, 关键词, Abstract, Keywords, 执笔.

    Examples
    --------
    >>> strong = {"t": "Strong", "c": tree.string("摘要：")}
    >>> is_report_head(tree.para([strong, *tree.string("本报告……")])), is_report_head(tree.para(tree.string("摘要：")))
    (True, False)
    """
    first = node["c"][0] if node["c"] else {"t": ""}
    return node["t"] == "Para" and first["t"] == "Strong" and bool(REPORT_HEAD.match(tree.text(first)))


def callout_parts(node: dict[str, Any]) -> tuple[str, list[dict[str, str]], list[dict[str, Any]]]:
    """Kind, title inlines and body blocks of a callout."""
    (_, classes, _), blocks = node["c"]
    kind = next((c.removeprefix("callout-") for c in classes if c.startswith("callout-")), "note")
    title = next((b for b in blocks if tree.has_class(b, "bb-callout-title")), None)
    words = title["c"][1][0]["c"] if title and title["c"][1] else []
    return kind, words, [b for b in blocks if b is not title]


def sub_label(node: dict[str, Any]) -> str:
    """What a sub-figure or sub-table prints before its caption.

    Examples
    --------
    >>> sub_label(tree.div([], classes=["bb-subfigure"], number="a", label="图 2.1 (a)"))
    '(a)'
    """
    number = tree.get(node, "number")
    return f"({number})" if number else ""


def grid_parts(node: dict[str, Any], blocks: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """What stands side by side in a figure, and in how many columns.

    Parameters
    ----------
    node : dict
        Division of class bb-figure.
    blocks : list of dict
        What it holds besides its caption.

    Returns
    -------
    (list of dict, int)
        Its sub-figures, or its pictures where it asks for columns; none for a plain figure.
    """
    given = tree.get(node, "ncol") or tree.get(node, "layout-ncol") or ""
    parts = [b for b in blocks if tree.has_class(b, "bb-subfigure")]
    if not parts and given.isdigit() and int(given) > 1:
        parts = [b for b in blocks if b["t"] == "Para" and tree.find(b, "Image")]
    return parts, max(1, int(given)) if given.isdigit() else max(1, min(2, len(parts)))


def by_reference(inlines: list[dict[str, Any]], place: int) -> bool:
    """Whether the space at `place` only parts a reference from Chinese text, as its mark-up asks.

    Typesetters set 如图 1.1 所示 with the narrow space that both of them add by themselves.

    Examples
    --------
    >>> reference = tree.link(tree.string("图 1.1"), "#fig-a", ["bb-ref"])
    >>> by_reference([*tree.string("如"), {"t": "Space"}, reference], 1)
    True
    """
    before, after = (inlines[k] if 0 <= k < len(inlines) else None for k in (place - 1, place + 1))
    if before is None or after is None:
        return False
    if tree.has_class(after, "bb-ref"):
        return bool(CJK.match(tree.text(before)[-1:]))
    return tree.has_class(before, "bb-ref") and bool(CJK.match(tree.text(after)[:1]))


def between_cjk(inlines: list[dict[str, Any]], place: int) -> bool:
    """Whether the inline at `place` stands between two Chinese characters.

    Examples
    --------
    >>> between_cjk([*tree.string("甲"), {"t": "SoftBreak"}, *tree.string("乙")], 1)
    True
    """
    before = tree.text(inlines[place - 1]) if place else ""
    after = tree.text(inlines[place + 1]) if place + 1 < len(inlines) else ""
    return bool(before and after and CJK.match(before[-1]) and CJK.match(after[0]))
