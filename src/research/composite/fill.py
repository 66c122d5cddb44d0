"""Missing values: screening by availability and imputation, each filled cell marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from research.composite.options import Imputation
from research.composite.panel import IMPUTED
from research.core.faults import DataError, Fault, nearest, say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from research.composite.panel import Panel
    from research.core.kinds import Bools, Floats, Ints


_HELPERS = 3
METHODS = get_args(Imputation)


def screen(panel: Panel, share_units: float = 0.0, share_indicators: float = 0.0) -> tuple[Bools, Bools]:
    """Leave out indicators, then units, with too few values.

    Parameters
    ----------
    panel : Panel
    share_units : float
        Share of the indicators a unit needs, 0 to 1.
    share_indicators : float
        Share of the units an indicator needs, 0 to 1; one without any value always goes.

    Returns
    -------
    tuple
        (mask of units kept, mask of indicators kept)

    Raises
    ------
    DataError
        A share outside 0 to 1, or nothing left.
    """
    faults = [
        Fault(n, "a share from 0 to 1", repr(s), kind="screen")
        for n, s in (("share_units", share_units), ("share_indicators", share_indicators))
        if not 0 <= s <= 1
    ]
    if faults:
        raise DataError(faults)
    there = ~np.isnan(panel.values)
    columns = there.any(axis=0) & (there.mean(axis=0) >= share_indicators)
    rows = there[:, columns].mean(axis=1) >= share_units if columns.any() else np.zeros(len(there), bool)
    if not columns.any() or not rows.any():
        raise DataError(Fault("screening", "some units and indicators with enough values", "none", kind="screen"))
    return rows, columns


def impute(panel: Panel, method: Imputation = "none", groups: Sequence[object] | None = None) -> tuple[Panel, Bools]:
    """Fill gaps by one named rule.

    Parameters
    ----------
    panel : Panel
    method : str
        `none`; `last`: the place's last earlier value; `linear`: between two years of the same place, and
        flat after the last; `group_mean`: mean of the unit's group in the same year; `regression`: on the
        three most correlated indicators (ordinary least squares, statsmodels), else left missing.
    groups : array-like of shape (units,), optional
        Group of each unit, for `group_mean`; default one group.

    Returns
    -------
    tuple
        (panel with filled cells marked `imputed`, mask of the cells filled)

    Raises
    ------
    DataError
        An unknown method; `group_mean` with places that stand in no group.

    Notes
    -----
    `last` never changes when a year or a place is added; the others may: see `IndexSpec.moves_with`.
    """
    if method not in METHODS:
        raise DataError(
            Fault("impute", "one of " + ", ".join(METHODS), repr(method), nearest(method, METHODS), "impute")
        )
    if method == "none" or not np.isnan(panel.values).any():
        return panel, np.zeros(panel.shape, bool)
    values = {"last": _last, "linear": _linear, "group_mean": _group_mean, "regression": _regression}[method](
        panel, groups
    )
    filled = np.isnan(panel.values) & ~np.isnan(values)
    statuses = np.where(filled, np.maximum(IMPUTED, _weakest_of_column(panel)), panel.statuses).astype(np.int8)
    return replace(panel, values=values, statuses=statuses), filled


def _weakest_of_column(panel: Panel) -> NDArray[np.int8]:
    found: NDArray[np.int8] = panel.statuses.max(axis=0, keepdims=True)
    return found


def _last(panel: Panel, groups: Sequence[object] | None) -> Floats:
    before, first, _ = _known_before(panel)
    i, j = np.nonzero(np.isnan(panel.values) & (before >= first))
    values: Floats = panel.values.copy()
    values[i, j] = panel.values[before[i, j], j]
    return values


def _known_before(panel: Panel) -> tuple[Ints, Ints, Ints]:
    """For each cell the row of the last known value so far (-1: none), and the first and last row of its place."""
    rows = np.arange(len(panel.values))
    start = np.r_[True, panel.places[1:] != panel.places[:-1]]
    first = np.maximum.accumulate(np.where(start, rows, 0))[:, None]
    end = np.r_[start[1:], True]
    last = np.minimum.accumulate(np.where(end, rows, len(rows))[::-1])[::-1][:, None]
    before = np.maximum.accumulate(np.where(np.isnan(panel.values), -1, rows[:, None]), axis=0)
    return before, first, last


def _linear(panel: Panel, groups: Sequence[object] | None) -> Floats:
    """Between the known years before and after in the same place; nothing is known of the time before the first."""
    values, rows = panel.values.copy(), np.arange(len(panel.values))
    there = ~np.isnan(values)
    before, first, last = _known_before(panel)
    after = np.minimum.accumulate(np.where(there, rows[:, None], len(rows))[::-1], axis=0)[::-1]
    i, j = np.nonzero(~there & (before >= first))
    low, high = before[i, j], after[i, j]
    high = np.where(high <= last[i, 0], high, low)  # flat after the last
    years = panel.years.astype(float)
    way = np.where(high > low, (years[i] - years[low]) / np.maximum(years[high] - years[low], 1), 0.0)
    values[i, j] = panel.values[low, j] + way * (panel.values[high, j] - panel.values[low, j])
    found: Floats = values
    return found


def _group_mean(panel: Panel, groups: Sequence[object] | None) -> Floats:
    values: Floats = panel.values.copy()
    member: NDArray[Any] = np.zeros(len(values)) if groups is None else _grouped(panel, groups)
    cells: NDArray[Any] = np.rec.fromarrays([member.astype(str), panel.years])
    key = np.unique(cells, return_inverse=True)[1]
    for k in np.unique(key):
        at = np.flatnonzero(key == k)
        block = values[at]
        there = ~np.isnan(block)
        with np.errstate(invalid="ignore"):
            mean = np.where(there, block, 0.0).sum(axis=0) / there.sum(axis=0)
        values[at] = np.where(there, block, mean)
    return values


def _grouped(panel: Panel, groups: Sequence[object]) -> NDArray[Any]:
    """The units' groups, refused where a place stands in none: those without are no group of their own."""
    named = np.asarray(groups, dtype=object)
    lost = [p for p, g in zip(panel.places, named, strict=True) if g is None or g != g or not str(g).strip()]
    if lost:
        raise DataError(
            [
                Fault(
                    f"impute group_mean, place {p}",
                    say("a group", "所属分组"),
                    say("none", "没有"),
                    say("name its group, or take another rule", "请写明分组，或改用其他办法"),
                    "impute",
                )
                for p in dict.fromkeys(lost)
            ]
        )
    return named


def _regression(panel: Panel, groups: Sequence[object] | None) -> Floats:
    import statsmodels.api as sm

    raw, values = panel.values, panel.values.copy()
    gaps = np.isnan(raw)
    alike = _alike(raw, gaps)
    for j in np.flatnonzero(gaps.any(axis=0)):
        best = [k for k in np.argsort(-alike[j], kind="stable")[:_HELPERS] if alike[j, k] > 0]
        complete = ~gaps[:, best].any(axis=1) if best else np.zeros(len(raw), bool)
        fit, gap = ~gaps[:, j] & complete, gaps[:, j] & complete
        if fit.sum() >= len(best) + 3 and gap.any():
            model = sm.OLS(raw[fit, j], sm.add_constant(raw[np.ix_(fit, best)], has_constant="add")).fit(method="qr")
            values[gap, j] = model.predict(sm.add_constant(raw[np.ix_(gap, best)], has_constant="add"))
    found: Floats = values
    return found


def _alike(raw: Floats, gaps: Bools) -> Floats:
    """Absolute correlation of each pair of columns over the units where both are known; 0 below five of them."""
    there = (~gaps).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        # About the column's own mean, for the digits; the pair's means are taken off again below.
        x = np.where(gaps, 0.0, raw - np.where(gaps, 0.0, raw).sum(axis=0) / there.sum(axis=0))
        n = there.T @ there
        mean, square = x.T @ there / n, (x**2).T @ there / n
        spread = np.clip(square - mean**2, 0.0, None)
        scale = np.nanmax(spread, axis=1, initial=0.0)[:, None]
        r = (x.T @ x / n - mean * mean.T) / np.sqrt(spread * spread.T)
        flat = (spread <= 1e-12 * scale) | (spread.T <= 1e-12 * scale.T)
    r = np.where((n >= 5) & ~flat, np.abs(np.nan_to_num(r)), 0.0)
    np.fill_diagonal(r, 0.0)
    return r
