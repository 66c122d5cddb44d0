"""Sheets as grids of plain cells: what a cell shows counts (percent, Chinese dates), merged cells, headings found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl.utils.datetime import from_excel

from research.core.faults import Fault, Place, say, spot
from research.indicators.reference.schemas import SCHEMAS

CHINESE_DATES = frozenset([*range(27, 37), *range(50, 59)])
"""Number formats that Excel keeps for dates in Chinese and that have no text in the file (ECMA-376, 18.8.30)."""
SEARCHED = 20
"""Rows at the top of a sheet among which the headings are looked for: titles and notes may stand above them."""

_ESCAPED = re.compile(r"_x000[dD]_")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_COLUMNS = frozenset(c.name for t in SCHEMAS.values() for c in t)


def heading(cell: object) -> str:
    """A heading on one line: breaks typed into the cell and the mark of a sample are no part of it.

    Examples
    --------
    >>> heading("本年\\n值"), heading("人均_x000D_\\nGDP "), heading("上年值（示例）"), heading(None)
    ('本年值', '人均GDP', '上年值', '')
    """
    text = "" if cell is None else re.sub(r"\s*[\r\n]+\s*", "", _ESCAPED.sub("", str(cell)))
    return text.replace("（示例）", "").strip()


def plain(value: object) -> object:
    """A cell's text without the breaks that Excel writes as `_x000D_`; other kinds of cell as they are.

    Examples
    --------
    >>> plain("52000_x000D_\\n"), plain("统计\\n年报"), plain(3)
    ('52000', '统计 年报', 3)
    """
    if not isinstance(value, str):
        return value
    text = _ESCAPED.sub("", value)
    return re.sub(r"[ \t]*[\r\n]+[ \t]*", " ", text.strip()) if "\n" in text or "\r" in text else text


class Formats:
    """What the number formats of a workbook do to its cells, each style looked at once."""

    def __init__(self, book: Any) -> None:
        self.epoch = book.epoch
        self.kinds: dict[Any, Any] = {}

    def shown(self, cell: object) -> object:
        """A cell as it shows: a share as per cent, a date as a date, text without hidden breaks."""
        value = getattr(cell, "value", None)
        if value is None or isinstance(value, bool) or not isinstance(value, (int, float)):
            return plain(value)
        kind = self._kind(cell)
        if kind == "percent":
            return f"{value * 100:.15g}%"
        if kind == "date" and 1 <= value < 2_958_466:  # 9999-12-31
            return from_excel(value, self.epoch)
        return value

    def _kind(self, cell):
        style = getattr(cell, "_style_id", None)
        style = tuple(cell._style) if style is None else style
        if style not in self.kinds:
            array = getattr(cell, "style_array", None)
            number = (cell._style if array is None else array).numFmtId
            first = _QUOTED.sub("", cell.number_format or "").split(";")[0]
            self.kinds[style] = "date" if number in CHINESE_DATES else "percent" if "%" in first else ""
        return self.kinds[style]


def lines(sheet: Any, formats: Formats) -> Iterator[list]:
    """Rows of a sheet as plain cells, all of them, whatever size the sheet states: WPS and others state a wrong one."""
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()
    for row in sheet.iter_rows():
        yield [formats.shown(cell) for cell in row]


def level(rows: Sequence[list]) -> list[list]:
    """Rows of one length: short ones are filled up with empty cells."""
    width = max(map(len, rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def known_headings(row: Iterable[object], names: Iterable[str]) -> int:
    """How many cells of a row are headings that are understood."""
    known = _COLUMNS.union(names)
    return len({heading(c) for c in row} & known)


def header_row(rows: Sequence[list], names: Iterable[str]) -> int:
    """Position of the headings among the first rows: the one with most known headings, else the first with a cell."""
    names = frozenset(names)
    scores = [known_headings(row, names) for row in rows[:SEARCHED]]
    if max(scores, default=0) >= 3:
        return scores.index(max(scores))
    return next((n for n, row in enumerate(rows[:SEARCHED]) if any(heading(c) for c in row)), 0)


def spread(rows: list[list], ranges: Iterable[Any], keys: frozenset[int], below: int) -> list[tuple[int, int]]:
    """Fill merged cells of key columns downwards, as they read; positions of merged cells elsewhere.

    Parameters
    ----------
    rows : list of list
        Changed in place; from the first row of the sheet.
    ranges : iterable of openpyxl.CellRange
    keys : frozenset of int
        Columns (from 0) that say what a row is about: one cell for several rows stands for each of them.
    below : int
        Row of the headings; ranges above it are titles.

    Returns
    -------
    list of (int, int)
        Row and column (from 0) of the first cell of each range that holds a value over several rows.
    """
    odd = []
    for area in ranges:
        top, left = area.min_row - 1, area.min_col - 1
        if area.min_row <= below or top >= len(rows) or area.max_row == area.min_row or left >= len(rows[top]):
            continue
        value = rows[top][left]
        if value is None:
            continue
        if left not in keys:
            odd.append((top, left))
            continue
        for n in range(top + 1, min(area.max_row, len(rows))):
            rows[n][left] = value
    return odd


def twice(names: Iterable[str], where: Place, row: int) -> list[Fault]:
    """A fault for each heading that stands over more than one column: which one counts, nobody can tell."""
    return [
        Fault(
            spot(where, row=row, column=name),
            say("one column of this heading", "这一列名只出现一次"),
            say(f"{count}", f"{count}列"),
            say("rename or delete one", "请改名或删去其中一列"),
            "column",
        )
        for name, count in Counter(n for n in names if n).items()
        if count > 1
    ]
