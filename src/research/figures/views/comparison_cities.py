"""Published series as rows, and the cities of the province beside each other."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import pandas as pd

from research import measures
from research.errors import DataError, Fault
from research.figures.charts import compare
from research.figures.items import Picture, Sheet, Words
from research.figures.views.base import View, cell, needs
from research.wording import Side, number, ranked

INCOME, URBAN, RURAL = "全体居民人均可支配收入", "城镇常住居民人均可支配收入", "农村常住居民人均可支配收入"
RATIO, GINI = "城乡居民收入倍差", "居民收入基尼系数"
NATION = "100000"
ANNUAL, THREE_QUARTERS = "annual", "Q1-Q3 cumulative"
_NATIONAL_NAMES = {"城镇居民人均可支配收入": URBAN, "农村居民人均可支配收入": RURAL, "全国居民人均可支配收入": INCOME}


class Cities(View):
    """What is published, by series; the cities of the latest common calibre."""

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Published rows up to the edition's year, each once, with words for 资料来源."""
        rows = self.edition.published
        rows = rows[rows["year"].astype(int) <= self.year].copy()
        rows["year"], rows["value"] = rows["year"].astype(int), rows["value"].astype(float)
        rows["margin"] = rows["margin"].fillna(0.0) if "margin" in rows else 0.0
        rows["source"] = [cite(title) for title in rows["source_title"]]
        rows["indicator"] = rows["indicator"].replace(_NATIONAL_NAMES)
        return rows.drop_duplicates(["geo_code", "year", "period", "indicator"]).reset_index(drop=True)

    def find(
        self, indicator: str, geo: str | None = None, period: str = ANNUAL, level: str | None = None
    ) -> pd.DataFrame:
        """Rows of one published series, in order of year."""
        rows = self.rows[(self.rows["indicator"] == indicator) & (self.rows["period"] == period)]
        if geo:
            rows = rows[rows["geo_code"] == geo]
        if level:
            rows = rows[rows["level"] == level]
        return rows.sort_values(["year", "geo_code"]).reset_index(drop=True)

    def parts(self, part: str) -> Any:
        """Published series: `cities` of the province, `home` (the city), `lines` of ratios, `fifths`, `gini`."""
        if part == "cities":
            rows = self.find(INCOME, period=THREE_QUARTERS, level="city")
            home = self.edition.about.get("city_code", "")
            return "可与本市比较的各市公开统计", rows if home in set(rows["geo_code"]) else rows.head(0)
        if part == "home":
            return "所在市公开的居民收入", self.find(INCOME, self.edition.about.get("city_code", ""))
        if part == "gini":
            return "全国公开的基尼系数", self.find(GINI, NATION)
        return super().parts(part)

    # --- cities of the province --------------------------------------------------------------------------

    @cached_property
    def cities(self) -> pd.DataFrame:
        """One row a city: income of all, urban and rural residents, ratio; the latest common calibre."""
        rows = pd.concat([self.find(i, period=THREE_QUARTERS, level="city") for i in (INCOME, URBAN, RURAL)])
        home = self.edition.about["city_code"]
        if home not in set(rows["geo_code"]):
            expected = f"rows of level city and period '{THREE_QUARTERS}', {home} among them"
            way_out = "add them, or leave the comparison out of the book"
            raise DataError(Fault("data/reference/published.csv", expected, "none", way_out, "published"))
        rows = rows[rows["year"] == rows["year"].max()]
        wide = rows.pivot(index=["geo_code", "geo"], columns="indicator", values="value").reset_index()
        wide["ratio"] = [measures.urban_rural_ratio(u, r) for u, r in zip(wide[URBAN], wide[RURAL], strict=True)]
        wide["rank"] = wide[INCOME].rank(ascending=False).astype(int)
        wide["status"], wide["source"] = "published", rows["source"].iloc[0]
        wide["year"] = rows["year"].iloc[0]
        return wide.sort_values(INCOME, ascending=False).reset_index(drop=True)

    @cached_property
    def city(self) -> pd.Series:
        """The district's city among the cities."""
        return self.cities[self.cities["geo_code"] == self.edition.about["city_code"]].iloc[0]

    @cached_property
    def province(self) -> dict[str, float]:
        """The province's own three figures of the same calibre, by indicator."""
        code, year = self.edition.about["province_code"], self.city["year"]
        found = {i: self.find(i, code, THREE_QUARTERS) for i in (INCOME, URBAN, RURAL)}
        return {i: f.loc[f["year"] == year, "value"].iloc[0] for i, f in found.items()}

    def _beside_province(self, value, provincial, unit, name):
        """The city beside the province, both of the cities' year and period."""
        year, about = int(self.city["year"]), self.edition.about
        city, province = (Side(v, unit, year, place, THREE_QUARTERS) for v, place in (
            (value, about["city_code"]), (provincial, about["province_code"])))  # fmt: skip
        return self.held(city, province, "place", than="全省平均", name=name)

    @property
    def calibre(self) -> str:
        """Words for the period of the cities' figures."""
        return f"{self.city['year']}年前三季度"

    @needs("cities", "各设区市居民人均可支配收入")
    def cities_chart(self) -> Picture:
        """Ranking of the cities by income, with the province's mean."""
        frame = self.cities.rename(columns={"geo": "name", INCOME: "value"})
        figure = compare.ranking(frame, "元", [self.city["geo"]], self.province[INCOME], "全省", height=3.0)
        caption = f"{self.edition.about['province']}{len(frame)}个设区市居民人均可支配收入（{self.calibre}累计）"
        return Picture(figure, caption, self.cities_words().text, [self.cities])

    @needs("cities")
    def cities_words(self) -> Words:
        """Rank of the city, its distance to the province, and the spread between cities."""
        city, cities, name = self.city, self.cities, self.city["geo"]
        spread = measures.max_min_ratio(cities[INCOME])
        text = (
            f"{self.calibre}，{name}居民人均可支配收入{number(city[INCOME], '元')}，"
            f"{ranked(city['rank'], len(cities), '个设区市')}，"
            f"{self._beside_province(city[INCOME], self.province[INCOME], '元', INCOME)}；"
            f"最高的{cities['geo'].iloc[0]}是最低的{cities['geo'].iloc[-1]}的{number(spread, '倍')}。"
        )
        return Words(text, [cities])

    @needs("cities", "各设区市城乡居民收入倍差")
    def ratio_chart(self) -> Picture:
        """Ranking of the cities by their urban-rural ratio, smallest first."""
        frame = self.cities.rename(columns={"geo": "name", "ratio": "value"}).sort_values("value")
        provincial = measures.urban_rural_ratio(self.province[URBAN], self.province[RURAL])
        figure = compare.ranking(frame, "倍", [self.city["geo"]], provincial, "全省", height=3.0)
        caption = f"{self.edition.about['province']}各设区市城乡居民收入倍差（{self.calibre}累计，由低到高）"
        return Picture(figure, caption, self.ratio_words().text, [self.cities])

    @needs("cities")
    def ratio_words(self) -> Words:
        """The city's urban-rural ratio among the cities."""
        order = self.cities.sort_values("ratio")["geo"].tolist()
        name, rank = self.city["geo"], order.index(self.city["geo"]) + 1
        provincial = measures.urban_rural_ratio(self.province[URBAN], self.province[RURAL])
        text = (
            f"同期{name}城乡居民收入倍差为{number(self.city['ratio'], '倍')}，由低到高居第{rank}位，"
            f"{self._beside_province(self.city['ratio'], provincial, '倍', RATIO)}；"
            f"倍差最小的是{order[0]}，最大的是{order[-1]}。"
        )
        return Words(text, [self.cities])

    @needs("cities", "各设区市居民人均可支配收入与城乡倍差")
    def cities_table(self) -> Sheet:
        """The cities' three incomes and ratio."""
        rows = self.cities
        frame = pd.DataFrame({
            "位次": rows["rank"].astype(str), "设区市": rows["geo"],
            "全体居民（元）": [cell(v, "元") for v in rows[INCOME]],
            "城镇居民（元）": [cell(v, "元") for v in rows[URBAN]],
            "农村居民（元）": [cell(v, "元") for v in rows[RURAL]], "城乡倍差": [cell(v, "倍") for v in rows["ratio"]],
        })  # fmt: skip
        note = "季度累计数与年度数口径不同，不可直接比较；倍差由城镇、农村两项收入相除得到。"
        return Sheet(frame, f"各设区市居民人均可支配收入与城乡倍差（{self.calibre}累计）", [rows], note=note)


def cite(title: str) -> str:
    """A published title as it stands after 资料来源：.

    Examples
    --------
    >>> cite("2023年统计公报"), cite("各市收入 (统计月报 2020-11, sheet 30)")
    ('《2023年统计公报》', '《各市收入》（统计月报 2020-11）')
    """
    match = re.fullmatch(r"(.+?)\s*\((.+?)(?:, sheet \d+)?\)", title)
    return f"《{match[1]}》（{match[2]}）" if match else f"《{title}》"
