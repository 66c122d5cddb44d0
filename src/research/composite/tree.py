"""The hierarchy of an index: which indicator stands under which sub-domain, domain and index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.composite.tree_checks import check_nodes
from research.core.faults import DataError, Fault, nearest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats, Ints


ROOT = "INDEX"
LEVELS = ("indicator", "subdomain", "domain", "index")


@dataclass(frozen=True)
class Tree:
    """Nodes by level, leaves first, each level sorted so that siblings stand together.

    Parameters
    ----------
    levels : tuple of str
        Names of the levels from the leaves up.
    codes, names : tuple of tuple of str
        Codes and names of the nodes of each level.
    parents : tuple of ndarray
        For each level but the last: position of each node's parent in the level above.
    local : tuple of ndarray
        For each level but the last: weight of each node among its siblings; siblings sum to 1.
    directions : ndarray
        1, -1 or 0 (best inside a range) of each leaf.
    left_out : frozenset
        Nodes of the tree that this one was cut from: settings may name them all the same.
    """

    levels: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    names: tuple[tuple[str, ...], ...]
    parents: tuple[Ints, ...]
    local: tuple[Floats, ...]
    directions: Ints
    emphasis: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    units: tuple[str, ...] = field(default=())
    left_out: frozenset[str] = frozenset()

    @property
    def leaves(self) -> tuple[str, ...]:
        """Codes of the leaves."""
        return self.codes[0]

    @property
    def weights(self) -> Floats:
        """Weight of each leaf in the whole, summing to 1."""
        return self.spread()[0]

    def spread(self, local: Sequence[Floats] | None = None) -> list[Floats]:
        """Weight in the whole of each node of each level, from local ones; the root's is 1."""
        local = self.local if local is None else local
        out = [np.ones(len(self.codes[-1]))]
        for parent, weight in zip(reversed(self.parents), reversed(local), strict=True):
            out.insert(0, out[0][parent] * weight)
        return out

    def local_from(self, leaf_weights: ArrayLike) -> tuple[Floats, ...]:
        """Local weights of each level that give the leaves these weights in the whole."""
        out, weights = [], np.asarray(leaf_weights, float)
        for level, parent in enumerate(self.parents):
            total = np.bincount(parent, weights, len(self.codes[level + 1]))
            with np.errstate(invalid="ignore", divide="ignore"):
                out.append(np.where(total[parent] > 0, weights / total[parent], 0.0))
            weights = total
        return tuple(out)

    def starts(self, level: int) -> Ints:
        """First position of each family of siblings in a level (for `np.add.reduceat`)."""
        return np.flatnonzero(np.r_[True, np.diff(self.parents[level]) > 0])

    def ancestors(self, level: int) -> Ints:
        """Position in `level` of each leaf's ancestor there."""
        at: Ints = np.arange(len(self.leaves))
        for parent in self.parents[:level]:
            at = parent[at]
        return at

    def keep(self, leaves: Iterable[str]) -> Tree:
        """The tree of some of its leaves; nodes left without any go too, weights rescale among siblings.

        Raises
        ------
        DataError
            A leaf that is none of the tree's, or nothing left.
        """
        leaves = set(leaves)
        unknown = sorted(leaves - set(self.leaves))
        if unknown or not leaves:
            raise DataError(
                [
                    Fault("leaves", "an indicator of the index", repr(u), nearest(u, self.leaves), "tree")
                    for u in unknown
                ]
                or Fault("leaves", "at least one indicator", "none", kind="tree")
            )
        smaller = from_nodes(self.nodes()[lambda f: self._kept(f, leaves)], self.levels)
        gone = {c for level in self.codes for c in level} - {c for level in smaller.codes for c in level}
        return replace(smaller, left_out=self.left_out | gone)

    def _kept(self, nodes: pd.DataFrame, leaves: set[str]) -> pd.Series:
        keep, wanted = set(leaves), set(leaves)
        parent = dict(zip(nodes["code"], nodes["parent"], strict=True))
        while wanted:
            wanted = {parent[c] for c in wanted if parent[c]} - keep
            keep |= wanted
        return nodes["code"].isin(keep)

    def nodes(self) -> pd.DataFrame:
        """The tree as a table: code, name, level, parent, weight, direction, emphasis, special, unit."""
        rows, n = [], len(self.levels)
        for k in range(n):
            for i, code in enumerate(self.codes[k]):
                leaf = k == 0
                rows.append(
                    {
                        "code": code,
                        "name": self.names[k][i],
                        "level": k + 1,
                        "parent": self.codes[k + 1][self.parents[k][i]] if k < n - 1 else "",
                        "weight": self.local[k][i] if k < n - 1 else 1.0,
                        "direction": int(self.directions[i]) if leaf else 1,
                        "emphasis": self.emphasis[i] if leaf and self.emphasis else "",
                        "special": self.special[i] if leaf and self.special else "",
                        "unit": self.units[i] if leaf and self.units else "",
                    }
                )
        return pd.DataFrame(rows)


def from_nodes(nodes: pd.DataFrame, levels: Sequence[str] | None = None) -> Tree:
    """A tree out of a table of nodes.

    Parameters
    ----------
    nodes : DataFrame
        code, level (1 is the leaves'), parent (empty for the root), and where known name, weight (any
        positive numbers, rescaled among siblings; all of a family or none of it), direction, emphasis, special, unit.
    levels : sequence of str, optional
        Names of the levels from the leaves up.

    Returns
    -------
    Tree

    Raises
    ------
    DataError
        Duplicate codes, orphans, cycles, gaps between levels, several roots, bad weights or directions:
        all at once.

    Examples
    --------
    >>> t = from_nodes(pd.DataFrame({"code": ["a", "b", "I"], "level": [1, 1, 2], "parent": ["I", "I", ""]}))
    >>> t.weights
    array([0.5, 0.5])
    """
    nodes = _filled(nodes)
    if faults := check_nodes(nodes):
        raise DataError(faults)
    nodes = nodes.fillna({"weight": 1.0})  # whole families without weights: equal ones
    top = int(nodes["level"].max())
    names = tuple(levels or (LEVELS if top == 4 else [*(f"level{k}" for k in range(1, top)), "index"]))
    order = {nodes.loc[nodes["level"] == top, "code"].iloc[0]: 0}
    tables = [nodes[nodes["level"] == top]]
    for level in range(top - 1, 0, -1):  # from the root down, so that siblings stand together
        part = nodes[nodes["level"] == level]
        part = part.assign(_p=part["parent"].map(order)).sort_values("_p", kind="stable")
        order = {c: i for i, c in enumerate(part["code"])}
        tables.insert(0, part)
    parents = tuple(t["_p"].to_numpy(int) for t in tables[:-1])
    leaf = tables[0]
    return Tree(
        names,
        tuple(tuple(t["code"]) for t in tables),
        tuple(tuple(t["name"]) for t in tables),
        parents,
        tuple(_among_siblings(t["weight"].to_numpy(float), p) for t, p in zip(tables, parents, strict=False)),
        leaf["direction"].to_numpy(int),
        tuple(leaf["emphasis"]),
        tuple(leaf["special"]),
        tuple(leaf["unit"]),
    )


def _filled(nodes: pd.DataFrame) -> pd.DataFrame:
    nodes = nodes.reset_index(drop=True).copy()
    defaults = {"name": nodes["code"], "weight": 1.0, "direction": 1, "emphasis": "", "special": "", "unit": ""}
    for column, value in defaults.items():
        if column not in nodes:
            nodes[column] = value
    for column in ("parent", "emphasis", "special", "unit", "name"):
        nodes[column] = nodes[column].fillna("").astype(str)
    return nodes.fillna({"direction": 1})


def _among_siblings(weight: Floats, parent: Ints) -> Floats:
    return weight / np.bincount(parent, weight)[parent]
