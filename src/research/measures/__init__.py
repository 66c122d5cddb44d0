"""Measures of inequality, poverty and gaps: pure arithmetic, arrays in and numbers out.

>>> from research import measures as m
>>> m.gini([1, 2, 3, 4, 10])
0.4
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from research.measures.concentration import concentration_index, deprivation
from research.measures.distribution import Distribution
from research.measures.formulas.bands import band_share
from research.measures.formulas.deprivation import relative_deprivation
from research.measures.formulas.entropy import generalized_entropy, mean_log_deviation, theil
from research.measures.formulas.extremes import max_min_ratio
from research.measures.formulas.gini import extended_gini, gini, gini_normalised
from research.measures.formulas.inequality import coefficient_of_variation, hoover
from research.measures.formulas.polarization import der_polarization, wolfson
from research.measures.formulas.poverty import fgt, headcount, poverty_gap, watts
from research.measures.formulas.ratios import palma_ratio, percentile_ratio, quintile_mean_ratio, quintile_ratio
from research.measures.formulas.risk import at_risk_of_poverty
from research.measures.formulas.sen import sen, sen_shorrocks_thon
from research.measures.formulas.shape import lorenz_asymmetry, zenga
from research.measures.formulas.shares import bottom_share, mean, median, quantile, top_share
from research.measures.formulas.welfare import atkinson, kolm
from research.measures.gaps import ratio_to_mean, urban_rural_ratio
from research.measures.lorenz import Curve, generalized_lorenz_curve, lorenz_curve
from research.measures.measure import Measure
from research.measures.policy import NegativesChanged, ZerosDropped
from research.measures.registry import MEASURES
from research.measures.variants import gini_convey

_LAZY = {"table": "tables", "FrequencyTable": "frequency"}  # what needs pandas is loaded when first used
_ROOMS = ("decompose", "dynamics", "grouped", "small_area", "survey")

__all__ = [
    "MEASURES",
    "Curve",
    "Distribution",
    "FrequencyTable",
    "Measure",
    "NegativesChanged",
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
    "gini_normalised",
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
    "quintile_mean_ratio",
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


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"research.measures.{_LAZY[name]}"), name)
    if name in _ROOMS:
        return import_module(f"research.measures.{name}")
    if name in MEASURES:  # a measure whose file registers it without being named here
        return MEASURES[name].value
    raise AttributeError(f"module 'research.measures' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_ROOMS, *MEASURES})
