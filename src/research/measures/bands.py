"""Shares of persons below a relative line, and between two incomes."""

from __future__ import annotations

import numpy as np

from research.measures import policy
from research.measures.distribution import distribution


def at_risk_of_poverty(values, weights=None, *, share=0.6, of="median"):
    """Share of persons below a relative line: `share` of the median (or of the mean) of all.

    ``sum_{i: x_i < z} w_i / W`` with the line ``z = share * median`` (or mean).

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    share : float
        Above 0; Eurostat takes 0.6, the OECD 0.5.
    of : {"median", "mean"}
        What the line is a share of.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    DataError
        As `headcount`; or when the line comes out as 0.

    References
    ----------
    Eurostat, at-risk-of-poverty rate (EU-SILC).

    Examples
    --------
    >>> at_risk_of_poverty([1, 2, 3, 4, 10])
    0.2
    """
    share = policy.number(share, "share", 0, open_low=True)
    policy.choice(of, "of", ("median", "mean"))
    d = distribution(values, weights)
    line = share * (d.quantile(0.5) if of == "median" else d.mean)
    if line <= 0:
        raise policy.undefined("at_risk_of_poverty", f"a {of} of 0")
    return d.average((d.x < line).astype(float))


def band_share(values, lower=None, upper=None, weights=None, closed="both"):
    """Share of persons (or households) whose income lies in a band.

    China's indicator is households of 100,000 to 500,000 yuan a year; whether the ends belong to the band
    is a setting, since the definition leaves it open.

    ``sum_{i: a <= x_i <= b} w_i / W``; `closed` says which ends belong to the band.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income of each household (yuan a year); zeros allowed.
    lower, upper : float, optional
        Ends of the band; one of them may be left out.
    weights : array-like of shape (n,), optional
        Households each value stands for; only their proportions matter.
    closed : {"both", "left", "right", "neither"}
        Which ends belong to the band.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    DataError
        Naming each bad entry; or when no end is given, or the lower is above the upper.

    References
    ----------
    Zhejiang's implementation plan for the common prosperity demonstration zone (2021-2025), on its bands;
    Atkinson & Brandolini (2013), in Gornick & Jäntti, "Income Inequality", ch. 2.

    Examples
    --------
    >>> band_share([8e4, 1e5, 3e5, 5e5], lower=1e5, upper=5e5)
    0.75
    >>> band_share([8e4, 1e5, 3e5, 5e5], lower=1e5, upper=5e5, closed="left")
    0.5
    """
    policy.choice(closed, "closed", ("both", "left", "right", "neither"))
    if lower is None and upper is None:
        raise policy.DataError(policy.Fault("lower, upper", "at least one end of the band", "none", kind="parameter"))
    d = distribution(values, weights)
    low = -np.inf if lower is None else d.inner(policy.number(lower, "lower"))
    high = np.inf if upper is None else d.inner(policy.number(upper, "upper"))
    if low > high:
        fault = policy.Fault("lower", f"at most the upper end {upper!r}", repr(lower), kind="parameter")
        raise policy.DataError(fault)
    above = d.x >= low if closed in ("both", "left") else d.x > low
    below = d.x <= high if closed in ("both", "right") else d.x < high
    return d.average((above & below).astype(float))
