"""Poverty: who is below a line, and by how much."""

from __future__ import annotations

import numpy as np

from research.core.kinds import Floats
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.parts import INF, centred, defined
from research.measures.measure import Measure, register
from research.measures.policy import Negatives, Zeros


def headcount(values: Values, weights: Weights = None, *, line: float, negatives: Negatives = "refuse") -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

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
    return fgt(values, weights, line=line, alpha=0, negatives=negatives)


def _headcount_influence(d: Distribution, line: float) -> Floats:
    return _fgt_influence(d, line, 0)


def _headcount_kernel(r: Rows, line: float) -> Floats:
    return _fgt_kernel(r, line, 0)


register(
    Measure(
        "headcount",
        headcount,
        influence=_headcount_influence,
        kernel=_headcount_kernel,
        pointwise=True,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="贫困线以下人口比例",
        en="Poverty headcount",
        unit="%",
        factor=100,
    )
)


def poverty_gap(values: Values, weights: Weights = None, *, line: float, negatives: Negatives = "refuse") -> float:
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
    Foster, Greer & Thorbecke (1984), Econometrica 52.

    Examples
    --------
    >>> poverty_gap([500, 1500, 2500, 4000], line=2000)
    0.25
    """
    return fgt(values, weights, line=line, alpha=1, negatives=negatives)


def _gap_influence(d: Distribution, line: float) -> Floats:
    return _fgt_influence(d, line, 1)


def _gap_kernel(r: Rows, line: float) -> Floats:
    return _fgt_kernel(r, line, 1)


register(
    Measure(
        "poverty_gap",
        poverty_gap,
        influence=_gap_influence,
        kernel=_gap_kernel,
        pointwise=True,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="贫困距",
        en="Poverty gap",
        unit="系数",
        factor=1,
    )
)


def fgt(
    values: Values,
    weights: Weights = None,
    *,
    line: float,
    alpha: float = 2,
    negatives: Negatives = "refuse",
) -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        From 0 to 1; above 1 only with values below 0.

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
    d, z = _with_line(values, weights, line, negatives)
    poor = policy.below(d.x, z)
    gap = np.where(poor, (z - d.x) / z, 0.0)
    return d.average(poor.astype(float) if a == 0 else gap if a == 1 else gap**a)


def gaps(d: Distribution, line: float) -> Floats:
    """Relative gaps of the sorted values below a line, 0 for the others."""
    z = d.inner(line)
    return np.maximum((z - d.x_sorted) / z, 0.0)


def _fgt_influence(d: Distribution, line: float, alpha: float = 2) -> Floats:
    if alpha == 0:
        return centred(d, policy.below(d.x_sorted, d.inner(line)).astype(float))
    return centred(d, gaps(d, line) ** alpha)


def _fgt_kernel(r: Rows, line: float, alpha: float = 2) -> Floats:
    z = r.d.inner(line)
    poor = policy.below(r.x, z)
    return r.average(poor.astype(float) if alpha == 0 else np.where(poor, (z - r.x) / z, 0.0) ** alpha)


register(
    Measure(
        "fgt",
        fgt,
        influence=_fgt_influence,
        kernel=_fgt_kernel,
        pointwise=True,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="FGT贫困指数",
        en="Foster-Greer-Thorbecke index",
        unit="系数",
        factor=1,
    )
)


def watts(
    values: Values,
    weights: Weights = None,
    *,
    line: float,
    zeros: Zeros = "refuse",
    negatives: Negatives = "refuse",
) -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`. This measure has no value with them.

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
    d, z = _with_line(values, weights, line, negatives, "watts")
    if d.x.min() == 0:
        keep = d.x > 0
        if zeros == "refuse" or not keep.any():
            raise policy.zeros("watts", d.positions(~keep))
        policy.warn_zeros("watts", 1 - d.average(keep.astype(float)))
        d = Distribution(d.x[keep], d.weights[keep])
    return d.average(np.log(z) - np.log(np.minimum(d.x, z)))


def _watts_influence(d: Distribution, line: float, zeros: Zeros = "refuse") -> Floats:
    z = d.inner(line)
    return centred(d, np.log(z) - np.log(np.minimum(d.x_sorted, z)))


def _watts_kernel(r: Rows, line: float, zeros: Zeros = "refuse") -> Floats:
    z = r.d.inner(line)
    return r.average(np.log(z) - np.log(np.minimum(r.x, z)))


register(
    Measure(
        "watts",
        watts,
        influence=_watts_influence,
        kernel=_watts_kernel,
        pointwise=True,
        interval="log",
        range=(0.0, INF),
        keeps=False,
        shared=None,
        zh="瓦茨指数",
        en="Watts index",
        unit="系数",
        factor=1,
    )
)


def _with_line(
    values: Values, weights: Weights, line: float, negatives: Negatives, only: str = ""
) -> tuple[Distribution, float]:
    """The distribution, and the line on its inner scale; `only` names a measure that takes no values below 0."""
    d = defined(values, weights, only, negatives, keeps=not only)
    return d, d.inner(policy.number(line, "line", 0, open_low=True))
