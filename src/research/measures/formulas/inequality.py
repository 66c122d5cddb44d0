"""Inequality indices of distances from the mean: Hoover, coefficient of variation."""

from __future__ import annotations

import numpy as np

from research.core.kinds import Floats
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.parts import INF, average, relative, with_mean
from research.measures.measure import Measure, register
from research.measures.policy import Negatives


def hoover(values: Values, weights: Weights = None, *, negatives: Negatives = "refuse") -> float:
    """Hoover (Robin Hood, Ricci-Schutz) index: the share of income to move for all to be alike.

    ``sum_i w_i |x_i - mu| / (2 W mu)``.

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
        From 0 to below 1; no unit.

    Raises
    ------
    DataError
        As `gini`.

    References
    ----------
    Hoover (1936), Review of Economics and Statistics 18.

    Examples
    --------
    >>> hoover([1, 2, 3, 4, 10])
    0.3
    """
    d = with_mean(values, weights, "hoover", negatives)
    return float(d.average(np.abs(d.x - d.mean)) / (2 * d.mean))


def _hoover_influence(d: Distribution) -> Floats:
    r = relative(d)
    away = np.abs(r - 1)
    mean = average(d, away)
    side = average(d, np.sign(1 - r))
    return (away - mean + side * (r - 1)) / 2 - mean / 2 * (r - 1)


def _hoover_kernel(r: Rows) -> Floats:
    below = np.searchsorted(r.x, r.mean, side="right") - 1
    people, held = r.at(r.cum, below), r.at(r.held, below)
    return (people * r.mean - held) / (r.total * r.mean)


register(
    Measure(
        "hoover",
        hoover,
        influence=_hoover_influence,
        kernel=_hoover_kernel,
        pointwise=True,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="胡佛指数",
        en="Hoover index",
        unit="系数",
        factor=1,
    )
)


def coefficient_of_variation(values: Values, weights: Weights = None, *, negatives: Negatives = "refuse") -> float:
    """Coefficient of variation: standard deviation over mean, both of the whole weight (divisor W).

    ``sqrt(sum_i w_i (x_i - mu)^2 / W) / mu``.

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
        0 or more; no unit.

    Raises
    ------
    DataError
        As `gini`.

    References
    ----------
    Cowell (2011), "Measuring Inequality", 3rd ed.

    Examples
    --------
    >>> coefficient_of_variation([1, 3])
    0.5
    """
    d = with_mean(values, weights, "coefficient_of_variation", negatives)
    return float(np.sqrt(d.average((d.x - d.mean) ** 2)) / d.mean)


def _variation_influence(d: Distribution) -> Floats:
    r = relative(d)
    square = r * r
    mean = average(d, square)
    spread = np.sqrt(max(mean - 1, 0.0))
    return (square - mean - 2 * mean * (r - 1)) / (2 * spread) if spread > 0 else np.zeros(d.n)


def _variation_kernel(r: Rows) -> Floats:
    return np.sqrt(np.maximum(r.average(r.x * r.x) / r.mean**2 - 1, 0))


register(
    Measure(
        "coefficient_of_variation",
        coefficient_of_variation,
        influence=_variation_influence,
        kernel=_variation_kernel,
        pointwise=True,
        interval="log",
        range=(0.0, INF),
        keeps=True,
        shared=None,
        zh="变异系数",
        en="Coefficient of variation",
        unit="系数",
        factor=1,
    )
)
