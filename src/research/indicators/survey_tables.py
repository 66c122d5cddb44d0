"""What the household survey says: measures with standard errors, and income by source."""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.indicators.privacy.withholding import withhold
from research.indicators.reference.schemas import INCOME_SOURCES
from research.measures.survey import Design
from research.project import weakest

COLUMNS = ["place", "year", "residence", "measure", "value", "se", "lower", "upper", "n", "coverage", "unit",
           "status", "source", "caution"]
UNITS = {
    "mean_income": "元/人·年", "median_income": "元/人·年", "gini": "系数", "theil": "系数",
    "mean_log_deviation": "系数", "hoover": "系数", "quintile_ratio": "倍", "percentile_ratio": "倍",
    "palma_ratio": "倍", "top_share": "比重", "low_income": "比重", "band_share": "比重", "low_households": "户",
    "urban_rural_ratio": "倍", "mean_consumption": "元/人·年",
}
"""Measures of the table, with their units."""

SOURCE_NAMES = {"wage": "工资性收入", "business": "经营净收入", "property": "财产净收入", "transfer": "转移净收入"}


def measures(edition):
    """Measures of income a head (persons) and of household income, for each place, year and residence.

    Cells of too few households, or dominated by one or two, are withheld, and so are as many others as it takes that
    nobody can work them out (`withholding`): their values are gaps. `caution`
    marks estimates whose coefficient of variation is above the limit in the settings.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    DataFrame
        place, year, residence (all|urban|rural), measure, value, se, lower, upper, n (households), coverage
        (share of weight with a value), unit, status, source, caution.
    """
    frame = edition.households
    if frame.empty:
        return pd.DataFrame(columns=COLUMNS)
    frame = frame.assign(district=edition.district, everyone="all")
    frame["consumption_pc"] = frame["consumption"] / frame["size"]
    frame["low"] = np.where(frame["income_pc"].isna(), np.nan, frame["income_pc"] < edition.settings["low_income_line"])
    person = Design(frame, weight="person_weight", strata=["year", "stratum"], psu="village", single="centered")
    house = Design(frame, weight="weight", strata=["year", "stratum"], psu="village", single="centered")
    parts = []
    for place in ("district", "place"):
        for residence in ("everyone", "residence"):
            made = _estimates(edition, person, house, [place, "year", residence])
            parts.append(made.rename(columns={place: "place", residence: "residence"}))
        parts.append(ratio_of_means(frame, frame["residence"] == "urban", frame["residence"] == "rural",
                                    [place, "year"]).rename(columns={place: "place"})
                     .assign(residence="all", measure="urban_rural_ratio"))
    return _finished(pd.concat(parts, ignore_index=True), edition, frame)


def _estimates(edition, person, house, by):
    s = edition.settings
    asked = {"mean_income": "mean", "median_income": "median", "gini": "gini", "theil": "theil",
             "mean_log_deviation": ("mean_log_deviation", {"zeros": "drop"}), "hoover": "hoover",
             "quintile_ratio": "quintile_ratio", "percentile_ratio": "percentile_ratio",
             "palma_ratio": "palma_ratio", "top_share": "top_share",
             "low_income": ("headcount", {"line": s["low_income_line"]})}
    band = ("band_share", {"lower": s["middle_band_lower"], "upper": s["middle_band_upper"],
                           "closed": s["middle_band_closed"]})
    options = {"by": by, "missing": "drop", "undefined": "gap", "level": s["confidence_level"]}
    parts = [person.estimate(asked, "income_pc", **options),
             person.estimate({"mean_consumption": "mean"}, "consumption_pc", **options),
             house.estimate({"band_share": band}, "income", **options)]
    low = house.estimate({"low_households": "mean"}, "low", **options)
    known = house.frame[house.frame["low"].notna()].groupby(by)["weight"].sum().rename("stock").reset_index()
    low = low.merge(known, on=by, how="left", validate="one_to_one")
    for column in ("estimate", "se", "lower", "upper"):
        low[column] = (low[column] * low["stock"]).clip(lower=0)
    return pd.concat([*parts, low.drop(columns="stock")], ignore_index=True).rename(columns={"estimate": "value"})


def ratio_of_means(frame, top, bottom, by, value="income_pc", weight="person_weight", level=0.95):
    """Ratio of two groups' means with its linearised standard error; the groups may overlap.

    Parameters
    ----------
    frame : DataFrame
        With `year`, `stratum`, `village`, and the columns named below.
    top, bottom : boolean Series
        Rows of the two groups.
    by : list of str
    value, weight : str

    Returns
    -------
    DataFrame
        The `by` columns, value, se, lower, upper, n, coverage.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": 2024, "stratum": ["u"] * 2 + ["r"] * 2, "village": list("abcd"),
    ...                      "income_pc": [40.0, 60, 20, 30], "person_weight": 1.0})
    >>> town = rows["stratum"] == "u"
    >>> ratio_of_means(rows, town, ~town, ["year"]).round(3)[["value", "se"]].to_dict("records")
    [{'value': 2.0, 'se': 0.566}]
    """
    there = frame[value].notna() & (top | bottom)
    rows = frame[there].copy()
    w, x = rows[weight], rows[value].astype(float)
    mean, share = {}, {}
    keys = [rows[c] for c in by]
    for name, mask in (("top", top[there]), ("bottom", bottom[there])):
        inside = w.where(mask, 0.0)
        total = inside.groupby(keys).transform("sum")
        mean[name] = (inside * x).groupby(keys).transform("sum") / total
        share[name] = (mask.astype(float) * (x - mean[name])) / total
    ratio = mean["top"] / mean["bottom"]
    influence = share["top"] / mean["bottom"] - ratio * share["bottom"] / mean["bottom"]
    whole = w.groupby(keys).transform("sum")
    rows["z"] = (influence * whole).fillna(0.0)  # its weighted mean is 0, and has the ratio's standard error
    rows["z"] -= rows["z"].min()
    rows["ratio"] = ratio
    design = Design(rows, weight=weight, strata=["year", "stratum"], psu="village", single="centered")
    made = design.estimate("mean", "z", by=by, level=level)
    made = made.merge(rows.groupby(by)["ratio"].first().reset_index(), on=by, validate="one_to_one")
    reach = made["upper"] - made["estimate"]
    coverage = (w.groupby(keys).sum() / frame[top | bottom].groupby(by)[weight].sum()).to_numpy()
    return made[by].assign(value=made["ratio"], se=made["se"].where(made["ratio"].notna()),
                           lower=made["ratio"] - reach, upper=made["ratio"] + reach, n=made["n"], coverage=coverage)


def _finished(frame, edition, households):
    """Units, statuses and sources; withheld where too few households stand behind a number."""
    status = households.groupby("year")["status"].agg(lambda s: weakest(s.dropna().unique()))
    frame["unit"] = frame["measure"].map(UNITS)
    frame["status"] = frame["year"].map(status)
    frame["source"] = edition.meta.get("source", "住户调查")
    few = frame["n"] < edition.settings["min_households"]
    frame.loc[few, ["value", "se", "lower", "upper", "n"]] = np.nan
    frame = withhold(frame, edition.withheld)
    frame["caution"] = (frame["se"] / frame["value"]).abs() > edition.settings["cv_limit"]
    return frame[COLUMNS].sort_values(["measure", "place", "year", "residence"]).reset_index(drop=True)


def sources(edition):
    """Income a head by source, and each source's share, for each place, year and residence.

    Households without one of the sources are left out; `coverage` is the share of persons that remain.

    Returns
    -------
    DataFrame
        place, year, residence, source, name, mean (yuan a head and year), share (0 to 1), n, coverage, unit,
        status, origin.
    """
    columns = ["place", "year", "residence", "source", "name", "mean", "share", "n", "coverage", "unit", "status",
               "origin"]
    frame = edition.households
    if frame.empty:
        return pd.DataFrame(columns=columns)
    frame = frame.assign(district=edition.district, everyone="all")
    parts = []
    for place in ("district", "place"):
        for residence in ("everyone", "residence"):
            made = _source_means(frame, [place, "year", residence])
            parts.append(made.rename(columns={place: "place", residence: "residence"}))
    made = pd.concat(parts, ignore_index=True)
    status = frame.groupby("year")["status"].agg(lambda s: weakest(s.dropna().unique()))
    made = made.assign(name=made["source"].map(SOURCE_NAMES), unit="元/人·年", status=made["year"].map(status),
                       origin=edition.meta.get("source", "住户调查"))
    made.loc[made["n"] < edition.settings["min_households"], ["mean", "share", "n"]] = np.nan
    made = withhold(made, edition.withheld)
    return made[columns].sort_values(["place", "year", "residence", "source"]).reset_index(drop=True)


def _source_means(frame, by):
    whole = frame.groupby(by)["person_weight"].sum()
    rows = frame.dropna(subset=[*INCOME_SOURCES.values()])
    persons = rows.groupby(by)["person_weight"].sum()
    parts = []
    for name, column in INCOME_SOURCES.items():
        total = (rows[column] * rows["weight"]).groupby([rows[c] for c in by]).sum()
        parts.append(pd.DataFrame({"mean": total / persons, "n": rows.groupby(by).size(),
                                   "coverage": persons / whole}).assign(source=name).reset_index())
    made = pd.concat(parts, ignore_index=True)
    made["share"] = made["mean"] / made.groupby(by)["mean"].transform("sum")
    return made
