"""The outline's own inconsistencies, found again in its text and targets each time, printed as notes."""

from __future__ import annotations

import pandas as pd

from research.errors import DataError, Fault, nearest
from research.indicators.tables import read_csv

COLUMNS = ("id", "clause", "finding", "handling", "quotes")


def known_notes(path):
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
    faults = [Fault(f"{path.name}, row 1", f"a column {c}", "none", nearest(c, frame.columns), "notes")
              for c in missing]
    if not missing:
        faults += [Fault(f"{path.name}, row {i + 2}, column id", "each id once", repr(frame.at[i, "id"]), kind="notes")
                   for i in frame.index[frame["id"].duplicated()]]
        faults += [Fault(f"{path.name}, row {i + 2}, column quotes", "words of the outline", "an empty cell",
                         kind="notes") for i in frame.index[frame["quotes"].str.strip() == ""]]
    if faults:
        raise DataError(faults)
    return frame


def notes(outline, targets, known):
    """Inconsistencies of the outline, each with whether its evidence was found.

    Parameters
    ----------
    outline : str
        The whole text.
    targets : DataFrame
        As `targets.csv`.
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
        rows.append({"id": r.id, "clause": r.clause, "finding": r.finding, "handling": r.handling,
                     "evidence": "；".join(f"“{q}”" for q in quotes), "found": all(q in outline for q in quotes),
                     "source": "text"})
    found = [*_kinds_that_change(targets), *_same_twice(targets), *_first_year_does_it_all(targets)]
    rows += [{"id": f"N{n:02d}", "found": True, "source": "targets", **row} for n, row in enumerate(found, start=1)]
    columns = ["id", "clause", "finding", "handling", "evidence", "found", "source"]
    return pd.DataFrame(rows, columns=columns).astype({"found": bool})


def _numbers(targets, column):
    return pd.to_numeric(targets[column], errors="coerce")


def _kinds_that_change(targets):
    """Targets whose 2022 figure is of another kind than their 2025 figure."""
    part = targets[targets["kind_2022"].replace("", None).notna()]
    for r in part.itertuples():
        yield {"clause": str(r.clause), "finding": f"{r.indicator}：2022年为当年数，2025年为累计数",
               "handling": "两年目标不相接，2022年按当年增量判断", "evidence": f"{r.id}：{r.quote}"}


def _same_twice(targets):
    """The same number of the same unit for nearly the same thing in two clauses."""
    late = targets.assign(_v=_numbers(targets, "target_2025")).dropna(subset="_v")
    for _, part in late.groupby(["_v", "unit"]):
        rows = list(part.itertuples())
        for i, a in enumerate(rows):
            for b in rows[i + 1:]:
                short, long = sorted((a.indicator, b.indicator), key=len)
                if a.clause != b.clause and len(short) >= 4 and short in long:
                    yield {"clause": f"{a.clause}；{b.clause}",
                           "finding": f"{short}：同一目标值{a.target_2025}{a.unit}在两条中出现",
                           "handling": "各按一条计，注明重复", "evidence": f"{a.id}、{b.id}"}


def _first_year_does_it_all(targets):
    """Cumulative targets of which the 2022 figure alone is 80% or more of the 2025 one."""
    early, late = _numbers(targets, "target_2022"), _numbers(targets, "target_2025")
    part = targets[(targets["kind"] == "cumulative") & (late > 0) & (early / late >= 0.8)]
    for r in part.itertuples():
        yield {"clause": str(r.clause), "finding": f"{r.indicator}：2022年数已占2025年累计的八成以上",
               "handling": "照录，请主管部门核对", "evidence": f"{r.id}：{r.target_2022}、{r.target_2025}"}
