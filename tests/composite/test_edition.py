"""The shipped sample through the shipped index: whole, in bounds, and told apart as a sample."""

import pytest

from research.core.scope import open_project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tables():
    from research import assessment, composite, indicators, open_edition

    edition = open_edition("2024", project=open_project(__file__))
    made = indicators.build(edition)
    edition.add_tables(made)
    index = composite.build(edition)
    edition.add_tables(index)
    return {**index, **assessment.build(edition)}


def test_every_place_and_year_has_an_index(tables):
    top = tables["scores"].query("level == 'index'")
    assert len(top) == 80 and top["score"].between(0, 100).all()
    assert set(top["status"]) == {"sample"}


def test_points_add_up_to_the_index_everywhere(tables):
    top = tables["scores"].query("level == 'index'").set_index(["scope", "place", "year"])["score"]
    points = tables["contributions"].groupby(["scope", "place", "year"])["points"].sum()
    assert points.to_numpy() == pytest.approx(top.sort_index().to_numpy(), abs=1e-9)


def test_changes_add_up(tables):
    top = tables["scores"].query("level == 'index' and scope == 'district'").set_index("year")["score"]
    parts = tables["index_changes"].query("scope == 'district' and year == 2024")["points"].sum()
    assert parts == pytest.approx(top[2024] - top[2023])


def test_weights_sum_to_one_and_short_boards_weigh_more(tables):
    w = tables["weights"].query("level == 'indicator'")
    assert w.groupby("scope")["weight"].sum().to_numpy() == pytest.approx([1, 1])
    own = w.query("scope == 'district' and code == 'INC-3-01'").iloc[0]
    assert own["weight"] > own["subjective"]


def test_every_target_has_a_row_and_every_place_a_page(tables):
    assert len(tables["attainment"]) == 216 and len(tables["portrait_brief"]) == 20


def test_an_earlier_edition_has_the_same_past(tables):
    from research import indicators, open_edition
    from research.composite.build_tables import indices

    edition = open_edition("2022", project=open_project(__file__))
    edition.add_tables(indicators.build(edition))
    keys = ["scope", "place", "year", "code"]
    before = {s: r.scores for s, r in indices(edition).items()}
    for scope, frame in before.items():
        now = tables["scores"].query(f"scope == '{scope}'").set_index(keys)["score"]
        then = frame.assign(scope=scope).set_index(keys)["score"]
        assert then.to_numpy() == pytest.approx(now.reindex(then.index).to_numpy(), abs=1e-9, nan_ok=True)


def test_every_other_version_is_recomputed_for_all_years(tables):
    other = tables["index_versions"]
    years = other.groupby(["other_version", "scope"])["year"].agg(lambda y: sorted(set(y)))
    assert set(map(tuple, years)) == {(2021, 2022, 2023, 2024)}
    assert {"2022.1-without-perception", "2022.1-geometric", "2022.1-combined"} <= set(other["other_version"])
    now = tables["scores"].query("level == 'index'").set_index(["scope", "place", "year"])["score"]
    same = other.set_index(["scope", "place", "year"])["score"]
    assert same.to_numpy() == pytest.approx(now.reindex(same.index).to_numpy())


def test_every_value_is_kept_on_its_way(tables):
    cells = tables["index_cells"]
    filled = cells[cells["filled"]]
    assert filled["raw"].isna().all() and filled["imputed"].notna().all() and len(filled) > 0
    assert filled.groupby("scope").size().sum() == tables["availability"]["n_imputed"].sum()
    assert tables["screened"].empty and tables["ahp_consistency"].empty  # nothing is screened or judged in the sample


def test_all_parts_of_the_assessment_are_there(tables):
    assert set(tables["aspects"]["aspect"]) == {"工作机制", "工作推进", "工作保障", "工作成效", "群众测评"}
    assert tables["aspects"].query("computed")["aspect"].eq("工作成效").all()
    assert tables["outline_notes"].query("source == 'text'")["found"].all()
    assert set(tables["duty_matches"]["side"]) == {"target", "task"}
