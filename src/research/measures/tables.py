"""`table`: many measures of many groups at once, in one tidy frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from research.core.faults import DataError, Fault, spot
from research.measures import frames
from research.measures.columns import check_columns, clean, group_codes, settle_negatives
from research.measures.distribution import Distribution, sort_order
from research.measures.measure import MEASURES
from research.measures.policy import choice
from research.measures.populations import population_codes
from research.measures.registry import resolve

if TYPE_CHECKING:
    import pandas as pd

    from research.core.kinds import Bools, Floats, Ints
    from research.measures.measure import AskedAll, Resolved
    from research.measures.policy import Missing, Negatives, Undefined


def table(
    frame: Any,
    measures: AskedAll,
    value: str = "income",
    weight: str | None = None,
    by: str | Sequence[str] | None = None,
    *,
    missing: Missing = "refuse",
    undefined: Undefined = "refuse",
    negatives: Negatives = "refuse",
) -> pd.DataFrame:
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
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0, in all measures alike: see `policy`. Unless they are refused, their number
        and weight in each group stand in the result.

    Returns
    -------
    DataFrame
        One row for each group and measure, groups in sorted order, measures in the order asked:
        the `by` columns, then `measure`, `value`, `n` (rows used), `weight_sum` (their weight, or their
        number without weights), `coverage` (share of the group's weight that is used, 0 to 1); unless
        negatives are refused, `n_negative` and `weight_negative` (rows below 0 and their weight).

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
    choice(negatives, "negatives", ("refuse", "zero", "drop", "keep"))
    kind = frames.kind_of(frame)
    connection = None
    if kind == "parquet":
        frame, connection = frames.open_parquet(frame)
    if weight is None and "weight" in frames.columns_of(frame, kind):
        weight = "weight"
    if kind in ("duckdb", "dask", "parquet"):
        count = frames.counts_dask if kind == "dask" else frames.counts_duckdb
        x, w, used, rows, counts = _from_counts(count(frame, value, weight, by), value, weight, missing, negatives)
        if connection is not None:
            connection.close()
    else:
        if kind != "pandas":
            frame = frames.to_pandas(frame, kind, list(dict.fromkeys([value, *([weight] if weight else []), *by])))
        check_columns(frame, [value, *([weight] if weight else []), *by])
        x, w, used = clean(frame, value, weight, missing, negatives=negatives != "refuse")
        rows, counts = frame, None
    codes, keys = group_codes(rows, by)
    x, used, below = settle_negatives(x, w, used, negatives)
    out = _measure_groups(specs, by, keys, x, w, used, codes, undefined, counts)
    return out if negatives == "refuse" else _with_negatives(out, below, w, codes, counts, len(keys), len(specs))


def _with_negatives(
    out: pd.DataFrame, below: Bools, w: Floats, codes: Ints, counts: Floats | None, groups: int, specs: int
) -> pd.DataFrame:
    """Number and weight of the rows below 0 of each group, beside its measures."""
    n = np.bincount(codes[below], weights=None if counts is None else counts[below], minlength=groups)
    weight = np.bincount(codes[below], weights=w[below], minlength=groups)
    return out.assign(n_negative=n.astype(int).repeat(specs), weight_negative=weight.astype(float).repeat(specs))


def _from_counts(
    rows: pd.DataFrame, value: str, weight: str | None, missing: Missing, negatives: Negatives
) -> tuple[Floats, Floats, Bools, pd.DataFrame, Floats]:
    """Values, weights, use and row counts out of counts by value; awkward entries are told by their number."""
    if not len(rows):
        raise DataError(Fault("frame", "at least one row", "none", kind="empty"))
    x, n = rows["x"].to_numpy(float), rows["n"].to_numpy(float)
    checks = [
        ("infinite", np.isinf(x), value, "finite numbers", "infinite"),
    ]
    if negatives == "refuse":
        checks.append(("negative", (x < 0) & np.isfinite(x), value, "numbers of 0 or more", "below 0"))
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


def split_sorted(x: Floats, w: Floats, used: Bools, codes: Ints, groups: int) -> list[Distribution | None]:
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
        order: Ints = np.argsort(codes.astype(np.uint16 if groups < 65536 else np.int64), kind="stable")
        x, w = x.take(order), w.take(order)
    ends = np.cumsum(np.bincount(codes, minlength=groups))
    out: list[Distribution | None] = []
    for start, stop in zip(np.concatenate(([0], ends[:-1])), ends, strict=True):
        order, values = sort_order(x[start:stop]) if stop > start else (np.empty(0, int), np.empty(0))
        out.append(Distribution.from_sorted(values, w[start:stop].take(order)) if stop > start else None)
    return out


def _measure_groups(
    specs: Sequence[Resolved],
    by: Sequence[str],
    keys: pd.DataFrame,
    x: Floats,
    w: Floats,
    used: Bools,
    codes: Ints,
    undefined: Undefined,
    counts: Floats | None = None,
) -> pd.DataFrame:
    groups = len(keys)
    parts = split_sorted(x, w, used, codes, groups)
    whole = np.bincount(codes, weights=w, minlength=groups)
    rows = slice(None) if used.all() else used
    n = np.bincount(codes[rows], weights=None if counts is None else counts[rows], minlength=groups).astype(int)
    weight = whole if used.all() else np.bincount(codes[rows], weights=w[rows], minlength=groups)
    values = np.full((groups, len(specs)), np.nan)
    faults: list[Fault] = []
    shared = _shared(specs, by, keys, x, w, used, codes)
    for g, part in enumerate(parts):
        for k, (label, name, parameters) in enumerate(specs):
            try:
                further = shared[k]
                values[g, k] = _call(name, part, {**parameters, **further[g]} if further else parameters)
            except DataError as error:
                where = ", ".join(f"{b} {keys[b].iloc[g]}" for b in by) or "all rows"
                faults.extend(in_group(f, where, label) for f in error.faults if isinstance(f, Fault))
    parameter_faults = [f for f in faults if f.kind == "parameter"]
    if parameter_faults or (faults and undefined == "refuse"):
        raise DataError(list(dict.fromkeys(parameter_faults)) or gathered(faults))
    out = keys.loc[keys.index.repeat(len(specs))].reset_index(drop=True)
    out["measure"] = [label for label, *_ in specs] * groups
    out["value"] = values.ravel()
    out["n"] = n.repeat(len(specs))
    out["weight_sum"] = weight.repeat(len(specs))
    with np.errstate(invalid="ignore"):
        out["coverage"] = np.where(whole > 0, weight / np.where(whole > 0, whole, 1), 0.0).repeat(len(specs))
    return out


def _shared(
    specs: Sequence[Resolved], by: Sequence[str], keys: pd.DataFrame, x: Floats, w: Floats, used: Bools, codes: Ints
) -> list[list[dict[str, float]] | None]:
    """For each measure the further parameter of each group that comes of a wider population; None without one."""
    out: list[list[dict[str, float]] | None] = []
    for _, name, parameters in specs:
        populations = population_codes(MEASURES[name], parameters, by, keys)
        if populations is None:
            out.append(None)
            continue
        parts = split_sorted(x, w, used, populations[codes], int(populations.max()) + 1)
        made = [None if p is None else MEASURES[name].common(p, parameters).value for p in parts]
        lines = [made[p] for p in populations]
        out.append([{} if line is None else {"_line": line} for line in lines])
    return out


def _call(name: str, part: Distribution | None, parameters: Mapping[str, Any]) -> float:
    if part is None:
        raise DataError(Fault("values", "at least one number", "no row with a value", kind="empty"))
    return MEASURES[name](part, **parameters)


def in_group(fault: Fault, where: str, label: str) -> Fault:
    """A fault inside a group, told by group and measure."""
    place = f"{label}, {fault.place}" if fault.kind == "parameter" else f"{where}, {label}"
    found = "a zero" if fault.kind == "zero" and fault.found == "0.0" else fault.found
    return Fault(place, fault.expected, found, fault.way_out, fault.kind)


def gathered(faults: list[Fault]) -> list[Fault]:
    """Faults that differ only in their place as one, at the first place, with their number.

    Examples
    --------
    >>> zeros = [Fault(f"place {p}, theil", "a number above 0", "a zero", "drop them", "zero") for p in "abc"]
    >>> print(gathered(zeros)[0])
    place a, theil: expected a number above 0, found a zero, the first of 3 such (drop them)
    """
    alike: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        alike.setdefault((fault.expected, fault.way_out, fault.kind), []).append(fault)
    out = []
    for same in alike.values():
        first, more = same[0], sum(_counted(f) for f in same)
        found = first.found if more == 1 else f"{first.found}, the first of {more:,} such"
        out.append(Fault(first.place, first.expected, found, first.way_out, first.kind))
    return out


def _counted(fault: Fault) -> int:
    """How many faults one stands for: long lists end in "so many more"."""
    number, _, rest = str(fault.found).partition(" ")
    return int(number) if rest == "more of the same fault" else 1
