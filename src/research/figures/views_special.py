"""The figures that only one theme has: enterprises, fields of service, demands and tasks, perception, quality."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from research.figures import charts_compare as compare
from research.figures import charts_time as time
from research.figures.views_base import cell, lacks
from research.figures.views_theme import Theme
from research.wording import changed, compared, interval, listed, number, plain, tested

ENTERPRISES = ("ECO-2-02", "ECO-2-03")
QUALITY = ("ENV-1-01", "ENV-1-02", "ENV-1-03")
PERCEPTION = ("CUL-1-01", "CUL-1-02")


class Several(Theme):
    """A theme that also draws a few of its indicators over the years in one picture."""

    def _names(self, ids):
        rows = self.edition.indicators.set_index("id")["name_zh"]
        return {i: rows[i] for i in ids if len(self.series(i))}

    def _lines(self, ids, what, zero=False):
        names = self._names(ids)
        series = {name: self.series(i) for i, name in names.items()}
        unit = next(iter(series.values()))["unit"].iloc[-1] if series else ""
        figure = time.lines(series, unit, zero=zero)
        return self.picture(figure, f"{self.name}{what}", self._lines_words(ids, what).text, list(series.values()))

    def _lines_words(self, ids, what):
        names, parts = self._names(ids), []
        for i, name in names.items():
            first, last = self.series(i).iloc[0], self.series(i).iloc[-1]
            parts.append(changed(name, last["unit"], first["value"], last["value"], first["year"], last["year"]))
        text = "".join(parts) or lacks(what, self.name)
        return self.words(text, data=[self.series(i) for i in names])


class Economy(Several):
    """经济发展: also the enterprises that carry innovation."""

    def innovation(self):
        """High-tech and small technology enterprises over the years."""
        return self._lines(ENTERPRISES, "科技企业数量", zero=True)

    def innovation_words(self):
        """How many there are, and since when how many more."""
        return self._lines_words(ENTERPRISES, "科技企业数量")


class Environment(Several):
    """生态环境: also air, surface water and drinking water."""

    def quality(self):
        """The quality indicators over the years."""
        return self._lines(QUALITY, "环境质量")

    def quality_words(self):
        """Level and change of each."""
        return self._lines_words(QUALITY, "环境质量")


class Services(Theme):
    """公共服务: also the five fields of service beside each other."""

    @cached_property
    def fields(self):
        """One row a sub-domain: indicators compared, how many improved since their first year."""
        rows = self.facts.merge(self.indicators[["id", "subdomain_zh"]], on="id", validate="one_to_one")
        rows = rows[rows["better"].notna()]
        order = list(dict.fromkeys(self.indicators["subdomain_zh"]))
        return tally(rows, "subdomain_zh", order)

    def dimensions(self):
        """Improved, unchanged and worse indicators in each field."""
        figure = compare.stacked(self.fields, "项", 0, TALLY_COLOURS, least=0.5)
        caption = f"{self.name}公共服务各子领域指标的变化（与首年相比）"
        return self.picture(figure, caption, self.dimensions_words().text, [self.facts])

    def dimensions_words(self):
        """Which fields improved throughout, which did not."""
        if self.fields.empty:
            return self.words(lacks("公共服务", self.name))
        whole = [n for n, r in self.fields.iterrows() if r["改善"] == r.sum()]
        worse = [n for n, r in self.fields.iterrows() if r["退步"]]
        parts = [f"{listed(whole)}的可比指标全部改善" if whole else "", f"{listed(worse)}有指标退步" if worse else ""]
        text = "，".join(p for p in parts if p)
        return self.words(
            f"与首年相比，{text}。" if text else "各子领域都有指标持平，没有指标退步。", data=[self.facts]
        )


class Culture(Theme):
    """精神文明: also what people feel, with the sampling error."""

    @cached_property
    def perception_rows(self):
        """Latest survey scores here and in the district: name, value, lower, upper, se, who."""
        rows = []
        for who, code in dict.fromkeys([(self.name, self.place), ("全区", self.edition.district)]):
            if who == "全区" and self.is_district:
                continue
            for i, name in self._named():
                seen = self.series(i, code)
                if len(seen):
                    rows.append({**seen.iloc[-1].to_dict(), "who": who, "what": name})
        columns = ["who", "what", "year", "value", "lower", "upper", "se", "unit", "n", "status", "source"]
        return pd.DataFrame(rows, columns=columns)

    def _named(self):
        names = self.edition.indicators.set_index("id")["name_zh"]
        return [(i, names[i]) for i in PERCEPTION]

    def perception(self):
        """Survey scores with 95% intervals; for a township beside the district."""
        rows = self.perception_rows
        if self.is_district:
            series = {name: self.series(i) for i, name in self._named()}
            figure = time.lines(series, "分")
        else:
            frame = rows.assign(name=[f"{w}（{o}）" for w, o in zip(rows["what"], rows["who"], strict=True)])
            figure = compare.ranking(frame, "分", frame["name"][rows["who"] == self.name], height=2.2)
        caption = f"{self.name}群众感受调查得分（阴影或横线为95%置信区间）"
        return self.picture(figure, caption, self.perception_words().text, [rows])

    def perception_words(self):
        """Score, interval, and for a township the tested distance to the district."""
        rows, parts = self.perception_rows, []
        for row in rows[rows["who"] == self.name].itertuples():
            text = f"{row.year}年{self.name}{row.what}{number(row.value, '分')}"
            text += f"（{interval(row.lower, row.upper, '分')}）" if pd.notna(row.lower) else ""
            other = rows[(rows["what"] == row.what) & (rows["who"] == "全区")]
            if len(other):
                text += "，" + tested(row.value, row.se, other["value"].iloc[0], other["se"].iloc[0], "分", "全区")
            parts.append(text + "。")
        return self.words("".join(parts) or lacks("群众感受调查", self.name), data=[rows])


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
        from research.figures.views_tasks import task_bars, task_counts

        rows = self.task_rows
        draw = task_counts if self.is_district else task_bars
        caption = f"{self.name}重大任务进度（{self.year}年末）"
        return self.picture(draw(rows), caption, self.tasks_words().text, [rows])

    def tasks_words(self):
        """How many tasks are red, yellow, green, which are overdue."""
        from research.figures.views_tasks import task_sentences

        return self.words(task_sentences(self.task_rows, self.name, self.year), data=[self.task_rows])

    def tasks_table(self):
        """The tasks that lag most, or all of a township's."""
        from research.figures.views_tasks import task_sheet

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
        frame = pd.DataFrame(
            {"改善": rows.get("n_improved"), "持平": rows.get("n_same"), "退步": rows.get("n_worsened")}
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
        sums = rows[["n_compared", "n_improved", "n_worsened", "n_same"]].sum()
        share = (rows["n_improved"] / rows["n_compared"]).to_numpy()
        names = self.edition.themes.set_index("domain_code")["name_zh"]
        text = (f"{self.year}年{self.name}可与上年比较的{sums['n_compared']}项指标中，{sums['n_improved']}项改善、"
                f"{sums['n_worsened']}项退步、{sums['n_same']}项持平")  # fmt: skip
        low, high = np.flatnonzero(share == share.min()), np.flatnonzero(share == share.max())
        if share.min() < share.max():
            best, least = ([names[rows["domain"].iloc[k]] for k in found] for found in (high, low))
            text += f"；改善面最大的是{listed(best, 3)}领域，最小的是{listed(least, 3)}领域"
        return self.words(text + "。", data=[rows])


TALLY_COLOURS = ("#2a9187", "#c9d0d6", "#d9782d")


def tally(rows, by, order):
    """Counts of improved, unchanged and worse rows for each group, in the given order."""
    frame = pd.DataFrame({
        "改善": rows.groupby(by)["better"].agg(lambda b: int((b == 1).sum())),
        "持平": rows.groupby(by)["better"].agg(lambda b: int((b == 0).sum())),
        "退步": rows.groupby(by)["better"].agg(lambda b: int((b == -1).sum())),
    })  # fmt: skip
    return frame.reindex([name for name in order if name in frame.index])


__all__ = ["Culture", "Economy", "Environment", "Governance", "Services", "compared", "tally"]
