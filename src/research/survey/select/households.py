"""Households of the villages drawn, from their lists, with reserves."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest, say, spot
from research.measures import policy
from research.survey.plan.inputs import missing

if TYPE_CHECKING:
    from research.core.kinds import Ints

Way = Literal["random", "systematic"]
WAYS = get_args(Way)
Short = Literal["refuse", "all"]


def draw_households(
    frame: pd.DataFrame,
    n: int | Mapping[str, int],
    *,
    village: str,
    seed: int,
    household: str | None = None,
    method: Way = "random",
    reserves: int = 0,
    short: Short = "refuse",
) -> pd.DataFrame:
    """Households drawn from the list of each village.

    Parameters
    ----------
    frame : DataFrame
        One row a household.
    n : int or mapping
        Households in each village, or by village.
    village : str
        Column of villages.
    seed : int
        Each village has its own chance: a change in one leaves the others.
    household : str, optional
        Column of their numbers: each must be there once.
    method : {"random", "systematic"}
        Each by itself, or along the list at a fixed interval from a random start.
    reserves : int
        Households besides, in a random order, for those that do not answer.
    short : {"refuse", "all"}
        A village with fewer households than asked is a fault, or all of it is taken.

    Returns
    -------
    DataFrame
        The rows drawn, with `role` ("main", "reserve"), `turn` (from 1; reserves in the order in which they are to be
        asked) and `probability_within` (of a main household, in its village).

    Raises
    ------
    DataError
        With all faults: villages without list or with too few households, numbers given twice.

    Examples
    --------
    >>> homes = pd.DataFrame({"village": list("aaaabbbb"), "household": range(8)})
    >>> drawn = draw_households(homes, 2, village="village", seed=1, reserves=1)
    >>> drawn.groupby("role").size().to_dict(), drawn["probability_within"].unique().tolist()
    ({'main': 4, 'reserve': 2}, [0.5])
    """
    policy.choice(method, "method", WAYS)
    policy.choice(short, "short", get_args(Short))
    faults = missing(frame, "list", [village, *([household] if household else [])])
    if faults:
        raise DataError(faults)
    names = frame[village].astype(str).to_numpy()
    rows = {str(v): np.flatnonzero(names == v) for v in sorted(set(names))}
    wanted = dict.fromkeys(rows, int(n)) if isinstance(n, (int, np.integer)) else {str(k): int(v) for k, v in n.items()}
    faults += twice(frame, household) + _short(rows, wanted, short)
    if faults:
        raise DataError(faults)
    parts = []
    for name, asked in wanted.items():
        rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
        parts.append(_village(frame, rows[name], min(asked, len(rows[name])), reserves, method, rng))
    return pd.concat(parts)


def twice(frame: pd.DataFrame, household: str | None) -> list[Fault | str]:
    """Households that the list has more than once, by row as a spreadsheet counts."""
    if household is None:
        return []
    again = np.flatnonzero(frame[household].duplicated().to_numpy())
    text = say("each household once", "每户一行")
    return [
        Fault(spot("list", row=int(r) + 2, column=household), text, str(frame[household].iloc[r]), kind="twice")
        for r in again
    ]


def _short(rows: Mapping[str, Ints], wanted: Mapping[str, int], short: Short) -> list[Fault | str]:
    faults: list[Fault | str] = []
    for name, asked in wanted.items():
        place = spot("list", item=say(f"village {name}", f"村{name}"))
        if name not in rows:
            text = say("households of a village that was drawn", "抽中村的住户名单")
            faults.append(Fault(place, text, say("none", "没有"), nearest(name, rows), kind="unknown"))
        elif asked > len(rows[name]) and short == "refuse":
            text = say(f"at least {asked} households", f"至少{asked}户")
            way = say("ask for fewer, or short='all' takes all", "请减少户数；或 short='all'，全部入样")
            faults.append(Fault(place, text, str(len(rows[name])), way, kind="few"))
    return faults


def _village(
    frame: pd.DataFrame, rows: Ints, n: int, reserves: int, method: Way, rng: np.random.Generator
) -> pd.DataFrame:
    count = len(rows)
    if method == "random":
        main = np.sort(rng.permutation(count)[:n])
    else:
        main = np.floor((rng.uniform() + np.arange(n)) * count / max(n, 1)).astype(int)
    rest = np.setdiff1d(np.arange(count), main)
    spare = rng.permutation(rest)[:reserves]
    out = frame.iloc[np.concatenate([rows[main], rows[spare]])].copy()
    out["role"] = ["main"] * len(main) + ["reserve"] * len(spare)
    out["turn"] = [*range(1, len(main) + 1), *range(1, len(spare) + 1)]
    return out.assign(probability_within=n / count if count else np.nan)
