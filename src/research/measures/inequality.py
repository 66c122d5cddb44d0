"""Inequality indices: one number for a whole distribution."""

from __future__ import annotations

import numpy as np

from research.measures import policy
from research.measures.distribution import distribution, near_order

_CHUNK = 1 << 13  # keeps the work in cache and the extra memory small


def gini(values, weights=None):
    """Gini coefficient by its exact pairwise definition.

    ``sum_ij w_i w_j |x_i - x_j| / (2 W^2 mu)``: half the mean difference between two persons drawn at
    random, relative to the mean. Rescaled weights, split or merged rows leave it as it is.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person, one unit throughout (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.

    Returns
    -------
    float
        From 0 (all alike) to below 1 (one has all); no unit.

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
    d = with_mean(values, weights, "gini")
    if d is not values and d.w is not None and "x_sorted" not in d.__dict__ and 4096 <= d.n <= 1 << 26:
        value = _gini_once(d)
        if value is not None:
            return value
    x, w, total = d.x_sorted, d.w_sorted, d.weight_sum
    known = d.cum_weight if w is None or d.n <= _CHUNK else d.__dict__.get("cum_weight")
    area = reached = 0.0
    for start in range(0, d.n - 1, _CHUNK):  # integral of F(1 - F): exactly 0 when all are alike
        stop = min(start + _CHUNK, d.n - 1)
        below = np.cumsum(w[start:stop]) + reached if known is None else known[start:stop]
        reached = below[-1]
        step = x[start + 1 : stop + 1] - x[start:stop]
        step *= below
        step *= total - below
        area += step.sum()
    return float(area / total / d.sum)


def _gini_once(d):
    """The same when nothing else is asked of the data: no sorted copies, only the permutation.

    None where very many values differ in their last digits only, and the quick permutation will not do.
    """
    order, total = near_order(d.x), d.weight_sum
    both = np.empty(d.n, dtype=complex)  # value and weight side by side: one far reach into memory for two
    both.real, both.imag = d.x, d.w
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


def _end_of_ties(x, order, stop):
    """`stop`, or a little later where it would part values that are not in order among themselves."""
    for here in range(stop, min(stop + 256, len(order))):
        if x[order[here]] > x[order[here - 1]] * (1 + 1e-7):
            return here
    return min(stop, len(order))


def extended_gini(values, weights=None, *, aversion=2.0):
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
    d = with_mean(values, weights, "extended_gini")
    above = 1 - d.cum_weight / d.cum_weight[-1]
    above[-1] = 0.0
    power = above**v
    share = np.concatenate(([1.0], power[:-1])) - power
    return max(0.0, float(1 - (share * d.x_sorted).sum() / d.mean))


def hoover(values, weights=None):
    """Hoover (Robin Hood, Ricci-Schutz) index: the share of income to move for all to be alike.

    ``sum_i w_i |x_i - mu| / (2 W mu)``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.

    Returns
    -------
    float
        From 0 to below 1; no unit.

    Raises
    ------
    DataError
        As `gini`.

    References
    ----------
    Hoover (1936), Review of Economics and Statistics 18.

    Examples
    --------
    >>> hoover([1, 2, 3, 4, 10])
    0.3
    """
    d = with_mean(values, weights, "hoover")
    return float(d.average(np.abs(d.x - d.mean)) / (2 * d.mean))


def coefficient_of_variation(values, weights=None):
    """Coefficient of variation: standard deviation over mean, both of the whole weight (divisor W).

    ``sqrt(sum_i w_i (x_i - mu)^2 / W) / mu``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.

    Returns
    -------
    float
        0 or more; no unit.

    Raises
    ------
    DataError
        As `gini`.

    References
    ----------
    Cowell (2011), "Measuring Inequality", 3rd ed.

    Examples
    --------
    >>> coefficient_of_variation([1, 3])
    0.5
    """
    d = with_mean(values, weights, "coefficient_of_variation")
    return float(np.sqrt(d.average((d.x - d.mean) ** 2)) / d.mean)


def with_mean(values, weights, name):
    """The distribution, refused when its mean is zero: a relative index has no value then."""
    d = distribution(values, weights)
    if d.x.max() == 0:
        raise policy.undefined(name, "all values are zero", "a relative index needs a mean above 0")
    return d
