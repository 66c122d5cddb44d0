"""Columns of the registers that a centre keeps by hand: policies, lists, pairs, topics, claims, villages, experts."""

from __future__ import annotations

from dataclasses import dataclass

from research.core.status import STATUSES


@dataclass(frozen=True)
class Column:
    """One column: `kind` is text, year, count (whole), number or date; blank cells only where `blank`."""

    name: str
    kind: str = "text"
    blank: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    label: str = ""
    exclusive: bool = False  # `low` itself is out
    optional: bool = False  # the whole column may be absent


STATUS = Column("status", choices=STATUSES, label="状态")
PLACE = Column("place", label="地区代码")
YEAR = Column("year", "year", low=2000, high=2100, label="年份")
SOURCE = Column("source", label="来源")

POLICY_KINDS = ("统领", "专项", "特色")
"""The parts of a "1+9+N" set of policies: the one that leads, those of single fields, those of the district's own."""
LISTS = ("重点工作", "重大改革", "突破性抓手")
"""Lists that are written anew each year."""
ITEM_STATES = ("未启动", "推进中", "完成", "中止")
PAIR_KINDS = ("强村弱村", "多对一")
"""A strong village with a weak one, and the support of several for one place."""

TABLES: dict[str, tuple[Column, ...]] = {
    "policies": (
        Column("id", label="编号"),
        Column("kind", choices=POLICY_KINDS, label="类别"),
        Column("title", label="文件名称"),
        Column("number", blank=True, label="文号"),
        Column("department", label="部门"),
        Column("issued", "date", True, label="印发日期"),
        Column("effective", "date", True, label="施行日期"),
        Column("ends", "date", True, label="终止日期"),
        Column("review", "date", True, label="应修订日期"),
        Column("replaces", blank=True, label="替代的文件编号"),
        Column("action", "count", True, low=1, high=99, label="行动"),
        Column("clauses", blank=True, label="条文"),
        Column("targets", blank=True, label="服务的目标编号"),
        Column("budget", blank=True, label="公开的预算科目"),
        STATUS,
        SOURCE,
    ),
    "lists": (
        YEAR,
        Column("list", choices=LISTS, label="清单"),
        Column("item", label="事项编号"),
        Column("name", label="名称"),
        Column("department", label="部门"),
        Column("clauses", blank=True, label="条文"),
        Column("state", choices=ITEM_STATES, label="进展"),
        Column("result", blank=True, label="成果"),
        STATUS,
        SOURCE,
    ),
    "pairs": (
        Column("id", label="编号"),
        Column("kind", choices=PAIR_KINDS, label="类别"),
        Column("giver", label="帮扶方"),
        Column("receiver", label="受助方"),
        Column("start", "date", label="开始"),
        Column("ends", "date", True, label="终止日期"),
        Column("content", blank=True, label="帮扶内容"),
        STATUS,
        SOURCE,
    ),
    "grids": (
        PLACE,
        YEAR,
        Column("grid", label="覆盖网格"),
        Column("cell", label="网格事项"),
        Column("name", label="名称"),
        STATUS,
        SOURCE,
    ),
    "village-values": (
        Column("village", label="村（社区）代码"),
        YEAR,
        Column("village_item", label="村级指标"),
        Column("value", "number", label="数值"),
        STATUS,
        SOURCE,
    ),
    "quantities": (
        PLACE,
        YEAR,
        Column("quantity", label="实物量"),
        Column("value", "number", low=0, label="数值"),
        STATUS,
        SOURCE,
    ),
    "topics": (
        Column("id", label="编号"),
        Column("question", label="研究问题"),
        Column("owner", label="课题负责"),
        Column("data", label="所用数据"),
        Column("notebook", label="笔记本"),
        Column("indicators", blank=True, label="相关指标编号"),
        Column("due", "date", label="完成期限"),
        Column("finished", "date", True, label="完成日期"),
        Column("outcome", blank=True, label="结论"),
        Column("decision", blank=True, label="服务的决策"),
        Column("unknown", blank=True, label="尚不知道的"),
        STATUS,
    ),
    "claims": (
        Column("application", label="申报的试点"),
        Column("level", choices=("国家级", "省级", "市级"), label="级别"),
        Column("claim", label="主张"),
        Column("clauses", blank=True, label="条文"),
        Column("indicators", blank=True, label="相关指标编号"),
        Column("targets", blank=True, label="服务的目标编号"),
        Column("figures", blank=True, label="图表"),
        Column("cases", blank=True, label="案例"),
        STATUS,
    ),
    "expert-pool": (
        Column("name", label="名称"),
        Column("institution", label="单位"),
        Column("position", blank=True, label="职称职务"),
        Column("fields", label="研究领域"),
        Column("agreed", "date", label="同意入库日期"),
        Column("until", "date", True, label="有效期"),
        Column("contact", blank=True, label="联系方式"),
        STATUS,
    ),
}
"""Columns of each table, in order; cells that hold several names part them by semicolons."""

KEYS = {
    "policies": ["id"],
    "lists": ["year", "list", "item"],
    "pairs": ["id"],
    "grids": ["place", "year", "grid", "cell", "name"],
    "village-values": ["village", "year", "village_item"],
    "quantities": ["place", "year", "quantity"],
    "topics": ["id"],
    "claims": ["application", "claim"],
    "expert-pool": ["name", "institution"],
}
"""Columns whose values together may stand only once."""

PERSONAL = ("expert-pool",)
"""Tables of people: a schema and a check, never a chapter, a history or a commit."""

KEPT = tuple(t for t in TABLES if t not in PERSONAL)
"""Registers that are taken in with their history."""
