"""Several experts: scores and judgements from spreadsheets, put together, their faults named."""

import numpy as np
import pandas as pd
import pytest

from research.composite import IndexSpec, build_index, from_nodes, group_ahp, group_weights, read_versions
from research.composite.experts import read_judgements, read_scores
from research.errors import DataError

NODES = pd.DataFrame(
    [("a", 1, "X"), ("b", 1, "X"), ("c", 1, "Y"), ("X", 2, "I"), ("Y", 2, "I"), ("I", 3, "")],
    columns=["code", "level", "parent"],
)
ROWS = pd.DataFrame(
    [{"place": "p", "year": 2024, "indicator": i, "value": v} for i, v in zip("abc", (4, 6, 9), strict=True)]
)
POSTS = dict.fromkeys("abc", (0, 10))


def file(folder, text, name="experts.csv"):
    (folder / name).write_text(text, "utf-8-sig")  # as Excel saves CSV UTF-8
    return folder / name


def weights_of(spec, tree=NODES):
    return build_index(ROWS, tree, spec).weights.set_index("code")["weight"]


def test_scores_of_three_experts_by_mean_and_median(tmp_path):
    path = file(
        tmp_path, "expert,node,weight,name\nE1,X,60,甲\nE1,Y,40,甲\nE2,X,1,乙\nE2,Y,1,乙\nE3,X,9,丙\nE3,Y,1,丙\n"
    )
    opinions = read_scores(path)
    mean = weights_of(IndexSpec(goalposts=POSTS, weights={"subjective": "expert", "opinions": opinions}))
    assert mean["X"] == pytest.approx((0.6 + 0.5 + 0.9) / 3) and mean["a"] == pytest.approx(mean["X"] / 2)
    half = weights_of(
        IndexSpec(goalposts=POSTS, weights={"subjective": "expert", "opinions": opinions, "expert_mean": "median"})
    )
    assert half["X"] == pytest.approx(0.6 / (0.6 + 0.4))


def test_a_version_names_its_experts_file(tmp_path):
    file(tmp_path, "expert,node,weight\nE1,X,3\nE1,Y,1\n")
    file(tmp_path, "expert,parent,first,second,times\nE1,I,X,Y,1/3\nE2,I,Y,X,1/3\n", "judgements.csv")
    file(
        tmp_path,
        "current: one\nversions:\n  one: {weights: {subjective: expert, experts: experts.csv}}\n"
        "  two: {weights: {subjective: ahp, judgements: judgements.csv}}\n",
        "index.yml",
    )
    _, versions = read_versions(tmp_path / "index.yml")
    assert weights_of(versions["one"]["district"].but(goalposts=POSTS))["X"] == pytest.approx(0.75)
    assert weights_of(versions["two"]["district"].but(goalposts=POSTS))["X"] == pytest.approx(0.5)  # 1/3 and 3


def test_nodes_left_out_of_a_scope_may_be_named(tmp_path):
    opinions = {"E1": {"a": 3, "b": 1, "X": 1, "Y": 1}}
    spec = IndexSpec(goalposts=POSTS, weights={"subjective": "expert", "opinions": opinions})
    assert weights_of(spec, from_nodes(NODES).keep(["a", "c"]))["a"] == pytest.approx(0.5)
    with pytest.raises(DataError, match="found 'Z'"):
        weights_of(spec.but(weights={"opinions": {"E1": {"Z": 1}}}))


def test_faults_of_a_scores_file_come_at_once(tmp_path):
    path = file(tmp_path, "expert,node,weight\nE1,X,much\nE1,Y,-2\n,Y,3\nE2,X,1\nE2,X,2\n\n")
    with pytest.raises(DataError) as caught:
        read_scores(path)
    text = str(caught.value)
    assert len(caught.value.faults) == 4
    for part in ("row 2, column weight", "row 3, column weight", "row 4, column expert", "row 6: expected each only"):
        assert part in text
    with pytest.raises(DataError, match="column weight"):
        read_scores(file(tmp_path, "expert,node,wieght\nE1,X,1\n"))


def test_an_expert_who_weighed_half_a_family_is_named():
    with pytest.raises(DataError, match="expert E2.*without y"):
        group_weights({"E1": {"x": 1, "y": 1}, "E2": {"x": 1}}, ["x", "y"])


def judged(folder, text):
    return read_judgements(file(folder, "expert,parent,first,second,times\n" + text, "judgements.csv"))


def test_group_of_two_judges_by_hand(tmp_path):
    """E1 says x:y = 2 and y:z = 2 and x:z = 4 (consistent), E2 the same of 8, 2, 16/..: means worked by hand."""
    both = judged(tmp_path, "E1,I,x,y,2\nE1,I,y,z,2\nE1,I,x,z,4\nE2,I,x,y,8\nE2,I,z,y,1/2\nE2,I,x,z,16\n")
    own = {e: j["I"] for e, j in both.items()}
    order, weights, table = group_ahp(own)
    # geometric means of the judgements: x:y = 4, y:z = 2, x:z = 8, so 8 : 2 : 1
    assert dict(zip(order, weights, strict=True)) == pytest.approx({"x": 8 / 11, "y": 2 / 11, "z": 1 / 11})
    assert table["cr"].to_numpy() == pytest.approx([0, 0], abs=1e-9)
    # means of the priorities: 4:2:1 of 7 and 16:2:1 of 19
    mean = group_ahp(own, "priorities")[1]
    assert mean == pytest.approx([(4 / 7 + 16 / 19) / 2, (2 / 7 + 2 / 19) / 2, (1 / 7 + 1 / 19) / 2])


def test_every_inconsistent_judge_is_named_with_the_ratio(tmp_path):
    round_about = "{0},I,x,y,9\n{0},I,y,z,9\n{0},I,z,x,9\n"
    both = judged(tmp_path, round_about.format("E1") + round_about.format("E2"))
    own = {e: j["I"] for e, j in both.items()}
    with pytest.raises(DataError) as caught:
        group_ahp(own)
    assert [str(f.place) for f in caught.value.faults] == ["ahp, expert E1", "ahp, expert E2"]
    assert "a consistency ratio up to 0.1" in str(caught.value)
    assert len(group_ahp(own, limit=20)[1]) == 3  # the limit is a setting


def test_faults_of_judgements(tmp_path):
    with pytest.raises(DataError) as caught:
        judged(tmp_path, "E1,I,x,y,0\nE1,I,x,x,2\nE1,I,y,z,3\nE1,I,z,y,3\n")
    assert len(caught.value.faults) == 3
    with pytest.raises(DataError, match="a judgement of x and z, found none"):
        judged(tmp_path, "E1,I,x,y,2\nE1,I,y,z,2\n")


def test_the_options_of_data_weights_reach_the_arithmetic():
    rng = np.random.default_rng(3)
    rows = pd.DataFrame(
        [
            {"place": f"p{u}", "year": 2024, "indicator": i, "value": v}
            for u in range(9)
            for i, v in zip("abc", rng.uniform(1, 9, 3), strict=True)
        ]
    )
    base = IndexSpec(goalposts=POSTS, weights={"objective": "entropy", "within": "index", "share": 1.0})
    one, other = (
        build_index(rows, NODES, base.but(weights={"entropy_shift": s})).weight_steps["objective"] for s in (0.01, 1.0)
    )
    assert np.abs(one - other).max() > 0.01
    few, all_ = (
        build_index(rows, NODES, base.but(weights={"objective": "pca", "pca_share": s})).weight_steps["weight"]
        for s in (0.1, 1.0)
    )
    assert all_ == pytest.approx([1 / 3] * 3) and np.abs(few - all_).max() > 0.01


def test_the_consistency_of_every_judge_is_in_a_table(tmp_path):
    text = "E1,I,X,Y,3\nE2,I,X,Y,1/3\n"
    spec = IndexSpec(goalposts=POSTS, weights={"subjective": "ahp", "judged": judged(tmp_path, text)})
    got = build_index(ROWS, NODES, spec).consistency
    assert got[["expert", "parent", "cr", "random_index", "limit"]].to_numpy().tolist() == [
        ["E1", "I", 0.0, "saaty1980", 0.1],
        ["E2", "I", 0.0, "saaty1980", 0.1],
    ]
    assert build_index(ROWS, NODES, IndexSpec(goalposts=POSTS)).consistency.empty


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"availability": 7}, "应为不大于1.0的数，现为7"),
        ({"aggregate": "mean"}, "arithmetic"),
        ({"clip": "perhaps"}, "应为true 或 false"),
        ({"normalize": "rank"}, "应为已有的设置"),
    ],
)
def test_a_wrong_setting_is_told_in_chinese(settings, said):
    with pytest.raises(DataError) as caught:
        IndexSpec(goalposts=POSTS, **settings)
    told = caught.value.text("zh")
    assert said in told and "Input" not in told and "known" not in told
