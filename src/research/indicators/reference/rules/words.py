"""Names and texts of the tables that would be taken for markup, or can be printed nowhere: refused where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from research.core.faults import Fault, say, spot
from research.core.plain import name_fault, text_fault

__all__ = ["cell_words", "setting_words"]

NAMES = {
    "places": ("name", "name_short"),
    "villages": ("name",),
    "counties": ("name", "city"),
    "indicators": (
        "id",
        "name_zh",
        "name_en",
        "domain_zh",
        "domain_en",
        "subdomain_zh",
        "subdomain_en",
        "unit",
        "source_department",
    ),
    "targets": ("id", "indicator", "indicator_en", "unit", "action", "department"),
    "departments": ("department",),
    "themes": ("name_zh", "name_en", "phrase_zh", "panel_title"),
    "observations": ("unit",),
    "quarters": ("unit",),
    "target-values": ("unit",),
    "tasks": ("id", "name", "lead_unit", "milestone"),
    "demands": ("topic",),
    "aspects": ("unit",),
    "answers": ("department",),
}
"""Columns that hold names, by table; the other texts are written out as they are."""
FILES = {
    ("places", "name"),
    ("departments", "department"),
    ("targets", "department"),
    ("indicators", "source_department"),
}
"""Names that forms and replies are called by: nothing that a file system takes for itself."""
KEYS = frozenset({"name", "name_en", "title", "city", "province", "centre", "publisher", "bluebook", "cases"})
"""Entries of settings files that hold names."""
_WANTED = say("words, without signs of markup", "不含标记符号的文字")
_WAY = say("write it in words; full-width signs (～ ＊ ＜ （ ）) are letters", "请用文字或全角符号（～ ＊ ＜ （ ））")


def cell_words(frame: pd.DataFrame, table: str, file: str) -> Iterator[Fault]:
    """A fault for each cell of a table that cannot be printed as it is.

    Parameters
    ----------
    frame : DataFrame
        Row `i` stands in row `i + 2` of the file.
    table, file : str

    Yields
    ------
    Fault
    """
    for column in frame.columns[frame.dtypes.map(lambda d: d.kind not in "iufbM")]:
        rule = name_fault if column in NAMES.get(table, ()) else text_fault
        rule = _file_name_fault if (table, column) in FILES else rule
        cells = frame[column]
        bad = {text: told for text in cells.dropna().unique() if isinstance(text, str) and (told := rule(text))}
        for row in cells.index[cells.isin(list(bad))] if bad else ():
            yield Fault(spot(file, row=row + 2, column=column), _WANTED, bad[cells[row]], _WAY, "words")


def _file_name_fault(text):
    found = re.search(r'[/:?"]', text)
    return name_fault(text) or (say(f"the sign {found[0]!r}", f"符号“{found[0]}”") if found else "")


def setting_words(value: Any, file: str, path: str = "", name: str = "") -> Iterator[Fault]:
    """The same for the texts of a settings file, by their keys."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value, 1):
            yield from setting_words(inner, file, f"{path}, {key}", str(key) if isinstance(value, dict) else name)
    elif isinstance(value, str) and (told := (name_fault if name in KEYS else text_fault)(value)):
        yield Fault(f"{file}{path}", _WANTED, told, _WAY, "words")
