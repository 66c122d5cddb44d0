"""How the whole distribution moves: kernel densities year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, spot
from research.measures import policy
from research.measures.columns import check_columns, clean, group_codes

if TYPE_CHECKING:
    from research.core.kinds import Floats


def density_evolution(
    frame: pd.DataFrame,
    value: str = "income",
    *,
    by: str = "year",
    weight: str | None = None,
    points: int = 200,
    scale: Literal["log", "linear"] = "log",
    bandwidth: float | None = None,
) -> pd.DataFrame:
    """Kernel densities of a value for each year (or other group), on one common grid.

    Gaussian kernel; Silverman's rule ``0.9 min(sd, IQR/1.34) n^(-1/5)`` with the effective n of the weights.

    Parameters
    ----------
    frame : DataFrame
        One row a person, household or place.
    value : str
        Column of the values.
    by : str
        Column of the groups.
    weight : str, optional
        Column of weights. Default: "weight" where there is one.
    points : int
        Points of the grid, from 16 on.
    scale : {"log", "linear"}
        Scale on which the kernel works; "log" needs values above 0 and gives densities that are 0 there.
    bandwidth : float, optional
        One for all groups, on the scale of the kernel.

    Returns
    -------
    DataFrame
        Tidy: the `by` column, `x` (in the unit of the values), `density` (per unit of ln x for "log", so
        that areas on a log axis are shares; else per unit of x), `bandwidth`, `n`.

    Raises
    ------
    DataError
        For unknown columns, awkward values by row, zeros under "log", or a group of one without bandwidth.

    References
    ----------
    Silverman (1986), "Density Estimation"; Quah (1996), European Economic Review 40.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2023] * 3 + [2024] * 3, "income": [1.0, 2, 4, 2, 3, 5]})
    >>> out = density_evolution(frame, points=64)
    >>> out.groupby("year").size().tolist(), list(out.columns)
    ([64, 64], ['year', 'x', 'density', 'bandwidth', 'n'])
    """
    policy.choice(scale, "scale", ("log", "linear"))
    points = int(policy.number(points, "points", 16))
    if weight is None and "weight" in frame.columns:
        weight = "weight"
    check_columns(frame, [value, by, *([weight] if weight else [])])
    x, w, used = clean(frame, value, weight)
    if scale == "log" and x.min() <= 0:
        row = frame.index[int(x.argmin())]
        raise DataError(
            Fault(spot(row=row, column=value), "a number above 0", "0.0", "say scale='linear'", kind="zero")
        )
    codes, keys = group_codes(frame, [by])
    y = np.log(x) if scale == "log" else x
    parts = [(y[(codes == g) & used], w[(codes == g) & used]) for g in range(len(keys))]
    widths = [_width(v, u, keys[by].iloc[g], by) if bandwidth is None else bandwidth for g, (v, u) in enumerate(parts)]
    widths = [policy.number(h, "bandwidth", 0, open_low=True) for h in widths]
    reach = 3 * max(widths)
    grid = np.linspace(y[used].min() - reach, y[used].max() + reach, points)
    tables = []
    for g, (v, u) in enumerate(parts):
        density = _density(v, u, grid, widths[g])
        at = np.exp(grid) if scale == "log" else grid
        columns = {by: keys[by].iloc[g], "x": at, "density": density, "bandwidth": widths[g], "n": len(v)}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def _width(y: Floats, w: Floats, group: object, by: str) -> float:
    """Silverman's rule of thumb, robust to long tails."""
    people = w.sum() ** 2 / (w * w).sum()
    sd = np.sqrt(np.average((y - np.average(y, weights=w)) ** 2, weights=w))
    order = np.argsort(y)
    cum = np.cumsum(w[order]) / w.sum()
    quarter, three = (y[order][min(int(np.searchsorted(cum, q)), len(y) - 1)] for q in (0.25, 0.75))
    spread = min(sd, (three - quarter) / 1.34) if three > quarter else sd
    if spread == 0:
        raise DataError(Fault(f"{by} {group}", "values that differ", "all alike", "give a bandwidth", kind="undefined"))
    return float(0.9 * spread * people**-0.2)


def _density(y: Floats, w: Floats, grid: Floats, h: float) -> Floats:
    """Kernel density on a grid; many values are first shared out between neighbouring grid points."""
    if len(y) > 4 * len(grid):
        fine = np.linspace(grid[0], grid[-1], 8 * len(grid))
        step = fine[1] - fine[0]
        place = (y - fine[0]) / step
        left = np.floor(place).astype(int).clip(0, len(fine) - 2)
        share = place - left
        both = np.bincount(left, w * (1 - share), len(fine)) + np.bincount(left + 1, w * share, len(fine))
        w = np.asarray(both, float)
        y = fine
    z = (grid[:, None] - y[None, :]) / h
    found: Floats = (np.exp(-0.5 * z * z) * w).sum(axis=1) / (w.sum() * h * np.sqrt(2 * np.pi))
    return found
