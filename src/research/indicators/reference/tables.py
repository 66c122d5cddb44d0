"""Reading the tables people hand over: CSV in any of the usual encodings, and small YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from research.core.faults import DataError, Fault, say, spot
from research.core.kept import once

ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order: UTF-8 with or without a mark at the start, then what Excel writes in China."""


def encoding_of(path: Path) -> str:
    """The first of `ENCODINGS` in which the whole file can be read.

    Parameters
    ----------
    path : str or Path
        A text file.

    Returns
    -------
    str

    Raises
    ------
    DataError
        When the file is missing, or is text in neither encoding.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            Fault(
                path.name,
                say("a readable file", "能读取的文件"),
                say("none", "没有"),
                say("put it there", "请放入该文件"),
                "missing-file",
            )
        ) from error
    if b"\0" in data[:4096]:
        raise DataError(
            Fault(
                path.name,
                say("a CSV text file", "CSV 文本文件"),
                say("binary data", "二进制数据"),
                say("save it as CSV UTF-8", "请另存为 CSV UTF-8"),
                "encoding",
            )
        )
    for name in ENCODINGS:
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    raise DataError(
        Fault(
            path.name,
            say("text in UTF-8 or GB18030", "UTF-8 或 GB18030 编码的文本"),
            say("other bytes", "其他编码"),
            say("save it as CSV UTF-8", "请另存为 CSV UTF-8"),
            "encoding",
        )
    )


def read_csv(
    path: str | Path, name: str | None = None, dtype: Any = str, usecols: Any = None, **options: Any
) -> pd.DataFrame:
    """A CSV file with every cell as text; an empty cell is missing.

    Parameters
    ----------
    path : str or Path
        UTF-8 (with or without a mark at the start) or GB18030.
    name : str, optional
        How to call the file in messages; default its own name.
    dtype : type or dict, default str
        As in `pandas.read_csv`.
    usecols : list, optional
        Only these columns.
    **options
        Further ones of `pandas.read_csv`.

    Returns
    -------
    DataFrame
        Row `i` stands in row `i + 2` of the spreadsheet: blank lines are kept, so the numbers hold.

    Raises
    ------
    DataError
        Naming the row that has too many cells, or the encoding that cannot be read.
    """
    return once(f"csv {dtype} {usecols} {options}", path, lambda: _read_csv(Path(path), name, dtype, usecols, options))


def _read_csv(path: Path, name: str | None, dtype: Any, usecols: Any, options: dict[str, Any]) -> pd.DataFrame:
    way = "quote cells that hold commas; look for an open quotation mark"
    try:
        frame = pd.read_csv(
            path,
            dtype=dtype,
            keep_default_na=False,
            na_values=[""],
            encoding=encoding_of(path),
            skip_blank_lines=False,
            usecols=usecols,
            **options,
        )
    except pd.errors.EmptyDataError as error:
        raise DataError(
            Fault(name or path.name, say("a header row", "表头行"), say("an empty file", "空文件"), kind="empty")
        ) from error
    except pd.errors.ParserError as error:
        raise DataError(
            Fault(
                name or path.name,
                say("as many cells as the header", "与表头相同的格数"),
                str(error).split(". ")[-1].strip(),
                way,
                "ragged",
            )
        ) from error
    if not isinstance(frame.index, pd.RangeIndex):  # pandas takes surplus cells for row names
        raise DataError(
            Fault(
                spot(name or path.name, line=2),
                say("as many cells as the header", "与表头相同的格数"),
                say(f"{frame.index.nlevels} more", f"多出{frame.index.nlevels}格"),
                way,
                "ragged",
            )
        )
    return frame
