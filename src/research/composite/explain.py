"""Why a score is what it is: exact additive shares of a level, of a change, of a distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.composite.aggregate import multipliers
from research.core.faults import DataError, Fault

if TYPE_CHECKING:
    from research.composite.result import IndexResult
    from research.core.kinds import Bools, Floats


COVERAGE = "COVERAGE"
"""Row that holds what comes from different indicators being there, not from their scores."""


def points_of(result: IndexResult) -> tuple[Floats, Floats]:
    """Points each indicator gives and leaves lying, for every unit: two arrays (units, indicators).

    Lost points decompose the distance from full marks (all indicators at the top of the scale); given points
    are the weight's full marks less the lost ones. Both are exact for arithmetic, geometric and harmonic
    means and their mixes.
    """
    methods = result.spec.methods(len(result.tree.parents))
    top = result.spec.scale[1]
    scores, weight = result.levels[0], result.effective
    index = result.levels[-1]
    if set(methods) == {"arithmetic"}:
        lost = weight * (top - scores)
        return np.where(np.isnan(index), np.nan, weight * scores), np.where(np.isnan(index), np.nan, lost)
    if "copeland" in methods:
        return np.full(scores.shape, np.nan), np.full(scores.shape, np.nan)
    full = [np.full(level.shape[1], float(top)) for level in result.levels]
    m = multipliers(result.levels, full, result.tree, result.local_there, methods)
    lost = np.where(np.isnan(index), np.nan, m * (top - scores))
    return weight * top - lost, lost


def difference(result: IndexResult, first: tuple[str, int], second: tuple[str, int]) -> pd.DataFrame:
    """The difference of two units' indices, shared exactly among the indicators.

    Parameters
    ----------
    result : IndexResult
    first, second : tuple
        (place, year) of each unit; the difference is second less first.

    Returns
    -------
    DataFrame
        indicator, name, domain, before, after, points; a last row `COVERAGE` holds the effect of
        indicators that are there in one unit only. The points add up to the difference exactly.

    Raises
    ------
    DataError
        A unit that is not in the index, or has no score; an aggregation by order (Copeland).
    """
    a, b = (_position(result, unit) for unit in (first, second))
    methods = result.spec.methods(len(result.tree.parents))
    if "copeland" in methods:
        raise DataError(Fault("difference", "a mean", "copeland, which has no additive shares", kind="explain"))
    common = ~np.isnan(result.levels[0][a]) & ~np.isnan(result.levels[0][b])
    own = [_with_only(result, u, common, methods) for u in (a, b)]
    points = np.zeros(len(common))
    if common.any():
        local = _local_given(result, common)
        m = multipliers(own[0], own[1], result.tree, local, methods)
        delta = np.where(common, result.levels[0][b] - result.levels[0][a], 0.0)
        points = np.where(common, np.nan_to_num(m) * delta, 0.0)
    total = result.levels[-1][b, 0] - result.levels[-1][a, 0]
    at = result.tree.ancestors(len(result.tree.codes) - 2)
    rows = pd.DataFrame(
        {
            "indicator": result.tree.leaves,
            "name": result.tree.names[0],
            "domain": [result.tree.codes[-2][i] for i in at],
            "before": result.levels[0][a],
            "after": result.levels[0][b],
            "points": points,
        }
    )
    rest = {
        "indicator": COVERAGE,
        "name": "可得指标变化",
        "domain": "",
        "before": np.nan,
        "after": np.nan,
        "points": total - points.sum(),
    }
    return pd.concat([rows, pd.DataFrame([rest])], ignore_index=True)


def _position(result: IndexResult, unit: tuple[str, int]) -> int:
    place, year = str(unit[0]), int(unit[1])
    at = np.flatnonzero((result.panel.places == place) & (result.panel.years == year))
    if not len(at) or np.isnan(result.levels[-1][at[0], 0]):
        raise DataError(
            Fault(f"index of {place} in {year}", "a score", "none" if len(at) else "no such unit", kind="explain")
        )
    return int(at[0])


def _local_given(result: IndexResult, there: Bools) -> list[Floats]:
    out = []
    for k, weight in enumerate(result.local):
        w = np.where(there, weight, 0.0)
        total = np.bincount(result.tree.parents[k], w)
        with np.errstate(invalid="ignore", divide="ignore"):
            out.append(np.nan_to_num(w / total[result.tree.parents[k]]))
        there = total > 0
    return out


def _with_only(result: IndexResult, u: int, there: Bools, methods: Sequence[str]) -> list[Floats]:
    """Scores of a unit by level as if only some indicators were there."""
    from research.composite.aggregate import _F

    levels = [np.where(there, result.levels[0][u], np.nan)]
    for k, (local, method) in enumerate(zip(_local_given(result, there), methods, strict=True)):
        f, inverse = _F[method]
        known = ~np.isnan(levels[-1])
        with np.errstate(invalid="ignore", divide="ignore"):
            inner = np.where(known, f(np.where(known, levels[-1], 1.0)), 0.0)
            sums = np.bincount(result.tree.parents[k], inner * local)
            present = np.bincount(result.tree.parents[k], known.astype(float)) > 0
            levels.append(np.where(present, inverse(sums), np.nan))
    return levels


def rises(result: IndexResult, first: int, last: int) -> pd.DataFrame:
    """Each place's rise of the index between two years, like for like: by the indicators it has in both.

    Returns
    -------
    DataFrame
        place, year (the last), first_year, before, after (both from the common indicators alone), rise (their
        difference), plain (of the scores as they stand), n_common, n_before, n_after, status, version. Places without
        a score in one of the years are left out.
    """
    methods, status, rows = result.spec.methods(len(result.tree.parents)), _unit_status(result), []
    known = ~np.isnan(result.levels[-1][:, 0])
    for place in np.unique(result.panel.places):
        at = [np.flatnonzero(known & (result.panel.places == place) & (result.panel.years == y)) for y in (first, last)]
        if not all(map(len, at)):
            continue
        a, b = (int(x[0]) for x in at)
        there = ~np.isnan(result.levels[0][[a, b]])
        common = there[0] & there[1]
        before, after = (float(_with_only(result, u, common, methods)[-1][0]) for u in (a, b))
        rows.append(
            {
                "place": place,
                "year": int(last),
                "first_year": int(first),
                "before": before,
                "after": after,
                "rise": after - before,
                "plain": float(result.levels[-1][b, 0] - result.levels[-1][a, 0]),
                "n_common": int(common.sum()),
                "n_before": int(there[0].sum()),
                "n_after": int(there[1].sum()),
                "status": status[place, last],
            }
        )
    columns = [
        "place",
        "year",
        "first_year",
        "before",
        "after",
        "rise",
        "plain",
        "n_common",
        "n_before",
        "n_after",
        "status",
    ]
    return pd.DataFrame(rows, columns=columns).assign(version=result.spec.version)


def changes(result: IndexResult) -> pd.DataFrame:
    """Each place's change of the index from year to year, by indicator.

    Returns
    -------
    DataFrame
        place, year, previous_year, indicator, name, domain, before, after, points, status, version.
    """
    parts = []
    status = _unit_status(result)
    for place in np.unique(result.panel.places):
        years = [
            y
            for y in np.sort(result.panel.years[result.panel.places == place])
            if not np.isnan(result.levels[-1][_row(result, place, y), 0])
        ]
        for before, after in zip(years, years[1:], strict=False):
            part = difference(result, (place, before), (place, after))
            parts.append(part.assign(place=place, year=after, previous_year=before, status=status[place, after]))
    return _ordered(parts, ["place", "year", "previous_year"], result.spec.version)


def distances(result: IndexResult, year: int | None = None) -> pd.DataFrame:
    """Each place's distance from the best place of the year, by indicator.

    Returns
    -------
    DataFrame
        place, year, best (place), indicator, name, domain, before (own score), after (the best's), points
        (the best's lead through this indicator), status, version.
    """
    parts, status = [], _unit_status(result)
    for y in np.unique(result.panel.years) if year is None else [int(year)]:
        at = np.flatnonzero((result.panel.years == y) & ~np.isnan(result.levels[-1][:, 0]))
        if not len(at):
            continue
        best = result.panel.places[at[np.argmax(result.levels[-1][at, 0])]]
        for u in at:
            place = result.panel.places[u]
            part = difference(result, (place, y), (best, y))
            parts.append(part.assign(place=place, year=y, best=best, status=status[place, y]))
    return _ordered(parts, ["place", "year", "best"], result.spec.version)


def _row(result: IndexResult, place: str, year: int) -> int:
    return int(np.flatnonzero((result.panel.places == place) & (result.panel.years == year))[0])


def _unit_status(result: IndexResult) -> dict[tuple[str, int], str]:
    top = result._statuses(len(result.levels) - 1)[:, 0]
    return {(p, y): s for p, y, s in zip(result.panel.places, result.panel.years, top, strict=True)}


def _ordered(parts: list[pd.DataFrame], keys: list[str], version: str) -> pd.DataFrame:
    columns = [*keys, "indicator", "name", "domain", "before", "after", "points", "status"]
    if not parts:
        return pd.DataFrame(columns=[*columns, "version"])
    return pd.concat(parts, ignore_index=True)[columns].assign(version=version)
