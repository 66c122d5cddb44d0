"""Series of indicators by year, and the one number that a target's rule makes of a series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Series:
    """One indicator of one place by year, with the statuses of its values."""

    values: dict
    statuses: dict
    sources: dict

    def latest(self, year):
        """Last year with a value, not after `year`; None without one."""
        years = [y for y in self.values if y <= year]
        return max(years) if years else None

    def growth(self, year):
        """Growth on the year before, in %; None when either value is missing."""
        now, before = self.values.get(year), self.values.get(year - 1)
        return None if now is None or before is None or before <= 0 else 100 * (now / before - 1)


def series_of(observations, place):
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
    out = {}
    for name, year, value, state, source in zip(rows["indicator"], rows["year"], rows["value"], rows["status"], sources,
                                                strict=True):
        own = out.setdefault(name, Series({}, {}, {}))
        own.values[int(year)], own.statuses[int(year)], own.sources[int(year)] = float(value), state, source
    return out


def reference_series(published, geo, indicator):
    """A published series of another place, annual figures only, as {year: value}."""
    if not geo or published is None or not len(published):
        return {}
    rows = published[(published["geo_code"] == geo) & (published["indicator"] == indicator)
                     & (published["period"] == "annual")]
    return dict(zip(rows["year"].astype(int), rows["value"].astype(float), strict=True))


def measured(rule, series, year, horizon, reference, base_year):
    """The value to hold against a target, and the year and statuses it stands on.

    Returns
    -------
    tuple
        (value, year of the value, years used); value None when it cannot be made.
    """
    last = series.latest(year)
    if last is None:
        return None, None, []
    if rule in ("growth", "mean"):
        years = [y for y in series.values if base_year <= y <= min(year, horizon)]
        if not years:
            return None, None, []
        values = [series.values[y] for y in years]
        mean = (100 * (np.prod([1 + v / 100 for v in values]) ** (1 / len(values)) - 1)
                if rule == "growth" else float(np.mean(values)))
        return float(mean), max(years), years
    at = min(last, horizon)
    if at not in series.values:
        return None, None, []
    if rule == "floor":  # it has to hold every year: the worst year is the one that counts
        worst = min((y for y in series.values if base_year <= y <= at), key=series.values.get, default=at)
        return series.values[worst], worst, [worst]
    if rule == "growth_of":
        first = series.values.get(base_year)
        if first is None or first <= 0 or at <= base_year:
            return None, None, []
        return 100 * ((series.values[at] / first) ** (1 / (at - base_year)) - 1), at, [base_year, at]
    if rule == "relative":
        common = [y for y in series.values if y in reference and y <= min(year, horizon)]
        return (series.values[max(common)], max(common), [max(common)]) if common else (None, None, [])
    if rule == "relative_growth":
        common = [y for y in range(base_year, at + 1) if series.growth(y) is not None
                  and y in reference and y - 1 in reference]
        return (series.growth(max(common)), max(common), [max(common) - 1, max(common)]) if common else (None, None, [])
    return series.values[at], at, [at]


def target_value(rule, stated, reference, value_year):
    """The number to reach: as stated, or the reference's of the same year."""
    if rule == "relative":
        return reference.get(value_year)
    if rule == "relative_growth":
        if value_year is None:
            return None
        return 100 * (reference[value_year] / reference[value_year - 1] - 1)
    try:
        return float(stated)
    except (TypeError, ValueError):
        return None


def path(rule, series, row, horizon, target, base_year):
    """Points (year, value) that a steady pace goes through: base, milestone of the same kind, target."""
    if rule == "cumulative":
        points = [(base_year - 1, 0.0)]  # nothing is done before the plan starts
    elif base_year in series.values and base_year < horizon:
        points = [(base_year, series.values[base_year])]
    else:
        return []
    early = row.get("target_2022")
    same_kind = pd.isna(row.get("kind_2022"))  # a 2022 and a 2025 target of different kinds are never joined
    if horizon > 2022 and pd.notna(early) and same_kind and rule in ("level", "cumulative"):
        points.append((2022, float(early)))
    return [*points, (horizon, target)]


def flow(series, year):
    """That year's amount out of a running total."""
    now, before = series.values.get(year), series.values.get(year - 1)
    if now is None or before is None:
        return None, None, []
    return now - before, year, [year - 1, year]
