"""Beside attainment: the outlook, the five aspects, targets beside tasks, the outline's own inconsistencies."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.assessment.duties import summary
from research.assessment.reviewing.base import Reviewed, chance_words
from research.indicators.analysis.tidy import Tidy
from research.wording import cell, listed, number, plain, rounded, share
from research.wording.values import Value

OUTLOOK = {"green": "预计达到", "yellow": "尚不能确认", "red": "预计达不到"}
COLOURS = {"yes": "green", "unsure": "yellow", "no": "red"}
TOWN = "乡镇街道"
RESULTS = "工作成效"
"""The aspect that is computed; the others are handed in."""


class Further(Reviewed):
    """What an assessment needs beside attainment."""

    # --- outlook -----------------------------------------------------------------------------------------

    @cached_property
    def outlook(self) -> Tidy:
        """Projections of the assessed targets to their year; without a row once it has come."""
        rows = self.table("outlook")
        ended = f"{self.plan.name}的末年（{self.plan.end}年）已到，目标只看结果，不再外推。"
        none = "目标年尚未到来而又有四年以上数据的目标还没有，暂不作前景判断。"
        return self.told(rows[:0] if self.due else rows, absent=ended if self.due else none)

    @property
    def expected(self) -> dict[str, Value]:
        """How many will be met, will not, may be: all, yes, no, unsure, level."""
        rows = self.outlook
        counts = rows["will_meet"].value_counts() if len(rows) else {}
        said = {n: f"{counts.get(n, 0)}项" if len(rows) else "" for n in ("yes", "no", "unsure")}
        level = f"{plain(100 * rows['level'].iloc[0], '', 0)}%" if len(rows) else ""
        return rows.values_of(all=f"{len(rows)}项" if len(rows) else "", level=level, **said)

    def outlook_by(self, column: str = "action") -> Tidy:
        """By action: how many targets will be met, may be, will not, going on as so far, as colours."""
        rows = self.outlook
        if rows.empty:
            return rows
        owner = self.edition.table("attainment").drop_duplicates("target_id").set_index("target_id")[column]
        table = pd.crosstab(rows["target_id"].map(owner), rows["will_meet"].map(COLOURS))
        table = table.reindex(columns=list(OUTLOOK), fill_value=0)
        return rows.readable(table.reindex([a for a in dict.fromkeys(owner) if a in table.index]))

    def doubtful(self, most: int = 15) -> Tidy:
        """The targets that are least likely to be met."""
        rows = self.outlook[self.outlook["will_meet"] != "yes"] if len(self.outlook) else self.outlook
        if self.outlook.empty:
            return self.outlook
        rows = rows.sort_values(["chance", "target_id"]).head(most)
        ends = zip(rows["lower"], rows["upper"], strict=True)
        frame = pd.DataFrame({
            "目标": rows["target_name"], "条款": rows["clause"], "现值": [cell(v, "", 2) for v in rows["last"]],
            "趋势值": [cell(v, "", 2) for v in rows["projection"]],
            "预测区间": [f"{cell(a, '', 2)}～{cell(b, '', 2)}" for a, b in ends],
            "目标值": [f"{plain(v, '', 2)}{u}" for v, u in zip(rows["target"], rows["unit"], strict=True)],
            "达到的可能（%）": [chance_words(v) for v in rows["chance"]], "责任部门": rows["department"],
        })  # fmt: skip
        note = ("外推用线性趋势，至少四年数据，只供提示；误差不小于取整、抽样误差和年均变动的两成所带来的；"
                "可能性由预测误差的t分布得出，四五个点说明不了两端，低于5或高于95的只写到此。")  # fmt: skip
        return self.outlook.readable(pd.DataFrame(frame), note).saying(n=len(rows))

    # --- five aspects ------------------------------------------------------------------------------------

    def aspects(self) -> Tidy:
        """Townships by the five aspects: handed-in scores and the computed one, total, rank or interval, grade."""
        rows = self.edition.table("aspects")
        rows = rows[rows["unit_kind"] == TOWN]
        totals = self.edition.table("aspect_totals").set_index("unit")
        wide = rows.pivot(index="unit", columns="aspect", values="score")
        weight = rows.drop_duplicates("aspect").set_index("aspect")["weight"]
        order = [c for c in self.edition.places["code"] if c in wide.index]
        order += [u for u in wide.index if u not in order]
        frame = pd.DataFrame({TOWN: [totals.at[u, "name"] for u in order]})
        for aspect, w in weight.items():
            frame[f"{aspect}（{plain(100 * w, '', 0)}%）"] = [cell(wide.at[u, aspect], "分") for u in order]
        frame["合计"] = [cell(totals.at[u, "total"], "分") for u in order]
        ends = self._rank_intervals
        frame["工作成效位次区间"] = [ends.get(u, "") for u in order]
        frame["等次"] = [totals.at[u, "grade"] or "" for u in order]
        by = totals.loc[order, "ranked_by"].iloc[0] if len(order) else RESULTS
        note = ("只有工作成效由程序计算（综合指数），其余四个方面由有关方面填报，未填报的空缺。"
                "按行政区划代码排列，不列位次：位次区间重叠的不分先后。")  # fmt: skip
        note += f"等次按{by}和设定的比例划分，没有计入误差，只作参考。" if (frame["等次"] != "").any() else ""
        return self.told(rows.assign(source="考评填报与测算")).readable(frame, note)

    @property
    def ranked(self) -> dict[str, Value]:
        """What a sentence says of the aspects: due and given (handed in), by, first or highest, best, risen."""
        rows, totals = self.edition.table("aspects"), self.edition.table("aspect_totals")
        asked, town = rows[~rows["computed"]], totals[totals["unit_kind"] == TOWN]
        by = town["ranked_by"].iloc[0] if len(town) else ""
        first = list(town.loc[town["rank"] == 1, "name"])
        open_ = [self.edition.name(c) for c, r in self._rank_intervals.items() if r.startswith("1～")]
        return self.told(rows).values_of(
            due=f"{len(asked)}项" if len(asked) else "",
            given=f"{int(asked['score'].notna().sum())}项",
            by="" if by == RESULTS else by,
            first=listed(open_) if by == RESULTS else "",
            highest=listed(first) if by and by != RESULTS else "",
            best=listed(list(town.loc[town["grade"] == "优秀", "name"]), 6),
            risen=listed(self._risen),
        )

    @property
    def _risen(self) -> list[str]:
        """Up to three places whose index rose most, by what is printed; one that did not rise is none of them."""
        rows = self.edition.table("portrait_brief").dropna(subset="progress_rank").sort_values("progress_rank").head(3)
        return [
            f"{n}（提高{number(v, '分')}）"
            for n, v in zip(rows["name"], rows["since_last"], strict=True)
            if rounded(v, 1) > 0
        ]

    @property
    def _rank_intervals(self) -> dict[str, str]:
        """Interval of each township's rank by the index, as it is printed."""
        rows = self.edition.table("intervals")
        rows = rows[(rows["scope"] == "township") & (rows["year"] == self.year) & rows["score"].notna()]
        return {r.place: f"{int(r.rank_lower)}～{int(r.rank_upper)}" for r in rows.sort_values("place").itertuples()}

    @property
    def mix(self) -> dict[str, Value]:
        """The whole's and the departments' attainment, and their mix by the setting (clause 72); the same by pace."""
        rows = self.edition.table("attainment_rates")
        said = dict.fromkeys(("whole", "own", "weight", "mixed", "pace", "pace_own", "pace_mixed"), "")
        mix = rows[rows["scope"] == "mix"]
        told: Tidy = self.told(rows[:0] if mix[["rate", "pace_rate"]].isna().all(axis=None) else rows,
                         absent="没有可评定的目标，不计算达成率。")  # fmt: skip
        if told.empty:
            return told.values_of(**said)
        whole, own = rows[rows["scope"] == "overall"].iloc[0], rows[rows["scope"] == "department"]
        said |= {"whole": share(whole["rate"]), "own": share(own["rate"].mean()),
                 "weight": mix["key"].iloc[0].split("：")[-1],
                 "mixed": share(mix["rate"].dropna().iloc[0])}  # fmt: skip
        if not self.due:
            said |= {"pace": share(whole["pace_rate"]), "pace_own": share(own["pace_rate"].mean()),
                     "pace_mixed": share(mix["pace_rate"].dropna().iloc[0])}  # fmt: skip
        return told.values_of(**said)

    # --- targets beside tasks ----------------------------------------------------------------------------

    @property
    def matches(self) -> Tidy:
        """Targets and tasks, each with how many of the other side its department leads in the same action."""
        rows = self.edition.table("duty_matches").assign(source=f"{self.plan.name}与任务登记")
        return self.told(rows, absent="没有可以匹配的目标和重大任务。")

    def duties(self, most: int = 15) -> Tidy:
        """By department: targets and tasks, and how many stand without a counterpart in the same action."""
        rows = summary(self.edition.table("duty_matches"))
        rows = rows.sort_values(["bare_targets", "department"], ascending=[False, True]).head(most)
        heads = {"department": "部门", "n_targets": "牵头目标", "n_tasks": "牵头任务",
                 "bare_targets": "没有任务支撑的目标", "bare_tasks": "没有对应目标的任务"}  # fmt: skip
        frame = rows[list(heads)].rename(columns=heads).astype(str)
        note = f"同一部门在同一行动中既有目标又有任务的，视为匹配；列出没有任务支撑的目标最多的{most}个部门。"
        return self.matches.readable(frame, note)

    @property
    def unmatched(self) -> Value:
        """How many targets have no task behind them, and how many tasks serve no target."""
        rows = self.matches
        bare = rows[rows["n_matches"] == 0]["side"].value_counts()
        kinds = (("target", "项目标", "没有本部门牵头的重大任务支撑"), ("task", "项重大任务", "没有本部门牵头的目标"))
        told = []
        for side, what, without in kinds:
            count, alone = int((rows["side"] == side).sum()), bare.get(side, 0)
            whole = f"在同一行动中{without.replace('没有', '都有', 1)}"
            told += [f"{count}{what}" + (f"中有{alone}项在同一行动中{without}" if alone else whole)] if count else []
        return rows._value("；".join(told))

    # --- the outline itself ------------------------------------------------------------------------------

    @cached_property
    def notes(self) -> Tidy:
        """Inconsistencies of the outline that the checks find again in its text, and by rule among its targets."""
        rows = self.edition.table("outline_notes")
        rows = rows[rows["found"]].assign(source_of=rows["source"], status="published", source=self.plan.name)
        return self.told(rows, absent="程序在原文和目标表中没有核对出不一致之处。")

    @property
    def found(self) -> dict[str, Value]:
        """How many inconsistencies: in_text, by_rule."""
        counts = self.notes["source_of"].value_counts()
        return self.notes.values_of(in_text=_places(counts.get("text", 0)), by_rule=_places(counts.get("targets", 0)))

    def handled(self) -> Tidy:
        """The inconsistencies of the text, and how each is handled."""
        heads = {"id": "编号", "clause": "条款", "finding": "发现", "handling": "本书的处理"}
        rows = self.notes[self.notes["source_of"] == "text"]
        return self.notes.readable(
            pd.DataFrame(rows)[list(heads)].rename(columns=heads),
            "由程序在原文中逐条核对后列出；原文更正后，相应一条即不再出现。",
        )


def _places(count: int) -> str:
    return f"{count}处" if count else ""
