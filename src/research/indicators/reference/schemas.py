"""What each table of the data holds: columns, kinds, ranges, units - once, for reading, checks, forms and manual."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core.faults import DataError, Fault, say, spot
from research.core.kept import once
from research.indicators.reference.tables import read_csv
from research.indicators.registers.columns import KEPT, PLACE, STATUS, TABLES, YEAR, Column
from research.indicators.registers.columns import KEYS as REGISTER_KEYS

if TYPE_CHECKING:
    from research.core.faults import Place

_STATUS, _PLACE, _YEAR = STATUS, PLACE, YEAR
_SOURCES = ("wage_income", "business_income", "property_income", "transfer_income")
_SOURCE_LABELS = ("工资性收入", "经营净收入", "财产净收入", "转移净收入")
INCOME_SOURCES = dict(zip(("wage", "business", "property", "transfer"), _SOURCES, strict=True))
"""Sources of household income: short name -> column."""

POPULATIONS = ("常住", "户籍")
"""Kinds of population that a figure may be about."""

_CALIBRE = (
    Column("population", blank=True, choices=POPULATIONS, label="人口口径", optional=True),
    Column("calibre", blank=True, label="统计口径", optional=True),
)

TASK_KINDS = ("重大平台", "重大项目", "重大改革", "重大工程")
"""The four kinds of task that the outline follows (clause 79)."""

ASPECTS = ("工作机制", "工作推进", "工作保障", "群众测评")
"""The assessed aspects that are handed in (clause 72); the fifth, 工作成效, is computed."""

SCHEMAS = {
    "households": (
        Column("household", label="住户编号"),
        _PLACE,
        _YEAR,
        Column("residence", choices=("urban", "rural"), label="城乡"),
        Column("village", label="村（社区）代码"),
        Column("stratum", label="抽样层"),
        Column("weight", "number", low=0, exclusive=True, unit="户", label="权数"),
        Column("size", "count", low=1, high=30, unit="人", label="家庭人口"),
        *(
            Column(n, "number", True, low=0 if n == "wage_income" else -1e9, high=1e9, unit="元/年", label=t)
            for n, t in zip(_SOURCES, _SOURCE_LABELS, strict=True)
        ),  # net: revenue less cost, received less paid
        Column("income", "number", True, low=-1e9, high=1e9, unit="元/年", label="家庭可支配收入"),
        Column("consumption", "number", True, low=0, high=1e9, unit="元/年", label="家庭消费支出"),
        _STATUS,
    ),
    "observations": (
        _PLACE,
        _YEAR,
        Column("indicator", label="指标编号"),
        Column("value", "number", label="数值"),
        Column("unit", blank=True, label="单位"),
        _STATUS,
        Column("source", label="来源"),
        Column("n", "count", True, low=1, label="样本量", optional=True),
        Column("survey_date", "date", True, label="调查日期", optional=True),
        Column("method", blank=True, label="调查方式", optional=True),
        Column("se", "number", True, low=0, label="标准误", optional=True),
        *_CALIBRE,
    ),
    "quarters": (
        _PLACE,
        _YEAR,
        Column("quarter", "count", low=1, high=4, label="季度（累计至本季末）"),
        Column("indicator", label="指标编号"),
        Column("value", "number", label="累计值"),
        Column("unit", blank=True, label="单位"),
        _STATUS,
        Column("source", label="来源"),
        *_CALIBRE,
    ),
    "tasks": (
        Column("id", label="编号"),
        Column("kind", choices=TASK_KINDS, label="类别"),
        Column("name", label="名称"),
        Column("action", "count", low=1, high=99, label="行动"),
        _PLACE,
        Column("lead_unit", label="牵头单位"),
        Column("start", "date", label="开始"),
        Column("due", "date", label="完成期限"),
        Column("milestone", blank=True, label="近期节点"),
        Column("milestone_due", "date", True, label="节点期限"),
        Column("progress", "number", low=0, high=1, label="进度"),
        Column("updated", "date", label="更新日期"),
        _STATUS,
    ),
    "demands": (
        _PLACE,
        _YEAR,
        Column("quarter", "count", low=1, high=4, label="季度"),
        Column("topic", label="主题"),
        Column("count", "count", low=0, label="件数"),
        Column("resolved", "count", low=0, label="办结件数"),
        Column("satisfied", "count", low=0, label="满意件数"),
        _STATUS,
    ),
    "aspects": (
        Column("unit", label="考评对象"),
        _YEAR,
        Column("aspect", choices=ASPECTS, label="考评方面"),
        Column("score", "number", low=0, high=100, unit="分", label="得分"),
        _STATUS,
        Column("source", label="来源"),
    ),
    "target-values": (
        Column("target", label="目标编号"),
        _PLACE,
        _YEAR,
        Column("value", "number", label="数值"),
        Column("unit", blank=True, label="单位"),
        _STATUS,
        Column("source", label="来源"),
    ),
    "answers": (
        _YEAR,
        Column("target", label="目标编号"),
        Column("department", label="部门"),
        Column("matter", blank=True, label="事项"),
        Column("explanation", blank=True, label="情况说明"),
        Column("measure", blank=True, label="整改措施"),
        Column("person", blank=True, label="责任人"),
        Column("deadline", "date", True, label="完成期限"),
    ),
    **TABLES,
}
"""Columns of each table, in order."""

REGISTERS = ("tasks", "demands", "aspects", "target-values", "answers", *KEPT)
"""Tables beside the indicator values and the survey: each is kept whole, with its history."""

KEYS = {
    "households": ["year", "household"],
    "observations": ["place", "year", "indicator"],
    "quarters": ["place", "year", "quarter", "indicator"],
    "tasks": ["id"],
    "demands": ["place", "year", "quarter", "topic"],
    "target-values": ["target", "place", "year"],
    "aspects": ["unit", "year", "aspect"],
    "answers": ["year", "target"],
    **REGISTER_KEYS,
}
"""Columns whose values together may stand only once."""


SURVEYED = ("n", "survey_date", "method", "se")
"""Columns of observations that only survey figures fill; a file without them has them empty."""


def with_surveyed(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Observations with the columns of `SURVEYED`, empty where the file has none."""
    lacking = [c for c in SURVEYED if c not in frame] if table == "observations" else []
    return frame.assign(**{c: pd.Series(pd.NA, frame.index, dtype=object) for c in lacking}) if lacking else frame


def read_table(path: Path, table: str, typed: bool = True) -> pd.DataFrame:
    """A table of the data, with its columns as numbers, dates and text.

    Parameters
    ----------
    path : str or Path
        CSV file (UTF-8 or GB18030).
    table : str
        A name in `SCHEMAS`.
    typed : bool
        False: every cell as text, missing where empty.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        For a missing column or a cell that is no number (the first look; `check` finds all the rest).
    """
    return once(f"{table} {typed}", path, lambda: _read(Path(path), table, typed))


def _read(path, table, typed):
    file = f"{path.parent.name}/{path.name}"
    frame = read_csv(path, file)
    missing = missing_columns(frame, table, file)
    if missing:
        raise DataError(missing)
    frame = with_surveyed(frame, table)
    if not typed:
        return frame
    faults = []
    for column in SCHEMAS[table]:
        if column.name in frame.columns:
            frame[column.name], bad = typed_column(frame[column.name], column)
            faults += number_faults(bad, column, file)
    if faults:
        raise DataError(faults)
    return frame


_NUMERIC = frozenset(c.name for t in SCHEMAS.values() for c in t if c.kind in ("year", "count", "number"))


def raw_heads(path: Path, skip: int = 0) -> list[str]:
    """The headings of a CSV file as they are written there: two of one name stay two."""
    line = read_csv(path, header=None, skiprows=skip, nrows=1)
    return [str(h) if isinstance(h, str) else "" for h in (line.iloc[0] if len(line) else ())]


def read_cells(path: Path, name: str | None = None) -> pd.DataFrame:
    """A CSV file with its cells as text, but columns that hold nothing except plain numbers as numbers.

    A column with one odd cell in it stays text as a whole, so each cell is told as it was written.

    Returns
    -------
    DataFrame
        As `tables.read_csv` gives it otherwise.
    """
    heads = read_csv(path, name, nrows=0).columns
    frame = read_csv(path, name, dtype={h: str for h in heads if h not in _NUMERIC}, low_memory=False)
    for column in frame.columns[frame.dtypes.map(lambda d: d.kind == "b")]:
        frame[column] = frame[column].astype(str)
    return frame


def shown(cell: str | int) -> str:
    """A cell as it stands in the file, whether it was read as text or as a number.

    Examples
    --------
    >>> shown(-1200.0), shown(0.5), shown("3.2万")
    ('-1200', '0.5', '3.2万')
    """
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def empty_table(table: str) -> pd.DataFrame:
    """A table of the data without rows, with the columns and kinds that a full one has.

    Examples
    --------
    >>> empty_table("demands")["count"].dtype
    dtype('int64')
    """
    kinds = {"year": "int64", "count": "int64", "number": "float64", "date": "datetime64[ns]"}
    return pd.DataFrame(
        {c.name: pd.Series(dtype=kinds.get(c.kind, "object")) for c in SCHEMAS[table] if not c.optional}
    )


def typed_column(cells: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    """Text cells as the kind of the column, and the cells that are not of it (a Series, often empty)."""
    if column.kind in ("year", "count", "number"):
        values = pd.to_numeric(cells, errors="coerce")
        wrong = cells.notna() & (values.isna() | values.abs().eq(float("inf")))
        if column.kind != "number":
            wrong |= values.notna() & values.ne(values.round())
        whole = column.kind in ("year", "count") and not wrong.any()
        if whole and values.notna().all():
            values = values.astype("int64")
        return values, cells[wrong]
    if column.kind == "date":
        values = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
        return values, cells[cells.notna() & values.isna()]
    return cells.astype(object).where(cells.notna(), "") if column.blank else cells, cells[:0]


_KINDS = {
    "year": say("a year", "年份"),
    "count": say("a whole number", "整数"),
    "number": say("a number", "数值"),
    "date": say("a date like 2024-06-30", "2024-06-30 这样的日期"),
}


def number_faults(bad: pd.Series, column: Column, file: str | Place) -> list[Fault]:
    """A fault for each cell that is not of the column's kind, with the way out where it is plain."""
    if bad.empty:  # most columns; text has no such faults
        return []
    kind = _KINDS[column.kind]
    wanted = say(f"{kind} ({column.unit})", f"{kind.zh}（{column.unit}）") if column.unit else kind
    return [
        Fault(
            spot(file, row=row + 2, column=column.name),
            wanted,
            repr(shown(cell)),
            _way_out(shown(cell), column),
            column.kind,
        )
        for row, cell in bad.items()
    ]


def _way_out(text, column):
    plain = text.strip().translate(str.maketrans("０１２３４５６７８９．－，％", "0123456789.-,%")).replace(",", "")
    for ending, factor in (("万元", 1e4), ("亿元", 1e8), ("万", 1e4), ("亿", 1e8), ("元", 1), ("%", 1), ("", 1)):
        if ending and not plain.endswith(ending):
            continue
        try:
            value = float(plain.removesuffix(ending)) * factor
        except ValueError:
            continue
        if value == value and abs(value) != float("inf") and column.kind != "date":
            return say(f"write {value:.10g}", f"请写{value:.10g}")
    if column.kind == "date":
        return say("write it like 2024-06-30", "请写成 2024-06-30 这样的日期")
    return say("leave the cell empty where there is no value", "没有数值请留空") if column.blank else ""


def _column_hint(name, strange):
    """Whether a column that is not known is this one under another name; else that it has to be added."""
    close = get_close_matches(name, strange, n=1, cutoff=0.6)
    if close:
        return say(f"rename {close[0]!r} to {name!r}", f"请把“{close[0]}”改名为“{name}”")
    if strange:
        return say(
            f"add it; columns that are not known: {', '.join(strange)}", f"请补上；表中不认识的列：{'、'.join(strange)}"
        )
    return say("add it", "请补上")


def missing_columns(frame: pd.DataFrame, table: str, file: str) -> list[Any]:
    """Faults for columns that are not there, each with the nearest name that is."""
    names = [str(c) for c in frame.columns]
    known = {c.name for c in SCHEMAS[table]}
    strange = [n for n in names if n not in known]
    faults = []
    for column in SCHEMAS[table]:
        if column.name not in names and not column.optional:
            faults.append(
                Fault(
                    spot(file, row=1),
                    say(f"a column {column.name}", f"有“{column.name}”列（{column.label}）"),
                    say("none", "没有"),
                    _column_hint(column.name, strange),
                    "column",
                )
            )
    double = sorted({n for n in names if n.endswith(".1") and n[:-2] in known})
    faults += [
        Fault(
            spot(file, row=1),
            say(f"one column {n[:-2]}", f"一个“{n[:-2]}”列"),
            say("two", "有两个"),
            say("delete one", "请删去一个"),
            "column",
        )
        for n in double
    ]
    return faults
