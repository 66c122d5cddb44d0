"""One place's index worked out by hand, and the laws every index keeps.

Read it as an example. Two domains; WEALTH has two sub-domains, CARE one:

    INDEX -+- WEALTH -+- income   (元, more is better, 20000 to 60000; a short board)
           |          |- ratio    (倍, less is better, 1 to 3)
           |          +- firms    (家, more is better, 0 to 40)
           +- CARE ---- beds      (张, more is better, 0 to 10)

Shangyang: income 50000, ratio 2, firms 10, beds 8.

    scores      income (50000-20000)/(60000-20000) = 75, ratio (3-2)/(3-1) = 50, firms 25, beds 80
    sub-domain  LEVEL = income and ratio, BASE = firms
    weights     equal: domains 1/2; LEVEL and BASE 1/4 each; income and ratio 1/8, firms 1/4, beds 1/2
    emphasis    income x 1.5: 0.1875 of 1.0625 -> income 3/17, ratio 2/17, firms 4/17, beds 8/17
    index       (3*75 + 2*50 + 4*25 + 8*80) / 17 = 1065 / 17 = 62.647...
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.composite import IndexSpec, build_index, explain
from research.errors import DataError

REGISTRY = pd.DataFrame(
    {
        "id": ["income", "ratio", "firms", "beds"],
        "name_zh": ["收入", "倍差", "企业", "床位"],
        "subdomain_code": ["LEVEL", "LEVEL", "BASE", "BEDS"],
        "subdomain_zh": ["水平", "水平", "基础", "床位"],
        "domain_code": ["WEALTH", "WEALTH", "WEALTH", "CARE"],
        "domain_zh": ["富裕", "富裕", "富裕", "照护"],
        "direction": [1, -1, 1, 1],
        "emphasis": ["shortboard", "", "", ""],
        "local_flag": ["", "", "*", ""],
    }
)
POSTS = {"income": (20000, 60000), "ratio": (1, 3), "firms": (0, 40), "beds": (0, 10)}
SPEC = IndexSpec(goalposts=POSTS, weights={"emphasis": {"shortboard": 1.5}})
SHANGYANG = {"income": 50000, "ratio": 2, "firms": 10, "beds": 8}


def tidy(units, status="reported"):
    return pd.DataFrame(
        [
            {"place": p, "year": y, "indicator": i, "value": float(v), "status": status}
            for (p, y), values in units.items()
            for i, v in values.items()
        ]
    )


def index_of(result, place, year=2024):
    s = result.scores
    return s[(s["place"] == place) & (s["year"] == year) & (s["level"] == "index")]["score"].item()


def test_the_index_of_shangyang():
    result = build_index(tidy({("a", 2024): SHANGYANG}), REGISTRY, SPEC)
    assert result.steps["normalised"].iloc[0].to_dict() == {"income": 75, "ratio": 50, "firms": 25, "beds": 80}
    weight = result.weights.set_index("code")["weight"]
    assert weight[["income", "ratio", "firms", "beds"]].tolist() == pytest.approx([3 / 17, 2 / 17, 4 / 17, 8 / 17])
    assert weight["income"] > 1 / 8  # the emphasis raised it above its equal weight
    assert index_of(result, "a") == pytest.approx(1065 / 17)
    points = result.contributions.set_index("indicator")["points"]
    assert points["beds"] == pytest.approx(640 / 17)
    assert points.sum() == pytest.approx(1065 / 17)


def test_a_gap_gives_its_weight_to_its_siblings_and_is_counted():
    rest = {k: v for k, v in SHANGYANG.items() if k != "ratio"}
    result = build_index(tidy({("a", 2024): rest, ("b", 2024): SHANGYANG}), REGISTRY, SPEC.but(availability=0.5))
    # LEVEL is income alone, 75; WEALTH = (5*75 + 4*25)/9 = 475/9; INDEX = (9*475/9 + 8*80)/17
    assert index_of(result, "a") == pytest.approx((475 + 640) / 17)
    assert result.availability["share"].tolist() == pytest.approx([15 / 17, 1.0])


def test_too_little_there_is_no_score():
    result = build_index(tidy({("a", 2024): {"beds": 8}, ("b", 2024): SHANGYANG}), REGISTRY, SPEC)
    assert np.isnan(index_of(result, "a"))


def test_the_same_but_geometric():
    result = build_index(tidy({("a", 2024): SHANGYANG}), REGISTRY, SPEC.but(weights={"emphasis": {}}))
    got = result.again(aggregate="geometric")
    wealth = (75 * 50) ** 0.25 * 25**0.5
    assert index_of(got, "a") == pytest.approx((wealth * 80) ** 0.5)
    assert got.contributions["lost"].sum() == pytest.approx(100 - (wealth * 80) ** 0.5)


def test_zeros_refuse_the_geometric_mean_by_name():
    with pytest.raises(DataError, match="geometric mean, a 2024, firms"):
        build_index(tidy({("a", 2024): SHANGYANG | {"firms": 0}}), REGISTRY, SPEC.but(aggregate="geometric"))


def test_last_value_fills_a_gap_and_marks_it():
    units = {("a", 2023): SHANGYANG, ("a", 2024): {k: v for k, v in SHANGYANG.items() if k != "beds"}}
    result = build_index(tidy(units), REGISTRY, SPEC.but(impute="last"))
    assert index_of(result, "a", 2024) == index_of(result, "a", 2023)
    status = result.scores.set_index(["year", "code"])["status"]
    assert status[2023, "INDEX"] == "reported" and status[2024, "INDEX"] == "imputed"


@settings(max_examples=24, deadline=None)
@given(st.permutations(["income", "ratio", "firms", "beds"]))
def test_order_of_the_rows_does_not_matter(order):
    units = {("a", 2024): {k: SHANGYANG[k] for k in order}}
    registry = REGISTRY.set_index("id").loc[order].reset_index()
    assert index_of(build_index(tidy(units), registry, SPEC), "a") == pytest.approx(1065 / 17)


values = st.fixed_dictionaries(
    {"income": st.floats(20000, 60000), "ratio": st.floats(1, 3), "firms": st.floats(1, 40), "beds": st.floats(1, 10)}
)


@settings(max_examples=30, deadline=None)
@given(
    values,
    st.sampled_from(["income", "ratio", "firms", "beds"]),
    st.sampled_from(["arithmetic", "geometric", "harmonic"]),
)
def test_better_is_never_worse(unit, name, method):
    spec = SPEC.but(aggregate=method, scale=(1, 100))
    better = unit | {name: POSTS[name][0 if name == "ratio" else 1]}
    result = build_index(tidy({("a", 2024): unit, ("b", 2024): better}), REGISTRY, spec)
    assert index_of(result, "b") >= index_of(result, "a") - 1e-9


@settings(max_examples=30, deadline=None)
@given(values, st.floats(0.001, 1000))
def test_units_of_measurement_do_not_matter(unit, factor):
    scaled = SPEC.but(goalposts=POSTS | {"income": tuple(factor * e for e in POSTS["income"])})
    a = build_index(tidy({("a", 2024): unit}), REGISTRY, SPEC)
    b = build_index(tidy({("a", 2024): unit | {"income": factor * unit["income"]}}), REGISTRY, scaled)
    assert index_of(a, "a") == pytest.approx(index_of(b, "a"), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(
    values,
    values,
    st.sampled_from(["arithmetic", "geometric", "harmonic", ("arithmetic", "harmonic", "geometric")]),
    st.booleans(),
)
def test_shares_of_a_change_add_up_exactly(first, second, method, gap):
    if gap:
        second = {k: v for k, v in second.items() if k != "ratio"}
    spec = SPEC.but(aggregate=method, scale=(1, 100), availability=0.3)
    result = build_index(tidy({("a", 2023): first, ("a", 2024): second}), REGISTRY, spec)
    shares = explain.difference(result, ("a", 2023), ("a", 2024))
    change = index_of(result, "a", 2024) - index_of(result, "a", 2023)
    assert shares["points"].sum() == pytest.approx(change, abs=1e-9)
    coverage = shares.loc[shares["indicator"] == "COVERAGE", "points"].item()
    assert gap or abs(coverage) < 1e-7
    for _, unit in result.contributions.groupby("year"):
        assert unit["points"].sum() + unit["lost"].sum() == pytest.approx(100)


@settings(max_examples=20, deadline=None)
@given(values, values, values)
def test_past_scores_never_move(first, later, other):
    spec = SPEC.but(impute="last")
    before = build_index(tidy({("a", 2023): first}), REGISTRY, spec)
    after = build_index(tidy({("a", 2023): first, ("a", 2024): later, ("b", 2023): other}), REGISTRY, spec)
    assert spec.moves_with == []
    assert index_of(after, "a", 2023) == index_of(before, "a", 2023)


def test_settings_that_move_past_scores_say_so():
    moving = SPEC.but(normalise="minmax", impute="linear", weights={"objective": "entropy"})
    assert [r.split(":")[0] for r in moving.moves_with] == ["normalise", "impute", "weights"]


def test_pure_weights_at_both_ends_of_the_mix():
    rng = np.random.default_rng(1)
    units = {(p, 2024): {k: rng.uniform(*POSTS[k]) for k in POSTS} for p in "abcdef"}
    base = SPEC.but(weights={"emphasis": {}, "objective": "entropy", "within": "index"})
    for share, step in ((0.0, "subjective"), (1.0, "objective")):
        w = build_index(tidy(units), REGISTRY, base.but(weights={"share": share})).weight_steps
        assert w["weight"] == pytest.approx(w[step]) and w["weight"].sum() == pytest.approx(1)


def test_experts_and_judgements_as_weights():
    expert = SPEC.but(weights={"emphasis": {}, "subjective": "expert", "expert": {"WEALTH": 3, "CARE": 1}})
    judged = SPEC.but(
        weights={
            "emphasis": {},
            "subjective": "ahp",
            "ahp": {"INDEX": {"order": ["WEALTH", "CARE"], "matrix": [[1, 3], [1 / 3, 1]]}},
        }
    )
    for spec in (expert, judged):
        w = build_index(tidy({("a", 2024): SHANGYANG}), REGISTRY, spec).weights.set_index("code")["weight"]
        assert w["WEALTH"] == pytest.approx(0.75)


def test_ranks_share_ties():
    units = {("a", 2024): SHANGYANG, ("b", 2024): SHANGYANG, ("c", 2024): SHANGYANG | {"beds": 1}}
    result = build_index(tidy(units), REGISTRY, SPEC)
    ranks = result.ranks[result.ranks["level"] == "index"].set_index("place")["rank"]
    assert ranks.to_dict() == {"a": 1, "b": 1, "c": 3}


def test_qualitative_grades_by_a_printed_scale():
    frame = tidy({("a", 2024): SHANGYANG}).astype({"value": object})
    frame.loc[frame["indicator"] == "beds", "value"] = "良"
    got = build_index(frame, REGISTRY, SPEC.but(grades={"beds": {"优": 10, "良": 8}}))
    assert index_of(got, "a") == pytest.approx(1065 / 17)


def test_best_inside_a_range():
    registry = REGISTRY.assign(direction=[1, 0, 1, 1])
    spec = SPEC.but(goalposts=POSTS | {"ratio": (0, 0.9, 1.1, 2)})
    for value, score in ((1.0, 100), (0.45, 50), (1.55, 50), (2.5, 0)):
        got = build_index(tidy({("a", 2024): SHANGYANG | {"ratio": value}}), registry, spec)
        assert got.steps["normalised"]["ratio"].item() == pytest.approx(score)


def test_grades_may_come_as_numbers_of_grades():
    """Data folders hold numbers: grade 2 of the scale is 8 beds."""
    frame = tidy({("a", 2024): SHANGYANG | {"beds": 2}})
    spec = SPEC.but(grades={"beds": {"1": 10, "2": 8}})
    assert index_of(build_index(frame, REGISTRY, spec), "a") == pytest.approx(1065 / 17)
    with pytest.raises(DataError, match="column beds"):
        build_index(tidy({("a", 2024): SHANGYANG | {"beds": 7}}), REGISTRY, spec)
    word = frame.astype({"value": object})
    word.loc[word["indicator"] == "beds", "value"] = "很好"
    with pytest.raises(DataError, match="expected one of 优 良, found '很好'"):
        build_index(word, REGISTRY, SPEC.but(grades={"beds": {"优": 10, "良": 8}}))


def test_goalposts_of_the_registry_stand_in_for_a_version_without():
    registry = REGISTRY.assign(goalpost_min=[20000, 1, 0, 0], goalpost_max=[60000, 3, 40, 5])
    assert index_of(build_index(tidy({("a", 2024): SHANGYANG}), registry, SPEC), "a") == pytest.approx(1065 / 17)
    got = build_index(tidy({("a", 2024): SHANGYANG}), registry, IndexSpec(goalposts={"beds": (0, 10)}))
    assert got.steps["normalised"].iloc[0].to_dict() == {"income": 75, "ratio": 50, "firms": 25, "beds": 80}
    with pytest.raises(DataError, match="goalposts, income"):
        build_index(tidy({("a", 2024): SHANGYANG}), REGISTRY, IndexSpec())
