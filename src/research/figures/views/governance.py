"""社会治理: citizens' demands, the task register, and the six domains at a glance."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from research.figures.charts import compare, time
from research.figures.style import TALLY_COLOURS
from research.figures.views.base import cell, lacks
from research.figures.views.theme import Theme
from research.wording import listed, number, plain

HANDLING = {"solved": "办结率", "content": "满意率"}


class Governance(Theme):
    """社会治理: also citizens' demands, the task register, and the six domains at a glance."""

    # --- demands -----------------------------------------------------------------------------------------

    @cached_property
    def demand_rows(self):
        """Demands of the edition's year and the year before, by topic: count, resolved, satisfied."""
        rows = self.edition.demands
        if not self.is_district:
            rows = rows[rows["place"] == self.place]
        rows = rows[rows["year"].isin([self.year, self.year - 1])]
        sums = rows.groupby(["year", "topic"], as_index=False)[["count", "resolved", "satisfied"]].sum()
        status = rows.groupby(["year", "topic"])["status"].first()  # one file, one status a topic
        sums["status"] = [status[k] for k in zip(sums["year"], sums["topic"], strict=True)]
        sums["source"] = "群众诉求登记"
        return sums.sort_values(["year", "count"], ascending=[False, False]).reset_index(drop=True)

    @cached_property
    def demands_now(self):
        """The edition's year, the most frequent first, with last year's count."""
        now = self.demand_rows[self.demand_rows["year"] == self.year]
        before = self.demand_rows[self.demand_rows["year"] == self.year - 1].set_index("topic")["count"]
        now = now[now["count"] > 0].assign(before=lambda d: d["topic"].map(before))
        now["solved"] = 100 * now["resolved"] / now["count"]
        now["content"] = 100 * now["satisfied"] / now["resolved"].where(now["resolved"] > 0)
        return now.reset_index(drop=True)

    def demands(self):
        """What people ask for, and how much of it was settled."""
        rows = self.demands_now
        words = [
            f"{r.count_}件，办结{plain(r.solved, '%')}%" for r in rows.rename(columns={"count": "count_"}).itertuples()
        ]
        frame = pd.DataFrame({"name": rows["topic"], "value": rows["count"], "inner": rows["resolved"], "words": words})
        caption = f"{self.name}群众诉求的主要领域（{self.year}年，深色为已办结）"
        return self.picture(compare.bars(frame, ""), caption, self.demands_words().text, [self.demand_rows])

    def demands_words(self):
        """Total, hot spots, share settled, share satisfied, and the topic that rose most."""
        rows = self.demands_now
        if rows.empty:
            return self.words(lacks("群众诉求", self.name))
        total, solved = int(rows["count"].sum()), 100 * rows["resolved"].sum() / rows["count"].sum()
        content = 100 * rows["satisfied"].sum() / max(1, rows["resolved"].sum())
        text = (f"{self.year}年{self.name}登记群众诉求{total}件，办结率{number(solved, '%')}，"
                f"已办结诉求的满意率{number(content, '%')}；最集中的是{listed(rows['topic'].head(3))}。")  # fmt: skip
        lowest = rows.loc[rows["solved"].idxmin()]
        text += f"办结率最低的是{lowest['topic']}（{number(lowest['solved'], '%')}）。"
        return self.words(text, data=[self.demand_rows])

    def demands_table(self):
        """Topics with this and last year's counts, settled and satisfied shares."""
        rows = self.demands_now
        frame = pd.DataFrame({
            "诉求领域": rows["topic"], f"{self.year}年（件）": [str(int(v)) for v in rows["count"]],
            f"{self.year - 1}年（件）": [cell(v, "件") for v in rows["before"]],
            "办结率（%）": [cell(v, "%") for v in rows["solved"]],
            "满意率（%）": [cell(v, "%") for v in rows["content"]],
        })  # fmt: skip
        note = "满意率为已办结诉求中表示满意的比重。"
        return self.sheet(frame, f"{self.name}群众诉求及办理情况", [self.demand_rows], note)

    # --- tasks -------------------------------------------------------------------------------------------

    @cached_property
    def task_rows(self):
        """The district's tasks (all), or those of this township, with their colours."""
        rows = self.built("task_status", place=False)
        rows = rows if self.is_district or "place" not in rows else rows[rows["place"] == self.place]
        return rows.assign(source="任务登记表").reset_index(drop=True)

    def tasks(self):
        """Progress of each task against time; for the district counts by kind."""
        from research.figures.views.tasks import task_bars, task_counts

        rows = self.task_rows
        if rows.empty and len(self.handling):
            return self._handling_chart()
        draw = task_counts if self.is_district else task_bars
        caption = f"{self.name}重大任务进度（{self.year}年末）"
        return self.picture(draw(rows), caption, self.tasks_words().text, [rows])

    def tasks_words(self):
        """How many tasks are red, yellow, green, which are overdue."""
        from research.figures.views.tasks import task_sentences

        text = task_sentences(self.task_rows, self.name, self.year)
        if len(self.task_rows) or self.handling.empty:
            return self.words(text, data=[self.task_rows])
        first, last = self.handling.iloc[0], self.handling.iloc[-1]
        told = [self.held(self.side(last[c], "%", last["year"]), self.side(first[c], "%", first["year"]), "since",
                          "sentence", name="群众诉求" + word) for c, word in HANDLING.items()]  # fmt: skip
        return self.words(text, *told, data=[self.handling])

    @cached_property
    def handling(self):
        """Shares of demands that were settled, and of the settled ones that satisfied, by year."""
        rows = self.edition.demands
        rows = rows if self.is_district else rows[rows["place"] == self.place]
        sums = rows.groupby("year", as_index=False)[["count", "resolved", "satisfied"]].sum()
        sums = sums[(sums["count"] > 0) & (sums["resolved"] > 0)]
        return sums.assign(solved=100 * sums["resolved"] / sums["count"],
                           content=100 * sums["satisfied"] / sums["resolved"],
                           status=rows["status"].iloc[0] if len(rows) else None, source="群众诉求登记")

    def _handling_chart(self):
        """A township without tasks of its own shows how demands were dealt with instead of an empty box."""
        series = {word: self.handling.assign(value=self.handling[c]) for c, word in HANDLING.items()}
        caption = f"{self.name}群众诉求的办结率与满意率"
        return self.picture(time.lines(series, "%"), caption, self.tasks_words().text, [self.handling])

    def tasks_table(self):
        """The tasks that lag most, or all of a township's."""
        from research.figures.views.tasks import task_sheet

        rows = self.task_rows
        rows = rows[rows["colour"].isin(["red", "yellow"])].head(12) if self.is_district else rows
        caption = f"{self.name}{'进度落后的重大任务' if self.is_district else '重大任务'}（{self.year}年末）"
        return self.sheet(task_sheet(rows), caption, [self.task_rows])

    # --- the six domains ---------------------------------------------------------------------------------

    @cached_property
    def cards(self):
        """Scorecards of the edition's year for the six domains, here and in the district."""
        rows = self.built("scorecards")
        rows = rows[(rows["year"] == self.year) & (rows["domain"] != "ALL")] if "domain" in rows else rows
        return rows.reset_index(drop=True)

    def portrait(self):
        """Six domains: how many indicators improved on the year before."""
        rows = self.cards[self.cards["place"] == self.place]
        level = rows["n_same"] + rows["n_unconfirmed"] if len(rows) else None
        frame = pd.DataFrame(
            {"改善": rows.get("n_improved"), "持平或误差之内": level, "退步": rows.get("n_worsened")}
        )
        order = self.edition.themes.set_index("domain_code")["name_zh"]
        frame.index = [order.get(d, d) for d in rows.get("domain", [])]
        frame = frame.reindex([n for n in order if n in frame.index])
        caption = f"{self.name}六大领域指标与上年相比的变化（{self.year}年）"
        figure = compare.stacked(frame, "项", 0, TALLY_COLOURS, least=0.5)
        return self.picture(figure, caption, self.portrait_words().text, [rows])

    def portrait_words(self):
        """Totals over the six domains, the strongest and the weakest of them."""
        rows = self.cards[self.cards["place"] == self.place]
        rows = rows[rows["n_compared"] > 0] if "n_compared" in rows else rows
        if rows.empty:
            return self.words(lacks("六大领域指标", self.name))
        sums = rows[["n_compared", "n_improved", "n_worsened", "n_same", "n_unconfirmed"]].sum()
        share = (rows["n_improved"] / rows["n_compared"]).to_numpy()
        names = self.edition.themes.set_index("domain_code")["name_zh"]
        text = (f"{self.year}年{self.name}可与上年比较的{sums['n_compared']}项指标中，{sums['n_improved']}项改善、"
                f"{sums['n_worsened']}项退步、{sums['n_same']}项持平")  # fmt: skip
        text += f"，{sums['n_unconfirmed']}项的变化在误差之内" if sums["n_unconfirmed"] else ""
        low, high = np.flatnonzero(share == share.min()), np.flatnonzero(share == share.max())
        if share.min() < share.max():
            best, least = ([names[rows["domain"].iloc[k]] for k in found] for found in (high, low))
            text += f"；改善面最大的是{listed(best, 3)}领域，最小的是{listed(least, 3)}领域"
        return self.words(text + "。这里的改善与退步都是与上年相比，与首年相比的项数见各领域。", data=[rows])


__all__ = ["Governance"]
