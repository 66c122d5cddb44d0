"""The pages of the registers, as markdown for the appendix: policies, lists, research, coverage of grids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.cases.model import clause_words
from research.core.plain import escape
from research.core.status import weakest
from research.figures.captioned import table
from research.indicators.registers.columns import POLICY_KINDS
from research.indicators.registers.rules import parts
from research.registers.lists import CHANGES, compare_lists
from research.registers.pilots import evidence, evidence_tables
from research.registers.policies import STATES, policy_effects, policy_states
from research.registers.topics import STATES as TOPIC_STATES
from research.registers.topics import topic_states
from research.wording import counted, listed, plain

if TYPE_CHECKING:
    from research.indicators.edition import Edition

_EMPTY = "本版没有{}登记。有了登记表 {}.csv，此处列出逐项内容。\n"
SINCE = (
    "“此后”指施行前一年至本版年份，同一批目标前后相比；只计前后都能评定的目标。目标的变化有许多原因，"
    "不能当作政策的作用。"
)


def pages(edition: Edition) -> dict[str, str]:
    """The staged pages: file name to markdown.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict of str to str
    """
    return {
        "_policies.md": policies_page(edition),
        "_lists.md": lists_page(edition),
        "_topics.md": topics_page(edition),
        "_claims.md": claims_page(edition),
    }


def policies_page(edition: Edition) -> str:
    """Where each policy stands at the end of the edition's year, and what its targets did since."""
    rows = edition.register("policies")
    if rows.empty:
        return _EMPTY.format("政策", "policies")
    day = f"{edition.edition}-12-31"
    held = policy_states(rows, day)
    status, counts = weakest(list(held["status"].unique())), held["state"].value_counts().to_dict()
    stale = held[held["alarm"] != ""]
    told = counted({s: counts[s] for s in STATES if s in counts}, {s: s for s in STATES}, "件")
    lead = f"截至{edition.edition}年12月31日，登记在册的政策共{len(held)}件：{told}。"
    lead += f"需要提醒的{len(stale)}件：{listed([f'《{t}》' for t in stale['title']], 5, '件')}。" if len(stale) else ""
    kinds = "、".join(f"{k}{int((held['kind'] == k).sum())}件" for k in POLICY_KINDS)
    since = _since_table(edition, held, status)
    guide = "@tbl-policies 列出每件政策的状态"
    guide += "， @tbl-policies-since 列出其所服务的目标此后的变化。" if since else "。"
    return "\n\n".join([escape(f"{lead}按类别分，{kinds}。"), guide, _policy_table(held, status, day), since])


def _policy_table(held: pd.DataFrame, status: str, day: str) -> str:
    titles = dict(zip(held["id"], held["title"], strict=True))
    cells = pd.DataFrame(
        {
            "类别": held["kind"],
            "文件": [f"{t}（{n}）" if n else t for t, n in zip(held["title"], held["number"], strict=True)],
            "部门": held["department"],
            "施行": held["effective"].map(_day),
            "应修订": held["review"].map(_day),
            "状态": [_state(*row, titles) for row in zip(held["state"], held["by"], held["alarm"], strict=True)],
            "条文": ["、".join(clause_words(c) for c in parts(cell)) for cell in held["clauses"]],
            "预算科目": held["budget"],
        }
    )
    return table(
        cells,
        f"政策登记（{day}的状态）",
        "tbl-policies",
        status,
        "政策登记表",
        widths=(7, 30, 12, 11, 11, 18, 12, 12),
    )


def _state(state: str, successor: str, alarm: str, titles: dict[str, str]) -> str:
    told = f"《{titles.get(successor, successor)}》" if successor else alarm
    return f"{state}：{told}" if told else state


def _since_table(edition: Edition, held: pd.DataFrame, status: str) -> str:
    current = held[held["state"].isin(["施行中", "待修订"])]
    moved = policy_effects(current, edition.table("attainment_history"), edition.targets, int(edition.edition))
    if moved.empty:
        return ""
    titles = dict(zip(held["id"], held["title"], strict=True))
    cells = pd.DataFrame(
        [
            {
                "文件": titles[row.id],
                "此后": f"{row.since}—{row.year}年",
                "所服务的目标": f"{row.n_targets}项",
                "前后都能评定": f"{row.n_known}项",
                "已达到": f"{row.reached_then} → {row.reached_now}项" if row.n_known else "–",
                "平均达成率（%）": _pair(row.way_then, row.way_now),
            }
            for row in moved.itertuples()
        ]
    )
    found = weakest([status, *moved["status"].unique()])
    return table(cells, "施行中的政策所服务的目标此后的变化", "tbl-policies-since", found, "政策登记表与目标达成",
                 SINCE, widths=(36, 14, 12, 12, 12, 14))  # fmt: skip


def _pair(then: float, now: float) -> str:
    return "–" if pd.isna(then) or pd.isna(now) else f"{plain(100 * then, '', 0)} → {plain(100 * now, '', 0)}"


def _day(value: Any) -> str:
    return "" if pd.isna(value) else f"{pd.Timestamp(value):%Y-%m-%d}"


def lists_page(edition: Edition) -> str:
    """What became of the items of each list since the edition before."""
    lists = edition.register("lists")
    rows = compare_lists(lists, int(edition.edition)) if len(lists) else pd.DataFrame()
    if rows.empty:
        return _EMPTY.format("清单", "lists")
    counts = rows["change"].value_counts().to_dict()
    told = counted({k: counts[k] for k in CHANGES if k in counts}, CHANGES, "项")
    dropped = rows[rows["change"] == "dropped"]
    lead = f"与上一版清单相比：{told}。"
    lead += f"没有留下成果而退出的：{listed(list(dropped['name']), 5, '项')}。" if len(dropped) else ""
    cells = pd.DataFrame(
        {
            "清单": rows["list"],
            "事项": rows["name"],
            "部门": rows["department"],
            "上一版": rows["before"].replace("", "–"),
            "本版": rows["state"],
            "变化": rows["change"].map(CHANGES),
            "列入次数": rows["repeated"].astype(str),
            "成果": rows["result"],
        }
    )
    note = "“无成果退出”指没有完成、也没有登记过成果就中止或不再列入的事项；上一版已完成的不再列出。"
    caption, status = f"重点清单的变化（{edition.edition}年版）", weakest(list(rows["status"].unique()))
    made = table(cells, caption, "tbl-lists", status, "清单登记表", note, widths=(10, 28, 14, 9, 9, 12, 8, 20))
    return "\n\n".join([escape(lead), "@tbl-lists 与上一版清单逐项比较。", made])


def topics_page(edition: Edition) -> str:
    """Research topics, where they stand at the end of the edition's year, and what they led to."""
    rows = edition.register("topics")
    if rows.empty:
        return _EMPTY.format("研究课题", "topics")
    held = topic_states(rows, f"{edition.edition}-12-31")
    counts = held["state"].value_counts().to_dict()
    told = counted({s: counts[s] for s in TOPIC_STATES if s in counts}, {s: s for s in TOPIC_STATES}, "项")
    done = held["state"] == "已完成"
    cells = pd.DataFrame(
        {
            "编号": held["id"],
            "问题": held["question"],
            "负责": held["owner"],
            "应完成": held["due"].map(_day),
            "状态": [f"{s}（{n}天）" if n else s for s, n in zip(held["state"], held["days"], strict=True)],
            "结论": held["outcome"].where(done, ""),
            "服务的决策": held["decision"].where(done, ""),
            "尚不知道的": held["unknown"],
        }
    )
    status, caption = weakest(list(held["status"].unique())), f"研究课题（{edition.edition}年12月31日）"
    made = table(cells, caption, "tbl-topics", status, "课题登记表", widths=(7, 28, 10, 10, 10, 16, 16, 18))
    guide = "@tbl-topics 列出研究中心的课题：问题、期限、结论和所服务的决策，以及尚不知道的。"
    return f"登记在册的研究课题{len(held)}项：{told}。\n\n{guide}\n\n{made}"


def claims_page(edition: Edition) -> str:
    """What stands behind each claim of the applications to be a pilot, and what is lacking."""
    if edition.register("claims").empty:
        return _EMPTY.format("试点申报主张", "claims")
    return re.sub(r"^## ", "### ", evidence_tables(edition, evidence(edition)), flags=re.M)
