"""One theme at one place: how far to the targets, where the main indicator runs, what changed."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.charts import compare, time
from research.figures.style import INK
from research.figures.views.base import cell, lacks
from research.figures.views.facts import (
    ahead_of_district,
    flag,
    forecast_words,
    largest_gain,
    span_of_years,
    tally_words,
    to_target_words,
)
from research.figures.views.theme_facts import ThemeFacts
from research.figures.views.trend import project
from research.wording import decimals_of, listed, number, plain

PACE = {"green": "已达到或落后不多", "yellow": "略落后", "red": "明显落后", "grey": "不能评定"}
LATE = {"pace": "落后于时间进度", "goal": "没有起点可算进度、离目标值较远", "floor": "没有守住每年的底线或上限",
        "due": "到期没有达到"}  # fmt: skip
ENDED = {"green": "已达到", "red": "未达到", "grey": "不能评定"}


class Theme(ThemeFacts):
    """The view of one theme; the themes with figures of their own extend it.

    Parameters
    ----------
    theme : str
        One of `research.core.scope.THEMES`.
    edition : Edition
    place : str, optional
        Default: the district.
    """

    # --- the first paragraph -----------------------------------------------------------------------------

    def lead(self):
        """How many indicators have data, improved, and are on the way to the target."""
        facts, asked = self.facts, len(self.indicators)
        if facts.empty:
            return self.words(lacks(self.title + "指标", self.name))
        better, worse = int((facts["better"] == 1).sum()), int((facts["better"] == -1).sum())
        moved = facts[facts["first_year"] < facts["year"]]
        text = f"“{self.phrase}”领域共{asked}项指标适用于{self.name}，截至{self.year}年有数据的{len(facts)}项。"
        if len(moved):
            unsure = int((moved["moved"].eq(False) & (moved["better"] == 0)).sum())
            flat = len(moved) - better - worse - unsure
            text += f"与有数据的第一年相比，可比的{len(moved)}项中{tally_words(better, worse, flat, unsure)}。"
        return self.words(text, self._targets_sentence(), data=[facts, self.targets])

    def _targets_sentence(self):
        if self.targets.empty:
            return ""
        met = int((self.targets["attained"] == "yes").sum())
        if self.due:
            return self._results_sentence(met)
        late = self.targets[self.targets["colour"].isin(["yellow", "red"])]
        text = f"可与{self.horizon}年定量目标对照的{len(self.targets)}项中，" + (
            f"{met}项已达到目标" if met else "尚无一项达到目标"
        )
        told = [f"{words}的是{listed(late['name'][late['colour_by'] == by], 4, '项')}" for by, words in LATE.items()
                if (late["colour_by"] == by).any()]  # fmt: skip
        return text + (f"，{'；'.join(told)}。" if told else "，没有黄、红码的指标。")

    def _results_sentence(self, met):
        """The same once the targets' year has come: a result, no pace."""
        known = self.targets[self.targets["attained"] != "unassessed"]
        missed = known[known["attained"] == "no"]["name"]
        open_ = len(self.targets) - len(known)
        text = f"{self.horizon}年是{self.plan.name}的末年，有定量目标的{len(self.targets)}项指标中，"
        text += (f"{met}项达到目标" if met else "没有一项达到目标") if len(known) else ""
        text += f"，未达到的是{listed(missed, 4, '项')}" if len(missed) else "，没有未达到的" if len(known) else ""
        return text + (f"{'，' if len(known) else ''}{open_}项还没有{self.horizon}年的数值。" if open_ else "。")

    # --- targets -----------------------------------------------------------------------------------------

    def targets_chart(self):
        """How far each indicator has come on the way to its target; without targets, where it stands beside the
        district."""
        rows = self.targets
        if rows.empty and len(self.beside):
            return self._beside_chart()
        frame = pd.DataFrame({"name": rows["name"], "share": rows["progress"].clip(0, None), "pace": rows["pace"],
                              "colour": rows["colour"],
                              "words": [to_target_words(r) for r in rows.itertuples()]})  # fmt: skip
        frame["pace"] = float("nan") if self.due else frame["pace"]
        figure = compare.ways(frame, words=ENDED if self.due else PACE)
        caption = f"{self.name}{self.title}指标{self.horizon}年目标的达成情况" if self.due else (
            f"{self.name}{self.title}指标距{self.horizon}年目标的进度")
        return self.picture(figure, caption, self.targets_words().text, [rows])

    def _beside_chart(self):
        rows = self.beside.sort_values("ratio", ascending=False)
        words = [plain(r, decimals=1) for r in rows["ratio"]]
        figure = compare.bars(pd.DataFrame({"name": rows["name"], "value": rows["ratio"], "words": words}))
        figure.axes[0].axvline(100, color=INK, lw=0.9, ls=(0, (4, 3)))
        caption = f"{self.name}{self.title}指标与{self.whole_name}之比（虚线为{self.whole_name}，等于100）"
        return self.picture(figure, caption, self.targets_words().text, [rows])

    def targets_words(self):
        """The same in words."""
        text = self._targets_sentence()
        if text:
            return self.words(text, data=[self.targets])
        text = f"{self.name}没有可与{self.horizon}年定量目标对照的{self.title}指标。"
        rows = self.beside.sort_values("ratio", ascending=False)
        if rows.empty:
            return self.words(text, data=[self.targets])
        told = [f"{r.name}为{plain(r.ratio, decimals=1)}" for r in rows.itertuples()]
        if len(told) > 4 and rows["ratio"].max() == rows["ratio"].min():
            told = [f"{len(told)}项同为{plain(rows['ratio'].iloc[0], decimals=1)}"]
        elif len(told) > 4:
            told = [f"最高的是{told[0].replace('为', '（', 1)}）", f"最低的是{told[-1].replace('为', '（', 1)}）"]
        return self.words(text, f"以{self.whole_name}为100，{'，'.join(told)}。", data=[rows])

    # --- trend of the main indicator ---------------------------------------------------------------------

    @cached_property
    def main(self):
        """The row of `facts` the theme is first asked for; None when the place has none."""
        for wanted in (*self.leading, *self.facts["id"]):
            found = self.facts[self.facts["id"] == wanted]
            if len(found):
                return found.iloc[0]
        return None

    @cached_property
    def forecast(self):
        """Projection of the main indicator to the target year."""
        limits = (0, 100) if self.main["unit"] in ("%", "分") else None
        return project(self.series(self.main["id"]), self.horizon, limits=limits)

    def goal(self, indicator):
        """The outline's number for an indicator at the target year, or None where there is none here."""
        rows = self.targets[self.targets["indicator"] == indicator]
        return float(rows["target"].iloc[0]) if len(rows) and pd.notna(rows["target"].iloc[0]) else None

    def trend(self):
        """The main indicator, its projection with interval, and the target."""
        if self.main is None:
            nothing = self.facts[:0]
            return self.picture(None, f"{self.name}{self.title}主要指标的走势", lacks(self.title, self.name), [nothing])
        seen = self.series(self.main["id"])
        figure = time.trend(seen, self.forecast, self.goal(self.main["id"]), self.main["unit"], f"{self.horizon}年目标")
        tail = f"及到{self.horizon}年的趋势" if len(self.forecast) else ""
        return self.picture(
            figure, f"{self.name}{self.main['name']}{tail}", self.trend_words().text, [seen, self.forecast]
        )

    def trend_words(self):
        """Level, change, projection with interval, and what it allows to say of the target."""
        if self.main is None:
            return self.words(lacks(self.title, self.name))
        row, unit = self.main, self.main["unit"]
        text = self.held(self._now(row), self._first(row), "since", "sentence", name=self.name + row["name"],
                         significant=row["moved"])  # fmt: skip
        if pd.notna(row["reference"]) and text:
            text = text[:-1] + self._beside_district(row, "，") + "。"
        return self.words(text, forecast_words(self.forecast, unit, self.goal(row["id"]), row["direction"]),
                          data=[self.series(row["id"]), self.forecast])  # fmt: skip

    # --- change of all indicators ------------------------------------------------------------------------

    @cached_property
    def changes(self):
        """The facts with two years or more; running totals (累计) are left out, since they cannot fall."""
        rows = self.facts[self.facts["first_year"] < self.facts["year"]]
        kinds = self.indicators.set_index("id")["target_type"]
        return rows[rows["id"].map(kinds) != "cumulative"]

    def change_chart(self):
        """All indicators since their first year, beside the district."""
        rows = self.changes
        frame = pd.DataFrame({
            "name": rows["name"], "change": rows["change"], "better": [flag(b) for b in rows["better"]],
            "words": [f"{plain(r.first, r.unit)}→{number(r.value, r.unit)}" for r in rows.itertuples()],
            "reference": rows["reference_change"],
        })  # fmt: skip
        figure = compare.arrows(frame, ("改善", "退步"), None if self.is_district else self.whole_name)
        years = f"{rows['first_year'].min()}—{rows['year'].max()}年" if len(rows) else ""
        caption = (
            f"{self.name}{self.title}指标的变化（{years}，相对首年）" if years else f"{self.name}{self.title}指标的变化"
        )
        return self.picture(figure, caption, self.change_words().text, [rows])

    def change_words(self):
        """The indicator that gained most, the ones that fell back, and the place beside the district."""
        rows = self.changes
        if rows.empty:
            return self.words(f"{self.name}{self.title}指标尚无跨年可比的数据。")
        text = self._largest_gain(rows)
        worse = rows[rows["better"] == -1]
        text += f"{listed(worse['name'], 4, '项')}比首年退步。" if len(worse) else "没有可以确认比首年退步的指标。"
        return self.words(text, self._beside(), data=[rows])

    def _largest_gain(self, rows):
        """The largest gain without sampling error: among shares in 百分点, else relative to the first year."""
        top, head = largest_gain(rows)
        if top is None:
            return ""
        moved = self.held(self._now(top), self._first(top), "since", "change", name=top["name"])
        percent = "" if top["unit"] == "%" or not moved else f"（{plain(abs(top['change']), '%')}%）"
        return f"{head}{top['name']}，{span_of_years(top)}{moved}{percent}。" if moved else ""

    def _beside(self):
        rows = self.facts[self.facts["reference"].notna() & self.facts["unit"].isin(["%", "分", "元", "元/人"])]
        if self.is_district or rows.empty:
            return ""
        behind = [r.name for r in rows.itertuples() if ahead_of_district(r) < 0]
        count = sum(ahead_of_district(r) > 0 for r in rows.itertuples())
        parts = [f"{count}项好于{self.whole_name}" if count else "",
                 f"{listed(behind, 4, '项')}不及{self.whole_name}" if behind else ""]  # fmt: skip
        told = "，".join(p for p in parts if p) or f"与{self.whole_name}的差别都在误差之内或持平"
        return f"可与{self.whole_name}比较的{len(rows)}项比率和人均指标中，{told}。"

    # --- table -------------------------------------------------------------------------------------------

    def table(self):
        """All indicators of the theme: first and last value, change, target, and the district's value."""
        facts = self.facts.set_index("id")
        rows = []
        for i in self.indicators.itertuples():
            row = facts.loc[i.id] if i.id in facts.index else None
            rows.append(self._line(i, row))
        note = "" if len(facts) == len(self.indicators) else f"–为{self.name}没有数据。"
        if facts["se"].notna().any():
            note += "有抽样误差的指标给出最近年的标准误，变化在误差之内的不作方向判断。"
        caption = f"{self.name}{self.title}指标（{self.year}年）"
        return self.sheet(pd.DataFrame(rows), caption, [self.facts], note)

    def _line(self, indicator, row):
        unit = indicator.unit
        line = {"指标": indicator.name_zh, "单位": unit}
        if row is None:
            line |= {"首年": "", "最近年": "", **self._error_cell(None, unit), "变化": ""}
        else:
            later = row["first_year"] < row["year"]
            moved = self.held(self._now(row), self._first(row), "since", "change", name=row["name"],
                              significant=row["moved"]) if later else ""  # fmt: skip
            line |= {"首年": f"{plain(row['first'], unit)}（{row['first_year']}）",
                     "最近年": f"{plain(row['value'], unit)}（{row['year']}）", **self._error_cell(row, unit),
                     "变化": moved}  # fmt: skip
        if self.is_district:
            return line | {f"{self.horizon}年目标": self._goal_words(indicator)}
        return line | {self.whole_name: "" if row is None else cell(row["reference"], unit)}

    def _error_cell(self, row, unit):
        """The standard error of the latest value, in a column that is there where any value has one."""
        if self.facts["se"].isna().all():
            return {}
        return {"标准误": "" if row is None else cell(row["se"], unit, decimals_of(unit) + (unit != "元"))}

    def _goal_words(self, indicator):
        goals = self.edition.goals_of(indicator.id)
        if self.horizon not in goals.index:
            return ""
        goal = goals.loc[self.horizon]
        sign = {">=": "≥", "<=": "≤", "~": "约", ">": "＞", "<": "＜"}.get(goal["operator"], "")
        return f"{sign}{plain(goal['value'], indicator.unit)}"


__all__ = ["PACE", "Theme"]
