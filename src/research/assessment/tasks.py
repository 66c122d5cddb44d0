"""The portrait of tasks: colour, graded warning and staleness of platforms, projects, reforms and works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.assessment.colours import expected_share, status
from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.status import weakest

if TYPE_CHECKING:
    from research.assessment.settings import Rules


KINDS = ("重大平台", "重大项目", "重大改革", "重大工程")
ORDER = {"red": 0, "yellow": 1, "green": 2, "grey": 3}


MOST_ACTIONS = 99
"""Which of them the plan has, `research.indicators.checks` knows."""


def check_tasks(tasks: pd.DataFrame) -> list[Fault]:
    """Faults of a task register; an empty list when it is whole.

    Parameters
    ----------
    tasks : DataFrame
        Columns id, kind, name, action, place, lead_unit, start, due, progress, updated.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> t = pd.DataFrame([{"id": "a", "kind": "重大项目", "start": "2024-01-01", "due": "2023-01-01",
    ...                    "progress": 0.5, "action": 1, "lead_unit": "x"}])
    >>> print(check_tasks(t)[0])
    tasks.csv, row 2, column due: expected a date not before 2024-01-01, found 2023-01-01
    """
    faults = []
    for number, row in enumerate(tasks.to_dict("records"), start=2):

        def fault(column: str, expected: str, found: object, hint: str = "", number: int = number) -> None:
            faults.append(Fault(spot("tasks.csv", row=number, column=column), expected, str(found), hint, kind="task"))

        if row["kind"] not in KINDS:
            fault("kind", "one of " + " ".join(KINDS), repr(row["kind"]), nearest(row["kind"], KINDS))
        if pd.isna(row.get("lead_unit")) or not str(row["lead_unit"]).strip():
            fault("lead_unit", say("the unit that answers for it", "负责单位"), say("nothing", "空"))
        if pd.notna(row["progress"]) and not 0 <= float(row["progress"]) <= 1:
            fault("progress", say("a share from 0 to 1", "0至1之间的比重"), row["progress"])
        if pd.notna(row.get("action")) and float(row["action"]) not in range(1, MOST_ACTIONS + 1):
            fault("action", say("the number of one of the plan's actions", "规划中一项行动的序号"), row["action"])
        if str(row["due"])[:10] < str(row["start"])[:10]:
            fault("due", say(f"a date not before {row['start']}", f"不早于{row['start']}的日期"), row["due"])
    for name in tasks["id"][tasks["id"].duplicated()].unique():
        faults.append(
            Fault(
                spot("tasks.csv", column="id"),
                say("each id once", "每个编号只出现一次"),
                say(f"{name} twice", f"{name}出现两次"),
                kind="task",
            )
        )
    return faults


def check_warnings(grades: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Faults of the warning grades: each has a name, and they rise with the points behind."""
    marks: list[Any] = [g.get("behind") for g in grades]
    if len(grades) >= 2 and all(isinstance(m, (int, float)) for m in marks) and marks == sorted(set(marks)):
        return []
    return [
        Fault(
            "index.yml, assessment.warnings",
            say("two or more grades, each at more points behind than the last", "至少两级，逐级落后更多"),
            str(marks),
            kind="thresholds",
        )
    ]


def warning(behind: float, grades: Sequence[Mapping[str, Any]]) -> str:
    """Name of the highest grade whose mark `behind` has reached; empty below the first.

    Examples
    --------
    >>> warning(25, [{"grade": "三级", "behind": 10}, {"grade": "二级", "behind": 20}, {"grade": "一级", "behind": 30}])
    '二级'
    """
    reached = [g["grade"] for g in grades if behind >= g["behind"]]
    return reached[-1] if reached else ""


def task_status(
    tasks: pd.DataFrame, today: date | str, rules: Rules, grades: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """Each task against a steady pace on one day.

    Parameters
    ----------
    tasks : DataFrame
        See `check_tasks`; also milestone, milestone_due, status.
    today : datetime.date or str
        The day it is judged on: the end of the edition's year.
    rules : settings.Rules
    grades : list of dict
        Warning grades with `grade`, `behind`, rising.

    Returns
    -------
    DataFrame
        The register with year, expected, behind, colour, colour_by (see `colours.task_rule`), warning, overdue,
        stale, days_left, days_since_update, milestone_missed; the most urgent first.

    Raises
    ------
    DataError
        All faults of the register and of the grades.
    """
    faults = check_tasks(tasks) + check_warnings(grades)
    if faults:
        raise DataError(faults)
    day = date.fromisoformat(str(today)[:10])
    rows = [_one(row, day, rules, grades) for row in tasks.to_dict("records")]
    out = pd.DataFrame(
        rows,
        columns=[
            *tasks.columns,
            "year",
            "expected",
            "behind",
            "colour",
            "colour_by",
            "warning",
            "overdue",
            "milestone_missed",
            "stale",
            "days_left",
            "days_since_update",
        ],
    )
    key = out["colour"].map(ORDER)
    return (
        out.assign(_key=key)
        .sort_values(["_key", "behind", "id"], ascending=[True, False, True])
        .drop(columns="_key")
        .reset_index(drop=True)
    )


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Counts of a judged register: kind, n, green, yellow, red, grey, stale, overdue, warned, progress (mean)."""
    rows = []
    columns = ["kind", "n", "green", "yellow", "red", "grey", "stale", "overdue", "warned", "progress", "status"]
    if table.empty:
        return pd.DataFrame(columns=columns)
    for kind, part in [("全部", table), *table.groupby("kind", sort=True)]:
        counts = {c: int((part["colour"] == c).sum()) for c in ("green", "yellow", "red", "grey")}
        rows.append(
            {
                "kind": kind,
                "n": len(part),
                **counts,
                "stale": int(part["stale"].sum()),
                "overdue": int(part["overdue"].sum()),
                "warned": int((part["warning"] != "").sum()),
                "progress": part["progress"].mean(),
                "status": weakest(part["status"].unique()),
            }
        )
    return pd.DataFrame(rows)


def _one(row: dict[str, Any], today: date, rules: Rules, grades: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    progress = None if pd.isna(row["progress"]) else float(row["progress"])
    expected = expected_share(row["start"], row["due"], today)
    due = date.fromisoformat(str(row["due"])[:10])
    behind = None if progress is None else max(0.0, round(100 * (expected - progress), 6))
    done = progress is not None and progress >= 1
    updated = None if pd.isna(row.get("updated")) else date.fromisoformat(str(row["updated"])[:10])
    since = None if updated is None else (today - updated).days
    milestone = row.get("milestone_due")
    missed = (
        pd.notna(milestone)
        and str(milestone)[:10] <= today.isoformat()
        and progress is not None
        and progress < expected_share(row["start"], row["due"], str(milestone)[:10])
    )
    colour = status(progress, expected, rules.yellow, rules.red)
    late = due <= today and colour == "green" and not done
    return row | {
        "year": today.year,
        "expected": expected,
        "behind": behind,
        "colour": "yellow" if late else colour,
        "colour_by": "" if colour == "grey" else "met" if done else "due" if late else "pace",
        "warning": "" if done or behind is None else warning(behind, grades),
        "overdue": bool(due <= today and not done),
        "milestone_missed": bool(missed and not done),
        # A finished task needs no more updates; an unfinished one without any date is stale by itself.
        "stale": bool(not done and (since is None or since > rules.stale_days)),
        "days_left": (due - today).days,
        "days_since_update": since,
    }
