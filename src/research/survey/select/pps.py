"""Villages with probability proportional to size."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest, say, spot
from research.measures import policy
from research.survey.plan.inputs import missing, numbers
from research.survey.select.entropy import draw_entropy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Bools, Floats

Method = Literal["systematic", "entropy"]
METHODS = get_args(Method)


def inclusion(size: ArrayLike, n: int) -> Floats:
    """Probabilities proportional to size; what is larger than the interval is taken with certainty.

    Parameters
    ----------
    size : array-like of shape (units,)
        Above 0.
    n : int
        Units to draw.

    Returns
    -------
    ndarray of shape (units,)
        Adds up to n; 1 for units taken with certainty, the others by size among themselves.

    Raises
    ------
    DataError
        For sizes that are none, and more units asked than there are.

    References
    ----------
    Särndal, Swensson & Wretman (1992), section 3.6.

    Examples
    --------
    >>> inclusion([50, 20, 20, 10], 2).tolist()
    [1.0, 0.4, 0.4, 0.2]
    """
    sizes = np.atleast_1d(np.asarray(size, float))
    faults: list[Fault | str] = [
        Fault(spot("size", index=int(i)), say("above 0", "大于0的数"), str(sizes[i]), kind="size")
        for i in np.flatnonzero(~(np.isfinite(sizes) & (sizes > 0)))
    ]
    if not 0 <= n <= len(sizes):
        text = say(f"from 0 to {len(sizes)}, the units there are", f"0至{len(sizes)}（总体单位数）")
        faults.append(Fault("n", text, str(n), kind="few"))
    if faults:
        raise DataError(faults)
    sure = np.zeros(len(sizes), dtype=bool)
    while True:
        rest = n - int(sure.sum())
        out = np.where(sure, 1.0, rest * sizes / max(float(sizes[~sure].sum()), 1e-300))
        over = ~sure & (out >= 1 - 1e-12)
        if not over.any():
            return np.asarray(out, float)
        sure |= over


def joint_systematic(probability: ArrayLike) -> Floats:
    """Probabilities that two units are both in a systematic sample of the list in its order.

    Parameters
    ----------
    probability : array-like of shape (units,)
        In the order of the list, adding up to a whole number.

    Returns
    -------
    ndarray of shape (units, units)
        First order on the diagonal. Pairs that never meet have 0: their variance cannot be estimated without bias.

    References
    ----------
    Tillé (2006), "Sampling Algorithms", section 7.2.

    Examples
    --------
    >>> joint_systematic([0.5, 0.5, 0.5, 0.5]).round(2)[0].tolist()
    [0.5, 0.0, 0.5, 0.0]
    """
    pi = np.asarray(probability, float)
    ends = np.concatenate([[0.0], np.cumsum(pi)])
    cuts = np.unique(np.round(np.concatenate([[0.0, 1.0], ends % 1.0]), 12))
    out = np.zeros((len(pi), len(pi)))
    for low, high in zip(cuts[:-1], cuts[1:], strict=True):
        chosen = _taken(pi, (low + high) / 2)
        out[np.ix_(chosen, chosen)] += high - low
    return out


def _taken(pi: Floats, start: float) -> Bools:
    """Units whose part of the line holds start, start + 1, start + 2, ..."""
    ends = np.cumsum(pi)
    count = np.floor(ends - start + 1e-12)
    return np.asarray(np.diff(np.concatenate([[-1.0], count])) >= 1)


def draw_villages(
    frame: pd.DataFrame,
    n: int | Mapping[str, int],
    *,
    size: str,
    seed: int,
    strata: str | None = None,
    order: str | list[str] | None = None,
    method: Method = "systematic",
) -> pd.DataFrame:
    """Villages drawn with probability proportional to size.

    Parameters
    ----------
    frame : DataFrame
        The register, one row a village.
    n : int or mapping
        Villages to draw: in all (in each stratum), or by stratum; a stratum with 0 is left out.
    size : str
        Column of sizes (households).
    seed : int
        The same seed and register give the same draw; each stratum has its own chance, so that a change in one leaves
        the others.
    strata : str, optional
        Column of strata.
    order : str or list of str, optional
        Columns by which the list is sorted before a systematic draw (a hidden stratification); default: as it is.
    method : {"systematic", "entropy"}
        Along the list; or of maximal entropy (conditional Poisson), whose joint probabilities are all above 0, so that
        the variance can be estimated without bias.

    Returns
    -------
    DataFrame
        The rows drawn, with `probability`, `certainty` (larger than the interval: taken for sure) and `base_weight`.

    Raises
    ------
    DataError
        With all faults: villages of size 0 or without one, by row; strata with fewer villages than asked, or unknown.

    References
    ----------
    Madow (1949), Annals of Mathematical Statistics 20; Chen, Dempster & Liu (1994), Biometrika 81.

    Examples
    --------
    >>> register = pd.DataFrame({"village": list("abcde"), "households": [900, 200, 100, 300, 200]})
    >>> drawn = draw_villages(register, 3, size="households", seed=1)
    >>> len(drawn), drawn.loc[drawn["certainty"], "village"].tolist()
    (3, ['a'])
    """
    policy.choice(method, "method", METHODS)
    faults = missing(frame, "villages", [size, *([strata] if strata else [])])
    if faults:
        raise DataError(faults)
    sizes = numbers(frame[size].reset_index(drop=True), "villages", size, faults)
    groups = _groups(frame, strata)
    wanted = _wanted(n, groups, faults)
    if faults:
        raise DataError(faults)
    out = []
    for name, rows in groups.items():
        part = frame.iloc[rows].assign(_size=sizes[rows])
        if order is not None:
            part = part.sort_values(order, kind="stable")
        if wanted[name]:
            out.append(_drawn(part, wanted[name], np.random.default_rng([seed, zlib.crc32(name.encode())]), method))
    return pd.concat(out) if out else frame.iloc[:0].assign(probability=[], certainty=[], base_weight=[])


def _groups(frame: pd.DataFrame, strata: str | None) -> dict[str, list[int]]:
    if strata is None:
        return {"": list(range(len(frame)))}
    names = frame[strata].astype(str).to_numpy()
    return {str(s): np.flatnonzero(names == s).tolist() for s in sorted(set(names))}


def _wanted(n: int | Mapping[str, int], groups: dict[str, list[int]], faults: list[Fault | str]) -> dict[str, int]:
    """Villages to draw by stratum; more than there are, and strata that are not there, are faults."""
    given = (
        dict.fromkeys(groups, int(n)) if isinstance(n, (int, np.integer)) else {str(k): int(v) for k, v in n.items()}
    )
    for name in given.keys() - groups.keys():
        known = say("a stratum of the register", "登记表中有的层")
        faults.append(Fault(spot("n", item=name), known, repr(name), nearest(name, groups), kind="unknown"))
    for name, rows in groups.items():
        if not 0 <= given.get(name, 0) <= len(rows):
            text = say(f"at most {len(rows)} villages, all there are", f"至多{len(rows)}个村（全部）")
            way = say("ask for fewer, or join the stratum with a like one", "请减少村数，或并入相近的层")
            place = spot("n", item=say(f"stratum {name}", f"层{name}")) if name else spot("n")
            faults.append(Fault(place, text, str(given[name]), way, kind="few"))
    return {name: given.get(name, 0) for name in groups}


def _drawn(part: pd.DataFrame, n: int, rng: np.random.Generator, method: Method) -> pd.DataFrame:
    pi = inclusion(part["_size"].to_numpy(float), n)
    sure = pi >= 1
    chosen = sure.copy()
    if (~sure).any() and n > sure.sum():
        free = pi[~sure]
        chosen[~sure] = _taken(free, rng.uniform()) if method == "systematic" else draw_entropy(free, rng)
    out = part[chosen].drop(columns="_size")
    return out.assign(probability=pi[chosen], certainty=sure[chosen], base_weight=1 / pi[chosen])
