"""Targets against observations, one by one on a small table, and on the real reference tables."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.assessment import Rules, attain_targets, check_rules
from research.errors import DataError
from research.indicators.reference.plans import Plan

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
PLACE = "1"
PLAN = Plan("p", "规划", 2021, 2025, (2022, 2025), 2021)
RULES = Rules(plan=PLAN)
NUMBERS = ("target", "year", "value", "kind")


def target(id_, t22=None, t25=None, kind="level", kind_2022="", cls="numeric", comparator=">="):
    stated = [(id_, y, v, k) for y, v, k in ((2022, t22, kind_2022), (2025, t25, "")) if v is not None]
    return {
        "id": id_,
        "clause": "9",
        "action": "行动",
        "action_no": 2,
        "indicator": id_,
        "unit": "个",
        "comparator": comparator,
        "kind": kind,
        "class": cls,
        "department": "区发改局",
        "stated_": stated,
    }


def split(rows):
    """The table of targets and the table of their numbers."""
    years = pd.DataFrame([s for r in rows for s in r["stated_"]], columns=list(NUMBERS))
    return pd.DataFrame(rows).drop(columns="stated_"), years


def observed(**series):
    rows = [
        {"place": PLACE, "year": y, "indicator": i, "value": v, "status": "reported", "source": "统计"}
        for i, values in series.items()
        for y, v in values.items()
    ]
    return pd.DataFrame(rows)


def assess(rows, rule, series, year=2024, published=None, horizon=None, comparator="", reference="", name=""):
    table = pd.DataFrame(
        [
            {
                "target": rows["id"],
                "indicator": "X",
                "rule": rule,
                "comparator": comparator,
                "reference": reference,
                "reference_indicator": name,
                "note": "",
            }
        ]
    )
    got = attain_targets(*split([rows]), table, observed(X=series), PLACE, year, RULES, published, horizon)
    return got.iloc[0]


def test_level_is_paced_from_its_base():
    got = assess(target("T", t25=180), "level", {2021: 100, 2024: 140})
    assert (got.rate, got.rate_rule, got.attained) == (0.5, "distance", "no")
    assert got.expected == pytest.approx(160)  # three of four years of the way from 100 to 180
    assert got.behind == pytest.approx(25) and got.colour == "yellow"


def test_cumulative_counts_from_nothing_before_the_plan():
    got = assess(
        target("T", t22=55, t25=300, kind="cumulative", kind_2022="flow per year"),
        "cumulative",
        {2021: 60, 2022: 130, 2024: 180},
    )
    assert got.rate == pytest.approx(0.6)
    assert got.expected == pytest.approx(240)  # four of five years: the 2022 amount is no point on this path
    assert got.behind == pytest.approx(20) and got.colour == "yellow"


def test_the_2022_amount_is_the_growth_of_the_running_total():
    got = assess(
        target("T", t22=55, t25=300, kind="cumulative", kind_2022="flow per year"),
        "cumulative",
        {2021: 60, 2022: 130},
        year=2022,
    )
    assert (got.value, got.target, got.attained, got.rule) == (70, 55, "yes", "flow")


def test_cumulative_milestone_of_the_same_kind_is_on_the_path():
    got = assess(target("T", t22=70, t25=100, kind="cumulative"), "cumulative", {2022: 75, 2024: 85})
    assert got.expected == pytest.approx(90)  # 70 in 2022, 100 in 2025
    assert got.colour == "green"


def test_growth_is_a_geometric_mean():
    got = assess(target("T", t25=10, kind="annual growth"), "growth", {2021: 12, 2022: 9, 2023: 10})
    assert got.value == pytest.approx(100 * ((1.12 * 1.09 * 1.10) ** (1 / 3) - 1))
    assert got.attained == "yes"


def test_growth_of_a_level_series():
    got = assess(target("T", t25=6, kind="annual growth"), "growth_of", {2021: 20, 2023: 22.05})
    assert got.value == pytest.approx(5.0) and got.attained == "no"


def test_floor_is_held_by_its_worst_year():
    got = assess(target("T", t25=95), "floor", {2021: 96, 2022: 94, 2024: 97})
    assert (got.value, got.value_year, got.attained, got.colour) == (94, 2022, "no", "yellow")


def test_ceiling_missed_before_its_date_is_not_green():
    got = assess(target("T", t25=3, comparator="<="), "ceiling", {2024: 3.05}, comparator="<=")
    assert (got.attained, got.colour) == ("no", "yellow")


def published(values, name="倍差"):
    return pd.DataFrame(
        [
            {"geo_code": "330000", "indicator": name, "period": "annual", "year": y, "value": v}
            for y, v in values.items()
        ]
    )


def test_relative_needs_the_same_year():
    row = target("T", t25="<全省平均", cls="relative", comparator="<")
    got = assess(
        row, "relative", {2023: 1.84, 2024: 1.80}, published=published({2023: 1.86}), reference="330000", name="倍差"
    )
    assert (got.value_year, got.target, got.attained) == (2023, 1.86, "yes")
    none = assess(row, "relative", {2024: 1.80}, published=published({2023: 1.86}), reference="330000", name="倍差")
    assert none.attained == "unassessed" and "参照值" in none.reason


def test_equal_to_the_province_is_not_below_it():
    row = target("T", t25="<全省平均", cls="relative", comparator="<")
    got = assess(row, "relative", {2023: 1.86}, published=published({2023: 1.86}), reference="330000", name="倍差")
    assert got.attained == "no"


def test_growth_relative_to_the_province():
    row = target("T", t25="领先全省", cls="relative", comparator=">")
    got = assess(
        row,
        "relative_growth",
        {2021: 100, 2022: 106},
        year=2022,
        reference="330000",
        name="人均",
        published=published({2021: 200, 2022: 210}, "人均"),
    )
    assert got.value == pytest.approx(6) and got.target == pytest.approx(5) and got.attained == "yes"


def test_the_moving_bar_is_not_joined_over_years():
    got = assess(target("T", t22=100, t25=100, kind="ratio"), "both", {2021: 60, 2024: 90})
    assert (got.rate_rule, got.rate) == ("ratio", 0.9)


def test_future_values_are_not_looked_at():
    got = assess(target("T", t25=180), "level", {2021: 100, 2023: 120, 2024: 200}, year=2023)
    assert (got.value, got.value_year) == (120, 2023)


def test_unassessed_targets_say_why():
    rows = [target("A", t25=5), target("B", t25="基本建成", cls="relative")]
    table = pd.DataFrame(
        columns=["target", "indicator", "rule", "comparator", "reference", "reference_indicator", "note"]
    )
    got = attain_targets(*split(rows), table, observed(X={2024: 1}), PLACE, 2024, RULES)
    assert got["attained"].tolist() == ["unassessed", "unassessed"]
    assert "无数据序列" in got.reason[0] and "定性" in got.reason[1]
    assert got["colour"].tolist() == ["grey", "grey"]


def test_status_is_the_weakest_of_the_values_used():
    frame = observed(X={2021: 12, 2022: 9})
    frame.loc[1, "status"] = "sample"
    table = pd.DataFrame([{"target": "T", "indicator": "X", "rule": "growth"}])
    got = attain_targets(
        *split([target("T", t25=10)]),
        table.assign(comparator="", reference="", reference_indicator="", note=""),
        frame,
        PLACE,
        2022,
        RULES,
    )
    assert got["status"].tolist() == ["sample"]


def test_the_shipped_joining_table_is_whole():
    table = pd.read_csv(REFERENCE / "target_indicators.csv", keep_default_na=False)
    targets, indicators = (pd.read_csv(REFERENCE / f"{n}.csv") for n in ("targets", "indicators"))
    assert check_rules(table, targets, indicators) == []


def test_a_target_twice_is_named():
    table = pd.DataFrame([{"target": "T", "indicator": "X", "rule": "level", "comparator": ""}] * 2)
    with pytest.raises(DataError, match="each target once"):
        attain_targets(*split([target("T", t25=1)]), table, observed(X={2024: 1}), PLACE, 2024, RULES)


def test_all_216_targets_get_a_row():
    targets = pd.read_csv(REFERENCE / "targets.csv", dtype={"clause": str})
    years = pd.read_csv(REFERENCE / "target_years.csv", keep_default_na=False)
    table = pd.read_csv(REFERENCE / "target_indicators.csv", keep_default_na=False)
    values = {i: {2021: 1.0, 2024: 1.0} for i in table["indicator"].unique()}
    frame = observed(**values)
    got = attain_targets(targets, years, table, frame, PLACE, 2024, RULES)
    assert len(got) == 216 and got["target_id"].is_unique
    assert set(got["attained"]) <= {"yes", "no", "unassessed"}
    assert (got.loc[got["attained"] == "unassessed", "reason"] != "").all()
    assert not np.isinf(got["rate"].astype(float)).any()


def test_values_handed_in_for_a_target_itself():
    table = pd.DataFrame(
        columns=["target", "indicator", "rule", "comparator", "reference", "reference_indicator", "note"]
    )
    handed = pd.DataFrame(
        [{"target": "A", "place": PLACE, "year": 2024, "value": 8.0, "status": "reported", "source": "部门报送"}]
    )
    got = attain_targets(
        *split([target("A", t25=10, kind="cumulative")]),
        table,
        observed(X={2024: 1}),
        PLACE,
        2024,
        RULES,
        reported=handed,
    ).iloc[0]
    assert (got.rate, got.attained, got.status, got.colour) == (0.8, "no", "reported", "green")


def test_a_reference_given_as_about_decides_nothing_inside_its_last_digit():
    row = target("T", t25="<全省平均", cls="relative", comparator="<")
    about = published({2025: 1.81}).assign(margin=0.01)
    near = assess(row, "relative", {2025: 1.80}, year=2025, published=about, reference="330000", name="倍差")
    assert near.attained == "unassessed" and "左右" in near.reason and near.target == 1.81
    clear = assess(row, "relative", {2025: 1.78}, year=2025, published=about, reference="330000", name="倍差")
    assert clear.attained == "yes"


def test_once_its_day_has_come_a_target_is_met_or_missed_whatever_the_pace():
    near = assess(target("T", t25=180), "level", {2021: 100, 2025: 179}, year=2025)
    assert (near.attained, near.colour, bool(near.due)) == ("no", "red", True)
    late = assess(target("T", t25=180), "level", {2021: 100, 2024: 190}, year=2025)
    assert late.attained == "unassessed" and "尚未报送" in late.reason and late.value == 190
    broken = assess(target("T", t25=95), "floor", {2021: 96, 2023: 90}, year=2025)
    assert (broken.attained, broken.value) == ("no", 90)  # a floor that was broken stays broken


def test_before_the_plan_nothing_is_judged():
    got = assess(target("T", t25=180), "level", {2019: 100, 2020: 190}, year=2020)
    assert got.attained == "unassessed" and "2021年起实施" in got.reason


NEXT = Plan("q", "规划", 2026, 2030, (2028, 2030), 2025)


def of_the_next(rule, series, year, stated, kind="level"):
    row = pd.DataFrame(
        [
            {
                "id": "U",
                "clause": "1",
                "action": "行动",
                "action_no": 1,
                "indicator": "U",
                "unit": "个",
                "comparator": ">=",
                "kind": kind,
                "class": "numeric",
                "department": "局",
            }
        ]
    )
    years = pd.DataFrame([("U", y, v, "") for y, v in stated.items()], columns=list(NUMBERS))
    table = pd.DataFrame(
        [
            {
                "target": "U",
                "indicator": "X",
                "rule": rule,
                "comparator": "",
                "reference": "",
                "reference_indicator": "",
                "note": "",
            }
        ]
    )
    return attain_targets(row, years, table, observed(X=series), PLACE, year, Rules(plan=NEXT)).iloc[0]


def test_the_next_plan_starts_from_its_own_base():
    got = of_the_next("level", {2021: 10, 2025: 50, 2027: 56}, 2027, {2028: 60, 2030: 70})
    assert (got.horizon, got.base, got.base_year) == (2028, 50, 2025)
    assert got.rate == pytest.approx(0.6) and got.expected == pytest.approx(50 + 10 * 2 / 3)
    before = of_the_next("level", {2021: 10, 2023: 50}, 2026, {2030: 70})
    assert before.attained == "unassessed"  # a value of the plan before is no result of this one


def test_a_running_total_of_the_plan_before_is_carried_not_counted():
    added = of_the_next("increase", {2025: 100, 2026: 130}, 2026, {2030: 150}, kind="cumulative")
    assert (added.value, added.rate) == (30, 0.2)
    on = of_the_next("cumulative", {2025: 100, 2026: 120}, 2026, {2030: 200}, kind="cumulative")
    assert on.expected == pytest.approx(120)  # from the 100 that stood to 200, a fifth of the way
    anew = of_the_next("cumulative", {2025: 100, 2026: 20}, 2026, {2030: 200}, kind="cumulative")
    assert anew.expected == pytest.approx(40)  # the count began again: nothing stood
