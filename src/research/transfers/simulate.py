"""Variants tried on the same households: effects with the error of the difference, and a band for take-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, say
from research.core.status import weakest
from research.measures.survey import tested
from research.measures.survey.linear import stratified_variance
from research.transfers.measured import NAMES, Measured, measured
from research.transfers.payments import Scenario, after, before
from research.transfers.population import Population
from research.transfers.rule import Rule
from research.transfers.sound import unsound

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats, Ints

HELD = "行为不变：试算假定住户的就业、经营、消费、居住和申报都不因方案而变化，只改变转移收支本身。"
"""What a reader of every result is told."""
Rules: TypeAlias = Rule | Sequence[Rule] | Mapping[str, Rule]
"""A variant: one rule, or some that hold together."""


@dataclass(frozen=True)
class Variant:
    """A variant: rules by id, and what each household is given besides (of an allocation)."""

    name: str
    rules: dict[str, Rule]
    given: Floats | None = None
    blind: bool = True
    """Whether what is given besides was settled without looking at any household's income."""
    behind: Ints | None = None
    """Households of the sample that each place's sum stands on, where it stands on some of them only."""

    @property
    def banded(self) -> bool:
        """Whether its take-up has a band."""
        return any(len(set(r.take_ups())) > 1 for r in self.rules.values())

    def state(self, people: Population, band: int | None = 1) -> Scenario:
        """Incomes under it; take-up low (0), as stated (1), high (2), or everybody entitled (None)."""
        return after(people, list(self.rules.values()), band, self.given)


@dataclass(frozen=True)
class Trial:
    """What some variants would do.

    Parameters
    ----------
    people : Population
    variants : list of Variant
    effects : DataFrame
        A row a variant and measure: see `simulate`.
    places : DataFrame
        A row a variant and place: income a head before and after, and the error of the difference.
    status : str
        The weakest of the households' and the rules'.
    """

    people: Population
    variants: list[Variant]
    effects: pd.DataFrame
    places: pd.DataFrame
    status: str
    note: str = HELD


def simulate(
    people: Population,
    variants: Mapping[str, Rules | Variant],
    *,
    whole: Bools | None = None,
    level: float | None = None,
) -> Trial:
    """Try variants on the households of a survey; behaviour is held fixed.

    Parameters
    ----------
    people : Population
    variants : dict
        Name to a rule, to some rules that hold together, or to a `Variant`.
    whole : ndarray of bool, optional
        Places between which gaps are measured; default: all.
    level : float, optional
        Of the intervals; default: the setting.

    Returns
    -------
    Trial
        `effects`: variant, measure, name, before, after, difference, se, lower, upper, statistic, p_value, df,
        take_up_low, take_up_high (the difference at both ends of the band), n (households of the
        sample), unit, status.

    Raises
    ------
    DataError
        With every fault of every variant (`sound.unsound`).

    References
    ----------
    Goedemé, Van den Bosch, Salanauskaite & Verbist (2013), "Testing the statistical significance of microsimulation
    results: a plea", International Journal of Microsimulation 6; Deville (1999), Survey Methodology 25.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> from research.indicators import open_edition
    >>> from research.transfers import population, rules
    >>> trial = simulate(population(open_edition("2024")), rules(open_project()))
    >>> trial.status, sorted(trial.effects["variant"].unique())
    ('sample', ['mountain-gap', 'rural-flat'])
    """
    made = [v if isinstance(v, Variant) else Variant(name, _named(name, v)) for name, v in variants.items()]
    faults = list(dict.fromkeys(f for v in made for f in unsound(people, v.rules)))
    if faults or not made:
        raise DataError(faults or [Fault("variants", say("at least one", "至少一个方案"), say("none", "没有"))])
    level = float(people.settings["confidence_level"]) if level is None else level
    start = measured(people, before(people), whole)
    found = [[measured(people, v.state(people, b), whole) for b in ((1, 0, 2) if v.banded else (1,))] for v in made]
    names = [v.name for v in made]
    effects = _effects(people, names, start, found, level)
    by_place = _places(people, names, start, [f[0] for f in found], level)
    status = weakest(people.status, *(r.status for v in made for r in v.rules.values()))
    return Trial(people, made, effects.assign(status=status), by_place.assign(status=status), status)


def _named(name: str, given: Rules) -> dict[str, Rule]:
    if isinstance(given, Rule):
        return {name: given}
    return dict(given) if isinstance(given, Mapping) else {f"{name}-{k}": r for k, r in enumerate(given, start=1)}


def _errors(people: Population, totals: Floats) -> Floats:
    """Standard errors out of cluster totals, a row each."""
    return np.sqrt(stratified_variance(scipy.sparse.csr_matrix(totals), people.units))


def _less(after: Floats, before: Floats) -> Floats:
    """The difference; what is left of rounding is none."""
    difference = after - before
    return np.where(np.abs(difference) <= 1e-12 * np.abs(before), 0.0, difference)


def _tests(people: Population, difference: Floats, first: Floats, second: Floats, level: float) -> pd.DataFrame:
    """Differences with errors in which what both states share has cancelled."""
    se = _errors(people, second - first)
    whole = _errors(people, np.maximum(np.abs(first), np.abs(second)))
    se = np.where(se <= 1e-9 * whole, 0.0, se)
    table = tested(difference, se, np.full(len(se), float(people.units.degrees)), level)
    exact = se == 0  # what cancels in full is known without error
    for column in ("se", "lower", "upper"):
        table.loc[exact, column] = 0.0 if column == "se" else difference[exact]
    return table


def _effects(
    people: Population, names: list[str], start: Measured, found: list[list[Measured]], level: float
) -> pd.DataFrame:
    count, labels = len(names), list(NAMES.values())
    before_, after_ = np.tile(start.values, count), np.concatenate([f[0].values for f in found])
    table = _tests(
        people,
        _less(after_, before_),
        np.tile(start.totals, (count, 1)),
        np.concatenate([f[0].totals for f in found]),
        level,
    )
    front = {
        "variant": np.repeat(names, len(NAMES)),
        "measure": [*NAMES] * count,
        "name": [name for name, _ in labels] * count,
        "before": before_,
        "after": after_,
    }
    ends = {
        column: _less(np.concatenate([f[at if len(f) > 1 else 0].values for f in found]), before_)
        for column, at in (("take_up_low", 1), ("take_up_high", 2))
    }
    tail = {**ends, "n": len(people.income), "unit": [unit for _, unit in labels] * count}
    return pd.concat([pd.DataFrame(front), table, pd.DataFrame(tail)], axis=1)


def _places(people: Population, names: list[str], start: Measured, found: list[Measured], level: float) -> pd.DataFrame:
    count = len(names)
    before_, after_ = np.tile(start.places, count), np.concatenate([f.places for f in found])
    table = _tests(
        people,
        _less(after_, before_),
        np.tile(start.place_totals, (count, 1)),
        np.concatenate([f.place_totals for f in found]),
        level,
    )
    front = pd.DataFrame(
        {
            "variant": np.repeat(names, len(people.places)),
            "place": people.places * count,
            "before": before_,
            "after": after_,
        }
    )
    return pd.concat([front, table], axis=1)
