"""Chinese wording of computed results: number formats, direction words, comparisons with tests.

Everything here is pure: numbers in, text out; the same rounding as the tables (`rounded`).
"""

from research.wording.effects import effect_sentence
from research.wording.numbers import (
    cell,
    decimals_of,
    is_missing,
    large,
    listed,
    minus,
    number,
    plain,
    ranges,
    rounded,
    share,
    signed,
    span,
)
from research.wording.sentences import (
    amount,
    counted,
    difference,
    growth_ends,
    interval,
    is_total,
    ranked,
    verbs,
    verdict,
)
from research.wording.sides import Side, compare, unlike

__all__ = [
    "Side", "amount", "cell", "compare", "counted", "decimals_of", "difference", "effect_sentence", "growth_ends",
    "interval", "is_missing", "is_total", "large", "listed", "minus", "number", "plain", "ranges", "ranked", "rounded",
    "share", "signed", "span", "unlike", "verbs", "verdict",
]  # fmt: skip
