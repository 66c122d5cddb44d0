"""The closing assessment (收官评估): what a plan whose last year has come reached, missed and left unknown."""

from __future__ import annotations

import pandas as pd

from research.assessment.rates import in_words
from research.figures.charts import compare
from research.figures.style import STATUS_COLOURS
from research.figures.views.base import cell
from research.wording import plain, share

VERDICTS = {"reached": "已达到", "missed": "未达到", "unassessed": "不能评定"}
_COLOURS = {"reached": "green", "missed": "red", "unassessed": "grey"}
MOST = 20  # rows of a table on one page


class Closing:
    """Part of the view `Targets`: nothing but a sentence while the plan runs."""

    @property
    def closed(self):
        """The verdict on each target."""
        rows = self.edition.table("closing")
        return rows.assign(source=f"{self.plan.name}及主管部门填报")

    def _running(self):
        return f"{self.plan.name}的末年是{self.plan.end}年，{self.year}年尚在实施期内，不作收官评估。"

    def closing_words(self):
        """Reached, missed and by how far, not assessable, of all targets of the plan."""
        rows = self.closed
        if rows.empty:
            return self.words(self._running())
        counts = rows["verdict"].value_counts()
        reached, missed, open_ = (int(counts.get(v, 0)) for v in VERDICTS)
        text = (
            f"{self.plan.span}的{self.plan.name}共有{len(rows)}项目标。到{self.plan.end}年，{reached}项已达到，"
            f"{missed}项未达到，{open_}项不能评定"
        )
        text += f"；达到的占可评定目标的{share(reached / (reached + missed))}。" if reached + missed else "。"
        return self.words(text, self._shortfall(rows), data=[rows])

    def _shortfall(self, rows):
        late = rows[(rows["verdict"] == "missed") & rows["gap_share"].notna()]
        if late.empty:
            return ""
        near = int((late["gap_share"] <= 0.05).sum())
        worst = late.loc[late["gap_share"].idxmax()]
        text = f"未达到的目标中，{near}项离目标不足5%，" if near else "未达到的目标离目标都在5%以上，"
        return text + f"差得最多的是{worst['target_name']}（差目标值的{plain(100 * worst['gap_share'], '%', 1)}%）。"

    def closing_chart(self):
        """By action: reached, missed, not assessable."""
        rows = self.closed
        caption = f"{self.plan.name}各项行动目标的收官结果（{self.plan.end}年）"
        table = pd.crosstab(rows["action"], rows["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
        table = table.reindex([a for a in dict.fromkeys(self.rows["action"]) if a in table.index])
        table = table[[c for c in table if table[c].any()]]
        figure = compare.stacked(table.rename(columns=VERDICTS), "项", 0,
                                 [STATUS_COLOURS[_COLOURS[c]] for c in table], least=0.5, row=0.28)  # fmt: skip
        return self.picture(figure, caption, self.closing_words().text, [rows])

    def closing_missed(self):
        """The targets that were missed, the furthest first: value, target, how far."""
        rows = self.closed
        late = rows[rows["verdict"] == "missed"].head(MOST)
        total = int((rows["verdict"] == "missed").sum())
        frame = pd.DataFrame({
            "目标": late["target_name"].to_numpy(), "条款": late["clause"].to_numpy(),
            "起点": [_at(r.base, r.base_year) for r in late.itertuples()],
            "结果": [_at(r.value, r.value_year) for r in late.itertuples()],
            "目标值": [_number(r.target, r.unit) for r in late.itertuples()],
            "差距": [_number(r.gap, r.unit) for r in late.itertuples()],
            "差目标值（%）": [cell(100 * v, "%", 1) for v in late["gap_share"].astype(float)],
            "责任部门": late["department"].to_numpy(),
        })  # fmt: skip
        frame = self.with_answers(frame, late["target_id"])
        tail = f"共{total}项，列出差得最多的{len(late)}项。" if total > len(late) else f"共{total}项。"
        return self.sheet(frame, f"{self.plan.name}到{self.plan.end}年未达到的目标", [rows] if len(late) else [],
                          f"{tail}起点、结果括号内为年份。{self.errors_note(late)}"
                          f"{self.answers_note(late['target_id'])}")  # fmt: skip

    def errors_note(self, rows):
        """The standard errors of those values that a survey estimated, by the target's name; nothing without any."""
        known = self.edition.table("observations").set_index(["place", "year", "indicator"])["se"].dropna()
        errors = [known.get((self.place, r.value_year, r.indicator)) for r in rows.itertuples()]
        told = [f"{r.target_name}{_number(e, r.unit)}" for r, e in zip(rows.itertuples(), errors, strict=True) if e]
        return f"由抽样调查估计的值的标准误：{'、'.join(dict.fromkeys(told))}。" if told else ""

    def answer_words(self, targets):
        """What the departments answered about some targets, word for word: the edition's year, else a year before."""
        items = self.edition.table("department_items")
        if "former_answer" not in items:  # tables of an earlier version
            return ["" for _ in targets]
        told = {r.target_id: in_words(r) or r.former_answer for r in items.itertuples()}
        return [told.get(target, "") for target in targets]

    def with_answers(self, frame, targets):
        """A table of targets with a column of the departments' own words, where any department answered."""
        words = self.answer_words(targets)
        return frame.assign(部门答复=words) if any(words) else frame

    def answers_note(self, targets):
        """Whose words the column holds."""
        return "“部门答复”是责任部门填报的原话，不是本书的判断。" if any(self.answer_words(targets)) else ""

    def closing_balance(self):
        """The plan's years: what each milestone found, and how many of the last year's targets stood in each year."""
        rows = self.edition.table("plan_balance").assign(source=f"{self.plan.name}及主管部门填报")
        if self.closed.empty:
            rows = rows[:0]
        frame = pd.DataFrame({
            "年份": [str(y) for y in rows["year"]],
            "对照的目标": [f"{h}年目标" for h in rows["horizon"]],
            "目标（项）": [str(n) for n in rows["n_targets"]], "可评定": [str(n) for n in rows["n_assessed"]],
            "已达到": [str(n) for n in rows["n_reached"]], "未达到": [str(n) for n in rows["n_missed"]],
            "达到占可评定（%）": [cell(100 * v, "%", 1) for v in rows["share"].astype(float)],
        })  # fmt: skip
        note = ("年份与对照目标同年的，是该年目标的结果；其余各行以当年数值对照末年目标，看五年怎样走到终点，"
                "只含有数据序列的目标。不能评定的不计入比重。")  # fmt: skip
        return self.sheet(frame, f"{self.plan.name}实施期各年的达成情况", [rows], note)


def _at(value, year):
    return f"{cell(value, '', 2)}（{int(year)}）" if pd.notna(value) and pd.notna(year) else cell(value, "", 2)


def _number(value, unit):
    text = cell(value, "", 2)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text + (str(unit) if text and (not str(unit).isascii() or unit == "%") else "")
