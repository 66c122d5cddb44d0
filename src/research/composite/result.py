"""An index and every step on the way to it, as tables made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.composite import weighting
from research.composite.panel import Panel
from research.composite.spec import IndexSpec
from research.composite.tree import Tree
from research.core.status import STATUSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from research.core.kinds import Bools, Floats


@dataclass(frozen=True)
class IndexResult:
    """An index and every step on the way to it.

    Parameters
    ----------
    spec : IndexSpec
    tree : Tree
        With the weights used.
    panel : Panel
        Values after screening and imputation.
    stages : dict of ndarray
        raw, imputed, treated, normalised; units by indicators.
    levels : list of ndarray
        Scores from the leaves up to the index.
    available : list of ndarray
        Share of the leaf weight that was there, same shapes.
    filled : ndarray of bool
        Cells that were imputed.
    treated : list of dict
        What was done to outlying columns.
    local : tuple of ndarray
        Weights among siblings used.
    weight_steps : dict of ndarray
        Weights in the whole at each step: subjective, objective, combined, emphasised.
    inputs : tuple
        What it was built from, for `again`.
    build : callable
        What built it: `build_index`.
    left_out : list of dict
        Indicators and units that screening left out; see `screened`.
    """

    spec: IndexSpec
    tree: Tree
    panel: Panel
    stages: dict[str, Floats]
    levels: list[Floats]
    available: list[Floats]
    filled: Bools
    treated: list[dict[str, Any]]
    local: tuple[Floats, ...]
    weight_steps: dict[str, Floats]
    inputs: tuple[Any, ...]
    build: Callable[..., IndexResult]
    left_out: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def steps(self) -> dict[str, pd.DataFrame]:
        """Each step as a table with index (place, year): raw, imputed, treated, normalised, aggregated."""
        out = {name: self.panel.frame(values) for name, values in self.stages.items()}
        codes = [c for level in self.tree.codes for c in level]
        index = out["normalised"].index
        out["aggregated"] = pd.DataFrame(np.hstack(self.levels), index=index, columns=codes)
        return out

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores above the indicators: place, year, level, code, name, score, available, status, version."""
        return self._long(1)

    @cached_property
    def indicator_scores(self) -> pd.DataFrame:
        """Scores of the single indicators, in the same columns."""
        return self._long(0, 1)

    def _long(self, first: int, last: int | None = None) -> pd.DataFrame:
        parts, units = [], len(self.panel.places)
        for k in range(first, len(self.levels) if last is None else last):
            n = len(self.tree.codes[k])
            unit, node = np.repeat(np.arange(units), n), np.tile(np.arange(n), units)
            parts.append(
                pd.DataFrame(
                    {
                        "place": _taken(self.panel.places, unit),
                        "year": self.panel.years[unit],
                        "level": _taken([self.tree.levels[k]], np.zeros(len(unit), int)),
                        "code": _taken(self.tree.codes[k], node),
                        "name": _taken(self.tree.names[k], node),
                        "score": self.levels[k].ravel(),
                        "available": self.available[k].ravel(),
                        "status": _taken(STATUSES, self._rungs(k).ravel()),
                    }
                )
            )
        long = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
        return long.assign(version=_taken([self.spec.version], np.zeros(len(long), int)))

    def _rungs(self, level: int) -> NDArray[np.int8]:
        """Position of each score's status in `STATUSES`, the weakest of what it stands on; -1 for nothing."""
        codes = self.panel.statuses
        for k in range(level):
            codes = np.maximum.reduceat(codes, self.tree.starts(k), axis=1)
        return codes

    def _statuses(self, level: int) -> NDArray[Any]:
        names = np.array([*STATUSES, None], object)  # -1, nothing there, is the last
        return names[self._rungs(level)]

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Rank of each place among the places of the year: place, year, level, code, rank, n, score, version.

        The best is 1; equals share the better rank.
        """
        frame = self.scores
        groups = frame.groupby(["year", "code"], sort=False)["score"]
        rank = groups.rank(ascending=False, method="min").astype("Int64")
        out = frame.assign(rank=rank, n=groups.transform("count").astype(int))
        return out[["place", "year", "level", "code", "name", "rank", "n", "score", "status", "version"]]

    @cached_property
    def local_there(self) -> list[Floats]:
        """Weights among siblings in each unit, missing nodes' weights given to the others: an array a level."""
        out = []
        for k, local in enumerate(self.local):
            w = np.where(np.isnan(self.levels[k]), 0.0, local)
            with np.errstate(invalid="ignore", divide="ignore"):
                w = w / np.add.reduceat(w, self.tree.starts(k), axis=1)[:, self.tree.parents[k]]
            out.append(np.nan_to_num(w))
        return out

    @cached_property
    def effective(self) -> Floats:
        """Weight of each leaf in each unit's index, after missing cells gave theirs to their siblings."""
        weight = np.ones((len(self.panel.places), 1))
        for parent, w in zip(reversed(self.tree.parents), reversed(self.local_there), strict=True):
            weight = weight[:, parent] * w
        return weight

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """Points that each indicator gives to its place's index, and points it leaves lying.

        Columns place, year, indicator, name, weight, score, points, lost, status, version; the points of a
        place and year add up to its index exactly, and so do the lost ones to the distance from full marks.
        """
        from research.composite.explain import points_of

        points, lost = points_of(self)
        frame = self.indicator_scores.drop(columns=["level", "available"]).rename(columns={"code": "indicator"})
        keep = np.flatnonzero(frame["score"].notna().to_numpy() & ~np.isnan(points.ravel()))
        frame = frame.take(keep).reset_index(drop=True)
        for at, name, values in ((4, "weight", self.effective), (6, "points", points), (7, "lost", lost)):
            frame.insert(at, name, values.ravel()[keep])
        return frame

    @cached_property
    def weights(self) -> pd.DataFrame:
        """Weights of all nodes: code, name, level, parent, local, weight, emphasis, method, version.

        For indicators also the weight at each step (subjective, objective, combined).
        """
        spread, rows = self.tree.spread(self.local), []
        for k, codes in enumerate(self.tree.codes):
            for i, code in enumerate(codes):
                top = k == len(self.tree.codes) - 1
                row = {
                    "code": code,
                    "name": self.tree.names[k][i],
                    "level": self.tree.levels[k],
                    "parent": "" if top else self.tree.codes[k + 1][self.tree.parents[k][i]],
                    "local": 1.0 if top else self.local[k][i],
                    "weight": spread[k][i],
                }
                if k == 0:
                    row |= {"emphasis": self.tree.emphasis[i], "special": self.tree.special[i]}
                    row |= {step: w[i] for step, w in self.weight_steps.items()}
                rows.append(row)
        return pd.DataFrame(rows).assign(method=weighting.describe(self.spec.weights), version=self.spec.version)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Every value on its way: place, year, indicator, raw, imputed, treated, normalised, filled, version."""
        units, n = self.panel.shape
        long = {name: values.ravel() for name, values in self.stages.items()}
        frame = pd.DataFrame(
            {
                "place": _taken(self.panel.places, np.repeat(np.arange(units), n)),
                "year": np.repeat(self.panel.years, n),
                "indicator": _taken(self.panel.indicators, np.tile(np.arange(n), units)),
                **long,
                "filled": self.filled.ravel(),
            }
        )
        return frame.assign(version=self.spec.version)

    @cached_property
    def screened(self) -> pd.DataFrame:
        """What was left out for too few values: indicator or place and year, share there, share needed, version.

        An indicator without any value is always left out, and stands here too.
        """
        columns = ["indicator", "place", "year", "share", "needed"]
        return pd.DataFrame(self.left_out, columns=columns).astype({"year": "Int64"}).assign(version=self.spec.version)

    @cached_property
    def outliers(self) -> pd.DataFrame:
        """Columns that were treated: indicator, method, points, skewness, kurtosis (before), passed, version."""
        columns = ["indicator", "method", "points", "skewness", "kurtosis", "passed"]
        return pd.DataFrame(self.treated, columns=columns).assign(version=self.spec.version)

    @cached_property
    def consistency(self) -> pd.DataFrame:
        """Consistency of the judgements used, if any (see `weighting.consistency`)."""
        return weighting.consistency(self.tree, self.spec.weights).assign(version=self.spec.version)

    @cached_property
    def availability(self) -> pd.DataFrame:
        """What was there: place, year, n_indicators, n_available, n_imputed, share (of the weight), status."""
        there, weight = ~np.isnan(self.stages["raw"]), self.tree.spread(self.local)[0]
        return pd.DataFrame(
            {
                "place": self.panel.places,
                "year": self.panel.years,
                "n_indicators": there.shape[1],
                "n_available": there.sum(axis=1),
                "n_imputed": self.filled.sum(axis=1),
                "share": (there * weight).sum(axis=1),
                "status": self._statuses(len(self.levels) - 1)[:, 0],
                "version": self.spec.version,
            }
        )

    def again(self, **changed: Any) -> IndexResult:
        """The same index with some settings changed: `result.again(aggregate="geometric", scale=(1, 100))`."""
        return self.build(*self.inputs, self.spec.but(**changed))

    def compare(self, other: IndexResult) -> pd.DataFrame:
        """Index of two results side by side: place, year, score, other, difference, rank, other_rank."""
        keys = ["place", "year"]
        a, b = (r.ranks[r.ranks["level"] == r.tree.levels[-1]] for r in (self, other))
        out = a.merge(b, on=keys, how="inner", validate="one_to_one", suffixes=("", "_other"))
        return pd.DataFrame(
            {
                "place": out["place"],
                "year": out["year"],
                "version": self.spec.version,
                "other_version": other.spec.version,
                "score": out["score"],
                "other": out["score_other"],
                "difference": out["score_other"] - out["score"],
                "rank": out["rank"],
                "other_rank": out["rank_other"],
            }
        )


def _taken(words: Iterable[Any], positions: NDArray[Any]) -> Any:
    """Words repeated by position (-1 is missing), without a Python object a cell."""
    return pd.array(list(words), dtype="str").take(positions, allow_fill=True)
