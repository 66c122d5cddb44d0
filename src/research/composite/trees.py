"""Further indices on the same code: a tree of its own in `data/reference/indices/`, its units villages or places."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from research.composite.index import build_index
from research.composite.spec import IndexSpec
from research.composite.tree import from_nodes
from research.core.faults import DataError, Fault, nearest, say
from research.core.status import STATUSES, weakest
from research.core.texts import expected_of, read_yaml

if TYPE_CHECKING:
    from research.composite.result import IndexResult
    from research.core.scope import Project
    from research.indicators.edition import Edition

FOLDER = "data/reference/indices"


class Node(BaseModel):
    """A node of a tree: the root has no parent, a leaf names an `item` of its register."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    name: str
    parent: str = ""
    weight: float = Field(default=1.0, gt=0)
    item: str = ""
    unit: str = ""
    of: str = ""
    direction: Literal[1, -1, 0] = 1
    goalposts: tuple[float, ...] = ()
    price: float | None = Field(default=None, gt=0)
    price_year: int | None = None
    price_source: str = ""


class IndexTree(BaseModel):
    """One file of `data/reference/indices/`; its keys are closed.

    Parameters
    ----------
    name, clause, quote, origin, source, note, status :
        What it is, the plan's words for it, whether the indicators are the plan's (`plan`) or a `proposal`, where they
        come from, and the status of its settings.
    units : {"villages", "places"}
    register, item : str
        The register that holds the values, and its column that names them.
    since : int
        First year.
    money : str
        Unit of the sum where the values are priced.
    spec : dict
        Settings of `IndexSpec`.
    nodes : list of Node
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    clause: str = ""
    quote: str = ""
    origin: Literal["plan", "proposal"]
    source: str
    note: str = ""
    status: str = "sample"
    units: Literal["villages", "places"]
    register_name: str = Field(alias="register")
    item: str
    since: int
    money: str = ""
    spec: dict[str, Any] = {}
    nodes: tuple[Node, ...]

    @property
    def leaves(self) -> dict[str, Node]:
        """Leaves by the item that they take their values from."""
        return {n.item: n for n in self.nodes if n.item}

    def settings(self) -> IndexSpec:
        """The spec with the goalposts and prices that stand at the leaves."""
        posts = {n.code: n.goalposts for n in self.nodes if n.goalposts}
        prices = {n.code: n.price for n in self.nodes if n.price is not None}
        own = {"version": self.name, "since": self.since, "goalposts": posts, "prices": prices}
        return IndexSpec(**{**own, **self.spec})

    def frame(self) -> pd.DataFrame:
        """The nodes as `tree.from_nodes` takes them: leaves are level 1."""
        above = {n.code: n.parent for n in self.nodes}
        depth = {n.code: _depth(n.code, above) for n in self.nodes}
        deepest = max(depth.values())
        rows = [{"code": n.code, "name": n.name, "parent": n.parent, "level": deepest - depth[n.code] + 1,
                 "weight": n.weight, "direction": n.direction, "unit": n.unit} for n in self.nodes]  # fmt: skip
        return pd.DataFrame(rows)


def _depth(code: str, above: Mapping[str, str]) -> int:
    seen: list[str] = []
    while code and code not in seen:
        seen.append(code)
        code = above.get(code, "")
    return len(seen)


def files(project: Project) -> list[Path]:
    """The files of further indices, by name."""
    return sorted((project.reference / "indices").glob("*.yml"))


def read_tree(project: Project, path: Path) -> IndexTree:
    """One further index.

    Raises
    ------
    DataError
        All faults of the file: unknown keys, leaves without an item, what the tree and the settings refuse.
    """
    file = f"{FOLDER}/{path.name}"
    entries = read_yaml(path, file)
    try:
        found = IndexTree(**entries)
    except (ValidationError, TypeError) as error:
        raise DataError(_faults(error, file)) from None
    faults = list(_unsound(found, file))
    try:
        from_nodes(found.frame())
        found.settings()
    except DataError as error:
        faults += [Fault(f"{file}, {f.place}", f.expected, f.found, f.way_out, f.kind) for f in _carried(error)]
    if faults:
        raise DataError(faults)
    return found


def _carried(error: DataError) -> list[Fault]:
    """The faults that an error carries."""
    return [f for f in error.faults if isinstance(f, Fault)]


def _faults(error: ValidationError | TypeError, file: str) -> list[Fault]:
    if isinstance(error, TypeError):
        return [Fault(file, say("named entries", "有名称的条目"), say("something else", "别的内容"), kind="index")]
    return [
        Fault(f"{file}, {'.'.join(map(str, e['loc']))}", expected_of(e), repr(e.get("input"))[:60], kind="index")
        for e in error.errors()
    ]


def _unsound(found: IndexTree, file: str) -> list[Fault]:
    parents = {n.parent for n in found.nodes}
    none, some = say("none", "没有"), say("not all", "不全")
    item = say("an item of the register", "登记中的项目（item）")
    bare = [n.code for n in found.nodes if n.code not in parents and not n.item]
    faults = [Fault(f"{file}, {code}", item, none, kind="index") for code in bare]
    if found.status not in STATUSES:
        way_out = nearest(found.status, STATUSES)
        faults.append(
            Fault(f"{file}, status", say("a known status", "已知的状态"), repr(found.status), way_out, "status")
        )
    if found.spec.get("normalise") == "price":
        told = say("price, price_year and price_source", "价格、价格年份与来源")
        lacking = [n.code for n in found.nodes if n.item and not (n.price and n.price_year and n.price_source)]
        faults += [Fault(f"{file}, {code}", told, some, kind="price") for code in lacking]
    return faults


def check_trees(project: Project, outline: str = "") -> list[Fault]:
    """Faults of all further indices; a quote has to stand in the plan.

    Parameters
    ----------
    project : Project
    outline : str
        The plan's text.

    Returns
    -------
    list of Fault
    """
    faults: list[Fault] = []
    for path in files(project):
        try:
            found = read_tree(project, path)
        except DataError as error:
            faults += _carried(error)
            continue
        if found.quote and outline and found.quote not in outline:
            faults.append(Fault(f"{FOLDER}/{path.name}, quote", say("words of the plan", "规划原文"),
                                f"「{found.quote[:30]}」", kind="quote"))  # fmt: skip
    return faults


def further_index(edition: Edition, found: IndexTree) -> IndexResult | None:
    """A further index of an edition, by `build_index`; None without a value.

    Parameters
    ----------
    edition : Edition
    found : IndexTree

    Returns
    -------
    IndexResult or None
        Its places are the tree's units. The status of a score is the weakest of the values and of the tree itself.
    """
    rows = edition.register(found.register_name)
    leaves = found.leaves
    rows = rows[rows[found.item].isin(leaves) & rows["year"].ge(found.since)]
    if rows.empty:
        return None
    place = "village" if found.units == "villages" else "place"
    status = [weakest([s, found.status]) for s in rows["status"]]
    tidy = pd.DataFrame({"place": rows[place], "year": rows["year"].astype(int),
                         "indicator": [leaves[i].code for i in rows[found.item]], "value": rows["value"],
                         "status": status})  # fmt: skip
    return build_index(tidy, found.frame(), found.settings())
