"""The index as the page computes it, against research.composite, scipy and exact reasoning."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import false_discovery_control, t

from research.atlas.page import ASSETS
from research.atlas.weighing import index_data
from research.composite import IndexSpec, build_index
from research.composite.build_tables import indices
from research.core.tables import script
from tests.support.javascript import ran

SCRIPTS = [ASSETS / "scripts" / f"{name}.js" for name in ("data", "composite", "solve", "student")]


def computed(tmp_path, data, choice):
    """Scores of every level by the page, a row a unit."""
    held = tmp_path / "weighing.js"
    held.write_text(script("atlasTopic", "weighing", data), encoding="utf-8")
    code = f"""const index = Atlas.composite.open(Atlas.topic("weighing"));
        const found = Atlas.composite.compute(index, {json.dumps(choice)});
        return {{ levels: found.levels.map(l => l.map(r => Array.from(r))),
            ranks: Atlas.composite.ranks(index, found.total) }};"""
    found = ran([*SCRIPTS, held], code)
    return [np.array(level, float) for level in found["levels"]], np.array(found["ranks"], float)


@pytest.fixture(scope="module")
def result(edition):
    return indices(edition)["township"]


def close(mine, theirs):
    for level, wanted in zip(mine, theirs.levels, strict=True):
        np.testing.assert_allclose(level, wanted, rtol=0, atol=1e-9)


def test_the_published_scores_come_out_again(result, tmp_path):
    mine, ranks = computed(tmp_path, index_data(result), {})
    close(mine, result)
    top = result.ranks[result.ranks["level"] == result.tree.levels[-1]]["rank"]
    np.testing.assert_array_equal(ranks, top.to_numpy(float, na_value=np.nan))


def drawn(result, seed):
    """Weights a reader might set, a level each, and what they give each leaf in the whole."""
    rng, tree = np.random.default_rng(seed), result.tree
    raw = [rng.integers(0, 101, len(codes)) + 0.0 for codes in tree.codes[:-1]]
    raw[0] = result.local[0]
    raw[-1][0] = 0.0  # a domain that counts for nothing
    local = []
    for values, parent in zip(raw, tree.parents, strict=True):
        total = np.bincount(parent, values)
        if not (total > 0).all():
            values = values + 1.0
            total = np.bincount(parent, values)
        local.append(values / total[parent])
    return local, tree.spread(tuple(local))[0]


@pytest.mark.parametrize("normalise", ["goalposts", "minmax", "percentile", "zscore"])
@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "harmonic"])
def test_a_readers_weights_give_what_the_package_gives(result, tmp_path, normalise, aggregate):
    if normalise == "zscore" and aggregate != "arithmetic":
        pytest.skip("standard scores have no such mean; the page says so")
    local, leaves = drawn(result, seed=len(normalise) + len(aggregate))
    mine, _ = computed(
        tmp_path,
        index_data(result),
        {"normalise": normalise, "aggregate": aggregate, "local": [list(w) for w in local]},
    )
    methods = [*result.spec.methods(len(result.tree.parents))[:-1], aggregate]
    theirs = result.again(
        normalise=normalise,
        aggregate=methods,
        constant="middle",
        scale=(1, 100) if aggregate != "arithmetic" else result.spec.scale,
        goalposts=result.spec.goalposts,
        weights={"fixed": dict(zip(result.tree.leaves, leaves / leaves.sum(), strict=True))},
    )
    used = local[-1] > 0  # what counts for nothing has a score of its own in the page, and none in the package
    np.testing.assert_allclose(mine[-1], theirs.levels[-1], rtol=0, atol=1e-9)
    np.testing.assert_allclose(mine[-2][:, used], theirs.levels[-2][:, used], rtol=0, atol=1e-9)


def test_missing_values_and_ranges_are_treated_alike(tmp_path):
    """Indicators best inside a range, gaps below and above the share that is needed, equal values."""
    nodes = pd.DataFrame(
        {
            "code": ["a", "b", "c", "d", "A", "B", "I"],
            "level": [1, 1, 1, 1, 2, 2, 3],
            "parent": ["A", "A", "B", "B", "I", "I", ""],
            "direction": [1, -1, 0, 1, None, None, None],
            "weight": [1, 3, 1, 1, 2, 1, None],
        }
    )
    values = {"a": [1, 5, None, 5], "b": [9, None, 2, 2], "c": [4, 11, 6, 20], "d": [0, 3, 3, None]}
    rows = [
        {"place": f"p{i}", "year": 2024, "indicator": k, "value": v}
        for k, vs in values.items()
        for i, v in enumerate(vs)
    ]
    posts = {"a": (0, 10), "b": (0, 10), "c": (0, 5, 10, 30), "d": (0, 4)}
    for normalise in ("goalposts", "target", "minmax", "percentile", "zscore"):
        spec = IndexSpec(goalposts=posts, normalise=normalise, availability=0.5, constant="middle")
        theirs = build_index(pd.DataFrame(rows).dropna(), nodes, spec)
        mine, _ = computed(tmp_path, index_data(theirs), {})
        close(mine, theirs)


def test_rank_intervals_agree_with_the_packages(result, edition):
    from research.composite.robustness import intervals

    data = index_data(result)
    code = f"""globalThis.atlasTopic("weighing", {json.dumps(data)});
        const index = Atlas.composite.open(Atlas.topic("weighing"));
        const settings = {{ seed: 1, variants: 600, noise: 0.25, level: 0.9 }};
        const found = Atlas.composite.shake(index, 2022, index.local, settings);
        return Array.from(found);"""
    mine = {place: ends for place, ends in ran(SCRIPTS, code) if ends}
    theirs = intervals(result, 2022, variants=2000, seed=2).set_index("place").dropna(subset="rank_lower")
    assert set(mine) == set(theirs.index)
    gaps = np.array([[mine[p][0] - r.rank_lower, mine[p][1] - r.rank_upper] for p, r in theirs.iterrows()])
    assert np.abs(gaps).max() <= 2 and np.abs(gaps).mean() < 0.5  # other draws of the same design


vectors = st.lists(st.integers(0, 20), min_size=3, max_size=3)


@settings(max_examples=15, deadline=None)
@given(
    own=vectors,
    others=st.lists(vectors, min_size=1, max_size=6),
    raw=st.lists(st.integers(1, 9), min_size=3, max_size=3),
)
def test_the_nearest_weights_are_those_of_a_linear_programme(own, others, raw):
    base = np.array(raw) / sum(raw)
    found = ran(SCRIPTS, f"Atlas.nearest({json.dumps(list(base))}, {own}, {others})")
    gaps = np.array(own) - np.array(others)
    k = len(base)
    wanted = linprog(
        np.ones(2 * k),
        A_ub=np.hstack([-gaps, gaps]),
        b_ub=gaps @ base,
        A_eq=[[1] * k + [-1] * k],
        b_eq=[0],
        bounds=[(0, None)] * k + [(0, w) for w in base],
    )
    assert (found is None) == (wanted.status == 2)
    if found:
        assert found["moved"] == pytest.approx(wanted.fun / 2, abs=1e-7)
        assert sum(found["weights"]) == pytest.approx(1) and min(gaps @ found["weights"]) > -1e-7


def test_students_t_is_scipys():
    cases = [(0.1, 1), (2.0, 5.5), (1.96, 129), (4.2, 37), (-3.0, 400)]
    mine = ran(SCRIPTS, f"{json.dumps(cases)}.map(c => Atlas.student.twoSided(Math.abs(c[0]), c[1]))")
    np.testing.assert_allclose(mine, [2 * t.sf(abs(x), df) for x, df in cases], rtol=1e-9)
    limits = ran(SCRIPTS, "[1, 5.5, 37, 1000].map(d => Atlas.student.limit(0.95, d))")
    np.testing.assert_allclose(limits, t.ppf(0.975, [1, 5.5, 37, 1000]), rtol=1e-8)


def test_several_tests_are_adjusted_by_holm():
    from statsmodels.stats.multitest import multipletests

    p = [0.01, 0.04, 0.03, 0.005, 0.5]
    mine = ran(SCRIPTS, f"Atlas.student.holm([null, ...{p}])")
    assert mine[0] is None
    np.testing.assert_allclose(mine[1:], multipletests(p, method="holm")[1])
    assert (np.array(mine[1:]) >= false_discovery_control(p)).all()
