"""The closing assessment on four targets counted by hand."""

import pandas as pd
import pytest

from research.assessment.closing import balance, closing

ROWS = [  # target, attained, comparator, value, target
    ("A", "yes", ">=", 105.0, 100.0),
    ("B", "no", ">=", 80.0, 100.0),
    ("C", "no", "<=", 3.3, 3.0),
    ("D", "unassessed", ">=", None, 50.0),
]


def attained(year, horizon=2025, rows=ROWS):
    return pd.DataFrame(
        [
            {
                "target_id": i,
                "clause": "1",
                "action": "行动",
                "action_no": 1,
                "target_name": i,
                "indicator": "X",
                "unit": "个",
                "comparator": c,
                "horizon": horizon,
                "base": 50.0,
                "base_year": 2021,
                "value": v,
                "value_year": year,
                "target": t,
                "target_text": str(t),
                "attained": a,
                "reason": "" if a != "unassessed" else "暂无观测值",
                "department": "局",
                "status": "reported",
                "source": "x",
                "year": year,
            }
            for i, a, c, v, t in rows
        ]
    )


def test_reached_missed_and_by_how_far():
    got = closing(attained(2025), 2025).set_index("target_id")
    assert got["verdict"].to_dict() == {"A": "reached", "B": "missed", "C": "missed", "D": "unassessed"}
    assert got.loc["B", "gap"] == 20 and got.loc["B", "gap_share"] == pytest.approx(0.2)
    assert got.loc["C", "gap"] == pytest.approx(0.3) and got.loc["C", "gap_share"] == pytest.approx(0.1)
    assert got[["gap", "gap_share"]].loc[["A", "D"]].isna().all(axis=None)
    assert list(got.index) == ["A", "B", "C", "D"]  # reached, then the furthest of the missed, then the unknown


def test_nothing_is_closed_while_the_plan_runs():
    assert closing(attained(2024), 2025).empty
    assert len(closing(attained(2026), 2025)) == 4  # after its last year it stays closed


def test_the_years_are_counted():
    early = attained(2022, 2022, ROWS[:2])
    got = balance(early, pd.concat([attained(2023), attained(2024, rows=ROWS[1:])]), 2025)
    assert got[["year", "horizon", "n_assessed", "n_reached", "n_missed"]].values.tolist() == [
        [2022, 2022, 2, 1, 1],
        [2023, 2025, 3, 1, 2],
        [2024, 2025, 2, 0, 2],
    ]
    assert got["share"].tolist() == pytest.approx([0.5, 1 / 3, 0.0])
