"""Figures of a survey with errors that know design, calibration and finite population."""

from research.survey.estimates.impute import combine, hot_deck
from research.survey.estimates.independence import independence
from research.survey.estimates.regression import regress
from research.survey.estimates.sample import Estimates, Sample

__all__ = ["Estimates", "Sample", "combine", "hot_deck", "independence", "regress"]
