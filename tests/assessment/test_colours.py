"""Red, yellow, green: thresholds, schedule, staleness, warnings."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.assessment import Rules, expected_share, rules, status
from research.assessment.tasks import task_status, warning
from research.errors import DataError

GRADES = [{"grade": "三级", "behind": 10}, {"grade": "二级", "behind": 20}, {"grade": "一级", "behind": 30}]


@pytest.mark.parametrize(
    ("progress", "colour"),
    [(0.50, "green"), (0.41, "green"), (0.40, "yellow"), (0.21, "yellow"), (0.20, "red"), (None, "grey")],
)
def test_thresholds_at_half_time(progress, colour):
    assert status(progress, expected=0.5, yellow=10, red=30) == colour


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_progress_is_never_a_worse_colour(a, b, expected):
    order = {"red": 0, "yellow": 1, "green": 2}
    low, high = sorted((a, b))
    assert order[status(low, expected)] <= order[status(high, expected)]


@pytest.mark.parametrize(("yellow", "red"), [(30, 10), (10, 10), (-1, 30), (10, 130), ("ten", 30)])
def test_thresholds_that_make_no_sense(yellow, red):
    with pytest.raises(DataError, match="yellow < red"):
        status(0.5, yellow=yellow, red=red)


def test_rules_name_every_bad_setting():
    with pytest.raises(DataError) as caught:
        Rules(yellow=40, red=30, approximate=2, stale_days=0)
    assert len(caught.value.faults) == 3


def test_settings_are_dated():
    settings = {"red_gap": {"values": [{"from": 2021, "value": 30}, {"from": 2024, "value": 25}]}}
    assert (rules(settings, 2023).red, rules(settings, 2024).red) == (30, 25)


def test_schedule_is_the_share_of_days():
    assert expected_share("2022-01-01", "2022-01-11", date(2022, 1, 6)) == 0.5
    assert expected_share("2022-01-01", "2022-01-11", "2021-12-01") == 0.0
    assert expected_share("2022-01-01", "2022-01-11", "2023-01-01") == 1.0


@settings(deadline=None)
@given(st.lists(st.floats(0, 100), min_size=2, max_size=2))
def test_warnings_rise_with_the_shortfall(pair):
    names = ["", "三级", "二级", "一级"]
    low, high = sorted(pair)
    assert names.index(warning(low, GRADES)) <= names.index(warning(high, GRADES))


def task(**changed):
    row = {
        "id": "K1",
        "kind": "重大项目",
        "name": "示例",
        "action": 2,
        "place": "331003001",
        "lead_unit": "区发改局",
        "start": "2024-01-01",
        "due": "2024-12-31",
        "milestone": "开工",
        "milestone_due": "2024-06-30",
        "progress": 0.8,
        "updated": "2024-12-01",
        "status": "sample",
    }
    return row | changed


def test_a_register_is_judged_on_a_day():
    rows = pd.DataFrame(
        [
            task(),
            task(id="K2", due="2025-12-30", progress=0.5),
            task(id="K3", progress=1.0, updated="2024-03-01"),
            task(id="K4", due="2025-12-30", progress=0.1, updated="2024-06-01"),
        ]
    )
    got = task_status(rows, "2024-12-31", Rules(), GRADES).set_index("id")
    assert got["colour"].to_dict() == {"K1": "yellow", "K2": "green", "K3": "green", "K4": "red"}
    assert got["overdue"].to_dict() == {"K1": True, "K2": False, "K3": False, "K4": False}
    assert got["stale"].to_dict() == {"K1": False, "K2": False, "K3": False, "K4": True}
    assert got.loc["K1", "warning"] == "二级" and got.loc["K4", "warning"] == "一级"  # 20 and 40 points behind
    assert got["colour_by"].to_dict() == {"K1": "pace", "K2": "pace", "K3": "met", "K4": "pace"}
    assert got.loc["K4", "behind"] == pytest.approx(100 * (365 / 729 - 0.1), abs=0.01)


def test_all_faults_of_a_register_at_once():
    late = task(id="K9", due="2023-01-01", action=0)
    rows = pd.DataFrame([task(kind="重大"), task(progress=1.5, lead_unit=" "), late])
    with pytest.raises(DataError) as caught:
        task_status(rows, "2024-12-31", Rules(), [{"grade": "a", "behind": 20}, {"grade": "b", "behind": 10}])
    text = str(caught.value)
    assert len(caught.value.faults) == 7
    for part in (
        "row 2, column kind",
        "row 3, column progress",
        "row 3, column lead_unit",
        "row 4, column due",
        "row 4, column action",
        "K1 twice",
        "assessment.warnings",
    ):
        assert part in text


def test_an_overdue_task_is_yellow_at_least_and_says_why():
    got = task_status(pd.DataFrame([task(progress=0.95)]), "2024-12-31", Rules(), GRADES).iloc[0]
    assert (got["colour"], got["colour_by"], got["behind"]) == ("yellow", "due", pytest.approx(5))
