"""Tables of reference data for the appendices: markdown made from the tables, so that no chapter copies a cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.cases.model import clause_words as clause_in_words
from research.core.texts import read_yaml
from research.edition.chapters.coverage import clauses_of, coverage
from research.figures.captioned import table
from research.figures.pipes import escape
from research.indicators.reference.district import District
from research.indicators.reference.reference import optional
from research.indicators.reference.rules.settings import RECORDED, RETIRED
from research.wording import plain
from research.wording.counts import DEFINITIONS

if TYPE_CHECKING:
    from research.core.scope import Project
    from research.indicators.reference.plans import Plan

__all__ = ["reference_tables"]

_LEVELS = {"high": "高", "medium": "中", "low": "低"}
_TRUST = {"high": "高", "medium-high": "中高"}
_CHOICES = {"both": "两端均计入", "none": "不处理", "per_capita": "按人均", "refuse": "拒绝", "keep": "保留"}


def reference_tables(
    project: Project, edition: int, registers: dict[str, pd.DataFrame] | None = None
) -> dict[str, str]:
    """Tables that stand on reference data, and on registers that name clauses.

    Parameters
    ----------
    project : Project
    edition : int
    registers : mapping, optional
        As `coverage` takes them.

    Returns
    -------
    dict of str to str
        File name without suffix (``_indicators`` ...) to markdown.
    """
    district = District(project, edition)
    return {
        "_indicators": indicators(district.indicators, district.goals, district.plan, district.table_origin),
        "_sources-published": published(district.published),
        "_assumptions": assumptions(optional(project, "assumptions") or []),
        "_settings": settings(_yaml(project, "settings"), edition),
        "_groups": groups(district),
        "_milestones": milestones(district),
        "_counts": counts(),
        "_coverage": coverage(project, edition, registers),
    }


def counts() -> str:
    """What the book's counts mean, term by term."""
    frame = pd.DataFrame({"用语": list(DEFINITIONS), "含义": list(DEFINITIONS.values())})
    return table(frame, "本书计数用语的含义", "tbl-counts", widths=(18, 82))


def _yaml(project, name):
    return read_yaml(project.reference / f"{name}.yml", f"data/reference/{name}.yml", needed=True)


def indicators(frame: pd.DataFrame, goals: pd.DataFrame, plan: Plan, origin: str = "") -> str:
    """The indicator system, one table a domain, in the order of the plan, with the numbers for its last year."""
    stated = goals[goals["year"] == plan.end].set_index("indicator")["value"]
    parts, origin = [], f"{origin.partition('（')[0]}，" if origin else ""
    for code, rows in frame.groupby("domain_code", sort=False):
        cells = pd.DataFrame(
            {
                "编号": rows["id"],
                "指标": [
                    name + _marks(local, survey)
                    for name, local, survey in zip(
                        rows["name_zh"], rows["local_flag"], rows["survey_flag"], strict=True
                    )
                ],
                "子领域": rows["subdomain_zh"],
                "单位": rows["unit"],
                "方向": ["↑" if d > 0 else "↓" if d < 0 else "↔" for d in rows["direction"]],
                "目标": [plain(v, decimals=_digits(v)) for v in rows["id"].map(stated)],
                "依据": [clause_words(c) if c else "建议" for c in rows["clause"]],
            }
        )
        name = rows["domain_zh"].iloc[0]
        parts.append(
            f"## {name}\n\n"
            + table(
                cells,
                f"{name}指标（{origin}{plan.end}年目标取自{plan.name}）",
                f"tbl-indicators-{code.lower()}",
                widths=(16, 34, 12, 12, 8, 8, 18),
            )
        )
    return "\n".join(parts)


def _marks(local, survey):
    return ("＊" if local else "") + ("＋" if survey else "")


def _digits(value):
    """Decimals that a number is written with, so that targets print as the outline has them."""
    return 0 if pd.isna(value) or float(value).is_integer() else len(f"{value:g}".partition(".")[2])


def clause_words(clause: str) -> str:
    """A clause number as Chinese readers cite it.

    Examples
    --------
    >>> clause_words("26"), clause_words("1(2);71"), clause_words("一(二)")
    ('第26条', '第一部分（二）、第71条', '第一部分（二）')
    """
    return "、".join(map(clause_in_words, clauses_of(clause)))


def published(frame: pd.DataFrame) -> str:
    """Sources of published series, one row a document."""
    rows = []
    keys = ["source_title", "publisher", "source_date", "url", "trust"]
    for (title, publisher, date, url, trust), part in frame.groupby(keys, sort=False, dropna=False):
        rows.append(
            {
                "来源": title,
                "发布机构": publisher,
                "日期": date,
                "范围": _area(part["geo"]) + "，" + _years(part["year"]) + f"，{len(part)}个数",
                "可信度": _TRUST.get(str(trust).split(":")[0], trust),
                "网址": url or "–",
            }
        )
    widths = (24, 16, 11, 16, 7, 34)
    text = table(pd.DataFrame(rows), "政府公开发布的统计", "tbl-sources-published", "published", widths=widths)
    for url in sorted(set(frame["url"]) - {""}, key=len, reverse=True):
        text = text.replace(f"| {escape(url)} |", f"| [{_breakable(url)}](<{url}>) |")
    return text


def _breakable(url):
    """An address that may break across lines: a zero-width space after each mark of punctuation."""
    return escape(re.sub(r"([/.?&=_-])(?=\w)", "\\1\u200b", url))


def _area(names):
    names = list(dict.fromkeys(names))
    return "、".join(names) if len(names) <= 3 else f"{len(names)}个地区"


def _years(years):
    low, high = int(years.min()), int(years.max())
    return str(low) if low == high else f"{low}—{high}"


def assumptions(items: list[dict[str, str]]) -> str:
    """The log of assumptions, the least certain with the largest effect first."""
    ladder = list(_LEVELS)
    items = sorted(items, key=lambda i: (-ladder.index(i["quality"]), ladder.index(i["effect"])))
    rows = [
        {
            "编号": i["id"],
            "假设": i["text"],
            "依据": i["basis"],
            "把握": _LEVELS[i["quality"]],
            "影响": _LEVELS[i["effect"]],
            "处理": i.get("action", "–"),
        }
        for i in items
    ]
    return table(pd.DataFrame(rows), "假设清单", "tbl-assumptions", widths=(6, 36, 22, 6, 6, 24))


def settings(items: dict[str, dict[str, Any]], edition: int) -> str:
    """All settings in force in the edition's year, and whether a figure hangs on them."""
    rows = []
    for key, item in items.items():
        if key in RETIRED:
            continue
        held = [v for v in item["values"] if int(v["from"]) <= int(edition)]
        if held:
            value = max(held, key=lambda v: int(v["from"]))["value"]
            origin = "出自规划" if item.get("origin") == "outline" else "编者设定"
            unit = "–" if "|" in item.get("unit", "") else item.get("unit", "")
            shown = _CHOICES.get(str(value), str(value))
            use = "只作记录" if key in RECORDED else "计算"
            rows.append({"设定": item["name"], "取值": shown, "单位": unit, "来源": origin, "用于": use, "代号": key})
    note = "设定值保存在 data/reference/settings.yml，改动后重算即可；“只作记录”的是规划的数，没有一项计算用到它。"
    return table(pd.DataFrame(rows), "设定清单", "tbl-settings", note=note, widths=(32, 12, 12, 12, 10, 22))


def groups(district: District) -> str:
    """Members of the groups of places in the edition's year."""
    rows = [
        {
            "分组": district.group_names.get(key, key),
            "成员": "、".join(district.name(c) for c in codes),
            "个数": f"{len(codes)}",
        }
        for key, codes in district.groups.items()
    ]
    return table(pd.DataFrame(rows), "地区分组", "tbl-groups", widths=(20, 70, 10))


def milestones(district: District) -> str:
    """Dated steps of the outline that carry no number, word for word."""
    frame = district.milestones.sort_values(["year", "id"], kind="stable")
    cells = pd.DataFrame(
        {
            "年份": frame["year"].astype(str),
            "节点": frame["milestone"],
            "原文": frame["quote"],
            "依据": frame["clause"].map(clause_words),
        }
    )
    return table(cells, f"{district.plan.name}列明的工作节点", "tbl-milestones", widths=(8, 30, 48, 14))
