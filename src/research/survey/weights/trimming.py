"""Weights that are too large brought back, and the price of unequal weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from research.core.faults import DataError, Fault, say

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


def kish(weights: ArrayLike) -> float:
    """Design effect of unequal weights: n times the sum of squares over the square of the sum.

    Parameters
    ----------
    weights : array-like of shape (n,)

    Returns
    -------
    float
        1 where all are alike.

    References
    ----------
    Kish (1965), "Survey Sampling", section 11.7.

    Examples
    --------
    >>> kish([1, 1, 4])
    1.5
    """
    w = np.asarray(weights, float)
    return float(len(w) * (w * w).sum() / w.sum() ** 2)


def trim(weights: ArrayLike, lower: float = 0.0, upper: float = np.inf, *, strict: bool = True) -> Floats:
    """Weights between two limits with the same sum: what is cut off goes to the others in equal parts.

    Parameters
    ----------
    weights : array-like of shape (n,)
    lower, upper : float
        Limits.
    strict : bool
        Again until none is outside; else once, as some may then be a little above.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    DataError
        For limits between which the sum has no room.

    References
    ----------
    Potter (1990), Proceedings of the ASA's Survey Research Methods Section; as R's `survey::trimWeights`.

    Examples
    --------
    >>> trim([1, 1, 2, 8], upper=6).round(4).tolist()
    [1.6667, 1.6667, 2.6667, 6.0]
    """
    w = np.asarray(weights, float).copy()
    total, settled = w.sum(), np.zeros(len(w), dtype=bool)
    if not lower * len(w) <= total <= upper * len(w):
        text = say(f"room for a sum of {total:.6g}", f"容得下合计{total:.6g}")
        found = say(f"{len(w)} weights from {lower:g} to {upper:g}", f"{len(w)}个权数，{lower:g}至{upper:g}")
        raise DataError(Fault("limits", text, found, kind="parameter"))
    for _ in range(len(w)):
        outside = (w < lower - 1e-12 * total) | (w > upper + 1e-12 * total)
        if not outside.any():
            break
        settled |= outside
        cut = np.clip(w, lower, upper)
        free = ~settled
        if not free.any():
            break
        cut[free] += (w - cut).sum() / free.sum()
        w = cut
        if not strict:
            break
    return w
