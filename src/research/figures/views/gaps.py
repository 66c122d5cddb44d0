"""What the views of the three gaps share, and the gap between places, for the whole district."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from research.assessment.projection import extrapolate
from research.figures.charts import compare, grid, time
from research.figures.views.base import at_most, cell, needs, ranges
from research.figures.views.facts import forecast_words
from research.figures.views.income import MEASURES, SOURCES, Income
from research.wording import decimals_of, listed, number, rounded, share, span

SMALL = 0.05  # places less likely than this are not named as a possible first
GAP_WORDS = {"gap:group_ratio": "重点地区居民收入与平均水平之比", "gap:income_variation": "乡镇街道居民收入",
             "gap:urban_rural_ratio": "城乡居民收入倍差"}  # fmt: skip


class Gap(Income):
    """A view of one gap; always of the whole district."""

    def __init__(self, edition, place=None):
        super().__init__(edition, edition.district)

    def gap(self, name):
        """Rows of one gap over the years, from the built table."""
        rows = self.built("gaps", place=False)
        return rows[rows["gap"] == name].sort_values("year").reset_index(drop=True)

    def parts(self, part):
        """Also incomes of the places (`townships`), and a gap after `gap:`."""
        if part == "townships":
            return "乡镇街道居民收入", self.townships
        if part.startswith("gap:"):
            rows = self.gap(part.removeprefix("gap:"))
            return rows["name"].iloc[0] if len(rows) else GAP_WORDS.get(part, "差距"), rows
        return super().parts(part)

    def _interval_words(self):
        return "及95%置信区间" if self.townships["lower"].notna().any() else ""

    def _model_rows(self, name):
        """This year's small-area estimates of a measure in every place, in the unit printed."""
        rows = self.built("small_area", place=False)
        rows = rows[(rows["year"] == self.year) & (rows.get("measure") == name)] if len(rows) else rows
        rows = rows.set_index("place").reindex(columns=["eblup", "gamma", "chosen", "factor", "mix_factor"])
        return rows.assign(eblup=rows["eblup"].astype(float) * MEASURES[name][2])

    def _places_table(self, name, caption):
        """Direct and small-area estimate of a measure in every place, with the choice between them."""
        _, unit, factor = MEASURES[name]
        rows = self.edition.table("measures")
        rows = rows[(rows["measure"] == name) & (rows["residence"] == "all") & (rows["year"] == self.year)]
        rows = rows[rows["place"].isin(self.edition.places["code"])].sort_values("place")
        rows = rows.assign(**{c: rows[c].astype(float) * factor for c in ("value", "se", "lower", "upper")})
        rows.loc[rows["se"] == 0, ["lower", "upper"]] = np.nan  # none in the sample: no interval can be given
        for column in ("direct", "se_direct", "model", "se_model", "below"):
            rows[column] = rows.reindex(columns=[column])[column].astype(float) * factor
        frame = pd.DataFrame({
            "乡镇街道": [self.edition.name(p) for p in rows["place"]],
            f"采用值（{unit}）": [cell(v, unit) or at_most(b) for v, b in rows[["value", "below"]].to_numpy(float)],
            f"95%置信区间（{unit}）": ranges(rows, unit), **_both(rows, unit),
        })  # fmt: skip
        note = self._choice_note(name)
        note += "样本中一户也没有的，不给区间。" if (rows["se"] == 0).any() else ""
        if rows.get("withheld", pd.Series(dtype=bool)).any():
            note += ("不列直接估计的，是样本中计入或不计入的户数过少，为保护住户不予公布；"
                     "“不足”之后是按样本户数确定的上限，小域估计按误差取整。")  # fmt: skip
        return self.sheet(frame if len(rows) else frame.head(0), caption, [rows], note)

    def _choice_note(self, name):
        """The rule by which a figure is adopted, and the benchmark's factors."""
        rows = self._model_rows(name)
        if rows["eblup"].isna().all():
            return "样本不足以建立小域模型，均采用直接估计。"
        limit = share(self.edition.settings["small_area_cv_limit"], 0)
        factor, mix = (number(rows[c].dropna().iloc[0], "", 3) for c in ("factor", "mix_factor"))
        return (f"直接估计的变异系数不超过{limit}，或误差不大于小域估计的，采用直接估计，不作移动；其余采用小域估计。"
                f"小域估计按误差平方校准到{self.whole_name}直接估计（校准前两者之比{factor}，误差越小移动越少；"
                f"采用值与{self.whole_name}之比的倒数为{mix}）。标准误已计入校准的移动。")  # fmt: skip

    def gap_words(self, name, unit):
        """Level and change of one gap."""
        rows = self.gap(name)
        if rows.empty:
            return ""
        first, last = rows.iloc[0], rows.iloc[-1]
        told = self.significant("since", name, place=self.edition.district, year=last["year"])
        new, old = (self.side(r["value"], unit, r["year"]) for r in (last, first))
        text = self.held(new, old, "since", "sentence", name=last["name"], significant=told)
        if not text or pd.isna(last.get("plain")):
            return text
        return text[:-1] + f"（已扣除抽样误差带来的偏高；直接计算为{number(last['plain'], unit)}）。"

    def gap_table(self, dimension, caption):
        """One row a gap, one column a year."""
        rows = self.built("gaps", place=False)
        rows = rows[rows["dimension"] == dimension]
        if rows.empty:
            return self.absent("gap_table", caption, f"{self.name}暂无{caption}所需的数据。")
        years = sorted(rows["year"].unique())
        lines = []
        for _, part in rows.groupby("gap", sort=False):
            values, unit, factor = part.set_index("year")["value"], part["unit"].iloc[0], 1
            if unit == "比重":
                unit, factor = "%", 100
            line = {"指标": part["name"].iloc[0], "单位": "–" if unit in ("系数", "比值") else unit}
            line |= {f"{y}年": cell(factor * values.get(y, np.nan), unit) for y in years}
            last = part.sort_values("year").iloc[[-1]]
            ends = last.assign(lower=factor * last["lower"], upper=factor * last["upper"])
            line["95%置信区间"] = ranges(ends, unit)[0]
            told = self.significant("since", part["gap"].iloc[0], year=last["year"].iloc[0])
            new, old = (self.side(factor * values[y], unit, y) for y in (max(values.index), min(values.index)))
            moved = self.held(new, old, "since", "change", name=part["name"].iloc[0], significant=told)
            lines.append(line | {"变化": moved if new.year > old.year else ""})
        note = "区间属于最近一年；变化为最近一年与首年之差，误差之内的不作方向判断。"
        if rows["plain"].notna().any():
            note += "各地之间的倍差与变异系数已扣除抽样误差带来的偏高（按村自助法）。"
        return self.sheet(pd.DataFrame(lines), caption, [rows], note)

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
        whole = self.at("mean_income")
        now["ratio"] = now["value"] / (np.nan if whole is None else whole["value"])
        return now.sort_values("value", ascending=False).reset_index(drop=True)

    @property
    def _withheld(self):
        """Places whose income of this year is not published."""
        rows = self.edition.table("measures")
        rows = rows[(rows["measure"] == "mean_income") & (rows["residence"] == "all") & (rows["year"] == self.year)]
        return set(rows.loc[rows["withheld"], "place"])

    @property
    def focus(self):
        """Short names of the places of the group in focus."""
        focus = self.edition.focus
        return list(self.townships.loc[self.townships["group"] == focus, "name"]) if focus else []

    @property
    def focus_name(self):
        """What the group in focus is called."""
        return self.edition.words["group"]


class RegionalGap(Gap):
    """地区差距: incomes of the places, the group in focus beside the district, convergence."""

    @needs("townships")
    def lead(self):
        """Highest and lowest place, the ratio between them, and how both gaps moved."""
        rows = self.townships
        text = (f"{self.year}年{self.name}{len(rows)}个乡镇街道居民人均可支配收入，"
                f"{self._ends('highest')}；{self._ends('lowest')}。")  # fmt: skip
        return self.words(text, self.gap_words("income_max_min", "倍"), self.gap_words("group_ratio", "比值"),
                          data=[rows, self.gap("income_max_min"), self.gap("group_ratio")])  # fmt: skip

    def _ends(self, end):
        """The highest or the lowest place with how sure that is; the others that may be it."""
        rows, word = self.townships, {"highest": "最高", "lowest": "最低"}[end]
        first = rows.iloc[0 if end == "highest" else -1]
        told = f"{first['full']}（{number(first['value'], '元')}）"
        chance = self.extremes.set_index("place")[f"p_{end}"]
        if first["code"] not in chance:
            return f"{word}的是{told}"
        sure = chance[first["code"]]
        if sure >= self.edition.settings["confidence_level"]:
            return f"{word}的是{told}"
        others = chance.drop(first["code"])
        others = others[others >= SMALL].sort_values(ascending=False).head(3)
        names = self.edition.places.set_index("code")["name"]
        also = listed([f"{names[c]}（{share(p, 0)}）" for c, p in others.items()])
        return f"数值{word}的是{told}，但它确为{word}的可能为{share(sure, 0)}，也可能是{also}"

    @cached_property
    def extremes(self):
        """This year's probability of each place to be the highest, the lowest, in the top third."""
        rows = self.built("extremes", place=False)
        return rows[(rows["measure"] == "mean_income") & (rows["year"] == self.year)] if "measure" in rows else (
            rows.reindex(columns=["place", "p_highest", "p_lowest", "p_top"]))  # fmt: skip

    @needs("townships", "各乡镇街道居民人均可支配收入示意图")
    def map(self):
        """Tile map of incomes in 万元."""
        places = grid.positions(self.edition.places)
        frame = self.townships.merge(places, on="code", how="right", validate="one_to_one")
        names = self.edition.places.set_index("code")["name_short"]
        frame = frame.assign(value=frame["value"] / 1e4, name=frame["code"].map(names))
        caption = f"各乡镇街道居民人均可支配收入（{self.year}年，示意图）"
        return self.picture(grid.tile_map(frame, "万元", 2), caption, self.lead().text, [self.townships])

    @needs("townships", "各乡镇街道居民人均可支配收入")
    def ranking(self):
        """Places by income, with 95% intervals."""
        whole = self.at("mean_income")
        figure = compare.ranking(self.townships, "元", self.focus, None if whole is None else whole["value"],
                                 self.whole_name)  # fmt: skip
        coloured = f"，橙色为{self.focus_name}" if self.focus else ""
        caption = f"各乡镇街道居民人均可支配收入{self._interval_words()}（{self.year}年{coloured}）"
        return self.picture(figure, caption, self.ranking_words().text, [self.townships])

    @needs("townships")
    def ranking_words(self):
        """Which places lie below the district beyond the sampling error, and that neighbours cannot be told apart."""
        rows, mean = self.townships, self.at("mean_income")
        if mean is None or pd.isna(mean["lower"]) or rows["lower"].isna().all():
            return self._ranking_of_aggregates(rows, mean)
        apart = [self.significant("district", "mean_income", place=c) for c in rows["code"]]
        rows = rows.assign(apart=[bool(a) for a in apart])
        low = rows[rows["apart"] & (rows["value"] < mean["value"])].sort_values("code")["full"]
        high = rows[rows["apart"] & (rows["value"] > mean["value"])].sort_values("code")["full"]
        parts = [
            f"{listed(names, 7)}的收入显著{word}{self.whole_name}平均"
            for names, word in ((high, "高于"), (low, "低于"))
            if len(names)
        ]
        text = f"考虑抽样误差和同时作出的{len(rows)}个比较，"
        text += "；".join([*parts, ""]) if parts else ""
        text += (f"{(~rows['apart']).sum()}个乡镇街道与{self.whole_name}平均（{number(mean['value'], '元')}）"
                 "的差别在误差之内，彼此不分先后。")  # fmt: skip
        return self.words(text, data=[rows, self.measure("mean_income")])

    def _ranking_of_aggregates(self, rows, mean):
        """Aggregates have no interval: how many places lie above and below the district."""
        text = "各乡镇街道的收入为公布或报送的汇总数，没有误差区间，名次相近的不宜作强弱结论。"
        if mean is not None:
            low = int((rows["value"] < mean["value"]).sum())
            text = (f"{len(rows)}个乡镇街道中，{low}个低于{self.whole_name}平均（{number(mean['value'], '元')}）。"
                    f"{text}")  # fmt: skip
        return self.words(text, data=[rows, self.measure("mean_income")])

    @cached_property
    def _focus(self):
        rows = self.gap("group_ratio")
        return rows, extrapolate(rows, self.horizon)

    @needs("gap:group_ratio", "重点地区居民收入与平均水平之比")
    def focus_chart(self):
        """The group in focus over the district, with projection."""
        rows, ahead = self._focus
        caption = f"{self.focus_name}居民人均可支配收入与{self.whole_name}平均之比"
        return self.picture(time.trend(rows, ahead, unit="比值"), caption, self.focus_words().text, [rows, ahead])

    @needs("gap:group_ratio")
    def focus_words(self):
        """Level, interval, change and projection of the ratio of the group in focus."""
        rows, ahead = self._focus
        last = rows.iloc[-1]
        text = f"{last['year']}年{self.focus_name}居民人均可支配收入相当于{self.whole_name}平均的{share(last['value'])}"
        told = pd.notna(last["lower"])
        text += f"（95%置信区间{span(100 * last['lower'], 100 * last['upper'], '%')}）。" if told else "。"
        return self.words(
            text, self.gap_words("group_ratio", "比值"), forecast_words(ahead, "比值", None, 1), data=[rows, ahead]
        )

    @needs("gap:income_variation", "乡镇街道人均可支配收入的变异系数")
    def convergence(self):
        """Coefficient of variation between places over the years (σ)."""
        rows = self.gap("income_variation")
        caption = rows["name"].iloc[-1]
        return self.picture(time.lines({"变异系数": rows}, "系数"), caption, self.convergence_words().text, [rows])

    @needs("townships")
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
        found = self.built("catching_up", place=False)
        exact = len(found) == 0  # aggregates without errors
        beta = beta_convergence(rows, "value") if exact else found.iloc[0]
        bounds = f"（95%置信区间{span(beta.lower, beta.upper, '', 3)}）"
        bounds += "" if exact else f"，已扣除起点收入抽样误差造成的偏低，未扣除时为{rounded(beta.plain, 3)}"
        if beta.upper < 0:
            text += f"按名义收入，起点越低的乡镇街道增长越快：β系数为{rounded(beta.beta, 3)}{bounds}，存在绝对β收敛。"
        elif beta.lower > 0:
            text += f"按名义收入，起点越高的乡镇街道增长越快：β系数为{rounded(beta.beta, 3)}{bounds}，呈发散。"
        else:
            text += f"按名义收入，β系数为{rounded(beta.beta, 3)}{bounds}，区间跨过0，不能断定低收入乡镇街道追赶更快。"
        return self.words(text, data=[rows, self.gap("income_variation")])

    @needs("townships", "各乡镇街道居民人均可支配收入的变化")
    def slope(self):
        """Incomes between the first and this year."""
        rows = self.townships
        frame = rows.assign(old=rows["old"] / 1e4, new=rows["value"] / 1e4)
        figure = time.slope(
            frame, (int(rows["first_year"].iloc[0]), self.year), "万元", self.focus, decimals=2, words=self.focus_name
        )
        caption = f"各乡镇街道居民人均可支配收入的变化（{rows['first_year'].iloc[0]}年与{self.year}年）"
        growth = (rows["value"] / rows["old"] - 1).to_numpy()
        alt = (f"{rows['first_year'].iloc[0]}—{self.year}年各地名义增幅在{share(np.nanmin(growth))}至"
               f"{share(np.nanmax(growth))}之间，未扣除价格因素；先后未作检验，不作比较。")  # fmt: skip
        return self.picture(figure, caption, alt, [rows])

    @needs("townships", "各乡镇街道居民人均可支配收入")
    def places_table(self):
        """Direct and small-area estimate of income, interval, ratio to the district and change of each place."""
        rows = self.townships.sort_values("code").reset_index(drop=True)
        first = int(rows["first_year"].iloc[0])
        if rows["se"].isna().all():
            return self._places_of_aggregates(rows, first)
        top = self.extremes.set_index("place").reindex(rows["place"])["p_top"]
        frame = pd.DataFrame({
            "乡镇街道": rows["full"], "采用值（元）": [cell(v, "元") for v in rows["value"]],
            "95%置信区间（元）": ranges(rows, "元"), **_both(rows, "元"),
            "居前三分之一的可能（%）": [cell(100 * v, "", 0) for v in top],
            f"为{self.whole_name}平均的%": [cell(100 * v, "%") for v in rows["ratio"]],
            f"比{first}年名义增长（%）": [cell(100 * v, "%") for v in rows["value"] / rows["old"] - 1],
            "增长的95%区间（%）": self._growth_ends_of(rows["place"]),
            "样本户数": [str(int(n)) for n in rows["n"]],
        })  # fmt: skip
        note = "按行政区划代码排列，区间重叠的不分先后；其余各列均按采用值计算。" + self._choice_note("mean_income")
        gone = [self.edition.name(c) for c in self.edition.places["code"] if c in self._withheld]
        note += f"为保护住户信息，{listed(gone, 7)}的数值不予公布。" if gone else ""
        return self.sheet(frame, f"各乡镇街道居民人均可支配收入（{self.year}年）", [rows], note)

    def _growth_ends_of(self, places):
        """Intervals of the growth since the first year, as cells."""
        found = [self.comparison("since", "mean_income", place=p) for p in places]
        return [
            ""
            if r is None or pd.isna(r["growth_lower"])
            else f"{cell(100 * r['growth_lower'], '%')}～{cell(100 * r['growth_upper'], '%')}"
            for r in found
        ]

    def _places_of_aggregates(self, rows, first):
        frame = pd.DataFrame({
            "乡镇街道": rows["full"], "人均可支配收入（元）": [cell(v, "元") for v in rows["value"]],
            f"为{self.whole_name}平均的%": [cell(100 * v, "%") for v in rows["ratio"]],
            f"比{first}年名义增长（%）": [cell(100 * v, "%") for v in rows["value"] / rows["old"] - 1],
        })  # fmt: skip
        return self.sheet(frame, f"各乡镇街道居民人均可支配收入（{self.year}年）", [rows],
                          "为公布或报送的汇总数，没有误差区间。")  # fmt: skip

    def measures_table(self):
        """The gaps between places by year."""
        return self.gap_table("region", "地区差距的测度")


def _both(rows, unit):
    """Columns of the direct estimate and the model's, each with its standard error, and which is adopted."""
    digits = max(decimals_of(unit), 1) if unit != "元" else 0
    return {
        f"直接估计（{unit}）": [cell(v, unit) for v in rows["direct"]],
        "直接估计的标准误": [cell(v, unit, digits) for v in rows["se_direct"]],
        f"小域估计（{unit}）": [cell(v, unit) for v in rows["model"]],
        "小域估计的标准误": [cell(v, unit, digits) for v in rows["se_model"]],
        "采用": ["" if pd.isna(v) else {"model": "小域"}.get(c, "直接")
                for c, v in zip(rows["adopted"], rows["value"], strict=True)],
    }  # fmt: skip


__all__ = ["Gap", "RegionalGap", "SOURCES"]
