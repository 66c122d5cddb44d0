"""Cells of one table by itself: choices, limits, ids, words, and where published values come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from research.core.faults import Fault, nearest, say, spot
from research.indicators.reference.rules.columns import CELLS, IDS, file
from research.indicators.reference.rules.words import cell_words, setting_words

if TYPE_CHECKING:
    import pandas as pd

TRUST = ("high", "medium-high")


def words(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    """Names are words, and no text holds what can be printed nowhere."""
    faults = [f for name, frame in frames.items() for f in cell_words(frame, name, file(name))]
    files = {"about": "district", "groups": "groups", "settings": "settings", "index": "index"}
    return faults + [f for key, file in files.items() for f in setting_words(texts[key], f"data/reference/{file}.yml")]


def cells_in_range(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    """Cells that are one of a few words, or a number within limits."""
    faults = []
    for (name, column), rule in CELLS.items():
        cells = frames[name].get(column)
        if cells is None:
            continue
        good = cells.isin(rule) if isinstance(rule, list) else cells.isna() | cells.between(*rule)
        told = (
            say("one of " + ", ".join(map(repr, rule)), "以下之一：" + "、".join(map(repr, rule)))
            if isinstance(rule, list)
            else say(f"a number from {rule[0]:g} to {rule[1]:g}", f"{rule[0]:g}至{rule[1]:g}之间的数")
        )
        faults += [
            Fault(
                spot(file(name), row=row + 2, column=column),
                told,
                repr(cells[row]),
                nearest(str(cells[row]), rule) if isinstance(rule, list) and rule[0] else "",
                "choice",
            )
            for row in cells.index[~good]
        ]
    indicators = list(frames["indicators"]["id"])
    for section, entry in _named_indicators(texts["calibres"]):
        faults += [
            Fault(
                f"data/reference/calibres.yml, {section}",
                say("a known indicator", "已知的指标"),
                repr(i),
                nearest(i, indicators),
                "link",
            )
            for i in entry
            if i not in indicators
        ]
    return faults


def _named_indicators(calibres):
    for section in ("breaks", "population"):
        for name, entry in (calibres.get(section) or {}).items():
            yield f"{section}, {name}, indicators", entry["indicators"]
    for section in ("quarters", "sums"):
        if calibres.get(section):
            yield f"{section}, indicators", calibres[section]["indicators"]


def ids(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    faults = []
    for name, column in IDS.items():
        ids = frames[name][column]
        faults += [
            Fault(
                spot(file(name), row=row + 2, column=column),
                say("each id once", "每个编号只出现一次"),
                repr(ids[row]),
                kind="duplicate",
            )
            for row in ids.index[ids.duplicated() | ids.eq("")]
        ]
    return faults


def published(frames: dict[str, pd.DataFrame], texts: dict[str, Any]) -> list[Any]:
    """Published rows have a source and enough trust."""
    table, faults = frames["published"], []
    for column in ("source_title", "publisher", "source_date", "url"):
        faults += [
            Fault(
                spot(file("published"), row=row + 2, column=column),
                say("the source", "来源"),
                say("an empty cell", "空单元格"),
                say("give the document", "请写明文件名称"),
                "source",
            )
            for row in table.index[table[column].eq("")]
        ]
    faults += [
        Fault(
            spot(file("published"), row=row + 2, column="trust"),
            say("one of " + ", ".join(TRUST), "以下之一：" + "、".join(TRUST)),
            repr(table.at[row, "trust"]),
            say("leave the row out", "请删去该行"),
            "trust",
        )
        for row in table.index[~table["trust"].isin(TRUST)]
    ]
    faults += [
        Fault(
            spot(file("published"), row=row + 2, column="status"),
            say("published", "published（公开发布）"),
            repr(table.at[row, "status"]),
            kind="status",
        )
        for row in table.index[table["status"].ne("published")]
    ]
    key = ["geo_code", "year", "period", "indicator"]
    return faults + [
        Fault(
            spot(file("published"), row=row + 2),
            say("each row once", "每行只出现一次"),
            say("a second one", "重复的一个"),
            kind="duplicate",
        )
        for row in table.index[table.duplicated(key)]
    ]
