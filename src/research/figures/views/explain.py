"""Why the index is what it is: its change shared among the domains, its distance from the best, what is in the way."""

from __future__ import annotations

import pandas as pd

from research.figures.charts.index import gains
from research.figures.views.base import cell
from research.wording import listed, number


class Explained:
    """Part of the view `Index`: exact shares of changes and distances."""

    def _domain_names(self):
        return self.edition.themes.set_index("domain_code")["name_zh"]

    @property
    def moved(self):
        """Points of the district's last change, by indicator (a row `COVERAGE` holds new or lost indicators)."""
        rows = self.rows("index_changes", scope="district", place=self.place, year=self.year)
        names = self._domain_names()
        return rows.assign(domain_zh=rows["domain"].map(names).fillna("可得指标变化"))

    def change(self):
        """The district's change on the year before, shared among the domains."""
        rows = self.moved
        sums = rows.groupby("domain_zh")["points"].sum()
        order = [n for n in [*self._domain_names(), "可得指标变化"] if n in sums and abs(sums[n]) > 1e-9]
        frame = pd.DataFrame({"name": order, "value": [sums[n] for n in order]})
        total = f"合计{number(rows['points'].sum(), '分', 2)}" if len(rows) else None
        years = f"{self.year - 1}—{self.year}年" if rows.empty else f"{rows['previous_year'].iloc[0]}—{self.year}年"
        caption = f"各领域对{self.name}综合指数变化的贡献（{years}，各项之和恰为总变化）"
        return self.picture(gains(frame, total=total), caption, self.change_words().text, [rows])

    def change_words(self):
        """How much the index moved, and the indicators that moved it most."""
        rows = self.moved
        if rows.empty:
            return self.words(f"{self.year}年是指数的第一年，没有上年可比。")
        total, before = rows["points"].sum(), int(rows["previous_year"].iloc[0])
        parts = rows[rows["indicator"] != "COVERAGE"].sort_values("points", ascending=False)
        best = [f"{r.name_}（{number(r.points, '分', 2)}）" for r in _named(parts.head(3)) if r.points > 0]
        worst = [f"{r.name_}（{number(r.points, '分', 2)}）" for r in _named(parts.tail(3)[::-1]) if r.points < 0]
        # The sum of the shares as it stands: two rounded scores may differ from it in the last digit.
        moved = self.held(self.side(total, "分"), self.side(0.0, "分", before), "since", "change", name="综合指数",
                          decimals=2)  # fmt: skip
        text = f"{before}—{self.year}年{self.name}综合指数{moved}。"
        text += f"拉动最大的指标是{listed(best)}。" if best else ""
        text += f"拖累的指标有{listed(worst)}。" if worst else "没有指标拖累指数。"
        return self.words(text, data=[rows])

    def emphasis_table(self):
        """The indicators whose weight is raised, beside the weight they would have without it."""
        rows = self.rows("weights", scope="district", level="indicator")
        rows = rows[rows["weight"] > rows["combined"] * (1 + 1e-9)]
        words = {"feature": "特色", "shortboard": "短板"}
        frame = pd.DataFrame({
            "指标": rows["name"].to_numpy(),
            "标记": ["、".join(filter(None, [words.get(e, e), "*" if s else ""])) for e, s in
                   zip(rows["emphasis"], rows["special"], strict=True)],
            "强调前权重（%）": [cell(100 * w, "%", 2) for w in rows["combined"]],
            "权重（%）": [cell(100 * w, "%", 2) for w in rows["weight"]],
            "倍数": [cell(a / b, "倍", 2) for a, b in zip(rows["weight"], rows["combined"], strict=True)],
        })  # fmt: skip
        note = "强调系数是设定；乘系数后全部权重重新折算为合计100%，因此实际倍数略小于系数。*为本区特色指标的标记。"
        return self.sheet(frame, f"加重的指标及其权重（版本{self.version}）",
                          [rows.assign(status="published", source="综合指数设定")], note)  # fmt: skip

    def distances_table(self):
        """Each township's distance from the best one, and the two domains that make most of it."""
        rows = self.rows("index_distances", scope="township", year=self.year)
        names, lines = self._domain_names(), []
        sums = rows.assign(domain_zh=rows["domain"].map(names)).groupby(["place", "domain_zh"])["points"].sum()
        for place in self.townships["code"]:
            own = rows[rows["place"] == place]
            if own.empty or own["best"].iloc[0] == place:
                continue
            top = sums[place].sort_values(ascending=False).head(2)
            lines.append({"乡镇街道": self.edition.name(place), "差距（分）": cell(own["points"].sum(), "分"),
                          "差距最大的领域": "、".join(f"{d}（{cell(v, '分')}）" for d, v in top.items())})  # fmt: skip
        best = self.edition.name(rows["best"].iloc[0]) if len(rows) else ""
        frame = pd.DataFrame(lines, columns=["乡镇街道", "差距（分）", "差距最大的领域"])
        return self.sheet(frame, f"各乡镇街道与得分最高的{best}的差距（{self.year}年）", [rows],
                          "括号内为该领域带来的分差，各领域之和恰为总差距。")  # fmt: skip

    def obstacles_table(self):
        """What is most in the way of full marks in the whole district (障碍度)."""
        rows = self.rows("obstacles", scope="district", place=self.place, year=self.year)
        rows = rows.sort_values("rank").head(10)
        frame = pd.DataFrame({
            "位次": [str(int(r)) for r in rows["rank"]], "指标": rows["name"].to_numpy(),
            "得分": [cell(v, "分") for v in rows["score"]],
            "障碍度（%）": [cell(100 * v, "%") for v in rows["obstacle"]],
        })  # fmt: skip
        return self.sheet(frame, f"{self.name}综合指数的主要障碍指标（{self.year}年）", [rows],
                          "障碍度为该指标占与满分差距的比重。")  # fmt: skip


def _named(frame):
    return frame.rename(columns={"name": "name_"}).itertuples()
