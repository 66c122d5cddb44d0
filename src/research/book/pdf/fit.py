"""A second look at a set book, as a typesetter takes it: chapters that run over by a few lines, figures below a hole.

The template leaves marks: at the end of each chapter, at each figure that drifted to the foot of its page, before and
in each table that is kept in one piece. From where they came to stand follows what is set again: a chapter whose last
page holds next to nothing closer, a figure alone under a gap at the end of its chapter where its text ended, and a
table that left much of a page empty in two pieces.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TOP, HEIGHT = 79.4, 688.8
"""Where the text begins on a page, and how high it is, in pt (A4, margins of 28 and 26 mm)."""
SPARSE = 0.6
"""A last page that is less full than this is worth the trouble."""
GIVES = 0.09
"""Share of its height that a chapter gives up when it is set closer."""
MARKS = ("bb-end", "bb-drift", "bb-before", "bb-whole")
GAP = 0.2
"""A larger empty band above a figure at the end of a chapter is a hole."""


@dataclass(frozen=True)
class Fit:
    """What is set otherwise the second time.

    Parameters
    ----------
    tight : frozenset of str
        Names of chapters that are set closer.
    here : frozenset of str
        Labels of figures that stand where their text is.
    broken : frozenset of str
        Labels of tables that may go on over a page.
    """

    tight: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()

    def __or__(self, other: Fit) -> Fit:
        return Fit(self.tight | other.tight, self.here | other.here, self.broken | other.broken)


Mark = dict[str, Any]
"""What a mark tells: of which chapter or label, its `page`, and `y` on it in pt."""


def fit(ends: Sequence[Mark], drifts: Sequence[Mark], befores: Sequence[Mark] = (), wholes: Sequence[Mark] = ()) -> Fit:
    """What to set otherwise, from where chapters end and figures stand.

    Parameters
    ----------
    ends : list of dict
        In order: `chapter` (its name), `page`, `y` (in pt).
    drifts : list of dict
        `id`, `page`, `y` (of the figure's upper edge).
    befores, wholes : list of dict
        `id`, `page`, `y`: where a table that is kept in one piece would have begun, and where it begins.

    Returns
    -------
    Fit

    Examples
    --------
    Three lines on a sixth page are pulled in, half a page is not:

    >>> ends = [{"chapter": "a", "page": 6, "y": 120}, {"chapter": "b", "page": 9, "y": 420}]
    >>> fit(ends, []).tight == {"a"}
    True

    A figure at the foot of a chapter's last page, under a hole:

    >>> found = fit([{"chapter": "a", "page": 1, "y": 250}], [{"id": "fig-a", "page": 1, "y": 560}])
    >>> sorted(found.here), sorted(found.tight)
    (['fig-a'], [])
    """
    tight, here, before = set(), set(), 0
    for end in ends:
        pages, filled = end["page"] - before, (end["y"] - TOP) / HEIGHT
        before = end["page"]
        below = [d for d in drifts if d["page"] == end["page"] and d["y"] >= end["y"]]
        if below:
            if (min(d["y"] for d in below) - end["y"]) / HEIGHT > GAP:
                here |= {d["id"] for d in below if d["id"]}
        elif pages > 1 and 0 < filled < SPARSE and filled <= GIVES * (pages - 1 + filled):
            tight.add(end["chapter"])
    left = {m["id"]: m for m in befores}
    broken = {m["id"] for m in wholes if m["id"] in left and _left(left[m["id"]], m) > GAP}
    return Fit(frozenset(tight), frozenset(here), frozenset(broken))


def _left(before: Mark, begun: Mark) -> float:
    """Share of a page that stayed empty because what follows did not fit."""
    return 1 - (before["y"] - TOP) / HEIGHT if begun["page"] > before["page"] else 0.0


def looked(compiler: Any) -> Fit:
    """What to set otherwise in a book that a compiler has just set.

    Parameters
    ----------
    compiler : typst.Compiler

    Returns
    -------
    Fit
    """
    marks = [[it["value"] for it in json.loads(compiler.query(f"<{name}>"))] for name in MARKS]
    return fit(*marks)
