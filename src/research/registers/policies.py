"""Policies of the "1+9+N" kind: where each stands on a day, and what the targets it serves did since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from research.core.status import weakest
from research.indicators.registers.rules import parts

STATES = ("草案", "待施行", "施行中", "待修订", "已终止", "已被替代")
STATE_COLUMNS = ("id", "state", "alarm", "days", "by")
EFFECTS = (
    "id",
    "since",
    "year",
    "n_targets",
    "n_known",
    "reached_then",
    "reached_now",
    "way_then",
    "way_now",
    "status",
)


def policy_states(policies: pd.DataFrame, day: date | str) -> pd.DataFrame:
    """Where each policy stands on a day, and whether it is stale.

    Parameters
    ----------
    policies : DataFrame
        The register: id, issued, effective, ends, review, replaces (see `research.indicators.registers.columns`).
    day : datetime.date or str

    Returns
    -------
    DataFrame
        The register with state (one of `STATES`), alarm (why it is stale; empty where it is not), days (past the
        review date), by (id of what replaced it).

    Examples
    --------
    >>> rows = pd.DataFrame({"id": ["A", "B"], "issued": ["2022-01-01", None], "effective": ["2022-02-01", None],
    ...                      "ends": [None, None], "review": ["2024-01-01", None], "replaces": ["", ""]})
    >>> policy_states(rows, "2024-01-31")[["state", "days"]].values.tolist()
    [['待修订', 30], ['草案', 0]]
    """
    today = pd.Timestamp(str(day)[:10])
    frame = policies.reset_index(drop=True)
    dates = {c: pd.to_datetime(frame[c], errors="coerce") for c in ("issued", "effective", "ends", "review")}
    dates["effective"] = dates["effective"].fillna(dates["issued"])
    successors = {
        old: own
        for own, cell, begun in zip(frame["id"], frame["replaces"], dates["effective"], strict=True)
        if pd.notna(begun) and begun <= today
        for old in parts(cell)
    }
    rows = [
        _state(own, {c: d[i] for c, d in dates.items()}, today, successors.get(own, ""))
        for i, own in enumerate(frame["id"])
    ]
    return frame.assign(**pd.DataFrame(rows, columns=list(STATE_COLUMNS[1:]), dtype=object).to_dict("list"))


def _state(own: str, dates: dict[str, pd.Timestamp], today: pd.Timestamp, successor: str) -> dict[str, Any]:
    found = {"state": "施行中", "alarm": "", "days": 0, "by": successor}
    if pd.isna(dates["issued"]) or dates["issued"] > today:
        return found | {"state": "草案"}
    if successor:
        return found | {"state": "已被替代"}
    if dates["ends"] < today:
        return found | {"state": "已终止"}
    if dates["effective"] > today:
        return found | {"state": "待施行"}
    if pd.isna(dates["review"]):
        return found | {"alarm": "没有应修订日期，无从提醒"}
    late = int((today - dates["review"]).days)
    if late <= 0:
        return found
    return found | {"state": "待修订", "alarm": f"逾期{late}天未修订", "days": late}


def policy_effects(policies: pd.DataFrame, history: pd.DataFrame, targets: pd.DataFrame, year: int) -> pd.DataFrame:
    """What the targets of each policy did since it took effect; not what the policy did to them.

    Parameters
    ----------
    policies : DataFrame
        With `id`, `issued`, `effective`, `action`, `targets`.
    history : DataFrame
        `attainment_history`: each target in each year, held against the plan's last year.
    targets : DataFrame
        Columns id, action_no: a policy that names no target serves those of its action.
    year : int
        The edition.

    Returns
    -------
    DataFrame
        Columns `EFFECTS`: since (year before it took effect, or the first one known), n_targets, n_known (assessed in
        both years), reached then and now, mean attainment then and now of those known; only of policies in effect.
    """
    rows = []
    begun = pd.to_datetime(policies["effective"], errors="coerce").fillna(
        pd.to_datetime(policies["issued"], errors="coerce")
    )
    by_year = {int(y): part.set_index("target_id") for y, part in history.groupby(history["year"].astype(int))}
    for row, start in zip(policies.to_dict("records"), begun, strict=True):
        served = serves(row, targets)
        if pd.isna(start) or start.year > year or not served or year not in by_year:
            continue
        since = max(min(by_year), start.year - 1)
        before = by_year.get(since, by_year[year].iloc[:0])
        head = {"id": row["id"], "since": since, "year": year, "n_targets": len(served)}
        rows.append(head | _moved(before, by_year[year], served))
    return pd.DataFrame(rows, columns=list(EFFECTS))


def serves(row: dict[str, Any], targets: pd.DataFrame) -> list[str]:
    """The targets that a policy names, else those of its action."""
    if named := parts(row["targets"]):
        return named
    number = pd.to_numeric(pd.Series([row["action"]]), errors="coerce").iloc[0]
    if pd.isna(number):
        return []
    return list(targets.loc[pd.to_numeric(targets["action_no"], errors="coerce") == number, "id"])


def _moved(then: pd.DataFrame, now: pd.DataFrame, served: Sequence[str]) -> dict[str, Any]:
    both = [
        t
        for t in served
        if t in then.index
        and t in now.index
        and then.at[t, "attained"] != "unassessed"
        and now.at[t, "attained"] != "unassessed"
    ]
    one, other = then.loc[both], now.loc[both]
    way = other["rate"].notna() & one["rate"].notna()
    return {
        "n_known": len(both),
        "reached_then": int((one["attained"] == "yes").sum()),
        "reached_now": int((other["attained"] == "yes").sum()),
        "way_then": one.loc[way, "rate"].astype(float).mean(),
        "way_now": other.loc[way, "rate"].astype(float).mean(),
        "status": weakest(list(other["status"]) or ["published"]),
    }
