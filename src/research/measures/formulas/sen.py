"""Poverty indices that look at the inequality among the poor: Sen, Sen-Shorrocks-Thon."""

from __future__ import annotations

import numpy as np

from research.core.kinds import Floats
from research.measures import policy
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.gini import gini
from research.measures.formulas.parts import average, centred, defined, distance, sorted_weights
from research.measures.formulas.poverty import gaps
from research.measures.measure import Measure, register
from research.measures.policy import Negatives


def sen(values: Values, weights: Weights = None, *, line: float, negatives: Negatives = "refuse") -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`. This measure has no value with them.

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
    d = defined(values, weights, "sen", negatives, keeps=False)
    z = d.inner(policy.number(line, "line", 0, open_low=True))
    poor = policy.below(d.x, z)
    if not poor.any():
        return 0.0
    among = Distribution(d.x[poor], d.weights[poor])
    share = d.average(poor.astype(float))
    gap = 1 - among.mean / z
    unequal = gini(among) if among.sum > 0 else 0.0
    return float(share * (gap + (1 - gap) * unequal))


def _sen_influence(d: Distribution, line: float) -> Floats:
    z = d.inner(line)
    poor = policy.below(d.x_sorted, z).astype(float)
    share = average(d, poor)
    if share == 0:
        return np.zeros(d.n)
    w = sorted_weights(d) * poor
    whole = d.cum_weight[-1]
    below, held = np.cumsum(w) / whole, np.cumsum(w * d.x_sorted) / whole
    among = poor * (d.x_sorted * (2 * below - below[-1]) + held[-1] - 2 * held)  # E|x - Y| over the poor Y
    pairs = average(d, among)
    z_pairs = (among - pairs) / (z * share) - pairs / (2 * z * share**2) * (poor - share)
    found: Floats = centred(d, gaps(d, line)) + z_pairs
    return found


register(
    Measure(
        "sen",
        sen,
        influence=_sen_influence,
        kernel=None,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=False,
        shared=None,
        zh="森贫困指数",
        en="Sen index",
        unit="系数",
        factor=1,
    )
)


def sen_shorrocks_thon(
    values: Values,
    weights: Weights = None,
    *,
    line: float,
    negatives: Negatives = "refuse",
) -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        From 0 to 1; above 1 only with values below 0.

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
    d = defined(values, weights, "sen_shorrocks_thon", negatives)
    z = d.inner(policy.number(line, "line", 0, open_low=True))
    lack = Distribution(np.clip((z - d.x) / z, 0.0, None), d.weights)
    return float(lack.mean * (1 + gini(lack))) if lack.sum > 0 else 0.0


def _thon_influence(d: Distribution, line: float) -> Floats:
    lack = gaps(d, line)
    away = distance(d, -lack)  # the largest gap stands first; their negatives rise
    return centred(d, lack) + away - average(d, away)


register(
    Measure(
        "sen_shorrocks_thon",
        sen_shorrocks_thon,
        influence=_thon_influence,
        kernel=None,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="SST贫困指数",
        en="Sen-Shorrocks-Thon index",
        unit="系数",
        factor=1,
    )
)
