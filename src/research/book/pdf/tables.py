"""Tables for typst: rows on one line each, widths by content, wide ones on a turned page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from research.book.paper import tables as paper_tables
from research.book.paper.walk import split_caption
from research.book.pdf.text import boolean, code, content, guarded, quote, raw
from research.book.tree import ast as tree

if TYPE_CHECKING:
    from research.book.pdf.blocks import Chapter

LINE = 442.0  # pt, length of the line on an A4 page with the template's margins
TURNED = 690.0  # pt, length of the line on a turned page
SIZES = (9.0, 8.5, 8.0, 7.5)  # pt
NARROW = 0.45  # a table that asks for less than this part of the line does not fill it


def table_blocks(node: dict[str, Any], walker: Chapter) -> list[dict[str, Any]]:
    """A captioned table as a call of the template.

    Parameters
    ----------
    node : dict
        Division of class bb-table.
    walker : Walker
        Rewrites what the table holds.

    Returns
    -------
    list of dict
    """
    (identifier, _, _), blocks = node["c"]
    caption, rest = split_caption(blocks)
    turned, whole = False, True
    for table in tree.find(rest, "Table"):
        grid = paper_tables.read_grid(table)
        turned = turned or paper_tables.fit(grid, LINE, SIZES, TURNED)[1]
        whole = whole and paper_tables.short(grid)
    label = tree.get(node, "label", "")
    call = (
        f"label: {quote(label)}, id: {quote(identifier)}, {walker.report}turned: {boolean(turned)}, "
        f"whole: {boolean(whole and not turned)}, caption: ["
    )
    body = []
    for block in rest:
        if block["t"] == "Table":
            body += grid_blocks(block, walker.inlines, identifier, label)
        elif tree.has_class(block, "bb-subtable"):
            body += walker.block(block)
        else:  # its source and notes, in small type
            body += [raw("#bb-below["), *walker.block(block), raw("]")]
    return [content(walker.inlines(caption), f"#bb-table({call}", "])["), *body, raw("]")]


def grid_blocks(
    node: dict[str, Any], inlines: Callable[..., Any], identifier: str = "", label: str = ""
) -> list[dict[str, Any]]:
    """The rows of a pandoc Table as a call of the template.

    Parameters
    ----------
    node : dict
    inlines : callable
        Rewrites a list of inlines.
    identifier, label : str
        Of the captioned table it stands in: its head says 续表 on further pages.

    Returns
    -------
    list of dict
    """
    grid = paper_tables.read_grid(node)
    size, turned = paper_tables.fit(grid, LINE, SIZES, TURNED)
    line = TURNED if turned and identifier else LINE
    columns = ", ".join(f"{100 * w:.2f}fr" for w in grid.fractions(line / size))
    narrow = boolean(grid.total * size < line * NARROW)
    rows = [
        raw(
            f"#bb-grid(({columns},), ({', '.join(grid.aligns)},), {size}pt, {quote(identifier)}, "
            f"{quote(label)}, narrow: {narrow}, rows: {len(grid.head)},"
        )
    ]
    if grid.head:
        rows += [raw("head: ("), *(_row(r, "head", inlines) for r in grid.head), raw("),")]
    rows += [_row(r, "group" if k in grid.groups else "body", inlines) for k, r in enumerate(grid.body)]
    rows += [_row(r, "foot", inlines) for r in grid.foot]
    return [*rows, raw(")")]


def _row(row, kind, inlines):
    """One row on one line; a cell of one paragraph stays inline."""
    line = []
    for cell in row:
        spans = f"colspan: {cell.colspan}, " if cell.colspan > 1 else ""
        spans += f"rowspan: {cell.rowspan}, " if cell.rowspan > 1 else ""
        align = cell.align.removeprefix("Align").lower()
        if align != "default" and kind != "head":
            spans += f"align: {align} + horizon, "
        opening = f"bb-{kind}({spans})[" if spans or kind != "body" else "["
        line += [code(opening), *guarded(cell_inlines(cell.blocks, inlines)), code("], ")]
    return {"t": "Plain", "c": line}


def cell_inlines(blocks: list[dict[str, Any]], inlines: Callable[..., Any]) -> list[dict[str, Any]]:
    """What a cell holds, as one run of inlines with line breaks."""
    line = []
    for k, block in enumerate(blocks):
        line += [code("#linebreak()")] if k else []
        if block["t"] in ("Para", "Plain"):
            line += inlines(block["c"])
        elif block["t"] in ("BulletList", "OrderedList"):
            items = block["c"] if block["t"] == "BulletList" else block["c"][1]
            for n, item in enumerate(items):
                line += [code("#linebreak()")] if n else []
                line += [{"t": "Str", "c": "• "}, *cell_inlines(item, inlines)]
        else:
            line += tree.string(tree.text(block))
    return line
