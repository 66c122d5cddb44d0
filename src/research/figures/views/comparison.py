"""Horizontal comparison on published figures only: cities of the province, the city, the nation.

Nothing of the district's own data enters, so nothing here can carry the sample mark.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import pandas as pd

from research import measures
from research.figures.charts import time
from research.figures.items import Picture, Sheet, Words
from research.figures.views.base import about, cell, needs
from research.figures.views.comparison_cities import ANNUAL, GINI, INCOME, NATION, RATIO, RURAL, URBAN, Cities
from research.wording import Side, amount, difference, listed, number, rounded

_FIFTH = re.compile(r"五等份_(.+?)(?:\(20%\))?_人均可支配收入")


class Comparison(Cities):
    """The comparison notebook's view; the place is always the district's city."""

    def parts(self, part: str) -> Any:
        """Also the ratios over the years, and the nation's fifths."""
        if part == "lines":
            rows = [frame for frame in self._ratio_lines.values() if len(frame)]
            return "公开的城乡居民收入倍差", rows
        return ("全国五等份收入的公开统计", self.fifths) if part == "fifths" else super().parts(part)

    # --- the city over the years -------------------------------------------------------------------------

    def ratios(self, geo: str) -> pd.DataFrame:
        """Annual urban-rural ratio of a place: as published, else from its two published incomes."""
        printed = self.find(RATIO, geo)
        urban, rural = self.find(URBAN, geo), self.find(RURAL, geo)
        both = urban.merge(rural, on="year", suffixes=("", "_rural"), validate="one_to_one")
        both = both[~both["year"].isin(printed["year"])].copy()
        both["margin"] = 0.0
        both["value"] = [
            measures.urban_rural_ratio(u, r) for u, r in zip(both["value"], both["value_rural"], strict=True)
        ]
        columns = ["year", "value", "margin", "status", "source"]
        parts = [frame[columns] for frame in (printed, both) if len(frame)]
        return pd.concat(parts).sort_values("year").reset_index(drop=True) if parts else printed[columns]

    @cached_property
    def _ratio_lines(self):
        about = self.edition.about
        geos = {"全国": NATION} | {about[k]: about[f"{k}_code"] for k in ("province", "city") if about.get(k)}
        return {name: self.ratios(code) for name, code in geos.items()}

    @needs("lines", "城乡居民收入倍差")
    def city_chart(self) -> Picture:
        """Urban-rural ratio over the years: nation, province, city."""
        figure = time.lines(self._ratio_lines, "倍")
        caption = f"{listed(self._ratio_lines)}城乡居民收入倍差（年度，统一口径）"
        return Picture(figure, caption, self.city_words().text, list(self._ratio_lines.values()))

    @needs("lines")
    def city_words(self) -> Words:
        """How the three ratios moved between their first and last published years."""
        parts = []
        for name, rows in self._ratio_lines.items():
            if len(rows):
                first, last = rows.iloc[0], rows.iloc[-1]
                new, old = (Side(r["value"], "倍", int(r["year"]), name, ANNUAL) for r in (last, first))
                told = self.held(new, old, "since", "sentence", name=f"{name}城乡居民收入倍差")
                vague = about(last["margin"])  # a figure given as 左右 stays one, and so does what it is compared with
                parts.append(told.replace("倍，", f"倍{vague}，", 1).replace("倍。", f"倍{vague}。") if vague else told)
        return Words("".join(parts) + self._gaps(), list(self._ratio_lines.values()))

    def _gaps(self):
        """Years of the last decade's end that some of the compared places lack, by name."""
        years = {name: set(rows["year"]) for name, rows in self._ratio_lines.items() if len(rows)}
        if len(years) < 2:
            return ""
        common = set.intersection(*years.values())
        later = sorted(y for y in set.union(*years.values()) if not common or y > max(common))
        lacking = {y: [name for name, seen in years.items() if y not in seen] for y in later}
        told = "；".join(f"{y}年缺{listed(names)}" for y, names in lacking.items())
        if not told:
            return ""
        head = f"各地都有公布数的最近一年是{max(common)}年，其后" if common else "没有一年各地都有公布数："
        return f"{head}{told}。"

    @needs("home", "所在市居民人均可支配收入")
    def city_table(self) -> Sheet:
        """Published annual figures of the city."""
        code = self.edition.about["city_code"]
        series = {"全体居民（元）": (INCOME, "元"), "城镇居民（元）": (URBAN, "元"), "农村居民（元）": (RURAL, "元")}
        rows = {head: self.find(name, code).set_index("year") for head, (name, _) in series.items()}
        rows["城乡倍差"] = self.ratios(code).set_index("year")
        years = sorted(set().union(*(r.index for r in rows.values())))
        frame = pd.DataFrame({"年份": [str(y) for y in years]})
        for head, found in rows.items():
            unit = series.get(head, ("", "倍"))[1]
            margin = found["margin"] if "margin" in found else pd.Series(dtype=float)
            frame[head] = [cell(found["value"].get(y), unit) + about(margin.get(y)) for y in years]
        note = "空格为尚未收集到可核对的公开数据。"
        return Sheet(
            frame,
            f"{self.edition.about['city']}居民人均可支配收入（年度）",
            [r.reset_index() for r in rows.values()],
            note=note,
        )

    # --- the nation --------------------------------------------------------------------------------------

    @cached_property
    def fifths(self) -> pd.DataFrame:
        """National incomes by fifth of households: year, group, value, status, source."""
        rows = self.rows[
            (self.rows["geo_code"] == NATION) & self.rows["indicator"].str.fullmatch(_FIFTH.pattern)
        ].copy()
        rows["group"] = rows["indicator"].str.extract(_FIFTH.pattern, expand=False)
        return rows.sort_values(["year", "value"]).reset_index(drop=True)

    def _fifth_facts(self):
        facts = []
        for year, part in self.fifths.groupby("year"):
            values = part["value"].to_numpy()
            facts.append({"year": int(year), "ratio": values.max() / values.min(), "gini": measures.gini(values)})
        return pd.DataFrame(facts).assign(status="published", source=self.fifths["source"].iloc[0])

    @needs("fifths", "全国居民五等份分组的人均可支配收入")
    def fifths_chart(self) -> Picture:
        """Incomes of the five groups over the years."""
        order = self.fifths[self.fifths["year"] == self.fifths["year"].max()]["group"][::-1]
        figure = time.lines({g: self.fifths[self.fifths["group"] == g] for g in order}, "元", height=3.1, zero=True)
        return Picture(figure, "全国居民五等份分组的人均可支配收入", self.fifths_words().text, [self.fifths])

    @needs("fifths")
    def fifths_words(self) -> Words:
        """Ratio of the top to the bottom fifth, and the lower bound of the Gini coefficient."""
        facts = self._fifth_facts()
        first, last = facts.iloc[0], facts.iloc[-1]
        new, old = (Side(r["ratio"], "倍", int(r["year"]), NATION, ANNUAL) for r in (last, first))
        text = self.held(new, old, "since", "sentence", name="全国高收入组与低收入组人均可支配收入之比")
        text += (f"由五等份均值只能算出基尼系数的下界，{int(last['year'])}年为{number(last['gini'], '系数')}；"
                 "下界不含组内差距，不能与由住户微观数据算出的官方系数直接比较。")  # fmt: skip
        return Words(text, [self.fifths])

    @needs("fifths", "全国居民五等份收入与差距")
    def fifths_table(self) -> Sheet:
        """The five groups by year, with ratio and bound."""
        wide = self.fifths.pivot(index="group", columns="year", values="value")
        wide = wide.loc[self.fifths["group"].drop_duplicates()]
        facts = self._fifth_facts().set_index("year")
        frame = pd.DataFrame({"分组": [*wide.index, "高、低收入组之比（倍）", "基尼系数下界"]})
        for year in wide.columns:
            tail = [cell(facts["ratio"][year], "倍"), cell(facts["gini"][year], "系数")]
            frame[f"{year}年"] = [cell(v, "元") for v in wide[year]] + tail
        note = "收入单位为元；国家统计局按户排序分为五等份；下界由五个组均值算出，不含组内差距。"
        return Sheet(frame, "全国居民五等份收入与差距", [self.fifths], note=note)

    @needs("gini", "全国居民收入基尼系数")
    def gini_chart(self) -> Picture:
        """The official national Gini coefficients."""
        rows = self.find(GINI, NATION)
        figure = time.lines({"全国": rows}, "系数", height=2.6)
        caption = f"全国居民收入基尼系数（{rows['year'].min()}—{rows['year'].max()}年，国家统计局公布）"
        return Picture(figure, caption, self.gini_words().text, [rows])

    @needs("gini")
    def gini_words(self) -> Words:
        """Peak and last value of the official series."""
        rows = self.find(GINI, NATION)
        peak, last = rows.loc[rows["value"].idxmax()], rows.iloc[-1]
        gap = difference(peak["value"], last["value"], "系数")
        text = (f"全国居民收入基尼系数在{peak['year']}年达到{number(peak['value'], '系数')}的高点，"
                f"{last['year']}年为{number(last['value'], '系数')}，比高点低{amount(gap, '系数')}。")  # fmt: skip
        return Words(text, [rows])

    @needs("home")
    def lead(self) -> Words:
        """The notebook's first paragraph: the city in the province and over the years."""
        rows = self.find(INCOME, self.edition.about["city_code"])
        first, last = rows.iloc[0], rows.iloc[-1]
        growth = rounded(100 * ((last["value"] / first["value"]) ** (1 / (last["year"] - first["year"])) - 1), 1)
        new, old = (Side(r["value"], "元", int(r["year"]), r["geo_code"], ANNUAL) for r in (last, first))
        text = (
            f"本节只用公开发布的统计数据。{last['year']}年{self.edition.about['city']}居民人均可支配收入"
            f"{number(last['value'], '元')}{self.held(new, old, 'since', 'relative', lead='，', name=INCOME)}，"
            f"年均名义增长{growth}%。{self.cities_words().text}"
        )
        return Words(text, [rows, self.cities])
