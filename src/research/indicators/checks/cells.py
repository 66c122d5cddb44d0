"""One cell at a time: blank where it must not be, outside its range, not one of the choices (pandera schemas)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pandera.pandas as pa
from pandera.errors import SchemaErrors

from research.core.faults import Fault, nearest, say, spot
from research.indicators.reference.schemas import SCHEMAS, shown

if TYPE_CHECKING:
    import pandas as pd
    from pandera.api.pandas.container import DataFrameSchema

    from research.core.faults import Place

LIMIT = 200
"""Most faults listed for one rule in one file; the rest are counted in a last one."""


@cache
def schema(table: str) -> DataFrameSchema:
    """The pandera schema of a table of the data.

    Examples
    --------
    >>> schema("demands").columns["quarter"].nullable
    False
    """
    return pa.DataFrameSchema(
        {c.name: pa.Column(None, _checks(c), nullable=c.blank, required=False) for c in SCHEMAS[table]}
    )


def _checks(column):
    checks = []
    if column.choices:
        checks.append(pa.Check.isin([*column.choices, *([""] if column.blank else [])], name="choice"))
    if column.low is not None:
        low = pa.Check.gt if column.exclusive else pa.Check.ge
        checks.append(low(column.low, name="range"))
    if column.high is not None:
        checks.append(pa.Check.le(column.high, name="range"))
    return checks


def cell_faults(typed: pd.DataFrame, cells: pd.DataFrame, table: str, file: str | Place) -> list[Fault]:
    """Faults of single cells of a typed table; `cells` holds them as they were written."""
    try:
        schema(table).validate(typed, lazy=True)
        return []
    except SchemaErrors as error:
        cases = error.failure_cases
    columns, faults = {c.name: c for c in SCHEMAS[table]}, []
    for (name, check), group in cases.groupby(["column", "check"], sort=False):
        rows = sorted(int(i) for i in group["index"].dropna().unique())
        if check == "not_nullable":  # what was written but is no number has its own fault already
            empty = cells[name].isna()
            rows = [r for r in rows if empty[r]]
        elif check.startswith("dtype") or check.startswith("coerce"):
            continue
        faults += some(
            [_fault(columns[name], check, cells[name][r], spot(file, row=r + 2, column=name)) for r in rows], file, name
        )
    return faults


def _fault(column, check, cell, where):
    if check == "not_nullable":
        return Fault(
            where,
            say(column.label or "a value", column.label or "有值"),
            say("an empty cell", "空单元格"),
            say("fill it in", "请填写"),
            "blank",
        )
    cell = shown(cell)
    if column.choices:
        kind = "status" if column.name == "status" else "choice"
        return Fault(
            where,
            say("one of " + ", ".join(column.choices), "以下之一：" + "、".join(column.choices)),
            repr(cell),
            nearest(cell, column.choices),
            kind,
        )
    negative = column.low == 0 and str(cell).startswith("-")
    kind = "weight" if column.name == "weight" else "negative" if negative else "range"
    return Fault(where, _range_text(column), repr(cell), kind=kind)


def _range_text(column):
    low, high = column.low, column.high
    en = [
        "" if low is None else f"above {low:g}" if column.exclusive else f"{low:g} or more",
        "" if high is None else f"{high:.10g} or less",
    ]
    zh = [
        "" if low is None else f"大于{low:g}" if column.exclusive else f"{low:g}或以上",
        "" if high is None else f"{high:.10g}或以下",
    ]
    unit = (f" ({column.unit})", f"（{column.unit}）") if column.unit else ("", "")
    return say(" and ".join(t for t in en if t) + unit[0], "、".join(t for t in zh if t) + unit[1])


def some(faults: Iterator[Any] | list[Fault], file: str | Place, what: str) -> list[Fault]:
    """At most `LIMIT` faults of one rule, and one that counts the rest."""
    faults = list(faults)
    if len(faults) <= LIMIT:
        return faults
    rest = Fault(
        f"{file}, {what}",
        say("no such faults", "没有这类问题"),
        say(f"{len(faults) - LIMIT} or more further ones", f"另有至少{len(faults) - LIMIT}处"),
        kind="more",
    )
    return [*faults[:LIMIT], rest]
