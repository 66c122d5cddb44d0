"""The hierarchy of an index: which indicator stands under which sub-domain, domain and index."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from research.errors import DataError, Fault, nearest

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
    """

    levels: tuple
    codes: tuple
    names: tuple
    parents: tuple
    local: tuple
    directions: np.ndarray
    emphasis: tuple = ()
    special: tuple = ()
    units: tuple = field(default=())

    @property
    def leaves(self):
        """Codes of the leaves."""
        return self.codes[0]

    @property
    def weights(self):
        """Weight of each leaf in the whole, summing to 1."""
        return self.spread()[0]

    def spread(self, local=None):
        """Weight in the whole of each node of each level, from local ones; the root's is 1."""
        local = self.local if local is None else local
        out = [np.ones(len(self.codes[-1]))]
        for parent, weight in zip(reversed(self.parents), reversed(local), strict=True):
            out.insert(0, out[0][parent] * weight)
        return out

    def local_from(self, leaf_weights):
        """Local weights of each level that give the leaves these weights in the whole."""
        out, weights = [], np.asarray(leaf_weights, float)
        for level, parent in enumerate(self.parents):
            total = np.bincount(parent, weights, len(self.codes[level + 1]))
            with np.errstate(invalid="ignore", divide="ignore"):
                out.append(np.where(total[parent] > 0, weights / total[parent], 0.0))
            weights = total
        return tuple(out)

    def starts(self, level):
        """First position of each family of siblings in a level (for `np.add.reduceat`)."""
        return np.flatnonzero(np.r_[True, np.diff(self.parents[level]) > 0])

    def ancestors(self, level):
        """Position in `level` of each leaf's ancestor there."""
        at = np.arange(len(self.leaves))
        for parent in self.parents[:level]:
            at = parent[at]
        return at

    def keep(self, leaves):
        """The tree of some of its leaves; nodes left without any go too, weights rescale among siblings.

        Raises
        ------
        DataError
            A leaf that is none of the tree's, or nothing left.
        """
        leaves = set(leaves)
        unknown = sorted(leaves - set(self.leaves))
        if unknown or not leaves:
            raise DataError([Fault("leaves", "an indicator of the index", repr(u), nearest(u, self.leaves), "tree")
                             for u in unknown] or Fault("leaves", "at least one indicator", "none", kind="tree"))
        return from_nodes(self.nodes()[lambda f: self._kept(f, leaves)])

    def _kept(self, nodes, leaves):
        keep, wanted = set(leaves), set(leaves)
        parent = dict(zip(nodes["code"], nodes["parent"], strict=True))
        while wanted:
            wanted = {parent[c] for c in wanted if parent[c]} - keep
            keep |= wanted
        return nodes["code"].isin(keep)

    def nodes(self):
        """The tree as a table: code, name, level, parent, weight, direction, emphasis, special, unit."""
        rows, n = [], len(self.levels)
        for k in range(n):
            for i, code in enumerate(self.codes[k]):
                leaf = k == 0
                rows.append({
                    "code": code, "name": self.names[k][i], "level": k + 1,
                    "parent": self.codes[k + 1][self.parents[k][i]] if k < n - 1 else "",
                    "weight": self.local[k][i] if k < n - 1 else 1.0,
                    "direction": int(self.directions[i]) if leaf else 1,
                    "emphasis": self.emphasis[i] if leaf and self.emphasis else "",
                    "special": self.special[i] if leaf and self.special else "",
                    "unit": self.units[i] if leaf and self.units else "",
                })
        return pd.DataFrame(rows)


def from_nodes(nodes, levels=None):
    """A tree out of a table of nodes.

    Parameters
    ----------
    nodes : DataFrame
        code, level (1 is the leaves'), parent (empty for the root), and where known name, weight (any
        positive numbers, rescaled among siblings), direction, emphasis, special, unit.
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
        names, tuple(tuple(t["code"]) for t in tables), tuple(tuple(t["name"]) for t in tables), parents,
        tuple(_among_siblings(t["weight"].to_numpy(float), p) for t, p in zip(tables, parents, strict=False)),
        leaf["direction"].to_numpy(int), tuple(leaf["emphasis"]), tuple(leaf["special"]), tuple(leaf["unit"]))


def _filled(nodes):
    nodes = nodes.reset_index(drop=True).copy()
    defaults = {"name": nodes["code"], "weight": 1.0, "direction": 1, "emphasis": "", "special": "", "unit": ""}
    for column, value in defaults.items():
        if column not in nodes:
            nodes[column] = value
    for column in ("parent", "emphasis", "special", "unit", "name"):
        nodes[column] = nodes[column].fillna("").astype(str)
    return nodes.fillna({"weight": 1.0, "direction": 1})


def _among_siblings(weight, parent):
    return weight / np.bincount(parent, weight)[parent]


def check_nodes(nodes):
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

    def fault(code, expected, found, hint=""):
        faults.append(Fault(f"index, node {code}", expected, str(found), hint, kind="tree"))

    for code in nodes["code"][nodes["code"].duplicated()].unique():
        fault(code, "each code once", "it twice")
    for row in nodes.itertuples():
        if row.parent and row.parent not in level:
            fault(row.code, "a parent that exists", repr(row.parent), nearest(row.parent, level))
        elif row.parent and level[row.parent] != row.level + 1:
            fault(row.code, f"a parent of level {row.level + 1}", f"{row.parent} of level {level[row.parent]}")
        if not row.weight >= 0:
            fault(row.code, "a weight of 0 or more", row.weight)
        if row.direction not in (-1, 0, 1):
            fault(row.code, "direction 1, -1 or 0", row.direction)
    roots = [c for c in level if not parent[c]]
    if len(roots) != 1:
        faults.append(Fault("index", "one root", f"{len(roots)}: {', '.join(map(str, roots[:5]))}", kind="tree"))
    faults += _cycles(parent)
    childless = set(level) - set(parent.values()) - {c for c, k in level.items() if k == 1}
    for code in sorted(childless, key=str):
        fault(code, "at least one child", "none")
    sums = nodes[nodes["parent"] != ""].groupby("parent")["weight"].sum()
    for code in sums[~(sums > 0)].index:
        fault(code, "children whose weights add up to more than 0", sums[code])
    return faults


def _cycles(parent):
    faults = []
    for code in parent:
        seen, at = set(), code
        while at and at in parent and at not in seen:
            seen.add(at)
            at = parent[at]
        if at == code and parent[code]:
            faults.append(Fault(f"index, node {code}", "a way up to the root", "a cycle", kind="tree"))
    return faults


def from_registry(indicators, weights="equal"):
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
    leaf = pd.DataFrame({"code": f["id"], "name": f["name_zh"], "level": 1, "parent": f["subdomain_code"],
                         "weight": f["weight_indicator"] if weights == "given" else 1.0, "direction": f["direction"]})
    for column, source in (("unit", "unit"), ("emphasis", "emphasis"), ("special", "local_flag")):
        leaf[column] = f[source].fillna("") if source in f else ""
    parts, own = [leaf], {}
    for level, (code, name, up, weight) in enumerate(
            [("subdomain_code", "subdomain_zh", "domain_code", "weight_subdomain"),
             ("domain_code", "domain_zh", None, "weight_domain")], start=2):
        part = f.drop_duplicates([code, up] if up else code)
        part = pd.DataFrame({"code": part[code], "name": part[name].str.split("的").str[-1], "level": level,
                             "parent": part[up] if up else ROOT, "weight": part[weight] if weights == "given" else 1.0})
        parts.append(part)
        own[level] = part
    parts.append(pd.DataFrame([{"code": ROOT, "name": "共同富裕综合指数", "level": 4, "parent": "", "weight": 1.0}]))
    nodes = pd.concat(parts, ignore_index=True)
    if weights == "given":
        _check_sums(nodes)
    return from_nodes(nodes)


def _check_sums(nodes):
    sums = nodes[nodes["parent"] != ""].groupby("parent")["weight"].sum()
    faults = [Fault(f"indicators.csv, weights under {code}", "a sum of 1", f"{total:.6g}", "rescale them", "weights")
              for code, total in sums.items() if abs(total - 1) > 1e-6]
    if faults:
        raise DataError(faults)
