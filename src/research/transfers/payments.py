"""What a rule pays to each household, how many take it up, and what financing takes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from research.transfers.population import Population, sums
from research.transfers.rule import Rule, Who

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats, Ints


def entitled(people: Population, rule: Rule) -> Bools:
    """Households that a rule is for, before any taper.

    Examples
    --------
    >>> import pandas as pd
    >>> from research.transfers import of_frame, parse
    >>> from datetime import date
    >>> homes = pd.DataFrame({"income": [8e3, 6e4], "size": [1, 2], "weight": 1.0, "place": list("ab"),
    ...                       "residence": "rural"})
    >>> rule = parse({"name": "n", "kind": "benefit", "from": date(2025, 1, 1), "source": "s",
    ...               "who": {"size": {"from": 2}}, "amount": {"flat": {"yuan": 100}}}, "a.yml")
    >>> entitled(of_frame(homes, {"low_income_line": 10_000}), rule).tolist()
    [False, True]
    """
    who, inside = rule.who, np.ones(len(people.income), bool)
    if who.income is not None:
        x = people.head if who.income.per == "head" else people.income
        inside &= True if who.income.since is None else x >= people.yuan(who.income.since)
        inside &= True if who.income.below is None else x < people.yuan(who.income.below)
    if who.residence is not None:
        inside &= people.lives(who.residence)
    if who.places is not None or who.groups is not None:
        named = {*(who.places or ()), *(p for g in who.groups or () for p in people.members.get(g, ()))}
        inside &= np.array([p in named for p in people.places])[people.place]
    if who.size is not None:
        inside &= people.size >= (who.size.since or 1)
        inside &= people.size <= (who.size.to or np.inf)
    return inside


def amounts(people: Population, rule: Rule) -> Floats:
    """What the rule gives each household a year if it takes it up; below 0 for a levy.

    Parameters
    ----------
    people : Population
    rule : Rule

    Returns
    -------
    ndarray of shape (households,)
        Yuan, judged by the incomes before any rule.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import date
    >>> from research.transfers import of_frame, parse
    >>> homes = pd.DataFrame({"income": [8e3, 6e4], "size": [1, 2], "weight": 1.0, "place": list("ab"),
    ...                       "residence": "rural"})
    >>> rule = parse({"name": "n", "kind": "benefit", "from": date(2025, 1, 1), "source": "s",
    ...               "amount": {"gap": {"line": 10_000, "rate": 0.5}}}, "a.yml")
    >>> amounts(of_frame(homes, {"low_income_line": 10_000}), rule).tolist()
    [1000.0, 0.0]
    """
    paid = _full(people, rule)
    if rule.amount.most is not None:
        paid = np.minimum(paid, rule.amount.most)
    if rule.taper is not None:  # from what is due after the cap, as statutes withdraw it
        x = people.head if rule.taper.per == "head" else people.income
        taken = _above_nothing(x - people.yuan(rule.taper.start), rule.taper.rate)
        paid = np.maximum(paid - (taken * people.size if rule.taper.per == "head" else taken), 0.0)
    if rule.who != Who():
        paid = np.where(entitled(people, rule), paid, 0.0)
    return paid if rule.sign > 0 else -paid


def _full(people: Population, rule: Rule) -> Floats:
    amount = rule.amount
    if amount.flat is not None:
        return amount.flat.yuan * (people.size if amount.flat.per == "head" else np.ones(len(people.size)))
    if amount.gap is not None:
        lacking = people.yuan(amount.gap.line) - people.head
        return _above_nothing(lacking, amount.gap.rate) * people.size
    share = amount.share
    assert share is not None, "a rule that was read has one of the three"
    times = people.size if share.per == "head" else 1.0
    return _above_nothing(people.column(share.of) - people.yuan(share.above) * times, share.rate)


def _above_nothing(values: Floats, rate: float) -> Floats:
    """Share of what is above 0, in the place of the values: a new column costs more than to reckon it."""
    np.maximum(values, 0.0, out=values)
    values *= rate
    return values


Array = TypeVar("Array", "Floats", "Ints")


@dataclass(frozen=True)
class Levy:
    """What financing takes from everybody: `price` of each unit of `base`, so that the `cost` is covered."""

    base: Floats
    """Of each household: persons, or income where it is above 0."""
    price: float
    moves: Floats
    """Cluster totals of the influence on the price, which is an estimate as its cost is."""


@dataclass(frozen=True)
class Scenario:
    """Incomes after one variant. A household stands for many: where a share takes a rule up it is two rows.

    Parameters
    ----------
    rows : ndarray of int, or None
        Household of each row; None where the rows are the households.
    share : ndarray, or None
        Share of the household's weight; None where it is all.
    paid : ndarray
        Yuan that the rules give the row (below 0: take), before financing.
    income : ndarray
        Of the household, after all.
    levies : list of Levy
    """

    rows: Ints | None
    share: Floats | None
    paid: Floats
    income: Floats
    levies: list[Levy] = field(default_factory=list)

    def of(self, values: Array) -> Array:
        """A column of the households as one of the rows."""
        return values if self.rows is None else values[self.rows]

    def weighted(self, weights: Floats) -> Floats:
        """Weights of the households as weights of the rows."""
        return weights if self.rows is None or self.share is None else weights[self.rows] * self.share


def before(people: Population) -> Scenario:
    """The state without any rule."""
    return Scenario(None, None, np.zeros(len(people.income)), people.income)


def after(people: Population, rules: Sequence[Rule], band: int | None = 1, given: Floats | None = None) -> Scenario:
    """The state under some rules together; each is judged by the incomes before all of them.

    Parameters
    ----------
    people : Population
    rules : sequence of Rule
    band : {0, 1, 2, None}
        Take-up: low, as stated, high; None: everybody entitled. The take-up of two rules is independent.
    given : ndarray, optional
        Yuan that each household gets besides.

    Returns
    -------
    Scenario
    """
    n = len(people.income)
    rows: Ints | None = None
    share: Floats | None = None
    paid = np.zeros(n) if given is None else given.copy()
    costs: dict[str, Floats] = {}
    for rule in rules:
        full, p = amounts(people, rule), 1.0 if band is None else rule.take_ups()[band]
        if rule.financed_by != "budget":
            costs[rule.financed_by] = costs.get(rule.financed_by, np.zeros(n)) + p * full
        if p == 1:
            paid += full if rows is None else full[rows]
        elif p > 0 and full.any():
            rows = np.arange(n) if rows is None else rows
            share = np.ones(n) if share is None else share
            at = np.flatnonzero(full[rows])
            paid = np.concatenate([paid, paid[at] + full[rows[at]]])
            left = share[at] * (1 - p)
            rows, share = np.concatenate([rows, rows[at]]), np.concatenate([share, share[at] * p])
            share[at] = left
    return _financed(people, Scenario(rows, share, paid, np.empty(0)), costs)


def _financed(people: Population, state: Scenario, costs: dict[str, Floats]) -> Scenario:
    income = state.of(people.income) + state.paid
    levies = []
    for payer, cost in sorted(costs.items()):
        base = people.size if payer == "flat_levy" else np.maximum(people.income, 0.0)
        paid, units = (sums(people.psu, v, people.clusters, people.weight) for v in (cost, base))
        price = float(paid.sum() / units.sum())
        levies.append(Levy(base, price, (paid - price * units) / units.sum()))
        income -= price * state.of(base)
    return Scenario(state.rows, state.share, state.paid, income, levies)
