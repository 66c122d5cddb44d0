"""What the household survey says: measures with standard errors, and income by source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy

from research.core.status import weakest
from research.indicators import inequality_parts
from research.indicators.reference.schemas import INCOME_SOURCES
from research.measures import MEASURES
from research.measures.policy import below
from research.measures.survey import Design, by_influence, stack

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.microdata import Microdata, MicrodataColumn
    from research.measures.survey.linearized import Linearized

COLUMNS = [
    "place",
    "year",
    "residence",
    "measure",
    "value",
    "se",
    "lower",
    "upper",
    "n",
    "coverage",
    "unit",
    "status",
    "source",
    "caution",
    "n_negative",
    "weight_negative",
]
UNEQUAL = (
    "gini",
    "theil",
    "mean_log_deviation",
    "hoover",
    "quintile_ratio",
    "percentile_ratio",
    "palma_ratio",
    "top_share",
)
"""Measures of inequality, for which the setting `negative_incomes` decides what becomes of net losses."""
UNITS = {
    "mean_income": "元/人·年",
    "median_income": "元/人·年",
    "low_income": "比重",
    "band_share": "比重",
    "low_households": "户",
    "urban_rural_ratio": "倍",
    "mean_consumption": "元/人·年",
} | {name: "比重" if MEASURES[name].factor == 100 else MEASURES[name].unit for name in UNEQUAL}
"""Measures of the table, with their units."""

SOURCE_NAMES = {"wage": "工资性收入", "business": "经营净收入", "property": "财产净收入", "transfer": "转移净收入"}
SHARE_ERRORS = {"se": "share_se", "lower": "share_lower", "upper": "share_upper"}
"""What an estimate tells of a source's share -> the column of the table of sources."""


def measures(edition: Edition) -> Any:
    """Measures of income a head (persons) and of household income, for each place, year and residence.

    These are the estimates themselves, every cell of them: `privacy.release` makes of them what may be published.
    `caution` marks estimates whose coefficient of variation is above the limit in the settings.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    DataFrame
        place, year, residence (all|urban|rural), measure, value, se, lower, upper, n (households), coverage
        (share of weight with a value), unit, status, source, caution, n_negative, weight_negative (households
        below 0 and the persons they stand for; gaps where they are fewer than can be published).
    """
    return estimates(edition)[0]


def estimates(edition: Edition) -> tuple[pd.DataFrame | Microdata, Linearized | None]:
    """The table of `measures`, and the same estimates with what their differences need.

    Returns
    -------
    tuple of (DataFrame, Linearized or None)
        The second holds every estimate, withheld ones too, in the order they were made, with the shares of income
        sources, the focus group's ratio and the parts of inequality beside them; None without households.
    """
    frame = edition.households
    if frame.empty:
        return pd.DataFrame(columns=COLUMNS), None
    frame = frame.assign(district=edition.district, everyone="all")
    frame["consumption_pc"] = frame["consumption"] / frame["size"]
    low = below(frame["income_pc"], edition.settings["low_income_line"])
    frame["low"] = np.where(frame["income_pc"].isna(), np.nan, low)
    person, house = designed(frame, "person_weight"), designed(frame, "weight")
    level = edition.settings["confidence_level"]
    parts, further = [], []
    for place in ("district", "place"):
        for residence in ("everyone", "residence"):
            by = [place, "year", residence]
            parts += [_named(p, place, residence) for p in _estimates(edition, person, house, by)]
            if set(INCOME_SOURCES.values()) <= set(frame.columns):  # a survey may ask for the total alone
                further.append(_named(source_shares(person, by, level), place, residence))
        ratio = ratio_of_means(
            person, frame["residence"] == "urban", frame["residence"] == "rural", [place, "year"], level=level
        )
        parts.append(_named(labelled(ratio, "urban_rural_ratio"), place))
    if members := edition.groups.get(edition.focus, ()):
        group = ratio_of_means(
            person, frame["place"].isin(members), frame["income_pc"].notna(), ["district", "year"], level=level
        )
        further.append(_named(labelled(group, "group_ratio"), "district"))
    further.append(inequality_parts.linearized(person, level, edition.settings.get("negative_incomes", "zero")))
    table = pd.concat([p.table for p in parts], ignore_index=True).rename(columns={"estimate": "value"})
    return _finished(table, edition, frame), stack([*parts, *further])


def designed(frame: pd.DataFrame | Microdata, weight: str) -> Design:
    """The survey's design: places and residence are strata, villages the clusters, years the rounds of a panel."""
    return Design(frame, weight=weight, strata="stratum", psu="village", panel="year", single="centered")


def labelled(part: Linearized, name: str) -> Linearized:
    """A part whose rows are one measure of this name."""
    return replace(part, table=part.table.assign(measure=name))


def _named(part, place, residence=None):
    """A part with the columns place and residence."""
    table = part.table.rename(columns={place: "place", **({residence: "residence"} if residence else {})})
    return replace(part, table=table if residence else table.assign(residence="all"))


def _estimates(edition, person, house, by):
    s = edition.settings
    asked = {
        "mean_income": "mean",
        "median_income": "median",
        "low_income": ("headcount", {"line": s["low_income_line"]}),
    }
    unequal = {name: (name, {"zeros": "drop"}) if name == "mean_log_deviation" else name for name in UNEQUAL}
    band = (
        "band_share",
        {"lower": s["middle_band_lower"], "upper": s["middle_band_upper"], "closed": s["middle_band_closed"]},
    )
    options = {"by": by, "missing": "drop", "undefined": "gap", "level": s["confidence_level"]}
    parts = [
        person.linearize(asked, "income_pc", **options, negatives="keep"),
        person.linearize(unequal, "income_pc", **options, negatives=s.get("negative_incomes", "zero")),
        person.linearize({"mean_consumption": "mean"}, "consumption_pc", **options),
        house.linearize({"band_share": band}, "income", **options, negatives="keep"),
    ]
    low = house.linearize({"low_households": "mean"}, "low", **options)
    known = house.frame[house.frame["low"].notna()].groupby(by)["weight"].sum().rename("stock").reset_index()
    stock = low.table[by].merge(known, on=by, how="left", validate="one_to_one")["stock"].to_numpy()
    table = low.table.copy()
    for column in ("estimate", "se", "lower", "upper"):
        table[column] = (table[column] * stock).clip(lower=0)
    return [*parts, replace(low, table=table, totals=scipy.sparse.diags(np.nan_to_num(stock)) @ low.totals)]


def ratio_of_means(
    design: Design,
    top: pd.Series | MicrodataColumn,
    bottom: pd.Series | MicrodataColumn,
    by: list[str],
    value: str = "income_pc",
    level: float = 0.95,
) -> Linearized:
    """Ratio of two groups' means with its linearised standard error; the groups may overlap.

    Parameters
    ----------
    design : Design
        Of rows with the columns named below.
    top, bottom : boolean Series
        Rows of the two groups.
    by : list of str
    value : str
    level : float

    Returns
    -------
    Linearized
        Its table has the `by` columns.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": 2024, "stratum": ["u"] * 2 + ["r"] * 2, "village": list("abcd"),
    ...                      "income_pc": [40.0, 60, 20, 30], "person_weight": 1.0})
    >>> town = rows["stratum"] == "u"
    >>> ratio_of_means(designed(rows, "person_weight"), town, ~town, ["year"]).table.round(3)[
    ...     ["estimate", "se"]].to_dict("records")
    [{'estimate': 2.0, 'se': 0.566}]
    """
    frame = design.frame
    there = frame[value].notna() & (top | bottom)
    w, x = frame[design.weight].where(there, 0.0), frame[value].astype(float).fillna(0.0)
    mean, share = {}, {}
    keys = [frame[c] for c in by]
    for name, mask in (("top", top & there), ("bottom", bottom & there)):
        inside = w.where(mask, 0.0)
        total = inside.groupby(keys).transform("sum")
        mean[name] = (inside * x).groupby(keys).transform("sum") / total
        share[name] = (mask.astype(float) * (x - mean[name])) / total
    ratio = mean["top"] / mean["bottom"]
    influence = share["top"] / mean["bottom"] - ratio * share["bottom"] / mean["bottom"]
    whole = w.groupby(keys).transform("sum")
    made = by_influence(design, (influence * whole).where(there), ratio, by, level)
    asked = frame[design.weight].where(top | bottom, 0.0).groupby(keys).sum().to_numpy()
    return replace(made, table=made.table.assign(coverage=w.groupby(keys).sum().to_numpy() / asked))


def source_shares(design: Design, by: list[str], level: float = 0.95) -> Linearized:
    """Share of each income source in income, for each group, as measures named `share_wage` and so on."""
    frame = design.frame
    columns = list(INCOME_SOURCES.values())
    there = frame[columns].notna().all(axis=1)
    w, keys = frame["weight"].where(there, 0.0), [frame[c] for c in by]
    income = frame[columns].sum(axis=1).where(there, 0.0)
    persons = frame[design.weight]
    total = (w * income).groupby(keys).transform("sum")
    whole = persons.where(there, 0.0).groupby(keys).transform("sum")
    scale = (w / persons * whole / total).to_numpy()[:, None]
    parts = frame[columns].where(there, 0.0)
    share = parts.mul(w, axis=0).groupby(keys).transform("sum").div(total, axis=0)
    z = scale * (parts.to_numpy() - share.to_numpy() * income.to_numpy()[:, None])
    z[~there.to_numpy()] = np.nan
    made = by_influence(design, z, share, by, level)
    names = [f"share_{name}" for name in INCOME_SOURCES]
    return replace(made, table=made.table.assign(measure=names * (len(made.table) // len(names))))


def _finished(frame, edition, households):
    """Units, statuses and sources."""
    status = households.groupby("year")["status"].agg(lambda s: weakest(s.dropna().unique()))
    frame["unit"] = frame["measure"].map(UNITS)
    frame["status"] = frame["year"].map(status)
    frame["source"] = edition.meta.get("source", "住户调查")
    negative = frame.reindex(columns=["n_negative", "weight_negative"]).astype(float)
    shown = (negative["n_negative"] == 0) | (negative["n_negative"] >= edition.settings["min_households"])
    frame[list(negative)] = negative.where(shown & frame["n"].notna())
    frame["caution"] = (frame["se"] / frame["value"]).abs() > edition.settings["cv_limit"]
    return frame[COLUMNS].sort_values(["measure", "place", "year", "residence"]).reset_index(drop=True)


def sources(edition: Edition) -> pd.DataFrame:
    """Income a head by source, and each source's share, for each place, year and residence.

    Households without one of the sources are left out; `coverage` is the share of persons that remain.

    Returns
    -------
    DataFrame
        place, year, residence, source, name, mean (yuan a head and year), se (of the mean), share (0 to 1, a ratio of
        two totals), share_se, share_lower, share_upper, n, coverage, unit, status, origin.
    """
    columns = [
        "place",
        "year",
        "residence",
        "source",
        "name",
        "mean",
        "se",
        "share",
        *(SHARE_ERRORS.values()),
        "n",
        "coverage",
        "unit",
        "status",
        "origin",
    ]
    frame = edition.households
    if frame.empty:
        return pd.DataFrame(columns=columns)
    frame = frame.assign(district=edition.district, everyone="all")
    design, parts = designed(frame, "person_weight"), []
    level = edition.settings["confidence_level"]
    for place in ("district", "place"):
        for residence in ("everyone", "residence"):
            by = [place, "year", residence]
            made = _source_means(frame, by)
            for errors in (_source_errors(design, by), _share_errors(design, by, level)):
                made = made.merge(errors, on=[*by, "source"], how="left", validate="one_to_one")
            parts.append(made.rename(columns={place: "place", residence: "residence"}))
    made = pd.concat(parts, ignore_index=True)
    status = frame.groupby("year")["status"].agg(lambda s: weakest(s.dropna().unique()))
    made = made.assign(
        name=made["source"].map(SOURCE_NAMES),
        unit="元/人·年",
        status=made["year"].map(status),
        origin=edition.meta.get("source", "住户调查"),
    )
    return made[columns].sort_values(["place", "year", "residence", "source"]).reset_index(drop=True)


def _source_errors(design, by):
    """Standard errors of the means by source, for each group."""
    frame, columns = design.frame, list(INCOME_SOURCES.values())
    there = frame[columns].notna().all(axis=1)
    persons, keys = frame[design.weight].where(there, 0.0), [frame[c] for c in by]
    head = frame[columns].where(there, 0.0).mul(frame["weight"] / frame[design.weight], axis=0)
    total = persons.groupby(keys).transform("sum")
    mean = head.mul(persons, axis=0).groupby(keys).transform("sum").div(total, axis=0)
    z = (head - mean).to_numpy(float)
    z[~there.to_numpy()] = np.nan
    made = by_influence(design, z, mean, by).table
    return made.assign(source=list(INCOME_SOURCES) * (len(made) // len(columns)))[[*by, "source", "se"]]


def _share_errors(design, by, level):
    """Standard errors and limits of the shares, for each group."""
    made = source_shares(design, by, level).table.rename(columns=SHARE_ERRORS)
    return made.assign(source=made["measure"].str.removeprefix("share_"))[[*by, "source", *SHARE_ERRORS.values()]]


def _source_means(frame, by):
    whole = frame.groupby(by)["person_weight"].sum()
    rows = frame.dropna(subset=[*INCOME_SOURCES.values()])
    persons = rows.groupby(by)["person_weight"].sum()
    parts = []
    for name, column in INCOME_SOURCES.items():
        total = (rows[column] * rows["weight"]).groupby([rows[c] for c in by]).sum()
        parts.append(
            pd.DataFrame({"mean": total / persons, "n": rows.groupby(by).size(), "coverage": persons / whole})
            .assign(source=name)
            .reset_index()
        )
    made = pd.concat(parts, ignore_index=True)
    made["share"] = made["mean"] / made.groupby(by)["mean"].transform("sum")
    return made
