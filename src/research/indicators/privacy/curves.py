"""Curves that may be published: Lorenz curves of groups of households, densities over many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.indicators.privacy import disclosure

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.disclosure import Rules
    from research.indicators.privacy.microdata import MicrodataColumn
    from research.indicators.privacy.quantiles import Spread

COLUMNS = ["place", "year", "residence", "curve", "groups", "x", "y", "unit", "status", "source"]
GROUPS = 10
"""Most groups of a Lorenz curve: tenths."""
FEWEST = 4
"""Fewest groups that still make a curve."""
POINTS = 90
"""Points of a density, about."""


def lorenz(cell: Spread, rule: Rules | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Points of a Lorenz curve from equal groups of persons: tenths, or fewer where a group would be too small.

    Parameters
    ----------
    cell : Spread
    rule : Rules, optional
        Each group has the least count of households, and none of them most of its income.

    Returns
    -------
    (ndarray, ndarray)
        Shares of persons and of income, from 0 to 1; empty where not even four groups can be made.

    Examples
    --------
    >>> from research.indicators.privacy.quantiles import Spread
    >>> p, share = lorenz(Spread(range(1, 41), np.ones(40)))
    >>> p.tolist(), share.round(3).tolist()
    ([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 0.067, 0.256, 0.567, 1.0])
    """
    rule = rule or disclosure.Rules()
    for groups in range(min(GROUPS, len(cell.x) // max(rule.min_count, 1)), FEWEST - 1, -1):
        if all(not disclosure.reason(part, rule) for part in _parts(cell, groups)):
            p = np.arange(groups + 1) / groups
            held = np.concatenate([[0.0], np.cumsum(cell.x * cell.w)])
            run = np.concatenate([[0.0], cell.run])
            return p, np.interp(p, run, held / held[-1])
    return np.array([]), np.array([])


def _parts(cell, groups):
    """What the households hold that lie in each group with the middle of their weight."""
    middle = cell.run - cell.w / cell.w.sum() / 2
    group = np.minimum((middle * groups).astype(int), groups - 1)
    return [np.abs(cell.x * cell.w)[group == g] for g in range(groups)]


def density(cell: Spread, rule: Rules | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A kernel density on a grid of round numbers, drawn only where enough households make it.

    Parameters
    ----------
    cell : Spread
    rule : Rules, optional

    Returns
    -------
    (ndarray, ndarray)
        Incomes and density (per unit of income, to three digits of its peak). A point is there when the least
        count of households lie within two bandwidths of it, and lies outside no safe quantile; empty for cells of
        fewer than twice the least count.
    """
    from scipy.stats import gaussian_kde

    rule = rule or disclosure.Rules()
    least, n = rule.min_count, len(cell.x)
    if n < 2 * least or cell.x[0] == cell.x[-1]:
        return np.array([]), np.array([])
    kernel = gaussian_kde(cell.x, weights=cell.w)
    width = float(np.sqrt(kernel.covariance[0, 0]))
    top = cell.x[-least:].mean()  # the highest incomes as one group
    step = disclosure.round_up(top / POINTS)
    grid = np.arange(0, np.floor(top / step) + 1) * step
    near = np.searchsorted(cell.x, grid + 2 * width) - np.searchsorted(cell.x, grid - 2 * width)
    grid = grid[near >= least]
    y = kernel(grid)
    unit = 10.0 ** (np.floor(np.log10(y.max())) - 2)
    return grid, np.round(y / unit) * unit


def table(
    edition: Edition,
    cells: dict[tuple[str, int, str], Spread],
    hidden: pd.DataFrame,
    status: MicrodataColumn | dict[Any, Any],
    source: str,
) -> pd.DataFrame:
    """Every curve of an edition that may be published.

    Parameters
    ----------
    edition : Edition
    cells : dict
        As `quantiles.spreads` makes it.
    hidden : DataFrame
        As `withholding.pattern` gives it: these cells have no curve.
    status, source : Series, str
        Status by year; words for the source.

    Returns
    -------
    DataFrame
        place, year, residence, curve ("lorenz" or "density"), groups (of a Lorenz curve), x, y, unit (of x),
        status, source. Lorenz curves are there for all, town and country, densities for all.
    """
    rule, parts = disclosure.rules(edition.settings), []
    gone = set(hidden[["place", "year", "residence"]].itertuples(index=False, name=None))
    for (place, year, residence), cell in cells.items():
        if (place, year, residence) in gone:
            continue
        made = [("lorenz", "比重", *lorenz(cell, rule))]
        made += [("density", "元/人·年", *density(cell, rule))] if residence == "all" else []
        for curve, unit, x, y in made:
            groups = len(x) - 1 if curve == "lorenz" else np.nan
            parts += [(place, year, residence, curve, groups, *point, unit) for point in zip(x, y, strict=True)]
    frame = pd.DataFrame(parts, columns=COLUMNS[:-2])
    frame["status"], frame["source"] = frame["year"].map(status), source
    return frame[COLUMNS]
