"""Why warnings were accepted: one by one as NAME=REASON, or many in a table that the refusal itself writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from research.core.faults import DataError, Fault, UsageError, in_language, nearest, say, spot
from research.core.files import replacing
from research.core.formulas import neutral_frame
from research.indicators.reference.tables import read_csv

NAME, REASON = "提醒", "理由"
ENDING = "-待说明"
"""Ending of the name of a table of reasons."""


def given(accept: Iterable[str] = (), file: str | Path | None = None) -> dict[str, str]:
    """Reasons by the name of the warning.

    Parameters
    ----------
    accept : list of str
        Each ``NAME=REASON``.
    file : str or Path, optional
        A table as `write` makes it, with the reasons filled in; rows without a reason do not count.

    Raises
    ------
    UsageError
        For an acceptance that is not NAME=REASON, or a file that is not there.
    DataError
        For a table without the two columns.

    Examples
    --------
    >>> given(["jump:ECO-1-01@331003:2025=新统计口径"])
    {'jump:ECO-1-01@331003:2025': '新统计口径'}
    """
    reasons = _table(Path(file)) if file else {}
    for text in accept:
        name, _, reason = str(text).partition("=")
        if not name.strip() or not reason.strip():
            raise UsageError(
                say(
                    f"--accept {text}: write NAME=REASON, the name as the warning gives it",
                    f"--accept {text}：请写成 名称=理由，名称照提醒所示",
                )
            )
        reasons[name.strip()] = reason.strip()
    return reasons


def _table(path):
    if not path.is_file():
        raise UsageError(say(f"--accept-file {path}: no such file", f"--accept-file {path}：没有这个文件"))
    frame = read_csv(path)
    lacking = [c for c in (NAME, REASON) if c not in frame]
    if lacking:
        raise DataError(
            [
                Fault(
                    spot(path.name, row=1),
                    say(f"a column {c}", f"有“{c}”列"),
                    say("none", "没有"),
                    nearest(c, frame.columns),
                    "column",
                )
                for c in lacking
            ]
        )
    frame = frame[[NAME, REASON]].dropna()
    told = {str(n).strip(): str(r).strip() for n, r in frame.itertuples(index=False)}
    return {n: r for n, r in told.items() if n and r}


def write(warnings: Mapping[str, Fault], beside: str | Path, reasons: Mapping[str, str]) -> Path | None:
    """The table of reasons for some warnings, beside the file that was refused; the last column is to be filled in.

    Parameters
    ----------
    warnings : dict of str -> Fault
        Warnings by name.
    beside : str or Path
        The file that was refused.
    reasons : dict of str -> str
        Those that were given already; they are written out again, and so are those in a table that stands there.

    Returns
    -------
    Path or None
        `<name>-待说明.csv`; None where that folder cannot be written to.
    """
    path = Path(beside)
    path = path.with_name(f"{path.stem}{ENDING}.csv")
    told = {**(_table(path) if path.is_file() else {}), **reasons}
    rows = [
        {
            NAME: name,
            "文件": w.place.file,
            "工作表": w.place.sheet,
            "行": w.place.row or "",
            "列": w.place.column,
            "应为": in_language(w.expected, "zh"),
            "现为": in_language(w.found, "zh"),
            REASON: told.get(name, ""),
        }
        for name, w in warnings.items()
    ]
    try:
        with replacing(path) as part:
            neutral_frame(pd.DataFrame(rows)).to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    except OSError:
        return None
    return path


def lacking(warnings: Mapping[str, Fault], reasons: Mapping[str, str]) -> dict[str, Fault]:
    """The warnings that nobody gave a reason for."""
    return {name: w for name, w in warnings.items() if name not in reasons}


__all__ = ["ENDING", "given", "lacking", "write"]
