"""Rules that go beyond one cell: names known elsewhere, sums that must add up, metadata that must stand together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core.faults import Fault, nearest, say, spot
from research.indicators.reference import calibre
from research.indicators.reference.schemas import INCOME_SOURCES
from research.indicators.registers import rules as of_registers

if TYPE_CHECKING:
    from research.core.faults import Place
    from research.indicators.checks.checks import Known

SUM_TOLERANCE = 1.0  # yuan: sources are written in whole yuan, the total may be rounded
_KIND_WORDS = {"place": "地区代码", "village": "村（社区）代码", "indicator": "指标编号", "target": "目标编号"}
_SURVEYED = {"n": "样本量", "survey_date": "调查日期", "method": "调查方式"}


def names(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Fault]:
    """Places, villages, indicators and targets that no reference table knows."""
    for column, kind in (("place", "place"), ("village", "village"), ("indicator", "indicator"), ("target", "target")):
        if column not in frame:
            continue
        listed = {
            "place": known.places,
            "village": known.villages,
            "indicator": known.indicators.index,
            "target": known.targets.index,
        }[column]
        strange = frame[column][frame[column].notna() & ~frame[column].isin(listed)]
        for row, cell in strange.items():
            yield Fault(
                spot(file, row=row + 2, column=column),
                say(f"a known {kind}", f"已知的{_KIND_WORDS[kind]}"),
                repr(cell),
                _name_hint(cell, column, known, listed),
                kind,
            )


def _name_hint(cell, column, known, listed):
    lookup = {"place": known.names, "indicator": known.by_name}.get(column, {})
    text = str(cell).strip()
    if text in lookup:
        return say(f"write the code {lookup[text]}", f"请填代码{lookup[text]}")
    if text in listed:
        return say("delete the spaces", "请删去空格")
    if text.removesuffix(".0") in listed:
        return say(
            f"write {text.removesuffix('.0')}; format the column as text",
            f"请填{text.removesuffix('.0')}，并把该列设为文本格式",
        )
    if lookup and not text.isascii():
        return nearest(text, lookup)
    return nearest(text, listed)


def household_place(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """Households belong to places below the district, and their village to their place."""
    for row in frame.index[frame["place"].eq(known.district)]:
        yield Fault(
            spot(file, row=row + 2, column="place"),
            say("a township or subdistrict", "乡镇或街道代码"),
            repr(known.district),
            say("give the household's own place", "请填住户所在乡镇街道"),
            "place",
        )
    home = frame["village"].map(known.villages)
    for row in frame.index[home.notna() & home.ne(frame["place"]) & frame["place"].isin(known.places)]:
        yield Fault(
            spot(file, row=row + 2, column="village"),
            say(f"a village of {frame.at[row, 'place']}", f"{frame.at[row, 'place']}的村（社区）"),
            say(f"{frame.at[row, 'village']} of {home[row]}", f"{frame.at[row, 'village']}，属于{home[row]}"),
            say("correct the place or the village", "请改正地区或村（社区）"),
            "village",
        )


def file_year(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """The year in each row is the year in the file's name."""
    if year:
        values = pd.to_numeric(frame["year"], errors="coerce")
        for row in values.index[values.notna() & values.ne(year)]:
            yield Fault(
                spot(file, row=row + 2, column="year"),
                str(year),
                f"{values[row]:g}",
                say("move the row to that year's file", "请把该行移到那一年的文件"),
                "year",
            )


def income_sum(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """The four sources add up to the household's income."""
    sources = [*INCOME_SOURCES.values()]
    whole = frame[sources + ["income"]]
    if any(d.kind not in "iuf" for d in whole.dtypes):
        whole = whole.apply(pd.to_numeric, errors="coerce")
    total = whole[sources].sum(axis=1, min_count=len(sources))
    off = (total - whole["income"]).abs() > SUM_TOLERANCE
    for row in frame.index[off]:
        yield Fault(
            spot(file, row=row + 2, column="income"),
            say(f"the sum of the four sources, {total[row]:.10g}", f"四项来源之和{total[row]:.10g}"),
            f"{whole.at[row, 'income']:.10g}",
            say("correct the total or a source", "请改正合计或某一项来源"),
            "sum",
        )
    some = whole[sources].notna().any(axis=1)  # a survey may ask for the total only
    lost = whole["income"].notna() & some & whole[sources].isna().any(axis=1)
    for row in frame.index[lost]:
        yield Fault(
            spot(file, row=row + 2, column="income"),
            say("an empty cell where a source is missing", "有来源缺项时合计留空"),
            f"{whole.at[row, 'income']:.10g}",
            say("fill in the source or empty the total", "请补上来源，或将合计留空"),
            "sum",
        )


def strata(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """A stratum has one place and one residence, and at least two clusters (else it has no standard error)."""
    told = frame.groupby("stratum", sort=True)[["place", "residence", "village"]].nunique()
    several, single = told["place"].gt(1) | told["residence"].gt(1), told["village"].lt(2)
    for stratum in told.index[several | single]:
        where = spot(file, row=frame.index[frame["stratum"].eq(stratum)][0] + 2, column="stratum")
        if several[stratum]:
            yield Fault(
                where,
                say(f"one place and one residence in {stratum}", f"抽样层{stratum}只含一个地区、一种城乡"),
                say("several", "有多种"),
                say("give each place and residence a stratum of its own", "请为每个地区、城乡各设一个抽样层"),
                "stratum",
            )
        if single[stratum]:
            yield Fault(
                where,
                say(f"two or more villages in {stratum}", f"抽样层{stratum}至少有两个村（社区）"),
                say("one", "只有一个"),
                say(
                    "join the stratum to a like one: one cluster gives no standard error",
                    "请并入相近的层：只有一个村无法计算标准误",
                ),
                "stratum",
            )


def units(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Fault]:
    """The unit is the indicator's (or the target's); an empty one is taken as right."""
    column = "indicator" if "indicator" in frame else "target"
    right = frame[column].map(known.indicators["unit"] if column == "indicator" else known.targets)
    wrong = frame["unit"].fillna("").ne("") & right.notna() & frame["unit"].ne(right)
    for row in frame.index[wrong]:
        yield Fault(
            spot(file, row=row + 2, column="unit"),
            say(f"{right[row]} for {frame.at[row, column]}", f"{frame.at[row, column]}的单位{right[row]}"),
            repr(frame.at[row, "unit"]),
            say(f"convert the value to {right[row]}", f"请把数值换算成{right[row]}"),
            "unit",
        )


def levels(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """Indicators that are known for the district only carry no values of townships."""
    level = frame["indicator"].map(known.indicators["level"])
    for row in frame.index[level.eq("district") & frame["place"].isin(known.townships)]:
        yield Fault(
            spot(file, row=row + 2, column="place"),
            say(
                f"{known.district}: {frame.at[row, 'indicator']} is kept for the district only",
                f"{known.district}：{frame.at[row, 'indicator']}只按这一级统计，没有乡镇街道的数",
            ),
            repr(frame.at[row, "place"]),
            say("delete the row, or change `level` in indicators.csv", "请删去该行，或修改 indicators.csv 的 level"),
            "level",
        )


def bounds(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """Shares stay within 0 and 100, and what counts things is not negative."""
    unit = frame["indicator"].map(known.indicators["unit"])
    growth = frame["indicator"].map(known.indicators["name_zh"]).fillna("").str.contains("增速|降低率")
    value = pd.to_numeric(frame["value"], errors="coerce")
    share = unit.isin(["%", "分"]) & ~growth
    for row in frame.index[share & ((value < 0) | (value > 100))]:
        yield Fault(
            spot(file, row=row + 2, column="value"),
            say("0 to 100", "0至100"),
            f"{value[row]:.10g}",
            say(f"write it in {unit[row]}", f"请按“{unit[row]}”填写"),
            "range",
        )
    counted = unit.notna() & ~unit.isin(["%", "分"]) & ~growth
    for row in frame.index[counted & (value < 0)]:
        yield Fault(
            spot(file, row=row + 2, column="value"),
            say(f"0 or more ({unit[row]})", f"0或以上（{unit[row]}）"),
            f"{value[row]:.10g}",
            kind="negative",
        )


def survey_metadata(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """An indicator marked + comes from a survey: sample size, date and method are given."""
    flagged = frame["indicator"].map(known.indicators["survey_flag"]).eq("+")
    for column, text in (("n", "sample size"), ("survey_date", "date of the survey"), ("method", "survey method")):
        cells = frame[column] if column in frame else pd.Series("", index=frame.index)
        empty = cells.isna() | cells.astype(str).str.strip().isin(["", "nan", "NaT"])
        for row in frame.index[flagged & empty]:
            yield Fault(
                spot(file, row=row + 2, column=column),
                say(
                    f"the {text}: {frame.at[row, 'indicator']} is a survey indicator (+)",
                    f"{_SURVEYED[column]}：{frame.at[row, 'indicator']}是调查指标（+）",
                ),
                say("an empty cell", "空单元格"),
                say("fill it in", "请填写"),
                "survey",
            )


def dates(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """A task ends after it starts, and its milestone lies between."""
    start, due, middle = (pd.to_datetime(frame[c], errors="coerce") for c in ("start", "due", "milestone_due"))
    for row in frame.index[due < start]:
        yield Fault(
            spot(file, row=row + 2, column="due"),
            say(f"a date after {start[row]:%Y-%m-%d}", f"晚于{start[row]:%Y-%m-%d}的日期"),
            f"{due[row]:%Y-%m-%d}",
            kind="date",
        )
    for row in frame.index[(middle < start) | (middle > due)]:
        yield Fault(
            spot(file, row=row + 2, column="milestone_due"),
            say("a date between start and due", "开始与完成期限之间的日期"),
            f"{middle[row]:%Y-%m-%d}",
            kind="date",
        )


def nested_counts(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """Resolved demands are some of all, satisfied ones some of the resolved."""
    count, done, glad = (pd.to_numeric(frame[c], errors="coerce") for c in ("count", "resolved", "satisfied"))
    for column, part, whole in (("resolved", done, count), ("satisfied", glad, done)):
        for row in frame.index[part > whole]:
            yield Fault(
                spot(file, row=row + 2, column=column),
                say(f"{whole[row]:g} or less", f"不超过{whole[row]:g}"),
                f"{part[row]:g}",
                say("correct one of the counts", "请改正其中一个件数"),
                "range",
            )


def assessed_units(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """Who is assessed is a township (by code) or a department that leads a target."""
    listed = [*known.townships, *known.departments]
    expected = say("the code of a township, or a department that leads a target", "乡镇街道代码，或牵头目标的部门")
    for row, cell in frame["unit"][frame["unit"].notna() & ~frame["unit"].isin(listed)].items():
        yield Fault(
            spot(file, row=row + 2, column="unit"),
            expected,
            repr(cell),
            _name_hint(cell, "place", known, listed) if str(cell).strip() in known.names else nearest(cell, listed),
            "unit",
        )


OF_TABLE = {
    "households": (household_place, file_year, income_sum, strata),
    "observations": (units, levels, bounds, survey_metadata, calibre.population, calibre.old_income, calibre.totals),
    "quarters": (units, levels, bounds, calibre.population, calibre.old_income, calibre.totals, calibre.running),
    "target-values": (units,),
    "aspects": (assessed_units,),
    "tasks": (dates, of_registers.acted),
    "demands": (nested_counts,),
    **of_registers.OF_TABLE,
}
"""Rules of each table, in the order in which they are tried."""
