"""The five assessed aspects of townships and departments: only results are computed, the rest is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from research.assessment.settings import ASPECTS, aspect_weights
from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.status import weakest

COMPUTED = "工作成效"
UNFILLED = "待考评单位或考评办填报，不作推算"


def aspects(units: pd.DataFrame, assessment: Mapping[str, Any], handed_in: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every unit's five aspects: score, weight, whether computed.

    Parameters
    ----------
    units : DataFrame
        unit, name, unit_kind (乡镇街道 or 区级部门), results (0 to 100), status.
    assessment : dict
        The `assessment` section of `index.yml`.
    handed_in : DataFrame, optional
        unit, aspect, score (0 to 100) of the aspects that are no computation's (`aspects.csv` of one year); where
        present status and source.

    Returns
    -------
    DataFrame
        unit, name, unit_kind, aspect, weight, score, computed, note, status (of the score; of the unit where none
        was handed in), source; a score that was not handed in is missing and says so.

    Raises
    ------
    DataError
        Weights that do not add up; handed-in rows of unknown units or aspects, of the computed aspect, or
        outside 0 to 100.
    """
    weights = aspect_weights(assessment)
    given = {} if handed_in is None else _given(handed_in, units)
    rows = []
    for unit in units.itertuples():
        for aspect in ASPECTS:
            own = aspect == COMPUTED
            found = given.get((unit.unit, aspect))
            score, status, source = (unit.results, unit.status, "测算") if own else found or (np.nan, unit.status, "")
            note = "由综合指数或目标达成情况计算" if own else "" if found else UNFILLED
            rows.append(
                {
                    "unit": unit.unit,
                    "name": unit.name,
                    "unit_kind": unit.unit_kind,
                    "aspect": aspect,
                    "weight": weights[aspect],
                    "score": score,
                    "computed": own,
                    "note": note,
                    "status": status,
                    "source": source,
                }
            )
    return pd.DataFrame(rows)


def _given(handed_in: pd.DataFrame, units: pd.DataFrame) -> dict[tuple[str, str], tuple[float, str, str]]:
    faults, seen = [], set()
    for number, row in enumerate(handed_in.itertuples(), start=2):
        place = spot("aspects", row=number)
        if (row.unit, row.aspect) in seen:
            faults.append(
                Fault(
                    place,
                    say("each unit and aspect once", "每个对象的每个方面只出现一次"),
                    say(f"{row.unit} {row.aspect} twice", f"{row.unit} {row.aspect}出现两次"),
                )
            )
        seen.add((row.unit, row.aspect))
        if row.unit not in set(units["unit"]):
            faults.append(
                Fault(
                    place, say("a unit that is assessed", "考评对象"), repr(row.unit), nearest(row.unit, units["unit"])
                )
            )
        if row.aspect not in ASPECTS or row.aspect == COMPUTED:
            faults.append(
                Fault(
                    place,
                    say(
                        "one of " + " ".join(a for a in ASPECTS if a != COMPUTED),
                        "以下之一：" + " ".join(a for a in ASPECTS if a != COMPUTED),
                    ),
                    repr(row.aspect),
                )
            )
        if not 0 <= row.score <= 100:
            faults.append(Fault(place, say("a score from 0 to 100", "0至100分"), str(row.score)))
    if faults:
        raise DataError(faults)
    return {
        (r.unit, r.aspect): (float(r.score), getattr(r, "status", "reported"), getattr(r, "source", ""))
        for r in handed_in.itertuples()
    }


def check_grades(grades: Mapping[str, Any]) -> list[Fault]:
    """Faults of the grading rule: the share of the best, and the total below which a unit fails."""
    share, fail = grades.get("excellent_share"), grades.get("fail_below")
    good = isinstance(share, (int, float)) and 0 < share < 1 and isinstance(fail, (int, float)) and 0 <= fail <= 100
    expected = "excellent_share above 0 and below 1, fail_below from 0 to 100"
    return [] if good else [Fault("index.yml, assessment.grades", expected, str(grades), kind="settings")]


def totals(table: pd.DataFrame, grades: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Total of each unit over the aspects that are there, with its rank; ties share the better rank.

    Parameters
    ----------
    table : DataFrame
        Result of `aspects`.
    grades : dict, optional
        excellent_share (the best of each kind, at most this share of them, ties at the edge included) and
        fail_below; without it nobody is graded.

    Returns
    -------
    DataFrame
        unit, name, unit_kind, covered (share of the weight that is there), results, total (only when all
        five are there, else missing), rank (by total where all units have one, else by results), ranked_by,
        n, grade (优秀, 合格, 不合格; empty where not all units have a total), status (the weakest).

    Raises
    ------
    DataError
        A grading rule that makes no sense.
    """
    if grades and (faults := check_grades(grades)):
        raise DataError(faults)
    rows = []
    for (unit, name, kind), part in table.groupby(["unit", "name", "unit_kind"], sort=False):
        there = part["score"].notna()
        rows.append(
            {
                "unit": unit,
                "name": name,
                "unit_kind": kind,
                "covered": part.loc[there, "weight"].sum(),
                "results": part.loc[part["aspect"] == COMPUTED, "score"].iloc[0],
                "total": (part["weight"] * part["score"]).sum() if there.all() else np.nan,
                "status": weakest(part["status"]),
            }
        )
    out = pd.DataFrame(rows)
    whole = out.groupby("unit_kind")["total"].transform(lambda s: s.notna().all())
    key = out["total"].where(whole, out["results"])
    out["ranked_by"] = np.where(whole, "五个方面合计", "工作成效")
    groups = key.round(9).groupby(out["unit_kind"])
    out = out.assign(rank=groups.rank(ascending=False, method="min").astype("Int64"), n=groups.transform("count"))
    if not grades:
        return out.assign(grade="")
    best = (out["rank"] <= np.floor(grades["excellent_share"] * out["n"] + 1e-9)).fillna(False).astype(bool)
    words = np.select([~whole, out["total"] < grades["fail_below"], best], ["", "不合格", "优秀"], default="合格")
    return out.assign(grade=words)


def units_of(
    scores: pd.DataFrame, attainment_rates: pd.DataFrame, places: pd.DataFrame, offices: Iterable[str] = ()
) -> pd.DataFrame:
    """Townships with their index, departments with their share of targets on pace, as `units`.

    Parameters
    ----------
    scores : DataFrame
        Index scores of one year: place, score, status.
    attainment_rates : DataFrame
        `rates(attainment, "department")`.
    places : DataFrame
        code, name.
    offices : iterable of str
        Departments that something was handed in for although they lead no target of the plan in force.

    Returns
    -------
    DataFrame
        unit, name, unit_kind, results, status.
    """
    town = places[["code", "name"]].merge(scores, left_on="code", right_on="place", how="left", validate="one_to_one")
    town = pd.DataFrame(
        {
            "unit": town["code"],
            "name": town["name"],
            "unit_kind": "乡镇街道",
            "results": town["score"],
            "status": town["status"],
        }
    )
    own = attainment_rates
    office = pd.DataFrame(
        {
            "unit": own["key"],
            "name": own["key"],
            "unit_kind": "区级部门",
            "results": 100 * own["pace_rate"],
            "status": own["status"],
        }
    )
    bare = [n for n in dict.fromkeys(offices) if n not in set(office["unit"])]
    rest = pd.DataFrame({"unit": bare, "name": bare, "unit_kind": "区级部门", "results": np.nan, "status": "reported"})
    parts = [frame for frame in (town, office, rest) if len(frame)]
    return pd.concat(parts, ignore_index=True) if parts else town
