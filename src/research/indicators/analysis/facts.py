"""The indicators of a theme and their targets as frames: counted, named, and laid out as tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.indicators.analysis.tidy import About, Tidy
from research.indicators.analysis.unusual import told_before, unusual
from research.wording import Side, compare, decimals_of, is_missing, listed, number, plain, rounded
from research.wording.values import Value

if TYPE_CHECKING:
    from research.indicators.analysis.topics import Topic

VERDICTS = {"better": "改善", "worse": "退步", "same": "持平", "unsure": "变化在误差之内"}
LATE = {
    "pace": "落后于时间进度",
    "goal": "没有起点可算进度、离目标值较远",
    "floor": "没有守住每年的底线或上限",
    "due": "到期没有达到",
}
PACE = {"green": "已达到或落后不多", "yellow": "略落后", "red": "明显落后", "grey": "不能评定"}
ENDED = {"green": "已达到", "red": "未达到", "grey": "不能评定"}
BY_ZH = {"met": "已达到", "pace": "时间进度", "goal": "离目标值", "floor": "每年须守住", "due": "已到期"}
"""What made a colour: the target is met; the pace of a way with a starting point; the distance to the whole number,
where there is none; a floor or ceiling that is not held; its day has come."""
SIGNS = {">=": "≥", "<=": "≤", "~": "约", ">": "＞", "<": "＜"}


class Facts(Tidy):
    """The indicators of a theme at a place; see `Topic.facts`."""

    _metadata = ["about", "topic"]

    @property
    def _constructor(self):
        return Facts

    def of(self, about: About, topic: Topic) -> Facts:
        """The same rows, with the theme they belong to."""
        made = self.told(about)
        made.topic = topic
        return made

    @property
    def counts(self) -> dict[str, Value]:
        """What a sentence counts: asked, known, compared, moves."""
        there = self.rows("first_year < year")
        asked = self._value("" if self.empty else f"{len(self.topic.indicators)}项")
        return {
            "asked": asked,
            "known": self.count_of(),
            "compared": self.count_of("first_year < year", none=""),
            "moves": there.tally("verdict", VERDICTS),
        }

    @property
    def unusual(self) -> dict[str, Value]:
        """What is not ordinary here: see `research.indicators.analysis.unusual`."""
        return unusual(self)

    @property
    def changing(self) -> Facts:
        """Those with two years or more; running totals are left out, since they cannot fall."""
        rows = self[(self["first_year"] < self["year"]) & (self["kind"] != "cumulative")]
        told = [f"{plain(r.first, r.unit)}→{number(r.value, r.unit)}" for r in rows.itertuples()]
        about = self.known()
        absent = f"{about.words.get('place', '')}{about.words.get('title', '')}指标尚无跨年可比的数据。"
        flags = [None if b == 0 or pd.isna(b) else b > 0 for b in rows["better"]]
        made = rows.assign(told=told, improved=pd.Series(flags, index=rows.index, dtype=object))
        ends = f"（{rows['first_year'].min()}—{rows['year'].max()}年，相对首年）" if len(rows) else ""
        return made.told(replace(about, absent=absent)).saying(span=ends)

    @property
    def largest_gain(self) -> dict[str, Value]:
        """The largest gain that has no sampling error: `kind`, `gain` (name), `gained` (years and amount).

        Among shares the largest in percentage points, else the largest relative to the first year. A township whose
        largest gain is the district's is ordinary in it: nothing is said, where there is something else to say.
        """
        row, shares = self._gained()
        place = self.topic.place
        if (
            row is not None
            and not place.is_district
            and any(self.beside_whole[n] for n in ("ahead", "behind", "alike"))
        ):
            whole = place.edition.place().theme(self.topic.name).facts.changing._gained()[0]
            row = None if whole is not None and whole["id"] == row["id"] else row
        if row is None:
            return {n: self._value("", absent="") for n in ("kind", "gain", "gained")}
        text = self._change(row)
        relative = (
            ""
            if row["unit"] == "%" or abs(row["first"]) < SMALL_BASE and decimals_of(row["unit"]) == 0
            else f"（{plain(abs(row['change']), '%')}%）"
        )
        kind = "没有抽样误差的比率类指标中，" if shares else "没有抽样误差的指标中，按相对幅度"
        more = {"row": {"indicator": row["id"], "year": row["year"]}}
        return {
            "kind": self._value(kind),
            "gain": self._value(row["name"], extreme=1, **more),
            "gained": self._value(f"{row['first_year']}—{row['year']}年{text}{relative}", **more),
        }

    def _gained(self) -> tuple[pd.Series | None, bool]:
        """The row of the largest gain without sampling error, and whether it is one among shares."""
        rows = self[(self["better"] == 1) & self["change"].notna() & self["se"].isna()]
        shares = rows[rows["unit"] == "%"]
        size = (shares["value"] - shares["first"]).abs() if len(shares) else rows["change"].abs()
        return (None if rows.empty else rows.loc[size.idxmax()]), bool(len(shares))

    def _change(self, row: Any) -> str:
        """Verb and amount since the first year, or that it lies inside the error."""
        if row["first_year"] >= row["year"]:
            return ""
        code = self.known().place
        new, old = (
            Side(row[v], row["unit"], int(row[y]), code) for v, y in (("value", "year"), ("first", "first_year"))
        )
        return compare(new, old, "since", "change", name=row["name"], significant=row["moved"])

    @property
    def beside_whole(self) -> dict[str, Value]:
        """Rates and means held against the district: beside (how many); ahead, behind (names); alike.

        What other sentences hold against it is not named again.
        """
        rows = self[self["reference"].notna() & self["unit"].isin(["%", "分", "元", "元/人"])]
        signs = [ahead(r) for r in rows.itertuples()]
        known = told_before(self)
        told = {
            key: listed(
                [r.name for r, s in zip(rows.itertuples(), signs, strict=True) if s == sign and r.id not in known],
                4,
                "项",
            )
            for key, sign in (("ahead", 1), ("behind", -1))
        }
        alike = "" if any(signs) or rows.empty else "差别都在误差之内或持平"
        if self.topic.targets.empty and not alike:
            told = dict.fromkeys(told, "")  # a theme without a target at the place says each beside the district's
        said = {"beside": f"{len(rows)}项" if len(rows) else "", **told, "alike": alike}
        return {name: self._value(text, absent="") for name, text in said.items()}

    def table(self) -> Tidy:
        """All indicators of the theme: first and newest value, error, change, and the target or the district."""
        at = self.set_index("id")
        lines = [self._line(i, at.loc[i.id] if i.id in at.index else None) for i in self.topic.indicators.itertuples()]
        note = "" if len(self) == len(lines) else f"–为{self.topic.place.name}没有数据。"
        if self["se"].notna().any():
            note += "有抽样误差的指标给出最近年的标准误，变化在误差之内的不作方向判断。"
        return self.readable(pd.DataFrame(lines), note)

    def _line(self, indicator: Any, row: Any) -> dict[str, str]:
        unit, place = indicator.unit, self.topic.place
        line = {
            "指标": indicator.name_zh,
            "单位": unit,
            "首年": "" if row is None else f"{plain(row['first'], unit)}（{row['first_year']}）",
            "最近年": "" if row is None else f"{plain(row['value'], unit)}（{row['year']}）",
        }
        if self["se"].notna().any():
            se = None if row is None else row["se"]
            line["标准误"] = "" if is_missing(se) else plain(se, unit, decimals_of(unit) + (unit != "元"))
        line["变化"] = "" if row is None else self._change(row)
        if place.is_district:
            return line | {f"{place.edition.plan.end}年目标": self._goal(indicator)}
        beside = None if row is None else row["reference"]
        return line | {place.edition.whole: "" if is_missing(beside) else plain(beside, unit)}

    def _goal(self, indicator: Any) -> str:
        edition = self.topic.edition
        goals = edition.goals_of(indicator.id)
        if edition.plan.end not in goals.index:
            return ""
        goal = goals.loc[edition.plan.end]
        return f"{SIGNS.get(goal['operator'], '')}{plain(goal['value'], indicator.unit)}"


SMALL_BASE = 10
"""A count below this has no per cent: one more of two is not half as many again."""


class Goal(float):
    """The plan's number for an indicator, and in which direction it lies."""

    direction: int

    def __new__(cls, value: float, direction: int = 1) -> Goal:
        made = super().__new__(cls, value)
        made.direction = direction
        return made


class Beside(Tidy):
    """Rates and means of a township as per cent of the district's, the highest first; see `Topic.beside`."""

    @property
    def _constructor(self):
        return Beside

    @property
    def list(self) -> Value:
        """Each with its ratio; of many the highest and the lowest."""
        told = [f"{r.name}为{plain(r.ratio, decimals=1)}" for r in self[["name", "ratio"]].itertuples(index=False)]
        if len(told) > 4 and self["ratio"].max() == self["ratio"].min():
            told = [f"{len(told)}项同为{plain(self['ratio'].iloc[0], decimals=1)}"]
        elif len(told) > 4:
            told = [
                f"{w}的是{n}（{plain(x, decimals=1)}）"
                for w, n, x in (("最高", *self[["name", "ratio"]].iloc[0]), ("最低", *self[["name", "ratio"]].iloc[-1]))
            ]
        return self._value("，".join(told), absent="")


class Targets(Tidy):
    """The plan's numbers for a theme at a place; see `Topic.targets`."""

    @property
    def _constructor(self):
        return Targets

    @property
    def running(self) -> dict[str, Value]:
        """While the plan runs: targets, met, and by why they are late: pace, goal, floor, due; calm without any."""
        rows = self[:0] if self.attrs.get("ended") else self
        late = rows[rows["colour"].isin(["yellow", "red"])]
        named = {by: late.names(f"colour_by == '{by}'") for by in LATE}
        return {
            "targets": rows.count_of(),
            "met": rows.count_of("attained == 'yes'"),
            **named,
            "calm": rows._value("没有黄、红码的指标" if len(rows) and late.empty else "", absent=""),
        }

    @property
    def ended(self) -> dict[str, Value]:
        """Once its last year has come: asked, reached, missed (names), pending (how many have no value yet)."""
        rows = self if self.attrs.get("ended") else self[:0]
        known = rows[rows["attained"] != "unassessed"]
        missed = known.names("attained == 'no'")
        none = len(known) and not missed
        return {
            "asked": rows.count_of(),
            "reached": known.count_of("attained == 'yes'"),
            "missed": missed,
            "fulfilled": rows._value("没有未达到的" if none else "", absent=""),
            "pending": rows.count_of("attained == 'unassessed'", none=""),
        }

    @property
    def counts(self) -> dict[str, Value]:
        """Both, for sentences of which one falls away; `lacking` where there is no target."""
        lacking = self.known().absent.rstrip("。") if self.empty else ""
        found = {**self.running, **{f"end_{k}": v for k, v in self.ended.items()}, "lacking": self._value(lacking)}
        return {name: replace(held, absent="") for name, held in found.items()}  # `lacking` alone says that it is

    @property
    def late(self) -> dict[str, Value]:
        """Those that a chapter begins with, because they are late; a township's stand in its section on targets."""
        about, counts = self.known(), self.counts
        wanted = about.edition is None or about.place == about.edition.district
        return counts if wanted else {name: replace(v, text="") for name, v in counts.items()}

    @property
    def key(self) -> dict[str, str]:
        """What the colours mean: on the way while the plan runs, reached or not once it has ended."""
        return ENDED if self.attrs.get("ended") else PACE


# --- small facts ---------------------------------------------------------------------------------------------


def same(first: Any, second: Any, unit: str) -> bool:
    """Whether two numbers print alike."""
    return rounded(first, decimals_of(unit)) == rounded(second, decimals_of(unit))


def percent_change(first: Any, last: Any) -> float:
    """Change in per cent of the first value; missing where that is zero."""
    base = float(first["value"])
    return np.nan if base == 0 else 100 * (float(last["value"]) / base - 1)


def better_or_worse(first: Any, last: Any, direction: Any, unit: str, significant: Any = None) -> float:
    """1, 0 or -1 by what prints; 0 inside the error, missing when there is one year only."""
    if first["year"] == last["year"]:
        return np.nan
    if (not pd.isna(significant) and not significant) or same(first["value"], last["value"], unit):
        return 0
    return int(np.sign((last["value"] - first["value"]) * int(direction)))


def pace_of(row: Any) -> float:
    """Share of the way that a steady pace had covered by the year of the value; NaN for yearly targets."""
    if pd.isna(row.expected) or pd.isna(row.target):
        return np.nan
    if row.rate_rule == "distance" and row.target != row.base:
        return (row.expected - row.base) / (row.target - row.base)
    return row.expected / row.target if row.rule == "cumulative" and row.target else np.nan


def to_target_words(row: Any) -> str:
    """`value / target`, printed beside a bar."""
    sign = {"<=": "≤", "<": "＜", ">": "＞", "~": "约"}.get(row.comparator, "")
    head = {"floor": "最低年 ", "mean": "年均 ", "growth_of": "年均增速 ", "growth": "年均增速 "}.get(row.rule, "")
    return f"{head}{plain(row.value, row.unit)} / {sign}{number(row.target, row.unit)}"


def ahead(row: Any) -> int:
    """1, 0 or -1 beside the district; a difference inside the sampling error is none."""
    if not pd.isna(row.apart) and not row.apart:
        return 0
    return 0 if same(row.value, row.reference, row.unit) else int(np.sign((row.value - row.reference) * row.direction))
