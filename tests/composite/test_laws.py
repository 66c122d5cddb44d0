"""Laws that hold whatever the settings: weights add up to 1, shares to the whole, order and units do not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from research.composite import IndexSpec, build_index, explain

NODES = pd.DataFrame(
    [
        ("a", 1, "X", 1, "shortboard", ""),
        ("b", 1, "X", -1, "", "*"),
        ("c", 1, "X", 1, "", ""),
        ("d", 1, "Y", 1, "", ""),
        ("e", 1, "Y", -1, "feature", ""),
        ("X", 2, "I", 1, "", ""),
        ("Y", 2, "I", 1, "", ""),
        ("I", 3, "", 1, "", ""),
    ],
    columns=["code", "level", "parent", "direction", "emphasis", "special"],
)
POSTS = dict.fromkeys("abcde", (0, 10))
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def tidy(values, places="pqrstu"):
    return pd.DataFrame(
        [
            {"place": p, "year": 2024, "indicator": i, "value": float(v)}
            for p, row in zip(places, values, strict=True)
            for i, v in zip("abcde", row, strict=True)
        ]
    )


panels = st.integers(0, 10_000).map(lambda seed: np.random.default_rng(seed).uniform(0.5, 9.5, (6, 5)))
choices = st.fixed_dictionaries(
    {
        "objective": st.sampled_from(["none", "entropy", "critic", "cv", "pca"]),
        "entropy": st.sampled_from(["share", "minmax_zero", "minmax_shift"]),
        "within": st.sampled_from(["siblings", "index"]),
        "combine": st.sampled_from(["linear", "multiplicative", "game"]),
        "share": st.floats(0, 1),
        "emphasis": st.fixed_dictionaries({"shortboard": st.floats(1, 3), "special": st.floats(1, 3)}),
        "emphasis_within": st.sampled_from(["siblings", "index"]),
    }
)


@QUICK
@given(panels, choices)
def test_weights_of_every_make_add_up_to_one(values, weights):
    result = build_index(tidy(values), NODES, IndexSpec(goalposts=POSTS, weights=weights))
    for step, w in result.weight_steps.items():
        assert w.sum() == pytest.approx(1) and (w >= 0).all(), step
    for parent, local in zip(result.tree.parents, result.local, strict=True):
        assert np.bincount(parent, local) == pytest.approx(1)


@QUICK
@given(panels, choices, st.permutations(range(6)), st.permutations("abcde"))
def test_the_order_of_places_and_indicators_does_not_matter(values, weights, rows, columns):
    spec = IndexSpec(goalposts=POSTS, weights=weights)
    one = build_index(tidy(values), NODES, spec)
    mixed = tidy(values[list(rows)], [list("pqrstu")[r] for r in rows]).sample(frac=1, random_state=1)
    nodes = pd.concat([NODES.set_index("code").loc[list(columns)].reset_index(), NODES.iloc[5:]])
    two = build_index(mixed, nodes, spec)
    assert two.levels[-1] == pytest.approx(one.levels[-1], abs=1e-9)


@QUICK
@given(panels, st.lists(st.sampled_from(["arithmetic", "geometric", "harmonic"]), min_size=2, max_size=2))
def test_a_distance_between_places_is_shared_out_exactly(values, means):
    result = build_index(tidy(values), NODES, IndexSpec(goalposts=POSTS, aggregate=tuple(means), scale=(1, 100)))
    got = explain.difference(result, ("p", 2024), ("q", 2024))
    index = result.levels[-1][:, 0]
    assert got["points"].sum() == pytest.approx(index[1] - index[0], abs=1e-9)
    assert got.set_index("indicator").loc["COVERAGE", "points"] == pytest.approx(0, abs=1e-9)
    assert (np.sign(got["points"][:5].round(12)) == np.sign((got["after"] - got["before"])[:5].round(12))).all()


@QUICK
@given(
    panels,
    st.sampled_from(["minmax", "zscore", "rank", "percentile", "borda"]),
    st.sampled_from("abcde"),
    st.floats(0.01, 100),
    st.floats(-50, 50),
)
def test_units_do_not_matter_where_places_are_compared_with_each_other(values, method, name, factor, shift):
    spec = IndexSpec(normalise=method, goalposts=POSTS)
    j = "abcde".index(name)
    other = values.copy()
    other[:, j] = factor * other[:, j] + shift
    one, two = (build_index(tidy(v), NODES, spec).levels[-1] for v in (values, other))
    assert two == pytest.approx(one, abs=1e-6)
