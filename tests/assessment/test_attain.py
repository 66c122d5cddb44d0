"""Attainment of single targets: values worked out by hand."""

import pytest

from research.assessment import attainment, joint
from research.errors import DataError

# direction, base, target, value, way from base, ratio: worked by hand
HAND = [
    (">=", 100, 200, 150, 0.5, 0.75),
    ("<=", 2.0, 1.8, 1.9, 0.5, 1.8 / 1.9),
    (">=", 100, 200, 220, 1.2, 1.1),
]


@pytest.mark.parametrize(("comparator", "base", "target", "value", "distance", "ratio"), HAND)
def test_both_rules_differ_as_published(comparator, base, target, value, distance, ratio):
    by_way = attainment(value, target, comparator=comparator, base=base, rule="distance")
    by_ratio = attainment(value, target, comparator=comparator, base=base)
    assert by_way.rate == pytest.approx(distance)
    assert by_ratio.rate == pytest.approx(ratio)


def test_cap_holds_the_rate_down():
    assert attainment(220, 200, base=100, rule="distance", cap=1.0).rate == 1.0


def test_base_equal_to_target_says_which_rule_was_used():
    got = attainment(200, 200, base=200, rule="distance")
    assert (got.rate, got.rule, got.attained) == (1.0, "ratio", True)
    assert "base equals target" in got.reason


@pytest.mark.parametrize(
    ("comparator", "at", "met"),
    [(">=", 90.9, True), (">", 90.9, False), ("<=", 3, True), ("<", 3, False), ("=", 4, True), ("~", 3.8, True)],
)
def test_comparators_at_their_edge(comparator, at, met):
    target = {"<=": 3, "<": 3, "=": 4, "~": 4}.get(comparator, 90.9)
    assert attainment(at, target, comparator=comparator, tolerance=0.05).attained is met


def test_approximate_fails_just_outside_its_tolerance():
    assert attainment(3.79, 4, comparator="~", tolerance=0.05).attained is False


def test_more_than_about_is_no_failure():
    assert attainment(5, 4, comparator="~", tolerance=0.05).attained is True


def test_ceiling_of_zero_has_no_ratio():
    assert attainment(0, 0, "ceiling").rate == 1.0
    got = attainment(12, 0, "ceiling")
    assert (got.rate, got.attained, got.rule) == (0.0, False, "test")


def test_range_is_met_between_its_ends():
    assert attainment(1.0, (0.9, 1.1), "range").attained is True
    assert attainment(1.2, (0.9, 1.1), "range", base=1.3).rate == pytest.approx(0.5)


def test_missing_is_unassessed_never_a_no():
    assert attainment(None, 1).attained is None
    assert attainment(float("nan"), 1).attained is None
    assert attainment(1, None).reason == "target is missing"


def test_two_conditions_need_both():
    good, bad, unknown = attainment(32, 30), attainment(12, 15), attainment(None, 15)
    assert joint([good, good]).attained is True
    assert joint([good, bad]).attained is False
    assert joint([good, unknown]).attained is None
    assert joint([bad, unknown]).attained is False  # one failure settles it


def test_all_wrong_words_are_named_at_once():
    with pytest.raises(DataError) as caught:
        attainment(1, 1, kind="levle", comparator="=>", rule="rato", tolerance=2)
    assert len(caught.value.faults) == 4
    assert "did you mean 'level'?" in str(caught.value)


@pytest.mark.parametrize("bad", ["3.2万", float("inf")])
def test_text_and_infinity_are_refused(bad):
    with pytest.raises(DataError, match="number"):
        attainment(bad, 1)
