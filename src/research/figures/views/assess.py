"""What an assessment needs beside attainment: the outlook, the five aspects, the outline's own inconsistencies."""

from __future__ import annotations

import pandas as pd

from research.figures.charts import compare
from research.figures.style import STATUS_COLOURS
from research.figures.views.base import cell
from research.wording import listed, number, plain, share

OUTLOOK = {"yes": "预计达到", "unsure": "尚不能确认", "no": "预计达不到"}
_COLOURS = {"yes": "green", "unsure": "yellow", "no": "red"}


class Assessed:
    """Part of the view `Targets`."""

    @property
    def ahead(self):
        """Projections of the assessed targets to their year."""
        rows = self.edition.table("outlook")
        return rows.assign(source=f"{self.plan.name}及主管部门填报")

    def outlook(self):
        """By action: how many targets will be met, may be, will not, going on as so far."""
        rows = self.ahead
        if rows.empty:
            return self.picture(None, "按现有趋势各项行动目标的前景", self.outlook_words().text, [rows])
        actions = self.rows.drop_duplicates("target_id").set_index("target_id")["action"]
        table = pd.crosstab(rows["target_id"].map(actions), rows["will_meet"]).reindex(
            columns=list(OUTLOOK), fill_value=0)  # fmt: skip
        table = table.reindex([a for a in dict.fromkeys(self.rows["action"]) if a in table.index])
        figure = compare.stacked(table.rename(columns=OUTLOOK), "项", 0, [STATUS_COLOURS[_COLOURS[c]] for c in OUTLOOK],
                                 least=0.5, row=0.28)  # fmt: skip
        return self.picture(figure, "按现有趋势各项行动目标的前景", self.outlook_words().text, [rows])

    def outlook_words(self):
        """Counts, and how far each verdict goes."""
        rows = self.ahead
        if self.due:
            return self.words(f"{self.plan.name}的末年（{self.horizon}年）已到，目标只看结果，不再外推。")
        if rows.empty:
            return self.words("目标年尚未到来而又有四年以上数据的目标还没有，暂不作前景判断。")
        counts, level = rows["will_meet"].value_counts(), plain(100 * rows["level"].iloc[0], "", 0)
        text = (f"有{len(rows)}项目标具备四年以上数据，按线性趋势外推到目标年：{counts.get('yes', 0)}项预计达到，"
                f"{counts.get('no', 0)}项预计达不到，{counts.get('unsure', 0)}项的{level}%预测区间跨过目标，"
                "尚不能确认。")  # fmt: skip
        return self.words(text, data=[rows])

    def outlook_table(self):
        """The targets that are least likely to be met."""
        rows = self.ahead
        if rows.empty:
            return self.picture(None, "按现有趋势较难达到的目标", self.outlook_words().text, [rows])
        rows = rows[rows["will_meet"] != "yes"].sort_values(["chance", "target_id"]).head(15)
        frame = pd.DataFrame({
            "目标": rows["target_name"].to_numpy(), "条款": rows["clause"].to_numpy(),
            "现值": [cell(v, "", 2) for v in rows["last"]], "趋势值": [cell(v, "", 2) for v in rows["projection"]],
            "预测区间": [f"{cell(a, '', 2)}～{cell(b, '', 2)}" for a, b in
                      zip(rows["lower"], rows["upper"], strict=True)],
            "目标值": [f"{plain(v, '', 2)}{u}" for v, u in zip(rows["target"], rows["unit"], strict=True)],
            "达到的可能（%）": [chance_words(v) for v in rows["chance"]],
            "责任部门": rows["department"].to_numpy(),
        })  # fmt: skip
        return self.sheet(frame, f"按现有趋势较难达到的目标（列出{len(rows)}项）", [rows],
                          "外推用线性趋势，至少四年数据，只供提示；误差不小于取整、抽样误差和年均变动的两成所带来的；"
                          "可能性由预测误差的t分布得出，四五个点说明不了两端，低于5或高于95的只写到此。")  # fmt: skip

    # --- five aspects --------------------------------------------------------------------------------------

    def aspects_table(self):
        """Townships by the five aspects: handed-in scores and the computed one, total, rank, grade."""
        rows = self.edition.table("aspects")
        rows = rows[rows["unit_kind"] == "乡镇街道"]
        totals = self.edition.table("aspect_totals").set_index("unit")
        wide = rows.pivot(index="unit", columns="aspect", values="score")
        weight = rows.drop_duplicates("aspect").set_index("aspect")["weight"]
        order = [c for c in self.edition.places["code"] if c in wide.index]
        order += [u for u in wide.index if u not in order]
        frame = pd.DataFrame({"乡镇街道": [totals.at[u, "name"] for u in order]})
        for aspect, w in weight.items():
            frame[f"{aspect}（{plain(100 * w, '', 0)}%）"] = [cell(wide.at[u, aspect], "分") for u in order]
        frame["合计"] = [cell(totals.at[u, "total"], "分") for u in order]
        ends = self._rank_intervals
        frame["工作成效位次区间"] = [ends.get(u, "") for u in order]
        frame["等次"] = [totals.at[u, "grade"] or "" for u in order]
        by = totals.loc[order, "ranked_by"].iloc[0] if len(order) else "工作成效"
        note = ("只有工作成效由程序计算（综合指数），其余四个方面由有关方面填报，未填报的空缺。"
                "按行政区划代码排列，不列位次：位次区间重叠的不分先后。")  # fmt: skip
        note += f"等次按{by}和设定的比例划分，没有计入误差，只作参考。" if (frame["等次"] != "").any() else ""
        return self.sheet(frame, f"乡镇街道考评五个方面（{self.year}年）", [rows.assign(source="考评填报与测算")], note)

    @property
    def _rank_intervals(self):
        """Interval of each township's rank by the index, as it is printed."""
        rows = self.edition.table("intervals")
        rows = rows[(rows["scope"] == "township") & (rows["year"] == self.year) & rows["score"].notna()]
        return {r.place: f"{int(r.rank_lower)}～{int(r.rank_upper)}" for r in rows.sort_values("place").itertuples()}

    def aspects_words(self):
        """What is handed in, what is not, and who comes first."""
        rows, totals = self.edition.table("aspects"), self.edition.table("aspect_totals")
        asked = rows[~rows["computed"]]
        given = int(asked["score"].notna().sum())
        text = f"考评五个方面中，工作成效由程序计算；其余四个方面应填报{len(asked)}项，已填报{given}项。"
        town = totals[totals["unit_kind"] == "乡镇街道"]
        first = list(town.loc[town["rank"] == 1, "name"])
        by = town["ranked_by"].iloc[0]
        if by == "工作成效":
            first = [self.edition.name(c) for c, r in self._rank_intervals.items() if r.startswith("1～")]
            text += f"乡镇街道按{by}计，位次区间含第1位的有{listed(first)}，彼此不分先后。" if first else ""
        else:
            text += f"乡镇街道按{by}计，合计得分数值最高的是{listed(first)}。" if first else ""
        best = list(town.loc[town["grade"] == "优秀", "name"])
        if best:
            text += f"按填报分数和设定的比例列为优秀的有{listed(best, 6)}；等次没有计入误差，不是强弱的判断。"
        moved = self.edition.table("portrait_brief").dropna(subset="progress_rank").sort_values("progress_rank").head(3)
        if len(moved):
            named = [f"{n}（提高{number(v, '分')}）" for n, v in zip(moved["name"], moved["since_last"], strict=True)]
            text += f"综合指数比上年提高较多的有{listed(named)}。"
        return self.words(text, data=[rows])

    def mix_words(self):
        """The whole's and the departments' attainment, and their mix by the setting (clause 72)."""
        rows = self.edition.table("attainment_rates")
        if rows.loc[rows["scope"] == "mix", ["rate", "pace_rate"]].isna().all(axis=None):
            return self.words("没有可评定的目标，不计算达成率。", data=[self.rows])
        whole = rows[rows["scope"] == "overall"].iloc[0]
        mix = rows[rows["scope"] == "mix"]
        own = rows[rows["scope"] == "department"]
        weight = mix["key"].iloc[0].split("：")[-1]
        text = (f"整体目标达成率{share(whole['rate'])}，各部门达成率的平均数{share(own['rate'].mean())}；"
                f"按{weight}的设定合成为{share(mix['rate'].dropna().iloc[0])}。")  # fmt: skip
        text += "" if self.due else (
                f"按绿色（达到或落后不多）计，三者分别为{share(whole['pace_rate'])}、{share(own['pace_rate'].mean())}和"
                f"{share(mix['pace_rate'].dropna().iloc[0])}。")  # fmt: skip
        return self.words(text, data=[self.rows])

    # --- targets beside tasks ------------------------------------------------------------------------------

    def duties_table(self):
        """By department: targets and tasks, and how many stand without a counterpart in the same action."""
        from research.assessment.duties import summary

        rows = summary(self.edition.table("duty_matches")).sort_values(
            ["bare_targets", "department"], ascending=[False, True]).head(15)  # fmt: skip
        frame = pd.DataFrame({
            "部门": rows["department"].to_numpy(), "牵头目标": [str(n) for n in rows["n_targets"]],
            "牵头任务": [str(n) for n in rows["n_tasks"]], "没有任务支撑的目标": [str(n) for n in rows["bare_targets"]],
            "没有对应目标的任务": [str(n) for n in rows["bare_tasks"]],
        })  # fmt: skip
        note = "同一部门在同一行动中既有目标又有任务的，视为匹配；列出没有任务支撑的目标最多的15个部门。"
        matches = self.edition.table("duty_matches").assign(source=f"{self.plan.name}与任务登记")
        return self.sheet(frame, f"目标与年度任务的匹配（{self.year}年）", [matches], note)

    def duties_words(self):
        """How many targets have no task behind them, and how many tasks serve no target."""
        rows = self.edition.table("duty_matches")
        bare = rows[rows["n_matches"] == 0]["side"].value_counts()
        kinds = (("target", "项目标", "没有本部门牵头的重大任务支撑"), ("task", "项重大任务", "没有本部门牵头的目标"))
        told = []
        for side, what, without in kinds:
            count, alone = int((rows["side"] == side).sum()), bare.get(side, 0)
            if count:
                whole = without.replace("没有", "都有", 1)
                part = f"中有{alone}项在同一行动中{without}" if alone else f"在同一行动中{whole}"
                told.append(f"{count}{what}{part}")
        return self.words("；".join(told) + "。" if told else "没有可以匹配的目标和重大任务。", data=[rows])

    # --- the outline itself --------------------------------------------------------------------------------

    def notes_table(self):
        """Inconsistencies of the outline that the checks find again in its text, and how each is handled."""
        rows = self.edition.table("outline_notes")
        rows = rows[rows["found"] & (rows["source"] == "text")]
        frame = pd.DataFrame(
            {
                "编号": rows["id"].to_numpy(),
                "条款": rows["clause"].to_numpy(),
                "发现": rows["finding"].to_numpy(),
                "本书的处理": rows["handling"].to_numpy(),
            }
        )
        return self.sheet(frame, f"{self.plan.name}文本中不一致之处及处理",
                          [rows.assign(status="published", source=self.plan.name)],
                          "由程序在原文中逐条核对后列出；原文更正后，相应一条即不再出现。")  # fmt: skip

    def notes_words(self):
        """How many, and how many more by rule in the table of targets."""
        rows = self.edition.table("outline_notes")
        found = rows[rows["found"]]
        counts = {s: int((found["source"] == s).sum()) for s in ("text", "targets")}
        told = [f"在原文中核对出{counts['text']}处不一致或疑似笔误"] if counts["text"] else []
        told += [f"按规则在目标表中发现{counts['targets']}处口径变化或重复"] if counts["targets"] else []
        text = f"程序{'，另'.join(told)}。" if told else "程序在原文和目标表中没有核对出不一致之处。"
        return self.words(text, data=[found.assign(status="published", source=self.plan.name)])


def chance_words(chance):
    """A chance in per cent as far as a handful of points can tell: its ends are bounds.

    Examples
    --------
    >>> chance_words(0.0), chance_words(0.423), chance_words(1.0)
    ('低于5', '42', '高于95')
    """
    return "低于5" if chance < 0.05 else "高于95" if chance > 0.95 else cell(100 * chance, "", 0)
