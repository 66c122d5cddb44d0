"""The portrait of demands for the whole district: topics, their trend, hot spots, what stays unmet, by place."""

from __future__ import annotations

import pandas as pd

from research.figures.charts import time
from research.figures.views.base import cell
from research.wording import listed, number, rounded


class Demands:
    """Part of the view `Portraits`."""

    def places_demands(self):
        """Demands of each place this year, per topic."""
        rows = self.edition.demands
        return rows[rows["year"] == self.year]

    def demands_table(self):
        """By place: demands, share settled, share satisfied, first topic."""
        rows = self.places_demands()
        lines = []
        for code, part in rows.groupby("place", sort=True):
            topics = part.groupby("topic")["count"].sum()
            total, solved = part["count"].sum(), part["resolved"].sum()
            lines.append({"乡镇街道": self.edition.name(code), "诉求（件）": str(int(total)),
                          "办结率（%）": number(100 * solved / total, "%").rstrip("%"),
                          "满意率（%）": number(100 * part["satisfied"].sum() / max(1, solved), "%").rstrip("%"),
                          "最集中的领域": topics.idxmax()})  # fmt: skip
        return self.sheet(
            pd.DataFrame(lines), f"各乡镇街道群众诉求及办理情况（{self.year}年）", [rows.assign(source="群众诉求登记")]
        )

    def _topics(self):
        rows = self.edition.table("demand_portrait")
        return rows[rows["year"] == self.year].assign(source="群众诉求登记")

    def quarters(self):
        """Demands quarter by quarter, a line a year."""
        rows = self.edition.table("demand_quarters")
        rows = rows[rows["place"] == self.place].assign(source="群众诉求登记")
        years = sorted(rows["year"].unique())[-4:]
        series = {
            f"{y}年": part.rename(columns={"count": "value"}).assign(year=part["quarter"])[["year", "value"]]
            for y, part in ((y, rows[rows["year"] == y]) for y in years)
        }
        figure = time.lines(series, "件", height=2.7, decimals=0)
        if figure.axes and series:
            figure.axes[0].set_xticks([1, 2, 3, 4], ["一季度", "二季度", "三季度", "四季度"])
        return self.picture(figure, f"{self.name}群众诉求的季度变化", self.quarters_words().text, [rows])

    def quarters_words(self):
        """This year's demands against last year's, and how many were settled."""
        rows = self.edition.table("demand_quarters")
        rows = rows[rows["place"] == self.place].assign(source="群众诉求登记")
        now, before = (rows[rows["year"] == y] for y in (self.year, self.year - 1))
        if now.empty:
            return self.words(f"{self.name}暂无群众诉求数据。", data=[rows])
        text = f"{self.year}年{self.name}登记群众诉求{int(now['count'].sum())}件"
        if len(before):
            old, new = (self.side(r["count"].sum(), "件", r["year"].iloc[0]) for r in (before, now))
            text += self.held(new, old, "before", "change", lead="，比上年", name="群众诉求件数")
        peak = now.loc[now["count"].idxmax()]
        text += f"；{'一二三四'[int(peak['quarter']) - 1]}季度最多（{int(peak['count'])}件）。"
        return self.words(text, data=[rows])

    def topics_table(self):
        """Topics: count, change on last year, settled, unmet, and where the topic is a hot spot."""
        rows = self._topics()
        own = rows[(rows["place"] == self.place) & (rows["count"] > 0)].sort_values("count", ascending=False)
        short = self.edition.places.set_index("code")["name_short"]
        hot = rows[rows["hot"] & (rows["place"] != self.place)]
        places = hot.assign(name=hot["place"].map(short)).groupby("topic")["name"].agg(list)
        frame = pd.DataFrame({
            "诉求领域": own["topic"].to_numpy(), "件数": [str(int(c)) for c in own["count"]],
            "比上年（%）": [_signed(100 * c) for c in own["change"]],
            "办结率（%）": [cell(100 * r, "%") for r in own["resolved_rate"]],
            "未办结（件）": [str(int(u)) for u in own["unmet"]],
            "占未办结（%）": [cell(100 * u, "%") for u in own["unmet_share"]],
            "热点地方": [_some(places.get(t, [])) for t in own["topic"]],
        })  # fmt: skip
        note = f"热点：在当地居前三位，且比{self.whole_name}更集中（1.1倍以上）或比上年增加一成以上。"
        return self.sheet(frame, f"{self.name}群众诉求的领域、变化、热点与未办结（{self.year}年）", [rows], note)

    def unmet_words(self):
        """Where most demands stay unmet, and the topics that are hot in most places."""
        rows = self._topics()
        own = rows[(rows["place"] == self.place) & (rows["count"] > 0)]
        if own.empty:
            return self.words(f"{self.name}暂无群众诉求数据。", data=[rows])
        worst = own.loc[own["unmet"].idxmax()]
        text = (f"未办结的诉求{int(own['unmet'].sum())}件，最多的是{worst['topic']}"
                f"（占{number(100 * worst['unmet_share'], '%')}）。")  # fmt: skip
        hot = rows[rows["hot"] & (rows["place"] != self.place)]["topic"].value_counts()
        top = hot[hot == hot.max()].sort_index() if len(hot) else hot
        if len(top):
            text += f"成为热点的地方最多的领域是{listed(top.index, 3)}（{int(top.iloc[0])}个乡镇街道）。"
        return self.words(text, data=[rows])


def _signed(value):
    if pd.isna(value):
        return ""
    shown = rounded(value, 1)
    return f"{shown:+}" if shown else "0"


def _some(names, most=4):
    return "、".join(names[:most]) + (f"等{len(names)}处" if len(names) > most else "")
