"""Polarisation, Zenga's index, deprivation and concentration."""

from __future__ import annotations

import numpy as np

from research.measures import policy
from research.measures.inequality import gini, with_mean


def wolfson(values, weights=None, *, scaling="wolfson"):
    """Wolfson's bipolarisation index: how far the two halves stand apart and the middle is empty.

    ``4 mu/m [1/2 - L(1/2) - G/2]`` with the median m.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    scaling : {"wolfson", "half"}
        Two scalings are in print, and differ by 2: Wolfson's own, as the World Bank prints it, and half of it.

    Returns
    -------
    float
        From 0 (all alike) to 1 (two camps of equal size, one with nothing); half of it for "half".

    Raises
    ------
    DataError
        As `gini`; or when the median is 0.

    References
    ----------
    Wolfson (1994), American Economic Review 84(2).

    Examples
    --------
    >>> round(wolfson([1, 1, 3, 3]), 12), round(wolfson([1, 1, 3, 3], scaling="half"), 12)
    (0.5, 0.25)
    """
    policy.choice(scaling, "scaling", ("wolfson", "half"))
    d = with_mean(values, weights, "wolfson")
    middle = d.quantile(0.5)
    if middle == 0:
        raise policy.undefined("wolfson", "the median is 0")
    apart = 0.5 - d.sum_below(0.5) / d.cum_value[-1]
    index = max(0.0, 4 * d.mean / middle * (apart - gini(d) / 2))
    return float(index if scaling == "wolfson" else index / 2)


def der_polarization(values, weights=None, *, alpha=0.5, bandwidth=None):
    """Duclos-Esteban-Ray polarisation: identification with one's like against distance from others.

    ``integral f(x)^(1+a) f(y) |x - y|``, on values relative to their mean, with a Gaussian kernel density.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    alpha : float
        Weight of identification, from 0.25 to 1; at 0 the index would be twice the Gini.
    bandwidth : float, optional
        Of the kernel, relative to the mean. Default: the authors' rule ``4.7 n^-0.5 sigma a^0.1``.

    Returns
    -------
    float
        0 or more; comparable between distributions for one `alpha`.

    Raises
    ------
    DataError
        As `gini`; when `alpha` is out of range, or all values are alike and no bandwidth is given.

    References
    ----------
    Duclos, Esteban & Ray (2004), Econometrica 72; Araar & Duclos (2007), DASP manual.

    Examples
    --------
    >>> apart, middle = [1] * 20 + [3] * 20, [1] * 10 + [2] * 20 + [3] * 10
    >>> der_polarization(apart, bandwidth=0.1) > der_polarization(middle, bandwidth=0.1)
    True
    """
    a = policy.number(alpha, "alpha", 0.25, 1)
    d = with_mean(values, weights, "der_polarization")
    y, w = d.distinct()
    y, w = y / d.mean, w / w.sum()
    spread = float(np.sqrt((w * (y - 1) ** 2).sum()))
    if bandwidth is None:
        if spread == 0:
            raise policy.undefined("der_polarization", "all values are alike", "give a bandwidth")
        bandwidth = 4.7 * d.people**-0.5 * spread * a**0.1
    h = policy.number(bandwidth, "bandwidth", 0, open_low=True)
    density = _kernel(y, w, h)
    below, held = np.cumsum(w), np.cumsum(w * y)
    distance = y * (2 * below - 1) + 1 - 2 * held  # mean distance from y to all others
    return float((w * density**a * distance).sum())


def _kernel(y, w, h):
    """Gaussian kernel density at each of the sorted points, from the points within 8 bandwidths."""
    out = np.empty_like(y)
    first = np.searchsorted(y, y - 8 * h)
    last = np.searchsorted(y, y + 8 * h, side="right")
    for i in range(len(y)):
        z = (y[first[i] : last[i]] - y[i]) / h
        out[i] = (w[first[i] : last[i]] * np.exp(-0.5 * z * z)).sum()
    return out / (h * np.sqrt(2 * np.pi))


def zenga(values, weights=None):
    """Zenga's (2007) index: the mean over all persons of one less lower mean over upper mean.

    At each value, the mean of those up to it is set against the mean of those above it (at the highest
    value, that value itself). This is the form for tables of distinct values; splitting a tie can raise it.

    ``sum_i w_i (1 - lower_i / upper_i) / W``.

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
    Zenga (2007), Statistica & Applicazioni 5; Langel & Tillé (2012), Metrika 75.

    Examples
    --------
    >>> round(zenga([1, 2, 3]), 12)
    0.477777777778
    """
    d = with_mean(values, weights, "zenga")
    x, w = d.distinct()
    people, held = np.cumsum(w), np.cumsum(w * x)
    lower = held / people
    upper = np.full(len(x), x[-1])
    upper[:-1] = (held[-1] - held[:-1]) / (people[-1] - people[:-1])
    return max(0.0, float((w * (1 - lower / upper)).sum() / people[-1]))


def lorenz_asymmetry(values, weights=None):
    """Lorenz asymmetry coefficient: whether the poor or the rich make the inequality.

    ``F(mu) + L(mu)``, share of persons below the mean plus share of income they hold, read between the
    values next to the mean. Above 1, a few rich make it; below 1, many poor.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.

    Returns
    -------
    float
        From 0 to 2; 1 for a symmetric Lorenz curve (and, by convention, where all are alike).

    Raises
    ------
    DataError
        As `gini`.

    References
    ----------
    Damgaard & Weiner (2000), Ecology 81.

    Examples
    --------
    >>> round(lorenz_asymmetry([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]), 12)
    1.093525851112
    """
    d = with_mean(values, weights, "lorenz_asymmetry")
    x, w = d.distinct()
    if len(x) == 1:
        return 1.0
    below = min(int(np.searchsorted(x, d.mean * (1 - 1e-12))), len(x) - 1) - 1
    people, held = np.cumsum(w), np.cumsum(w * x)
    at_mean = abs(x[below + 1] / d.mean - 1) <= 1e-12  # any point of that value will do: its middle
    share = 0.5 if at_mean else (d.mean - x[below]) / (x[below + 1] - x[below])
    persons = people[below] + share * w[below + 1]
    return float(persons / people[-1] + (held[below] + share * w[below + 1] * x[below + 1]) / held[-1])
