"""Weights from data: entropy, CRITIC, coefficient of variation, PCA (and, from `mixing`, how sets combine)."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np

from research.composite.mixing import combine, emphasise, game_shares, to_one
from research.composite.options import Pretreatment
from research.composite.spread import ROUNDING, flat
from research.core.faults import DataError, Fault, nearest, spot

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


__all__ = ["combine", "critic", "emphasise", "entropy", "game_shares", "pca", "variation"]

PRETREATMENTS = get_args(Pretreatment)


def entropy(
    matrix: ArrayLike, pretreatment: Pretreatment = "share", shift: float = 0.01, directions: ArrayLike | None = None
) -> Floats:
    """Entropy weights (熵权法): a column weighs by how unevenly it is spread over the units.

    Parameters
    ----------
    matrix : array-like of shape (units, indicators)
        Without gaps.
    pretreatment : str
        `share`: shares of the raw column, which must not be negative; `minmax_zero`: of the min-max column,
        0 ln 0 taken as 0; `minmax_shift`: of the min-max column plus `shift`. One matrix gives weights of
        0.000 to 0.23 to the same column by variant: always name it.
    shift : float
        Above 0, for `minmax_shift`.
    directions : array-like of 1 or -1, optional
        Turns the columns where less is better, for the min-max variants; default all 1.

    Returns
    -------
    ndarray of shape (indicators,)
        Summing to 1.

    Raises
    ------
    DataError
        Gaps, an unknown variant, negative values under `share`, constant columns under min-max, or no column
        that varies.

    Examples
    --------
    >>> entropy([[3, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]]).round(4)
    array([0.1146, 0.1981, 0.4185, 0.2689])
    """
    x = _matrix(matrix)
    if pretreatment not in PRETREATMENTS:
        raise DataError(
            Fault(
                "entropy, pretreatment",
                "one of " + ", ".join(PRETREATMENTS),
                repr(pretreatment),
                nearest(pretreatment, PRETREATMENTS),
                "weights",
            )
        )
    if pretreatment == "share":
        bad = np.flatnonzero((x < 0).any(axis=0) | (x.sum(axis=0) == 0))
        if len(bad):
            raise DataError(
                [
                    Fault(
                        spot("entropy", column=j),
                        "values of 0 or more, not all 0",
                        f"{x[:, j].min():g}",
                        "use a min-max variant",
                        "weights",
                    )
                    for j in bad
                ]
            )
    else:
        x = _unit(x, directions) + (shift if pretreatment == "minmax_shift" else 0.0)
    share, varies = x / x.sum(axis=0), ~flat(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        e = -np.where(share > 0, share * np.log(share), 0.0).sum(axis=0) / np.log(len(x))
    return to_one(np.where(varies, np.clip(1 - e, 0.0, None), 0.0), "entropy")


def critic(matrix: ArrayLike, directions: ArrayLike | None = None) -> Floats:
    """CRITIC weights: spread of the min-max column times its conflict with the others.

    Parameters
    ----------
    matrix : array-like of shape (units, indicators)
        Without gaps, no constant column.
    directions : array-like of 1 or -1, optional
        Given, columns where less is better are turned first. This matters: correlations change sign.

    Returns
    -------
    ndarray of shape (indicators,)

    Raises
    ------
    DataError
        Gaps or constant columns, by position.

    Examples
    --------
    >>> critic([[1, 4], [2, 2], [3, 0]])
    array([0.5, 0.5])
    """
    x = _unit(_matrix(matrix), directions)
    conflict = (1 - np.corrcoef(x, rowvar=False)).sum(axis=0) if x.shape[1] > 1 else np.ones(1)
    return to_one(x.std(axis=0, ddof=1) * conflict, "CRITIC")


def variation(matrix: ArrayLike) -> Floats:
    """Coefficient-of-variation weights (变异系数法): standard deviation over mean, of the raw columns.

    Parameters
    ----------
    matrix : array-like of shape (units, indicators)
        Without gaps, column means not 0.

    Returns
    -------
    ndarray of shape (indicators,)

    Raises
    ------
    DataError
        Gaps; a column whose mean is 0; no column that varies.

    Examples
    --------
    >>> variation([[1, 10], [3, 10]])
    array([1., 0.])
    """
    x = _matrix(matrix)
    mean = x.mean(axis=0)
    none = np.abs(mean) <= ROUNDING * np.abs(x).max(axis=0)
    if none.any():
        raise DataError(
            [
                Fault(spot("coefficient of variation", column=j), "a mean other than 0", "0", kind="weights")
                for j in np.flatnonzero(none)
            ]
        )
    return to_one(np.where(flat(x), 0.0, x.std(axis=0, ddof=1) / np.abs(mean)), "coefficient of variation")


def pca(matrix: ArrayLike, directions: ArrayLike | None = None, share: float = 0.8) -> Floats:
    """PCA weights: squared loadings of the leading components, each by the variance it explains.

    Parameters
    ----------
    matrix : array-like of shape (units, indicators)
        Without gaps, no constant column; standardised inside.
    directions : array-like of 1 or -1, optional
        No effect on squared loadings; accepted so that all methods are called alike.
    share : float
        Share of the variance that the components kept must explain, above 0 to 1.

    Returns
    -------
    ndarray of shape (indicators,)

    Raises
    ------
    DataError
        Gaps or constant columns; a share outside 0 to 1.

    Examples
    --------
    >>> pca([[1, 2, 0], [2, 4, 1], [3, 6, 0]]).round(3)
    array([0.333, 0.333, 0.333])
    """
    if not 0 < share <= 1:
        raise DataError(Fault("pca, share", "above 0 to 1", repr(share), kind="weights"))
    x = _unit(_matrix(matrix), None)
    values, vectors = np.linalg.eigh(np.corrcoef(x, rowvar=False).reshape(x.shape[1], x.shape[1]))
    values, vectors = np.clip(values[::-1], 0, None), vectors[:, ::-1]
    kept = int(np.searchsorted(np.cumsum(values) / values.sum(), share - 1e-12) + 1)
    return to_one((vectors[:, :kept] ** 2 * values[:kept]).sum(axis=1), "PCA")


def _matrix(matrix: ArrayLike) -> Floats:
    x = np.asarray(matrix, float)
    if x.ndim != 2 or len(x) < 2:
        raise DataError(Fault("weights from data", "a table of two or more units", f"shape {x.shape}", kind="weights"))
    gaps = np.argwhere(~np.isfinite(x))
    if len(gaps):
        raise DataError(
            [
                Fault(
                    spot("weights from data", row=i, column=j),
                    "a number",
                    str(x[i, j]),
                    "impute first, or choose reference years without gaps",
                    "weights",
                )
                for i, j in gaps
            ]
        )
    return x


def _unit(x: Floats, directions: ArrayLike | None) -> Floats:
    low, high = x.min(axis=0), x.max(axis=0)
    same = np.flatnonzero(flat(x))
    if len(same):
        raise DataError(
            [
                Fault(
                    spot("weights from data", column=j),
                    "a column that varies",
                    f"{low[j]:g} throughout",
                    "leave it out or give it a weight",
                    "constant",
                )
                for j in same
            ]
        )
    share = (x - low) / (high - low)
    found: Floats = share if directions is None else np.where(np.asarray(directions) < 0, 1 - share, share)
    return found
