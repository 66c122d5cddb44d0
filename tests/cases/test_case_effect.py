"""The rehearsal of an effect in a case: four means by hand, assumptions and checks printed, no word too many."""

import numpy as np
import pytest

from research import open_edition
from research.cases.evidence.effect import group_effect


@pytest.fixture(scope="module")
def rehearsed():
    edition = open_edition("2024")
    return edition, group_effect(edition, 2023)


def test_the_estimate_is_the_difference_of_two_changes(rehearsed):
    edition, found = rehearsed
    homes = edition.households.dropna(subset=["income_pc"])
    means = {}
    for (place, year), part in homes.groupby(["place", "year"]):
        key = (place in set(edition.groups["west"]), year >= 2023)
        means.setdefault(key, []).append(np.average(part["income_pc"], weights=part["person_weight"]))
    by = {key: np.mean(values) for key, values in means.items()}
    expected = (by[True, True] - by[True, False]) - (by[False, True] - by[False, False])
    assert found.effect.estimate == pytest.approx(expected, rel=1e-9)


def test_the_sentence_says_no_more_than_the_interval(rehearsed):
    found = rehearsed[1]
    assert found.effect.lower < 0 < found.effect.upper  # sample data hold no effect of the measure
    sentence = found.sentence()
    assert "不足以说明" in sentence and "置信区间" in sentence
    assert not any(word in sentence for word in ("增加", "减少", "提高", "缩小", "显著"))


def test_assumptions_and_placebo_checks_are_printed(rehearsed):
    cells = rehearsed[1].table().frame
    items = cells["项目"].tolist()
    assert items.count("假定") == 3 and any("平行趋势" in text for text in cells["内容"])
    assert [i for i in items if i.startswith("检验：虚设起点")] and [i for i in items if "随机调换" in i]
    assert all(text.endswith(("通过", "未通过")) for i, text in zip(items, cells["内容"], strict=True) if "检验" in i)


def test_the_case_shows_it_and_calls_it_a_rehearsal():
    text = (open_edition("2024").project.reports / "cases" / "paired-villages.qmd").read_text("utf-8")
    assert "#text-west-did" in text and "#tbl-west-did" in text and "方法演练" in text
