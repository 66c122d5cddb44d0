"""What the views of the three gaps share, and the gap between places, for the whole district."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from research.figures import charts_compare as compare
from research.figures import charts_grid as grid
from research.figures import charts_time as time
from research.figures.views_base import cell, ranges
from research.figures.views_facts import forecast_words
from research.figures.views_income import MEASURES, SOURCES, Income
from research.figures.views_trend import project
from research.wording import change, changed, compared, listed, number, rounded, share, span


class Gap(Income):
    """A view of one gap; always of the whole district."""

    def __init__(self, edition, place=None):
        super().__init__("income", edition, edition.district)

    def gap(self, name):
        """Rows of one gap over the years, from the built table."""
        rows = self.built("gaps", place=False)
        return rows[rows["gap"] == name].sort_values("year").reset_index(drop=True)

    def _model_rows(self, name):
        """This year's small-area estimates of a measure in every place, in the unit printed."""
        rows = self.built("small_area", place=False)
        rows = rows[(rows["year"] == self.year) & (rows.get("measure") == name)] if len(rows) else rows
        rows = rows.set_index("place").reindex(columns=["eblup", "gamma", "chosen"])
        return rows.assign(eblup=rows["eblup"].astype(float) * MEASURES[name][2])

    def _places_table(self, name, caption):
        """Direct and small-area estimate of a measure in every place, with the choice between them."""
        _, unit, factor = MEASURES[name]
        rows = self.edition.table("measures")
        rows = rows[(rows["measure"] == name) & (rows["residence"] == "all") & (rows["year"] == self.year)]
        rows = rows[rows["place"].isin(self.edition.places["code"])].sort_values("place")
        rows = rows.assign(**{c: rows[c].astype(float) * factor for c in ("value", "se", "lower", "upper")})
        rows.loc[rows["se"] == 0, ["lower", "upper"]] = np.nan  # none in the sample: no interval can be given
        model = self._model_rows(name).reindex(rows["place"])
        frame = pd.DataFrame({
            "乡镇街道": [self.edition.name(p) for p in rows["place"]],
            f"直接估计（{unit}）": [cell(v, unit) for v in rows["value"]],
            f"95%置信区间（{unit}）": ranges(rows, unit),
            f"小域估计（{unit}）": [cell(v, unit) for v in model["eblup"]],
            "直接估计的权重": [cell(v, "", 2) for v in model["gamma"]],
            "采用": [{"model": "小域"}.get(c, "直接") for c in model["chosen"]],
        })  # fmt: skip
        limit = share(self.edition.settings["small_area_cv_limit"], 0)
        note = f"直接估计的变异系数不超过{limit}时采用直接估计，超过时采用小域估计；权重越小，向回归收缩得越多。"
        note += "样本中一户也没有的，不给区间。" if (rows["se"] == 0).any() else ""
        return self.sheet(frame, caption, [rows], note)

    def gap_words(self, name, unit):
        """Level and change of one gap."""
        rows = self.gap(name)
        if rows.empty:
            return ""
        first, last = rows.iloc[0], rows.iloc[-1]
        return changed(last["name"], unit, first["value"], last["value"], first["year"], last["year"])

    def gap_table(self, dimension, caption):
        """One row a gap, one column a year."""
        rows = self.built("gaps", place=False)
        rows = rows[rows["dimension"] == dimension]
        years = sorted(rows["year"].unique())
        lines = []
        for _, part in rows.groupby("gap", sort=False):
            values, unit, factor = part.set_index("year")["value"], part["unit"].iloc[0], 1
            if unit == "比重":
                unit, factor = "%", 100
            line = {"指标": part["name"].iloc[0], "单位": "–" if unit in ("系数", "比值") else unit}
            line |= {f"{y}年": cell(factor * values.get(y, np.nan), unit) for y in years}
            lines.append(
                line | {"变化": change(factor * values[min(values.index)], factor * values[max(values.index)], unit)}
            )
        return self.sheet(pd.DataFrame(lines), caption, [rows])

    @cached_property
    def townships(self):
        """Income of each place this year and in the first: name, group, value, interval, old, ratio."""
        rows = self.edition.table("measures")
        rows = rows[(rows["measure"] == "mean_income") & (rows["residence"] == "all") & rows["value"].notna()]
        rows = rows[rows["place"] != self.edition.district]
        now = rows[rows["year"] == self.year].merge(
            self.edition.places[["code", "name", "name_short", "kind", "group"]].rename(columns={"name": "full"}),
            left_on="place", right_on="code", validate="one_to_one",
        )  # fmt: skip
        first = rows[rows["year"] == rows["year"].min()].set_index("place")["value"]
        now = now.assign(name=now["name_short"], old=now["place"].map(first), first_year=rows["year"].min())
        now["ratio"] = now["value"] / self.at("mean_income")["value"]
        return now.sort_values("value", ascending=False).reset_index(drop=True)

    @property
    def west(self):
        """Short names of the western places."""
        return list(self.townships.loc[self.townships["group"] == "west", "name"])

    @property
    def west_name(self):
        """What the group is called."""
        return self.edition.group_names.get("west", "西部")


class RegionalGap(Gap):
    """地区差距: incomes of the places, the west beside the district, convergence."""

    def lead(self):
        """Highest and lowest place, the ratio between them, and how both gaps moved."""
        rows = self.townships
        top, low = rows.iloc[0], rows.iloc[-1]
        text = (f"{self.year}年{self.name}{len(rows)}个乡镇街道中，"
                f"居民人均可支配收入最高的是{top['full']}（{number(top['value'], '元')}），"
                f"最低的是{low['full']}（{number(low['value'], '元')}）。")  # fmt: skip
        return self.words(text, self.gap_words("income_max_min", "倍"), self.gap_words("west_ratio", "比值"),
                          data=[rows, self.gap("income_max_min"), self.gap("west_ratio")])  # fmt: skip

    def map(self):
        """Tile map of incomes in 万元."""
        places = grid.positions(self.edition.places)
        frame = self.townships.merge(places, on="code", how="right", validate="one_to_one")
        names = self.edition.places.set_index("code")["name_short"]
        frame = frame.assign(value=frame["value"] / 1e4, name=frame["code"].map(names))
        caption = f"各乡镇街道居民人均可支配收入（{self.year}年，示意图）"
        return self.picture(grid.tile_map(frame, "万元", 2), caption, self.lead().text, [self.townships])

    def ranking(self):
        """Places by income, with 95% intervals."""
        figure = compare.ranking(self.townships, "元", self.west, self.at("mean_income")["value"], "全区")
        caption = f"各乡镇街道居民人均可支配收入及95%置信区间（{self.year}年，橙色为{self.west_name}）"
        return self.picture(figure, caption, self.ranking_words().text, [self.townships])

    def ranking_words(self):
        """Which places lie below the district beyond the sampling error, and that neighbours cannot be told apart."""
        rows, mean = self.townships, self.at("mean_income")
        clear = rows[(rows["upper"] < mean["lower"])]["full"]
        level = rows[(rows["lower"] <= mean["upper"]) & (rows["upper"] >= mean["lower"])]
        text = (
            f"考虑抽样误差，{listed(clear, 7)}的收入明确低于全区平均（{number(mean['value'], '元')}）；"
            if len(clear)
            else ""
        )
        text += f"{len(level)}个乡镇街道的置信区间与全区平均重叠，彼此名次不宜作强弱结论。"
        return self.words(text, data=[rows, self.measure("mean_income")])

    @cached_property
    def _west(self):
        rows = self.gap("west_ratio")
        return rows, project(rows, self.horizon)

    def west_chart(self):
        """West over district, with projection."""
        rows, ahead = self._west
        caption = f"{self.west_name}居民人均可支配收入与全区平均之比"
        return self.picture(time.trend(rows, ahead, unit="比值"), caption, self.west_words().text, [rows, ahead])

    def west_words(self):
        """Level, interval, change and projection of the west's ratio."""
        rows, ahead = self._west
        last = rows.iloc[-1]
        text = f"{self.year}年{self.west_name}居民人均可支配收入相当于全区平均的{share(last['value'])}"
        text += f"（95%置信区间{span(100 * last['lower'], 100 * last['upper'], '%')}）。"
        return self.words(
            text, self.gap_words("west_ratio", "比值"), forecast_words(ahead, "比值", None, 1), data=[rows, ahead]
        )

    def convergence(self):
        """Coefficient of variation between places over the years (σ)."""
        rows = self.gap("income_variation")
        caption = "乡镇街道人均可支配收入的变异系数（人口加权）"
        return self.picture(time.lines({"变异系数": rows}, "系数"), caption, self.convergence_words().text, [rows])

    def convergence_words(self):
        """σ convergence, and β convergence with its interval (statsmodels)."""
        from research.measures.dynamics import beta_convergence

        rows = self.edition.table("measures")
        rows = rows[
            (rows["measure"] == "mean_income") & (rows["residence"] == "all") & (rows["place"] != self.edition.district)
        ]
        text = self.gap_words("income_variation", "系数")
        if rows["year"].nunique() < 2:
            return self.words(text, "只有一年数据，尚不能判断是否收敛。", data=[rows, self.gap("income_variation")])
        beta = beta_convergence(rows, "value")
        bounds = f"（95%置信区间{span(beta.lower, beta.upper, '', 3)}）"
        if beta.upper < 0:
            text += f"起点越低的乡镇街道增长越快：β系数为{rounded(beta.beta, 3)}{bounds}，存在绝对β收敛。"
        elif beta.lower > 0:
            text += f"起点越高的乡镇街道增长越快：β系数为{rounded(beta.beta, 3)}{bounds}，呈发散。"
        else:
            text += f"β系数为{rounded(beta.beta, 3)}{bounds}，区间跨过0，不能断定低收入乡镇街道追赶更快。"
        return self.words(text, data=[rows, self.gap("income_variation")])

    def slope(self):
        """Incomes between the first and this year."""
        rows = self.townships
        frame = rows.assign(old=rows["old"] / 1e4, new=rows["value"] / 1e4)
        figure = time.slope(
            frame, (int(rows["first_year"].iloc[0]), self.year), "万元", self.west, decimals=2, words=self.west_name
        )
        caption = f"各乡镇街道居民人均可支配收入的变化（{rows['first_year'].iloc[0]}年与{self.year}年）"
        growth = (rows["value"] / rows["old"] - 1).to_numpy()
        fastest = rows["full"].iloc[int(np.argmax(growth))]
        alt = f"{rows['first_year'].iloc[0]}—{self.year}年名义增幅最大的是{fastest}，为{share(growth.max())}。"
        return self.picture(figure, caption, alt, [rows])

    def places_table(self):
        """Direct and small-area estimate of income, interval, ratio to the district and change of each place."""
        rows = self.townships
        model = self._model_rows("mean_income").reindex(rows["place"])
        first = int(rows["first_year"].iloc[0])
        frame = pd.DataFrame({
            "乡镇街道": rows["full"], "直接估计（元）": [cell(v, "元") for v in rows["value"]],
            "95%置信区间（元）": ranges(rows, "元"),
            "小域估计（元）": [cell(v, "元") for v in model["eblup"]],
            "直接估计的权重": [cell(v, "", 2) for v in model["gamma"]],
            "采用": [{"model": "小域"}.get(c, "直接") for c in model["chosen"]],
            "为全区平均的%": [cell(100 * v, "%") for v in rows["ratio"]],
            f"比{first}年名义增长（%）": [cell(100 * v, "%") for v in rows["value"] / rows["old"] - 1],
            "样本户数": [str(int(n)) for n in rows["n"]],
        })  # fmt: skip
        limit = share(self.edition.settings["small_area_cv_limit"], 0)
        note = f"直接估计的变异系数不超过{limit}时采用直接估计，超过时采用小域估计；其余各列均按直接估计计算。"
        note += "小域估计是直接估计与回归的加权平均，权重越小，向回归收缩得越多。"
        return self.sheet(frame, f"各乡镇街道居民人均可支配收入（{self.year}年）", [rows], note)

    def measures_table(self):
        """The gaps between places by year."""
        return self.gap_table("region", "地区差距的测度")


__all__ = ["Gap", "RegionalGap", "SOURCES", "compared"]
