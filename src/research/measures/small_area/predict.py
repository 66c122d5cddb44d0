"""Populations drawn from a fitted nested error model: predictions by area, and their errors by parametric bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from research.measures.small_area.drawn import ORDERLESS, measured
from research.measures.small_area.scales import POSITIVE, Chosen, on_scale

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints
    from research.measures.measure import Resolved
    from research.measures.small_area.nested import Nested

CELLS = 2_000_000
"""Drawn incomes that are held in memory at a time."""
LEVELS = scipy.special.ndtri((np.arange(1000) + 0.5) / 1000)
"""Deviations that stand for all of them, each as likely as any other, where the expectation is asked for."""


@dataclass(frozen=True)
class Register:
    """All households, in the order of their areas.

    Parameters
    ----------
    x : ndarray of shape (rows, p)
        Covariates of the register's rows, in the order of their areas.
    repeat : ndarray of shape (rows,)
        Households of each.
    heads : ndarray of shape (rows,), optional
        Persons of each household.
    start : ndarray of shape (areas + 1,)
        Where each area's rows begin.
    size : ndarray
        Households of each row, in the order the rows were given.
    households, weight : ndarray of shape (areas,)
        Households of each area; and what it weighs in the whole: persons, or households.
    """

    x: Floats
    repeat: Ints
    heads: Floats | None
    start: Ints
    size: Floats
    households: Floats
    weight: Floats

    @classmethod
    def of(cls, x: Floats, code: Ints, size: Floats, heads: Floats | None, areas: int) -> Register:
        """Rows put in the order of their areas."""
        order = np.argsort(code, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(code, minlength=areas))])
        homes = np.asarray(np.bincount(code, weights=size, minlength=areas), float)
        persons = size if heads is None else size * heads
        weight = np.asarray(np.bincount(code, weights=persons, minlength=areas), float)
        sorted_heads = None if heads is None else heads[order]
        return cls(x[order], size[order].astype(int), sorted_heads, start, size, homes, weight)

    def middle(self, beta: Floats) -> list[Floats]:
        """Expectation of each household without its area's effect, by area."""
        rows = self.x @ beta
        return [np.repeat(rows[a:b], self.repeat[a:b]) for a, b in zip(self.start[:-1], self.start[1:], strict=True)]

    def persons(self) -> list[Floats | None]:
        """Persons of each household, by area."""
        if self.heads is None:
            return [None] * (len(self.start) - 1)
        return [
            np.repeat(self.heads[a:b], self.repeat[a:b]) for a, b in zip(self.start[:-1], self.start[1:], strict=True)
        ]


def predict(register: Register, chosen: Chosen, draws: int, asked: list[Resolved], rng: np.random.Generator) -> Floats:
    """Means of the measures over drawn populations.

    Parameters
    ----------
    register : Register
    chosen : Chosen
        Scale and fitted model.
    draws : int
        Populations; made in pairs, the second with the deviations of the first turned round.
    asked : list of (label, name, parameters)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (areas, measures)
    """
    f = chosen.fitted
    within, half = np.sqrt(f.unit), (draws + 1) // 2
    out = np.empty((len(f.effect), len(asked)))
    for d, (middle, w) in enumerate(zip(register.middle(f.beta), register.persons(), strict=True)):
        centre, between = middle + f.effect[d], np.sqrt(f.left[d])
        rows, total = max(1, CELLS // (2 * len(middle))), np.zeros(len(asked))
        for first in range(0, half, rows):
            many = min(rows, half - first)
            off = rng.standard_normal((many, len(middle)))
            off *= within
            off += between * rng.standard_normal((many, 1))
            z = np.concatenate([centre + off, centre - off])
            total += measured(chosen.back(z), w, asked).sum(axis=1)
        out[d] = total / (2 * half)
    return out


def bootstrap(
    register: Register,
    model: Nested,
    chosen: Chosen,
    draws: int,
    replicates: int,
    asked: list[Resolved],
    seed: np.random.SeedSequence,
) -> Floats:
    """Root mean squared errors: populations and samples made by the model, fitted and predicted again.

    Parameters
    ----------
    register : Register
    model : Nested
        Of the sample.
    chosen, draws, asked
        As in `predict`.
    replicates : int
    seed : numpy.random.SeedSequence
        Each replicate has its own stream.

    Returns
    -------
    ndarray of shape (areas, measures)
        Gaps without replicates.

    References
    ----------
    González-Manteiga et al. (2008), J. Statistical Computation and Simulation 78.
    """
    total = np.zeros((model.areas, len(asked)))
    f = chosen.fitted
    centre, middles, persons = model.x @ f.beta, register.middle(f.beta), register.persons()
    for stream in seed.spawn(replicates):
        rng = np.random.default_rng(stream)
        u = rng.standard_normal(model.areas) * np.sqrt(f.area)
        truth = np.empty_like(total)
        for d, (middle, w) in enumerate(zip(middles, persons, strict=True)):
            z = middle + u[d] + np.sqrt(f.unit) * rng.standard_normal(len(middle))
            truth[d] = measured(chosen.back(z)[None, :], w, asked)[:, 0]
        y = chosen.back(centre + u[model.code] + np.sqrt(f.unit) * rng.standard_normal(len(centre)))
        if chosen.name in POSITIVE:
            y = np.maximum(y, 1e-9 * chosen.largest)
        again = on_scale(model, y, chosen.name, 1e-4)
        total += (predict(register, again, draws, asked, rng) - truth) ** 2
    return np.asarray(np.sqrt(total / replicates), float) if replicates else np.full_like(total, np.nan)


def expected(register: Register, chosen: Chosen, asked: list[Resolved]) -> Floats:
    """Expectations of the measures, which the means over drawn populations come to; for means and shares only.

    Parameters
    ----------
    register : Register
    chosen : Chosen
    asked : list of (label, name, parameters)

    Returns
    -------
    ndarray of shape (areas, measures)
    """
    f = chosen.fitted
    return _means(register, chosen, f.beta, f.effect, np.sqrt(f.unit + f.left), asked)


def _means(
    register: Register, chosen: Chosen, beta: Floats, effect: Floats, spread: Floats, asked: list[Resolved]
) -> Floats:
    """Measures of areas of endless many households, whose deviations have this spread."""
    code = np.repeat(np.arange(len(effect)), np.diff(register.start))
    values = chosen.back((register.x @ beta + effect[code])[:, None] + spread[code][:, None] * LEVELS)
    size = register.repeat * (1.0 if register.heads is None else register.heads)
    out = np.empty((len(effect), len(asked)))
    for k, (_, name, parameters) in enumerate(asked):
        rows = size * ORDERLESS[name](values, **parameters).mean(axis=1)
        out[:, k] = np.bincount(code, weights=rows, minlength=len(effect))
    return out / np.bincount(code, weights=size, minlength=len(effect))[:, None]


def expected_errors(
    register: Register,
    model: Nested,
    chosen: Chosen,
    replicates: int,
    asked: list[Resolved],
    seed: np.random.SeedSequence,
) -> Floats:
    """As `bootstrap`, for `expected`: areas of endless many households, the parameter of the scale held.

    Parameters
    ----------
    register, model, chosen, replicates, asked, seed
        As in `bootstrap`.

    Returns
    -------
    ndarray of shape (areas, measures)
        Gaps without replicates.
    """
    total, f = np.zeros((model.areas, len(asked))), chosen.fitted
    centre, within = model.x @ f.beta, np.full(model.areas, np.sqrt(f.unit))
    for stream in seed.spawn(replicates):
        rng = np.random.default_rng(stream)
        u = rng.standard_normal(model.areas) * np.sqrt(f.area)
        truth = _means(register, chosen, f.beta, u, within, asked)
        z = centre + u[model.code] + np.sqrt(f.unit) * rng.standard_normal(len(centre))
        again = Chosen(chosen.name, chosen.parameter, np.nan, model.fit(z, 1e-4), chosen.largest)
        total += (expected(register, again, asked) - truth) ** 2
    return np.asarray(np.sqrt(total / replicates), float) if replicates else np.full_like(total, np.nan)
