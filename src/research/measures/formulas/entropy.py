"""Generalised entropies: Theil's T and L, and the family they belong to."""

from __future__ import annotations

import numpy as np

from research.core.kinds import Floats
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.parts import INF, average, relative, with_mean
from research.measures.measure import Measure, register
from research.measures.policy import Negatives, Zeros


def theil(values: Values, weights: Weights = None, *, zeros: Zeros = "keep", negatives: Negatives = "refuse") -> float:
    """Theil's T index, generalised entropy of order 1.

    ``sum_i w_i/W (x_i/mu) ln(x_i/mu)``. A zero counts with its limit, 0 ln 0 = 0.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    zeros : {"keep", "refuse", "drop"}
        What becomes of zeros; dropping warns with the share dropped.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`. This measure has no value with them.

    Returns
    -------
    float
        From 0 to ln n; nats.

    Raises
    ------
    DataError
        As `gini`.

    References
    ----------
    Theil (1967), "Economics and Information Theory".

    Examples
    --------
    >>> round(theil([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]), 12)
    0.362341242344
    """
    return generalized_entropy(values, weights, alpha=1.0, zeros=zeros, negatives=negatives, _name="theil")


def _theil_influence(d: Distribution, zeros: Zeros = "keep") -> Floats:
    return _entropy_influence(d, 1.0)


def _theil_kernel(r: Rows, zeros: Zeros = "keep") -> Floats:
    return _entropy_kernel(r, 1.0)


register(
    Measure(
        "theil",
        theil,
        influence=_theil_influence,
        kernel=_theil_kernel,
        pointwise=True,
        interval="log",
        range=(0.0, INF),
        keeps=False,
        shared=None,
        zh="泰尔指数",
        en="Theil index",
        unit="系数",
        factor=1,
    )
)


def mean_log_deviation(
    values: Values,
    weights: Weights = None,
    *,
    zeros: Zeros = "refuse",
    negatives: Negatives = "refuse",
) -> float:
    """Mean log deviation (Theil's L), generalised entropy of order 0.

    ``sum_i w_i/W ln(mu/x_i)``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year), above zero.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    zeros : {"refuse", "drop"}
        Zeros have no logarithm; dropping them warns with the share dropped.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`. This measure has no value with them.

    Returns
    -------
    float
        0 or more; nats.

    Raises
    ------
    DataError
        As `gini`, and naming each zero.

    References
    ----------
    Theil (1967), "Economics and Information Theory"; Shorrocks (1980), Econometrica 48.

    Examples
    --------
    >>> round(mean_log_deviation([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]), 12)
    0.43359464952
    """
    policy.choice(zeros, "zeros", ("refuse", "drop"))
    return generalized_entropy(values, weights, alpha=0.0, zeros=zeros, negatives=negatives, _name="mean_log_deviation")


def _deviation_influence(d: Distribution, zeros: Zeros = "refuse") -> Floats:
    return _entropy_influence(d, 0.0)


def _deviation_kernel(r: Rows, zeros: Zeros = "refuse") -> Floats:
    return _entropy_kernel(r, 0.0)


register(
    Measure(
        "mean_log_deviation",
        mean_log_deviation,
        influence=_deviation_influence,
        kernel=_deviation_kernel,
        pointwise=True,
        interval="log",
        range=(0.0, INF),
        keeps=False,
        shared=None,
        zh="平均对数离差",
        en="Mean log deviation",
        unit="系数",
        factor=1,
    )
)


def generalized_entropy(
    values: Values,
    weights: Weights = None,
    *,
    alpha: float = 2.0,
    zeros: Zeros | None = None,
    negatives: Negatives = "refuse",
    _name: str = "generalized_entropy",
) -> float:
    """Generalised entropy index GE(alpha), the family that splits exactly by groups.

    ``[mean((x/mu)^alpha) - 1] / (alpha (alpha - 1))``, with the limits T at 1 and L at 0. GE(2) is half
    the squared coefficient of variation.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year).
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    alpha : float
        Order: small ones look at the poor, large ones at the rich.
    zeros : {"keep", "refuse", "drop"}, optional
        Default: kept for orders above 0, refused for the others, which are infinite at zero.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        0 or more.

    Raises
    ------
    DataError
        As `gini`, and naming each zero where refused.

    References
    ----------
    Shorrocks (1980), Econometrica 48; Cowell (2011), "Measuring Inequality", 3rd ed.

    Examples
    --------
    >>> round(generalized_entropy([1, 2, 3, 4, 10], alpha=2), 12)
    0.3125
    """
    a = policy.number(alpha, "alpha")
    d = without_zeros(
        _positive(values, weights, _name, negatives, a), zeros or ("keep" if a > 0 else "refuse"), _name, a > 0
    )
    r = d.x / d.mean
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if a == 0:  # each term is 0 or more, so nothing cancels
            terms = r - 1 - log_ratio(d, r)
        elif a == 1:
            terms = r * np.log(r) if r.min() > 0 else np.where(r > 0, r * np.log(r), 0.0)
            terms -= r - 1
        else:
            terms = (r**a - 1 - a * (r - 1)) / (a * (a - 1))
    return max(0.0, d.average(terms))


def _positive(values: Values, weights: Weights, name: str, negatives: Negatives, order: float) -> Distribution:
    """Values below 0 have a power only of even order: GE(2), half the squared coefficient of variation."""
    return with_mean(values, weights, name, negatives, keeps=order == 2)


def _entropy_influence(d: Distribution, alpha: float = 2.0, zeros: Zeros | None = None) -> Floats:
    r = relative(d)
    if alpha == 0:
        log = np.log(r)
        return r - 1 - (log - average(d, log))
    if alpha == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(r > 0, r * np.log(r), 0.0)
        mean = average(d, t)
        return t - mean - (mean + 1) * (r - 1)
    power = r**alpha
    mean = average(d, power)
    return (power - mean - alpha * mean * (r - 1)) / (alpha * (alpha - 1))


def _entropy_kernel(r: Rows, alpha: float = 2.0, zeros: Zeros | None = None) -> Floats:
    x = r.x / r.d.mean  # any fixed unit will do; this one keeps powers in range
    mean = r.mean / r.d.mean
    if alpha == 0:
        return np.log(mean) - r.average(np.log(x))
    if alpha == 1:
        t = np.where(x > 0, x * np.log(np.where(x > 0, x, 1)), 0.0)
        return r.average(t) / mean - np.log(mean)
    return (r.average(x**alpha) / mean**alpha - 1) / (alpha * (alpha - 1))


def without_zeros(d: Distribution, rule: str, name: str, defined: bool) -> Distribution:
    """Keep, refuse or drop zeros; `defined` says whether the index is finite with them."""
    policy.choice(rule, "zeros", ("keep", "refuse", "drop") if defined else ("refuse", "drop"))
    if rule == "keep" or d.x.min() > 0:
        return d
    keep = d.x > 0
    if rule == "refuse":
        raise policy.zeros(name, d.positions(~keep))
    policy.warn_zeros(name, 1 - d.average(keep.astype(float)))
    return Distribution(d.x[keep], None if d.w is None else d.w[keep])


def log_ratio(d: Distribution, r: Floats) -> Floats:
    """ln(x/mu), also where the ratio itself is too small for a double."""
    return np.log(r) if r.min() > 0 else np.log(d.x) - np.log(d.mean)


register(
    Measure(
        "generalized_entropy",
        generalized_entropy,
        influence=_entropy_influence,
        kernel=_entropy_kernel,
        pointwise=True,
        interval="log",
        range=(0.0, INF),
        keeps=True,
        shared=None,
        zh="广义熵指数",
        en="Generalised entropy",
        unit="系数",
        factor=1,
    )
)
