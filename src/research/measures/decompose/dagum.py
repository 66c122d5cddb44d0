"""Gini by groups after Dagum: within, between the means, and what overlap of the groups adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.measures.decompose.groups import grouped_input
from research.measures.distribution import Distribution
from research.measures.formulas.gini import gini

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats, Ints


@dataclass(frozen=True)
class Dagum:
    """A Gini coefficient split by groups.

    Parameters
    ----------
    total, within, between, transvariation : float
        ``within + between + transvariation = total``: inside groups; between their means (net); and from
        persons of poorer groups who earn more than persons of richer ones.
    gross_between : float
        ``between + transvariation``.
    table : DataFrame
        Tidy: `group`, `population_share`, `income_share`, `mean`, `gini`, `within` (its term).
    pairs : DataFrame
        Tidy, each pair once: `a`, `b` (b the richer), `gini` (between the two), `affluence` (relative
        economic affluence, 0 to 1), `gross`, `net`, `transvariation` (their terms). Empty unless asked for.
    """

    total: float
    within: float
    between: float
    transvariation: float
    gross_between: float
    table: pd.DataFrame
    pairs: pd.DataFrame


def gini_dagum(
    values: ArrayLike, groups: Iterable[Any], weights: ArrayLike | None = None, *, pairs: bool = True
) -> Dagum:
    """Gini coefficient by groups after Dagum, from sorts alone.

    The net part between groups is the Gini of the groups' means; the transvariation is what is left of the
    whole. Only the table of pairs looks at pairs of groups (never at pairs of persons).

    ``G = sum_k f_k s_k G_k + sum_{j<k} f_j f_k d_jk / mu`` with population shares f, income shares s, mean distances d;
    of each pair ``f_j f_k |mu_j - mu_k| / mu`` is net between, what is left is transvariation.

    Parameters
    ----------
    values : array-like of shape (n,)
        Income per person (yuan a year); zeros allowed.
    groups : array-like of shape (n,)
        Group of each person.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    pairs : bool
        Whether to make the table of pairs, which takes a pass over the sorted rows for each group.

    Returns
    -------
    Dagum

    Raises
    ------
    DataError
        As `gini`; naming a gap among the groups or another length.

    References
    ----------
    Dagum (1997), Empirical Economics 22.

    Examples
    --------
    >>> out = gini_dagum([1, 3, 2, 6], ["rural", "rural", "urban", "urban"])
    >>> [round(v, 4) for v in (out.total, out.within, out.between, out.transvariation)]
    [0.3333, 0.125, 0.1667, 0.0417]
    """
    x, w, codes, names = grouped_input(values, groups, weights)
    total = gini(x, w)
    n = np.bincount(codes)
    order = np.argsort(x)
    order = order[np.argsort(codes[order], kind="stable")]
    ends = np.cumsum(n)
    parts = [order[stop - k : stop] for stop, k in zip(ends, n, strict=True)]
    people = np.bincount(codes, weights=w)
    means = np.bincount(codes, weights=w * x) / people
    f = people / people.sum()
    mean = float((f * means).sum())
    s = f * means / mean
    inside = np.array([gini(Distribution.from_sorted(x[p], w[p])) if x[p].any() else 0.0 for p in parts])
    within = f * s * inside
    between = gini(means, people)
    across = max(total - within.sum(), 0.0)
    table = pd.DataFrame({"group": names, "population_share": f, "income_share": s, "mean": means})
    table = table.assign(gini=inside, within=within)
    pair_table = _pairs(x, w, codes, names, f, means, mean) if pairs else pd.DataFrame()
    return Dagum(
        total, float(within.sum()), between, max(float(across) - between, 0.0), float(across), table, pair_table
    )


def _pairs(
    x: Floats, w: Floats, codes: Ints, names: Sequence[object], f: Floats, means: Floats, mean: float
) -> pd.DataFrame:
    """Each pair of groups, from the groups' distribution functions on the common values."""
    distance = _distances(x, w, codes, len(names))
    rows = []
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            a, b = (i, j) if means[i] <= means[j] else (j, i)
            both = means[a] + means[b]
            apart = means[b] - means[a]
            gross = f[a] * f[b] * distance[a, b] / mean
            net = f[a] * f[b] * apart / mean
            index = distance[a, b] / both if both > 0 else 0.0
            affluence = apart / distance[a, b] if distance[a, b] > 0 else 0.0
            rows.append((names[a], names[b], index, affluence, gross, net, gross - net))
    return pd.DataFrame(rows, columns=["a", "b", "gini", "affluence", "gross", "net", "transvariation"])


def _distances(x: Floats, w: Floats, codes: Ints, k: int) -> Floats:
    """Mean distance between a member of each group and a member of each other, k by k.

    After one sort, each group's running weight and income give every row's mean distance to its members.
    """
    order = np.argsort(x)
    x, w, codes = x[order], w[order], codes[order]
    whole = np.bincount(codes, weights=w, minlength=k)
    out = np.empty((k, k))
    for g in range(k):
        mine = np.where(codes == g, w, 0.0)
        below = np.cumsum(mine)
        mine *= x
        held = np.cumsum(mine)
        away = x * (2 * below - below[-1])
        away += held[-1] - 2 * held
        away *= w
        out[g] = np.bincount(codes, weights=away, minlength=k) / (whole * whole[g])
    return (out + out.T) / 2
