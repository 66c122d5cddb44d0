"""Targets beside the year's tasks (clause 82): which have no task behind them, which tasks serve no target."""

from __future__ import annotations

import pandas as pd

from research.core.status import weakest

COLUMNS = ("side", "id", "name", "department", "action_no", "n_matches", "matches", "status")


def duty_matches(attainment: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Targets and tasks joined by department and action, those without a counterpart too.

    Parameters
    ----------
    attainment : DataFrame
        Result of `attain_targets`: target_id, target_name, department, action_no, status.
    tasks : DataFrame
        The register: id, name, lead_unit, action, status.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: `side` is target or task, `matches` the ids of the other side that the same department
        leads in the same action; 0 matches is a target without a task, or a task without a target.
    """
    goals = attainment.rename(columns={"target_id": "id", "target_name": "name"})
    goals = goals[["id", "name", "department", "action_no", "status"]].assign(side="target")
    works = tasks.rename(columns={"lead_unit": "department", "action": "action_no"})
    works = works[["id", "name", "department", "action_no", "status"]].assign(side="task")
    rows = pd.concat([goals, works], ignore_index=True)
    rows["action_no"] = pd.to_numeric(rows["action_no"]).astype("Int64")
    keys = list(zip(rows["department"], rows["action_no"].fillna(-1), strict=True))
    other: dict[str, dict[tuple[str, int], list[str]]] = {side: {} for side in ("target", "task")}
    for key, side, name in zip(keys, rows["side"], rows["id"], strict=True):
        other[side].setdefault(key, []).append(name)
    found = [
        [] if key[1] == -1 else other["task" if side == "target" else "target"].get(key, [])
        for key, side in zip(keys, rows["side"], strict=True)
    ]
    rows["n_matches"], rows["matches"] = [len(f) for f in found], ["、".join(f) for f in found]
    return rows[list(COLUMNS)]


def summary(matches: pd.DataFrame) -> pd.DataFrame:
    """Counts by department: department, n_targets, n_tasks, bare_targets, bare_tasks, status."""
    rows = []
    for department, part in matches.groupby("department", sort=True):
        goals, works = (part[part["side"] == side] for side in ("target", "task"))
        rows.append(
            {
                "department": department,
                "n_targets": len(goals),
                "n_tasks": len(works),
                "bare_targets": int((goals["n_matches"] == 0).sum()),
                "bare_tasks": int((works["n_matches"] == 0).sum()),
                "status": weakest(part["status"].unique()),
            }
        )
    return pd.DataFrame(rows, columns=["department", "n_targets", "n_tasks", "bare_targets", "bare_tasks", "status"])
