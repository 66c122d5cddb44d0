"""Sentences: the right words, and never another story than the numbers beside them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research import wording as w
from research.wording import sentences as bare

UNITS = st.sampled_from(["元", "%", "倍", "系数", "家", "分", "亿元"])
VALUES = st.floats(0, 1e5, allow_nan=False)
UP, DOWN = ("提高", "增加", "扩大"), ("下降", "减少", "缩小")


@pytest.mark.parametrize(
    ("old", "new", "unit", "text"),
    [
        (88.0, 91.5, "%", "提高3.5个百分点"),
        (1.88, 1.84, "倍", "缩小0.04倍"),
        (58040, 61067, "元", "增加3027元"),
        (160, 171, "家", "增加11家"),
        (91.51, 91.54, "%", "持平"),
        (None, 1.0, "%", ""),
    ],
)
def test_change(old, new, unit, text):
    assert bare.change(old, new, unit) == text


@given(VALUES, VALUES, UNITS)
def test_a_change_is_the_difference_of_the_printed_numbers(old, new, unit):
    text = bare.change(old, new, unit)
    printed = Decimal(w.plain(new, unit)) - Decimal(w.plain(old, unit))
    if printed == 0:
        assert text == "持平"
    else:
        assert text.startswith(UP if printed > 0 else DOWN)
        assert str(abs(printed)) in text


@given(VALUES, VALUES, UNITS)
def test_comparisons_agree_both_ways_round(a, b, unit):
    there, back = bare.compared(a, b, unit, "乙"), bare.compared(b, a, unit, "甲")
    assert ("持平" in there) == ("持平" in back)
    assert there.startswith("高于") == back.startswith("低于")


@given(VALUES, VALUES, UNITS)
def test_a_difference_inside_its_error_has_no_direction(a, b, unit):
    inside = bare.tested(a, b, False, unit, "乙")
    assert not {"高于", "低于", "显著"} & {inside[:2], inside[-3:-1]} and "显著" not in inside
    assert "显著" not in bare.tested(a, b, None, unit) + bare.tested(a, b, float("nan"), unit)


def test_the_words_follow_the_verdict():
    assert bare.tested(59.7, 50, False, "分", "乙") == "与乙相差9.7分，在抽样误差之内"
    assert bare.tested(59.9, 50, True, "分", "乙") == "高于乙9.9分（统计上显著）"
    assert bare.tested(59.9, 50, None, "分", "乙") == "高于乙9.9分"
    assert bare.tested(50.01, 50, True, "分", "乙") == "与乙持平"


@pytest.mark.parametrize(
    ("value", "low", "high", "better", "start"),
    [(92, 91, 93, 1, "整个预测区间都达到"), (88, 87, 89, 1, "整个预测区间都达不到"), (91, 89, 93, 1, "趋势值达到"),
     (89, 87, 91, 1, "趋势值未达到"), (88, 87, 89, -1, "整个预测区间都达到"), (92, 91, 93, -1, "整个预测区间都达不到")],
)  # fmt: skip
def test_a_verdict_hangs_on_the_interval(value, low, high, better, start):
    assert w.verdict(value, low, high, 90, better, "%").startswith(start)


def test_no_verdict_without_an_interval():
    assert w.verdict(92, None, None, 90, 1, "%") == ""


def test_a_sentence_without_a_number_says_so():
    assert bare.changed("收入", "元", 1, None, 2021, 2024) == "收入暂无数据。"
    assert bare.changed("收入", "元", 5, 5, 2024, 2024) == "2024年收入为5元。"
