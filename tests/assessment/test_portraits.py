"""Portraits and scorecards on small tables counted by hand."""

import numpy as np
import pandas as pd
import pytest

from research.assessment import indicator_targets, portraits
from research.assessment.scorecards import changes, scorecards

INDICATORS = pd.DataFrame(
    {
        "id": ["a", "b", "c"],
        "name_zh": ["甲", "乙", "丙"],
        "domain_code": ["ECO", "ECO", "ENV"],
        "domain_zh": ["更高质量的经济发展", "更高质量的经济发展", "更可持续的生态环境"],
        "direction": [1, -1, 1],
        "level": ["both", "both", "district"],
        "unit": ["%", "倍", "%"],
    }
)
GOALS = pd.DataFrame([("a", 2025, 50.0), ("c", 2022, 90.0), ("c", 2025, 95.0)], columns=["indicator", "year", "value"])


def observed(rows):
    frame = pd.DataFrame(rows, columns=["place", "year", "indicator", "value", "se", "status"])
    return frame.assign(unit=frame["indicator"].map(dict(zip("abc", ["%", "倍", "%"], strict=True))), source="统计")


@pytest.fixture
def observations():
    return observed(
        [
            ("d", 2023, "a", 40, 1, "reported"),
            ("d", 2024, "a", 52, 1, "sample"),
            ("d", 2023, "b", 2.0, np.nan, "reported"),
            ("d", 2024, "b", 2.1, np.nan, "reported"),
            ("d", 2024, "c", 94, np.nan, "reported"),
            ("t", 2023, "a", 30, 4, "reported"),
            ("t", 2024, "a", 35, 4, "reported"),
        ]
    )


def test_changes_know_direction_error_and_status(observations):
    told = pd.DataFrame(
        [("d", 2024, "a", True), ("t", 2024, "a", False)], columns=["place", "year", "indicator", "significant"]
    ).astype({"significant": "boolean"})
    got = changes(observations, INDICATORS, told).set_index(["place", "indicator", "year"])
    assert got.loc[("d", "a", 2024), "better"] == 1 and got.loc[("d", "b", 2024), "better"] == -1
    assert np.isnan(got.loc[("d", "c", 2024), "better"])
    assert got.loc[("d", "a", 2024), "significant"] and not got.loc[("t", "a", 2024), "significant"]
    assert got.loc[("t", "a", 2024), "better"] == 0 and pd.isna(got.loc[("d", "b", 2024), "significant"])
    cards = scorecards(observations, INDICATORS, "d", got.reset_index()).set_index(["place", "domain"])
    counts = ["n_compared", "n_improved", "n_worsened", "n_same", "n_unconfirmed"]
    assert cards.query("year == 2024").loc[("t", "ALL"), counts].tolist() == [1, 0, 0, 0, 1]
    assert got.loc[("d", "a", 2024), "status"] == "sample"


def test_an_older_value_is_no_value_of_the_year_before():
    got = changes(
        observed([("d", 2021, "b", 2.0, np.nan, "reported"), ("d", 2024, "b", 2.1, np.nan, "reported")]), INDICATORS
    )
    assert got["previous"].isna().all() and got["better"].isna().all()


ATTAINED = pd.DataFrame(
    [
        ("T1", "a", 2025, "level", 50.0, 52.0, 1.04, "yes"),
        ("T2", "c", 2025, "level", 95.0, 94.0, 0.9, "no"),
        ("T2", "c", 2022, "level", 90.0, 94.0, 1.1, "yes"),  # another year's number
        ("T3", "c", 2025, "level", 60.0, 94.0, 1.5, "yes"),  # another target of the same indicator
        ("T4", "b", 2025, "relative", 1.8, 2.1, 0.9, "no"),  # the province's number, not the plan's
        ("T5", "b", 2025, "level", np.nan, np.nan, np.nan, "unassessed"),
    ],
    columns=["target_id", "indicator", "horizon", "rule", "target", "value", "progress", "attained"],
).assign(due=False, place="d", year=2024)


def test_an_indicator_with_a_target_counts_once_by_its_own_number():
    got = indicator_targets.indicator_targets(ATTAINED, INDICATORS, GOALS, 2025).set_index("indicator")
    assert got["target_id"].to_dict() == {"a": "T1", "c": "T2"}
    counted = indicator_targets.counts(got.reset_index()).set_index("domain")
    assert counted.loc["ALL", ["n_target", "n_on_target"]].tolist() == [2, 1]  # 52 of 50, 94 of 95
    assert counted.loc["ENV", ["n_target", "n_on_target"]].tolist() == [1, 0]


def test_scorecards_count(observations):
    reached = indicator_targets.counts(indicator_targets.indicator_targets(ATTAINED, INDICATORS, GOALS, 2025))
    got = scorecards(observations, INDICATORS, "d", reached=reached).set_index(["place", "year", "domain"])
    whole = got.loc[("d", 2024, "ALL")]
    assert (whole.n_indicators, whole.n_available, whole.n_improved, whole.n_worsened) == (3, 3, 1, 1)
    assert (whole.n_target, whole.n_on_target) == (2, 1)
    town = got.loc[("t", 2024, "ALL")]
    assert (town.n_indicators, town.n_available, town.availability) == (2, 1, 0.5)
    assert (town.n_target, town.n_on_target) == (0, 0)
    assert pd.isna(got.loc[("d", 2023, "ALL"), "n_target"])  # a year that was not counted


def test_vertical_and_horizontal():
    scores = pd.DataFrame(
        [
            (p, y, "index", "INDEX", "指数", s, "reported")
            for p, y, s in (("a", 2021, 40.0), ("a", 2022, 43.0), ("a", 2023, 50.0), ("b", 2023, 60.0))
        ],
        columns=["place", "year", "level", "code", "name", "score", "status"],
    )
    own = portraits.results_vertical(scores, 2021).set_index(["place", "year"])
    assert (own.loc[("a", 2023), "since_base"], own.loc[("a", 2023), "since_last"]) == (10, 7)
    assert np.isnan(own.loc[("b", 2023), "since_base"])
    gap = portraits.results_vertical(scores[scores["year"] != 2022], 2021).set_index(["place", "year"])
    assert np.isnan(gap.loc[("a", 2023), "since_last"])  # 2021 is not the year before 2023
    ranks = scores[scores["year"] == 2023].assign(rank=[2, 1], n=2)
    side = portraits.results_horizontal(ranks).set_index("place")
    assert side.loc["a", ["mean", "best_place", "best", "gap_to_best"]].tolist() == [55, "b", 60, 10]


def test_other_places_only_in_the_same_year():
    own = pd.DataFrame(
        [
            {
                "place": "d",
                "year": y,
                "indicator": "INC-3-01",
                "value": v,
                "unit": "倍",
                "status": "sample",
                "source": "",
            }
            for y, v in ((2022, 1.9), (2024, 1.8))
        ]
    )
    other = pd.DataFrame(
        [
            {
                "geo_code": g,
                "geo": g,
                "level": lv,
                "year": 2022,
                "period": "annual",
                "value": v,
                "unit": "倍",
                "indicator": "城乡居民收入倍差",
                "status": "published",
                "source_title": "x",
            }
            for g, lv, v in (("p", "province", 1.95), ("c", "city", 1.85), ("e", "city", 2.0))
        ]
    )
    registry = pd.DataFrame({"id": ["INC-3-01"], "direction": [-1]})
    pairs = {"城乡居民收入倍差": "INC-3-01"}
    got = portraits.compared_with_published(own, other, "d", "本区", registry, pairs).set_index("geo_code")
    assert set(got["year"]) == {2022}
    assert pd.isna(got.loc["d", "better"])
    assert got["better"].dropna().to_dict() == {"p": True, "c": False, "e": True}
    assert got["rank"].dropna().to_dict() == {"d": 2, "c": 1, "e": 3}  # a province is not ranked among cities
    ends = pd.DataFrame([("INC-3-01", 2022, 1.84, 1.96)], columns=["indicator", "year", "lower", "upper"])
    again = portraits.compared_with_published(
        own.assign(value=[1.9, 1.8]), other.assign(value=[1.904, 1.85, 2.0]), "d", "本区", registry, pairs, ends
    ).set_index("geo_code")
    assert again["unsaid"].drop("d").to_dict() == {"p": "持平", "c": "误差之内", "e": ""}
    assert again["better"].dropna().to_dict() == {"e": True}  # alike in print, and inside the own interval: no verdict
    assert got["status"].to_dict() == {"d": "sample", "p": "published", "c": "published", "e": "published"}


@pytest.fixture
def demands():
    rows = [
        ("t", 2023, 1, "入学", 10, 8, 6),
        ("t", 2024, 1, "入学", 12, 9, 6),
        ("t", 2024, 2, "入学", 8, 6, 3),
        ("t", 2024, 1, "交通", 5, 5, 5),
        ("u", 2024, 1, "入学", 5, 5, 5),
        ("u", 2024, 1, "交通", 15, 10, 8),
    ]
    frame = pd.DataFrame(rows, columns=["place", "year", "quarter", "topic", "count", "resolved", "satisfied"])
    return frame.assign(status="reported")


def test_demands_of_a_place(demands):
    got = portraits.demand_portrait(demands).set_index(["place", "year", "topic"]).loc[("t", 2024, "入学")]
    assert (got["count"], got.share, got["change"], got.resolved_rate) == (20, 0.8, 1.0, 0.75)
    assert (got.satisfied_rate, got.unmet, got.unmet_share) == (0.6, 5, 1.0)
    assert got.quotient == pytest.approx(0.8 / (25 / 45)) and bool(got.hot) and got["rank"] == 1


def test_the_districts_demands_are_the_sum(demands):
    whole = portraits.with_district(demands, "d")
    got = portraits.demand_quarters(whole).set_index(["place", "year", "quarter"])
    assert got.loc[("d", 2024, 1), "count"] == 37
    assert portraits.with_district(whole, "d") is whole  # handed in or made once, never twice
