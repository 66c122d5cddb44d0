"""How many households, where, for which precision and at what cost."""

from research.survey.plan.allocate import RULES, allocate
from research.survey.plan.bethel import Optimum, optimum
from research.survey.plan.learn import learn
from research.survey.plan.precision import Plan, make_plan
from research.survey.plan.response import learn_response
from research.survey.plan.size import Size, per_village, sample_size

__all__ = [
    "RULES",
    "Optimum",
    "Plan",
    "Size",
    "allocate",
    "learn",
    "learn_response",
    "make_plan",
    "optimum",
    "per_village",
    "sample_size",
]
