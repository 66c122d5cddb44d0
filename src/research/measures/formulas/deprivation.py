"""Relative deprivation: what those above one have more."""

from __future__ import annotations

from typing import Literal

from research.core.kinds import Floats
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.gini import gini, gini_influence, half_distance
from research.measures.formulas.parts import average, distance, restored, with_mean
from research.measures.measure import Measure, register
from research.measures.policy import Negatives

Kind = Literal["kakwani", "yitzhaki"]


def relative_deprivation(
    values: Values,
    weights: Weights = None,
    *,
    kind: Kind = "kakwani",
    negatives: Negatives = "refuse",
) -> float:
    """Mean over all persons of what those above them have more.

    For one person, ``sum_{j: x_j > x_i} w_j (x_j - x_i) / W``, over the mean of all for Kakwani's form.
    The mean of Kakwani's form over all persons is the Gini; `deprivation` gives each person's.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    kind : {"kakwani", "yitzhaki"}
        Relative to the mean (no unit), or in the unit of the values.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        0 or more.

    Raises
    ------
    DataError
        As `gini`.

    References
    ----------
    Yitzhaki (1979), Quarterly J. Economics 93; Kakwani (1984), Int. Econ. Review 25.

    Examples
    --------
    >>> relative_deprivation([1, 2, 3, 4, 10]), relative_deprivation([1, 2, 3, 4, 10], kind="yitzhaki")
    (0.4, 1.6)
    """
    policy.choice(kind, "kind", ("kakwani", "yitzhaki"))
    d = with_mean(values, weights, "relative_deprivation", negatives)
    return gini(d) if kind == "kakwani" else d.restore(gini(d) * d.mean)


def _deprivation_influence(d: Distribution, kind: Kind = "kakwani") -> Floats:
    if kind == "kakwani":
        return gini_influence(d)
    away = distance(d)
    return restored(d, away - average(d, away))


def _deprivation_kernel(r: Rows, kind: Kind = "kakwani") -> Floats:
    return half_distance(r) / r.mean if kind == "kakwani" else restored(r.d, half_distance(r))


register(
    Measure(
        "relative_deprivation",
        relative_deprivation,
        influence=_deprivation_influence,
        kernel=_deprivation_kernel,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="相对剥夺",
        en="Relative deprivation",
        unit="系数",
        factor=1,
    )
)
