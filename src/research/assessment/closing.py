"""The closing assessment of a plan (收官评估): reached, missed and by how far, not assessable, year by year."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from research.core.status import weakest

COLUMNS = (
    "target_id",
    "clause",
    "action",
    "action_no",
    "target_name",
    "indicator",
    "unit",
    "comparator",
    "horizon",
    "base",
    "base_year",
    "value",
    "value_year",
    "target",
    "target_text",
    "verdict",
    "gap",
    "gap_share",
    "reason",
    "department",
    "status",
    "source",
)
BALANCE = ("year", "horizon", "n_targets", "n_assessed", "n_reached", "n_missed", "n_unassessed", "share", "status")
VERDICTS = ("reached", "missed", "unassessed")


def closing(attainment: pd.DataFrame, end: int) -> pd.DataFrame:
    """The verdict on each target of a plan whose last year has come.

    Parameters
    ----------
    attainment : DataFrame
        Result of `targets.attain_targets` for the plan's last year or a later one.
    end : int
        The last year of the plan.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; `gap` is how far the value stays short of the target in the target's unit, `gap_share` the
        same as a share of the target; both are missing where the target is reached or there is no number. No rows
        while the plan runs.
    """
    if attainment.empty or int(attainment["year"].iloc[0]) < end:
        return pd.DataFrame(columns=list(COLUMNS))
    verdict = attainment["attained"].map({"yes": "reached", "no": "missed"}).fillna("unassessed")
    frame = attainment.assign(verdict=verdict)
    short = frame["target"] - frame["value"]
    short = short.where(~frame["comparator"].isin(["<=", "<"]), -short)
    frame["gap"] = short.where(verdict.eq("missed"))
    frame["gap_share"] = frame["gap"] / frame["target"].abs().where(frame["target"].ne(0))
    order = frame["verdict"].map(VERDICTS.index)
    return (
        frame.assign(_o=order)
        .sort_values(["_o", "gap_share"], ascending=[True, False], kind="stable")
        .reindex(columns=list(COLUMNS))
        .reset_index(drop=True)
    )


def balance(milestones: pd.DataFrame, history: pd.DataFrame, end: int) -> pd.DataFrame:
    """The plan's years in numbers: what each milestone found, and how many of the last year's targets stood each year.

    Parameters
    ----------
    milestones : DataFrame
        Attainment held against each milestone that has come (`attainment_milestones`).
    history : DataFrame
        Attainment of the last year's targets as of each year (`attainment_history`).
    end : int

    Returns
    -------
    DataFrame
        Columns `BALANCE`; rows with `horizon` equal to `year` are milestones, the others the way to the last year.
    """
    rows = [_counts(part, year, year) for year, part in milestones.groupby("horizon")]
    seen = {row["year"] for row in rows if row["horizon"] == end}
    rows += [_counts(part, year, end) for year, part in history.groupby("year") if year <= end and year not in seen]
    frame = pd.DataFrame(rows, columns=list(BALANCE)).sort_values(["horizon", "year"]).reset_index(drop=True)
    return frame.astype({c: "int64" for c in BALANCE if c.startswith("n_")})


def _counts(part: pd.DataFrame, year: int, horizon: int) -> dict[str, Any]:
    counts = part["attained"].value_counts()
    reached, missed = int(counts.get("yes", 0)), int(counts.get("no", 0))
    return {
        "year": int(year),
        "horizon": int(horizon),
        "n_targets": len(part),
        "n_assessed": reached + missed,
        "n_reached": reached,
        "n_missed": missed,
        "n_unassessed": len(part) - reached - missed,
        "share": reached / (reached + missed) if reached + missed else np.nan,
        "status": weakest(part["status"].unique()),
    }
