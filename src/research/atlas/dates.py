"""Targets and tasks by the date they fall due, with who answers for them and their colour."""

from __future__ import annotations

from typing import Any

import pandas as pd

from research.core.tables import packed
from research.indicators.analysis.measured import table_of
from research.indicators.edition import Edition

__all__ = ["dates"]

TARGETS = ["target_id", "target_name", "clause", "indicator", "comparator", "target", "target_text", "unit", "value",
           "value_year", "rate", "attained", "colour", "reason", "department", "horizon", "due",
           "status", "source"]  # fmt: skip
TASKS = ["id", "kind", "name", "place", "lead_unit", "start", "due", "milestone", "milestone_due", "progress",
         "expected", "colour", "warning", "overdue", "updated", "status"]  # fmt: skip


def dates(edition: Edition) -> dict[str, Any]:
    """Targets and tasks; a part that the edition has not is missing.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        `targets` and `tasks`, packed, and `rates`: the published rates of attainment.
    """
    made = {}
    targets, tasks, rates = (table_of(edition, name) for name in ("attainment", "task_status", "attainment_rates"))
    if "target_id" in targets and len(targets):
        made["targets"] = packed(_dated(targets.reindex(columns=TARGETS)))
        if "rate" in rates:
            made["rates"] = packed(rates)
    if "lead_unit" in tasks and len(tasks):
        made["tasks"] = packed(tasks.reindex(columns=TASKS))
    return made


def _dated(targets: pd.DataFrame) -> pd.DataFrame:
    """A target is due at the end of the year it names."""
    due = targets["horizon"].map(lambda year: "" if pd.isna(year) else f"{int(year)}-12-31")
    return targets.assign(due=due, reached=targets["due"].astype(bool))
