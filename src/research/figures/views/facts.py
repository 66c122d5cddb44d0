"""A projection in words."""

from __future__ import annotations

from research.figures.views.base import same
from research.wording import interval, number, verdict


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
