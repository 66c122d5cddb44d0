"""Measures of one state with the cluster totals of their influence, so that two states give the error of a difference.

The households are the same before and after, so most of the sampling error cancels: the totals of both are subtracted
before the variance is taken. Where a levy's price is itself an estimate, its own error is carried through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from research.core.faults import DataError, Fault, say
from research.measures.policy import below
from research.measures.survey.gini_totals import gini_by_cluster, gini_totals
from research.transfers.payments import Array, Scenario
from research.transfers.population import Population, sums

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats, Ints

NAMES = {
    "mean_income": ("人均可支配收入", "元/人·年"),
    "gini": ("基尼系数", "系数"),
    "low_income": ("人均收入低于兜底线的人口比重", "比重"),
    "band_share": ("中等收入家庭比重", "比重"),
    "max_min_ratio": ("乡镇街道人均收入最高最低倍差", "倍"),
    "township_cv": ("乡镇街道人均收入变异系数", "系数"),
    "cost": ("财政净支出", "万元/年"),
}
"""Measures: their names and units for readers."""


ROUNDING = 1e-6
"""Yuan: incomes that are out of order by less are alike but for their last digits."""


class Measured(NamedTuple):
    """Values of `NAMES`, with the totals of their influence by cluster; and incomes a head of the places."""

    values: Floats
    totals: Floats
    places: Floats
    place_totals: Floats


class _Mean(NamedTuple):
    """Weighted means of places, and their cluster totals."""

    value: Floats
    totals: Floats


def measured(people: Population, state: Scenario, whole: Bools | None = None) -> Measured:
    """All measures of a state.

    Parameters
    ----------
    people : Population
    state : Scenario
    whole : ndarray of bool, optional
        Places between which gaps are measured; default: all.

    Returns
    -------
    Measured

    Examples
    --------
    >>> import pandas as pd
    >>> from research.transfers import of_frame
    >>> from research.transfers.payments import before
    >>> homes = pd.DataFrame({"income": [8e3, 6e4], "size": [1, 2], "weight": 1.0, "place": list("ab"),
    ...                       "residence": "rural"})
    >>> people = of_frame(homes, {"low_income_line": 10_000})
    >>> dict(zip(NAMES, measured(people, before(people)).values.round(4).tolist()))["max_min_ratio"]
    3.75
    """
    size = state.of(people.size)
    head, persons, homes = state.income / size, state.weighted(people.persons), state.weighted(people.weight)
    townships, mean, incomes = _by_place(people, state, homes)
    parts = [
        mean,
        _gini(people, state, head, persons, incomes),
        _low(people, state, head, persons),
        _band(people, state, homes),
    ]
    parts += _gaps(townships, np.ones(len(people.places), bool) if whole is None else whole)
    parts.append(_cost(people, state, homes))
    values, totals = (np.array([p[k] for p in parts], float) for k in (0, 1))
    return Measured(values, totals, townships.value, townships.totals)


def _by_cluster(people: Population, state: Scenario, values: Floats, where: Bools | None = None) -> Floats:
    psu = state.of(people.psu)
    if where is not None:
        at = np.flatnonzero(where)
        psu, values = psu[at], values[at]
    return sums(psu, values, people.clusters)


def _share(top: Floats, whole: Floats) -> tuple[float, Floats]:
    """A weighted mean and its cluster totals, out of sums by cluster."""
    mean = top.sum() / whole.sum()
    return float(mean), (top - mean * whole) / whole.sum()


def _low(people: Population, state: Scenario, head: Floats, persons: Floats) -> tuple[float, Floats]:
    low = below(head, people.line)
    value, totals = _share(_by_cluster(people, state, persons, low), people.persons_in_cluster)
    for levy in state.levies:
        pressed = state.of(levy.base / people.size)
        totals = totals + _density(head, persons, people.line, pressed) * levy.moves
    return value, totals


def _band(people: Population, state: Scenario, homes: Floats) -> tuple[float, Floats]:
    x, inside = state.income, people.inside(state.income)
    if state.rows is None:  # few cross an end of the band: only they are counted again
        earlier, counted = people.band
        crossed = np.flatnonzero(inside != earlier)
        turned = np.where(inside[crossed], homes[crossed], -homes[crossed])
        counted = counted + sums(people.psu[crossed], turned, people.clusters)
    else:
        counted = _by_cluster(people, state, homes, inside)
    value, totals = _share(counted, people.homes_in_cluster)
    low, high = people.yuan("middle_band_lower"), people.yuan("middle_band_upper")
    for levy in state.levies:
        pressed = state.of(levy.base)
        slope = _density(x, homes, high, pressed) - _density(x, homes, low, pressed)
        totals = totals + slope * levy.moves
    return value, totals


def _density(x: Floats, w: Floats, at: float, pressed: Floats) -> float:
    """By how much the share below a point grows for a unit of price: a kernel density there, times what each pays."""
    mass, total = x * w, w.sum()
    mean = mass.sum() / total
    mass *= x
    spread = np.sqrt(max(mass.sum() / total - mean**2, 0.0))
    width = 1.06 * min(spread, at / 2) * len(x) ** -0.2  # Silverman's, not wider than the line allows
    if width <= 0:
        return 0.0
    near = np.flatnonzero(np.abs(x - at) < 4 * width)
    kernel = np.exp(-(((x[near] - at) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))
    return float((kernel * w[near] * pressed[near]).sum() / total)


def _gini(
    people: Population, state: Scenario, head: Floats, persons: Floats, incomes: Floats | None = None
) -> tuple[float, Floats]:
    """Gini of incomes a head; `incomes`: their sums by cluster before any of this, where they are known."""
    rule, psu = people.settings["negative_incomes"], state.of(people.psu)
    lost = head < 0
    if rule == "refuse" and lost.any():
        raise DataError(
            Fault(
                "income",
                say("0 or more", "不小于0"),
                say("incomes below 0", "有负数"),
                say("choose a rule: negative_incomes", "请设定 negative_incomes"),
                "negative",
            )
        )
    if rule == "zero" and lost.any():
        head = np.maximum(head, 0.0)
    elif rule == "drop":
        persons = np.where(lost, 0.0, persons)
    (rows, order), x = _disorder(head), head
    w, whole = persons, persons.sum()
    if order is None:
        x = np.maximum.accumulate(x) if rows.start < rows.stop else x
    else:
        x, w, psu = _reordered(x, rows, order), _reordered(w, rows, order), _reordered(psu, rows, order)
    if incomes is None or lost.any():
        value, _, totals = gini_totals(x, w, psu, people.clusters)
    else:
        known = people.running if w is people.persons else None
        value, totals = gini_by_cluster(x, w, psu, people.persons_in_cluster, incomes, known)
    totals = totals / whole
    for levy in state.levies:
        pressed = state.of(levy.base / people.size)
        pressed = np.where(lost, 0.0, pressed) if rule == "zero" else pressed
        totals = totals - _gini_slope(x, w, value, _reordered(pressed, rows, order)) * levy.moves
    return value, totals


def _disorder(x: Floats) -> tuple[slice, Ints | None]:
    """Rows between the first and the last that are not in rising order, and their order; None where it is rounding."""
    fall = np.flatnonzero(x[1:] < x[:-1])
    if not len(fall):
        return slice(0, 0), None
    if (x[fall + 1] - x[fall]).min() >= -ROUNDING:
        return slice(int(fall[0]), int(fall[-1]) + 2), None
    first, last = int(fall[0]) + 1, int(fall[-1]) + 1  # what is before the first fall and after the last is in order
    start = int(np.searchsorted(x[:first], x[first:].min(), "right"))
    stop = last + int(np.searchsorted(x[last:], x[:last].max(), "left"))
    rows = slice(start, stop)
    return rows, np.argsort(x[rows])


def _reordered(values: Array, rows: slice, order: Ints | None) -> Array:
    """The values with some rows in another order."""
    if order is None:
        return values
    values = values.copy()
    values[rows] = values[rows][order]
    return values


def _gini_slope(x: Floats, w: Floats, gini: float, h: Floats) -> float:
    """Derivative of the Gini when each income grows by `h`: ``mean((2F - 1 - G) h) / mean``, ties at their middle."""
    first = np.flatnonzero(np.r_[True, x[1:] != x[:-1]])
    own, moved = np.add.reduceat(w, first), np.add.reduceat(w * h, first)
    running = np.cumsum(own)
    rank = (running - own / 2) / running[-1]
    return float(((2 * rank - 1 - gini) * moved).sum() / (w * x).sum())


def _by_place(people: Population, state: Scenario, homes: Floats) -> tuple[_Mean, tuple[float, Floats], Floats]:
    """Income a head of each place with its cluster totals, that of all, and the sums of income by cluster."""
    cells, count = len(people.cell_place), len(people.places)
    top = sums(state.of(people.cell), state.income, cells, homes)
    whole = sums(people.cell_place, people.persons_in_cell, count)
    mean = sums(people.cell_place, top, count) / whole
    totals, at = np.zeros((count, people.clusters)), people.cell_place
    totals[at, people.cell_cluster] = (top - mean[at] * people.persons_in_cell) / whole[at]
    by_cluster = sums(people.cell_cluster, top, people.clusters)
    every, over = _share(by_cluster, people.persons_in_cluster)
    for levy in state.levies:
        pressed = sums(people.place, levy.base, count, people.weight)
        totals -= np.outer(pressed / whole, levy.moves)
        over = over - pressed.sum() / whole.sum() * levy.moves
    return _Mean(mean, totals), (every, over), by_cluster


def _gaps(places: _Mean, whole: Bools) -> list[tuple[float, Floats]]:
    """Highest over lowest, and coefficient of variation of the places (each counts once), by the delta method."""
    at = np.flatnonzero(whole)
    m, totals = places.value[at], places.totals[at]
    high, low = int(m.argmax()), int(m.argmin())
    ratio = m[high] / m[low]
    by_ratio = totals[high] / m[low] - ratio * totals[low] / m[low]
    middle, spread = m.mean(), m.std()
    if spread == 0:
        return [(float(ratio), by_ratio), (0.0, np.zeros(totals.shape[1]))]
    slope = ((m - middle) / spread / middle - spread / middle**2) / len(m)
    return [(float(ratio), by_ratio), (float(spread / middle), slope @ totals)]


def _cost(people: Population, state: Scenario, homes: Floats) -> tuple[float, Floats]:
    """What the budget pays a year less what it takes, in 10,000 yuan."""
    totals = sums(state.of(people.psu), state.paid, people.clusters, homes)
    gross = np.abs(totals).sum()
    for levy in state.levies:
        units = sums(people.psu, levy.base, people.clusters, people.weight)
        totals = totals - levy.price * units - units.sum() * levy.moves
    totals = np.where(np.abs(totals) <= 1e-9 * gross, 0.0, totals)  # what a levy covers in full costs nothing
    return float(totals.sum()) / 1e4, totals / 1e4
