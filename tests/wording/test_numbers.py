"""Number formats against examples written by hand from printed Chinese communiqués, and their laws."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research import wording as w

FINITE = st.floats(-1e9, 1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (73879, "元", "73879元"),  # 台州 2023: 城镇居民人均可支配收入73879元
        (1.84, "倍", "1.84倍"),
        (74.2, "%", "74.2%"),
        (0.4655, "系数", "0.466"),
        (0, "家", "0家"),
        (None, "元", "暂无数据"),
        (float("nan"), "%", "暂无数据"),
        (float("inf"), "%", "暂无数据"),
    ],
)
def test_number(value, unit, text):
    assert w.number(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(303.52e8, "元", "303.52亿元"), (125043, "元", "12.50万元"), (9999, "人", "9999人"), (-20000, "元", "-2.00万元")],
)
def test_large(value, unit, text):
    assert w.large(value, unit) == text


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(0.125, 2, "0.13"), (2.675, 2, "2.68"), (1.005, 2, "1.01"), (-0.5, 0, "-1"), (-0.04, 1, "0.0")],
)
def test_rounding_is_half_up_as_schools_teach(value, digits, expected):
    assert str(w.rounded(value, digits)) == expected


def test_a_range_says_percent_at_both_ends_and_other_units_once():
    assert w.span(1, 2, "%") == "1.0%～2.0%"
    assert w.span(1, 2, "元") == "1～2元"
    assert "~" not in w.span(1, 2, "倍"), "a half-width tilde is markdown"


@given(FINITE, st.integers(0, 4))
def test_rounding_stays_within_half_a_step(value, digits):
    assert abs(w.rounded(value, digits) - Decimal(repr(value))) <= Decimal(5).scaleb(-digits - 1)


@given(st.lists(st.text("甲乙丙", min_size=1), min_size=1, max_size=9))
def test_lists_name_all_or_count_all(names):
    assert all(n in w.listed(names) for n in names)
    assert w.listed(names, 2).endswith(f"等{len(names)}个") == (len(names) > 2)
