"""Change of inequality between two years, by what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault
from research.measures.decompose.groups import theil_groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Change:
    """A change of the mean log deviation, by what changed.

    Parameters
    ----------
    before, after, change : float
        The index in both years, and the difference.
    within : float
        From inequality inside groups, at unchanged group sizes.
    allocation_within : float
        From people moving to groups that are more or less unequal inside.
    allocation_between : float
        From people moving to groups that are richer or poorer.
    income : float
        From the groups' relative means.
    residual : float
        What the approximation leaves out; small unless shares change much.
    table : DataFrame
        Tidy: `group` and each group's terms of the four parts.
    """

    before: float
    after: float
    change: float
    within: float
    allocation_within: float
    allocation_between: float
    income: float
    residual: float
    table: pd.DataFrame


def mld_change(
    before: ArrayLike,
    before_groups: Iterable[Any],
    after: ArrayLike,
    after_groups: Iterable[Any],
    before_weights: ArrayLike | None = None,
    after_weights: ArrayLike | None = None,
) -> Change:
    """Change of the mean log deviation after Mookherjee and Shorrocks.

    ``dL = sum_k v_k dL_k + sum_k L_k dv_k + sum_k (r_k - ln r_k) dv_k + sum_k (s_k - v_k) d ln mu_k``, with means
    over both years of population shares v, income shares s, r = s / v; in the order of the fields of `Change`.

    Parameters
    ----------
    before, after : array-like
        Income per person in both years (yuan a year), above zero.
    before_groups, after_groups : array-like
        Groups of the persons; the same groups in both years.
    before_weights, after_weights : array-like, optional
        Persons each value stands for.

    Returns
    -------
    Change

    Raises
    ------
    DataError
        As `theil_groups`; or naming a group that is not there in both years.

    References
    ----------
    Mookherjee & Shorrocks (1982), Economic Journal 92; Jenkins (1995), Economica 62.

    Examples
    --------
    >>> out = mld_change([1, 3, 2, 6], list("rruu"), [1, 3, 3, 9], list("rruu"))
    >>> round(out.change, 4), round(out.income, 4), round(out.within, 4)
    (0.0849, 0.0845, 0.0)
    """
    a = theil_groups(before, before_groups, before_weights, alpha=0)
    b = theil_groups(after, after_groups, after_weights, alpha=0)
    t0, t1 = a.table.set_index("group"), b.table.set_index("group")
    lost = sorted(set(t0.index) ^ set(t1.index), key=str)
    if lost:
        raise DataError([Fault(f"group {g}", "persons in both years", "in one only", kind="group") for g in lost])
    t1 = t1.loc[t0.index]
    v, index = (t0.population_share + t1.population_share) / 2, (t0["index"] + t1["index"]) / 2
    r0, r1 = (t.income_share / t.population_share for t in (t0, t1))
    dv = t1.population_share - t0.population_share
    relative = ((r0 - np.log(r0)) + (r1 - np.log(r1))) / 2
    theta = (t0.income_share + t1.income_share) / 2
    parts = pd.DataFrame({
        "within": v * (t1["index"] - t0["index"]),
        "allocation_within": index * dv,
        "allocation_between": relative * dv,
        "income": (theta - v) * (np.log(t1["mean"]) - np.log(t0["mean"])),
    })  # fmt: skip
    sums = parts.sum()
    change = b.total - a.total
    table = parts.reset_index()
    within, sizes, places, income = map(float, sums)
    return Change(a.total, b.total, change, within, sizes, places, income, float(change - sums.sum()), table)
