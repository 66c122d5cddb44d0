"""What is unusual at a place: where it lies furthest from the district, where it fell back, what is still lacking."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.wording import Side, compare, is_missing, number, rounded
from research.wording.values import Value

if TYPE_CHECKING:
    from research.indicators.analysis.facts import Facts

COMPARABLE = ("%", "分", "元", "元/人", "倍")
"""Units in which a place and the district can stand side by side."""
LEAST = 1.0
"""Standard deviations among the places from which on a distance from the district is worth a sentence."""

TENTHS = "零一二三四五六七八九"


def unusual(facts: Facts) -> dict[str, Value]:
    """What a sentence says of what is not ordinary: apart (name), apart_now, apart_beside; worse (names); unseen.

    What fell back in the whole district is ordinary at its townships. The distance from the district is held against
    the spread among the places; one that lies inside its error is none. Nothing ordinary has a value, so its sentence
    falls away.
    """
    row = _furthest(facts)
    district = facts.topic.place.is_district
    lacking = len(facts.topic.indicators) - len(facts) if district else 0  # of a township the table says it
    worse = _fallen(facts)
    gone = {"apart": "", "apart_now": "", "apart_beside": ""}
    said = gone if row is None else _beside(facts, row)
    made = {name: facts._value(text, absent="") for name, text in said.items() if not isinstance(text, Value)}
    more = {"unseen": facts._value(f"{lacking}项" if lacking and len(facts) else "", absent="")}
    return {**made, **{n: v for n, v in said.items() if isinstance(v, Value)}, "worse": worse, **more}


def told_before(facts: Facts) -> set[str]:
    """The indicators that other sentences hold against the district: the main one, the furthest, the panel's."""
    row = _furthest(facts)
    main = next((i for i in facts.topic.leading if i in set(facts["id"])), "")
    told = {main, *facts.topic.shown_together}
    return told if row is None else {*told, str(row["id"])}


def _fallen(facts: Facts) -> Value:
    """What fell back since the first year; at a township without what fell back in the whole district as well."""
    rows = facts.changing.rows("better == -1")
    if not facts.topic.place.is_district and len(rows):
        whole = facts.topic.edition.place().theme(facts.topic.name).facts.changing.rows("better == -1")
        rows = rows[~rows["id"].isin(whole["id"])]
    return replace(rows.names(), absent="")


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
        "apart_beside": facts._value(told + _tenths(row, edition.whole), **key),
    }


def _tenths(row: pd.Series, whole: str) -> str:
    """About how many tenths of the district's it is, or is more; nothing for points, and next to the district's.

    Examples
    --------
    >>> row = {"value": 41.0, "reference": 60.0, "unit": "元"}
    >>> _tenths(row, "全区"), _tenths(row | {"value": 78.0}, "全区"), _tenths(row | {"value": 61.0}, "全区")
    ('，约为全区的七成', '，约比全区高三成', '')
    """
    if row["unit"] == "分" or not row["reference"] > 0 or not row["value"] > 0:
        return ""
    tenths = int(rounded(10 * row["value"] / row["reference"]))
    if 1 <= tenths <= 9:
        return f"，约为{whole}的{TENTHS[tenths]}成"
    return f"，约比{whole}高{TENTHS[tenths - 10]}成" if 11 <= tenths <= 19 else ""


__all__ = ["unusual"]
