"""Numbers as Chinese readers expect them: 万 and 亿, %, 百分点, 倍; rounded once, half up.

`rounded` is the one place where a published number loses digits. Tables, charts and sentences all ask
it, so that what stands in a sentence is what stands in the table beside it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeAlias

Cell: TypeAlias = Any
"""A number as a table's cell holds it: a float, or what pandas has where there is none (None, NaN, NA)."""
NONE = "暂无数据"
_DECIMALS = {
    "%": 1, "百分点": 1, "倍": 2, "比值": 3, "系数": 3, "元": 0,
    "元/人": 0, "元/年": 0, "元/人·年": 0, "万元": 1, "亿元": 1,
    "户": 0, "人": 0, "家": 0, "个": 0, "件": 0, "公里": 0, "岁": 1, "分": 1, "万家": 2, "万人": 2, "万人次": 2,
    "万元/人": 1, "万元/亩": 1, "件/万人": 1, "人/万人": 0, "个/千人": 1, "名": 0, "项": 0,
}  # fmt: skip
BARE = ("比值", "系数", "指数", "")  # units that are said with the name, not after the number


_NEGATIVE = re.compile(r"(?<![0-9A-Za-z_.])-(?=\d[\d.,]*(?![\d.,]*[+*/=@A-Za-z_]))")


def decimals_of(unit: str) -> int:
    """Decimals that a unit is published with, the same in the whole book.

    Examples
    --------
    >>> decimals_of("%"), decimals_of("元"), decimals_of("倍")
    (1, 0, 2)
    """
    return _DECIMALS.get(unit, 1)


def rounded(value: Cell, decimals: int = 0) -> Decimal:
    """A number rounded half up (四舍五入), as a `Decimal` that prints exactly these digits.

    Parameters
    ----------
    value : float
        Finite.
    decimals : int
        Zero or more.

    Returns
    -------
    Decimal

    Examples
    --------
    >>> rounded(2.675, 2), rounded(-0.04, 1)
    (Decimal('2.68'), Decimal('0.0'))
    """
    step = Decimal(1).scaleb(-decimals)
    result = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def is_missing(value: Cell) -> bool:
    """Whether there is no number: None, NaN, pandas' NA, or an infinity.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(0)
    (True, True, False)
    """
    try:
        return not math.isfinite(float(value))
    except (TypeError, ValueError):
        return True


def plain(value: Cell, unit: str = "", decimals: int | None = None) -> str:
    """The digits alone, with the unit's decimals; an en dash where there is no number.

    Examples
    --------
    >>> plain(63123.4, "元"), plain(0.0, "%"), plain(None)
    ('63123', '0.0', '–')
    """
    if is_missing(value):
        return "–"
    return str(rounded(value, decimals_of(unit) if decimals is None else decimals))


def minus(text: str) -> str:
    """A sentence with its negative numbers as they are printed; dates, codes, ranges and sums keep their hyphens.

    Examples
    --------
    >>> minus("名称：-1+1"), minus("-104元")
    ('名称：-1+1', '−104元')
    >>> minus("β系数为-0.051（-0.099～-0.002），截至2025-06-30")
    'β系数为−0.051（−0.099～−0.002），截至2025-06-30'
    """
    return _NEGATIVE.sub("−", text)


def cell(value: Cell, unit: str = "", decimals: int | None = None) -> str:
    """A number for a cell of a table; an empty text where there is none (the table prints a dash).

    Examples
    --------
    >>> cell(1.855, "倍"), cell(None)
    ('1.86', '')
    """
    return "" if is_missing(value) else plain(value, unit, decimals)


def signed(value: Cell, unit: str = "", decimals: int | None = None) -> str:
    """A difference with its sign, in the digits of its unit; a zero has none.

    Examples
    --------
    >>> signed(-0.046, "倍"), signed(1756.6, "元"), signed(0.001, "%")
    ('-0.05', '+1757', '0')
    """
    shown = rounded(value, decimals_of(unit) if decimals is None else decimals)
    return f"{shown:+}" if shown else "0"


def ranges(lows: Iterable[Cell], highs: Iterable[Cell], unit: str = "", decimals: int | None = None) -> list[str]:
    """Cells of `lower～upper` for a table; empty where there is no interval.

    Examples
    --------
    >>> ranges([1.0, None], [1.2, None], "倍")
    ['1.00～1.20', '']
    """
    pairs = zip(lows, highs, strict=True)
    return ["" if is_missing(a) else f"{cell(a, unit, decimals)}～{cell(b, unit, decimals)}" for a, b in pairs]


def number(value: Cell, unit: str = "", decimals: int | None = None) -> str:
    """A number with its unit, set close as Chinese is printed.

    Parameters
    ----------
    value : float or None
        In `unit`.
    unit : str
        `元`, `%`, `倍` ...; a coefficient (`系数`, `比值`) is printed bare.
    decimals : int, optional
        Default: those of the unit.

    Returns
    -------
    str
        暂无数据 where there is no number.

    Examples
    --------
    >>> number(1.855, "倍"), number(92.34, "%"), number(0.3456, "系数"), number(None, "元")
    ('1.86倍', '92.3%', '0.346', '暂无数据')
    """
    if is_missing(value):
        return NONE
    return plain(value, unit, decimals) + ("" if unit in BARE else unit)


def large(value: Cell, unit: str = "元", decimals: int | None = None) -> str:
    """A big number in 万 or 亿, so that it can be read aloud.

    Parameters
    ----------
    value : float or None
        In `unit`.
    unit : str
        What is counted: 元, 人, 户.
    decimals : int, optional
        Default 2 (亿 and 万); whole numbers under one 万.

    Examples
    --------
    >>> large(63123), large(30352000000), large(8500, "人")
    ('6.31万元', '303.52亿元', '8500人')
    """
    if is_missing(value):
        return NONE
    digits = 2 if decimals is None else decimals
    for size, word in ((10**8, "亿"), (10**4, "万")):
        if abs(rounded(value, 0)) >= size:
            return f"{rounded(float(value) / size, digits)}{word}{unit}"
    return f"{rounded(value, 0)}{unit}"


def share(part: Cell, decimals: int = 1) -> str:
    """A proportion between 0 and 1 as a percentage.

    Examples
    --------
    >>> share(0.3456)
    '34.6%'
    """
    return NONE if is_missing(part) else f"{rounded(float(part) * 100, decimals)}%"


def span(low: Cell, high: Cell, unit: str = "", decimals: int | None = None) -> str:
    """A range as bluebooks print it: both ends, the unit once.

    Examples
    --------
    >>> span(1.8, 1.94, "倍"), span(30, 34.5, "%")
    ('1.80～1.94倍', '30.0%～34.5%')
    """
    if is_missing(low) or is_missing(high):
        return NONE
    first = number(low, unit, decimals) if unit == "%" else plain(low, unit, decimals)
    return f"{first}～{number(high, unit, decimals)}"


def listed(names: Iterable[object], most: int | None = None, measure: str = "个") -> str:
    """Names joined as a Chinese list; beyond `most` the rest is counted.

    Examples
    --------
    >>> listed(["宁溪", "北洋", "头陀"]), listed(["甲", "乙", "丙", "丁"], most=2)
    ('宁溪、北洋和头陀', '甲、乙等4个')
    """
    words = [str(n) for n in names]
    if most is not None and len(words) > most:
        return "、".join(words[:most]) + f"等{len(words)}{measure}"
    return "和".join(filter(None, ["、".join(words[:-1]), words[-1] if words else ""]))
