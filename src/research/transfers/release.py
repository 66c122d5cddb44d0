"""What of a trial may be published: no effect, and no difference of two variants, that few households make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.indicators.privacy import disclosure
from research.indicators.privacy.quantiles import rounded_counts
from research.indicators.privacy.withholding import SHARES
from research.measures.policy import below
from research.transfers.payments import Scenario, entitled
from research.transfers.population import Population
from research.transfers.simulate import Trial, Variant
from research.transfers.winners import CENT, By, gains, groups, winners

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats, Ints
    from research.indicators.edition import Edition

FIGURES = (
    "after",
    "difference",
    "se",
    "lower",
    "upper",
    "statistic",
    "p_value",
    "take_up_low",
    "take_up_high",
    "value",
)
"""Columns that are gaps where a row is withheld."""


def publish(edition: Edition, trial: Trial) -> pd.DataFrame:
    """The effects of a trial as they may stand in a book.

    Parameters
    ----------
    edition : Edition
        Whose settings hold.
    trial : Trial

    Returns
    -------
    DataFrame
        `effects` with gaps, and `withheld`, where fewer households than the least count gain,
        lose or cross a limit, where two of them make most of it, or where a variant differs from an earlier one in the
        treatment of so few. The count of households is rounded; status and source are those of the survey.

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> from research.transfers import population, rules, simulate
    >>> book = open_edition("2024")
    >>> told = publish(book, simulate(population(book), rules(book.project)))
    >>> set(told["status"])
    {'sample'}
    """
    rule, people = disclosure.rules(edition.settings), trial.people
    gone: dict[tuple[str, str], bool] = {}
    earlier: list[dict[str, Bools]] = []
    for variant in trial.variants:
        state = variant.state(people, None)
        sets, moved = _sets(people, state), _moved(people, state)
        heavy = bool(moved.any() and disclosure.reason(moved[moved > 0], rule))
        few = {name: 0 < one.sum() < rule.min_count or _parted(one, name, earlier, rule) for name, one in sets.items()}
        every = few["paid"] or few["moved"]
        for name in trial.effects["measure"].unique():
            gone[variant.name, name] = every or few[name] if name in few else every or heavy
        earlier.append(sets)
    shut = _shut(edition, people)
    keys = zip(trial.effects["variant"], trial.effects["measure"], strict=True)
    hidden = trial.effects["measure"].isin(shut).to_numpy()
    table = _finished(edition, trial.effects, np.array([gone[k] for k in keys]) | hidden)
    return table.assign(before=table["before"].mask(hidden))


def _shut(edition: Edition, people: Population) -> list[str]:
    """Shares of the whole district that the built tables do not show either."""
    year = people.frame["year"].iloc[0] if "year" in people.frame else edition.edition
    cells = edition.withheld_shares
    mine = cells["place"].eq(edition.district) & cells["residence"].eq("all") & cells["year"].eq(year)
    return [m for m, share in SHARES.items() if share in set(cells.loc[mine, "share"])]


def _parted(one: Bools, name: str, earlier: list[dict[str, Bools]], rule: disclosure.Rules) -> bool:
    """Whether the households concerned are those of an earlier variant but for a few, whom the difference tells."""
    return any(0 < int((one ^ other[name]).sum()) < rule.min_count for other in earlier)


def publish_groups(edition: Edition, trial: Trial, by: By = "all") -> pd.DataFrame:
    """Winners and losers by group as they may stand in a book.

    Parameters
    ----------
    edition : Edition
    trial : Trial
    by : {"all", "place", "residence", "fifth", "size"}

    Returns
    -------
    DataFrame
        As `winners`, without `counted`: a group is a gap in all its measures where those that gain, lose, or do
        neither are too few (all or nobody is shown where the rule alone says so), and further groups with it where it
        would follow from the whole.

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> from research.transfers import population, rules, simulate
    >>> book = open_edition("2024")
    >>> trial = simulate(population(book), rules(book.project))
    >>> publish_groups(book, trial, "place")["withheld"].any()
    np.True_
    """
    table = winners(trial, by)
    gone = np.zeros(len(table), bool)
    codes, names = groups(trial.people, by)
    for variant in trial.variants:
        mine = table["variant"] == variant.name
        hidden = _hidden(edition, trial.people, variant, codes, names, by)
        gone |= (mine & table["group"].isin(hidden)).to_numpy()
    return _finished(edition, table.drop(columns="counted"), gone)


def _sets(people: Population, state: Scenario) -> dict[str, Bools]:
    """Households that are paid or pay, that are moved, that are moved over a limit, if all entitled take it up."""
    was, s = people.income, people.settings
    low, high = s["middle_band_lower"], s["middle_band_upper"]
    return {
        "moved": np.abs(state.income - was) > CENT,
        "paid": np.abs(state.paid) > CENT,
        "low_income": below(state.income / people.size, people.line) != below(people.head, people.line),
        "band_share": ((state.income >= low) != (was >= low)) | ((state.income > high) != (was > high)),
    }


def _moved(people: Population, state: Scenario) -> Floats:
    """Weighted yuan by which each household's income changes, without sign."""
    return np.abs(gains(people, state)) * people.weight


def _hidden(edition: Edition, people: Population, variant: Variant, codes: Ints, names: list[str], by: str) -> set[str]:
    """Groups of one variant that are not published."""
    rule, state = disclosure.rules(edition.settings), variant.state(people, None)
    gain, moved, n = gains(people, state), _moved(people, state), np.bincount(codes, minlength=len(names))
    told, hidden = _told(people, variant, codes, len(names), by), set[str]()
    for inside in (gain > CENT, gain < -CENT):
        count = np.bincount(codes[inside], minlength=len(names))
        sure = ((count == 0) | (count == n)) & (told | _one_sided(variant, bool(inside.any())))
        why = []
        for g in range(len(names)):
            few = min(count[g], n[g] - count[g]) < rule.min_count and not sure[g]
            heavy = bool(count[g]) and bool(disclosure.reason(moved[inside & (codes == g)], rule)) and not sure[g]
            why.append("count" if n[g] < rule.min_count or few or heavy else "")
        for counted in (count, n - count):
            hidden |= _protected(names, counted, why, rule, sure)
    if by == "place":
        hidden |= _behind(edition, people, variant, rule)
    return hidden


def _told(people: Population, variant: Variant, codes: Ints, count: int, by: str) -> Bools:
    """Groups of which the rules alone tell, without any household's income, that all or none gain or lose.

    A fifth is a range of incomes, and a rule's limits say on which side of them it lies.
    """
    rules = list(variant.rules.values())
    if by == "fifth" or (variant.blind and all(r.blind for r in rules)):
        return np.ones(count, bool)
    if variant.given is not None:
        return np.full(count, by in ("all", "place", "residence") and not rules)
    reached = np.zeros(len(codes), bool)
    for rule in rules:
        reached |= entitled(people, rule.model_copy(update={"who": rule.who.model_copy(update={"income": None})}))
    return np.asarray(np.bincount(codes[reached], minlength=count) == 0)


def _one_sided(variant: Variant, some: bool) -> bool:
    """Whether a kind of rule cannot have such households at all: benefits out of the budget have no losers."""
    signs = {r.sign for r in variant.rules.values()}
    return not some and len(signs) <= 1 and all(r.financed_by == "budget" for r in variant.rules.values())


def _behind(edition: Edition, people: Population, variant: Variant, rule: disclosure.Rules) -> set[str]:
    """Places whose own cells are withheld, or whose amount stands on few households; and what protects them."""
    cells = edition.withheld
    year = people.frame["year"].iloc[0] if "year" in people.frame else edition.edition
    shut = set(cells.loc[cells["residence"].eq("all") & cells["year"].eq(year), "place"])
    count = np.bincount(people.place, minlength=len(people.places)) if variant.behind is None else variant.behind
    why = ["count" if p in shut or c < rule.min_count else "" for p, c in zip(people.places, count, strict=True)]
    return _protected(people.places, count, why, rule, np.zeros(len(why), bool))


def _protected(names: list[str], count: Ints, why: list[str], rule: disclosure.Rules, sure: Bools) -> set[str]:
    """Groups that are withheld, with those that protect them where the whole is known: what is sure hides nothing."""
    gone = np.array([bool(w) for w in why])
    gone = disclosure.second_gap(np.where(sure & ~gone, 0, count), gone, rule.min_count)
    return {n for n, g in zip(names, gone, strict=True) if g}


def _finished(edition: Edition, table: pd.DataFrame, gone: Bools) -> pd.DataFrame:
    figures = [c for c in FIGURES if c in table]
    table = table.assign(withheld=gone, source=edition.meta.get("source", "住户调查"))
    table[figures] = table[figures].astype(float)
    table.loc[gone, figures] = np.nan
    return rounded_counts(table, edition.settings["round_base"])
