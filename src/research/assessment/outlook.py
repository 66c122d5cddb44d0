"""Outlook (前景预判): where each series points to in the target's year, and how sure that is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.assessment.series import series_of
from research.errors import DataError, Fault
from research.project import weakest

COLUMNS = ("target_id", "clause", "target_name", "indicator", "department", "unit", "comparator", "horizon", "target",
           "n_years", "last_year", "last", "slope", "projection", "lower", "upper", "level", "chance", "will_meet",
           "place", "year", "status", "source")
RULES = ("level", "cumulative", "ceiling", "floor", "both")
_SLACK = 1e-9


def project(years, values, at, level=0.8):
    """Straight-line projection of a yearly series with its prediction interval.

    Parameters
    ----------
    years, values : array-like of shape (n,)
        Three years at least.
    at : int
        Year to project to.
    level : float
        Probability inside the interval, above 0 and below 1.

    Returns
    -------
    dict
        slope (a year), projection, lower, upper, error (standard error of the prediction), freedom
        (degrees of freedom).

    Raises
    ------
    DataError
        Fewer than three values, or a level outside 0 to 1.

    Examples
    --------
    >>> got = project([2021, 2022, 2023, 2024], [10, 12, 14, 16], 2025)
    >>> round(got["projection"], 6), round(got["slope"], 6)
    (18.0, 2.0)
    """
    import statsmodels.api as sm

    x, y = np.asarray(years, float), np.asarray(values, float)
    if len(x) < 3 or not 0 < level < 1:
        raise DataError(Fault("outlook", "three or more years and a level between 0 and 1", f"{len(x)} years, {level}",
                              kind="outlook"))
    # Years count from the one projected to: the constant is then the projection itself.
    model = sm.OLS(y, sm.add_constant(x - at, has_constant="add")).fit()
    ahead = model.get_prediction(np.array([[1.0, 0.0]]))
    low, high = ahead.conf_int(obs=True, alpha=1 - level)[0]
    return {"slope": float(model.params[1]), "projection": float(model.params[0]), "lower": float(low),
            "upper": float(high), "error": float(np.sqrt(ahead.var_pred_mean[0] + model.mse_resid)),
            "freedom": float(model.df_resid)}


def chance_of(got, target, comparator):
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


def outlook(attainment, observations, reported, place, level=0.8):
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
        targets ahead with three years of values or more. Few yearly points make wide intervals.
    """
    by_indicator = series_of(observations, place)
    by_target = {} if reported is None or not len(reported) else series_of(
        reported.rename(columns={"target": "indicator"}), place)
    ahead = attainment[(attainment["attained"] != "unassessed") & attainment["rule"].isin(RULES)
                       & (attainment["horizon"] > attainment["year"])]
    rows = []
    for r in ahead.to_dict("records"):
        series = by_indicator.get(r["indicator"]) or by_target.get(r["indicator"])
        years = sorted(y for y in series.values if y <= r["year"])
        if len(years) < 3:
            continue
        got = project(years, [series.values[y] for y in years], int(r["horizon"]), level)
        # The target lies outside the interval exactly when its chance is in either tail.
        chance, tail = chance_of(got, r["target"], r["comparator"]), (1 - level) / 2
        rows.append({**{k: r[k] for k in ("target_id", "clause", "target_name", "indicator", "department", "unit",
                                          "comparator", "horizon", "target", "place", "year", "source")},
                     "n_years": len(years), "last_year": years[-1], "last": series.values[years[-1]], "level": level,
                     **{k: got[k] for k in ("slope", "projection", "lower", "upper")},
                     "chance": chance,
                     "will_meet": "yes" if chance >= 1 - tail else "no" if chance <= tail else "unsure",
                     "status": weakest("estimated", [series.statuses[y] for y in years])})
    return pd.DataFrame(rows, columns=list(COLUMNS))
