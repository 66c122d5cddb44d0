"""Gaps between groups: town and country, the highest and the lowest, members and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from research.core.faults import DataError, Fault
from research.measures import policy
from research.measures.formulas.shares import mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def urban_rural_ratio(
    urban: ArrayLike, rural: ArrayLike, urban_weights: ArrayLike | None = None, rural_weights: ArrayLike | None = None
) -> float:
    """Urban income per head over rural income per head (城乡居民收入倍差).

    ``mean(urban) / mean(rural)``.

    Parameters
    ----------
    urban, rural : float or array-like of shape (n,)
        Disposable income per head (yuan a year): the published averages, or each person's.
    urban_weights, rural_weights : array-like of shape (n,), optional
        Persons each value stands for.

    Returns
    -------
    float
        Above 1 where towns are ahead; no unit.

    Raises
    ------
    DataError
        Naming each missing, infinite or negative entry; or when rural income is 0.

    References
    ----------
    National Bureau of Statistics of China, 17 January 2023: 49,283 over 20,133 yuan in 2022, 2.45.

    Examples
    --------
    China 2022, as published: 49,283 and 20,133 yuan.

    >>> round(urban_rural_ratio(49283, 20133), 4)
    2.4479
    """
    top, bottom = _level(urban, urban_weights, "urban"), _level(rural, rural_weights, "rural")
    if bottom == 0:
        raise policy.undefined("urban_rural_ratio", "rural income is 0")
    return top / bottom


def _level(values: ArrayLike, weights: ArrayLike | None, name: str) -> float:
    """The mean of many values, or the one value given."""
    if np.ndim(values) == 0:
        return policy.number(values, name, 0)
    x, w = policy.check(values, weights, name=name)
    return mean(x, w)


def ratio_to_mean(values: ArrayLike, weights: ArrayLike | None = None, *, members: ArrayLike) -> float:
    """Mean of some members over the mean of all, such as the western townships over the district.

    ``mean(x | members) / mean(x)``.

    Parameters
    ----------
    values : array-like of shape (n,)
        One value a place or a person (yuan a year).
    weights : array-like of shape (n,), optional
        Population of each; only the proportions matter.
    members : array-like of bool of shape (n,)
        True for those whose mean is asked for.

    Returns
    -------
    float
        Below 1 where the members are behind; no unit.

    Raises
    ------
    DataError
        As `gini`; or when `members` is not one truth value for each value, or picks nobody.

    References
    ----------
    Williamson (1965), Economic Development and Cultural Change 13, on regional inequality.

    Examples
    --------
    >>> ratio_to_mean([2, 4, 6], members=[True, False, False])
    0.5
    """
    x, w = policy.check(values, weights)
    pick = np.asarray(members)
    if pick.dtype != bool or pick.shape != x.shape:
        found = f"{pick.dtype} of shape {pick.shape}"
        raise DataError(Fault("members", f"{len(x)} truth values", found, kind="length"))
    if not pick.any() or (w is not None and w[pick].sum() == 0):
        raise policy.undefined("ratio_to_mean", "no members")
    everyone = mean(x, w)
    if everyone == 0:
        raise policy.undefined("ratio_to_mean", "all values are zero")
    return mean(x[pick], None if w is None else w[pick]) / everyone
