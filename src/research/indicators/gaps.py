"""The three gaps by year: between areas, between town and country, between households."""

from __future__ import annotations

import pandas as pd

from research import measures as m
from research.indicators.survey_tables import ratio_of_means
from research.project import weakest

GAPS = {
    "income_max_min": ("region", "乡镇街道人均可支配收入最高最低倍差", "倍"),
    "income_variation": ("region", "乡镇街道人均可支配收入变异系数（人口加权）", "系数"),
    "gdp_max_min": ("region", "地区人均GDP最高最低倍差", "倍"),
    "west_ratio": ("region", "西部“六乡一镇”人均可支配收入与全区平均之比", "比值"),
    "urban_rural_ratio": ("urban_rural", "城乡居民收入倍差", "倍"),
    "gini": ("income", "居民人均可支配收入基尼系数", "系数"),
    "quintile_ratio": ("income", "高低收入组（五等份）倍差", "倍"),
    "percentile_ratio": ("income", "第90与第10百分位收入之比", "倍"),
    "top_share": ("income", "收入最高10%人口的收入份额", "比重"),
    "band_share": ("income", "家庭年可支配收入10—50万元群体比例", "比重"),
    "low_income": ("income", "人均收入1万元以下人口比例", "比重"),
}
"""Each gap: dimension (region, urban_rural, income), Chinese name, unit."""

INDICATORS = {"INC-3-02": "gdp_max_min", "INC-3-03": "west_ratio"}
"""Indicators of the district that are gaps."""

COLUMNS = ["gap", "dimension", "name", "year", "value", "se", "lower", "upper", "n", "unit", "status", "source"]


def gaps(edition, measures):
    """The gaps of every year up to the edition's.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As `survey_tables.measures` makes them.

    Returns
    -------
    DataFrame
        gap, dimension, name, year, value, se, lower, upper, n, unit, status, source. A gap between the
        highest and the lowest place has no standard error: which place that is depends on the sample.
    """
    parts = [_between_places(edition, measures), _gdp(edition), _west(edition), _of_district(edition, measures)]
    parts = [p for p in parts if len(p)]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    frame = frame.reindex(columns=[*{*COLUMNS, *frame.columns}])
    for position, column in enumerate(("dimension", "name", "unit")):
        frame[column] = frame["gap"].map({k: v[position] for k, v in GAPS.items()})
    order = {name: i for i, name in enumerate(GAPS)}
    return frame[COLUMNS].sort_values(["gap", "year"], key=lambda c: c.map(order) if c.name == "gap" else c,
                                      ignore_index=True)


def _between_places(edition, measures):
    rows = measures[(measures["measure"] == "mean_income") & (measures["residence"] == "all")
                    & (measures["place"] != edition.district) & measures["value"].notna()]
    out = []
    for year, part in rows.groupby("year"):
        if len(part) < 2:
            continue
        persons = edition.households.query("year == @year").groupby("place")["person_weight"].sum()
        common = {"year": year, "n": len(part), "status": weakest(part["status"].unique()),
                  "source": part["source"].iloc[0]}
        out.append({"gap": "income_max_min", "value": m.max_min_ratio(part["value"]), **common})
        weights = part["place"].map(persons)
        out.append({"gap": "income_variation", "value": m.coefficient_of_variation(part["value"], weights), **common})
    return pd.DataFrame(out)


def _gdp(edition):
    """Only years for which every place has a value: the extremes of some places are no gap of all."""
    rows = edition.handed_in
    rows = rows[(rows["indicator"] == "ECO-1-01") & (rows["place"] != edition.district)]
    out = [{"gap": "gdp_max_min", "year": year, "value": m.max_min_ratio(part["value"]), "n": len(part),
            "status": weakest(part["status"].unique()), "source": part["source"].iloc[0]}
           for year, part in rows.groupby("year") if len(part) == len(edition.places)]
    return pd.DataFrame(out)


def _west(edition):
    frame = edition.households
    if frame.empty or "west" not in edition.groups:
        return pd.DataFrame()
    inside = frame["place"].isin(edition.groups["west"])
    made = ratio_of_means(frame, inside, frame["income_pc"].notna(), ["year"],
                          level=edition.settings["confidence_level"])
    status = frame.groupby("year")["status"].agg(lambda s: weakest(s.unique()))
    return made.assign(gap="west_ratio", status=made["year"].map(status),
                       source=edition.meta.get("source", "住户调查"))


def _of_district(edition, measures):
    rows = measures[(measures["place"] == edition.district) & (measures["residence"] == "all")
                    & measures["measure"].isin(GAPS)]
    return rows.rename(columns={"measure": "gap"})[["gap", *COLUMNS[3:9], "status", "source"]]
