"""Normalisation: many units of measurement onto one scale, better always higher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, get_args

import numpy as np

from research.composite.options import Constant, Normalisation
from research.composite.spread import flat, settled
from research.core.faults import DataError, Fault, nearest, say

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats, Ints


METHODS = get_args(Normalisation)
STABLE = ("goalposts", "target", "price")
"""Methods by which a past score never moves when a year or a place is added."""


def normalise(
    values: Floats,
    names: Sequence[str],
    directions: ArrayLike,
    method: Normalisation = "goalposts",
    goalposts: Mapping[str, Sequence[float]] | None = None,
    scale: tuple[float, float] = (0.0, 100.0),
    clip: bool = True,
    years: ArrayLike | None = None,
    constant: Constant = "refuse",
    prices: Mapping[str, float] | None = None,
) -> Floats:
    """Put each column on one scale.

    Parameters
    ----------
    values : ndarray of shape (units, indicators)
        NaN stays NaN.
    names : sequence of str
        Indicators, for messages.
    directions : array-like of 1, -1 or 0
        0: best inside a range, with four goalposts.
    method : str
        `goalposts`: between two fixed ends; `target`: value over target (target over value where less is
        better); `price`: quantity times price, less is better counting as a loss; `minmax`, `zscore`: by the
        whole panel; `rank`, `percentile`, `borda`: among the units of
        the same year.
    goalposts : dict, optional
        Indicator -> (low, high); (low, ideal low, ideal high, high) for direction 0; for `target` the
        far end is the target.
    scale : pair of float
        Ends of the scale.
    clip : bool
        Whether values beyond the goalposts are held at the ends.
    years : array-like of shape (units,), optional
        For the methods that compare within a year; default all units together.
    constant : str
        `refuse`: a column without spread is an error in the methods that need one; `middle`: it gets the
        middle of the scale.
    prices : dict, optional
        Indicator -> price of one unit, for `price`.

    Returns
    -------
    ndarray of shape (units, indicators)

    Raises
    ------
    DataError
        Unknown method, missing or equal goalposts, constant columns: all at once, by name.

    Examples
    --------
    >>> x = np.array([[1.0, 10.0], [2.0, 30.0]])
    >>> normalise(x, ["a", "b"], [1, -1], goalposts={"a": (0, 2), "b": (10, 50)})
    array([[ 50., 100.],
           [100.,  50.]])
    """
    if method not in METHODS:
        raise DataError(
            Fault("normalise", "one of " + ", ".join(METHODS), repr(method), nearest(method, METHODS), "normalise")
        )
    directions = np.asarray(directions)
    if method == "price":
        return _priced(values, names, directions, prices or {})
    if method in STABLE:
        posts = posts_matrix(names, directions, goalposts or {})
        return (
            _between(values, directions, posts, scale, clip)
            if method == "goalposts"
            else _to_target(values, directions, posts, scale, clip)
        )
    if (directions == 0).any():
        values, directions = _folded(values, names, directions, goalposts or {})
    oriented = values * directions
    if method in ("minmax", "zscore"):
        _refuse_constant(oriented, names, constant, method)
        return _by_spread(oriented, method, scale)
    return _by_order(oriented, method, scale, years)


def _priced(values: Floats, names: Sequence[str], directions: Ints, prices: Mapping[str, float]) -> Floats:
    """Quantities in money; an indicator without a price is a fault by name."""
    faults = [Fault(f"prices, {n}", say("a price above 0", "大于0的价格"), str(prices.get(n, "none")), kind="price")
              for n in names if not prices.get(n, 0) > 0]  # fmt: skip
    faults += [Fault(f"direction, {n}", say("1 or -1 beside a price", "有价格时为1或-1"), "0", kind="price")
               for n, d in zip(names, directions, strict=True) if d == 0]  # fmt: skip
    if faults:
        raise DataError(faults)
    found: Floats = values * np.array([prices[n] for n in names]) * directions
    return found


def posts_matrix(names: Sequence[str], directions: ArrayLike, goalposts: Mapping[str, Sequence[float]]) -> Floats:
    """Goalposts as an array of shape (4, indicators): low, ideal low, ideal high, high.

    Raises
    ------
    DataError
        Each indicator without goalposts, or with equal or disordered ones.
    """
    out, faults = np.full((4, len(names)), np.nan), []
    for j, (name, direction) in enumerate(zip(names, np.asarray(directions), strict=True)):
        ends = goalposts.get(name)
        want = 4 if direction == 0 else 2
        if ends is None or len(ends) != want:
            faults.append(
                Fault(
                    f"index.yml, goalposts, {name}",
                    say(f"{want} numbers, low to high", f"由低到高的{want}个数"),
                    str(ends) if ends is not None else say("none", "没有"),
                    say(
                        "write them here, or in goalpost_min and goalpost_max of indicators.csv",
                        "请写在此处，或写在 indicators.csv 的 goalpost_min、goalpost_max 列",
                    ),
                    "goalposts",
                )
            )
        elif any(b < a for a, b in zip(ends, ends[1:], strict=False)) or ends[0] >= ends[-1]:
            faults.append(
                Fault(
                    f"index.yml, goalposts, {name}",
                    say("low below high", "下限低于上限"),
                    str(list(ends)),
                    say("a column with equal ends says nothing", "上下限相同的指标没有意义"),
                    "goalposts",
                )
            )
        else:
            best = ends[1] if direction > 0 else ends[0]
            out[:, j] = ends if want == 4 else (ends[0], best, best, ends[1])
    if faults:
        raise DataError(faults)
    return out


def _between(values: Floats, directions: Ints, posts: Floats, scale: tuple[float, float], clip: bool) -> Floats:
    low, ideal_low, ideal_high, high = posts
    with np.errstate(invalid="ignore", divide="ignore"):
        rising = (values - low) / (ideal_low - low)
        falling = (high - values) / (high - ideal_high)
    share = np.where(directions > 0, rising, falling)
    if (directions == 0).any():
        two = np.where(values < ideal_low, rising, np.where(values > ideal_high, falling, 1.0))
        share = np.where((directions == 0) & ~np.isnan(values), two, share)
    if clip:
        share = np.clip(share, 0.0, 1.0)
    found: Floats = scale[0] + share * (scale[1] - scale[0])
    return found


def _to_target(values: Floats, directions: Ints, posts: Floats, scale: tuple[float, float], clip: bool) -> Floats:
    low, ideal_low, ideal_high, high = posts
    with np.errstate(invalid="ignore", divide="ignore"):
        more, less = values / high, np.where(values > 0, low / values, np.nan)
        less = np.where(values <= 0, 1.0, less)  # none at all of what should be low is the target reached
    share = np.where(directions > 0, more, less)
    if (directions == 0).any():
        inside = (values >= ideal_low) & (values <= ideal_high)
        near = np.where(values < ideal_low, values / ideal_low, ideal_high / values)
        share = np.where(directions == 0, np.where(inside, 1.0, near), share)
    if clip:
        share = np.clip(share, 0.0, 1.0)
    return scale[0] + share * (scale[1] - scale[0])


def _folded(
    values: Floats, names: Sequence[str], directions: Ints, goalposts: Mapping[str, Sequence[float]]
) -> tuple[Floats, Ints]:
    """Two-sided columns as closeness to their range, so that more is better."""
    posts = posts_matrix(names, directions, goalposts) if (directions == 0).all() else None
    out, new = values.copy(), directions.copy()
    for j in np.flatnonzero(directions == 0):
        p = posts[:, j] if posts is not None else posts_matrix([names[int(j)]], [0], goalposts)[:, 0]
        out[:, j] = -np.maximum(0.0, np.maximum(p[1] - values[:, j], values[:, j] - p[2]))
        new[j] = 1
    return out, new


def _refuse_constant(values: Floats, names: Sequence[str], constant: str, method: str) -> None:
    same = np.flatnonzero(flat(values))
    if len(same) and constant == "refuse":
        raise DataError(
            [
                Fault(
                    f"normalise {method}, indicator {names[int(j)]}",
                    "a column that varies",
                    f"{abs(values[:, j][~np.isnan(values[:, j])][0]):g} throughout",
                    "leave it out, use goalposts, or constant='middle'",
                    "constant",
                )
                for j in same
            ]
        )


def _by_spread(values: Floats, method: str, scale: tuple[float, float]) -> Floats:
    low, high, varies = np.nanmin(values, axis=0), np.nanmax(values, axis=0), ~flat(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        if method == "minmax":
            share = np.where(varies, (values - low) / (high - low), 0.5)
            out = scale[0] + share * (scale[1] - scale[0])
        else:
            deviation = np.nanstd(values, axis=0, ddof=1)
            z = np.where(varies, (values - np.nanmean(values, axis=0)) / deviation, 0.0)
            out = z
    return np.where(np.isnan(values), np.nan, out)


def _by_order(values: Floats, method: str, scale: tuple[float, float], years: ArrayLike | None) -> Floats:
    from scipy.stats import rankdata

    years = np.zeros(len(values)) if years is None else np.asarray(years)
    values, out = settled(values), np.full(values.shape, np.nan)
    for year in np.unique(years):
        at = np.flatnonzero(years == year)
        # ranks of equal values are shared (mean rank), so that the order of the rows does not matter
        rank = rankdata(values[at], axis=0, nan_policy="omit")
        count = (~np.isnan(values[at])).sum(axis=0)
        if method == "rank":
            out[at] = rank
        elif method == "borda":
            out[at] = rank - 1
        else:
            with np.errstate(invalid="ignore", divide="ignore"):
                share = np.where(count > 1, (rank - 1) / (count - 1), 0.5)
            out[at] = scale[0] + share * (scale[1] - scale[0])
    return np.where(np.isnan(values), np.nan, out)
