"""Decompositions: how much of inequality lies within groups, between them, and in which income source.

>>> from research.measures import decompose
>>> out = decompose.theil_groups([1, 3, 2, 6], ["rural", "rural", "urban", "urban"])
>>> round(out.within, 4), round(out.between, 4), abs(out.within + out.between - out.total) < 1e-12
(0.1308, 0.0566, True)
"""

from research.measures.decompose.change import Change, mld_change
from research.measures.decompose.dagum import Dagum, gini_dagum
from research.measures.decompose.groups import Groups, theil_groups, theil_nested
from research.measures.decompose.rif import Oaxaca, oaxaca_blinder, rif, rif_regression
from research.measures.decompose.shapley import shapley, shapley_groups, shapley_sources
from research.measures.decompose.sources import Sources, gini_sources

__all__ = [
    "Change",
    "Dagum",
    "Groups",
    "Oaxaca",
    "Sources",
    "gini_dagum",
    "gini_sources",
    "mld_change",
    "oaxaca_blinder",
    "rif",
    "rif_regression",
    "shapley",
    "shapley_groups",
    "shapley_sources",
    "theil_groups",
    "theil_nested",
]
