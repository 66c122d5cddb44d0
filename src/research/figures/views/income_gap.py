"""The gap between households: distribution over the years, middle band, where inequality comes from."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.charts import compare, distribution, time
from research.figures.views.base import cell, estimate, needs, ranges
from research.figures.views.gaps import Gap
from research.figures.views.income import MEASURES, RESIDENCE, SOURCES
from research.wording import change, number, share, tested


class IncomeGap(Gap):
    """收入差距 of the whole district."""

    def _by_residence(self, name):
        """A measure of all, town and country, where it is known."""
        found = {words: self.measure(name, residence) for residence, words in RESIDENCE.items()}
        return {words: rows for words, rows in found.items() if len(rows)}

    @property
    def _shaded(self):
        return "（阴影为95%置信区间）" if len(self.survey) else ""

    def _moved(self, name):
        """First and last row of a measure."""
        rows = self.measure(name)
        return rows, rows.iloc[0], rows.iloc[-1]

    @needs("gini")
    def lead(self):
        """Gini and S80/S20 now, and whether they changed beyond the sampling error."""
        parts, data = [], []
        for name in ("gini", "quintile_ratio"):
            if self.measure(name).empty:
                continue
            rows, first, last = self._moved(name)
            words, unit, _ = MEASURES[name]
            text = f"{last['year']}年{self.name}{words}{estimate(last, unit)}"
            told = self.significant("since", name)
            parts.append(f"{text}，{tested(last['value'], first['value'], told, unit, str(first['year']) + '年')}。")
            data.append(rows)
        return self.words(*parts, data=data)

    @needs("households", "居民人均可支配收入的洛伦兹曲线")
    def lorenz(self):
        """Lorenz curves of the first and the last year."""
        years = [self.year, min(self.survey["year"])]
        found = [self.curve(f"{y}年", y) for y in dict.fromkeys(years)]
        curves = [c for c in found if c is not None]
        caption = f"{self.name}居民人均可支配收入的洛伦兹曲线（{years[1]}年与{years[0]}年）"
        data = [self.measure("gini"), *(c["rows"] for c in curves)]
        return self.picture(distribution.lorenz(curves), caption, self.lead().text, data)

    @needs("households", "居民人均可支配收入分布的演进")
    def density(self):
        """Densities year by year, one above the other."""
        years = sorted(int(y) for y in self.survey["year"].unique())
        groups, data = self.densities(years)
        figure = distribution.ridge(groups)
        caption = f"{self.name}居民人均可支配收入分布的演进（核密度）"
        return self.picture(figure, caption, self.density_words().text, [self.measure("median_income"), *data])

    @needs("gini", "居民人均可支配收入基尼系数")
    def gini(self):
        """Gini coefficients of all, town and country over the years."""
        series = self._by_residence("gini")
        caption = f"{self.name}居民人均可支配收入基尼系数{self._shaded}"
        return self.picture(time.lines(series, "系数"), caption, self.gini_words().text, list(series.values()))

    @needs("gini")
    def gini_words(self):
        """Change of each coefficient, with its test."""
        parts = []
        for label, rows in self._by_residence("gini").items():
            first, last = rows.iloc[0], rows.iloc[-1]
            residence = next(r for r, word in RESIDENCE.items() if word == label)
            told = tested(last["value"], first["value"], self.significant("since", "gini", residence), "系数",
                          f"{first['year']}年")
            parts.append(f"{label}居民{number(last['value'], '系数')}，{told}")
        return self.words(f"{self.year}年基尼系数：" + "；".join(parts) + "。", data=[self.measure("gini")])

    @needs("band_share", "中等收入家庭比例")
    def bands(self):
        """Share of households between the two limits of the middle band."""
        series = self._by_residence("band_share")
        caption = f"{self.name}家庭年可支配收入{self.edition.words['band']}群体比例{self._shaded}"
        return self.picture(time.lines(series, "%"), caption, self.bands_words().text, list(series.values()))

    @needs("band_share")
    def bands_words(self):
        """Level and change of the middle band, and the distance between town and country."""
        rows, first, last = self._moved("band_share")
        urban, rural = self.at("band_share", "urban"), self.at("band_share", "rural")
        text = f"{last['year']}年家庭年可支配收入{self.edition.words['band']}的家庭占{estimate(last, '%')}，"
        moved, apart = (self.significant(kind, "band_share") for kind in ("since", "residence"))
        text += tested(last["value"], first["value"], moved, "%", f"{first['year']}年")
        if urban is None or rural is None:
            return self.words(text + "。", data=[rows])
        text += f"；农村{tested(rural['value'], urban['value'], apart, '%', '城镇')}。"
        return self.words(text, data=[rows])

    # --- where inequality comes from ---------------------------------------------------------------------

    @cached_property
    def split(self):
        """Shares of Theil's T between town and country and between places, by year."""
        from research.measures import decompose

        rows = []
        for year, part in self.survey.groupby("year"):
            for by, words in (("residence", "城乡之间"), ("place", "乡镇街道之间")):
                parts = decompose.theil_groups(part["income_pc"], part[by], part["person_weight"])
                rows.append({"year": int(year), "by": words, "share": 100 * parts.between / parts.total})
        frame = pd.DataFrame(rows)
        return frame.assign(
            status=self.measure("theil")["status"].iloc[0], source=self.measure("theil")["source"].iloc[0]
        )

    @cached_property
    def by_source(self):
        """Share of each source in income and in the Gini coefficient, in the year surveyed last, in %."""
        from research.measures import decompose

        now = self.survey[self.survey["year"] == self.survey["year"].max()]
        columns = {f"{k}_income": name for k, name in SOURCES.items()}
        now = now.dropna(subset=list(columns))
        per_head = {name: now[c] / now["size"] for c, name in columns.items()}
        table = decompose.gini_sources(pd.DataFrame(per_head), now["person_weight"]).table.set_index("source")
        table = table.assign(contribution=table["contribution"] / table["contribution"].sum())
        return 100 * table[["share", "contribution"]]

    @needs("households", "各来源对收入差距的贡献")
    def decomposition(self):
        """What each source adds to income and to inequality."""
        rows = self.by_source
        frame = pd.DataFrame({"占收入": rows["share"], "占差距": rows["contribution"]}).T
        frame.index = ["占收入的比重", "对基尼系数的贡献"]
        caption = f"{self.name}各来源占收入的比重与对基尼系数的贡献（{self.survey['year'].max()}年）"
        return self.picture(compare.stacked(frame, "%"), caption, self.decomposition_words().text, [self.split])

    @needs("households")
    def decomposition_words(self):
        """Town-country and place shares of inequality, and the source that widens it most."""
        rows = self.split
        first, last = rows["year"].min(), rows["year"].max()
        text = ""
        for by, part in rows.groupby("by", sort=False):
            value = part.set_index("year")["share"]
            moved = change(value[first], value[last], "%")
            text += f"{by}的差距占{self.name}居民收入差距（泰尔指数）的{number(value[last], '%')}，" + (
                f"{'与' if moved == '持平' else '比'}{first}年{moved}；" if first < last else "")  # fmt: skip
        excess = (self.by_source["contribution"] - self.by_source["share"]).sort_values()
        text += f"其余是各组内部的差距。按来源，对差距的贡献高于其收入占比最多的是{excess.index[-1]}"
        text += f"，低于最多的是{excess.index[0]}。" if excess.iloc[0] < 0 else "。"
        return self.words(text, data=[rows])

    # --- tables ------------------------------------------------------------------------------------------

    def measures_table(self):
        """The gaps between households by year."""
        return self.gap_table("income", "居民收入差距的测度")

    @needs("low_income", "低收入人口比例")
    def places_table(self):
        """Share of persons with low incomes in every place: direct and small-area estimate."""
        line = self.edition.words["line"]
        return self._places_table("low_income", f"各乡镇街道人均收入{line}以下人口比例（{self.year}年）")

    @needs("band_share", "中等收入家庭比例")
    def bands_places_table(self):
        """Share of households in the middle band in every place: direct and small-area estimate."""
        band = self.edition.words["band"]
        return self._places_table("band_share", f"各乡镇街道年收入{band}家庭比例（{self.year}年）")

    @needs("low_income", "低收入群体")
    def groups_table(self):
        """Low incomes by year: share, households, interval."""
        rows, homes = self.measure("low_income"), self.built("measures")
        homes = homes[
            (homes["measure"] == "low_households") & (homes["residence"] == "all") & (homes["place"] == self.place)
        ]
        homes = homes.set_index("year")
        frame = pd.DataFrame({
            "年份": [str(y) for y in rows["year"]], "人口比例（%）": [cell(v, "%") for v in rows["value"]],
            "95%置信区间": ranges(rows, "%"),
            "户数（估计）": [cell(homes["value"].get(y), "户") for y in rows["year"]],
        })  # fmt: skip
        caption = f"{self.name}家庭人均收入{self.edition.words['line']}以下群体"
        return self.sheet(frame, caption, [rows], "户数由抽样调查加权推算。")


__all__ = ["IncomeGap", "share"]
