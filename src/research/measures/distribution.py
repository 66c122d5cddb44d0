"""Checked values in order, computed once and shared by all measures that are asked of them."""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from research.core.faults import DataError, Fault
from research.core.kinds import Bools, Floats, Ints
from research.measures import policy

Weights: TypeAlias = ArrayLike | None

_MANY = 20_000  # from about here on, counting whole incomes is quicker than sorting them
_BIG, _SMALL = 1e100, 1e-100  # beyond these, squares and sums leave the range of a double


class Distribution:
    """Values and weights, checked once, sorted once; every measure takes it in place of `values`.

    Parameters
    ----------
    values : array-like of shape (n,)
        Incomes (yuan a year), zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`. `negative` then has their number and share of weight.

    Raises
    ------
    DataError
        As `policy.check` says; or when nothing is left.

    Examples
    --------
    >>> from research import measures as m
    >>> d = m.Distribution([1, 2, 3, 4, 10])
    >>> m.gini(d), m.palma_ratio(d)
    (0.4, 1.6666666666666667)
    """

    rows: Ints | None
    x: Floats
    w: Floats | None
    shift: int
    w_shift: int
    n: int

    def __init__(self, values: ArrayLike, weights: Weights = None, negatives: policy.Negatives = "refuse") -> None:
        policy.choice(negatives, "negatives", ("refuse", "zero", "drop", "keep"))
        x, w = policy.check(values, weights, negatives=negatives != "refuse")
        if negatives != "refuse" and x.min() < 0:
            x, w = self._below_zero(x, w, negatives)
        self.rows = None
        if w is not None and w.min() == 0:  # a row that stands for nobody is not there
            self.rows = np.flatnonzero(w)
            x, w = x[self.rows], w[self.rows]
        self._set(x, w)

    def _below_zero(self, x: Floats, w: Floats | None, rule: policy.Negatives) -> tuple[Floats, Floats | None]:
        """Values and weights by the rule for values below 0, whose number and share of weight are remembered."""
        at = x < 0
        share = float(at.mean() if w is None else w[at].sum() / w.sum())
        self.negative = (int(at.sum()), share)
        if rule == "keep":
            return x, w
        policy.warn_negatives(rule, *self.negative)
        if rule == "zero":
            return np.where(at, 0.0, x), w
        w = np.where(at, 0.0, 1.0 if w is None else w)  # a row that stands for nobody keeps its position
        if not w.any():
            raise policy.undefined("values", "no value of 0 or more")
        return np.where(at, 0.0, x), w

    @classmethod
    def from_sorted(cls, values: Floats, weights: Floats | None = None) -> Distribution:
        """A distribution out of clean arrays that are sorted already (not checked again)."""
        self = cls.__new__(cls)
        self.rows = None
        self._set(values, weights)
        self.__dict__["order"] = None
        self.__dict__["x_sorted"] = self.x
        self.__dict__["w_sorted"] = self.w
        return self

    @classmethod
    def gathered(
        cls, values: ArrayLike, weights: Weights = None, negatives: policy.Negatives = "refuse"
    ) -> Distribution:
        """A distribution with one row a distinct value where incomes are whole numbers and many, else as is.

        Measures do not change when rows are merged, and a count by value needs no sort.
        """
        self = cls(values, weights, negatives)
        x = self.x
        if not self.lossy and self.shift == 0 and self.n >= _MANY and (x[:1000] % 1 == 0).all():
            whole = x.astype(np.int64) if x.max() <= 8 * self.n else None
            if whole is not None and (whole == x).all():
                return self._merge(whole)
        return self

    def _merge(self, whole: Ints) -> Distribution:
        sums = np.bincount(whole, weights=self.w)
        levels = np.flatnonzero(sums)
        self.people = self.people
        self._given = self.x
        self.x, self.w, self.n = levels.astype(np.float64), sums[levels].astype(np.float64), len(levels)
        self.__dict__.update(order=None, x_sorted=self.x, w_sorted=self.w)
        return self

    negative = (0, 0.0)
    """Number and share of weight of the values below 0 that were given."""

    @cached_property
    def lossy(self) -> bool:
        """Whether values below 0 are among them."""
        return bool(self.x.min() < 0)

    @cached_property
    def people(self) -> float:
        """Effective number of rows: those of equal weight that would be worth as much (Kish)."""
        return float(self.n) if self.w is None else float(self.w.sum() ** 2 / (self.w**2).sum())

    def _set(self, x: Floats, w: Floats | None) -> None:
        self.shift, self.x = scaled(x)
        self.w_shift, self.w = (0, None) if w is None else scaled(w)
        self.n = len(x)

    @cached_property
    def weight_sum(self) -> float:
        """Sum of weights, on the scale used inside."""
        return float(self.n) if self.w is None else float(self.w.sum())

    @cached_property
    def sum(self) -> float:
        """Weighted sum of values, on the scale used inside."""
        return float(self.x.sum() if self.w is None else (self.x * self.w).sum())

    @cached_property
    def mean(self) -> float:
        """Weighted mean, on the scale used inside."""
        return self.sum / self.weight_sum

    def restore(self, value: float) -> float:
        """A value on the inner scale back in the unit that was given."""
        return float(np.ldexp(value, self.shift)) if self.shift else float(value)

    def inner(self, value: float) -> float:
        """A value in the unit given, such as a poverty line, on the inner scale."""
        return float(np.ldexp(value, -self.shift)) if self.shift else float(value)

    def positions(self, mask: Bools) -> Ints:
        """Positions, in the list as it was given, of the values that `mask` picks."""
        given = self.__dict__.get("_given")
        where = np.flatnonzero(mask) if given is None else np.flatnonzero(np.isin(given, self.x[mask]))
        return where if self.rows is None else self.rows[where]

    def average(self, per_value: Floats) -> float:
        """Weighted mean of something computed for each value."""
        if self.w is None:
            return float(per_value.sum() / self.n)
        return float((per_value * self.w).sum() / self.weight_sum)

    @cached_property
    def order(self) -> Ints:
        """The sorting permutation (ties in any order: no measure depends on it)."""
        order, self.__dict__["x_sorted"] = sort_order(self.x)
        return order

    @cached_property
    def x_sorted(self) -> Floats:
        """Values in rising order."""
        if self.w is None:
            return np.sort(self.x)
        self.order  # noqa: B018 - leaves the sorted values behind
        found: Floats = self.__dict__["x_sorted"]
        return found

    @cached_property
    def w_sorted(self) -> Floats | None:
        """Weights in the order of the values, or None when all are alike."""
        return None if self.w is None else self.w[self.order]

    @cached_property
    def cum_weight(self) -> Floats:
        """Running sum of weights in rising order of values; the last entry is the total."""
        if self.w_sorted is None:
            return np.arange(1.0, self.n + 1.0)
        return np.cumsum(self.w_sorted)

    @cached_property
    def cum_value(self) -> Floats:
        """Running weighted sum of values in rising order."""
        return np.cumsum(self.x_sorted if self.w_sorted is None else self.x_sorted * self.w_sorted)

    def locate(self, share: float) -> tuple[int, bool]:
        """Index of the first value whose running weight reaches `share`, and whether it hits it exactly."""
        target = share * self.cum_weight[-1]
        slack = 1e-12 * self.cum_weight[-1]  # so that rescaled weights and split rows fall on the same side
        i = int(np.searchsorted(self.cum_weight, target - slack))
        i = min(i, self.n - 1)
        return i, abs(self.cum_weight[i] - target) <= slack

    def quantile(self, q: float) -> float:
        """Lowest value whose share reaches `q`, the mean with the next one where it is hit exactly."""
        if q <= 0:
            return float(self.x_sorted[0])
        i, hit = self.locate(q)
        if hit and i + 1 < self.n:
            return float((self.x_sorted[i] + self.x_sorted[i + 1]) / 2)
        return float(self.x_sorted[i])

    def sum_below(self, share: float) -> float:
        """Sum of values of the poorest `share`, the person on the border split."""
        i, hit = self.locate(share)
        if hit:
            return float(self.cum_value[i])
        over = self.cum_weight[i] - share * self.cum_weight[-1]
        return float(self.cum_value[i] - over * self.x_sorted[i])

    def distinct(self) -> tuple[Floats, Floats]:
        """Distinct values with the sum of weights of each."""
        x, start = np.unique(self.x_sorted, return_index=True)
        w = self.weights_sorted
        return x, np.add.reduceat(w, start)

    @property
    def weights_sorted(self) -> Floats:
        """Weights in the order of the values, ones when none were given."""
        return np.ones(self.n) if self.w_sorted is None else self.w_sorted

    @property
    def weights(self) -> Floats:
        """Weights as an array in the order given, ones when none were given."""
        return np.ones(self.n) if self.w is None else self.w


def near_order(x: Floats) -> Ints:
    """A permutation that sorts values of 0 or more up to differences of about one part in 2^30.

    The bits of such a double rise with its value, so its upper bits with the position in the lower ones
    make a key that numpy sorts several times as fast as it finds a permutation.
    """
    bits = max(len(x) - 1, 1).bit_length()
    mask = (1 << bits) - 1
    keys = np.ascontiguousarray(x).view(np.int64) & ~mask
    place = np.arange(min(len(x), 1 << 13))
    for start in range(0, len(x), 1 << 13):  # in pieces: a whole arange would cost as much as a pass
        part = keys[start : start + (1 << 13)]
        part |= place[: len(part)] + start
    keys.sort()
    keys &= mask
    return keys


def sort_order(x: Floats) -> tuple[Ints, Floats]:
    """The sorting permutation of clean values, and the sorted values.

    Examples
    --------
    >>> order, x = sort_order(np.array([3.0, 1.0, 2.0]))
    >>> order.tolist(), x.tolist()
    ([1, 2, 0], [1.0, 2.0, 3.0])
    """
    if not 4096 <= len(x) <= 1 << 26 or x.min() < 0:
        order: Ints = np.argsort(x)
        return order, x[order]
    order = near_order(x)
    out = x.take(order)
    falls = np.flatnonzero(out[1:] < out[:-1])
    if len(falls) > 5000:  # very many values that differ in their last digits only
        order = np.argsort(x)
        return order, x[order]
    if len(falls):
        upper = out.view(np.int64) >> max(len(x) - 1, 1).bit_length()
        for low, high in {(int(a), int(b)) for a, b in zip(*_blocks(upper, falls), strict=True)}:
            inside = np.argsort(out[low:high])
            order[low:high], out[low:high] = order[low:high][inside], out[low:high][inside]
    return order, out


def _blocks(upper: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Where the stretches of equal upper bits that hold some rows begin and end."""
    at = upper[rows]
    return np.searchsorted(upper, at), np.searchsorted(upper, at, side="right")


def distribution(values: Values, weights: Weights = None, negatives: policy.Negatives = "refuse") -> Distribution:
    """`values` itself when it is a `Distribution` already (it has its own rule for values below 0), else a new one."""
    if isinstance(values, Distribution):
        if weights is not None:
            raise DataError(Fault("weights", "none, since a Distribution holds its own", "weights", kind="parameter"))
        return values
    return Distribution.gathered(values, weights, negatives)


def scaled(x: Floats) -> tuple[int, Floats]:
    """A binary exponent and the values brought down by it: 0 unless squares would leave the range of doubles."""
    top = max(x.max(), -x.min())
    if top == 0 or _SMALL < top < _BIG:
        return 0, x
    exponent = int(np.frexp(top)[1])
    return exponent, np.ldexp(x, -exponent)


Values: TypeAlias = ArrayLike | Distribution
"""What a measure takes: numbers, or a distribution of them."""
