"""Shares of persons between two incomes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from research.core.faults import DataError, Fault
from research.core.kinds import Floats
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.parts import centred, defined
from research.measures.measure import Measure, register
from research.measures.policy import Negatives

Closed = Literal["both", "left", "right", "neither"]


def band_share(
    values: Values,
    lower: float | None = None,
    upper: float | None = None,
    weights: Weights = None,
    closed: Closed = "both",
    *,
    negatives: Negatives = "refuse",
) -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

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
        raise DataError(Fault("lower, upper", "at least one end of the band", "none", kind="parameter"))
    d = defined(values, weights, "band_share", negatives)
    low = -np.inf if lower is None else d.inner(policy.number(lower, "lower"))
    high = np.inf if upper is None else d.inner(policy.number(upper, "upper"))
    if low > high:
        fault = Fault("lower", f"at most the upper end {upper!r}", repr(lower), kind="parameter")
        raise DataError(fault)
    return d.average(_inside(d.x, low, high, closed))


def _inside(x: Floats, low: float, high: float, closed: Closed) -> Floats:
    """1 for values in the band, 0 for others; a value within rounding of an end is on it."""
    above = ~policy.below(x, low) if closed in ("both", "left") else policy.beyond(x, low)
    under = ~policy.beyond(x, high) if closed in ("both", "right") else policy.below(x, high)
    return np.asarray(above & under, float)


def _ends(d: Distribution, lower: float | None, upper: float | None) -> tuple[float, float]:
    return (-np.inf if lower is None else d.inner(lower)), (np.inf if upper is None else d.inner(upper))


def _band_influence(
    d: Distribution, lower: float | None = None, upper: float | None = None, closed: Closed = "both"
) -> Floats:
    return centred(d, _inside(d.x_sorted, *_ends(d, lower, upper), closed))


def _band_kernel(r: Rows, lower: float | None = None, upper: float | None = None, closed: Closed = "both") -> Floats:
    return r.average(_inside(r.x, *_ends(r.d, lower, upper), closed))


register(
    Measure(
        "band_share",
        band_share,
        influence=_band_influence,
        kernel=_band_kernel,
        pointwise=True,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="收入区间内的比例",
        en="Share in an income band",
        unit="%",
        factor=100,
    )
)
