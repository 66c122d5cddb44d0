"""Markdown pipe tables, and text that stays text in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

from research.core.plain import escape
from research.wording import minus

__all__ = ["escape", "markdown", "width"]


def markdown(frame: pd.DataFrame) -> str:
    """A frame as a markdown pipe table without its index; gaps become an en dash, negative numbers take a minus sign.

    Examples
    --------
    >>> print(markdown(pd.DataFrame({"指标": ["收入"], "数值": ["1.5"]})))
    | 指标 | 数值 |
    |:-----|-----:|
    | 收入 | 1.5 |
    """
    cells = [[_cell(v) for v in row] for row in frame.itertuples(index=False)]
    heads = [escape(str(c)) for c in frame.columns]
    rules = []
    for position, head in enumerate(heads):
        column = [row[position] for row in cells]
        dashes = "-" * (max([width(head), *map(width, column)]) + 1)
        rules.append(dashes + ":" if _numeric(column) else ":" + dashes)
    lines = ["| " + " | ".join(heads) + " |", "|" + "|".join(rules) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in cells])


def _cell(value):
    missing = value is None or (not isinstance(value, Iterable) and pd.isna(value))
    return "–" if missing or value == "" else escape(minus(str(value)))


def _numeric(column):
    pattern = r"[\d\s.,，+\-−–—%～（）()]*"
    return bool(column) and all(re.fullmatch(pattern, text) for text in column)


def width(text: str) -> int:
    """Width of a text in half-width columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)
