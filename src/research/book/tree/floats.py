"""Figures, tables and equations of a chapter in the one shape each has for the writers."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from typing import Any

from research.book.tree import ast
from research.book.tree.ast import div, get, node_attr, para
from research.errors import say

MOST_ROWS, MOST_COLUMNS = 1000, 40
"""Largest table that a chapter may show: some thirty printed pages."""


class Floats(ABC):
    """The part of a normaliser that shapes figures and tables (see `research.book.tree.normal`)."""

    @abstractmethod
    def fault(self, pattern: str, expected: str, found: str, way_out: str = "", kind: str = "unsupported") -> None:
        """Note what is wrong where the chapter's source matches a pattern."""

    # figures

    def on_figure(self, node: dict[str, Any]) -> dict[str, Any]:
        triple, caption, children = node["c"]
        inner = ast.find(children, "Image")
        pairs = [*triple[2], *(node_attr(inner[0])[2] if inner else [])]
        identifier = triple[0] or (node_attr(inner[0])[0] if inner else "")
        return self.figure(identifier, pairs, children, _caption_inlines(caption))

    def on_para(self, node: dict[str, Any]) -> Any:
        content = node["c"]
        shown = [i for i in content if i["t"] not in ("Space", "SoftBreak", "LineBreak")]
        if shown and all(i["t"] == "Image" for i in shown) and any(node_attr(i)[0] for i in shown):
            return [self.figure(node_attr(i)[0], node_attr(i)[2], [para([i])], i["c"][1]) for i in shown]
        return {"t": "Para", "c": _equations(content)} if any(i["t"] == "Math" for i in content) else None

    def figure(
        self,
        identifier: str,
        pairs: list[list[str]],
        children: list[dict[str, Any]],
        caption: list[dict[str, Any]],
        **extra: Any,
    ) -> dict[str, Any]:
        """A bb-figure; ids without `fig-` stay as anchors of an unnumbered figure."""
        values = dict(pairs)
        alt = values.get("alt") or values.get("fig-alt") or ast.text(caption)
        kept = ("status", "cell", "frames", "layout-ncol", "layout-nrow", "fig-align")
        keep = {k: values[k] for k in kept if k in values}
        children = [
            c
            if ast.has_class(c, "bb-subfigure")
            else ast.transform(c, lambda n: _with_alt(n, alt) if n["t"] == "Image" else None)
            for c in children
        ]
        body = [*children, div([para(caption, "Plain")], classes=["bb-caption"])]
        return div(body, identifier, ["bb-figure"], alt=alt, **keep, **extra)

    # tables

    def on_table(self, node: dict[str, Any]) -> dict[str, Any]:
        self.endless(node)
        triple, caption, *rest = node["c"]
        rest[0] = column_widths(rest[0], dict(triple[2]).get("tbl-colwidths"))
        bare = {"t": "Table", "c": [["", triple[1], []], [None, []], *rest]}
        inlines = _caption_inlines(caption)
        if not inlines and not triple[0]:
            return bare
        return self.table(triple[0], [bare], inlines)

    def endless(self, table: dict[str, Any]) -> None:
        """A table that nobody can read or print is a fault, not a page of megabytes."""
        rows = [row for body in table["c"][4] for row in body[3]]
        width = len(table["c"][2])
        if len(rows) > MOST_ROWS or width > MOST_COLUMNS:
            texts = [ast.text(cell[4]) for row in rows[:1] for cell in row[1]]
            first = next(filter(None, texts), "")
            most = f"a table of at most {MOST_ROWS} rows and {MOST_COLUMNS} columns"
            self.fault(
                rf"\|\s*{re.escape(first[:30])}",
                most,
                say(f"{len(rows)} rows, {width} columns", f"{len(rows)}行{width}列"),
                say(
                    "show a summary; the whole belongs into a data file (other-links:)",
                    "请只放摘要，全表作为数据文件提供（other-links:）",
                ),
                kind="table",
            )

    def table(
        self, identifier: str, children: list[dict[str, Any]], caption: list[dict[str, str]], **values: str
    ) -> dict[str, Any]:
        return div(
            [div([para(caption, "Plain")], classes=["bb-caption"]), *children], identifier, ["bb-table"], **values
        )

    def figure_div(self, identifier: str, pairs: list[list[str]], children: list[dict[str, Any]]) -> dict[str, Any]:
        children, caption = _split_caption(children)
        subs = [c for c in children if c["t"] == "Div" and ast.has_class(c, "bb-figure")]
        if len(subs) == 1 and not node_attr(subs[0])[0] and len(children) == 1:
            inner = subs[0]["c"][1]
            caption = caption or inner[-1]["c"][1][0]["c"]
            pairs = [*pairs, *([["alt", get(subs[0], "alt")]] if not dict(pairs).get("alt") else [])]
            return self.figure(identifier, [p for p in pairs if p[1] is not None], inner[:-1], caption)
        shown = any(ast.find(children, kind) for kind in ("Image", "Table", "CodeBlock"))
        if not shown and not dict(pairs).get("absent"):
            self.fault(
                re.escape(identifier),
                say("an image in the figure", "图中有一幅图片"),
                say("none", "没有"),
                kind="figure",
            )
        marked = [_as_sub(c) if c in subs else c for c in children]
        values = dict(pairs)
        ncol = columns(values, max(len(subs), len(children))) if subs or "layout-ncol" in values else None
        figure = self.figure(identifier, pairs, marked if subs else single_images(marked), caption)
        if ncol:
            figure["c"][0][2] = [p for p in figure["c"][0][2] if not p[0].startswith("layout-")] + [["ncol", ncol]]
        return figure

    def table_div(self, identifier: str, values: dict[str, str], children: list[dict[str, Any]]) -> dict[str, Any]:
        inner = [c for c in children if c["t"] == "Div" and ast.has_class(c, "bb-table")]
        named = [c for c in inner if node_attr(c)[0]]
        keep = {k: values[k] for k in ("status", "cell", "frames") if k in values}
        if named:
            children, caption = _split_caption(children)
            subs = [_as_sub(c, "bb-subtable") if c in named else c for c in children]
            return self.table(identifier, subs, caption, ncol=columns(values, len(named)), **keep)
        has_own = next((c for c in children if c["t"] == "Div" and ast.has_class(c, "bb-caption")), None)
        if inner and not has_own:
            caption = inner[0]["c"][1][0]["c"][1][0]["c"]
            children = [b for c in children for b in (c["c"][1][1:] if c is inner[0] else [c])]
        else:
            children, caption = _split_caption(children)
        if not ast.find(children, "Table") and not ast.find(children, "Image") and not values.get("absent"):
            self.fault(
                re.escape(identifier), say("a table in the div", "块中有一张表"), say("none", "没有"), kind="table"
            )
        if "tbl-colwidths" in values:
            children = [_set_widths(c, values["tbl-colwidths"]) for c in children]
        return self.table(identifier, children, caption, **keep)


def _caption_inlines(caption):
    blocks = caption[1] if isinstance(caption, list) else caption["c"][1]
    return [i for b in blocks for i in b["c"]] if blocks else []


def _split_caption(children):
    """The children without their caption, and its inlines: a bb-caption, else the last paragraph."""
    own = next((c for c in children if c["t"] == "Div" and ast.has_class(c, "bb-caption")), None)
    if own is not None:
        blocks = own["c"][1]
        return [c for c in children if c is not own], [i for b in blocks if b["t"] in ("Para", "Plain") for i in b["c"]]
    if len(children) > 1 and children[-1]["t"] == "Para" and not ast.find(children[-1], "Image"):
        return children[:-1], children[-1]["c"]
    return children, []


def _as_sub(node, name="bb-subfigure"):
    (identifier, classes, pairs), children = node["c"]
    rest = [c for c in classes if c not in ("bb-figure", "bb-table")]
    return {"t": "Div", "c": [[identifier, [name, *rest], pairs], children]}


def _with_alt(image, alt):
    (identifier, classes, pairs), _, target = image["c"]
    pairs = [p for p in pairs if p[0] not in ("fig-alt", "alt", "fig-align")]
    return {"t": "Image", "c": [["", classes, pairs], ast.string(alt), target]}


def single_images(children: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Paragraphs of several images as one paragraph an image, so that a layout can place them."""
    cells = []
    for child in children:
        inlines = child["c"] if child["t"] == "Para" else []
        shown = [i for i in inlines if i["t"] not in ("Space", "SoftBreak", "LineBreak")]
        if len(shown) > 1 and all(i["t"] == "Image" for i in shown):
            cells += [para([i]) for i in shown]
        else:
            cells.append(child)
    return cells


def columns(values: dict[str, str], count: int) -> str:
    if "layout-nrow" in values:
        return str(-(-count // max(1, int(values["layout-nrow"]))))
    return str(values.get("layout-ncol") or 1)


def _equations(inlines):
    """`$$...$$ {#eq-x}` as a Span that carries the id."""
    done: list[dict[str, Any]] = []
    for item in inlines:
        found = re.fullmatch(r"\{#(eq-[^\s}]+)\}(.*)", item["c"]) if item["t"] == "Str" else None
        back = 2 if done and done[-1]["t"] in ("Space", "SoftBreak") else 1
        if found and len(done) >= back and done[-back]["t"] == "Math":
            math = done[-back]
            del done[-back:]
            done.append(ast.span([math], found[1], ["bb-equation"]))
            if found[2]:
                done.append({"t": "Str", "c": found[2]})
        else:
            done.append(item)
    return done


def column_widths(columns: list[list[dict[str, Any]]], wanted: Any = None) -> list[list[dict[str, Any]]]:
    """Column widths: as asked, else pandoc's where the author's dashes tell columns apart."""
    if wanted:
        try:
            numbers: list[float] = [float(n) for n in json.loads(wanted)]
        except (ValueError, TypeError):
            numbers = []
        whole: float = sum(numbers)
        if len(numbers) == len(columns) and whole:
            return [[c[0], {"t": "ColWidth", "c": n / whole}] for c, n in zip(columns, numbers, strict=True)]
    given: list[Any] = [c[1].get("c") for c in columns]
    if all(given) and max(given) / min(given) > 1.34:
        return columns
    return [[c[0], {"t": "ColWidthDefault"}] for c in columns]


def _set_widths(block, wanted):
    if block["t"] != "Table":
        return block
    content = list(block["c"])
    content[2] = column_widths(content[2], wanted)
    return {"t": "Table", "c": content}
