"""From a chapter's resolved tree to one that pandoc writes as typst: our blocks become calls of the template."""

from __future__ import annotations

import re
from typing import Any

from research.book.paper import chapters as paper_chapters
from research.book.paper.walk import (
    WRAPPED,
    Walker,
    callout_parts,
    grid_parts,
    is_report_head,
    split_caption,
    sub_label,
)
from research.book.pdf.tables import grid_blocks, table_blocks
from research.book.pdf.text import boolean, code, content, guarded, quote, raw
from research.book.tree import ast as tree

FOLLOWS = "follows"
"""Class of a front section that stands on the page of the one before it."""
SHORT = "contents"
"""Setting of a chapter: with "title" it is a sheet of its kind. The PDF's contents and lists of figures name it and
nothing in it, and it is set closer."""


def runs_on(before: Any, chapter: Any) -> bool:
    """Whether a chapter begins on the page where the one before it ends: appendices do, but the first."""
    return before.kind == chapter.kind == "appendix"


class Chapter(Walker):
    """Rewrites one chapter for typst.

    Parameters
    ----------
    chapter, links, images
        As for `Walker`; `images` gives names relative to the typst sources.
    top : int
        Level of the chapter's title in the PDF's bookmarks: 2 below a part, else 1.
    on : bool
        Whether it begins on the page where the one before it ends.
    """

    raw_format = "typst"

    def __init__(self, chapter: Any, links: Any, images: Any, top: int = 1, on: bool = False) -> None:
        super().__init__(chapter, links, images)
        self.top, self.on = top, on
        self.front = paper_chapters.is_front(chapter)
        self.sections = 0
        number = chapter.number if chapter.number.startswith("B.") else ""  # 图1 of which report
        self.report = f"report: {quote(number)}, " if number else ""
        self.short = chapter.meta.get(SHORT) == "title"
        self.report += "outlined: false, " if self.short else ""

    def run(self) -> list[dict[str, Any]]:
        """The chapter's blocks; what ends a block of text tells where it came to stand (see `fit`)."""
        return [new for block in self.chapter.blocks for new in _end_marked(self.block(block))]

    def para(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A paragraph; a lone image or equation becomes a block of its own."""
        inlines = node["c"]
        if len(inlines) == 1 and inlines[0]["t"] == "Image":
            return [raw(f"#bb-picture({self.image_call(inlines[0])})")]
        if len(inlines) == 1 and tree.has_class(inlines[0], "bb-equation"):
            return [self.equation(inlines[0])]
        if is_report_head(node):
            return [content(self.inlines(inlines), "#bb-report-head[", "]")]
        return [{"t": node["t"], "c": guarded(self.inlines(inlines))}]

    def equation(self, node: dict[str, Any]) -> dict[str, Any]:
        """A displayed formula with its number; its source stands in for it where it is read aloud."""
        identifier = tree.node_attr(node)[0]
        label = tree.get(node, "label", "").removeprefix("式")
        formula = next(iter(tree.find(node["c"][1], "Math")), None)
        source = formula["c"][1] if formula else ""
        before = f"#bb-equation({quote(label)}, {quote(identifier)}, {quote(source)})["
        return content([{"t": "Math", "c": [{"t": "DisplayMath"}, source]}], before, "]")

    def header(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A heading with its label; its kind tells the template how it opens."""
        level, (identifier, classes, _), inlines = node["c"]
        label = tree.get(node, "label", "")
        kind = (
            "section"
            if level > 1
            else "part"
            if self.chapter.kind == "part"
            else "chapter-on"
            if self.on
            else "chapter"
        )
        if self.front and level <= 2:
            self.sections += level == 2
            kind = (
                "front-title"
                if level == 1
                else "front-follows"
                if self.sections == 1 or FOLLOWS in classes
                else "front-section"
            )
        call = f"{quote(kind)}, {self.top + level - 1}, {level}, {quote(label)}, {quote(identifier)}"
        call += ", outlined: false" if self.short and level > 1 else ""
        heading = content(self.inlines(inlines), f"#bb-heading({call})[", "]")
        # Told before the page turns, so that the new page's head and ground know it.
        standing = "book.sample" if self.front else boolean(self.chapter.sample)
        told = [raw(f"#bb-standing({standing})")] if level == 1 else []
        told += [raw("#show: bb-compact")] if level == 1 and self.short else []
        return [*told, heading]

    def contents(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The English contents, with numbers and pages."""
        return [
            content(words, f"#bb-contents-line({depth}, {quote(number)}, {quote(target)})[", "]")
            for depth, number, target, words in self.entries(blocks)
        ]

    def horizontalrule(self, node: dict[str, Any]) -> list[Any]:
        """A short rule."""
        return [raw("#bb-rule()")]

    def figure(self, node: dict[str, Any]) -> list[Any]:
        """A figure that the book did not number."""
        _, (_, caption), blocks = node["c"]
        words = [i for b in caption for i in self.inlines(b["c"])]
        return [content(words, "#bb-figure(caption: [", "])["), *self.blocks(blocks), raw("]")]

    def table(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A table without a caption."""
        return grid_blocks(node, self.inlines)

    def anchor(self, identifier: str) -> list[dict[str, Any]]:
        """A place that links lead to."""
        return [raw(f"#bb-anchor({quote(identifier)})")] if identifier else []

    def references(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """The list of references, which pandoc fills."""
        return [raw("#bb-references["), node, raw("]")]

    def bb_figure(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A numbered figure, its sub-figures side by side."""
        (identifier, _, _), blocks = node["c"]
        caption, rest = split_caption(blocks)
        parts, columns = grid_parts(node, rest)
        body = self.blocks([b for b in rest if b not in parts])
        if parts:
            grid = raw(f"#grid(columns: (1fr,) * {columns}, gutter: 10pt,")
            cells = [new for b in parts for new in self.cell(b)]
            body = [grid, *cells, raw(")"), *body]
        call = f"label: {quote(tree.get(node, 'label', ''))}, id: {quote(identifier)}, {self.report}"
        call += "caption: [" if caption or tree.get(node, "label") else "caption: none, uncaptioned: ["
        return [content(self.inlines(caption), f"#bb-figure({call}", "])["), *body, raw("]")]

    def cell(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """One cell of a figure's grid."""
        return self.block(node) if node["t"] == "Div" else [raw("["), *self.block(node), raw("],")]

    def bb_subfigure(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A sub-figure and its caption."""
        (identifier, _, _), blocks = node["c"]
        caption, rest = split_caption(blocks)
        before = f"bb-subfigure({quote(sub_label(node))}, {quote(identifier)}, ["
        return [content(self.inlines(caption), before, "], ["), *self.blocks(rest), raw("]),")]

    def bb_subtable(self, node: dict[str, Any]) -> list[Any]:
        """One of several tables under one caption."""
        (identifier, _, _), blocks = node["c"]
        caption, rest = split_caption(blocks)
        before = f"#bb-subtable({quote(sub_label(node))}, {quote(identifier)}, ["
        return [content(self.inlines(caption), before, "], ["), *self.blocks(rest), raw("])")]

    def bb_table(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A numbered table, with what stands below it."""
        return table_blocks(node, self)

    def bb_report_head(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A further paragraph of an abstract."""
        return [raw("#bb-report-head["), *self.blocks(node["c"][1]), raw("]")]

    def bb_source(self, node: dict[str, Any]) -> list[Any]:
        """The source below a figure."""
        return [raw("#bb-below["), *self.blocks(node["c"][1]), raw("]")]

    def bb_callout(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A box with a coloured edge; on paper it is always open."""
        kind, title, body = callout_parts(node)
        before = f"#bb-callout({quote(kind)}, {quote(tree.node_attr(node)[0])}, ["
        return [content(self.inlines(title), before, "])["), *self.blocks(body), raw("]")]

    def bb_tab(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """One tab under its title."""
        title = tree.string(tree.get(node, "title", ""))
        return [content(title, "#bb-tab[", "]"), *self.blocks(node["c"][1])]

    def bb_layout(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Blocks side by side."""
        columns = int(tree.get(node, "ncol") or 2)
        cells = [new for b in node["c"][1] for new in (raw("["), *self.block(b), raw("],"))]
        return [raw(f"#grid(columns: (1fr,) * {columns}, gutter: 12pt,"), *cells, raw(")")]

    def span(self, node: dict[str, Any]) -> list[dict[str, str]]:
        """Words with an id become a place that links lead to."""
        (identifier, _, _), inlines = node["c"]
        anchor = [code(f"#bb-anchor({quote(identifier)})")] if identifier else []
        return anchor + self.inlines(inlines)

    def math(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A formula, with its source for those who listen."""
        return [code(f"#bb-math({quote(node['c'][1])})["), node, code("]")]

    def image(self, node: dict[str, Any]) -> list[Any]:
        """A picture within a line."""
        return [code(f"#box(bb-image({self.image_call(node)}))")]

    def image_call(self, node: dict[str, Any]) -> str:
        """Arguments of the template's image functions."""
        _, alt, (target, title) = node["c"]
        words = tree.get(node, "alt") or tree.text(alt) or title
        width = tree.get(node, "width") or ""
        size = f", width: {width}" if re.fullmatch(r"[\d.]+(%|cm|mm|in|pt|em)", width) else ""
        return f"{quote(self.images(target, self.chapter))}, alt: {quote(words)}{size}"

    def link(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A link inside the book, to the outside, or (to a file beside the book) just its words."""
        _, inlines, (target, _) = node["c"]
        words = self.inlines(inlines)
        found = self.links.inside(target, self.chapter)
        if found:
            return [code(f"#link(label({quote(found)}))["), *guarded(words), code("]")]
        outside = re.match(r"(https?|mailto):", target)
        return [code(f"#link({quote(target)})["), *guarded(words), code("]")] if outside else words

    def inline(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Words in brackets of typst (such as bold) that begin like a heading or a list are words all the same."""
        done = super().inline(node)
        if node["t"] in WRAPPED:
            return [{"t": n["t"], "c": guarded(n["c"])} for n in done]
        return done


def _end_marked(blocks, kinds=("Para",)):
    """Blocks with a mark behind the last word of a paragraph or a list (calls of the template are Plain)."""
    if not blocks:
        return []
    last, inside = blocks[-1], ("Para", "Plain")
    if last["t"] in kinds:
        last = {"t": last["t"], "c": [*last["c"], code("#bb-text-end()")]}
    elif last["t"] == "BulletList":
        last = {"t": "BulletList", "c": [*last["c"][:-1], _end_marked(last["c"][-1], inside)]}
    elif last["t"] == "OrderedList":
        last = {"t": "OrderedList", "c": [last["c"][0], [*last["c"][1][:-1], _end_marked(last["c"][1][-1], inside)]]}
    return [*blocks[:-1], last]
