"""Indices out of what inequality costs: Atkinson, Kolm."""

from __future__ import annotations

import numpy as np

from research.core.kinds import Floats
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.entropy import log_ratio, without_zeros
from research.measures.formulas.parts import INF, average, relative, restored, with_mean
from research.measures.measure import Measure, register
from research.measures.policy import Negatives, Zeros


def atkinson(
    values: Values,
    weights: Weights = None,
    *,
    epsilon: float = 0.5,
    zeros: Zeros | None = None,
    negatives: Negatives = "refuse",
) -> float:
    """Atkinson index: the share of total income that equality would make superfluous.

    ``1 - [mean((x/mu)^(1-e))]^(1/(1-e))``; at 1, one less the ratio of geometric to arithmetic mean.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year).
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    epsilon : float
        Aversion to inequality, above 0.
    zeros : {"keep", "refuse", "drop"}, optional
        Default: kept for `epsilon` below 1, refused from 1 on, where one zero makes the index 1.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`. This measure has no value with them.

    Returns
    -------
    float
        From 0 to 1; no unit.

    Raises
    ------
    DataError
        As `gini`, naming each zero where refused; or when `epsilon` is not above 0.

    References
    ----------
    Atkinson (1970), J. Econ. Theory 2.

    Examples
    --------
    >>> round(atkinson([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261], epsilon=1), 12)
    0.351825059735
    """
    e = policy.number(epsilon, "epsilon", 0, open_low=True)
    default = "keep" if e < 1 else "refuse"
    d = without_zeros(
        with_mean(values, weights, "atkinson", negatives, keeps=False), zeros or default, "atkinson", e < 1
    )
    r = d.x / d.mean
    if e == 1:
        return max(0.0, float(-np.expm1(d.average(log_ratio(d, r)))))
    with np.errstate(over="ignore"):
        return max(0.0, float(1 - d.average(r ** (1 - e)) ** (1 / (1 - e))))


def _atkinson_influence(d: Distribution, epsilon: float = 0.5, zeros: Zeros | None = None) -> Floats:
    r, e = relative(d), 1 - epsilon
    if e == 0:
        log = np.log(r)
        mean = average(d, log)
        found: Floats = -np.exp(mean) * (log - mean - (r - 1))
        return found
    power = r**e
    mean = average(d, power)
    found = -(mean ** (1 / e - 1)) / e * (power - mean - e * mean * (r - 1))
    return found


def _atkinson_kernel(r: Rows, epsilon: float = 0.5, zeros: Zeros | None = None) -> Floats:
    x = r.x / r.d.mean
    mean = r.mean / r.d.mean
    if epsilon == 1:
        return 1 - np.exp(r.average(np.log(x))) / mean
    return 1 - r.average(x ** (1 - epsilon)) ** (1 / (1 - epsilon)) / mean


register(
    Measure(
        "atkinson",
        atkinson,
        influence=_atkinson_influence,
        kernel=_atkinson_kernel,
        pointwise=True,
        interval="logit",
        range=(0.0, 1.0),
        keeps=False,
        shared=None,
        zh="阿特金森指数",
        en="Atkinson index",
        unit="系数",
        factor=1,
    )
)


def kolm(
    values: Values,
    weights: Weights = None,
    *,
    alpha: float = 1.0,
    per_mean: bool = True,
    negatives: Negatives = "refuse",
) -> float:
    """Kolm's index: the same income added to all leaves it as it is (where others keep to proportions).

    ``ln(mean(exp(a (mu - x)))) / a``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    alpha : float
        Aversion to inequality, above 0, per unit of what is compared.
    per_mean : bool
        Compare incomes over their mean, which makes `alpha` free of the unit (and the index relative);
        otherwise incomes themselves.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        0 or more; in means, or in the unit of the values.

    Raises
    ------
    DataError
        As `gini`; or when `alpha` is not above 0.

    References
    ----------
    Kolm (1976), J. Econ. Theory 12.

    Examples
    --------
    >>> round(kolm([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]), 12)
    0.275347199583
    """
    a = policy.number(alpha, "alpha", 0, open_low=True)
    d = with_mean(values, weights, "kolm", negatives)
    away = a * (1 - d.x / d.mean) if per_mean else a * np.ldexp(d.mean - d.x, d.shift)
    top = away.max()
    return max(0.0, float((np.log(d.average(np.exp(away - top))) + top) / a))


def _kolm_influence(d: Distribution, alpha: float = 1.0, per_mean: bool = True) -> Floats:
    """Of ln(mean(exp(a (mu - x)))) / a, the exponents brought down by their largest."""
    away = alpha * (1 - relative(d)) if per_mean else alpha * restored(d, d.mean - d.x_sorted)
    e = np.exp(away - away.max())
    mean = average(d, e)
    if per_mean:
        found: Floats = (e - mean) / (alpha * mean) + average(d, e * relative(d)) / mean * (relative(d) - 1)
        return found
    found = (e - mean) / (alpha * mean) + restored(d, d.x_sorted - d.mean)
    return found


register(
    Measure(
        "kolm",
        kolm,
        influence=_kolm_influence,
        kernel=None,
        pointwise=True,
        interval="log",
        range=(0.0, INF),
        keeps=True,
        shared=None,
        zh="科尔姆指数",
        en="Kolm index",
        unit="",
        factor=1,
    )
)
