"""The three portraits of the whole district: tasks, results by place and domain, demands."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures.charts import grid, time
from research.figures.charts.index import small_states
from research.figures.views.base import View, about, cell
from research.figures.views.demands import Demands
from research.wording import counted, decimals_of, listed, number, plain, rounded

MORE = 0.8  # from this share of improved indicators on a domain is green; below one half it is red
LESS = 0.5
WORDS = {"green": "改善面八成以上", "yellow": "五成至八成", "red": "不足五成", "grey": "数据不足"}


CHANGE_WORDS = {"green": "改善", "yellow": "持平或误差之内", "red": "退步", "grey": "无可比数据"}


class Portraits(Demands, View):
    """三画像 of the whole district."""

    colours_of = "tasks"

    def __init__(self, edition, place=None):
        super().__init__(edition, edition.district)

    @cached_property
    def task_rows(self):
        """The district's tasks with their colours."""
        return self.built("task_status", place=False).assign(source="任务登记表").reset_index(drop=True)

    def warnings_table(self):
        """Tasks under warning, the gravest first."""
        from research.figures.views.tasks import task_sheet

        rows = self.task_rows
        rows = rows[rows["warning"].fillna("") != ""]
        caption = f"{self.name}进度预警任务（{self.year}年末）"
        return self.sheet(
            task_sheet(rows.head(20)),
            caption,
            [self.task_rows],
            f"共{len(rows)}项，列出落后最多的{min(20, len(rows))}项。{self.colour_rule}{self.warning_rule}",
        )

    @property
    def warning_rule(self):
        """The grades of warning in words, from the settings."""
        grades = (self.edition.index_versions.get("assessment") or {}).get("warnings") or []
        told = "，".join(f"落后{plain(g['behind'], '', 0)}个百分点起为{g['grade']}" for g in grades)
        return f"分级规则：{told}。" if told else ""

    @cached_property
    def shares(self):
        """Share of indicators that improved on the year before, by place and domain."""
        rows = self.edition.table("scorecards")
        rows = rows[(rows["year"] == self.year) & (rows["domain"] != "ALL")]
        return rows.assign(share=rows["n_improved"] / rows["n_compared"].where(rows["n_compared"] > 0))

    def matrix(self):
        """Places by domains, coloured by the share of indicators that improved."""
        rows = self.shares.assign(state=[_state(s) for s in self.shares["share"]])
        names = self.edition.places.set_index("code")["name_short"]
        domains = self.edition.themes.set_index("domain_code")["name_zh"]
        table = rows.pivot(index="place", columns="domain", values="state")
        table = table.reindex(index=names.index, columns=domains.index)
        table.index, table.columns = names.to_numpy(), domains.to_numpy()
        caption = f"各乡镇街道六大领域指标的改善面（{self.year}年，与上年相比）"
        return self.picture(grid.status_matrix(table, words=WORDS), caption, self.matrix_words().text, [rows])

    def matrix_words(self):
        """Which domain improved least widely over the places, and which places have a red domain."""
        rows = self.shares[self.shares["place"] != self.edition.district]
        if rows["share"].isna().all():
            return self.words("各乡镇街道指标尚无上年数据可比。", data=[rows])
        sums = rows.groupby("domain")[["n_improved", "n_compared"]].sum()
        share = sums["n_improved"] / sums["n_compared"]
        names = self.edition.themes.set_index("domain_code")["name_zh"]
        red = rows[rows["share"] < LESS]["place"].map(self.edition.places.set_index("code")["name"])
        text = (f"{self.year}年19个乡镇街道合计，"
                f"改善面最大的领域是{names[share.idxmax()]}（{number(100 * share.max(), '%')}的指标改善），"
                f"最小的是{names[share.idxmin()]}（{number(100 * share.min(), '%')}）；")  # fmt: skip
        text = text.replace("19个", f"{rows['place'].nunique()}个")
        red = list(dict.fromkeys(red))
        text += f"{listed(red, 5)}有领域不足五成的指标改善。" if red else "各地各领域都有五成以上的指标改善。"
        return self.words(text, data=[rows])

    # --- own years, other places, single indicators ----------------------------------------------------------

    def vertical(self):
        """The district's six domains over its own years."""
        rows, names = self._vertical()
        series = {names[c]: part.rename(columns={"score": "value"}) for c, part in rows.groupby("code", sort=False)}
        series = {n: series[n] for n in names if n in series}
        caption = f"{self.name}六大领域得分的历年变化（纵向比较，以{self._base}年为起点）"
        figure = time.lines(series, "分", height=3.1, decimals=1)
        return self.picture(figure, caption, self.vertical_words().text, [rows])

    @property
    def _base(self):
        return self.edition.plan.base

    def _vertical(self):
        rows = self.edition.table("portrait_vertical")
        rows = rows[(rows["place"] == self.place) & (rows["level"] == "domain") & rows["score"].notna()]
        return rows.assign(source="综合指数测算"), self.edition.themes.set_index("domain_code")["name_zh"]

    def vertical_words(self):
        """How each domain moved since the base year, in the plan's order."""
        rows, names = self._vertical()
        now = rows[(rows["year"] == self.year) & rows["since_base"].notna()].set_index("code")
        if now.empty or self.year <= self._base:
            return self.words(f"{self.year}年是起点年，尚无历年变化。", data=[rows])
        before = rows[rows["year"] == self._base].set_index("code")["score"]
        told = [
            self.held(
                self.side(now["score"][c], "分"),
                self.side(before[c], "分", self._base),
                "since",
                "change",
                lead=name,
                name=name,
            )
            for c, name in names.items()
            if c in now.index and c in before.index
        ]
        text = f"与{self._base}年相比，{self.name}各领域得分：{'、'.join(t for t in told if t)}。"
        return self.words(text, "得分没有给出误差，不作排序。", data=[rows])

    def horizontal_table(self):
        """The district beside every place with published figures of the same year."""
        rows = self.edition.table("published_comparison")
        rows = rows[rows["geo_code"] != self.place]
        own = self.edition.table("published_comparison").query("geo_code == @self.place")
        value = own.set_index(["indicator", "year"])["value"]
        frame = pd.DataFrame({
            "指标": rows["name"].to_numpy(), "年份": [str(y) for y in rows["year"]],
            self.name: [cell(value.get(k), u) for k, u in
                        zip(zip(rows["indicator"], rows["year"], strict=True), rows["unit"], strict=True)],
            "比较对象": rows["geo"].to_numpy(),
            "公布值": [f"{cell(v, u)}{u}{about(m)}" for v, u, m in
                    zip(rows["value"], rows["unit"], rows["margin"], strict=True)],
            "差额": [signed(d, u) for d, u in zip(rows["difference"], rows["unit"], strict=True)],
            "较优": [u if pd.isna(b) else self.name if b else g
                   for b, g, u in zip(rows["better"], rows["geo"], rows["unsaid"], strict=True)],
        })  # fmt: skip
        note = "只与有公开发布数据的地方、同一年份、同一口径比较；公布值的出处见附录。"
        note += "对方的公布值在本区估计值95%置信区间以内的为“误差之内”，不作判断。"
        note += "公布值写“左右”的，差距在其末位一个单位以内为“约数”，不作判断。" if rows["margin"].gt(0).any() else ""
        caption = f"{self.name}与其他地方公布数据的横向比较"
        return self.sheet(frame, caption, [self.edition.table("published_comparison")], note)

    def horizontal_words(self):
        """In how many of the comparisons the district is the better one, province by province figure."""
        rows = self.edition.table("published_comparison")
        other = rows[rows["geo_code"] != self.place]
        if other.empty:
            return self.words("尚无可比的公开发布数据。", data=[rows])
        better, known = int(other["better"].fillna(False).sum()), int(other["better"].notna().sum())
        unsaid = other.loc[other["better"].isna(), "unsaid"].value_counts()
        text = (f"可与其他地方公布数据作同年同口径比较的有{len(other)}组，{self.name}较优的{better}组，"
                f"不及对方的{known - better}组")  # fmt: skip
        text += "".join(f"，{word}的{unsaid[word]}组" for word in ("持平", "误差之内", "约数") if word in unsaid) + "。"
        return self.words(text, data=[rows])

    @cached_property
    def states(self):
        """Every indicator of each township against the year before: green better, yellow alike, red worse."""
        rows = self.edition.table("changes")
        rows = rows[(rows["year"] == self.year) & (rows["place"] != self.edition.district)]
        words = {1.0: "green", 0.0: "yellow", -1.0: "red"}
        inside = rows["significant"].eq(False).fillna(False)
        return rows.assign(state=["yellow" if s else words.get(b, "grey") for b, s in
                                  zip(rows["better"], inside, strict=True)])  # fmt: skip

    def by_indicator(self):
        """Indicators by places, coloured by the change on the year before."""
        table = self.states.pivot(index="indicator", columns="place", values="state")
        known = self.edition.indicators[self.edition.indicators["id"].isin(table.index)]
        names = self.edition.places.set_index("code")["name_short"]
        table = table.reindex(index=known["id"], columns=names.index).fillna("grey")
        groups = list(known["domain_code"])
        table.index, table.columns = known["name_zh"].to_numpy(), names.to_numpy()
        caption = f"各乡镇街道逐项指标与上年相比（{self.year}年，横线分隔六大领域）"
        figure = small_states(table, groups, CHANGE_WORDS)
        return self.picture(figure, caption, self.by_indicator_words().text, [self.states])

    def by_indicator_words(self):
        """How many cells are better, and the indicator that is worse in most places."""
        rows = self.states
        known = rows[rows["state"] != "grey"]
        if known.empty:
            return self.words("各乡镇街道指标尚无上年数据可比。", data=[rows])
        counts = known["state"].value_counts()
        text = f"各乡镇街道可与上年比较的指标共{len(known)}项次，"
        text += counted({k: int(v) for k, v in counts.items()}, CHANGE_WORDS, "项次") + "。"
        worse = known[known["state"] == "red"].groupby("name").size().sort_values(ascending=False, kind="stable")
        if len(worse):
            text += f"退步的地方最多的指标是{worse.index[0]}（{worse.iloc[0]}个乡镇街道）。"
        return self.words(text, data=[rows])


def signed(value, unit):
    """A difference with its sign, in the digits of its unit.

    Examples
    --------
    >>> signed(-0.046, "倍"), signed(1756.6, "元")
    ('-0.05', '+1757')
    """
    shown = rounded(value, decimals_of(unit))
    return f"{shown:+}" if shown else "0"


def _state(share):
    if pd.isna(share):
        return "grey"
    return "green" if share >= MORE else "yellow" if share >= LESS else "red"


__all__ = ["Portraits"]
