"""Rules that go beyond one cell: names known elsewhere, sums that must add up, metadata that must stand together."""

from __future__ import annotations

import pandas as pd

from research.core.faults import Fault, nearest, spot
from research.indicators.reference import calibre
from research.indicators.reference.schemas import INCOME_SOURCES

SUM_TOLERANCE = 1.0  # yuan: sources are written in whole yuan, the total may be rounded


def names(frame, file, known, year):
    """Places, villages, indicators and targets that no reference table knows."""
    for column, kind in (("place", "place"), ("village", "village"), ("indicator", "indicator"),
                         ("target", "target")):
        if column not in frame:
            continue
        listed = {"place": known.places, "village": known.villages, "indicator": known.indicators.index,
                  "target": known.targets.index}[column]
        strange = frame[column][frame[column].notna() & ~frame[column].isin(listed)]
        for row, cell in strange.items():
            yield Fault(spot(file, row=row + 2, column=column), f"a known {kind}", repr(cell),
                        _name_hint(cell, column, known, listed), kind)


def _name_hint(cell, column, known, listed):
    lookup = {"place": known.names, "indicator": known.by_name}.get(column, {})
    text = str(cell).strip()
    if text in lookup:
        return f"write the code {lookup[text]}"
    if text in listed:
        return "delete the spaces"
    if text.removesuffix(".0") in listed:
        return f"write {text.removesuffix('.0')}; format the column as text"
    if lookup and not text.isascii():
        return nearest(text, lookup)
    return nearest(text, listed)


def household_place(frame, file, known, year):
    """Households belong to places below the district, and their village to their place."""
    for row in frame.index[frame["place"].eq(known.district)]:
        yield Fault(spot(file, row=row + 2, column="place"), "a township or subdistrict", repr(known.district),
                    "give the household's own place", "place")
    home = frame["village"].map(known.villages)
    for row in frame.index[home.notna() & home.ne(frame["place"]) & frame["place"].isin(known.places)]:
        yield Fault(spot(file, row=row + 2, column="village"), f"a village of {frame.at[row, 'place']}",
                    f"{frame.at[row, 'village']} of {home[row]}", "correct the place or the village", "village")


def file_year(frame, file, known, year):
    """The year in each row is the year in the file's name."""
    if year:
        values = pd.to_numeric(frame["year"], errors="coerce")
        for row in values.index[values.notna() & values.ne(year)]:
            yield Fault(spot(file, row=row + 2, column="year"), str(year), f"{values[row]:g}",
                        "move the row to that year's file", "year")


def income_sum(frame, file, known, year):
    """The four sources add up to the household's income."""
    sources = [*INCOME_SOURCES.values()]
    whole = frame[sources + ["income"]]
    if any(d.kind not in "iuf" for d in whole.dtypes):
        whole = whole.apply(pd.to_numeric, errors="coerce")
    total = whole[sources].sum(axis=1, min_count=len(sources))
    off = (total - whole["income"]).abs() > SUM_TOLERANCE
    for row in frame.index[off]:
        yield Fault(spot(file, row=row + 2, column="income"), f"the sum of the four sources, {total[row]:.10g}",
                    f"{whole.at[row, 'income']:.10g}", "correct the total or a source", "sum")
    some = whole[sources].notna().any(axis=1)  # a survey may ask for the total only
    lost = whole["income"].notna() & some & whole[sources].isna().any(axis=1)
    for row in frame.index[lost]:
        yield Fault(spot(file, row=row + 2, column="income"), "an empty cell where a source is missing",
                    f"{whole.at[row, 'income']:.10g}", "fill in the source or empty the total", "sum")


def strata(frame, file, known, year):
    """A stratum has one place and one residence, and at least two clusters (else it has no standard error)."""
    told = frame.groupby("stratum", sort=True)[["place", "residence", "village"]].nunique()
    several, single = told["place"].gt(1) | told["residence"].gt(1), told["village"].lt(2)
    for stratum in told.index[several | single]:
        where = spot(file, row=frame.index[frame["stratum"].eq(stratum)][0] + 2, column="stratum")
        if several[stratum]:
            yield Fault(where, f"one place and one residence in {stratum}", "several",
                        "give each place and residence a stratum of its own", "stratum")
        if single[stratum]:
            yield Fault(where, f"two or more villages in {stratum}", "one",
                        "join the stratum to a like one: one cluster gives no standard error", "stratum")


def units(frame, file, known, year):
    """The unit is the indicator's (or the target's); an empty one is taken as right."""
    column = "indicator" if "indicator" in frame else "target"
    right = frame[column].map(known.indicators["unit"] if column == "indicator" else known.targets)
    wrong = frame["unit"].fillna("").ne("") & right.notna() & frame["unit"].ne(right)
    for row in frame.index[wrong]:
        yield Fault(spot(file, row=row + 2, column="unit"), f"{right[row]} for {frame.at[row, column]}",
                    repr(frame.at[row, "unit"]), f"convert the value to {right[row]}", "unit")


def levels(frame, file, known, year):
    """Indicators that are known for the district only carry no values of townships."""
    level = frame["indicator"].map(known.indicators["level"])
    for row in frame.index[level.eq("district") & frame["place"].isin(known.places)
                           & frame["place"].ne(known.district)]:
        yield Fault(spot(file, row=row + 2, column="place"), f"{known.district}: {frame.at[row, 'indicator']} is "
                    "kept for the district only", repr(frame.at[row, "place"]),
                    "delete the row, or change `level` in indicators.csv", "level")


def bounds(frame, file, known, year):
    """Shares stay within 0 and 100, and what counts things is not negative."""
    unit = frame["indicator"].map(known.indicators["unit"])
    growth = frame["indicator"].map(known.indicators["name_zh"]).fillna("").str.contains("增速|降低率")
    value = pd.to_numeric(frame["value"], errors="coerce")
    share = unit.isin(["%", "分"]) & ~growth
    for row in frame.index[share & ((value < 0) | (value > 100))]:
        yield Fault(spot(file, row=row + 2, column="value"), "0 to 100", f"{value[row]:.10g}",
                    f"write it in {unit[row]}", "range")
    counted = unit.notna() & ~unit.isin(["%", "分"]) & ~growth
    for row in frame.index[counted & (value < 0)]:
        yield Fault(spot(file, row=row + 2, column="value"), f"0 or more ({unit[row]})", f"{value[row]:.10g}",
                    kind="negative")


def survey_metadata(frame, file, known, year):
    """An indicator marked + comes from a survey: sample size, date and method are given."""
    flagged = frame["indicator"].map(known.indicators["survey_flag"]).eq("+")
    for column, text in (("n", "sample size"), ("survey_date", "date of the survey"), ("method", "survey method")):
        cells = frame[column] if column in frame else pd.Series("", index=frame.index)
        empty = cells.isna() | cells.astype(str).str.strip().isin(["", "nan", "NaT"])
        for row in frame.index[flagged & empty]:
            yield Fault(spot(file, row=row + 2, column=column),
                        f"the {text}: {frame.at[row, 'indicator']} is a survey indicator (+)", "an empty cell",
                        "fill it in", "survey")


def dates(frame, file, known, year):
    """A task ends after it starts, and its milestone lies between."""
    start, due, middle = (pd.to_datetime(frame[c], errors="coerce") for c in ("start", "due", "milestone_due"))
    for row in frame.index[due < start]:
        yield Fault(spot(file, row=row + 2, column="due"), f"a date after {start[row]:%Y-%m-%d}",
                    f"{due[row]:%Y-%m-%d}", kind="date")
    for row in frame.index[(middle < start) | (middle > due)]:
        yield Fault(spot(file, row=row + 2, column="milestone_due"), "a date between start and due",
                    f"{middle[row]:%Y-%m-%d}", kind="date")


def nested_counts(frame, file, known, year):
    """Resolved demands are some of all, satisfied ones some of the resolved."""
    count, done, glad = (pd.to_numeric(frame[c], errors="coerce") for c in ("count", "resolved", "satisfied"))
    for column, part, whole in (("resolved", done, count), ("satisfied", glad, done)):
        for row in frame.index[part > whole]:
            yield Fault(spot(file, row=row + 2, column=column), f"{whole[row]:g} or less", f"{part[row]:g}",
                        "correct one of the counts", "range")


def assessed_units(frame, file, known, year):
    """Who is assessed is a township (by code) or a department that leads a target."""
    listed = [*known.places[1:], *known.departments]
    expected = "the code of a township, or a department that leads a target"
    for row, cell in frame["unit"][frame["unit"].notna() & ~frame["unit"].isin(listed)].items():
        yield Fault(spot(file, row=row + 2, column="unit"), expected, repr(cell),
                    _name_hint(cell, "place", known, listed) if str(cell).strip() in known.names else
                    nearest(cell, listed), "unit")


OF_TABLE = {
    "households": (household_place, file_year, income_sum, strata),
    "observations": (units, levels, bounds, survey_metadata, calibre.population, calibre.old_income, calibre.totals),
    "quarters": (units, levels, bounds, calibre.population, calibre.old_income, calibre.totals, calibre.running),
    "target-values": (units,),
    "aspects": (assessed_units,),
    "tasks": (dates,),
    "demands": (nested_counts,),
}
"""Rules of each table, in the order in which they are tried."""
