"""The Gini coefficient, as it is, extended, and normalised for net losses."""

from __future__ import annotations

import numpy as np

from research.core.kinds import Floats, Ints
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights, near_order
from research.measures.formulas.parts import average, centred, defined, distance, relative, with_mean
from research.measures.measure import Measure, register
from research.measures.policy import Negatives

_CHUNK = 1 << 13  # keeps the work in cache and the extra memory small


def gini(values: Values, weights: Weights = None, *, negatives: Negatives = "refuse") -> float:
    """Gini coefficient by its exact pairwise definition.

    ``sum_ij w_i w_j |x_i - x_j| / (2 W^2 mu)``: half the mean difference between two persons drawn at
    random, relative to the mean. Rescaled weights, split or merged rows leave it as it is.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person, one unit throughout (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        From 0 (all alike) to below 1 (one has all); with values below 0 it can pass 1. No unit.

    Raises
    ------
    DataError
        Naming each missing, infinite or negative entry; or when all values are zero.

    References
    ----------
    Gini (1912), "Variabilità e mutabilità"; Yitzhaki & Schechtman (2013), "The Gini Methodology", ch. 2.

    Examples
    --------
    >>> gini([1, 2, 3, 4, 10])
    0.4
    >>> gini([1, 3], weights=[3, 1])
    0.25
    """
    d = with_mean(values, weights, "gini", negatives)
    if d is not values and d.w is not None and not d.lossy and "x_sorted" not in d.__dict__ and 4096 <= d.n <= 1 << 26:
        value = _gini_once(d)
        if value is not None:
            return value
    x, w, total = d.x_sorted, d.w_sorted, d.weight_sum
    known: Floats | None = d.cum_weight if w is None or d.n <= _CHUNK else d.__dict__.get("cum_weight")
    area = reached = 0.0
    for start in range(0, d.n - 1, _CHUNK):  # integral of F(1 - F): exactly 0 when all are alike
        stop = min(start + _CHUNK, d.n - 1)
        below = known[start:stop] if known is not None else np.cumsum(d.weights_sorted[start:stop]) + reached
        reached = below[-1]
        step = x[start + 1 : stop + 1] - x[start:stop]
        step *= below
        step *= total - below
        area += step.sum()
    return float(area / total / d.sum)


def _gini_once(d: Distribution) -> float | None:
    """The same when nothing else is asked of the data: no sorted copies, only the permutation.

    None where very many values differ in their last digits only, and the quick permutation will not do.
    """
    order, total = near_order(d.x), d.weight_sum
    both = np.empty(d.n, dtype=complex)  # value and weight side by side: one far reach into memory for two
    both.real, both.imag = d.x, d.weights
    area, reached, last, held, stop = 0.0, 0.0, 0.0, 0.0, 0
    while stop < d.n:
        start, stop = stop, _end_of_ties(d.x, order, stop + _CHUNK)
        rows = both.take(order[start:stop])
        x = rows.real
        step = x[1:] - x[:-1]
        if len(step) and step.min() < 0:  # values that differ in their last digits only
            rows = rows[np.argsort(x)]
            x = rows.real
            step = x[1:] - x[:-1]
        if x[0] < last:
            return None
        below = rows.imag
        held += x.dot(below)  # short enough for BLAS to stay in one thread
        area += reached * (total - reached) * (x[0] - last)
        below[0] += reached
        below = np.cumsum(below)
        above = total - below[:-1]
        above *= step
        area += above.dot(below[:-1])
        reached, last = below[-1], x[-1]
    return max(0.0, float(area / total / held))


def _end_of_ties(x: Floats, order: Ints, stop: int) -> int:
    """`stop`, or a little later where it would part values that are not in order among themselves."""
    for here in range(stop, min(stop + 256, len(order))):
        if x[order[here]] > x[order[here - 1]] * (1 + 1e-7):
            return here
    return min(stop, len(order))


def gini_influence(d: Distribution) -> Floats:
    """(E|x - Y| - D)/mu - G (x - mu)/mu, with D = 2 G mu."""
    away = distance(d) / d.mean
    index = average(d, away) / 2
    return away - index * (1 + relative(d))


def gini_kernel(r: Rows) -> Floats:
    """By the sums of clusters where rows share their multipliers, else by running weights."""
    return half_distance(r) / r.mean


def half_distance(r: Rows) -> Floats:
    """Half the mean difference between two persons, a number a row of weights."""
    if r.clusters is not None:
        m = r.clusters.matrix[r.which]
        squares = (np.einsum("bi,ij->bj", m, r.clusters.common) * m).sum(axis=1)  # integral of F^2
        found: Floats = (r.sums(r.x[-1] - r.x) * r.total - squares) / r.total**2
        return found
    inner = r.cum[:, :-1] * (r.total[:, None] - r.cum[:, :-1])
    return (inner @ np.diff(r.x)) / r.total**2


register(
    Measure(
        "gini",
        gini,
        influence=gini_influence,
        kernel=gini_kernel,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="基尼系数",
        en="Gini coefficient",
        unit="系数",
        factor=1,
    )
)


def gini_normalised(
    values: Values, weights: Weights = None, *, finite: bool = False, negatives: Negatives = "keep"
) -> float:
    """Gini coefficient normalised for net losses, after Raffinetti, Siletti and Vernizzi: from 0 to 1 with any values.

    ``sum_ij w_i w_j |x_i - x_j| / (2 W sum_i w_i |x_i|)``: half the mean difference, relative to the mean of
    the absolute values - what it is when one person has all gains and another all losses. Without values
    below 0 it is the Gini.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year), net losses included.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    finite : bool
        Divide by ``(N - 1) / N`` as the paper does for N persons, so that 1 is reached in a finite population;
        for values without weights.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`. Here they are kept unless said otherwise.

    Returns
    -------
    float
        From 0 (all alike) to 1; no unit.

    Raises
    ------
    DataError
        Naming each missing or infinite entry; when all values are zero, or `finite` is asked for with weights.

    References
    ----------
    Raffinetti, Siletti & Vernizzi (2015), Statistical Methods & Applications 24; R package GiniWegNeg
    (Gini_RSV, without the finite form).

    Examples
    --------
    >>> gini_normalised([-5, 0, 0, 5], finite=True), gini_normalised([-5, 0, 0, 5])
    (1.0, 0.75)
    >>> round(gini_normalised([1, 2, 3, 4, 10]), 12)
    0.4
    """
    d = defined(values, weights, "gini_normalised", negatives)
    size = d.average(np.abs(d.x))
    if size == 0:
        raise policy.undefined("gini_normalised", "all values are zero")
    if finite and (d.w is not None or d.n < 2):
        raise policy.undefined(
            "gini_normalised",
            "weights, or one value",
            "finite=True is for two values or more, \
each one person",
        )
    x, total, cum = d.x_sorted, d.weight_sum, d.cum_weight[:-1]
    area = float((np.diff(x) * cum * (total - cum)).sum()) / total**2
    return area / size * (d.n / (d.n - 1) if finite else 1.0)


def _gini_normalised_influence(d: Distribution, finite: bool = False) -> Floats:
    size, away = np.abs(d.x_sorted), distance(d)
    mean = average(d, size)
    index = average(d, away) / 2 / mean
    z = centred(d, away) / mean - index * (size - mean) / mean
    return z * (d.n / (d.n - 1) if finite else 1.0)


def _gini_normalised_kernel(r: Rows, finite: bool = False) -> Floats:
    return half_distance(r) / r.average(np.abs(r.x)) * (r.d.n / (r.d.n - 1) if finite else 1.0)


register(
    Measure(
        "gini_normalised",
        gini_normalised,
        influence=_gini_normalised_influence,
        kernel=_gini_normalised_kernel,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="标准化基尼系数（含负收入）",
        en="Normalised Gini coefficient",
        unit="系数",
        factor=1,
    )
)


def extended_gini(
    values: Values,
    weights: Weights = None,
    *,
    aversion: float = 2.0,
    negatives: Negatives = "refuse",
) -> float:
    """Extended (S-) Gini: the Gini with a chosen aversion to inequality.

    ``1 - v(v-1) * integral of (1-p)^(v-2) L(p) dp``, exact for the stepwise Lorenz curve. At 2 it is
    the Gini; larger values look harder at the poor.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    aversion : float
        The parameter v, above 1.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        From 0 to below 1; no unit.

    Raises
    ------
    DataError
        As `gini`; or when `aversion` is 1 or less.

    References
    ----------
    Donaldson & Weymark (1980), J. Econ. Theory 22; Yitzhaki (1983), Int. Econ. Review 24.

    Examples
    --------
    >>> round(extended_gini([1, 2, 3, 4, 10], aversion=2), 12)
    0.4
    >>> round(extended_gini([1, 2, 3, 4, 10], aversion=3), 4)
    0.54
    """
    v = policy.number(aversion, "aversion", 1, open_low=True)
    d = with_mean(values, weights, "extended_gini", negatives)
    above = 1 - d.cum_weight / d.cum_weight[-1]
    above[-1] = 0.0
    power = above**v
    share = np.concatenate(([1.0], power[:-1])) - power
    return max(0.0, float(1 - (share * d.x_sorted).sum() / d.mean))


def _extended_gini_influence(d: Distribution, aversion: float = 2.0) -> Floats:
    above = 1 - d.cum_weight / d.cum_weight[-1]
    r = relative(d)
    before = np.concatenate(([1.0], above[:-1]))
    steps = np.diff(r, prepend=0.0)
    area = float((np.maximum(before, 0) ** aversion * steps).sum())
    inside = np.cumsum(np.maximum(before, 0) ** (aversion - 1) * steps)
    return -(aversion * (inside - area) - area * (r - 1))


def _extended_gini_kernel(r: Rows, aversion: float = 2.0) -> Floats:
    above = np.maximum(1 - r.cum[:, :-1] / r.total[:, None], 0.0) ** aversion
    found: Floats = 1 - (r.x[0] + above @ np.diff(r.x)) / r.mean
    return found


register(
    Measure(
        "extended_gini",
        extended_gini,
        influence=_extended_gini_influence,
        kernel=_extended_gini_kernel,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="广义基尼系数",
        en="Extended Gini coefficient",
        unit="系数",
        factor=1,
    )
)
