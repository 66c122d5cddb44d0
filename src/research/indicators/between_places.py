"""How far the places lie apart, and which of them is first: extremes under the sampling error, by the bootstrap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.indicators.survey_tables import designed
from research.measures.survey.extremes import drawn_means, extremes, spread
from research.project import weakest

REPLICATES = 1000
SEED = 20240701
EXTREMES = ["measure", "place", "year", "value", "p_highest", "p_lowest", "p_top", "rank_lower", "rank_upper", "status",
            "source"]
SPREAD = ["gap", "year", "value", "plain", "se", "lower", "upper", "change", "change_se", "change_lower",
          "change_upper", "first_year", "df", "n", "status", "source"]


def tables(edition, measures):
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
    """
    rows = measures[(measures["measure"] == "mean_income") & (measures["residence"] == "all")
                    & measures["place"].isin(edition.places["code"]) & measures["value"].notna()]
    if len(rows) < 2:
        return {"extremes": pd.DataFrame(columns=EXTREMES), "place_spread": pd.DataFrame(columns=SPREAD)}
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
    return {"extremes": pd.concat(made, ignore_index=True)[EXTREMES],
            "place_spread": _spreads(years, about, edition.settings["confidence_level"]).assign(df=_free(edition))}


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
            row = {"gap": gap, "year": year, "value": s.value, "plain": s.plain, "se": s.se, "lower": s.lower,
                   "upper": s.upper, "first_year": first, **about[year]}
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
