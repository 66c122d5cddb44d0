"""Measures under many sets of weights at once: values sorted a single time, one row of weights a replicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from research.core.faults import DataError
from research.measures.distribution import Distribution
from research.measures.measure import MEASURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from research.core.kinds import Bools, Floats, Ints


_BLOCK = 64  # rows whose pairs are looked at one by one
_CELLS = 1 << 20  # weights held at once; keeps the working set near the cache


def replicate(name: str, d: Distribution, multipliers: Multipliers, parameters: Mapping[str, Any]) -> Floats:
    """One measure under each row of weight multipliers.

    Parameters
    ----------
    name : str
        One of `MEASURES`.
    d : Distribution
        The data.
    multipliers : callable
        ``multipliers(start, stop)`` gives rows start to stop of shape (rows, n), in rising order of values.
        Its attribute `count` is the number of replicates.
    parameters : dict
        The measure's parameters.

    Returns
    -------
    ndarray of shape (count,)
        nan where a replicate leaves nothing on which the measure is defined.

    Examples
    --------
    >>> rows = np.array([[1.0, 1, 1], [0, 1, 1]])
    >>> def multipliers(start, stop):
    ...     return rows[start:stop]
    >>> multipliers.count = 2
    >>> replicate("mean", Distribution([1, 2, 6]), multipliers, {}).tolist()
    [3.0, 4.0]
    """
    kernel = MEASURES[name].kernel
    if kernel is not None:
        return by_kernel(lambda rows: kernel(rows, **parameters), d, multipliers)
    out = np.empty(multipliers.count)
    step = max(1, _CELLS // d.n)
    w = d.weights_sorted
    for start in range(0, multipliers.count, step):
        stop = min(start + step, multipliers.count)
        out[start:stop] = [_one(name, d, row, parameters) for row in multipliers(start, stop) * w]
    return out


def by_kernel(kernel: Callable[[Rows], Any], d: Distribution, multipliers: Multipliers) -> Floats:
    """A number for each row of weight multipliers, computed by blocks of rows at once.

    Parameters
    ----------
    kernel : callable
        ``kernel(rows)`` with `Rows`.
    d, multipliers :
        As for `replicate`.

    Returns
    -------
    ndarray of shape (count,)
    """
    out = np.empty(multipliers.count)
    step = max(1, _CELLS // d.n)
    w = d.weights_sorted
    clusters = _Clusters.of(d, multipliers)
    for start in range(0, multipliers.count, step):
        stop = min(start + step, multipliers.count)
        with np.errstate(invalid="ignore", divide="ignore"):
            rows = Rows(d, partial(_weighted, multipliers, start, stop, w), clusters, slice(start, stop))
            out[start:stop] = kernel(rows)
    return out


def _weighted(multipliers: Multipliers, start: int, stop: int, w: Floats) -> Floats:
    return multipliers(start, stop) * w


def _one(name: str, d: Distribution, weights: Floats, parameters: Mapping[str, Any]) -> float:
    keep = weights > 0
    if not keep.any():
        return np.nan
    try:
        part = Distribution.from_sorted(np.ldexp(d.x_sorted[keep], d.shift), weights[keep])
        return MEASURES[name](part, **parameters)
    except DataError:
        return np.nan


class Multipliers(Protocol):
    """Rows of weight multipliers, made when asked for; they may say that they are the same within clusters."""

    count: int

    def __call__(self, start: int, stop: int, /) -> NDArray[np.floating[Any]]: ...


class ByCluster(Multipliers, Protocol):
    """Multipliers that rows share with their cluster: a column each, and the cluster of each row."""

    matrix: NDArray[np.floating[Any]]
    psu: Ints


class _Clusters:
    """Multipliers that are the same for all rows of a cluster: sums by cluster do for many measures."""

    def __init__(self, d: Distribution, matrix: NDArray[np.floating[Any]], psu: Ints) -> None:
        self.d = d
        self.present, self.of_row = np.unique(psu, return_inverse=True)
        self.matrix = matrix[:, self.present].astype(np.float64)
        self.w = d.weights_sorted

    @classmethod
    def of(cls, d: Distribution, multipliers: Multipliers) -> _Clusters | None:
        """The clusters of some multipliers, or None where each row has its own or they are too many."""
        matrix = getattr(multipliers, "matrix", None)
        if matrix is None or d.n * 2 < matrix.shape[1]:
            return None
        self = cls(d, matrix, cast("ByCluster", multipliers).psu)
        return self if len(self.present) <= min(d.n // 2, 4 * len(matrix)) else None

    def sums(self, per_value: Floats) -> Floats:
        """Weighted sums by cluster."""
        return np.asarray(np.bincount(self.of_row, weights=self.w * per_value, minlength=len(self.present)), float)

    @cached_property
    def common(self) -> Floats:
        """For each pair of clusters, the sum over pairs of persons of w w (top - the higher of both).

        With running weights F, the integral of F^2 over incomes is a quadratic form in the multipliers.
        """
        k, d = len(self.present), self.d
        reach = self.w * (d.x_sorted[-1] - d.x_sorted)
        block = np.arange(d.n) // _BLOCK
        cell, shape = block * k + self.of_row, (block[-1] + 1, k)
        ahead = np.bincount(cell, weights=reach, minlength=shape[0] * k).reshape(shape)
        before = np.bincount(cell, weights=self.w, minlength=shape[0] * k).reshape(shape)
        before = np.cumsum(before, axis=0) - before  # weight of each cluster in the blocks before
        out: Floats = np.einsum("cb,bd->cd", np.ascontiguousarray(ahead.T), before)
        out += self._inside_blocks(reach)
        out += out.T
        out[np.arange(k), np.arange(k)] += self.sums(reach)
        return out

    def _inside_blocks(self, reach: Floats) -> Floats:
        """The part of `common` from pairs within one block of neighbouring rows, the lower one before."""
        k, n = len(self.present), self.d.n
        later, earlier = np.tril_indices(_BLOCK, -1)
        out = np.zeros(k * k)
        piece = 64 * _BLOCK
        for start in range(0, n, piece):
            count = min(piece, n - start)
            size = -(-count // _BLOCK) * _BLOCK
            part = np.zeros((3, size))
            rows = slice(start, start + count)
            part[:, :count] = reach[rows], self.w[rows], self.of_row[rows]
            r, w, c = (v.reshape(-1, _BLOCK) for v in part)
            cells = c.astype(np.int64)[:, later] * k + c.astype(np.int64)[:, earlier]
            out += np.bincount(cells.ravel(), weights=(r[:, later] * w[:, earlier]).ravel(), minlength=k * k)
        return out.reshape(k, k)


class Rows:
    """Sorted values under several rows of weights, with what the kernels share.

    Parameters
    ----------
    d : Distribution
        The values.
    weights : callable
        Gives the weights, of shape (rows, n).
    clusters : _Clusters, optional
        Where rows share the multipliers of their cluster.
    which : slice
        Which of all replicates these are.
    """

    def __init__(
        self,
        d: Distribution,
        weights: Callable[[], Floats],
        clusters: _Clusters | None = None,
        which: slice | None = None,
    ) -> None:
        self.d, self.x, self._weights, self.clusters, self.which = d, d.x_sorted, weights, clusters, which
        self._cum: Floats | None = None
        self._held: Floats | None = None

    @cached_property
    def w(self) -> Floats:
        return self._weights()

    def sums(self, per_value: Floats) -> Floats:
        """Weighted sum of something computed for each value, a number a row of weights."""
        if self.clusters is None:
            found: Floats = np.einsum("bi,i->b", self.w, per_value)  # not BLAS: its threads stall on small machines
            return found
        found = np.einsum("bi,i->b", self.clusters.matrix[self.which], self.clusters.sums(per_value))
        return found

    @cached_property
    def total(self) -> Floats:
        return self.sums(np.ones(len(self.x)))

    @cached_property
    def mean(self) -> Floats:
        return self.average(self.x)

    def average(self, per_value: Floats) -> Floats:
        return self.sums(per_value) / self.total

    @property
    def cum(self) -> Floats:
        if self._cum is None:
            self._cum = np.cumsum(self.w, axis=1)
        return self._cum

    @property
    def held(self) -> Floats:
        if self._held is None:
            self._held = np.cumsum(self.w * self.x, axis=1)
        return self._held

    def at(self, table: Floats, index: Ints) -> Floats:
        return np.take_along_axis(table, index[:, None], axis=1)[:, 0]

    def locate(self, share: float) -> tuple[Ints, Floats, Bools, Floats]:
        top = self.cum[:, -1]
        slack = 1e-12 * top
        target = share * top
        i = np.minimum((self.cum < (target - slack)[:, None]).sum(axis=1), len(self.x) - 1)
        reached = self.at(self.cum, i)
        return i, reached, np.abs(reached - target) <= slack, target

    def quantile(self, q: float) -> Floats:
        if q <= 0:
            found: Floats = self.x[(self.cum <= 0).sum(axis=1).clip(max=len(self.x) - 1)]
            return found
        i, reached, hit, _ = self.locate(q)
        after = (self.cum <= (reached * (1 + 1e-12))[:, None]).sum(axis=1)
        after = np.where(hit & (after < len(self.x)), np.minimum(after, len(self.x) - 1), i)
        return (self.x[i] + self.x[after]) / 2

    def sum_below(self, share: float) -> Floats:
        if share <= 0:
            return np.zeros(len(self.w))
        i, reached, _, target = self.locate(share)
        return self.at(self.held, i) - (reached - target) * self.x[i]
