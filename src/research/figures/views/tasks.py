"""Tasks as charts, sentences and tables: progress against time, by colour."""

from __future__ import annotations

import pandas as pd

from research.assessment.colours import BY_ZH
from research.figures.charts import compare
from research.figures.style import STATUS_COLOURS
from research.wording import counted, listed, plain

KINDS = ("重大平台", "重大项目", "重大改革", "重大工程")
COLOUR_WORDS = {"green": "绿色", "yellow": "黄色", "red": "红色", "grey": "未评定"}
PACE = {"green": "进度正常", "yellow": "落后或到期未完成", "red": "严重落后", "grey": "未评定"}


def task_counts(rows):
    """Bars of the counts of green, yellow and red tasks, one row a kind."""
    if rows.empty:
        return compare.stacked(pd.DataFrame(), "项")
    table = pd.crosstab(rows["kind"], rows["colour"]).reindex(columns=list(PACE), fill_value=0)
    table = table.reindex([k for k in KINDS if k in table.index])
    table = table[[c for c in table if table[c].any()]]
    colours = [STATUS_COLOURS[c] for c in table]
    return compare.stacked(table.rename(columns=PACE), "项", 0, colours, least=0.5)


def task_bars(rows):
    """One bar a task: progress, with a tick where a steady pace would stand."""
    if rows.empty:
        return compare.ways(pd.DataFrame(columns=["name", "share", "words", "colour"]), empty="没有登记的重大任务")
    pairs = zip(rows["progress"], rows["due"], strict=True)
    frame = pd.DataFrame({
        "name": [_short(n) for n in rows["name"]], "share": rows["progress"].astype(float), "colour": rows["colour"],
        "pace": rows["expected"].astype(float).clip(0, 1),
        "words": [f"{plain(100 * p, '%', 0)}% / {_month(d)}" for p, d in pairs],
    })  # fmt: skip
    return compare.ways(frame, words=PACE, right="进度 / 期限")


def task_sentences(rows, name, year):
    """How many tasks stand in which colour, and which are overdue or stale."""
    if rows.empty:
        return f"{name}没有登记在册的重大任务。"
    counts = rows["colour"].value_counts().to_dict()
    text = f"{year}年末{name}登记在册的重大任务{len(rows)}项：{counted(counts, COLOUR_WORDS)}。"
    overdue = rows[rows["overdue"].fillna(False).astype(bool)]["name"]
    stale = int(rows["stale"].fillna(False).astype(bool).sum())
    text += (
        f"已到期未完成的有{listed([f'“{n}”' for n in overdue], 3, '项')}。"
        if len(overdue)
        else "没有到期未完成的任务。"
    )
    return text + (f"另有{stale}项登记信息久未更新。" if stale else "")


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


def _short(name, most=15):
    return name if len(name) <= most else name[: most - 1] + "…"
