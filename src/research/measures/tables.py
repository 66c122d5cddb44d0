"""`table`: many measures of many groups at once, in one tidy frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from research.core.faults import DataError, Fault, spot
from research.measures import frames
from research.measures.columns import check_columns, clean, group_codes
from research.measures.distribution import Distribution, sort_order
from research.measures.policy import choice
from research.measures.registry import MEASURES, resolve


def table(frame, measures, value="income", weight=None, by=None, *, missing="refuse", undefined="refuse"):
    """Measures by groups, as one tidy frame; each group is sorted once for all its measures.

    Parameters
    ----------
    frame : DataFrame, DuckDB relation, or path
        One row a person or household: a pandas, polars, Dask or Arrow frame, a DuckDB relation, or a Parquet
        file or folder. DuckDB, Parquet and Dask are counted by group and value, so that data larger than
        memory pass; the result is the same (to the last digits where weights are fractions).
    measures : list or dict
        Names, or ``(name, {parameter: value})``; a dict gives labels. See `registry.resolve`.
    value : str
        Column of the values (yuan a year).
    weight : str, optional
        Column of the weights. Default: the column "weight" where there is one, else all alike.
    by : str or list of str, optional
        Columns that make the groups; default: one group of all rows.
    missing : {"refuse", "drop"}
        Rows without a value are a fault, or are left out and counted against `coverage`.
    undefined : {"refuse", "gap"}
        A measure that has no value in some group is a fault, or stays a gap (nan).

    Returns
    -------
    DataFrame
        One row for each group and measure, groups in sorted order, measures in the order asked:
        the `by` columns, then `measure`, `value`, `n` (rows used), `weight_sum` (their weight, or their
        number without weights), `coverage` (share of the group's weight that has a value, 0 to 1).

    Raises
    ------
    DataError
        With all faults at once: unknown columns or measures, awkward values by row and column, and
        measures not defined in a group, by group.

    References
    ----------
    Wickham (2014), J. Statistical Software 59(10), on the shape of the result.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"place": ["a", "a", "b", "b"], "income": [1, 3, 2, 2]})
    >>> table(people, ["gini", "mean"], by="place")
      place measure  value  n  weight_sum  coverage
    0     a    gini   0.25  2         2.0       1.0
    1     a    mean   2.00  2         2.0       1.0
    2     b    gini   0.00  2         2.0       1.0
    3     b    mean   2.00  2         2.0       1.0
    """
    specs = resolve(measures)
    by = [by] if isinstance(by, str) else list(by or [])
    choice(missing, "missing", ("refuse", "drop"))
    choice(undefined, "undefined", ("refuse", "gap"))
    kind = frames.kind_of(frame)
    connection = None
    if kind == "parquet":
        frame, connection = frames.open_parquet(frame)
    if weight is None and "weight" in frames.columns_of(frame, kind):
        weight = "weight"
    if kind in ("duckdb", "dask", "parquet"):
        count = frames.counts_dask if kind == "dask" else frames.counts_duckdb
        x, w, used, rows, counts = _from_counts(count(frame, value, weight, by), value, weight, missing)
        if connection is not None:
            connection.close()
    else:
        if kind != "pandas":
            frame = frames.to_pandas(frame, kind, list(dict.fromkeys([value, *([weight] if weight else []), *by])))
        check_columns(frame, [value, *([weight] if weight else []), *by])
        x, w, used = clean(frame, value, weight, missing)
        rows, counts = frame, None
    codes, keys = group_codes(rows, by)
    return _measure_groups(specs, by, keys, x, w, used, codes, undefined, counts)


def _from_counts(rows, value, weight, missing):
    """Values, weights, use and row counts out of counts by value; awkward entries are told by their number."""
    if not len(rows):
        raise DataError(Fault("frame", "at least one row", "none", kind="empty"))
    x, n = rows["x"].to_numpy(float), rows["n"].to_numpy(float)
    checks = [
        ("infinite", np.isinf(x), value, "finite numbers", "infinite"),
        ("negative", (x < 0) & np.isfinite(x), value, "numbers of 0 or more", "below 0"),
    ]
    if missing == "refuse":
        checks.append(("missing", np.isnan(x), value, "a number in each row", "without (or say missing='drop')"))
    faults = [
        Fault(spot(column=column), expected, f"{n[bad].sum():.0f} rows {found}", kind=kind)
        for kind, bad, column, expected, found in checks
        if bad.any()
    ]
    gaps, low = rows["gaps"].sum(), rows["low"].min()
    if gaps:
        faults.append(Fault(spot(column=weight), "a weight in each row", f"{gaps:.0f} rows without", kind="missing"))
    if low < 0:
        faults.append(Fault(spot(column=weight), "weights of 0 or more", f"{low:g}", kind="weight"))
    w = rows["w"].to_numpy(float)
    if not faults and w.sum() == 0:
        faults.append(Fault(spot(column=weight), "a sum above 0", "a sum of 0", kind="weight"))
    if faults:
        raise DataError(faults)
    return x, w, ~np.isnan(x) & (w > 0), rows, n


def split_sorted(x, w, used, codes, groups):
    """Each group's distribution, sorted once for all measures.

    Returns
    -------
    list of Distribution or None
        None where a group has no row to use.
    """
    if not used.all():
        rows = np.flatnonzero(used)
        x, w, codes = x[rows], w[rows], codes[rows]
    if groups > 1:  # radix sort: codes are small integers; each group is then sorted within the cache
        order = np.argsort(codes.astype(np.uint16 if groups < 65536 else np.int64), kind="stable")
        x, w = x.take(order), w.take(order)
    ends = np.cumsum(np.bincount(codes, minlength=groups))
    out = []
    for start, stop in zip(np.concatenate(([0], ends[:-1])), ends, strict=True):
        order, values = sort_order(x[start:stop]) if stop > start else (None, None)
        out.append(None if order is None else Distribution.from_sorted(values, w[start:stop].take(order)))
    return out


def _measure_groups(specs, by, keys, x, w, used, codes, undefined, counts=None):
    groups = len(keys)
    parts = split_sorted(x, w, used, codes, groups)
    whole = np.bincount(codes, weights=w, minlength=groups)
    rows = slice(None) if used.all() else used
    n = np.bincount(codes[rows], weights=None if counts is None else counts[rows], minlength=groups).astype(int)
    weight = whole if used.all() else np.bincount(codes[rows], weights=w[rows], minlength=groups)
    values, faults = np.full((groups, len(specs)), np.nan), []
    for g, part in enumerate(parts):
        for k, (label, name, parameters) in enumerate(specs):
            try:
                values[g, k] = _call(name, part, parameters)
            except DataError as error:
                where = ", ".join(f"{b} {keys[b].iloc[g]}" for b in by) or "all rows"
                faults.extend(in_group(f, where, label) for f in error.faults)
    parameter_faults = [f for f in faults if f.kind == "parameter"]
    if parameter_faults or (faults and undefined == "refuse"):
        raise DataError(list(dict.fromkeys(parameter_faults)) or faults)
    out = keys.loc[keys.index.repeat(len(specs))].reset_index(drop=True)
    out["measure"] = [label for label, *_ in specs] * groups
    out["value"] = values.ravel()
    out["n"] = n.repeat(len(specs))
    out["weight_sum"] = weight.repeat(len(specs))
    with np.errstate(invalid="ignore"):
        out["coverage"] = np.where(whole > 0, weight / np.where(whole > 0, whole, 1), 0.0).repeat(len(specs))
    return out


def _call(name, part, parameters):
    if part is None:
        raise DataError(Fault("values", "at least one number", "no row with a value", kind="empty"))
    return MEASURES[name](part, **parameters)


def in_group(fault, where, label):
    """A fault of one measure in one group; `where` is the group, and a zero has no position there."""
    if fault.kind == "parameter":
        return replace(fault, place=spot(label, item=str(fault.place)))
    found = "a zero" if fault.kind == "zero" and fault.found == "0.0" else fault.found
    return replace(fault, place=spot(str(where), item=label), found=found)
