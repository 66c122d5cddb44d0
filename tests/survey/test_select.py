"""Draws against R's package sampling 2.9 and against all samples of a small population."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.core.faults import DataError
from research.survey import select
from research.survey.select.entropy import draw_entropy

SIZES = [90, 20, 35, 12, 60, 41, 8, 25]
R_PI = [0.9278350515464, 0.2061855670103, 0.3608247422680, 0.1237113402062, 0.6185567010309, 0.4226804123711,
        0.0824742268041, 0.2577319587629]  # fmt: skip
R_SYSTEMATIC = [0.1340206186, 0.20618556701, 0.0, 0.0, 0.2061855670, 0.0, 0.0, 0.07216494845]  # second row
R_ENTROPY = [0.1816510171974, 0.2061855670103, 0.0411665085766, 0.0126166737196, 0.0906505714139, 0.0501628892217,
             0.00828131287277, 0.0278421639371]  # fmt: skip


def test_probabilities_as_r_has_them():
    pi = select.inclusion(SIZES, 3)
    assert pi == pytest.approx(R_PI, abs=1e-12)
    assert select.joint_systematic(pi)[1] == pytest.approx(R_SYSTEMATIC, abs=1e-9)
    assert select.joint_entropy(pi)[1] == pytest.approx(R_ENTROPY, rel=1e-5)  # R stops at 1e-6


def samples_of(pi, n):
    """All samples of n with their probability under maximal entropy, from the odds that give these probabilities."""
    from scipy.optimize import fsolve

    every = list(itertools.combinations(range(len(pi)), n))

    def chances(logs):
        weight = np.array([np.exp(logs[list(s)].sum()) for s in every])
        return weight / weight.sum()

    def off(logs):
        have = np.zeros(len(pi))
        for s, p in zip(every, chances(logs), strict=True):
            have[list(s)] += p
        return have - pi + logs.mean()

    return every, chances(fsolve(off, np.log(pi / (1 - pi)), xtol=1e-13))


def test_estimator_and_its_variance_are_without_bias_over_all_samples():
    """Horvitz-Thompson with the Sen-Yates-Grundy variance, over all 56 samples of three of eight villages."""
    y = np.array([70.0, 31, 28, 10, 75, 30, 12, 20])
    pi = select.inclusion(SIZES, 3)
    joint = select.joint_entropy(pi)
    every, chance = samples_of(pi, 3)
    totals, variances = [], []
    for s in every:
        k, part = list(s), joint[np.ix_(s, s)]
        z = y[k] / pi[k]
        totals.append(z.sum())
        gap = np.outer(pi[k], pi[k]) - part
        variances.append(sum(gap[i, j] / part[i, j] * (z[i] - z[j]) ** 2 for i in range(3) for j in range(i)))
    mean = float(chance @ totals)
    assert mean == pytest.approx(y.sum(), rel=1e-9)
    assert float(chance @ variances) == pytest.approx(float(chance @ (np.array(totals) - mean) ** 2), rel=1e-8)
    for i, j in itertools.combinations(range(8), 2):
        both = sum(p for s, p in zip(every, chance, strict=True) if i in s and j in s)
        assert joint[i, j] == pytest.approx(both, rel=1e-8)


@pytest.mark.slow
def test_draws_come_as_often_as_their_probability_says():
    rng = np.random.default_rng(7)
    pi = select.inclusion(SIZES, 3)
    count = sum(draw_entropy(pi, rng) for _ in range(2000)) / 2000
    assert count == pytest.approx(pi, abs=4 * 0.5 / 2000**0.5)
    frame = pd.DataFrame({"v": range(8), "size": SIZES})
    drawn = pd.concat(select.draw_villages(frame, 3, size="size", seed=s) for s in range(1000))
    assert drawn["v"].value_counts(normalize=True).sort_index().to_numpy() * 3 == pytest.approx(
        pi, abs=4 * 0.5 / 1000**0.5
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 500), min_size=2, max_size=30), st.floats(0, 1), st.integers(0, 99))
def test_each_draw_has_its_size_and_holds_what_is_certain(sizes, share, seed):
    n = max(1, round(share * len(sizes)))
    frame = pd.DataFrame({"v": range(len(sizes)), "size": sizes})
    for method in select.METHODS:
        drawn = select.draw_villages(frame, n, size="size", seed=seed, method=method)
        again = select.draw_villages(frame, n, size="size", seed=seed, method=method)
        assert len(drawn) == n and drawn["v"].is_unique and drawn.equals(again)
    pi = select.inclusion(sizes, n)
    assert pi.sum() == pytest.approx(n) and set(np.flatnonzero(pi == 1)) <= set(drawn["v"])
    assert select.joint_systematic(pi).sum() == pytest.approx(n * n)


REGISTER = pd.DataFrame({"village": list("abcdef"), "place": list("xxxyyy"), "households": [900, 100, 100, 80, 90, 70]})


def test_a_village_larger_than_the_interval_is_taken_for_sure_and_says_so():
    drawn = select.draw_villages(REGISTER, {"x": 2, "y": 1}, size="households", seed=3, strata="place")
    sure = drawn[drawn["certainty"]]
    assert sure["village"].tolist() == ["a"] and sure["base_weight"].tolist() == [1.0]
    assert (drawn["base_weight"] * drawn["probability"] == 1).all() and len(drawn) == 3


def test_a_change_in_one_stratum_leaves_the_draw_of_others():
    first = select.draw_villages(REGISTER, {"x": 2, "y": 1}, size="households", seed=3, strata="place")
    other = REGISTER.assign(households=[900, 150, 70, 80, 90, 70])
    second = select.draw_villages(other, {"x": 2, "y": 1}, size="households", seed=3, strata="place")
    assert first[first.place == "y"]["village"].tolist() == second[second.place == "y"]["village"].tolist()


def test_bad_registers_are_refused_with_all_faults():
    bad = REGISTER.assign(households=[900, 0, None, 80, 90, "七十"])
    with pytest.raises(DataError) as raised:
        select.draw_villages(bad, {"x": 4, "z": 1}, size="households", seed=1, strata="place")
    text = raised.value.text("zh")
    assert len(raised.value.faults) == 5
    assert "villages，第3行，“households”列：应为大于0的数，现为0" in text and "层x：应为至多3个村" in text


HOMES = pd.DataFrame({"village": list("aaaaaaaaab" * 4), "household": range(40)})


@pytest.mark.parametrize("method", ["random", "systematic"])
def test_households_with_reserves(method):
    drawn = select.draw_households(
        HOMES, 3, village="village", household="household", seed=5, method=method, reserves=1
    )
    assert drawn.groupby(["village", "role"]).size().to_dict() == {
        ("a", "main"): 3, ("a", "reserve"): 1, ("b", "main"): 3, ("b", "reserve"): 1}  # fmt: skip
    assert drawn["household"].is_unique
    within = drawn.groupby("village")["probability_within"].first()
    assert within.to_dict() == {"a": 3 / 36, "b": 3 / 4}
    every = [select.draw_households(HOMES, 3, village="village", seed=s, method=method) for s in range(300)]
    count = pd.concat(every).query("village == 'b'")["household"].value_counts() / 300
    assert count.to_numpy() == pytest.approx(0.75, abs=0.11)


def test_too_few_households_and_numbers_given_twice():
    with pytest.raises(DataError) as raised:
        select.draw_households(HOMES.assign(household=0), {"a": 3, "b": 5, "c": 1}, village="village", seed=1,
                               household="household")  # fmt: skip
    assert len(raised.value.faults) == 39 + 2 and "村b：应为至少5户，现为4" in raised.value.text("zh")
    taken = select.draw_households(HOMES, {"b": 5}, village="village", seed=1, short="all")
    assert len(taken) == 4 and (taken["probability_within"] == 1).all()


def test_rotation_keeps_the_stated_share():
    homes = HOMES.assign(rounds=np.where(HOMES["household"] < 12, 2, 0))
    last = select.draw_households(homes, 4, village="village", seed=1)["household"]
    asked = dict(village="village", household="household", seed=9)
    drawn = select.rotate(homes[homes.village == "a"], last, 4, overlap=0.5, **asked)
    kept = drawn[drawn["role"] == "kept"]["household"]
    assert drawn.attrs["overlap"] == 0.5 and set(kept) <= set(last) and len(drawn) == 4
    assert not set(drawn[drawn["role"] == "new"]["household"]) & set(last)
    tired = select.rotate(homes[homes.village == "a"], range(12), 4, overlap=1, rounds="rounds", most_rounds=2, **asked)
    assert tired.attrs["overlap"] == 0 and (tired["rounds"] == 0).all()
    with pytest.raises(DataError, match="may be asked in village b"):
        select.rotate(homes, last, 5, overlap=0.5, **asked)
