"""Distance to the plan by domain: its curve, the way covered, the forecast, and how such forecasts came out."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from research.assessment.distance import AHEAD, summary
from research.assessment.outlook import LEAST
from research.assessment.reviewing.base import Reviewed, chance_words
from research.indicators.analysis.tidy import Tidy
from research.wording import cell, is_missing, listed, plain, share
from research.wording.values import Value

LATE = 0.01
"""Share of the way from which on a domain is called late: a smaller lag cannot be seen in the table."""
PERCENT = ("covered", "asked", "projection", "lower", "upper")


class Ahead(Reviewed):
    """Where the plan's domains are on their way, and how forecasts of it came out."""

    @cached_property
    def distances(self) -> Tidy:
        """A row a domain this year: name, asked, covered, projection, chance (shares of the way)."""
        rows = self.table("domain_distance")
        return self.told(rows[rows["n_used"] > 0], absent="还没有可以与规划进度逐年比较的目标。")

    @property
    def pace(self) -> dict[str, Value]:
        """Domains beside the plan's curve and its end: domains, late; sure, lost, unsure (the trend); young."""
        rows = self.distances
        late = rows[rows["asked"] - rows["covered"] >= LATE]
        known = rows[rows["chance"].notna()] if not self.due else rows[:0]
        tail = (1 - known["level"].iloc[0]) / 2 if len(known) else 0.0
        sure, lost = known[known["chance"] >= 1 - tail], known[known["chance"] <= tail]
        unsure = len(known) - len(sure) - len(lost)
        return rows.values_of(
            domains=f"{len(rows)}个领域" if len(rows) else "",
            late=listed(late["name"], 6) or ("没有一个" if len(rows) else ""),
            least=f"{100 * LATE:g}个百分点",
            sure=f"{listed(sure['name'], 6)}预计走完全程" if len(sure) else "",
            lost=f"{listed(lost['name'], 6)}预计走不完" if len(lost) else "",
            unsure=f"{unsure}个领域" if unsure else "",
            young="" if self.due or len(known) or rows.empty else f"可比的数据不足{LEAST}年，暂不作预测",
        )

    def curves(self) -> Tidy:
        """The plan's curve, what was covered and the trend by domain and year, in per cent of the way."""
        rows = self.table("domain_curves")
        rows = rows.assign(**{c: 100 * rows[c] for c in PERCENT})
        return self.told(rows, absent=self.distances.known().absent)

    def distance(self) -> Tidy:
        """A row a domain: way asked for and covered, trend with interval, probability, single targets."""
        rows, end = self.distances, self.plan.end
        frame = pd.DataFrame({
            "领域": rows["name"].to_numpy(),
            "计入/数值目标": [f"{a}/{b}" for a, b in zip(rows["n_used"], rows["n_targets"], strict=True)],
            "规划进度（%）": [cell(100 * v, "", 0) for v in rows["asked"]],
            "实际进度（%）": [cell(100 * v, "", 0) for v in rows["covered"]],
        })  # fmt: skip
        note = ("路程是从基期到目标的距离，进度是已走的比重在该领域各目标间的平均；只计入逐年都有数据的目标，"
                "守住不变的、与他地比较的和基期已经达到的没有路程，不计入。"
                "一项目标超出的会抵去另一项的不足。")  # fmt: skip
        if self.due:
            return rows.readable(frame, note)
        frame[f"{end}年趋势（%）"] = [cell(100 * v, "", 0) for v in rows["projection"]]
        frame["预测区间"] = [_span(a, b) for a, b in zip(rows["lower"], rows["upper"], strict=True)]
        frame["走完全程的可能（%）"] = ["" if is_missing(v) else chance_words(v) for v in rows["chance"]]
        pairs = zip(rows["expected"], rows["n_ahead"], strict=True)
        frame["逐项预计达到"] = ["" if is_missing(v) else f"{cell(v, '', 1)}/{n}项" for v, n in pairs]
        tail = (f"趋势是平均进度的直线外推，{self._level}%预测区间，至少{LEAST}年；"
                "“逐项预计达到”是各目标单独外推的可能性之和与可外推项数，不相抵。")  # fmt: skip
        return rows.readable(frame, note + tail)

    @property
    def _level(self) -> str:
        rows = self.distances
        return plain(100 * rows["level"].iloc[0], "", 0) if len(rows) else ""

    # --- tried forecasts ---------------------------------------------------------------------------------

    @cached_property
    def tried(self) -> Tidy:
        """Forecasts from the values up to some years earlier, beside what came."""
        absent = f"数据年份还不够，不能用{AHEAD}年前的数据检验预测。"
        return self.told(self.table("forecasts_tried"), absent=absent, back=AHEAD)

    @property
    def trial(self) -> dict[str, Value]:
        """How they came out: times, error, stayed, right; spans, inside (with an interval); young (without any)."""
        rows = self.tried
        if rows.empty:
            return rows.values_of(
                **dict.fromkeys(("times", "error", "stayed", "right", "spans", "inside", "young"), "")
            )
        got = summary(rows)
        spans = got["n_interval"]
        return rows.values_of(
            times=f"{got['n']}次",
            error=share(got["error"], 1),
            stayed=share(got["stayed"], 1),
            right=share(got["right"], 0),
            spans=f"{spans}次" if spans else "",
            inside=f"实际值落在{self._level}%区间内的占{share(got['inside'], 0)}" if spans else "",
            young="" if spans else f"当时数据都不足{LEAST}年，没有预测区间可供检验，误差只说明点预测",
        )

    def furthest(self, most: int = 12) -> Tidy:
        """The tried forecasts that were furthest off: forecast, what came, the difference."""
        rows = self.tried
        rank = rows["error"].abs().sort_values(ascending=False, kind="stable").index
        shown = rows.reindex(rank).head(most)
        frame = pd.DataFrame({
            "目标": shown["target_name"].to_numpy(),
            "所用数据": [f"截至{s}年（{n}年）" for s, n in zip(shown["seen"], shown["n_years"], strict=True)],
            "预测年份": shown["year"].astype(str).to_numpy(),
            "预测": [cell(v, "", 2) for v in shown["forecast"]], "实际": [cell(v, "", 2) for v in shown["came"]],
            "相差（全程的%）": [cell(100 * v, "", 1) for v in shown["error"]],
            "区间内": [_held(r) for r in shown.itertuples()],
        })  # fmt: skip
        note = "相差为预测减实际，以从基期到目标的全程为100；当时不足四年数据的没有区间。"
        return rows.readable(frame, note).saying(shown=len(shown))


def _span(lower: Any, upper: Any) -> str:
    return "" if is_missing(lower) else f"{cell(100 * lower, '', 0)}～{cell(100 * upper, '', 0)}"


def _held(row: Any) -> str:
    if is_missing(row.lower):
        return "–"
    return "是" if row.lower <= row.came <= row.upper else "否"
