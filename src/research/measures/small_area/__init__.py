"""Small areas: better figures for places whose sample is too small to stand alone.

>>> import pandas as pd
>>> from research.measures import small_area
>>> frame = pd.DataFrame({"place": list("abcdef"), "estimate": [10.0, 12, 9, 14, 11, 15],
...                       "se": [1.0, 1, 2, 1, 3, 1], "trade": [1, 2, 1, 3, 2, 4]})
>>> small_area.fay_herriot(frame, ["trade"]).table[["place", "direct", "eblup"]].round(2).values.tolist()[4]
['e', 11.0, 11.77]
"""

from research.measures.small_area.choice import choose
from research.measures.small_area.empirical_best import EmpiricalBest, ebp
from research.measures.small_area.model import FayHerriot, fay_herriot
from research.measures.small_area.unit import UnitLevel, unit_level

__all__ = ["EmpiricalBest", "FayHerriot", "UnitLevel", "choose", "ebp", "fay_herriot", "unit_level"]
