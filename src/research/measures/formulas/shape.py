"""Shape of the Lorenz curve: Zenga's index, its asymmetry."""

from __future__ import annotations

import numpy as np

from research.core.kinds import Floats
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.parts import centred, with_mean
from research.measures.measure import Measure, register
from research.measures.policy import Negatives


def zenga(values: Values, weights: Weights = None, *, negatives: Negatives = "refuse") -> float:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`. This measure has no value with them.

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
    d = with_mean(values, weights, "zenga", negatives, keeps=False)
    x, w = d.distinct()
    people, held = np.cumsum(w), np.cumsum(w * x)
    lower = held / people
    upper = np.full(len(x), x[-1])
    upper[:-1] = (held[-1] - held[:-1]) / (people[-1] - people[:-1])
    return max(0.0, float((w * (1 - lower / upper)).sum() / people[-1]))


def _zenga_influence(d: Distribution) -> Floats:
    """By the chain rule from running weight, running income and mean, for the form over distinct values."""
    x, w = d.distinct()
    people, held = np.cumsum(w) / w.sum(), np.cumsum(w * x) / w.sum()
    share, mean = w / w.sum(), held[-1]
    rich = mean - held[:-1]  # held by those above
    above = 1 - people[:-1]
    ratio = np.append(held[:-1] / people[:-1] * above / rich, mean / x[-1])
    by_held = np.append(above / people[:-1] * mean / rich**2, 0.0)
    by_people = np.append(-held[:-1] / rich / people[:-1] ** 2, 0.0)
    by_mean = np.append(-held[:-1] * above / people[:-1] / rich**2, 1 / x[-1])
    own = ratio + x * _from_here(share * by_held) + _from_here(share * by_people) + x * (share * by_mean).sum()
    z = np.repeat(-own, np.diff(np.append(np.searchsorted(d.x_sorted, x), d.n)))
    return centred(d, z)


def _from_here(values: Floats) -> Floats:
    """Sum of each entry and all after it."""
    return np.cumsum(values[::-1])[::-1]


register(
    Measure(
        "zenga",
        zenga,
        influence=_zenga_influence,
        kernel=None,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=False,
        shared=None,
        zh="曾加指数",
        en="Zenga index",
        unit="系数",
        factor=1,
    )
)


def lorenz_asymmetry(values: Values, weights: Weights = None, *, negatives: Negatives = "refuse") -> float:
    """Lorenz asymmetry coefficient: whether the poor or the rich make the inequality.

    ``F(mu) + L(mu)``, share of persons below the mean plus share of income they hold, read between the
    values next to the mean. Above 1, a few rich make it; below 1, many poor.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`. This measure has no value with them.

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
    d = with_mean(values, weights, "lorenz_asymmetry", negatives, keeps=False)
    x, w = d.distinct()
    if len(x) == 1:
        return 1.0
    below = min(int(np.searchsorted(x, d.mean * (1 - 1e-12))), len(x) - 1) - 1
    people, held = np.cumsum(w), np.cumsum(w * x)
    at_mean = abs(x[below + 1] / d.mean - 1) <= 1e-12  # any point of that value will do: its middle
    share = 0.5 if at_mean else (d.mean - x[below]) / (x[below + 1] - x[below])
    persons = people[below] + share * w[below + 1]
    return float(persons / people[-1] + (held[below] + share * w[below + 1] * x[below + 1]) / held[-1])


register(
    Measure(
        "lorenz_asymmetry",
        lorenz_asymmetry,
        influence=None,
        kernel=None,
        pointwise=False,
        interval="normal",
        range=(0.0, 2.0),
        keeps=False,
        shared=None,
        zh="洛伦兹不对称系数",
        en="Lorenz asymmetry",
        unit="系数",
        factor=1,
    )
)
