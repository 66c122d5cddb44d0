"""What the general report can argue: where the plan lags, what will be missed, what fell back, what stays unmet."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from research.assessment.reviewing.demands import DemandPortrait
from research.assessment.reviewing.follows import Follows
from research.assessment.reviewing.plan import LEAST, PlanReview
from research.indicators.analysis.tidy import Tidy
from research.indicators.reference import reference
from research.wording import is_missing, listed, number, plain, share, span
from research.wording.values import Value


class Findings(Follows):
    """Candidates of the general report; make it with `research.assessment.findings`.

    Each is a dictionary of values for the sentences of a finding: one that is not there here has no words, and its
    finding falls away.

    Parameters
    ----------
    edition : Edition
    """

    @property
    def focus(self) -> str:
        """The group of places that is held against the whole (`groups.yml`, focus)."""
        return reference.focus(self.edition.project)

    @cached_property
    def plan_review(self) -> PlanReview:
        """The plan's targets."""
        return PlanReview(self.edition)

    # --- targets that lag --------------------------------------------------------------------------------

    @property
    def lagging(self) -> dict[str, Value]:
        """Where most targets lag: top (action, with its late and share), known, late, worst; stale, due, exact."""
        known, late = self.plan_review.known, self.plan_review.late
        said: dict[str, str | Value] = dict.fromkeys(
            ("top", "top_late", "top_share", "known", "late", "late_share", "worst", "stale", "due", "exact"), ""
        )
        counts = late.groupby("action", sort=False).size()
        sizes = known.groupby("action", sort=False).size()
        counts = counts[sizes.reindex(counts.index) >= LEAST]
        if counts.empty:
            return known.values_of(**said)
        part = (counts / sizes.reindex(counts.index)).sort_values(ascending=False, kind="stable")
        top = part.index[0]
        red = late.assign(order=late["colour"].ne("red")).sort_values(
            ["order", "behind"], ascending=[True, False], kind="stable"
        )
        stale, due = int((late["value_year"] < self.year).sum()), int(late["due"].astype(bool).sum())
        exact = int((~late["indicator"].isin(self._sampled)).sum())
        said |= {"top": known._value(top, extreme=1), "top_late": f"{counts[top]}项", "top_share": share(part[top]),
                 "known": f"{len(known)}项", "late": f"{len(late)}项", "late_share": share(len(late) / len(known)),
                 "worst": listed([f"“{n}”" for n in red["target_name"].head(3)], 3),
                 "stale": f"{stale}项" if stale else "", "due": f"{due}项" if due else "",
                 "exact": f"{exact}项" if exact else ""}  # fmt: skip
        return known.values_of(**said)

    @property
    def lagging_follows(self) -> Value:
        """What follows from them, of the action that lags most."""
        late, top = self.plan_review.late, self.lagging["top"].text
        rows = late[late["action"] == top]
        return self.follows("targets", actions=_actions(rows), owners=rows["department"])

    @cached_property
    def _sampled(self) -> set[str]:
        """Indicators whose value of the district has a sampling error."""
        rows = self.edition.observations
        rows = rows[(rows["place"] == self.place.code) & rows.get("se", pd.Series(dtype=float)).notna()]
        return set(rows["indicator"])

    # --- targets that will be missed ---------------------------------------------------------------------

    @cached_property
    def _missing(self) -> Tidy:
        rows = self.plan_review.outlook
        return rows[rows["will_meet"] == "no"].sort_values("chance", kind="stable") if len(rows) else rows

    @property
    def missing(self) -> dict[str, Value]:
        """Targets that the trend misses: names, worst, when, trend (with interval), goal, last, pace, needed."""
        rows = self._missing
        if rows.empty:
            keys = ("missed", "worst", "when", "trend", "goal", "last", "pace", "needed", "others")
            return rows.values_of(**dict.fromkeys(keys, ""))
        row, unit = rows.iloc[0], rows.iloc[0]["unit"]
        left = int(row["horizon"]) - int(row["last_year"])
        amount = "个百分点" if unit == "%" else unit
        need = abs(row["target"] - row["last"]) / max(left, 1)
        ends = f"{100 * row['level']:g}%预测区间{span(row['lower'], row['upper'], unit)}"
        return rows.values_of(
            missed=rows.names(column="target_name", most=3),
            worst=f"“{row['target_name']}”" if len(rows) > 1 else row["target_name"],
            when=f"{row['horizon']}年",
            trend=f"{number(row['projection'], unit)}（{ends}）",
            goal=number(row["target"], unit),
            last=f"{row['last_year']}年为{number(row['last'], unit)}",
            pace=f"每年{plain(abs(row['slope']), unit)}{amount}",
            needed=f"每年{plain(need, unit)}{amount}",
        )

    @property
    def missing_follows(self) -> Value:
        """What follows from them."""
        rows = self._missing
        at = self.plan_review.targets
        actions = _actions(at[at["target_id"].isin(rows.get("target_id", []))])
        return self.follows("outlook", actions=actions, owners=rows.get("department", []))

    # --- indicators that fell back -----------------------------------------------------------------------

    @cached_property
    def _worse(self) -> Tidy:
        rows = self.edition.table("changes")
        mine = (rows["place"] == self.place.code) & (rows["year"] == self.year) & (rows["better"] < 0)
        rows = rows[mine & rows["significant"].astype("boolean").fillna(True)]
        order = {i: k for k, i in enumerate(self.edition.indicators["id"])}
        return self.told(rows.iloc[[k for k, _ in sorted(enumerate(rows["indicator"].map(order)), key=lambda x: x[1])]])

    @property
    def fallen(self) -> dict[str, Value]:
        """Indicators worse than the year before: names, moves, still (better than the first year), exact, sampled."""
        rows = self._worse
        if rows.empty:
            return rows.values_of(
                **dict.fromkeys(("fallen", "moves", "still", "below", "first", "exact", "sampled"), "")
            )
        since = pd.Series([(r.value - v) * r.direction if not is_missing(v) else 0.0
                           for r, v in zip(rows.itertuples(), self._first(rows), strict=True)], rows.index)  # fmt: skip
        still, below = rows[since > 0], rows[since < 0]
        sampled = rows["indicator"].isin(self._sampled)
        moves = [f"{r.name}由{number(r.previous, r.unit)}变为{number(r.value, r.unit)}"
                 for r in rows.head(5).itertuples(index=False)]  # fmt: skip
        return rows.values_of(
            fallen=rows.names(most=3),
            moves="、".join(moves),
            first=f"{self._first_year}年",
            still=listed(still["name"], 4, "项"),
            below=listed(below["name"], 4, "项"),
            exact=listed(rows.loc[~sampled, "name"], 4, "项"),
            sampled=listed(rows.loc[sampled, "name"], 4, "项"),
        )

    @property
    def _first_year(self) -> int:
        rows = self.edition.table("changes")
        return int(rows.loc[rows["place"] == self.place.code, "year"].min())

    def _first(self, rows: Tidy) -> list[Any]:
        known = self.edition.table("changes")
        known = known[(known["place"] == self.place.code) & (known["year"] == self._first_year)]
        values = known.set_index("indicator")["value"]
        return [values.get(i) for i in rows["indicator"]]

    @property
    def fallen_tables(self) -> list[str]:
        """Labels of the tables that list them."""
        domains = self.edition.themes.set_index("domain_code")["theme"]
        themes = dict.fromkeys(domains.get(d) for d in self._worse["domain"])
        return [f"tbl-{t.replace('_', '-')}-indicators" for t in themes if t]

    @property
    def fallen_follows(self) -> Value:
        """What follows from them: of the departments that own them."""
        owner = self.edition.indicators.set_index("id")["source_department"]
        at = self.plan_review.targets
        fallen = self._worse["indicator"]
        actions = _actions(at[at["indicator"].isin(fallen)])
        return self.follows("fallen", actions=actions, owners=[owner.get(i, "") for i in fallen], own=True)

    # --- demands -----------------------------------------------------------------------------------------

    @property
    def unmet(self) -> dict[str, Value]:
        """Where demands stay unmet: topic, unmet, all_unmet, part; slow (its rate) beside all_rate; fewer or more."""
        rows = DemandPortrait(self.edition)._own
        if rows.empty or not rows["unmet"].sum():
            keys = ("topic", "unmet", "all_unmet", "part", "slow", "quick", "all_rate", "fewer", "more")
            return rows.values_of(**dict.fromkeys(keys, ""))
        top = rows.loc[rows["unmet"].idxmax()]
        rate = 1 - rows["unmet"].sum() / rows["count"].sum()
        slow, told = top["resolved_rate"] < rate, f"办结率{share(top['resolved_rate'])}"
        moved = None if pd.isna(top["change"]) else top["change"]
        return rows.values_of(
            topic=rows._value(top["topic"], extreme=1),
            unmet=f"{top['unmet']:.0f}件", all_unmet=f"{rows['unmet'].sum():.0f}件", part=share(top["unmet_share"]),
            slow=rows._value(told if slow else "", direction=-1), quick="" if slow else told, all_rate=share(rate),
            fewer=rows._value(share(-moved) if moved is not None and moved < 0 else "", direction=-1),
            more=rows._value(share(moved) if moved is not None and moved > 0 else "", direction=1),
        )  # fmt: skip

    # --- what cannot be assessed -------------------------------------------------------------------------

    @property
    def unassessed(self) -> dict[str, Value]:
        """Targets that cannot be assessed: grey, asked, part, reasons, lacking (no data), words (no number)."""
        rows = self.plan_review.targets
        grey = rows[rows["colour"] == "grey"]
        if grey.empty:
            return rows.values_of(**dict.fromkeys(("grey", "asked", "part", "reasons"), ""))
        counts = grey["reason"].str.split("：").str[0].value_counts()
        return rows.values_of(
            grey=f"{len(grey)}项", asked=f"{len(rows)}项", part=share(len(grey) / len(rows)),
            reasons="；".join(f"{reason}的{n}项" for reason, n in counts.head(3).items()),
        )  # fmt: skip

    @property
    def unassessed_follows(self) -> Value:
        """Who has most data to hand in, with the date that the department gave."""
        items = self.edition.table("department_items")
        lacking = items[items["matter"] == "补充数据"]
        if own := self.written("unassessed"):
            return own
        if lacking.empty:
            return self.slot()
        top = lacking["department"].value_counts().sort_values(ascending=False, kind="stable").index[0]
        mine = lacking[lacking["department"] == top]
        dates = [str(d) for d in mine["deadline"].dropna() if str(d)]
        when = f"在{max(dates)}以前" if dates else "（待填：完成时间）"
        names = listed([f"“{n}”" for n in mine["target_name"]], 2, "项目标")
        return self.plan_review.targets._value(f"由{top}{when}为{names}补报数据，或提出可以考核的口径")


def _actions(rows: pd.DataFrame) -> list[int]:
    """Numbers of the actions that some targets belong to."""
    return sorted({int(a) for a in rows["action_no"].dropna()}) if "action_no" in rows else []


__all__ = ["Findings"]
