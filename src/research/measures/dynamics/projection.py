"""Where a gap stands in its target year if it goes on as it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault
from research.measures import policy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


Model = Literal["linear", "log"]
Better = Literal["lower", "higher"]


@dataclass(frozen=True)
class Projection:
    """A trend carried to a target year.

    Parameters
    ----------
    value, lower, upper : float
        Prediction for the target year and its prediction interval, in the unit of the values.
    level : float
        Coverage of the interval.
    slope : float
        Change a year: in the unit of the values ("linear"), or as a relative change ("log").
    slope_se, slope_p : float
        Standard error and two-sided p-value of the slope (on the log scale for "log").
    n : int
        Years the trend stands on.
    r2 : float
        Share of variance that the trend explains.
    df : int
        Residual degrees of freedom.
    probability : float
        Probability of reaching the target, nan without one.
    reached : float
        First whole year in which the trend line reaches the target; nan where it never does, or no target.
    path : DataFrame
        Tidy: `year`, `value` (observed or nan), `fitted`, `lower`, `upper`, for each year up to the target.
    model : str
        "linear" or "log".
    """

    value: float
    lower: float
    upper: float
    level: float
    slope: float
    slope_se: float
    slope_p: float
    n: int
    r2: float
    df: int
    probability: float
    reached: float
    path: pd.DataFrame
    model: str


def project_gap(
    years: ArrayLike,
    values: ArrayLike,
    target_year: int,
    *,
    target: float | None = None,
    better: Better = "lower",
    model: Model = "linear",
    level: float = 0.95,
) -> Projection:
    """Project a gap to its target year by a least-squares trend, with a prediction interval.

    The interval is that of a single future observation (statsmodels' `obs_ci`), so it holds the scatter
    around the trend and the trend's own error, but not that the trend may break.

    ``y_t = a + b t + e_t`` (or ln y_t); its interval at T is
    ``a + b T -+ q s sqrt(1 + 1/n + (T - m)^2 / sum_t (t - m)^2)`` with the mean year m and the t quantile q.

    Parameters
    ----------
    years : array-like of int of shape (n,)
        At least 3 different years; gaps between them are no matter.
    values : array-like of shape (n,)
        The gap in each year, such as the urban-rural ratio.
    target_year : int
        Year to project to, after the last one.
    target : float, optional
        Value to be reached.
    better : {"lower", "higher"}
        Which side of the target counts as reached.
    model : {"linear", "log"}
        A straight line, or constant relative change (values above 0).
    level : float
        Coverage of the interval.

    Returns
    -------
    Projection

    Raises
    ------
    DataError
        For fewer than 3 years, years that repeat, gaps in the values, or a target year that is past.

    References
    ----------
    Draper & Smith (1998), "Applied Regression Analysis", ch. 3.

    Examples
    --------
    >>> out = project_gap([2020, 2021, 2022, 2023], [1.9, 1.85, 1.83, 1.77], 2025, target=1.75)
    >>> round(out.value, 3), round(out.lower, 3), round(out.upper, 3), out.reached
    (1.694, 1.598, 1.79, 2024.0)
    """
    t, y = _series(years, values, model)
    target_year = int(policy.number(target_year, "target_year"))
    policy.choice(better, "better", ("lower", "higher"))
    level = policy.number(level, "level", 0, 1, open_low=True, open_high=True)
    if target_year <= t[-1]:
        raise DataError(Fault("target_year", f"a year after {t[-1]:.0f}", str(target_year), kind="parameter"))
    fit, path = _fit(t, y, target_year, model, level)
    last = path.iloc[-1]
    goal = None if target is None else policy.number(target, "target", *((0,) if model == "log" else ()))
    slope = fit.params[1]
    return Projection(
        value=float(last.fitted),
        lower=float(last.lower),
        upper=float(last.upper),
        level=level,
        slope=float(slope if model == "linear" else np.expm1(slope)),
        slope_se=float(fit.bse[1]),
        slope_p=float(fit.pvalues[1]),
        n=len(t),
        r2=float(fit.rsquared) if np.ptp(y) else float("nan"),
        df=int(fit.df_resid),
        probability=_probability(fit, target_year - t[0], goal, better, model),
        reached=_reached(fit, t[0], goal, better, model),
        path=path,
        model=model,
    )


def _series(years: ArrayLike, values: ArrayLike, model: Model) -> tuple[Floats, Floats]:
    policy.choice(model, "model", ("linear", "log"))
    t, _ = policy.check(years, name="years")
    y, _ = policy.check(values, name="values", negatives=model == "linear")
    if len(t) != len(y):
        raise DataError(Fault("values", f"{len(t)} entries, one a year", f"{len(y)} entries", kind="length"))
    if len(np.unique(t)) < len(t):
        twice = t[np.flatnonzero(np.diff(np.sort(t)) == 0)[0]]
        raise DataError(Fault("years", "each year once", f"{np.sort(t)[np.searchsorted(np.sort(t), twice)]:.0f} twice"))
    if len(t) < 3:
        way_out = "a trend with an interval needs at least 3"
        raise DataError(Fault("years", "3 years or more", f"{len(t)}", way_out, kind="empty"))
    if model == "log" and y.min() <= 0:
        raise policy.zeros("project_gap", np.flatnonzero(y <= 0))
    policy.moderate(y, "values")
    order = np.argsort(t)
    return t[order], y[order]


def _fit(t: Floats, y: Floats, target_year: int, model: Model, level: float) -> tuple[Any, pd.DataFrame]:
    import statsmodels.api as sm

    y_fit = np.log(y) if model == "log" else y
    fit = sm.OLS(y_fit, sm.add_constant(t - t[0])).fit()
    years = np.arange(int(t[0]), target_year + 1)
    frame = fit.get_prediction(sm.add_constant(years - t[0], has_constant="add")).summary_frame(alpha=1 - level)
    out = frame[["mean", "obs_ci_lower", "obs_ci_upper"]].to_numpy()
    out = np.exp(out) if model == "log" else out
    path = pd.DataFrame({"year": years, "fitted": out[:, 0], "lower": out[:, 1], "upper": out[:, 2]})
    path.insert(1, "value", path["year"].map(dict(zip(t, y, strict=True))))
    return fit, path


def _probability(fit: Any, ahead: float, target: float | None, better: Better, model: Model) -> float:
    """Chance that one observation in the target year is on the good side of the target."""
    if target is None:
        return float("nan")
    at = np.array([1.0, ahead])
    se = np.sqrt(at @ fit.cov_params() @ at + fit.mse_resid)
    goal = _scale(target, model)
    if se == 0:
        below = float(at @ fit.params <= goal)
    else:
        below = float(scipy.stats.t.cdf((goal - at @ fit.params) / se, fit.df_resid))
    return below if better == "lower" else 1 - below


def _reached(fit: Any, start: float, target: float | None, better: Better, model: Model) -> float:
    if target is None:
        return float("nan")
    constant, slope = fit.params
    away = _scale(target, model) - constant
    towards = slope < 0 if better == "lower" else slope > 0
    if (away >= 0) if better == "lower" else (away <= 0):
        return float(start)
    return float(start + np.ceil(away / slope - 1e-9)) if towards else float("nan")


def _scale(value: float, model: Model) -> float:
    if model == "linear":
        return value
    return np.log(value) if value > 0 else -np.inf
