"""Why the index is what it is: its change shared among the domains, the distance from the best, what is in the way."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from research.composite.reviewing.base import INDEX, Reviewed
from research.indicators.analysis.tidy import Tidy
from research.wording import Side, cell, compare, listed, number
from research.wording.values import Value

AVAILABLE = "可得指标变化"
"""What is gained or lost because an indicator is there in one of two years only."""


class Change(Reviewed):
    """Exact shares of changes and distances."""

    @cached_property
    def changes(self) -> Tidy:
        """Points of the district's last change, by indicator (a row `COVERAGE` holds new or lost indicators)."""
        rows = self.rows("index_changes", scope="district", place=self.place.code, year=self.year)
        rows = rows.assign(domain_zh=rows["domain"].map(self.names).fillna(AVAILABLE))
        before = int(rows["previous_year"].iloc[0]) if len(rows) else ""
        return self.told(rows, absent=f"{self.year}年是指数的第一年，没有上年可比。", before=before)

    @property
    def total(self) -> Value:
        """The sum of the shares: two rounded scores may differ from it in the last digit."""
        rows = self.changes
        return rows._value(f"合计{number(rows['points'].sum(), '分', 2)}" if len(rows) else "")

    def gains(self) -> Tidy:
        """Points of the change by domain: name, value; domains that moved nothing are left out."""
        sums = self.changes.groupby("domain_zh")["points"].sum()
        order = [n for n in [*self.names, AVAILABLE] if n in sums and abs(sums[n]) > 1e-9]
        return self.changes.readable(pd.DataFrame({"name": order, "value": [sums[n] for n in order]}))

    @property
    def movers(self) -> dict[str, Value]:
        """What a sentence says of the change: moved, best and worst (indicators with their points), none."""
        rows = self.changes
        if rows.empty:
            return rows.values_of(moved="", best="", worst="", none="")
        total, before = rows["points"].sum(), int(rows["previous_year"].iloc[0])
        new, old = (Side(v, "分", y, self.place.code) for v, y in ((total, self.year), (0.0, before)))
        parts = rows[rows["indicator"] != "COVERAGE"].sort_values("points", ascending=False)
        told = {
            sign: [
                f"{n}（{number(p, '分', 2)}）"
                for n, p in zip(part["name"], part["points"], strict=True)
                if p * sign > 0
            ]
            for sign, part in ((1, parts.head(3)), (-1, parts.tail(3)[::-1]))
        }
        return rows.values_of(
            moved=compare(new, old, "since", "change", name=INDEX, decimals=2),
            best=listed(told[1]),
            worst=listed(told[-1]),
            none="" if told[-1] else "没有指标拖累指数",
        )

    def distances(self) -> Tidy:
        """Each place's distance from the best one, and the two domains that make most of it."""
        rows = self.rows("index_distances", scope="township", year=self.year)
        lines = []
        sums = rows.assign(domain_zh=rows["domain"].map(self.names)).groupby(["place", "domain_zh"])["points"].sum()
        order = self.rows("intervals", scope="township", year=self.year).sort_values("rank")["place"]
        for place in order:
            own = rows[rows["place"] == place]
            if own.empty or own["best"].iloc[0] == place:
                continue
            top = sums[place].sort_values(ascending=False).head(2)
            lines.append({"乡镇街道": self.edition.name(place), "差距（分）": cell(own["points"].sum(), "分"),
                          "差距最大的领域": "、".join(f"{d}（{cell(v, '分')}）" for d, v in top.items())})  # fmt: skip
        best = self.edition.name(rows["best"].iloc[0]) if len(rows) else ""
        frame = pd.DataFrame(lines, columns=["乡镇街道", "差距（分）", "差距最大的领域"])
        note = "括号内为该领域带来的分差，各领域之和恰为总差距。"
        return self.told(rows, best=best).readable(frame, note)

    def obstacles(self, most: int = 10) -> Tidy:
        """What is most in the way of full marks in the whole district (障碍度)."""
        rows = self.rows("obstacles", scope="district", place=self.place.code, year=self.year)
        rows = rows.sort_values("rank").head(most)
        frame = pd.DataFrame({
            "位次": [str(int(r)) for r in rows["rank"]], "指标": rows["name"].to_numpy(),
            "得分": [cell(v, "分") for v in rows["score"]],
            "障碍度（%）": [cell(100 * v, "%") for v in rows["obstacle"]],
        })  # fmt: skip
        return self.told(rows).readable(frame, "障碍度为该指标占与满分差距的比重。")

    def emphasis(self) -> Tidy:
        """The indicators whose weight is raised, beside the weight they would have without it."""
        rows = self.rows("weights", scope="district", level="indicator")
        rows = rows[rows["weight"] > rows["combined"] * (1 + 1e-9)]
        words = {"feature": "特色", "shortboard": "短板"}
        marks = zip(rows["emphasis"], rows["special"], strict=True)
        frame = pd.DataFrame({
            "指标": rows["name"].to_numpy(),
            "标记": ["、".join(filter(None, [words.get(e, e), "*" if s else ""])) for e, s in marks],
            "强调前权重（%）": [cell(100 * w, "%", 2) for w in rows["combined"]],
            "权重（%）": [cell(100 * w, "%", 2) for w in rows["weight"]],
            "倍数": [cell(a / b, "倍", 2) for a, b in zip(rows["weight"], rows["combined"], strict=True)],
        })  # fmt: skip
        note = "强调系数是设定；乘系数后全部权重重新折算为合计100%，因此实际倍数略小于系数。*为本区特色指标的标记。"
        rows = rows.assign(status="published", source="综合指数设定")
        return self.told(rows, absent="没有加重的指标。").readable(frame, note)
