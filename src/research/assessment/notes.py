"""The outline's own inconsistencies, found again in its text and targets each time, printed as notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from research.core.faults import DataError, Fault, nearest, say, spot
from research.indicators.reference.tables import read_csv

COLUMNS = ("id", "clause", "finding", "handling", "quotes")


def known_notes(path: Path) -> pd.DataFrame:
    """What readers of the outline found inconsistent, each with the quotes that show it.

    Parameters
    ----------
    path : Path
        `inconsistencies.csv`: id, clause, finding, handling, quotes (several parted by ` | `); a district without
        the file has none.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        Missing columns, an id twice, a row without quotes.
    """
    if not path.is_file():
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)
    frame = read_csv(path).fillna("")
    missing = [c for c in COLUMNS if c not in frame]
    faults = [
        Fault(
            spot(path.name, row=1),
            say(f"a column {c}", f"有“{c}”列"),
            say("none", "没有"),
            nearest(c, frame.columns),
            "notes",
        )
        for c in missing
    ]
    if not missing:
        faults += [
            Fault(
                spot(path.name, row=i + 2, column="id"),
                say("each id once", "每个编号只出现一次"),
                repr(frame.at[i, "id"]),
                kind="notes",
            )
            for i in frame.index[frame["id"].duplicated()]
        ]
        faults += [
            Fault(
                spot(path.name, row=i + 2, column="quotes"),
                say("words of the outline", "规划原文"),
                say("an empty cell", "空单元格"),
                kind="notes",
            )
            for i in frame.index[frame["quotes"].str.strip() == ""]
        ]
    if faults:
        raise DataError(faults)
    return frame


def notes(outline: str, targets: pd.DataFrame, years: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Inconsistencies of the outline, each with whether its evidence was found.

    Parameters
    ----------
    outline : str
        The whole text.
    targets, years : DataFrame
        As `targets.csv` and `target_years.csv`.
    known : DataFrame
        Result of `known_notes`.

    Returns
    -------
    DataFrame
        id, clause, finding, handling, evidence, found, source (text or targets). Rows of `known` are found when all
        their quotes stand in the text: a corrected outline loses them by itself. Rows N.. were found in the table
        of targets by rule.
    """
    rows = []
    for r in known.itertuples():
        quotes = [q.strip() for q in r.quotes.split("|")]
        rows.append(
            {
                "id": r.id,
                "clause": r.clause,
                "finding": r.finding,
                "handling": r.handling,
                "evidence": "；".join(f"“{q}”" for q in quotes),
                "found": all(q in outline for q in quotes),
                "source": "text",
            }
        )
    stated = (
        years[years["target"].isin(targets["id"])]
        .merge(targets, left_on="target", right_on="id", suffixes=("_of_year", ""))
        .sort_values(["id", "year"])
    )
    stated["number"] = pd.to_numeric(stated["value"], errors="coerce")
    found = [*_kinds_that_change(stated), *_same_twice(stated), *_first_year_does_it_all(stated)]
    rows += [{"id": f"N{n:02d}", "found": True, "source": "targets", **row} for n, row in enumerate(found, start=1)]
    columns = ["id", "clause", "finding", "handling", "evidence", "found", "source"]
    return pd.DataFrame(rows, columns=columns).astype({"found": bool})


def _kinds_that_change(stated: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Targets whose number of one year is of another kind than that of the last."""
    for _, part in stated.groupby("id"):
        last = part.iloc[-1]
        for r in part[
            part["kind_of_year"].ne("") & part["kind_of_year"].ne(last["kind_of_year"] or last["kind"])
        ].itertuples():
            yield {
                "clause": str(r.clause),
                "finding": f"{r.indicator}：{r.year}年为当年数，{last['year']}年为累计数",
                "handling": f"两年目标不相接，{r.year}年按当年增量判断",
                "evidence": f"{r.id}：{r.quote}",
            }


def _same_twice(stated: pd.DataFrame) -> Iterator[dict[str, str]]:
    """The same number of the same unit for nearly the same thing in two clauses, for the last year."""
    late = stated.dropna(subset="number")
    late = late[late["year"] == late["year"].max()]
    for _, part in late.groupby(["number", "unit"]):
        rows = list(part.itertuples())
        for i, a in enumerate(rows):
            for b in rows[i + 1 :]:
                short, long = sorted((a.indicator, b.indicator), key=len)
                if a.clause != b.clause and len(short) >= 4 and short in long:
                    yield {
                        "clause": f"{a.clause}；{b.clause}",
                        "finding": f"{short}：同一目标值{a.value}{a.unit}在两条中出现",
                        "handling": "各按一条计，注明重复",
                        "evidence": f"{a.id}、{b.id}",
                    }


def _first_year_does_it_all(stated: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Running totals of which the first milestone alone is 80% or more of the last."""
    for _, part in stated[stated["kind"] == "cumulative"].groupby("id"):
        first, last = part.iloc[0], part.iloc[-1]
        if len(part) > 1 and last["number"] > 0 and first["number"] / last["number"] >= 0.8:
            yield {
                "clause": str(last["clause"]),
                "finding": f"{last['indicator']}：{first['year']}年数已占{last['year']}年累计的八成以上",
                "handling": "照录，请主管部门核对",
                "evidence": f"{last['id']}：{first['value']}、{last['value']}",
            }
