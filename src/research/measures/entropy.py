"""Indices out of averages of a function of each income: entropies, Atkinson, Kolm."""

from __future__ import annotations

import numpy as np

from research.measures import policy
from research.measures.distribution import Distribution
from research.measures.inequality import with_mean


def theil(values, weights=None, *, zeros="keep"):
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
    return generalized_entropy(values, weights, alpha=1.0, zeros=zeros, _name="theil")


def mean_log_deviation(values, weights=None, *, zeros="refuse"):
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
    return generalized_entropy(values, weights, alpha=0.0, zeros=zeros, _name="mean_log_deviation")


def generalized_entropy(values, weights=None, *, alpha=2.0, zeros=None, _name="generalized_entropy"):
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
    d = _zeros(with_mean(values, weights, _name), zeros or ("keep" if a > 0 else "refuse"), _name, a > 0)
    r = d.x / d.mean
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if a == 0:  # each term is 0 or more, so nothing cancels
            terms = r - 1 - _log_ratio(d, r)
        elif a == 1:
            terms = r * np.log(r) if r.min() > 0 else np.where(r > 0, r * np.log(r), 0.0)
            terms -= r - 1
        else:
            terms = (r**a - 1 - a * (r - 1)) / (a * (a - 1))
    return max(0.0, d.average(terms))


def atkinson(values, weights=None, *, epsilon=0.5, zeros=None):
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
    d = _zeros(with_mean(values, weights, "atkinson"), zeros or default, "atkinson", e < 1)
    r = d.x / d.mean
    if e == 1:
        return max(0.0, float(-np.expm1(d.average(_log_ratio(d, r)))))
    with np.errstate(over="ignore"):
        return max(0.0, float(1 - d.average(r ** (1 - e)) ** (1 / (1 - e))))


def kolm(values, weights=None, *, alpha=1.0, per_mean=True):
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
    d = with_mean(values, weights, "kolm")
    away = a * (1 - d.x / d.mean) if per_mean else a * np.ldexp(d.mean - d.x, d.shift)
    top = away.max()
    return max(0.0, float((np.log(d.average(np.exp(away - top))) + top) / a))


def _zeros(d, rule, name, defined):
    """Keep, refuse or drop zeros; `defined` says whether the index is finite with them."""
    policy.choice(rule, "zeros", ("keep", "refuse", "drop") if defined else ("refuse", "drop"))
    if rule == "keep" or d.x.min() > 0:
        return d
    keep = d.x > 0
    if rule == "refuse":
        raise policy.zeros(name, d.positions(~keep))
    policy.warn_zeros(name, 1 - d.average(keep.astype(float)))
    return Distribution(d.x[keep], None if d.w is None else d.w[keep])


def _log_ratio(d, r):
    """ln(x/mu), also where the ratio itself is too small for a double."""
    return np.log(r) if r.min() > 0 else np.log(d.x) - np.log(d.mean)
