"""Who is highest, and by how much: extremes of many estimates under their joint sampling error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault
from research.measures.columns import check_columns, clean, group_codes
from research.measures.survey.replicates import bootstrap_multipliers

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats, Ints
    from research.measures.survey.design import Design


@dataclass(frozen=True)
class Drawn:
    """Means of groups, and their bootstrap replicates by clusters drawn anew.

    Parameters
    ----------
    keys : DataFrame
        A row a group: the columns that make the groups.
    estimate : ndarray of shape (groups,)
        Means; nan for a group without rows.
    weight : ndarray of shape (groups,)
        Sum of weights.
    replicates : ndarray of shape (replicates, groups)
    """

    keys: pd.DataFrame
    estimate: Floats
    weight: Floats
    replicates: Floats

    def around(self, value: Floats, se: Floats, direct_se: Floats) -> Drawn:
        """The same draws around other figures: deviations scaled to their errors where those differ."""
        factor = np.divide(se, direct_se, out=np.ones(len(self.estimate)), where=np.asarray(direct_se, float) > 0)
        moved = value + (self.replicates - self.estimate) * np.where(np.isfinite(factor), factor, 1.0)
        return Drawn(self.keys, np.asarray(value, float), self.weight, moved)

    def of(self, groups: Bools) -> Drawn:
        """Some of the groups."""
        at = np.flatnonzero(groups)
        keys = self.keys.iloc[at].reset_index(drop=True)
        return Drawn(keys, self.estimate[at], self.weight[at], self.replicates[:, at])


def drawn_means(
    design: Design,
    value: str = "income",
    by: str | Sequence[str] | None = None,
    *,
    replicates: int = 500,
    seed: int = 20240701,
) -> Drawn:
    """Means of groups under clusters drawn anew, by one product of weights and sums by cluster.

    Parameters
    ----------
    design : Design
    value : str
        Column; rows without a value are left out.
    by : list of str
    replicates, seed : int
        As in `Design.estimate`.

    Returns
    -------
    Drawn

    References
    ----------
    Rao & Wu (1988), JASA 83.

    Examples
    --------
    >>> from research.measures.survey import Design
    >>> frame = pd.DataFrame({"income": [1.0, 3, 2, 6], "place": list("aabb"), "village": list("wxyz")})
    >>> drawn_means(Design(frame, strata="place", psu="village"), by=["place"]).estimate.tolist()
    [2.0, 4.0]
    """
    by = [by] if isinstance(by, str) else list(by or [])
    check_columns(design.frame, [value, *by])
    x, w, used = clean(design.frame, value, design.weight, "drop")
    codes, keys = group_codes(design.frame, by)
    psu, clusters = design.units.psu.astype(np.int64), len(design.units.stratum)
    cells, at = np.unique((codes * clusters + psu)[used], return_inverse=True)
    w_used = np.ones(int(used.sum())) if w is None else w[used]
    sums = [np.asarray(np.bincount(at, weights=v, minlength=len(cells)), float) for v in (w_used, w_used * x[used])]
    multipliers = bootstrap_multipliers(design.units, replicates, seed).astype(float)
    group, cluster = cells // clusters, cells % clusters
    totals = [_by_group(s[None], group, len(keys))[0] for s in sums]
    drawn = [_by_group(multipliers[:, cluster] * s, group, len(keys)) for s in sums]
    with np.errstate(invalid="ignore", divide="ignore"):
        return Drawn(keys, totals[1] / totals[0], totals[0], drawn[1] / drawn[0])


def _by_group(values: Floats, group: Ints, count: int) -> Floats:
    order = np.argsort(group, kind="stable")
    present, first = np.unique(group[order], return_index=True)
    out = np.zeros((len(values), count))
    out[:, present] = np.add.reduceat(values[:, order], first, axis=1)
    return out


def extremes(drawn: Drawn, top: int | None = None) -> pd.DataFrame:
    """How surely each group is the highest, the lowest, and among the first.

    Parameters
    ----------
    drawn : Drawn
        Groups that are compared: the places of one year.
    top : int, optional
        Size of the top group; default a third, rounded up.

    Returns
    -------
    DataFrame
        `drawn.keys` with `value`, `p_highest`, `p_lowest`, `p_top` (shares of the replicates), `rank_lower`,
        `rank_upper` (1 is the highest; 95% of the replicates).

    Raises
    ------
    DataError
        For fewer than two groups.

    References
    ----------
    Goldstein & Spiegelhalter (1996), J. R. Stat. Soc. A 159 (league tables).

    Examples
    --------
    >>> draws = np.array([[3.0, 2, 1], [2, 3, 1], [3, 2, 1], [3, 2, 1]])
    >>> made = extremes(Drawn(pd.DataFrame({"place": list("abc")}), np.array([3.0, 2, 1]), np.ones(3), draws))
    >>> made["p_highest"].tolist(), made["p_lowest"].tolist()
    ([0.75, 0.25, 0.0], [0.0, 0.0, 1.0])
    """
    if len(drawn.estimate) < 2:
        raise DataError(Fault("groups", "two or more to find the extremes of", str(len(drawn.estimate)), kind="empty"))
    top = -(-len(drawn.estimate) // 3) if top is None else int(top)
    ranks = (-drawn.replicates).argsort(axis=1).argsort(axis=1) + 1
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0, method="nearest")
    return drawn.keys.assign(
        value=drawn.estimate,
        p_highest=(ranks == 1).mean(axis=0),
        p_lowest=(ranks == ranks.shape[1]).mean(axis=0),
        p_top=(ranks <= top).mean(axis=0),
        rank_lower=low.astype(int),
        rank_upper=high.astype(int),
    )


@dataclass(frozen=True)
class Spread:
    """A spread of groups, such as highest over lowest, with what the sampling error adds to it taken off.

    Parameters
    ----------
    plain : float
        As the estimates give it.
    value : float
        Less the bias that the bootstrap finds.
    se, lower, upper : float
        Of the corrected value.
    replicates : ndarray
        Of the plain value, for differences between years.
    """

    plain: float
    value: float
    se: float
    lower: float
    upper: float
    replicates: Floats


def spread(drawn: Drawn, function: Callable[[Floats, Floats], Any], level: float = 0.95) -> Spread:
    """A function of all groups' estimates, with its bias and interval by the bootstrap.

    Extremes of noisy figures lie further apart than the true ones: the bias is taken to be what another round of
    noise adds, the mean of the replicates less the estimate.

    Parameters
    ----------
    drawn : Drawn
    function : callable
        ``function(estimates, weights)`` of the last axis.
    level : float

    Returns
    -------
    Spread

    References
    ----------
    Efron & Tibshirani (1993), "An Introduction to the Bootstrap", ch. 10.

    Examples
    --------
    >>> draws = np.array([[4.0, 1], [3, 1], [5, 1]])
    >>> got = spread(Drawn(pd.DataFrame(index=range(2)), np.array([3.5, 1]), np.ones(2), draws),
    ...              lambda x, w: x.max(axis=-1) / x.min(axis=-1))
    >>> got.plain, got.value
    (3.5, 3.0)
    """
    plain = float(function(drawn.estimate, drawn.weight))
    again = function(drawn.replicates, drawn.weight)
    value = 2 * plain - float(again.mean())
    low, high = np.quantile(again, [(1 - level) / 2, (1 + level) / 2]) - again.mean()
    return Spread(plain, value, float(again.std(ddof=1)), value + low, value + high, again)
