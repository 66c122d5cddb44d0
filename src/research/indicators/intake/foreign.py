"""The foreign formats: workbook, CSV, Parquet, Stata, SPSS, as a table and the labels of its codes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import load_workbook

from research.core import tables
from research.core.faults import DataError, Fault, nearest, say, spot
from research.indicators.intake import grid
from research.indicators.intake.safety import LIMITS
from research.indicators.reference.schemas import raw_heads, read_cells

STATISTICAL = (".dta", ".sav", ".zsav")
STARTS = {"SPSS": "1582-10-14", "STATA": "1960-01-01"}
"""Where the calendars of the two programs begin."""
FORMATS = {
    r"(A|E|J|S)?DATE\d+|DATETIME\d.*|YMDHMS\d.*": ("SPSS", "s"),
    r"MOYR\d+": ("SPSS", "M"),
    r"QYR\d+": ("SPSS", "Q"),
    r"D?TIME\d.*": ("SPSS", "hours"),
    r"%-?(td|d).*": ("STATA", "D"),
    r"%-?t[cC].*": ("STATA", "ms"),
    r"%-?tm.*": ("STATA", "M"),
    r"%-?tq.*": ("STATA", "Q"),
}
"""Formats of dates and times: whose they are, and what their numbers count."""


def read_foreign(path: Path, rules: dict[str, Any]) -> tuple[pd.DataFrame, dict[Any, Any]]:
    """A table as it is, and what its codes mean.

    Parameters
    ----------
    path : Path
    rules : dict
        The mapping: `header`, `sheet` and `encoding` are looked at.

    Returns
    -------
    (DataFrame, dict)
        Cells as they are, rows counted from the headings; column -> {code: label} for Stata and SPSS.

    Raises
    ------
    DataError
        For a file that cannot be read, a sheet that is not there, a table that is too large.
    """
    ending = path.suffix.lower()
    if ending in STATISTICAL:
        return _statistical(path, rules)
    if ending == ".csv":
        return _csv(path, int(rules.get("header", 1)) - 1), {}
    if ending == ".parquet":
        return _parquet(path), {}
    return _workbook(path, rules), {}


def _csv(path, skip):
    frame = read_cells(path)
    if skip:
        head = frame.iloc[skip - 1]
        return frame.iloc[skip:].set_axis([grid.heading(h) if isinstance(h, str) else "" for h in head], axis=1)
    raw = [grid.heading(h) for h in raw_heads(path)]  # pandas renames the second of two headings
    return frame.set_axis(raw, axis=1) if len(raw) == len(frame.columns) else frame


def _parquet(path):
    """Its own directory says how large it is before anything is unpacked."""
    import duckdb

    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            query = "SELECT sum(num_rows) FROM parquet_file_metadata($path)"
            rows = connection.execute(query, {"path": str(path)}).fetchall()[0][0]
    except duckdb.Error as error:
        raise DataError(
            Fault(path.name, say("a Parquet table", "Parquet 表"), str(error).splitlines()[0][:200], kind="safety")
        ) from error
    if rows > LIMITS["table_rows"]:
        raise DataError(
            Fault(
                path.name,
                say(f"{LIMITS['table_rows']:,} rows or less", f"不超过{LIMITS['table_rows']:,}行"),
                f"{rows:,}",
                say("split it by year", "请按年份拆分"),
                "safety",
            )
        )
    return tables.read_table(path)


def _statistical(path, rules):
    """Stata and SPSS; what the file itself calls missing is a gap.

    Dates are reckoned here: pyreadstat drops the whole days of a duration, takes months for days, and goes on with
    formats that an earlier call named (findings/pyreadstat-*.sh).
    """
    import pyreadstat

    options: dict[str, Any] = {"disable_datetime_conversion": True}
    options |= {"encoding": str(rules["encoding"])} if rules.get("encoding") else {}
    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    try:
        frame, facts = read(str(path), row_limit=LIMITS["table_rows"] + 1, **options)
    except (
        pyreadstat.ReadstatError,
        pyreadstat.PyreadstatError,
        UnicodeDecodeError,
        ValueError,
        LookupError,
        OSError,
    ) as error:
        found = f"one that cannot be read ({str(error)[:120] or type(error).__name__})"
        raise DataError(
            Fault(
                path.name,
                say("a Stata or SPSS file", "Stata 或 SPSS 文件"),
                found,
                say("save it anew there, or name its `encoding`", "请在该软件中重新保存，或写明 encoding（编码）"),
                "safety",
            )
        ) from error
    if len(frame) > LIMITS["table_rows"]:
        raise DataError(
            Fault(
                path.name,
                say(f"{LIMITS['table_rows']:,} rows or less", f"不超过{LIMITS['table_rows']:,}行"),
                say("more", "超过"),
                say("split it", "请拆分"),
                "safety",
            )
        )
    told = {c: _dated(frame[c], kind) for c, kind in facts.original_variable_types.items() if c in frame}
    return frame.assign(**told), dict(facts.variable_value_labels)


def _dated(numbers, kind):
    """Numbers of a date's or a time's format as what they say: days, months, quarters; a duration as hours."""
    whose, counts = next((v for pattern, v in FORMATS.items() if re.fullmatch(pattern, str(kind))), ("", ""))
    if not whose or numbers.dtype.kind not in "iuf":
        return numbers
    if counts == "hours":
        return numbers / 3600
    start = pd.Timestamp(STARTS[whose]).as_unit("ms")
    return pd.Series([_when(n, start, whose, counts) for n in numbers], index=numbers.index, dtype=object)


def _when(number, start, whose, counts):
    if number != number:
        return None
    if counts in "MQ" and whose == "STATA":
        return pd.Period(start, counts) + int(number)
    seconds = number * {"s": 1, "M": 1, "Q": 1, "D": 86400, "ms": 0.001}[counts]
    day = start + pd.Timedelta(seconds=round(seconds))
    return pd.Period(day, counts) if counts in "MQ" else day


def _workbook(path, rules):
    skip = int(rules.get("header", 1)) - 1
    book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    name = str(rules.get("sheet") or book.sheetnames[0])
    if name not in book.sheetnames:
        raise DataError(
            Fault(
                spot(path.name, sheet=name),
                say("a sheet of the workbook", "工作簿中的工作表"),
                say("none", "没有"),
                nearest(name, book.sheetnames),
                "sheet",
            )
        )
    lines: list[Any] = []
    for line in grid.lines(book[name], grid.Formats(book)):
        if len(lines) > LIMITS["rows"] or len(line) > LIMITS["columns"]:
            raise DataError(
                Fault(
                    spot(path.name, sheet=name),
                    say(
                        f"{LIMITS['rows']:,} rows and {LIMITS['columns']} columns or less",
                        f"不超过{LIMITS['rows']:,}行、{LIMITS['columns']}列",
                    ),
                    say("more", "超过"),
                    say("delete empty rows and columns", "请删去空行空列"),
                    "safety",
                )
            )
        lines.append(line)
    lines = grid.level(lines[skip:])
    head = [grid.heading(h) for h in (lines[0] if lines else ())]
    frame = pd.DataFrame(lines[1:], columns=head, dtype=object)
    return frame.set_axis(range(skip, skip + len(frame)), axis=0)
