"""Effects of a measure, honestly: before and after, always against a comparison, always with its uncertainty.

Four designs on statsmodels: `difference_in_differences`, `event_study`, `synthetic_control` and
`interrupted_series`. Each gives an `Effect` that carries its interval, its assumptions in words, the checks that
could have refuted it (placebos) and what speaks against reading it as an effect (`cautions`); `Effect.supported`
is True only when the interval excludes no effect *and* no check failed. `research.wording.effect_sentence` words
it and never says more than that.
"""

from research.effects.did import difference_in_differences
from research.effects.event import EventStudy, event_study
from research.effects.interrupted import interrupted_series
from research.effects.result import Effect
from research.effects.synthetic import synthetic_control

__all__ = [
    "Effect",
    "EventStudy",
    "difference_in_differences",
    "event_study",
    "interrupted_series",
    "synthetic_control",
]
