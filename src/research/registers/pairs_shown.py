"""What the notebook of pairs shows: sentences, tables and a chart of a study, nothing claimed beyond its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core.status import weakest
from research.figures.charts.time import lines
from research.figures.items import Absent, Picture, Sheet, Words
from research.registers.pairs import Study, coverage, study, support
from research.wording import effect_sentence, listed, plain

if TYPE_CHECKING:
    from research.effects import Effect
    from research.indicators.edition import Edition

NONE = "本版没有登记强村与薄弱村的结对。"
LEAD = "结对帮扶"
POINTS = "个百分点"


class Pairs:
    """The pairs of one edition, ready to be shown.

    Parameters
    ----------
    edition : Edition
    item : str
        What is followed in the villages; see `research.registers.pairs.study`.
    """

    def __init__(self, edition: Edition, item: str = "") -> None:
        self.edition = edition
        self.study: Study | None = study(edition, item)

    def _absent(self, caption: str) -> Absent:
        why = self.study.why if self.study else NONE if caption == LEAD else f"没有登记的结对，{caption}从略。"
        return Absent(why, caption, self.edition.status)

    def _data(self) -> list[pd.DataFrame]:
        assert self.study is not None
        return [pd.DataFrame({"status": [self.study.status], "source": ["结对登记与村级数值"]})]

    def lead(self) -> Words | Absent:
        """How many pairs there are, how many can be compared, and what the comparison allows to say."""
        s = self.study
        if s is None or s.effect is None:
            return self._absent(LEAD)
        text = (
            f"登记在册的强村与薄弱村结对共{s.n_pairs}对，{s.start}年起的{s.effect.treated}个受助村可与"
            f"{s.effect.comparison}个没有结对的村比较"
            + (f"，另{s.n_other}对年份或数据不全，没有计入。" if s.n_other else "。")
        )
        return Words(text + effect_sentence(s.effect, f"受助村{s.item}的增幅", POINTS, 1), self._data(), s.status)

    def balance(self) -> Sheet | Absent:
        """How alike receivers and others were before: all unpaired villages, then those that are compared."""
        s, caption = self.study, "结对前的可比性"
        if s is None or s.effect is None:
            return self._absent(caption)
        frame = pd.DataFrame(
            {
                "结对前": s.after["name"],
                "受助村": [plain(v, "", 2) for v in s.after["treated"]],
                "全部未结对村": [plain(v, "", 2) for v in s.before["comparison"]],
                "标准化差": [plain(v, "", 2) for v in s.before["difference"]],
                "可比的未结对村": [plain(v, "", 2) for v in s.after["comparison"]],
                "匹配后标准化差": [plain(v, "", 2) for v in s.after["difference"]],
            }
        )
        note = (
            "可比村按结对前一年的水平和此前的增速逐一选取最接近的，相差过大的不选；帮扶方不作为对照。"
            "标准化差绝对值超过0.1，一般认为不平衡。"
        )
        return Sheet(frame, caption, self._data(), status=s.status, note=note)

    def paths(self) -> Picture | Absent:
        """Both groups over the years, the last year before as 100."""
        s, caption = self.study, "受助村与可比村的走势"
        if s is None or s.effect is None:
            return self._absent(caption)
        whole = f"{caption}：{s.item}（{s.start - 1}年=100）"
        return Picture(lines(s.paths, "", decimals=1), whole, self.lead().text, [s.paths], status=s.status)

    def checks(self) -> Sheet | Absent:
        """The estimate, and every check that could have refuted it."""
        s, caption = self.study, "估计、检验与假定"
        if s is None or s.effect is None:
            return self._absent(caption)
        frame = pd.DataFrame([_estimate(s.effect), *_checks(s.effect)])
        note = "".join([*(f"假定：{a}" for a in s.effect.assumptions), *(f"注意：{c}" for c in s.effect.cautions)])
        note += f"数值为对数差乘100，约等于百分比；不确定性：{s.effect.inference}。"
        return Sheet(frame, f"{caption}（{s.item}）", self._data(), status=s.status, note=note)

    def supported(self, indicator: str = "") -> Words | Absent:
        """The support of several for one place, against the other places.

        Parameters
        ----------
        indicator : str, optional
            Id of an indicator known by place; default the one that the survey measures as mean income.
        """
        if not indicator:
            listed_there = self.edition.indicators
            money = listed_there.query("level == 'both' and measure == 'mean_income'")["id"]
            if money.empty:
                return Absent("指标体系中没有按乡镇街道统计的居民收入。", "多对一帮扶", self.edition.status)
            indicator = money.iloc[0]
        effect, start, why = support(self.edition, indicator)
        if effect is None:
            return Absent(why, "多对一帮扶", self.edition.status)
        names = dict(zip(self.edition.indicators["id"], self.edition.indicators["name_zh"], strict=True))
        rows = self.edition.register("pairs")
        rows = rows[rows["kind"] == "多对一"]
        status = weakest([*rows["status"].unique(), self.edition.status])
        text = (
            f"{start}年起登记了对{effect.treated}个乡镇街道的多对一帮扶（帮扶方{rows['giver'].nunique()}个），"
            f"与其余{effect.comparison}个乡镇街道比较。"
        )
        told = effect_sentence(effect, f"受帮扶地区{names[indicator]}的增幅", POINTS, 1)
        failed = [r.check for r in effect.placebos.itertuples() if not r.passed]
        checks = f"检验未通过的有：{listed(failed, 3, '项')}。" if failed else "各项检验通过。"
        return Words(text + told + checks, [rows.assign(source="结对登记")], status)

    def grid(self) -> Sheet | Absent:
        """Places by items of the plan's grids."""
        rows = coverage(self.edition)
        caption = f"各乡镇街道的覆盖情况（{self.edition.edition}年）"
        if rows.empty:
            return Absent("本版没有覆盖网格的登记。", caption, self.edition.status)
        whole = "、".join(rows["grid"].unique())
        wide = rows.pivot(index="place", columns="cell", values="has")[list(rows["cell"].unique())]
        wide = wide.reindex(self.edition.places["code"])
        frame = wide.map(lambda has: "●" if has else "○").reset_index(drop=True)
        frame.insert(0, "乡镇街道", [self.edition.name(c) for c in wide.index])
        frame["合计"] = [str(int(n)) for n in wide.sum(axis=1)]
        total = {
            "乡镇街道": "合计",
            **{c: str(int(wide[c].sum())) for c in wide},
            "合计": str(int(wide.to_numpy().sum())),
        }
        frame = pd.concat([frame, pd.DataFrame([total])], ignore_index=True)
        note = (
            f"●为已登记，○为没有登记；共{wide.size}格，已覆盖{int(wide.to_numpy().sum())}格。只说明有没有，不说明成效。"
        )
        return Sheet(frame, f"“{whole}”{caption}", [rows.assign(source="覆盖登记")], note=note)


def _estimate(effect: Effect) -> dict[str, Any]:
    return {
        "项目": f"估计（{effect.method_zh}）",
        "数值": plain(effect.estimate, "", 2),
        f"{effect.level:.0%}置信区间": f"{plain(effect.lower, '', 2)}～{plain(effect.upper, '', 2)}",
        "p值": _p(effect.p),
        "结果": "区间不含零" if effect.excludes_zero else "区间含零",
    }


def _checks(effect: Effect) -> list[dict[str, Any]]:
    head = f"{effect.level:.0%}置信区间"
    return [
        {
            "项目": f"检验：{r.check}",
            "数值": plain(r.estimate, "", 2),
            head: "",
            "p值": _p(r.p),
            "结果": "通过" if r.passed else "未通过",
        }
        for r in effect.placebos.itertuples()
    ]


def _p(value: float) -> str:
    return "小于0.001" if value < 0.001 else plain(value, "", 3)
