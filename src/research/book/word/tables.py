"""Tables for Word: widths by content, three rules, small type where needed, boxes and pictures side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from research.book.paper import tables as paper_tables
from research.book.paper.tables import COMPACT
from research.book.tree import ast as tree
from research.book.word.text import NAMES, W, code

if TYPE_CHECKING:
    from research.book.word.blocks import Chapter
    from research.book.word.write import Shared

MARK = "bluebookTable"
SHORT = 15  # rows
NARROW = 0.45  # a table that asks for less than this part of the line does not fill it
TONES = {"note": "17426B", "tip": "2B6E3F", "warning": "9A5B00", "important": "B3261E", "caution": "A34400"}
FILLS = {"note": "EEF3F8", "tip": "EFF6F1", "warning": "FBF3E6", "important": "FBEDEC", "caution": "FBF0E8"}
RULE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'


@dataclass(frozen=True)
class Plan:
    """How a table is to look; found again in pandoc's output by a bookmark in its first cell.

    Parameters
    ----------
    kind : str
        `table`, `figures` (pictures side by side, no rules) or `callout-...`.
    line : float
        Length of the line it stands on, pt.
    share : float
        Part of the line that it fills.
    columns : tuple of float
        Each column's part of the table.
    compact : bool
        Whether its type is the smaller one.
    heads : int
        Rows of its head.
    groups : frozenset of int
        Rows of the body that are headings of their groups.
    title : str
        What it is called for those who listen.
    """

    kind: str
    line: float
    share: float = 1.0
    columns: tuple = (1.0,)
    compact: bool = False
    heads: int = 0
    groups: frozenset = frozenset()
    title: str = ""


def data_table(node: dict[str, Any], walker: Chapter, title: str, may_turn: bool = True) -> tuple[dict[str, Any], bool]:
    """A pandoc Table with its widths and marks set.

    Parameters
    ----------
    node : dict
        Table.
    walker : docx_blocks.Chapter
        Rewrites cells and keeps the plans.
    title : str
        Label and caption.
    may_turn : bool
        Whether it may ask for a landscape page.

    Returns
    -------
    (dict, bool)
        The table, and whether it needs a landscape page.
    """
    grid, look = paper_tables.read_grid(node), walker.shared.look
    size, turned = paper_tables.fit(grid, look.line, (look.small, COMPACT), look.turned)
    turned = turned and may_turn
    line = look.turned if turned else look.line
    columns = tuple(grid.fractions(line / size))
    share = 0.6 if grid.total * size < line * NARROW else 1.0
    plan = Plan("table", line, share, columns, size < look.small, len(grid.head), grid.groups, title)
    specs = [
        [{"t": f"Align{a.capitalize()}"}, {"t": "ColWidth", "c": w}] for a, w in zip(grid.aligns, columns, strict=True)
    ]
    rows = [_row(r, walker) for r in grid.head], [_row(r, walker) for r in grid.body + grid.foot]
    return walker.shared.marked(_table(specs, *rows), plan), turned


def box(blocks: list[dict[str, Any]], kind: str, shared: Shared) -> dict[str, Any]:
    """One cell around blocks: a callout."""
    plan = Plan(kind, shared.look.line)
    specs = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": 1.0}]]
    return shared.marked(_table(specs, [], [_cells([blocks])]), plan)


def side_by_side(cells: list[list[dict[str, Any]]], columns: int, shared: Shared) -> dict[str, Any]:
    """Cells in rows of `columns`, without rules: sub-figures."""
    plan = Plan("figures", shared.look.line, columns=(1 / columns,) * columns)
    specs = [[{"t": "AlignCenter"}, {"t": "ColWidth", "c": 1 / columns}]] * columns
    cells = cells + [[] for _ in range(-len(cells) % columns)]
    rows = [_cells(cells[k : k + columns]) for k in range(0, len(cells), columns)]
    return shared.marked(_table(specs, [], rows), plan)


def _table(specs, head, body):
    none = ["", [], []]
    return {"t": "Table", "c": [none, [None, []], specs, [none, head], [[none, 0, [], body]], [none, []]]}


def _cells(cells):
    return [["", [], []], [[["", [], []], {"t": "AlignDefault"}, 1, 1, blocks] for blocks in cells]]


def _row(row, walker):
    cells = [[["", [], []], {"t": c.align}, c.rowspan, c.colspan, walker.blocks(c.blocks)] for c in row]
    return [["", [], []], cells]


def with_mark(table: dict[str, Any], bookmark: str) -> dict[str, Any]:
    """The table with a bookmark in its first cell."""
    head, bodies = table["c"][3][1], table["c"][4][0][3]
    first = (head or bodies)[0][1][0]
    mark = tree.para([code(bookmark)], "Plain")
    blocks = first[4]
    if blocks and blocks[0]["t"] in ("Plain", "Para"):
        first[4] = [{"t": blocks[0]["t"], "c": [code(bookmark), *blocks[0]["c"]]}, *blocks[1:]]
    else:
        first[4] = [mark, *blocks]
    return table


def finish_tables(body: etree._Element, plans: list[Plan]) -> None:
    """Give every table of the document the look of its plan.

    Parameters
    ----------
    body : lxml element
        `w:body`.
    plans : list of Plan
        In the order of their bookmarks.
    """
    for start in list(body.iter(f"{W}bookmarkStart")):
        name = start.get(f"{W}name", "")
        if name.startswith(MARK):
            table = next(start.iterancestors(f"{W}tbl"))
            paragraph = start.getparent()
            end = next(e for e in paragraph.iter(f"{W}bookmarkEnd") if e.get(f"{W}id") == start.get(f"{W}id"))
            paragraph.remove(start)
            end.getparent().remove(end)
            if not len([c for c in paragraph if c.tag != f"{W}pPr"]) and len(paragraph.getparent()) > 2:
                paragraph.getparent().remove(paragraph)
            _dress(table, plans[int(name.removeprefix(MARK))])


def element(xml: str) -> etree._Element:
    """An element of WordprocessingML from its text."""
    return etree.fromstring(f'<w:x xmlns:w="{NAMES["w"]}">{xml}</w:x>')[0]


def _dress(table, plan):
    full = plan.line * 20 * plan.share
    twips = [round(full * c) for c in plan.columns]
    table.replace(table.find(f"{W}tblPr"), element(_properties(plan, sum(twips))))
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in twips)
    table.replace(table.find(f"{W}tblGrid"), element(f"<w:tblGrid>{grid}</w:tblGrid>"))
    rows = table.findall(f"{W}tr")
    for number, row in enumerate(rows):
        _dress_row(row, number, plan, twips)
    # A short table stays on one page, and the head of a long one never stands alone.
    for row in rows[:-1] if len(rows) <= SHORT else rows[: plan.heads + 1]:
        for props in row.iter(f"{W}pPr") if plan.kind == "table" else ():
            style = props.find(f"{W}pStyle")
            style.addnext(element("<w:keepNext/>")) if style is not None else props.insert(0, element("<w:keepNext/>"))


def _properties(plan, width):
    borders = look = margins = ""
    if plan.kind == "figures":
        borders = "<w:tblBorders>" + "".join(f'<w:{s} w:val="nil"/>' for s in ("top", "bottom")) + "</w:tblBorders>"
    elif plan.kind != "table":
        colour = TONES.get(plan.kind.removeprefix("callout-"), TONES["note"])
        sides = '<w:top w:val="nil"/>' + RULE.format(side="left", size=24, colour=colour) + '<w:bottom w:val="nil"/>'
        borders = f"<w:tblBorders>{sides}</w:tblBorders>"
        margins = '<w:tblCellMar><w:left w:w="200" w:type="dxa"/><w:right w:w="200" w:type="dxa"/></w:tblCellMar>'
    if plan.kind == "table":
        look = f'<w:tblLook w:val="{"0020" if plan.heads else "0000"}" w:firstRow="{int(bool(plan.heads))}"/>'
    title = plan.title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    named = f'<w:tblCaption w:val="{title}"/>' if title else ""
    return (
        f'<w:tblPr><w:tblStyle w:val="Table"/><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>'
        f'{borders}<w:tblLayout w:type="fixed"/>{margins}{look}{named}</w:tblPr>'
    )


def _dress_row(row, number, plan, twips):
    head = number < plan.heads
    props = "<w:cantSplit/>" if plan.kind in ("table", "figures") else ""
    props += "<w:tblHeader/>" if head else ""
    old = row.find(f"{W}trPr")
    if old is not None:
        row.remove(old)
    if props:
        row.insert(0, element(f"<w:trPr>{props}</w:trPr>"))
    place = 0
    for cell in row.findall(f"{W}tc"):
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        wide = int(span.get(f"{W}val")) if span is not None else 1
        _dress_cell(cell, sum(twips[place : place + wide]), plan, head, number)
        place += wide


def _dress_cell(cell, width, plan, head, number):
    """Cell properties in the order that the schema asks for, and the style of its paragraphs."""
    old = cell.find(f"{W}tcPr")
    kept = "".join(
        etree.tostring(c, encoding="unicode")
        for tag in ("gridSpan", "vMerge")
        for c in (old if old is not None else [])
        if c.tag == f"{W}{tag}"
    )
    extra = ""
    if plan.kind == "table" and head and number == plan.heads - 1:
        extra += "<w:tcBorders>" + RULE.format(side="bottom", size=6, colour="000000") + "</w:tcBorders>"
    if plan.kind.startswith("callout"):
        fill = FILLS.get(plan.kind.removeprefix("callout-"), FILLS["note"])
        extra += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
    elif plan.kind == "table" and number - plan.heads in plan.groups:
        extra += '<w:shd w:val="clear" w:color="auto" w:fill="E9EFF6"/>'
    middle = '<w:vAlign w:val="center"/>' if plan.kind == "table" else ""
    fresh = element(f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{kept}{extra}{middle}</w:tcPr>')
    if old is not None:
        cell.remove(old)
    cell.insert(0, fresh)
    _style_paragraphs(cell, plan, head)


def _style_paragraphs(cell, plan, head):
    if plan.kind == "figures":
        return
    small = "Small" if plan.compact else ""
    wanted = ("TableHead" if head else "TableText") + small if plan.kind == "table" else "CalloutBody"
    for paragraph in cell.findall(f"{W}p"):
        props = paragraph.find(f"{W}pPr")
        if props is None:
            props = etree.SubElement(paragraph, f"{W}pPr")
            paragraph.insert(0, props)
        style = props.find(f"{W}pStyle")
        if style is None:
            style = etree.Element(f"{W}pStyle")
            props.insert(0, style)
            style.set(f"{W}val", wanted)
        elif style.get(f"{W}val") in ("Compact", "BodyText", "FirstParagraph"):
            style.set(f"{W}val", wanted)
