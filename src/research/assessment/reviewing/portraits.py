"""The three portraits of the whole district: tasks under warning, results by place and domain, demands."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from research.assessment.colours import task_rule
from research.assessment.reviewing.demands import DemandPortrait
from research.assessment.settings import rules
from research.indicators.analysis.estimates import Estimates
from research.indicators.analysis.measured import COLUMNS
from research.indicators.analysis.registers import Tasks
from research.indicators.analysis.tidy import Tidy
from research.wording import cell, counted, listed, number, plain, signed
from research.wording.values import Value

MORE, LESS = 0.8, 0.5
"""From this share of improved indicators on a domain is green; below the other it is red."""
CHANGES = {"green": "改善", "yellow": "持平或误差之内", "red": "退步", "grey": "无可比数据"}
UNSAID = ("持平", "误差之内", "约数")


class Portraits(DemandPortrait):
    """The portraits; make them with `research.assessment.portray`."""

    # --- tasks -------------------------------------------------------------------------------------------

    def warnings(self, most: int = 20) -> Tidy:
        """Tasks under warning, the gravest first."""
        rows: Tasks = self.place.tasks()
        if rows.empty:
            return rows
        warned = rows[rows["warning"].fillna("") != ""]
        held = rules(self.edition.settings, self.year, self.plan)
        grades = (self.edition.index_versions.get("assessment") or {}).get("warnings") or []
        told = "，".join(f"落后{plain(g['behind'], '', 0)}个百分点起为{g['grade']}" for g in grades)
        note = f"共{len(warned)}项，列出落后最多的{min(most, len(warned))}项。{task_rule(held.yellow, held.red)}"
        made = warned.head(most).table() if len(warned) else rows.readable(pd.DataFrame())
        return made.saying(note=note + (f"分级规则：{told}。" if told else ""))

    # --- results by place and domain ---------------------------------------------------------------------

    @cached_property
    def shares(self) -> Tidy:
        """Share of indicators that improved on the year before, by place and domain."""
        rows = self.edition.table("scorecards")
        rows = rows[(rows["year"] == self.year) & (rows["domain"] != "ALL")]
        rows = rows.assign(share=rows["n_improved"] / rows["n_compared"].where(rows["n_compared"] > 0))
        return self.told(rows, absent="各乡镇街道指标尚无上年数据可比。")

    def by_domain(self) -> Tidy:
        """Places by domains, coloured by the share of indicators that improved."""
        rows = self.shares.assign(state=[_state(s) for s in self.shares["share"]])
        places, domains = self.edition.places.set_index("code")["name_short"], self._domains
        table = pd.DataFrame(rows).pivot(index="place", columns="domain", values="state")
        table = table.reindex(index=places.index, columns=domains.index)
        return self.shares.readable(table.set_axis(list(places)).set_axis(list(domains), axis=1))

    @cached_property
    def _domains(self) -> pd.Series:
        return self.edition.themes.set_index("domain_code")["name_zh"]

    @property
    def widest(self) -> dict[str, Value]:
        """Domains by how widely they improved over the places: places, best and least (with shares), red, none."""
        rows = self.shares.only(self.shares["place"] != self.place.code)
        if rows["share"].isna().all():
            return self.shares.only(slice(0)).values_of(**dict.fromkeys(("places", "best", "least", "red", "none"), ""))
        sums = pd.DataFrame(rows).groupby("domain")[["n_improved", "n_compared"]].sum()
        share = sums["n_improved"] / sums["n_compared"]
        red = list(dict.fromkeys(rows[rows["share"] < LESS]["place"]))
        ends = {n: f"{self._domains[d]}（{number(100 * share[d], '%')}的指标改善）"
                for n, d in (("best", share.idxmax()), ("least", share.idxmin()))}  # fmt: skip
        every = len(red) == rows["place"].nunique()
        names = listed([self.edition.name(c) for c in red], 5)
        return rows.values_of(
            places=f"{rows['place'].nunique()}个乡镇街道",
            **ends,
            red="各乡镇街道都" if every else names,
            none="" if red else "各地各领域都有五成以上的指标改善",
        )

    @cached_property
    def states(self) -> Tidy:
        """Every indicator of each township against the year before: green better, yellow alike, red worse."""
        rows = self.edition.table("changes")
        rows = rows[(rows["year"] == self.year) & (rows["place"] != self.place.code)]
        words = {1.0: "green", 0.0: "yellow", -1.0: "red"}
        inside = rows["significant"].eq(False).fillna(False)
        states = ["yellow" if s else words.get(b, "grey") for b, s in zip(rows["better"], inside, strict=True)]
        return self.told(rows.assign(state=states), absent="各乡镇街道指标尚无上年数据可比。")

    @cached_property
    def _listed(self) -> pd.DataFrame:
        known = self.edition.indicators
        return known[known["id"].isin(self.states["indicator"])]

    def by_indicator(self) -> Tidy:
        """Indicators by places, coloured by the change on the year before."""
        table = pd.DataFrame(self.states).pivot(index="indicator", columns="place", values="state")
        names = self.edition.places.set_index("code")["name_short"]
        table = table.reindex(index=self._listed["id"], columns=names.index).fillna("grey")
        return self.states.readable(table.set_axis(list(self._listed["name_zh"])).set_axis(list(names), axis=1))

    @property
    def domains_of_indicators(self) -> list[str]:
        """Domain of each row of `by_indicator`."""
        return list(self._listed["domain_code"])

    @property
    def changes(self) -> dict[str, Value]:
        """How many cells are better, and the indicator that is worse in most places: all, moves, worst, where."""
        rows = self.states[self.states["state"] != "grey"]
        counts = {k: int(v) for k, v in rows["state"].value_counts().items()}
        worse = pd.DataFrame(rows[rows["state"] == "red"]).groupby("name").size()
        worse = worse.sort_values(ascending=False, kind="stable")
        told: Tidy = rows if rows.empty else self.states
        return told.values_of(
            all=f"{len(rows)}项次" if len(rows) else "",
            moves=counted(counts, CHANGES, "项次"),
            worst=worse.index[0] if len(worse) else "",
            where=f"{worse.iloc[0]}个乡镇街道" if len(worse) else "",
        )

    # --- own years, other places -------------------------------------------------------------------------

    @cached_property
    def vertical(self) -> Estimates:
        """The district's domains over its own years, in the plan's order."""
        rows = self.edition.table("portrait_vertical")
        rows = rows[(rows["place"] == self.place.code) & (rows["level"] == "domain") & rows["score"].notna()]
        rank = {code: k for k, code in enumerate(self._domains.index)}
        rows = rows.assign(order=rows["code"].map(rank), name=rows["code"].map(self._domains)).sort_values(
            ["order", "year"]
        )
        rows = rows.assign(value=rows["score"], measure=rows["code"], residence="all", unit="分", source="综合指数测算")
        return self.told(rows.reindex(columns=COLUMNS), kind=Estimates, base=self.plan.base)

    @property
    def moved(self) -> Value:
        """How each domain moved since the plan's base year."""
        base, rows = self.plan.base, self.vertical
        if self.year <= base:
            return rows.only(slice(0))._value("", absent=f"{self.year}年是起点年，尚无历年变化。")
        told = [f"{part['name'].iloc[0]}{part.change(base, form='change')}"
                for m in dict.fromkeys(rows["measure"])
                for part in [rows[rows["measure"] == m]] if part.change(base, form="change")]  # fmt: skip
        return rows._value("、".join(told))

    @cached_property
    def published(self) -> Tidy:
        """Published figures of other places beside the district's own of the same year and calibre."""
        every: Tidy = self.told(self.edition.table("published_comparison"))
        about = replace(every.known(), absent="尚无可比的公开发布数据。", data=(every,))
        return every.only(every["geo_code"] != self.place.code).told(about)

    @property
    def beside(self) -> dict[str, Value]:
        """In how many of the comparisons the district is the better one: pairs, better, worse, unsaid."""
        rows = self.published
        better, known = int(rows["better"].fillna(False).sum()), int(rows["better"].notna().sum())
        unsaid = rows.loc[rows["better"].isna(), "unsaid"].value_counts()
        return rows.values_of(
            pairs=f"{len(rows)}组" if len(rows) else "",
            better=f"{better}组" if len(rows) else "",
            worse=f"{known - better}组" if len(rows) else "",
            unsaid="，".join(f"{word}的{unsaid[word]}组" for word in UNSAID if word in unsaid),
        )

    def horizontal(self) -> Tidy:
        """The district beside every place with published figures of the same year."""
        rows, name = self.published, self.place.name
        own = self.edition.table("published_comparison")
        value = own[own["geo_code"] == self.place.code].set_index(["indicator", "year"])["value"]
        keys = zip(rows["indicator"], rows["year"], strict=True)
        told = zip(rows["value"], rows["unit"], rows["margin"], strict=True)
        better = zip(rows["better"], rows["geo"], rows["unsaid"], strict=True)
        frame = pd.DataFrame({
            "指标": rows["name"].to_numpy(), "年份": [str(y) for y in rows["year"]],
            name: [cell(value.get(k), u) for k, u in zip(keys, rows["unit"], strict=True)],
            "比较对象": rows["geo"].to_numpy(),
            "公布值": [f"{cell(v, u)}{u}{'左右' if m and not pd.isna(m) else ''}" for v, u, m in told],
            "差额": [signed(d, u) for d, u in zip(rows["difference"], rows["unit"], strict=True)],
            "较优": [u if pd.isna(b) else name if b else g for b, g, u in better],
        })  # fmt: skip
        note = "只与有公开发布数据的地方、同一年份、同一口径比较；公布值的出处见附录。"
        note += f"对方的公布值在本区估计值{rows.percent:g}%置信区间以内的为“误差之内”，不作判断。"
        if rows["margin"].gt(0).any():
            note += "公布值写“左右”的，差距在其末位一个单位以内为“约数”，不作判断。"
        return rows.readable(frame, note)


def _state(share: Any) -> str:
    if pd.isna(share):
        return "grey"
    return "green" if share >= MORE else "yellow" if share >= LESS else "red"


__all__ = ["Portraits"]
