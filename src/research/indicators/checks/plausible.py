"""Whether a value can be what it says: another scale than last year's (万元 for 元, 0.812 for 81.2%), out of range.

A first import has no memory of its own. It is judged against last year's value as the form prints it, against what
stands in the folder for the same indicator at other places and in other years, and against the range that
`indicators.csv` gives (columns `plausible_low` and `plausible_high`, which a district may add).
"""

from __future__ import annotations

import math
import re
from statistics import median
from typing import Any

import pandas as pd

from research.core.faults import Words, say

SCALE = 10.0
"""How many times another a value may be before it is asked about: units go wrong by 100 and more."""
APART = 30.0
"""The same between places and years, which may well be unlike."""
_STEPS = (1e4, 1e8, 100.0, 1000.0, 0.01, 1e-4, 1e-8)
_RATES = re.compile("增速|增长|增幅|降低率|变化")
_PER = ("%", "‰", "分", "岁", "倍", "比值", "系数", "元")


class Plausible:
    """What values are like, of what is known so far.

    Parameters
    ----------
    indicators : DataFrame
        Indexed by id, with `unit` and `name_zh`; `plausible_low` and `plausible_high` where there are such columns.
    held : DataFrame
        place, indicator, value of everything that stands and comes in.
    district : str
        Code of the district: its totals are no measure for a township's.
    """

    def __init__(self, indicators: pd.DataFrame, held: pd.DataFrame, district: str) -> None:
        self.units, self.names = dict(indicators["unit"]), dict(indicators["name_zh"])
        self.ranges = {
            i: tuple(
                _number(indicators.at[i, c]) if c in indicators else None for c in ("plausible_low", "plausible_high")
            )
            for i in indicators.index
        }
        self.district = district
        self.values: dict[tuple[str, str], list[float]] = {}
        for place, indicator, value in zip(held["place"], held["indicator"], held["value"], strict=True):
            if value == value:
                self.values.setdefault((indicator, self._level(place, indicator)), []).append(float(value))

    def _level(self, place, indicator):
        """Rates and averages are alike everywhere; totals only among townships, or in the district by itself."""
        unit = self.units.get(indicator, "")
        return "" if "/" in unit or unit in _PER else str(place == self.district)

    def doubt(self, line: Any, printed: float | None = None) -> tuple[str, Words, Words] | None:
        """Why a value deserves a question.

        Parameters
        ----------
        line : namedtuple
            place, indicator, value.
        printed : float, optional
            Last year's value, as it is known or as the form prints it.

        Returns
        -------
        (str, Words, Words) or None
            Kind of doubt, what would be expected, and what the value may have been meant to be.
        """
        value, indicator = float(line.value), line.indicator
        low, high = self.ranges.get(indicator, (None, None))
        if (low is not None and value < low) or (high is not None and value > high):
            return "range", _within(low, high), say("", "")
        if _RATES.search(self.names.get(indicator, "")) or not value:
            return None
        if printed:
            return self._scale(value, float(printed), SCALE, say("last year's", "上年值"))
        others = [v for v in self.values.get((indicator, self._level(line.place, indicator)), ()) if v and v != value]
        if len(others) >= 3:
            return self._scale(value, median(others), APART, say("the usual", "通常的"))
        if not others and self.units.get(indicator) == "%" and 0 < abs(value) < 1:
            return (
                "fraction",
                say("a percentage such as 81.2", "百分数，如 81.2"),
                say(f"write {value * 100:.10g} if it is a share", f"若为比重，请写{value * 100:.10g}"),
            )
        return None

    def _scale(self, value, like, limit, whose):
        times = value / like
        if 1 / limit < times < limit:
            return None
        told = say(f"the scale of {whose} {like:g}", f"与{whose.zh}{like:g}同一数量级")
        return "scale", told, step_hint(value, like)


def _within(low, high):
    if high is None:
        return say(f"{low:g} or more, by the indicator's definition", f"按指标的定义不小于{low:g}")
    if low is None:
        return say(f"{high:g} or less, by the indicator's definition", f"按指标的定义不大于{high:g}")
    return say(f"{low:g} to {high:g}, by the indicator's definition", f"按指标的定义在{low:g}至{high:g}之间")


def step_hint(value: float, like: float) -> Words:
    """What a value would be in another unit, where that brings it close to what it is like; else nothing.

    Examples
    --------
    >>> step_hint(9.59, 95000), step_hint(0.812, 76.5), step_hint(50, 20)
    ('in another unit? then write 95900', 'in another unit? then write 81.2', '')
    """
    step = next((s for s in _STEPS if 1 / 3 < value / like * s < 3), None)
    return (
        say("", "")
        if step is None
        else say(f"in another unit? then write {value * step:.10g}", f"是否单位不同？若是，请写{value * step:.10g}")
    )


def _number(cell):
    try:
        return None if math.isnan(float(cell)) else float(cell)
    except (TypeError, ValueError):
        return None
