"""How firm the index is: what moves ranks, other versions, structure, effective weights, other methods."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from research.composite.reviewing.base import Reviewed
from research.indicators.analysis.tidy import Tidy
from research.wording import cell, listed, number, plain, share
from research.wording.values import Value

FLAGS = {"negative": "与上级得分反向变动", "redundant": "与上级得分几乎一致"}


class Robustness(Reviewed):
    """What the ranks of the places hang on."""

    @property
    def townships(self) -> Any:
        """The places in order of score; see `IndexReview.townships`."""
        raise NotImplementedError

    # --- other versions ----------------------------------------------------------------------------------

    @cached_property
    def versions(self) -> Tidy:
        """This year's ranks of the places by each other version: place, rank, other_rank, shift, difference."""
        rows = self.rows("index_versions", scope="township", year=self.year)
        return self.told(rows.assign(shift=(rows["rank"] - rows["other_rank"]).abs()))

    @property
    def other_ranks(self) -> list[list[float]]:
        """For each place in order of score the ranks that other versions give it."""
        found = self.versions.groupby("place")["other_rank"].agg(list)
        return [found.get(c, []) for c in self.townships["code"]]

    @property
    def shifts(self) -> dict[str, Value]:
        """Shift of ranks by the other versions: mean_shift, most_shift."""
        rows = self.versions
        none = rows.empty
        return rows.values_of(
            mean_shift="" if none else number(rows["shift"].mean(), "位", 1),
            most_shift="" if none else f"{rows['shift'].max():.0f}位",
        )

    def versions_table(self) -> Tidy:
        """Every other version beside the current one: shift of scores and ranks, correlation of ranks."""
        lines = []
        for name, part in pd.DataFrame(self.versions).groupby("other_version", sort=False):
            alike = part["rank"].astype(float).corr(part["other_rank"].astype(float), method="spearman")
            lines.append({"版本": name, "内容": part["title"].iloc[0],
                          "得分平均变动（分）": cell(part["difference"].abs().mean(), "分"),
                          "名次平均变动（位）": cell(part["shift"].mean(), "", 2),
                          "最多（位）": str(int(part["shift"].max())), "等级相关系数": cell(alike, "", 3)})  # fmt: skip
        note = f"与现行版本{self.version}比较；同一年份按各版本重算，往年得分同样可以重算。"
        return self.versions.readable(pd.DataFrame(lines), note)

    # --- choices -----------------------------------------------------------------------------------------

    @cached_property
    def choices(self) -> Tidy:
        """Sobol shares of the mean shift of ranks, the largest total first: name, value (total), inner (alone)."""
        rows = self.rows("sobol", scope="township", output="rank_shift").sort_values("total", ascending=False)
        inner = rows["first"].clip(lower=0)
        told = [
            f"{plain(100 * a, '%', 0)}% / {plain(100 * b, '%', 0)}%" for a, b in zip(inner, rows["total"], strict=True)
        ]
        rows = rows.assign(name=rows["factor_zh"], value=rows["total"], inner=inner, words=told)
        return self.told(rows, absent="各项选择都不改变名次。")

    @property
    def leading_choices(self) -> dict[str, Value]:
        """The choice with the largest effect, with others and alone; those that its interval does not set apart."""
        return self.choices.values_of(**{n: self._leading(c) for n, c in (("together", "total"), ("alone", "first"))})

    def _leading(self, effect: str) -> str:
        rows = self.choices.sort_values(effect, ascending=False)
        if rows.empty:
            return ""
        top = rows.iloc[0]
        apart = np.hypot(rows[f"{effect}_conf"], top[f"{effect}_conf"])
        level = rows[top[effect] - rows[effect] <= apart]
        told = [f"{n}（{share(max(v, 0))}±{share(c)}）"
                for n, v, c in zip(level["name"], level[effect], level[f"{effect}_conf"], strict=True)]  # fmt: skip
        return f"对名次影响最大的是{told[0]}" if len(told) == 1 else f"影响居前而彼此不能区分的是{listed(told)}"

    @cached_property
    def dropped(self) -> Tidy:
        """Leaving out one indicator: the largest mean shifts of ranks first; name, value, words."""
        rows = self.rows("drop_one", scope="township").sort_values(["mean_shift", "indicator"], ascending=[False, True])
        names = self.edition.places.set_index("code")["name_short"]
        parts = zip(rows["mean_shift"], rows["max_shift"], rows["most_moved"], strict=True)
        told = [f"{plain(m, '', 2)}位；最多{x}位（{names.get(p, p)}）" for m, x, p in parts]
        return self.told(rows.assign(value=rows["mean_shift"], words=told))

    @property
    def hanging(self) -> dict[str, Value]:
        """Which indicators the ranks hang on: most (three names), idle (how many move nothing) of all, or every."""
        rows = self.dropped
        none = int((rows["max_shift"] == 0).sum())
        return rows.values_of(
            most=listed(rows["name"].head(3)),
            all=f"{len(rows)}项" if none else "",
            idle=f"{none}项" if none else "",
            every="" if none or rows.empty else "去掉任何一项都有名次变动",
        )

    # --- weights -----------------------------------------------------------------------------------------

    @cached_property
    def effective(self) -> Tidy:
        """Share of each domain in the differences between the places, beside its weight: name, value, reference."""
        rows = self.rows("effective_domains", scope="township").set_index("domain")
        rows = rows.reindex([d for d in self.names.index if d in rows.index])
        rows = rows.assign(
            name=self.names.reindex(rows.index), value=100 * rows["share"], reference=100 * rows["weight"]
        )
        if rows["share"].isna().all():
            rows = rows[:0]
        return self.told(rows, absent=f"{self.year}年可比的乡镇街道不足以计算各领域的实际影响。")

    @property
    def largest_weight(self) -> float:
        """End of an axis that holds the shares and the weights."""
        most = self.effective[["value", "reference"]].max().max() if len(self.effective) else 0
        return float(max(10, 5 * -(-most // 5)))

    @property
    def apart(self) -> dict[str, Value]:
        """The shares, and which domains an interval sets apart from their weight: shares, more, less, rest, none."""
        rows = self.effective
        told = rows.assign(told=[f"{r.name}（{share(r.share)}，{100 * r.level:.3g}%区间"
                                 f"{share(r.lower)}～{share(r.upper)}，"
                                 f"名义权重{share(r.weight)}）" for r in rows.itertuples(index=False)])  # fmt: skip
        sides = {n: listed(told["told"][told["apart"] == s]) for n, s in (("more", 1), ("less", -1))}
        rest, found = int((rows["apart"] == 0).sum()), any(sides.values())
        return rows.values_of(
            shares="、".join(f"{n}{share(s)}" for n, s in zip(rows["name"], rows["share"], strict=True)),
            **sides,
            jackknife="逐一去掉一个乡镇街道作刀切" if len(rows) else "",
            rest=f"{rest}个领域" if found and rest else "",
            none="" if found or rows.empty else "各领域与名义权重的差别都在误差之内",
        )

    # --- structure and other methods ---------------------------------------------------------------------

    def structure(self) -> Tidy:
        """Cronbach's alpha and the first principal component of each domain, and of the whole."""
        rows = self.rows("alphas", scope="township")
        frame = pd.DataFrame({
            "领域": rows["name"].to_numpy(), "指标（项）": [str(n) for n in rows["n_items"]],
            "样本（地·年）": [str(n) for n in rows["n_units"]],
            "克朗巴哈α": [cell(v, "", 2) for v in rows["alpha"]],
            "第一主成分占比（%）": [cell(100 * v, "%") for v in rows["first_component"]],
        })  # fmt: skip
        note = "α在0.7以上通常认为各指标度量的是同一件事；领域内指标本来就反映不同方面时，α偏低不是缺陷。"
        return self.told(rows).readable(frame, note)

    def flags(self) -> Tidy:
        """Indicators that run against their sub-domain, or say the same as it."""
        rows = self.rows("correlations", scope="township")
        rows = rows[(rows["flag"] != "") & rows["with_parent"].notna()].sort_values("with_parent")
        frame = pd.DataFrame({
            "指标或子领域": rows["name"].to_numpy(), "与上级的相关系数": [cell(v, "", 2) for v in rows["with_parent"]],
            "与指数的相关系数": [cell(v, "", 2) for v in rows["with_index"]], "提示": [FLAGS[f] for f in rows["flag"]],
        })  # fmt: skip
        absent = "没有相关系数低于0或高于0.92的指标。"
        return self.told(rows, absent=absent).readable(frame, "相关系数按乡镇街道历年得分计算；低于0或高于0.92的列出。")

    def methods(self) -> Tidy:
        """Rank interval by the index, whether TOPSIS ranks within it, and the coordination of the domains."""
        close = self.rows("topsis", scope="township", year=self.year).set_index("place")
        pair = self.rows("coupling", scope="township", year=self.year)
        pair = pair[pair["variant"] == "modified"].set_index("place")
        rows = self.townships
        ends = list(zip(rows["rank_lower"].astype(int), rows["rank_upper"].astype(int), strict=True))
        other = [close["rank"].get(c, np.nan) for c in rows["code"]]
        frame = pd.DataFrame({
            "乡镇街道": rows["full"], "指数位次区间": [f"{low}～{high}" for low, high in ends],
            "TOPSIS贴近度": [cell(close["closeness"].get(c), "", 3) for c in rows["code"]],
            "TOPSIS位次在区间内": ["–" if pd.isna(r) else "是" if low <= r <= high else "否"
                             for r, (low, high) in zip(other, ends, strict=True)],
            "耦合协调度": [cell(pair["D"].get(c), "", 3) for c in rows["code"]],
            "协调等级": [pair["grade"].get(c, "") for c in rows["code"]],
        })  # fmt: skip
        made: Tidy = rows.readable(frame, "TOPSIS用向量标准化，只取各地都有数据的指标；耦合协调度用修正的C值（王淑佳"
                                    "等，2021），按各领域得分计算。")  # fmt: skip
        return made
