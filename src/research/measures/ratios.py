"""Ratios between parts of a distribution and between places: S80/S20, P90/P10, Palma, the three gaps."""

from __future__ import annotations

import numpy as np

from research.measures import policy
from research.measures.distribution import distribution
from research.measures.inequality import with_mean


def quintile_ratio(values, weights=None, *, share=0.2, rule="laeken"):
    """S80/S20: mean income of the richest fifth over that of the poorest fifth.

    ``mean(x | x > Q(1 - s)) / mean(x | x <= Q(s))`` with s = `share`; for "split" ``(1 - L(1 - s)) / L(s)``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter. What is ranked decides the result:
        China's statistics rank households (weights: households), the EU's rank persons.
    share : float
        The fifth, above 0 and at most 0.5; 0.1 gives S90/S10.
    rule : {"laeken", "split"}
        "laeken": all at or below the fifth's quantile against all above the opposite one, as Eurostat and
        R's laeken do. "split": exactly a fifth of the weight, the person on the border split.

    Returns
    -------
    float
        1 or more; no unit.

    Raises
    ------
    DataError
        As `gini`; or when the poorest fifth has no income at all.

    References
    ----------
    Eurostat, EU-SILC indicators (S80/S20); Alfons & Templ (2013), J. Statistical Software 54(15).

    Examples
    --------
    >>> quintile_ratio([1, 2, 3, 4, 10])
    10.0
    """
    share = policy.number(share, "share", 0, 0.5, open_low=True)
    policy.choice(rule, "rule", ("laeken", "split"))
    d = with_mean(values, weights, "quintile_ratio")
    if rule == "split":
        poor, rich = d.sum_below(share), d.cum_value[-1] - d.sum_below(1 - share)
    else:
        poor, rich = _tails(d, share)
    if poor <= 0:
        raise policy.undefined("quintile_ratio", f"no income among the poorest {share:.0%}")
    return float(rich / poor)


def _tails(d, share):
    """Means of those at or below the lower quantile and of those above the upper one."""
    low, high = d.quantile(share), d.quantile(1 - share)
    i = int(np.searchsorted(d.x_sorted, low, side="right"))
    j = int(np.searchsorted(d.x_sorted, high, side="right"))
    if j >= d.n:  # more than a fifth stands at the top value: nobody is above, so they are the rich
        j = int(np.searchsorted(d.x_sorted, high, side="left"))
    before = d.cum_value[j - 1] if j else 0.0
    weight_before = d.cum_weight[j - 1] if j else 0.0
    rich = (d.cum_value[-1] - before) / (d.cum_weight[-1] - weight_before)
    return d.cum_value[i - 1] / d.cum_weight[i - 1], rich


def percentile_ratio(values, weights=None, *, upper=90, lower=10):
    """Ratio of two percentiles, P90/P10 unless said otherwise, by the rule of `quantile`.

    ``Q(upper / 100) / Q(lower / 100)``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    upper, lower : float
        Percentiles, from 0 to 100.

    Returns
    -------
    float
        1 or more when `upper` is above `lower`; no unit.

    Raises
    ------
    DataError
        As `quantile`; or when the lower percentile is 0 yuan.

    References
    ----------
    OECD Income Distribution Database, terms of reference (P90/P10).

    Examples
    --------
    >>> percentile_ratio(range(1, 11))
    6.333333333333333
    """
    upper = policy.number(upper, "upper", 0, 100)
    lower = policy.number(lower, "lower", 0, 100)
    d = distribution(values, weights)
    below = d.quantile(lower / 100)
    if below == 0:
        raise policy.undefined("percentile_ratio", f"the {lower:g}th percentile is 0")
    return float(d.quantile(upper / 100) / below)


def palma_ratio(values, weights=None):
    """Income share of the richest tenth over that of the poorest four tenths.

    ``(1 - L(0.9)) / L(0.4)``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter. A person on a border is split.

    Returns
    -------
    float
        1/4 when all are alike, 1 or more when the richest tenth holds at least as much; no unit.

    Raises
    ------
    DataError
        As `gini`; or when the poorest four tenths have no income at all.

    References
    ----------
    Cobham & Sumner (2013), "Putting the Gini back in the bottle?".

    Examples
    --------
    >>> palma_ratio(range(1, 11))
    1.0
    """
    d = with_mean(values, weights, "palma_ratio")
    poor = d.sum_below(0.4)
    if poor <= 0:
        raise policy.undefined("palma_ratio", "no income among the poorest 40%")
    return float((d.cum_value[-1] - d.sum_below(0.9)) / poor)
