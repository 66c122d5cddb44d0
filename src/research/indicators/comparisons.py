"""The one answer to "is this a difference?": every comparison of the book with its test, decided here and nowhere else.

Differences of the household survey are contrasts of its design: a place inside its district, a year against another
over the same villages, town against country. Indicators that were handed in with a standard error are compared by
it. Comparisons that are made side by side are a family, and its p-values are adjusted by one rule (settings).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from research.core.status import weakest
from research.indicators.aggregates import of_measure, roles
from research.indicators.privacy import income_sources
from research.measures.survey import tested
from research.measures.survey.families import adjusted

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.microdata import Microdata
    from research.measures.survey.linearized import Linearized


KINDS = {
    "change": "与上年相比",
    "since": "与首年相比",
    "district": "与总体相比",
    "residence": "农村与城镇相比",
    "income_share": "对差距的贡献与收入占比相比",
}
"""Kinds of comparison; a family is one kind, measure, year and level (the district, or all its places)."""

KEY = ["kind", "measure", "place", "residence", "year"]
COLUMNS = [
    *KEY,
    "against_place",
    "against_residence",
    "against_year",
    "value",
    "reference",
    "difference",
    "se",
    "lower",
    "upper",
    "df",
    "statistic",
    "p_value",
    "family",
    "p_adjusted",
    "significant",
    "growth",
    "growth_lower",
    "growth_upper",
    "status",
    "source",
]
GROWING = ("mean_income", "median_income")
"""Measures whose growth is told in per cent."""
_FAMILIES = {
    "share": "shares",
    "theil": "theil_parts",
    "excess": "source_effects",
    "gapshare": "gap_shares",
    "sourceratio": "source_ratios",
}
"""Measures that are parts of one whole, by the head of their name: one family."""


def comparisons(
    edition: Edition, kept: Linearized | None, adopted: pd.DataFrame, spreads: pd.DataFrame
) -> pd.DataFrame | Microdata:
    """All comparisons of the edition's survey measures and of indicators with a standard error.

    Parameters
    ----------
    edition : Edition
    kept : Linearized or None
        As `survey_tables.estimates` gives it.
    adopted : DataFrame
        `measures` with the adopted figures; what is withheld there is compared with nothing.
    spreads : DataFrame
        `place_spread` of `between_places.tables`: changes of spreads between places, by the bootstrap.

    Returns
    -------
    DataFrame
        `kind` (`KINDS`), `measure` (or an indicator's id), place, residence and year, what it is held against, value,
        reference, difference (value less reference), se, interval, df, t `statistic`, `p_value`, `family`,
        `p_adjusted`, `significant` (at the settings' level, after adjustment; missing without a test), growth with its
        interval (of incomes between two years, a share), status, source.
    """
    level = float(edition.settings["confidence_level"])
    parts = [_survey(edition, kept, adopted, level), _reported(edition, level), _spreads(edition, spreads, level)]
    parts = [p for p in parts if len(p)]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    frame = pd.concat(parts, ignore_index=True)
    place = np.where(frame["place"] == edition.district, "district", "places")
    measure = frame["measure"].str.partition("_")[0].map(_FAMILIES).fillna(frame["measure"])
    frame["family"] = frame["kind"] + "|" + measure + "|" + frame["year"].astype(str) + "|" + place
    rule = edition.settings.get("comparison_rule", "holm")
    frame["p_adjusted"] = frame.groupby("family", sort=False)["p_value"].transform(lambda p: adjusted(p, rule))
    significant = (frame["p_adjusted"] < 1 - level).astype("boolean")
    frame["significant"] = significant.mask(frame["p_adjusted"].isna())
    return frame.reindex(columns=COLUMNS).sort_values(KEY, ignore_index=True)


# --- the household survey ------------------------------------------------------------------------------------


def _survey(edition, kept, adopted, level):
    if kept is None:
        return pd.DataFrame(columns=COLUMNS)
    kept, gamma = _published(edition, kept, adopted)
    rows = kept.table.assign(at=np.arange(len(kept.table)))
    excess = rows["measure"].str.startswith("excess_")  # a difference already: held against nought, never over time
    pairs = [p for p in (*_over_time(rows[~excess], edition), _to_district(rows[~excess], edition),
                         _town_country(rows[~excess])) if len(p)]  # fmt: skip
    effects = _effects(edition, rows[excess], level)
    if not pairs:
        return pd.DataFrame(columns=COLUMNS)
    pairs = pd.concat(pairs, ignore_index=True)
    found = kept.differences(pairs["at_r"], pairs["at"], level, gamma)
    status = [weakest([a, b]) for a, b in zip(pairs["status"], pairs["status_r"], strict=True)]
    made = pairs.assign(value=pairs["estimate"], reference=pairs["estimate_r"], **found, status=status,
                        against_place=pairs["place_r"], against_residence=pairs["residence_r"],
                        against_year=pairs["year_r"], **_growth(kept, pairs, level, gamma))  # fmt: skip
    return pd.concat([made, effects], ignore_index=True).assign(source=edition.meta.get("source", "住户调查"))


def _growth(kept, pairs, level, gamma):
    """Growth of incomes between two years with its interval, by the difference of logarithms."""
    out = {c: np.full(len(pairs), np.nan) for c in ("growth", "growth_lower", "growth_upper")}
    asked = np.flatnonzero(pairs["kind"].isin(["change", "since"]) & pairs["measure"].isin(GROWING))
    if not len(asked):
        return out
    table, value = kept.table, kept.table["estimate"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = replace(kept, table=table.assign(estimate=np.log(value), se=table["se"] / value),
                       totals=scipy.sparse.diags(1 / value) @ kept.totals)  # fmt: skip
    found = logs.differences(pairs["at_r"].to_numpy()[asked], pairs["at"].to_numpy()[asked], level, gamma)
    for column, ends in (("growth", "difference"), ("growth_lower", "lower"), ("growth_upper", "upper")):
        out[column][asked] = np.expm1(found[ends].to_numpy())
    return out


def _effects(edition, rows, level):
    """Each source's share of the Gini coefficient less its share of income, against nought."""
    found = tested(rows["estimate"].to_numpy(float), rows["se"].to_numpy(float), rows["df"].to_numpy(float), level)
    return rows.assign(
        kind="income_share",
        value=rows["estimate"],
        reference=0.0,
        **found,
        against_place=rows["place"],
        against_residence="all",
        against_year=rows["year"],
    )


def _published(edition, kept, adopted):
    """The estimates that are published, with the adopted figures in the place of the direct ones."""
    key = ["place", "year", "residence", "measure"]
    table = kept.table.merge(
        adopted[[*key, "value", "se", "gamma", "adopted", "status"]].rename(columns={"se": "own"}),
        on=key,
        how="left",
        validate="one_to_one",
        indicator=True,
    )
    named = (table["_merge"] == "both").to_numpy()
    status = edition.households.groupby("year")["status"].agg(lambda s: weakest(s.dropna().unique()))
    model = table["adopted"].eq("model").to_numpy()
    hidden = _hidden(edition, table)
    table["estimate"] = np.where(named, table["value"], np.where(hidden, np.nan, table["estimate"]))
    table["se"] = np.where(model, table["own"], table["se"])
    table["status"] = table["status"].fillna(table["year"].map(status))
    gamma = np.where(model, table["gamma"].astype(float), 1.0)
    keep = np.flatnonzero(table["estimate"].notna() & table["se"].gt(0))
    table = table[[*key, "estimate", "se", "df", "status"]].iloc[keep].reset_index(drop=True)
    return replace(kept, table=table, totals=kept.totals[keep]), gamma[keep]


def _hidden(edition, table):
    """Shares and ratios of cells that are withheld, or of too few households."""
    cells = edition.withheld
    gone = pd.MultiIndex.from_frame(cells[["place", "year", "residence"]])
    mine = pd.MultiIndex.from_frame(table[["place", "year", "residence"]]).isin(gone)
    parts = pd.MultiIndex.from_frame(income_sources.pattern(edition, cells)[["place", "year", "residence"]])
    source = table["measure"].str.startswith("share_").to_numpy() & pd.MultiIndex.from_frame(
        table[["place", "year", "residence"]]
    ).isin(parts)
    return mine | source | (table["n"] < edition.settings["min_households"]).to_numpy()


def _over_time(rows, edition):
    """Each year against the one before, and against the first; for places the whole of each only."""
    rows = rows[(rows["place"] == edition.district) | (rows["residence"] == "all")]
    on = ["measure", "place", "residence"]
    before = rows.assign(year=rows["year"] + 1, year_r=rows["year"])
    yield _pairs(rows, before, [*on, "year"], "change")
    first = rows[rows["year"] == rows["year"].min()].assign(year_r=rows["year"].min())
    later = rows[rows["year"] > rows["year"].min()]
    yield _pairs(later, first.drop(columns="year"), on, "since")


def _to_district(rows, edition):
    rows = rows[rows["residence"] == "all"]
    whole = rows[rows["place"] == edition.district].assign(place_r=edition.district).drop(columns="place")
    own = rows[(rows["place"] != edition.district) & (rows["measure"] != "low_households")]  # a count is no rate
    return _pairs(own, whole, ["measure", "residence", "year"], "district")


def _town_country(rows):
    town = rows[rows["residence"] == "urban"].assign(residence_r="urban").drop(columns="residence")
    own = rows[(rows["residence"] == "rural") & (rows["measure"] != "low_households")]
    return _pairs(own, town, ["measure", "place", "year"], "residence")


def _pairs(rows, others, on, kind):
    """Rows beside the ones they are held against, whose columns end in `_r`."""
    keep = [*on, "at", "estimate", "status", *(c for c in ("place_r", "residence_r", "year_r") if c in others)]
    made = rows.merge(others[keep], on=on, suffixes=("", "_r"), validate="many_to_one")
    for column in ("place", "residence", "year"):
        if f"{column}_r" not in made:
            made[f"{column}_r"] = made[column]
    return made.assign(kind=kind)


def _spreads(edition, spreads, level):
    """Changes of the spreads between places since the first year, by their bootstrap error."""
    rows = spreads[spreads["change"].notna()]
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    free = np.full(len(rows), float(rows["df"].min()))
    found = tested(rows["change"].to_numpy(float), rows["change_se"].to_numpy(float), free, level)
    return rows.assign(kind="since", measure=rows["gap"], place=edition.district, residence="all", **found,
                       reference=rows["value"] - rows["change"], against_place=edition.district,
                       against_residence="all", against_year=rows["first_year"])  # fmt: skip


# --- indicators handed in with a standard error --------------------------------------------------------------


def _reported(edition, level):
    """Indicators with a standard error that no measure of the survey gives."""
    rows = edition.handed_in
    if "se" not in rows:
        return pd.DataFrame(columns=COLUMNS)
    given = set(roles(edition.indicators)["id"]) if len(edition.households) else set()
    rows = rows[rows["se"].notna() & rows["value"].notna() & ~rows["indicator"].isin(given)]
    rows = rows.rename(columns={"indicator": "measure", "value": "estimate"}).assign(residence="all")
    rows = rows.assign(at=np.arange(len(rows)), year=rows["year"].astype(int),
                       n=pd.to_numeric(rows["n"]) if "n" in rows else np.nan)  # fmt: skip
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    first = rows.loc[rows.groupby(["measure", "place"])["year"].idxmin()]
    later = rows[rows["year"] > rows.set_index(["measure", "place"]).index.map(
        first.set_index(["measure", "place"])["year"])]  # fmt: skip
    on = ["measure", "place", "residence"]
    parts = [_pairs(rows, rows.assign(year=rows["year"] + 1, year_r=rows["year"]), [*on, "year"], "change"),
             _pairs(later, first.assign(year_r=first["year"]).drop(columns="year"), on, "since"),
             _to_district(rows, edition)]  # fmt: skip
    pairs = pd.concat([p for p in parts if len(p)], ignore_index=True)
    other = rows.set_index("at").loc[pairs["at_r"]]
    se, se_r, n, n_r = (s.to_numpy(float) for s in (pairs["se"], other["se"], pairs["n"], other["n"]))
    inside = np.where(pairs["kind"].eq("district"), np.nan_to_num(np.clip(n / n_r, 0, 1)), 0.0)
    # A place is part of the district's sample: what it adds there it shares. Years are samples of their own.
    spread = np.sqrt(np.maximum(se**2 + se_r**2 - 2 * inside * se**2, 0.0))
    df = np.fmax(np.fmin(n, n_r) - 1, 1.0)
    found = tested((pairs["estimate"] - pairs["estimate_r"]).to_numpy(), spread, np.where(np.isnan(df), 1e6, df), level)
    status = [weakest([a, b]) for a, b in zip(pairs["status"], pairs["status_r"], strict=True)]
    return pairs.assign(value=pairs["estimate"], reference=pairs["estimate_r"], **found, status=status,
                        against_place=pairs["place_r"], against_residence=pairs["residence_r"],
                        against_year=pairs["year_r"])  # fmt: skip


def verdicts(edition: Edition, table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Verdict on each indicator of each place and year, by one kind of comparison.

    Parameters
    ----------
    edition : Edition
    table : DataFrame
        As `comparisons` makes it.
    kind : str
        One of `KINDS`.

    Returns
    -------
    DataFrame
        place, year, indicator, against_year, se and difference (in the indicator's unit), p_adjusted, significant.
    """
    rows = table[table["kind"] == kind]
    known = roles(edition.indicators)[["id", "measure", "residence", "factor"]]
    if group := of_measure(edition.indicators, "group_ratio"):
        known = known[known["id"] != group]
        known.loc[len(known)] = [group, "group_ratio", "all", 1.0]
    made = rows.merge(known, on=["measure", "residence"], how="left")
    own = made["id"].isna() & made["measure"].isin(edition.indicators["id"])
    made["indicator"], made["factor"] = made["id"].where(~own, made["measure"]), made["factor"].fillna(1.0)
    made = made[made["indicator"].notna()]
    made = made.assign(se=made["se"] * made["factor"], difference=made["difference"] * made["factor"])
    return made[["place", "year", "indicator", "against_year", "difference", "se", "p_adjusted", "significant"]]
