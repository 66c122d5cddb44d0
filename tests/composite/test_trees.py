"""Further indices: money added up by hand, contributions that add up, closed files, and the sample's two trees."""

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from research.composite import IndexSpec, build_index
from research.composite.aggregate import climb, multipliers
from research.composite.tree import from_nodes
from research.composite.trees import check_trees, files, further_index, read_tree
from research.core.faults import describe
from research.core.scope import open_project
from research.edition.chapters.indices import indices_page
from research.errors import DataError
from research.indicators import open_edition

NODES = pd.DataFrame(
    {
        "code": ["a", "b", "c", "P", "R", "I"],
        "level": [1, 1, 1, 2, 2, 3],
        "parent": ["P", "P", "R", "I", "I", ""],
        "direction": [1, 1, -1, 1, 1, 1],
    }
)
PRICES = {"a": 2.0, "b": 10.0, "c": 5.0}


def values(*rows):
    return pd.DataFrame(rows, columns=["place", "year", "indicator", "value"])


def spec(**more):
    return IndexSpec(normalise="price", aggregate="sum", availability=1.0, prices=PRICES, **more)


def test_quantities_times_prices_are_added_and_a_loss_is_taken_off():
    rows = values(("p", 2024, "a", 100.0), ("p", 2024, "b", 3.0), ("p", 2024, "c", 4.0))
    found = build_index(rows, NODES, spec()).scores.set_index("code")["score"]
    assert found.to_dict() == {"P": 230.0, "R": -20.0, "I": 210.0}


def test_a_sum_with_a_part_missing_is_missing():
    rows = values(("p", 2024, "a", 100.0), ("p", 2024, "b", None), ("p", 2024, "c", 4.0))
    found = build_index(rows, NODES, spec()).scores.set_index("code")["score"]
    assert np.isnan(found["P"]) and np.isnan(found["I"]) and found["R"] == -20


def test_an_indicator_without_a_price_is_named():
    rows = values(("p", 2024, "a", 1.0), ("p", 2024, "b", 1.0), ("p", 2024, "c", 1.0))
    with pytest.raises(DataError, match="prices, b"):
        build_index(rows, NODES, IndexSpec(normalise="price", aggregate="sum", prices={"a": 1.0, "c": 1.0}))


@given(st.lists(st.floats(-100, 100), min_size=6, max_size=6))
def test_the_change_of_a_sum_is_the_sum_of_its_changes(numbers):
    tree = from_nodes(NODES)
    one, other = np.array(numbers[:3])[None], np.array(numbers[3:])[None]
    local = tree.local
    levels = [climb(x, tree, local, ("sum", "sum"))[0] for x in (one, other)]
    factor = multipliers([a[0] for a in levels[0]], [a[0] for a in levels[1]], tree, local, ("sum", "sum"))
    assert float((factor * (other - one)[0]).sum()) == pytest.approx(float(other.sum() - one.sum()), abs=1e-9)


def test_priced_scores_do_not_move_with_other_units():
    assert spec().moves_with == []


@pytest.fixture(scope="module")
def edition():
    return open_edition(2024, "sample", open_project(__file__))


def test_the_sample_s_village_index_has_every_village_and_is_marked_a_proposal(edition):
    found = read_tree(edition.project, edition.project.reference / "indices" / "village.yml")
    scores = further_index(edition, found).scores
    whole = scores[(scores["code"] == "VIL") & (scores["year"] == 2024)]
    assert len(whole) == len(edition.villages) == 348 and whole["score"].dropna().between(0, 100).all()
    assert found.origin == "proposal" and set(whole["status"]) == {"sample"}


def test_the_village_shares_are_those_that_the_district_reports(edition):
    """Villages that have a thing, as a share of a township's, against the indicator that counts them."""
    rows = edition.register("village-values")
    rows = rows[(rows["village_item"] == "民主法治村") & (rows["year"] == 2024)]
    place = dict(zip(edition.villages["code"], edition.villages["place"], strict=True))
    share = 100 * rows.groupby(rows["village"].map(place))["value"].mean()
    told = edition.handed_in
    told = told[(told["indicator"] == "GOV-2-03") & (told["year"] == 2024)].set_index("place")["value"]
    told, share = told[told.index.isin(share.index)], share.reindex(told.index).dropna()
    counts = rows.groupby(rows["village"].map(place)).size()
    assert len(share) > 15 and ((share - told[share.index]).abs() <= 50 / counts[share.index] + 0.05).all()


def test_the_sample_s_value_in_money_is_the_hand_s(edition):
    found = read_tree(edition.project, edition.project.reference / "indices" / "ecology.yml")
    rows = edition.register("quantities")
    price = {n.item: n.price for n in found.nodes if n.item}
    by_hand = (rows["value"] * rows["quantity"].map(price)).groupby([rows["place"], rows["year"]]).sum()
    scores = further_index(edition, found).scores
    made = scores[scores["code"] == "GEP"].set_index(["place", "year"])["score"]
    assert np.allclose(made.sort_index(), by_hand.sort_index().reindex(made.sort_index().index))


def test_the_page_says_proposal_price_source_and_sample_and_names_no_village(edition):
    text = indices_page(edition)
    assert all(w in text for w in ("建议稿", "DB33/T 2274—2025", "示例价", "示例数据", "{#tbl-index-village}"))
    assert not any(name in text for name in set(edition.villages["name"]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "red"}, "colour"),
        ({"origin": "mine"}, "origin"),
        ({"status": "tested"}, "status"),
        ({"quote": "规划没有这句话"}, "「规划没有这句话」"),
        ({"spec": {"normalise": "prise"}}, "prise"),
    ],
)
def test_what_is_wrong_in_a_tree_is_told_by_file(tmp_path, edition, change, words):
    class Project:
        reference = tmp_path

    (tmp_path / "indices").mkdir()
    entries = yaml.safe_load(files(edition.project)[0].read_text("utf-8"))
    (tmp_path / "indices" / "bad.yml").write_text(yaml.safe_dump(entries | change, allow_unicode=True), "utf-8")
    told = describe(check_trees(Project, edition.outline), "zh")
    assert "indices/bad.yml" in told and words in told


def test_a_leaf_without_an_item_or_a_price_is_told_together_with_others(tmp_path, edition):
    class Project:
        reference = tmp_path

    (tmp_path / "indices").mkdir()
    entries = yaml.safe_load(files(edition.project)[0].read_text("utf-8"))
    entries["nodes"][4].pop("price_source")
    entries["nodes"].append({"code": "GEP-X", "name": "甲", "parent": "GEP-Q"})
    (tmp_path / "indices" / "bad.yml").write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")
    told = describe(check_trees(Project), "zh")
    assert all(w in told for w in ("GEP-P1", "价格年份与来源", "GEP-X", "GEP-Q"))
