"""Intervals, Sobol shares, drop-one, alpha, components: against definitions written another way."""

import numpy as np
import pandas as pd
import pytest

from research.composite import IndexSpec, build_index, diagnose, methods, robustness
from research.errors import DataError

NODES = pd.DataFrame(
    [("a", 1, "X", 1), ("b", 1, "X", -1), ("c", 1, "Y", 1), ("X", 2, "I", 1), ("Y", 2, "I", 1), ("I", 3, "", 1)],
    columns=["code", "level", "parent", "direction"],
)
SPEC = IndexSpec(goalposts={"a": (0, 10), "b": (0, 10), "c": (0, 10)})


@pytest.fixture(scope="module")
def result():
    rng = np.random.default_rng(7)
    rows = [
        {"place": f"p{u}", "year": 2024, "indicator": i, "value": v, "se": 0.3 if i == "a" else np.nan}
        for u in range(8)
        for i, v in zip("abc", rng.uniform(1, 9, 3), strict=True)
    ]
    return build_index(pd.DataFrame(rows), NODES, SPEC)


def test_without_any_noise_every_variant_is_the_index(result):
    quiet = build_index(result.inputs[0].drop(columns="se"), NODES, SPEC)
    got = robustness.simulate(quiet, 2024, 20, weight_noise=0, normalise=("goalposts",), aggregate=("arithmetic",))
    assert got == pytest.approx(np.tile(1 + 0.99 * quiet.levels[-1][:, 0], (20, 1)))


def test_one_variant_against_plain_loops(result):
    s = robustness.shaker(result, 2024)
    weights = np.array([[0.2, 0.3, 0.5]])
    got = s.scores("minmax", "geometric", weights, None)[0]
    a, b, c = s.raw.T
    unit = [(a - a.min()) / np.ptp(a), (b.max() - b) / np.ptp(b), (c - c.min()) / np.ptp(c)]
    x, y, z = (1 + 99 * u for u in unit)
    want = np.exp(0.5 * np.log((0.2 * x + 0.3 * y) / 0.5) + 0.5 * np.log(z))
    assert got == pytest.approx(want)


def test_percentiles_share_ties_and_leave_gaps():
    rows = [
        {"place": p, "year": 2024, "indicator": i, "value": v}
        for p, values in {"p": (1, 1, 5), "q": (1, 2, 5), "r": (3, 3, np.nan), "t": (4, 4, 9)}.items()
        for i, v in zip("abc", values, strict=True)
    ]
    s = robustness.shaker(build_index(pd.DataFrame(rows), NODES, SPEC), 2024)
    got = (s._normalised(s.raw[None], "percentile")[0] - 1) / 99
    assert got[:, 0] == pytest.approx([1 / 6, 1 / 6, 2 / 3, 1])
    assert got[:, 2] == pytest.approx([0.25, 0.25, np.nan, 1], nan_ok=True)


def test_intervals_hold_the_median_and_repeat(result):
    one, two = (robustness.intervals(result, 2024, variants=300, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert (one["rank_lower"] <= one["rank_median"]).all() and (one["rank_median"] <= one["rank_upper"]).all()
    assert (one["score_lower"] < one["score_upper"]).all() and one["rank_upper"].max() <= 8


def test_more_sampling_error_widens_the_interval(result):
    wide = build_index(result.inputs[0].assign(se=3.0), NODES, SPEC)
    spread = [
        robustness.intervals(r, 2024, variants=400, weight_noise=0, normalise=("goalposts",), aggregate=("arithmetic",))
        .eval("score_upper - score_lower")
        .mean()
        for r in (result, wide)
    ]
    assert spread[1] > 3 * spread[0]


def test_sobol_shares_of_a_choice_that_does_nothing_are_none(result):
    got = robustness.sobol(result, 2024, n=64, normalise=("goalposts",), aggregate=("arithmetic",))
    idle = got[got["factor"].isin(["normalise", "aggregate"])]
    assert idle["total"].abs().max() == pytest.approx(0, abs=1e-12)
    assert got[got["factor"] == "weight_noise"]["total"].min() > 0.1


def test_unknown_choices_are_named_together(result):
    with pytest.raises(DataError) as caught:
        robustness.simulate(result, 2024, 0, normalise=("min-max",), aggregate=("mean",))
    assert len(caught.value.faults) == 3
    with pytest.raises(DataError, match="2024"):
        robustness.simulate(result, 2031, 5)


def test_drop_one_is_the_index_without_it(result):
    got = diagnose.drop_one(result, 2024).set_index("indicator")
    without = build_index(result.inputs[0].query("indicator != 'b'"), NODES, SPEC)
    change = np.abs(without.levels[-1][:, 0] - result.levels[-1][:, 0]).mean()
    assert got.loc["b", "score_change"] == pytest.approx(change)


def test_effective_weights_add_up_to_one(result):
    got = diagnose.effective_weights(result)
    assert got["share"].sum() == pytest.approx(1)
    assert got["weight"].tolist() == pytest.approx([0.25, 0.25, 0.5])


def test_alpha_of_a_known_table():
    x = np.array([[2, 3, 3], [4, 4, 5], [1, 2, 1], [5, 4, 4]])
    total = x.sum(axis=1)
    want = 3 / 2 * (1 - sum(np.var(x[:, j], ddof=1) for j in range(3)) / np.var(total, ddof=1))
    assert diagnose.cronbach_alpha(x) == pytest.approx(want)


def test_components_share_everything(result):
    got = diagnose.principal_components(result)
    assert got["share"].sum() == pytest.approx(1) and got["eigenvalue"].sum() == pytest.approx(2)


def test_strengths_weaknesses_peers_obstacles(result):
    sides = methods.strengths(result, 1)
    assert (sides.loc[sides["side"] == "strength", "gap"] > 0).all()
    near = methods.peers(result, 2)
    assert (near["peer"] != near["place"]).all() and len(near) == 16
    total = methods.obstacle_table(result).groupby("place")["obstacle"].sum()
    assert total.to_numpy() == pytest.approx(np.ones(8))
