"""Where an estimate comes from: published tables, indicators, or the households by the rules of disclosure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.errors import DataError, Fault, nearest, say
from research.indicators.aggregates import of_measure, roles
from research.indicators.analysis.estimates import Estimates
from research.indicators.analysis.tidy import About, limit, percent
from research.indicators.privacy import disclosure, release, withholding
from research.indicators.privacy.microdata import plain
from research.indicators.survey_tables import SHARE_ERRORS, SOURCE_NAMES, UNITS, designed
from research.measures import MEASURES

if TYPE_CHECKING:
    from research.indicators.edition import Edition

PUBLISHED = {
    ("mean", "income_pc"): "mean_income",
    ("median", "income_pc"): "median_income",
    ("headcount", "income_pc"): "low_income",
    ("band_share", "income"): "band_share",
    ("mean", "consumption_pc"): "mean_consumption",
}
"""Measures of a column that the published table calls by a name of their own; the others go by theirs."""
NAMES = {
    "mean_income": "人均可支配收入",
    "median_income": "人均可支配收入中位数",
    "mean_consumption": "人均消费支出",
    "band_share": "年收入{band}家庭比例",
    "low_income": "人均收入{line}以下人口比例",
    "low_households": "人均收入{line}以下户数",
    "urban_rural_ratio": "城乡居民收入倍差",
}
"""What they are called; the others as the measure itself."""
PRINTED = {"元/人·年": ("元", 1), "比重": ("%", 100)}
"""Unit of the table -> the unit that is printed, and the factor to it."""
COLUMNS = [
    "place",
    "year",
    "residence",
    "measure",
    "name",
    "value",
    "se",
    "lower",
    "upper",
    "n",
    "unit",
    "status",
    "source",
]
BY = ("place", "year", "residence")


def estimate(
    edition: Edition,
    measure: str | Sequence[str],
    column: str,
    place: object,
    by: Sequence[str],
    weight: str,
    options: dict[str, Any],
) -> Estimates:
    """See `Asking.estimate`."""
    asked = [measure] if isinstance(measure, str) else list(measure)
    places = _places(edition, place)
    by = [by] if isinstance(by, str) else list(by)
    further = [c for c in by if c not in BY]
    known = set(edition.indicators["id"])
    parts, unit = [], "person_weight" if column != "income" else weight
    for name in asked:
        published = PUBLISHED.get((name, column), name if column == "income_pc" or name in NAMES else "")
        if name in known:
            parts.append(_indicator(edition, name))
        elif name.startswith(("share_", "mean_")) and name.partition("_")[2] in SOURCE_NAMES:
            parts.append(_source(edition, name))
        elif published in UNITS and not options and not further and weight in (unit, "person_weight"):
            parts.append(_published(edition, published))
        else:
            parts.append(_computed(edition, name, column, by, weight, options))
    frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)
    frame = frame[frame["place"].isin(places)] if places is not None else frame
    if "residence" not in by and not further:
        frame = frame[frame["residence"] == "all"]
    if "year" not in by:
        frame = frame[frame["year"] == edition.edition]
    kept = [*COLUMNS, *further, *(c for c in EXTRA if c in frame)]
    rank = {m: k for k, m in enumerate(dict.fromkeys(frame["measure"]))}
    order = frame.assign(_=frame["measure"].map(rank)).sort_values(["_", "place", "year"], kind="stable").index
    about = replace(
        _about(edition, (places or [edition.district])[0], frame, [PUBLISHED.get((m, column), m) for m in asked]),
        elsewhere=lambda code: estimate(edition, measure, column, code, by, weight, options),
    )
    return Estimates(frame.loc[order].reindex(columns=kept).reset_index(drop=True)).told(about)


EXTRA = ("share", "caution", "n_negative", "weight_negative", "withheld", "below", "adopted", "eblup", "chosen",
         "model_level")  # fmt: skip
"""Columns of the published tables that go with an estimate where they are there."""


def _places(edition: Edition, place: object) -> list[str] | None:
    """Codes of the places asked for; None for all."""
    if isinstance(place, str) and place == "*":
        return None
    wanted = [place] if isinstance(place, str) or not isinstance(place, Sequence) else list(place)
    found = [str(p) if p else edition.district for p in wanted]
    for code in found:
        edition.name(code)
    return found


def words_of(edition: Edition, place: str) -> dict[str, Any]:
    """What sentences about a place may name."""
    return {
        "place": edition.name(place),
        "whole": edition.whole,
        "plan": edition.plan.name,
        "horizon": edition.plan.end,
        "year": edition.edition,
        "level": f"{percent(edition):g}%",
    }


def _about(edition: Edition, place: str, frame: pd.DataFrame, asked: Sequence[str]) -> About:
    """Words, and the sentence where there is nothing; it says so where it is withheld."""
    name = edition.name(place)
    own = frame[frame["place"] == place]
    what = frame["name"].iloc[0] if len(frame) else named(edition, asked[0])
    gone = "withheld" in own and own.loc[own["year"] == edition.edition, "withheld"].fillna(False).any()
    absent = f"为保护住户信息，{name}的{what}数据不予公布。" if gone else f"{name}暂无{what}数据。"
    words = words_of(edition, place) | ({"name": what} if len(asked) == 1 else {})
    return About(words, edition.status, absent, edition=edition, place=place)


def named(edition: Edition, measure: str) -> str:
    """What a measure or an indicator is called here."""
    if measure in NAMES:
        return NAMES[measure].format(**edition.words)
    if measure in MEASURES:
        return MEASURES[measure].zh
    rows = edition.indicators.set_index("id")["name_zh"]
    return str(rows.get(measure, SOURCE_NAMES.get(measure.partition("_")[2], measure)))


def indicators_of(edition: Edition) -> dict[tuple[str, str], str]:
    """Measure and residence of the survey -> the indicator that states it."""
    known = {(r.measure, r.residence): r.id for r in roles(edition.indicators).itertuples()}
    if group := of_measure(edition.indicators, "group_ratio"):
        known = {k: v for k, v in known.items() if v != group} | {("group_ratio", "all"): group}
    return known


# --- what is published ---------------------------------------------------------------------------------------


def table_of(edition: Edition, name: str) -> pd.DataFrame:
    """A built table; without a row where the edition has none of that name."""
    try:
        return edition.table(name)
    except DataError as error:
        if getattr(error.faults[0], "kind", "") != "table":
            raise
        return pd.DataFrame(columns=COLUMNS)


def _published(edition: Edition, measure: str) -> pd.DataFrame:
    rows = table_of(edition, "measures")
    if "measure" not in rows or rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    rows = _scaled(rows[rows["measure"] == measure]).assign(name=named(edition, measure))
    model = table_of(edition, "small_area")
    if "eblup" not in model:
        return rows
    model = model[model["measure"] == measure][["place", "year", "eblup", "chosen", "model_level"]]
    model = model.assign(residence="all")
    factor = PRINTED.get(UNITS[measure], ("", 1))[1]
    model["eblup"] = model["eblup"] * factor
    return rows.merge(model, on=["place", "year", "residence"], how="left", validate="one_to_one")


def _scaled(rows: pd.DataFrame) -> pd.DataFrame:
    """Values in the unit that is printed."""
    unit = rows["unit"].iloc[0] if len(rows) else ""
    printed, factor = PRINTED.get(unit, (unit, 1))
    numbers = {c: rows[c].astype(float) * factor for c in ("value", "se", "lower", "upper", "below") if c in rows}
    return rows.assign(**numbers, unit=printed)


def _source(edition: Edition, measure: str) -> pd.DataFrame:
    """Income by source: its share of income in per cent, or its mean in yuan; with error and limits."""
    kind, _, source = measure.partition("_")
    rows = table_of(edition, "sources")
    if "origin" not in rows:
        return pd.DataFrame(columns=COLUMNS)
    rows = rows[rows["source"] == source].rename(columns={"origin": "source", "source": "part"})
    if kind == "share":
        made = {one: 100 * rows[column].astype(float) for one, column in {"value": "share", **SHARE_ERRORS}.items()}
    else:
        half = limit(percent(edition)) * rows["se"].astype(float)
        made = {"value": rows["mean"], "lower": rows["mean"] - half, "upper": rows["mean"] + half}
    return rows.assign(measure=measure, name=SOURCE_NAMES[source], unit="%" if kind == "share" else "元", **made)


def _indicator(edition: Edition, indicator: str) -> pd.DataFrame:
    """An indicator's values over the years, with the edition's limits where it has an error."""
    rows = edition.observations
    rows = rows[(rows["indicator"] == indicator) & rows["value"].notna()]
    rows = rows.assign(
        measure=indicator,
        residence="all",
        name=named(edition, indicator),
        **{c: np.nan for c in ("se", "n") if c not in rows},
    )
    if "lower" not in rows:
        half = limit(percent(edition)) * rows["se"].astype(float)
        rows = rows.assign(lower=rows["value"] - half, upper=rows["value"] + half)
    return rows


# --- what is computed ----------------------------------------------------------------------------------------


def _computed(
    edition: Edition, measure: str, column: str, by: Sequence[str], weight: str, options: dict[str, Any]
) -> pd.DataFrame:
    """A measure of the households by groups, as it may be published."""
    homes = plain(edition.households)
    _there(edition, homes, measure, [column, weight, *by])
    if homes.empty:
        return pd.DataFrame(columns=COLUMNS)
    further = [c for c in by if c not in BY]
    level = edition.settings["confidence_level"]
    parts = []
    for whole in (True, False):
        rows = homes.assign(place=edition.district) if whole else homes
        for split in [False, True] if "residence" in by else [False]:
            frame = rows if split else rows.assign(residence="all")
            made = designed(frame, weight).estimate(
                measure if not options else (measure, options),
                column,
                by=[*BY, *further],
                level=level,
                undefined="gap",
                missing="drop",
            )
            parts.append(made)
    table = pd.concat(parts, ignore_index=True).rename(columns={"estimate": "value"})
    count = table["n"].to_numpy(float)
    table = release.groups(edition, table.assign(measure=measure))
    gone = table["value"].isna()
    if further:
        gone = _further_gaps(edition, table, count, further)
    else:
        table = withholding.withhold(table.assign(withheld=gone), edition.withheld)
        gone = table["value"].isna()
    factor, unit = MEASURES[measure].factor, MEASURES[measure].unit or ("元" if "income" in column else "系数")
    numbers = {c: table[c].astype(float).mask(gone) * factor for c in ("value", "se", "lower", "upper")}
    return table.assign(
        **numbers,
        unit=unit,
        name=MEASURES[measure].zh,
        withheld=gone,
        status=weakest(homes["status"].dropna().unique()),
    )


def _further_gaps(edition: Edition, table: pd.DataFrame, count: Any, further: Sequence[str]) -> pd.Series:
    """Groups that are withheld, with those that protect them: all groups, all places, town and country have a total.

    Where a place's own cell is withheld, its groups are.
    """
    keys = pd.MultiIndex.from_frame(table[[*BY]])
    hidden = edition.withheld
    gone = table["value"].isna().to_numpy() | keys.isin(pd.MultiIndex.from_frame(hidden[[*BY]]))
    parts = {
        column: table[column].ne(total).to_numpy()
        for column, total in (("place", edition.district), ("residence", "all"))
    }
    lines = [([*BY], np.ones(len(table), bool))]
    lines += [([c for c in (*BY, *further) if c != column], rows) for column, rows in parts.items()]
    while True:
        before = gone.copy()
        for columns, rows in lines:
            for at in table[rows].reset_index(drop=True).groupby(columns, dropna=False).indices.values():
                at = np.flatnonzero(rows)[at]
                gone[at] = disclosure.second_gap(count[at], gone[at], edition.settings["min_households"])
        if (gone == before).all():
            return pd.Series(gone, index=table.index)


def _there(edition: Edition, homes: pd.DataFrame, measure: str, columns: Sequence[str]) -> None:
    """Refuse a measure or a column that does not exist, naming what does."""
    if measure not in MEASURES:
        known = [*dict.fromkeys([*UNITS, *release.SMOOTH, *edition.indicators["id"]])]
        shown = [*dict.fromkeys([*UNITS, *release.SMOOTH])]
        raise DataError(
            Fault(
                say("measure of the estimate", "估计的测度"),
                say(f"one of {', '.join(shown)}, or an indicator's id", f"以下之一：{'、'.join(shown)}，或指标编号"),
                repr(measure),
                nearest(measure, known),
                "measure",
            )
        )
    lacking = [c for c in columns if c not in homes.columns] if len(homes) else []
    if lacking:
        there = [c for c in homes.columns if c != "household"]
        raise DataError(
            Fault(
                say("column of the households", "住户数据的列"),
                say("one of " + ", ".join(there), "以下之一：" + "、".join(there)),
                ", ".join(lacking),
                nearest(lacking[0], there),
                "column",
            )
        )
