"""Words and small facts about one indicator: change, pace, distance to target and to the district."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.figures.views.base import same
from research.wording import interval, number, plain, verdict


def forecast_words(forecast, unit, goal, direction):
    """The sentence of a projection: value, interval, and the verdict on the target."""
    if not len(forecast):
        return ""
    last = forecast.iloc[-1]
    text = f"按直线趋势外推，{int(last['year'])}年约为{number(last['value'], unit)}"
    text += "（95%预测区间窄于显示精度）" if same(last["lower"], last["upper"], unit) else (
        f"（{interval(last['lower'], last['upper'], unit, kind='预测')}）")  # fmt: skip
    told = verdict(last["value"], last["lower"], last["upper"], goal, direction, unit) if goal is not None else ""
    return text + (f"，{told}。" if told else "。")


def largest_gain(rows):
    """The row of the largest gain without sampling error, and the words that lead to it; (None, "") without one.

    Among shares the largest in 百分点, else the largest relative to the first year.
    """
    gains = rows[(rows["better"] == 1) & rows["change"].notna() & rows["se"].isna()]
    shares = gains[gains["unit"] == "%"]
    if len(shares):
        return (shares.loc[(shares["value"] - shares["first"]).abs().idxmax()],
                "没有抽样误差的比率类指标中，改善最大的是")  # fmt: skip
    if gains.empty:
        return None, ""
    return gains.loc[gains["change"].abs().idxmax()], "没有抽样误差的指标中，按相对幅度改善最大的是"


def percent_change(first, last):
    """Change in per cent of the first value; missing where that is zero."""
    base = float(first["value"])
    return np.nan if base == 0 else 100 * (float(last["value"]) / base - 1)


def better_or_worse(first, last, direction, unit, significant=None):
    """1, 0 or -1 by what prints; 0 inside the error, missing when there is one year only."""
    if first["year"] == last["year"]:
        return np.nan
    if (not pd.isna(significant) and not significant) or same(first["value"], last["value"], unit):
        return 0
    return int(np.sign((last["value"] - first["value"]) * int(direction)))


def flag(better):
    """True, False, or None where nothing moved: the colours of `charts.compare.arrows`."""
    return None if better == 0 or pd.isna(better) else better > 0


def pace_of(row):
    """Share of the way that a steady pace had covered by the year of the value; NaN for yearly targets."""
    if pd.isna(row.expected) or pd.isna(row.target):
        return np.nan
    if row.rate_rule == "distance" and row.target != row.base:
        return (row.expected - row.base) / (row.target - row.base)
    return row.expected / row.target if row.rule == "cumulative" and row.target else np.nan


def to_target_words(row):
    """`value / target` for the right side of `charts.compare.ways`."""
    sign = {"<=": "≤", "<": "＜", ">": "＞", "~": "约"}.get(row.comparator, "")
    head = {"floor": "最低年 ", "mean": "年均 ", "growth_of": "年均增速 ", "growth": "年均增速 "}.get(row.rule, "")
    return f"{head}{plain(row.value, row.unit)} / {sign}{number(row.target, row.unit)}"


def ahead_of_district(row):
    """1, 0 or -1; a difference inside the sampling error is none."""
    if not pd.isna(row.apart) and not row.apart:
        return 0
    return 0 if same(row.value, row.reference, row.unit) else np.sign((row.value - row.reference) * row.direction)


def span_of_years(row):
    """First and last year of a row of facts."""
    return f"{row['first_year']}—{row['year']}年"


def tally_words(better, worse, flat, unsure=0):
    """Counts of better, worse and unchanged indicators, and of those whose change lies inside the error."""
    parts = [f"{better}项改善" if better else "", f"{worse}项退步" if worse else "", f"{flat}项持平" if flat else "",
             f"{unsure}项变化在误差之内" if unsure else ""]  # fmt: skip
    return "、".join(p for p in parts if p)
