"""Deprivation relative to others, and concentration among the rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from research.core.faults import DataError, Fault
from research.measures import policy
from research.measures.distribution import Distribution
from research.measures.formulas.deprivation import Kind

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


def deprivation(values: ArrayLike, weights: ArrayLike | None = None, *, kind: Kind = "kakwani") -> Floats:
    """Each person's relative deprivation, in the order of the values.

    ``sum_{j: x_j > x_i} w_j (x_j - x_i) / W``, over the mean of all for Kakwani's form.

    Parameters
    ----------
    values : array-like of shape (n,)
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for, above zero; only their proportions matter.
    kind : {"kakwani", "yitzhaki"}
        Relative to the mean (no unit), or in the unit of the values.

    Returns
    -------
    ndarray of shape (n,)
        0 for the richest.

    Raises
    ------
    DataError
        As `gini`.

    References
    ----------
    Kakwani (1984), Int. Econ. Review 25.

    Examples
    --------
    >>> deprivation([3, 1], kind="yitzhaki").tolist()
    [0.0, 1.0]
    """
    policy.choice(kind, "kind", ("kakwani", "yitzhaki"))
    d = Distribution(values, weights)
    if d.sum == 0:
        raise policy.undefined("deprivation", "all values are zero", "a relative index needs a mean above 0")
    x, people, held = d.x_sorted, d.cum_weight, d.cum_value
    last = np.searchsorted(x, d.x, side="right") - 1
    more = (held[-1] - held[last]) - (people[-1] - people[last]) * d.x
    scale = d.mean if kind == "kakwani" else float(np.ldexp(1.0, -d.shift))
    found: Floats = np.maximum(more, 0.0) / (people[-1] * scale)
    return found


def concentration_index(values: ArrayLike, weights: ArrayLike | None = None, *, by: ArrayLike) -> float:
    """Concentration index: how far `values` gather among those who rank high in `by`.

    ``2 cov(x, r) / mu`` with the rank r (0 to 1) in `by`, ties at the middle of their span. With
    ``by=values`` it is the Gini.

    Parameters
    ----------
    values : array-like of shape (n,)
        What is distributed (visits, benefits, an income source); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    by : array-like of shape (n,)
        What ranks the persons, such as income; negatives allowed.

    Returns
    -------
    float
        From -1 (all with the poorest) to 1 (all with the richest).

    Raises
    ------
    DataError
        As `gini`; or when `by` is not of the same length.

    References
    ----------
    Kakwani, Wagstaff & van Doorslaer (1997), J. Econometrics 77.

    Examples
    --------
    >>> concentration_index([0, 0, 3], by=[1, 2, 3])
    0.6666666666666666
    """
    x, w = policy.check(values, weights)
    rank_by, _ = policy.check(by, weights, name="by", negatives=True)
    if len(rank_by) != len(x):
        raise DataError(Fault("by", f"{len(x)} entries", f"{len(rank_by)} entries", kind="length"))
    d = Distribution(x, w)
    if d.sum == 0:
        raise policy.undefined("concentration_index", "all values are zero")
    if d.rows is not None:
        rank_by = rank_by[d.rows]
    rank = fractional_rank(rank_by, d.weights)
    return float(2 * d.average((d.x / d.mean - 1) * (rank - 0.5)))


def fractional_rank(values: Floats, weights: Floats) -> Floats:
    """Weighted rank from 0 to 1 of each clean value, ties at the middle of their common span.

    Examples
    --------
    >>> fractional_rank(np.array([5.0, 1.0, 5.0]), np.ones(3)).round(3).tolist()
    [0.667, 0.167, 0.667]
    """
    _, group = np.unique(values, return_inverse=True)
    mass = np.bincount(group, weights=weights)
    found: Floats = ((np.cumsum(mass) - mass / 2) / mass.sum())[group]
    return found
