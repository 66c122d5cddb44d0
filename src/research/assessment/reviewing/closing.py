"""The closing assessment (收官评估): what a plan whose last year has come reached, missed and left unknown."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.assessment.reviewing.base import Reviewed, amount, dated
from research.indicators.analysis.tidy import Tidy
from research.wording import cell, plain, share
from research.wording.values import Value

VERDICTS = {"green": "已达到", "red": "未达到", "grey": "不能评定"}
COLOURS = {"reached": "green", "missed": "red", "unassessed": "grey"}
MOST = 20
"""Rows of a table on one page."""
NEAR = 0.05
"""Part of a target that may be lacking for it to be called near."""


class Closing(Reviewed):
    """Without a row while the plan runs."""

    @cached_property
    def closed(self) -> Tidy:
        """The verdict on each target: reached, missed or unassessed, and by how far."""
        rows = self.table("closing")
        colours = rows["verdict"].map(COLOURS) if len(rows) else []
        absent = f"{self.plan.name}的末年是{self.plan.end}年，{self.year}年尚在实施期内，不作收官评估。"
        return self.told(rows.assign(colour=colours), absent=absent)

    @property
    def verdicts(self) -> dict[str, Value]:
        """What a sentence counts: all, reached, missed, unknown, rate; far, near, worst (the missed)."""
        rows = self.closed
        if rows.empty:
            return rows.values_of(
                **dict.fromkeys(("all", "reached", "missed", "unknown", "rate", "near", "far", "worst"), "")
            )
        counts = rows["verdict"].value_counts()
        reached, missed, unknown = (int(counts.get(v, 0)) for v in COLOURS)
        late = rows[(rows["verdict"] == "missed") & rows["gap_share"].notna()]
        near = int((late["gap_share"] <= NEAR).sum())
        worst = late.loc[late["gap_share"].idxmax()] if len(late) else None
        return rows.values_of(
            all=f"{len(rows)}项",
            reached=f"{reached}项",
            missed=f"{missed}项",
            unknown=f"{unknown}项",
            rate=share(reached / (reached + missed)) if reached + missed else "",
            near=f"{near}项离目标不足5%" if near else "没有一项离目标不足5%" if len(late) else "",
            worst=""
            if worst is None
            else f"{worst['target_name']}（差目标值的{plain(100 * worst['gap_share'], '%', 1)}%）",
        )

    def closed_by(self, column: str = "action") -> Tidy:
        """By action: reached, missed, not assessable, as colours."""
        rows = self.closed
        if rows.empty:
            return rows
        table = pd.crosstab(rows[column], rows["colour"]).reindex(columns=list(VERDICTS), fill_value=0)
        order = dict.fromkeys(self.edition.table("attainment")[column])
        table = table.reindex([a for a in order if a in table.index])
        return rows.readable(table[[c for c in table if table[c].any()]])

    def missed(self) -> Tidy:
        """The targets that were missed, the furthest first: value, target, how far."""
        rows = self.closed[self.closed["verdict"] == "missed"]
        late = rows.head(MOST)
        pairs = {head: zip(late[a], late[b], strict=True) for head, a, b in
                 (("起点", "base", "base_year"), ("结果", "value", "value_year"))}  # fmt: skip
        frame = pd.DataFrame({
            "目标": late["target_name"], "条款": late["clause"],
            **{h: [dated(*p) for p in ps] for h, ps in pairs.items()},
            "目标值": [amount(v, u) for v, u in zip(late["target"], late["unit"], strict=True)],
            "差距": [amount(v, u) for v, u in zip(late["gap"], late["unit"], strict=True)],
            "差目标值（%）": [cell(100 * v, "%", 1) for v in late["gap_share"].astype(float)],
            "责任部门": late["department"],
        })  # fmt: skip
        frame, whose = self.with_answers(pd.DataFrame(frame), late["target_id"])
        tail = f"共{len(rows)}项，列出差得最多的{len(late)}项。" if len(rows) > len(late) else f"共{len(rows)}项。"
        made = self.closed.readable(frame, f"{tail}起点、结果括号内为年份。{self.errors_note(late)}{whose}")
        return made.saying(title=f"{self.plan.name}到{self.plan.end}年未达到的目标")

    def balance(self) -> Tidy:
        """The plan's years: what each milestone found, and how many of the last year's targets stood in each year."""
        rows = self.table("plan_balance")
        rows = rows[:0] if self.closed.empty else rows
        frame = pd.DataFrame({
            "年份": [str(y) for y in rows["year"]],
            "对照的目标": [f"{h}年目标" for h in rows["horizon"]],
            "目标（项）": [str(n) for n in rows["n_targets"]], "可评定": [str(n) for n in rows["n_assessed"]],
            "已达到": [str(n) for n in rows["n_reached"]], "未达到": [str(n) for n in rows["n_missed"]],
            "达到占可评定（%）": [cell(100 * v, "%", 1) for v in rows["share"].astype(float)],
        })  # fmt: skip
        note = ("年份与对照目标同年的，是该年目标的结果；其余各行以当年数值对照末年目标，看五年怎样走到终点，"
                "只含有数据序列的目标。不能评定的不计入比重。")  # fmt: skip
        return self.told(rows, absent=self.closed.known().absent).readable(frame, note)
