"""A plan's targets: how many are on the way, by action and by department, and which lag."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.assessment.colours import target_rule
from research.assessment.reviewing.ahead import Ahead
from research.assessment.reviewing.base import counted_value
from research.assessment.reviewing.closing import Closing
from research.assessment.reviewing.further import Further
from research.assessment.settings import rules
from research.indicators.analysis.facts import BY_ZH
from research.indicators.analysis.tidy import Tidy
from research.wording import cell, counted, listed, share
from research.wording.values import Value

STATES = {"green": "达到或落后不多", "yellow": "略落后或未守住底线", "red": "明显落后或到期未达到", "grey": "不能评定"}
ENDED = {"green": "已达到", "red": "未达到", "grey": "不能评定"}
SHORT = {"green": "绿色", "yellow": "黄色", "red": "红色", "grey": "未评定"}
LEAST = 3
"""Assessed targets that an action needs to be held against others."""


class PlanReview(Ahead, Closing, Further):
    """A plan's assessment; make it with `research.assessment.review`.

    Parameters
    ----------
    edition : Edition
    """

    @property
    def states(self) -> dict[str, str]:
        """What the colours mean: a pace while the plan runs, a result once its last year has come."""
        return ENDED if self.due else STATES

    @property
    def rule(self) -> str:
        """The rule of the colours in words, with the year's thresholds."""
        held = rules(self.edition.settings, self.year, self.plan)
        return target_rule(held.yellow, held.red)

    @cached_property
    def targets(self) -> Tidy:
        """One row a target; actions keep the outline's order."""
        return self.told(self.table("attainment"))

    @property
    def known(self) -> Tidy:
        """The targets that could be assessed."""
        return self.targets.only(self.targets["colour"] != "grey")

    @property
    def late(self) -> Tidy:
        """Those behind the steady pace, or missed."""
        return self.known.only(self.known["colour"].isin(["yellow", "red"]))

    @property
    def counts(self) -> dict[str, Value]:
        """What a sentence counts: asked, known, met with its share, missed (at the end), colours (before), grey."""
        rows, n = self.targets, len(self.known)
        met = int((rows["attained"] == "yes").sum())
        colours = rows["colour"].value_counts().to_dict()
        before = {k: colours.get(k, 0) for k in ("green", "yellow", "red")}
        return rows.values_of(
            asked=f"{len(rows)}项" if len(rows) else "",
            known=f"{n}项",
            met=f"{met}项" if n else "",
            met_share=share(met / n) if n else "",
            missed=f"{n - met}项" if n and self.due else "",
            colours=counted(before, SHORT) if n and not self.due else "",
            grey=f"{colours.get('grey', 0)}项",
        )

    # --- by group ----------------------------------------------------------------------------------------

    def by(self, column: str, most: int | None = None) -> Tidy:
        """Targets by colour: a row an action or a department, a column a colour.

        Parameters
        ----------
        column : str
        most : int, optional
            Only the groups with most assessed targets, and these alone; default all, and all targets.
        """
        rows = self.targets if most is None else self.known[self.known[column].notna()]
        if rows.empty:
            return rows.readable(pd.DataFrame())
        table = pd.crosstab(rows[column], rows["colour"]).reindex(columns=list(self.states), fill_value=0)
        table = table.loc[list(dict.fromkeys(rows[column]))]
        if most is not None:
            table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index[:most]]
        return self.targets.readable(table[[c for c in table if table[c].any()]])

    def all(self) -> Tidy:
        """One row: all targets by colour."""
        counts = self.targets["colour"].value_counts().reindex(list(self.states), fill_value=0)
        return self.targets.readable(pd.DataFrame([counts.to_numpy()], index=["全部目标"], columns=list(self.states)))

    @property
    def ends(self) -> dict[str, Value]:
        """Actions with the largest and the smallest share attained: best, most, worst, least; alike; none."""
        known = self.known.groupby("action", sort=False)["attained"]
        table = known.agg(lambda a: (a == "yes").mean())[known.size() >= LEAST]
        said = dict.fromkeys(("best", "most", "worst", "least", "actions", "alike", "none"), "")
        if table.empty:
            said["none"] = "没有可评定目标不少于3项的行动，不作比较" if len(self.targets) else ""
        elif table.min() == table.max():
            said |= {
                "actions": f"{len(table)}个行动",
                "alike": ("同" if len(table) > 1 else "") + f"为{share(table.max())}",
            }
        else:
            said |= {"best": listed(table[table == table.max()].index, 3), "most": share(table.max()),
                     "worst": listed(table[table == table.min()].index, 3), "least": share(table.min())}  # fmt: skip
        return self.targets.values_of(**said)

    @property
    def owners(self) -> dict[str, Value]:
        """Departments with most targets behind: behind (count), departments, top (names), each; none."""
        word, rows = "未达到" if self.due else "黄、红码", self.late
        said = dict.fromkeys(("late", "departments", "top", "each", "none"), "")
        if rows.empty:
            said["none"] = f"没有部门有{word}的目标" if len(self.targets) else ""
            return self.targets.values_of(**said)
        counts = rows.groupby("department").size().sort_values(ascending=False, kind="stable")
        top = counts[counts == counts.iloc[0]]
        said |= {"late": f"{word}的{len(rows)}项目标", "departments": f"{len(counts)}个部门",
                 "top": listed(top.index, 3), "each": ("各" if len(top) > 1 else "") + f"{top.iloc[0]}项"}  # fmt: skip
        return self.targets.values_of(**said)

    # --- tables ------------------------------------------------------------------------------------------

    def actions(self) -> Tidy:
        """By action: targets, assessed, attained, behind, share."""
        lines = []
        for action, part in pd.DataFrame(self.targets).groupby("action", sort=False):
            known = part[part["colour"] != "grey"]
            met, late = int((known["attained"] == "yes").sum()), int(known["colour"].isin(["yellow", "red"]).sum())
            lines.append({"行动": action, "目标（项）": str(len(part)), "可评定": str(len(known)), "已达到": str(met),
                          "未达到" if self.due else "黄、红码": str(late),
                          "达到比重（%）": cell(100 * met / len(known) if len(known) else None, "%")})  # fmt: skip
        note = f"达到比重为已达到目标占可评定目标的比重；不能评定的目标不计入。{self.rule}"
        return self.targets.readable(pd.DataFrame(lines), note)

    def behind(self) -> Tidy:
        """Targets behind the steady pace, the furthest first; those that were missed once their day has come."""
        if self.due:
            return self.missed()
        order = self.late["colour"].map({"red": 0, "yellow": 1})
        late: Tidy = self.late.assign(order=order).sort_values(["order", "behind"], ascending=[True, False])
        points = {
            head: [cell(b, "%") if s in scales else "" for b, s in zip(late["behind"], late["scale"], strict=True)]
            for head, scales in (
                ("落后时间进度（占全程的百分点）", ("way", "total")),
                ("离目标值（占目标值的百分点）", ("goal",)),
            )
        }
        frame = pd.DataFrame({
            "目标": late["target_name"], "条款": late["clause"],
            "现值": [counted_value(v, u) for v, u in zip(late["value"], late["unit"], strict=True)],
            "目标值": [counted_value(v, u) for v, u in zip(late["target"], late["unit"], strict=True)],
            **points, "状态": [SHORT[c] for c in late["colour"]], "依据": [BY_ZH[b] for b in late["colour_by"]],
            "责任部门": late["department"],
        })  # fmt: skip
        frame, whose = self.with_answers(pd.DataFrame(frame), late["target_id"])
        made = late.readable(
            frame, f"{self.rule}全程为起点到目标，累计类为零到目标。{self.errors_note(late)}{self.owners_note}{whose}"
        )
        return made.saying(title=f"黄码和红码的目标（{self.year}年）")

    @property
    def owners_note(self) -> str:
        """Whether the departments are the plan's own words or a setting."""
        setting = self.edition.targets.get("department_status", pd.Series(dtype=str)).str.startswith("setting").any()
        return f"责任部门为设定，{self.plan.name}未逐项写明。" if setting else ""

    def unassessed(self) -> Tidy:
        """Why targets cannot be assessed, how many, and whose they are."""
        rows = self.targets[self.targets["colour"] == "grey"]
        groups = sorted(pd.DataFrame(rows).groupby("reason", sort=False), key=lambda g: -len(g[1]))
        lines = [
            {"原因": reason, "目标（项）": str(len(part)), "举例": "、".join(part["target_name"].head(3)),
             "涉及部门": listed(dict.fromkeys(part["department"].dropna()), 3)}
            for reason, part in groups
        ]  # fmt: skip
        return self.targets.readable(pd.DataFrame(lines))
