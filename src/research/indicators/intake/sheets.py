"""Filled forms as tables: cells as they were typed, each with the sheet and row it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import load_workbook

from research.core.faults import DataError, Fault, Place, nearest, say, spot
from research.core.formulas import is_formula
from research.indicators.forms import forms
from research.indicators.forms.cleaning import NUMBERS, clean, clean_column, converted  # noqa: F401  (public here too)
from research.indicators.intake import grid
from research.indicators.intake.form_keys import form_faults
from research.indicators.intake.safety import LIMITS, inspect
from research.indicators.reference.schemas import SCHEMAS, raw_heads, read_cells


@dataclass
class Filled:
    """One filled file.

    `rows` has the columns of `observations.csv` as text, with the spreadsheet row less 2 as index; `headings` are
    the words above the columns, for messages; `sheet` is empty for CSV; `header` is the row of the headings;
    `former` holds last year's values as the form prints them, by the same index, and `former_sample` whether they are
    the sample's.
    """

    path: Path
    rows: pd.DataFrame
    sheet: str = ""
    headings: dict = field(default_factory=dict)
    supplier: str = ""
    table: str = "observations"
    faults: list = field(default_factory=list)
    header: int = 1
    label: str = ""
    former: dict = field(default_factory=dict)
    former_sample: bool = False

    @property
    def where(self) -> Place:
        """File and sheet, as messages begin; `label` tells files of one name apart by their folders."""
        return Place(self.label or self.path.name, self.sheet)


def read_filled(path: Path) -> Filled:
    """Read a filled form (.xlsx) or a table (.csv) with the columns of `observations.csv`.

    Returns
    -------
    Filled
        Its `faults` say what could not be read; nothing is raised for the content of the file.
    """
    path = Path(path)
    faults = inspect(path)
    if faults:
        return Filled(path, _empty(), faults=faults)
    return _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)


def _empty():
    return pd.DataFrame(columns=[c.name for c in SCHEMAS["observations"]], dtype=object)


def _csv(path):
    try:
        frame = read_cells(path)
    except DataError as error:
        return Filled(path, _empty(), faults=error.faults)
    raw = [grid.heading(h) for h in raw_heads(path)]
    double = grid.twice([forms.HEADINGS.get(h, h) for h in raw], Place(path.name), 1)
    if double:
        return Filled(path, _empty(), faults=double)
    if len(raw) == len(frame.columns):
        frame = frame.set_axis([h or c for h, c in zip(raw, frame.columns, strict=True)], axis=1)
    heads = {n: h for h, n in forms.HEADINGS.items() if h in frame.columns and n not in frame.columns}
    frame = frame.rename(columns={h: n for n, h in heads.items()})
    filled = Filled(path, _empty(), headings={c: heads.get(c, c) for c in frame.columns}, supplier=path.stem)
    filled.table = table_of(frame.columns)
    return _shaped(filled, frame)


_MARKS = {
    "aspects": "aspect",
    "demands": "topic",
    "tasks": "lead_unit",
    "target-values": "target",
    "policies": "replaces",
    "lists": "list",
    "pairs": "giver",
    "grids": "grid",
    "village-values": "village_item",
    "quantities": "quantity",
    "topics": "question",
    "claims": "claim",
}
_ENTERED = {
    "aspects": ["score"],
    "demands": ["count", "resolved", "satisfied"],
    "target-values": ["value"],
    "tasks": ["id", "name"],
    "policies": ["id", "title"],
    "lists": ["item", "name"],
    "pairs": ["id", "receiver"],
    "grids": ["cell", "name"],
    "village-values": ["value"],
    "quantities": ["value"],
    "topics": ["id", "question"],
    "claims": ["claim"],
}
"""Columns that a row of a register carries something in; without, it is a row that was not filled in."""
_GIVEN = ("status", "source", "updated", "milestone", "milestone_due", "unit")
"""Columns that a register's file may leave out."""


def table_of(columns: pd.Index) -> str:
    """Which table some columns are: households, a register, quarters (running totals within a year) or observations."""
    for table, mark in _MARKS.items():
        if mark in columns:
            return table
    return "households" if "household" in columns else "quarters" if "quarter" in columns else "observations"


def _workbook(path):
    try:
        book = load_workbook(path, read_only=False, data_only=False, keep_links=False)
    except Exception as error:  # a hostile workbook may break the reader anywhere
        found = f"one that cannot be read ({type(error).__name__})"
        return Filled(
            path,
            _empty(),
            faults=[
                Fault(
                    path.name,
                    say("an Excel workbook", "Excel 工作簿"),
                    found,
                    say("open it in Excel and save it anew", "请用 Excel 或 WPS 打开后重新保存"),
                    "safety",
                )
            ],
        )
    if len(book.sheetnames) > LIMITS["sheets"]:
        return Filled(
            path,
            _empty(),
            faults=[
                Fault(
                    path.name,
                    say(f"{LIMITS['sheets']} sheets or less", f"不超过{LIMITS['sheets']}个工作表"),
                    str(len(book.sheetnames)),
                    kind="safety",
                )
            ],
        )
    name, others = _sheet_of(book)
    sheet = book[name]
    filled = Filled(path, _empty(), sheet=name, supplier=_supplier(book, path))
    if others:
        told = "、".join([name, *others])
        filled.faults.append(
            Fault(
                path.name,
                say("one sheet with figures", "只有一张填数的工作表"),
                told,
                say(
                    "keep one table in a file: save each sheet as a file of its own",
                    "一个文件只放一张表，请把各表分别另存",
                ),
                "sheets",
            )
        )
        return filled
    if sheet.max_row > LIMITS["rows"] or sheet.max_column > LIMITS["columns"]:
        filled.faults.append(
            Fault(
                filled.where,
                say(
                    f"{LIMITS['rows']:,} rows and {LIMITS['columns']} columns or less",
                    f"不超过{LIMITS['rows']:,}行、{LIMITS['columns']}列",
                ),
                say(
                    f"{sheet.max_row:,} rows, {sheet.max_column} columns", f"{sheet.max_row:,}行、{sheet.max_column}列"
                ),
                say("delete empty rows below and right of the table", "请删去表格下方和右侧的空行空列"),
                "safety",
            )
        )
        return filled
    frame = _cells(sheet, filled, grid.Formats(book))
    if frame is not None:
        filled.table = table_of(frame.columns)
        _shaped(filled, frame)
        if forms.HIDDEN in book.sheetnames and filled.table == "observations":
            filled.faults += form_faults(book[forms.HIDDEN], filled)
    return filled


def _sheet_of(book):
    """The sheet that holds the table, whatever it is called now, and others that could be meant as well."""
    if forms.SHEET in book.sheetnames:
        return forms.SHEET, []
    found = [
        s.title
        for s in book.worksheets
        if s.title not in (forms.HIDDEN, forms.INFO)
        and any(
            grid.known_headings((c.value for c in row), forms.HEADINGS) >= 3
            for row in s.iter_rows(max_row=grid.SEARCHED)
        )
    ]
    return (found[0], found[1:]) if found else (book.sheetnames[0], [])


def _supplier(book, path):
    if forms.INFO in book.sheetnames:
        sheet = book[forms.INFO]
        given = [str(sheet.cell(n, 2).value or "").strip() for n in (3, 4)]
        if any(given):
            return " ".join(g for g in given if g)[:100]
    return path.stem


def _cells(sheet, filled, formats):
    """The table of a sheet, its index the spreadsheet's row less 2; None where it has no usable headings."""
    rows = grid.level(list(grid.lines(sheet, formats)))
    at = grid.header_row(rows, forms.HEADINGS)
    head = [grid.heading(c) for c in rows[at]] if rows else []
    if not any(head):
        filled.faults.append(
            Fault(
                filled.where,
                say("headings in row 1", "第1行为列名"),
                say("an empty row", "空行"),
                say("start from a form", "请用填报表填写"),
                "empty",
            )
        )
        return None
    filled.header = at + 1
    filled.former_sample = any("（示例）" in str(c) for c in rows[at])
    names = [forms.HEADINGS.get(h, h) for h in head]
    filled.faults += grid.twice(names, filled.where, filled.header)
    filled.headings = dict(zip(names, head, strict=True))
    if not filled.faults:
        filled.faults += _merged(sheet, rows, names, filled)
    frame = pd.DataFrame(rows[at + 1 :], columns=names, dtype=object).loc[:, [bool(n) for n in names]]
    frame = frame.loc[:, ~frame.columns.duplicated()].set_axis(range(at, len(rows) - 1), axis=0)
    return frame.astype(object).where(frame.notna(), None)


def _merged(sheet, rows, names, filled):
    """Merged cells stand for each of their rows where they say what a row is about; a merged number is a fault."""
    keys = frozenset(n for n, name in enumerate(names) if name not in NUMBERS or name == "year")
    odd = grid.spread(rows, sheet.merged_cells.ranges, keys, filled.header)
    return [
        Fault(
            spot(filled.where, row=row + 1, column=filled.headings[names[column]]),
            say("one cell a row", "一行一个单元格"),
            say("a number over merged rows", "合并单元格中的一个数"),
            say("unmerge the cells and give each row its value", "请取消合并，逐行填写"),
            "merged",
        )
        for row, column in odd
        if names[column]
    ]


def _shaped(filled, frame):
    """Clean the cells, keep the rows that carry a value, and name columns that are not there."""
    wanted = [c.name for c in SCHEMAS[filled.table] if not c.optional or c.name in frame]
    households = filled.table == "households" or filled.table in _MARKS
    keys = ["place", "year", "indicator", "value", *(["quarter"] if filled.table == "quarters" else [])]
    needed = [
        c for c in (wanted if households else keys) if c not in frame and not (filled.table in _MARKS and c in _GIVEN)
    ]
    filled.faults += [
        Fault(
            spot(filled.where, row=filled.header),
            say(f"a column {c}", f"有“{c}”列"),
            say("none", "没有"),
            nearest(c, frame.columns),
            "column",
        )
        for c in needed
    ]
    if needed:
        return filled
    filled.faults += runaway(frame, filled)
    if "former" in frame:
        former = pd.to_numeric(clean_column(frame["former"], "value"), errors="coerce")
        filled.former = former[former.notna()].to_dict()
    frame = frame.reindex(columns=wanted)
    for column in wanted:
        frame[column] = clean_column(frame[column], column)
    survey = [c for c in forms.SURVEY if c in frame]
    carrying = _ENTERED.get(filled.table, wanted if households else ["value", *survey])
    entered = frame[carrying].notna().any(axis=1)
    filled.rows = frame[entered]
    return filled


def runaway(frame: pd.DataFrame, filled: Filled) -> list[Any]:
    """Faults of cells that would run as a formula or are far too long, at most 100."""
    faults = []
    for column in frame.columns:
        cells = frame[column]
        if cells.dtype.kind in "iufbM":
            continue
        bad = {v for v in cells.dropna().unique() if isinstance(v, str) and (len(v) > LIMITS["cell"] or is_formula(v))}
        for row, cell in cells[cells.isin(bad)].items() if bad else ():
            found = "a formula" if is_formula(cell) else f"{len(cell):,} letters"
            faults.append(
                Fault(
                    spot(filled.where, row=row + 2, column=filled.headings.get(column, column)),
                    say("a plain value", "数值本身"),
                    found,
                    say("paste it as a value", "请用“选择性粘贴—数值”"),
                    "formula",
                )
            )
    return faults[:100]
