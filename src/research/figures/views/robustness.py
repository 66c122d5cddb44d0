"""How firm the index is: rank intervals, what moves ranks, other versions, structure, effective weights."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from research.figures.charts import compare
from research.figures.charts.index import rank_ranges
from research.figures.views.base import cell
from research.figures.views.index import Index
from research.wording import listed, number, plain, share


class Robustness(Index):
    """稳健性 of the index of the townships."""

    @cached_property
    def versions(self):
        """This year's ranks of the townships by each other version."""
        rows = self.rows("index_versions", scope="township")
        return rows[rows["year"] == self.year]

    @cached_property
    def shares(self):
        """Sobol shares of the mean shift of ranks, the largest total first."""
        rows = self.rows("sobol", scope="township")
        rows = rows[rows["output"] == "rank_shift"].sort_values("total", ascending=False)
        return rows.assign(status=self.edition.status)

    def lead(self):
        """Width of the rank intervals, the choice that moves ranks most, the mean shift by other versions."""
        rows = self.townships
        width = rows["width"]
        level = plain(100 * rows["level"].astype(float).iloc[0], "", 0)
        text = (f"{self.year}年{len(rows)}个乡镇街道的{level}%位次区间平均含{number(width.mean(), '个位次', 1)}，"
                f"最宽的是{rows.loc[width.idxmax(), 'full']}（第{int(rows.loc[width.idxmax(), 'rank_lower'])}～"
                f"{int(rows.loc[width.idxmax(), 'rank_upper'])}位）。")  # fmt: skip
        if len(self.shares):
            text += f"{self._first_factor('total')}。"
        if len(self.versions):
            shift = (self.versions["rank"] - self.versions["other_rank"]).abs()
            text += f"换用其他指数版本，名次平均变动{number(shift.mean(), '位', 1)}，最多变动{int(shift.max())}位。"
        return self.words(text, data=[rows, self.versions.assign(status=self.edition.status)])

    def ranks(self):
        """Rank, interval and the ranks by the other versions of each township."""
        rows = self.townships
        other = self.versions.groupby("place")["other_rank"].agg(list)
        frame = rows.assign(lower=rows["rank_lower"], upper=rows["rank_upper"])
        figure = rank_ranges(
            frame, [other.get(c, []) for c in frame["code"]], self.focus, strong_words=self.edition.words["group"]
        )
        level = plain(100 * rows["level"].astype(float).iloc[0], "", 0)
        caption = f"乡镇街道综合指数的位次与{level}%区间（{self.year}年）"
        return self.picture(figure, caption, self.lead().text, [rows])

    def sobol(self):
        """First-order and total shares of each choice in the shift of ranks."""
        rows = self.shares
        first = rows["first"].clip(lower=0)
        pairs = zip(first, rows["total"], strict=True)
        frame = pd.DataFrame(
            {
                "name": rows["factor_zh"],
                "value": rows["total"],
                "inner": first,
                "words": [f"{plain(100 * a, '%', 0)}% / {plain(100 * b, '%', 0)}%" for a, b in pairs],
            }
        )
        caption = f"各项选择对名次变动的影响（{self.year}年，Sobol指数：深色为单独影响，全长含交互影响）"
        return self.picture(compare.bars(frame), caption, self.sobol_words().text, [rows])

    def sobol_words(self):
        """Which choices matter alone, which through others."""
        rows = self.shares
        if rows.empty:
            return self.words("各项选择都不改变名次。")
        text = f"连同交互作用看，{self._first_factor('total')}；单独看，{self._first_factor('first')}。"
        return self.words(text, data=[rows])

    def _first_factor(self, effect):
        """The choice with the largest effect, and those that its interval does not set apart from it."""
        rows = self.shares.sort_values(effect, ascending=False)
        top = rows.iloc[0]
        apart = np.hypot(rows[f"{effect}_conf"], top[f"{effect}_conf"])
        level = rows[top[effect] - rows[effect] <= apart]
        told = [f"{r.factor_zh}（{share(max(getattr(r, effect), 0))}±{share(getattr(r, effect + '_conf'))}）"
                for r in level.itertuples()]  # fmt: skip
        return f"对名次影响最大的是{told[0]}" if len(told) == 1 else f"影响居前而彼此不能区分的是{listed(told)}"

    @cached_property
    def dropped(self):
        """Leaving out one indicator: the largest mean shifts of ranks first."""
        rows = self.rows("drop_one", scope="township").sort_values(["mean_shift", "indicator"], ascending=[False, True])
        return rows.assign(status=self.edition.status)

    def drop_one(self):
        """The indicators whose absence moves ranks most."""
        rows = self.dropped.head(12)
        names = self.edition.places.set_index("code")["name_short"]
        frame = pd.DataFrame({
            "name": rows["name"], "value": rows["mean_shift"],
            "words": [f"{plain(m, '', 2)}位；最多{x}位（{names.get(p, p)}）" for m, x, p in
                      zip(rows["mean_shift"], rows["max_shift"], rows["most_moved"], strict=True)]})  # fmt: skip
        caption = f"去掉一项指标后名次的平均变动（{self.year}年，变动最大的{len(rows)}项）"
        return self.picture(compare.bars(frame, ""), caption, self.drop_one_words().text, [rows])

    def drop_one_words(self):
        """Which indicators the ranks hang on."""
        rows = self.dropped
        none = int((rows["max_shift"] == 0).sum())
        text = f"逐项去掉指标，名次平均变动最大的是{listed(rows['name'].head(3))}；"
        text += f"{len(rows)}项指标中有{none}项去掉后没有任何名次变动。" if none else "去掉任何一项都有名次变动。"
        return self.words(text, data=[rows])

    def weights(self):
        """Share of each domain in the differences between the places this year, beside its nominal weight."""
        rows = self._shares_of_domains()
        frame = pd.DataFrame({"name": rows["name"], "value": 100 * rows["share"], "reference": 100 * rows["weight"]})
        limit = float(max(10, 5 * -(-frame[["value", "reference"]].max().max() // 5)))
        figure = compare.profile(frame, "%", limit, "名义权重")
        caption = f"各领域的实际影响与名义权重（{self.year}年，实际影响为占各乡镇街道之间得分差异的比重）"
        return self.picture(figure, caption, self.weights_words().text,
                            [rows.assign(status=self.edition.status)])  # fmt: skip

    def weights_words(self):
        """The share of each domain, and which ones the interval sets apart from their weight."""
        rows = self._shares_of_domains()
        if rows["share"].isna().all():
            return self.words(f"{self.year}年可比的乡镇街道不足以计算各领域的实际影响。", data=[rows])
        told = "、".join(f"{r.name}{share(r.share)}" for r in rows.itertuples(index=False))
        text = f"{self.year}年各乡镇街道之间的得分差异，按领域分解为{told}。"
        rows = rows.assign(told=[f"{r.name}（{share(r.share)}，95%区间{share(r.lower)}～{share(r.upper)}，"
                                 f"名义权重{share(r.weight)}）" for r in rows.itertuples(index=False)])  # fmt: skip
        parts = [
            f"{word}名义权重的是{listed(rows['told'][rows['apart'] == sign])}"
            for sign, word in ((1, "高于"), (-1, "低于"))
            if (rows["apart"] == sign).any()
        ]
        rest = int((rows["apart"] == 0).sum())
        if parts:
            text += f"逐一去掉一个乡镇街道作刀切，实际影响{'，'.join(parts)}"
            text += f"；其余{rest}个领域与名义权重的差别在误差之内。" if rest else "。"
        else:
            text += "逐一去掉一个乡镇街道作刀切，各领域与名义权重的差别都在误差之内。"
        return self.words(text, "各地差别小的领域，权重再大也拉不开差距。", data=[rows])

    def _shares_of_domains(self):
        """Effective shares of the domains in the edition's year, in the plan's order, with their short names."""
        rows = self.rows("effective_domains", scope="township").set_index("domain")
        names = self.edition.themes.set_index("domain_code")["name_zh"]
        rows = rows.reindex([d for d in names.index if d in rows.index])
        return rows.assign(name=names.reindex(rows.index), status=self.edition.status).reset_index()

    # --- tables ------------------------------------------------------------------------------------------

    def versions_table(self):
        """Every other version beside the current one: shift of scores and ranks, correlation of ranks."""
        lines = []
        for name, part in self.versions.groupby("other_version", sort=False):
            shift = (part["rank"] - part["other_rank"]).abs()
            lines.append({"版本": name, "内容": part["title"].iloc[0],
                          "得分平均变动（分）": cell(part["difference"].abs().mean(), "分"),
                          "名次平均变动（位）": cell(shift.mean(), "", 2), "最多（位）": str(int(shift.max())),
                          "等级相关系数": cell(part["rank"].astype(float).corr(part["other_rank"].astype(float),
                                                                         method="spearman"), "", 3)})  # fmt: skip
        columns = ["版本", "内容", "得分平均变动（分）", "名次平均变动（位）", "最多（位）", "等级相关系数"]
        note = f"与现行版本{self.version}比较；同一年份按各版本重算，往年得分同样可以重算。"
        return self.sheet(pd.DataFrame(lines, columns=columns), f"不同指数版本的结果（{self.year}年）",
                          [self.versions.assign(status=self.edition.status)], note)  # fmt: skip

    def structure_table(self):
        """Cronbach's alpha and the first principal component of each domain, and of the whole."""
        rows = self.rows("alphas", scope="township")
        frame = pd.DataFrame({
            "领域": rows["name"].to_numpy(), "指标（项）": [str(n) for n in rows["n_items"]],
            "样本（地·年）": [str(n) for n in rows["n_units"]],
            "克朗巴哈α": [cell(v, "", 2) for v in rows["alpha"]],
            "第一主成分占比（%）": [cell(100 * v, "%") for v in rows["first_component"]],
        })  # fmt: skip
        note = "α在0.7以上通常认为各指标度量的是同一件事；领域内指标本来就反映不同方面时，α偏低不是缺陷。"
        return self.sheet(frame, "各领域指标的内部一致性", [rows.assign(status=self.edition.status)], note)

    def flags_table(self):
        """Indicators that run against their sub-domain, or say the same as it."""
        rows = self.rows("correlations", scope="township")
        rows = rows[(rows["flag"] != "") & rows["with_parent"].notna()].sort_values("with_parent")
        words = {"negative": "与上级得分反向变动", "redundant": "与上级得分几乎一致"}
        frame = pd.DataFrame({
            "指标或子领域": rows["name"].to_numpy(), "与上级的相关系数": [cell(v, "", 2) for v in rows["with_parent"]],
            "与指数的相关系数": [cell(v, "", 2) for v in rows["with_index"]],
            "提示": [words[f] for f in rows["flag"]],
        })  # fmt: skip
        return self.sheet(frame, "相关性需要留意的指标", [rows.assign(status=self.edition.status)],
                          "相关系数按乡镇街道历年得分计算；低于0或高于0.92的列出。")  # fmt: skip

    def methods_table(self):
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
        note = (
            "TOPSIS用向量标准化，只取各地都有数据的指标；耦合协调度用修正的C值（王淑佳等，2021），按六大领域得分计算。"
        )
        return self.sheet(frame, f"其他方法的结果（{self.year}年）", [rows], note)


__all__ = ["Robustness"]
