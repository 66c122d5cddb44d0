"""What a command lists: for people as a table, for programs as CSV or JSON; a name is never cut."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from research.cli.common import STATE
from research.core.faults import in_language, say
from research.core.files import replacing
from research.errors import UsageError, nearest

if TYPE_CHECKING:
    from research.core.faults import Fault

FORMS = ("table", "csv", "json")


def chosen(form: str, as_json: bool = False) -> str:
    """The form that `--format` names (`--json` is short for json), or a usage error."""
    if form not in FORMS:
        raise UsageError(f"--format {form}: {nearest(form, FORMS)}")
    return "json" if as_json else form


def tell(rows: list[dict], columns: list[str], form: str = "table") -> None:
    """Print rows of values, all columns whole."""
    if form == "json":
        print(json.dumps(rows, ensure_ascii=False, default=str))
    elif form == "csv":
        print(as_csv(rows, columns), end="")
    else:
        _table(rows, columns)


def as_csv(rows: list[dict], columns: list[str]) -> str:
    """Rows as CSV, with a heading."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _table(rows, columns):
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=not sys.stdout.isatty())
    for row in rows:
        table.add_row(*(str(row[c]) for c in columns))
    width = None if sys.stdout.isatty() else max(80, _width(rows, columns))  # a pipe has no width: nothing is cut
    Console(highlight=False, markup=False, width=width).print(table)


def _width(rows, columns):
    from rich.cells import cell_len

    return sum(max([cell_len(c), *(cell_len(str(r[c])) for r in rows)]) + 2 for c in columns)


FAULT = ["place", "expected", "found", "way_out", "kind"]
HEADINGS = dict(zip(FAULT, ("位置", "应为", "现为", "办法", "类别"), strict=True))
"""Headings of a workbook of faults that is handed on, for readers of Chinese; a CSV file is for programs."""


def fault_rows(faults: Sequence[Fault | str]) -> list[dict]:
    """Faults as rows of plain values; a plain message stands under `found`."""
    lang = STATE["lang"]
    return [
        {k: str(v) for k, v in f.as_dict(lang).items()}
        if hasattr(f, "as_dict")
        else {**dict.fromkeys(FAULT, ""), "found": in_language(f, lang)}
        for f in faults
    ]


def write_faults(file: str, faults: Sequence[Fault | str]) -> None:
    """All faults as a table to hand on: `.csv` or `.xlsx`, cells as text.

    Raises
    ------
    UsageError
        For a file of another kind.
    """
    import pandas as pd

    from research.core.formulas import neutral_frame

    path = Path(file).expanduser()
    frame = neutral_frame(pd.DataFrame(fault_rows(faults), columns=FAULT))
    if path.suffix.lower() == ".csv":
        with replacing(path) as part:
            frame.to_csv(part, index=False, encoding="utf-8-sig", lineterminator="\n")
    elif path.suffix.lower() == ".xlsx":
        heads, title = (HEADINGS, "问题") if STATE["lang"] == "zh" else ({}, "faults")
        frame.rename(columns=heads).to_excel(path, index=False, sheet_name=title)
    else:
        raise UsageError(say(f"--faults {file}: a .csv or .xlsx file", f"--faults {file}：应为 .csv 或 .xlsx 文件"))
