"""Scores and ranks of the index: the district's own over the years, its domains, and the places beside each other."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from research.composite.reviewing.base import INDEX, Reviewed
from research.composite.reviewing.change import Change
from research.composite.reviewing.robustness import Robustness
from research.indicators.analysis.estimates import Estimates
from research.indicators.analysis.measured import COLUMNS
from research.indicators.analysis.tidy import Tidy
from research.wording import Side, cell, compare, is_missing, listed, number, plain, rounded, span
from research.wording.values import Value

FIRM = 3
"""Ranks that an interval may hold for the rank to be called firm."""


class Townships(Tidy):
    """Places in order of score: name, full, value, lower, upper, rank, rank_lower, rank_upper, width, focus."""

    @property
    def _constructor(self) -> Any:
        return Townships

    @property
    def focus_names(self) -> list[str]:
        """Short names of the places in focus."""
        return list(self.loc[self["focus"], "name"])

    @property
    def standing(self) -> dict[str, Value]:
        """What a sentence says: count, first (whose rank may be 1), firm and loose (how many), level."""
        firm = int((self["width"] <= FIRM).sum())
        loose = len(self) - firm
        return self.values_of(
            count=str(len(self)) if len(self) else "",
            first=listed(self[self["rank_lower"] == 1].sort_values("code")["full"]),
            firm=f"{firm}个",
            loose=f"{loose}个" if loose else "",
        )

    @property
    def ranges(self) -> dict[str, Value]:
        """Width of the rank intervals: mean, widest (place with its interval)."""
        if self.empty:
            return self.values_of(mean="", widest="")
        row = self.loc[self["width"].idxmax()]
        return self.values_of(
            mean=number(self["width"].mean(), "个位次", 1),
            widest=f"{row['full']}（第{row['rank_lower']:.0f}～{row['rank_upper']:.0f}位）",
        )


class IndexReview(Robustness, Change, Reviewed):
    """The index of an edition: the district's own, and its places'; make it with `research.composite.review`.

    Parameters
    ----------
    edition : Edition
    """

    @cached_property
    def own(self) -> Estimates:
        """The district's index over the years."""
        rows = self.rows("scores", scope="district", level="index", place=self.place.code).sort_values("year")
        rows = rows.assign(value=rows["score"], measure="index", residence="all", name=INDEX, unit="分")
        return self.told(rows.reindex(columns=COLUMNS), Estimates)

    @cached_property
    def domains(self) -> Tidy:
        """The district's domains this year: name, value, reference (the first year's)."""
        rows = self.rows("scores", scope="district", level="domain", place=self.place.code)
        first = rows["year"].min() if len(rows) else self.year
        before = rows[rows["year"] == first].set_index("code")["score"]
        now = rows[rows["year"] == self.year].set_index("code").reindex(self.names.index)
        now = now.assign(name=self.names, value=now["score"], reference=before.reindex(now.index))
        return self.told(now[now["status"].notna()], first=int(first))

    @cached_property
    def townships(self) -> Townships:
        """Places in order of score this year, with the intervals of score and rank."""
        rows = self.rows("intervals", scope="township")
        rows = self.placed(rows[(rows["year"] == self.year) & rows["score"].notna()]).sort_values("rank")
        rows = rows.assign(value=rows["score"], lower=rows["score_lower"], upper=rows["score_upper"],
                           width=rows["rank_upper"] - rows["rank_lower"] + 1)  # fmt: skip
        level = plain(100 * float(rows["level"].iloc[0]), "", 0) if len(rows) else ""
        return self.told(rows, Townships, level=level)

    def scores(self) -> Tidy:
        """Score, interval of score and rank, and the change like for like, of each place, by its code."""
        rows, rises = self.townships.sort_values("code"), self.rises
        rise = rises.set_index("place")["rise"]
        frame = pd.DataFrame({
            "乡镇街道": rows["full"],
            f"{self.year}年得分": [cell(v, "分") for v in rows["value"]],
            "得分区间": [span(a, b, "", 1) for a, b in zip(rows["lower"], rows["upper"], strict=True)],
            "位次区间": [f"{int(a)}～{int(b)}" for a, b in zip(rows["rank_lower"], rows["rank_upper"], strict=True)],
        })  # fmt: skip
        if len(rises):
            frame[f"比{rises['first_year'].iloc[0]:.0f}年变动（同口径，分）"] = [
                cell(rise.get(c), "分") for c in rows["code"]
            ]
        note = (f"指数版本{self.version}；按行政区划代码排列，区间由归一化、权重、合成方法和抽样误差的模拟得到，"
                "重叠的不分先后；同口径变动只用该地两年都有数据的指标，未计误差。")  # fmt: skip
        return self.townships.readable(frame, note)

    # --- what makes the scores ---------------------------------------------------------------------------

    @cached_property
    def points(self) -> Tidy:
        """Points that each domain gives to each place's index: a row a place in order of score, a column a domain."""
        rows = self.rows("contributions", scope="township", year=self.year)
        owner = self.edition.indicators.set_index("id")["domain_code"]
        rows = rows.assign(domain=rows["indicator"].map(owner).map(self.names))
        table = rows.pivot_table(index="place", columns="domain", values="points", aggfunc="sum")
        names = self.townships.set_index("code")["name"]
        table = table.reindex(index=names.index, columns=[n for n in self.names if n in table])
        return self.told(rows).readable(table.set_axis(list(names)))

    @property
    def ends(self) -> dict[str, Value]:
        """The places with the highest and the lowest score: highest, lowest, gap, and domain with its points."""
        if len(self.townships) < 2:
            return self.townships.values_of(highest="", lowest="", gap="", domain="", points="")
        first, last = self.townships.iloc[0], self.townships.iloc[-1]
        told = [f"{r['full']}（位次区间{r['rank_lower']:.0f}～{r['rank_upper']:.0f}）" for r in (first, last)]
        gap = self.points.loc[first["name"]] - self.points.loc[last["name"]]
        most = gap[[rounded(g, 1) == rounded(gap.max(), 1) for g in gap]]
        return self.points.values_of(
            highest=told[0],
            lowest=told[1],
            gap=number(first["value"] - last["value"], "分"),
            domain=listed(most.index),
            points=number(gap.max(), "分"),
        )

    @cached_property
    def rises(self) -> Tidy:
        """Each place's rise since the first year, by the indicators that it has in both years: old, new, rise."""
        rows = self.placed(self.rows("index_rises", scope="township"))
        rows = rows[rows["first_year"] < self.year].assign(old=rows["before"], new=rows["after"])
        first = int(rows["first_year"].iloc[0]) if len(rows) else self.year
        return self.told(rows, absent=f"乡镇街道{INDEX}尚无前后两年可比。", first=first)

    @property
    def span_of_rises(self) -> dict[str, Any]:
        """The smallest and the largest rise: count, low, high."""
        rows = self.rises
        if rows.empty:
            return rows.values_of(count="", low="", high="")
        ends = {n: rows.loc[rows["rise"].idxmin() if n == "low" else rows["rise"].idxmax()] for n in ("low", "high")}
        told = {n: f"{row['full']}（{self._moved(row)}）" for n, row in ends.items()}
        return rows.values_of(count=str(len(rows)), **told)

    def _moved(self, row: pd.Series) -> str:
        new, old = (Side(row[c], "分", int(row[y]), row["place"]) for c, y in
                    (("after", "year"), ("before", "first_year")))  # fmt: skip
        return compare(new, old, "since", "change", name=INDEX)

    def weights(self) -> Tidy:
        """Weights of the domains and their sub-domains."""
        rows = self.rows("weights", scope="district")
        known = self.edition.indicators.drop_duplicates("subdomain_code").set_index("subdomain_code")
        weight = rows.drop_duplicates("code").set_index("code")["weight"].reindex(known.index, fill_value=np.nan)
        counts = self.edition.indicators.groupby("subdomain_code").size()
        frame = pd.DataFrame({
            "领域": list(self.names.reindex(known["domain_code"])), "子领域": known["subdomain_zh"].to_numpy(),
            "指标（项）": [str(counts[c]) for c in known.index],
            "权重（%）": ["" if is_missing(w) else cell(100 * w, "%", 2) for w in weight],
        })  # fmt: skip
        rows = rows.assign(status="published", source="综合指数设定")
        return self.told(rows).readable(frame, f"领域、子领域和权重为可调整的设定。{self.edition.origin_note}")
