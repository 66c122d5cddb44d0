"""Widths of columns where a table has less than it asks for: words whole first, then who gains most by more room."""

from __future__ import annotations

import re
from collections.abc import Sequence

STEP = 0.5  # em: what is given out at once
SHORT = 4.0  # em: a Chinese text in a narrower column is a string of single words
NAME = 6.0  # em: a text no longer than this is a name, and is not broken
LONGEST = 12.0  # em: a longer word is broken
_WORD = re.compile(r"[!-~À-ɏ～—–−±]+")
"""What no line is broken in: letters, digits and signs of Latin script that stand together, intervals too."""


def units(text: str) -> float:
    """Width of a text in em: 1 for Chinese, about half for Latin letters and digits.

    Examples
    --------
    >>> units("收入"), units("2024")
    (2.0, 2.32)
    """
    return sum(1.0 if ord(c) > 0x2E7F or c in "—…“”‘’" else 0.58 for c in text)


def floor(texts: Sequence[str]) -> float:
    """Width below which a column cannot be read: unbroken words and short names whole, four characters of a long text.

    Examples
    --------
    >>> floor(["2024-12-31 起"]), floor(["突破性抓手", "–"]), floor(["甲乙丙丁戊己庚"])
    (5.8, 5.0, 4.0)
    """
    word = max((units(w) for t in texts for w in _WORD.findall(t)), default=0.0)
    wide = [units(t) for t in texts]
    name = max((w for w in wide if w <= NAME), default=0.0)
    return max(min(word, LONGEST), min(max(wide, default=0.0), SHORT), name)


def shared(
    floors: Sequence[float], most: Sequence[float], texts: Sequence[Sequence[float]], line: float, pad: float
) -> list[float]:
    """Widths that sum up to a line, so that the texts wrap least.

    Each half em goes where the squares of the cells' numbers of lines fall most: to columns of long texts, and among
    those to the ones that have many.

    Parameters
    ----------
    floors, most : sequence of float
        What each column has at least, and at most, in em.
    texts : sequence of sequence of float
        Of each column, the widths of its cells' texts on one line.
    line : float
        What there is; at least the sum of the floors.
    pad : float
        Space at both sides of a cell.

    Returns
    -------
    list of float
        Their sum is the line, or what the columns want at most.

    Examples
    --------
    >>> shared([4, 4], [30, 30], [[24, 26, 3], [5, 3, 3]], 20, 1)
    [15.0, 5.0]
    """
    found = list(floors)
    gains = [_gain(t, w, m, pad) for t, w, m in zip(texts, found, most, strict=True)]
    while sum(found) + STEP <= line and max(gains, default=0) > 0:
        best = gains.index(max(gains))
        found[best] += STEP
        gains[best] = _gain(texts[best], found[best], most[best], pad)
    return found


def _gain(texts: Sequence[float], width: float, most: float, pad: float) -> float:
    return _wrapped(texts, width - pad) - _wrapped(texts, width + STEP - pad) if width + STEP <= most else 0.0


def _wrapped(texts: Sequence[float], room: float) -> float:
    """Squares of the lines that cells take, those of one line as one."""
    return sum(max(1.0, text / max(room, 1.0)) ** 2 for text in texts)
