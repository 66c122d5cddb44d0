"""Several experts' opinions as one set of weights: scores (专家打分) or pairwise judgements (群组 AHP)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from research.composite.ahp import ahp
from research.composite.options import AhpGroup, AhpMethod, OpinionMean, RandomIndex
from research.core.faults import DataError, Fault, nearest, say, spot
from research.indicators.reference.tables import read_csv

if TYPE_CHECKING:
    from research.core.kinds import Floats


SCORES = ("expert", "node", "weight")
JUDGEMENTS = ("expert", "parent", "first", "second", "times")
MEANS = get_args(OpinionMean)
GROUPS = get_args(AhpGroup)


def read_scores(path: Path) -> dict[str, dict[str, float]]:
    """Experts' scores as `{expert: {node: weight}}`.

    Parameters
    ----------
    path : Path
        CSV as Excel saves it, with the columns expert, node, weight (any scale above 0 or 0, such as 0 to 100);
        further columns (names, notes) are left aside. A row an expert and node.

    Returns
    -------
    dict

    Raises
    ------
    DataError
        Missing columns, empty cells, no numbers, weights below 0, a node twice by one expert: all at once.
    """
    frame, faults = _table(path, SCORES, "weight")
    faults += _twice(frame, path.name, ["expert", "node"])
    if faults:
        raise DataError(faults)
    return {e: dict(zip(part["node"], part["weight"], strict=True)) for e, part in frame.groupby("expert", sort=True)}


def read_judgements(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Experts' pairwise judgements as `{expert: {parent: {"order": [...], "matrix": [[...]]}}}`.

    Parameters
    ----------
    path : Path
        CSV with the columns expert, parent, first, second, times: how many times more important `first` is than
        `second`, both below `parent`; 1/9 to 9. Each pair once, in either order; the reciprocal is filled in.

    Returns
    -------
    dict

    Raises
    ------
    DataError
        As `read_scores`; a pair twice, a node against itself, a pair that is missing.
    """
    frame, faults = _table(path, JUDGEMENTS, "times")
    good = frame.dropna(subset=["times"])
    faults += [
        Fault(
            spot(path.name, row=i + 2, column="times"),
            say("above 0, such as 1/9 to 9", "大于0，如1/9至9"),
            f"{v:g}",
            kind="experts",
        )
        for i, v in good["times"].items()
        if v <= 0
    ]
    faults += [
        Fault(spot(path.name, row=i + 2), say("two different nodes", "两个不同的节点"), r["first"], kind="experts")
        for i, r in good[good["first"] == good["second"]].iterrows()
    ]
    pair = good.assign(pair=[" ".join(sorted(p)) for p in zip(good["first"], good["second"], strict=True)])
    faults += _twice(pair, path.name, ["expert", "parent", "pair"])
    if faults:
        raise DataError(faults)
    out: dict[str, dict[str, dict[str, Any]]] = {}
    for (expert, parent), part in good.groupby(["expert", "parent"], sort=True):
        order = sorted({*part["first"], *part["second"]})
        matrix = np.full((len(order), len(order)), np.nan)
        np.fill_diagonal(matrix, 1.0)
        for a, b, times in zip(part["first"], part["second"], part["times"], strict=True):
            matrix[order.index(a), order.index(b)], matrix[order.index(b), order.index(a)] = times, 1 / times
        faults += [
            Fault(
                f"{path.name}, {expert}, {parent}",
                say(f"a judgement of {order[i]} and {order[j]}", f"{order[i]}与{order[j]}的比较"),
                say("none", "没有"),
                kind="experts",
            )
            for i, j in np.argwhere(np.triu(np.isnan(matrix)))
        ]
        out.setdefault(expert, {})[parent] = {"order": order, "matrix": matrix.tolist()}
    if faults:
        raise DataError(faults)
    return out


def _table(path: Path, columns: Sequence[str], number: str) -> tuple[pd.DataFrame, list[Fault]]:
    """The file's rows with one column as numbers (fractions such as 1/3 too), and the faults so far."""
    frame = read_csv(path)
    missing = [c for c in columns if c not in frame]
    if missing:
        raise DataError(
            [
                Fault(
                    spot(path.name, row=1),
                    say(f"a column {c}", f"有“{c}”列"),
                    say("none", "没有"),
                    nearest(c, frame.columns),
                    "experts",
                )
                for c in missing
            ]
        )
    frame = frame.loc[frame[list(columns)].notna().any(axis=1), list(columns)]  # blank lines of a spreadsheet
    faults = [
        Fault(
            spot(path.name, row=i + 2, column=c),
            say("a value", "填写内容"),
            say("an empty cell", "空单元格"),
            kind="experts",
        )
        for c in columns
        for i in frame.index[frame[c].isna()]
    ]
    values = frame[number].map(_number, na_action="ignore")
    faults += [
        Fault(
            spot(path.name, row=i + 2, column=number),
            say("a number of 0 or more", "不小于0的数"),
            repr(frame.at[i, number]),
            kind="experts",
        )
        for i in frame.index[frame[number].notna() & ~(values.astype(float) >= 0)]
    ]
    return frame.assign(**{number: values.astype(float)}), faults


def _number(text: object) -> float:
    try:
        top, *below = str(text).strip().split("/")
        return float(top) / float(below[0]) if below else float(top)
    except (ValueError, ZeroDivisionError):
        return np.nan


def _twice(frame: pd.DataFrame, name: str, key: list[str]) -> list[Fault]:
    return [
        Fault(spot(name, row=i + 2), say("each only once", "每项只出现一次"), " ".join(map(str, row)), kind="experts")
        for i, row in zip(
            frame.index[frame.duplicated(key)], frame.loc[frame.duplicated(key), key].to_numpy(), strict=True
        )
    ]


def group_weights(
    opinions: Mapping[str, Mapping[str, float]],
    children: Sequence[str],
    how: OpinionMean = "mean",
    name: str = "experts",
) -> Floats:
    """Weights of one family by several experts, each expert's rescaled to a sum of 1 first, so that all count alike.

    Parameters
    ----------
    opinions : dict
        Expert -> {node: weight}; experts who said nothing of the family are left aside.
    children : sequence of str
    how : str
        `mean` or `median` over the experts.
    name : str
        The family, for messages.

    Returns
    -------
    ndarray
        Summing to 1; equal weights when no expert spoke of the family.

    Raises
    ------
    DataError
        An expert who weighed only some of the family, or all of it with 0.

    Examples
    --------
    >>> group_weights({"A": {"x": 3, "y": 1}, "B": {"x": 50, "y": 50}}, ["x", "y"]).tolist()
    [0.625, 0.375]
    """
    if how not in MEANS:
        raise DataError(Fault(name, "one of " + ", ".join(MEANS), repr(how), nearest(how, MEANS), "experts"))
    rows, faults = [], []
    for expert, given in opinions.items():
        said = [c for c in children if c in given]
        if not said:
            continue
        raw = np.array([float(given.get(c, np.nan)) for c in children])
        if len(said) < len(children) or not raw.sum() > 0:
            lacking = "、".join(c for c in children if c not in given) or "zeros only"
            faults.append(
                Fault(
                    f"{name}, expert {expert}",
                    say(f"a weight for each of {len(children)}, not all 0", f"{len(children)}项都有权重，不全为0"),
                    say(f"without {lacking}", f"缺{lacking}"),
                    kind="experts",
                )
            )
        else:
            rows.append(raw / raw.sum())
    if faults:
        raise DataError(faults)
    if not rows:
        return np.full(len(children), 1 / len(children))
    middle = np.mean(rows, axis=0) if how == "mean" else np.median(rows, axis=0)
    found: Floats = middle / middle.sum()
    return found


def group_ahp(
    judgements: Mapping[str, Mapping[str, Any]],
    how: AhpGroup = "judgements",
    method: AhpMethod = "eigen",
    random_index: RandomIndex = "saaty1980",
    limit: float = 0.1,
    name: str = "ahp",
) -> tuple[list[str], Floats, pd.DataFrame]:
    """One AHP result of several experts' matrices of the same things.

    Parameters
    ----------
    judgements : dict
        Expert -> {"order": [...], "matrix": [[...]]}, all of the same nodes.
    how : str
        `judgements`: geometric mean of the matrices, which keeps them reciprocal (Aczél & Saaty 1983);
        `priorities`: mean of the experts' weights.
    method, random_index, limit, name :
        As for `ahp.ahp`; the limit holds for every expert, and the ratio of each is in the table.

    Returns
    -------
    tuple
        (order of the nodes, weights, DataFrame of expert, cr)

    Raises
    ------
    DataError
        Every expert whose matrix is inconsistent or not reciprocal; experts who judged different things.

    Examples
    --------
    >>> pair = {"A": {"order": ["x", "y"], "matrix": [[1, 4], [1/4, 1]]},
    ...         "B": {"order": ["x", "y"], "matrix": [[1, 1], [1, 1]]}}
    >>> group_ahp(pair)[1].round(4).tolist()
    [0.6667, 0.3333]
    """
    if how not in GROUPS:
        raise DataError(Fault(name, "one of " + ", ".join(GROUPS), repr(how), nearest(how, GROUPS), "experts"))
    order = list(next(iter(judgements.values()))["order"])
    matrices, each = [], {}
    faults: list[Fault | str] = []
    for expert, given in judgements.items():
        if sorted(given["order"]) != sorted(order):
            faults.append(
                Fault(
                    f"{name}, expert {expert}",
                    say("judgements of " + " ".join(order), "比较这些节点：" + " ".join(order)),
                    " ".join(given["order"]),
                    kind="experts",
                )
            )
            continue
        at = [list(given["order"]).index(c) for c in order]
        matrices.append(np.asarray(given["matrix"], float)[np.ix_(at, at)])
        try:
            each[expert] = ahp(matrices[-1], method, random_index, limit, f"{name}, expert {expert}")
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    if how == "judgements":
        weights = ahp(np.exp(np.mean(np.log(matrices), axis=0)), method, random_index, limit, name).weights
    else:
        weights = np.mean([a.weights for a in each.values()], axis=0)
    return order, weights, pd.DataFrame({"expert": list(each), "cr": [a.cr for a in each.values()]})
