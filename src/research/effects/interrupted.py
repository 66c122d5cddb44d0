"""Interrupted series: a break of level and slope in one series, best against a comparison series."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from research.effects.panel import Placebo, checked, placebo_frame
from research.effects.result import Effect
from research.errors import DataError, Fault

__all__ = ["interrupted_series"]

LEAST, ENOUGH = 4, 8
"""Periods on each side: refused below the first, cautioned below the second."""
_ASSUME = (
    "若没有该做法，原来的水平和趋势本应直线延续。",
    "同一时点没有别的变化（政策、口径、季节、突发事件）。",
    "误差的自相关已由标准误考虑（Newey-West）。",
)


def interrupted_series(
    frame: pd.DataFrame,
    outcome: str,
    *,
    time: str,
    start: float,
    comparison: str | None = None,
    lags: int | None = None,
    level: float = 0.95,
) -> Effect:
    """Change of level and of slope of one series at `start`.

    ``y = a + b t + level * post + slope * post * (t - start) + e`` with errors after Newey and West. With
    `comparison`, the same on the difference of the two series.

    Parameters
    ----------
    frame : DataFrame
        One row a period.
    outcome, time : str
        Columns.
    start : number
        First period under the measure.
    comparison : str, optional
        Column of a series that the measure did not touch.
    lags : int, optional
        Of the Newey-West errors; default ``floor(4 (n / 100) ** (2 / 9))``.
    level : float
        Level of the interval, in (0, 1).

    Returns
    -------
    Effect
        ``estimate`` is the change of level; ``detail``: term, estimate, se, lower, upper, p.

    Raises
    ------
    DataError
        Fewer than four periods on a side, a period twice, and what `research.effects.panel.checked` names.

    References
    ----------
    Bernal, Cummins and Gasparrini (2017), Interrupted time series regression for the evaluation of public health
    interventions.

    Examples
    --------
    >>> import pandas as pd
    >>> calls = [10 + 0.5 * t + 4 * (t >= 10) + 0.1 * (t % 3) for t in range(20)]
    >>> frame = pd.DataFrame({"q": range(20), "calls": calls})
    >>> round(interrupted_series(frame, "calls", time="q", start=10).estimate, 1)
    4.0
    """
    data = _series(frame, outcome, time, start, comparison)
    fit = _fit(data, start, lags)
    found = _rows(fit, level)
    jump = found.iloc[2]
    return Effect(
        "interrupted series", float(jump["estimate"]), float(jump["se"]), float(jump["lower"]), float(jump["upper"]),
        float(jump["p"]), level=level, n=len(data), treated=1, comparison=int(comparison is not None),
        inference="Newey-West标准误", assumptions=_ASSUME, cautions=tuple(_cautions(data, comparison)),
        placebos=placebo_frame(list(_placebos(data, start, lags, level))), detail=found,
    )  # fmt: skip


def _series(frame: pd.DataFrame, outcome: str, time: str, start: float, comparison: str | None) -> pd.DataFrame:
    extra = (comparison,) if comparison is not None else ()
    data = checked(frame, outcome=outcome, time=time, start=start, covariates=extra)
    if extra:
        data["y"] -= data[f"x_{comparison}"]
    faults = [
        Fault(f"period {t:g}", "one row a period", "two or more", "", "effect-data")
        for t in data.loc[data["t"].duplicated(), "t"].unique()
    ]
    for side, mask in (("before", data["post"] == 0), ("after", data["post"] == 1)):
        if mask.sum() < LEAST:
            faults.append(Fault(f"periods {side}", f"{LEAST} or more", str(int(mask.sum())), "", "effect-data"))
    if faults:
        raise DataError(faults)
    return data.sort_values("t").reset_index(drop=True)


def _fit(data: pd.DataFrame, start: float, lags: int | None) -> Any:
    import statsmodels.api as sm

    post = (data["t"] >= start).to_numpy(float)
    x = np.column_stack([np.ones(len(data)), data["t"] - data["t"].min(), post, post * (data["t"] - start)])
    chosen = int(4 * (len(data) / 100) ** (2 / 9)) if lags is None else int(lags)
    kwds = {"maxlags": chosen, "use_correction": True}
    return sm.OLS(data["y"].to_numpy(float), x).fit(cov_type="HAC", cov_kwds=kwds, use_t=True)


def _rows(fit: Any, level: float) -> pd.DataFrame:
    limits = fit.conf_int(1 - level)
    names = ["intercept", "trend", "level", "slope"]
    return pd.DataFrame(
        {
            "term": names,
            "estimate": fit.params,
            "se": fit.bse,
            "lower": limits[:, 0],
            "upper": limits[:, 1],
            "p": fit.pvalues,
        }
    )


def _placebos(data: pd.DataFrame, start: float, lags: int | None, level: float) -> Iterator[Placebo]:
    """A false start in the middle of the past, where nothing began."""
    past = data[data["t"] < start]
    if len(past) >= 2 * LEAST:
        false = past["t"].iloc[len(past) // 2]
        row = _rows(_fit(past.reset_index(drop=True), false, lags), level).iloc[2]
        yield f"虚设起点（{false:g}）", float(row["estimate"]), float(row["p"]), bool(row["p"] >= 1 - level)


def _cautions(data: pd.DataFrame, comparison: str | None) -> Iterator[str]:
    if comparison is None:
        yield "没有对照序列，同一时点的其他变化无法排除。"
    few = min((data["post"] == 0).sum(), (data["post"] == 1).sum())
    if few < ENOUGH:
        yield f"起点一侧只有{int(few)}期，标准误不够可靠（至少{ENOUGH}期）。"
    if (data["post"] == 0).sum() < 2 * LEAST:
        yield "实施前的期数不够做虚设起点检验。"
