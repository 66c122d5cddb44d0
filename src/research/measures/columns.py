"""Columns of a frame: checked values and weights, groups as integers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest, spot
from research.measures.policy import LISTED, _parse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from research.core.kinds import Bools, Floats, Ints
    from research.measures.policy import Missing, Negatives


def check_columns(frame: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse unknown columns, all at once, with the nearest known name.

    Examples
    --------
    >>> check_columns(pd.DataFrame({"income": [1]}), ["incme"])
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: column incme: expected a column of the frame, found none of that name \
(did you mean 'income'?)
    """
    columns = list(frame.columns)
    faults = [
        Fault(spot(column=name), "a column of the frame", "none of that name", nearest(name, columns), "column")
        for name in names
        if name not in columns
    ]
    if not faults and len(frame) == 0:
        faults.append(Fault("frame", "at least one row", "none", kind="empty"))
    if faults:
        raise DataError(faults)


def clean(
    frame: pd.DataFrame, value: str, weight: str | None, missing: Missing = "refuse", *, negatives: bool = False
) -> tuple[Floats, Floats, Bools]:
    """Values and weights of a frame, and which rows are used; faults name row and column.

    Returns
    -------
    tuple of ndarray
        Values (float, nan where not used), weights (ones without a column), mask of the rows used.

    Raises
    ------
    DataError
        With every awkward entry (the first 20 of each kind), by row label and column.
    """
    faults: list[Fault] = []
    x = column(frame, value, faults, negatives=negatives, gaps=missing == "drop")
    w = np.ones(len(frame)) if weight is None else column(frame, weight, faults)
    if not faults and w.sum() == 0:
        faults.append(Fault(spot(column=weight), "a sum above 0", "a sum of 0", kind="weight"))
    if faults:
        raise DataError(faults)
    used = np.isfinite(x)
    return x, w, used if w.min() > 0 else used & (w > 0)


def settle_negatives(x: Floats, w: Floats, used: Bools, rule: Negatives) -> tuple[Floats, Bools, Bools]:
    """Values below 0 by a rule: values, rows used, and which rows had them.

    Parameters
    ----------
    x, w, used : ndarray
        As `clean` gives them.
    rule : {"refuse", "zero", "drop", "keep"}

    Returns
    -------
    tuple of ndarray
    """
    below = used & (np.nan_to_num(x) < 0)
    if not below.any():
        return x, used, below
    if rule == "zero":
        x = np.where(below, 0.0, x)
    elif rule == "drop":
        used = used & ~below
    return x, used, below


def column(
    frame: pd.DataFrame, name: str, faults: list[Fault], *, negatives: bool = False, gaps: bool = False
) -> Floats:
    """One column as floats; awkward entries become faults that name the row, texts always among them.

    Parameters
    ----------
    frame : DataFrame
    name : str
    faults : list
        Faults are appended here.
    negatives, gaps : bool
        Whether numbers below 0, and rows without a number, are taken.

    Returns
    -------
    ndarray
    """
    series = frame[name]
    array: NDArray[Any] = series.to_numpy()
    if array.dtype.kind in "iuf":
        array = array.astype(np.float64, copy=False)
    else:
        found: list[Fault] = []
        array = _parse(array, name, found)
        faults.extend(_by_row(f, series.index, name) for f in found)
    low, high = array.min(), array.max()
    if (low >= 0 or (negatives and low > -np.inf)) and high < np.inf:
        return array
    kinds = [("infinite", np.isinf(array), "a finite number"), ("missing", np.isnan(array), "a number")]
    kinds = kinds[:1] if gaps else kinds
    if not negatives:
        kinds.append(("negative", (array < 0) & np.isfinite(array), "a number of 0 or more"))
    for kind, mask, expected in kinds:
        where = np.flatnonzero(mask)
        way_out = "or say missing='drop'" if kind == "missing" else ""
        for i in where[:LISTED]:
            shown = "nothing" if kind == "missing" else repr(array[i].item())
            faults.append(Fault(spot(row=series.index[i], column=name), expected, shown, way_out, kind=kind))
        if len(where) > LISTED:
            more = f"{len(where) - LISTED} more of the same fault"
            faults.append(Fault(spot(column=name), expected, more, way_out, kind=kind))
    return array


def _by_row(fault: Fault, index: pd.Index, name: str) -> Fault:
    """A fault at a position, told by the row's label."""
    i = fault.place.index
    return replace(fault, place=spot(column=name) if i is None else spot(row=index[i], column=name))


def group_codes(frame: pd.DataFrame, by: list[str]) -> tuple[Ints, pd.DataFrame]:
    """Group number of each row, and the groups' keys in sorted order; a gap in a key is a fault."""
    if not by:
        return np.zeros(len(frame), dtype=np.int64), pd.DataFrame(index=range(1))
    faults = [
        Fault(spot(column=b), "a group for each row", f"{n} rows without", "fill or drop them", kind="missing")
        for b in by
        if (n := int(frame[b].isna().sum()))
    ]
    if faults:
        raise DataError(faults)
    if len(by) == 1:
        codes, names = pd.factorize(frame[by[0]], sort=True)
        return codes, pd.DataFrame({by[0]: names})
    grouped = frame.groupby(by, sort=True, observed=True)
    codes = grouped.ngroup().to_numpy()
    first = np.full(codes.max() + 1, -1)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, frame[by].iloc[first].reset_index(drop=True)
