"""Ratios between parts of a distribution: S80/S20 by totals and by means, P90/P10, Palma."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from research.core.kinds import Floats
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.parts import INF, centred, defined, held, quantile, with_mean
from research.measures.measure import Measure, register
from research.measures.policy import Negatives

Rule = Literal["laeken", "split"]


def quintile_ratio(
    values: Values,
    weights: Weights = None,
    *,
    share: float = 0.2,
    rule: Rule = "laeken",
    negatives: Negatives = "refuse",
) -> float:
    """S80/S20: income of the richest fifth over that of the poorest fifth, totals over totals.

    ``sum(w x | x > Q(1 - s)) / sum(w x | x <= Q(s))`` with s = `share`; for "split" ``(1 - L(1 - s)) / L(s)``.
    Yearbooks that print the mean of five equal groups give `quintile_mean_ratio`.

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
        "laeken": the totals of all above the upper quantile and of all at or below the lower one, as
        Eurostat, R's laeken (qsr) and convey (svyqsr) do; where more than a fifth stands at the top value, so
        that nobody is above it, those at that value are the rich (laeken gives 0). "split": exactly a fifth
        of the weight, the person on the border split.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        Above 0; 1 when all are alike. Below 1 only where many share the poorest fifth's highest value. No unit.

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
    >>> quintile_ratio([1, 1, 3, 4, 10]), quintile_mean_ratio([1, 1, 3, 4, 10])
    (5.0, 10.0)
    """
    share = policy.number(share, "share", 0, 0.5, open_low=True)
    policy.choice(rule, "rule", ("laeken", "split"))
    d = with_mean(values, weights, "quintile_ratio", negatives)
    poor, rich = _held(d, share, rule)
    if poor <= 0:
        raise policy.undefined("quintile_ratio", f"no income among the poorest {share:.0%}")
    return float(rich / poor)


class _Tails(NamedTuple):
    """Total income and weight of the poorest and of the richest."""

    poor: float
    people_poor: float
    rich: float
    people_rich: float


def _tails(d: Distribution, share: float) -> _Tails:
    """Those at or below the lower quantile, and those above the upper one."""
    low, high = d.quantile(share), d.quantile(1 - share)
    i = int(np.searchsorted(d.x_sorted, low, side="right"))
    j = int(np.searchsorted(d.x_sorted, high, side="right"))
    if j >= d.n:  # more than a fifth stands at the top value: nobody is above, so they are the rich
        j = int(np.searchsorted(d.x_sorted, high, side="left"))
    before = d.cum_value[j - 1] if j else 0.0
    people = d.cum_weight[j - 1] if j else 0.0
    return _Tails(d.cum_value[i - 1], d.cum_weight[i - 1], d.cum_value[-1] - before, d.cum_weight[-1] - people)


def _held(d: Distribution, share: float, rule: Rule) -> tuple[float, float]:
    """Total income of the poorest and of the richest by a rule."""
    if rule == "split":
        return d.sum_below(share), float(d.cum_value[-1] - d.sum_below(1 - share))
    tails = _tails(d, share)
    return tails.poor, tails.rich


def _moved(d: Distribution, top: float, bottom: float, poor: float, rich: float) -> Floats:
    """Influence on the ratio of what the richest hold to what the poorest hold, per head of all."""
    z_low, z_not_high = held(d, bottom)[0], held(d, 1 - top)[0]
    return (d.x_sorted - d.mean - z_not_high) / poor - rich / poor**2 * z_low


def _quintile_influence(d: Distribution, share: float = 0.2, rule: Rule = "laeken") -> Floats:
    poor, rich = _held(d, share, rule)
    return _moved(d, share, share, poor / d.cum_weight[-1], rich / d.cum_weight[-1])


def _tail_rows(r: Rows, share: float) -> tuple[Floats, Floats, Floats, Floats]:
    """What `_tails` gives, a number a row of weights."""
    i = np.searchsorted(r.x, r.quantile(share), side="right") - 1
    high = r.quantile(1 - share)
    j = np.searchsorted(r.x, high, side="right") - 1
    empty = r.cum[:, -1] - r.at(r.cum, j) <= 1e-12 * r.total
    j = np.where(empty, np.searchsorted(r.x, high, side="left") - 1, j)
    before = np.where(j < 0, 0, r.at(r.held, j.clip(0)))
    people = np.where(j < 0, 0, r.at(r.cum, j.clip(0)))
    return r.at(r.held, i), r.at(r.cum, i), r.held[:, -1] - before, r.cum[:, -1] - people


def _quintile_kernel(r: Rows, share: float = 0.2, rule: Rule = "laeken") -> Floats:
    if rule == "split":
        return (r.held[:, -1] - r.sum_below(1 - share)) / r.sum_below(share)
    poor, _, rich, _ = _tail_rows(r, share)
    return rich / poor


register(
    Measure(
        "quintile_ratio",
        quintile_ratio,
        influence=_quintile_influence,
        kernel=_quintile_kernel,
        pointwise=False,
        interval="log",
        range=(0.0, INF),
        keeps=True,
        shared=None,
        zh="高低收入组收入总额之比（最高20%与最低20%）",
        en="Income quintile share ratio (S80/S20)",
        unit="倍",
        factor=1,
    )
)


def quintile_mean_ratio(
    values: Values, weights: Weights = None, *, share: float = 0.2, negatives: Negatives = "refuse"
) -> float:
    """Mean income of the richest fifth over that of the poorest fifth, as yearbooks print five equal groups.

    ``mean(x | x > Q(1 - s)) / mean(x | x <= Q(s))`` with s = `share`. Where values tie or weights are uneven the
    groups are not of one size, and it differs from `quintile_ratio`, which compares their totals.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    share : float
        The fifth, above 0 and at most 0.5.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        1 or more; no unit.

    Raises
    ------
    DataError
        As `quintile_ratio`.

    References
    ----------
    National Bureau of Statistics of China, China Statistical Yearbook, income of households by five equal groups.

    Examples
    --------
    >>> quintile_mean_ratio([1, 2, 3, 4, 10])
    10.0
    """
    share = policy.number(share, "share", 0, 0.5, open_low=True)
    d = with_mean(values, weights, "quintile_mean_ratio", negatives)
    tails = _tails(d, share)
    if tails.poor <= 0:
        raise policy.undefined("quintile_mean_ratio", f"no income among the poorest {share:.0%}")
    return float(tails.rich / tails.people_rich / (tails.poor / tails.people_poor))


def _quintile_mean_influence(d: Distribution, share: float = 0.2) -> Floats:
    """The groups' shares of the weight are fixed in the limit, so only their totals move."""
    tails, s = _tails(d, share), share
    return _moved(d, s, s, s * tails.poor / tails.people_poor, s * tails.rich / tails.people_rich)


def _quintile_mean_kernel(r: Rows, share: float = 0.2) -> Floats:
    poor, people_poor, rich, people_rich = _tail_rows(r, share)
    return rich / people_rich / (poor / people_poor)


register(
    Measure(
        "quintile_mean_ratio",
        quintile_mean_ratio,
        influence=_quintile_mean_influence,
        kernel=_quintile_mean_kernel,
        pointwise=False,
        interval="log",
        range=(1.0, INF),
        keeps=True,
        shared=None,
        zh="高低收入组人均收入之比（最高20%与最低20%）",
        en="Ratio of the means of the top and bottom fifth",
        unit="倍",
        factor=1,
    )
)


def percentile_ratio(
    values: Values,
    weights: Weights = None,
    *,
    upper: float = 90,
    lower: float = 10,
    negatives: Negatives = "refuse",
) -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        1 or more when `upper` is above `lower`; no unit.

    Raises
    ------
    DataError
        As `quantile`; or when the lower percentile is not above 0 yuan.

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
    d = defined(values, weights, "percentile_ratio", negatives)
    below = d.quantile(lower / 100)
    if below <= 0:
        raise policy.undefined("percentile_ratio", f"the {lower:g}th percentile is 0 or less")
    return float(d.quantile(upper / 100) / below)


def _percentile_influence(d: Distribution, upper: float = 90, lower: float = 10) -> Floats:
    high, low = d.quantile(upper / 100), d.quantile(lower / 100)
    z = quantile(d, upper / 100) / low - high / low**2 * quantile(d, lower / 100)
    return centred(d, z)


def _percentile_kernel(r: Rows, upper: float = 90, lower: float = 10) -> Floats:
    return r.quantile(upper / 100) / r.quantile(lower / 100)


register(
    Measure(
        "percentile_ratio",
        percentile_ratio,
        influence=_percentile_influence,
        kernel=_percentile_kernel,
        pointwise=False,
        interval="log",
        range=(0.0, INF),
        keeps=True,
        shared=None,
        zh="第90与第10百分位收入之比",
        en="Percentile ratio (P90/P10)",
        unit="倍",
        factor=1,
    )
)


def palma_ratio(values: Values, weights: Weights = None, *, negatives: Negatives = "refuse") -> float:
    """Income share of the richest tenth over that of the poorest four tenths.

    ``(1 - L(0.9)) / L(0.4)``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter. A person on a border is split.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

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
    d = with_mean(values, weights, "palma_ratio", negatives)
    poor = d.sum_below(0.4)
    if poor <= 0:
        raise policy.undefined("palma_ratio", "no income among the poorest 40%")
    return float((d.cum_value[-1] - d.sum_below(0.9)) / poor)


def _palma_influence(d: Distribution) -> Floats:
    whole = d.cum_weight[-1]
    return _moved(d, 0.1, 0.4, d.sum_below(0.4) / whole, (d.cum_value[-1] - d.sum_below(0.9)) / whole)


def _palma_kernel(r: Rows) -> Floats:
    return (r.held[:, -1] - r.sum_below(0.9)) / r.sum_below(0.4)


register(
    Measure(
        "palma_ratio",
        palma_ratio,
        influence=_palma_influence,
        kernel=_palma_kernel,
        pointwise=False,
        interval="log",
        range=(0.25, INF),
        keeps=True,
        shared=None,
        zh="帕尔马比值",
        en="Palma ratio",
        unit="倍",
        factor=1,
    )
)
