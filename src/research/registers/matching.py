"""Comparable units: for each unit with a measure those without it that were most like it before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

CALIPER = 0.25
"""Distance, in standard deviations of what is matched on, beyond which no unit is comparable."""


def matched(
    frame: pd.DataFrame, treated: str, on: Sequence[str], each: int = 2, caliper: float = CALIPER
) -> pd.DataFrame:
    """Units with the measure and their nearest neighbours without it, none used twice.

    Parameters
    ----------
    frame : DataFrame
        A row a unit, its name in the index; gaps in `on` leave a unit out.
    treated : str
        Column that says which units have the measure.
    on : sequence of str
        Columns of the time before, each scaled by the standard deviation of all units.
    each : int
        Neighbours of each unit, as far as there are any.
    caliper : float
        A unit without any neighbour so near is left out.

    Returns
    -------
    DataFrame
        The rows that are compared, with `match` (name of the unit with the measure).

    References
    ----------
    Stuart (2010), Matching methods for causal inference, Statistical Science 25(1).

    Examples
    --------
    >>> frame = pd.DataFrame({"d": [1, 0, 0, 0], "x": [1.0, 1.1, 5.0, 0.8]}, index=list("abcd"))
    >>> matched(frame, "d", ["x"], each=1)["match"].to_dict()
    {'a': 'a', 'b': 'a'}
    """
    whole = frame.dropna(subset=list(on)).sort_index()
    spread = whole[list(on)].std(ddof=1).replace(0, 1.0)
    points = (whole[list(on)] / spread).to_numpy(float)
    has = whole[treated].to_numpy(bool)
    free = {int(i) for i in np.flatnonzero(~has)}
    owner: dict[int, int] = {}
    for _ in range(each):  # in rounds, so that no unit takes two before another has one
        for unit in np.flatnonzero(has):
            pool = np.array(sorted(free), int)
            if not len(pool):
                break
            gaps = np.sqrt(((points[pool] - points[unit]) ** 2).mean(axis=1))
            if gaps.min() <= caliper:
                near = int(pool[int(gaps.argmin())])
                owner[near] = int(unit)
                free.discard(near)
    kept = sorted({*owner, *owner.values()})
    names = whole.index[[owner.get(i, i) for i in kept]]
    return whole.iloc[kept].assign(match=list(names))


def balance(frame: pd.DataFrame, treated: str, on: Sequence[str]) -> pd.DataFrame:
    """Means with and without the measure, and their difference in standard deviations.

    Parameters
    ----------
    frame : DataFrame
    treated : str
    on : sequence of str

    Returns
    -------
    DataFrame
        name, treated, comparison, difference (standardised by the root of the mean of both variances; beyond 0.1 in
        size it is usually called unbalanced).

    References
    ----------
    Austin (2009), Balance diagnostics for comparing the distribution of baseline covariates, Statistics in Medicine 28.

    Examples
    --------
    >>> frame = pd.DataFrame({"d": [1, 1, 0, 0], "x": [2.0, 4.0, 1.0, 3.0]})
    >>> balance(frame, "d", ["x"]).round(3).values.tolist()
    [['x', 3.0, 2.0, 0.707]]
    """
    rows = []
    has = frame[treated].astype(bool)
    for name in on:
        one, other = frame.loc[has, name].astype(float), frame.loc[~has, name].astype(float)
        spread = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2)
        gap = one.mean() - other.mean()
        rows.append((name, one.mean(), other.mean(), gap / spread if spread else np.nan if gap else 0.0))
    return pd.DataFrame(rows, columns=["name", "treated", "comparison", "difference"])
