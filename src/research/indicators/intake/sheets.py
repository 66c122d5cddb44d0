"""Filled forms as tables: cells as they were typed, each with the sheet and row it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from research.core.faults import DataError, Fault, Place, nearest, spot
from research.core.formulas import is_formula
from research.indicators.forms import forms
from research.indicators.forms.cleaning import clean, clean_column, converted  # noqa: F401  (public here too)
from research.indicators.intake.safety import LIMITS, inspect
from research.indicators.reference.schemas import SCHEMAS, read_cells


@dataclass
class Filled:
    """One filled file.

    `rows` has the columns of `observations.csv` as text, with the spreadsheet row less 2 as index; `headings` are
    the words above the columns, for messages; `sheet` is empty for CSV; `header` is the row of the headings.
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

    @property
    def where(self) -> Place:
        """File and sheet, as messages begin; `label` tells files of one name apart by their folders."""
        return Place(self.label or self.path.name, self.sheet)


def read_filled(path):
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
    heads = {n: h for h, n in forms.HEADINGS.items() if h in frame.columns and n not in frame.columns}
    frame = frame.rename(columns={h: n for n, h in heads.items()})
    filled = Filled(path, _empty(), headings={c: heads.get(c, c) for c in frame.columns}, supplier=path.stem)
    filled.table = table_of(frame.columns)
    return _shaped(filled, frame)


def table_of(columns):
    """Which table some columns are: households, quarters (running totals within a year) or observations."""
    return "households" if "household" in columns else "quarters" if "quarter" in columns else "observations"


def _workbook(path):
    try:
        book = load_workbook(path, read_only=False, data_only=False, keep_links=False)
    except Exception as error:  # a hostile workbook may break the reader anywhere
        found = f"one that cannot be read ({type(error).__name__})"
        return Filled(path, _empty(), faults=[Fault(path.name, "an Excel workbook", found,
                                                    "open it in Excel and save it anew", "safety")])
    if len(book.sheetnames) > LIMITS["sheets"]:
        return Filled(path, _empty(), faults=[Fault(path.name, f"{LIMITS['sheets']} sheets or less",
                                                    str(len(book.sheetnames)), kind="safety")])
    name = forms.SHEET if forms.SHEET in book.sheetnames else book.sheetnames[0]
    sheet = book[name]
    filled = Filled(path, _empty(), sheet=name, supplier=_supplier(book, path))
    if sheet.max_row > LIMITS["rows"] or sheet.max_column > LIMITS["columns"]:
        filled.faults.append(Fault(filled.where, f"{LIMITS['rows']:,} rows and {LIMITS['columns']} columns or less",
                                   f"{sheet.max_row:,} rows, {sheet.max_column} columns",
                                   "delete empty rows below and right of the table", "safety"))
        return filled
    frame = _cells(sheet, filled)
    if frame is not None:
        filled.table = table_of(frame.columns)
        _shaped(filled, frame)
        if forms.HIDDEN in book.sheetnames and filled.table == "observations":
            filled.faults += _form_faults(book[forms.HIDDEN], filled)
    return filled


def _supplier(book, path):
    if forms.INFO in book.sheetnames:
        sheet = book[forms.INFO]
        given = [str(sheet.cell(n, 2).value or "").strip() for n in (3, 4)]
        if any(given):
            return " ".join(g for g in given if g)[:100]
    return path.stem


def _cells(sheet, filled):
    lines = sheet.iter_rows(values_only=True)
    head = [str(c).strip().replace("（示例）", "") if c is not None else "" for c in next(lines, ())]
    if not any(head):
        filled.faults.append(Fault(filled.where, "headings in row 1", "an empty row", "start from a form", "empty"))
        return None
    names = [forms.HEADINGS.get(h, h) for h in head]
    filled.headings = dict(zip(names, head, strict=True))
    rows = [dict(zip(names, line, strict=False)) for line in lines]
    frame = pd.DataFrame(rows, columns=list(dict.fromkeys(n for n in names if n)), dtype=object)
    return frame.astype(object).where(frame.notna(), None)


def _shaped(filled, frame):
    """Clean the cells, keep the rows that carry a value, and name columns that are not there."""
    wanted = [c.name for c in SCHEMAS[filled.table] if not c.optional or c.name in frame]
    households = filled.table == "households"
    keys = ["place", "year", "indicator", "value", *(["quarter"] if filled.table == "quarters" else [])]
    needed = [c for c in (wanted if households else keys) if c not in frame]
    filled.faults += [Fault(spot(filled.where, row=1), f"a column {c}", "none", nearest(c, frame.columns), "column")
                      for c in needed]
    if needed:
        return filled
    filled.faults += runaway(frame, filled)
    frame = frame.reindex(columns=wanted)
    for column in wanted:
        frame[column] = clean_column(frame[column], column)
    survey = [c for c in forms.SURVEY if c in frame]
    entered = frame[wanted if households else ["value", *survey]].notna().any(axis=1)
    filled.rows = frame[entered]
    return filled


def runaway(frame, filled):
    """Faults of cells that would run as a formula or are far too long, at most 100."""
    faults = []
    for column in frame.columns:
        cells = frame[column]
        if cells.dtype.kind in "iufbM":
            continue
        bad = {v for v in cells.dropna().unique() if isinstance(v, str)
               and (len(v) > LIMITS["cell"] or is_formula(v))}
        for row, cell in cells[cells.isin(bad)].items() if bad else ():
            found = "a formula" if is_formula(cell) else f"{len(cell):,} letters"
            faults.append(Fault(spot(filled.where, row=row + 2, column=filled.headings.get(column, column)),
                                "a plain value", found, "paste it as a value", "formula"))
    return faults[:100]


def _form_faults(sheet, filled):
    """The fixed cells of a form are as they were written: else the row is named."""
    lines = list(sheet.iter_rows(values_only=True))
    facts = {str(line[0]): line[1] for line in lines if line and line[0] != "key"}
    keys = [tuple(line[1:5]) for line in lines if line and line[0] == "key"]
    if str(facts.get("version")) != forms.VERSION:
        return [Fault(filled.where, f"a form of version {forms.VERSION}", str(facts.get("version")),
                      "ask for a new form", "form")]
    if facts.get("checksum") != forms.checksum(keys):
        return [Fault(filled.where, "the form's own checksum", "another", "ask for a new form", "form")]
    faults = []
    for row, line in filled.rows.iterrows():
        if row >= len(keys):
            faults.append(Fault(spot(filled.where, row=row + 2), f"{len(keys)} rows", "a row added below",
                                "fill in the given rows only", "form"))
            continue
        for name, key in zip(forms.LOCKED, keys[row], strict=True):
            if name != "unit" and str(line[name]) != str(key):
                faults.append(Fault(spot(filled.where, row=row + 2, column=filled.headings.get(name, name)),
                                    repr(str(key)), repr(line[name]), "fixed cells may not be changed", "form"))
    return faults
