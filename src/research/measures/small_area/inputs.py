"""Columns of a small-area model, checked; onto the scale of the model and back; agreement with the whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, spot
from research.measures import policy
from research.measures.columns import check_columns, column

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Bools, Floats


Transform = Literal["none", "log", "logit"]
"""Scale on which the model works."""


def read(
    frame: pd.DataFrame,
    covariates: list[str],
    area: str,
    estimate: str,
    se: str,
    transform: Transform,
    benchmark: str | None,
) -> tuple[Floats, Floats, Floats, Bools, Floats | None]:
    """Clean columns; a place without both estimate and se is out of sample.

    Returns
    -------
    tuple of ndarray
        Estimates and standard errors (nan out of sample), covariates with a constant, which places have an
        estimate, benchmark weights (or None).

    Raises
    ------
    DataError
        With all faults, by row and column; or too few places for the coefficients.
    """
    check_columns(frame, [area, estimate, se, *covariates, *([benchmark] if benchmark else [])])
    faults: list[Fault] = []
    y, spread = (column(frame, c, faults, negatives=True, gaps=True) for c in (estimate, se))
    others = [column(frame, c, faults, negatives=True, gaps=True) for c in covariates]
    weights = column(frame, benchmark, faults, negatives=True, gaps=True) if benchmark else None
    if faults:  # a text is no gap: a place would turn into one without sample
        raise DataError(faults)
    X = np.column_stack([np.ones(len(frame)), *others])
    checks = [
        (frame[area].isna().to_numpy(), area, "the place of each row", "missing"),
        (frame[area].duplicated().to_numpy(), area, "each place once", "duplicate"),
        (np.isnan(y) & ~np.isnan(spread) | np.isinf(y), estimate, "a number where there is a standard error", "data"),
        (~np.isnan(y) & ~(spread > 0) | np.isinf(spread), se, "a standard error above 0", "data"),
        *((~np.isfinite(X[:, k]), c, "a number for every place", "missing") for k, c in enumerate(covariates, 1)),
    ]
    if transform == "log":
        checks.append((y <= 0, estimate, "a number above 0 for the log scale", "data"))
    if transform == "logit":
        checks.append(((y <= 0) | (y >= 1), estimate, "a share between 0 and 1 for the logit scale", "data"))
    if weights is not None and benchmark:
        checks.append((~(weights > 0), benchmark, "a weight above 0", "weight"))
    faults = [f for check in checks for f in _by_row(frame, *check)]
    if not faults:
        faults = _too_little(X[~np.isnan(y)], covariates)
    if faults:
        raise DataError(faults)
    policy.moderate(y, spot(column=estimate))
    policy.moderate(spread, spot(column=se))
    return y, spread, X, ~np.isnan(y), weights


def neighbours(proximity: pd.DataFrame, places: list[str]) -> Floats:
    """Proximities of the places in their order, each row of sum 1 (0: a place without neighbours).

    Examples
    --------
    >>> near = pd.DataFrame([[9, 1, 1], [1, 9, 0], [1, 0, 9]], index=list("abc"), columns=list("abc"))
    >>> neighbours(near, ["b", "a", "c"]).tolist()
    [[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]
    """
    faults: list[Fault] = []
    for name, labels in (("rows", proximity.index), ("columns", proximity.columns)):
        known = set(labels.astype(str))
        faults += [
            Fault(f"proximity, {name}", "every place of the table", f"no {p}", kind="unknown")
            for p in places
            if p not in known
        ]
    if faults:
        raise DataError(faults)
    table = proximity.set_axis(proximity.index.astype(str)).set_axis(proximity.columns.astype(str), axis=1)
    found = table.loc[places, places].apply(pd.to_numeric, errors="coerce").to_numpy(float).copy()
    np.fill_diagonal(found, 0.0)
    for i, j in np.argwhere(~(np.isfinite(found) & (found >= 0))):
        faults.append(
            Fault(
                spot("proximity", row=places[i], column=places[j]),
                "a number of 0 or more",
                f"{found[i, j]:g}",
                kind="value",
            )
        )
    if faults:
        raise DataError(faults)
    total = found.sum(axis=1, keepdims=True)
    return np.asarray(found / np.where(total > 0, total, 1.0), float)


def _by_row(frame: pd.DataFrame, mask: Bools, column: str, expected: str, kind: str) -> Iterator[Fault]:
    for i in np.flatnonzero(mask)[: policy.LISTED]:
        value = frame[column].iloc[i]
        found = "nothing" if pd.isna(value) else repr(getattr(value, "item", lambda v=value: v)())
        yield Fault(spot(row=frame.index[i], column=column), expected, found, kind=kind)


def _too_little(X: Floats, covariates: list[str]) -> list[Fault]:
    places, terms = X.shape
    if places < terms + 3:
        found = f"{places} for {terms} coefficients"
        return [Fault("frame", f"{terms + 3} places with an estimate or more", found, kind="empty")]
    if np.linalg.matrix_rank(X) < terms:
        return [Fault("covariates", "columns that say different things", ", ".join(covariates), kind="rank")]
    return []


def onto(y: Floats, se: Floats, transform: Transform) -> tuple[Floats, Floats]:
    """Estimates and sampling variances on the scale of the model, by the delta method."""
    if transform == "log":
        return np.log(y), (se / y) ** 2
    if transform == "logit":
        return np.log(y / (1 - y)), (se / (y * (1 - y))) ** 2
    return y, se**2


def back(z: Floats, mse: Floats, left: Floats, transform: Transform) -> tuple[Floats, Floats]:
    """Predictions and root mean squared errors on the scale of the values."""
    if transform == "log":
        level = np.exp(z + left / 2)
        return level, level * np.sqrt(mse)
    if transform == "logit":
        level = 1 / (1 + np.exp(-z))
        return level, level * (1 - level) * np.sqrt(mse)
    return z, np.sqrt(mse)


def ratio(a: ArrayLike, b: ArrayLike) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.abs(np.asarray(a) / np.asarray(b))
        return found


def agree(value: Floats, se: Floats, weights: Floats, total: float) -> Floats:
    """Values moved, the least exact ones most, until their weighted sum is `total`.

    The move is the one with the smallest sum of squares relative to the squared errors (Wang, Fuller & Qu
    2008): ``gap * w_i se_i^2 / sum_j w_j^2 se_j^2``. Where it would turn a positive value into one of 0 or
    less, all are scaled alike instead.

    Examples
    --------
    >>> agree(np.array([10.0, 20]), np.array([1.0, 3]), np.array([1.0, 1]), 31.0).tolist()
    [10.1, 20.9]
    """
    gap = total - (weights * value).sum()
    moved: Floats = value + gap * weights * se**2 / (weights**2 * se**2).sum()
    if (moved[value > 0] <= 0).any():
        found: Floats = value * total / (weights * value).sum()
        return found
    return moved
