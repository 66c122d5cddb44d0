"""Build an index: every step from raw values to ranks is kept, so that a variant is one changed field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from research.composite import aggregate, fill, normalise, outliers, panel, registry, tree, weighting
from research.composite.result import IndexResult
from research.composite.spec import IndexSpec
from research.core.faults import DataError, Fault, nearest, say


def build_index(
    observations: pd.DataFrame,
    indicators: pd.DataFrame | tree.Tree,
    spec: IndexSpec | None = None,
    groups: Mapping[str, str] | None = None,
) -> IndexResult:
    """Build a composite index.

    Parameters
    ----------
    observations : DataFrame
        Tidy: place, year, indicator, value; where present status and se.
    indicators : DataFrame or Tree
        The registry (see `registry.from_registry`), a table of nodes (see `tree.from_nodes`), or a tree.
    spec : IndexSpec, optional
        Default: goalposts, equal weights, arithmetic means.
    groups : dict, optional
        Place -> group, for imputation by group mean.

    Returns
    -------
    IndexResult

    Raises
    ------
    DataError
        Faults of the tree, the spec, the values: by name.

    Examples
    --------
    >>> nodes = pd.DataFrame({"code": ["a", "b", "I"], "level": [1, 1, 2], "parent": ["I", "I", ""]})
    >>> o = pd.DataFrame({"place": "p", "year": 2024, "indicator": ["a", "b"], "value": [5.0, 30.0]})
    >>> spec = IndexSpec(goalposts={"a": (0, 10), "b": (0, 40)})
    >>> build_index(o, nodes, spec).scores["score"].tolist()
    [62.5]
    """
    spec = spec or IndexSpec()
    if isinstance(indicators, pd.DataFrame) and (own := registry.goalposts_of(indicators)):
        spec = spec.but(goalposts=own | spec.goalposts)
    whole = _tree(indicators, spec)
    if spec.grades:
        observations = panel.grades_to_values(observations, spec.grades)
    whole, data, screened = _screened(whole, panel.from_long(observations, whole.leaves), spec)
    stages = {"raw": data.values}
    data, filled = fill.impute(data, spec.impute, None if groups is None else [groups.get(p) for p in data.places])
    stages["imputed"] = data.values
    o = spec.outliers
    stages["treated"], report = outliers.treat(data.values, data.indicators, o.method, o.most, o.skew, o.kurt)
    stages["normalised"] = normalise.normalise(
        stages["treated"],
        data.indicators,
        whole.directions,
        spec.normalise,
        spec.goalposts,
        spec.scale,
        spec.clip,
        data.years,
        spec.constant,
        spec.prices,
    )
    weight_steps = weighting.leaf_weights(whole, spec, data, stages["treated"])
    local = whole.local_from(weight_steps["weight"])
    levels, available = aggregate.climb(
        stages["normalised"],
        whole,
        local,
        spec.methods(len(whole.parents)),
        spec.availability,
        lambda i: f"{data.places[i]} {data.years[i]}",
        data.years,
    )
    return IndexResult(
        spec,
        whole,
        data,
        stages,
        levels,
        available,
        filled,
        report,
        local,
        weight_steps,
        (observations, indicators),
        build_index,
        screened,
    )


def _tree(indicators: pd.DataFrame | tree.Tree, spec: IndexSpec) -> tree.Tree:
    if isinstance(indicators, tree.Tree):
        whole = indicators
    elif "subdomain_code" in indicators:
        whole = registry.from_registry(indicators, "given" if spec.weights.subjective == "given" else "equal")
    else:
        whole = tree.from_nodes(indicators)
    unknown = [e for e in spec.exclude if e not in whole.leaves]
    if unknown:
        raise DataError(
            [
                Fault(
                    f"index {spec.version}, exclude",
                    say("an indicator of the index", "指数中的指标"),
                    repr(u),
                    nearest(u, whole.leaves),
                    "spec",
                )
                for u in unknown
            ]
        )
    return whole.keep(set(whole.leaves) - set(spec.exclude)) if spec.exclude else whole


def _screened(
    whole: tree.Tree, data: panel.Panel, spec: IndexSpec
) -> tuple[tree.Tree, panel.Panel, list[dict[str, Any]]]:
    """The tree and the panel of what has enough values, and a list of what has not."""
    rows, columns = fill.screen(data, spec.screen_units, spec.screen_indicators)
    if "sum" in (spec.aggregate if isinstance(spec.aggregate, tuple) else (spec.aggregate,)):
        columns = np.ones_like(columns)  # a part of a sum that nobody has leaves no sum, not a smaller one
    there = ~np.isnan(data.values)
    gone = [
        {"indicator": n, "place": None, "year": None, "share": s, "needed": spec.screen_indicators}
        for n, s, kept in zip(data.indicators, there.mean(axis=0), columns, strict=True)
        if not kept
    ]
    gone += [
        {
            "indicator": None,
            "place": data.places[u],
            "year": int(data.years[u]),
            "needed": spec.screen_units,
            "share": there[u, columns].mean(),
        }
        for u in np.flatnonzero(~rows)
    ]
    if not columns.all():
        kept = [n for n, k in zip(data.indicators, columns, strict=True) if k]
        smaller = whole.keep(kept)
        at = [data.indicators.index(c) for c in smaller.leaves]
        data = panel.Panel(
            data.values[:, at],
            data.places,
            data.years,
            tuple(smaller.leaves),
            data.statuses[:, at],
            None if data.errors is None else data.errors[:, at],
        )
        whole = smaller
    return whole, data if rows.all() else data.rows(rows), gone
