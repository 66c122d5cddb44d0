"""The same page as the head of a place's chapter: one table that is read in a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from research.edition.onepage_facts import facts
from research.figures.captioned import table

if TYPE_CHECKING:
    from research.indicators.edition import Edition


def brief_table(edition: Edition, place: str) -> str:
    """A place's index, six dimensions, strengths, tasks and demands as one markdown table.

    Parameters
    ----------
    edition : Edition
        Built.
    place : str
        Code of a township.

    Returns
    -------
    str
        A table labelled `tbl-brief-<code>`; without ranks, which a chapter of a small place does not give.
    """
    page = facts(edition, place)
    index = page["cards"][0]
    rows = [
        ("综合指数", f"{index['value']}{index['unit']}；{index['note'].replace('　', '，')}"),
        ("各领域", "；".join(map(_domain, page["domains"]))),
        ("亮点", _sides(page["strengths"]) or "没有高于乡镇街道平均的指标"),
        ("短板", _sides(page["weaknesses"]) or "没有低于乡镇街道平均的指标"),
        ("任务画像", _tasks(page["tasks"])),
        ("需求画像", _topics(page["topics"])),
        ("促提升", page["barred"]),
        ("学标杆", page["peer"]),
    ]
    frame = pd.DataFrame(rows, columns=["项目", "内容"])
    domains = f"六大领域括号内为乡镇均值和比{page['base']}年的变化，"
    note = domains + "亮点与短板括号内为与乡镇街道平均得分之差；红黄绿按时间进度判断，阈值是设定。"
    caption = f"{page['name']}一分钟速览（{page['year']}年）"
    return table(
        frame,
        caption,
        f"tbl-brief-{place}",
        edition.status,
        note=note,
        source="综合指数测算、任务登记、诉求登记",
        widths=(14, 86),
    )


def _domain(d):
    return f"{d['name']}{d['text']}分（{d['mean-text']}，{d['since']}）"


def _sides(rows):
    return "、".join(f"{r['name']}（{r['gap']}）" for r in rows)


def _tasks(tasks):
    if not tasks["total"]:
        return "没有登记在册的重大任务"
    counts = tasks["counts"]
    late = [
        f"{t['name']}（{t['progress']}，应{t['expected']}）" for t in tasks["shown"] if t["colour"] in ("red", "yellow")
    ]
    text = (
        f"{tasks['total']}项：红{counts['red']}、黄{counts['yellow']}、绿{counts['green']}；"
        f"预警{tasks['warned']}项，久未更新{tasks['stale']}项"
    )
    return text + (f"；落后的有{'、'.join(late[:3])}" if late else "")


def _topics(topics):
    if not topics["top"]:
        return "没有诉求登记"
    first = "、".join(f"{t['name']}（{t['count']}件，办结{t['settled']}）" for t in topics["top"][:3])
    text = f"{topics['total']}件，未办结{topics['unmet']}件；最集中的是{first}"
    return text + (f"；未办结最多的是{topics['most_unmet']}" if topics["most_unmet"] else "")
