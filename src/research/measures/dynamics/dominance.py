"""Stochastic dominance: is one distribution better than another whatever one's (sensible) taste?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.measures import policy
from research.measures.distribution import Values
from research.measures.dynamics.growth import _checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


@dataclass(frozen=True)
class Dominance:
    """Verdict on two distributions.

    Parameters
    ----------
    verdict : str
        "a dominates", "b dominates", "curves cross" or "no difference shown".
    order : int
        1: more income at every rank. 2: more for everyone who also dislikes inequality.
    p_a_not_worse, p_b_not_worse : float
        p-values of the hypotheses that a (or b) dominates weakly; a small one rejects it.
    curve : DataFrame
        Tidy: `x` (income), `a`, `b` (distribution functions of that order), `difference` (a less b).
    level : float
        At which the hypotheses are rejected.
    """

    verdict: str
    order: int
    p_a_not_worse: float
    p_b_not_worse: float
    curve: pd.DataFrame
    level: float


def stochastic_dominance(
    a: Values,
    b: Values,
    a_weights: ArrayLike | None = None,
    b_weights: ArrayLike | None = None,
    *,
    order: int = 1,
    level: float = 0.05,
    replicates: int = 500,
    points: int = 200,
    seed: int = 20240701,
) -> Dominance:
    """First- or second-order stochastic dominance of two independent samples, with a test.

    a dominates b when its distribution function (order 1), or the integral of it (order 2), lies nowhere
    above b's and somewhere below. Both directions are tested after Barrett & Donald by the largest
    difference, with p-values from a bootstrap of the pooled sample; a verdict needs one hypothesis rejected
    and the other not.

    ``D_1(z) = F(z)``, ``D_2(z) = mean(max(z - x, 0))``; a dominates where its D is nowhere above that of b.

    Parameters
    ----------
    a, b : array-like of shape (n,)
        Incomes (yuan a year, prices of one year); zeros allowed.
    a_weights, b_weights : array-like, optional
        Persons each value stands for.
    order : {1, 2}
        Order of dominance.
    level : float
        Level of the test.
    replicates : int
        Bootstrap replicates, from 19 on.
    points : int
        Incomes at which the curves are compared: quantiles of both samples together.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Dominance

    Raises
    ------
    DataError
        Naming each awkward entry of either sample, or a parameter out of range.

    References
    ----------
    Barrett & Donald (2003), Econometrica 71.

    Examples
    --------
    >>> x = np.arange(1.0, 101.0)
    >>> stochastic_dominance(x + 40, x).verdict
    'a dominates'
    """
    order = int(policy.number(order, "order", 1, 2))
    level = policy.number(level, "level", 0, 1, open_low=True, open_high=True)
    count = int(policy.number(replicates, "replicates", 19))
    points = int(policy.number(points, "points", 10))
    da, db = _checked(a, a_weights, "a"), _checked(b, b_weights, "b")
    xa, wa = np.ldexp(da.x, da.shift), da.weights / da.weights.sum()
    xb, wb = np.ldexp(db.x, db.shift), db.weights / db.weights.sum()
    grid = np.unique(np.quantile(np.concatenate([xa, xb]), np.linspace(0, 1, points)))
    curve_a, curve_b = _curve(xa, wa, grid, order), _curve(xb, wb, grid, order)
    seen = (np.max(curve_a - curve_b), np.max(curve_b - curve_a))
    p_a, p_b = _p_values(xa, wa, xb, wb, grid, order, seen, count, seed)
    curve = pd.DataFrame({"x": grid, "a": curve_a, "b": curve_b, "difference": curve_a - curve_b})
    return Dominance(_verdict(p_a, p_b, level), order, p_a, p_b, curve, level)


def _curve(x: Floats, w: Floats, grid: Floats, order: int) -> Floats:
    """Share at or below each income, or the mean shortfall from it."""
    ordered = np.argsort(x)
    x, w = x[ordered], w[ordered]
    below = np.concatenate(([0.0], np.cumsum(w)))
    at = np.searchsorted(x, grid, side="right")
    if order == 1:
        return below[at]
    held = np.concatenate(([0.0], np.cumsum(w * x)))
    return grid * below[at] - held[at]


def _p_values(
    xa: Floats,
    wa: Floats,
    xb: Floats,
    wb: Floats,
    grid: Floats,
    order: int,
    seen: tuple[float, float],
    count: int,
    seed: int,
) -> tuple[float, float]:
    """Shares of pooled resamples with a larger difference than the one seen."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([xa, xb])
    w = np.concatenate([wa * len(xa), wb * len(xb)])  # weights of mean 1 in both, so that each keeps its size
    per_row = _contributions(x, grid, order)
    larger = np.zeros(2)
    for _ in range(count):
        sums = []
        for n in (len(xa), len(xb)):
            drawn = np.bincount(rng.integers(0, len(x), n), minlength=len(x)) * w
            sums.append(per_row(drawn) / drawn.sum())
        difference = sums[0] - sums[1]
        larger += (difference.max() >= seen[0], (-difference).max() >= seen[1])
    return tuple(((larger + 1) / (count + 1)).tolist())


def _contributions(x: Floats, grid: Floats, order: int) -> Callable[[Floats], Floats]:
    """A function of row weights that gives the curve's (unscaled) heights on the grid."""
    cell = np.searchsorted(grid, x, side="left")
    size = len(grid) + 1

    def heights(w: Floats) -> Floats:
        below = np.asarray(np.cumsum(np.bincount(cell, w, size))[: len(grid)], float)
        if order == 1:
            return below
        found: Floats = grid * below - np.cumsum(np.bincount(cell, w * x, size))[: len(grid)]
        return found

    return heights


def _verdict(p_a: float, p_b: float, level: float) -> str:
    """What the two tests say together."""
    if p_a >= level and p_b < level:
        return "a dominates"
    if p_b >= level and p_a < level:
        return "b dominates"
    return "curves cross" if p_a < level else "no difference shown"
