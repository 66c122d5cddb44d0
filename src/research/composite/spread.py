"""What varies, told from rounding noise; and weights that can be weights: two questions that all steps ask alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from research.core.faults import DataError, Fault, spot

if TYPE_CHECKING:
    from research.core.kinds import Floats


ROUNDING = 1e-12
"""Differences up to this share of a column's largest value are rounding: the same number, computed in two ways."""


def flat(values: ArrayLike) -> Any:
    """Whether a column (or each column of a table) does not vary beyond rounding; gaps are passed over.

    Parameters
    ----------
    values : array-like of shape (units,) or (units, indicators)

    Returns
    -------
    bool or ndarray of bool
        True too where nothing is there.

    Examples
    --------
    >>> flat([0.3, 0.1 + 0.2, 0.3]), flat([[1.0, 14.62], [2.0, 14.62]]).tolist()
    (True, [False, True])
    """
    x = np.asarray(values, float)
    low = np.fmin.reduce(x, axis=0, initial=np.inf)
    high = np.fmax.reduce(x, axis=0, initial=-np.inf)
    with np.errstate(invalid="ignore"):
        out = ~(high - low > ROUNDING * np.maximum(np.abs(high), np.abs(low)))
    return bool(out) if np.ndim(out) == 0 else out


def settled(values: ArrayLike) -> Floats:
    """Columns without their rounding noise, for comparisons of order: equal numbers are equal.

    Examples
    --------
    >>> a, b = settled([0.3, 0.1 + 0.2])
    >>> bool(a == b)
    True
    """
    x = np.asarray(values, float)
    scale = np.fmax.reduce(np.abs(x), axis=0, initial=0.0)
    return np.round(x / np.where(scale > 0, scale, 1.0), 12)


def checked_weights(
    weights: ArrayLike, count: int, what: str, names: Sequence[str] | None = None, kind: str = "weights"
) -> Floats:
    """Weights as numbers: one for each of `count`, finite, none below 0, not all 0.

    Parameters
    ----------
    weights : array-like of shape (count,)
    count : int
    what : str
        What messages call them.
    names : sequence of str, optional
        Of what is weighed. Default: positions.
    kind : str
        Kind of the faults.

    Returns
    -------
    ndarray of shape (count,)

    Raises
    ------
    DataError
        Every weight that is none, by name.

    Examples
    --------
    >>> checked_weights([3, 1], 2, "topsis").tolist()
    [3.0, 1.0]
    """
    w = np.asarray(weights, float)
    if w.shape != (count,):
        found = f"{len(w)}" if w.ndim == 1 else f"shape {w.shape}"
        raise DataError(Fault(spot(what, item="weights"), f"{count} weights, one each", found, kind=kind))
    bad = np.flatnonzero(~(np.isfinite(w) & (w >= 0)))
    if len(bad):
        raise DataError(
            [
                Fault(
                    spot(what, item=f"weight of {names[int(j)] if names else j}"),
                    "a finite number of 0 or more",
                    "nothing" if np.isnan(w[j]) else f"{w[j]:g}",
                    kind=kind,
                )
                for j in bad
            ]
        )
    if not w.sum() > 0:
        place = spot(what, item="weights")
        raise DataError(Fault(place, "weights that add up to more than 0", f"{w.sum():g}", kind=kind))
    return w
