"""The three gaps by year: between areas, between town and country, between households."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from research import measures as m
from research.core.status import weakest
from research.indicators.aggregates import of_measure
from research.indicators.privacy import release

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.measures.survey.linearized import Linearized

GAPS = {
    "income_max_min": ("region", "乡镇街道人均可支配收入最高最低倍差", "倍"),
    "income_variation": ("region", "乡镇街道人均可支配收入变异系数（{weights}）", "系数"),
    "gdp_max_min": ("region", "地区人均GDP最高最低倍差", "倍"),
    "group_ratio": ("region", "{group}人均可支配收入与{whole}平均之比", "比值"),
    "urban_rural_ratio": ("urban_rural", "城乡居民收入倍差", "倍"),
    "gini": ("income", "居民人均可支配收入基尼系数", "系数"),
    "quintile_ratio": ("income", m.MEASURES["quintile_ratio"].zh, "倍"),
    "percentile_ratio": ("income", m.MEASURES["percentile_ratio"].zh, "倍"),
    "top_share": ("income", m.MEASURES["top_share"].zh, "比重"),
    "band_share": ("income", "家庭年可支配收入{band}群体比例", "比重"),
    "low_income": ("income", "人均收入{line}以下人口比例", "比重"),
}
"""Each gap: dimension (region, urban_rural, income), Chinese name with the district's own words, unit."""

COLUMNS = [
    "gap",
    "dimension",
    "name",
    "year",
    "value",
    "plain",
    "se",
    "lower",
    "upper",
    "n",
    "unit",
    "status",
    "source",
]
_NUMBERS = ["year", "value", "se", "lower", "upper", "n"]


def gaps(edition: Edition, measures: pd.DataFrame, kept: Linearized | None, between: pd.DataFrame) -> pd.DataFrame:
    """The gaps of every year up to the edition's.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As `survey_tables.measures` makes them, with the adopted figures.
    kept : Linearized or None
        As `survey_tables.estimates` gives it.
    between : DataFrame
        `place_spread` of `between_places.tables`.

    Returns
    -------
    DataFrame
        gap, dimension, name, year, value, plain, se, lower, upper, n, unit, status, source. `plain` is a spread of
        the places as their figures give it; where they have sampling errors, `value` is less what these add to it.
    """
    between = between if len(between) else _between_places(edition, measures)
    parts = [between, _gdp(edition), _group(edition, measures, kept), _of_district(edition, measures)]
    parts = [p for p in parts if len(p)]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    frame = frame.reindex(columns=[*{*COLUMNS, *frame.columns}])
    words = {**edition.words, "weights": "人口加权" if len(_persons(edition)) else "各地等权"}
    told = {gap: (dimension, name.format(**words), unit) for gap, (dimension, name, unit) in GAPS.items()}
    for position, column in enumerate(("dimension", "name", "unit")):
        frame[column] = frame["gap"].map({k: v[position] for k, v in told.items()})
    order = {name: i for i, name in enumerate(GAPS)}
    return frame[COLUMNS].sort_values(
        ["gap", "year"], key=lambda c: c.map(order) if c.name == "gap" else c, ignore_index=True
    )


def _between_places(edition, measures):
    rows = measures[
        (measures["measure"] == "mean_income")
        & (measures["residence"] == "all")
        & (measures["place"] != edition.district)
        & measures["value"].notna()
    ]
    out, persons = [], _persons(edition)
    for year, part in rows.groupby("year"):
        if len(part) < 2:
            continue
        common = {
            "year": year,
            "n": float("nan"),
            "status": weakest(part["status"].unique()),
            "source": part["source"].iloc[0],
        }
        out.append({"gap": "income_max_min", "value": m.max_min_ratio(part["value"]), **common})
        weights = _weights(persons, part["place"], year)
        out.append({"gap": "income_variation", "value": m.coefficient_of_variation(part["value"], weights), **common})
    return pd.DataFrame(out)


def _persons(edition):
    """Persons of each (place, year): by the survey's weights, else by the indicator that is the population."""
    homes = edition.households
    if len(homes):
        return homes.groupby(["place", "year"])["person_weight"].sum()
    rows = edition.handed_in
    rows = rows[(rows["indicator"] == of_measure(edition.indicators, "population")) & rows["value"].notna()]
    return rows.set_index(["place", "year"])["value"]


def _weights(persons, places, year):
    """Weights of some places in a year; None (all alike) where the persons of one are not known."""
    found = [persons.get((place, year)) for place in places]
    return None if any(f is None or pd.isna(f) for f in found) else pd.Series(found, index=places.index)


def _gdp(edition):
    """Only years for which every place has a value: the extremes of some places are no gap of all."""
    rows = edition.handed_in
    own = rows["indicator"] == of_measure(edition.indicators, "gdp_per_head")
    rows = rows[own & (rows["place"] != edition.district) & rows["value"].notna()]
    out = [
        {
            "gap": "gdp_max_min",
            "year": year,
            "value": m.max_min_ratio(part["value"]),
            "n": float("nan"),
            "status": weakest(part["status"].unique()),
            "source": part["source"].iloc[0],
        }
        for year, part in rows.groupby("year")
        if len(part) == len(edition.places)
    ]
    return pd.DataFrame(out)


def _group(edition, measures, kept):
    """Income of the group in focus over the district's: by the survey, else by places' incomes and populations."""
    frame, members = edition.households, edition.groups.get(edition.focus, ())
    if not members:
        return pd.DataFrame()
    if frame.empty:
        return _group_of_aggregates(edition, measures, members)
    made = kept.table[kept.table["measure"] == "group_ratio"]
    status = frame.groupby("year")["status"].agg(lambda s: weakest(s.dropna().unique()))
    made = made.assign(
        gap="group_ratio",
        value=made["estimate"],
        status=made["year"].map(status),
        source=edition.meta.get("source", "住户调查"),
    )[["gap", *_NUMBERS, "status", "source"]]
    return release.group_ratio(edition, made, edition.focus)


def _group_of_aggregates(edition, measures, members):
    """Only years in which each member has an income and a population, and the district an income."""
    rows = measures[
        (measures["measure"] == "mean_income") & (measures["residence"] == "all") & measures["value"].notna()
    ]
    persons, out = _persons(edition), []
    for year, part in rows.groupby("year"):
        whole, inside = part[part["place"] == edition.district], part[part["place"].isin(members)]
        weights = _weights(persons, inside["place"], year)
        if len(whole) and len(inside) == len(members) and weights is not None:
            value = (inside["value"] * weights).sum() / weights.sum() / whole["value"].iloc[0]
            out.append(
                {
                    "gap": "group_ratio",
                    "year": year,
                    "value": value,
                    "n": float("nan"),
                    "status": weakest([*inside["status"], *whole["status"]]),
                    "source": whole["source"].iloc[0],
                }
            )
    return pd.DataFrame(out)


def _of_district(edition, measures):
    rows = measures[
        (measures["place"] == edition.district) & (measures["residence"] == "all") & measures["measure"].isin(GAPS)
    ]
    return rows.rename(columns={"measure": "gap"})[["gap", *_NUMBERS, "status", "source"]]
