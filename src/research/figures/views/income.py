"""What the views of the gaps of income take of the household survey: measures, curves, sources."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.views.base import View
from research.figures.views.income_table import MEASURES, MeasuresTable
from research.wording import interval, number

RESIDENCE_WORDS = {"urban": "城镇", "rural": "农村"}
RESIDENCE = {"all": "全体", "urban": "城镇", "rural": "农村"}
SOURCES = {"wage": "工资性收入", "business": "经营净收入", "property": "财产净收入", "transfer": "转移净收入"}


class Household:
    """Figures out of the household survey; mixed into views that have `place`, `year` and `edition`."""

    def parts(self, part):
        """Households, a measure (by name, after a colon whose), income by source."""
        if part == "households":
            return "住户逐户调查", self.survey
        if part == "sources":
            return "居民收入来源", self.source_rows
        name, _, residence = part.partition(":")
        if name in MEASURES:
            rows = self.measure(name, residence or "all")
            return RESIDENCE_WORDS.get(residence, "") + self.measure_name(name), rows[rows["year"] == self.year]
        return super().parts(part)

    def _lacking(self, name):
        """Not measured, or measured in so few households that it is not published."""
        rows = self.built("measures")
        if "withheld" not in rows:
            return super()._lacking(name)
        rows = rows[(rows["place"] == self.place) & (rows["year"] == self.year) & (rows["residence"] == "all")]
        gone = rows.loc[rows["measure"] == "mean_income", "withheld"].any()
        return f"为保护住户信息，{self.name}的{name}数据不予公布。" if gone else super()._lacking(name)

    def measure_name(self, name):
        """What a measure is called, with the district's own limits of incomes."""
        return MEASURES[name][0].format(**self.edition.words)

    @cached_property
    def survey(self):
        """Households of this place with an income, all years."""
        rows = self.edition.households
        rows = rows if self.is_district or rows.empty else rows[rows["place"] == self.place]
        return rows[rows["income_pc"].notna() & rows["person_weight"].notna()] if len(rows) else rows

    def measure(self, name, residence="all", place=None):
        """Rows of one measure over the years, in the unit it is printed in."""
        groups, none = self._measured
        rows = groups.get((name, residence, place or self.place), none)
        _, unit, factor = MEASURES[name]
        scaled = {c: rows[c].astype(float) * factor for c in ("value", "se", "lower", "upper")}
        return rows.assign(**scaled, unit=unit)

    @cached_property
    def _measured(self):
        """Rows of each measure, residence and place by year (a page asks for a hundred), and how none looks."""
        rows = self.built("measures")
        rows = rows[rows["value"].notna()].sort_values("year")
        groups = rows.groupby(["measure", "residence", "place"], sort=False)
        return {key: part.reset_index(drop=True) for key, part in groups}, rows.iloc[:0].reset_index(drop=True)

    def at(self, name, residence="all", place=None, year=None):
        """One row of a measure at a year (default: the edition's), or None."""
        rows = self.measure(name, residence, place)
        rows = rows[rows["year"] == (year or self.year)]
        return rows.iloc[0] if len(rows) else None

    def moved(self, name, residence="all", form="tested", lead="", **more):
        """A measure now against its first year, in words, with the adopted test; nothing with one year only."""
        rows = self.measure(name, residence)
        if len(rows) < 2:
            return ""
        new, old = (self._side_of(name, r, residence) for r in (rows.iloc[-1], rows.iloc[0]))
        told = self.significant("since", name, residence, year=new.year)
        text = self.held(new, old, "since", form, lead, name=self.measure_name(name), significant=told, **more)
        return text + self._growth_ends(name, residence, new.year) if form == "relative" and text else text

    def _growth_ends(self, name, residence, year):
        """The interval of a growth since the first year, where there is one."""
        row = self.comparison("since", name, residence, year=year)
        if row is None or pd.isna(row.get("growth_lower")):
            return ""
        return f"（{interval(100 * row['growth_lower'], 100 * row['growth_upper'], '%')}）"

    def beside_district(self, name, lead="", form="tested"):
        """A measure of this place beside the district's, in words, with the adopted test."""
        wider = self.at(name, place=self.edition.district)
        if wider is None:
            return ""
        one, other = self._side_of(name, self.at(name)), self._side_of(name, wider)
        return self.held(one, other, "place", form, lead, name=self.measure_name(name), than=f"{self.whole_name}平均",
                         significant=self.significant("district", name))  # fmt: skip

    def town_and_country(self, name, lead="", than="城镇"):
        """A measure of the country beside the town's, in words, with the adopted test."""
        urban, rural = self.at(name, "urban"), self.at(name, "rural")
        if urban is None or rural is None:
            return ""
        one, other = self._side_of(name, rural, "rural"), self._side_of(name, urban, "urban")
        return self.held(one, other, "group", "tested", lead, name=self.measure_name(name), than=than,
                         significant=self.significant("residence", name))  # fmt: skip

    def _side_of(self, name, row, residence="all"):
        return self.side(row["value"], MEASURES[name][1], row["year"], row["place"], RESIDENCE[residence])

    def curve_rows(self, curve, year, residence="all"):
        """Published points of a curve of this place: "lorenz" or "density"."""
        rows = self.built("curves")
        if rows.empty or "curve" not in rows:
            return rows.head(0)
        return rows[(rows["place"] == self.place) & (rows["curve"] == curve) & (rows["year"] == year)
                    & (rows["residence"] == residence)]  # fmt: skip

    def curve(self, label, year, residence="all"):
        """Lorenz curve of groups of households with its Gini coefficient; None where one of them is not published."""
        rows, fact = self.curve_rows("lorenz", year, residence), self.at("gini", residence, year=year)
        if rows.empty or fact is None:
            return None
        bounds = {} if pd.isna(fact["lower"]) else {"lower": fact["lower"], "upper": fact["upper"]}
        points = {"p": rows["x"].to_numpy(), "share": rows["y"].to_numpy(), "rows": rows}
        return {"label": label, "gini": fact["value"], **points, **bounds}

    def densities(self, years):
        """Published densities of income per person by year, in 万元; and the rows they are drawn from."""
        groups, data = [], []
        for year in years:
            rows, fact = self.curve_rows("density", year), self.at("median_income", year=year)
            if len(rows) and fact is not None:
                groups.append({"label": f"{year}年", "x": rows["x"].to_numpy() / 1e4, "y": rows["y"].to_numpy() * 1e4,
                               "median": fact["value"] / 1e4})  # fmt: skip
                data.append(rows)
        return groups, data


class Income(Household, MeasuresTable, View):
    """What the views of the gaps of income share."""

    def density_words(self):
        """How the median moved beside the mean."""
        rows = {m: self.measure(m) for m in ("median_income", "mean_income")}
        if any(r.empty for r in rows.values()):
            return self.words(self._lacking("住户收入调查"))
        last = rows["median_income"].iloc[-1]
        mean = rows["mean_income"].iloc[-1]
        text = (
            f"{last['year']}年{self.name}居民收入中位数{number(last['value'], '元')}，"
            f"为平均数的{number(100 * last['value'] / mean['value'], '%')}"
        )
        text += self.moved("median_income", form="relative", lead="；按名义值，中位数")
        text += self.moved("mean_income", form="relative", lead="，平均数")
        return self.words(text + "。", data=list(rows.values()))

    @cached_property
    def source_rows(self):
        """Income by source of this place, all years."""
        rows = self.built("sources")
        return rows[rows["place"] == self.place].rename(columns={"source": "kind", "origin": "source"})

    def _shares(self, residence, year, column="share", factor=100):
        rows = self.source_rows
        if column not in rows:
            return None
        rows = rows[(rows["residence"] == residence) & (rows["year"] == year) & rows[column].notna()]
        values = rows.set_index("kind")[column].reindex(SOURCES) * factor
        return values.rename(SOURCES) if len(rows) else None


__all__ = ["Household", "Income", "MEASURES", "RESIDENCE", "SOURCES"]
