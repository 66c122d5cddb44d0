"""Cells as people type them, made plain: full-width signs, thousands marks, units behind numbers, words for nothing."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pandas as pd

from research.core.status import Status
from research.indicators.reference.schemas import POPULATIONS

BLANKS = {"", "-", "—", "——", "/", "无", "缺", "n/a", "na", "nan", "null", "none", "..."}
STATUS_WORDS = {s.zh: str(s) for s in (Status.PUBLISHED, Status.REPORTED, Status.SURVEY, Status.ESTIMATED)}
"""Words of the forms' drop-down, and the statuses they stand for."""
QUARTER_WORDS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_WIDE = str.maketrans("０１２３４５６７８９．－−＋，％（）　", "0123456789.--+,%() ")
_SCALES = {"万亿": 1e12, "亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4, "": 1.0}
_SCALE = re.compile(r"(万亿|千万|百万|亿|万)?(.*)")
_SAME = {"百分点": "%", "个百分点": "%", "％": "%", "人民币元": "元"}
NUMBERS = (
    "value",
    "n",
    "se",
    "year",
    "quarter",
    "weight",
    "size",
    "income",
    "consumption",
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "count",
    "resolved",
    "satisfied",
    "score",
    "progress",
    "action",
)
"""Columns in which full-width digits and thousands marks are made plain."""
DATES = ("survey_date", "start", "due", "milestone_due", "updated")
"""Columns of dates."""
CODES = ("place", "village", "household", "target")
"""Columns of codes: whole numbers in them, 331003001.0 too, are their digits."""
WORDS = ("indicator", "residence", "stratum", "status", "source", "unit", "method", "topic", "id")
"""Columns of text in which a number is its digits."""
RATIOS = ("倍", "比值", "系数", "比")
"""Units of plain ratios: 81.2% of them is 0.812."""
_SERIALS = (36526, 73050)  # days of Excel's calendar from 2000 to 2099
_DAY = re.compile(r"(20\d\d)(?:[-./年](\d{1,2}))(?:[-./月](\d{1,2})日?|月)?")


def clean(cell: float | str | None, column: str) -> str | None:
    """One cell as text: full-width signs, thousands marks and words for "nothing" become plain.

    Examples
    --------
    >>> clean("１２，３４５", "value"), clean("—", "value"), clean(331003001.0, "place"), clean("抽样调查", "status")
    ('12345', None, '331003001', 'survey')
    >>> clean("第三季度", "quarter"), clean("常住人口", "population")
    ('3', '常住')
    """
    if cell is None or (isinstance(cell, float) and cell != cell) or cell is pd.NaT or cell is pd.NA:
        return None
    if isinstance(cell, (dt.datetime, dt.date)):
        return str(cell.year) if column == "year" and (cell.month, cell.day) == (1, 1) else cell.strftime("%Y-%m-%d")
    if isinstance(cell, pd.Period):  # a month or quarter of Stata or SPSS
        return _period(cell, column)
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, (int, float)) and column in DATES:
        return _date(f"{cell:.15g}")
    if isinstance(cell, (int, float)):
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(float(cell))
    text = str(cell).strip()
    if text.lower() in BLANKS:
        return None
    return _worded(text, column)


def _period(cell, column):
    if column == "quarter" and cell.freqstr.startswith("Q"):
        return str(cell.quarter)
    if column == "year":
        return str(cell.year)
    return cell.start_time.strftime("%Y-%m-%d") if column in DATES else str(cell)


def _worded(text, column):
    if column == "progress" and (match := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", text.translate(_WIDE).strip())):
        return f"{float(match[1]) / 100:.15g}"
    if column in NUMBERS:
        text = re.sub(r"^[¥￥]\s*", "", text.translate(_WIDE).strip())
        text = re.sub(r"(?<=\d)[, \u00a0\u202f](?=\d{3}(\D|$))", "", text)
    if column in DATES:
        return _date(text.translate(_WIDE).strip())
    if column in CODES:
        return re.sub(r"^(\d+)\.0+$", r"\1", text.translate(_WIDE).strip() if column != "household" else text)
    if column == "quarter":
        match = re.fullmatch(r"(?:第|[Qq])?([1-4一二三四])(?:季度|季)?", text)
        return QUARTER_WORDS.get(match[1], match[1]) if match else text
    if column == "population":
        return next((p for p in POPULATIONS if text in (p, f"{p}人口")), text)
    if column == "year":
        return re.sub(r"^(20\d\d)(?:年度?|\.0+)$", r"\1", text)
    return STATUS_WORDS.get(text, text) if column == "status" else text


def _date(text):
    """A date as people write it, as 2024-06-30; a month is its first day; what is no date stays as it is.

    Examples
    --------
    >>> [_date(t) for t in ("2025年10月20日", "2025/10/20", "20251020", "45950", "2025年10月", "2025-10-20 08:00:00")]
    ['2025-10-20', '2025-10-20', '2025-10-20', '2025-10-20', '2025-10-01', '2025-10-20']
    """
    plain = re.sub(r"[ T]\d{1,2}:\d\d(:\d\d(\.\d+)?)?$", "", text)
    match = _DAY.fullmatch(plain) or re.fullmatch(r"(20\d\d)(\d\d)(\d\d)(?:\.0+)?", plain)
    if match:
        return f"{match[1]}-{int(match[2]):02d}-{int(match[3] or 1):02d}"
    if re.fullmatch(r"\d{5}(\.\d+)?", plain) and _SERIALS[0] <= float(plain) <= _SERIALS[1]:
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(float(plain)))).isoformat()
    return text


def clean_column(cells: pd.Series, column: str) -> pd.Series:
    """A column of cells, each cleaned; numbers that were read as numbers are left alone.

    Examples
    --------
    >>> clean_column(pd.Series(["１２", "—"], dtype=object), "value").tolist()
    ['12', None]
    """
    if cells.dtype.kind in "iuf":
        if column not in (*DATES, *CODES, *WORDS):
            return cells
        cells = cells.astype(object)
    texts = cells.astype(object)
    if not all(type(v) is str or v is None or v != v for v in texts):  # 1, True and 1.0 are one key of a dict
        return pd.Series([clean(v, column) for v in texts], index=cells.index, dtype=object)
    table = {v: clean(v, column) for v in texts.dropna().unique()}
    return pd.Series([table.get(v) for v in texts], index=cells.index, dtype=object)


def factor(typed: str, wanted: str) -> Any:
    """What a number in the unit that was typed is multiplied by to be in the one that is wanted; None if unlike.

    Examples
    --------
    >>> factor("亿元", "万元"), factor("万元/人", "元/人"), factor("万", "户"), factor("‰", "%"), factor("岁", "元")
    (10000.0, 10000.0, 10000.0, 0.1, None)
    >>> factor("%", "倍"), factor("%", "分")
    (0.01, None)
    """
    typed, wanted = _SAME.get(typed.strip(), typed.strip()), wanted.strip()
    if typed == wanted:
        return 1.0
    if (typed, wanted) == ("‰", "%"):
        return 0.1
    if typed == "%" and wanted in RATIOS:
        return 0.01
    head, _, per = typed.partition("/")
    base, _, wanted_per = wanted.partition("/")
    if per and per != wanted_per:
        return None
    told = [m.groups(default="") for m in map(_SCALE.fullmatch, (head, base)) if m]
    (scale, unit), (wanted_scale, wanted_unit) = told
    if unit not in ("", wanted_unit) or (not unit and not scale):
        return None
    return _SCALES[scale] / _SCALES[wanted_scale]


def converted(text: Any, unit: Any) -> str | None:
    """A number with a unit typed behind it, in the unit that is wanted; None when that is no such thing.

    Examples
    --------
    >>> converted("3.2万元", "元"), converted("85.3%", "%"), converted("1.5亿", "万元"), converted("很多", "元")
    ('32000', '85.3', '15000', None)
    """
    match = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)\s*(\D+)", str(text))
    times = factor(match[2], unit) if match else None
    return None if match is None or times is None else f"{float(match[1]) * times:.15g}"
