"""The gaps between places, between town and country and between households, over the years; and their parts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.indicators.analysis import measured
from research.indicators.analysis.estimates import Estimates
from research.indicators.analysis.tidy import Tidy
from research.indicators.survey_tables import SOURCE_NAMES
from research.measures import decompose
from research.wording import cell, is_missing, listed, number, ranges, share, span
from research.wording.values import Value

if TYPE_CHECKING:
    from research.indicators.analysis.places import Place

PARTS = {
    "residence": "城乡之间的差距",
    "place": "城乡各自内部乡镇街道之间的差距",
    "within": "各乡镇街道城乡居民内部的差距",
}
"""Nested: the second lies inside the first, and the three add up to the whole."""
PERCENT = ("theil", "excess", "gapshare")
"""Kinds of parts that are shares."""
NAMES = {"income_max_min": "乡镇街道人均可支配收入最高最低倍差", "income_variation": "乡镇街道人均可支配收入变异系数",
         "group_ratio": "重点地区居民收入与平均水平之比", "urban_rural_ratio": "城乡居民收入倍差"}  # fmt: skip
CORRECTED = "已扣除抽样误差带来的偏高"


class Gaps(Estimates):
    """Rows of one or more gaps; `plain` is what is computed directly, where the value is freed of the errors' part."""

    @property
    def _constructor(self):
        return Gaps

    def _untested(self, one: pd.Series, other: pd.Series) -> bool | None:
        return None  # the years share their places: only the adopted comparison says whether a gap moved

    def _further(self) -> dict[str, Value]:
        return {"corrected": self.corrected}

    @property
    def corrected(self) -> Value:
        """That the newest value is freed of what the sampling error adds, and what it is without."""
        row = self.row()
        if row is None or is_missing(row.get("plain")):
            return self._value("", absent="")
        return self._value(f"{CORRECTED}；直接计算为{number(row['plain'], row['unit'])}")

    def in_percent(self) -> Gaps:
        """The same as per cent, for a ratio that is said as a share."""
        columns = [c for c in ("value", "se", "lower", "upper") if c in self]
        return self.assign(**{c: 100 * self[c].astype(float) for c in columns}, unit="%")

    def over_years(self) -> Tidy:
        """A row a gap, a column a year, with the newest interval and the change since the first year."""
        years, lines = sorted(self["year"].unique()), []
        for measure in dict.fromkeys(self["measure"]):
            rows = self[self["measure"] == measure]
            values, unit = rows.set_index("year")["value"], rows["unit"].iloc[0]
            last = rows.sort_values("year").iloc[[-1]]
            line = {"指标": rows["name"].iloc[0], "单位": "–" if unit in ("系数", "比值") else unit}
            line |= {f"{y}年": cell(values.get(y, np.nan), unit) for y in years}
            moved = rows.change(form="change")
            ends = ranges(last["lower"], last["upper"], unit)[0]
            lines.append(line | {f"{self.percent:g}%置信区间": ends, "变化": moved.text})
        note = "区间属于最近一年；变化为最近一年与首年之差，误差之内的不作方向判断。"
        if "plain" in self and self["plain"].notna().any():
            note += f"各地之间的倍差与变异系数{CORRECTED}（按村自助法）。"
        return self.readable(pd.DataFrame(lines), note)


def gaps(place: Place, **kept: str) -> Gaps:
    """Rows of the table of gaps that match `kept`, in the unit they are printed in."""
    rows = measured.table_of(place.edition, "gaps")
    for column, wanted in kept.items():
        rows = rows[rows[column] == wanted] if column in rows else rows[:0]
    shares = rows["unit"].eq("比重")
    scaled = {
        c: rows[c].astype(float).where(~shares, 100 * rows[c].astype(float)) for c in ("value", "se", "lower", "upper")
    }
    rows = rows.assign(**scaled, unit=rows["unit"].where(~shares, "%"), measure=rows.get("gap"),
                       place=place.code, residence="all")  # fmt: skip
    if "dimension" in rows and rows["dimension"].eq("region").any():  # there the table counts places, not households
        between = rows["dimension"].eq("region")
        rows = rows.assign(n_places=rows["n"].where(between), n=rows["n"].where(~between))
    what = rows["name"].iloc[0] if len(rows) else NAMES.get(kept.get("gap", ""), "差距的测度")
    columns = [*measured.COLUMNS, *(c for c in ("plain", "dimension", "n_places") if c in rows)]
    return Gaps(rows.sort_values("year", kind="stable").reindex(columns=columns)).told(place.about(what, name=what))


# --- parts -----------------------------------------------------------------------------------------------------


class Parts(Gaps):
    """Parts of a gap with their errors; see `Place.parts`."""

    @property
    def _constructor(self):
        return Parts

    @property
    def titles(self) -> Value:
        """The names of the parts."""
        return self._value("、".join(dict.fromkeys(self["name"])))

    @property
    def steady(self) -> Value:
        """The parts whose change since the first year lies inside its error, by name."""
        measures = dict.fromkeys(self["measure"])
        held = [rows for m in measures for rows in [self[self["measure"] == m]] if rows.change().direction == 0]
        return self._value(listed([rows.title for rows in held]))

    def told_with_ends(self, unit: str = "") -> Value:
        """Each part of the newest year with the ends of its interval; no order between them."""
        rows = self[self["year"] == self["year"].max()]
        told = [f"{r.name}{number(r.value, r.unit)}（{share(r.lower / 100)}～{share(r.upper / 100)}）"
                if r.unit == "%" else f"{r.name}{number(r.value, r.unit)}（{span(r.lower, r.upper, '', 2)}）"
                for r in rows.itertuples(index=False)]  # fmt: skip
        return self._value("、".join(told))

    @property
    def excess(self) -> dict[str, Value]:
        """Sources that add more or less to the inequality than they are of income: more, less, rest, none."""
        edition = self.known().edition
        rows = self[self["year"] == edition.edition] if edition is not None else self
        told: dict[int, list[str]] = {1: [], -1: []}
        for row in rows.itertuples():
            held = edition.tested("income_share", row.measure, "all", row.place, row.year)
            if held is not None and not pd.isna(held["significant"]) and held["significant"]:
                told[1 if row.value > 0 else -1].append(f"{row.name}（{number(abs(row.value), '', 1)}个百分点）")
        found = sum(map(len, told.values()))
        rest = len(rows) - found
        return rows.values_of(
            more=listed(told[1]),
            less=listed(told[-1]),
            rest=f"{rest}项" if found and rest else "",
            none=f"{len(rows)}项" if len(rows) and not found else "",
        )


def parts(place: Place, kind: str) -> Parts:
    """See `Place.parts`."""
    rows = measured.table_of(place.edition, "inequality_parts")
    rows = rows[rows["kind"] == kind] if "kind" in rows else rows
    factor, unit = (100, "%") if kind in PERCENT else (1, "倍")
    names = {**PARTS, **SOURCE_NAMES}
    scaled = {c: factor * rows[c].astype(float) for c in ("value", "se", "lower", "upper") if c in rows}
    rows = rows.assign(**scaled, unit=unit, place=place.code, residence="all",
                       name=[names.get(p, p) for p in rows.get("part", [])])  # fmt: skip
    about = place.about("收入差距的分解")
    absent = f"{place.name}的收入差距暂不能分解。"
    return Parts(rows.reindex(columns=measured.COLUMNS)).told(replace(about, absent=absent))


def by_source(place: Place) -> Tidy:
    """See `Place.by_source`."""
    homes = place.households()
    columns = {f"{k}_income": name for k, name in SOURCE_NAMES.items()}
    rows = parts(place, "theil")
    about = replace(rows.known(), absent=homes.about.absent, data=(rows,))
    if homes.empty:
        return Tidy(pd.DataFrame()).told(about).saying(when="")
    now = homes[homes["year"] == homes["year"].max()].dropna(subset=list(columns))
    per_head: Any = {name: now[c] / now["size"] for c, name in columns.items()}
    table = decompose.gini_sources(pd.DataFrame(per_head), now["person_weight"]).table.set_index("source")
    table = table.assign(contribution=table["contribution"] / table["contribution"].sum())
    frame = pd.DataFrame({"占收入的比重": 100 * table["share"], "对基尼系数的贡献": 100 * table["contribution"]}).T
    return Tidy(frame).told(about).saying(when=f"（{now['year'].iloc[0]}年）")


def distance(place: Place) -> Tidy:
    """See `Place.distance_by_source`."""
    means = place.sources("mean")
    now = means[(means["year"] == place.edition.edition) & means["value"].notna()]
    wide = {r: now[now["residence"] == r].set_index("name")["value"] for r in ("urban", "rural")}
    about = replace(place.about("城乡居民收入来源"), data=(means,))
    if any(part.empty for part in wide.values()):
        return Tidy(pd.DataFrame(columns=["name", "value", "words"])).told(about)
    gap = (wide["urban"] - wide["rural"]).reindex(list(SOURCE_NAMES.values()))
    of = 100 * gap / gap.sum()
    words = [f"{number(g, '元')}（占{number(p, '%')}）" for g, p in zip(gap, of, strict=True)]
    frame = pd.DataFrame({"name": gap.index, "value": gap.to_numpy(), "words": words, "status": place.edition.status})
    return Tidy(frame).told(about)
