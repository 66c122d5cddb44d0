"""Event study: the difference between the groups period by period, against the last period before the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.effects.did import FEW_UNITS
from research.effects.panel import checked, nested_loss, placebo_frame, single_start, two_way
from research.effects.result import Effect

if TYPE_CHECKING:
    from research.core.kinds import Floats


__all__ = ["EventStudy", "event_study"]


@dataclass(frozen=True)
class EventStudy(Effect):
    """An `Effect` (the mean of the periods under the measure) with the path that it is the mean of.

    Attributes
    ----------
    path : DataFrame
        One row a period: period, estimate, se, lower, upper; the base period is 0 by construction.
    pre_trend_p : float
        p-value of no difference in all periods before the base; NaN where there is none.
    """

    path: pd.DataFrame = field(default_factory=pd.DataFrame)
    pre_trend_p: float = float("nan")


def event_study(
    frame: pd.DataFrame, outcome: str, *, time: str, treated: str, start: float, unit: str, level: float = 0.95
) -> EventStudy:
    """Differences between the groups in each period, less that of the last period before `start`.

    ``y = a_unit + b_time + sum over k of effect_k * treated * (time == k) + e``, errors clustered by unit; their
    degrees of freedom are counted as fixest and pyfixest count them (see `research.effects.panel.nested_loss`).

    Parameters
    ----------
    frame : DataFrame
        One row a unit and period.
    outcome, time, treated, unit : str
        Columns, as in `difference_in_differences`.
    start : number
        First period under the measure, the same for all units.
    level : float
        Level of the intervals, in (0, 1).

    Returns
    -------
    EventStudy

    Raises
    ------
    DataError
        See `research.effects.panel.checked`.
    UsageError
        For a start of each unit's own.

    References
    ----------
    Freyaldenhoven, Hansen, Perez and Shapiro (2021), Visualization, identification, and estimation in the linear
    panel event-study design.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [(u, t, u < 10, u + t + 2.0 * (u < 10) * (t >= 3) + 0.1 * ((u * t) % 3)) for u in range(24)
    ...         for t in range(1, 5)]
    >>> frame = pd.DataFrame(rows, columns=["town", "year", "pilot", "income"])
    >>> found = event_study(frame, "income", unit="town", time="year", treated="pilot", start=3)
    >>> (found.path["estimate"].round(1) + 0.0).tolist()
    [0.0, 0.0, 2.0, 2.0]
    """
    import statsmodels.api as sm

    start = single_start(start)
    data = checked(frame, outcome=outcome, time=time, start=start, unit=unit, treated=treated)
    periods = np.sort(data["t"].unique())
    base = periods[periods < start].max()
    others = [p for p in periods if p != base]
    names = [f"k{i}" for i in range(len(others))]
    dummies = {k: data["d"] * (data["t"] == p) for k, p in zip(names, others, strict=True)}
    left = two_way(data.assign(**dummies), ["y", *names])
    groups = {"groups": pd.factorize(data["unit"])[0]}
    fit = sm.OLS(left[:, 0], left[:, 1:]).fit(cov_type="cluster", cov_kwds=groups, use_t=True)
    cov = fit.cov_params() * (fit.df_resid / max(fit.df_resid - nested_loss(data), 1))
    before = [i for i, p in enumerate(others) if p < start]
    after = [i for i, p in enumerate(others) if p >= start]
    mean = fit.t_test(np.isin(np.arange(len(others)), after) / len(after), cov_p=cov)
    limits = mean.conf_int(1 - level)[0]
    pre_p, placebos = _pre_trend(fit, cov, before, level)
    path = _path(fit, cov, others, base, level)
    units = data.groupby("unit")["d"].first()
    return EventStudy(
        "event study", float(mean.effect[0]), float(np.squeeze(mean.sd)), float(limits[0]), float(limits[1]),
        float(np.squeeze(mean.pvalue)), level=level, n=len(data), treated=int(units.sum()),
        comparison=int((units == 0).sum()), inference="按单位聚类的稳健标准误", assumptions=_ASSUME,
        cautions=tuple(_cautions(units, before)), placebos=placebos, detail=path,
        path=path, pre_trend_p=pre_p,
    )  # fmt: skip


_ASSUME = (
    "若没有该做法，两组在每一期的差异本应与起点前一期相同（平行趋势）。",
    "各单位同时开始；对照单位不受影响，实施前没有提前反应。",
)


def _pre_trend(fit: Any, cov: Floats, before: list[int], level: float) -> tuple[float, pd.DataFrame]:
    if not before:
        return float("nan"), placebo_frame([])
    rows = np.eye(len(fit.params))[before]
    p = float(np.squeeze(fit.f_test(rows, cov_p=cov).pvalue))
    largest = float(max(fit.params[before], key=abs))
    return p, placebo_frame([("实施前各期差异同时为零", largest, p, p >= 1 - level)])


def _path(fit: Any, cov: Floats, others: Sequence[float], base: float, level: float) -> pd.DataFrame:
    each = fit.t_test(np.eye(len(others)), cov_p=cov)
    limits = each.conf_int(1 - level)
    rows = [(p, fit.params[i], each.sd[i], *limits[i]) for i, p in enumerate(others)]
    rows.append((base, 0.0, 0.0, 0.0, 0.0))
    return pd.DataFrame(sorted(rows), columns=["period", "estimate", "se", "lower", "upper"])


def _cautions(units: pd.Series, before: list[int]) -> Iterator[str]:
    if len(units) < FEW_UNITS:
        yield f"单位只有{len(units)}个，聚类标准误偏小，请同时看双重差分的野自助法和随机调换检验。"
    if not before:
        yield "实施前只有一期，无法检验平行趋势。"
