"""One input that is not as it was."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Change", "number", "width_of"]


NAMING = (
    "id",
    "code",
    "geo_code",
    "geo",
    "level",
    "target",
    "place",
    "unit",
    "year",
    "quarter",
    "period",
    "indicator",
    "aspect",
    "topic",
)
"""Columns that name a row where a table begins with them."""


@dataclass(frozen=True)
class Change:
    """One input that is not as it was.

    Parameters
    ----------
    file : str
        ``reference/...`` or ``data/...``.
    key : tuple of str
        What names the row, or the path of a setting.
    what : str
        Column; empty for whole rows and files.
    before, now : str
    kind : str
        In the words of the page.
    size : float
        For the order: the logarithm of the factor, or a share.
    look : bool
        Whether it is of a kind that no rule of a single table can tell from a right one.
    """

    file: str
    key: tuple
    what: str
    before: str
    now: str
    kind: str
    size: float = 0.0
    look: bool = False


def width_of(table: dict) -> int:
    """How many of the first columns it takes to name a row: all that name things, and more where needed."""
    least = next((i for i, name in enumerate(table["columns"]) if name not in NAMING), 1)
    for width in range(max(1, least), len(table["columns"]) + 1):
        if len({tuple(row[:width]) for row in table["rows"]}) == len(table["rows"]):
            return width
    return max(1, len(table["columns"]))


def number(text: str) -> float | None:
    """A cell as a number; None where it holds none."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
