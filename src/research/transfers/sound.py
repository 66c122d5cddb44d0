"""What is wrong with rules once they meet households: a gap filled twice, a levy that leaves less than nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from research.core.faults import Fault, say, spot
from research.transfers.payments import after, amounts
from research.transfers.population import Population, population
from research.transfers.reading import FOLDER, check_rules, rules
from research.transfers.rule import Rule

if TYPE_CHECKING:
    from research.core.kinds import Bools
    from research.indicators.edition import Edition

CENT = 0.01
"""Yuan: what is less is rounding."""
SHOWN = 3
"""Places that a fault of a rule is told of one by one; of more it is told in one sentence."""


def unsound(people: Population, rules: Mapping[str, Rule]) -> list[Fault]:
    """Faults of rules that are to hold together, by file and place.

    Parameters
    ----------
    people : Population
    rules : dict of Rule
        By id; all of them are applied, with full take-up.

    Returns
    -------
    list of Fault
        Gaps that rules fill together to more than the whole; means-tested amounts of more than twice what lacks to
        the line, unless the rule says `beyond_gap`; incomes that a levy, or the levy that finances a rule, takes
        below 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import date
    >>> from research.transfers import of_frame, parse
    >>> homes = pd.DataFrame({"income": [8e3, 6e4], "size": [1, 2], "weight": 1.0, "place": list("ab"),
    ...                       "residence": "rural"})
    >>> rule = parse({"name": "n", "kind": "levy", "from": date(2025, 1, 1), "source": "s",
    ...               "amount": {"flat": {"yuan": 9000}}}, "a.yml")
    >>> print(unsound(of_frame(homes, {"low_income_line": 10_000}), {"poll": rule})[0])  # doctest: +ELLIPSIS
    data/reference/transfers/poll.yml, amount, place a: expected incomes of 0 or more after it, found 1 household...
    """
    return [*_filled_twice(people, rules), *_beyond(people, rules), *_negative(people, rules)]


def check_sound(edition: Edition) -> list[Fault]:
    """Faults of the district's rules on the newest households of its survey, each rule tried alone.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    list of Fault
        None without households, or while the files themselves have faults (`check_rules` tells them).

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> check_sound(open_edition("2024"))
    []
    """
    if check_rules(edition.project) or not edition.survey_years:
        return []
    found = rules(edition.project)
    people = population(edition) if found else None
    return [] if people is None else [f for name, rule in found.items() for f in unsound(people, {name: rule})]


def _file(name: str) -> str:
    return f"data/reference/{FOLDER}/{name}.yml"


def _counted(people: Population, where: Bools) -> dict[str, int]:
    """Sample households concerned, by place."""
    count = np.bincount(people.place[where], minlength=len(people.places))
    return {p: int(c) for p, c in zip(people.places, count, strict=True) if c}


def _faults(people: Population, name: str, where: Bools, expected: str, way: str, kind: str) -> list[Fault]:
    counted = _counted(people, where)
    items = [(say(f"amount, place {p}", f"amount，地区{p}"), n) for p, n in counted.items()]
    if len(counted) > SHOWN:
        most, number, total = max(counted, key=lambda p: counted[p]), len(counted), sum(counted.values())
        words = f"amount, {number} places, most of them in {most}", f"amount，{number}个地区，{most}最多"
        items = [(say(*words), total)]
    return [
        Fault(
            spot(_file(name), item=item),
            expected,
            say(f"{n} household{'s' * (n > 1)} of the sample", f"样本中{n}户"),
            way,
            kind,
        )
        for item, n in items
    ]


def _filled_twice(people: Population, rules: Mapping[str, Rule]) -> list[Fault]:
    """Of rules that fill gaps, those with which the sum passes the widest of their gaps."""
    filling = {name: rule for name, rule in rules.items() if rule.amount.gap is not None}
    paid, gap, faults = np.zeros(len(people.income)), np.zeros(len(people.income)), list[Fault]()
    for name, rule in filling.items() if len(filling) > 1 else ():
        assert rule.amount.gap is not None
        already = paid > CENT
        paid = paid + amounts(people, rule)
        gap = np.maximum(gap, np.maximum(people.yuan(rule.amount.gap.line) - people.head, 0.0) * people.size)
        faults += _faults(
            people,
            name,
            already & (paid > gap + CENT),
            say("no more than the household's gap, with the rules before it", "连同前面的规则，合计不超过该户的缺口"),
            say("lower the rates, or do not apply both", "请降低比率，或不要同时适用"),
            "twice",
        )
    return faults


def _beyond(people: Population, rules: Mapping[str, Rule]) -> list[Fault]:
    """Means-tested amounts that are more than twice what lacks to the line of the test."""
    faults = []
    for name, rule in rules.items():
        test = rule.who.income
        if rule.beyond_gap or rule.kind == "levy" or test is None or test.below is None or test.since is not None:
            continue
        line = people.yuan(test.below)
        gap = (line - people.head) * people.size if test.per == "head" else line - people.income
        faults += _faults(
            people,
            name,
            amounts(people, rule) > 2 * np.maximum(gap, 0.0) + CENT,
            say(f"no more than twice what lacks to {line:g}", f"不超过与{line:g}元之差的两倍"),
            say("add a taper, or say beyond_gap: true", "请加上 taper（递减），或写明 beyond_gap: true"),
            "gap",
        )
    return faults


def _negative(people: Population, rules: Mapping[str, Rule]) -> list[Fault]:
    faults, expected = [], say("incomes of 0 or more after it", "实施后收入不低于0")
    for name, rule in rules.items():
        share, free = rule.amount.share, rule.financed_by == "budget"
        spared = share is not None and share.of == "income"  # a share of an income leaves the rest of it
        if not free or (rule.sign < 0 and not spared):
            income = after(people, [rule], None).income
            faults += _faults(
                people,
                name,
                (income < -CENT) & (people.income >= 0),
                expected,
                say("lower it, or spare low incomes: who, income, from", "请降低，或用 who.income.from 免除低收入户"),
                "negative",
            )
    if not faults and len(rules) > 1:
        together = people.income + np.sum([amounts(people, r) for r in rules.values()], axis=0)
        where = (together < -CENT) & (people.income >= 0)
        for name in [n for n, r in rules.items() if r.sign < 0][-1:]:
            faults += _faults(
                people, name, where, expected, say("lower one of the levies", "请降低其中一项"), "negative"
            )
    return faults
