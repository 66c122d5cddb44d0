"""Pairs of strong and weak villages, and the support of several for one place: balance first, then before and after."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.effects import Effect, difference_in_differences
from research.errors import DataError
from research.registers.matching import balance, matched

if TYPE_CHECKING:
    from research.indicators.edition import Edition

LEVEL, GROWTH = "起点（对数）", "此前年均增长（%）"
UNIT = "%"
"""The outcome is 100 times the logarithm of the income: its differences read as per cent."""


@dataclass(frozen=True)
class Study:
    """What the pairs did to the villages that receive, as far as the data can tell.

    Attributes
    ----------
    item : str
        What is followed: an item of the register of village values.
    start : int
        First year under the measure: the one in which most pairs began.
    n_pairs, n_other : int
        Pairs in force; those of them that began in another year, or without values, and are left out.
    before, after : DataFrame
        Balance of receivers and all unpaired villages, and of those compared (`research.registers.matching.balance`).
    paths : DataFrame
        name, year, value: mean by group, the year before the start as 100.
    effect : Effect or None
        None where the data allow no comparison; `why` then says so.
    why : str
    status : str
    """

    item: str
    start: int
    n_pairs: int
    n_other: int
    before: pd.DataFrame = field(default_factory=pd.DataFrame)
    after: pd.DataFrame = field(default_factory=pd.DataFrame)
    paths: pd.DataFrame = field(default_factory=pd.DataFrame)
    effect: Effect | None = None
    why: str = ""
    status: str = "published"


def study(edition: Edition, item: str = "", each: int = 2) -> Study | None:
    """Villages that receive under a pair against comparable villages without one, before and after.

    Parameters
    ----------
    edition : Edition
    item : str
        An item of `village-values`; by default the one with the most years.
    each : int
        Comparable villages for each receiver.

    Returns
    -------
    Study or None
        None without a pair of villages in force.

    Notes
    -----
    Givers are nobody's comparison: what they give may cost them. Villages are matched on the level in the last year
    before and on the growth up to then; what remains different is in `after`, to be read before the effect.
    """
    day = pd.Timestamp(f"{edition.edition}-12-31")
    pairs = edition.register("pairs")
    pairs = pairs[(pairs["kind"] == "强村弱村") & (pd.to_datetime(pairs["start"]) <= day)]
    if pairs.empty:
        return None
    starts = pd.to_datetime(pairs["start"]).dt.year
    start = int(starts.mode().iloc[0])
    own = pairs[starts == start]
    values = edition.register("village-values")
    item = item or (values.groupby("village_item")["year"].nunique().idxmax() if len(values) else "")
    values = values[(values["village_item"] == item) & (values["value"] > 0)]
    status = weakest([*pairs["status"].unique(), *values["status"].unique()])
    ends = pd.to_datetime(own["ends"])
    own = own[ends.isna() | (ends.dt.year >= edition.edition)]
    wide = values.pivot(index="village", columns="year", values="value")
    wide = wide[[y for y in wide if y <= edition.edition]].dropna()
    known = own[own["receiver"].isin(wide.index)]
    blank = Study(item, start, len(pairs), len(pairs) - len(known), status=status)
    past = [y for y in wide if y < start]
    if len(past) < 2 or not len(known) or max(wide.columns, default=0) < start:
        why = "村级数值要覆盖结对前至少两年和结对以后，才能比较。"
        return replace(blank, why=why)
    return _compared(edition, blank, wide, past, known, pairs, each)


def _compared(
    edition: Edition, blank: Study, wide: pd.DataFrame, past: list[int], known: pd.DataFrame, pairs: pd.DataFrame,
    each: int,
) -> Study:  # fmt: skip
    kinds = edition.villages.set_index("code")["kind"]
    involved = {*pairs["giver"], *pairs["receiver"]}
    received = set(known["receiver"])
    allowed = set(kinds.reindex(list(received)).dropna())
    units = wide[[v in received or (v not in involved and kinds.get(v) in allowed) for v in wide.index]]
    facts = pd.DataFrame(
        {
            "received": [v in received for v in units.index],
            LEVEL: np.log(units[past[-1]]),
            GROWTH: 100 * (np.log(units[past[-1]]) - np.log(units[past[0]])) / (past[-1] - past[0]),
        },
        index=units.index,
    )
    chosen = matched(facts, "received", [LEVEL, GROWTH], each)
    if chosen["received"].sum() < 2 or (~chosen["received"]).sum() < 2:
        return replace(blank, why="没有足够的可比村，不作比较。")
    long = 100 * np.log(units.loc[chosen.index])
    frame = long.rename_axis(index="village", columns="year").stack().rename("value").reset_index()
    frame["received"] = frame["village"].map(chosen["received"])
    try:
        effect = difference_in_differences(
            frame, "value", unit="village", time="year", treated="received", start=blank.start
        )
    except DataError as error:
        return replace(blank, why=str(error))
    return Study(
        blank.item, blank.start, blank.n_pairs, blank.n_pairs - int(chosen["received"].sum()),
        balance(facts, "received", [LEVEL, GROWTH]), balance(chosen, "received", [LEVEL, GROWTH]),
        _paths(units, chosen, past[-1], blank.status), effect, "", blank.status,
    )  # fmt: skip


def _paths(units: pd.DataFrame, chosen: pd.DataFrame, base: int, status: str) -> pd.DataFrame:
    """Geometric means by group, the last year before as 100."""
    index = 100 * np.exp(np.log(units.loc[chosen.index]).sub(np.log(units.loc[chosen.index, base]), axis=0))
    rows = []
    for name, has in (("受助村", True), ("可比的未结对村", False)):
        means = np.exp(np.log(index[chosen["received"] == has]).mean())
        rows += [{"name": name, "year": int(y), "value": float(v), "status": status} for y, v in means.items()]
    return pd.DataFrame(rows).assign(source="村级数值与结对登记")


def support(edition: Edition, indicator: str) -> tuple[Effect | None, int, str]:
    """Places that several support against the others, before and after.

    Parameters
    ----------
    edition : Edition
    indicator : str
        Id of an indicator that is known by place.

    Returns
    -------
    (Effect or None, int, str)
        None without support, values of the years before and after, or both kinds of places; the start year; why.
    """
    rows = edition.register("pairs")
    rows = rows[rows["kind"] == "多对一"]
    if rows.empty:
        return None, 0, "没有登记多对一帮扶。"
    start = int(pd.to_datetime(rows["start"]).dt.year.mode().iloc[0])
    values = edition.observations
    values = values[(values["indicator"] == indicator) & values["place"].isin(edition.places["code"])]
    wide = values.pivot(index="place", columns="year", values="value").dropna()
    wide = wide[(wide > 0).all(axis=1)]
    frame = (100 * np.log(wide)).stack().rename("value").reset_index()
    frame["supported"] = frame["place"].isin(set(rows["receiver"]))
    try:
        found = difference_in_differences(
            frame, "value", unit="place", time="year", treated="supported", start=start, seed=edition.edition
        )
    except DataError:
        return None, start, "各乡镇街道的数值不足以比较帮扶前后。"
    return found, start, ""


def coverage(edition: Edition) -> pd.DataFrame:
    """Which items of the plan's grids each place has at the end of the edition's year.

    Returns
    -------
    DataFrame
        grid, cell, place, has, status: a row for each place and item of `grids.csv`; empty without the register.
    """
    rows = edition.register("grids")
    now = rows[rows["year"] == edition.edition]
    if now.empty:
        return pd.DataFrame(columns=["grid", "cell", "place", "has", "status"])
    held = set(now[["grid", "cell", "place"]].itertuples(index=False, name=None))
    status = weakest(list(now["status"].unique()))
    made = [
        {"grid": g, "cell": c, "place": p, "has": (g, c, p) in held, "status": status}
        for g, c in edition.grids[["grid", "cell"]].itertuples(index=False)
        for p in edition.places["code"]
    ]
    return pd.DataFrame(made)
