"""Definitions of other packages that differ from ours, under names of their own, for comparison only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from research.measures import policy
from research.measures.distribution import Distribution, Values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def gini_convey(values: Values, weights: ArrayLike | None = None) -> float:
    """Gini as R's convey computes it; for comparison only, since it moves when weights are rescaled.

    ``sum_i (2 r_i - 1) w_i x_i / (W sum_i w_i x_i) - 1`` with the running weight r_i in rising order of
    values. Where each weight is 1 it equals `gini`. Otherwise it lies above by ``sum_i w_i (w_i - 1) x_i /
    (W sum_i w_i x_i)``, and it depends on the unit of the weights and on the splitting of rows.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; here their size matters, not only their proportions.

    Returns
    -------
    float
        From 0 for weights of 1; with weights below 1 it can be negative, with large ones above 1. No unit.

    Raises
    ------
    DataError
        As `gini`.

    References
    ----------
    Pessoa, Damico & Jacob, R package convey, function svygini (CalcGini).

    Examples
    --------
    >>> from research import measures as m
    >>> round(gini_convey([1, 2, 3, 4, 10]), 12), m.gini([1, 2, 3, 4, 10])
    (0.4, 0.4)
    >>> round(gini_convey([10, 20, 30], [2, 3, 5]), 12), round(gini_convey([10, 20, 30], [200, 300, 500]), 12)
    (0.5, 0.599)
    >>> m.gini([10, 20, 30], [2, 3, 5]) == m.gini([10, 20, 30], [200, 300, 500])
    True
    """
    d = values if isinstance(values, Distribution) else Distribution(values, weights)  # rows stay as they are
    if d.x.max() == 0:
        raise policy.undefined("gini_convey", "all values are zero", "a relative index needs a mean above 0")
    w = np.ones(d.n) if d.w_sorted is None else np.ldexp(d.w_sorted, d.w_shift)
    held = w * d.x_sorted
    return float(((2 * np.cumsum(w) - 1) * held).sum() / (w.sum() * held.sum()) - 1)
