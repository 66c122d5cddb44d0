"""Part of last year's households asked again, the others drawn anew."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, say
from research.survey.plan.inputs import missing
from research.survey.select.households import twice

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats, Ints


def rotate(
    frame: pd.DataFrame,
    previous: Collection[object],
    n: int,
    *,
    village: str,
    household: str,
    overlap: float,
    seed: int,
    rounds: str | None = None,
    most_rounds: int | None = None,
) -> pd.DataFrame:
    """This year's households of the same villages: a stated share of last year's, and new ones.

    Parameters
    ----------
    frame : DataFrame
        This year's list, one row a household.
    previous : collection
        Households that were asked last year.
    n : int
        Households in each village.
    village, household : str
        Columns.
    overlap : float
        Share of n that stays, 0 to 1, rounded by village.
    seed : int
    rounds : str, optional
        Column: how often a household has been asked. Those asked least stay first.
    most_rounds : int, optional
        Who has been asked as often is left out.

    Returns
    -------
    DataFrame
        The rows, with `role` ("kept", "new") and `probability_within`. Where fewer of last year's are left than should
        stay, new ones take their places; `frame.attrs["overlap"]` tells the share reached.

    Raises
    ------
    DataError
        With all faults: too few households, numbers given twice, an overlap outside 0 to 1.

    References
    ----------
    Kish (1965), "Survey Sampling", section 12.5; Cochran (1977), section 12.11.

    Examples
    --------
    >>> homes = pd.DataFrame({"village": "a", "household": range(20)})
    >>> drawn = rotate(homes, range(6), 6, village="village", household="household", overlap=0.5, seed=1)
    >>> drawn["role"].value_counts().to_dict(), drawn.attrs["overlap"]
    ({'kept': 3, 'new': 3}, 0.5)
    """
    faults = missing(frame, "list", [village, household, *([rounds] if rounds else [])])
    if not 0 <= overlap <= 1:
        faults.append(Fault("overlap", say("a number from 0 to 1", "0至1的数"), repr(overlap), kind="parameter"))
    faults += [] if faults else twice(frame, household)
    if faults:
        raise DataError(faults)
    known = frame[household].isin(list(previous)).to_numpy()
    asked = frame[rounds].fillna(0).to_numpy(float) if rounds else np.zeros(len(frame))
    able = asked < most_rounds if most_rounds is not None else np.ones(len(frame), dtype=bool)
    names = frame[village].astype(str).to_numpy()
    parts, kept = [], 0
    for name in sorted(set(names)):
        rows = np.flatnonzero(names == name)
        rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
        stay, new = _pick(rows, known, able, asked, n, int(round(overlap * n)), rng)
        if len(stay) + len(new) < n:
            text = say(f"{n} households that may be asked in village {name}", f"村{name}可入样的住户{n}户")
            faults.append(Fault("list", text, str(len(stay) + len(new)), kind="few"))
        out = frame.iloc[np.concatenate([stay, new])]
        parts.append(out.assign(role=["kept"] * len(stay) + ["new"] * len(new), probability_within=n / len(rows)))
        kept += len(stay)
    if faults:
        raise DataError(faults)
    whole = pd.concat(parts)
    whole.attrs["overlap"] = kept / len(whole)
    return whole


def _pick(
    rows: Ints, known: Bools, able: Bools, asked: Floats, n: int, stay: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Positions of who stays and who is new; of last year's, those asked least come first, by chance among equals."""
    old = rows[known[rows] & able[rows]]
    old = old[np.lexsort([rng.uniform(size=len(old)), asked[old]])][:stay]
    fresh = rng.permutation(rows[~known[rows] & able[rows]])[: n - len(old)]
    return np.sort(old), np.sort(fresh)
