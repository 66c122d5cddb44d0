"""Generalised entropy by groups and by nested levels: within plus between is the whole, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, spot
from research.measures import policy
from research.measures.formulas.entropy import generalized_entropy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats, Ints


@dataclass(frozen=True)
class Groups:
    """A generalised entropy index split by groups.

    Parameters
    ----------
    total, within, between : float
        The index of all; what differences inside groups make of it; what differences between the groups'
        means make of it. ``within + between = total``.
    alpha : float
        Order of the index: 1 is Theil's T, 0 the mean log deviation.
    table : DataFrame
        Tidy: `group`, `population_share`, `income_share`, `mean`, `index` (inside the group), `within`,
        `between` (the group's terms of both sums), `contribution` (both over the total).
    """

    total: float
    within: float
    between: float
    alpha: float
    table: pd.DataFrame


def theil_groups(
    values: ArrayLike, groups: Iterable[Any], weights: ArrayLike | None = None, *, alpha: float = 1.0
) -> Groups:
    """Theil's T (or another generalised entropy index) split into within and between groups.

    ``GE = sum_g f_g^(1-a) s_g^a GE_g + GE(group means)`` with population shares f and income shares s.

    Parameters
    ----------
    values : array-like of shape (n,)
        Income per person (yuan a year); zeros allowed for orders above 0.
    groups : array-like of shape (n,)
        Group of each person, such as urban or rural, or the township.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    alpha : float
        Order: 1 for Theil's T, 0 for the mean log deviation.

    Returns
    -------
    Groups

    Raises
    ------
    DataError
        As `generalized_entropy`; naming a gap among the groups, another length, or a group without income.

    References
    ----------
    Bourguignon (1979), Econometrica 47; Shorrocks (1984), Econometrica 52.

    Examples
    --------
    >>> out = theil_groups([1, 3, 2, 6], ["rural", "rural", "urban", "urban"], alpha=0)
    >>> out.table[["group", "population_share", "mean"]].values.tolist()
    [['rural', 0.5, 2.0], ['urban', 0.5, 4.0]]
    """
    a = policy.number(alpha, "alpha")
    x, w, codes, names = grouped_input(values, groups, weights)
    total = generalized_entropy(x, w, alpha=a)
    people = np.bincount(codes, weights=w)
    means = np.bincount(codes, weights=w * x) / people
    if means.min() == 0 and a <= 1:
        poor = names[int(means.argmin())]
        raise DataError(Fault(f"group {poor}", "some income", "nothing but zeros", kind="undefined"))
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes))
    parts = [order[stop - n : stop] for stop, n in zip(ends, np.bincount(codes), strict=True)]
    inside = [generalized_entropy(x[p], w[p], alpha=a) if x[p].any() else 0.0 for p in parts]
    f = people / people.sum()
    mean = float((f * means).sum())
    s = f * means / mean
    within = f ** (1 - a) * s**a * np.array(inside)
    between = f * _terms(means / mean, a)
    table = pd.DataFrame({"group": names, "population_share": f, "income_share": s, "mean": means})
    table = table.assign(index=inside, within=within, between=between)
    table["contribution"] = (within + between) / total if total > 0 else np.nan
    return Groups(total, float(within.sum()), float(between.sum()), a, table)


def _terms(r: Floats, a: float) -> Floats:
    """Terms of the index of relative values; each 0 or more."""
    if a == 0:
        return r - 1 - np.log(r)
    if a == 1:
        return r * np.log(r) - (r - 1)
    return (r**a - 1 - a * (r - 1)) / (a * (a - 1))


def theil_nested(
    frame: pd.DataFrame,
    levels: str | Sequence[str],
    value: str = "income",
    weight: str | None = None,
    *,
    alpha: float = 1.0,
) -> pd.DataFrame:
    """Theil's T over nested levels, such as township, then urban or rural inside it, then persons.

    ``T = B_1 + B_2 + ... + W``: between the widest groups, between groups inside them, and so on; within the last.

    Parameters
    ----------
    frame : DataFrame
        One row a person.
    levels : list of str
        Columns from the widest groups to the narrowest; each level is counted inside the one before.
    value : str
        Column of the values.
    weight : str, optional
        Column of weights. Default: "weight" where there is one.
    alpha : float
        Order: 1 for Theil's T, 0 for the mean log deviation.

    Returns
    -------
    DataFrame
        Tidy: `level` (its column; last "within"), `value` (its part of the index), `share` (of the total).
        The values add up to the index of all.

    Raises
    ------
    DataError
        As `theil_groups`, and for unknown columns.

    References
    ----------
    Akita (2003), Annals of Regional Science 37.

    Examples
    --------
    >>> frame = pd.DataFrame({"place": list("aabb"), "residence": list("urur"), "income": [3, 1, 6, 2]})
    >>> out = theil_nested(frame, ["place", "residence"])
    >>> out["level"].tolist(), out["value"].round(4).tolist()
    (['place', 'residence', 'within'], [0.0566, 0.1308, 0.0])
    """
    from research.measures.columns import check_columns, clean, group_codes

    levels = [levels] if isinstance(levels, str) else list(levels)
    if weight is None and "weight" in frame.columns:
        weight = "weight"
    check_columns(frame, [value, *([weight] if weight else []), *levels])
    x, w, _ = clean(frame, value, weight)
    betweens = [0.0]
    for depth in range(1, len(levels) + 1):
        codes, _ = group_codes(frame, levels[:depth])
        split = theil_groups(x, codes, w, alpha=alpha)
        betweens.append(split.between)
    total = split.total
    parts = [*np.diff(betweens), total - betweens[-1]]
    out = pd.DataFrame({"level": [*levels, "within"], "value": np.maximum(parts, 0.0)})
    out["share"] = out["value"] / total if total > 0 else np.nan
    return out


def grouped_input(
    values: ArrayLike, groups: Iterable[Any], weights: ArrayLike | None, *, negatives: bool = False
) -> tuple[Floats, Floats, Ints, list[Any]]:
    """Clean values, weights (ones by default), group numbers and names, rows for nobody left out.

    Examples
    --------
    >>> x, w, codes, names = grouped_input([1, 2], ["b", "a"], None)
    >>> codes.tolist(), names
    ([1, 0], ['a', 'b'])
    """
    x, w = policy.check(values, weights, negatives=negatives)
    g = pd.Series(list(groups) if not hasattr(groups, "__array__") else np.asarray(groups))
    faults = []
    if len(g) != len(x):
        faults.append(Fault("groups", f"{len(x)} entries", f"{len(g)} entries", kind="length"))
    for i in np.flatnonzero(g.isna())[: policy.LISTED]:
        faults.append(Fault(spot("groups", index=int(i)), "a group", "nothing", kind="missing"))
    if faults:
        raise DataError(faults)
    w = np.ones(len(x)) if w is None else w
    keep = w > 0
    codes, names = pd.factorize(g[keep], sort=True)
    return x[keep], w[keep], codes, list(names)
