"""What a notebook asks of a plan's assessment: targets, outlook, result at the end, aspects, duties, as frames."""

from research.assessment.reviewing.findings import Findings
from research.assessment.reviewing.plan import PlanReview
from research.assessment.reviewing.portraits import Portraits

__all__ = ["Findings", "PlanReview", "Portraits"]
