"""One rule for every table of the survey: which cells place x residence are withheld, and the proof that it holds.

The pattern of a year is found once, on the households behind each cell, and holds for every measure: a cell that is
withheld in one table is withheld in all, so that no table gives away what another hides. A share has a pattern of its
own besides, on the households that it counts and on those that it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from research.errors import DataError, Fault, say
from research.indicators.privacy import disclosure, exposure
from research.indicators.privacy.years import Changes
from research.measures.policy import below

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.microdata import Microdata

KEY = ["place", "year", "residence"]
HIDDEN = ("value", "se", "lower", "upper", "n", "coverage", "mean", "share", "share_se", "share_lower", "share_upper",
          "n_negative", "weight_negative")  # fmt: skip
"""Columns that are gaps where a cell is withheld."""
SHARES = {"low_income": "low", "low_households": "low", "band_share": "band"}
"""Measures that count some of the households: measure -> the column that says which."""
RATES = {"low_income": "persons", "band_share": "homes"}
"""Shares of them: measure -> the column whose sums it divides."""


class Cell(NamedTuple):
    """One cell of a year's table: its key, and the rows of its households."""

    place: str
    residence: str
    rows: np.ndarray


def homes(edition: Edition, year: int) -> pd.DataFrame:
    """Households of a year with an income, with what the shares count: `amount`, `low`, `band`.

    Parameters
    ----------
    edition : Edition
    year : int

    Returns
    -------
    DataFrame
    """
    s, frame = edition.settings, edition.households
    frame = frame[frame["year"].eq(year) & frame["income"].notna()]
    closed = {"both": "both", "left": "left", "right": "right", "neither": "neither"}[s["middle_band_closed"]]
    band = frame["income"].between(s["middle_band_lower"], s["middle_band_upper"], inclusive=closed)
    return pd.DataFrame(
        {
            "place": frame["place"],
            "residence": frame["residence"],
            "amount": frame["income"].abs() * frame["weight"],
            "persons": frame["person_weight"],
            "homes": frame["weight"],
            "low": below(frame["income_pc"], s["low_income_line"]),
            "band": band,
        }
    ).reset_index(drop=True)


def laid_out(edition: Edition, frame: pd.DataFrame | Microdata, grouped: bool = True) -> list[Cell]:
    """Every cell of a year: places, the district, and (`grouped`) the groups of places, each by residence.

    Returns
    -------
    list of Cell
    """
    members = {edition.district: list(edition.places["code"]), **(_groups(edition) if grouped else {})}
    rows = {place: np.flatnonzero(frame["place"].eq(place)) for place in edition.places["code"]}
    urban, made = frame["residence"].eq("urban").to_numpy(), []
    for place in [*edition.places["code"], *members]:
        here = np.concatenate([rows[p] for p in members.get(place, [place])])
        made += [
            Cell(place, "urban", here[urban[here]]),
            Cell(place, "rural", here[~urban[here]]),
            Cell(place, "all", here),
        ]
    return made


def cells(edition: Edition, year: int) -> pd.DataFrame:
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
    rule, frame = disclosure.rules(edition.settings), homes(edition, year)
    amount = frame["amount"].to_numpy(float)
    rows = [
        (c.place, year, c.residence, len(c.rows), disclosure.reason(amount[c.rows], rule) if len(c.rows) else "")
        for c in laid_out(edition, frame)
    ]
    return pd.DataFrame(rows, columns=[*KEY, "n", "why"])


def _groups(edition):
    known = set(edition.places["code"])
    return {
        f"group:{name}": [c for c in codes if c in known]
        for name, codes in edition.groups.items()
        if set(codes) & known
    }


def totals(edition: Edition, grouped: bool = True) -> dict[str, dict[str, list[str]]]:
    """The sums of the table: the district and each group of its places, all of urban and rural."""
    tree = {edition.district: list(edition.places["code"]), **(_groups(edition) if grouped else {})}
    return {"place": tree, "residence": {"all": ["urban", "rural"]}}


def pattern(edition: Edition) -> pd.DataFrame:
    """Withheld cells of all years: place, year, residence, withheld (count, dominance, p_percent, years, secondary).

    Besides the rules of its own year a cell is withheld ("years") where what changed against a year before, in which
    it is shown, stands on few households: the two published totals would tell what these add; and where it is
    withheld in a year before and so few changed since that it would tell what it was.
    """
    parts: list[pd.DataFrame] = []
    for year in edition.survey_years:
        changes = Changes(edition, year)
        table = _of_change(edition, cells(edition, year), changes, parts)
        if table["why"].ne("").any():
            table = _protected(edition, year, table, changes)
            parts.append(table[table["withheld"].ne("")][[*KEY, "withheld"]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*KEY, "withheld"])


def _of_change(edition, table, changes, former):
    """The cells of a year with the reason of those that may not be held against a year before in which they stand."""
    gone, of = keys(former), leaves(edition)
    why = []
    for place, residence, own in table[["place", "residence", "why"]].itertuples(index=False, name=None):
        shown = [before for before in changes.pairs if (place, before, residence) not in gone]
        why.append(own or changes.why(of(place, residence), shown) or still(changes, of, gone, place, residence))
    return table.assign(why=why)


def keys(parts: Iterator[Any] | list[pd.DataFrame]) -> set[tuple[str, int, str]]:
    """Place, year and residence of all cells of some tables."""
    return {key for part in parts for key in part[KEY].itertuples(index=False, name=None)}


def still(changes: Changes, of: Callable[..., Any], gone: set[tuple[str, int, str]], place: str, residence: str) -> str:
    """Why a cell stays withheld after the years before in which it is (`gone`)."""
    return changes.tells(of(place, residence), [b for b in changes.pairs if (place, b, residence) in gone])


def _protected(edition, year, table, changes):
    """The cells of a year with the secondary ones: no union along a line may be small, nor its change."""
    frame, of = homes(edition, year), leaves(edition)
    amount, laid = frame["amount"].to_numpy(float), laid_out(edition, frame)

    def together(positions):
        every = {leaf for i in positions for leaf in of(laid[i].place, laid[i].residence)}
        return [amount[np.concatenate([laid[i].rows for i in positions])], *changes.parts(every)]

    return disclosure.protect(table, "n", "why", totals(edition), disclosure.rules(edition.settings), together)


def leaves(edition: Edition) -> Callable[..., Any]:
    """A function of a cell's place and residence that gives the places and residences that make it up."""
    members = totals(edition)["place"]

    def of(place, residence):
        return {
            (p, r)
            for p in members.get(place, [place])
            for r in (("urban", "rural") if residence == "all" else (residence,))
        }

    return of


def shares(edition: Edition, base: pd.DataFrame) -> pd.DataFrame:
    """Withheld cells of the shares: one more pattern for each column of `SHARES`.

    A share is withheld where fewer households than the least count are among those it counts, or among those it
    does not (rates near 0 and 100 %), none at all included; where it is withheld in a year before and fewer changed
    since; and where others would give these away.

    Parameters
    ----------
    edition : Edition
    base : DataFrame
        As `pattern` gives it: what is withheld there is withheld here.

    Returns
    -------
    DataFrame
        place, year, residence, withheld, share (a column of `homes`), below (a limit that the share lies under, of
        a cell that counts too few; a gap elsewhere). The limit is what the least count less one of the heaviest
        households would make, up to the next 1, 2 or 5: it says no more than the rule that hides the cell, and a
        reader still learns how high the share is at most. Without it a thing that is rare everywhere, such as
        incomes below the line, would be nothing but gaps in every township.
    """
    of = leaves(edition)
    parts: list[pd.DataFrame] = []
    for year in edition.survey_years:
        frame, changes = homes(edition, year), Changes(edition, year)
        gone = base[base["year"].eq(year)].set_index(["place", "residence"])["withheld"]
        for column in dict.fromkeys(SHARES.values()):
            former = keys(p for p in parts if p["share"].eq(column).all())
            table = _share_cells(edition, frame, column, gone, year, partial(still, changes, of, former))
            parts.append(table[table["withheld"].ne("")].assign(share=column))
    columns = [*KEY, "withheld", "share", "below"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _share_cells(edition, frame, column, gone, year, held):
    """One share's cells of a year, with the reason of each that is withheld: counted and not counted alike."""
    rule, sums = disclosure.rules(edition.settings), totals(edition, grouped=False)
    inside, laid = frame[column].to_numpy(bool), laid_out(edition, frame, grouped=False)
    table = pd.DataFrame([(c.place, year, c.residence) for c in laid], columns=KEY)
    enough = [min(inside[c.rows].sum(), (~inside[c.rows]).sum()) >= rule.min_count for c in laid]
    why = np.array(
        [
            gone.get((c.place, c.residence)) or (held(c.place, c.residence) if e else "")
            for c, e in zip(laid, enough, strict=True)
        ],
        object,
    )
    for counted, name in ((inside, "rate"), (~inside, "rest")):
        n = np.array([int(counted[c.rows].sum()) for c in laid])
        kept = np.where(why == "count", "base", why)  # the count that hides them there is another one
        here = np.where((why == "") & (n < rule.min_count), "count", kept)
        made = disclosure.protect(table.assign(n=n, why=here), "n", "why", sums, rule)["withheld"].to_numpy(object)
        why = np.where(made == "base", why, made)
        loose = disclosure.told_by_rule(n, here, sums, rule)  # of these even the rule must not be said
        why = np.where(why == "count", np.where(np.isin(np.arange(len(why)), loose), "few", name), why)
    weight = frame[next(w for m, w in RATES.items() if SHARES[m] == column)].to_numpy(float)
    return table.assign(
        withheld=why,
        below=[_limit(weight[c.rows], rule) if w == "rate" else np.nan for c, w in zip(laid, why, strict=True)],
    )


def _limit(weights, rule):
    """The largest share that fewer households than the least count can make, up to the next 1, 2 or 5."""
    if len(weights) < rule.min_count:  # nobody lives there, or so few that the whole cell is withheld
        return np.nan
    top = np.sort(weights)[::-1][: rule.min_count - 1].sum() / weights.sum()
    return min(1.0, disclosure.round_up(top))


def withhold(frame: pd.DataFrame | Microdata, hidden: pd.DataFrame) -> pd.DataFrame | Microdata:
    """A table of the survey without its withheld cells: what they hold becomes a gap.

    Parameters
    ----------
    frame : DataFrame
        With place, year, residence.
    hidden : DataFrame
        As `pattern` gives it, or as `shares` with a column `share`. A ratio of town to country goes with either of
        its parts.

    Returns
    -------
    DataFrame
    """
    if hidden.empty or frame.empty:
        return frame
    key = pd.MultiIndex.from_frame(frame[KEY])
    out = np.zeros(len(frame), bool)
    if "share" in hidden:
        for column, part in hidden.groupby("share"):
            mine = frame["measure"].map(SHARES).eq(column).to_numpy()
            out |= mine & key.isin(pd.MultiIndex.from_frame(part[KEY]))
    else:
        out |= key.isin(pd.MultiIndex.from_frame(hidden[KEY]))
        if "measure" in frame:
            parts = pd.MultiIndex.from_frame(hidden[["place", "year"]])
            out |= frame["measure"].eq("urban_rural_ratio").to_numpy() & pd.MultiIndex.from_frame(
                frame[["place", "year"]]
            ).isin(parts)
    return blank(frame, out)


def blank(frame: pd.DataFrame | Microdata, out: np.ndarray) -> pd.DataFrame | Microdata:
    """The frame with gaps where `out` is true, and a column `withheld` that says so to every later step."""
    frame = frame.copy()
    columns = [c for c in HIDDEN if c in frame]
    frame[columns] = frame[columns].astype(float)
    frame.loc[out, columns] = np.nan
    frame["withheld"] = np.asarray(out) | (frame["withheld"].to_numpy(bool) if "withheld" in frame else False)
    return frame


def audit(edition: Edition, measures: pd.DataFrame) -> list[Any]:
    """Faults of published sums: cells that are gaps and that anyone could work out from the rest.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As published: gaps where cells are withheld. The counts behind a mean and the counts behind each share add
        up over places and over town and country; all are looked at, by linear programming and line by line.

    Returns
    -------
    list of Fault
        Empty when no withheld cell follows from the shown ones.
    """
    faults = []
    for year in edition.survey_years:
        frame, table = homes(edition, year), cells(edition, year)
        faults += _audit_one(edition, measures, year, "mean_income", table)
        laid = laid_out(edition, frame)
        for measure, column in (("low_income", "low"), ("band_share", "band")):
            for counted in (frame[column].to_numpy(bool), ~frame[column].to_numpy(bool)):
                n = np.array([int(counted[c.rows].sum()) for c in laid])
                few = np.where(n < edition.settings["min_households"], "count", "")
                faults += _audit_one(edition, measures, year, measure, table.assign(n=n, why=few))
    return faults


def _audit_one(edition, measures, year, measure, table):
    rule = disclosure.rules(edition.settings)
    rows = measures[measures["measure"].eq(measure) & measures["year"].eq(year)].set_index(KEY)
    rows = rows["value"].fillna(rows["n"]) if "n" in rows else rows["value"]  # a count gives away as much
    table = table[~table["place"].astype(str).str.startswith("group:") | (measure == "mean_income")]
    table = table.join(rows.rename("shown"), on=KEY).reset_index(drop=True)
    group = table["place"].astype(str).str.startswith("group:")
    empty = table["n"].eq(0) & (measure == "mean_income")  # nobody lives there: nothing to publish, nothing to hide
    gone = pd.MultiIndex.from_frame(table[KEY]).isin(pd.MultiIndex.from_frame(edition.withheld[KEY]))
    hidden = np.where(group, gone, table["shown"].isna() & ~empty).astype(bool)  # groups stand in no table of measures
    why = table["why"].where(hidden, "").to_numpy(object)
    if not (why != "").any():  # nothing to guard; a gap may have other reasons
        return []
    why[hidden & (why == "")] = "secondary"
    n, sums = table["n"].to_numpy(float), exposure.relations(table, totals(edition, measure == "mean_income"))
    found = [c for line in disclosure.open_unions(n, hidden, sums, rule) for c in line]
    found += disclosure.still_open(n, why, sums, rule)
    shown = [
        c
        for c in range(len(table))
        if table["why"].iloc[c] and table["n"].iloc[c] > 0 and not hidden[c] and not group[c]
    ]
    return [
        Fault(
            f"measures, {measure}, {table['place'][c]}, {year}, {table['residence'][c]}",
            say("a cell that stays withheld", "仍然不公布的单元格"),
            say("one that is shown or follows from the others", "已公布，或可由其他单元格推出"),
            say("withhold one more, or merge two", "请再隐去一格，或合并两格"),
            "disclosure",
        )
        for c in dict.fromkeys([*shown, *found])
        if why[c] != "secondary"
    ]


def refuse_exposed(edition: Edition, measures: pd.DataFrame) -> None:
    """Stop a build whose tables give a withheld cell away.

    Raises
    ------
    DataError
        Naming each such cell.
    """
    faults = audit(edition, measures)
    if faults:
        raise DataError(faults)
