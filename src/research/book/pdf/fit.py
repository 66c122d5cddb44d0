"""A second look at a set book, as a typesetter takes it: chapters that end badly, figures and tables under a hole.

The template leaves marks: where a text, a table or a figure begins or ends, and where a chapter does. From where they
came to stand follows what is set again: a chapter whose last page holds too little closer or looser, a figure at the
foot of a page under a gap where its text ended, and a table that left much of a page empty in two pieces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

TOP, HEIGHT = 79.4, 688.8
"""Where the text begins on a page, and how high it is, in pt (A4, margins of 28 and 26 mm)."""
FULL = 0.61
"""A chapter's last page is to be filled to this share."""
GAP = 0.22
"""A larger empty band is a hole."""
CLOSER, LOOSEST = -0.12, 0.2
"""What may be added between lines, in em of the type."""
GIVES = 0.09
"""Share of its height that a chapter gives up when it is set closer."""
LINE = 1.6
"""Height of a line with the space to the next, in em: what is added to each line tells by how much a chapter grows."""


@dataclass(frozen=True)
class Mark:
    """Where something came to stand.

    Parameters
    ----------
    kind : str
        Of what begins: `drift` (a figure at the foot of its page), `figure` (one where its text is), `whole` (a table
        in one piece), `table`, `turned`; of what ends: `text` (also a table or figure), `below` (in a `drift`), `end`.
    id : str
        Label of the figure or table, or name of the chapter.
    page : int
    y : float
        In pt from the upper edge of the page.
    """

    kind: str
    id: str
    page: int
    y: float


@dataclass(frozen=True)
class Fit:
    """What is set otherwise the next time.

    Parameters
    ----------
    looser : dict of str to float
        Names of chapters to what is added between their lines, in em; less than nothing for closer.
    here : frozenset of str
        Labels of figures that stand where their text is.
    broken : frozenset of str
        Labels of tables that may go on over a page.
    """

    looser: dict[str, float] = field(default_factory=dict)
    here: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()


def fit(marks: Iterable[Mark], before: Fit | None = None) -> Fit:
    """What to set otherwise, from where everything stands.

    Parameters
    ----------
    marks : iterable of Mark
    before : Fit, optional
        What was set otherwise already.

    Returns
    -------
    Fit

    Examples
    --------
    Three lines on a sixth page are pulled in; a third of a page is drawn out; a full one is left alone:

    >>> marks = [Mark("end", "a", 6, 120), Mark("end", "b", 9, 350), Mark("end", "c", 12, 600)]
    >>> fit(marks).looser
    {'a': -0.12, 'b': 0.15}

    A figure at the foot of a page, under a hole or under the next chapter's text, stands where its text is; a table
    that left a hole may break:

    >>> marks = [Mark("text", "", 1, 250), Mark("drift", "fig-a", 1, 560), Mark("text", "", 2, 90)]
    >>> sorted(fit(marks).here)
    ['fig-a']
    >>> marks = [Mark("end", "a", 1, 150), Mark("text", "", 1, 320), Mark("drift", "fig-b", 1, 400)]
    >>> sorted(fit(marks).here)
    ['fig-b']
    >>> marks = [Mark("text", "", 1, 550), Mark("whole", "tbl-a", 2, 80), Mark("text", "", 2, 300)]
    >>> sorted(fit(marks).broken)
    ['tbl-a']
    """
    marks, now = sorted(marks, key=lambda m: (m.page, m.y)), before or Fit()
    here, broken = set(now.here), set(now.broken)
    here |= _strayed(marks)
    first = {m.page: m for m in reversed(marks) if m.kind not in ("drift", "below")}
    for page, gap, floats in _gaps(marks):
        after = first.get(page + 1)
        if gap > GAP and after and after.kind == "whole":
            broken.add(after.id)
        elif gap > GAP:
            here |= {m.id for m in floats if m.id}
    settled = here == now.here and broken == now.broken
    return replace(now, here=frozenset(here), broken=frozenset(broken), looser=_looser(marks, now, settled))


def _strayed(marks):
    """Figures at the foot of a page on which a chapter ended above them and another one began."""
    found = set()
    for m in (m for m in marks if m.kind == "drift" and m.id):
        on = [o for o in marks if o.page == m.page and o.y < m.y]
        ends = [o.y for o in on if o.kind == "end"]
        if ends and any(o.kind == "text" and o.y > min(ends) for o in on):
            found.add(m.id)
    return found


def _gaps(marks):
    """(page, empty share below its text, figures at its foot) for each page with text."""
    for page in sorted({m.page for m in marks}):
        on = [m for m in marks if m.page == page]
        texts, floats = [m.y for m in on if m.kind == "text"], [m for m in on if m.kind == "drift"]
        if texts and not any(m.kind == "turned" for m in on):
            yield page, (min([TOP + HEIGHT, *(m.y for m in floats)]) - max(texts)) / HEIGHT, floats


def _looser(marks, now, settled):
    """What is added between the lines of each chapter whose last page holds too little."""
    done, before = dict(now.looser), 0
    drifts = {m.page for m in marks if m.kind == "drift"}
    for end in [m for m in marks if m.kind == "end"]:
        pages, filled = end.page - before, (end.y - TOP) / HEIGHT
        before = end.page
        if not 0 < filled < FULL or pages < 2 or end.page in drifts:
            continue
        tried = done.get(end.id, 0.0)
        more = tried + LINE * (FULL - filled) / (pages - 1 + filled)
        if tried == 0 and filled <= GIVES * (pages - 1 + filled):
            done[end.id] = CLOSER
        elif max(tried, 0) < more <= LOOSEST:
            done[end.id] = round(more, 2)
    return done


def looked(compiler: Any, before: Fit | None = None) -> Fit:
    """What to set otherwise in a book that a compiler has just set.

    Parameters
    ----------
    compiler : typst.Compiler
    before : Fit, optional
        What was set otherwise already.

    Returns
    -------
    Fit
    """
    places = json.loads(compiler.query("<bb-places>"))[0]["value"]
    return fit([Mark(**place) for place in places], before)
