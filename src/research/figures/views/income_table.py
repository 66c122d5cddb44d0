"""The table of income and inequality of one place: direct estimates, and the small-area model beside them."""

from __future__ import annotations

import pandas as pd

from research.figures.views.base import at_most, cell
from research.measures import MEASURES as KNOWN
from research.wording import listed, share, span

_PLAIN = ("gini", "quintile_ratio", "percentile_ratio", "palma_ratio", "top_share", "theil")
MEASURES = {  # measure: (name, unit printed, factor)
    "mean_income": ("人均可支配收入", "元", 1), "median_income": ("人均可支配收入中位数", "元", 1),
    **{name: (known.zh, known.unit, known.factor) for name in _PLAIN for known in [KNOWN[name]]},
    "band_share": ("年收入{band}家庭比例", "%", 100), "low_income": ("人均收入{line}以下人口比例", "%", 100),
    "urban_rural_ratio": ("城乡居民收入倍差", "倍", 1),
}  # fmt: skip


RULES = {"zero": "按零计", "drop": "不计入", "keep": "照实计入", "refuse": "不予计算"}
"""What becomes of net losses, in words."""


class MeasuresTable:
    """The table; mixed into views with `measure`, `at`, `built` and what goes with a view."""

    def measures_table(self):
        """Measures of income and inequality with their intervals, beside the first year, or model and district."""
        found = [(name, self.at(name), self._model(name)) for name in MEASURES]
        found = [(name, now, model) for name, now, model in found if now is not None or model is not None]
        columns = ["指标", "单位", f"{self.year}年", "95%置信区间"]
        lines = [dict(zip(columns, self._measure_line(name, now), strict=True)) | self._cells_beside(name, model)
                 for name, now, model in found]  # fmt: skip
        note = "为公布或报送的汇总数，没有区间。"
        if len(self.survey):
            note = "家庭人均口径，按人口加权；区间考虑了分层与整群抽样。"
        note += self._losses_note() + self._model_note() + self._caution()
        data = [self.measure(name) for name, now, _ in found if now is not None]
        frame = pd.DataFrame(lines, columns=None if lines else columns)
        return self.sheet(frame, f"{self.name}居民收入与差距（{self.year}年）", data, note)

    def _losses_note(self):
        """How many households have a net loss for an income, and what the measures of inequality do with them."""
        rows = self.built("measures")
        if "n_negative" not in rows:
            return ""
        rows = rows[(rows["place"] == self.place) & (rows["year"] == self.year) & (rows["residence"] == "all")]
        found = rows.loc[rows["measure"] == "gini", ["n_negative", "weight_negative"]].dropna()
        if found.empty or not found["n_negative"].iloc[0]:
            return ""
        n, weight = found.iloc[0]
        rule = RULES[self.edition.settings.get("negative_incomes", "zero")]
        return f"有{n:.0f}户样本（代表{weight:,.0f}人）收入为负，计算收入差距时{rule}。"

    def _measure_line(self, name, now):
        words, unit = self.measure_name(name), MEASURES[name][1]
        value = at_most(self._below(name)) if now is None else cell(now["value"], unit)
        bounds = "" if now is None or pd.isna(now["lower"]) else span(now["lower"], now["upper"], unit)
        return [words, unit if unit != "系数" else "–", value, bounds]

    def _below(self, name):
        """The limit under which a withheld share lies at this place, in the unit printed; a gap without one."""
        rows = self.built("measures")
        if "below" not in rows:
            return None
        rows = rows[(rows["place"] == self.place) & (rows["year"] == self.year) & (rows["residence"] == "all")
                    & (rows["measure"] == name) & rows["below"].notna()]  # fmt: skip
        return rows["below"].iloc[0] * MEASURES[name][2] if len(rows) else None

    def _cells_beside(self, name, model):
        """Further cells of a line: the first year for the district; the model and the district for a place."""
        unit, rows = MEASURES[name][1], self.measure(name)
        if self.is_district:
            first = f"{rows['year'].iloc[0]}年" if len(rows) else ""
            return {first: cell(rows["value"].iloc[0], unit)} if first else {}
        wider = self.at(name, place=self.edition.district)
        made = {"小域估计": "", "采用": ""}
        if model is not None:
            used = "" if self.at(name) is None else {"model": "小域"}.get(model["chosen"], "直接")
            made = {"小域估计": cell(model["eblup"], unit), "采用": used}
        return {**made, self.whole_name: "" if wider is None else cell(wider["value"], unit)}

    def _model(self, name):
        """The small-area estimate of a measure at this place and year, in the unit printed; None without one."""
        rows = self.built("small_area")
        if self.is_district or rows.empty or "eblup" not in rows:
            return None
        rows = rows[(rows["place"] == self.place) & (rows["year"] == self.year) & (rows["measure"] == name)]
        if rows.empty or pd.isna(rows["eblup"].iloc[0]):
            return None
        row = rows.iloc[0].copy()
        row["eblup"] = row["eblup"] * MEASURES[name][2]
        return row

    def _model_note(self):
        if self.is_district or all(self._model(name) is None for name in MEASURES):
            return ""
        limit = share(self.edition.settings["small_area_cv_limit"], 0)
        return (f"小域估计借用各乡镇街道的共同规律；直接估计的变异系数不超过{limit}，或误差不大于小域估计的，"
                "采用直接估计；其余采用小域估计，首列和区间即为采用值。" + self._withheld_note())  # fmt: skip

    def _withheld_note(self):
        if not any(self._below(name) for name in MEASURES):
            return ""
        return "写“不足”的，是样本中计入的户数过少，为保护住户只公布按样本户数确定的上限，不采用任何估计。"

    def _caution(self):
        rows = self.built("measures")
        rows = rows[(rows["place"] == self.place) & (rows["year"] == self.year) & (rows["residence"] == "all")]
        if "caution" not in rows or not rows["caution"].fillna(False).astype(bool).any():
            return ""
        careful = rows.loc[rows["caution"].fillna(False).astype(bool), "measure"]
        names = [self.measure_name(m) for m in careful if m in MEASURES]
        return f"{listed(names, 3, '项')}抽样误差较大，请慎用。" if names else ""
