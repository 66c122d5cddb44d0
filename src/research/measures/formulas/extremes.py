"""The highest value over the lowest."""

from __future__ import annotations

from research.measures import policy
from research.measures.distribution import Values, Weights
from research.measures.formulas.parts import INF, defined
from research.measures.measure import Measure, register
from research.measures.policy import Negatives


def max_min_ratio(values: Values, weights: Weights = None, *, negatives: Negatives = "refuse") -> float:
    """Highest value over lowest, such as GDP per head between regions (地区人均GDP最高最低倍差).

    ``max_i x_i / min_i x_i``.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        One value a place.
    weights : array-like of shape (n,), optional
        Only tells which places count: those of weight 0 do not.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        1 or more; no unit.

    Raises
    ------
    DataError
        Naming each missing, infinite or negative entry; or when the lowest value is 0 or less.

    References
    ----------
    Williamson (1965), Economic Development and Cultural Change 13, on regional inequality.

    Examples
    --------
    >>> max_min_ratio([4, 2, 8])
    4.0
    """
    d = defined(values, weights, "max_min_ratio", negatives, keeps=False)
    if d.x.min() <= 0:
        raise policy.undefined("max_min_ratio", "the lowest value is 0 or less")
    return float(d.x.max() / d.x.min())


register(
    Measure(
        "max_min_ratio",
        max_min_ratio,
        influence=None,
        kernel=None,
        pointwise=True,
        interval="log",
        range=(1.0, INF),
        keeps=False,
        shared=None,
        zh="最高最低倍差",
        en="Ratio of the extremes",
        unit="倍",
        factor=1,
    )
)
