"""Series of indicators by year, and the one number that a target's rule makes of a series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from research.indicators.reference.plans import Plan


@dataclass(frozen=True)
class Series:
    """One indicator of one place by year, with the statuses of its values."""

    values: dict[int, float]
    statuses: dict[int, str]
    sources: dict[int, str]

    def latest(self, year: int) -> int | None:
        """Last year with a value, not after `year`; None without one."""
        years = [y for y in self.values if y <= year]
        return max(years) if years else None

    def growth(self, year: int) -> float | None:
        """Growth on the year before, in %; None when either value is missing."""
        now, before = self.values.get(year), self.values.get(year - 1)
        return None if now is None or before is None or before <= 0 else 100 * (now / before - 1)


def series_of(observations: pd.DataFrame, place: str) -> dict[str, Series]:
    """Series of each indicator of one place, as `{indicator: Series}`.

    Parameters
    ----------
    observations : DataFrame
        Columns place, year, indicator, value, status, source.
    place : str

    Returns
    -------
    dict
    """
    rows = observations[(observations["place"] == place) & observations["value"].notna()]
    sources = rows["source"].fillna("").astype(str) if "source" in rows else [""] * len(rows)
    out: dict[str, Series] = {}
    for name, year, value, state, source in zip(
        rows["indicator"], rows["year"], rows["value"], rows["status"], sources, strict=True
    ):
        own = out.setdefault(name, Series({}, {}, {}))
        own.values[int(year)], own.statuses[int(year)], own.sources[int(year)] = float(value), state, source
    return out


def reference_series(published: pd.DataFrame | None, geo: str, indicator: str) -> dict[int, float]:
    """A published series of another place, annual figures only, as {year: value}."""
    if not geo or published is None or not len(published):
        return {}
    rows = published[
        (published["geo_code"] == geo) & (published["indicator"] == indicator) & (published["period"] == "annual")
    ]
    return dict(zip(rows["year"].astype(int), rows["value"].astype(float), strict=True))


Found: TypeAlias = tuple[float | None, int | None, list[int]]
"""A value, its year, and the years it stands on; None where it cannot be made."""
_WITHIN = ("growth", "mean", "floor", "cumulative", "relative", "relative_growth")
"""Rules whose values all lie within the plan; the others may stand on the base year's."""


def margin_of(published: pd.DataFrame | None, geo: str, indicator: str, year: int) -> float:
    """How far a published figure given as 左右 may be off: one unit of its last digit; 0 where it is exact."""
    if not geo or published is None or "margin" not in published:
        return 0.0
    rows = published[
        (published["geo_code"] == geo)
        & (published["indicator"] == indicator)
        & (published["period"] == "annual")
        & (published["year"] == year)
    ]
    margin = pd.to_numeric(rows["margin"], errors="coerce").fillna(0.0)
    return float(margin.max()) if len(margin) else 0.0


def measured(rule: str, series: Series, year: int, horizon: int, reference: Mapping[int, float], plan: Plan) -> Found:
    """The value to hold against a target, and the year and statuses it stands on.

    Returns
    -------
    tuple
        (value, year of the value, years used); value None when it cannot be made.
    """
    last = series.latest(year)
    if last is None or last < (plan.start if rule in _WITHIN else plan.base):
        return None, None, []  # a value of the time before says nothing of this plan
    if rule in ("growth", "mean"):
        years = [y for y in series.values if plan.start <= y <= min(year, horizon)]
        if not years:
            return None, None, []
        values = [series.values[y] for y in years]
        mean = (
            100 * (np.prod([1 + v / 100 for v in values]) ** (1 / len(values)) - 1)
            if rule == "growth"
            else float(np.mean(values))
        )
        return float(mean), max(years), years
    at = min(last, horizon)
    if at not in series.values:
        return None, None, []
    if rule == "floor":  # it has to hold every year: the worst year is the one that counts
        worst = min((y for y in series.values if plan.start <= y <= at), key=series.values.__getitem__, default=at)
        return series.values[worst], worst, [worst]
    if rule == "growth_of":
        first = series.values.get(plan.base)
        if first is None or first <= 0 or at <= plan.base:
            return None, None, []
        return 100 * ((series.values[at] / first) ** (1 / (at - plan.base)) - 1), at, [plan.base, at]
    if rule == "increase":
        first = series.values.get(plan.base)
        return (None, None, []) if first is None else (series.values[at] - first, at, [plan.base, at])
    if rule == "relative":
        common = [y for y in series.values if y in reference and plan.start <= y <= min(year, horizon)]
        return (series.values[max(common)], max(common), [max(common)]) if common else (None, None, [])
    if rule == "relative_growth":
        common = [
            y
            for y in range(plan.start, at + 1)
            if series.growth(y) is not None and y in reference and y - 1 in reference
        ]
        return (series.growth(max(common)), max(common), [max(common) - 1, max(common)]) if common else (None, None, [])
    return series.values[at], at, [at]


def target_value(rule: str, stated: Any, reference: Mapping[int, float], value_year: int | None) -> float | None:
    """The number to reach: as stated, or the reference's of the same year."""
    if rule == "relative":
        return None if value_year is None else reference.get(value_year)
    if rule == "relative_growth":
        if value_year is None:
            return None
        return 100 * (reference[value_year] / reference[value_year - 1] - 1)
    try:
        return float(stated)
    except (TypeError, ValueError):
        return None


def path(
    rule: str, series: Series, stated: Mapping[int, tuple[Any, str]], horizon: int, target: float, plan: Plan
) -> list[tuple[int, float]]:
    """Points (year, value) that a steady pace goes through: base, milestones of the same kind, target."""
    if rule in ("cumulative", "increase"):
        points = [(plan.start - 1, _carried(rule, series, horizon, plan))]
    elif plan.base in series.values and plan.base < horizon:
        points = [(plan.base, series.values[plan.base])]
    else:
        return []
    for year, (value, kind) in sorted(stated.items()) if rule in ("level", "cumulative", "increase") else ():
        number = target_value("level", value, {}, None)
        if points[-1][0] < year < horizon and number is not None and kind == stated[horizon][1]:
            points.append((year, number))  # numbers of different kinds are never joined
    return [*points, (horizon, target)]


def _carried(rule: str, series: Series, horizon: int, plan: Plan) -> float:
    """What stands when the plan starts: nothing, or a running total that goes on from the plan before."""
    before, last = series.values.get(plan.start - 1, 0.0), series.latest(horizon)
    now = 0.0 if last is None else series.values[last]
    return float(before) if rule == "cumulative" and now >= before else 0.0


def flow(series: Series, year: int) -> Found:
    """That year's amount out of a running total."""
    now, before = series.values.get(year), series.values.get(year - 1)
    if now is None or before is None:
        return None, None, []
    return now - before, year, [year - 1, year]
