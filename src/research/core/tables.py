"""Tables on disk: Parquet through DuckDB, which is enough for pandas and saves a second engine.

One thread and one row order give the same bytes for the same table. And tables in a page: compact JSON in a script,
which a page opened from a folder can load, and which can be read back.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.core.files import replacing
from research.core.kept import once
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    import pandas as pd


def write_table(frame: pd.DataFrame, path: str | Path, durable: bool = True) -> None:
    """Write a frame as Parquet; an old file is replaced only by a whole new one.

    Parameters
    ----------
    frame : DataFrame
        Its index is not written.
    path : str or Path
        Ends in `.parquet`.
    durable : bool
        As in `research.core.files.replacing`.

    Raises
    ------
    DataError
        When two columns share a name or a name is not text.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.parquet"
    >>> write_table(pd.DataFrame({"place": ["331003"], "value": [1.5]}), path)
    >>> read_table(path).to_dict("records")
    [{'place': '331003', 'value': 1.5}]
    """
    import duckdb

    path = Path(path)
    wrong = [c for c in frame.columns if not isinstance(c, str)] or list(frame.columns[frame.columns.duplicated()])
    if wrong:
        expected = "column names that are text and unlike"
        raise DataError([Fault(path.name, expected, repr(c), kind="column") for c in wrong])
    with replacing(path, durable) as part, duckdb.connect(config={"threads": 1}) as connection:
        connection.register("frame", frame.reset_index(drop=True))
        connection.execute("COPY frame TO $path (FORMAT parquet, COMPRESSION zstd)", {"path": str(part)})


def read_table(path: str | Path, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Read a Parquet file as a frame, in the order in which it was written.

    Parameters
    ----------
    path : str or Path
    columns : list of str, optional
        Only these.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        Naming the file when it is missing or is not a Parquet file.
    """
    columns = None if columns is None else list(columns)
    return once(f"parquet {columns}", path, lambda: _read(Path(path), columns))


def _read(path: Path, columns: list[str] | None) -> pd.DataFrame:
    import duckdb

    sys.audit("research.read", str(path))  # DuckDB opens files outside Python: who watches reads, hears of it here
    wanted = "*" if columns is None else ", ".join('"' + c.replace('"', '""') + '"' for c in columns)
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            return connection.execute(f"SELECT {wanted} FROM read_parquet($path)", {"path": str(path)}).df()
    except duckdb.Error as error:
        found = "no such file" if not path.is_file() else str(error).splitlines()[0]
        raise DataError(
            Fault(
                path.name,
                say("a Parquet table", "Parquet 表"),
                found,
                say("run `bluebook build`", "请运行 `bluebook build`"),
                kind="table",
            )
        ) from error


# --- tables in a page ---------------------------------------------------------------------------------------

_SCRIPT = re.compile(r"\A\w+\((\"[\w-]+\"),(.*)\);\s*\Z", re.S)
"""A call of a function with a name and a value."""


RUN = 4
"""Rows of equal values in a row, on average, from which a column is packed by its runs."""


def packed(frame: pd.DataFrame) -> dict[str, Any]:
    """A table as plain values for JSON.

    Parameters
    ----------
    frame : DataFrame
        Of numbers, truth values and texts; dates become texts.

    Returns
    -------
    dict
        rows: their number; columns: name -> list of numbers, or {"words": [...], "at": [...]} (-1 for none), or, where
        equal values follow each other, {"of": such a column of one value a run, "runs": [...]}.

    Examples
    --------
    >>> import pandas as pd
    >>> packed(pd.DataFrame({"place": ["a", "b", "a"], "value": [1.0, 2.5, None]}))["columns"]
    {'place': {'words': ['a', 'b'], 'at': [0, 1, 0]}, 'value': [1, 2.5, None]}
    """
    return {"rows": len(frame), "columns": {str(name): _short(frame[name]) for name in frame}}


def _short(values: pd.Series[Any]) -> Any:
    """A column by its runs where that is clearly shorter."""
    first = ~(values.eq(values.shift()) | (values.isna() & values.isna().shift(fill_value=False))).fillna(False)
    starts = [i for i, new in enumerate(first) if new or i == 0]
    if not starts or len(starts) * RUN > len(values):
        return _column(values)
    ends = [*starts[1:], len(values)]
    return {"of": _column(values.iloc[starts]), "runs": [b - a for a, b in zip(starts, ends, strict=True)]}


def _column(values: pd.Series[Any]) -> Any:
    import pandas as pd

    if pd.api.types.is_bool_dtype(values):
        return [None if pd.isna(v) else int(v) for v in values]
    if pd.api.types.is_numeric_dtype(values):
        return [_number(v) for v in values.astype(object).where(values.notna(), None)]
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    at, words = pd.factorize(values)
    return {"words": [str(w) for w in words], "at": [int(i) for i in at]}


def _number(value: Any) -> float | int | None:
    """A number as short as it can be read back exactly; none for what JSON cannot say."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


def unpacked(table: dict[str, Any]) -> pd.DataFrame:
    """The table that was packed.

    Parameters
    ----------
    table : dict
        See `packed`.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> import pandas as pd
    >>> unpacked(packed(pd.DataFrame({"place": ["a", None], "value": [1.0, 2.5]}))).values.tolist()
    [['a', 1.0], [nan, 2.5]]
    >>> packed(pd.DataFrame({"place": ["a"] * 5 + ["b"] * 4}))["columns"]
    {'place': {'of': {'words': ['a', 'b'], 'at': [0, 1]}, 'runs': [5, 4]}}
    """
    import pandas as pd

    made = {}
    for name, held in table["columns"].items():
        runs = held.get("runs") if isinstance(held, dict) else None
        held = held["of"] if runs else held
        if isinstance(held, dict):
            held = [held["words"][i] if i >= 0 else None for i in held["at"]]
        made[name] = [v for v, n in zip(held, runs, strict=True) for _ in range(n)] if runs else held
    return pd.DataFrame(made, index=range(table["rows"]))


def script(function: str, name: str, value: Any) -> str:
    """A value as a script that calls a function of the page with a name and the value.

    Parameters
    ----------
    function, name : str
    value
        Plain values.

    Returns
    -------
    str

    Examples
    --------
    >>> script("topic", "a", {"b": "</script>"})
    'topic("a",{"b":"\\\\u003c/script>"});\\n'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return f"{function}({json.dumps(name)},{text});\n"


def unscript(text: str) -> Any:
    """The value in such a script; None for any other text.

    Parameters
    ----------
    text : str

    Returns
    -------
    object

    Examples
    --------
    >>> unscript(script("topic", "a", {"b": "<"})), unscript("var a = 1;")
    ({'b': '<'}, None)
    """
    found = _SCRIPT.match(text)
    try:
        return json.loads(found[2]) if found else None
    except ValueError:
        return None
