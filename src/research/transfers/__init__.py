"""What a transfer would do: rules of benefits, subsidies and levies tried on the households of the survey.

Behaviour is held fixed. A rule is a file in `data/reference/transfers/`; the same households before and after give
each effect the error of a difference.

>>> from research import open_edition, transfers
>>> book = open_edition("2024")
>>> trial = transfers.simulate(transfers.population(book), transfers.rules(book.project))
>>> told = transfers.publish(book, trial)
>>> sorted(told["measure"].unique())[:3]
['band_share', 'cost', 'gini']
"""

from research.transfers.allocation import WAYS, WAYS_ZH, allocate, compare, share_out
from research.transfers.measured import NAMES
from research.transfers.population import Population, of_frame, population
from research.transfers.reading import check_rules, parse, rules
from research.transfers.release import publish, publish_groups
from research.transfers.rule import Rule, TakeUp
from research.transfers.simulate import HELD, Trial, Variant, simulate
from research.transfers.sound import check_sound, unsound
from research.transfers.winners import winners

__all__ = [
    "HELD",
    "NAMES",
    "WAYS",
    "WAYS_ZH",
    "Population",
    "Rule",
    "TakeUp",
    "Trial",
    "Variant",
    "allocate",
    "check_rules",
    "check_sound",
    "compare",
    "of_frame",
    "parse",
    "population",
    "publish",
    "publish_groups",
    "rules",
    "share_out",
    "simulate",
    "unsound",
    "winners",
]
