"""Convergence between places: do they draw together (sigma), do the poorer ones grow faster (beta)?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, spot
from research.measures import policy
from research.measures.columns import check_columns, clean
from research.measures.registry import MEASURES

if TYPE_CHECKING:
    from research.core.kinds import Floats


Spread = Literal["coefficient_of_variation", "sd_log", "gini", "theil", "max_min_ratio"]
SPREADS = get_args(Spread)


@dataclass(frozen=True)
class Sigma:
    """Spread between places over the years.

    Parameters
    ----------
    table : DataFrame
        Tidy: `year`, `measure`, `value`, `n` (places).
    slope, slope_se, p_value : float
        Least-squares trend of the spread a year, nan for fewer than 3 years.
    converging : bool
        Whether the spread falls, at the 5% level.
    """

    table: pd.DataFrame
    slope: float
    slope_se: float
    p_value: float
    converging: bool


def sigma_convergence(
    frame: pd.DataFrame,
    value: str,
    *,
    place: str = "place",
    year: str = "year",
    weight: str | None = None,
    measure: Spread = "coefficient_of_variation",
) -> Sigma:
    """Sigma convergence: the spread between places, year by year, and its trend.

    ``s_t = a + b t``, the spread s of each year; convergence where b < 0.

    Parameters
    ----------
    frame : DataFrame
        One row a place and year; the same places each year.
    value : str
        Column, such as income per head (yuan a year).
    place, year : str
        Columns of place and year.
    weight : str, optional
        Column of weights (population); default: each place counts once.
    measure : {"coefficient_of_variation", "sd_log", "gini", "theil", "max_min_ratio"}
        Measure of the spread.

    Returns
    -------
    Sigma

    Raises
    ------
    DataError
        For unknown columns, awkward values by row, a place twice in a year, or places that come and go.

    References
    ----------
    Barro & Sala-i-Martin (1992), J. Political Economy 100.

    Examples
    --------
    >>> frame = pd.DataFrame({"place": list("aabb"), "year": [2023, 2024] * 2, "income": [1, 2, 3, 4]})
    >>> sigma_convergence(frame, "income").table["value"].round(4).tolist()
    [0.5, 0.3333]
    """
    policy.choice(measure, "measure", SPREADS)
    x, w = _panel(frame, value, place, year, weight)
    rows = []
    for t in x.columns:
        ww = None if w is None else w[t].to_numpy()
        rows.append((t, measure, _spread(x[t].to_numpy(), ww, measure), len(x)))
    table = pd.DataFrame(rows, columns=["year", "measure", "value", "n"])
    slope, se, p = _trend(table["year"].to_numpy(float), table["value"].to_numpy())
    return Sigma(table, slope, se, p, bool(slope < 0 and p < 0.05))


def _spread(x: Floats, w: Floats | None, measure: str) -> float:
    if measure != "sd_log":
        return MEASURES[measure](x, weights=w)
    if x.min() <= 0:
        raise policy.zeros("sd_log", np.flatnonzero(x <= 0))
    log = np.log(x)
    return float(np.sqrt(np.average((log - np.average(log, weights=w)) ** 2, weights=w)))


def _trend(t: Floats, y: Floats) -> tuple[float, float, float]:
    if len(t) < 3:
        return float("nan"), float("nan"), float("nan")
    import statsmodels.api as sm

    fit = sm.OLS(y, sm.add_constant(t - t[0])).fit()
    return float(fit.params[1]), float(fit.bse[1]), float(fit.pvalues[1])


@dataclass(frozen=True)
class Beta:
    """Growth of places against where they started.

    Parameters
    ----------
    beta, se, p_value, lower, upper : float
        Coefficient of the logarithm of the first year's value in growth a year, with 95% limits.
    speed : float
        Share of the distance that closes in a year, ``-ln(1 + beta T)/T``; nan where places drift apart fast.
    half_life : float
        Years until half the distance is closed; infinite where it does not close.
    conditional : bool
        Whether controls are held fixed.
    n : int
        Places.
    r2 : float
        Share of variance explained.
    table : DataFrame
        Tidy: `place`, `start` (log of the first value), `growth` (a year, logarithmic), `fitted`.
    coefficients : DataFrame
        Tidy: `term`, `estimate`, `se`, `p_value`.
    model : object
        The fitted statsmodels result.
    """

    beta: float
    se: float
    p_value: float
    lower: float
    upper: float
    speed: float
    half_life: float
    conditional: bool
    n: int
    r2: float
    table: pd.DataFrame
    coefficients: pd.DataFrame
    model: Any = field(repr=False)


def beta_convergence(
    frame: pd.DataFrame,
    value: str,
    *,
    place: str = "place",
    year: str = "year",
    controls: str | Sequence[str] | None = None,
    robust: bool = True,
) -> Beta:
    """Beta convergence: whether places that started lower grew faster (conditional on `controls`, if given).

    ``ln(y_T / y_0) / T = a + beta ln(y_0) + controls + error`` over the first and the last year, by
    statsmodels' least squares with HC3 standard errors.

    Parameters
    ----------
    frame : DataFrame
        One row a place and year; the same places each year.
    value : str
        Column, above 0.
    place, year : str
        Columns of place and year.
    controls : list of str, optional
        Columns, taken at the first year.
    robust : bool
        HC3 standard errors; classical ones otherwise.

    Returns
    -------
    Beta

    Raises
    ------
    DataError
        As `sigma_convergence`; or when there are too few places for the number of controls.

    References
    ----------
    Barro & Sala-i-Martin (1992), J. Political Economy 100; Mankiw, Romer & Weil (1992), Q. J. Economics 107.

    Examples
    --------
    >>> frame = pd.DataFrame({"place": list("abcd") * 2, "year": [2020] * 4 + [2024] * 4,
    ...                       "income": [1, 2, 4, 8, 1.8, 3, 5.5, 9]})
    >>> out = beta_convergence(frame, "income")
    >>> round(out.beta, 4), round(out.half_life, 1)
    (-0.054, 11.4)
    """
    import statsmodels.api as sm

    controls = [controls] if isinstance(controls, str) else list(controls or [])
    x, _ = _panel(frame, value, place, year, None)
    if x.to_numpy().min() <= 0:
        raise policy.undefined("beta_convergence", "a value of 0", "growth needs values above 0")
    first, last = x.columns[0], x.columns[-1]
    span = float(last) - float(first)
    if span <= 0 or len(x) < len(controls) + 4:
        found = f"{len(x)} places in {x.shape[1]} years"
        raise DataError(Fault("frame", f"two years and {len(controls) + 4} places or more", found, kind="empty"))
    start, growth = np.log(x[first].to_numpy()), np.log(x[last] / x[first]).to_numpy() / span
    if np.ptp(start) == 0:
        raise policy.undefined("beta_convergence", f"all places alike in {first}", "there is nothing to catch up with")
    design = pd.DataFrame({"const": 1.0, "start": start}, index=x.index)
    for c in controls:
        design[c] = _control(frame, c, place, year, first, x.index)
    fit = sm.OLS(growth, design).fit(cov_type="HC3" if robust else "nonrobust", use_t=True)
    table = pd.DataFrame({"place": x.index, "start": start, "growth": growth, "fitted": fit.fittedvalues.to_numpy()})
    return _beta(fit, design, span, table, bool(controls))


def _beta(fit: Any, design: pd.DataFrame, span: float, table: pd.DataFrame, conditional: bool) -> Beta:
    low, high = fit.conf_int().loc["start"]
    beta = float(fit.params["start"])
    speed = -np.log(1 + beta * span) / span if 1 + beta * span > 0 else float("nan")
    terms = {"estimate": fit.params.values, "se": fit.bse.values, "p_value": fit.pvalues.values}
    return Beta(
        beta=beta,
        se=float(fit.bse["start"]),
        p_value=float(fit.pvalues["start"]),
        lower=float(low),
        upper=float(high),
        speed=float(speed),
        half_life=float(np.log(2) / speed) if speed > 0 else float("inf"),
        conditional=conditional,
        n=len(table),
        r2=float(fit.rsquared),
        table=table,
        coefficients=pd.DataFrame({"term": design.columns, **terms}),
        model=fit,
    )


def _control(frame: pd.DataFrame, name: str, place: str, year: str, first: object, places: pd.Index) -> Floats:
    check_columns(frame, [name])
    rows = frame[frame[year] == first].set_index(place)[name].reindex(places)
    x, _ = policy.check(rows.to_numpy(), name=f"column {name}, year {first}, rows", negatives=True)
    return x


def _panel(
    frame: pd.DataFrame, value: str, place: str, year: str, weight: str | None
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Places by years, whole: each place once in each year."""
    check_columns(frame, [value, place, year, *([weight] if weight else [])])
    clean(frame, value, weight)
    twice = frame.duplicated([place, year])
    if twice.any():
        row = frame.index[np.flatnonzero(twice)[0]]
        found = f"{frame.loc[row, place]}, {frame.loc[row, year]} again"
        raise DataError(Fault(spot(row=row), "each place once in each year", found, kind="duplicate"))
    x = frame.pivot(index=place, columns=year, values=value).astype(float)
    gaps = np.argwhere(x.isna().to_numpy())
    if len(gaps):
        faults = [
            Fault(f"{place} {x.index[i]}, {year} {x.columns[j]}", "a value", "nothing",
                  "compare the same places in all years", kind="missing")
            for i, j in gaps
        ]  # fmt: skip
        raise DataError(faults)
    w = None if weight is None else frame.pivot(index=place, columns=year, values=weight).astype(float)
    return x, w
