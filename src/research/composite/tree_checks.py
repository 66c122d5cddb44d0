"""What is wrong with a table of nodes that is no tree: all of it at once, by node."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from research.core.faults import Fault, nearest


def check_nodes(nodes: pd.DataFrame) -> list[Fault]:
    """Faults of a table of nodes; an empty list when it makes a tree.

    Parameters
    ----------
    nodes : DataFrame
        As for `from_nodes`, complete.

    Returns
    -------
    list of Fault
    """
    faults, level = [], dict(zip(nodes["code"], nodes["level"], strict=True))
    parent = dict(zip(nodes["code"], nodes["parent"], strict=True))

    def fault(code: object, expected: str, found: object, hint: str = "") -> None:
        faults.append(Fault(f"index, node {code}", expected, str(found), hint, kind="tree"))

    for code in nodes["code"][nodes["code"].duplicated()].unique():
        fault(code, "each code once", "it twice")
    for row in nodes.itertuples():
        if row.parent and row.parent not in level:
            fault(row.code, "a parent that exists", repr(row.parent), nearest(row.parent, level))
        elif row.parent and level[row.parent] != row.level + 1:
            fault(row.code, f"a parent of level {row.level + 1}", f"{row.parent} of level {level[row.parent]}")
        if not 0 <= row.weight < math.inf and not pd.isna(row.weight):
            fault(row.code, "a weight of 0 or more", row.weight)
        if row.direction not in (-1, 0, 1):
            fault(row.code, "direction 1, -1 or 0", row.direction)
    roots = [c for c in level if not parent[c]]
    if len(roots) != 1:
        faults.append(Fault("index", "one root", f"{len(roots)}: {', '.join(map(str, roots[:5]))}", kind="tree"))
    faults += _cycles(parent)
    blank = nodes[nodes["weight"].isna() & (nodes["parent"] != "")]
    given = set(nodes.loc[nodes["weight"].notna(), "parent"])
    for row in blank[blank["parent"].isin(given)].itertuples():
        fault(
            row.code,
            "a weight, as its siblings have one",
            "nothing",
            "0 for none; equal weights: leave all of them blank",
        )
    childless = set(level) - set(parent.values()) - {c for c, k in level.items() if k == 1}
    for code in sorted(childless, key=str):
        fault(code, "at least one child", "none")
    sums = nodes[(nodes["parent"] != "") & nodes["weight"].notna()].groupby("parent")["weight"].sum()
    for code in sums[~(sums > 0)].index:
        fault(code, "children whose weights add up to more than 0", sums[code])
    return faults


def _cycles(parent: Mapping[str, str]) -> list[Fault]:
    faults = []
    for code in parent:
        seen, at = set(), code
        while at and at in parent and at not in seen:
            seen.add(at)
            at = parent[at]
        if at == code and parent[code]:
            faults.append(Fault(f"index, node {code}", "a way up to the root", "a cycle", kind="tree"))
    return faults
