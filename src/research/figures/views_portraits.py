"""The three portraits of the whole district: tasks, results by place and domain, demands."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.figures import charts_grid as grid
from research.figures.views_special import Governance
from research.wording import listed, number

MORE = 0.8  # from this share of improved indicators on a domain is green; below one half it is red
LESS = 0.5
WORDS = {"green": "改善面八成以上", "yellow": "五成至八成", "red": "不足五成", "grey": "数据不足"}


class Portraits(Governance):
    """三画像 of the whole district."""

    def __init__(self, edition, place=None):
        super().__init__("governance", edition, edition.district)

    def lead(self):
        """One sentence from each portrait."""
        parts = (self.tasks_words(), self.portrait_words(), self.demands_words())
        return self.words(*(p.text for p in parts), data=[frame for p in parts for frame in p.data])

    def warnings_table(self):
        """Tasks under warning, the gravest first."""
        from research.figures.views_tasks import task_sheet

        rows = self.task_rows
        rows = rows[rows["warning"].fillna("") != ""]
        caption = f"{self.name}进度预警任务（{self.year}年末）"
        return self.sheet(
            task_sheet(rows.head(20)),
            caption,
            [self.task_rows],
            f"共{len(rows)}项，列出落后最多的{min(20, len(rows))}项。",
        )

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

    def places_demands(self):
        """Demands of each place this year, per topic."""
        rows = self.edition.demands
        return rows[rows["year"] == self.year]

    def demands_table(self):
        """By place: demands, share settled, share satisfied, first topic."""
        rows = self.places_demands()
        lines = []
        for code, part in rows.groupby("place", sort=True):
            topics = part.groupby("topic")["count"].sum()
            total, solved = part["count"].sum(), part["resolved"].sum()
            lines.append({"乡镇街道": self.edition.name(code), "诉求（件）": str(int(total)),
                          "办结率（%）": number(100 * solved / total, "%").rstrip("%"),
                          "满意率（%）": number(100 * part["satisfied"].sum() / max(1, solved), "%").rstrip("%"),
                          "最集中的领域": topics.idxmax()})  # fmt: skip
        return self.sheet(
            pd.DataFrame(lines), f"各乡镇街道群众诉求及办理情况（{self.year}年）", [rows.assign(source="群众诉求登记")]
        )


def _state(share):
    if pd.isna(share):
        return "grey"
    return "green" if share >= MORE else "yellow" if share >= LESS else "red"


__all__ = ["Portraits"]
