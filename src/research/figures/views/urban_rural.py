"""The gap between town and country, for the whole district."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.charts import compare, time
from research.figures.views.base import cell, needs, ranges
from research.figures.views.gaps import SOURCES, Gap
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
        told = [self.moved("mean_income", r, "relative", f"{w}收入按名义值")
                for r, w in (("urban", "城镇居民"), ("rural", "农村居民"))]  # fmt: skip
        alt = "，".join(t for t in told if t) + "。" if any(told) else self.lead().text
        return self.picture(time.lines(series, "元", zero=True), caption, alt, list(series.values()))

    @cached_property
    def _by_source(self):
        """The distance by source in this year; no row where town or country was not asked in it."""
        urban, rural = self._shares("urban", self.year, "mean", 1), self._shares("rural", self.year, "mean", 1)
        if urban is None or rural is None:
            return pd.DataFrame(columns=["urban", "rural", "gap"])
        return pd.DataFrame({"urban": urban, "rural": rural, "gap": urban - rural})

    @needs("distance", "城乡居民收入之差按来源")
    def sources(self):
        """The distance between town and country by source of income."""
        rows = self._by_source
        part = 100 * rows["gap"] / rows["gap"].sum()
        words = [f"{number(g, '元')}（占{number(p, '%')}）" for g, p in zip(rows["gap"], part, strict=True)]
        frame = pd.DataFrame({"name": rows.index, "value": rows["gap"], "words": words})
        caption = f"城乡居民人均可支配收入之差按来源（{self.year}年，元）"
        return self.picture(compare.bars(frame), caption, self.sources_words().text, [self.source_rows])

    @needs("distance")
    def sources_words(self):
        """Each source's part of the distance and its ratio, with their intervals; no order between them."""
        rows = self._by_source
        text = f"{self.year}年城乡居民人均可支配收入相差{number(rows['gap'].sum(), '元')}，"
        parts, ratios = (self._parts_of(kind) for kind in ("gapshare", "sourceratio"))
        told = [f"{SOURCES[r.part]}{share(r.value)}（{share(r.lower)}～{share(r.upper)}）" for r in parts.itertuples()]
        text += f"各来源所占比重为{'、'.join(told)}；" if told else ""
        told = [f"{SOURCES[r.part]}{number(r.value, '倍')}（{span(r.lower, r.upper, '', 2)}）"
                for r in ratios.itertuples()]  # fmt: skip
        text += f"各来源的城乡倍差为{'、'.join(told)}；" if told else ""
        return self.words(text, "括号内为95%置信区间，重叠的不分先后。", data=[self.source_rows])

    def _parts_of(self, kind):
        rows = self.built("inequality_parts", place=False)
        return rows[(rows["kind"] == kind) & (rows["year"] == self.year)] if "kind" in rows else rows

    def parts(self, part):
        """Also the ratio within each place, and this year's distance by source."""
        if part == "distance":
            return f"{self.year}年城乡居民收入来源", self._by_source
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
        urban, rural = (self.measure("mean_income", r).set_index("year") for r in ("urban", "rural"))
        frame = pd.DataFrame({
            "年份": [str(y) for y in ratio["year"]],
            "城镇（元）": [cell(urban["value"].get(y), "元") for y in ratio["year"]],
            "农村（元）": [cell(rural["value"].get(y), "元") for y in ratio["year"]],
            "城乡倍差": [cell(v, "倍") for v in ratio["value"]],
            "倍差的95%置信区间": ranges(ratio, "倍"),
        })  # fmt: skip
        if urban["se"].notna().any():
            for column, rows in (("城镇的标准误（元）", urban), ("农村的标准误（元）", rural)):
                frame[column] = [cell(rows["se"].get(y), "元") for y in ratio["year"]]
        return self.sheet(
            frame, f"{self.name}城乡居民人均可支配收入与倍差", [ratio, self.measure("mean_income", "urban")]
        )
