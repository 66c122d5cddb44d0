"""What is unusual at a place: where it lies furthest from the district, where it fell back, what is still lacking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.wording import Side, compare, is_missing, number
from research.wording.values import Value

if TYPE_CHECKING:
    from research.indicators.analysis.facts import Facts

COMPARABLE = ("%", "分", "元", "元/人", "倍")
"""Units in which a place and the district can stand side by side."""
LEAST = 1.0
"""Standard deviations among the places from which on a distance from the district is worth a sentence."""


def unusual(facts: Facts) -> dict[str, Value]:
    """What a sentence says of what is not ordinary: apart (name), apart_now, apart_beside; worse (names); unseen.

    The distance from the district is held against the spread among the places; one that lies inside its error is none.
    Nothing ordinary has a value, so its sentence falls away.
    """
    row = _furthest(facts)
    lacking = len(facts.topic.indicators) - len(facts)
    worse = facts.changing.names("better == -1")
    gone = {"apart": "", "apart_now": "", "apart_beside": ""}
    said = gone if row is None else _beside(facts, row)
    made = {name: facts._value(text, absent="") for name, text in said.items() if not isinstance(text, Value)}
    more = {"unseen": facts._value(f"{lacking}项" if lacking and len(facts) else "", absent="")}
    return {**made, **{n: v for n, v in said.items() if isinstance(v, Value)}, "worse": worse, **more}


def _furthest(facts: Facts) -> pd.Series | None:
    """The indicator with the largest distance from the district, among those that differ beyond their error."""
    main = next((i for i in facts.topic.leading if i in set(facts["id"])), "")  # is told anyway
    alike = facts["unit"].isin(COMPARABLE) & (
        facts["id"] != main
    )  # a total of a part is always less than that of the whole
    rows = facts[alike & facts["reference"].notna() & facts["apart"].map(lambda a: a is not False)]
    if rows.empty:
        return None
    spread = _spread(facts, rows)
    distance = ((rows["value"] - rows["reference"]).abs() / spread).replace(np.inf, np.nan).dropna()
    if distance.empty or distance.max() < LEAST:
        return None
    return pd.DataFrame(rows).loc[distance.idxmax()]


def _spread(facts: Facts, rows: pd.DataFrame) -> pd.Series:
    """Standard deviation among the places, of each indicator in the year of its row; not zero."""
    edition = facts.topic.edition
    seen = edition.observations
    seen = seen[seen["value"].notna() & (seen["place"] != edition.district) & seen["indicator"].isin(rows["id"])]
    found = seen.groupby(["indicator", "year"])["value"].std()
    spread = pd.Series([found.get(k, np.nan) for k in zip(rows["id"], rows["year"], strict=True)], rows.index)
    return spread.where(spread > 0)


def _beside(facts: Facts, row: pd.Series) -> dict[str, str | Value]:
    about = facts.known()
    edition, code, year = facts.topic.edition, about.place, int(row["year"])
    sides = [Side(row[c], row["unit"], year, p) for c, p in (("value", code), ("reference", edition.district))]
    verdict = None if is_missing(row["apart"]) else bool(row["apart"])
    told = compare(sides[0], sides[1], "place", "tested", name=row["name"], than=edition.whole, significant=verdict)
    key = {"row": {"indicator": row["id"], "year": year, "place": code}, "absent": ""}
    return {
        "apart": facts._value(row["name"], **key),
        "apart_now": facts._value(number(row["value"], row["unit"]), **key),
        "apart_beside": facts._value(told, **key),
    }


__all__ = ["unusual"]
