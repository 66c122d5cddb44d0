"""How a case would measure an effect: a group of places against the others, before and after, with its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from research.effects import difference_in_differences
from research.figures import Sheet
from research.figures.items import Absent
from research.indicators.privacy import release
from research.wording import effect_sentence, plain

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.microdata import Microdata

__all__ = ["WITHOUT_SURVEY", "GroupEffect", "group_effect", "households_of"]

WITHOUT_SURVEY = "本书所用的数据中没有可供分组比较的住户调查，本案例暂不能核验这一项。"
"""What a case says in the place of all that stands on households where there are none, or no such group."""


def households_of(edition: Edition, group: str) -> pd.DataFrame | Microdata:
    """The households with an income of their own; none where the edition has no such group to set apart."""
    homes = edition.households
    if homes.empty or group not in edition.groups:
        return pd.DataFrame(columns=["place", "year", "income_pc", "person_weight", "status"])
    return homes.dropna(subset=["income_pc"])


class GroupEffect:
    """Difference in differences of income between a group of places and the others; made by `group_effect`.

    Parameters
    ----------
    edition : Edition
    start : int
        First year under the measure.
    group : str
        A group of `data/reference/groups.yml`.
    """

    def __init__(self, edition: Edition, start: Any, group: str = "west") -> None:
        homes = households_of(edition, group)
        self.start, self.status = start, edition.status
        self.effect: Any = None
        self.name = edition.group_names.get(group, "所比较的一组")
        self.rows = pd.DataFrame(columns=["place", "year", "value", "member", "status", "source"])
        if homes["year"].lt(start).any() and homes["year"].ge(start).any():
            self._measure(edition, homes, group)

    def _measure(self, edition, homes, group):
        parts = homes.assign(total=homes["income_pc"] * homes["person_weight"]).groupby(["place", "year"])
        sums = parts[["total", "person_weight"]].sum()
        self.rows = (sums["total"] / sums["person_weight"]).rename("value").reset_index()
        self.rows = release.whole_places(edition, self.rows)
        self.rows["member"] = self.rows["place"].isin(edition.groups[group])
        self.rows["status"] = homes["status"].iloc[0]
        self.rows["source"] = edition.meta.get("title", "住户调查")
        self.effect = difference_in_differences(
            self.rows, "value", unit="place", time="year", treated="member", start=self.start
        )

    def sentence(self) -> str:
        """The estimate in words, never more than its interval and its checks carry."""
        if self.effect is None:
            return WITHOUT_SURVEY
        return effect_sentence(self.effect, f"{self.name}居民人均可支配收入", "元")

    def table(self) -> Absent | Sheet:
        """Estimate, interval, assumptions, checks and cautions, one row each."""
        if self.effect is None:
            return Absent(WITHOUT_SURVEY, f"双重差分演练：{self.name}与其他乡镇街道", self.status)
        found = self.effect
        rows = [
            ("估计", f"{plain(found.estimate, '元')}元"),
            (f"{found.level:.0%}置信区间", f"{plain(found.lower, '元')}～{plain(found.upper, '元')}元"),
            ("推断方法", found.inference),
            ("样本", f"{found.n}个地方年；实施{found.treated}个，对照{found.comparison}个"),
            *(("假定", text) for text in found.assumptions),
        ]
        rows += [
            (
                "检验：" + row.check,
                f"估计{plain(row.estimate, '元')}元，p={row.p:.3f}，" + ("通过" if row.passed else "未通过"),
            )
            for row in found.placebos.itertuples()
        ]
        rows += [("注意", text) for text in found.cautions]
        frame = pd.DataFrame(rows, columns=["项目", "内容"])
        return Sheet(
            frame,
            f"双重差分演练：{self.name}与其他乡镇街道（{self.start}年起）",
            [self.rows],
            note="各乡镇街道人均可支配收入按户权数乘家庭人口加权；单位与年份固定效应。",
        )


def group_effect(edition: Edition, start: int, group: str = "west") -> GroupEffect:
    """The measured difference that a case may quote.

    Examples
    --------
    >>> from research import open_edition
    >>> group_effect(open_edition("2024"), 2023).effect.comparison
    12
    """
    return GroupEffect(edition, start, group)
