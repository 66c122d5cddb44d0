"""Lists written anew each year (key work, reforms, breakthroughs): what was added, done, carried on or dropped."""

from __future__ import annotations

import pandas as pd

from research.core.status import weakest
from research.indicators.registers.columns import LISTS

CHANGES = {"added": "新增", "done": "完成", "carried": "延续", "ended": "有成果后退出", "dropped": "无成果退出"}
"""What became of an item between two editions."""
COLUMNS = ("list", "item", "name", "department", "before", "state", "change", "result", "repeated", "status")


def compare_lists(lists: pd.DataFrame, year: int) -> pd.DataFrame:
    """What became of each item between the edition's year and the last one before it that has the list.

    Parameters
    ----------
    lists : DataFrame
        The register: year, list, item, name, department, state, result, status.
    year : int

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. An item that was not there before is added (`done` if it was finished within the year); one
        that is finished is done; one that left without being finished is dropped where no result was ever written
        down, else ended; the rest are carried, with `repeated`, in how many lists it has stood. What was
        done before and left is no longer listed. Without a former list everything is added.

    Examples
    --------
    >>> rows = pd.DataFrame([(2023, "A", "推进中", ""), (2023, "B", "推进中", ""), (2024, "B", "完成", "甲")],
    ...                     columns=["year", "item", "state", "result"]).assign(
    ...     list="重大改革", name="事", department="局", status="reported")
    >>> compare_lists(rows, 2024)[["item", "change"]].values.tolist()
    [['B', 'done'], ['A', 'dropped']]
    """
    found = []
    for kind in LISTS:
        own = lists[(lists["list"] == kind) & (lists["year"].astype(int) <= year)]
        if own.empty:
            continue
        years = sorted(int(y) for y in own["year"].unique() if int(y) < year)
        if int(own["year"].max()) < year:
            continue  # this year's list was not handed in: it says nothing of what became of last year's
        now = own[own["year"].astype(int) == year].set_index("item")
        before = own[own["year"].astype(int) == years[-1]].set_index("item") if years else now.iloc[:0]
        counts = own.groupby("item")["year"].nunique()
        for item in [*now.index, *(i for i in before.index if i not in now.index)]:
            found += _item(kind, item, before, now, own[own["item"] == item], int(counts[item]))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _item(
    kind: str, item: str, before: pd.DataFrame, now: pd.DataFrame, all_years: pd.DataFrame, count: int
) -> list[dict[str, object]]:
    here, there = item in now.index, item in before.index
    if not here and before.at[item, "state"] == "完成":
        return []
    row = now.loc[item] if here else before.loc[item]
    results = [str(r) for r in all_years.sort_values("year")["result"] if isinstance(r, str) and r.strip()]
    if here:
        change = "done" if row["state"] == "完成" else "carried" if there else "added"
        change = change if row["state"] != "中止" else "ended" if results else "dropped"
    else:
        change = "ended" if results else "dropped"
    return [
        {
            "list": kind,
            "item": item,
            "name": row["name"],
            "department": row["department"],
            "before": before.at[item, "state"] if there else "",
            "state": row["state"] if here else "不再列入",
            "change": change,
            "result": results[-1] if results else "",
            "repeated": count,
            "status": weakest(list(all_years["status"].unique())),
        }
    ]
