"""Which domains of a report may be printed: no figure that few households, or two of them, stand behind."""

from __future__ import annotations

import numpy as np
import pandas as pd

LEAST = 10
"""Households behind a figure at least; of a share both those that it counts and the others."""
TOP, MOST = 2, 0.85
"""So many households may not make more than this of a domain's total."""
FIGURES = ("estimate", "se", "cv", "lower", "upper", "n", "df")


def publishable(table: pd.DataFrame, rows: pd.DataFrame, by: str, least: int = LEAST) -> pd.DataFrame:
    """A report's table with gaps where a figure would give households away, and a column that says so.

    Parameters
    ----------
    table : DataFrame
        `measure`, the domain ("" for all) and `FIGURES`.
    rows : DataFrame
        The households: the domain, `weight` and a column for each measure.
    by : str
        Column of the domains.
    least : int
        Households behind a figure at least.

    Returns
    -------
    DataFrame
        With `withheld`: true where the figures are gaps. One domain alone would follow from the whole and the others,
        so the next smallest goes with it.

    Examples
    --------
    >>> homes = pd.DataFrame({"place": ["a"] * 20 + ["b"] * 3 + ["c"] * 15, "weight": 1.0, "income": range(38)})
    >>> told = pd.DataFrame({"measure": "income", "place": ["", "a", "b", "c"], "estimate": 1.0, "n": [38, 20, 3, 15]})
    >>> publishable(told, homes, "place")["withheld"].tolist()
    [False, False, True, True]
    """
    out = table.assign(withheld=False)
    for measure, part in table.groupby("measure", sort=False):
        sizes = {name: _reason(_of(rows, by, name), str(measure), least) for name in part[by]}
        gone = {name for name, few in sizes.items() if few}
        others = sorted((part.set_index(by)["n"].drop([*gone, ""], errors="ignore")).items(), key=lambda item: item[1])
        if len(gone - {""}) == 1 and others:
            gone.add(others[0][0])
        if "" in gone:
            gone = set(part[by])
        out.loc[part.index[part[by].isin(gone)], "withheld"] = True
    figures = [c for c in FIGURES if c in out]
    out[figures] = out[figures].astype(float).where(~out["withheld"])
    return out


def _of(rows: pd.DataFrame, by: str, name: object) -> pd.DataFrame:
    return rows if name == "" else rows[rows[by].astype(str) == str(name)]


def _reason(rows: pd.DataFrame, measure: str, least: int) -> bool:
    """Whether a figure of these households stands on too few, or on two of them."""
    known = rows[rows[measure].notna()]
    value = known[measure].to_numpy(float)
    if len(value) < least:
        return True
    if set(np.unique(value)) <= {0.0, 1.0}:
        return bool(min(value.sum(), len(value) - value.sum()) < least)
    parts = np.sort(np.abs(value) * known["weight"].to_numpy(float))[::-1]
    return bool(parts[:TOP].sum() > MOST * parts.sum())
