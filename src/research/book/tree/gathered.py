"""Many faults of one kind as one: a book not written for this engine is told five things, not three hundred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from research.core.faults import Fault, say

FEW = 3
"""As many of one kind are told one by one."""
KINDS = ("unsupported", "image-outside")
SHOWN = 5


def gathered(faults: Iterable[Fault]) -> list[Fault]:
    """Faults of what the engine does not carry, one a kind with the places of the others.

    Parameters
    ----------
    faults : iterable of Fault

    Returns
    -------
    list of Fault
        In their order; of a kind that stands more than three times the first, which says how many more and where.

    Examples
    --------
    >>> many = [Fault(f"a.qmd, line {n}", "markdown", f"<a{n}>", "no raw HTML", "unsupported") for n in range(1, 6)]
    >>> print(*gathered(many))
    a.qmd, line 1: expected markdown, found <a1>, and 4 more like it: a.qmd, line 2; a.qmd, line 3; a.qmd, line 4; \
a.qmd, line 5 (no raw HTML)
    """
    kinds: dict[tuple, list[Fault]] = {}
    for fault in faults:
        alone = fault.kind not in KINDS
        key = (str(fault),) if alone else (fault.kind, str(fault.expected), str(fault.way_out))
        kinds.setdefault(key, []).append(fault)
    told = []
    for same in kinds.values():
        told += same if len(same) <= FEW else [_one(same)]
    return told


def _one(same: list[Fault]) -> Fault:
    first, *others = same
    shown = [f.place for f in others[:SHOWN]]
    more = len(others) > SHOWN
    en = "; ".join(map(str, shown)) + ("; ..." if more else "")
    zh = "；".join(str(getattr(p, "zh", p)) for p in shown) + ("……" if more else "")
    found = first.found
    return replace(
        first,
        found=say(
            f"{found}, and {len(others)} more like it: {en}",
            f"{getattr(found, 'zh', found)}，同类还有{len(others)}处：{zh}",
        ),
    )
