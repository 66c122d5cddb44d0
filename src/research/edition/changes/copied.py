"""Last year's file handed in as this year's: years of the data that repeat the year before."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from research.edition.changes.change import Change, number, width_of

__all__ = ["copied"]

REPEATED = 0.5
"""A year of which this share of the values stands in the year before too is looked at."""
ENOUGH = 8
"""Fewer values than these may be alike by chance."""
PART = 0.9
"""Share from which the values of one place or indicator are taken for a copy."""


def copied(inputs: dict) -> list[Change]:
    """Years of the data that repeat the year before: as a whole file, or all values of one place or indicator.

    Parameters
    ----------
    inputs : dict
        `inputs_of` one build.

    Returns
    -------
    list of Change
    """
    found = []
    for file, held in inputs.items():
        if file.startswith("data/") and "rows" in held and "year" in held["columns"]:
            found += _copied_rows(file, held)
        share = number(held.get("values", {}).get("与上年相同的住户（%）", ""))
        if share is not None and share >= 100 * REPEATED:
            found.append(_copy(file, (file.rpartition("-")[2].removesuffix(".csv"),), share / 100))
    return found


def _copied_rows(file, table):
    """Numbers of a year that equal those of the year before, in the table as a whole and by part."""
    at, width = table["columns"].index("year"), width_of(table)
    rows = {tuple(row[:width]): row for row in table["rows"]}
    alike: dict[tuple[Any, ...], list[bool]] = defaultdict(list)
    for key, row in rows.items():
        year = row[at]
        former = rows.get((*key[:at], str(int(year) - 1), *key[at + 1 :])) if year.isdigit() and at < width else None
        numbers = (
            [(a, b) for a, b in zip(row[width:], former[width:], strict=True) if number(a) is not None]
            if (former)
            else []
        )
        if numbers:
            same = all(a == b for a, b in numbers)
            alike[(year,)].append(same)
            for part in (n for i, n in enumerate(key) if i != at):
                alike[year, part].append(same)
    whole = {key[0] for key, seen in alike.items() if len(key) == 1 and _suspicious(seen)}
    return [
        _copy(file, key, sum(seen) / len(seen))
        for key, seen in sorted(alike.items())
        if (key[0] in whole and len(key) == 1) or (key[0] not in whole and len(key) == 2 and _suspicious(seen, PART))
    ]


def _suspicious(seen, share=REPEATED):
    return len(seen) >= ENOUGH and sum(seen) / len(seen) >= share


def _copy(file, key, share):
    return Change(file, key, "", "", "", f"与上年的值有{share:.0%}相同，疑为误用上年的数", 12 + share, True)
