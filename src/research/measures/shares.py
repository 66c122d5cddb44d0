"""Quantiles, the Lorenz curve, and the shares and ratios read off them."""

from __future__ import annotations

from research.measures import policy
from research.measures.distribution import distribution
from research.measures.inequality import with_mean


def mean(values, weights=None):
    """Weighted mean.

    ``sum_i w_i x_i / W``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for.

    Returns
    -------
    float
        In the unit of the values.

    Raises
    ------
    DataError
        Naming each missing, infinite or negative entry.

    References
    ----------
    Särndal, Swensson & Wretman (1992), "Model Assisted Survey Sampling", ch. 5.

    Examples
    --------
    >>> mean([1, 3], weights=[3, 1])
    1.5
    """
    d = distribution(values, weights)
    return d.restore(d.mean)


def quantile(values, weights=None, *, q=0.5):
    """Weighted quantile by the rule of R's laeken.

    The lowest value at which the running share of weight reaches `q`; where it hits `q` exactly, the mean
    of that value and the next. Without weights this is R's type 2. (laeken as published in 2013; its version
    0.5.2 takes the next value on an exact hit. The manual compares the rules, with numbers.)

    ``Q(q) = min{x : F(x) >= q}`` with the running share of weight F; the mean with the next value where F(x) = q.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    q : float
        Share of persons, from 0 to 1.

    Returns
    -------
    float
        In the unit of the values.

    Raises
    ------
    DataError
        Naming each missing, infinite or negative entry; or when `q` is outside 0 to 1.

    References
    ----------
    Alfons & Templ (2013), J. Statistical Software 54(15); Hyndman & Fan (1996), definition 2.

    Examples
    --------
    >>> quantile([1, 2, 3, 4], q=0.5), quantile([1, 2, 3], weights=[1, 1, 3], q=0.5)
    (2.5, 3.0)
    """
    q = policy.number(q, "q", 0, 1)
    d = distribution(values, weights)
    return d.restore(d.quantile(q))


def median(values, weights=None):
    """Weighted median: `quantile` at one half.

    ``quantile(q = 1/2)``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.

    Returns
    -------
    float
        In the unit of the values.

    Raises
    ------
    DataError
        As `quantile`.

    References
    ----------
    Hyndman & Fan (1996), The American Statistician 50, definition 2.

    Examples
    --------
    >>> median([1, 2, 3, 4, 10])
    3.0
    """
    return quantile(values, weights, q=0.5)


def top_share(values, weights=None, *, share=0.1):
    """Share of all income that the richest `share` of persons holds, the person on the border split.

    ``1 - L(1 - p)`` with p = `share`; a person on the border counts with the part that is above.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    share : float
        From 0 to 1.

    Returns
    -------
    float
        From `share` (all alike) to 1.

    Raises
    ------
    DataError
        As `gini`; or when `share` is outside 0 to 1.

    References
    ----------
    Atkinson & Piketty (2007), "Top Incomes over the Twentieth Century".

    Examples
    --------
    >>> top_share([1, 2, 3, 4, 10], share=0.2)
    0.5
    """
    share = policy.number(share, "share", 0, 1)
    d = with_mean(values, weights, "top_share")
    return float((d.cum_value[-1] - _below(d, 1 - share)) / d.cum_value[-1])


def bottom_share(values, weights=None, *, share=0.4):
    """Share of all income that the poorest `share` of persons holds, the person on the border split.

    ``L(p)``, the Lorenz curve at p = `share`; a person on the border counts with the part that is below.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    share : float
        From 0 to 1.

    Returns
    -------
    float
        From 0 to `share` (all alike).

    Raises
    ------
    DataError
        As `top_share`.

    References
    ----------
    Piketty (2014), "Capital in the Twenty-First Century"; Cowell (2011), "Measuring Inequality", ch. 2.

    Examples
    --------
    >>> bottom_share([1, 2, 3, 4, 10], share=0.4)
    0.15
    """
    share = policy.number(share, "share", 0, 1)
    d = with_mean(values, weights, "bottom_share")
    return float(_below(d, share) / d.cum_value[-1])


def _below(d, share):
    return 0.0 if share <= 0 else d.sum_below(min(share, 1.0))
