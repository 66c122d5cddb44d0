"""The rehearsal of an effect in a case: four means by hand, assumptions and checks printed, no word too many."""

import numpy as np
import pandas as pd
import pytest

from research import open_edition
from research.cases.evidence.effect import group_effect
from research.cases.view import west_view


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


def ratio(homes, members):
    """Mean income a head of some places over that of all, by plain sums."""
    part = homes[homes["place"].isin(members)]
    means = [(f["income"] * f["weight"]).sum() / (f["size"] * f["weight"]).sum() for f in (part, homes)]
    return means[0] / means[1]


def test_the_ratio_has_the_error_that_leaving_out_villages_gives():
    """From the sample's file alone: value, and standard error by the jackknife of villages in their strata."""
    edition = open_edition("2024")
    row = west_view(edition).rows.set_index("year").loc[2024]
    homes = pd.read_csv(edition.folder / "households-2024.csv", dtype={"place": str, "village": str})
    homes, members = homes.dropna(subset=["income"]), edition.groups["west"]
    whole, variance = ratio(homes, members), 0.0
    for name, stratum in homes.groupby("stratum"):
        villages = stratum["village"].unique()
        heavier = np.where(homes["stratum"] == name, len(villages) / (len(villages) - 1), 1.0)
        again = homes.assign(weight=homes["weight"] * heavier)  # the others stand for the village that is left out
        others = [ratio(again[again["village"] != v], members) for v in villages]
        variance += (len(villages) - 1) / len(villages) * np.square(np.array(others) - whole).sum()
    assert row["value"] == pytest.approx(whole, abs=1e-9)
    assert row["se"] == pytest.approx(np.sqrt(variance), rel=0.1)
    assert row["lower"] < whole - 1.9 * row["se"] and row["upper"] > whole + 1.9 * row["se"]


def test_the_change_is_tested_between_the_years_that_are_shown():
    view = west_view(open_edition("2024"))
    assert view.significant is True and "提高" in view.sentence()
    view.rows = view.rows[view.rows["year"] < 2023]  # as if the last two were withheld
    assert view.significant is False and "提高" not in view.sentence()
    view.rows = view.rows[view.rows["year"] == 2021]
    assert view.significant is None and "相比" not in view.sentence()
