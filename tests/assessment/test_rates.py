"""Rates, mixes, department reports, aspects: counted by hand on a small table."""

import numpy as np
import pandas as pd
import pytest

from research.assessment import rates as r
from research.assessment.aspects import COMPUTED, aspects, totals
from research.assessment.settings import ASPECTS, Rules
from research.errors import DataError


@pytest.fixture
def attainment():
    rows = [
        ("T1", "甲局", "yes", "green", True),
        ("T2", "甲局", "no", "yellow", False),
        ("T3", "甲局", "unassessed", "grey", False),
        ("T4", "乙局", "no", "red", True),
        ("T5", "乙局", "no", "green", False),
        ("T6", "丙局", "unassessed", "grey", False),
    ]
    frame = pd.DataFrame(rows, columns=["target_id", "department", "attained", "colour", "due"])
    return frame.assign(
        action="行动",
        kind="level",
        clause="9",
        target_name="目标",
        indicator="",
        horizon=2025,
        target_text="10",
        unit="个",
        target=10.0,
        value=[10, 8, np.nan, 2, 9, np.nan],
        value_year=2024,
        behind=[0, 15, np.nan, 60, 5, np.nan],
        reason="",
        status="reported",
        source="",
    )


def test_unassessed_are_counted_apart(attainment):
    got = r.rates(attainment).iloc[0]
    assert (got.n_targets, got.n_assessed, got.n_unassessed, got.n_attained) == (6, 4, 2, 1)
    assert (got.rate, got.pace_rate, got.n_due, got.due_rate) == (0.25, 0.5, 2, 0.5)


@pytest.mark.parametrize(("share", "mixed"), [(0, 0.25), (1, 0.25), (0.4, 0.25)])
def test_the_mix_of_both_rates(attainment, share, mixed):
    # departments: 甲局 1 of 2, 乙局 0 of 2, 丙局 cannot be assessed: mean 0.25
    assert r.mixed_rate(attainment, share)["mixed"] == pytest.approx(mixed)


def test_the_mix_differs_where_departments_differ(attainment):
    got = r.mixed_rate(attainment[attainment["target_id"] != "T5"], 0.4)
    assert (got["overall"], got["departments"]) == (pytest.approx(1 / 3), 0.25)
    assert got["mixed"] == pytest.approx(0.6 / 3 + 0.4 * 0.25)


def test_a_share_beyond_one_is_refused(attainment):
    with pytest.raises(DataError, match="department_share"):
        r.mixed_rate(attainment, 1.5)


def test_the_report_a_department_answers(attainment):
    got = r.department_items(attainment)
    assert got.loc[got["department"] == "甲局", "matter"].tolist() == ["说明差距", "补充数据"]
    assert got.loc[got["department"] == "乙局", ["matter", "gap"]].values.tolist() == [["限期整改", 8.0]]
    assert (got[["explanation", "measure", "person", "deadline"]] == "").all().all()


def test_targets_without_an_owner_are_named(attainment):
    attainment.loc[[0, 3], "department"] = [None, "丁局"]
    got = r.check_owners(attainment, pd.DataFrame({"department": ["甲局", "乙局", "丙局"]}))
    assert len(got) == 2 and "T1" in str(got[0]) and "'丁局'" in str(got[1])


def test_rate_table_holds_every_scope(attainment):
    got = r.rate_table(attainment, Rules())
    assert set(got["scope"]) == {"overall", "department", "action", "kind", "mix"}


UNITS = pd.DataFrame(
    {
        "unit": list("abc"),
        "name": list("abc"),
        "unit_kind": "乡镇街道",
        "results": [80.0, 60.0, 80.0],
        "status": "reported",
    }
)
SECTION = {"aspects": dict(zip(ASPECTS, (0.15, 0.2, 0.15, 0.35, 0.15), strict=True))}


def test_only_results_are_computed():
    got = aspects(UNITS, SECTION)
    assert set(got.loc[got["score"].notna(), "aspect"]) == {COMPUTED}
    sums = totals(got)
    assert sums["total"].isna().all() and sums["covered"].unique() == pytest.approx([0.35])
    assert sums["rank"].tolist() == [1, 3, 1]  # ties share the better rank


def test_totals_when_everything_was_handed_in():
    rest = [a for a in ASPECTS if a != COMPUTED]
    handed = pd.DataFrame(
        [{"unit": u, "aspect": a, "score": s} for u, s in zip("abc", (50, 90, 60), strict=True) for a in rest]
    )
    got = totals(aspects(UNITS, SECTION, handed)).set_index("unit")
    assert got["total"].tolist() == pytest.approx([0.65 * 50 + 0.35 * 80, 0.65 * 90 + 0.35 * 60, 0.65 * 60 + 28])
    assert got["rank"].tolist() == [3, 1, 2]


def test_faults_of_aspects_all_at_once():
    handed = pd.DataFrame([{"unit": "x", "aspect": COMPUTED, "score": 120}])
    with pytest.raises(DataError) as caught:
        aspects(UNITS, SECTION, handed)
    assert len(caught.value.faults) == 3
    with pytest.raises(DataError, match="sum of 0.9"):
        aspects(UNITS, {"aspects": dict(zip(ASPECTS, (0.15, 0.2, 0.15, 0.25, 0.15), strict=True))})
