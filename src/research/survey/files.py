"""Tables of a survey's folder: CSV or Excel in, with Chinese or English headings; both out."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from research.core.faults import DataError, Fault, say, spot
from research.core.files import write_whole
from research.core.formulas import is_formula, neutral_frame
from research.core.handed_out import hand_out, steady

HEADINGS = {
    "stratum": "层", "place": "乡镇街道", "residence": "城乡", "village": "村", "household": "户编号",
    "population": "总户数", "villages": "村数", "per_village": "每村户数", "households": "户数",
    "cost_village": "每村费用", "cost_household": "每户费用", "response": "预计应答率", "measure": "指标",
    "mean": "均值", "sd": "标准差", "icc": "村内相关", "by": "分组", "group": "取值", "cv": "变异系数",
    "half_width": "误差范围", "response_lower": "应答率下限", "response_upper": "应答率上限",
    "response_se": "应答率标准误", "asked": "去年调查户数", "deff": "设计效应",
    "invited_upper": "最多应调查户数", "wave": "轮换", "reserves": "备用户",
    "target": "要求", "reached": "达到", "ratio": "与要求之比", "price": "放宽1%省下", "villages_drawn": "抽中村数",
    "invited": "应调查户数", "cost": "费用", "factor": "变异系数倍数", "role": "角色", "turn": "次序",
    "probability": "入样概率", "probability_within": "村内概率", "certainty": "必选", "base_weight": "基础权数",
    "code": "结果代码", "margin": "总数项目", "level": "类别", "total": "总数", "before": "校准前", "after": "校准后",
    "gap": "差距", "weight": "权数", "base": "校准前权数", "g": "调整系数", "estimate": "估计值", "se": "标准误",
    "lower": "下限", "upper": "上限", "n": "样本户数", "df": "自由度", "status": "数据状态", "name": "名称",
    "rate": "比率", "withheld": "不公布", "villages_answered": "完成村数", "answered": "完成户数", "first": "甲",
    "second": "乙", "difference": "差距（乙减甲）", "p_adjusted": "校正后的p值", "apart": "能分高低",
    "item": "项目", "missing": "未答户数", "share": "占比",
    "value": "数值", "address": "地址", "visitor": "调查员", "note": "备注",
}  # fmt: skip
"""English heading to the Chinese one; both are read."""
_ENGLISH = {zh: en for en, zh in HEADINGS.items()}

Look = Callable[[Path], list[Fault]]


def find(folder: Path, name: str) -> Path | None:
    """The file of a table, `name.csv` or `name.xlsx`; None when there is none.

    Raises
    ------
    DataError
        When both are there: which one is meant is not guessed.
    """
    there = [p for p in (folder / f"{name}.csv", folder / f"{name}.xlsx") if p.is_file()]
    if len(there) > 1:
        text, way = say("one of both", "两者之一"), say("take one away", "请移走一个")
        raise DataError(Fault(f"{name}.csv / {name}.xlsx", text, say("both", "两个都有"), way, kind="twice"))
    return there[0] if there else None


def read(folder: Path, name: str, look: Look | None = None, needed: tuple[str, ...] = ()) -> pd.DataFrame:
    """A table, headings in English, numbers as numbers where a whole column is.

    Parameters
    ----------
    folder : Path
    name : str
        Without ending.
    look : callable, optional
        Looks at the file before it is opened, and tells what is wrong with it.
    needed : tuple of str
        Columns that it must have.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        For a file that is missing, is no table, or lacks columns (all at once, with both names).
    """
    path = find(folder, name)
    if path is None:
        way = say("see the manual, page 调查", "表的格式见手册“调查”一章")
        raise DataError(
            Fault(
                f"{name}.csv",
                say("this table in the folder", "文件夹里有这张表"),
                say(f"none in {folder.name}", f"{folder.name}里没有"),
                way,
                kind="missing",
            )
        )
    if look is not None and (faults := look(path)):
        raise DataError(faults)
    try:
        frame = (
            pd.read_csv(path, dtype=str, encoding="utf-8-sig")
            if path.suffix == ".csv"
            else pd.read_excel(path, dtype=object)
        )
    except (UnicodeDecodeError, ValueError, KeyError, OSError) as error:
        text, way = say("a table in UTF-8 or .xlsx", "UTF-8的CSV或.xlsx表"), say("save it again", "请另存")
        raise DataError(Fault(path.name, text, type(error).__name__, way, kind="table")) from error
    frame.columns = [_ENGLISH.get(str(c).strip(), str(c).strip()) for c in frame.columns]
    frame = frame.dropna(how="all").reset_index(drop=True)
    lacks = [c for c in needed if c not in frame]
    if lacks:
        text = say("a column of this name", "有这一列")
        raise DataError(
            [
                Fault(
                    spot(path.name, column=HEADINGS.get(c, c)),
                    text,
                    say("none", "没有"),
                    say(f"or in English: {c}", f"或英文列名{c}"),
                    kind="column",
                )
                for c in lacks
            ]
        )
    return frame.apply(_numbers)


KEYS = ("stratum", "place", "village", "household", "code", "level", "group", "by", "measure", "margin")
"""Columns that are texts, whatever they look like: codes."""


def _numbers(column: pd.Series) -> pd.Series:
    if column.name in KEYS:
        texts = column.astype(str).str.strip().str.removesuffix(".0").map(_as_it_was, na_action="ignore")
        return column.where(column.isna(), texts)
    made = pd.to_numeric(column, errors="coerce")
    return made if bool((made.notna() | column.isna()).all()) else column


def _as_it_was(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running a text."""
    return text[1:] if text.startswith("'") and is_formula(text[1:]) else text


def write(folder: Path, name: str, sheets: Mapping[str, pd.DataFrame], lang: str = "zh") -> list[Path]:
    """A workbook for people, and each sheet as CSV for programs.

    Parameters
    ----------
    folder : Path
    name : str
    sheets : mapping
        Title of a sheet to its table.
    lang : {"zh", "en"}
        Of the workbook's headings; the CSV files have English ones.

    Returns
    -------
    list of Path
    """
    made = [
        write_whole(folder / f"{name}-{key}.csv", neutral_frame(frame).to_csv(index=False))
        for key, frame in sheets.items()
    ]
    return [write_whole(folder / f"{name}.xlsx", workbook(sheets, lang)), *made]


def hand(path: Path, sheets: Mapping[str, pd.DataFrame]) -> Path:
    """A workbook for somebody to fill in; one that was filled in already is kept, and the new one laid beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return hand_out(path, workbook(sheets))


def workbook(sheets: Mapping[str, pd.DataFrame], lang: str = "zh") -> bytes:
    """A workbook, the same bytes for the same tables; texts stay texts, none becomes a formula.

    A sheet `curve` has the picture of its `factor` against its `cost` beside it.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for title, frame in sheets.items():
        sheet = book.create_sheet(title[:31])
        sheet.append([HEADINGS.get(str(c), str(c)) if lang == "zh" else str(c) for c in frame.columns])
        for row in frame.itertuples(index=False):
            sheet.append([_plain(v) for v in row])
        for cell in (c for line in sheet.iter_rows() for c in line if isinstance(c.value, str)):
            cell.data_type = "s"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        if title == "curve" and {"factor", "cost"} <= set(frame.columns):
            sheet.add_chart(_curve(sheet, list(frame.columns), lang), "F2")
    stream = io.BytesIO()
    book.save(stream)
    return steady(stream.getvalue())


def _curve(sheet: Any, columns: list[str], lang: str) -> Any:
    """Cost against the multiple of the precision wanted, as a line through the points of a sheet."""
    from openpyxl.chart import Reference, ScatterChart, Series

    chart = ScatterChart(style=13)
    titles = (
        ("精度与费用", "变异系数倍数（1为要求的精度）", "费用（元）")
        if lang == "zh"
        else ("Precision and cost", "Multiple of the cvs wanted", "Cost (yuan)")
    )
    chart.title, chart.x_axis.title, chart.y_axis.title = titles
    at = [columns.index(c) + 1 for c in ("factor", "cost")]
    x, y = (Reference(sheet, min_col=c, min_row=2, max_row=sheet.max_row) for c in at)
    line = Series(y, x)
    line.marker.symbol = "circle"
    chart.series.append(line)
    chart.legend = None
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.width, chart.height = 16, 9
    return chart


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def checksum(path: Path) -> str:
    """SHA-256 of a file, so that a draw can be shown to stand on this register."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
