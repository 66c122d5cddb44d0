"""Mean, quantiles, and the shares of all income that are read off the Lorenz curve."""

from __future__ import annotations

import numpy as np

from research.core.kinds import Floats
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.parts import INF, centred, defined, held, relative, restored, with_mean
from research.measures.formulas.parts import quantile as moved_quantile
from research.measures.measure import Measure, register
from research.measures.policy import Negatives


def mean(values: Values, weights: Weights = None, *, negatives: Negatives = "refuse") -> float:
    """Weighted mean.

    ``sum_i w_i x_i / W``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

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
    d = defined(values, weights, "mean", negatives)
    return d.restore(d.mean)


def _mean_influence(d: Distribution) -> Floats:
    return restored(d, d.x_sorted - d.mean)


def _mean_kernel(r: Rows) -> Floats:
    return restored(r.d, r.mean)


register(
    Measure(
        "mean",
        mean,
        influence=_mean_influence,
        kernel=_mean_kernel,
        pointwise=True,
        interval="normal",
        range=(0.0, INF),
        keeps=True,
        shared=None,
        zh="平均数",
        en="Mean",
        unit="",
        factor=1,
    )
)


def quantile(values: Values, weights: Weights = None, *, q: float = 0.5, negatives: Negatives = "refuse") -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

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
    d = defined(values, weights, "quantile", negatives)
    return d.restore(d.quantile(q))


def _quantile_influence(d: Distribution, q: float = 0.5) -> Floats:
    return restored(d, centred(d, moved_quantile(d, q)))


def _quantile_kernel(r: Rows, q: float = 0.5) -> Floats:
    return restored(r.d, r.quantile(q))


register(
    Measure(
        "quantile",
        quantile,
        influence=_quantile_influence,
        kernel=_quantile_kernel,
        pointwise=False,
        interval="woodruff",
        range=(0.0, INF),
        keeps=True,
        shared=None,
        zh="分位数",
        en="Quantile",
        unit="",
        factor=1,
    )
)


def median(values: Values, weights: Weights = None, *, negatives: Negatives = "refuse") -> float:
    """Weighted median: `quantile` at one half.

    ``quantile(q = 1/2)``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

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
    return quantile(values, weights, q=0.5, negatives=negatives)


register(
    Measure(
        "median",
        median,
        influence=_quantile_influence,
        kernel=_quantile_kernel,
        pointwise=False,
        interval="woodruff",
        range=(0.0, INF),
        keeps=True,
        shared=None,
        zh="中位数",
        en="Median",
        unit="",
        factor=1,
    )
)


def top_share(values: Values, weights: Weights = None, *, share: float = 0.1, negatives: Negatives = "refuse") -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

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
    d = with_mean(values, weights, "top_share", negatives)
    return float((d.cum_value[-1] - _below(d, 1 - share)) / d.cum_value[-1])


def _top_share_influence(d: Distribution, share: float = 0.1) -> Floats:
    return -_bottom_share_influence(d, 1 - share) if share < 1 else np.zeros(d.n)


def _top_share_kernel(r: Rows, share: float = 0.1) -> Floats:
    return 1 - r.sum_below(1 - share) / r.held[:, -1]


register(
    Measure(
        "top_share",
        top_share,
        influence=_top_share_influence,
        kernel=_top_share_kernel,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="收入最高10%人口的收入份额",
        en="Share of the richest tenth",
        unit="%",
        factor=100,
    )
)


def bottom_share(
    values: Values,
    weights: Weights = None,
    *,
    share: float = 0.4,
    negatives: Negatives = "refuse",
) -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

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
    d = with_mean(values, weights, "bottom_share", negatives)
    return float(_below(d, share) / d.cum_value[-1])


def _below(d: Distribution, share: float) -> float:
    return 0.0 if share <= 0 else d.sum_below(min(share, 1.0))


def _bottom_share_influence(d: Distribution, share: float = 0.4) -> Floats:
    z, below = held(d, share)
    return z / d.mean - below / d.mean * (relative(d) - 1)


def _bottom_share_kernel(r: Rows, share: float = 0.4) -> Floats:
    return r.sum_below(share) / r.held[:, -1]


register(
    Measure(
        "bottom_share",
        bottom_share,
        influence=_bottom_share_influence,
        kernel=_bottom_share_kernel,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="收入最低40%人口的收入份额",
        en="Share of the poorest four tenths",
        unit="%",
        factor=100,
    )
)
