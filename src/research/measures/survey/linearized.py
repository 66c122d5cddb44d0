"""Estimates that remember what they stand on, so that a difference of any two gets its own standard error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from research.measures.columns import group_codes
from research.measures.survey.intervals import t_value, two_sided
from research.measures.survey.linear import stratified_variance
from research.measures.survey.paired import covariance
from research.measures.survey.units import Units

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats, Ints
    from research.measures.survey.design import Design
    from research.measures.survey.run import Run


@dataclass(frozen=True)
class Linearized:
    """Estimates, a row each, with the cluster totals of their influence.

    Parameters
    ----------
    table : DataFrame
        As `Design.estimate` gives it.
    totals : sparse matrix of shape (estimates, clusters)
        Weighted influence by cluster.
    units : Units
        Clusters and strata, the same for all rows.
    """

    table: pd.DataFrame
    totals: scipy.sparse.csr_matrix
    units: Units

    def differences(
        self, first: Sequence[int], second: Sequence[int], level: float = 0.95, share: Sequence[float] | None = None
    ) -> pd.DataFrame:
        """The differences ``second - first`` of pairs of rows, each with its test.

        Parameters
        ----------
        first, second : sequence of int
            Positions of the rows.
        level : float
            Of the interval.
        share : sequence of float, optional
            How much of a row's published figure hangs on its direct estimate (1; the weight gamma for an estimate by a
            model): the covariance counts by the product of both rows' shares. Their variances are `table`'s.

        Returns
        -------
        DataFrame
            `difference`, `se`, `lower`, `upper`, `statistic`, `p_value` (two-sided, t), `df` (the smaller one).

        References
        ----------
        Lumley (2010), "Complex Surveys", ch. 2.
        """
        i, j = np.asarray(first, int), np.asarray(second, int)
        value, se, df = (self.table[c].to_numpy(float) for c in ("estimate", "se", "df"))
        gamma = np.ones(len(value)) if share is None else np.asarray(share, float)
        both = gamma[i] * gamma[j] * covariance(self.totals[i], self.totals[j], self.units)
        out = np.sqrt(np.maximum(se[i] ** 2 + se[j] ** 2 - 2 * both, 0.0))
        # what cancels in full has no error of its own; what is left of rounding is none either
        out = np.where(out <= 1e-9 * np.maximum(se[i], se[j]), 0.0, out)
        return tested(value[j] - value[i], out, np.minimum(df[i], df[j]), level)


def tested(difference: Floats, se: ArrayLike, df: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Differences with their t test: ``t = d / se(d)``; none where the standard error is 0.

    Parameters
    ----------
    difference, se : array-like of shape (n,)
        Differences and their standard errors, in one unit.
    df : array-like of shape (n,)
        Degrees of freedom, 1 or more.
    level : float
        Of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        `difference`, `se`, `lower`, `upper`, `statistic`, `p_value` (0 to 1) and `df`, a row each.

    Raises
    ------
    ValueError
        For arrays of unlike lengths.

    References
    ----------
    Lohr (2022), "Sampling: Design and Analysis", 3rd edition, chapter 9.

    Examples
    --------
    >>> tested(np.array([3.0]), np.array([1.5]), np.array([6.0])).round(3).values.tolist()
    [[3.0, 1.5, -0.67, 6.67, 2.0, 0.092, 6.0]]
    """
    se = np.where(np.asarray(se, float) > 0, se, np.nan)
    reach, statistic = t_value(level, df) * se, difference / se
    return pd.DataFrame(
        {
            "difference": difference,
            "se": se,
            "lower": difference - reach,
            "upper": difference + reach,
            "statistic": statistic,
            "p_value": two_sided(statistic, df),
            "df": df,
        }
    )


def linearized(run: Run, level: float) -> Linearized:
    """What a linearised run found, rows in the order of its table."""
    table = run.frame(level, "auto")
    count = len(run.specs)
    stacked = scipy.sparse.vstack([run.spread.get(k, scipy.sparse.csr_matrix((run.groups, len(run.units.stratum))))
                             for k in range(count)], format="csr")  # fmt: skip
    order = (np.arange(count)[None, :] * run.groups + np.arange(run.groups)[:, None]).ravel()
    return Linearized(table, stacked[order], run.units)


def by_influence(
    design: Design, z: Floats, estimate: Floats, by: list[str], level: float = 0.95, weight: str | None = None
) -> Linearized:
    """Estimates of groups from influence functions of one's own: ratios of sums, shares, differences of logarithms.

    The variance is that of the weighted total of the influences, ``V(sum of w z)``, between clusters within strata.

    Parameters
    ----------
    design : Design
    z : ndarray of shape (rows,) or (rows, measures)
        Influence of each row, its weighted mean 0 in each group; nan where a row is not used.
    estimate : ndarray of the same shape
        The group's estimate, in each of its rows.
    by : list of str
        Columns that make the groups.
    level : float
        Of the interval, which is plain.
    weight : ndarray, optional
        Default: the design's.

    Returns
    -------
    Linearized
        Groups in sorted order, all measures of a group together; `table` has no `measure` yet where there are several.

    Raises
    ------
    ValueError
        For influences or estimates that have not as many rows as the design.

    References
    ----------
    Deville (1999), Survey Methodology 25.

    Examples
    --------
    >>> from research.measures.survey import Design
    >>> rows = pd.DataFrame({"a": [1.0, 3], "b": [2.0, 2]})
    >>> ratio = rows["a"].sum() / rows["b"].sum()
    >>> z = (rows["a"] - ratio * rows["b"]) / rows["b"].mean()
    >>> by_influence(Design(rows), z, np.full(2, ratio), []).table.round(3)[["estimate", "se"]].values.tolist()
    [[1.0, 0.5]]
    """
    frame, units = design.frame, design.units
    z, estimate = (np.asarray(a, float).reshape(len(frame), -1) for a in (z, estimate))
    codes, keys = group_codes(frame, by)
    w = np.ones(len(frame)) if design.weight is None else frame[design.weight].to_numpy(float)
    used = ~np.isnan(z[:, 0]) & (w > 0)
    count, measures, clusters = len(keys), z.shape[1], len(units.stratum)
    whole = np.bincount(codes, weights=np.where(used, w, 0.0), minlength=count)
    rows, n = np.flatnonzero(used), np.bincount(codes[used], minlength=count)
    part = w[rows] / whole[codes[rows]]
    totals = scipy.sparse.vstack(
        [
            scipy.sparse.csr_matrix(
                (part * z[rows, k], (codes[rows], units.psu[rows].astype(int))), shape=(count, clusters)
            )
            for k in range(measures)
        ],
        format="csr",
    )
    totals = totals[(np.arange(measures)[None, :] * count + np.arange(count)[:, None]).ravel()]
    value = np.full((count, measures), np.nan)
    value[codes[rows]] = estimate[rows]
    seen = scipy.sparse.csr_matrix(
        (np.ones(len(rows)), (codes[rows], units.psu[rows].astype(int))), shape=(count, clusters)
    )
    df = np.array([_degrees(units, seen.indices[a:b]) for a, b in zip(seen.indptr[:-1], seen.indptr[1:], strict=True)])
    table = keys.loc[keys.index.repeat(measures)].reset_index(drop=True)
    se = np.where(np.isnan(value.ravel()), np.nan, np.sqrt(stratified_variance(totals, units)))
    df, reach = df.repeat(measures), t_value(level, df.repeat(measures)) * se
    coverage = whole / np.bincount(codes, weights=w, minlength=count)
    table = table.assign(estimate=value.ravel(), se=se, lower=value.ravel() - reach, upper=value.ravel() + reach,
                         n=n.repeat(measures), df=df, coverage=coverage.repeat(measures), method="linearized",
                         interval="normal")  # fmt: skip
    return Linearized(table, totals, units)


def _degrees(units: Units, clusters: Ints) -> int:
    return max(1, len(clusters) - len(np.unique(units.stratum[clusters])))


def stack(parts: Sequence[Linearized]) -> Linearized:
    """Estimates of one design, one below the other: ``(a, b, ...)`` with the covariance of all of them.

    Parameters
    ----------
    parts : sequence of Linearized
        At least 1, all of the same design.

    Returns
    -------
    Linearized
        `table` holds the rows of all parts, in their order.

    Raises
    ------
    ValueError
        For parts of different designs.

    References
    ----------
    Lohr (2022), "Sampling: Design and Analysis", 3rd edition, chapter 9.

    Examples
    --------
    >>> frame = pd.DataFrame({"income": [1.0, 2, 3, 6], "village": list("aabb")})
    >>> from research.measures.survey import Design
    >>> part = Design(frame, psu="village").linearize("mean", "income")
    >>> len(stack([part, part]).table)
    2
    """
    first = parts[0]
    if any(p.totals.shape[1] != first.totals.shape[1] for p in parts):
        raise ValueError("estimates of different designs")
    table = pd.concat([p.table for p in parts], ignore_index=True)
    return Linearized(table, scipy.sparse.vstack([p.totals for p in parts], format="csr"), first.units)
