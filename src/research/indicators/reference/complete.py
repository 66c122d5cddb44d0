"""What a reference table may leave blank, and what then stands there: a district writes only what is its own."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

OPTIONAL = {
    "villages": ("code", "name", "place", "kind", "code_year"),
    "milestones": ("id", "clause", "milestone", "year", "place", "quote"),
    "directional": ("id", "clause", "indicator", "direction", "quote"),
    "published": (
        "geo_code",
        "geo",
        "level",
        "year",
        "period",
        "indicator",
        "value",
        "unit",
        "status",
        "source_title",
        "publisher",
        "source_date",
        "url",
        "trust",
    ),
    "counties": ("code", "name", "city_code", "city"),
    "districts": ("code", "name", "name_en", "city", "city_code", "centre"),
    "departments": ("department", "kind"),
    "clauses": ("plan", "part", "clause", "title", "chapters", "out_of_reach", "note"),
    "grids": ("plan", "grid", "cell", "clause", "quote"),
    "target_indicators": ("target", "indicator", "rule", "comparator", "reference", "reference_indicator", "note"),
}
"""Tables a district may do without, and the columns that an empty one has."""

BLANK = {
    "places": ("name_short", "kind", "source"),
    "indicators": (
        "theme",
        "domain_code",
        "domain_zh",
        "domain_en",
        "subdomain_code",
        "subdomain_zh",
        "name_en",
        "target_type",
        "operator",
        "local_flag",
        "survey_flag",
        "level",
        "emphasis",
        "source_department",
        "origin",
        "clause",
        "quote",
        "method_note",
        "measure",
        "table1_status",
    ),
    "targets": ("clause", "action", "department", "quote", "note", "class", "subdomain", "comparator"),
    "clauses": ("part", "title", "chapters", "out_of_reach", "note"),
    "grids": ("plan", "clause", "quote"),
    "themes": ("name_en", "phrase_zh", "lead", "panel", "panel_title"),
}
"""Columns of text that may be missing."""

COUNTS = ("n_villages", "n_village_committees", "n_resident_committees", "n_other")
_KINDS = ("街道", "地区", "镇", "乡", "苏木")
_WEIGHTS = {"weight_domain": "domain_code", "weight_subdomain": "subdomain_code", "weight_indicator": "id"}
_PARENT = {"weight_domain": None, "weight_subdomain": "domain_code", "weight_indicator": "subdomain_code"}


def blank(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The table with a column of empty text for each that may be missing and is."""
    lacking = [c for c in BLANK.get(name, ()) if c not in frame]
    return frame.assign(**dict.fromkeys(lacking, "")) if lacking else frame


def places(frame: pd.DataFrame) -> pd.DataFrame:
    """Places with what follows from their names: kind and short name; counts of villages where none are given.

    Examples
    --------
    >>> rows = pd.DataFrame({"code": ["1", "2"], "name": ["甲街道", "乙镇"], "kind": "", "name_short": ""})
    >>> places(rows)[["kind", "name_short"]].values.tolist()
    [['街道', '甲'], ['镇', '乙']]
    """
    kinds = [
        k or next((s for s in _KINDS if n.endswith(s)), "") for k, n in zip(frame["kind"], frame["name"], strict=True)
    ]
    short = [
        s or (n[: -len(k)] if k and n.endswith(k) and len(n) > len(k) else n)
        for s, n, k in zip(frame["name_short"], frame["name"], kinds, strict=True)
    ]
    frame = frame.assign(kind=kinds, name_short=short)
    return frame.assign(**{c: 0 for c in COUNTS if c not in frame})


def indicators(frame: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """Indicators with what follows from the themes and from their order: domains, sub-domains, weights.

    Weights that are blank are equal among siblings; where some siblings have one and others none, the blank ones
    share what the given ones leave (`check` refuses more than one in all).

    Examples
    --------
    >>> rows = blank("indicators", pd.DataFrame({"id": ["A", "B", "C"], "theme": ["economy", "economy", "income"],
    ...                                          "subdomain_zh": ["甲", "乙", "丙"], "weight_indicator": [None] * 3}))
    >>> known = pd.DataFrame({"theme": ["economy", "income"], "domain_code": ["ECO", "INC"],
    ...                       "name_zh": ["经济", "收入"], "phrase_zh": ["", ""], "name_en": ["", ""]})
    >>> indicators(rows, known)[["subdomain_code", "effective_weight"]].values.tolist()
    [['ECO-1', 0.25], ['ECO-2', 0.25], ['INC-1', 0.5]]
    """
    by = themes.set_index("theme")
    frame = frame.copy()
    frame["theme"] = _filled(
        frame["theme"], frame["domain_code"].map(dict(zip(by["domain_code"], by.index, strict=True)))
    )
    of_theme = {
        "domain_code": by["domain_code"],
        "domain_zh": by["phrase_zh"].where(by["phrase_zh"] != "", by["name_zh"]),
        "domain_en": by["name_en"],
    }
    for column, values in of_theme.items():
        frame[column] = _filled(frame[column], frame["theme"].map(values))
    frame["subdomain_zh"] = _filled(frame["subdomain_zh"], frame["domain_zh"])
    frame["subdomain_code"] = _filled(frame["subdomain_code"], _numbered(frame))
    frame["level"] = frame["level"].replace("", "both")
    frame["target_type"] = frame["target_type"].replace("", "trend")
    for column in ("goalpost_min", "goalpost_max", "plausible_low", "plausible_high"):
        if column not in frame:
            frame[column] = float("nan")
    return _weighted(frame)


def _filled(column, other):
    return column.where(column != "", other).fillna("")


def _numbered(frame):
    """Codes of sub-domains in the order in which they first stand in their domain: ECO-1, ECO-2."""
    seen: dict[str, list[str]] = {}
    for domain, name in zip(frame["domain_code"], frame["subdomain_zh"], strict=True):
        names = seen.setdefault(domain, [])
        if name not in names:
            names.append(name)
    return pd.Series(
        [f"{d}-{seen[d].index(n) + 1}" for d, n in zip(frame["domain_code"], frame["subdomain_zh"], strict=True)],
        index=frame.index,
    )


def _weighted(frame):
    for column, node in _WEIGHTS.items():
        given = (
            pd.to_numeric(frame[column], errors="coerce") if column in frame else pd.Series(float("nan"), frame.index)
        )
        nodes = frame.assign(_w=given).drop_duplicates(node).set_index(node)
        parent = nodes[_PARENT[column]] if _PARENT[column] else pd.Series("", nodes.index)
        empty = nodes["_w"].isna()
        rest = (1 - nodes["_w"].fillna(0).groupby(parent).transform("sum")).clip(lower=0)
        share = rest / empty.groupby(parent).transform("sum").where(empty)
        frame[column] = given.fillna(frame[node].map(nodes["_w"].fillna(share)))
    whole = frame["weight_domain"] * frame["weight_subdomain"] * frame["weight_indicator"]
    given = pd.to_numeric(frame["effective_weight"], errors="coerce") if "effective_weight" in frame else whole
    frame["effective_weight"] = given.fillna(whole)
    return frame


def departments(frame: pd.DataFrame, *tables: Any) -> Any:
    """Departments: the table's rows, and each that another table names and it does not."""
    named = [d for table, column in tables for d in table[column].unique() if d]
    known = set(frame["department"])
    more = [d for d in dict.fromkeys(named) if d not in known] if frame.empty else []
    return (
        pd.concat(
            [frame, blank("departments", pd.DataFrame({"department": more, "kind": "", "status": ""}))],
            ignore_index=True,
        )
        if more
        else frame
    )


def whole_of(name: str) -> str:
    """How the whole district is called in running text: 全区, 全县, 全市.

    Examples
    --------
    >>> whole_of("甲县"), whole_of("乙自治旗"), whole_of("丙新城")
    ('全县', '全旗', '全区')
    """
    last = re.search(r"[区县市旗州]$", name)
    return f"全{last[0] if last else '区'}"
