"""A plan's targets: how many are on the way, by action and by department, and which lag; at its end, which are met."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.charts import compare, grid
from research.figures.style import STATUS_COLOURS
from research.figures.views.ahead import Ahead
from research.figures.views.assess import Assessed
from research.figures.views.base import View, cell, needs
from research.figures.views.closing import Closing
from research.indicators.analysis.facts import BY_ZH
from research.wording import counted, listed, plain, share

STATES = {"green": "达到或落后不多", "yellow": "略落后或未守住底线", "red": "明显落后或到期未达到", "grey": "不能评定"}
ENDED = {"green": "已达到", "red": "未达到", "grey": "不能评定"}
SHORT = {"green": "绿色", "yellow": "黄色", "red": "红色", "grey": "未评定"}


class Targets(Ahead, Assessed, Closing, View):
    """目标达成 of the whole district."""

    def __init__(self, edition, place=None):
        super().__init__(edition, edition.district)

    @property
    def states(self):
        """What the colours mean: a pace while the plan runs, a result once its last year has come."""
        return ENDED if self.due else STATES

    def parts(self, part):
        """What a method stands on: the targets."""
        return ("目标", self.rows) if part == "targets" else super().parts(part)

    @property
    def owners_note(self):
        """Whether the departments are the plan's own words or a setting."""
        setting = self.edition.targets.get("department_status", pd.Series(dtype=str)).str.startswith("setting").any()
        return f"责任部门为设定，{self.plan.name}未逐项写明。" if setting else ""

    @cached_property
    def rows(self):
        """One row a target; actions keep the outline's order."""
        rows = self.edition.table("attainment").copy()
        rows["source"] = f"{self.plan.name}及主管部门填报"
        return rows

    @property
    def known(self):
        """The targets that could be assessed."""
        return self.rows[self.rows["colour"] != "grey"]

    def _counts(self, rows, by):
        table = pd.crosstab(rows[by], rows["colour"]).reindex(columns=list(self.states), fill_value=0)
        return table.loc[list(dict.fromkeys(rows[by]))]

    @needs("targets")
    def lead(self):
        """Counts: assessed, attained, by colour while the plan runs, and why the rest is not assessed."""
        counts = self.rows["colour"].value_counts().to_dict()
        met, known = int((self.rows["attained"] == "yes").sum()), len(self.known)
        text = f"{self.plan.name}共提出{len(self.rows)}项目标，{self.year}年可评定{known}项"
        if known and self.due:
            text += f"，其中{met}项已达到（{share(met / known)}），{known - met}项未达到；"
        elif known:
            text += (f"，其中{met}项已达到目标（{share(met / known)}）。按颜色看，"
                     f"{counted({k: counts.get(k, 0) for k in ('green', 'yellow', 'red')}, SHORT)}；")  # fmt: skip
        else:
            text += "；"
        text += f"另有{counts.get('grey', 0)}项因缺少数据或没有定量标准而不能评定，不计入达成率。"
        return self.words(text, data=[self.rows])

    @needs("targets", "目标的状态")
    def overall(self):
        """One bar: all targets by colour."""
        counts = self.rows["colour"].value_counts().reindex(self.states, fill_value=0)
        frame = pd.DataFrame([counts.to_numpy()], index=["全部目标"], columns=list(self.states.values()))
        figure = compare.stacked(frame, "项", 0, [STATUS_COLOURS[c] for c in self.states], least=1, row=0.5)
        return self.picture(
            figure, f"{self.plan.name}{len(self.rows)}项目标的状态（{self.year}年）", self.lead().text, [self.rows]
        )

    @needs("targets", "各项行动目标的状态")
    def actions(self):
        """Colours by action."""
        return self._bars("action", f"各项行动目标的状态（{self.year}年）", self.actions_words().text)

    @needs("targets", "各部门牵头目标的状态")
    def departments(self):
        """Colours by department, those with most assessed targets first."""
        return self._bars(
            "department",
            f"各部门牵头目标的状态（{self.year}年，可评定目标较多的部门）",
            self.departments_words().text,
            16,
        )

    def _bars(self, by, caption, alt, most=None):
        rows = self.rows if most is None else self.known[self.known[by].notna()]
        if rows.empty:
            return self.picture(None, caption, alt, [rows])
        table = self._counts(rows, by)
        if most is not None:
            table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index[:most]]
        table = table[[c for c in table if table[c].any()]]
        figure = compare.stacked(
            table.rename(columns=self.states), "项", 0, [STATUS_COLOURS[c] for c in table], least=0.5, row=0.28
        )
        return self.picture(figure, caption, alt, [self.rows])

    @needs("targets")
    def actions_words(self):
        """The actions with the largest and the smallest share attained among the assessed."""
        table = self.known.groupby("action", sort=False)["attained"].agg(lambda a: (a == "yes").mean())
        sizes = self.known.groupby("action", sort=False).size()
        table = table[sizes >= 3]
        if table.empty:
            return self.words("没有可评定目标不少于3项的行动，不作比较。", data=[self.rows])
        best, least = table[table == table.max()], table[table == table.min()]
        if table.min() == table.max():
            told = ("同" if len(table) > 1 else "") + f"为{share(best.iloc[0])}"
            return self.words(f"可评定目标不少于3项的{len(table)}个行动，达到目标的比重{told}。", data=[self.rows])
        text = f"在可评定目标不少于3项的行动中，达到目标的比重最高的是{listed(best.index, 3)}（{share(best.iloc[0])}）"
        text += f"，最低的是{listed(least.index, 3)}（{share(least.iloc[0])}）。"
        return self.words(text, data=[self.rows])

    def departments_words(self):
        """Which departments have most targets behind."""
        late = self.known[self.known["colour"].isin(["yellow", "red"])]
        behind = "未达到" if self.due else "黄、红码"
        if late.empty:
            return self.words(f"没有部门有{behind}的目标。", data=[self.rows])
        counts = late.groupby("department").size().sort_values(ascending=False, kind="stable")
        top = counts[counts == counts.iloc[0]]
        text = (
            f"{behind}的{len(late)}项目标分属{len(counts)}个部门，"
            f"最多的是{listed(top.index, 3)}（{'各' if len(top) > 1 else ''}{top.iloc[0]}项）。"
        )
        return self.words(text, data=[self.rows])

    @needs("targets", "目标一览")
    def matrix(self):
        """All targets as small squares, by action."""
        groups = {a: list(part["colour"]) for a, part in self.rows.groupby("action", sort=False)}
        figure = grid.waffle(groups, across=24, words=self.states)
        caption = f"{self.plan.name}{len(self.rows)}项目标一览（每格一项，{self.year}年）"
        return self.picture(figure, caption, self.lead().text, [self.rows])

    def actions_table(self):
        """By action: targets, assessed, attained, behind, share."""
        lines = []
        for action, part in self.rows.groupby("action", sort=False):
            known = part[part["colour"] != "grey"]
            met = int((known["attained"] == "yes").sum())
            late = int(known["colour"].isin(["yellow", "red"]).sum())
            lines.append({"行动": action, "目标（项）": str(len(part)), "可评定": str(len(known)), "已达到": str(met),
                          "未达到" if self.due else "黄、红码": str(late),
                          "达到比重（%）": cell(100 * met / len(known) if len(known) else None, "%")})  # fmt: skip
        note = f"达到比重为已达到目标占可评定目标的比重；不能评定的目标不计入。{self.colour_rule}"
        return self.sheet(pd.DataFrame(lines), f"各项行动目标达成情况（{self.year}年）", [self.rows], note)

    def behind_table(self):
        """Targets behind the steady pace, or missed once their day has come, the furthest first."""
        if self.due:
            return self.closing_missed()
        late = self.known[self.known["colour"].isin(["yellow", "red"])]
        late = late.assign(order=late["colour"].map({"red": 0, "yellow": 1})).sort_values(
            ["order", "behind"], ascending=[True, False]
        )
        frame = pd.DataFrame({
            "目标": late["target_name"], "条款": late["clause"],
            "现值": [_value(r.value, r.unit) for r in late.itertuples()],
            "目标值": [_value(r.target, r.unit) for r in late.itertuples()],
            "落后时间进度（占全程的百分点）": [_points(r, ("way", "total")) for r in late.itertuples()],
            "离目标值（占目标值的百分点）": [_points(r, ("goal",)) for r in late.itertuples()],
            "状态": [SHORT[c] for c in late["colour"]], "依据": [BY_ZH[b] for b in late["colour_by"]],
            "责任部门": late["department"],
        })  # fmt: skip
        frame = self.with_answers(frame, late["target_id"])
        return self.sheet(
            frame,
            f"黄码和红码的目标（{self.year}年）",
            [self.rows],
            f"{self.colour_rule}全程为起点到目标，累计类为零到目标。{self.errors_note(late)}{self.owners_note}"
            f"{self.answers_note(late['target_id'])}",
        )

    def unassessed_table(self):
        """Why targets cannot be assessed, how many, and whose they are."""
        rows = self.rows[self.rows["colour"] == "grey"]
        groups = sorted(rows.groupby("reason", sort=False), key=lambda g: -len(g[1]))
        lines = [
            {
                "原因": reason,
                "目标（项）": str(len(part)),
                "举例": "、".join(part["target_name"].head(3)),
                "涉及部门": listed(dict.fromkeys(part["department"].dropna()), 3),
            }
            for reason, part in groups
        ]
        return self.sheet(pd.DataFrame(lines), f"不能评定的目标及原因（{self.year}年）", [self.rows])


def _points(row, scales):
    """Points behind, in the column of the scale they were measured on; a target without a rate has none."""
    return cell(row.behind, "%") if row.scale in scales else ""


def _value(value, unit):
    """A target's value with its unit and no idle zeros; units in words (relative, state) are not printed."""
    digits = plain(value, "", 0 if unit in ("户", "人", "家", "个") else 2)
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return digits + ("" if str(unit).isascii() and unit != "%" else str(unit))


__all__ = ["STATES", "Targets"]
