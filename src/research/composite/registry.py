"""The indicator registry as a tree: indicator, sub-domain, domain, index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from research.composite.tree import ROOT, from_nodes
from research.core.faults import DataError, Fault

if TYPE_CHECKING:
    from research.composite.tree import Tree


def from_registry(indicators: pd.DataFrame, weights: Literal["equal", "given"] = "equal") -> Tree:
    """The tree of the indicator registry: indicator, sub-domain, domain, index.

    Parameters
    ----------
    indicators : DataFrame
        id, name_zh, subdomain_code, subdomain_zh, domain_code, domain_zh, direction, and for
        ``weights="given"`` weight_indicator, weight_subdomain, weight_domain; where present also unit,
        emphasis and local_flag.
    weights : str
        `equal` among siblings at each level, or `given` by the registry's columns.

    Returns
    -------
    Tree

    Raises
    ------
    DataError
        As `from_nodes`; given weights that do not add up to 1 among siblings.
    """
    f = indicators
    leaf = pd.DataFrame(
        {
            "code": f["id"],
            "name": f["name_zh"],
            "level": 1,
            "parent": f["subdomain_code"],
            "weight": f["weight_indicator"] if weights == "given" else 1.0,
            "direction": f["direction"],
        }
    )
    for column, source in (("unit", "unit"), ("emphasis", "emphasis"), ("special", "local_flag")):
        leaf[column] = f[source].fillna("") if source in f else ""
    parts, own = [leaf], {}
    for level, (code, name, up, weight) in enumerate(
        [
            ("subdomain_code", "subdomain_zh", "domain_code", "weight_subdomain"),
            ("domain_code", "domain_zh", None, "weight_domain"),
        ],
        start=2,
    ):
        part = f.drop_duplicates([code, up] if up else code)
        part = pd.DataFrame(
            {
                "code": part[code],
                "name": part[name].str.split("的").str[-1],
                "level": level,
                "parent": part[up] if up else ROOT,
                "weight": part[weight] if weights == "given" else 1.0,
            }
        )
        parts.append(part)
        own[level] = part
    parts.append(pd.DataFrame([{"code": ROOT, "name": "共同富裕综合指数", "level": 4, "parent": "", "weight": 1.0}]))
    nodes = pd.concat(parts, ignore_index=True)
    if weights == "given":
        _check_sums(nodes)
    return from_nodes(nodes)


def goalposts_of(indicators: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Goalposts of the registry's own columns, for indicators that a version of the index gives none.

    Examples
    --------
    >>> goalposts_of(pd.DataFrame({"id": ["a", "b"], "goalpost_min": [0, None], "goalpost_max": [10, None]}))
    {'a': (0.0, 10.0)}
    """
    if not {"goalpost_min", "goalpost_max"} <= set(indicators.columns):
        return {}
    ends = indicators[["goalpost_min", "goalpost_max"]].apply(pd.to_numeric, errors="coerce")
    known = ends.notna().all(axis=1)
    return {
        i: (float(a), float(b)) for i, a, b in zip(indicators.loc[known, "id"], *ends[known].to_numpy().T, strict=True)
    }


def _check_sums(nodes: pd.DataFrame) -> None:
    sums = nodes[nodes["parent"] != ""].groupby("parent")["weight"].sum()
    faults = [
        Fault(f"indicators.csv, weights under {code}", "a sum of 1", f"{total:.6g}", "rescale them", "weights")
        for code, total in sums.items()
        if abs(total - 1) > 1e-6
    ]
    if faults:
        raise DataError(faults)


def first_year_goalposts(observations: pd.DataFrame, indicators: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Ends of the scale for indicators that have none: the first year's range, widened by half on both sides.

    Parameters
    ----------
    observations : DataFrame
        place, year, indicator, value of the units that are scored.
    indicators : DataFrame
        id and unit; a share in % stays within 0 and 100, and what was not below zero does not go below it.

    Returns
    -------
    dict of str to (float, float)

    Examples
    --------
    >>> rows = pd.DataFrame({"place": ["a", "b", "a"], "year": [2024, 2024, 2025], "indicator": "x",
    ...                      "value": [40.0, 60.0, 90.0]})
    >>> first_year_goalposts(rows, pd.DataFrame({"id": ["x"], "unit": ["元"]}))
    {'x': (30.0, 70.0)}
    """
    units, found = dict(zip(indicators["id"], indicators["unit"], strict=True)), {}
    for name, rows in observations.dropna(subset=["value"]).groupby("indicator"):
        values = rows.loc[rows["year"] == rows["year"].min(), "value"].astype(float)
        low, high = values.min(), values.max()
        half = (high - low) / 2 or abs(high) / 2 or 1.0
        low, high = low - half if low < 0 else max(0.0, low - half), high + half
        if units.get(name) == "%" and values.between(0, 100).all():
            high = min(100.0, high)
        found[name] = (float(low), float(high)) if low < high else (float(low) - 1.0, float(high) + 1.0)
    return found
