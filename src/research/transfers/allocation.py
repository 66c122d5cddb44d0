"""One budget over the townships by stated rules, compared with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from research.core.faults import DataError, Fault, say, spot
from research.measures.policy import below, choice
from research.transfers.payments import entitled
from research.transfers.population import Population, sums
from research.transfers.rule import Rule
from research.transfers.simulate import Rules, Trial, Variant, simulate

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats

How = Literal["equal", "per_head", "need", "least_gap"]
WAYS = get_args(How)
"""Each place the same sum; the same for each person; by what lacks to the line; so that the lowest places rise."""
WAYS_ZH = {"equal": "各乡镇街道同额", "per_head": "按人口", "need": "按低收入缺口", "least_gap": "使乡镇差距最小"}


def allocate(people: Population, budget: float, how: How) -> Floats:
    """Yuan of a budget for each place.

    Parameters
    ----------
    people : Population
    budget : float
        Yuan a year, above 0.
    how : {"equal", "per_head", "need", "least_gap"}
        "need": in proportion to what the persons below the line lack to it; "least_gap": the lowest income a head is
        raised first, until it meets the next, and so on; no other allocation has a higher lowest place.

    Returns
    -------
    ndarray of shape (places,)
        In the order of `people.places`; it adds up to the budget.

    Raises
    ------
    DataError
        For a budget that is not above 0, or a need where nobody lacks anything.

    Examples
    --------
    >>> import pandas as pd
    >>> from research.transfers import of_frame
    >>> homes = pd.DataFrame({"income": [8e3, 9e3, 6e4], "size": 1, "weight": [10.0, 10, 20], "place": list("abc"),
    ...                       "residence": "rural"})
    >>> people = of_frame(homes, {"low_income_line": 10_000})
    >>> allocate(people, 30_000, "need").tolist(), allocate(people, 30_000, "least_gap").tolist()
    ([20000.0, 10000.0, 0.0], [20000.0, 10000.0, 0.0])
    """
    choice(how, "how", WAYS)
    if not (np.isfinite(budget) and budget > 0):
        raise DataError(Fault("budget", say("yuan a year, above 0", "大于0的金额（元/年）"), repr(budget)))
    count = len(people.places)
    persons = sums(people.place, people.persons, count)
    if how == "equal":
        return np.full(count, budget / count)
    if how == "per_head":
        return np.asarray(budget * persons / persons.sum())
    if how == "need":
        lack = np.maximum(people.line - people.head, 0.0) * people.persons
        need = sums(people.place, lack, count)
        if not need.sum():
            raise DataError(
                Fault(
                    "need",
                    say("somebody below the line", "有人低于兜底线"),
                    say("nobody", "没有"),
                    say("choose another way", "请换一种分配规则"),
                )
            )
        return np.asarray(budget * need / need.sum())
    mean = sums(people.place, people.head * people.persons, count) / persons
    return _filled(mean, persons, budget)


def _filled(mean: Floats, persons: Floats, budget: float) -> Floats:
    """The lowest places brought to one level that uses the budget up."""
    order = np.argsort(mean)
    m, n = mean[order], np.cumsum(persons[order])
    spent = n * m - np.cumsum(persons[order] * m)  # what it takes to bring all before to this one's level
    last = int(np.searchsorted(spent, budget, side="left")) - 1
    level = m[last] + (budget - spent[last]) / n[last]
    return np.asarray(np.maximum(level - mean, 0.0) * persons)


def share_out(people: Population, yuan: Floats, among: Rule | None = None) -> Floats:
    """Each place's sum shared out a head, among its persons or those that a rule is for.

    Parameters
    ----------
    people : Population
    yuan : ndarray of shape (places,)
    among : Rule, optional
        Whose `who` says for whom; a place with a sum and nobody entitled is a fault.

    Returns
    -------
    ndarray of shape (households,)
        Yuan for each household, in the order of `people.frame`.

    Raises
    ------
    DataError
        Naming each place whose sum nobody would get.

    Examples
    --------
    >>> import pandas as pd
    >>> from research.transfers import of_frame
    >>> homes = pd.DataFrame({"income": [8e3, 9e3], "size": [1, 3], "weight": [10.0, 10], "place": "a",
    ...                       "residence": "rural"})
    >>> share_out(of_frame(homes, {"low_income_line": 10_000}), np.array([400.0])).tolist()
    [30.0, 10.0]
    """
    inside: Bools = np.ones(len(people.size), bool) if among is None else entitled(people, among)
    persons = sums(people.place, people.persons * inside, len(people.places))
    lost = [p for p, y, n in zip(people.places, yuan, persons, strict=True) if y > 0 and n == 0]
    if lost:
        way = say("widen `who`, or allocate by another way", "请放宽条件，或换一种分配规则")
        raise DataError(
            [
                Fault(
                    spot(item=say(f"place {p}", f"地区{p}")),
                    say("somebody entitled", "有人符合条件"),
                    say("nobody", "没有"),
                    way,
                )
                for p in lost
            ]
        )
    head = np.divide(yuan, persons, out=np.zeros(len(yuan)), where=persons > 0)
    return np.asarray(head[people.place] * people.size * inside)


def compare(
    people: Population,
    budget: float,
    ways: tuple[How, ...] = WAYS,
    among: Rule | None = None,
    *,
    whole: Bools | None = None,
) -> Trial:
    """The same budget by several ways of allocating it, side by side.

    What each place gets is taken as decided: the errors are those of its effects, not of the decision.

    Parameters
    ----------
    people : Population
    budget : float
        Yuan a year.
    ways : tuple of str
    among : Rule, optional
        As in `share_out`.
    whole : ndarray of bool, optional
        As in `simulate`.

    Returns
    -------
    Trial
        One variant a way, by its name.

    Raises
    ------
    DataError
        As `allocate` and `share_out`.

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> from research.transfers import population
    >>> told = compare(population(open_edition("2024")), 5e7, ("per_head", "least_gap")).effects
    >>> gaps = told[told["measure"] == "max_min_ratio"].set_index("variant")["after"]
    >>> bool(gaps["least_gap"] < gaps["per_head"])
    True
    """
    low = np.bincount(people.place[below(people.head, people.line)], minlength=len(people.places))
    blind = among is None or among.blind
    variants: dict[str, Rules | Variant] = {}
    for how in ways:
        given, looks = share_out(people, allocate(people, budget, how), among), how == "need"
        variants[how] = Variant(how, {}, given, blind=blind and not looks, behind=low if looks else None)
    return simulate(people, variants, whole=whole)
