"""The gap between households: distribution over the years, middle band, where inequality comes from."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.charts import compare, distribution, time
from research.figures.views.base import cell, estimate, needs, ranges
from research.figures.views.gaps import Gap
from research.figures.views.income import MEASURES, RESIDENCE, SOURCES
from research.wording import interval, listed, number, share

PARTS = {
    "residence": "城乡之间的差距",
    "place": "城乡各自内部乡镇街道之间的差距",
    "within": "各乡镇街道城乡居民内部的差距",
}
"""Nested: the second lies inside the first, and the three add up to the whole."""


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
            rows, _, last = self._moved(name)
            words, unit, _ = MEASURES[name]
            parts.append(f"{last['year']}年{self.name}{words}{estimate(last, unit)}{self.moved(name, lead='，')}。")
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
            residence = next(r for r, word in RESIDENCE.items() if word == label)
            now = number(rows.iloc[-1]["value"], "系数")
            parts.append(f"{label}居民{now}{self.moved('gini', residence, lead='，')}")
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
        rows, _, last = self._moved("band_share")
        text = f"{last['year']}年家庭年可支配收入{self.edition.words['band']}的家庭占{estimate(last, '%')}"
        text += self.moved("band_share", lead="，") + self.town_and_country("band_share", "；农村")
        return self.words(text + "。", data=[rows])

    # --- where inequality comes from ---------------------------------------------------------------------

    @cached_property
    def split(self):
        """Nested shares of Theil's T: between town and country, between the places inside these, within; by year."""
        return self._parts_of("theil")

    def _parts_of(self, kind):
        """Rows of one kind of the parts of inequality, in per cent."""
        rows = self.built("inequality_parts", place=False)
        rows = rows[rows["kind"] == kind] if "kind" in rows else rows
        return rows.assign(**{c: 100 * rows[c].astype(float) for c in ("value", "se", "lower", "upper") if c in rows})

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
        """Nested parts of inequality with their changes, and the sources that add more or less than their share."""
        rows = self.split
        if rows.empty:
            return self.words(f"{self.name}的收入差距暂不能分解。", data=[rows])
        years = rows.set_index(["part", "year"])
        first, last = int(rows["year"].min()), int(rows["year"].max())
        told = [
            f"{words}占{self._part_words(years.loc[(part, last)])}{self._part_moved(part, words, years, first, last)}"
            for part, words in PARTS.items()
        ]
        text = f"{last}年{self.name}居民收入差距（泰尔指数）逐层分解：{'；'.join(told)}；三部分合计100%。"
        return self.words(text, self._sources_told(), data=[rows])

    def _part_words(self, row):
        return f"{number(row['value'], '%')}（{interval(row['lower'], row['upper'], '%')}）"

    def _part_moved(self, part, words, years, first, last):
        if first == last:
            return ""
        new, old = (self.side(years.loc[(part, y), "value"], "%", y) for y in (last, first))
        told = self.significant("since", f"theil_{part}", year=last)
        return self.held(new, old, "since", lead="，", name=words, significant=told)

    def _sources_told(self):
        """Which sources add more or less to the Gini coefficient than they are of income, beyond the error."""
        rows = self._parts_of("excess")
        rows = rows[rows["year"] == self.year] if len(rows) else rows
        if rows.empty:
            return ""
        told = {sign: [] for sign in (1, -1)}
        for row in rows.itertuples():
            if self.significant("income_share", f"excess_{row.part}"):
                size = number(abs(row.value), "", 1)
                told[1 if row.value > 0 else -1].append(f"{SOURCES[row.part]}（{size}个百分点）")
        parts = [f"对差距的贡献{word}其收入占比的是{listed(told[sign])}" for sign, word in ((1, "高于"), (-1, "低于"))
                 if told[sign]]  # fmt: skip
        rest = len(rows) - sum(map(len, told.values()))
        if not parts:
            return f"按来源，{len(rows)}项来源对基尼系数的贡献与其收入占比的差别都在抽样误差之内。"
        return f"按来源，{'，'.join(parts)}" + (f"；其余{rest}项的差别在抽样误差之内。" if rest else "。")

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
