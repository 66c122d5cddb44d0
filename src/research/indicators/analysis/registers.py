"""Scorecards, citizens' demands and the task register of a place as tidy frames."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.indicators.analysis import measured
from research.indicators.analysis.estimates import Estimates
from research.indicators.analysis.facts import BY_ZH
from research.indicators.analysis.tidy import Tidy
from research.wording import counted, listed, number, plain
from research.wording.values import names

if TYPE_CHECKING:
    from research.indicators.analysis.places import Place

SOURCE = "群众诉求登记"
KINDS = ("重大平台", "重大项目", "重大改革", "重大工程")
PACE = {"green": "进度正常", "yellow": "落后或到期未完成", "red": "严重落后", "grey": "未评定"}
COLOURS = {"green": "绿色", "yellow": "黄色", "red": "红色", "grey": "未评定"}


class Cards(Tidy):
    """Scorecards of the themes: name, n_compared, n_improved, n_worsened, n_same, n_unconfirmed."""

    @property
    def _constructor(self):
        return Cards

    @property
    def sums(self) -> dict[str, Any]:
        """What a sentence says of them: compared, moves, best and least (themes by the share that improved)."""
        rows = self[self["n_compared"] > 0] if "n_compared" in self else self[:0]
        if rows.empty:
            return {n: self[:0]._value("") for n in ("compared", "moves", "best", "least")}
        parts = {"n_improved": "改善", "n_worsened": "退步", "n_same": "持平", "n_unconfirmed": "变化在误差之内"}
        told = "、".join(f"{rows[c].sum()}项{w}" for c, w in parts.items() if rows[c].sum())
        share = rows["n_improved"] / rows["n_compared"]
        apart = share.min() < share.max()
        ends = {
            n: names(rows["name"][share == end] if apart else [], 3, "个")
            for n, end in (("best", share.max()), ("least", share.min()))
        }
        return {
            "compared": self._value(f"{rows['n_compared'].sum()}项"),
            "moves": self._value(told),
            "best": self._value(ends["best"].text, extreme=1),
            "least": self._value(ends["least"].text, extreme=-1),
        }

    def wide(self) -> Tidy:
        """A row a theme: how many improved, stayed, fell back."""
        there = "n_improved" in self
        made = pd.DataFrame(
            {
                "改善": self["n_improved"],
                "持平或误差之内": self["n_same"] + self["n_unconfirmed"],
                "退步": self["n_worsened"],
            }
            if there
            else {}
        )
        made.index = pd.Index(list(self["name"]) if there else [])
        return self.readable(made)


class Demands(Tidy):
    """Demands of the edition's year: name (topic), count, resolved, satisfied, before, solved, content (per cent)."""

    @property
    def _constructor(self):
        return Demands

    @property
    def totals(self) -> dict[str, Any]:
        """What a sentence says of them: total, solved, content, hot (three topics), slowest (topic with its share)."""
        n, done = self["count"].sum(), self["resolved"].sum()
        there = len(self) and n
        return {
            "total": self._value(f"{n:.0f}件" if there else ""),
            "solved": self._value(number(100 * done / n, "%") if there else "", unit="%"),
            "content": self._value(number(100 * self["satisfied"].sum() / max(1, done), "%") if there else ""),
            "hot": self._value(listed(self["name"].head(3)), extreme=1),
            "slowest": self.extreme("solved", highest=False, unit="%"),
        }

    def table(self) -> Tidy:
        """Topics with this and last year's counts, settled and satisfied shares."""
        year = self.known().words["year"]
        frame = pd.DataFrame(
            {
                "诉求领域": self["name"],
                f"{year}年（件）": [str(int(v)) for v in self["count"]],
                f"{year - 1}年（件）": ["" if pd.isna(v) else plain(v, "件") for v in self["before"]],
                "办结率（%）": ["" if pd.isna(v) else plain(v, "%") for v in self["solved"]],
                "满意率（%）": ["" if pd.isna(v) else plain(v, "%") for v in self["content"]],
            }
        )
        return self.readable(frame, "满意率为已办结诉求中表示满意的比重。")


def demands(place: Place) -> Demands:
    """See `Place.demands`."""
    edition = place.edition
    rows = edition.demands if place.is_district else edition.demands[edition.demands["place"] == place.code]
    rows = rows[rows["year"].isin([edition.edition, edition.edition - 1])]
    sums = rows.groupby(["year", "topic"], as_index=False)[["count", "resolved", "satisfied"]].sum()
    status = rows.groupby(["year", "topic"])["status"].first()  # one file, one status a topic
    sums["status"] = [status[k] for k in zip(sums["year"], sums["topic"], strict=True)]
    sums = sums.assign(source=SOURCE).sort_values(["year", "count"], ascending=[False, False], ignore_index=True)
    now = sums[(sums["year"] == edition.edition) & (sums["count"] > 0)]
    before = sums[sums["year"] == edition.edition - 1].set_index("topic")["count"]
    now = now.assign(
        name=now["topic"],
        before=now["topic"].map(before),
        solved=100 * now["resolved"] / now["count"],
        content=100 * now["satisfied"] / now["resolved"].where(now["resolved"] > 0),
    )
    now["told"] = [f"{c}件，办结{plain(s, '%')}%" for c, s in zip(now["count"], now["solved"], strict=True)]
    about = place.about("群众诉求")
    return Demands(now.reset_index(drop=True)).told(replace(about, data=(sums,)))


def handling(place: Place) -> Estimates:
    """See `Place.handling`."""
    rows = place.edition.demands
    rows = rows if place.is_district else rows[rows["place"] == place.code]
    sums = rows.groupby("year", as_index=False)[["count", "resolved", "satisfied"]].sum()
    sums = sums[(sums["count"] > 0) & (sums["resolved"] > 0)]
    sums = sums.assign(
        solved=100 * sums["resolved"] / sums["count"],
        content=100 * sums["satisfied"] / sums["resolved"],
        status=rows["status"].iloc[0] if len(rows) else None,
        source=SOURCE,
    )
    parts = [
        sums.assign(measure=c, name=name, value=sums[c])
        for c, name in (("solved", "群众诉求办结率"), ("content", "群众诉求满意率"))
    ]
    frame = pd.concat(parts, ignore_index=True).assign(
        place=place.code, residence="all", unit="%", se=np.nan, lower=np.nan, upper=np.nan, n=np.nan
    )
    about = replace(place.about("群众诉求"), data=(sums,))
    return Estimates(frame.reindex(columns=measured.COLUMNS)).told(about)


class Tasks(Tidy):
    """Tasks of the register with their colours: name, kind, progress, expected, due, colour, overdue, stale."""

    @property
    def _constructor(self):
        return Tasks

    @property
    def counts(self) -> dict[str, Any]:
        """What a sentence says of them: tasks, colours, overdue (names), punctual, stale."""
        flag = {
            c: self[c].fillna(False).astype(bool) if c in self else pd.Series(False, index=self.index)
            for c in ("overdue", "stale")
        }
        late = [f"“{n.strip('“”')}”" if "“" not in n.strip("“”") else n for n in self["name"][flag["overdue"]]]
        colours = self["colour"].value_counts().to_dict() if len(self) else {}
        stale = int(flag["stale"].sum())
        return {
            "tasks": self.count_of(),
            "colours": self._value(counted(colours, COLOURS)),
            "overdue": self._value(listed(late, 3, "项"), absent=""),
            "punctual": self._value("没有到期未完成的任务" if len(self) and not late else "", absent=""),
            "stale": self._value(f"{stale}项" if stale else "", absent=""),
        }

    @property
    def _district(self) -> bool:
        about = self.known()
        return about.place == getattr(about.edition, "district", about.place)

    def by_kind(self) -> Tidy:
        """Of the district: a row a kind, a column a colour with any task, counts. Without a row for a township."""
        if self.empty or not self._district:
            return self.readable(pd.DataFrame())
        table = pd.crosstab(self["kind"], self["colour"]).reindex(columns=list(PACE), fill_value=0)
        table = table.reindex([k for k in KINDS if k in table.index])
        return self.readable(table[[c for c in table if table[c].any()]])

    def single(self) -> Tasks:
        """Of a township: a row a task with `short` (name) and `told` (progress and term). None for the district."""
        rows = self[:0] if self._district else self
        told = [
            f"{plain(100 * p, '%', 0)}% / {_month(d)}"
            for p, d in zip(rows.get("progress", []), rows.get("due", []), strict=True)
        ]
        pace = rows["expected"].astype(float).clip(0, 1) if "expected" in rows else []
        return rows.assign(
            short=[_short(n) for n in rows["name"]],
            told=told,
            pace=pace,
            progress=rows["progress"].astype(float) if "progress" in rows else [],
        )

    def listed(self, most: int = 12) -> Tasks:
        """Those that a table lists: of the district the ones behind their time, at most so many; else all."""
        if self.empty or not self._district:
            return self.saying(which="重大任务")
        return self[self["colour"].isin(["red", "yellow"])].head(most).saying(which="进度落后的重大任务")

    def table(self) -> Tidy:
        """The tasks as readers see them."""
        if self.empty:
            return self
        share = {
            c: [f"{plain(100 * p, '%', 0)}%" if pd.notna(p) else "" for p in self[c]] for c in ("progress", "expected")
        }
        return self.readable(
            pd.DataFrame(
                {
                    "任务": self["name"],
                    "类别": self["kind"],
                    "牵头单位": self["lead_unit"],
                    "进度": share["progress"],
                    "时间进度": share["expected"],
                    "期限": [_month(d) for d in self["due"]],
                    "状态": [COLOURS[c] for c in self["colour"]],
                    "依据": [BY_ZH.get(b, "") for b in self["colour_by"]],
                    "预警": [w or "" for w in self["warning"]],
                }
            )
        )


def _month(due: Any) -> str:
    return pd.Timestamp(due).strftime("%Y-%m")


def _short(name: str, most: int = 15) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def tasks(place: Place) -> Tasks:
    """See `Place.tasks`."""
    rows = measured.table_of(place.edition, "task_status")
    rows = rows if place.is_district or "place" not in rows else rows[rows["place"] == place.code]
    rows = rows.assign(source="任务登记表").reset_index(drop=True)
    rows = rows if "colour" in rows else rows.reindex(columns=["name", "kind", "colour", "overdue", "stale"])
    about = place.about("重大任务")
    return Tasks(rows).told(replace(about, absent=f"{place.name}没有登记在册的重大任务。"))
