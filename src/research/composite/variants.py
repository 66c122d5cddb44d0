"""One year of an index made ready for thousands of variants: arrays of shape (variants, units, indicators)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from research.composite.aggregate import _F
from research.composite.normalise import posts_matrix
from research.composite.spread import ROUNDING
from research.core.faults import DataError, Fault, nearest

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from research.composite.result import IndexResult
    from research.composite.tree import Tree
    from research.core.kinds import Floats


@dataclass(frozen=True)
class Shaker:
    """Everything that one year's variants are made from.

    Parameters
    ----------
    raw, errors : ndarray of shape (units, leaves)
        Values after imputation, and their standard errors (0 where none is known).
    """

    raw: Floats
    errors: Floats
    places: NDArray[Any]
    tree: Tree
    posts: Floats
    weights: Floats
    availability: float

    def scores(self, normalise: str, aggregate: str, weights: Floats, noise: Floats | None) -> Floats:
        """Index of each variant: shape (variants, units); all of one normalisation and one mean."""
        x = (
            self.raw + self.errors * noise
            if noise is not None
            else np.broadcast_to(self.raw, (len(weights), *self.raw.shape))
        )
        return self._climb(self._normalised(x, normalise), weights, aggregate)

    def _normalised(self, x: Floats, method: str) -> Floats:
        low, ideal_low, ideal_high, high = self.posts
        up = self.tree.directions > 0
        if method == "goalposts" or len(self.places) < 3:  # one or two units say nothing by themselves
            with np.errstate(invalid="ignore", divide="ignore"):
                share = np.where(up, (x - low) / (ideal_low - low), (high - x) / (high - ideal_high))
        elif method == "minmax":
            best, worst = (f.reduce(x, axis=1, keepdims=True) for f in (np.fmax, np.fmin))  # NaN where none is there
            with np.errstate(invalid="ignore", divide="ignore"):
                varies = best - worst > ROUNDING * np.fmax(abs(best), abs(worst))
                share = np.where(varies, (x - worst) / (best - worst), np.where(np.isnan(x), np.nan, 0.5))
            share = np.where(up, share, 1 - share)
        else:
            y = np.where(up, x, -x)
            below = np.empty(y.shape)
            for u in range(y.shape[1]):  # half a place for equals, so that order does not matter
                with np.errstate(invalid="ignore"):
                    own = y[:, u : u + 1]
                    below[:, u] = (y < own).sum(axis=1) + 0.5 * ((y == own).sum(axis=1) - 1)
            count = (~np.isnan(y)).sum(axis=1, keepdims=True)
            share = np.where(np.isnan(y), np.nan, below / np.maximum(count - 1, 1))
        found: Floats = 1.0 + 99.0 * np.clip(share, 0.0, 1.0)  # from 1, so that every mean can be taken
        return found

    def _climb(self, x: Floats, weights: Floats, method: str) -> Floats:
        local, steps = weights, len(self.tree.parents)
        for k in range(steps):
            # The mean drawn is that of the last step, among the domains: further down a single zero count would
            # decide everything under a harmonic mean, which says nothing about the choice itself.
            f, inverse = _F[method if k == steps - 1 else "arithmetic"]
            starts, parent = self.tree.starts(k), self.tree.parents[k]
            total = np.add.reduceat(local, starts, axis=1)
            w = (local / total[:, parent])[:, None, :]
            missing = np.isnan(x)
            if missing.any():
                w = np.where(missing, 0.0, w)
                share = np.add.reduceat(w, starts, axis=2)
                with np.errstate(invalid="ignore", divide="ignore"):
                    x = inverse(np.add.reduceat(np.where(missing, 0.0, f(x)) * w, starts, axis=2) / share)
                x = np.where(share >= self.availability - 1e-12, x, np.nan)
            else:
                x = inverse(np.add.reduceat(f(x) * w, starts, axis=2))
            local = total
        return x[:, :, 0]


def shaker(result: IndexResult, year: int) -> Shaker:
    """The year of an index made ready for variants.

    Raises
    ------
    DataError
        No unit of that year, or an index without goalposts.
    """
    at = np.flatnonzero(result.panel.years == int(year))
    if not len(at):
        raise DataError(
            Fault(
                "robustness, year",
                "a year of the index",
                str(year),
                nearest(year, np.unique(result.panel.years)),
                "robustness",
            )
        )
    errors = (
        np.zeros((len(at), len(result.tree.leaves)))
        if result.panel.errors is None
        else (np.nan_to_num(result.panel.errors[at]))
    )
    posts = posts_matrix(result.tree.leaves, result.tree.directions, result.spec.goalposts)
    return Shaker(
        result.stages["treated"][at],
        errors,
        result.panel.places[at],
        result.tree,
        posts,
        result.tree.spread(result.local)[0],
        result.spec.availability,
    )
