"""A plain Excel workbook out of rows: texts and numbers, no formula, the same bytes each time."""

from __future__ import annotations

import io
import math
import re
import zipfile
from copy import copy
from datetime import datetime
from functools import lru_cache
from itertools import count, islice
from pathlib import Path
from typing import Any

MOST_ROWS = 1_048_575  # of Excel, the head aside
MOST_LETTERS = 32_000  # of one cell, a little under Excel's limit
ROWS_AT_ONCE = 1000
_CREATED = datetime(2000, 1, 1)  # the writer's default is now
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What Excel would read as an escaped sign."""


def write_workbook(path: Path, sheets: dict[str, Any]) -> Path:
    """Write a workbook.

    Parameters
    ----------
    path : Path
    sheets : dict of str to list of rows
        Sheet name (31 letters at most) -> rows; the first row is the head. Cells are text, numbers or None; text
        is always written as text, whatever it starts with.

    Returns
    -------
    Path

    Notes
    -----
    The library lays out the workbook with each sheet's head and corner; the rows between are written here, a tenth
    of the time for the same XML.
    """
    frame = _frame(sheets)
    rows = {f"xl/worksheets/sheet{n}.xml": rows for n, rows in enumerate(sheets.values(), 1)}
    with zipfile.ZipFile(frame) as laid, zipfile.ZipFile(path, "w") as archive:
        for entry in laid.infolist():
            text = laid.read(entry).decode()
            with archive.open(copy(entry), "w") as part:  # what is written tells the entry its new place
                for piece in _filled(text, rows.get(entry.filename, ())):
                    part.write(piece.encode())
    return path


def _frame(sheets):
    """The workbook without its rows: of each sheet the head, and two cells that tell style and size."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    with Workbook(stream, {"constant_memory": True, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"created": _CREATED})
        plain, bold = (workbook.add_format({"font_name": "等线", "font_size": 11, "bold": b}) for b in (False, True))
        for name, rows in sheets.items():
            _lay(workbook.add_worksheet(name), rows, plain, bold)
    return stream


def _lay(sheet, rows, plain, bold):
    width = max((len(r) for r in rows), default=1)
    sheet.freeze_panes(1, 0)
    for column, wide in enumerate(_widths(rows, width)):
        sheet.set_column(column, column, wide)
    for column, value in enumerate(rows[0] if rows else ()):
        if _is_number(value):
            sheet.write_number(0, column, value, bold)
        elif value not in (None, ""):
            sheet.write_string(0, column, _plain(value), bold)
    if len(rows) > 1:
        sheet.write_number(1, 0, 0, plain)
        sheet.write_blank(len(rows) - 1, width - 1, None, plain)
    if len(rows) > 2 and width > 2:
        sheet.autofilter(0, 0, len(rows) - 1, width - 1)


def _filled(text, rows):
    """A part of the workbook in pieces, a sheet's rows in the place of its marks."""
    if len(rows) < 2:
        yield text
        return
    before, _, marks = text.partition('<row r="2">')
    style, end = marks.split(' s="', 1)[1].partition('"')[0], marks.index("</sheetData>")
    yield before
    numbered, body, letters = count(2), iter(rows), _letters(max(map(len, rows)))
    next(body)
    cell = lru_cache(1 << 16)(lambda value: _cell(value, style))
    while some := list(islice(body, ROWS_AT_ONCE)):
        yield "".join(_row(n, row, letters, cell) for row, n in zip(some, numbered, strict=False))
    yield marks[end:]


def _row(number, row, letters, cell):
    cells = "".join(
        f'<c r="{letter}{number}{cell(value)}'
        for letter, value in zip(letters, row, strict=False)
        if value is not None and value != ""
    )
    return f'<row r="{number}">{cells}</row>' if cells else ""


def _cell(value, style):
    """What follows a cell's address."""
    if _is_number(value):
        return f'" s="{style}"><v>{value:.16G}</v></c>'
    text = _ESCAPED.sub(r"_x005F\1", _plain(value)).replace("\r", "_x000D_")
    space = ' xml:space="preserve"' if text != text.strip() else ""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'" s="{style}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _is_number(value):
    """Excel knows no infinity: it is written as a word."""
    return isinstance(value, (int, float)) and math.isfinite(value)


def _plain(value):
    return _CONTROL.sub("", str(value))[:MOST_LETTERS]


def _letters(width):
    """Names of the columns: A to Z, AA ...

    Examples
    --------
    >>> _letters(28)[-3:]
    ['Z', 'AA', 'AB']
    """
    from xlsxwriter.utility import xl_col_to_name

    return [xl_col_to_name(n) for n in range(width)]


def _widths(rows, width):
    """Column widths by the widest of the first rows; a Chinese character takes two letters' room."""
    found = [8.0] * width
    for row in rows[:60]:
        for c, value in enumerate(row):
            text = "" if value is None else str(value)
            found[c] = max(found[c], min(48, sum(1 if ch < "\u2e80" else 2 for ch in text) + 2))
    return found
