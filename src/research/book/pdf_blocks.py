"""From a chapter's resolved tree to one that pandoc writes as typst: our blocks become calls of the template."""

from __future__ import annotations

import json
import re

from research.book import ast as tree
from research.book import paper_tables

LINE = 442.0  # pt, length of the line on an A4 page with the template's margins
TURNED = 690.0  # pt, length of the line on a turned page
SIZES = (9.0, 8.5, 8.0, 7.5)
CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
CALLOUTS = {"note": "注", "tip": "提示", "warning": "警告", "important": "重要", "caution": "注意"}


def quote(text):
    """A typst string literal.

    Examples
    --------
    >>> quote('a "b"')
    '"a \\\\"b\\\\""'
    """
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", "")
    return f'"{escaped}"'


def raw(text):
    """A typst block that pandoc passes on as it is."""
    return {"t": "RawBlock", "c": ["typst", text]}


def code(text):
    """Inline typst that pandoc passes on as it is."""
    return {"t": "RawInline", "c": ["typst", text]}


def content(inlines, before="", after=""):
    """Inlines between two pieces of typst, on one line."""
    return {"t": "Plain", "c": [code(before), *inlines, code(after)]}


def mark(identifier):
    """A label on what stands before, or nothing."""
    return f"#label({quote(identifier)})" if identifier else ""


class Chapter:
    """Rewrites one chapter.

    Parameters
    ----------
    chapter : Chapter
        With labelled headings (see `paper.numbered`).
    links : paper.Links
        Answers where a link goes, and keeps the broken ones.
    images : callable
        Takes the path of an image, gives the name typst is to read.
    top : int
        Level of the chapter's title in the PDF's bookmarks: 2 below a part, else 1.
    """

    def __init__(self, chapter, links, images, top=1):
        self.chapter, self.links, self.images, self.top = chapter, links, images, top
        self.in_note = False

    def run(self):
        """The rewritten blocks."""
        return self.blocks(self.chapter.blocks)

    def blocks(self, blocks):
        """Rewrite a list of blocks."""
        return [new for block in blocks for new in self.block(block)]

    def block(self, node):
        """Rewrite one block into a list of blocks."""
        kind = node["t"]
        method = getattr(self, f"_{kind.lower()}", None)
        if method:
            return method(node)
        if kind in ("BlockQuote",):
            return [{"t": kind, "c": self.blocks(node["c"])}]
        return [node]

    # -- text -------------------------------------------------------------------------------------

    def _para(self, node):
        inlines = node["c"]
        if len(inlines) == 1 and inlines[0]["t"] == "Image":
            return [raw(f"#bb-picture({self._image_call(inlines[0])})")]
        if len(inlines) == 1 and tree.has_class(inlines[0], "bb-equation"):
            return [self._equation(inlines[0])]
        return [{"t": node["t"], "c": self.inlines(inlines)}]

    _plain = _para

    def _equation(self, node):
        identifier = tree.node_attr(node)[0]
        label = tree.get(node, "label", "").removeprefix("式")
        formula = next(iter(tree.find(node["c"][1], "Math")), None)
        source = formula["c"][1] if formula else ""
        before = f"#bb-equation({quote(label)}, {quote(identifier)}, {quote(source)})["
        return content([{"t": "Math", "c": [{"t": "DisplayMath"}, source]}], before, "]")

    def _header(self, node):
        level, (identifier, _, _), inlines = node["c"]
        label = tree.get(node, "label", "")
        kind = (
            "part" if self.chapter.kind == "part" and level == 1 else "chapter" if level == 1 else "section"
        )
        before = f"#bb-heading({quote(kind)}, {self.top + level - 1}, {level}, {quote(label)}, {quote(identifier)})["
        return [content(self.inlines(inlines), before, "]")]

    def _bulletlist(self, node):
        return [{"t": "BulletList", "c": [self.blocks(item) for item in node["c"]]}]

    def _orderedlist(self, node):
        return [{"t": "OrderedList", "c": [node["c"][0], [self.blocks(item) for item in node["c"][1]]]}]

    def _definitionlist(self, node):
        items = [[self.inlines(term), [self.blocks(d) for d in found]] for term, found in node["c"]]
        return [{"t": "DefinitionList", "c": items}]

    def _lineblock(self, node):
        return [{"t": "LineBlock", "c": [self.inlines(line) for line in node["c"]]}]

    def _horizontalrule(self, node):
        return [raw("#bb-rule()")]

    def _codeblock(self, node):
        return [node]

    def _rawblock(self, node):
        return [node] if node["c"][0] == "typst" else []

    def _figure(self, node):
        _, (_, caption), blocks = node["c"]
        words = [i for b in caption for i in self.inlines(b["c"])]
        return [content(words, "#bb-figure(caption: [", "])["), *self.blocks(blocks), raw("]")]

    # -- divisions --------------------------------------------------------------------------------

    def _div(self, node):
        (identifier, classes, _), blocks = node["c"]
        for name in ("figure", "table", "callout", "tabset", "tab", "code", "layout", "subfigure"):
            if f"bb-{name}" in classes:
                return getattr(self, f"_bb_{name}")(node)
        if identifier == "refs":
            return [raw("#bb-references["), node, raw("]")]
        anchor = [raw(f"#bb-anchor({quote(identifier)})")] if identifier else []
        return anchor + self.blocks(blocks)

    def _bb_figure(self, node):
        (identifier, _, _), blocks = node["c"]
        caption, rest = split_caption(blocks)
        before = (
            f"#bb-figure(label: {quote(tree.get(node, 'label', ''))}, id: {quote(identifier)}, caption: ["
        )
        parts = [b for b in rest if tree.has_class(b, "bb-subfigure")]
        body = self.blocks(rest)
        if parts:
            columns = tree.get(node, "ncol") or tree.get(node, "layout-ncol") or min(2, len(parts))
            others = [b for b in rest if b not in parts]
            body = [
                raw(f"#grid(columns: (1fr,) * {int(columns)}, gutter: 10pt,"),
                *self.blocks(parts),
                raw(")"),
            ]
            body += self.blocks(others)
        return [content(self.inlines(caption), before, "])["), *body, raw("]")]

    def _bb_subfigure(self, node):
        (identifier, _, _), blocks = node["c"]
        caption, rest = split_caption(blocks)
        label = tree.get(node, "label", "")
        before = f"bb-subfigure({quote(label)}, {quote(identifier)}, ["
        return [content(self.inlines(caption), before, "], ["), *self.blocks(rest), raw("]),")]

    def _bb_table(self, node):
        (identifier, _, _), blocks = node["c"]
        caption, rest = split_caption(blocks)
        tables = [b for b in rest if b["t"] == "Table"]
        if not tables:  # a picture of a table, or a list: still captioned above
            grid, turned, whole = None, False, True
        else:
            grid = paper_tables.read_grid(tables[0])
            turned = paper_tables.fit(grid, LINE, SIZES, TURNED)[1]
            whole = paper_tables.short(grid) and not turned
        label = tree.get(node, "label", "")
        head = f"#bb-table(label: {quote(label)}, id: {quote(identifier)}, turned: {_bool(turned)}, "
        head += f"whole: {_bool(whole)}, "
        body = []
        for block in rest:
            body += self._grid(block, identifier, label) if block["t"] == "Table" else self._note(block)
        return [content(self.inlines(caption), head + "caption: [", "])["), *body, raw("]")]

    def _note(self, block):
        """What stands below a table: its source, its notes, in small type."""
        return [raw("#bb-below["), *self.block(block), raw("]")]

    def _table(self, node):
        return self._grid(node, "", "")

    def _grid(self, node, identifier, label):
        grid = paper_tables.read_grid(node)
        size, turned = paper_tables.fit(grid, LINE, SIZES, TURNED)
        columns = ", ".join(f"{w:.2f}fr" for w in grid.widths)
        aligns = ", ".join(grid.aligns)
        few = grid.total * size < (TURNED if turned else LINE) * 0.45
        call = (
            f"#bb-grid(({columns},), ({aligns},), {size}pt, {quote(identifier)}, {quote(label)}, "
            f"narrow: {_bool(few)}, rows: {len(grid.head)},"
        )
        rows = [raw(call)]
        if grid.head:
            rows += [raw("head: ("), *(self._row(r, "head") for r in grid.head), raw("),")]
        for k, row in enumerate(grid.body):
            rows.append(self._row(row, "group" if k in grid.groups else "body"))
        rows += [self._row(r, "foot") for r in grid.foot]
        return [*rows, raw(")")]

    def _row(self, row, kind):
        """One row on one line; a cell of one paragraph stays inline."""
        inlines = []
        for cell in row:
            spans = "".join(
                f"{k}: {n}, " for k, n in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if n > 1
            )
            align = cell.align.removeprefix("Align").lower()
            if align != "default" and kind != "head":
                spans += f"align: {align} + horizon, "
            opening = f"bb-{kind}({spans})[" if spans or kind != "body" else "["
            inlines += [code(opening), *self._cell(cell.blocks), code("], ")]
        return {"t": "Plain", "c": inlines}

    def _cell(self, blocks):
        inlines = []
        for k, block in enumerate(blocks):
            inlines += [code("#linebreak()")] if k else []
            if block["t"] in ("Para", "Plain"):
                inlines += self.inlines(block["c"])
            elif block["t"] in ("BulletList", "OrderedList"):
                items = block["c"] if block["t"] == "BulletList" else block["c"][1]
                for n, item in enumerate(items):
                    inlines += [code("#linebreak()")] if n else []
                    inlines += [{"t": "Str", "c": "• "}, *self._cell(item)]
            else:
                inlines += tree.string(tree.text(block))
        return inlines

    def _bb_callout(self, node):
        (identifier, classes, _), blocks = node["c"]
        kind = next((c.removeprefix("callout-") for c in classes if c.startswith("callout-")), "note")
        title = next((b for b in blocks if tree.has_class(b, "bb-callout-title")), None)
        words = (
            self.inlines(title["c"][1][0]["c"])
            if title and title["c"][1]
            else tree.string(CALLOUTS.get(kind, "注"))
        )
        body = [b for b in blocks if b is not title]
        before = f"#bb-callout({quote(kind)}, {quote(identifier)}, ["
        return [content(words, before, "])["), *self.blocks(body), raw("]")]

    def _bb_tabset(self, node):
        return self.blocks(node["c"][1])

    def _bb_tab(self, node):
        title = tree.get(node, "title", "")
        return [content(tree.string(title), "#bb-tab[", "]"), *self.blocks(node["c"][1])]

    def _bb_code(self, node):
        return [raw("#bb-code["), *self.blocks(node["c"][1]), raw("]")]

    def _bb_layout(self, node):
        columns = int(tree.get(node, "ncol") or 2)
        cells = []
        for block in node["c"][1]:
            cells += [raw("["), *self.block(block), raw("],")]
        return [raw(f"#grid(columns: (1fr,) * {columns}, gutter: 12pt,"), *cells, raw(")")]

    # -- inlines ----------------------------------------------------------------------------------

    def inlines(self, inlines):
        """Rewrite a list of inlines."""
        done = []
        for place, node in enumerate(inlines):
            if node["t"] == "SoftBreak":
                done += [] if _between_cjk(inlines, place) else [{"t": "Space"}]
            else:
                done += self.inline(node)
        return done

    def inline(self, node):
        """Rewrite one inline into a list of inlines."""
        kind, c = node["t"], node.get("c")
        if kind in ("Emph", "Strong", "Underline", "Strikeout", "Superscript", "Subscript", "SmallCaps"):
            return [{"t": kind, "c": self.inlines(c)}]
        if kind == "Quoted":
            left, right = "‘’" if c[0]["t"] == "SingleQuote" else "“”"
            return [{"t": "Str", "c": left}, *self.inlines(c[1]), {"t": "Str", "c": right}]
        if kind == "Cite":
            return [{"t": kind, "c": [c[0], self.inlines(c[1])]}]
        if kind == "Note":
            return [{"t": kind, "c": self.blocks(c)}]
        if kind == "Span":
            anchor = [code(f"#bb-anchor({quote(c[0][0])})")] if c[0][0] else []
            return anchor + self.inlines(c[1])
        if kind == "Link":
            return self._link(node)
        if kind == "Image":
            return [code(f"#box(bb-image({self._image_call(node)}))")]
        if kind == "Math":
            return [code(f"#bb-math({quote(c[1])})["), node, code("]")]
        return [node] if kind != "RawInline" or c[0] == "typst" else []

    def _link(self, node):
        _, inlines, (target, _) = node["c"]
        words = self.inlines(inlines)
        found = self.links.inside(target, self.chapter)
        if found:
            return [code(f"#link(label({quote(found)}))["), *words, code("]")]
        outside = re.match(r"(https?|mailto):", target)
        return [code(f"#link({quote(target)})["), *words, code("]")] if outside else words

    def _image_call(self, node):
        attr, alt, (target, title) = node["c"]
        words = tree.get(node, "alt") or tree.text(alt) or title
        width = tree.get(node, "width") or ""
        size = f", width: {width}" if re.fullmatch(r"[\d.]+(%|cm|mm|in|pt|em)", width) else ""
        return f"{quote(self.images(target, self.chapter))}, alt: {quote(words)}{size}"


def split_caption(blocks):
    """The inlines of a division's caption, and the other blocks."""
    caption = next((b for b in blocks if tree.has_class(b, "bb-caption")), None)
    inlines = []
    for block in caption["c"][1] if caption else []:
        inlines += ([{"t": "Space"}] if inlines else []) + (
            block["c"] if block["t"] in ("Plain", "Para") else []
        )
    return inlines, [b for b in blocks if b is not caption]


def _bool(value):
    return json.dumps(bool(value))


def _between_cjk(inlines, place):
    before = tree.text(inlines[place - 1]) if place else ""
    after = tree.text(inlines[place + 1]) if place + 1 < len(inlines) else ""
    return bool(before and after and CJK.match(before[-1]) and CJK.match(after[0]))
