"""Names in one table that another must hold, and members of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from research.core.faults import Fault, nearest, say, spot
from research.indicators.reference.districts import of_places
from research.indicators.reference.rules.columns import file

if TYPE_CHECKING:
    import pandas as pd

THEME = "[a-z][a-z0-9-]{1,30}"
"""How a theme may be called."""


def links(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    """Names in one table that another must hold."""
    pairs = [
        ("villages", "place", "places", "code"),
        ("target_indicators", "target", "targets", "id"),
        ("target_indicators", "indicator", "indicators", "id"),
        ("targets", "department", "departments", "department"),
        ("indicators", "source_department", "departments", "department"),
        ("indicators", "domain_code", "themes", "domain_code"),
        ("indicators", "theme", "themes", "theme"),
    ]
    faults = _names_of_themes(frames["themes"]["theme"])
    for name, column, other, key in pairs:
        expected = say(f"a name that {file(other)} has in column {key}", f"{file(other)}的“{key}”列中有的名称")
        faults += _unknown(frames, name, column, frames[other][key], expected)
    return faults


def _names_of_themes(cells):
    """Names of themes that cannot be files' names: they are those of their notebooks and chapters."""
    return [
        Fault(
            spot(file("themes"), row=row + 2, column="theme"),
            say("small letters, digits and hyphens, such as housing", "小写字母、数字和连字符，如 housing"),
            repr(cells[row]),
            kind="name",
        )
        for row in cells.index[~cells.str.fullmatch(THEME)]
    ]


def _unknown(frames, name, column, known, expected):
    cells = frames[name][column]
    return [
        Fault(
            spot(file(name), row=row + 2, column=column),
            expected,
            repr(cells[row]),
            nearest(cells[row], known),
            "link",
        )
        for row in cells.index[cells.ne("") & ~cells.isin(known)]
    ]


def groups(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    """Members are places of the district, and each dated membership has a source."""
    codes, faults = list(frames["places"]["code"]), []
    for name, group in texts["groups"].items():
        for entry in group.get("memberships") or [{}]:
            where = f"data/reference/groups.yml, {name}"
            faults += [
                Fault(where, say("a known place", "已知的地区"), repr(str(code)), nearest(code, codes), "place")
                for code in entry.get("members", ())
                if str(code) not in codes
            ]
            faults += [
                Fault(
                    where,
                    say(f"an entry '{key}' in each membership", f"每项归属都有条目“{key}”"),
                    say("none", "没有"),
                    kind="group",
                )
                for key in ("from", "members", "source")
                if not entry.get(key)
            ]
    return faults


def districts(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    """Of a province's project: each township lies in a district, each district has townships, names tell them apart."""
    table, places = frames["districts"], frames["places"]
    if table.empty:
        return []
    whose, codes = of_places(places), list(table["code"])
    expected = say(f"a district of {file('districts')}", f"{file('districts')}中的区（县）")
    faults = [
        Fault(
            spot(file("places"), row=row + 2, column="district"),
            expected,
            repr(whose[row]),
            nearest(whose[row], codes),
            "link",
        )
        for row in whose.index[~whose.isin(codes)]
    ]
    faults += [
        Fault(
            spot(file("districts"), row=row + 2),
            say("a township in places.csv", "places.csv 中有其乡镇街道"),
            say(f"none of {table.at[row, 'name']}", f"没有{table.at[row, 'name']}的"),
            say("add its townships, or leave the district out", "请补充其乡镇街道，或删去该区（县）"),
            "district",
        )
        for row in table.index[~table["code"].isin(whose)]
    ]
    again = places.assign(whose=whose).duplicated(["whose", "name"])
    return faults + [
        Fault(
            spot(file("places"), row=row + 2, column="name"),
            say("each name once within a district", "同一区（县）内名称不重复"),
            repr(places.at[row, "name"]),
            say("write which of them it is", "请写明以示区别"),
            "duplicate",
        )
        for row in places.index[again]
    ]
