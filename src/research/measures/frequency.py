"""Frequency tables: a distribution as counts by value, which merge by addition.

Exact for every measure, and as small as the number of different incomes: the way to data in parts and to
data larger than memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from research.measures import policy
from research.measures.distribution import Distribution

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


class FrequencyTable:
    """Distinct values in rising order with the weight and the number of rows of each.

    Parameters
    ----------
    values : array-like of shape (n,)
        Incomes (yuan a year), zeros allowed; whole numbers make small tables.
    weights : array-like of shape (n,), optional
        Persons each value stands for.

    Raises
    ------
    DataError
        As `policy.check` says.

    Examples
    --------
    >>> from research import measures as m
    >>> part = m.FrequencyTable([3, 1, 3]) + m.FrequencyTable([1, 2])
    >>> part.values.tolist(), part.weights.tolist(), len(part)
    ([1.0, 2.0, 3.0], [2.0, 1.0, 2.0], 3)
    >>> m.gini(part.distribution()) == m.gini([3, 1, 3, 1, 2])
    True
    """

    def __init__(self, values: ArrayLike, weights: ArrayLike | None = None) -> None:
        x, w = policy.check(values, weights)
        self._gather(x, np.ones(len(x)) if w is None else w, np.ones(len(x)))

    @classmethod
    def _of(cls, values: Floats, weights: Floats, counts: Floats) -> FrequencyTable:
        self = cls.__new__(cls)
        self._gather(values, weights, counts)
        return self

    def _gather(self, x: Floats, w: Floats, counts: Floats) -> None:
        top = x.max()
        if top <= 8 * len(x) + 1_000_000 and (x == x.astype(np.int64)).all():
            whole = x.astype(np.int64)
            n = np.asarray(np.bincount(whole, weights=counts), float)
            levels = np.flatnonzero(n)
            self.values, self.counts = levels.astype(np.float64), n[levels]
            self.weights = np.asarray(np.bincount(whole, weights=w), float)[levels]
        else:
            self.values, place = np.unique(x, return_inverse=True)
            self.counts = np.asarray(np.bincount(place, weights=counts), float)
            self.weights = np.asarray(np.bincount(place, weights=w), float)

    def __add__(self, other: FrequencyTable) -> FrequencyTable:
        """Both tables' rows in one table."""
        pairs = ((getattr(self, k), getattr(other, k)) for k in ("values", "weights", "counts"))
        return FrequencyTable._of(*(np.concatenate(p) for p in pairs))

    def __len__(self) -> int:
        """Number of distinct values."""
        return len(self.values)

    def distribution(self) -> Distribution:
        """The distribution of all rows, ready for any measure."""
        keep = self.weights > 0
        return Distribution.from_sorted(self.values[keep], self.weights[keep])
