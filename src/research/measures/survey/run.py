"""One pass of an engine over all groups and measures, and the tidy table that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault
from research.measures import policy
from research.measures.distribution import Distribution, sort_order
from research.measures.populations import population_codes
from research.measures.registry import MEASURES
from research.measures.survey.intervals import INTERVALS, limits, scale_of, t_value

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats, Ints
    from research.measures.measure import Resolved
    from research.measures.policy import Negatives
    from research.measures.survey.intervals import Scale
    from research.measures.survey.units import Units


class Part(NamedTuple):
    """One group's rows in rising order of values."""

    distribution: Distribution
    psu: Ints
    rows: Ints


class Wider(NamedTuple):
    """What groups share with a population, such as its line, and how it moves."""

    part: Part
    shared: Any
    z: Floats
    """Influence on it, by row of the population."""
    moves: Floats
    """Its cluster totals, or its replicates."""


class Piece(NamedTuple):
    """What an engine finds for one measure in one group."""

    value: float
    simple: float
    """Variance in a simple sample of the same number of rows."""
    spread: Any
    """What `combine` needs for the design variance: cluster totals, or replicates."""
    ends: Callable[[float], tuple[float, float]] | None = None
    """Where the measure has an interval of its own: ends at so many standard errors, on request."""


class Engine(Protocol):
    """A way to standard errors: what it finds in one group, and how the groups' findings make variances."""

    unsorted: frozenset[str]
    """Measures whose rows it takes in any order."""

    def common(self, part: Part, name: str, parameters: Mapping[str, Any]) -> Wider:
        """What the groups of a population share, and how it moves."""

    def measure(self, part: Part, name: str, parameters: Mapping[str, Any], wider: Wider | None = None) -> Piece:
        """One measure in one group."""

    def combine(self, pieces: Mapping[int, Piece], groups: int) -> tuple[Floats, Any]:
        """Variances of the groups in `pieces`, and what differences are reckoned from."""

    def difference(self, spread: Any, i: Ints, j: Ints, difference: Floats) -> Floats:
        """Variance of the differences of groups j less groups i."""

    def ratio(self, spread: Any, i: Ints, j: Ints, low: Floats, high: Floats) -> Floats:
        """Variance of the ratios of groups j to groups i, whose estimates are `high` and `low`."""


class Run:
    """Estimates of some measures in some groups.

    An engine has `measure(part, name, parameters, wider)`, which gives a `Piece`; `common(part, name,
    parameters)`, which makes `wider`, what groups share, out of a population; `combine(pieces, groups)`, which
    gives all groups' variances and what differences need; and `difference(spread, i, j, difference)`.
    """

    def __init__(
        self,
        specs: Sequence[Resolved],
        by: list[str],
        keys: pd.DataFrame,
        units: Units,
        engine: Engine,
        method: str,
        negatives: Negatives = "refuse",
    ) -> None:
        self.negatives = negatives
        self.specs, self.by, self.keys, self.units = specs, by, keys, units
        self.engine, self.method, self.groups = engine, method, len(keys)
        shape = (self.groups, len(specs))
        self.estimate, self.simple = np.full(shape, np.nan), np.full(shape, np.nan)
        self.variance = np.full(shape, np.nan)
        self.spread: dict[int, Any] = {}
        self.ends: dict[tuple[int, int], Callable[[float], tuple[float, float]]] = {}

    def split(self, x: Floats, w: Floats, used: Bools, codes: Ints, below: Bools) -> Self:
        """Sort all rows once, by group and (where a measure needs it) by value; `below` marks values below 0."""
        self.n_negative = np.bincount(codes[below], minlength=self.groups)
        self.weight_negative = np.bincount(codes[below], weights=w[below], minlength=self.groups)
        every = bool(used.all())
        rows = None if every else np.flatnonzero(used)
        order, ordered = self._order(x, rows, codes)
        self.n = np.array([len(order)])
        if self.groups > 1:
            self.n = np.bincount(codes if every else codes[rows], minlength=self.groups)
        self.coverage = _coverage(w, used, codes, self.groups)
        psu, w = self.units.psu.take(order), w.take(order)
        self.df = np.ones(self.groups, dtype=int)
        self.parts: list[Part | None] = []
        for g, stop in enumerate(np.cumsum(self.n)):
            s = slice(stop - self.n[g], stop)
            self.parts.append(Part(Distribution.from_sorted(ordered[s], w[s]), psu[s], order[s]) if self.n[g] else None)
            whole = every and self.groups == 1
            self.df[g] = self.units.degrees if whole else _degrees(psu[s], self.units)
        return self

    def _order(self, x: Floats, rows: Ints | None, codes: Ints) -> tuple[Ints, Floats]:
        """Positions of the rows used, by group and value, and the values in that order."""
        if all(name in self.engine.unsorted for _, name, _ in self.specs):
            order = np.arange(len(x)) if rows is None else rows
            ordered = x if rows is None else x.take(rows)
        else:
            order, ordered = sort_order(x if rows is None else x.take(rows))
            order = order if rows is None else rows.take(order)
        if self.groups == 1:
            return order, ordered
        small = codes.take(order).astype(np.uint16 if self.groups < 65536 else np.int64)
        order = order[np.argsort(small, kind="stable")]
        return order, x.take(order)

    def fill(self) -> list[tuple[Fault, str, str]]:
        """Compute all; a fault inside a group is gathered and the others go on.

        Returns
        -------
        list of (Fault, str, str)
            Fault, group, label of the measure.
        """
        faults: list[tuple[Fault, str, str]] = []
        for k, (label, name, parameters) in enumerate(self.specs):
            pieces: dict[int, Piece] = {}
            populations = population_codes(MEASURES[name], parameters, self.by, self.keys)
            common: dict[int, Wider | None] = {}
            if populations is not None:
                common = {p: self._common(populations == p, name, parameters) for p in set(populations.tolist())}
            for g, part in enumerate(self.parts):
                try:
                    wider = None if populations is None else common[populations[g]]
                    pieces[g] = self.engine.measure(_ready(part, parameters), name, parameters, wider)
                except DataError as error:
                    where = ", ".join(f"{b} {self.keys[b].iloc[g]}" for b in self.by) or "all rows"
                    faults.extend((f, where, label) for f in error.faults if isinstance(f, Fault))
            for g, piece in pieces.items():
                self.estimate[g, k], self.simple[g, k] = piece.value, piece.simple
                if piece.ends is not None:
                    self.ends[g, k] = piece.ends
            if pieces:
                at = np.fromiter(pieces, int)
                self.variance[at, k], self.spread[k] = self.engine.combine(pieces, self.groups)
        return faults

    def _common(self, groups: Bools, name: str, parameters: Mapping[str, Any]) -> Wider | None:
        """What some groups share, out of all their rows; None where they have none."""
        parts = [p for p, inside in zip(self.parts, groups, strict=True) if inside and p is not None]
        if not parts:
            return None
        x = np.concatenate([p.distribution.x_sorted for p in parts])
        order, x = sort_order(x)
        w = np.concatenate([p.distribution.weights for p in parts]).take(order)
        psu, rows = (np.concatenate([getattr(p, k) for p in parts]).take(order) for k in ("psu", "rows"))
        return self.engine.common(Part(Distribution.from_sorted(x, w), psu, rows), name, parameters)

    def frame(self, level: float, interval: Scale) -> pd.DataFrame:
        """The tidy table of `Design.estimate`."""
        level = policy.number(level, "level", 0, 1, open_low=True, open_high=True)
        policy.choice(interval, "interval", INTERVALS)
        columns: dict[str, list[Any]] = {}
        scales: list[str] = []
        for k, (_, name, _) in enumerate(self.specs):
            se = np.sqrt(self.variance[:, k])
            own = interval == "auto" and any(column == k for _, column in self.ends)
            scales.append("woodruff" if own else scale_of(name) if interval == "auto" else interval)
            lower, upper = limits(self.estimate[:, k], se, self.df, level, scales[-1])
            for g in range(self.groups) if own else ():
                if (g, k) in self.ends:
                    lower[g], upper[g] = self.ends[g, k](t_value(level, self.df[g]))
            with np.errstate(divide="ignore", invalid="ignore"):
                deff = np.where(self.simple[:, k] > 0, self.variance[:, k] / self.simple[:, k], np.nan)
                n_eff = np.where(deff > 0, self.n / deff, np.nan)
            found = dict(estimate=self.estimate[:, k], se=se, lower=lower, upper=upper, n=self.n, n_eff=n_eff)
            found |= {"deff": deff, "df": self.df, "coverage": self.coverage}
            if self.negatives != "refuse":
                found |= {"n_negative": self.n_negative, "weight_negative": self.weight_negative}
            for column, values in found.items():
                columns.setdefault(column, []).append(values)
        out = self.keys.loc[self.keys.index.repeat(len(self.specs))].reset_index(drop=True)
        labels = [label for label, *_ in self.specs]
        made: dict[str, Any] = {column: np.column_stack(parts).ravel() for column, parts in columns.items()}
        made = {"measure": labels * self.groups, **made, "method": self.method, "interval": scales * self.groups}
        return pd.concat([out, pd.DataFrame(made, index=out.index)], axis=1)


def _coverage(w: Floats, used: Bools, codes: Ints, groups: int) -> Floats:
    """Share of each group's weight whose rows are used."""
    if used.all():
        return np.ones(groups)
    weight = np.bincount(codes, weights=np.where(used, w, 0.0), minlength=groups)
    whole = np.bincount(codes, weights=w, minlength=groups)
    return np.divide(weight, whole, out=np.zeros(groups), where=whole > 0)


def _ready(part: Part | None, parameters: Mapping[str, Any]) -> Part:
    """The part itself, or without its zeros where a log measure was asked to drop them."""
    if part is None:
        raise DataError(Fault("values", "at least one number", "no row with a value", kind="empty"))
    d = part.distribution
    if parameters.get("zeros") != "drop" or d.x.min() > 0:
        return part
    keep = d.x_sorted > 0
    if not keep.any():
        raise policy.undefined("values", "all values are zero")
    w = None if d.w_sorted is None else d.w_sorted[keep]
    return Part(Distribution.from_sorted(d.x_sorted[keep], w), part.psu[keep], part.rows[keep])


def _degrees(psu: Ints, units: Units) -> int:
    """Clusters less strata among the rows of a group, at least 1."""
    if len(psu) * 8 < len(units.stratum):
        clusters = np.unique(psu)
    else:
        clusters = np.flatnonzero(np.bincount(psu, minlength=len(units.stratum)))
    return max(1, len(clusters) - len(np.unique(units.stratum[clusters])))
