"""Tables on paper: how wide each column must be, when the type gets smaller, when the page turns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from research.book import ast as tree

CAP = 16.0  # em: a longer text is wrapped rather than given more of the line
FLOOR = 2.5  # em: below this even a short word looks squeezed
PAD = 1.2  # em: space at both sides of a cell
NUMBER = re.compile(
    r"^[<>≤≥≈+\-−–~]?[\d,.\s]+(%|％|倍|个百分点|亿|万|元|人|户|个|分|\*{1,3})?([~～—–]-?[\d,.]+%?)?$|^[—–\-…]*$"
)


@dataclass(frozen=True)
class Cell:
    """One cell: its blocks, its spans, its alignment as written."""

    blocks: list
    rowspan: int = 1
    colspan: int = 1
    align: str = "AlignDefault"


@dataclass(frozen=True)
class Grid:
    """A pandoc table laid open.

    Parameters
    ----------
    aligns : list of str
        `left`, `center` or `right` for each column.
    widths : list of float
        What each column asks for, in em of the table's type.
    head, body, foot : list of list of Cell
        Rows. A row of the body that is a heading of its group stands in `groups` by its index.
    groups : frozenset of int
        Rows of the body that are group headings.
    """

    aligns: list
    widths: list
    head: list
    body: list
    foot: list
    groups: frozenset = frozenset()

    @property
    def total(self):
        """Width that the whole table asks for, in em."""
        return sum(self.widths)

    def fractions(self):
        """Each column's share of the line; they sum to 1."""
        return [w / self.total for w in self.widths]


def units(text):
    """Width of a text in em: 1 for Chinese, about half for Latin letters and digits.

    Examples
    --------
    >>> units("收入"), units("2024")
    (2.0, 2.2)
    """
    return sum(1.0 if ord(c) > 0x2E7F or c in "—…“”‘’" else 0.55 for c in text)


def read_grid(table):
    """Read a pandoc Table node.

    Parameters
    ----------
    table : dict
        Node of type Table.

    Returns
    -------
    Grid
    """
    _, _, columns, head, bodies, foot = table["c"]
    head_rows, body_rows, groups = _rows(head[1]), [], set()
    for _, _, between, rows in bodies:
        for row in _rows(between):
            groups.add(len(body_rows))
            body_rows.append(row)
        body_rows += _rows(rows)
    foot_rows = _rows(foot[1])
    head_rows = [row for row in head_rows if any(tree.text(c.blocks).strip() for c in row)]
    columns_text = _columns(len(columns), [head_rows, body_rows, foot_rows])
    asked = [_asked(texts) for texts in columns_text]
    aligns = [
        _align(spec[0]["t"], texts)
        for spec, texts in zip(columns, _columns(len(columns), [body_rows]), strict=True)
    ]
    return Grid(aligns, asked, head_rows, body_rows, foot_rows, frozenset(groups))


def _rows(rows):
    return [[Cell(c[4], c[2], c[3], c[1]["t"]) for c in row[1]] for row in rows]


def _columns(n, parts):
    """Texts of each column; cells that span columns do not set a width."""
    columns = [[] for _ in range(n)]
    for rows in parts:
        below = [0] * n  # rows that a cell above still covers
        for row in rows:
            place = 0
            for cell in row:
                while place < n and below[place]:
                    below[place] -= 1
                    place += 1
                if place < n and cell.colspan == 1:
                    columns[place].append(tree.text(cell.blocks).strip())
                for k in range(place, min(n, place + cell.colspan)):
                    below[k] = cell.rowspan - 1
                place += cell.colspan
            for k in range(place, n):
                below[k] = max(0, below[k] - 1)
    return columns


def _asked(texts):
    """Width a column asks for: its longest cell, but a long text may wrap."""
    longest = max(map(units, texts), default=0)
    if longest <= CAP:
        return max(FLOOR, longest) + PAD
    mean = sum(map(units, texts)) / len(texts)
    return min(CAP * 2.2, max(CAP, mean)) + PAD


def _align(written, texts):
    filled = [t for t in texts if t]
    if written in ("AlignRight", "AlignCenter", "AlignLeft"):
        return written.removeprefix("Align").lower()
    if filled and all(NUMBER.match(t) for t in filled):
        return "right"
    return "center" if filled and max(map(units, filled)) <= 6 else "left"


def fit(grid, line, sizes, turned):
    """Type size of a table, and whether its page is turned.

    Parameters
    ----------
    grid : Grid
    line : float
        Length of the line, pt.
    sizes : sequence of float
        Sizes of type that may be used, pt, largest first.
    turned : float
        Length of the line on a turned page, pt.

    Returns
    -------
    (float, bool)
        Size in pt; True when the table needs a landscape page.

    Examples
    --------
    >>> fit(Grid(["left"] * 2, [10, 10], [], [], []), 440, (9, 8), 690)
    (9, False)
    >>> fit(Grid(["left"] * 12, [6] * 12, [], [], []), 440, (9, 8), 690)
    (9, True)
    """
    wrapped = sum(min(w, 9 + PAD) for w in grid.widths)  # what is left when every long text wraps
    for size in sizes:
        if wrapped * size <= line:
            return size, False
    for size in sizes:
        if wrapped * size <= turned:
            return size, True
    return sizes[-1], True


def short(grid, rows=14):
    """Whether a table is short enough to stand on one page unbroken."""
    lines = 0
    for row in grid.body:
        lines += max((units(tree.text(c.blocks)) / max(grid.widths[0], CAP) for c in row), default=0) // 1 + 1
    return lines <= rows
