"""What a figure counts: population, the break of 2013, running totals within a year, sums of places.

The lists and limits are in `data/reference/calibres.yml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core.faults import Fault, say, spot
from research.core.texts import read_yaml
from research.indicators.reference.schemas import POPULATIONS, shown

if TYPE_CHECKING:
    from research.core.faults import Place
    from research.core.scope import Project
    from research.indicators.checks.checks import Known


TEXTS = ("calibre", "source", "method")
"""Columns in which people write what a figure counts."""


def load(project: Project) -> dict[str, dict[str, Any]]:
    """The lists of `calibres.yml`; a district without the file has no such rules.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> load(open_project())["breaks"]["income-2013"]["year"]
    2013
    """
    path = project.reference / "calibres.yml"
    return read_yaml(path, "data/reference/calibres.yml") if path.is_file() else {}


def kinds(calibres: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Kind of population of each indicator that has one: dict of id -> 常住 or 户籍.

    Examples
    --------
    >>> kinds({"population": {"常住": {"indicators": ["ECO-1-01"]}}})
    {'ECO-1-01': '常住'}
    """
    return {i: kind for kind, entry in (calibres.get("population") or {}).items() for i in entry["indicators"]}


def scales(calibres: dict) -> dict[str, dict[str, float]]:
    """Words of what is graded and the numbers they stand for: id of an indicator or target -> word -> number.

    Examples
    --------
    >>> scales({"scales": {"GOV-9-01": {"优": 90, "良": 75}}})
    {'GOV-9-01': {'优': 90.0, '良': 75.0}}
    """
    return {str(i): {str(w): float(v) for w, v in words.items()} for i, words in (calibres.get("scales") or {}).items()}


def graded(
    frame: pd.DataFrame, key: str, where: Place | str, column: str, calibres: dict
) -> tuple[pd.Series, list[Fault]]:
    """Values of a table with the words of their scales as numbers, and faults of what is no word of its scale.

    Parameters
    ----------
    frame : DataFrame
        With the columns `key` (id of an indicator or target) and `value`.
    key : str
    where : Place or str
        The file.
    column : str
        Heading of the values there.
    calibres : dict
        As `load` gives it.

    Returns
    -------
    (Series, list of Fault)
        Where a cell is no word of its scale, the value is missing.
    """
    known, values, faults = scales(calibres), frame["value"].astype(object).copy(), []
    for row in frame.index[frame[key].isin(list(known)) & frame["value"].notna()]:
        words, cell = known[frame.at[row, key]], shown(frame.at[row, "value"]).strip()
        values[row] = f"{words[cell]:.15g}" if cell in words else None
        if cell not in words:
            listed = "、".join(words)
            faults.append(
                Fault(
                    spot(where, row=row + 2, column=column),
                    say(f"one of {listed}", f"{listed}之一"),
                    repr(cell),
                    say("write the word of the scale, no number", "请填档次用语，不填数字"),
                    "grade",
                )
            )
    return values, faults


def population(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """The population is the indicator's own kind, in its column and in what is written about it."""
    right = frame["indicator"].map(kinds(known.calibres))
    if "population" in frame:
        told = frame["population"].fillna("").astype(str)
        for row in frame.index[told.isin(POPULATIONS) & right.notna() & told.ne(right)]:
            yield Fault(
                spot(file, row=row + 2, column="population"),
                say(
                    f"{right[row]} for {frame.at[row, 'indicator']}", f"{frame.at[row, 'indicator']}的口径{right[row]}"
                ),
                repr(told[row]),
                say(f"give the figure for the {right[row]}人口", f"请报{right[row]}人口口径的数值"),
                "population",
            )
    for column in (c for c in TEXTS if c in frame):
        text = frame[column].fillna("").astype(str)
        for kind in POPULATIONS:
            for row in frame.index[right.notna() & right.ne(kind) & text.str.contains(kind, regex=False)]:
                yield Fault(
                    spot(file, row=row + 2, column=column),
                    say(
                        f"{right[row]}人口 for {frame.at[row, 'indicator']}",
                        f"{frame.at[row, 'indicator']}按{right[row]}人口",
                    ),
                    repr(text[row]),
                    say(f"give the figure for the {right[row]}人口", f"请报{right[row]}人口口径的数值"),
                    "population",
                )


def old_income(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Fault]:
    """From a break on nothing is called by the old words, and what is older says that it is of the old kind."""
    for entry in (known.calibres.get("breaks") or {}).values():
        ours = frame["indicator"].isin(entry["indicators"])
        years = pd.to_numeric(frame["year"], errors="coerce")
        for column in (c for c in TEXTS if c in frame):
            old = frame[column].fillna("").astype(str).str.contains("|".join(entry["words_before"]))
            for row in frame.index[ours & years.ge(entry["year"]) & old]:
                yield Fault(
                    spot(file, row=row + 2, column=column),
                    say(f"from {entry['year']} on: {entry['after']}", f"{entry['year']}年起：{entry['after']}"),
                    repr(frame.at[row, column]),
                    say("give the figure of the new kind", "请报新口径的数值"),
                    "calibre",
                )
        told = frame["calibre"].fillna("") if "calibre" in frame else pd.Series("", index=frame.index)
        for row in frame.index[ours & years.lt(entry["year"]) & told.eq("")]:
            yield Fault(
                spot(file, row=row + 2, column="calibre"),
                say(
                    f"the kind of figure, as it is of before {entry['year']} ({entry['name']})",
                    f"写明统计口径：{entry['year']}年起口径有变（{entry['name']}）",
                ),
                say("nothing", "没有"),
                say(
                    f"write {entry['words_before'][0]} or what it is in a column calibre (统计口径)",
                    f"请在“统计口径”列写明“{entry['words_before'][0]}”或实际口径",
                ),
                "calibre",
            )


def totals(frame: pd.DataFrame, file: str | Place, known: Known, year: int) -> Iterator[Any]:
    """A district's total is the sum of its places, where all of them are given; of a province, each district's too."""
    entry = known.calibres.get("sums") or {}
    rows = frame[frame["indicator"].isin(entry.get("indicators", ()))]
    if rows.empty:
        return
    rows = rows.assign(value=pd.to_numeric(rows["value"], errors="coerce")).dropna(subset=["value"])
    keys = ["year", "indicator", *(["quarter"] if "quarter" in rows else [])]
    for code, members in known.members.items():
        whole = rows[rows["place"].eq(code)].drop_duplicates(keys)
        parts = rows[rows["place"].isin(members)].groupby(keys)["value"].agg(["sum", "size"])
        yield from _totals_of(whole, parts, len(members), keys, file, entry["tolerance"])


def _totals_of(whole, parts, count, keys, file, tolerance):
    for row, line in zip(whole.index, whole[[*keys, "value"]].itertuples(index=False, name=None), strict=True):
        key, value = line[:-1], line[-1]
        if key not in parts.index or parts.loc[key, "size"] != count:
            continue
        total = parts.loc[key, "sum"]
        if abs(total - value) > tolerance * max(abs(value), abs(total)):
            yield Fault(
                spot(file, row=row + 2, column="value"),
                say(
                    f"the sum of the {count} places, {total:.10g}",
                    f"{count}个乡镇街道之和{total:.10g}",
                ),
                f"{value:.10g}",
                say("correct the district's value or a place's", "请改正总体的数值或某个乡镇街道的数值"),
                "total",
            )


def running(frame: pd.DataFrame, file: str, known: Any, year: int) -> Iterator[Any]:
    """Within a year a running total never falls."""
    listed = set((known.calibres.get("quarters") or {}).get("indicators", ()))
    for row in frame.index[frame["indicator"].isin(known.indicators.index) & ~frame["indicator"].isin(listed)]:
        yield Fault(
            spot(file, row=row + 2, column="indicator"),
            say("an indicator that is kept by quarter", "按季度统计的指标"),
            repr(frame.at[row, "indicator"]),
            say("give the year's value, or add it to calibres.yml", "请报全年数值，或在 calibres.yml 中登记"),
            "quarter",
        )
    for group in _series(frame, listed):
        fallen = group["value"].diff() < 0
        for row, before in group["value"].shift()[fallen].items():
            yield Fault(
                spot(file, row=row + 2, column="value"),
                say(f"a running total of {before:.10g} or more", f"累计值不低于{before:.10g}"),
                f"{group.at[row, 'value']:.10g}",
                say("give the total from 1 January on", "请报自1月1日起的累计值"),
                "quarter",
            )


def unbroken(frame: pd.DataFrame, file: str, known: Any) -> Iterator[Any]:
    """Before a quarter that is given, none of its year is left out."""
    for group in _series(frame, set((known.calibres.get("quarters") or {}).get("indicators", ()))):
        given = set(group["quarter"].astype(int))
        for row, quarter in group["quarter"].astype(int).items():
            if quarter > 1 and quarter - 1 not in given:
                yield Fault(
                    spot(file, row=row + 2, column="quarter"),
                    say(
                        f"quarter {quarter - 1} before quarter {quarter}",
                        f"先有第{quarter - 1}季度，再有第{quarter}季度",
                    ),
                    say("none", "没有"),
                    say("add the missing quarter", "请补上缺少的季度"),
                    "quarter",
                )


def _series(frame, listed):
    """The rows of each place, year and indicator that is kept by quarter, in order of the quarters."""
    rows = frame[frame["indicator"].isin(listed)]
    rows = rows.assign(
        value=pd.to_numeric(rows["value"], errors="coerce"), quarter=pd.to_numeric(rows["quarter"], errors="coerce")
    ).dropna(subset=["value", "quarter"])
    for _, group in rows.groupby(["place", "year", "indicator"], sort=False):
        yield group.sort_values("quarter", kind="stable")


def year_end(quarters: Any, observations: Any, file: str, known: Any) -> Iterator[Any]:
    """The running total of the fourth quarter is the year's value.

    Parameters
    ----------
    quarters, observations : DataFrame
        Typed tables; their rows are numbered from 0.
    file : str
        How the quarters' file is called.
    known : Known

    Yields
    ------
    Fault
    """
    limit = (known.calibres.get("quarters") or {}).get("tolerance", 0.0)
    annual = observations.set_index(["place", "year", "indicator"])["value"]
    last = quarters[pd.to_numeric(quarters["quarter"], errors="coerce").eq(4)]
    for row in last.index:
        value = annual.get((last.at[row, "place"], last.at[row, "year"], last.at[row, "indicator"]))
        if value is None or not pd.notna(value) or not pd.notna(last.at[row, "value"]):
            continue
        if abs(last.at[row, "value"] - value) > limit * max(abs(value), abs(last.at[row, "value"])):
            yield Fault(
                spot(file, row=row + 2, column="value"),
                say(f"the year's value, {value:.10g}", f"全年数值{value:.10g}"),
                f"{last.at[row, 'value']:.10g}",
                say("correct one of the two", "请改正其中一个"),
                "quarter",
            )
