"""Assessment: targets attained, colours, scorecards, tasks, portraits.

Examples
--------
>>> attainment(45, 50).rate
0.9
>>> status(0.6, expected=0.75)
'yellow'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from research.assessment.attain import Attainment, attainment, joint
from research.assessment.colours import expected_share, status
from research.assessment.settings import Rules, rules
from research.assessment.targets import attain_targets, check_rules

if TYPE_CHECKING:
    import pandas as pd

    from research.assessment.reviewing import Findings, PlanReview, Portraits
    from research.indicators.edition import Edition


__all__ = [
    "Attainment",
    "Rules",
    "attain_targets",
    "attainment",
    "build",
    "check_rules",
    "expected_share",
    "findings",
    "joint",
    "portray",
    "review",
    "rules",
    "status",
]


def build(edition: Edition) -> dict[str, pd.DataFrame]:
    """All tables of the assessment of an edition (see `research.assessment.build_tables`)."""
    from research.assessment.build_tables import build as make

    return make(edition)


def review(edition: Edition) -> PlanReview:
    """A plan's assessment as a notebook looks at it: targets, outlook, result at the end, aspects, duties.

    Parameters
    ----------
    edition : Edition
        Built.
    """
    from research.assessment.reviewing import PlanReview

    return PlanReview(edition)


def portray(edition: Edition) -> Portraits:
    """The three portraits of the district as a notebook looks at them: tasks, results, demands.

    Parameters
    ----------
    edition : Edition
        Built.
    """
    from research.assessment.reviewing import Portraits

    return Portraits(edition)


def findings(edition: Edition) -> Findings:
    """What the general report can argue of the plan, the indicators and the demands, and what follows.

    Parameters
    ----------
    edition : Edition
        Built.
    """
    from research.assessment.reviewing import Findings

    return Findings(edition)
