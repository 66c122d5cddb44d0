"""A plain Excel workbook out of rows: texts and numbers, no formula, the same bytes each time."""

from __future__ import annotations

import re
from datetime import datetime

MOST_ROWS = 1_048_575  # of Excel, the head aside
MOST_LETTERS = 32_000  # of one cell, a little under Excel's limit
_CREATED = datetime(2000, 1, 1)  # the writer's default is now
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_workbook(path, sheets):
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
    """
    from xlsxwriter import Workbook

    with Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"created": _CREATED})
        plain, bold = (workbook.add_format({"font_name": "等线", "font_size": 11, "bold": b}) for b in (False, True))
        for name, rows in sheets.items():
            _fill(workbook.add_worksheet(name), rows, plain, bold)
    return path


def _fill(sheet, rows, plain, bold):
    width = max((len(r) for r in rows), default=1)
    sheet.freeze_panes(1, 0)
    for column, wide in enumerate(_widths(rows, width)):
        sheet.set_column(column, column, wide)
    for n, row in enumerate(rows):
        style = plain if n else bold
        for column, value in enumerate(row):
            if isinstance(value, (int, float)):
                sheet.write_number(n, column, value, style)
            elif value not in (None, ""):
                sheet.write_string(n, column, _CONTROL.sub("", str(value))[:MOST_LETTERS], style)
    if len(rows) > 2 and width > 2:
        sheet.autofilter(0, 0, len(rows) - 1, width - 1)


def _widths(rows, width):
    """Column widths by the widest of the first rows; a Chinese character takes two letters' room."""
    found = [8.0] * width
    for row in rows[:60]:
        for c, value in enumerate(row):
            text = "" if value is None else str(value)
            found[c] = max(found[c], min(48, sum(1 if ch < "\u2e80" else 2 for ch in text) + 2))
    return found
