"""Covariance of estimates that stand on the same clusters: places inside a district, villages seen year after year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from research.measures.survey.units import Panel, Units

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints


def covariance(first: scipy.sparse.csr_matrix, second: scipy.sparse.csr_matrix, units: Units) -> Floats:
    """Design covariance of pairs of estimates, row by row.

    Within a round all clusters count. Between two rounds of a panel the clusters seen in both do:
    ``n_c/(n_c - 1) sum_c (a_c - a)(b_c - b)`` in each stratum, which is the ordinary formula where all were seen
    again, and 0 where none was.

    Parameters
    ----------
    first, second : sparse matrix of shape (pairs, clusters)
        Cluster totals of influence of both members of each pair.
    units : Units
        The design.

    Returns
    -------
    ndarray of shape (pairs,)

    References
    ----------
    Kish (1965), "Survey Sampling", 12.4 (overlapping samples); Berger (2004), Canadian J. Statistics 32.

    Examples
    --------
    >>> from research.measures.survey.units import Units
    >>> design = Units(np.arange(3), np.zeros(3, int), np.array([3]), np.zeros(1), "refuse")
    >>> row = scipy.sparse.csr_matrix([[1.0, -1, 0]])
    >>> covariance(row, row, design).tolist()
    [3.0]
    """
    first, second = scipy.sparse.csr_matrix(first), scipy.sparse.csr_matrix(second)
    panel = units.panel
    if panel is None:
        return _common(first, second, units.stratum, units.size, units)
    out = np.full(first.shape[0], np.nan)
    rounds = np.column_stack([_round_of(first, panel), _round_of(second, panel)])
    for a, b in np.unique(rounds, axis=0):
        at = np.flatnonzero((rounds == (a, b)).all(axis=1))
        if a == b or min(a, b) < 0:  # an estimate over several rounds is one over all their strata
            out[at] = _common(first[at], second[at], units.stratum, units.size, units)
        else:
            out[at] = _between(first[at], second[at], a, b, units, panel)
    return out


def pair_variance(first: scipy.sparse.csr_matrix, second: scipy.sparse.csr_matrix, units: Units) -> Floats:
    """Design variance of each difference of a row of `second` less the row of `first`."""
    both = covariance(first, first, units) + covariance(second, second, units)
    return np.maximum(both - 2 * covariance(first, second, units), 0.0)


def _round_of(rows: scipy.sparse.csr_matrix, panel: Panel) -> Ints:
    """Round on which each row stands; -1 where it stands on several."""
    rows = rows.tocoo()
    low, high = np.full(rows.shape[0], np.iinfo(int).max), np.full(rows.shape[0], -1)
    np.minimum.at(low, rows.row, panel.round[rows.col])
    np.maximum.at(high, rows.row, panel.round[rows.col])
    return np.where(low == high, high, -1)


def _between(
    first: scipy.sparse.csr_matrix, second: scipy.sparse.csr_matrix, a: int, b: int, units: Units, panel: Panel
) -> Floats:
    inside = [np.flatnonzero(panel.round == r) for r in (a, b)]
    _, left, right = np.intersect1d(panel.twin[inside[0]], panel.twin[inside[1]], return_indices=True)
    cols = inside[0][left], inside[1][right]
    stratum = panel.stratum[panel.twin[cols[0]]]
    size = np.bincount(stratum, minlength=panel.stratum.max() + 1)
    return _common(first[:, cols[0]], second[:, cols[1]], stratum, size, units, units.stratum[cols[0]])


def _common(
    first: scipy.sparse.csr_matrix,
    second: scipy.sparse.csr_matrix,
    stratum: Ints,
    size: Ints,
    units: Units,
    drawn: Ints | None = None,
) -> Floats:
    """Covariance over paired columns; `drawn` gives the strata whose sampling fraction holds."""
    if not len(stratum):
        return np.zeros(first.shape[0])
    strata = scipy.sparse.csr_matrix((np.ones(len(stratum)), (np.arange(len(stratum)), stratum)),
                               shape=(len(stratum), len(size)))  # fmt: skip
    fraction = np.zeros(len(size))
    fraction[stratum] = units.fraction[stratum if drawn is None else drawn]
    product = (first.multiply(second) @ strata).toarray()
    sums = (first @ strata).multiply(second @ strata).toarray()
    one, n = size == 1, np.maximum(size, 1)
    spread = np.where(one, 0.0, (product - sums / n) * n / np.maximum(n - 1, 1))
    if units.single == "centered":
        spread = np.where(one, product, spread)
    out = (spread * (1 - fraction)).sum(axis=1)
    if units.single == "average":
        lonely = (units.size == 1) & (units.fraction < 1)
        out = out * len(units.size) / max(len(units.size) - int(lonely.sum()), 1)
    found: Floats = out
    return found
