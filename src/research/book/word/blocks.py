"""From a chapter's resolved tree to one that pandoc writes as Word: captions and references become fields."""

from __future__ import annotations

import re
from typing import Any

from research.book.paper import chapters as paper_chapters
from research.book.paper.walk import Walker, callout_parts, grid_parts, is_report_head, split_caption, sub_label
from research.book.tree import ast as tree
from research.book.word import front as docx_front
from research.book.word.tables import box, data_table, side_by_side
from research.book.word.text import bookmark_name, code, field, paragraph, raw, run, section_break

CELL = 12.0  # pt: the space at both sides of a picture in a row
LABEL = re.compile(r"^(.*?)([A-Z]?[\d.]*?)(\d+)([^\d]*)$")  # 图 |2.|1|  and  式（|2.|1|）


def styled(style: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """Blocks in a paragraph style, by the name that Word shows."""
    return tree.div(blocks, custom_style=style)


def with_fences(formula: str) -> str:
    """Bars that stand in pairs as brackets: LibreOffice reads a bare bar as an error.

    Examples
    --------
    >>> with_fences("|x_i - x_j|"), with_fences("P(A|B)")
    ('\\\\left|x_i - x_j\\\\right|', 'P(A|B)')
    """
    pieces = formula.split("|")
    if len(pieces) % 2 == 0 or len(pieces) == 1 or re.search(r"\\(left|right|\||big)", formula, re.I):
        return formula
    return "".join(
        p + ("" if k == len(pieces) - 1 else r"\right|" if k % 2 else r"\left|") for k, p in enumerate(pieces)
    )


class Chapter(Walker):
    """Rewrites one chapter for Word.

    Parameters
    ----------
    chapter, links, images
        As for `Walker`; `images` gives paths of bitmaps.
    shared : docx.Shared
        What the chapters have in common: bookmarks, tables in their order, labels by id.
    """

    raw_format = "openxml"

    def __init__(self, chapter: Any, links: Any, images: Any, shared: Any) -> None:
        super().__init__(chapter, links, images)
        self.shared = shared
        self.room = None  # pt: the width a picture is given where several stand side by side
        self.sections = 0  # of front matter
        self.begun: set[Any] = set()  # kinds of captions that this chapter has already counted

    def para(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A paragraph; a lone image or equation gets a style of its own."""
        inlines = node["c"]
        if len(inlines) == 1 and inlines[0]["t"] == "Image":
            return [styled("Figure", [tree.para(self.inlines(inlines))])]
        if len(inlines) == 1 and tree.has_class(inlines[0], "bb-equation"):
            return [self.equation(inlines[0])]
        if is_report_head(node):
            return [styled("Report Head", [tree.para(self.inlines(inlines))])]
        return [{"t": node["t"], "c": self.inlines(inlines)}]

    def header(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A heading: its label is text under a bookmark, so that references to it can be fields."""
        level, (identifier, classes, pairs), inlines = node["c"]
        label = tree.get(node, "label", "")
        title = self.inlines(inlines)
        if label:
            bare = label.rstrip("、.")
            marked = self.shared.bookmarks.around(bookmark_name("_Ref", identifier), run(bare))
            title = [code(marked + run(label[len(bare) :] + paper_chapters.gap(label))), *title]
        opened, closed = self.shared.bookmarks.around(bookmark_name("_Toc", identifier), "|").split("|")
        title = [code(opened), *title, code(closed)]
        if paper_chapters.is_front(self.chapter) and level <= 2:
            self.sections += level == 2
            style = "Front Title" if level == 1 or self.sections == 1 else "Front Section"
            return [styled(style, [tree.para([tree.span(title, identifier)])])]
        if self.chapter.kind == "part" and level == 1:
            return [styled("Part Title", [tree.para([tree.span(title, identifier)])])]
        return [{"t": "Header", "c": [level, [identifier, classes, []], title]}]

    def contents(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The English contents: each line leads to its report and shows its page."""
        lines = []
        for depth, number, target, words in self.entries(blocks):
            shown = (f"{number}　" if number else "") + tree.text(words)
            lines.append(docx_front.entry(f"TOC{min(depth + 1, 2)}", target, shown))
        return [raw("".join(lines))]

    def equation(self, node: dict[str, Any]) -> dict[str, Any]:
        """A formula in the middle of the line, its number at the end."""
        identifier = tree.node_attr(node)[0]
        formula = next(iter(tree.find(node["c"][1], "Math")), None)
        shown = {"t": "Math", "c": [{"t": "InlineMath"}, with_fences(formula["c"][1])]} if formula else None
        tab = code("<w:r><w:tab/></w:r>")
        number = self.number(identifier, tree.get(node, "label", ""), drop="式")
        return styled("Equation", [tree.para([tab, *([shown] if shown else []), tab, *number])])

    def number(self, identifier: str, label: str, drop: str = "") -> list[dict[str, Any]]:
        """A label whose last number is a SEQ field, under a bookmark: 图 2.1."""
        found = LABEL.match(label)
        if not found:
            return []
        word, chapter, n, end = found.groups()
        kind = re.sub(r"[\s（(]", "", word) or "式"
        restart = "" if kind in self.begun else f" \\r {n}"
        self.begun.add(kind)
        inner = run(word.removeprefix(drop) + chapter) + field(f"SEQ {kind} \\* ARABIC{restart}", n)
        inner += run(end) if end else ""
        return [code(self.shared.bookmarks.around(bookmark_name("_Ref", identifier), inner))]

    def caption(self, node: dict[str, Any], inlines: list[dict[str, Any]], style: str) -> list[dict[str, Any]]:
        """The caption of a figure or table, in the contents of figures by its SEQ field."""
        identifier, label = tree.node_attr(node)[0], tree.get(node, "label", "")
        words = self.inlines(inlines)
        if not label and not words:
            return []
        number = self.number(identifier, label) if label else []
        if label:
            opened, closed = self.shared.bookmarks.around(bookmark_name("_Toc", identifier), "|").split("|")
            listed, entry = label, ""
            if self.chapter.number.startswith(docx_front.REPORT):  # 图1 of which report: the lists say it
                listed = f"{self.chapter.number} {label}"
                entry = docx_front.list_entry(style, f"{listed}　{tree.text(inlines)}")
            number = [code(opened + entry), *number, {"t": "Str", "c": "　"}]
            words = [*words, code(closed)]
            self.shared.captions[style].append((identifier, listed, tree.text(inlines)))
        return [styled(style, [tree.para([*number, *words])])]

    def figure(self, node: dict[str, Any]) -> list[Any]:
        """A figure that the book did not number."""
        _, (_, caption), blocks = node["c"]
        words = [i for b in caption for i in self.inlines(b["c"])]
        below = [styled("Image Caption", [tree.para(words)])] if words else []
        return [*self.blocks(blocks), *below]

    def bb_figure(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A numbered figure with its caption below; sub-figures stand side by side."""
        caption, rest = split_caption(node["c"][1])
        parts, columns = grid_parts(node, rest)
        body: list[dict[str, Any]] = []
        for block in (b for b in rest if b not in parts):
            lone = block["t"] in ("Para", "Plain") and tree.find(block, "Image")
            body += [styled("Captioned Figure", [tree.para(self.inlines(block["c"]))])] if lone else self.block(block)
        if parts:
            body = [self.side_by_side(parts, columns), *body]
        below = self.caption(node, caption, "Image Caption")
        return [tree.div([*body, *below], tree.node_attr(node)[0])]

    def bb_subfigure(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """One sub-figure and its caption."""
        caption, rest = split_caption(node["c"][1])
        words = tree.string(" ".join(filter(None, [sub_label(node), tree.text(caption)])))
        below = [styled("Sub-figure Caption", [tree.para(words)])]
        return [tree.div([*self.blocks(rest), *below], tree.node_attr(node)[0])]

    def bb_table(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A numbered table under its caption; a wide one on a turned page."""
        identifier, (caption, rest) = tree.node_attr(node)[0], split_caption(node["c"][1])
        title = tree.get(node, "label", "") + " " + tree.text(caption)
        body: list[dict[str, Any]] = []
        turned = False
        for block in rest:
            if block["t"] == "Table":
                table, wide = data_table(block, self, title.strip())
                body, turned = body + [table], turned or wide
            elif tree.has_class(block, "bb-subtable"):
                body += self.block(block)
            else:
                body += [styled("Source Note", self.block(block))]
        head = self.caption(node, caption, "Table Caption")
        after = [] if body and body[-1]["t"] == "Div" else [raw(paragraph("SourceNote", ""))]
        blocks = [tree.div([*head, *body, *after], identifier)]
        if not turned:
            return blocks
        about = self.chapter.sample, self.shared.place
        return [raw(section_break("upright", *about)), *blocks, raw(section_break("turned", *about))]

    def bb_subtable(self, node: dict[str, Any]) -> list[Any]:
        """One of several tables under one caption."""
        caption, rest = split_caption(node["c"][1])
        words = tree.string(" ".join(filter(None, [sub_label(node), tree.text(caption)])))
        body: list[dict[str, Any]] = []
        for block in rest:
            body += [data_table(block, self, "", may_turn=False)[0]] if block["t"] == "Table" else self.block(block)
        return [tree.div([styled("Sub-figure Caption", [tree.para(words)]), *body], tree.node_attr(node)[0])]

    def table(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A table without a caption; it is never turned."""
        return [data_table(node, self, "", may_turn=False)[0], raw(paragraph("SourceNote", ""))]

    def bb_report_head(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A further paragraph of an abstract."""
        return [styled("Report Head", self.blocks(node["c"][1]))]

    def bb_source(self, node: dict[str, Any]) -> list[Any]:
        """The source below a figure."""
        return [styled("Source Note", self.blocks(node["c"][1]))]

    def bb_callout(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A shaded box with a coloured edge: a table of one cell, so that lists may stand in it."""
        kind, title, body = callout_parts(node)
        blocks = [styled("Callout Title", [tree.para(self.inlines(title))]), *self.blocks(body)]
        anchored = tree.div(blocks, tree.node_attr(node)[0])
        return [box([anchored], f"callout-{kind}", self.shared), raw(paragraph("SectionBreak", ""))]

    def bb_tab(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """One tab under its title."""
        title = tree.para(tree.string(tree.get(node, "title", "")))
        return [styled("Tab Title", [title]), *self.blocks(node["c"][1])]

    def bb_layout(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Blocks side by side."""
        return [self.side_by_side(node["c"][1], int(tree.get(node, "ncol") or 2)), raw(paragraph("SectionBreak", ""))]

    def side_by_side(self, blocks: list[dict[str, Any]], columns: int) -> dict[str, Any]:
        """Blocks in a table without rules, each picture as wide as its cell."""
        self.room = self.shared.look.line / columns - CELL
        cells = [self.block(b) for b in blocks]
        self.room = None
        return side_by_side(cells, columns, self.shared)

    def references(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """The list of references, which pandoc fills."""
        return [node]

    def other(self, identifier: str, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A division that may be linked to: pandoc makes a bookmark of its id."""
        return [tree.div(self.blocks(blocks), identifier)]

    def span(self, node: dict[str, Any]) -> list[dict[str, str]]:
        """Words with an id become a bookmark."""
        (identifier, _, _), inlines = node["c"]
        return [tree.span(self.inlines(inlines), identifier)] if identifier else self.inlines(inlines)

    def math(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A formula, which pandoc writes as Word's own."""
        return [{"t": "Math", "c": [node["c"][0], with_fences(node["c"][1])]}]

    def image(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A picture as a bitmap, with its words for those who listen."""
        (_, _, pairs), alt, (target, title) = node["c"]
        words = tree.get(node, "alt") or tree.text(alt) or title
        size = [p for p in pairs if p[0] in ("width", "height")]
        path, width = self.images(node, self.chapter)
        room = (self.room or self.shared.look.line) / 72
        if not size and (self.room or width):
            size = [["width", f"{room if self.room else min(width, room):.3f}in"]]
        return [{"t": "Image", "c": [["", [], size], tree.string(words), [path, ""]]}]

    def link(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """A reference becomes a REF field; other links stay links."""
        (_, classes, _), inlines, (target, _) = node["c"]
        found = self.links.inside(target, self.chapter)
        if found and "bb-ref" in classes:
            return self.reference(found, tree.text(inlines))
        if found:
            return [tree.link(self.inlines(inlines), f"#{found}")]
        outside = re.match(r"(https?|mailto):", target)
        return [tree.link(self.inlines(inlines), target)] if outside else self.inlines(inlines)

    def reference(self, identifier: str, words: str) -> list[dict[str, Any]]:
        """A REF field where the words hold what the bookmark holds, with the rest of the words around it."""
        held = self.shared.labels.get(identifier)
        if not held or held not in words:
            return [tree.link(tree.string(words), f"#{identifier}")]
        before, after = words.split(held, 1)
        name = bookmark_name("_Ref", identifier)
        xml = (run(before) if before else "") + field(f"REF {name} \\h", held) + (run(after) if after else "")
        return [code(xml)]
