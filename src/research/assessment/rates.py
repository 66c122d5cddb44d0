"""Attainment rates: whole, by department, by action; their mix; and a report each department can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, say, spot
from research.core.status import weakest

if TYPE_CHECKING:
    from research.assessment.settings import Rules


ITEM_COLUMNS = (
    "department",
    "target_id",
    "clause",
    "target_name",
    "indicator",
    "horizon",
    "target_text",
    "unit",
    "value",
    "value_year",
    "gap",
    "behind",
    "colour",
    "attained",
    "matter",
    "reason",
    "explanation",
    "measure",
    "person",
    "deadline",
    "former_answer",
    "status",
    "source",
)


ANSWERED = ("explanation", "measure", "person", "deadline")
"""What a department answers about a target."""

Rate: TypeAlias = Literal["rate", "pace_rate"]
"""Attained of assessed, or on pace of assessed."""
RATES = (
    "key",
    "n_targets",
    "n_assessed",
    "n_unassessed",
    "n_attained",
    "n_green",
    "n_yellow",
    "n_red",
    "rate",
    "pace_rate",
    "n_due",
    "due_rate",
    "status",
)


def rates(attainment: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Attained and on-pace rates of some targets.

    Parameters
    ----------
    attainment : DataFrame
        Result of `targets.attain_targets`.
    by : str, optional
        Column to group by, such as `department` or `action`; default all targets as one.

    Returns
    -------
    DataFrame
        key, n_targets, n_assessed, n_unassessed, n_attained, n_green, n_yellow, n_red, rate (attained of
        assessed), pace_rate (green of assessed), n_due, due_rate (attained of those whose date has come),
        status. Unassessed targets are in no rate.
    """
    groups = [("全部", attainment)] if by is None else list(attainment.groupby(by, sort=True))
    rows = []
    for key, part in groups:
        known = part[part["attained"] != "unassessed"]
        due = known[known["due"]]
        n = len(known)
        row: dict[str, Any] = {
            "key": key,
            "n_targets": len(part),
            "n_assessed": n,
            "n_unassessed": len(part) - n,
            "n_attained": int((known["attained"] == "yes").sum()),
        }
        row |= {f"n_{c}": int((known["colour"] == c).sum()) for c in ("green", "yellow", "red")}
        row |= {
            "rate": row["n_attained"] / n if n else np.nan,
            "pace_rate": row["n_green"] / n if n else np.nan,
            "n_due": len(due),
            "due_rate": (due["attained"] == "yes").mean() if len(due) else np.nan,
            "status": weakest(part["status"].unique()) if len(part) else "published",
        }
        rows.append(row)
    return pd.DataFrame(rows, columns=list(RATES))


def mixed_rate(attainment: pd.DataFrame, department_share: float, column: Rate = "rate") -> dict[str, float]:
    """The whole's rate and the departments' mean rate, mixed by a setting (clause 72).

    Parameters
    ----------
    attainment : DataFrame
    department_share : float
        Share of the departments' mean, 0 to 1.
    column : str
        `rate` (attained) or `pace_rate` (on pace).

    Returns
    -------
    dict
        overall, departments (mean of the departments that can be assessed), share, mixed; missing where no target can
        be assessed.

    Raises
    ------
    DataError
        A share outside 0 to 1.
    """
    if not 0 <= department_share <= 1:
        raise DataError(
            Fault("settings.yml, department_share", say("0 to 1", "0至1"), repr(department_share), kind="settings")
        )
    overall = rates(attainment)[column].iloc[0]
    own = rates(attainment, "department")[column].mean()
    return {
        "overall": float(overall),
        "departments": float(own),
        "share": department_share,
        "mixed": float((1 - department_share) * overall + department_share * own),
    }


def rate_table(attainment: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """All rates in one table: scope is overall, department, action, kind or mix."""
    parts = [rates(attainment).assign(scope="overall")]
    parts += [rates(attainment.fillna({c: "未指明"}), c).assign(scope=c) for c in ("department", "action", "kind")]
    out = pd.concat(parts, ignore_index=True)
    mixes = []
    columns: tuple[Rate, ...] = ("rate", "pace_rate")
    for column in columns:
        mix = mixed_rate(attainment, rules.department_share, column)
        mixes.append(
            {
                "scope": "mix",
                "key": f"{column}：整体{1 - mix['share']:.0%}、部门{mix['share']:.0%}",
                column: mix["mixed"],
                "status": out["status"].iloc[0],
            }
        )
    whole = pd.concat([out, pd.DataFrame(mixes)], ignore_index=True)
    return whole.astype({c: "Int64" for c in whole if c.startswith("n_")})


def check_owners(attainment: pd.DataFrame, departments: pd.DataFrame) -> list[Fault]:
    """Faults of targets without an owner, or with one that the table of departments does not know."""
    known = set(departments["department"])
    faults = []
    for row in attainment.itertuples():
        if not isinstance(row.department, str) or not row.department:
            faults.append(
                Fault(
                    spot("targets.csv", item=row.target_id, column="department"),
                    say("an owner", "责任部门"),
                    say("nothing", "没有"),
                    kind="owner",
                )
            )
        elif row.department not in known:
            faults.append(
                Fault(
                    spot("targets.csv", item=row.target_id, column="department"),
                    say("a department of departments.csv", "departments.csv 中的部门"),
                    repr(row.department),
                    kind="owner",
                )
            )
    return faults


def department_items(attainment: pd.DataFrame) -> pd.DataFrame:
    """What each department is asked to answer: missed and lagging targets first, then those without data.

    Returns
    -------
    DataFrame
        Columns `ITEM_COLUMNS`; `gap` is target less value, `matter` what is asked (补数据 说明差距 限期整改);
        explanation, measure, person and deadline are empty for the department to fill in (see `answered`).
    """
    frame = attainment[(attainment["attained"] == "unassessed") | attainment["colour"].isin(["yellow", "red"])].copy()
    frame["gap"] = frame["target"] - frame["value"]
    missed = frame["due"] & (frame["attained"] == "no")
    frame["matter"] = np.select(
        [frame["attained"] == "unassessed", (frame["colour"] == "red") | missed],
        ["补充数据", "限期整改"],
        default="说明差距",
    )
    for column in (*ANSWERED, "former_answer"):
        frame[column] = ""
    order = frame["colour"].map({"red": 0, "yellow": 1, "grey": 2})
    frame = frame.assign(_o=order).sort_values(
        ["department", "_o", "behind", "target_id"], ascending=[True, True, False, True]
    )
    return frame.reindex(columns=list(ITEM_COLUMNS)).reset_index(drop=True)


def answered(items: pd.DataFrame, answers: pd.DataFrame, year: int) -> pd.DataFrame:
    """The items with what their departments answered: this year's words, and the last ones of a year before.

    Parameters
    ----------
    items : DataFrame
        Result of `department_items`.
    answers : DataFrame
        As `answers.csv`: year, target, explanation, measure, person, deadline.
    year : int
        Of the edition.

    Returns
    -------
    DataFrame
        `items`; `former_answer` holds the words of the newest earlier year, which it names.

    Examples
    --------
    >>> items = pd.DataFrame({"target_id": ["T1"], "explanation": [""], "measure": [""], "person": [""],
    ...                       "deadline": [""], "former_answer": [""]})
    >>> told = pd.DataFrame({"year": [2023, 2024], "target": ["T1", "T1"], "explanation": ["征地未完成", ""],
    ...                      "measure": ["", "九月开工"], "person": ["", "张三"], "deadline": [pd.NaT, "2025-06-30"]})
    >>> answered(items, told, 2024).iloc[0].tolist()
    ['T1', '', '九月开工', '张三', '2025-06-30', '2023年答复：征地未完成']
    """
    out = items.copy()
    told = answers.assign(deadline=pd.to_datetime(answers["deadline"]).dt.strftime("%Y-%m-%d").fillna(""))
    told[list(ANSWERED)] = told[list(ANSWERED)].fillna("")
    now = told[told["year"].eq(year)].drop_duplicates("target", keep="last").set_index("target")
    before = told[told["year"].lt(year)].sort_values("year").drop_duplicates("target", keep="last")
    for column in ANSWERED:
        out[column] = out["target_id"].map(now[column]).astype(object).fillna("")
    words = {r.target: f"{r.year}年答复：{t}" for r in before.itertuples() if (t := in_words(r))}
    out["former_answer"] = out["target_id"].map(words).astype(object).fillna("")
    return out


def in_words(row: Any) -> str:
    """A department's answer as one line: what it explained, what it will do, who and until when; nothing added."""
    who = "，".join(t for t in (row.person and f"责任人{row.person}", row.deadline and f"{row.deadline}前完成") if t)
    measure = f"{row.measure}（{who}）" if row.measure and who else row.measure or who
    return "；".join(t for t in (row.explanation, measure) if t)
