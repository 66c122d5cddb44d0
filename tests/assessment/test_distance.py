"""Distance to the plan: ways by hand, the domain's trend by the textbook, and forecasts held against what came."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress

from research.assessment.distance import by_domain, common, summary, tried
from research.assessment.ways import Way, domain_of, ways
from research.core.scope import open_project
from research.indicators.reference.plans import Plan
from tests.support.years import built

PLAN = Plan("p", "规划", 2021, 2025, (2022, 2025), 2021)
NO_OUTLOOK = pd.DataFrame({"target_id": [], "horizon": [], "chance": []})


def way(values, name="T", base=0.0, goal=10.0, curve=((2021, 0.0), (2025, 1.0))):
    covered = {y: (v - base) / (goal - base) for y, v in values.items()}
    return Way(name, name, "A", 2025, base, goal, ">=", covered, values, curve, "reported")


def attained(**more):
    row = {"target_id": "T", "target_name": "甲", "indicator": "X", "rule": "level", "horizon": 2025, "target": 20.0}
    return pd.DataFrame([row | {"comparator": ">=", "year": 2024} | more])


def seen(values):
    return pd.DataFrame(
        [{"place": "d", "year": y, "indicator": "X", "value": v, "status": "reported"} for y, v in values.items()]
    )


def test_a_way_is_counted_from_the_base_through_the_milestones():
    stated = {"T": {2022: (14.0, ""), 2025: (20.0, "")}}
    found, left = ways(attained(), seen({2021: 10, 2023: 16}), None, stated, "d", PLAN, {"T": "A"})
    assert left == {} and found[0].covered == {2021: 0.0, 2023: pytest.approx(0.6)}
    assert [found[0].asked(y) for y in (2021, 2022, 2023, 2025)] == pytest.approx([0, 0.4, 0.6, 1])


@pytest.mark.parametrize(
    ("row", "values", "domains", "why"),
    [
        ({"rule": "floor"}, {2021: 10}, {"T": "A"}, "other rule"),
        ({"target": np.nan}, {2021: 10}, {"T": "A"}, "no number"),
        ({}, {2022: 10}, {"T": "A"}, "no base"),
        ({}, {2021: 20}, {"T": "A"}, "no way"),
        ({"comparator": "<="}, {2021: 10}, {"T": "A"}, "no way"),
        ({}, {2021: 10}, {}, "no domain"),
    ],
)
def test_targets_without_a_way_are_left_out_by_name(row, values, domains, why):
    assert ways(attained(**row), seen(values), None, {"T": {}}, "d", PLAN, domains) == ([], {"T": why})


def test_a_target_belongs_where_its_indicator_does_and_else_where_it_is_filed():
    targets = pd.DataFrame({"id": ["T1", "T2", "T3"], "subdomain": ["乙", "乙", ""]})
    indicators = pd.DataFrame({"id": ["X", "Y"], "domain_code": ["A", "B"], "subdomain_zh": ["甲", "乙"]})
    assert domain_of(targets, indicators, {"T1": "X"}) == {"T1": "A", "T2": "B"}


def test_a_domain_s_trend_is_the_line_through_the_mean_of_its_ways():
    one, two = way({2021: 0, 2022: 2, 2023: 5, 2024: 7}, "A1"), way({2021: 0, 2022: 3, 2023: 5, 2024: 9}, "A2")
    late = way({2024: 9}, "A3")
    table, curves = by_domain([one, two, late], NO_OUTLOOK, {}, {"A": "甲"}, {"A": 5}, 2024, 2025, 0.8)
    row = table.iloc[0]
    line = linregress([2021, 2022, 2023, 2024], [0, 0.25, 0.5, 0.8])
    assert row["projection"] == pytest.approx(line.intercept + 2025 * line.slope)
    assert (row["covered"], row["asked"], row["n_used"], row["n_way"], row["n_targets"]) == (0.8, 0.75, 2, 3, 5)
    assert row["lower"] < row["projection"] < row["upper"] and 0.5 < row["chance"] < 1
    assert curves["year"].tolist() == [2021, 2022, 2023, 2024, 2025] and curves["asked"].iloc[-1] == 1
    assert curves["projection"].notna().tolist() == [False] * 4 + [True]


def test_three_years_give_a_curve_and_no_forecast():
    table, curves = by_domain(
        [way({2022: 2, 2023: 5, 2024: 7})], NO_OUTLOOK, {}, {"A": "甲", "B": "乙"}, {"A": 1}, 2024, 2025, 0.8
    )
    assert table["chance"].isna().all() and table["n_used"].tolist() == [1, 0] and curves["projection"].isna().all()


def test_targets_with_the_years_of_a_forecast_come_before_more_targets_without():
    long = way({y: 1.0 for y in range(2021, 2025)}, "L")
    short = [way({2023: 1.0, 2024: 1.0}, f"S{i}") for i in range(5)]
    assert [w.target for w in common([long, *short], 2024)[0]] == ["L"]
    assert len(common(short, 2024)[0]) == 5 and common([long], 2025) == ([], [])


@given(st.floats(-3, 3), st.floats(-50, 50), st.integers(5, 9))
def test_forecasts_of_a_straight_series_miss_by_nothing(slope, start, count):
    series = {2020 + k: start + slope * k for k in range(count)}
    rows = tried([way(series)], 0.8)
    assert rows["year"].tolist() == list(range(2023, 2020 + count))
    assert np.allclose(rows["error"], 0, atol=1e-6) and np.allclose(rows["stayed"], -0.2 * slope, atol=1e-6)


def test_a_tried_forecast_sees_nothing_of_the_last_two_years():
    rows = tried([way({2021: 1, 2022: 2, 2023: 3, 2024: 4, 2025: 5, 2026: 60})], 0.8)
    last = rows.iloc[-1]
    assert (last["seen"], last["n_years"], last["year"]) == (2024, 4, 2026)
    assert last["forecast"] == pytest.approx(6) and last["error"] == pytest.approx(-5.4)
    assert rows["lower"].notna().tolist() == [False, False, True] and last["upper"] < 60


def test_the_intervals_hold_as_often_as_they_say_where_the_world_is_a_line_with_noise():
    random = np.random.default_rng(7)
    found = [
        way({2010 + k: 100 + 3 * k + e for k, e in enumerate(random.normal(0, 5, 7))}, f"T{i}") for i in range(400)
    ]
    rows = tried(found, 0.8)
    exact = rows[rows["n_years"] == 5]
    assert len(exact) == 400 and 0.76 <= summary(exact)["inside"] <= 0.86


@pytest.mark.slow
def test_the_sample_s_tables_stand_on_the_assessment():
    edition = built(open_project(__file__), 2024)
    table, curves = edition.table("domain_distance"), edition.table("domain_curves")
    assert set(table["domain"]) == set(edition.indicators["domain_code"])
    assert table["chance"].between(0, 1).all() and (table["n_used"] <= table["n_targets"]).all()
    assert (curves.loc[curves["year"] == edition.plan.end, "asked"] == 1).all()
    rows = edition.table("forecasts_tried")
    assert (rows["year"] - rows["seen"] >= 2).all() and set(rows["status"]) == {"sample"}
