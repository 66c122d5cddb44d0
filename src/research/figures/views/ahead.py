"""Distance to the plan by domain: its curve, the way covered, the forecast, and how such forecasts came out."""

from __future__ import annotations

import pandas as pd

from research.assessment.distance import AHEAD, summary
from research.assessment.outlook import LEAST
from research.figures.charts.panels import pathways
from research.figures.views.base import cell
from research.wording import listed, plain, share

LATE = 0.01
"""Share of the way from which on a domain is called late: a smaller lag cannot be seen in the table."""
_PERCENT = ("covered", "asked", "projection", "lower", "upper")
MOST = 12
"""Rows of the table of tried forecasts: those that were furthest off."""


class Ahead:
    """Part of the view `Targets`."""

    @property
    def _distances(self):
        rows = self.edition.table("domain_distance")
        return rows[rows["n_used"] > 0].assign(source=f"{self.plan.name}及主管部门填报")

    @property
    def _tried(self):
        return self.edition.table("forecasts_tried").assign(source=f"{self.plan.name}及主管部门填报")

    def distance_words(self):
        """Which domains keep up with the plan's curve, and what the trend says of its end."""
        rows = self._distances
        if rows.empty:
            return self.words("还没有可以与规划进度逐年比较的目标。")
        late = rows[rows["asked"] - rows["covered"] >= LATE]
        text = f"按各项目标从基期到{self.horizon}年应走的路程平均，{self.year}年{len(rows)}个领域中" + (
            f"{listed(late['name'], 6)}落后于规划进度" if len(late) else "没有一个落后于规划进度"
        )
        text += "（相差不到1个百分点的视为相当）"
        return self.words(f"{text}。", self._trend_words(rows), data=[rows])

    def _trend_words(self, rows):
        known = rows[rows["chance"].notna()]
        if self.due or known.empty:
            return "" if self.due else f"可比的数据不足{LEAST}年，暂不作预测。"
        tail = (1 - known["level"].iloc[0]) / 2
        sure, lost = known[known["chance"] >= 1 - tail], known[known["chance"] <= tail]
        unsure = len(known) - len(sure) - len(lost)
        told = [f"{listed(sure['name'], 6)}预计走完全程"] if len(sure) else []
        told += [f"{listed(lost['name'], 6)}预计走不完"] if len(lost) else []
        told += [f"{unsure}个领域的预测区间跨过终点，尚不能确认"] if unsure else []
        return f"按现有趋势到{self.horizon}年，{'；'.join(told)}。"

    def distance_chart(self):
        """The plan's curve, what was covered and the trend, a picture a domain."""
        rows = self.edition.table("domain_curves")
        rows = rows.assign(**{c: 100 * rows[c] for c in _PERCENT}, source=f"{self.plan.name}及主管部门填报")
        caption = f"各领域目标的路程：规划进度、实际进度与趋势（到{self.horizon}年）"
        if rows.empty:
            return self.picture(None, caption, self.distance_words().text, [rows])
        return self.picture(pathways(rows), caption, self.distance_words().text, [rows])

    def distance_table(self):
        """A row a domain: way asked for and covered, trend with interval, probability, single targets."""
        rows = self._distances
        frame = pd.DataFrame({
            "领域": rows["name"].to_numpy(),
            "计入/数值目标": [f"{a}/{b}" for a, b in zip(rows["n_used"], rows["n_targets"], strict=True)],
            "规划进度（%）": [cell(100 * v, "", 0) for v in rows["asked"]],
            "实际进度（%）": [cell(100 * v, "", 0) for v in rows["covered"]],
        })  # fmt: skip
        if not self.due:
            frame[f"{self.horizon}年趋势（%）"] = [cell(100 * v, "", 0) for v in rows["projection"]]
            frame["预测区间"] = [_span(a, b) for a, b in zip(rows["lower"], rows["upper"], strict=True)]
            frame["走完全程的可能（%）"] = [_chance(v) for v in rows["chance"]]
            frame["逐项预计达到"] = [_expected(v, n) for v, n in zip(rows["expected"], rows["n_ahead"], strict=True)]
        return self.sheet(frame, f"各领域与规划的距离（{self.year}年）", [rows], self._distance_note(rows))

    def _distance_note(self, rows):
        level = plain(100 * rows["level"].iloc[0], "", 0) if len(rows) else ""
        note = (
            "路程是从基期到目标的距离，进度是已走的比重在该领域各目标间的平均；只计入逐年都有数据的目标，守住不变的、"
            "与他地比较的和基期已经达到的没有路程，不计入。一项目标超出的会抵去另一项的不足。"
        )
        if self.due:
            return note
        return note + (
            f"趋势是平均进度的直线外推，{level}%预测区间，至少{LEAST}年；“逐项预计达到”是各项目标单独外推的可能性之和"
            "与可外推的项数，不相抵。"
        )

    def tried_words(self):
        """How forecasts from the values up to two years earlier came out."""
        rows = self._tried
        if rows.empty:
            return self.words(f"数据年份还不够，不能用{AHEAD}年前的数据检验预测。")
        got = summary(rows)
        text = (
            f"用{AHEAD}年前已有的数据作直线外推，与后来的实际值对照，共{got['n']}次：平均相差全程的"
            f"{share(got['error'], 1)}（假定不再变化则相差{share(got['stayed'], 1)}），"
            f"“跟不跟得上规划进度”判断对的占{share(got['right'], 0)}。"
        )
        level = plain(100 * self._distances["level"].iloc[0], "", 0) if len(self._distances) else ""
        held = (
            f"其中{got['n_interval']}次有预测区间，实际值落在{level}%区间内的占{share(got['inside'], 0)}。"
            if got["n_interval"]
            else f"当时数据都不足{LEAST}年，没有预测区间可供检验，误差只说明点预测。"
        )
        return self.words(text, held, data=[rows])

    def tried_table(self):
        """The tried forecasts that were furthest off: forecast, what came, the difference."""
        rows = self._tried
        most = rows.reindex(rows["error"].abs().sort_values(ascending=False, kind="stable").index).head(MOST)
        frame = pd.DataFrame({
            "目标": most["target_name"].to_numpy(),
            "所用数据": [f"截至{s}年（{n}年）" for s, n in zip(most["seen"], most["n_years"], strict=True)],
            "预测年份": most["year"].astype(str).to_numpy(),
            "预测": [cell(v, "", 2) for v in most["forecast"]],
            "实际": [cell(v, "", 2) for v in most["came"]],
            "相差（全程的%）": [cell(100 * v, "", 1) for v in most["error"]],
            "区间内": [_held(r) for r in most.itertuples()],
        })  # fmt: skip
        caption = f"用{AHEAD}年前的数据作预测的检验（相差最大的{len(most)}次，共{len(rows)}次）"
        note = "相差为预测减实际，以从基期到目标的全程为100；当时不足四年数据的没有区间。"
        return self.sheet(frame, caption, [most], note)


def _span(lower, upper):
    return "" if pd.isna(lower) else f"{cell(100 * lower, '', 0)}～{cell(100 * upper, '', 0)}"


def _chance(chance):
    from research.figures.views.assess import chance_words

    return "" if pd.isna(chance) else chance_words(chance)


def _expected(value, count):
    return "" if pd.isna(value) else f"{cell(value, '', 1)}/{count}项"


def _held(row):
    if pd.isna(row.lower):
        return "–"
    return "是" if row.lower <= row.came <= row.upper else "否"
