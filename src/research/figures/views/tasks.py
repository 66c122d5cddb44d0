"""Tasks as a table: progress against time, by colour."""

from __future__ import annotations

import pandas as pd

from research.indicators.analysis.facts import BY_ZH
from research.wording import plain

COLOUR_WORDS = {"green": "绿色", "yellow": "黄色", "red": "红色", "grey": "未评定"}


def task_sheet(rows):
    """The table of tasks as readers see it."""
    return pd.DataFrame({
        "任务": rows["name"], "类别": rows["kind"], "牵头单位": rows["lead_unit"],
        "进度": [f"{plain(100 * p, '%', 0)}%" if pd.notna(p) else "" for p in rows["progress"]],
        "时间进度": [f"{plain(100 * p, '%', 0)}%" if pd.notna(p) else "" for p in rows["expected"]],
        "期限": [_month(d) for d in rows["due"]], "状态": [COLOUR_WORDS[c] for c in rows["colour"]],
        "依据": [BY_ZH.get(b, "") for b in rows["colour_by"]],
        "预警": [w or "" for w in rows["warning"]],
    })  # fmt: skip


def _month(due):
    return pd.Timestamp(due).strftime("%Y-%m")
