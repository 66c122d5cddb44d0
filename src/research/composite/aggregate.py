"""Aggregation up the tree, with the share of weight that was there, and exact contributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import numpy as np

from research.composite.options import Aggregation, Mean
from research.core.faults import DataError, Fault, nearest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.composite.tree import Tree
    from research.core.kinds import Floats, Ints


Curve: TypeAlias = Callable[[Any], Any]
"""A function of numbers, one by one."""
MEANS = get_args(Mean)
METHODS = get_args(Aggregation)

# f such that the mean is f^-1(sum w f(x)); all three are of this kind, which makes decompositions exact.
_F: dict[str, tuple[Curve, Curve]] = {
    "arithmetic": (lambda x: x, lambda y: y),
    "geometric": (np.log, np.exp),
    "harmonic": (lambda x: 1 / x, lambda y: 1 / y),
}
_SLOPE: dict[str, Curve] = {"arithmetic": np.ones_like, "geometric": lambda x: 1 / x, "harmonic": lambda x: -1 / x**2}


def mean(values: ArrayLike, weights: ArrayLike, method: Mean = "arithmetic") -> float:
    """Weighted mean of one kind.

    Parameters
    ----------
    values : array-like of shape (n,)
        Above 0 for geometric and harmonic means.
    weights : array-like of shape (n,)
        Any positive scale.
    method : str
        arithmetic, geometric or harmonic.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Unknown method; zeros or negatives under a geometric or harmonic mean.

    Examples
    --------
    >>> round(mean([1, 2, 3], [1, 1, 2], "geometric"), 6), round(mean([1, 2, 3], [2, 1, 1], "harmonic"), 6)
    (2.059767, 1.411765)
    """
    _known(method, MEANS)
    x, w = np.asarray(values, float), np.asarray(weights, float)
    if method != "arithmetic" and (x <= 0).any():
        raise DataError(
            Fault(
                f"{method} mean, position {int(np.argmax(x <= 0))}",
                "a value above 0",
                f"{x.min():g}",
                "use a scale that starts above 0, or the arithmetic mean",
                "zero",
            )
        )
    f, inverse = _F[method]
    return float(inverse((w * f(x)).sum() / w.sum()))


def climb(
    scores: Floats,
    tree: Tree,
    local: Sequence[Floats],
    methods: Sequence[str],
    threshold: float = 0.6,
    label: Callable[[int], str] | None = None,
    years: ArrayLike | None = None,
) -> tuple[list[Floats], list[Floats]]:
    """Scores of every level of the tree.

    Parameters
    ----------
    scores : ndarray of shape (units, leaves)
        Normalised; NaN where missing.
    tree : Tree
    local : tuple of ndarray
        Weights among siblings, a level each.
    methods : sequence of str
        How each level is made from the one below.
    threshold : float
        Share of the siblings' weight that has to be there, 0 to 1; below it the score is missing. A mean
        over what happens to be there is silent re-weighting, so the share is given back.
    label : callable, optional
        Names a unit by its position, for messages.
    years : array-like, optional
        For `copeland`, which compares units of the same year.

    Returns
    -------
    tuple
        (list of score arrays from the leaves up, list of arrays of the share of leaf weight there)

    Raises
    ------
    DataError
        Zeros or negatives under a geometric or harmonic mean, by unit and indicator.
    """
    levels, there = [scores], [(~np.isnan(scores)).astype(float)]
    for k, method in enumerate(methods):
        _known(method, METHODS)
        if method in ("geometric", "harmonic"):
            _refuse_zeros(levels[-1], tree.codes[k], method, label)
        starts = tree.starts(k)
        if method == "sum":
            above, share = _sum(levels[-1], local[k], starts)
        elif method == "copeland":
            above, share = _copeland(levels[-1], local[k], starts, years)
        else:
            above, share = _mean_of(levels[-1], local[k], starts, method)
        above = np.where(share >= threshold - 1e-12, above, np.nan)
        levels.append(above)
        there.append(np.add.reduceat(there[-1] * local[k], starts, axis=1))
    return levels, there


def _sum(x: Floats, weight: Floats, starts: Ints) -> tuple[Floats, Floats]:
    """What is there, added up; weights only say how much of it is there."""
    there = ~np.isnan(x)
    total = np.add.reduceat(np.where(there, x, 0.0), starts, axis=1)
    return total, np.add.reduceat(np.where(there, weight, 0.0), starts, axis=1)


def _mean_of(x: Floats, weight: Floats, starts: Ints, method: str) -> tuple[Floats, Floats]:
    f, inverse = _F[method]
    missing = np.isnan(x)
    if not missing.any():
        total = np.add.reduceat(weight, starts)
        with np.errstate(divide="ignore", invalid="ignore"):
            return inverse(np.add.reduceat(f(x) * weight, starts, axis=1) / total), np.ones((len(x), len(starts)))
    w = np.where(missing, 0.0, weight)
    share = np.add.reduceat(w, starts, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        top = np.add.reduceat(np.where(missing, 0.0, f(x)) * w, starts, axis=1)
        return inverse(top / share), share


def _copeland(x: Floats, weight: Floats, starts: Ints, years: ArrayLike | None) -> tuple[Floats, Floats]:
    """Net share of other units of the year that a unit outranks, -1 to 1, siblings voting by weight."""
    years = np.zeros(len(x)) if years is None else np.asarray(years)
    ends = [*starts[1:], x.shape[1]]
    out, share = np.full((len(x), len(starts)), np.nan), np.zeros((len(x), len(starts)))
    for p, (a, b) in enumerate(zip(starts, ends, strict=True)):
        share[:, p] = np.where(np.isnan(x[:, a:b]), 0.0, weight[a:b]).sum(axis=1)
        for year in np.unique(years):
            at = np.flatnonzero(years == year)
            out[at, p] = _net_wins(x[at, a:b], weight[a:b]) / max(1, len(at) - 1)
    return out, share


def _net_wins(block: Floats, weight: Floats) -> Floats:
    """Units that each unit outranks less those that outrank it; a missing score neither wins nor loses."""
    ahead = np.zeros((len(block), len(block)))
    for j, w in enumerate(weight):
        column = np.ascontiguousarray(block[:, j])
        ahead += w * (column[:, None] > column)
    found: Floats = np.sign((ahead - ahead.T).round(12)).sum(axis=1)
    return found


def _refuse_zeros(x: Floats, codes: Sequence[str], method: str, label: Callable[[int], str] | None) -> None:
    bad = np.argwhere(x <= 0)
    if len(bad):
        raise DataError(
            [
                Fault(
                    f"{method} mean, {label(i) if label else f'unit {i}'}, {codes[j]}",
                    "a score above 0",
                    f"{x[i, j]:g}",
                    "use a scale that starts above 0, or the arithmetic mean",
                    "zero",
                )
                for i, j in bad
            ]
        )


def _known(method: str, known: Sequence[str]) -> None:
    if method not in known:
        raise DataError(
            Fault("aggregation", "one of " + ", ".join(known), repr(method), nearest(method, known), "aggregation")
        )


def multipliers(
    first: Sequence[Floats], second: Sequence[Floats], tree: Tree, local: Sequence[Floats], methods: Sequence[str]
) -> Floats:
    """How much one point of each leaf counts in the difference of two units' totals: exact for any mix of means.

    For a mean f^-1(sum w f(x)) the difference of two results is sum w m (x1 - x0) with
    m = [slope of f between x0 and x1] / [slope of f between the results]; the slopes multiply up the tree.

    Parameters
    ----------
    first, second : list of ndarray
        Scores of the two units (or of many pairs of units, a row each) by level, from the leaves up.
    tree : Tree
    local : list of ndarray
        Weights among siblings there for both units, a level each; a pair where they differ must be made
        comparable first.
    methods : sequence of str

    Returns
    -------
    ndarray of shape (leaves,) or (pairs, leaves)
    """
    factor = np.ones(1)
    for k in range(len(methods) - 1, -1, -1):
        low, up = _slope(methods[k], first[k], second[k]), _slope(methods[k], first[k + 1], second[k + 1])
        parent = tree.parents[k]
        shares = 1.0 if methods[k] == "sum" else local[k]  # a sum gives no weights
        factor = (factor / up)[..., parent] * shares * low
    return factor


def _slope(method: str, a: Floats, b: Floats) -> Floats:
    if method in ("arithmetic", "sum"):
        return np.ones_like(a)
    f = _F[method][0]
    with np.errstate(divide="ignore", invalid="ignore"):
        secant = (f(b) - f(a)) / (b - a)
        near = np.abs(b - a) <= 1e-9 * np.maximum(1.0, np.abs(a))
        found: Floats = np.where(near, _SLOPE[method]((a + b) / 2), secant)
        return found
