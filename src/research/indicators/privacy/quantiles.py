"""Numbers that stand on few households of a cell: quantiles and tails, so that none of them is somebody's income."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.indicators.privacy import disclosure

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.disclosure import Rules
    from research.indicators.privacy.microdata import Microdata

TAILS = {"top_share": ((1, 0.1),), "palma_ratio": ((1, 0.1), (-1, 0.4)), "quintile_ratio": ((1, 0.2), (-1, 0.2))}
"""Measures that are totals of tails: measure -> (1 the richest | -1 the poorest, share of persons)."""
STEPPED = ("median_income", "percentile_ratio", *TAILS)
"""Measures that are rounded to what their error carries."""


class Spread:
    """The incomes of one cell in order, with their weights.

    Parameters
    ----------
    values, weights : array-like of shape (n,)
    least : int
        Fewest households that a published number may stand on.
    """

    def __init__(self, values: Any, weights: Any, least: int = 10) -> None:
        order = np.argsort(np.asarray(values, float), kind="stable")
        self.x, self.w = np.asarray(values, float)[order], np.asarray(weights, float)[order]
        self.least = least
        self.run = np.cumsum(self.w) / self.w.sum() if len(self.w) else self.w

    def around(self, value: float) -> float:
        """Where a line through the `least` households nearest in rank passes a value's rank: half below, half above.

        It stands for a quantile: of the same error, and nobody's income. Their mean alone would lie too high or too
        low where incomes spread faster on one side. A gap where fewer than half of them lie on one side.

        Examples
        --------
        >>> round(Spread(range(100), np.ones(100), least=10).around(50), 6)
        50.0
        >>> Spread(range(100), np.ones(100), least=10).around(2)
        nan
        """
        if not np.isfinite(value):
            return float("nan")
        left, right = np.searchsorted(self.x, value, "left"), np.searchsorted(self.x, value, "right")
        many = self.least + (self.least + left + right) % 2  # so that the value stands in the middle
        first = int(left + right - many) // 2
        near = slice(first, first + many)
        if first < 0 or near.stop > len(self.x):
            return float("nan")
        x, w, run = self.x[near], self.w[near], np.concatenate([[0.0], self.run])
        middle = run[near] + np.diff(run)[near] / 2
        mean, at = np.average(x, weights=w), np.average(middle, weights=w)
        slope = (w * (x - mean) * (middle - at)).sum() / (w * (middle - at) ** 2).sum()
        return float(np.clip(mean + slope * ((run[left] + run[right]) / 2 - at), x[0], x[-1]))

    def quantile(self, q: float) -> float:
        """The quantile as `around` gives it."""
        return self.around(self.x[min(int(np.searchsorted(self.run, q - 1e-12)), len(self.x) - 1)])

    def tail(self, side: int, share: float) -> np.ndarray:
        """What the households of the richest (1) or poorest (-1) share of persons hold.

        Examples
        --------
        >>> Spread(range(10), np.ones(10)).tail(1, 0.2).tolist()
        [8.0, 9.0]
        """
        held = np.abs(self.x * self.w)
        if side > 0:
            return held[self.run > 1 - share + 1e-12]
        return held[: int(np.searchsorted(self.run, share - 1e-12)) + 1]


def step_of(error: float) -> float:
    """The largest step of 1, 2 or 5 that is no more than half of a standard error: it adds one per cent to it.

    Examples
    --------
    >>> step_of(883.45), step_of(0.0151), step_of(0)
    (200.0, 0.005, 0.0)
    """
    if not error > 0 or not np.isfinite(error):
        return 0.0
    whole = 10.0 ** np.floor(np.log10(error / 2))
    return float(whole * max(m for m in (1, 2, 5) if m * whole <= error / 2 * (1 + 1e-12)))


def stepped(value: float, step: float) -> float:
    """A value on the grid of a step.

    Examples
    --------
    >>> stepped(51638, 200), stepped(0.2431, 0.005)
    (51600.0, 0.245)
    """
    return float(np.round(np.round(value / step) * step, 10)) if step > 0 and np.isfinite(value) else value


def spreads(
    edition: Edition, value: str = "income_pc", weight: str = "person_weight"
) -> dict[tuple[str, int, str], Spread]:
    """The incomes of every cell of the survey.

    Returns
    -------
    dict
        (place, year, residence) -> Spread.
    """
    frame, least = edition.households, edition.settings["min_households"]
    if frame.empty:
        return {}
    frame = pd.DataFrame(frame[frame[value].notna() & frame[weight].notna()])
    made = {}
    for place, rows in [(edition.district, frame), *frame.groupby("place")]:
        for year, part in rows.groupby("year"):
            for residence in ("all", "urban", "rural"):
                homes = part if residence == "all" else part[part["residence"].eq(residence)]
                made[(place, year, residence)] = Spread(homes[value], homes[weight], least)
    return made


def guarded(
    measures: pd.DataFrame, cells: dict[tuple[str, int, str], Spread], rule: Rules | None = None
) -> pd.DataFrame:
    """Quantiles as means of the households around them, tails only where enough stand in them, both rounded.

    Parameters
    ----------
    measures : DataFrame
        As estimated: place, year, residence, measure, value, se, lower, upper.
    cells : dict
        As `spreads` makes it.
    rule : Rules, optional

    Returns
    -------
    DataFrame
        With gaps where the quantile or a tail stands on fewer households than the least count.
    """
    rule, out, columns = rule or disclosure.Rules(), measures.copy(), ["value", "se", "lower", "upper"]
    rows = np.flatnonzero(out["measure"].isin(STEPPED) & out["value"].notna())
    numbers = out[columns].to_numpy(float, copy=True)
    for i, row in zip(rows, out.iloc[rows].to_dict("records"), strict=True):
        numbers[i] = _one(row, cells[(row["place"], row["year"], row["residence"])], rule)
    out[columns] = numbers
    gone = out["value"].isna() & measures["value"].notna()
    out.loc[gone, [c for c in ("n", "coverage") if c in out]] = np.nan
    out["withheld"] = gone | measures.get("withheld", False)
    return out


def _one(row, cell, rule):
    value, lower, upper = _median(row, cell) if row["measure"] == "median_income" else _ratio(row, cell, rule)
    if not np.isfinite(value):
        return [np.nan] * 4
    step = step_of(row["se"] or abs(value) / 50)  # no error at all: it has one that nobody knows
    ends = [stepped(v, step) for v in (value, lower, upper)]
    if row["measure"] == "median_income":
        ends = [_nobodys(v, step, cell.x) for v in ends]
    digits = 1 - int(np.floor(np.log10(row["se"]))) if row["se"] > 0 else 0
    return [ends[0], round(float(row["se"]), digits), *ends[1:]]


def _median(row, cell):
    return [cell.around(row[c]) for c in ("value", "lower", "upper")]


def _ratio(row, cell, rule):
    """A ratio or share: the percentile ratio anew, from quantiles that are nobody's; tails only when they are many."""
    value = row["value"]
    if row["measure"] == "percentile_ratio":
        low = cell.quantile(0.1)
        value = cell.quantile(0.9) / low if low > 0 else np.nan
    elif any(disclosure.reason(cell.tail(side, share), rule) for side, share in TAILS[row["measure"]]):
        value = np.nan
    factor = value / row["value"] if row["value"] else np.nan
    return value, row["lower"] * factor, row["upper"] * factor


def _nobodys(value, step, incomes):
    """The value, or one half a step beside it when it happens to be a household's income to the unit."""
    for moved in (0.0, 0.5, -0.5, 0.25, -0.25, 0.75, -0.75):
        tried = value + moved * step
        place = np.searchsorted(incomes, tried)
        near = incomes[max(place - 1, 0) : place + 1]
        if not len(near) or np.abs(near - tried).min() >= 1:
            return tried
    return value


def rounded_counts(frame: pd.DataFrame | Microdata, base: int, columns: Any = ("n",)) -> pd.DataFrame | Microdata:
    """Counts of households to multiples of `base`; gaps stay gaps."""
    frame = frame.copy()
    for column in columns:
        there = frame[column].notna()
        frame[column] = frame[column].astype(float)
        frame.loc[there, column] = disclosure.rounded(frame.loc[there, column], base)
    return frame
