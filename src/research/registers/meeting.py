"""A brief for an advisory meeting: two pages with the numbers asked for, their errors, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.cases.brief import fitted, typeset
from research.core.files import write_whole
from research.core.plain import escape
from research.core.status import SAMPLE_MARK, STATUS_WORDS, weakest
from research.errors import DataError, Fault, UsageError, nearest, say
from research.figures.pipes import markdown
from research.indicators.analysis.tidy import percent
from research.registers.topics import facts, topic_states

if TYPE_CHECKING:
    from research.indicators.edition import Edition


def meeting_brief(edition: Edition, meeting: str, topics: Sequence[str], output: str | Path | None = None) -> Path:
    """Write the brief of one meeting.

    Parameters
    ----------
    edition : Edition
    meeting : str
        Its day, as year-month-day.
    topics : sequence of str
        Ids of the register `topics`.
    output : str or Path, optional
        A PDF, or a folder for `meeting-<day>.pdf`; default `reports/output/briefs/meetings/`.

    Returns
    -------
    Path
        A PDF of one or two pages; the same register and data give the same bytes.

    Raises
    ------
    UsageError
        A day that is none, or no topic.
    DataError
        Topics that are not in the register, all at once; a text that two pages do not hold.
    """
    day = _day(meeting)
    register = edition.register("topics")
    if not topics:
        raise UsageError(say("--topics: name one or more topics", "--topics：请写出一个以上的课题编号"))
    known = list(register["id"])
    faults = [
        Fault("--topics", say("a topic of topics.csv", "topics.csv 中的课题编号"), repr(t), nearest(t, known), "topic")
        for t in topics
        if t not in known
    ]
    if faults:
        raise DataError(faults)
    held = topic_states(register, day).set_index("id")
    parts, seen = [], [str(s) for s in held.loc[list(topics), "status"]]
    for name in dict.fromkeys(topics):
        numbers = facts(edition, held.loc[name, "indicators"])
        seen += [n["status"] for n in numbers if n["status"]]
        parts.append(_topic(name, held.loc[name], numbers, f"{percent(edition):g}%"))
    about = SimpleNamespace(id=f"meeting {day}", year=day.year)
    data = fitted(about, typeset("\n\n".join(parts)), {}, _around(edition, day, list(topics), weakest(seen)))
    target = Path(output or edition.project.output("briefs") / "meetings")
    target = target if target.suffix == ".pdf" else target / f"meeting-{day}.pdf"
    return write_whole(target, data)


def _day(meeting: str) -> date:
    try:
        return date.fromisoformat(meeting)
    except ValueError:
        raise UsageError(
            say(
                f"--meeting {meeting}: write the day as year-month-day",
                f"--meeting {meeting}：日期请写成“年-月-日”，如各登记表中的日期",
            )
        ) from None


def _topic(name: str, row: pd.Series, numbers: list[dict[str, Any]], level: str) -> str:
    late = f"，逾期{row['days']}天" if row["days"] else ""
    lines = [
        f"## {name}　{escape(row['question'])}",
        f"{escape(row['owner'])}负责，{row['state']}{late}；应完成日期{pd.Timestamp(row['due']):%Y-%m-%d}。",
    ]
    if numbers:
        frame = pd.DataFrame(
            {
                "指标": [n["name"] for n in numbers],
                "年份": [n["year"] for n in numbers],
                "数值": [n["value"] for n in numbers],
                f"{level}置信区间": [n["interval"] for n in numbers],
                "此前": [n["change"] for n in numbers],
                "状态": [STATUS_WORDS.get(n["status"], "") for n in numbers],
            }
        )
        lines.append(markdown(frame))
    if row["state"] == "已完成" and row["outcome"]:
        lines.append(f"**结论：** {escape(row['outcome'])}。")
    if row["decision"]:
        lines.append(f"**服务的决策：** {escape(row['decision'])}。")
    lacks = [*([row["unknown"]] if row["unknown"] else []), *(t for n in numbers for t in n["lacks"])]
    lines.append(f"**尚不知道的：** {escape('；'.join(lacks))}。" if lacks else "**尚不知道的：** 没有登记。")
    lines.append(f"**可以重算：** {escape(row['notebook'])}（数据：{escape(row['data'])}）。")
    return "\n\n".join(lines)


def _around(edition: Edition, day: date, topics: list[str], status: str) -> dict[str, Any]:
    sample = status == "sample"
    words = [
        ("会议日期", f"{day:%Y-%m-%d}"),
        ("议题", "、".join(topics)),
        ("数据版本", f"{edition.edition}年版"),
    ]
    notes = [("说明", "数值取自本版蓝皮书已算好的表；没有区间的是汇总数。简报不作结论以外的推断，决定由会议作出")]
    return {
        "title": f"{edition.about['name']}共同富裕决策咨询例会简报",
        "lead": edition.about.get("centre", ""),
        "year": day.year,
        "facts": words,
        "notes": notes,
        "mark": f"{SAMPLE_MARK}：数值由程序生成，不能引用。" if sample else "",
        "series": f"决策咨询例会简报　{day:%Y年%m月%d日}",
        "foot": f"会议 {day:%Y-%m-%d}" + (f"　{SAMPLE_MARK}" if sample else ""),
    }
