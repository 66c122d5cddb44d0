"""Missing values: screening by availability and imputation, each filled cell marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from research.composite.panel import IMPUTED
from research.errors import DataError, Fault, nearest

METHODS = ("none", "last", "linear", "group_mean", "regression")


def screen(panel, share_units=0.0, share_indicators=0.0):
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
    faults = [Fault(n, "a share from 0 to 1", repr(s), kind="screen")
              for n, s in (("share_units", share_units), ("share_indicators", share_indicators)) if not 0 <= s <= 1]
    if faults:
        raise DataError(faults)
    there = ~np.isnan(panel.values)
    columns = there.any(axis=0) & (there.mean(axis=0) >= share_indicators)
    rows = there[:, columns].mean(axis=1) >= share_units if columns.any() else np.zeros(len(there), bool)
    if not columns.any() or not rows.any():
        raise DataError(Fault("screening", "some units and indicators with enough values", "none", kind="screen"))
    return rows, columns


def impute(panel, method="none", groups=None):
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
        An unknown method.

    Notes
    -----
    `last` never changes when a year or a place is added; the others may: see `IndexSpec.moves_with`.
    """
    if method not in METHODS:
        raise DataError(Fault("impute", "one of " + ", ".join(METHODS), repr(method), nearest(method, METHODS),
                              "impute"))
    if method == "none" or not np.isnan(panel.values).any():
        return panel, np.zeros(panel.shape, bool)
    values = {"last": _last, "linear": _linear, "group_mean": _group_mean, "regression": _regression}[method](
        panel, groups)
    filled = np.isnan(panel.values) & ~np.isnan(values)
    statuses = np.where(filled, np.maximum(IMPUTED, _weakest_of_column(panel)), panel.statuses).astype(np.int8)
    return replace(panel, values=values, statuses=statuses), filled


def _weakest_of_column(panel):
    return panel.statuses.max(axis=0, keepdims=True)


def _last(panel, groups):
    values = panel.values.copy()
    for i in range(1, len(values)):
        if panel.places[i] == panel.places[i - 1]:
            gap = np.isnan(values[i])
            values[i, gap] = values[i - 1, gap]
    return values


def _linear(panel, groups):
    values = panel.values.copy()
    for place in np.unique(panel.places):
        at = np.flatnonzero(panel.places == place)
        years = panel.years[at].astype(float)
        for j in np.flatnonzero(np.isnan(values[at]).any(axis=0)):
            known = ~np.isnan(values[at, j])
            if known.any():
                gap = ~known & (years > years[known].min())  # nothing is known of the time before the first value
                values[at[gap], j] = np.interp(years[gap], years[known], values[at[known], j])
    return values


def _group_mean(panel, groups):
    values = panel.values.copy()
    groups = np.zeros(len(values)) if groups is None else np.asarray(groups)
    key = np.unique(np.rec.fromarrays([groups.astype(str), panel.years]), return_inverse=True)[1]
    for k in np.unique(key):
        at = np.flatnonzero(key == k)
        block = values[at]
        there = ~np.isnan(block)
        with np.errstate(invalid="ignore"):
            mean = np.where(there, block, 0.0).sum(axis=0) / there.sum(axis=0)
        values[at] = np.where(there, block, mean)
    return values


def _regression(panel, groups):
    import statsmodels.api as sm

    raw, values = panel.values, panel.values.copy()
    for j in np.flatnonzero(np.isnan(raw).any(axis=0)):
        known = ~np.isnan(raw[:, j])
        best = _helpers(raw, j, known)
        complete = ~np.isnan(raw[:, best]).any(axis=1) if len(best) else np.zeros(len(raw), bool)
        fit, gap = known & complete, ~known & complete
        if fit.sum() >= len(best) + 3 and gap.any():
            model = sm.OLS(raw[fit, j], sm.add_constant(raw[np.ix_(fit, best)], has_constant="add")).fit()
            values[gap, j] = model.predict(sm.add_constant(raw[np.ix_(gap, best)], has_constant="add"))
    return values


def _helpers(raw, j, known, count=3):
    """Columns that go best with column j where both are known."""
    scores = []
    for k in range(raw.shape[1]):
        both = known & ~np.isnan(raw[:, k])
        if k != j and both.sum() >= 5 and raw[both, k].std() > 0 and raw[both, j].std() > 0:
            scores.append((-abs(np.corrcoef(raw[both, k], raw[both, j])[0, 1]), k))
    return [k for _, k in sorted(scores)[:count]]
