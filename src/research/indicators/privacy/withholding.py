"""One rule for every table of the survey: which cells place x residence are withheld, and the proof that it holds.

The pattern of a year is found once, on the households behind each cell, and holds for every measure: a cell that is
withheld in one table is withheld in all, so that no table gives away what another hides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.errors import DataError, Fault, say
from research.indicators.privacy import disclosure

KEY = ["place", "year", "residence"]
HIDDEN = ("value", "se", "lower", "upper", "n", "coverage", "mean", "share")
"""Columns that are gaps where a cell is withheld."""


def cells(edition, year):
    """Every cell of a year with the households behind it: places, the district, the groups, each by residence.

    Parameters
    ----------
    edition : Edition
    year : int

    Returns
    -------
    DataFrame
        place, year, residence, n (households with an income), why (a primary reason, or "").
    """
    rule = disclosure.rules(edition.settings)
    frame = edition.households
    frame = frame[frame["year"].eq(year) & frame["income"].notna()]
    members = {edition.district: list(edition.places["code"]), **_groups(edition)}
    rows = []
    for place in [*edition.places["code"], *members]:
        here = frame[frame["place"].isin(members.get(place, [place]))]
        for residence in ("urban", "rural", "all"):
            part = here if residence == "all" else here[here["residence"].eq(residence)]
            amount = (part["income"].abs() * part["weight"]).to_numpy(float)  # a large loss gives itself away too
            rows.append((place, year, residence, len(part), disclosure.reason(amount, rule) if len(part) else ""))
    return pd.DataFrame(rows, columns=[*KEY, "n", "why"])


def _groups(edition):
    known = set(edition.places["code"])
    return {f"group:{name}": [c for c in codes if c in known] for name, codes in edition.groups.items()
            if set(codes) & known}


def totals(edition):
    """The sums of the table: the district and each group of its places, all of urban and rural."""
    tree = {edition.district: list(edition.places["code"]), **_groups(edition)}
    return {"place": tree, "residence": {"all": ["urban", "rural"]}}


def pattern(edition):
    """Withheld cells of all years: place, year, residence, withheld (count, dominance, p_percent, secondary)."""
    parts = []
    for year in edition.survey_years:
        table = cells(edition, year)
        if table["why"].ne("").any():
            table = disclosure.protect(table, "n", "why", totals(edition), disclosure.rules(edition.settings))
            parts.append(table[table["withheld"].ne("")][[*KEY, "withheld"]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*KEY, "withheld"])


def withhold(frame, hidden):
    """A table of the survey without its withheld cells: what they hold becomes a gap.

    Parameters
    ----------
    frame : DataFrame
        With place, year, residence.
    hidden : DataFrame
        As `pattern` gives it. A ratio of town to country goes with either of its parts; counts of low-income
        households go with any.

    Returns
    -------
    DataFrame
    """
    if hidden.empty or frame.empty:
        return frame
    gone = pd.MultiIndex.from_frame(hidden[KEY])
    out = pd.MultiIndex.from_frame(frame[KEY]).isin(gone)
    if "measure" in frame:
        parts = pd.MultiIndex.from_frame(hidden[["place", "year"]])
        out |= frame["measure"].eq("urban_rural_ratio").to_numpy() & pd.MultiIndex.from_frame(
            frame[["place", "year"]]).isin(parts)
        out |= _counts(frame, hidden)
    frame = frame.copy()
    columns = [c for c in HIDDEN if c in frame]
    frame[columns] = frame[columns].astype(float)
    frame.loc[out, columns] = np.nan
    return frame


def _counts(frame, hidden):
    """Counts of low-income households that go with a withheld cell: many are nought, so they cannot hide each other.

    In a year with a withheld cell no place's count by residence is shown, and in one in which a whole place is
    withheld no place's count at all; the district's stay.
    """
    low = frame["measure"].eq("low_households") & ~frame["place"].isin(_districts(frame))
    whole = hidden[hidden["residence"].eq("all") & ~hidden["place"].astype(str).str.startswith("group:")]["year"]
    split = frame["residence"].ne("all") & frame["year"].isin(hidden["year"])
    return (low & (split | frame["year"].isin(whole))).to_numpy()


def _districts(frame):
    """The shortest code is the district's."""
    return frame["place"][frame["place"].str.len() == frame["place"].str.len().min()].unique()


def audit(edition, measures):
    """Faults of published sums: cells that are gaps and that anyone could work out from the rest.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As published: gaps where cells are withheld. The counts behind a mean and the counts of low-income
        households add up over places and over town and country; both are looked at, by linear programming.

    Returns
    -------
    list of Fault
        Empty when no withheld cell follows from the shown ones.
    """
    rule, faults = disclosure.rules(edition.settings), []
    for year in edition.survey_years:
        truth = cells(edition, year)
        for measure, column in (("mean_income", "n"), ("low_households", "value")):
            shown = measures[measures["measure"].eq(measure) & measures["year"].eq(year)].set_index(KEY)[column]
            table = truth.join(shown.rename("shown"), on=KEY)
            hidden = (table["shown"].isna() & table["n"].gt(0)).to_numpy()
            if not hidden[table["why"].ne("")].any():  # nothing to guard; a gap may have other reasons
                continue
            value = table["n"].to_numpy(float) if column == "n" else _low(edition, table)
            sums = disclosure.relations(table, totals(edition))
            for cell in disclosure.exposed(value, hidden, sums, rule.p):
                if not table["why"].iloc[cell] or not value[cell]:  # a total of nought leaves no part to guess
                    continue
                place, _, residence = table.loc[cell, KEY]
                faults.append(Fault(f"measures, {measure}, {place}, {year}, {residence}",
                                    say("a cell that stays withheld", "不公布的单元格不可推算"),
                                    say("one that follows from the others", "可由其他单元格推算"),
                                    say("withhold one more, or merge two", "请再隐去一个，或合并两个"), "disclosure"))
    return faults


def _low(edition, table):
    """Weighted households below the line, for each cell of a table of `cells`."""
    frame = edition.households
    frame = frame[frame["income"].notna()]
    low = frame["weight"].where(frame["income_pc"] < edition.settings["low_income_line"], 0.0)
    members = {edition.district: list(edition.places["code"]), **_groups(edition)}
    out = []
    for place, year, residence in table[KEY].itertuples(index=False, name=None):
        inside = frame["place"].isin(members.get(place, [place])) & frame["year"].eq(year)
        out.append(low[inside & (frame["residence"].eq(residence) | (residence == "all"))].sum())
    return np.array(out)


def refuse_exposed(edition, measures):
    """Stop a build whose tables give a withheld cell away.

    Raises
    ------
    DataError
        Naming each such cell.
    """
    faults = audit(edition, measures)
    if faults:
        raise DataError(faults)
