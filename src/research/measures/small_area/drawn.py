"""Measures of many drawn populations at once: the commonest row by row of a matrix, any other by its own function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from research.measures.distribution import Distribution
from research.measures.registry import MEASURES

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats
    from research.measures.measure import Resolved

Kernel = Callable[..., "Floats"]


def measured(x: Floats, w: Floats | None, asked: list[Resolved]) -> Floats:
    """Measures of each row.

    Parameters
    ----------
    x : ndarray of shape (draws, n)
        A population a row, in any order; may be sorted in place.
    w : ndarray of shape (n,), optional
        Weight of each column: persons of the household.
    asked : list of (label, name, parameters)
        As `research.measures.registry.resolve` gives them.

    Returns
    -------
    ndarray of shape (measures, draws)
        As the measures define them; shares of a sum (Gini) with values below 0 as they are.

    Examples
    --------
    >>> from research.measures.registry import resolve
    >>> measured(np.array([[3.0, 1, 2], [1, 1, 1]]), None, resolve(["mean", "gini"])).round(4).tolist()
    [[2.0, 1.0], [0.2222, 0.0]]
    """
    weights = None
    if all(name in ORDERLESS for _, name, _ in asked):
        weights = None if w is None else w[None, :]
    elif w is None:
        x.sort(axis=1)
    else:
        order = np.argsort(x, axis=1)
        x, weights = np.take_along_axis(x, order, axis=1), w[order]
    out = np.empty((len(asked), len(x)))
    for k, (_, name, parameters) in enumerate(asked):
        kernel = KERNELS.get(name)
        out[k] = _one_by_one(x, weights, name, parameters) if kernel is None else kernel(x, weights, **parameters)
    return out


def _one_by_one(x: Floats, w: Floats | None, name: str, parameters: dict[str, Any]) -> Floats:
    rows = (Distribution(np.maximum(r, 0.0), None if w is None else w[i]) for i, r in enumerate(x))
    return np.array([float(MEASURES[name](d, **parameters)) for d in rows])


def _average(x: Floats, w: Floats | None) -> Floats:
    return np.asarray(x.mean(axis=1) if w is None else (x * w).sum(axis=1) / w.sum(axis=1), float)


def _mean(x: Floats, w: Floats | None) -> Floats:
    return _average(x, w)


def _share(inside: Bools, w: Floats | None) -> Floats:
    if w is None:
        return np.asarray(np.count_nonzero(inside, axis=1) / inside.shape[1], float)
    return np.asarray((w * inside).sum(axis=1) / w.sum(axis=1), float)


def _headcount(x: Floats, w: Floats | None, line: float) -> Floats:
    return _share(x < line, w)


def _gap(x: Floats, w: Floats | None, line: float) -> Floats:
    return np.asarray(_average(np.maximum(line - x, 0.0), w) / line, float)


def _inside(x: Floats, lower: float | None = None, upper: float | None = None, closed: str = "both") -> Bools:
    inside = np.ones(x.shape, bool)
    if lower is not None:
        inside &= x >= lower if closed in ("both", "left") else x > lower
    if upper is not None:
        inside &= x <= upper if closed in ("both", "right") else x < upper
    return inside


def _band(
    x: Floats, w: Floats | None, lower: float | None = None, upper: float | None = None, closed: str = "both"
) -> Floats:
    return _share(_inside(x, lower, upper, closed), w)


def _gini(x: Floats, w: Floats | None) -> Floats:
    if w is None:
        n = x.shape[1]
        rank = 2 * np.arange(1, n + 1) - n - 1.0
        return np.asarray(np.einsum("ij,j->i", x, rank) / (n * x.sum(axis=1)), float)
    before = np.cumsum(w, axis=1)
    total = before[:, -1:]
    middle = (before - w / 2) / total
    return np.asarray((2 * middle * w * x).sum(axis=1) / (w * x).sum(axis=1) - 1, float)


def _quantile(x: Floats, w: Floats | None, q: float = 0.5) -> Floats:
    if w is None:
        goal = q * x.shape[1]
        low = max(int(np.ceil(goal - 1e-9)), 1) - 1
        high = min(low + (abs(goal - low - 1) < 1e-9), x.shape[1] - 1)
        return np.asarray((x[:, low] + x[:, high]) / 2, float)
    rows, before = np.arange(len(x)), np.cumsum(w, axis=1)
    goal = q * before[:, -1:]
    near = 1e-12 * before[:, -1:]
    first = np.minimum(np.count_nonzero(before < goal - near, axis=1), x.shape[1] - 1)
    exact = np.abs(before[rows, first] - goal[:, 0]) <= near[:, 0]
    after = np.minimum(first + exact, x.shape[1] - 1)
    return np.asarray((x[rows, first] + x[rows, after]) / 2, float)


def _quintiles(x: Floats, w: Floats | None, share: float = 0.2, rule: str = "laeken") -> Floats:
    """Total above the upper quantile over the total up to the lower one, as laeken has it."""
    if rule != "laeken":
        return _one_by_one(x, w, "quintile_ratio", {"share": share, "rule": rule})
    held = np.maximum(x, 0.0)
    low, high = _quantile(held, w, share)[:, None], _quantile(held, w, 1 - share)[:, None]
    rich = held > high
    rich |= ~rich.any(axis=1, keepdims=True) & (held >= high)
    mass = held if w is None else held * w
    return np.asarray((mass * rich).sum(axis=1) / (mass * (held <= low)).sum(axis=1), float)


def _median(x: Floats, w: Floats | None) -> Floats:
    return _quantile(x, w, 0.5)


KERNELS: dict[str, Kernel] = {
    "mean": _mean,
    "headcount": _headcount,
    "poverty_gap": _gap,
    "band_share": _band,
    "gini": _gini,
    "quantile": _quantile,
    "median": _median,
    "quintile_ratio": _quintiles,
}
"""Measures that are computed for all rows together."""
ORDERLESS: dict[str, Callable[..., Any]] = {
    "mean": lambda x: x,
    "headcount": lambda x, line: x < line,
    "poverty_gap": lambda x, line: np.maximum(line - x, 0.0) / line,
    "band_share": _inside,
}
"""Measures that are means over units and need no order: what is averaged."""
