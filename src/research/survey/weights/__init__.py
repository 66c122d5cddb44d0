"""From the draw to the weight of each who answered: base weights, response, calibration, trimming, replicates."""

from research.survey.weights.auxiliary import Auxiliary, margins_of
from research.survey.weights.calibration import METHODS, Calibrated, calibrate, poststratify
from research.survey.weights.replicates import KINDS, ReplicateWeights, replicate_weights
from research.survey.weights.response import adjust_by_classes, adjust_by_propensity, response_rates
from research.survey.weights.trimming import kish, trim

__all__ = [
    "KINDS",
    "METHODS",
    "Auxiliary",
    "Calibrated",
    "ReplicateWeights",
    "adjust_by_classes",
    "adjust_by_propensity",
    "calibrate",
    "kish",
    "margins_of",
    "poststratify",
    "replicate_weights",
    "response_rates",
    "trim",
]
