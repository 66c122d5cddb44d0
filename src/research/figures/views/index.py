"""The composite index: scores, ranks with their intervals, domains, contributions, change."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.charts import compare, grid, time
from research.figures.style import PALETTE
from research.figures.views.base import View, cell
from research.figures.views.explain import Explained
from research.wording import listed, number, plain, rounded, span

INDEX_WORDS = "共同富裕综合指数"


class Index(Explained, View):
    """综合指数: the district's own (scope district) and the places' (scope township)."""

    def __init__(self, edition, place=None):
        super().__init__(edition, edition.district)

    def rows(self, table, **kept):
        """Rows of a built table of the current index version that match `kept`."""
        rows = self.edition.table(table)
        if "version" in rows:
            rows = rows[rows["version"] == self.version]
        for column, value in kept.items():
            rows = rows[rows[column] == value]
        return rows.assign(source="综合指数测算")

    @cached_property
    def version(self):
        """The current index version."""
        scores = self.edition.table("scores")
        current = str(self.edition.index_versions.get("current", scores["version"].iloc[-1]))
        return current if (scores["version"] == current).any() else scores["version"].iloc[-1]

    @cached_property
    def own(self):
        """The district's index over the years."""
        return self.rows("scores", scope="district", level="index", place=self.place).sort_values("year")

    @cached_property
    def townships(self):
        """Places in order of score this year: score, rank, their intervals, and how many ranks these hold (`width`)."""
        rows = self.rows("intervals", scope="township")
        rows = rows[(rows["year"] == self.year) & rows["score"].notna()]
        names = self.edition.places.set_index("code")
        rows = rows.assign(
            name=rows["place"].map(names["name_short"]), full=rows["place"].map(names["name"]), code=rows["place"],
            group=rows["place"].map(names["group"]), value=rows["score"], lower=rows["score_lower"],
            upper=rows["score_upper"], width=rows["rank_upper"] - rows["rank_lower"] + 1,
        )  # fmt: skip
        return rows.sort_values("rank").reset_index(drop=True)

    @cached_property
    def rises(self):
        """Each place's rise since the first year, like for like: by the indicators that it has in both years."""
        rows = self.rows("index_rises", scope="township")
        names = self.edition.places.set_index("code")
        return rows.assign(full=rows["place"].map(names["name"]), name=rows["place"].map(names["name_short"]),
                           group=rows["place"].map(names["group"]), code=rows["place"])  # fmt: skip

    @property
    def focus(self):
        """Short names of the places of the group in focus."""
        focus = self.edition.focus
        return list(self.townships.loc[self.townships["group"] == focus, "name"]) if focus else []

    def _domains(self, place, scope, year):
        rows = self.rows("scores", scope=scope, level="domain", place=place, year=year)
        names = self.edition.themes.set_index("domain_code")["name_zh"]
        return (
            rows.assign(name=rows["code"].map(names))
            .set_index("code")
            .reindex(names.index)
            .rename_axis("code")
            .reset_index()
        )

    def lead(self):
        """The district's index, its change, and its domains' scores."""
        first, last = self.own.iloc[0], self.own.iloc[-1]
        domains = self._domains(self.place, "district", self.year).dropna(subset=["score"])
        text = f"{self.year}年{self.name}{INDEX_WORDS}{number(last['score'], '分')}"
        if first["year"] < last["year"]:
            new, old = (self.side(r["score"], "分", r["year"]) for r in (last, first))
            text += self.held(new, old, "since", "change", lead=f"，比{first['year']}年", name=INDEX_WORDS)
        told = [f"{r.name}{number(r.score, '分')}" for r in domains.itertuples(index=False)]
        text += f"。六大领域得分为{'、'.join(told)}；上下限是设定，领域之间不作高低比较。"
        return self.words(text, data=[self.own, domains])

    # --- places ------------------------------------------------------------------------------------------

    def ranking(self):
        """Places by score with the interval over the choices of method."""
        level = plain(100 * self.townships["level"].astype(float).iloc[0], "", 0)
        figure = compare.ranking(self.townships, "分", self.focus, decimals=1)
        caption = f"乡镇街道{INDEX_WORDS}及{level}%区间（{self.year}年，横线为方法选择与抽样误差带来的区间）"
        return self.picture(figure, caption, self.ranking_words().text, [self.townships])

    def ranking_words(self):
        """First places, and how many ranks are firm."""
        rows = self.townships
        width = rows["width"]
        first = rows[rows["rank_lower"] == 1].sort_values("code")
        firm = int((width <= 3).sum())
        text = f"{self.year}年乡镇街道指数位次区间含第1位的有{listed(first['full'])}，彼此不分先后。"
        text += f"{len(rows)}个乡镇街道中，位次区间不超过3个位次的有{firm}个"
        text += f"，其余{len(rows) - firm}个的位次随方法和抽样误差变动较大，不宜细比。" if firm < len(rows) else "。"
        return self.words(text, data=[rows])

    def map(self):
        """Tile map of the scores."""
        places = grid.positions(self.edition.places)
        names = self.edition.places.set_index("code")["name_short"]
        frame = self.townships.merge(places, on="code", how="right", validate="one_to_one")
        frame["name"] = frame["code"].map(names)
        caption = f"乡镇街道{INDEX_WORDS}（{self.year}年，示意图）"
        return self.picture(grid.tile_map(frame, "分", 1), caption, self.ranking_words().text, [self.townships])

    def domains(self):
        """The district's six domains, with the first year as a tick."""
        now = self._domains(self.place, "district", self.year)
        first = int(self.own["year"].min())
        before = self._domains(self.place, "district", first).set_index("code")["score"]
        frame = now.assign(value=now["score"], reference=now["code"].map(before))
        figure = compare.profile(frame, "分", 100, f"{first}年")
        return self.picture(
            figure,
            f"{self.name}六大领域得分（{first}年与{self.year}年）",
            self.lead().text,
            [now.dropna(subset=["status"])],
        )

    @cached_property
    def _domain_of(self):
        return self.edition.indicators.set_index("id")["domain_code"]

    def _points(self, scope, place=None):
        rows = self.rows("contributions", scope=scope, year=self.year)
        rows = rows if place is None else rows[rows["place"] == place]
        names = self.edition.themes.set_index("domain_code")["name_zh"]
        rows = rows.assign(domain=rows["indicator"].map(self._domain_of).map(names))
        return rows, rows.pivot_table(index="place", columns="domain", values="points", aggfunc="sum")[list(names)]

    def contributions(self):
        """Points that each domain gives to each place's index."""
        rows, table = self._points("township")
        names = self.townships.set_index("code")["name"]
        table = table.reindex(names.index)
        table.index = names
        figure = compare.stacked(table, "分", 0, PALETTE, least=1.5, row=0.215)
        caption = f"各领域对乡镇街道{INDEX_WORDS}的贡献（{self.year}年）"
        return self.picture(figure, caption, self.contributions_words().text, [rows])

    def contributions_words(self):
        """Which domain separates the first from the last place most."""
        rows, table = self._points("township")
        first, last = self.townships.iloc[0], self.townships.iloc[-1]
        gap = table.loc[first["code"]] - table.loc[last["code"]]
        total = first["value"] - last["value"]
        told = [f"{r['full']}（位次区间{int(r['rank_lower'])}～{int(r['rank_upper'])}）" for r in (first, last)]
        most = gap[[rounded(g, 1) == rounded(gap.max(), 1) for g in gap]]
        text = (f"得分数值最高的{told[0]}与最低的{told[1]}相差{number(total, '分')}，"
                f"差距最大的领域是{listed(most.index)}（{number(gap.max(), '分')}）。")  # fmt: skip
        return self.words(text, data=[rows])

    def slope(self):
        """Scores of the first and of this year, both by the indicators that a place has in both."""
        rows = self.rises
        frame = rows.assign(old=rows["before"], new=rows["after"])
        first = int(rows["first_year"].iloc[0]) if len(rows) else self.year
        caption = f"乡镇街道{INDEX_WORDS}的变化（{first}年与{self.year}年，同口径）"
        if rows.empty:
            return self.picture(None, caption, self.slope_words().text, [rows])
        figure = time.slope(frame, (first, self.year), "分", self.focus, decimals=1, words=self.edition.words["group"])
        return self.picture(figure, caption, self.slope_words().text, [rows])

    def slope_words(self):
        """Smallest and largest rise, like for like."""
        rows = self.rises
        if rows.empty or int(rows["first_year"].iloc[0]) >= self.year:
            return self.words("乡镇街道综合指数尚无前后两年可比。", data=[rows])
        first = int(rows["first_year"].iloc[0])
        up, low = rows.loc[rows["rise"].idxmax()], rows.loc[rows["rise"].idxmin()]
        text = (f"{first}—{self.year}年，按各乡镇街道两年都有数据的指标重算（同口径），"
                f"{len(rows)}个乡镇街道的得分变动在{low['full']}（{self._moved(low)}）至{up['full']}（{self._moved(up)}）之间；"
                "变动未计误差，不作排序。")  # fmt: skip
        return self.words(text, data=[rows])

    def _moved(self, row):
        new, old = (self.side(row[c], "分", row[y], row["place"]) for c, y in (("after", "year"),
                                                                               ("before", "first_year")))  # fmt: skip
        return self.held(new, old, "since", "change", name=INDEX_WORDS)

    # --- tables ------------------------------------------------------------------------------------------

    def scores_table(self):
        """Score, interval, rank and rank interval of each place."""
        rows = self.townships.sort_values("code")
        rise = self.rises.set_index("place")["rise"]
        frame = pd.DataFrame({
            "乡镇街道": rows["full"],
            f"{self.year}年得分": [cell(v, "分") for v in rows["value"]],
            "得分区间": [span(a, b, "", 1) for a, b in zip(rows["lower"], rows["upper"], strict=True)],
            "位次区间": [f"{int(a)}～{int(b)}" for a, b in zip(rows["rank_lower"], rows["rank_upper"], strict=True)],
        })  # fmt: skip
        if len(self.rises):
            first = int(self.rises["first_year"].iloc[0])
            frame[f"比{first}年变动（同口径，分）"] = [cell(rise.get(c), "分") for c in rows["code"]]
        note = (f"指数版本{self.version}；按行政区划代码排列，区间由归一化、权重、合成方法和抽样误差的模拟得到，"
                "重叠的不分先后；同口径变动只用该地两年都有数据的指标，未计误差。")  # fmt: skip
        return self.sheet(frame, f"乡镇街道{INDEX_WORDS}（{self.year}年）", [rows], note)

    def weights_table(self):
        """Weights of the domains and their sub-domains."""
        rows = self.rows("weights", scope="district")
        names = self.edition.indicators.drop_duplicates("subdomain_code").set_index("subdomain_code")["subdomain_zh"]
        domains = self.edition.themes.set_index("domain_code")["name_zh"]
        owner = self.edition.indicators.drop_duplicates("subdomain_code").set_index("subdomain_code")["domain_code"]
        weight = rows.drop_duplicates("code").set_index("code")["weight"]
        counts = self.edition.indicators.groupby("subdomain_code").size()
        frame = pd.DataFrame({
            "领域": [domains[owner[c]] for c in names.index], "子领域": names.to_numpy(),
            "指标（项）": [str(counts[c]) for c in names.index],
            "权重（%）": [cell(100 * weight.get(c, float("nan")), "%", 2) for c in names.index],
        })  # fmt: skip
        note = f"领域、子领域和权重为可调整的设定。{self.edition.origin_note}"
        return self.sheet(
            frame,
            f"{INDEX_WORDS}的权重（版本{self.version}）",
            [rows.assign(status="published", source="综合指数设定")],
            note,
        )


__all__ = ["Index"]
