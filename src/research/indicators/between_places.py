"""How far the places lie apart, and which of them is first: extremes under the sampling error, by the bootstrap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy

from research.core.status import weakest
from research.indicators.survey_tables import designed
from research.measures.survey.extremes import drawn_means, extremes, spread

if TYPE_CHECKING:
    from research.indicators.edition import Edition

REPLICATES = 1000
SEED = 20240701
EXTREMES = [
    "measure",
    "place",
    "year",
    "value",
    "p_highest",
    "p_lowest",
    "p_top",
    "rank_lower",
    "rank_upper",
    "status",
    "source",
]
CATCHING_UP = ["first_year", "year", "n", "plain", "beta", "se", "lower", "upper", "reliability", "status", "source"]
SPREAD = [
    "gap",
    "year",
    "value",
    "plain",
    "se",
    "lower",
    "upper",
    "change",
    "change_se",
    "change_lower",
    "change_upper",
    "first_year",
    "df",
    "n",
    "status",
    "source",
]


def tables(edition: Edition, measures: pd.DataFrame) -> dict[str, Any]:
    """Extremes and spreads of the places' mean incomes.

    Villages are drawn anew, the same ones in every year of a panel; where a place has the model's figure, its draws
    lie around that and are as wide as its error.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        With the adopted figures.

    Returns
    -------
    dict of DataFrame
        `extremes`: measure, place, year, value, probability of being the highest, the lowest and in the top third,
        rank interval, status, source. `place_spread`: gap (`income_max_min`, `income_variation`), year, value (less
        the bias of noise), plain, se and interval, change since the first year with its own, n, status, source.
        `catching_up`: beta convergence since the first year, plain and with the errors of the incomes taken out.
    """
    rows = measures[
        (measures["measure"] == "mean_income")
        & (measures["residence"] == "all")
        & measures["place"].isin(edition.places["code"])
        & measures["value"].notna()
    ]
    if len(rows) < 2:
        return {"extremes": pd.DataFrame(columns=EXTREMES), "place_spread": pd.DataFrame(columns=SPREAD),
                "catching_up": pd.DataFrame(columns=CATCHING_UP)}  # fmt: skip
    drawn = drawn_means(designed(edition.households, "person_weight"), "income_pc", ["year", "place"],
                        replicates=REPLICATES, seed=SEED)  # fmt: skip
    found = drawn.keys.merge(rows, on=["year", "place"], how="left", validate="one_to_one")
    drawn = drawn.around(found["value"].to_numpy(float), found["se"].to_numpy(float),
                         found["se_direct"].to_numpy(float))  # fmt: skip
    years = {int(y): drawn.of((found["year"] == y) & found["value"].notna()) for y in sorted(rows["year"].unique())}
    years = {year: part for year, part in years.items() if len(part.estimate) > 1}
    about = {year: {"status": weakest(p["status"].unique()), "source": p["source"].iloc[0], "n": len(p)}
             for year, p in rows.groupby("year")}  # fmt: skip
    made = [extremes(part).assign(measure="mean_income", status=about[y]["status"], source=about[y]["source"])
            for y, part in years.items()]  # fmt: skip
    return {
        "extremes": pd.concat(made, ignore_index=True)[EXTREMES],
        "catching_up": _catching_up(years, about),
        "place_spread": _spreads(years, about, edition.settings["confidence_level"]).assign(df=_free(edition)),
    }


def _catching_up(years, about):
    """Beta convergence of the places that are there in the first and the last year."""
    first, last = min(years), max(years)
    both = years[first].keys.merge(years[last].keys, on="place")["place"] if last > first else []
    if len(both) < 5:
        return pd.DataFrame(columns=CATCHING_UP)
    start, end = (years[y].of(years[y].keys["place"].isin(both)) for y in (first, last))
    noise_start, noise_end = np.log(start.replicates), np.log(end.replicates)
    error = noise_start.var(axis=0, ddof=1)
    shared = ((noise_start - noise_start.mean(axis=0)) * (noise_end - noise_end.mean(axis=0))).sum(axis=0)
    found = attenuation_free(np.log(start.estimate), np.log(end.estimate), error, shared / (len(noise_start) - 1),
                             last - first)  # fmt: skip
    return pd.DataFrame([{**found, "first_year": first, "year": last, **about[last]}])[CATCHING_UP]


def attenuation_free(
    start: np.ndarray, end: np.ndarray, error: np.ndarray, shared: np.ndarray, span: int, level: float = 0.95
) -> dict[str, float]:
    """Beta convergence with the sampling errors of both years' incomes taken out of the moments.

    An error in the starting income stands in the growth with the other sign: poor by chance, growing by chance. The
    moments are corrected for it, and the interval is the jackknife's over the places, with t.

    Parameters
    ----------
    start, end : ndarray of shape (places,)
        Logarithms of income in the first and the last year.
    error : ndarray
        Sampling variance of `start`.
    shared : ndarray
        Sampling covariance of `start` and `end`.
    span : float
        Years between them.
    level : float

    Returns
    -------
    dict
        plain (least squares), beta (corrected), se, lower, upper, reliability (share of the variance of `start`
        that is no sampling error).

    References
    ----------
    Fuller (1987), "Measurement Error Models", 2.2.

    Examples
    --------
    >>> start, end = np.log([1.0, 2, 4, 8, 16]), np.log([1.5, 2.8, 5, 9, 16])
    >>> found = attenuation_free(start, end, np.full(5, 0.01), np.zeros(5), 4)
    >>> round(found["plain"], 4), round(found["beta"], 4)
    (-0.0371, -0.0353)
    """
    start, growth, count = np.asarray(start, float), (np.asarray(end) - start) / span, len(start)

    def slope(keep, corrected=True):
        x, y = start[keep] - start[keep].mean(), growth[keep] - growth[keep].mean()
        free = (1 - 1 / keep.sum()) * corrected
        covariance = (x * y).sum() - free * ((shared[keep] - error[keep]) / span).sum()
        return covariance / max((x * x).sum() - free * error[keep].sum(), 1e-12)

    every = np.ones(count, bool)
    out = np.array([slope(every & (np.arange(count) != k)) for k in range(count)])
    se = float(np.sqrt((count - 1) / count * ((out - out.mean()) ** 2).sum()))
    beta, reach = float(slope(every)), scipy.stats.t.ppf((1 + level) / 2, count - 2) * se
    whole = ((start - start.mean()) ** 2).sum()
    return {
        "plain": float(slope(every, False)),
        "beta": beta,
        "se": se,
        "lower": beta - reach,
        "upper": beta + reach,
        "reliability": float(1 - (1 - 1 / count) * error.sum() / whole),
    }


def _free(edition):
    """Degrees of freedom of the design: villages less strata of one year."""
    frame = edition.households
    last = frame[frame["year"] == frame["year"].max()]
    return max(1, last["village"].nunique() - last["stratum"].nunique())


def _spreads(years, about, level):
    out = []
    for gap, function in (("income_max_min", _max_min), ("income_variation", _variation)):
        got = {year: spread(part, function, level) for year, part in years.items()}
        first = min(got)
        for year, s in got.items():
            row = {
                "gap": gap,
                "year": year,
                "value": s.value,
                "plain": s.plain,
                "se": s.se,
                "lower": s.lower,
                "upper": s.upper,
                "first_year": first,
                **about[year],
            }
            out.append(row | (_change(s, got[first], level) if year > first else {}))
    return pd.DataFrame(out).reindex(columns=SPREAD)


def _change(last, first, level):
    moved = last.replicates - first.replicates
    low, high = np.quantile(moved, [(1 - level) / 2, (1 + level) / 2]) - moved.mean()
    change = last.value - first.value
    return {"change": change, "change_se": float(moved.std(ddof=1)), "change_lower": change + low,
            "change_upper": change + high}  # fmt: skip


def _max_min(values, weights):
    return values.max(axis=-1) / values.min(axis=-1)


def _variation(values, weights):
    """Coefficient of variation between the places, weighted by persons."""
    share = weights / weights.sum()
    mean = (values * share).sum(axis=-1)
    return np.sqrt(((values - mean[..., None]) ** 2 * share).sum(axis=-1)) / mean
