"""Outliers: winsorise, then logarithm, by skewness and kurtosis; everything done is reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from research.composite.options import Treatment
from research.composite.spread import flat
from research.core.faults import DataError, Fault, nearest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


METHODS = get_args(Treatment)


def skewness(x: ArrayLike) -> float:
    """Sample skewness G1 (bias-corrected), as in SAS, Excel and COINr; NaN below three values.

    Examples
    --------
    >>> round(skewness([1, 2, 3, 4, 20]), 4)
    2.1251
    """
    x = _clean(x)
    n = len(x)
    if n < 3 or flat(x):
        return np.nan
    d = x - x.mean()
    square = d * d  # products, not powers: a general power takes ten times as long
    return float(np.sqrt(n) * (square * d).sum() / square.sum() ** 1.5 * np.sqrt(n * (n - 1)) / (n - 2))


def kurtosis(x: ArrayLike) -> float:
    """Sample excess kurtosis G2 (bias-corrected); NaN below four values.

    Examples
    --------
    >>> round(kurtosis([1, 2, 3, 4, 20]), 4)
    4.6061
    """
    x = _clean(x)
    n = len(x)
    if n < 4 or flat(x):
        return np.nan
    d = x - x.mean()
    square = d * d
    g2 = n * (square * square).sum() / square.sum() ** 2 - 3
    return float(((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3)))


def _clean(x: ArrayLike) -> Floats:
    x = np.asarray(x, float)
    found: Floats = x[~np.isnan(x)]
    return found


def is_outlying(x: ArrayLike, skew: float = 2.0, kurt: float = 3.5) -> bool:
    """Whether a column is both skewed and heavy-tailed beyond the limits."""
    return bool(abs(skewness(x)) > skew and kurtosis(x) > kurt)


def winsorise(x: ArrayLike, most: int = 5, skew: float = 2.0, kurt: float = 3.5) -> tuple[Floats, int]:
    """Pull the furthest values in, one by one, until the column passes or `most` values were moved.

    The last difference is never pulled in: of two values that are left, the rare one is what the indicator says.

    Parameters
    ----------
    x : array-like of shape (n,)
    most : int
        Most values moved.
    skew, kurt : float
        Limits of absolute skewness and of excess kurtosis.

    Returns
    -------
    tuple
        (column, number of values moved)

    Examples
    --------
    >>> winsorise([1, 2, 3, 4, 100])
    (array([1., 2., 3., 4., 4.]), 1)
    """
    x, moved = np.array(x, float), np.zeros(len(x), bool)
    while is_outlying(x, skew, kurt) and moved.sum() < most:
        high = skewness(x) > 0
        edge = np.nanmax(x) if high else np.nanmin(x)
        at = x == edge
        if len(np.unique(x[~np.isnan(x)])) < 3:
            break
        x[at] = np.nanmax(x[~at]) if high else np.nanmin(x[~at])
        moved |= at
    return x, int(moved.sum())


def shifted_log(x: ArrayLike) -> Floats:
    """ln(x - min + 1% of the range): keeps the order, takes zeros and negatives.

    Examples
    --------
    >>> shifted_log([0.0, 1.0]).round(4).tolist()
    [-4.6052, 0.01]
    """
    x = np.asarray(x, float)
    low, high = np.nanmin(x), np.nanmax(x)
    if low == high:
        return x.copy()
    found: Floats = np.log(x - low + 0.01 * (high - low))
    return found


def treat(
    values: Floats,
    names: Sequence[str],
    method: Treatment = "none",
    most: int = 5,
    skew: float = 2.0,
    kurt: float = 3.5,
) -> tuple[Floats, list[dict[str, Any]]]:
    """Treat each outlying column by one named rule.

    Parameters
    ----------
    values : ndarray of shape (units, indicators)
    names : sequence of str
    method : str
        `none`, `winsorise`, `log`, or `winsorise_log`: winsorise, and where that does not suffice take the
        logarithm of the untouched column instead (the rule of COINr and the JRC).
    most, skew, kurt :
        As for `winsorise`.

    Returns
    -------
    tuple
        (values, list of dict: indicator, method, points, skewness, kurtosis before, passed)

    Raises
    ------
    DataError
        An unknown method.
    """
    if method not in METHODS:
        raise DataError(
            Fault("outliers", "one of " + ", ".join(METHODS), repr(method), nearest(method, METHODS), "outliers")
        )
    out = values.copy()
    report: list[dict[str, Any]] = []
    if method == "none":
        return out, report
    for j, name in enumerate(names):
        x = values[:, j]
        if not is_outlying(x, skew, kurt):
            continue
        y, points = winsorise(x, most, skew, kurt) if method != "log" else (shifted_log(x), 0)
        used = "log" if method == "log" else "winsorise"
        if method == "winsorise_log" and is_outlying(y, skew, kurt):
            y, points, used = shifted_log(x), 0, "log"
        out[:, j] = y
        report.append(
            {
                "indicator": name,
                "method": used,
                "points": points,
                "skewness": skewness(x),
                "kurtosis": kurtosis(x),
                "passed": not is_outlying(y, skew, kurt),
            }
        )
    return out, report
