"""The household survey's form: a row a household, drop-downs for place and residence, a page that explains it."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from research.indicators.forms import style as form_style
from research.indicators.reference.schemas import SCHEMAS


def survey_book(names: Any, year: int, version: Any, sheets: Any) -> Any:
    """A workbook with the survey's columns, drop-downs for place and residence, and a page that explains them.

    Parameters
    ----------
    names : dict of str
        Codes of the places (the district first) and their names.
    year : int
    version : str
        Of the forms.
    sheets : tuple of str
        Names of the sheet of entries, of the notes, and of the hidden facts.

    Returns
    -------
    openpyxl.Workbook
    """
    entries, notes, facts = sheets
    book = Workbook()
    sheet = book.active
    sheet.title = entries
    for number, column in enumerate(SCHEMAS["households"], start=1):
        cell = sheet.cell(1, number, column.name)
        form_style.heading(cell)
        blank = "可空" if column.blank else "必填"
        cell.comment = Comment(f"{column.label}（{column.unit or '—'}，{blank}）", "bluebook")
        sheet.column_dimensions[get_column_letter(number)].width = max(14, len(column.name) + 2)
        if column.choices and column.name != "status":
            _drop_down(sheet, number, column.choices)
    _drop_down(sheet, 2, list(names)[1:])
    _drop_down(sheet, len(SCHEMAS["households"]), ["survey"])
    sheet.freeze_panes = "A2"
    form_style.printed(sheet, f"{year}年住户调查数据表")
    info = book.create_sheet(notes)
    info.append([f"{year}年住户调查数据表：一行一户，列名请勿改动，缺失留空"])
    for column in SCHEMAS["households"]:
        info.append([column.name, column.label, column.unit, "可空" if column.blank else "必填"])
    hidden = book.create_sheet(facts)
    for line in (("version", version), ("edition", year), ("title", "households"), ("rows", 0), ("checksum", "")):
        hidden.append(line)
    hidden.sheet_state = "veryHidden"
    return book


def _drop_down(sheet, number, choices):
    validation = DataValidation("list", formula1='"' + ",".join(choices) + '"', allow_blank=True)
    validation.error = "请从下拉列表中选择"
    validation.add(f"{get_column_letter(number)}2:{get_column_letter(number)}5000")
    sheet.add_data_validation(validation)
