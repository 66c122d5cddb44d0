"""Texts that a spreadsheet would run as a formula, and how they are written so that none runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


_FORMULA = re.compile(r"^[\s\x00\ufeff\u200b]*[=+\-@＝＋－＠]")  # full-width signs are signs to a Chinese Excel
_PLAIN_NUMBER = re.compile(r"^[+\-＋－]?[\d.,]+(e[+-]?\d+)?%?$", re.IGNORECASE)


def is_formula(value: object) -> bool:
    """Whether a spreadsheet would run this text as a formula.

    Examples
    --------
    >>> [is_formula(v) for v in ("=1+1", "@SUM(A1)", "+cmd|x", "＝1+1", "-3.5", "宁溪镇", 3)]
    [True, True, True, True, False, False, False]
    """
    return isinstance(value, str) and bool(_FORMULA.match(value)) and not _PLAIN_NUMBER.match(value.strip())


def neutral(value: Any) -> Any:
    """`value` as it may be written to a CSV or workbook: a text that would run gets an apostrophe before it.

    Examples
    --------
    >>> neutral('=HYPERLINK("http://x")'), neutral("-3.5"), neutral(7)
    ('\\'=HYPERLINK("http://x")', '-3.5', 7)
    """
    return f"'{_breaks(value)}" if is_formula(value) else _breaks(value)


def _breaks(value: Any) -> Any:
    """One kind of line break in a cell: writers of CSV quote a line feed, and leave a lone carriage return bare."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) and "\r" in value else value


def neutral_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A table in which no text runs as a formula, and which a CSV holds."""
    return _with_texts(frame, neutral)


def csv_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A table that a CSV holds as it is: one kind of line break in its cells.

    Examples
    --------
    >>> import pandas as pd
    >>> csv_frame(pd.DataFrame({"a": ["one\\rtwo"]})).to_csv(index=False, lineterminator="\\n")
    'a\\n"one\\ntwo"\\n'
    """
    return _with_texts(frame, _breaks)


def _with_texts(frame: pd.DataFrame, change: Callable[[Any], Any]) -> pd.DataFrame:
    frame = frame.copy()
    for column in frame.columns:
        if frame[column].dtype.kind not in "iufbMm":
            frame[column] = [change(v) for v in frame[column]]
    return frame.rename(columns={c: change(c) for c in frame.columns})
