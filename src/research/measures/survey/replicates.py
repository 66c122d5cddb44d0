"""Variance by replication: clusters drawn anew, left out one by one, or weights that came with the data."""

from __future__ import annotations

import numpy as np

from research.measures.batch import by_kernel, replicate
from research.measures.influence import influence
from research.measures.registry import MEASURES
from research.measures.survey.linear import average_factor, simple_variance
from research.measures.survey.run import Piece, Wider
from research.measures.survey.units import Units


class Replicates:
    """Engine: replicate multipliers of each cluster, and how deviations add up to a variance."""

    unsorted = frozenset()

    def __init__(self, units, method, count, seed, given, scale):
        self.units, self.method, self.given = units, method, given
        if method == "bootstrap":
            self.multipliers = bootstrap_multipliers(units, count, seed)
            self.factor = np.full(count, 1.0 / (count - 1))
            if units.single == "average":
                self.factor *= average_factor(units)
        elif method == "jackknife":
            self.multipliers, self.factor = jackknife_multipliers(units)
        else:
            self.multipliers = None
            self.factor = np.full(given.shape[1], 1.0 / given.shape[1] if scale is None else scale)

    def common(self, part, name, parameters):
        """What the groups of a population share, with its replicates."""
        d = part.distribution
        shared = MEASURES[name].shared(d, **parameters)
        rows = by_kernel(lambda r: shared.replicated(r, **parameters), d, self._of(part, d))
        return Wider(part, shared, shared.influence(), rows)

    def measure(self, part, name, parameters, wider=None):
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

    def combine(self, pieces, groups):
        """Variances of the groups in `pieces`, and the replicates of all groups."""
        table = np.full((groups, len(self.factor)), np.nan)
        estimate = np.full(groups, np.nan)
        for g, piece in pieces.items():
            table[g], estimate[g] = piece.spread, piece.value
        return self.variance(table, estimate)[list(pieces)], table

    def difference(self, table, i, j, difference):
        """Variance of the differences of groups j less groups i."""
        return self.variance(table[j] - table[i], difference)

    def ratio(self, table, i, j, low, high):
        """Variance of the ratios of groups j to groups i, whose estimates are `high` and `low`."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.variance(table[j] / table[i], high / low)

    def variance(self, table, estimate):
        """Variance of each row of replicates around its middle (bootstrap) or its estimate."""
        good = np.isfinite(table)
        count = good.sum(axis=1)
        middle = estimate
        if self.method == "bootstrap":
            middle = np.where(good, table, 0).sum(axis=1) / np.maximum(count, 1)
        square = np.where(good, (table - middle[:, None]) ** 2, 0.0) * self.factor
        share = np.divide(table.shape[1], count, out=np.full(len(count), np.nan), where=count > 1)
        return square.sum(axis=1) * share

    def _of(self, part, d):
        """Multipliers of the rows of one group, in rising order of values."""
        if self.given is not None:
            weights = self.given[part.rows].T
            base = np.ones(d.n) if d.w is None else np.ldexp(d.w_sorted, d.w_shift)

            def rows(start, stop):
                return weights[start:stop] / base
        else:

            def rows(start, stop):
                return self.multipliers[start:stop][:, part.psu]

            rows.matrix, rows.psu = self.multipliers, part.psu

        rows.count = len(self.factor)
        return rows


def _simple_variance(name, d, parameters):
    """Variance in a simple sample of the same size, for the design effect; nan without influence function."""
    if MEASURES[name].influence is None:
        return np.nan
    z = influence(name, d, parameters)
    w = np.ones(d.n) if d.w is None else d.w_sorted
    return float((z * z * w).sum() / w.sum() / max(d.n - 1, 1))


def bootstrap_multipliers(units, count, seed):
    """Weight multipliers of each cluster in each replicate, after Rao & Wu: n - 1 of n clusters a stratum.

    Strata with one cluster keep their weight, unless they are to be centered. Where all clusters of a panel are seen
    in every round, a cluster is drawn once for all of them; else the rounds are drawn apart.

    Returns
    -------
    ndarray of shape (count, clusters), float32
        Mean 1 for each cluster.
    """
    if units.panel is not None and (same := _seen_again(units)) is not None:
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


def _seen_again(units):
    """The design of the clusters apart from their rounds, or None where some are missing in some round."""
    panel, rounds = units.panel, int(units.panel.round.max()) + 1
    if (np.bincount(panel.twin) != rounds).any():
        return None
    size = np.bincount(panel.stratum)
    fraction = np.zeros(len(size))
    fraction[panel.stratum[panel.twin]] = units.fraction[units.stratum]
    return Units(panel.twin, panel.stratum, size, fraction, units.single)


def jackknife_multipliers(units):
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
