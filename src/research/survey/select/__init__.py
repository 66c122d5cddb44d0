"""Villages and households drawn by chance: seeded, repeatable, with the probabilities that estimates need."""

from research.survey.select.entropy import joint_entropy
from research.survey.select.households import draw_households
from research.survey.select.pps import METHODS, draw_villages, inclusion, joint_systematic
from research.survey.select.rotation import rotate

__all__ = ["METHODS", "draw_households", "draw_villages", "inclusion", "joint_entropy", "joint_systematic", "rotate"]
