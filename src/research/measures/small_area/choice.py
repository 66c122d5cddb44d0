"""Direct, area-level or unit-level: which figure of each place is taken, by estimated error, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, say, spot
from research.measures.small_area.inputs import ratio

if TYPE_CHECKING:
    from research.core.kinds import Floats

REASONS = {
    "exact": "直接估计的变异系数不超过限度",
    "smallest": "直接估计的误差不大于各模型",
    "area": "直接估计误差过大，区域层面模型误差最小",
    "unit": "直接估计误差过大，住户层面模型误差最小",
    "alone": "没有样本，只有模型估计",
}
"""Why a figure was taken, in words."""


def choose(
    direct: pd.DataFrame, models: dict[str, pd.DataFrame], *, area: str = "place", cv_limit: float = 0.15
) -> pd.DataFrame:
    """One figure for each place: direct where ``se / estimate <= cv_limit``, else the one of the smallest error.

    A direct estimate is kept where its coefficient of variation is at most `cv_limit`, or its error is not above that
    of any model; else the model with the smallest error is taken. A place without sample has a model's figure or none.

    Parameters
    ----------
    direct : DataFrame
        A row a place: `area`, `estimate`, `se`; gaps without a sample.
    models : dict
        "area" and "unit", or one of them, to a table with `area`, `estimate` and `rmse`: of `fay_herriot`, `unit_level`
        or `ebp`, benchmarked ones best.
    area : str
    cv_limit : float

    Returns
    -------
    DataFrame
        `area`, `direct`, `direct_se`, for each model `NAME` and `NAME_rmse`, `chosen` ("direct", "area", "unit" or "":
        no figure), `value`, `se`, `cv`, `cv_direct`, and `reason` (a key of `REASONS`).

    Raises
    ------
    DataError
        For models of another name, tables without the columns, and places that a model lacks or has twice.

    References
    ----------
    Rao, J. N. K. and Molina, I. (2015), *Small Area Estimation*, 2nd ed., Wiley, ch. 6-7 (errors that models tell).

    Examples
    --------
    >>> own = pd.DataFrame({"place": ["a", "b", "c"], "estimate": [100.0, 90, None], "se": [5.0, 30, None]})
    >>> model = pd.DataFrame({"place": ["a", "b", "c"], "estimate": [98.0, 97, 95], "rmse": [4.0, 10, 20]})
    >>> choose(own, {"unit": model})[["chosen", "value", "reason"]].values.tolist()
    [['direct', 100.0, 'exact'], ['unit', 97.0, 'unit'], ['unit', 95.0, 'alone']]
    """
    _check(direct, models, area)
    places = direct[area].astype(str)
    out = pd.DataFrame(
        {
            area: direct[area].to_numpy(),
            "direct": direct["estimate"].to_numpy(float),
            "direct_se": direct["se"].to_numpy(float),
        }
    )
    for name, table in models.items():
        rows = table.assign(**{area: table[area].astype(str)}).set_index(area).reindex(places)
        out[name], out[f"{name}_rmse"] = rows["estimate"].to_numpy(float), rows["rmse"].to_numpy(float)
    seen = (out["direct"].notna() & (out["direct_se"] > 0)).to_numpy()
    errors = np.column_stack([np.where(np.isfinite(out[f"{m}_rmse"]), out[f"{m}_rmse"], np.inf) for m in models])
    best = errors.argmin(axis=1)
    out["cv_direct"] = ratio(out["direct_se"], out["direct"])
    exact = seen & (out["cv_direct"] <= cv_limit).to_numpy()
    kept = exact | (seen & (out["direct_se"].to_numpy() <= errors.min(axis=1) * (1 + 1e-9)))
    names = np.array(list(models))[best]
    modelled = ~kept & np.isfinite(errors.min(axis=1))
    out["chosen"] = np.where(kept, "direct", np.where(modelled, names, ""))
    out["value"] = _taken(out, list(models), best, kept, modelled, "direct", "")
    out["se"] = _taken(out, list(models), best, kept, modelled, "direct_se", "_rmse")
    out["cv"] = ratio(out["se"], out["value"])
    out["reason"] = np.select([exact, kept, modelled & seen, modelled], ["exact", "smallest", names, "alone"], "")
    return out


def _taken(
    out: pd.DataFrame, models: list[str], best: Floats, kept: Floats, modelled: Floats, own: str, suffix: str
) -> Floats:
    rows = np.arange(len(out))
    theirs = np.column_stack([out[m + suffix] for m in models])[rows, best.astype(int)]
    return np.asarray(np.where(kept, out[own], np.where(modelled, theirs, np.nan)), float)


def _check(direct: pd.DataFrame, models: dict[str, pd.DataFrame], area: str) -> None:
    faults: list[Fault] = []
    none = say("none", "没有")
    if not models or set(models) - {"area", "unit"}:
        text = say("area and unit, or one of them", "area、unit或其中之一")
        faults.append(Fault("models", text, ", ".join(models) or none, kind="parameter"))
    for name, table, columns in (
        ("direct", direct, ("estimate", "se")),
        *((m, t, ("estimate", "rmse")) for m, t in models.items()),
    ):
        lacks = [c for c in (area, *columns) if c not in table]
        faults += [
            Fault(spot(name, column=c), say("a column of this name", "有这一列"), none, kind="column") for c in lacks
        ]
        if area in lacks or area not in direct:
            continue
        twice = table[area].astype(str)
        faults += [
            Fault(spot(name, item=p), say("each place once", "每地一行"), say("twice", "重复"), kind="twice")
            for p in sorted(set(twice[twice.duplicated()]))
        ]
        faults += [
            Fault(spot(name, item=p), say("the place's figure", "该地的数值"), none, kind="missing")
            for p in sorted(set(direct[area].astype(str)) - set(twice))
        ]
    if faults:
        raise DataError(faults)
