"""Tables on disk: Parquet through DuckDB, which is enough for pandas and saves a second engine.

One thread and one row order give the same bytes for the same table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

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
