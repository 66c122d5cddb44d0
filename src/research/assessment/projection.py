"""Straight-line projections to a target year, with their prediction interval (statsmodels)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from research.assessment.outlook import LEAST, PACE, rounding
from research.core.status import weakest
from research.indicators.analysis.tidy import About, Tidy
from research.wording import decimals_of, interval, is_missing, number, rounded, verdict
from research.wording.values import Value


class Projection(Tidy):
    """The years ahead with their prediction interval: year, value, lower, upper, status."""

    @property
    def _constructor(self) -> Any:
        return Projection

    @property
    def outlook(self) -> dict[str, Value]:
        """What a sentence says of the last year: `ahead`, the value with its interval; `toward`, for a caption."""
        if self.empty:
            why = self.known().words.get("why", "")
            return {"ahead": self._value("", absent=why), "toward": self._value("", absent="")}
        last, unit = self.iloc[-1], self.known().words.get("unit", "")
        percent = float(self.known().words["percent"])
        ends = [rounded(last[c], decimals_of(unit)) for c in ("lower", "upper")]
        told = (
            f"{percent:g}%预测区间窄于显示精度"
            if ends[0] == ends[1]
            else interval(last["lower"], last["upper"], unit, level=percent, kind="预测")
        )
        year = int(last["year"])
        row = {"place": self.known().place, "year": year, "measure": "projection"}
        return {
            "ahead": self._value(f"{year}年约为{number(last['value'], unit)}（{told}）", row=row),
            "toward": self._value(f"及到{year}年的趋势"),
        }

    def reaches(self, goal: Any) -> Value:
        """What the interval allows to say of a target.

        Parameters
        ----------
        goal : Goal, optional
            The plan's number as `Topic.goal` gives it; nothing is said without one.
        """
        if self.empty or is_missing(goal):
            return self._value("", absent="")
        last = self.iloc[-1]
        text = verdict(
            last["value"], last["lower"], last["upper"], float(goal), goal.direction, self.known().words.get("unit", "")
        )
        return self._value(text, absent="")


def extrapolate(
    history: pd.DataFrame, horizon: int, level: float | None = None, limits: tuple[float, float] | None = None
) -> Projection:
    """Least-squares line through a yearly series, carried to a year with its prediction interval.

    Parameters
    ----------
    history : DataFrame
        Columns `year`, `value`, `status`, one row a year; missing values are left out. However straight the points
        lie, the interval is at least as wide as rounding, a fifth of a year's pace and, with `se`, the sampling error
        make it.
    horizon : int
        Last year of the projection.
    level : float
        Of the interval, above 0 and below 1; default: the history's edition's (0.95 without one).
    limits : (float, float), optional
        Bounds that the quantity cannot leave, such as (0, 100) for a share.

    Returns
    -------
    Projection
        `year`, `value`, `lower`, `upper`, `status` for each year after the last seen up to `horizon`; no
        row when fewer than four years are known or the horizon has passed. The status is `estimated` or
        weaker.

    Examples
    --------
    >>> seen = pd.DataFrame({"year": [2021, 2022, 2023, 2024], "value": [4.0, 3.0, 2.1, 1.1], "status": "survey"})
    >>> extrapolate(seen, 2025).round(2).values.tolist()
    [[2025, 0.15, -1.17, 1.47, 'estimated']]
    """
    seen = pd.DataFrame(history).dropna(subset=["value"])
    level = level or (history.percent / 100 if isinstance(history, Tidy) else 0.95)
    columns = ["year", "value", "lower", "upper", "status"]
    ahead = range(int(seen["year"].max()) + 1, int(horizon) + 1) if len(seen) else []
    if len(seen) < LEAST or not len(ahead):
        few = f"有数据的年份少于{LEAST}年，不按趋势外推。"
        passed = f"{int(horizon)}年的数据已经有了，不再外推。"
        return _told(pd.DataFrame(columns=columns), history, "", passed if len(seen) and not len(ahead) else few)
    from statsmodels.regression.linear_model import OLS

    middle = seen["year"].mean()
    line = OLS(seen["value"].to_numpy(float), _design(seen["year"], middle)).fit()
    future = line.get_prediction(_design(ahead, middle))
    bounds = _at_least(future.conf_int(obs=True, alpha=1 - level), seen, _design(ahead, middle), level)
    frame = pd.DataFrame(
        {"year": list(ahead), "value": future.predicted_mean, "lower": bounds[:, 0], "upper": bounds[:, 1]}
    )
    if limits:
        frame[["value", "lower", "upper"]] = frame[["value", "lower", "upper"]].clip(*limits)
    frame = frame.assign(status=weakest("estimated", seen["status"].unique()))
    return _told(frame, history, f"及到{int(horizon)}年的趋势", level=level)


def _told(frame: pd.DataFrame, history: pd.DataFrame, toward: str, why: str = "", level: float = 0.95) -> Projection:
    """The years ahead know what the years behind them know, and their unit."""
    known = getattr(history, "about", None)
    about = known if isinstance(known, About) else About()
    unit = str(history["unit"].iloc[-1]) if "unit" in history and len(history) else ""
    own = About(about.words, about.status, edition=about.edition, place=about.place)
    made: Projection = (
        Projection(frame).told(own).saying(unit=unit, toward=toward, why=why, percent=f"{100 * level:.4g}")
    )
    return made


def _at_least(bounds: Any, seen: pd.DataFrame, rows: Any, level: float) -> Any:
    """The bounds, or those of the least error of `research.assessment.outlook` where these are wider."""
    from scipy.stats import t

    design, values = _design(seen["year"], seen["year"].mean()), seen["value"].to_numpy(float)
    slope = np.linalg.lstsq(design, values, rcond=None)[0][1]
    known = "se" in seen and seen["se"].notna().all()
    measured = np.mean(seen["se"].astype(float) ** 2) if known else 0.0
    least = measured + rounding(values) ** 2 / 12 + (PACE * slope) ** 2
    leverage = np.einsum("ij,jk,ik->i", rows, np.linalg.inv(design.T @ design), rows)
    half = t.ppf((1 + level) / 2, len(values) - 2) * np.sqrt(least * (1 + leverage))
    half = np.maximum(half, (bounds[:, 1] - bounds[:, 0]) / 2)
    centre = bounds.mean(axis=1)
    return np.column_stack([centre - half, centre + half])


def _design(years: Any, middle: float) -> Any:
    years = np.asarray(list(years), float)
    return np.column_stack([np.ones_like(years), years - middle])
