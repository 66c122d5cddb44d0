"""Poverty and income bands: who is below a line, by how much, and who stands between two."""

from __future__ import annotations

import numpy as np

from research.measures import policy
from research.measures.distribution import Distribution, distribution
from research.measures.inequality import gini


def headcount(values, weights=None, *, line):
    """Share of persons whose income is below the line.

    ``sum_{i: x_i < z} w_i / W``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    line : float
        Above 0, in the unit of the values. A person exactly on the line is not below it.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    DataError
        Naming each missing, infinite or negative entry; or when the line is not above 0.

    References
    ----------
    Foster, Greer & Thorbecke (1984), Econometrica 52.

    Examples
    --------
    >>> headcount([500, 1500, 2500, 4000], line=2500)
    0.5
    """
    return fgt(values, weights, line=line, alpha=0)


def poverty_gap(values, weights=None, *, line):
    """Poverty gap: what the poor lack, on average over all persons, as a share of the line.

    ``sum_{i: x_i < z} w_i (z - x_i) / (z W)``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    line : float
        Above 0, in the unit of the values.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    DataError
        As `headcount`.

    References
    ----------
    Foster, Greer & Thorbecke (1984), Econometrica 52.

    Examples
    --------
    >>> poverty_gap([500, 1500, 2500, 4000], line=2000)
    0.25
    """
    return fgt(values, weights, line=line, alpha=1)


def fgt(values, weights=None, *, line, alpha=2):
    """Foster-Greer-Thorbecke index: the mean of the relative gaps of the poor, raised to `alpha`.

    ``sum_i w_i/W [(z - x_i)/z]^alpha`` over those with x_i < z: head-count at 0, gap at 1, severity at 2.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    line : float
        The line z, above 0, in the unit of the values.
    alpha : float
        0 or more.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    DataError
        As `headcount`; or when `alpha` is below 0.

    References
    ----------
    Foster, Greer & Thorbecke (1984), Econometrica 52.

    Examples
    --------
    >>> fgt([500, 1500, 2500, 4000], line=2000, alpha=2)
    0.15625
    """
    a = policy.number(alpha, "alpha", 0)
    d, z = _with_line(values, weights, line)
    poor = d.x < z
    gap = np.where(poor, (z - d.x) / z, 0.0)
    return d.average(poor.astype(float) if a == 0 else gap if a == 1 else gap**a)


def watts(values, weights=None, *, line, zeros="refuse"):
    """Watts index: the mean over all persons of ln(line / income) of the poor.

    ``sum_{i: x_i < z} w_i ln(z / x_i) / W``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year), above zero.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    line : float
        Above 0, in the unit of the values.
    zeros : {"refuse", "drop"}
        Zeros have no logarithm; dropping them warns with the share dropped.

    Returns
    -------
    float
        0 or more.

    Raises
    ------
    DataError
        As `headcount`, and naming each zero.

    References
    ----------
    Watts (1968), "An Economic Definition of Poverty".

    Examples
    --------
    >>> incomes = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
    >>> round(watts(incomes, line=2000), 10)
    0.1620141239
    """
    policy.choice(zeros, "zeros", ("refuse", "drop"))
    d, z = _with_line(values, weights, line)
    if d.x.min() == 0:
        keep = d.x > 0
        if zeros == "refuse" or not keep.any():
            raise policy.zeros("watts", d.positions(~keep))
        policy.warn_zeros("watts", 1 - d.average(keep.astype(float)))
        d = Distribution(d.x[keep], d.weights[keep])
    return d.average(np.log(z) - np.log(np.minimum(d.x, z)))


def sen(values, weights=None, *, line):
    """Sen's poverty index, in the form that copies of the population leave as it is.

    ``H [I + (1 - I) G_p]`` with the head-count H, the mean gap of the poor I and the Gini of the poor G_p.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    line : float
        Above 0, in the unit of the values.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    DataError
        As `headcount`.

    References
    ----------
    Sen (1976), Econometrica 44; Xu & Osberg (2002), Economics Letters 77.

    Examples
    --------
    >>> incomes = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
    >>> round(sen(incomes, line=2000), 10)
    0.12285
    """
    d, z = _with_line(values, weights, line)
    poor = d.x < z
    if not poor.any():
        return 0.0
    among = Distribution(d.x[poor], d.weights[poor])
    share = d.average(poor.astype(float))
    gap = 1 - among.mean / z
    unequal = gini(among) if among.sum > 0 else 0.0
    return float(share * (gap + (1 - gap) * unequal))


def sen_shorrocks_thon(values, weights=None, *, line):
    """Sen-Shorrocks-Thon index: the poverty gap, times one plus the Gini of all persons' gaps.

    ``H I (1 + G(g))``: head-count, mean gap of the poor, and one plus the Gini of all gaps g.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    line : float
        Above 0, in the unit of the values.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    DataError
        As `headcount`.

    References
    ----------
    Shorrocks (1995), Econometrica 63; Osberg & Xu (2000), Review of Income and Wealth 46.

    Examples
    --------
    >>> incomes = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
    >>> round(sen_shorrocks_thon(incomes, line=2000), 10)
    0.18425
    """
    d, z = _with_line(values, weights, line)
    gaps = Distribution(np.clip((z - d.x) / z, 0.0, None), d.weights)
    return float(gaps.mean * (1 + gini(gaps))) if gaps.sum > 0 else 0.0


def _with_line(values, weights, line):
    """The distribution, and the line on its inner scale."""
    d = distribution(values, weights)
    return d, d.inner(policy.number(line, "line", 0, open_low=True))
