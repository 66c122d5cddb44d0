"""Uncertainty of measures under a survey's design: strata, clusters, weights.

>>> import pandas as pd
>>> from research.measures import survey
>>> frame = pd.DataFrame({"income": [1.0, 2, 3, 6], "weight": [1.0, 1, 2, 2], "village": list("aabb")})
>>> design = survey.Design(frame, weight="weight", psu="village")
>>> design.estimate("mean", "income")[["estimate", "se", "n"]].round(3)
   estimate     se  n
0       3.5  1.333  4
"""

from research.measures.survey.design import Design
from research.measures.survey.linearized import Linearized, by_influence, stack, tested

__all__ = ["Design", "Linearized", "by_influence", "stack", "tested"]
