"""The gap between town and country, for the whole district."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.charts import compare, time
from research.figures.views.base import cell, needs, ranges
from research.figures.views.gaps import Gap
from research.wording import interval, listed, number, share, span


class UrbanRuralGap(Gap):
    """城乡差距: the ratio and its course, the levels, the sources, the places."""

    @needs("urban_rural_ratio")
    def lead(self):
        """Levels of town and country and the ratio with its interval."""
        urban, rural = self.at("mean_income", "urban"), self.at("mean_income", "rural")
        row = self.gap("urban_rural_ratio").iloc[-1]
        text = f"{self.year}年{self.name}"
        if urban is not None and rural is not None:
            text += f"城镇居民人均可支配收入{number(urban['value'], '元')}，农村居民{number(rural['value'], '元')}，"
        told = interval(row["lower"], row["upper"], "倍")
        text += f"城乡倍差{number(row['value'], '倍')}" + (f"（{told}）。" if told else "。")
        return self.words(text, data=[self.gap("urban_rural_ratio"), self.measure("mean_income", "urban")])

    @needs("mean_income:rural", "城乡居民人均可支配收入")
    def levels(self):
        """Town and country over the years, with intervals."""
        series = {w: self.measure("mean_income", r) for r, w in (("urban", "城镇居民"), ("rural", "农村居民"))}
        shaded = "（阴影为95%置信区间）" if len(self.survey) else ""
        caption = f"{self.name}城乡居民人均可支配收入{shaded}"
        growth = {w: s["value"].iloc[-1] / s["value"].iloc[0] - 1 for w, s in series.items()}
        first = int(series["城镇居民"]["year"].iloc[0])
        alt = (
            f"{first}—{self.year}年城镇居民收入名义增长{share(growth['城镇居民'])}，"
            f"农村居民增长{share(growth['农村居民'])}。"
        )
        return self.picture(time.lines(series, "元", zero=True), caption, alt, list(series.values()))

    @cached_property
    def _by_source(self):
        urban, rural = self._shares("urban", self.year, "mean", 1), self._shares("rural", self.year, "mean", 1)
        return pd.DataFrame({"urban": urban, "rural": rural, "gap": urban - rural})

    @needs("sources", "城乡居民收入之差按来源")
    def sources(self):
        """The distance between town and country by source of income."""
        rows = self._by_source.sort_values("gap", ascending=False)
        part = 100 * rows["gap"] / rows["gap"].sum()
        words = [f"{number(g, '元')}（占{number(p, '%')}）" for g, p in zip(rows["gap"], part, strict=True)]
        frame = pd.DataFrame({"name": rows.index, "value": rows["gap"], "words": words})
        caption = f"城乡居民人均可支配收入之差按来源（{self.year}年，元）"
        return self.picture(compare.bars(frame), caption, self.sources_words().text, [self.source_rows])

    @needs("sources")
    def sources_words(self):
        """Which source makes most of the distance, and where the ratio is widest."""
        rows = self._by_source
        top = rows["gap"].idxmax()
        ratio = (rows["urban"] / rows["rural"]).rename("ratio")
        text = (f"{self.year}年城乡居民人均可支配收入相差{number(rows['gap'].sum(), '元')}，"
                f"其中{top}占{share(rows['gap'][top] / rows['gap'].sum())}；"
                f"按倍差看，{ratio.idxmax()}的城乡差距最大（{number(ratio.max(), '倍')}）"
                f"，{ratio.idxmin()}最小（{number(ratio.min(), '倍')}）。")  # fmt: skip
        return self.words(text, data=[self.source_rows])

    def parts(self, part):
        """Also the ratio within each place."""
        return ("乡镇街道城乡居民收入", self._places) if part == "places_ratio" else super().parts(part)

    @cached_property
    def _places(self):
        rows = self.edition.table("measures")
        rows = rows[(rows["measure"] == "urban_rural_ratio") & (rows["year"] == self.year) & rows["value"].notna()]
        names = self.edition.places.set_index("code")["name_short"]
        rows = rows[rows["place"] != self.edition.district]
        return rows.assign(name=rows["place"].map(names)).sort_values("value").reset_index(drop=True)

    @needs("places_ratio", "各乡镇街道内部的城乡居民收入倍差")
    def places(self):
        """The ratio within each place, with its interval."""
        wider = self.gap("urban_rural_ratio")["value"].iloc[-1]
        figure = compare.ranking(self._places, "倍", self.focus, wider, self.whole_name)
        caption = f"各乡镇街道内部的城乡居民收入倍差及95%置信区间（{self.year}年）"
        return self.picture(figure, caption, self.places_words().text, [self._places])

    @needs("places_ratio")
    def places_words(self):
        """The narrowest and the widest, and how few differ from the district beyond the sampling error."""
        rows, whole = self._places, self.gap("urban_rural_ratio").iloc[-1]
        if rows["lower"].isna().all():
            return self._places_of_aggregates(rows)
        told = {c: self.significant("district", "urban_rural_ratio", place=c) for c in rows["place"]}
        apart = rows[[bool(told[c]) for c in rows["place"]]].sort_values("place")
        text = (f"乡镇街道内部城乡倍差在{span(rows['value'].iloc[0], rows['value'].iloc[-1], '倍')}之间，"
                f"{self.whole_name}为{number(whole['value'], '倍')}；")  # fmt: skip
        text += (
            f"与{self.whole_name}有显著差别的是{listed(apart['name'])}。"
            if len(apart)
            else f"各地与{self.whole_name}的差别都在抽样误差之内，彼此不分先后。"
        )
        return self.words(text, data=[rows, self.gap("urban_rural_ratio")])

    def _places_of_aggregates(self, rows):
        low, high = rows.iloc[0], rows.iloc[-1]
        text = (f"乡镇街道内部城乡倍差最小的是{low['name']}（{number(low['value'], '倍')}），"
                f"最大的是{high['name']}（{number(high['value'], '倍')}）；为汇总数，没有误差区间。")  # fmt: skip
        return self.words(text, data=[rows])

    @needs("places_ratio", "各乡镇街道内部的城乡居民收入倍差")
    def places_table(self):
        """Direct and small-area estimate of the ratio within each place."""
        caption = f"各乡镇街道内部的城乡居民收入倍差（{self.year}年）"
        return self._places_table("urban_rural_ratio", caption)

    @needs("urban_rural_ratio", "城乡居民人均可支配收入与倍差")
    def years_table(self):
        """Town, country and ratio by year."""
        ratio = self.gap("urban_rural_ratio")
        urban, rural = (self.measure("mean_income", r).set_index("year")["value"] for r in ("urban", "rural"))
        frame = pd.DataFrame({
            "年份": [str(y) for y in ratio["year"]], "城镇（元）": [cell(urban.get(y), "元") for y in ratio["year"]],
            "农村（元）": [cell(rural.get(y), "元") for y in ratio["year"]],
            "城乡倍差": [cell(v, "倍") for v in ratio["value"]],
            "倍差的95%置信区间": ranges(ratio, "倍"),
        })  # fmt: skip
        return self.sheet(
            frame, f"{self.name}城乡居民人均可支配收入与倍差", [ratio, self.measure("mean_income", "urban")]
        )
