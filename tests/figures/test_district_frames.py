"""Index, robustness, assessment and portraits: what a notebook gets and says is what the tables hold."""

import re

import numpy as np
import pandas as pd
import pytest

from research import assessment, composite
from research.figures.charts import index as charts_index
from research.indicators.privacy.small_cells import small_cells
from research.wording.compose import compose


def test_gains_and_losses_stand_on_their_own_side():
    figure = charts_index.gains(pd.DataFrame({"name": ["甲", "乙", "丙"], "value": [1.25, -0.5, 0.001]}), total="合计")
    (axes,) = figure.axes
    assert [round(p.get_width(), 3) for p in axes.patches] == [1.25, -0.5, 0.001]
    assert {t.get_text() for t in axes.texts} >= {"+1.25", "-0.50", "0", "合计"}
    low, high = axes.get_xlim()
    assert low < -0.5 and high > 1.25


def test_rank_ranges_hold_every_rank():
    frame = pd.DataFrame({"name": ["甲", "乙"], "rank": [1, 2], "lower": [1, 1], "upper": [2, 7]})
    (axes,) = charts_index.rank_ranges(frame, [[1], [2, 3]], ["乙"], strong_words="西部").axes
    assert axes.get_xlim()[1] > 7
    assert "● 西部" in {t.get_text() for t in axes.texts}


def test_nothing_to_draw_is_a_notice_not_a_crash():
    empty = pd.DataFrame(columns=["name", "value", "rank", "lower", "upper"])
    for chart in (charts_index.gains, charts_index.rank_ranges, charts_index.small_states):
        (axes,) = chart(empty.iloc[:0, :0] if chart is charts_index.small_states else empty).axes
        assert [t.get_text() for t in axes.texts] == ["暂无可用数据"]


def said(template, values):
    return compose(template, values).text


def test_the_change_is_shared_out_to_the_last_digit(edition):
    index = composite.review(edition)
    scores = edition.table("scores").query("level == 'index' and scope == 'district'").set_index("year")["score"]
    assert index.changes["points"].sum() == pytest.approx(scores[2024] - scores[2023])
    assert f"提高{scores[2024] - scores[2023]:.2f}分" in said("{moved}。", index.movers)
    assert index.gains()["value"].sum() == pytest.approx(scores[2024] - scores[2023])


def test_distances_name_the_best_and_everybody_else(edition):
    frame = composite.review(edition).distances()
    assert len(frame) == len(edition.places) - 1
    gaps = frame["差距（分）"].astype(float)
    assert (gaps.diff().dropna() >= 0).all()  # in order of the index


def test_only_raised_weights_stand_in_their_table(edition):
    frame = composite.review(edition).emphasis()
    assert len(frame) == (edition.indicators["emphasis"] != "").sum()
    assert (frame["倍数"].astype(float) > 1).all()


def test_robustness_says_what_the_tables_hold(edition):
    index = composite.review(edition)
    width = index.townships["rank_upper"] - index.townships["rank_lower"] + 1
    mean = f"平均含{np.floor(width.mean() * 10 + 0.5) / 10:.1f}个位次"
    assert mean in said("位次区间平均含{mean}。", index.townships.ranges)
    assert set(index.versions_table()["版本"]) == set(edition.index_versions["versions"]) - {index.version}
    top = edition.table("sobol").query("output == 'rank_shift'").sort_values("total").iloc[-1]
    assert top["factor_zh"] in str(index.leading_choices["together"])
    assert len(index.structure()) == 7  # six domains and the whole


def test_every_cell_of_the_matrix_is_counted(edition):
    text = said("共{all}，{moves}。", assessment.portray(edition).changes)
    rows = edition.table("changes").query("year == 2024 and place != '331003'")["better"].dropna()
    total, *parts = map(int, re.findall(r"(\d+)项次", text))
    assert total == len(rows) and sum(parts) == total
    assert parts[0] == (rows == 1).sum()


def test_unmet_demands_add_up(edition):
    frame, now = assessment.portray(edition).by_topic(), edition.demands.query("year == 2024")
    assert frame["件数"].astype(int).sum() == now["count"].sum()
    assert frame["未办结（件）"].astype(int).sum() == now["count"].sum() - now["resolved"].sum()


def test_the_warning_rule_comes_from_the_settings(edition):
    note = assessment.portray(edition).warnings().known().words["note"]
    for grade in edition.index_versions["assessment"]["warnings"]:
        assert f"落后{grade['behind']}个百分点起为{grade['grade']}" in note


def test_published_places_beside_the_district(edition):
    portraits = assessment.portray(edition)
    frame = portraits.horizontal()
    row = frame[(frame["指标"] == "城乡居民收入倍差") & (frame["年份"] == "2023") & (frame["比较对象"] == "浙江省")]
    assert row["公布值"].item() == "1.86倍" and len(row) == 1
    text = said("共{pairs}，较优{better}，不及{worse}，{unsaid}。", portraits.beside)
    total, better, worse, *unsaid = map(int, re.findall(r"(\d+)组", text))
    assert total == len(frame) == better + worse + sum(unsaid)
    assert (frame["较优"] == edition.name(edition.district)).sum() == better
    assert frame["较优"].isin(["持平", "误差之内", "约数"]).sum() == sum(unsaid) > 0
    assert set(portraits.published.known().data[0]["status"]) == {"sample", "published"}  # the district's own with them


def test_the_outlines_inconsistencies_are_printed(edition):
    plan = assessment.review(edition)
    assert plan.handled()["编号"].tolist() == [f"I{n:02d}" for n in range(1, 19)]
    assert str(plan.found["in_text"]) == "18处"


def test_the_mix_is_the_settings(edition):
    rates = edition.table("attainment_rates")
    whole = rates.loc[rates["scope"] == "overall", "rate"].item()
    own = rates.loc[rates["scope"] == "department", "rate"].mean()
    assert str(assessment.review(edition).mix["mixed"]) == f"{50 * (whole + own):.1f}%"


def test_nobody_is_said_to_rise_by_nothing(edition, monkeypatch):
    """Three places lead the list of what rose; one whose index rose by 0.04 prints 0.0 and is none of them."""
    plan = assessment.review(edition)
    brief = edition.table("portrait_brief")
    last = brief["progress_rank"].dropna().sort_values().iloc[2]
    flat = brief.assign(since_last=brief["since_last"].where(brief["progress_rank"] != last, 0.04))
    real = edition.table
    monkeypatch.setattr(edition, "table", lambda name: flat if name == "portrait_brief" else real(name))
    named = plan._risen
    assert len(named) == 2 and "0.0分" not in "".join(named)


def test_places_that_differ_are_those_of_the_adopted_test(edition):
    towns = edition.place().townships("mean_income")
    rows = edition.table("comparisons")
    rows = rows[(rows["kind"] == "district") & (rows["measure"] == "mean_income") & (rows["year"] == 2024)]
    apart = set(rows.loc[rows["significant"].eq(True) & (rows["residence"] == "all"), "place"])
    assert set(towns.loc[towns["apart"], "place"]) == apart
    assert str(towns.standing["rest"]) == f"{len(towns) - len(apart)}个乡镇街道"


def test_the_parts_of_inequality_add_up_in_every_year(edition):
    parts = edition.place().parts("theil")
    assert parts.groupby("year")["value"].sum().round(6).eq(100).all()


def test_a_gap_without_an_adopted_test_claims_none(edition):
    assert "显著" not in str(edition.place().gap("income_variation").change())


def test_a_gap_between_places_counts_places_and_no_households(edition):
    """Four townships are no small cell of four households: the count has a name of its own."""
    between = edition.place().gaps(dimension="region")
    asked = between[between["measure"].isin(["income_max_min", "income_variation"])]
    assert asked["n"].isna().all() and set(asked["n_places"]) == {len(edition.places)}
    others = edition.place().gaps(dimension="income").query("measure == 'gini'")
    assert "n_places" not in others and (others["n"] > 1000).all()
    few = "place,measure,value,n,n_places\n331003,income_max_min,1.4,,4\n"
    assert small_cells("a.csv", ".csv", few, 10) == []
    assert len(small_cells("a.csv", ".csv", few.replace(",,4", ",4,"), 10)) == 1
