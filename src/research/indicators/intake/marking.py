"""The marked copy: a workbook with its faulty cells coloured and a comment in each, beside the original."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from research.core.faults import in_language
from research.core.formulas import neutral
from research.core.handed_out import hand_out, steady
from research.indicators.reference.tables import encoding_of

if TYPE_CHECKING:
    from research.core.faults import Fault
    from research.indicators.intake.sheets import Filled

MARKED = "-标记"
ROWS = 20_000
"""Most rows of a CSV file for which a marked workbook is made."""
_RED, _AMBER = PatternFill("solid", fgColor="F4B6B6"), PatternFill("solid", fgColor="FCE4B0")
_AUTHOR = "bluebook check"


def mark_all(filled: list[Filled], faults: list[Fault]) -> list[Path]:
    """A marked copy of each file that has faults in its cells."""
    made = []
    for file in filled:
        own = [f for f in faults if (f.place.file, f.place.sheet) == (file.where.file, file.where.sheet)]
        if own and not any(f.kind in ("safety", "limit", "empty", "encoding", "ragged") for f in own):
            made.append(marked_copy(file, own))
    return [path for path in made if path]


def marked_copy(filled: Filled, faults: list[Fault]) -> Path | None:
    """A copy of a workbook (or of a CSV file, as one) with the faulty cells coloured and a comment in each.

    Parameters
    ----------
    filled : Filled
    faults : list of Fault
        Those of this file; rows and columns are read from their places.

    Returns
    -------
    Path or None
        `<name>-标记.xlsx` beside the original, which is not touched; None where that folder cannot be written to, or
        the file is neither a workbook nor a CSV file of at most `ROWS` rows.
    """
    book = _book(filled)
    if book is None:
        return None
    sheet = book[filled.sheet] if filled.sheet else book.active
    heads = list(sheet.iter_rows(filled.header, filled.header))
    column = {
        str(c.value).strip().replace("（示例）", ""): c.column
        for c in (heads[0] if heads else ())
        if c.value is not None
    }
    for fault in faults:
        _mark(sheet, fault, column, filled)
    sheet.protection.sheet = False
    path = filled.path.with_name(f"{filled.path.stem}{MARKED}.xlsx")
    try:
        stream = io.BytesIO()
        book.save(stream)
        return hand_out(path, steady(stream.getvalue()))
    except OSError:
        return None


def _book(filled):
    if filled.path.suffix.lower() == ".xlsx":
        return load_workbook(filled.path, keep_links=False)
    if filled.path.suffix.lower() != ".csv":
        return None
    book = Workbook()
    with open(filled.path, encoding=encoding_of(filled.path), newline="") as file:
        for number, line in enumerate(csv.reader(file)):
            if number > ROWS:
                return None
            book.active.append([neutral(cell) for cell in line])
    return book


def _mark(sheet, fault, column, filled):
    row = fault.place.row or filled.header
    name = fault.place.column
    cell = sheet.cell(row, column.get(name, column.get(filled.headings.get(name), 1)))
    cell.fill = _AMBER if fault.kind == "warning" else _RED
    text = f"{cell.comment.text}\n" if cell.comment and cell.comment.author == _AUTHOR else ""
    expected, found, way = (in_language(t, "zh") for t in (fault.expected, fault.found, fault.way_out))
    told = f"应为：{expected}\n现为：{found}" + (f"\n办法：{way}" if way else "")
    cell.comment = Comment((text + told)[:2000], _AUTHOR, height=120, width=320)
