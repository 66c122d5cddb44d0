"""Variance by replication: clusters drawn anew, left out one by one, or weights that came with the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from research.measures.batch import Multipliers, by_kernel, replicate
from research.measures.influence import influence
from research.measures.registry import MEASURES
from research.measures.survey.linear import average_factor, simple_variance
from research.measures.survey.run import Part, Piece, Wider
from research.measures.survey.units import Panel, Units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from research.core.kinds import Floats, Ints
    from research.measures.distribution import Distribution


class Replicates:
    """Engine: replicate multipliers of each cluster, and how deviations add up to a variance."""

    unsorted: frozenset[str] = frozenset()
    multipliers: NDArray[np.floating[Any]]
    factor: Floats

    def __init__(
        self,
        units: Units,
        method: str,
        count: int,
        seed: int,
        given: Floats | None,
        scale: float | Sequence[float] | None,
    ) -> None:
        self.units, self.method, self.given = units, method, given
        if method == "bootstrap":
            self.multipliers = bootstrap_multipliers(units, count, seed)
            self.factor = np.full(count, 1.0 / (count - 1))
            if units.single == "average":
                self.factor *= average_factor(units)
        elif method == "jackknife":
            self.multipliers, self.factor = jackknife_multipliers(units)
        elif given is not None:
            self.multipliers = np.empty((0, len(units.stratum)))  # the data brought weights of their own
            self.factor = np.ones(given.shape[1]) * np.asarray(1.0 / given.shape[1] if scale is None else scale, float)

    def common(self, part: Part, name: str, parameters: Mapping[str, Any]) -> Wider:
        """What the groups of a population share, with its replicates."""
        d = part.distribution
        shared = MEASURES[name].common(d, parameters)
        rows = by_kernel(lambda r: shared.replicated(r, **parameters), d, self._of(part, d))
        return Wider(part, shared, shared.influence(), rows)

    def measure(self, part: Part, name: str, parameters: Mapping[str, Any], wider: Wider | None = None) -> Piece:
        """Estimate, simple-sample variance and replicates of one measure in one group."""
        d = part.distribution
        if wider is not None:
            given = {**parameters, "_line": wider.shared.value}
            simple = simple_variance(part, influence(name, d, given), wider, wider.shared.slope(d, given["_line"]))
            rows = replicate(name, d, self._of(part, d), {**parameters, "_line": wider.moves})
            return Piece(MEASURES[name](d, **given), simple, rows)
        value = MEASURES[name](d, **parameters)
        rows = replicate(name, d, self._of(part, d), parameters)
        return Piece(value, _simple_variance(name, d, parameters), rows)

    def combine(self, pieces: Mapping[int, Piece], groups: int) -> tuple[Floats, Floats]:
        """Variances of the groups in `pieces`, and the replicates of all groups."""
        table = np.full((groups, len(self.factor)), np.nan)
        estimate = np.full(groups, np.nan)
        for g, piece in pieces.items():
            table[g], estimate[g] = piece.spread, piece.value
        return self.variance(table, estimate)[list(pieces)], table

    def difference(self, table: Floats, i: Ints, j: Ints, difference: Floats) -> Floats:
        """Variance of the differences of groups j less groups i."""
        return self.variance(table[j] - table[i], difference)

    def ratio(self, table: Floats, i: Ints, j: Ints, low: Floats, high: Floats) -> Floats:
        """Variance of the ratios of groups j to groups i, whose estimates are `high` and `low`."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.variance(table[j] / table[i], high / low)

    def variance(self, table: Floats, estimate: Floats) -> Floats:
        """Variance of each row of replicates around its middle (bootstrap) or its estimate."""
        good = np.isfinite(table)
        count = good.sum(axis=1)
        middle = estimate
        if self.method == "bootstrap":
            middle = np.where(good, table, 0).sum(axis=1) / np.maximum(count, 1)
        square = np.where(good, (table - middle[:, None]) ** 2, 0.0) * self.factor
        share = np.divide(table.shape[1], count, out=np.full(len(count), np.nan), where=count > 1)
        found: Floats = square.sum(axis=1) * share
        return found

    def _of(self, part: Part, d: Distribution) -> Multipliers:
        """Multipliers of the rows of one group, in rising order of values."""
        if self.given is None:
            return _Drawn(self.multipliers, part.psu)
        base = np.ones(d.n) if d.w_sorted is None else np.ldexp(d.w_sorted, d.w_shift)
        return _Brought(self.given[part.rows].T, base)

    def weights(self, replicate: int, w: Floats) -> Floats:
        """Weights of all rows in one replicate; `w` are those of the sample."""
        if self.given is not None:
            return self.given[:, replicate]
        found: Floats = w * self.multipliers[replicate][self.units.psu]
        return found


class _Drawn:
    """Multipliers of a group's rows, the same for all rows of a cluster."""

    def __init__(self, matrix: NDArray[np.floating[Any]], psu: Ints) -> None:
        self.matrix, self.psu, self.count = matrix, psu, len(matrix)

    def __call__(self, start: int, stop: int, /) -> NDArray[np.floating[Any]]:
        return self.matrix[start:stop][:, self.psu]


class _Brought:
    """Multipliers of a group's rows by the replicate weights that came with the data."""

    def __init__(self, weights: Floats, base: Floats) -> None:
        self.weights, self.base, self.count = weights, base, len(weights)

    def __call__(self, start: int, stop: int, /) -> Floats:
        return self.weights[start:stop] / self.base


def _simple_variance(name: str, d: Distribution, parameters: Mapping[str, Any]) -> float:
    """Variance in a simple sample of the same size, for the design effect; nan without influence function."""
    if MEASURES[name].influence is None:
        return np.nan
    z = influence(name, d, parameters)
    w = d.weights_sorted
    return float((z * z * w).sum() / w.sum() / max(d.n - 1, 1))


def bootstrap_multipliers(units: Units, count: int, seed: int) -> NDArray[np.float32]:
    """Weight multipliers of each cluster in each replicate, after Rao & Wu: n - 1 of n clusters a stratum.

    Strata with one cluster keep their weight, unless they are to be centered. Where all clusters of a panel are seen
    in every round, a cluster is drawn once for all of them; else the rounds are drawn apart.

    Returns
    -------
    ndarray of shape (count, clusters), float32
        Mean 1 for each cluster.
    """
    if units.panel is not None and (same := _seen_again(units, units.panel)) is not None:
        return bootstrap_multipliers(same, count, seed)[:, units.panel.twin]
    rng = np.random.default_rng(seed)
    out = np.ones((count, len(units.stratum)), dtype=np.float32)
    order = np.argsort(units.stratum, kind="stable")
    ends = np.cumsum(units.size)
    for h, n in enumerate(units.size):
        cols = order[ends[h] - n : ends[h]]
        if n > 1:
            picks = rng.integers(0, n, size=(count, n - 1)) + n * np.arange(count)[:, None]
            drawn = np.bincount(picks.ravel(), minlength=count * n).reshape(count, n)
            out[:, cols] = 1 + np.sqrt(1 - units.fraction[h]) * (drawn * (n / (n - 1)) - 1)
        elif units.single == "centered" and units.fraction[h] < 1:
            out[:, cols] = 2 * rng.integers(0, 2, size=(count, 1))  # there twice or not at all: variance 1
    return out


def _seen_again(units: Units, panel: Panel) -> Units | None:
    """The design of the clusters apart from their rounds, or None where some are missing in some round."""
    rounds = int(panel.round.max()) + 1
    if (np.bincount(panel.twin) != rounds).any():
        return None
    size = np.bincount(panel.stratum)
    fraction = np.zeros(len(size))
    fraction[panel.stratum[panel.twin]] = units.fraction[units.stratum]
    return Units(panel.twin, panel.stratum, size, fraction, units.single)


def jackknife_multipliers(units: Units) -> tuple[Floats, Floats]:
    """Multipliers that leave out one cluster at a time, and the factor of each squared deviation.

    Returns
    -------
    tuple of ndarray
        Shapes (replicates, clusters) and (replicates,).
    """
    alone = units.size[units.stratum] == 1
    centered = alone & (units.single == "centered") & (units.fraction[units.stratum] < 1)
    cols = np.flatnonzero(~alone | centered)
    out = np.ones((len(cols), len(units.stratum)))
    n = units.size[units.stratum[cols]]
    for i, c in enumerate(cols):
        same = units.stratum == units.stratum[c]
        out[i, same] = n[i] / max(n[i] - 1, 1)
        out[i, c] = 0.0
    factor = np.where(n > 1, (n - 1) / n, 1.0) * (1 - units.fraction[units.stratum[cols]])
    if units.single == "average":
        factor = factor * average_factor(units)
    return out, factor
