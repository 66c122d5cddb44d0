"""What follows from a finding: what an editor wrote, else what stands in the registers, else a slot to fill in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import pandas as pd

from research.assessment.reviewing.base import Reviewed
from research.indicators.reference import reference
from research.wording import plain
from research.wording.values import Value

SLOT = "（待填：建议、牵头部门和完成时间）"
MOST = 2
"""Entries of the registers that a proposal names."""


class Follows(Reviewed):
    """Proposals with a department and a date, none of them invented."""

    def follows(
        self,
        key: str,
        *,
        about: str = "",
        group: str = "",
        actions: Iterable[int] = (),
        owners: Iterable[Any] = (),
        own: bool = False,
    ) -> Value:
        """The proposal of a finding: of the registers one policy that is due for review, and tasks that are behind.

        Parameters
        ----------
        key : str
            Name of the finding: what an editor wrote under it in `proposals.yml` goes before all else.
        about : str
            Words that the names of tasks and policies are looked through for, parted by `|`.
        group : str
            A group of places (`groups.yml`): tasks that are carried out there.
        actions : iterable of int
            Numbers of the plan's actions that the finding is about.
        owners : iterable of str
            Departments of what it is about: their tasks come first.
        own : bool
            Whether only these departments' entries are meant.

        Returns
        -------
        Value
            Without anything in the registers it is a slot that holds up a release.
        """
        if written := self.written(key):
            return written
        owned = {str(d) for d in owners if d and not pd.isna(d)}
        found = [
            self._asked(rows, about, set(actions), owned if own else set())
            for rows in (self._policies, self._tasks(set(self.edition.groups.get(group, ()))))
        ]
        tasks = found[1].assign(other=~found[1]["lead"].isin(owned))
        tasks = tasks.sort_values(["late", "other", "behind"], ascending=[True, True, False], kind="stable")
        policy = found[0].head(1)
        tasks = tasks.head(MOST - len(policy))
        told = [_policy(r) for r in policy.itertuples()] + [_task(r) for r in tasks.itertuples()]
        stands = tuple(rows for rows in (policy, tasks) if len(rows))
        return Value("；".join(told), data=stands, status=self.edition.status) if told else self.slot()

    def _asked(self, rows: pd.DataFrame, about: str, actions: set[int], leads: set[str]) -> pd.DataFrame:
        """The entries that one of these words, actions and places fits, of these departments where any is named."""
        fits = rows["action"].isin(actions) | rows["there"]
        fits |= rows["called"].str.contains(about, regex=True) if about else False
        return rows[fits & (rows["lead"].isin(leads) if leads else True)]

    def written(self, key: str) -> Value | None:
        """What an editor wrote for this finding of this edition, with department and date."""
        entry = (self._proposals.get(str(self.year)) or {}).get(key)
        if not entry:
            return None
        words = f"{entry['proposal'].rstrip('。')}（{entry['department']}，{entry['due']}以前）"
        return Value(words, status=self.edition.status)

    def slot(self) -> Value:
        """The words that an editor has to replace before the release."""
        return Value(SLOT, status=self.edition.status)

    @cached_property
    def _proposals(self) -> dict[str, Any]:
        found = reference.optional(self.edition.project, "proposals")
        return {str(year): entries for year, entries in found.items()}

    def _tasks(self, places: set[str]) -> pd.DataFrame:
        """Tasks that are behind."""
        rows = self.table("task_status")
        if "colour" not in rows:
            rows = pd.DataFrame(
                columns=["name", "lead_unit", "action", "place", "colour", "overdue", "behind", "status"]
            )
        rows = rows[rows["colour"].isin(["red", "yellow"])]
        late = rows["overdue"].fillna(False).astype(bool)
        return rows.assign(called=rows["name"].astype(str), lead=rows["lead_unit"], late=late,
                           there=rows["place"].isin(places))  # fmt: skip

    @property
    def _policies(self) -> pd.DataFrame:
        """Policies in force that are due for review after this year, the nearest first."""
        rows = self.edition.register("policies")
        if rows.empty:
            rows = pd.DataFrame(columns=["id", "title", "department", "action", "review", "ends", "replaces", "status"])
        when, ends = (pd.to_datetime(rows[c], errors="coerce") for c in ("review", "ends"))
        gone = {old for cell in rows["replaces"].dropna() for old in str(cell).split(";")}
        kept = (when.dt.year > self.year) & ~(ends.dt.year <= self.year) & ~rows["id"].isin(gone)
        rows = rows.assign(when=when, called=rows["title"].astype(str), lead=rows["department"], there=False)
        return rows[kept].sort_values("when", kind="stable")


def _policy(row: Any) -> str:
    return f"由{row.lead}在{row.when:%Y-%m-%d}以前修订《{row.called}》时写明这一方面的措施"


def _task(row: Any) -> str:
    name, due = (
        str(row.name).strip("“”") if str(row.name).count("“") == 1 else row.name,
        f"{pd.Timestamp(row.due):%Y-%m-%d}",
    )
    name = name if "“" in name else f"“{name}”"
    progress = f"登记进度{plain(100 * row.progress, '%', 0)}%" if pd.notna(row.progress) else "没有登记进度"
    if row.late:
        return f"由{row.lead}说明{name}逾期的原因（应于{due}完成，{progress}），并报出新的期限（待填：新的期限）"
    return f"由{row.lead}加快{name}，在{due}以前完成（{progress}）"


__all__ = ["SLOT", "Follows"]
