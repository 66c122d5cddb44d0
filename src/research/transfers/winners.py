"""Who gains and who loses, by group, with sampling errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import scipy

from research.measures.survey.intervals import t_value
from research.measures.survey.linear import stratified_variance
from research.transfers.payments import Scenario
from research.transfers.population import Population
from research.transfers.simulate import Trial

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints

By = Literal["all", "place", "residence", "fifth", "size"]
CENT = 0.01
"""Yuan a household and year: who gains or loses less stays as he is."""


def winners(trial: Trial, by: By = "all") -> pd.DataFrame:
    """Shares of persons who gain and who lose, and the mean change of income a head, by group.

    Parameters
    ----------
    trial : Trial
    by : {"all", "place", "residence", "fifth", "size"}
        Fifths are of households ranked by income a head before any rule, their limits taken as they are in the sample;
        sizes from 6 on are one group.

    Returns
    -------
    DataFrame
        variant, by, group, measure (winners, losers: shares of persons; mean_change: yuan a head), value, se, lower,
        upper, n (households of the sample), counted (those that gain, or lose, or both), status.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> from research.indicators import open_edition
    >>> from research.transfers import population, rules, simulate
    >>> trial = simulate(population(open_edition("2024")), rules(open_project()))
    >>> flat = winners(trial, "residence").query("variant == 'rural-flat' and measure == 'losers'")
    >>> flat["value"].tolist()
    [0.0, 0.0]
    """
    codes, names = groups(trial.people, by)
    level = float(trial.people.settings["confidence_level"])
    parts = [
        _of(trial.people, v.state(trial.people), codes, names, level).assign(variant=v.name, by=by)
        for v in trial.variants
    ]
    found = pd.concat(parts, ignore_index=True).assign(status=trial.status)
    return found[["variant", "by", *[c for c in found if c not in ("variant", "by")]]]


def groups(people: Population, by: str) -> tuple[Ints, list[str]]:
    """Group of each household as a small number, and the groups' names."""
    if by == "place":
        return people.place, people.places
    if by == "residence":
        return people.lives("urban").astype(int), ["rural", "urban"]
    if by == "fifth":
        return people.fifth - 1, [str(k) for k in range(1, 6)]
    if by == "size":
        return np.minimum(people.size, 6).astype(int) - 1, [*map(str, range(1, 6)), "6+"]
    return np.zeros(len(people.income), int), ["all"]


def gains(people: Population, state: Scenario) -> Floats:
    """By how much each row's household income changes."""
    change: Floats = state.income - state.of(people.income)
    return change


def _of(people: Population, state: Scenario, codes: Ints, names: list[str], level: float) -> pd.DataFrame:
    gain, size = gains(people, state), state.of(people.size)
    persons = state.weighted(people.persons)
    code, psu = state.of(codes), state.of(people.psu)
    rows = np.arange(len(people.income)) if state.rows is None else state.rows
    n = np.bincount(codes, minlength=len(names))
    out = []
    for measure, values in (("winners", gain > CENT), ("losers", gain < -CENT), ("mean_change", gain / size)):
        value, se = _means(people, values.astype(float), persons, code, psu, len(names))
        reach = t_value(level, people.units.degrees) * se
        what = np.abs(gain) > CENT if measure == "mean_change" else values
        behind = np.bincount(codes[np.unique(rows[what])], minlength=len(names))
        out.append(
            pd.DataFrame(
                {
                    "group": names,
                    "measure": measure,
                    "value": value,
                    "se": se,
                    "lower": value - reach,
                    "upper": value + reach,
                    "n": n,
                    "counted": behind,
                }
            )
        )
    found = pd.concat(out, ignore_index=True)
    shares = found["measure"] != "mean_change"
    found.loc[shares, ["lower", "upper"]] = found.loc[shares, ["lower", "upper"]].clip(0, 1)
    return found[found["n"] > 0].reset_index(drop=True)


def _means(people: Population, x: Floats, w: Floats, code: Ints, psu: Ints, count: int) -> tuple[Floats, Floats]:
    """Weighted means of groups, with standard errors."""
    clusters = people.clusters
    pair = code.astype(np.int64) * clusters + psu
    top, all_ = (np.bincount(pair, weights=v, minlength=count * clusters).reshape(count, clusters) for v in (x * w, w))
    whole = all_.sum(axis=1, keepdims=True)
    mean = np.divide(top.sum(axis=1, keepdims=True), whole, out=np.full_like(whole, np.nan), where=whole > 0)
    totals = np.divide(top - mean * all_, whole, out=np.zeros_like(top), where=whole > 0)
    return mean.ravel(), np.sqrt(stratified_variance(scipy.sparse.csr_matrix(totals), people.units))
