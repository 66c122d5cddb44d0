"""Excel forms for departments and townships: what they owe, last year's value, checks at each cell."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter

from research.core.formulas import neutral
from research.core.handed_out import hand_out, steady
from research.core.scope import Project
from research.core.status import SAMPLE_MARK, Status
from research.errors import UsageError, nearest, say
from research.indicators.forms import registers
from research.indicators.forms import style as form_style
from research.indicators.forms.checks import add_checks
from research.indicators.forms.survey import survey_book
from research.indicators.reference import calibre, reference
from research.indicators.reference.schemas import SCHEMAS, read_table

if TYPE_CHECKING:
    from research.core.scope import Data, Scope

VERSION = "1"
SHEET, INFO, HIDDEN = "填报", "说明", "_form"

COLUMNS = (
    ("indicator", "指标编号", 12, False),
    ("name", "指标名称", 34, False),
    ("place", "地区代码", 13, False),
    ("place_name", "地区", 12, False),
    ("year", "年份", 8, False),
    ("unit", "单位", 10, False),
    ("former", "上年值", 13, False),
    ("value", "本年值", 14, True),
    ("source", "来源", 26, True),
    ("status", "状态", 12, True),
    ("n", "样本量", 10, True),
    ("survey_date", "调查日期", 13, True),
    ("method", "调查方式", 18, True),
    ("se", "标准误", 10, True),
    ("note", "备注", 26, True),
)
"""Columns of the form: name, heading, width, whether it is filled in."""

HEADINGS = {
    **{heading: name for name, heading, _, _ in COLUMNS},
    "季度": "quarter",
    "人口口径": "population",
    "统计口径": "calibre",
    **{c.label: c.name for t in reversed(registers.TITLES) for c in SCHEMAS[t]},
    "季度（1—4）": "quarter",
}
"""Headings that are understood, in forms and in tables: heading -> column."""
LOCKED = ("indicator", "place", "year", "unit")
SURVEY = ("n", "survey_date", "method", "se")
FIRST = 2  # first row below the headings


def write(
    scope: Scope,
    output: Path | str = "forms",
    department: str = "",
    place: str = "",
    survey: bool = False,
    tables: list[str] | None = None,
) -> list[Path]:
    """Write the forms that a department, a place or the survey team fills in.

    Parameters
    ----------
    scope : Scope
        Its edition is the year that is asked for; last year's values come from its data.
    output : str or Path
        Folder; made when it is not there.
    department : str
        Only what this department owes; by default the forms of each department.
    place : str
        Code or name of a place: one form with all indicators known for places.
    survey : bool
        The household survey's form instead.
    tables : list of str, optional
        Out of indicators and the keys of `registers.TITLES`; by default the indicators. A department that owes
        nothing of the kind has the form of the targets that it leads, or of its tasks.

    Returns
    -------
    list of Path

    Raises
    ------
    UsageError
        For an unknown department or place, with the nearest known one.
    """
    project, year, folder = scope.project, scope.edition, Path(output)
    known = departments(project)
    if department and department not in known:
        hint = nearest(department, known)
        raise UsageError(say(f"--department {department}: {hint}", f"--department {department}：{hint.zh}"))
    wanted = _tables(tables)
    code = _code(project, place) if place else ""
    folder.mkdir(parents=True, exist_ok=True)
    if survey:
        path = folder / f"住户调查-{year}.xlsx"
        return [_save(survey_book(_names(project), year, VERSION, (SHEET, INFO, HIDDEN)), path)]
    if code:
        return _forms(scope, _names(project)[code], department, code, wanted or ["indicators"], folder)
    owners = [department] if department else known
    owed = [t for t in wanted or ["indicators"] if t not in registers.WHOLE or not department]
    own, whole = ([t for t in owed if (t in registers.WHOLE) == one] for one in (False, True))
    made = [path for owner in owners for path in _forms(scope, owner, owner, "", own, folder)]
    made += _forms(scope, reference.district(project)["name"], "", "", whole, folder)
    for table in ("target-values", "tasks"):
        if department and not made:  # no indicator is its own: the targets that it leads, else its tasks
            made = _forms(scope, department, department, "", [table], folder)
    return made


def departments(project: Project) -> list[str]:
    """All departments that may owe something: those of the table, of the indicators and of the targets."""
    named = [
        reference.load(project, "departments")["department"],
        reference.load(project, "indicators")["source_department"],
        reference.load(project, "targets")["department"],
    ]
    return sorted(set(pd.concat(named).dropna()) - {""})


def _tables(tables):
    known = ("indicators", *registers.TITLES)
    for table in tables or ():
        if table not in known:
            hint = nearest(table, known)
            raise UsageError(say(f"--table {table}: {hint}", f"--table {table}：{hint.zh}"))
    return list(tables or ())


def _forms(scope, title, department, place, tables, folder):
    """The forms of one department or place; none where it owes nothing of the kind, but that of tasks always."""
    made = []
    for table in tables:
        if table == "indicators":
            rows = form_rows(scope, department, place)
            if len(rows):
                made.append(_form(scope.project, scope.edition, rows, title, folder / f"{title}-{scope.edition}.xlsx"))
            continue
        rows = registers.rows(scope, table, department, place)
        if len(rows) or table in registers.OPEN:
            path = registers.path_of(folder, table, title, scope.edition)
            made.append(_save(registers.book(scope, table, rows, title, (SHEET, INFO, HIDDEN), VERSION), path))
    return made


def _code(project, place):
    names = _names(project)
    if place in names:
        return place
    by_name = {v: k for k, v in names.items()}
    if place not in by_name:
        hint = nearest(place, list(names) if place.isdigit() else list(by_name))
        raise UsageError(say(f"--place {place}: {hint}", f"--place {place}：{hint.zh}"))
    return by_name[place]


def _names(project):
    places, about = reference.load(project, "places"), reference.district(project)
    return {str(about["code"]): about["name"], **dict(zip(places["code"], places["name"], strict=True))}


def form_rows(scope: Scope, department: str = "", place: str = "") -> pd.DataFrame:
    """Rows of a form: an indicator and a place each, with last year's value where it is known.

    Returns
    -------
    DataFrame
        indicator, name, place, place_name, year, unit, former, former_status, survey (bool), hint.
    """
    project, year = scope.project, scope.edition
    table, names = reference.load(project, "indicators"), _names(project)
    if department:
        table = table[table["source_department"] == department]
    former, rows = former_values(scope.data, year - 1), []
    calibres = calibre.load(project)
    kinds = calibre.kinds(calibres)
    words: dict[str, dict[Any, Any]] = {
        i: {v: w for w, v in scale.items()} for i, scale in calibre.scales(calibres).items()
    }
    for row in table.itertuples():
        codes = list(names) if row.level == "both" else list(names)[:1]
        for code in codes if not place else [c for c in codes if c == place]:
            value, status = former.get((code, row.id), (None, ""))
            rows.append(
                {
                    "indicator": row.id,
                    "name": row.name_zh,
                    "place": code,
                    "place_name": names[code],
                    "year": year,
                    "unit": row.unit,
                    "former": words.get(row.id, {}).get(value, value),
                    "former_status": status,
                    "survey": row.survey_flag == "+",
                    "hint": _hint(row, kinds.get(row.id)),
                }
            )
    return pd.DataFrame(rows)


def former_values(data: Data, year: int) -> dict[tuple[str, str], tuple[float, str]]:
    """Values of a year by (place, indicator), with their status; none where the data has no such year."""
    path = data.folder / "observations.csv"
    if not path.is_file():
        return {}
    frame = read_table(path, "observations")
    return {(r.place, r.indicator): (r.value, r.status) for r in frame[frame["year"] == year].itertuples()}


def _hint(row, population=None):
    better = "越高越好" if row.direction > 0 else "越低越好"
    parts = [f"{row.name_zh}（{row.unit}）", *([row.table1_status] if row.table1_status else []), f"方向：{better}"]
    parts += [f"规划原文：{row.quote}"] if row.quote else []
    parts += [f"口径：{population}人口"] if population else []
    parts += ["须填样本量、调查日期与调查方式"] if row.survey_flag == "+" else []
    return "\n".join(parts)


def checksum(keys: list[tuple[str, str, int, str]]) -> str:
    """Checksum of a form's fixed cells, in order.

    Examples
    --------
    >>> checksum([("ECO-1-01", "331003", 2025, "元/人")])[:12]
    '71f5bb20341a'
    """
    text = "\n".join("|".join(str(v) for v in key) for key in keys)
    return hashlib.sha256(f"{VERSION}\n{text}".encode()).hexdigest()


def _form(project, year, rows, title, path):
    book = Workbook()
    _info(book.active, title, year, rows)
    sheet = book.create_sheet(SHEET)
    for number, (name, heading, width, _) in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, number, heading)
        form_style.heading(cell)
        sheet.column_dimensions[get_column_letter(number)].width = width
        if name == "former" and len(rows) and (rows["former_status"] == Status.SAMPLE).any():
            cell.value, cell.comment = f"{heading}（示例）", Comment(SAMPLE_MARK, "bluebook")
    for offset, row in enumerate(rows.itertuples()):
        _fill_row(sheet, FIRST + offset, row)
    letters = {name: get_column_letter(i) for i, (name, *_) in enumerate(COLUMNS, start=1)}
    add_checks(sheet, rows, letters, FIRST, calibre.scales(calibre.load(project)))
    if len(rows) and not rows["survey"].any():  # nobody here owes a survey: four columns less to look past
        for number, (name, *_) in enumerate(COLUMNS, start=1):
            sheet.column_dimensions[get_column_letter(number)].hidden = name in SURVEY
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{FIRST + max(len(rows), 1) - 1}"
    form_style.printed(sheet, f"{year}年指标填报表：{title}")
    sheet.protection.sheet = True
    sheet.protection.autoFilter = sheet.protection.formatColumns = sheet.protection.formatRows = False
    _hide(book, year, title, rows)
    return _save(book, path)


def _fill_row(sheet, number, row):
    for column, (name, _, _, entered) in enumerate(COLUMNS, start=1):
        value = getattr(row, name, None) if not entered else None
        cell = sheet.cell(number, column)
        cell.value = None if value is None or value != value else neutral(value)
        open_cell = entered and (name not in SURVEY or row.survey)
        cell.protection = Protection(locked=not open_cell)
        form_style.body(cell, name, open_cell)
        if name == "former" and value is not None:
            cell.number_format = "#,##0.####"
        if name in ("indicator", "place"):
            cell.number_format = "@"
        if name == "survey_date":
            cell.number_format = "yyyy-mm-dd"
        if name == "name":
            cell.comment = Comment(row.hint, "bluebook", height=150, width=320)


def _info(sheet, title, year, rows):
    sheet.title = INFO
    lines = [
        f"{year}年指标填报表：{title}",
        "",
        "填报单位",
        "填报人",
        "填报日期",
        "",
        f"共{len(rows)}行。请只填“{SHEET}”页的浅黄色单元格；灰色与白色单元格已锁定，改动后无法导入。",
        "没有数值的请留空，不要填 0、“无”或“—”。数值只填数字，单位见“单位”列。",
        "“来源”写明文件、报表或系统名称；“状态”从下拉列表选择。",
        "带调查要求的指标须填样本量、调查日期与调查方式；光标停在指标名称上可看说明。",
        "标明“口径”的指标须按该口径填报（光标停在指标名称上可看）；数值带“万元”“%”等单位也能识别，但请尽量只填数字。",
        "指标编号请勿改动。",
    ]
    for number, line in enumerate(lines, start=1):
        sheet.cell(number, 1, line)
    for number in (3, 4, 5):
        sheet.cell(number, 2).protection = Protection(locked=False)
        sheet.cell(number, 2).fill = form_style.ENTRY
    form_style.notes(sheet, (3, 4, 5))
    form_style.printed(sheet, lines[0])
    sheet.protection.sheet = True


def _hide(book, year, title, rows):
    sheet = book.create_sheet(HIDDEN)
    keys = list(rows[list(LOCKED)].itertuples(index=False, name=None)) if len(rows) else []
    for line in (
        ("version", VERSION),
        ("edition", year),
        ("title", title),
        ("rows", len(keys)),
        ("checksum", checksum(keys)),
    ):
        sheet.append(line)
    for key in keys:
        sheet.append(["key", *key])
    sheet.sheet_state = "veryHidden"


def _save(book, path):
    """Save whole, never over a form that somebody may have filled in; the path it got."""
    stream = io.BytesIO()
    book.save(stream)
    return hand_out(path, steady(stream.getvalue()))
