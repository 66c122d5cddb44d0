"""Tables on paper: how wide each column must be, when the type gets smaller, when the page turns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from research.book.paper.widths import floor, shared, units
from research.book.tree import ast as tree

CAP = 16.0  # em: a longer text is wrapped rather than given more of the line
FLOOR = 2.5  # em: below this even a short word looks squeezed
COMPACT = 8.0  # pt: the smaller type of tables in Word
PAD = 1.5  # em: space at both sides of a cell
DENSE = 6.0  # em: where a page would have to be turned, words wrap at this width
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
    least : list of float
        What each column can do with: its head wrapped, its long texts wrapped.
    dense : list of float
        What each column can do with before a page is turned: words wrapped once more. Empty for `least`.
    head, body, foot : list of list of Cell
        Rows.
    given : tuple of float
        Shares of the line that the author asked for; empty for none. Not heeded where a column would
        then be too narrow for its words.
    groups : frozenset of int
        Rows of the body that are group headings.
    floors : tuple of float
        Below what no column can be read, in em; empty where nothing is known of the texts.
    lengths : tuple of tuple of float
        Of each column, the widths of its cells' texts on one line, in em.
    """

    aligns: list
    widths: list
    least: list
    head: list
    body: list
    foot: list
    groups: frozenset = frozenset()
    given: tuple = ()
    dense: tuple = ()
    floors: tuple = ()
    lengths: tuple = ()

    @property
    def total(self) -> float:
        """Width that the whole table asks for, in em."""
        return sum(self.widths)

    def fractions(self, line: float | None = None) -> list[float]:
        """Each column's share of the line; they sum to 1.

        Parameters
        ----------
        line : float, optional
            Length of the line in em of the table's type. A table that asks for more first gives up
            the space that wrapping saves.

        Returns
        -------
        list of float

        Examples
        --------
        >>> [round(f, 2) for f in Grid(["left"] * 2, [12, 28], [8, 8], [], [], []).fractions(20)]
        [0.43, 0.57]
        """
        if self.given and (line is None or all(g * line >= n for g, n in zip(self.given, self.least, strict=True))):
            return list(self.given)
        widths = self.widths
        if line is not None and line < self.total:
            for floors in (self.floors, tuple(map(min, self.floors, self.dense))):
                if floors and sum(floors) <= line:
                    widths = shared(floors, self.widths, self.lengths, line, PAD)
                    return [w / sum(widths) for w in widths]
            least = self.least if sum(self.least) <= line or not self.dense else self.dense
            full = self.widths if least is self.least else self.least
            spare = max(0.0, line - sum(least)) / max(1e-9, sum(full) - sum(least))
            widths = [a + (w - a) * spare for w, a in zip(full, least, strict=True)]
        return [w / sum(widths) for w in widths]


def read_grid(table: dict[str, Any]) -> Grid:
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
    body_rows: list[list[Cell]] = []
    head_rows, groups = _rows(head[1]), set()
    for _, _, between, rows in bodies:
        for row in _rows(between):
            groups.add(len(body_rows))
            body_rows.append(row)
        body_rows += _rows(rows)
    foot_rows = _rows(foot[1])
    head_rows = [row for row in head_rows if any(tree.text(c.blocks).strip() for c in row)]
    heads = _columns(len(columns), [head_rows])
    texts = _columns(len(columns), [body_rows, foot_rows])
    asked = [_asked(h + t) for h, t in zip(heads, texts, strict=True)]
    least = [_least(h, t) for h, t in zip(heads, texts, strict=True)]
    dense = tuple(_dense(h, t) for h, t in zip(heads, texts, strict=True))
    aligns = _aligns(columns, _columns(len(columns), [body_rows]))
    floors = tuple(_floor(h, t) for h, t in zip(heads, texts, strict=True))
    lengths = tuple(tuple(map(units, h + t)) for h, t in zip(heads, texts, strict=True))
    rows = (head_rows, body_rows, foot_rows)
    return Grid(aligns, asked, least, *rows, frozenset(groups), _given(columns), dense, floors, lengths)


def _given(columns):
    """Shares of the line that the author asked for, or nothing."""
    asked = [spec[1].get("c") for spec in columns]
    return tuple(w / sum(asked) for w in asked) if asked and all(asked) else ()


def _rows(rows):
    return [[Cell(c[4], c[2], c[3], c[1]["t"]) for c in row[1]] for row in rows]


def _columns(n, parts):
    """Texts of each column; cells that span columns do not set a width."""
    columns: list[list[Any]] = [[] for _ in range(n)]
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


def _least(heads, texts):
    """Width a column can do with: heads over three lines, long texts wrapped at nine characters."""
    head = max(map(units, heads), default=0)
    body = max(map(units, texts), default=0)
    return max(FLOOR, head / 3 + 0.5 if head > 4 else head, min(body, 9.0)) + PAD


def _dense(heads, texts):
    """Width a column can do with before a page is turned: numbers and dates stay whole, words wrap once more."""
    head, whole = max(map(units, heads), default=0), max((units(t) for t in texts if t.isascii()), default=0)
    body = max(map(units, texts), default=0)
    return max(FLOOR, head / 4 + 0.5 if head > 4 else head, min(whole, 9.0), min(body, DENSE)) + PAD - 0.15


def _floor(heads, texts):
    """Width below which a column cannot be read; its head may take three lines."""
    head = max(map(units, heads), default=0)
    return max(FLOOR, head / 3 + 0.5 if head > 4 else head, floor(texts)) + PAD


def _align(written, texts):
    filled = [t for t in texts if t]
    if written in ("AlignRight", "AlignCenter", "AlignLeft"):
        return written.removeprefix("Align").lower()
    if filled and all(NUMBER.match(t) for t in filled):
        return "right"
    return "center" if filled and max(map(units, filled)) <= 6 else "left"


def _aligns(columns, texts):
    """Alignments; a first column of numbers names rows (years, ranks) and stands in the middle."""
    aligns = [_align(spec[0]["t"], found) for spec, found in zip(columns, texts, strict=True)]
    unset = columns and columns[0][0]["t"] == "AlignDefault"
    return ["center" if unset and aligns[0] == "right" else aligns[0], *aligns[1:]] if aligns else []


def fit(grid: Grid, line: float, sizes: tuple[float, ...], turned: float) -> tuple[float, bool]:
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
    >>> fit(Grid(["left"] * 2, [10, 10], [8, 8], [], [], []), 440, (9, 8), 690)
    (9, False)
    >>> fit(Grid(["left"] * 12, [6] * 12, [6] * 12, [], [], []), 440, (9, 8), 690)
    (9, True)
    >>> fit(Grid(["left"] * 12, [6] * 12, [6] * 12, [], [], [], dense=(4.5,) * 12), 440, (9, 8), 690)
    (8, False)
    """
    wrapped = sum(grid.least)
    for size in sizes:
        if wrapped * size <= line:
            return size, False
    for size in sizes:
        if grid.dense and sum(grid.dense) * size <= line:
            return size, False
    for size in sizes:
        if wrapped * size <= turned:
            return size, True
    return sizes[-1], True


def short(grid: Grid, rows: int = 14) -> bool:
    """Whether a table is short enough to stand on one page unbroken."""
    lines = 0
    for row in grid.body:
        lines += max((units(tree.text(c.blocks)) / max(grid.widths[0], CAP) for c in row), default=0) // 1 + 1
    return lines <= rows
