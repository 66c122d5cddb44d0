"""Sentences of a notebook: clauses that fall away, numbers that stay linked, words that may not contradict them."""

import pytest

from research.errors import DataError
from research.wording.compose import compose
from research.wording.values import Value, names, value

HERE = {"place": "甲镇", "year": 2024}
NOW = Value("0.312", words=HERE, row={"place": "01", "year": 2024, "measure": "gini"})
DOWN = Value("比2021年下降0.021（统计上显著）", -1, True)
GONE = Value("", absent="甲镇暂无基尼系数数据。", words=HERE)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            "{year}年{place}基尼系数{now}，{change}；农村内部差距{gone}。",
            "2024年甲镇基尼系数0.312，比2021年下降0.021（统计上显著）。",
        ),
        ("{place}基尼系数{now}，{gone}；{change}。", "甲镇基尼系数0.312；比2021年下降0.021（统计上显著）。"),
        ("{place}基尼系数{now}（{gone}）。", "甲镇基尼系数0.312。"),
        ("{place}基尼系数{now}。农村为{gone}，{now}。", "甲镇基尼系数0.312。甲镇暂无基尼系数数据。"),
        ("以{place}为例，{gone}。", "甲镇暂无基尼系数数据。"),
        ("按名义值，{gone}，{now}。", "甲镇暂无基尼系数数据。"),
    ],
)
def test_a_clause_whose_value_does_not_exist_falls_away(template, said):
    assert compose(template, {"now": NOW, "change": DOWN, "gone": GONE}).text == said


def test_each_number_stays_linked_to_its_row():
    made = compose("{place}基尼系数{now}。", {"now": NOW})
    assert made.links == [{"name": "now", "text": "0.312", "place": "01", "year": "2024", "measure": "gini"}]


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{place}差距扩大，{change}。", None),  # another clause: it has no value of its own, and leads to this one
        ("{place}差距提高到{change}。", "“提高”"),
        ("{place}{now}，高于从前：{change}。", "“高于”"),
        ("{place}变化显著，{flat}。", "“显著”"),
        ("最低的是{top}。", "“最低”"),
        ("{place}为0.31，{now}。", "手写的0.31"),
        ("2024年{now}。", "手写的2024年"),
        ("{ratio}倍。", "倍倍"),
        ("{nwo}。", "now"),
        ("{bare}。", "带单位的数值"),
    ],
)
def test_words_that_contradict_the_numbers_are_refused(template, found):
    given = {
        "now": NOW,
        "change": DOWN,
        "flat": Value("与2021年持平", 0),
        "top": names(["甲"], extreme=1),
        "ratio": value(1.8, "倍"),
    }
    if "bare" in template:
        given["bare"] = 0.312
    with pytest.raises(DataError) as refused:
        compose(template, given)
    assert found is None or found in refused.value.text("zh")


def test_words_that_agree_are_let_pass():
    assert compose("{place}差距缩小：{change}。", {"now": NOW, "change": DOWN}).text.startswith("甲镇差距缩小")
    assert compose("经济增加值{now}，增长率{change}。", {"now": NOW, "change": DOWN}).text.startswith("经济增加值")


def test_a_number_needs_a_unit_and_a_year_does_not():
    with pytest.raises(DataError, match="unit"):
        value(1.8, "")
    assert compose("{since}年以来{now}。", {"now": NOW, "since": 2021}).text == "2021年以来0.312。"


def test_all_faults_of_a_sentence_are_told_at_once():
    with pytest.raises(DataError) as refused:
        compose("提高{change}，为0.5。", {"change": DOWN})
    assert len(refused.value.faults) == 2
