"""Variance by linearisation: influence added up by cluster, spread of the totals within strata."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from research.measures.influence import influence
from research.measures.registry import MEASURES
from research.measures.survey.gini_totals import LARGE, gini_totals
from research.measures.survey.intervals import t_value
from research.measures.survey.paired import pair_variance
from research.measures.survey.run import Part, Piece, Wider

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints
    from research.measures.distribution import Distribution
    from research.measures.survey.units import Units


_CHUNK = 1 << 14


class Totals:
    """Engine: cluster totals of influence; a group's row is a vector over all clusters."""

    unsorted = frozenset(name for name, measure in MEASURES.items() if measure.pointwise)
    """Measures whose rows this engine takes in any order."""

    def __init__(self, units: Units) -> None:
        self.units = units

    def common(self, part: Part, name: str, parameters: Mapping[str, Any]) -> Wider:
        """What the groups of a population share, with its cluster totals."""
        d = part.distribution
        shared = MEASURES[name].common(d, parameters)
        z = shared.influence()
        totals = np.bincount(part.psu, weights=z * d.weights, minlength=len(self.units.stratum)) / d.weight_sum
        return Wider(part, shared, z, totals)

    def _below_common(self, part: Part, name: str, parameters: Mapping[str, Any], wider: Wider) -> Piece:
        """A measure against what all share, whose own error is carried: everybody's rows move it."""
        d, given = part.distribution, {**parameters, "_line": wider.shared.value}
        value, z = MEASURES[name](d, **given), influence(name, d, given)
        slope = wider.shared.slope(d, wider.shared.value)
        totals = np.bincount(part.psu, weights=z * d.weights, minlength=len(self.units.stratum)) / d.weight_sum
        totals += slope * wider.moves
        cols = np.flatnonzero(totals)
        return Piece(value, simple_variance(part, z, wider, slope), (cols, totals[cols]))

    def measure(self, part: Part, name: str, parameters: Mapping[str, Any], wider: Wider | None = None) -> Piece:
        """Estimate, simple-sample variance and cluster totals of one measure in one group."""
        if wider is not None:
            return self._below_common(part, name, parameters, wider)
        d, clusters = part.distribution, len(self.units.stratum)
        woodruff = MEASURES[name].interval == "woodruff"
        if name == "gini" and d.n > LARGE and d.w_sorted is not None and d.sum > 0:
            value, simple, sums = gini_totals(d.x_sorted, d.w_sorted, part.psu, clusters)
            whole = d.weight_sum
            cols: Ints = np.flatnonzero(sums)
            sums = sums[cols]
        else:
            value = MEASURES[name](d, **parameters)
            z = (d.x_sorted <= d.inner(value)).astype(float) if woodruff else influence(name, d, parameters)
            w: Floats | float = 1.0 if d.w_sorted is None else d.w_sorted
            whole = d.weight_sum
            if woodruff:
                z -= (z * w).sum() / whole
            simple, cols, sums = _gather(z, w, part.psu, clusters)
        sums /= whole
        simple /= whole * max(d.n - 1, 1)
        ends = None
        if woodruff:
            scale, ends = self._woodruff(d, parameters.get("q", 0.5), cols, sums)
            sums, simple = sums * scale, simple * scale**2
        return Piece(value, simple, (cols, sums), ends)

    def combine(self, pieces: Mapping[int, Piece], groups: int) -> tuple[Floats, scipy.sparse.csr_matrix]:
        """Variances of the groups in `pieces`, and the cluster totals of all as a sparse matrix."""
        rows = np.repeat(list(pieces), [len(p.spread[0]) for p in pieces.values()])
        cols = np.concatenate([p.spread[0] for p in pieces.values()])
        data = np.concatenate([p.spread[1] for p in pieces.values()])
        totals = scipy.sparse.csr_matrix((data, (rows, cols)), shape=(groups, len(self.units.stratum)))
        return stratified_variance(totals, self.units)[list(pieces)], totals

    def difference(self, totals: scipy.sparse.csr_matrix, i: Ints, j: Ints, difference: Floats) -> Floats:
        """Variance of the differences of groups j less groups i."""
        return pair_variance(totals[i], totals[j], self.units)

    def ratio(self, totals: scipy.sparse.csr_matrix, i: Ints, j: Ints, low: Floats, high: Floats) -> Floats:
        """Variance of the ratios of groups j to groups i, whose estimates are `high` and `low`."""
        first, second = scipy.sparse.diags(high / low**2) @ totals[i], scipy.sparse.diags(1 / low) @ totals[j]
        return pair_variance(first, second, self.units)

    def _woodruff(
        self, d: Distribution, q: float, cols: Ints, sums: Floats
    ) -> tuple[float, Callable[[float], tuple[float, float]]]:
        """Yuan by which the quantile moves for a unit of error in the share below it, and the interval's ends."""
        row = scipy.sparse.csr_matrix((sums, (np.zeros(len(cols), int), cols)), shape=(1, len(self.units.stratum)))
        se = float(np.sqrt(stratified_variance(row, self.units)[0]))

        def ends(t: float) -> tuple[float, float]:
            low, high = max(q - t * se, 0.0), min(q + t * se, 1.0)
            return d.restore(d.quantile(low)), d.restore(d.quantile(high))

        if se == 0:
            return 0.0, ends
        reach = t_value(0.95, np.inf) * se
        low, high = max(q - reach, 0.0), min(q + reach, 1.0)
        return d.restore(d.quantile(high) - d.quantile(low)) / (high - low), ends


def simple_variance(part: Part, z: Floats, wider: Wider, slope: float) -> float:
    """Variance in a simple sample of as many rows as the population of `wider` has."""
    d, whole = part.distribution, wider.part.distribution
    own = np.zeros(int(wider.part.rows.max()) + 1)
    own[part.rows] = z * (np.ldexp(whole.weight_sum, whole.w_shift) / np.ldexp(d.weight_sum, d.w_shift))
    both = slope * wider.z + own[wider.part.rows]
    return float((both * both * whole.weights).sum() / whole.weight_sum / max(whole.n - 1, 1))


def _gather(z: Floats, w: Floats | float, psu: Ints, clusters: int) -> tuple[float, Ints, Floats]:
    """Weighted sum of squares, and weighted sums by cluster, in pieces that stay in cache."""
    if len(z) <= _CHUNK or clusters > _CHUNK:
        z_w = z * w
        return float((z * z_w).sum()), *_by_cluster(psu, z_w, clusters)
    simple, sums = 0.0, np.zeros(clusters)
    for start in range(0, len(z), _CHUNK):
        rows = slice(start, start + _CHUNK)
        z_w = z[rows] * (w if isinstance(w, float) else w[rows])
        simple += (z[rows] * z_w).sum()
        sums += np.bincount(psu[rows], weights=z_w, minlength=clusters)
    cols = np.flatnonzero(sums)
    return float(simple), cols, sums[cols]


def _by_cluster(psu: Ints, z: Floats, clusters: int) -> tuple[Ints, Floats]:
    """Sums of `z` by cluster, of the clusters that occur."""
    if len(psu) * 8 < clusters:
        cols, inverse = np.unique(psu, return_inverse=True)
        return cols, np.asarray(np.bincount(inverse, weights=z), float)
    sums = np.asarray(np.bincount(psu, weights=z, minlength=clusters), float)
    cols = np.flatnonzero(sums)
    return cols, sums[cols]


def stratified_variance(totals: scipy.sparse.csr_matrix, units: Units) -> Floats:
    """Design variance of each row of cluster totals.

    Parameters
    ----------
    totals : sparse matrix of shape (groups, clusters)
        Weighted influence by cluster, zeros left out.
    units : Units
        The design.

    Returns
    -------
    ndarray of shape (groups,)
    """
    strata = len(units.size)
    totals = totals.tocoo()
    cell = totals.row.astype(np.int64) * strata + units.stratum[totals.col]
    cells, inverse = np.unique(cell, return_inverse=True)
    squares = np.bincount(inverse, weights=totals.data**2, minlength=len(cells))
    sums = np.bincount(inverse, weights=totals.data, minlength=len(cells))
    group, h = cells // strata, cells % strata
    n = units.size[h]
    single = n == 1
    spread = np.where(single, 0.0, np.maximum(squares - sums**2 / n, 0.0) * n / np.maximum(n - 1, 1))
    if units.single == "centered":
        spread = np.where(single, sums**2, spread)
    spread *= 1 - units.fraction[h]
    out = np.asarray(np.bincount(group, weights=spread, minlength=totals.shape[0]), float)
    if units.single == "average":
        out *= average_factor(units)
    return out


def average_factor(units: Units) -> float:
    """By how much the other strata's variance grows to cover strata with one cluster."""
    lonely = (units.size == 1) & (units.fraction < 1)
    return len(units.size) / max(len(units.size) - int(lonely.sum()), 1)
