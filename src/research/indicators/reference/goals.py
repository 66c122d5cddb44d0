"""Targets as rows: which number holds for a target, and for an indicator, in which year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from research.core.faults import Fault, nearest, say, spot
from research.indicators.reference.plans import Plan

COLUMNS = ("target", "year", "value", "kind")
KINDS = ("level", "ratio", "cumulative", "flow per year", "annual growth")
"""What a target's number is: a level, a share, a running total, one year's amount, a yearly growth."""

STATED = ("level", "floor", "ceiling", "mean", "growth", "cumulative", "both")
"""Rules (see `target_indicators.csv`) under which a target's number is one of the indicator itself."""


def goals(targets: pd.DataFrame, years: pd.DataFrame, joins: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """The numbers that the plans set for each indicator, one row an indicator and year.

    Parameters
    ----------
    targets, years, joins, indicators : DataFrame
        `targets.csv`, `target_years.csv`, `target_indicators.csv` and `indicators.csv`.

    Returns
    -------
    DataFrame
        indicator, year, value, operator, kind, rule, target. An indicator's own rows (its id in the column
        `target`) come before those of the targets that it measures; of several targets the one that
        compares as the indicator does (`operator`), then the first.

    Examples
    --------
    >>> t = pd.DataFrame({"id": ["T1"], "kind": ["level"], "comparator": [">="]})
    >>> y = pd.DataFrame({"target": ["T1"], "year": [2030], "value": ["58"], "kind": [""]})
    >>> j = pd.DataFrame({"target": ["T1"], "indicator": ["X"], "rule": ["level"], "comparator": [""]})
    >>> goals(t, y, j, pd.DataFrame({"id": ["X"], "operator": [""]})).values.tolist()
    [['X', 2030, 58.0, '>=', 'level', 'level', 'T1']]
    """
    own = years[years["target"].isin(indicators["id"])].assign(
        indicator=lambda f: f["target"], comparator="", rule="level", own_kind="level", plan_comparator="", own=0
    )
    joined = years.merge(joins[joins["rule"].isin(STATED)][["target", "indicator", "rule", "comparator"]], on="target")
    facts = targets.set_index("id")
    joined = joined.assign(
        own_kind=joined["target"].map(facts["kind"]), plan_comparator=joined["target"].map(facts["comparator"]), own=1
    )
    rows = pd.concat([own, joined], ignore_index=True)
    rows["value"] = pd.to_numeric(rows["value"], errors="coerce").astype(float)
    wanted = indicators.set_index("id")["operator"] if "operator" in indicators else pd.Series(dtype=object)
    asked = rows["indicator"].map(wanted).fillna("").astype(object)
    rows["operator"] = rows["comparator"].replace("", None).fillna(rows["plan_comparator"]).astype(object)
    rows["operator"] = rows["operator"].mask(rows["own"].eq(0) | rows["operator"].eq(""), asked)
    rows["other"] = (rows["operator"] != asked).astype(int)
    rows["kind"] = rows["kind"].replace("", None).fillna(rows["own_kind"])
    rows = rows.dropna(subset="value").sort_values(["indicator", "year", "own", "other", "target"], kind="stable")
    rows = rows.drop_duplicates(["indicator", "year"])
    return rows[["indicator", "year", "value", "operator", "kind", "rule", "target"]].reset_index(drop=True)


def check_years(
    years: pd.DataFrame,
    targets: pd.DataFrame,
    indicators: pd.DataFrame,
    plans: tuple[Plan, ...],
    file: str = "data/reference/target_years.csv",
) -> list[Fault]:
    """Faults of `target_years.csv`: unknown targets and kinds, years outside the plan, rows twice, targets without one.

    Returns
    -------
    list of Fault
    """
    owner = dict(zip(targets["id"], plan_of(targets, plans), strict=True))
    by_id = {p.id: p for p in plans}
    known = [*owner, *indicators["id"]]
    faults = []
    for row in years.itertuples():
        where = spot(file, row=row.Index + 2)
        if row.target not in known:
            faults.append(
                Fault(
                    spot(where, column="target"),
                    say("an id of targets.csv or indicators.csv", "targets.csv 或 indicators.csv 的编号"),
                    repr(row.target),
                    nearest(row.target, known),
                    "link",
                )
            )
            continue
        allowed = _years_of([by_id[owner[row.target]]] if owner.get(row.target) in by_id else plans)
        if row.year not in allowed:
            faults.append(
                Fault(
                    spot(where, column="year"),
                    say("one of " + ", ".join(map(str, allowed)), "以下之一：" + "、".join(map(str, allowed))),
                    f"{row.year:g}",
                    say("the plan's milestones stand in district.yml", "规划的节点年份写在 district.yml"),
                    "plan",
                )
            )
        if not row.value:
            faults.append(
                Fault(
                    spot(where, column="value"),
                    say("a number or words of the plan", "数值或规划用语"),
                    say("an empty cell", "空单元格"),
                    kind="plan",
                )
            )
        if row.kind and row.kind not in KINDS:
            faults.append(
                Fault(
                    spot(where, column="kind"),
                    say("one of " + ", ".join(KINDS) + ", or empty", "以下之一或留空：" + "、".join(KINDS)),
                    repr(row.kind),
                    nearest(row.kind, KINDS),
                    "plan",
                )
            )
    double = years[years.duplicated(["target", "year"])]
    faults += [
        Fault(
            spot(file, row=i + 2),
            say("each target once a year", "每个目标每年只出现一次"),
            f"{r.target}, {r.year}",
            kind="duplicate",
        )
        for i, r in zip(double.index, double.itertuples(), strict=True)
    ]
    bare = targets[~targets["id"].isin(years["target"])]
    return faults + [
        Fault(
            file,
            say(f"a row with the year and the value of {name}", f"{name}有年份与目标值的一行"),
            say("none", "没有"),
            kind="plan",
        )
        for name in bare["id"]
    ]


def plan_of(table: pd.DataFrame, plans: tuple[Plan, ...]) -> pd.Series:
    """Which plan each row is of: its column `plan`; an empty cell, or no such column, is the only (else first) plan."""
    cells = table["plan"] if "plan" in table else pd.Series("", index=table.index)
    return cells.fillna("").astype(object).where(lambda c: c.ne(""), plans[0].id)


def plans_with(table: pd.DataFrame, plan: str) -> pd.Series:
    """Which rows hold under a plan: those whose column `plan` is empty, or names it (several parted by `;`)."""
    if "plan" not in table:
        return pd.Series(True, index=table.index)
    return table["plan"].fillna("").map(lambda c: not c or plan in [p.strip() for p in str(c).split(";")])


def _years_of(plans: Any) -> list[int]:
    return sorted({y for p in plans for y in (*p.milestones, *((p.outlook,) if p.outlook else ()))})
