"""Measures of inequality, poverty and gaps: pure arithmetic, arrays in and numbers out.

>>> from research import measures as m
>>> m.gini([1, 2, 3, 4, 10])
0.4
"""

from importlib import import_module

from research.measures.bands import at_risk_of_poverty, band_share
from research.measures.concentration import concentration_index, deprivation, relative_deprivation
from research.measures.distribution import Distribution
from research.measures.entropy import atkinson, generalized_entropy, kolm, mean_log_deviation, theil
from research.measures.gaps import max_min_ratio, ratio_to_mean, urban_rural_ratio
from research.measures.inequality import coefficient_of_variation, extended_gini, gini, hoover
from research.measures.lorenz import Curve, generalized_lorenz_curve, lorenz_curve
from research.measures.polarization import der_polarization, lorenz_asymmetry, wolfson, zenga
from research.measures.policy import ZerosDropped
from research.measures.poverty import fgt, headcount, poverty_gap, sen, sen_shorrocks_thon, watts
from research.measures.ratios import palma_ratio, percentile_ratio, quintile_ratio
from research.measures.registry import MEASURES
from research.measures.shares import bottom_share, mean, median, quantile, top_share
from research.measures.variants import gini_convey

_LAZY = {"table": "tables", "FrequencyTable": "frequency"}  # what needs pandas is loaded when first used
_ROOMS = ("decompose", "dynamics", "grouped", "small_area", "survey")

__all__ = [
    "MEASURES",
    "Curve",
    "Distribution",
    "FrequencyTable",
    "ZerosDropped",
    "at_risk_of_poverty",
    "atkinson",
    "band_share",
    "bottom_share",
    "coefficient_of_variation",
    "concentration_index",
    "deprivation",
    "der_polarization",
    "extended_gini",
    "fgt",
    "generalized_entropy",
    "generalized_lorenz_curve",
    "gini",
    "gini_convey",
    "headcount",
    "hoover",
    "kolm",
    "lorenz_asymmetry",
    "lorenz_curve",
    "max_min_ratio",
    "mean",
    "mean_log_deviation",
    "median",
    "palma_ratio",
    "percentile_ratio",
    "poverty_gap",
    "quantile",
    "quintile_ratio",
    "ratio_to_mean",
    "relative_deprivation",
    "sen",
    "sen_shorrocks_thon",
    "table",
    "theil",
    "top_share",
    "urban_rural_ratio",
    "watts",
    "wolfson",
    "zenga",
]


def __getattr__(name):
    if name in _LAZY:
        return getattr(import_module(f"research.measures.{_LAZY[name]}"), name)
    if name in _ROOMS:
        return import_module(f"research.measures.{name}")
    raise AttributeError(f"module 'research.measures' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_LAZY, *_ROOMS])
