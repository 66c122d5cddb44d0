"""The page that tells a reader how the verification of a case bundle came out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from research.core.plain import template

if TYPE_CHECKING:
    from research.cases.bundles.verify import Outcome

__all__ = ["report"]

TEMPLATE = Path(__file__).with_suffix(".html")

WORDS = {
    "verified": "可复现",
    "changed": "有变动",
    "not reproducible": "无法复现",
    "same": "一致",
    "close": "在容差内一致",
    "picture": "数字一致，图形字节不同",
    "differs": "不一致",
    "missing": "缺失",
}
COLOURS = {"verified": "#1b6e3c", "changed": "#9a3412", "not reproducible": "#7a5b00"}


def report(outcome: Outcome) -> str:
    """A small page that a reader can keep: the outcome, and each quoted figure, table and sentence.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    str
        HTML without scripts or outside requests.
    """
    return template(TEMPLATE.read_text("utf-8")).render(
        outcome=outcome,
        words=WORDS,
        colour=COLOURS[outcome.outcome],
        details={d.label: d.detail for d in outcome.cells},
    )
