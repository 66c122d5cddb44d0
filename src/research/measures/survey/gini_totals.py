"""The Gini with the cluster totals of its influence in two passes, where passes over the data are what costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints


_CHUNK = 1 << 13  # keeps the work in cache
LARGE = 1 << 16
"""Rows from which on this pays; below, the influence function and its sums are as quick."""


def _away(x: Floats, w: Floats) -> tuple[Floats, float, float, float]:
    """``sum_j w_j (x_i - x_j)`` over the rows up to each, the total of that by weight, of the weights and the mean."""
    away, reached, apart = np.empty(len(x)), 0j, 0.0
    both = np.empty(min(_CHUNK, len(x)), dtype=complex)
    for start in range(0, len(x), _CHUNK):
        rows = slice(start, start + _CHUNK)
        run = both[: len(x[rows])]
        run.real = w[rows]
        np.multiply(x[rows], w[rows], out=run.imag)
        run[0] += reached
        np.cumsum(run, out=run)
        reached = run[-1]
        np.multiply(x[rows], run.real, out=away[rows])
        away[rows] -= run.imag
        apart += away[rows].dot(w[rows])  # short enough for BLAS to stay in one thread
    return away, float(apart), reached.real, reached.imag / reached.real


def _away_by_cluster(x: Floats, w: Floats, psu: Ints, clusters: int, running: Floats) -> tuple[Floats, float, float]:
    """What `_away` gives times each row's weight by cluster, the total of it, and that of weight times value."""
    own, apart, reached = np.zeros(clusters), 0.0, 0.0
    step = max(_CHUNK, 8 * clusters)  # with many clusters their sums are what costs
    mass, away = np.empty((2, min(step, len(x))))
    for start in range(0, len(x), step):
        rows = slice(start, start + step)
        weight = w[rows]
        here, part = mass[: len(weight)], away[: len(weight)]
        np.multiply(x[rows], weight, out=here)
        np.multiply(here, running[rows], out=part)
        here[0] += reached
        np.cumsum(here, out=here)
        reached = float(here[-1])
        here *= weight
        part -= here
        apart += float(part.sum())
        own += np.bincount(psu[rows], weights=part, minlength=clusters)
    return own, apart, reached


def gini_by_cluster(
    x: Floats, w: Floats, psu: Ints, weights: Floats, incomes: Floats, running: Floats | None = None
) -> tuple[float, Floats]:
    """Gini and weighted sums of its influence by cluster, where two of the three sums it is made of are known.

    Parameters
    ----------
    x, w, psu : ndarray of shape (n,)
        As in `gini_totals`.
    weights, incomes : ndarray
        Sums of the weights, and of weight times value, by cluster.
    running : ndarray of shape (n,), optional
        Sums of the weights up to each row, where they are known.

    Returns
    -------
    tuple of (float, ndarray)

    Examples
    --------
    >>> gini, sums = gini_by_cluster(np.array([1.0, 3]), np.ones(2), np.array([0, 1]), np.ones(2), np.array([1.0, 3]))
    >>> gini, sums.tolist()
    (0.25, [0.125, -0.125])
    """
    running = np.cumsum(w) if running is None else running
    own, apart, income = _away_by_cluster(x, w, psu, len(weights), running)
    total = float(running[-1])
    mean = income / total
    gini = max(0.0, float(apart / total / total / mean))
    return gini, 2 / total / mean * own - (1 + gini) / mean * incomes + (1 - gini) * weights


def gini_totals(x: Floats, w: Floats, psu: Ints, clusters: int) -> tuple[float, float, Floats]:
    """Gini, weighted sum of its squared influence, and weighted sums of the influence by cluster.

    The influence is ``(E|x - Y| - D)/mu - G (x - mu)/mu`` with the mean difference D = 2 G mu (Langel &
    Tillé 2013). Running weight and running income are one running sum of complex numbers: it takes no longer
    than that of one of them.

    Parameters
    ----------
    x, w : ndarray of shape (n,)
        Values in rising order, their mean above 0, and weights.
    psu : ndarray of shape (n,)
        Cluster of each row, integers from 0.
    clusters : int
        Number of clusters.

    Returns
    -------
    tuple of (float, float, ndarray)
        Gini, ``sum_i w_i z_i^2``, and ``sum_i w_i z_i`` by cluster.

    Examples
    --------
    >>> gini, square, sums = gini_totals(np.array([1.0, 3]), np.ones(2), np.array([0, 1]), 2)
    >>> gini, square, sums.tolist()
    (0.25, 0.03125, [0.125, -0.125])
    """
    away, apart, total, mean = _away(x, w)
    gini = max(0.0, float(apart / total / total / mean))
    return gini, *_sums(away, x, w, psu, clusters, (2 / total / mean, (1 + gini) / mean, 1 - gini))


def _sums(
    away: Floats, x: Floats, w: Floats, psu: Ints, clusters: int, factors: tuple[float, float, float]
) -> tuple[float, Floats]:
    """Sums of the influence ``a away - b x + c``, which takes the place of `away`."""
    a, b, c = factors
    square, sums = 0.0, np.zeros(clusters)
    for start in range(0, len(x), _CHUNK):
        rows = slice(start, start + _CHUNK)
        z = away[rows]
        z *= a
        z -= x[rows] * b
        z += c
        weighted = z * w[rows]
        square += z.dot(weighted)
        sums += np.bincount(psu[rows], weights=weighted, minlength=clusters)
    return float(square), sums
