"""Difference in differences: the change of those with the measure, less the change of those without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from research.effects.panel import Demeaned, Placebo, checked, nested_loss, placebo_frame, single_start, two_way
from research.effects.result import Effect
from research.effects.wild import wild_cluster
from research.errors import UsageError

if TYPE_CHECKING:
    from research.core.kinds import Floats


__all__ = ["difference_in_differences"]

Errors: TypeAlias = Literal["auto", "cluster", "wild", "robust", "classical"]
"""Kinds of standard errors."""
FEW_UNITS = 20
"""Below this number of clusters the usual cluster-robust error is too small; the wild bootstrap takes its place."""
_MOST = 5000
_ERRORS_ZH = {"cluster": "按单位聚类的稳健标准误", "robust": "异方差稳健标准误", "classical": "普通最小二乘标准误"}
_ASSUME = (
    "若没有该做法，实施单位与对照单位的变化本应相同（平行趋势）。",
    "对照单位不受该做法影响，实施前也没有提前反应。",
    "两组的统计口径和样本构成前后一致。",
)


def difference_in_differences(
    frame: pd.DataFrame,
    outcome: str,
    *,
    time: str,
    treated: str,
    start: float,
    unit: str | None = None,
    covariates: Sequence[str] = (),
    errors: Errors = "auto",
    level: float = 0.95,
    seed: int = 0,
    weights: None = None,
) -> Effect:
    """Effect of a measure from two groups before and after it began.

    With `unit`, a panel: ``y = a_unit + b_time + effect * treated * post + covariates + e``; errors clustered by
    unit. Without it, repeated cross-sections: ``y = a + b treated + c post + effect * treated * post + ... + e``.

    Parameters
    ----------
    frame : DataFrame
        One row a unit and period (or a person and period).
    outcome, time, treated : str
        Columns: the outcome, the period (a number), whether the unit ever has the measure.
    start : number
        First period under the measure, the same for all units: staggered adoption is refused.
    unit : str, optional
        Column that names the unit; it is also the cluster.
    covariates : sequence of str
        Further columns in the regression.
    errors : {"auto", "cluster", "wild", "robust", "classical"}
        ``auto``: clustered for a panel (`wild` with fewer than 20 units), ``robust`` (HC1) otherwise.
    level : float
        Level of the interval, in (0, 1).
    seed : int
        Of the wild bootstrap and of sampled permutations.
    weights : None
        Each unit counts once; anything else is refused by name.

    Returns
    -------
    Effect
        ``detail`` holds the four means; ``placebos`` the false start within the years before, and the permutation
        of the measure among units.

    Raises
    ------
    DataError
        See `research.effects.panel.checked`.
    UsageError
        For an unknown `errors`, clustered errors without `unit`, a start of each unit's own, or weights.

    References
    ----------
    Angrist and Pischke (2009), *Mostly Harmless Econometrics*, 5.2; Cameron, Gelbach and Miller (2008), Bootstrap-
    based improvements for inference with clustered errors.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [(u, t, u < 3, u + t + 2.0 * (u < 3) * (t >= 3) + 0.1 * ((u * t) % 3)) for u in range(24)
    ...         for t in range(1, 5)]
    >>> frame = pd.DataFrame(rows, columns=["town", "year", "pilot", "income"])
    >>> found = difference_in_differences(frame, "income", unit="town", time="year", treated="pilot", start=3)
    >>> round(found.estimate, 1)
    2.0
    """
    known = get_args(Errors)
    if errors not in known or (errors in ("cluster", "wild") and unit is None):
        raise UsageError(f"errors={errors!r}: one of {', '.join(known)}; cluster and wild need `unit`")
    start = single_start(start, weights)
    data = checked(frame, outcome=outcome, time=time, start=start, unit=unit, treated=treated, covariates=covariates)
    few = unit is not None and data["unit"].nunique() < FEW_UNITS
    if errors == "auto":
        errors = "robust" if unit is None else "wild" if few else "cluster"
    found = _fit(data, errors, level, seed, panel=unit is not None)
    placebos = placebo_frame(list(_placebos(data, start, errors, level, seed))) if unit is not None else None
    return Effect(
        "difference in differences", **found, level=level, n=len(data),
        treated=int(data.loc[data["d"] == 1, "unit"].nunique()),
        comparison=int(data.loc[data["d"] == 0, "unit"].nunique()),
        assumptions=_ASSUME, cautions=tuple(_cautions(data, unit, errors, few)),
        placebos=placebo_frame([]) if placebos is None else placebos, detail=_means(data),
    )  # fmt: skip


def _fit(data: pd.DataFrame, errors: str, level: float, seed: int, panel: bool) -> dict[str, Any]:
    import statsmodels.api as sm

    data = data.assign(did=data["d"] * data["post"])
    covariates = [c for c in data if c.startswith("x_")]
    if panel:
        left = two_way(data, ["y", "did", *covariates])
        lost = data["unit"].nunique() + data["t"].nunique() - 1
        y, x = left[:, 0], left[:, 1:]
    else:
        x = sm.add_constant(data[["did", "d", "post", *covariates]].to_numpy(float), prepend=False)
        y, lost = data["y"].to_numpy(float), 0
    if errors == "wild":
        return wild_cluster(y, x, data, level, seed)
    model = sm.OLS(y, x)
    kind = {"cluster": "cluster", "robust": "HC1", "classical": "nonrobust"}[errors]
    groups = {"groups": pd.factorize(data["unit"])[0]} if errors == "cluster" else None
    fit = model.fit(cov_type=kind, cov_kwds=groups, use_t=True)
    if errors == "cluster":
        lost = nested_loss(data) if panel else 0
    scale = np.sqrt(fit.df_resid / max(fit.df_resid - lost, 1))
    return _interval(fit, scale, lost, errors, level, data)


def _interval(fit: Any, scale: float, lost: int, errors: str, level: float, data: pd.DataFrame) -> dict[str, Any]:
    from scipy.stats import t as student

    estimate, se = float(fit.params[0]), float(fit.bse[0] * scale)
    df = data["unit"].nunique() - 1 if errors == "cluster" else fit.df_resid - lost
    reach = student.ppf(0.5 + level / 2, df) * se
    p = float(2 * student.sf(abs(estimate) / se, df)) if se else float(estimate == 0)
    return {
        "estimate": estimate,
        "se": se,
        "lower": estimate - reach,
        "upper": estimate + reach,
        "p": p,
        "inference": _ERRORS_ZH[errors],
    }


def _placebos(data: pd.DataFrame, start: float, errors: str, level: float, seed: int) -> Iterator[Placebo]:
    before = data[data["t"] < start]
    periods = np.sort(before["t"].unique())
    if len(periods) >= 2:
        false = periods[len(periods) // 2]
        moved = before.assign(post=(before["t"] >= false).astype(float)).reset_index(drop=True)
        found = _fit(moved, errors, level, seed, panel=True)
        yield f"虚设起点（{false:g}）", found["estimate"], found["p"], found["p"] >= 1 - level
    estimate, p = _permuted(data, seed)
    yield "在单位间随机调换实施与否", estimate, p, p < 1 - level


def _permuted(data: pd.DataFrame, seed: int) -> tuple[float, float]:
    """The share of ways to hand the measure out that give an effect at least as large."""
    data = data.assign(did=data["d"] * data["post"])
    left = two_way(data, ["y", *(c for c in data if c.startswith("x_"))])
    y = left[:, 0]
    if left.shape[1] > 1:
        y = y - left[:, 1:] @ np.linalg.lstsq(left[:, 1:], y, rcond=None)[0]
    codes, names = pd.factorize(data["unit"])
    own = np.zeros(len(names))
    own[codes[data["d"].to_numpy() == 1]] = 1
    draws = np.array(list(_assignments(len(names), int(own.sum()), seed)))
    free, post = Demeaned(data), data["post"].to_numpy()[:, None]
    cross = free.sums(y[:, None] * post)[:, 0]
    within = post - (free.sums(post) / free.size[:, None])[codes]
    moves, alone = free.sums(free.periods * within), free.sums(within**2)[:, 0]

    def sizes(rows: Floats) -> Floats:
        """Squared length of each interaction once both effects are taken out."""
        shared = rows @ moves
        found: Floats = rows @ alone - np.einsum("bi,ij,bj->b", shared, free.inverse, shared)
        return found

    size = sizes(draws)
    effects = draws @ cross / np.where(size > 1e-9 * alone.sum(), size, np.nan)
    observed = own @ cross / sizes(own[None])[0]
    return float(observed), float(np.nanmean(np.abs(effects) >= abs(observed) * (1 - 1e-9)))


def _assignments(units: int, treated: int, seed: int) -> Iterator[Floats]:
    if comb(units, treated) <= _MOST:
        for chosen in combinations(range(units), treated):
            row = np.zeros(units)
            row[list(chosen)] = 1
            yield row
        return
    random = np.random.default_rng(seed)
    for _ in range(_MOST):
        row = np.zeros(units)
        row[random.choice(units, treated, replace=False)] = 1
        yield row


def _cautions(data: pd.DataFrame, unit: str | None, errors: str, few: bool) -> Iterator[str]:
    treated = data.loc[data["d"] == 1, "unit"].nunique()
    if unit is None:
        yield "没有追踪同一批单位，两组的构成可能前后不同。"
        return
    if few and errors == "cluster":
        yield f'单位只有{data["unit"].nunique()}个，聚类标准误偏小，请改用 errors="wild"。'
    if treated < 3:
        yield f"实施单位只有{treated}个，任何标准误都不可靠，请以随机调换检验为准。"
    if data.loc[data["post"] == 0, "t"].nunique() < 2:
        yield "实施前只有一期，无法检验平行趋势。"


def _means(data: pd.DataFrame) -> pd.DataFrame:
    cells = data.groupby(["d", "post"], sort=True)["y"].agg(["mean", "size"]).reset_index()
    cells["d"] = np.where(cells["d"] == 1, "treated", "comparison")
    cells["post"] = np.where(cells["post"] == 1, "after", "before")
    return cells.rename(columns={"d": "group", "post": "period", "size": "n"})
