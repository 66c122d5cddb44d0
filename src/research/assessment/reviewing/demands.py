"""The portrait of demands for the whole district: topics, their trend, hot spots, what stays unmet, by place."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.assessment.reviewing.base import Reviewed
from research.indicators.analysis.registers import SOURCE
from research.indicators.analysis.tidy import Tidy
from research.wording import Side, cell, compare, listed, number, signed
from research.wording.values import Value

QUARTERS = {1: "一季度", 2: "二季度", 3: "三季度", 4: "四季度"}


class DemandPortrait(Reviewed):
    """Demands of the district."""

    def _demands(self, rows: pd.DataFrame) -> Tidy:
        return self.told(rows.assign(source=SOURCE), absent=f"{self.place.name}暂无群众诉求数据。")

    def demands_by_place(self) -> Tidy:
        """By place: demands, share settled, share satisfied, first topic."""
        rows, lines = self.edition.demands, []
        rows = rows[rows["year"] == self.year]
        for code, part in rows.groupby("place", sort=True):
            total, solved = part["count"].sum(), part["resolved"].sum()
            lines.append({"乡镇街道": self.edition.name(code), "诉求（件）": str(int(total)),
                          "办结率（%）": cell(100 * solved / total if total else None, "%"),
                          "满意率（%）": cell(100 * part["satisfied"].sum() / max(1, solved), "%"),
                          "最集中的领域": part.groupby("topic")["count"].sum().idxmax()})  # fmt: skip
        return self._demands(rows).readable(pd.DataFrame(lines))

    @cached_property
    def quarters(self) -> Tidy:
        """Demands of the district quarter by quarter, the newest four years: year, quarter, value, name."""
        rows = self.edition.table("demand_quarters")
        rows = rows[(rows["place"] == self.place.code) & (rows["year"] > self.year - 4)]
        return self._demands(rows.assign(value=rows["count"], name=[f"{y}年" for y in rows["year"]]))

    @property
    def season(self) -> dict[str, Value]:
        """This year's demands against last year's, and the quarter with most: total, moved, peak."""
        rows: Tidy = self.quarters
        now, before = (rows[rows["year"] == y] for y in (self.year, self.year - 1))
        if now.empty:
            return rows.only(slice(0)).values_of(total="", moved="", peak="", count="")
        peak = now.loc[now["count"].idxmax()]
        sides = [
            Side(r["count"].sum(), "件", y, self.place.code) for r, y in ((now, self.year), (before, self.year - 1))
        ]
        moved = compare(sides[0], sides[1], "before", "change", name="群众诉求件数") if len(before) else ""
        return rows.values_of(
            total=f"{now['count'].sum():.0f}件",
            moved=moved and f"比上年{moved}",
            peak=rows._value(QUARTERS[int(peak["quarter"])], extreme=1),
            count=f"{peak['count']:.0f}件",
        )

    @cached_property
    def topics(self) -> Tidy:
        """This year's demands by place and topic: count, change, unmet, hot."""
        rows = self.edition.table("demand_portrait")
        return self._demands(rows[rows["year"] == self.year])

    @property
    def _own(self) -> Tidy:
        mine = (self.topics["place"] == self.place.code) & (self.topics["count"] > 0)
        rows: Tidy = self.topics[mine].sort_values("count", ascending=False)
        return rows

    @property
    def _hot(self) -> Tidy:
        return self.topics.only(self.topics["hot"].astype(bool) & (self.topics["place"] != self.place.code))

    def by_topic(self) -> Tidy:
        """Topics: count, change on last year, settled, unmet, and where the topic is a hot spot."""
        own, short = self._own, self.edition.places.set_index("code")["name_short"]
        hot = pd.DataFrame(self._hot)
        places = hot.assign(name=hot["place"].map(short)).groupby("topic")["name"].agg(list)
        frame = pd.DataFrame({
            "诉求领域": own["topic"].to_numpy(), "件数": [str(int(c)) for c in own["count"]],
            "比上年（%）": ["" if pd.isna(c) else signed(100 * c, "%") for c in own["change"]],
            "办结率（%）": [cell(100 * r, "%") for r in own["resolved_rate"]],
            "未办结（件）": [str(int(u)) for u in own["unmet"]],
            "占未办结（%）": [cell(100 * u, "%") for u in own["unmet_share"]],
            "热点地方": [_some(places.get(t, [])) for t in own["topic"]],
        })  # fmt: skip
        note = f"热点：在当地居前三位，且比{self.edition.whole}更集中（1.1倍以上）或比上年增加一成以上。"
        return self.topics.readable(frame, note)

    @property
    def unmet(self) -> dict[str, Value]:
        """Where most demands stay unmet, the topics hot in most places: unmet, worst, share, hot, places."""
        own = self._own
        if own.empty:
            return own.values_of(unmet="", worst="", share="", hot="", places="")
        worst = own.loc[own["unmet"].idxmax()]
        hot = self._hot["topic"].value_counts()
        top = hot[hot == hot.max()].sort_index() if len(hot) else hot
        return own.values_of(
            unmet=f"{own['unmet'].sum():.0f}件",
            worst=own._value(worst["topic"], extreme=1),
            share=f"占{number(100 * worst['unmet_share'], '%')}",
            hot=own._value(listed(top.index, 3), extreme=1),
            places=f"{top.iloc[0]}个乡镇街道" if len(top) else "",
        )


def _some(names: list[str], most: int = 4) -> str:
    return "、".join(names[:most]) + (f"等{len(names)}处" if len(names) > most else "")
