"""Each department's report of its targets as an Excel form that it can answer, and the answers read back."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, Protection
from openpyxl.utils import get_column_letter

from research.core.faults import DataError, Fault, Place, UsageError, nearest, say, spot
from research.core.formulas import is_formula, neutral
from research.core.handed_out import hand_out, steady
from research.core.status import sample_mark
from research.indicators.checks.checks import Known
from research.indicators.forms import style as form_style
from research.indicators.intake import registers
from research.indicators.intake.safety import inspect

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from research.indicators.edition import Edition


SHEET, INFO = "答复", "说明"
COLOURS = {"green": "绿", "yellow": "黄", "red": "红", "grey": "未评定"}
FIELDS = (
    ("target_id", "目标编号", 10),
    ("clause", "条款", 8),
    ("target_name", "目标", 30),
    ("goal", "目标值", 14),
    ("now", "现值", 14),
    ("behind", "落后（百分点）", 10),
    ("colour", "状态", 8),
    ("matter", "事项", 11),
    ("reason", "不能评定的原因", 26),
)
ANSWERS = (
    ("explanation", "情况说明", 34),
    ("measure", "整改措施", 34),
    ("person", "责任人", 12),
    ("deadline", "完成期限", 13),
)
"""Columns that a department fills in; the deadline is a date."""


def departments_of(edition: Edition) -> list[str]:
    """Departments that lead a target, in the order of their names."""
    return sorted(edition.table("department_items")["department"].unique())


def write(edition: Edition, departments: Sequence[str] | None = None, folder: str | Path | None = None) -> list[Path]:
    """Write the form of each department.

    Parameters
    ----------
    edition : Edition
        Built.
    departments : list of str, optional
        Default: all that have something to answer.
    folder : Path, optional
        Default `reports/output/answers/<edition>`.

    Returns
    -------
    list of Path
        `<department>-<year>.xlsx` each.

    Raises
    ------
    UsageError
        For a department that has nothing to answer, with the nearest that has.
    """
    known = departments_of(edition)
    unknown = [d for d in departments or () if d not in known]
    if unknown:
        hints = {d: nearest(d, known) for d in unknown}
        raise UsageError(
            say(
                "; ".join(f"department {d}: {h}" for d, h in hints.items()),
                "；".join(f"部门 {d}：{h.zh}" for d, h in hints.items()),
            )
        )
    folder = Path(folder or edition.scope.output("answers") / str(edition.edition))
    folder.mkdir(parents=True, exist_ok=True)
    items, rates = edition.table("department_items"), edition.table("attainment_rates")
    rates = rates[rates["scope"] == "department"].set_index("key")
    return [
        _form(edition, name, items[items["department"] == name], rates.loc[name], folder)
        for name in departments or known
    ]


def _form(edition: Edition, department: str, items: pd.DataFrame, rate: pd.Series, folder: Path) -> Path:
    book = Workbook()
    _info(book.active, edition, department, items, rate)
    sheet = book.create_sheet(SHEET)
    for number, (_, heading, width) in enumerate((*FIELDS, *ANSWERS), start=1):
        cell = sheet.cell(1, number, heading)
        form_style.heading(cell)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for line, row in enumerate(items.itertuples(), start=2):
        for number, value in enumerate(_cells(row), start=1):
            cell = sheet.cell(line, number, neutral(value))
            form_style.body(cell, "note", entered=False)
        for number in range(len(FIELDS) + 1, len(FIELDS) + len(ANSWERS) + 1):
            cell = sheet.cell(line, number)
            form_style.body(cell, "note", entered=True)
            cell.protection = Protection(locked=False)
        sheet.cell(line, len(FIELDS) + len(ANSWERS)).number_format = "yyyy-mm-dd"
        sheet.row_dimensions[line].height = 66  # room to write in
    sheet.row_dimensions[1].height = 34
    sheet.freeze_panes, sheet.protection.sheet = "D2", True
    form_style.printed(sheet, f"{edition.edition}年目标达成情况反馈：{department}")
    path = folder / f"{department}-{edition.edition}.xlsx"
    stream = io.BytesIO()
    book.save(stream)
    return hand_out(path, steady(stream.getvalue()))


def _cells(row: Any) -> tuple[Any, ...]:
    goal = f"{row.target_text}{'' if str(row.unit).isascii() and row.unit != '%' else row.unit}"
    now = "" if pd.isna(row.value) else f"{row.value:.10g}（{int(row.value_year)}年）"
    behind = None if pd.isna(row.behind) or row.colour == "grey" else round(float(row.behind), 1)
    return (
        row.target_id,
        str(row.clause),
        row.target_name,
        goal,
        now,
        behind,
        COLOURS[row.colour],
        row.matter,
        row.reason or "",
    )


def _info(sheet: Worksheet, edition: Edition, department: str, items: pd.DataFrame, rate: pd.Series) -> None:
    sheet.title = INFO
    counts = items["matter"].value_counts()
    asked = "，".join(f"{m}{counts[m]}项" for m in ("限期整改", "说明差距", "补充数据") if m in counts)
    lines = [
        f"{edition.edition}年目标达成情况反馈：{department}",
        *filter(None, [sample_mark(edition)]),
        "",
        f"牵头目标{rate['n_targets']}项，可评定{rate['n_assessed']}项，已达到{rate['n_attained']}项；"
        f"按进度绿{rate['n_green']}项、黄{rate['n_yellow']}项、红{rate['n_red']}项。",
        f"请答复{len(items)}项：{asked}。",
        "",
        f"请在“{SHEET}”页的浅黄色单元格中填写：情况说明、整改措施、责任人、"
        f"完成期限（日期，如 {edition.edition + 1}-06-30）。",
        "“限期整改”须填整改措施、责任人和完成期限；“说明差距”须填情况说明；"
        "“补充数据”请在情况说明中写明数据来源或没有数据的原因。",
        "归属不符的，请在情况说明中写明应由哪个部门牵头。",
    ]
    for number, line in enumerate(lines, start=1):
        cell = sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(name=form_style.FONT, size=16 if number == 1 else 11, bold=number == 1)
    sheet.row_dimensions[1].height = 30
    sheet.column_dimensions["A"].width = 96
    form_style.printed(sheet, lines[0])


NEEDED = {"限期整改": ("measure", "person", "deadline"), "说明差距": ("explanation",), "补充数据": ("explanation",)}
"""What each matter asks for."""


def read(edition: Edition, files: Iterable[str | Path]) -> pd.DataFrame:
    """Answers of filled forms, all in one table.

    Parameters
    ----------
    edition : Edition
    files : list of Path
        Forms as `write` made them, filled in.

    Returns
    -------
    DataFrame
        department, target_id, target_name, matter, explanation, measure, person, deadline, answered (whether all
        that the matter asks for is there); a row an item of each department that answered.

    Raises
    ------
    DataError
        All at once: what is no such form, unknown targets, dates that are none, formulas, an item twice.
    """
    items = edition.table("department_items").set_index("target_id")
    rows, faults = {}, []
    for path in map(Path, files):
        made, more = _read_form(path, items)
        for row in made:
            if row["target_id"] in rows:
                more.append(
                    Fault(
                        path.name,
                        say("each target once", "每个目标只出现一次"),
                        say(f"{row['target_id']} twice", f"{row['target_id']}出现两次"),
                        kind="answers",
                    )
                )
            rows[row["target_id"]] = row
        faults += more
    if faults:
        raise DataError(faults)
    columns = ["department", "target_id", "target_name", "matter", *(n for n, *_ in ANSWERS), "answered"]
    return pd.DataFrame(rows.values(), columns=columns).sort_values(["department", "target_id"], ignore_index=True)


def keep(edition: Edition, table: pd.DataFrame) -> list[int]:
    """Keep answers that were read in the data folder, with their history: this and later editions show them.

    Parameters
    ----------
    edition : Edition
        Of data of one's own.
    table : DataFrame
        Result of `read`; rows in which nothing was answered are left out.

    Returns
    -------
    list of int
        Answers that are new, revised, unchanged.
    """
    given = table[table[[n for n, *_ in ANSWERS]].ne("").any(axis=1)]
    rows = given.rename(columns={"target_id": "target"}).assign(year=edition.edition)
    return registers.keep(edition.folder, "answers", rows, Known(edition.project))


def _read_form(path: Path, items: pd.DataFrame) -> tuple[list[dict[str, Any]], list[Fault]]:
    if found := inspect(path):
        return [], found
    try:
        book = load_workbook(path, keep_links=False)
    except Exception as error:  # a hostile workbook may break the reader anywhere
        return [], [
            Fault(
                path.name,
                say("an Excel workbook", "Excel 工作簿"),
                type(error).__name__,
                say("save it anew in Excel", "请用 Excel 或 WPS 重新保存"),
                "answers",
            )
        ]
    if SHEET not in book.sheetnames:
        return [], [
            Fault(
                path.name,
                say(f"a sheet {SHEET}", f"“{SHEET}”工作表"),
                "、".join(book.sheetnames)[:60],
                say("use the form", "请使用所发的表"),
                "answers",
            )
        ]
    lines = book[SHEET].iter_rows(values_only=True)
    heads = [str(c) if c is not None else "" for c in next(lines, ())]
    wanted = ["目标编号", *(h for _, h, _ in ANSWERS)]
    lacking = [h for h in wanted if h not in heads]
    if lacking:
        return [], [
            Fault(
                spot(path.name, sheet=SHEET, row=1),
                say(f"a column {h}", f"有“{h}”列"),
                say("none", "没有"),
                nearest(h, heads),
                "answers",
            )
            for h in lacking
        ]
    at, rows = [heads.index(h) for h in wanted], []
    faults: list[Fault] = []
    for number, line in enumerate(lines, start=2):
        target, *given = (line[k] for k in at)
        if target is not None:
            where = spot(path.name, sheet=SHEET, row=number)
            rows += _row(str(target).strip(), given, where, items, faults)
    return rows, faults


def _row(
    target: str, given: Iterable[Any], where: Place, items: pd.DataFrame, faults: list[Fault]
) -> list[dict[str, Any]]:
    if target not in items.index:
        faults.append(
            Fault(
                where,
                say("a target of this edition's reports", "本年反馈表中的目标"),
                repr(target),
                nearest(target, items.index),
                "answers",
            )
        )
        return []
    out = {
        "department": items.at[target, "department"],
        "target_id": target,
        "target_name": items.at[target, "target_name"],
        "matter": items.at[target, "matter"],
    }
    for (name, heading, _), cell in zip(ANSWERS, given, strict=True):
        if is_formula(cell):
            faults.append(
                Fault(
                    spot(where, column=heading),
                    say("plain text", "普通文字"),
                    say("a formula", "公式"),
                    say("paste it as a value", "请粘贴为数值"),
                    "answers",
                )
            )
            cell = None
        out[name] = _date(cell, spot(where, column=heading), faults) if name == "deadline" else str(cell or "").strip()
    return [out | {"answered": all(out[n] for n in NEEDED[out["matter"]])}]


def _date(cell: Any, where: Place, faults: list[Fault]) -> str:
    if isinstance(cell, (dt.datetime, dt.date)):
        return cell.strftime("%Y-%m-%d")
    text = str(cell or "").strip()
    try:
        return dt.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        faults.append(Fault(where, say("a date such as 2025-06-30", "日期，如 2025-06-30"), repr(text), kind="answers"))
        return ""
