"""Outlook (前景预判): where each series points to in the target's year, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.assessment.series import series_of
from research.core.status import weakest
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


COLUMNS = (
    "target_id",
    "clause",
    "target_name",
    "indicator",
    "department",
    "unit",
    "comparator",
    "horizon",
    "target",
    "n_years",
    "last_year",
    "last",
    "slope",
    "projection",
    "lower",
    "upper",
    "level",
    "chance",
    "will_meet",
    "place",
    "year",
    "status",
    "source",
)
RULES = ("level", "cumulative", "ceiling", "floor", "both")
_SLACK = 1e-9
LEAST = 4
"""Years that a projection needs: with three points a line has one degree of freedom, and its interval says nothing."""
PACE = 0.2
"""Share of a year's pace that the line's own error is at least: points on one line do not make a law of it."""


def project(years: ArrayLike, values: ArrayLike, at: int, level: float = 0.8, se: float = 0.0) -> dict[str, float]:
    """Straight-line projection of a yearly series with its prediction interval.

    Parameters
    ----------
    years, values : array-like of shape (n,)
        Four years at least.
    at : int
        Year to project to.
    level : float
        Probability inside the interval, above 0 and below 1.
    se : float
        Standard error of the values, where they are measured with one.

    Returns
    -------
    dict
        slope (a year), projection, lower, upper, error (standard error of the prediction, at least what rounding,
        measurement and `PACE` make), freedom (degrees of freedom).

    Raises
    ------
    DataError
        Fewer than four values, or a level outside 0 to 1.

    Examples
    --------
    >>> got = project([2021, 2022, 2023, 2024], [10, 12, 14, 16], 2025)
    >>> round(got["projection"], 6), round(got["slope"], 6)
    (18.0, 2.0)
    """
    import statsmodels.api as sm
    from scipy.stats import t

    x, y = np.asarray(years, float), np.asarray(values, float)
    if len(x) < LEAST or not 0 < level < 1:
        raise DataError(
            Fault(
                "outlook",
                say("four or more years and a level between 0 and 1", "至少四年，置信水平在0与1之间"),
                f"{len(x)} years, {level}",
                kind="outlook",
            )
        )
    # Years count from the one projected to: the constant is then the projection itself.
    model = sm.OLS(y, sm.add_constant(x - at, has_constant="add")).fit()
    ahead = model.get_prediction(np.array([[1.0, 0.0]]))
    slope, value = float(model.params[1]), float(model.params[0])
    least = se**2 + rounding(y) ** 2 / 12 + (PACE * slope) ** 2
    leverage = 1 + 1 / len(x) + (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    error = np.sqrt(max(ahead.var_pred_mean[0] + model.mse_resid, least * leverage))
    reach = t.ppf((1 + level) / 2, model.df_resid) * error
    return {
        "slope": slope,
        "projection": value,
        "lower": value - reach,
        "upper": value + reach,
        "error": float(error),
        "freedom": float(model.df_resid),
    }


def rounding(values: ArrayLike) -> float:
    """The step in which values were written down: the largest power of ten that all are multiples of, at most 1.

    Examples
    --------
    >>> rounding([12.3, 13.25]), rounding([3.0, 4.0])
    (0.01, 1.0)
    """
    numbers = np.asarray(values, float)
    for digits in range(7):
        if np.allclose(numbers, np.round(numbers, digits), rtol=0, atol=1e-9):
            return 10.0**-digits
    return 0.0


def chance_of(got: Mapping[str, float], target: float, comparator: str) -> float:
    """Probability that the projected value meets the target, by the t distribution of the projection.

    Examples
    --------
    >>> chance_of({"projection": 10.0, "error": 1.0, "freedom": 2.0}, 10.0, ">=")
    0.5
    """
    from scipy.stats import t

    less = comparator in ("<=", "<")
    gap = (target - got["projection"]) if less else (got["projection"] - target)
    if got["error"] <= _SLACK * max(1.0, abs(target)):
        return 1.0 if gap >= -_SLACK else 0.0
    return float(t.cdf(gap / got["error"], got["freedom"]))


def outlook(
    attainment: pd.DataFrame, observations: pd.DataFrame, reported: pd.DataFrame | None, place: str, level: float = 0.8
) -> pd.DataFrame:
    """Projection of each assessed target to the year of its target.

    Parameters
    ----------
    attainment : DataFrame
        Result of `attain_targets` for the edition.
    observations, reported : DataFrame
        Where the series stand: by indicator, and by target.
    place : str
    level : float
        Probability inside the interval.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; `will_meet` is yes, no or unsure (the target lies inside the interval); only
        targets ahead with four years of values or more. Few yearly points make wide intervals.
    """
    by_indicator = series_of(observations, place)
    by_target = (
        {}
        if reported is None or not len(reported)
        else series_of(reported.rename(columns={"target": "indicator"}), place)
    )
    ahead = attainment[
        (attainment["attained"] != "unassessed")
        & attainment["rule"].isin(RULES)
        & (attainment["horizon"] > attainment["year"])
    ]
    errors, rows = _errors(observations, place), []
    for r in ahead.to_dict("records"):
        series = by_indicator.get(r["indicator"]) or by_target[r["indicator"]]
        years = sorted(y for y in series.values if y <= r["year"])
        if len(years) < LEAST:
            continue
        got = project(
            years, [series.values[y] for y in years], int(r["horizon"]), level, errors.get(r["indicator"], 0.0)
        )
        # The target lies outside the interval exactly when its chance is in either tail.
        chance, tail = chance_of(got, r["target"], r["comparator"]), (1 - level) / 2
        rows.append(
            {
                **{
                    k: r[k]
                    for k in (
                        "target_id",
                        "clause",
                        "target_name",
                        "indicator",
                        "department",
                        "unit",
                        "comparator",
                        "horizon",
                        "target",
                        "place",
                        "year",
                        "source",
                    )
                },
                "n_years": len(years),
                "last_year": years[-1],
                "last": series.values[years[-1]],
                "level": level,
                **{k: got[k] for k in ("slope", "projection", "lower", "upper")},
                "chance": chance,
                "will_meet": "yes" if chance >= 1 - tail else "no" if chance <= tail else "unsure",
                "status": weakest("estimated", [series.statuses[y] for y in years]),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _errors(observations: pd.DataFrame, place: str) -> dict[str, float]:
    """Standard error of each indicator's values, the mean square over the years; none where no error is known."""
    if "se" not in observations:
        return {}
    rows = observations[(observations["place"] == place) & observations["se"].notna()]
    found: dict[str, float] = np.sqrt((rows["se"].astype(float) ** 2).groupby(rows["indicator"]).mean()).to_dict()
    return found
