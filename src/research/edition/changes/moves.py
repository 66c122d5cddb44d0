"""Which results moved most between two builds, and which inputs touch them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from research.edition.changes.change import Change
from research.edition.changes.names import Names
from research.edition.changes.snapshot import HOUSEHOLDS

__all__ = ["Move", "annual_moves", "result_moves"]


@dataclass(frozen=True)
class Move:
    """One result that is not as it was, with the inputs that may have moved it, the nearest first."""

    table: str
    key: tuple
    before: float | str | None
    now: float | str | None
    size: float
    causes: list = field(default_factory=list)


def result_moves(before: dict, now: dict, changes: list[Change], names: Names) -> list[Move]:
    """Headline figures that differ, the largest first in each table, each with the inputs that touch it.

    Parameters
    ----------
    before, now : dict
        `results_of` two builds.
    changes : list of Change
        Of their inputs.
    names : Names

    Returns
    -------
    list of Move
    """
    found = []
    for table in now:
        one, two = ({tuple(k): v for *k, v in s.get(table, [])} for s in (before, now))
        moves = [
            Move(table, key, one.get(key), two.get(key), _moved(table, one.get(key), two.get(key)))
            for key in sorted(set(one) | set(two))
            if one and not _same(one.get(key), two.get(key))
        ]
        found += sorted(moves, key=lambda m: (-m.size, m.key))
    near = _Near(changes, names)
    return [Move(m.table, m.key, m.before, m.now, m.size, near(m)) for m in found]


def _same(one, two):
    if isinstance(one, float) and isinstance(two, float):
        return abs(one - two) <= 1e-9 * max(abs(one), abs(two))
    return one == two


def _moved(table, one, two):
    """Observations by their factor, scores and ranks by their distance; what came or went counts as large."""
    if not isinstance(one, float) or not isinstance(two, float):
        return 100.0
    if table != "observations":
        return abs(two - one)
    return abs(math.log(two / one)) if one * two > 0 else 50.0


def annual_moves(results: dict, year: int, most: int = 10) -> list[Move]:
    """Indicator values of one year that are farthest from those of the year before, by their factor.

    Parameters
    ----------
    results : dict
        `results_of` a build.
    year : int
    most : int

    Returns
    -------
    list of Move
    """
    held = {tuple(k): v for *k, v in results.get("observations", [])}
    found = []
    for (place, of, code), value in held.items():
        former = held.get((place, str(int(of) - 1), code)) if of == str(year) else None
        if former is not None and value is not None and not _same(former, value):
            found.append(Move("observations", (place, of, code), former, value, _moved("observations", former, value)))
    return sorted(found, key=lambda m: (-m.size, m.key))[:most]


class _Near:
    """Which changes touch a result: by subject (indicator, target, part of the index), place and year."""

    def __init__(self, changes, names):
        self.names = names
        self.changes = [(c, *self._dimensions(c)) for c in changes]

    def _dimensions(self, change):
        told = {*change.key, change.what}
        household = HOUSEHOLDS.fullmatch(change.file.rpartition("/")[2])
        years = {household[1]} if household else {n for n in told if n.isdigit() and len(n) == 4}
        return (
            {n for n in told if self.names.subject(n)},
            {n for n in told if n in self.names.places},
            years if change.file.startswith("data/") else set(),
        )

    def __call__(self, move, most=3):
        *where, subject = move.key
        place, year = where or ("", "")
        subjects = {subject, self.names.own.get(subject, subject)}
        near = [
            (self._nearness(told, places, years, place, year, subjects), c) for c, told, places, years in self.changes
        ]
        ranked = sorted(((n, i, c) for i, (n, c) in enumerate(near) if n), key=lambda x: (-x[0], x[1]))
        return [c for _, _, c in ranked[:most]]

    def _nearness(self, told, places, years, place, year, subjects):
        """0: does not touch it; the more of its names agree, the larger."""
        if year and years and min(years) > year:
            return 0
        if told and not any(t == s or t.startswith(f"{s}-") or s in ("ALL", "全部") for t in told for s in subjects):
            return 0
        whole = not place or all(p.startswith(place) for p in self.names.places)
        if places and not whole and place not in places:
            return 0
        return 1 + 4 * bool(told) + 2 * bool(places) + bool(year and year in years)
