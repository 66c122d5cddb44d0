"""Batteries: shares by hand, reliability where the answer is known from the model that made the data."""

import numpy as np
import pandas as pd
import pytest

from research.core.faults import DataError
from research.survey import social
from research.survey.estimates import Sample


def with_covariance(s, n=400, seed=1):
    """Rows whose sample covariance is exactly s."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, len(s)))
    x -= x.mean(axis=0)
    x = x @ np.linalg.inv(np.linalg.cholesky(x.T @ x / (n - 1))).T
    return x @ np.linalg.cholesky(s).T


def test_alpha_and_omega_of_a_known_covariance():
    loading, own = np.array([0.9, 0.7, 0.5, 0.8]), np.array([0.4, 0.5, 0.6, 0.3])
    s = np.outer(loading, loading) + np.diag(own)
    got = social._covariance(with_covariance(s), np.ones(400))
    assert social._omega(got) == pytest.approx(2.9**2 / (2.9**2 + 1.8), rel=1e-5)
    assert social._alpha(got) == pytest.approx(4 / 3 * (1 - np.trace(s) / s.sum()), rel=1e-9)
    alike = np.full((3, 3), 0.5) + np.diag([0.5] * 3)  # Spearman-Brown: 3 r / (1 + 2 r)
    assert social._alpha(alike) == pytest.approx(0.75) and social._omega(alike) == pytest.approx(0.75, rel=1e-6)


def test_feldt_interval_covers_as_it_says():
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(300):
        trait = rng.normal(size=80)
        rows = pd.DataFrame(
            np.clip(np.round(3 + trait[:, None] + rng.normal(size=(80, 4))), -20, 26), columns=list("abcd")
        )
        told = social.alpha(rows, list("abcd"), scale=(-20, 26))
        inside += told["lower"] < 4 / (4 + 1 + 1 / 12) < told["upper"]  # rounding adds a twelfth to each error
    assert 0.92 < inside / 300 < 0.98


ROWS = pd.DataFrame({"a": [5, 4, 2, None, 3, 5], "b": [4, 4, 1, 2, 3, 5], "c": [5, 3, 2, 2, 3, 4],
                     "w": [1.0, 2, 1, 1, 2, 1], "place": list("xxxyyy"), "village": list("uuvvww")})  # fmt: skip


def test_top_two_shares_by_hand():
    out = social.top_shares(Sample(ROWS, "w"), ["a", "b"], by="place").set_index(["item", "place"])
    assert out.estimate.to_dict() == pytest.approx(
        {("a", "x"): 0.75, ("a", "y"): 1 / 3, ("b", "x"): 0.75, ("b", "y"): 0.25}
    )
    assert out.loc[("a", "y"), "missing"] == 0.25 and out.loc[("a", "y"), "n"] == 2
    whole = social.top_shares(Sample(ROWS, "w"), ["b"]).iloc[0]
    z = ROWS.w / 8 * ((ROWS.b >= 4) - 0.5)
    assert whole.se == pytest.approx((6 / 5 * (z**2).sum()) ** 0.5)


def test_omega_has_an_interval_and_faults_are_told_by_place():
    told = social.omega(ROWS, ["a", "b", "c"], "w", psu="village", replicates=60)
    assert told["lower"] <= told["estimate"] <= told["upper"] + 0.05 and told["n"] == 5
    with pytest.raises(DataError) as raised:
        social.alpha(ROWS.assign(a=[6, 4, 2, 3, 3.5, "好"]), ["a", "b"])
    assert len(raised.value.faults) == 3 and "第0行，“a”列：应为1至5的整数，现为6" in raised.value.text("zh")
    with pytest.raises(DataError, match="all alike"):
        social.alpha(ROWS.assign(a=3), ["a", "b"])


def test_gaps_and_wording():
    assert social.item_gaps(ROWS, ["a", "b"], "w")["share"].tolist() == [0.125, 0, 0]
    with pytest.raises(DataError) as raised:
        social.same_wording({"a": "您满意吗？", "b": "x"}, {"a": "您对生活满意吗？"}, ["a", "b"])
    assert len(raised.value.faults) == 2 and "只能比较措辞相同的题目" in raised.value.text("zh")
