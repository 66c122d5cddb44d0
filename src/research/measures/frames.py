"""Frames of other libraries, brought to counts by group and value, or to pandas, for `table`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from research.core.faults import DataError, Fault, MissingError, nearest, spot

MOST_ROWS = 30_000_000  # distinct values by group that still fit in memory with room to work
MEMORY = "2GB"


def kind_of(frame: Any) -> str:
    """Which library a frame is of: "pandas", "polars", "arrow", "duckdb", "dask" or "parquet".

    Raises
    ------
    DataError
        For anything else.

    Examples
    --------
    >>> kind_of(pd.DataFrame()), kind_of("incomes.parquet")
    ('pandas', 'parquet')
    """
    if isinstance(frame, pd.DataFrame):
        return "pandas"
    if isinstance(frame, (str, Path)):
        return "parquet"
    module = type(frame).__module__.split(".")[0]
    known = {"polars": "polars", "pyarrow": "arrow", "duckdb": "duckdb", "_duckdb": "duckdb"}
    if module in known:
        return known[module]
    if module.startswith("dask"):
        return "dask"
    expected = "a pandas, polars, Dask or Arrow frame, a DuckDB relation or a Parquet path"
    raise DataError(Fault("frame", expected, f"{type(frame).__module__}.{type(frame).__name__}", kind="frame"))


def columns_of(frame: Any, kind: str) -> list[str]:
    """Names of a frame's columns.

    Examples
    --------
    >>> columns_of(pd.DataFrame({"a": [1]}), "pandas")
    ['a']
    """
    if kind == "arrow":
        return list(frame.column_names)
    if kind == "polars" and hasattr(frame, "collect_schema"):
        return list(frame.collect_schema().names())
    return list(frame.columns)


def to_pandas(frame: Any, kind: str, names: list[str]) -> pd.DataFrame:
    """The named columns of a polars or Arrow frame as a pandas one.

    Raises
    ------
    DataError
        For unknown columns.
    """
    check_names(columns_of(frame, kind), names)
    if kind == "arrow":
        return frame.select(names).to_pandas()
    picked = frame.select(names)
    picked = picked.collect() if hasattr(picked, "collect") else picked
    return pd.DataFrame({name: picked[name].to_numpy() for name in names})


def open_parquet(path: str | Path) -> tuple[Any, Any]:
    """A DuckDB relation over one Parquet file, a folder of them, or a pattern; nothing is read yet.

    Raises
    ------
    DataError
        When there is no such file.
    """
    import duckdb

    path = Path(path)
    where = path / "**" / "*.parquet" if path.is_dir() else path
    connection = duckdb.connect()
    connection.execute(
        f"SET memory_limit='{MEMORY}'; SET preserve_insertion_order=false; SET enable_progress_bar=false"
    )
    try:
        return connection.from_parquet(str(where)), connection
    except duckdb.Error as error:
        raise DataError(Fault(str(path), "a Parquet file or a folder of them", str(error).split("\n")[0])) from None


def counts_duckdb(relation: Any, value: str, weight: str | None, by: Sequence[str]) -> pd.DataFrame:
    """Rows and weight by group and value, counted by DuckDB, which spills to disk where memory ends.

    Returns
    -------
    DataFrame
        The `by` columns, `x`, `w`, `n`; gaps in the value come as a row without x.

    Raises
    ------
    DataError
        For unknown columns, or more distinct values than fit in memory.
    """
    check_names(list(relation.columns), [value, *([weight] if weight else []), *by])
    keys = "".join(f"{_quoted(b)}, " for b in by)
    w = _quoted(weight) if weight else "1"
    x = _quoted(value)
    kind = str(relation.types[list(relation.columns).index(value)]).upper()
    if not any(k in kind for k in ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL")):
        raise DataError(Fault(spot(column=value), "numbers", f"a column of {kind}", kind="text"))
    sums = f"sum({w})::DOUBLE AS w, count(*) AS n, min({w}) AS low, count(*) - count({w}) AS gaps"
    out = relation.aggregate(f"{keys}{x}::DOUBLE AS x, {sums}", f"{keys}x")
    rows = out.limit(MOST_ROWS + 1).df()
    if len(rows) > MOST_ROWS:
        way_out = "round incomes to whole yuan first"
        raise DataError(Fault(spot(column=value), f"at most {MOST_ROWS:,} distinct values", "more", way_out))
    return rows


def counts_dask(frame: Any, value: str, weight: str | None, by: Sequence[str]) -> pd.DataFrame:
    """Rows and weight by group and value, one part after another, merged by addition.

    Raises
    ------
    DataError
        For unknown columns, or values that are not numbers.
    MissingError
        Where Dask is not installed.
    """
    try:
        from dask.base import compute
    except ImportError:
        raise MissingError("Dask is not installed: pip install 'common-prosperity-bluebook[scale]'") from None
    check_names(list(frame.columns), [value, *([weight] if weight else []), *by])
    parts = [_count_part(p, value, weight, by) for p in frame[[*by, value, *([weight] if weight else [])]].to_delayed()]
    while len(parts) > 1:
        parts = [_merge_parts(parts[i : i + 8], by) for i in range(0, len(parts), 8)]
    return compute(parts[0])[0]


def _count_part(part: Any, value: str, weight: str | None, by: Sequence[str]) -> Any:
    from dask.delayed import delayed

    return delayed(count_pandas)(part, value, weight, by)


def _merge_parts(parts: list[Any], by: Sequence[str]) -> Any:
    from dask.delayed import delayed

    return delayed(merge_counts)(parts, by)


def count_pandas(frame: pd.DataFrame, value: str, weight: str | None, by: list[str]) -> pd.DataFrame:
    """Rows and weight by group and value of one pandas frame.

    Examples
    --------
    >>> count_pandas(pd.DataFrame({"income": [2, 1, 2]}), "income", None, [])[["x", "w", "n"]].values.tolist()
    [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]
    """
    x = pd.to_numeric(frame[value], errors="raise").astype(float)
    w = pd.Series(1.0, index=frame.index) if weight is None else frame[weight].astype(float)
    rows = frame[by].assign(x=x, w=w, n=1, low=w, gaps=w.isna().astype(int))
    return merge_counts([rows], by)


def merge_counts(parts: list[pd.DataFrame], by: Sequence[str]) -> pd.DataFrame:
    """Counts of several parts as counts of all."""
    rows = pd.concat(parts, ignore_index=True)
    grouped = rows.groupby([*by, "x"], dropna=False, observed=True, sort=True)
    return grouped.agg(w=("w", "sum"), n=("n", "sum"), low=("low", "min"), gaps=("gaps", "sum")).reset_index()


def check_names(columns: list[str], names: list[str]) -> None:
    """Refuse unknown columns, all at once."""
    faults = [
        Fault(spot(column=n), "a column of the frame", "none of that name", nearest(n, columns), kind="column")
        for n in names
        if n not in columns
    ]
    if faults:
        raise DataError(faults)


def _quoted(name: str) -> str:
    return '"' + str(name).replace('"', '""') + '"'
