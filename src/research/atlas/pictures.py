"""Where a figure of a chapter opens in the atlas: the settings that show its own numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from research.book.beside import Rows

__all__ = ["address"]

RESIDENCES = ("all", "urban", "rural")
MOST = 12
"""More places than that are shown by the choice of all."""


def address(frames: Sequence[Rows], known: Mapping[str, Collection[Any]]) -> str:
    """The part of an address after its #, for the tables that a figure carries; empty when none is an atlas's.

    Parameters
    ----------
    frames : sequence of list of list of str
        Tables with their headings.
    known : dict
        Names of `indicators`, `measures`, `places`, `years` that the atlas has; and `compared`: (name, year) of which
        it has several places.

    Returns
    -------
    str

    Examples
    --------
    >>> known = {"indicators": ["A"], "measures": [], "places": ["1", "2"], "years": ["2023", "2024"], "compared": []}
    >>> address([[["place", "year", "indicator", "value"], ["1", "2023", "A", "5"], ["1", "2024", "A", "6"]]], known)
    'view=explore&chart=line&of=A&places=1&years=2023-2024'
    >>> address([[["x", "y"], ["1", "2"]]], known)
    ''
    """
    for rows in frames:
        columns = {name: i for i, name in enumerate(rows[0])}
        for kind, name in (("indicators", "indicator"), ("measures", "measure")):
            if name in columns and "place" in columns and (found := _settings(rows[1:], columns, name, known, kind)):
                return urlencode(found, safe=",-")
    return ""


def _settings(
    rows: Rows, columns: dict[str, int], name: str, known: Mapping[str, Collection[Any]], kind: str
) -> dict[str, Any]:
    def values(column: str, among: Collection[str]) -> list[str]:
        at = columns.get(column)
        return [] if at is None else [v for v in dict.fromkeys(row[at] for row in rows) if v in among]

    of, places, years = values(name, known[kind]), values("place", known["places"]), values("year", known["years"])
    if not of or not places:
        return {}
    if len(years) == 1 and len(places) == 1 and (of[0], years[0]) not in known["compared"]:
        years = [y for y in sorted(known["years"]) if y <= years[0]]  # one bar says nothing: the way there, then
    chart = "line" if len(years) > 1 else "bars"
    if chart == "line" and len(places) > MOST:
        chart = "multiples"
    few = len(places) <= MOST and (chart == "line" or len(places) > 1)
    made: dict[str, Any] = {
        "view": "explore",
        "chart": chart,
        "of": of[0],
        "places": ",".join(places) if few else "all",
    }
    if years:
        made["years"] = f"{min(years)}-{max(years)}" if len(years) > 1 else years[0]
    if len(part := values("residence", RESIDENCES)) == 1 and kind == "measures" and part != ["all"]:
        made["residence"] = part[0]
    return made
