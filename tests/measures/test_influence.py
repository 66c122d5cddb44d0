"""Influence functions and replicate kernels against the measures themselves."""

import numpy as np
import pytest

from research import measures as m
from research.errors import DataError
from research.measures.batch import replicate
from research.measures.influence import influence

X = np.round(np.random.default_rng(3).lognormal(9, 0.9, 83))
W = np.random.default_rng(4).uniform(0.5, 4, 83)
LINE = float(np.median(X) * 0.7) + 0.5

CASES = [
    ("mean", {}), ("top_share", {"share": 0.13}), ("bottom_share", {"share": 0.37}), ("gini", {}),
    ("extended_gini", {"aversion": 3.0}), ("theil", {}), ("mean_log_deviation", {}),
    ("generalized_entropy", {"alpha": 2}), ("generalized_entropy", {"alpha": -0.5}), ("atkinson", {"epsilon": 0.5}),
    ("atkinson", {"epsilon": 1}), ("atkinson", {"epsilon": 2}), ("hoover", {}), ("coefficient_of_variation", {}),
    ("quintile_ratio", {"share": 0.21, "rule": "split"}), ("relative_deprivation", {"kind": "yitzhaki"}),
    ("palma_ratio", {}), ("headcount", {"line": LINE}), ("poverty_gap", {"line": LINE}),
    ("fgt", {"line": LINE, "alpha": 1.5}), ("watts", {"line": LINE}), ("sen", {"line": LINE}),
    ("zenga", {}), ("kolm", {}), ("kolm", {"alpha": 1e-4, "per_mean": False}),
    ("der_polarization", {"alpha": 0.6, "bandwidth": 0.4}),
    ("sen_shorrocks_thon", {"line": LINE}), ("band_share", {"lower": LINE, "upper": 3 * LINE}),
    ("gini_normalised", {}),
]  # fmt: skip


@pytest.mark.parametrize("name, parameters", CASES)
def test_is_the_derivative_by_one_persons_weight(name, parameters):
    """Add a little weight to one person: the measure moves by the influence, to first order."""
    z = influence(name, m.Distribution(X, W), parameters)
    order, step = np.argsort(X), 1e-5 * W.sum()
    base = m.MEASURES[name](X, weights=W, **parameters)
    for rank, i in list(enumerate(order))[::6]:
        more, less = W.copy(), W.copy()
        more[i] += step
        less[i] -= step
        slope = (m.MEASURES[name](X, weights=more, **parameters) - m.MEASURES[name](X, weights=less, **parameters)) / 2
        assert slope / 1e-5 == pytest.approx(z[rank], rel=1e-3, abs=1e-4 * abs(base)), f"{name} at {X[i]}"


@pytest.mark.parametrize("name", [n for n, measure in m.MEASURES.items() if measure.influence])
def test_is_centred(name):
    parameters = (
        {"line": LINE} if name in ("headcount", "poverty_gap", "fgt", "watts", "sen", "sen_shorrocks_thon") else {}
    )
    parameters = {"lower": LINE} if name == "band_share" else parameters
    d = m.Distribution(X, W)
    z = influence(name, d, parameters)
    assert (z * d.w_sorted).sum() / d.w_sorted.sum() == pytest.approx(0, abs=1e-9 * (1 + np.abs(z).max()))


def test_the_form_for_few_persons_is_the_plain_one_times_a_constant():
    """Raffinetti et al.: the finite Gini of n persons is n / (n - 1) times the plain one, and so is its influence."""
    d, n = m.Distribution(X), len(X)
    plain = influence("gini_normalised", d, {})
    assert influence("gini_normalised", d, {"finite": True}) == pytest.approx(n / (n - 1) * plain)
    assert m.gini_normalised(X, finite=True) == pytest.approx(n / (n - 1) * m.gini_normalised(X))


def test_no_influence_function():
    with pytest.raises(DataError, match="max_min_ratio: expected a measure with an influence .*found none .*bootstrap"):
        influence("max_min_ratio", m.Distribution(X), {})


def test_gini_with_cluster_sums_in_two_passes():
    """The way for many rows, against the influence function and its plain sums."""
    from research.measures.survey.gini_totals import gini_totals

    rng = np.random.default_rng(8)
    n = 30_000
    x, w, psu = np.sort(np.round(rng.lognormal(9, 1, n), 1)), rng.uniform(0.1, 9, n), rng.integers(0, 70, n)
    gini, square, sums = gini_totals(x, w, psu, 70)
    z = influence("gini", m.Distribution(x, w), {})
    assert gini == pytest.approx(m.gini(x, w), rel=1e-12)
    assert square == pytest.approx((w * z * z).sum(), rel=1e-9)
    assert sums == pytest.approx(np.bincount(psu, weights=w * z), rel=1e-7, abs=1e-8 * square)


REPLICATED = [*CASES, ("median", {}), ("quantile", {"q": 0.3}), ("percentile_ratio", {}), ("quintile_ratio", {}),
              ("wolfson", {}), ("at_risk_of_poverty", {}), ("max_min_ratio", {})]  # fmt: skip


@pytest.mark.parametrize("name, parameters", REPLICATED)
@pytest.mark.parametrize("whole", [True, False], ids=["counts", "weights"])
def test_replicates_are_the_measure_of_each_replicate(name, parameters, whole):
    rng = np.random.default_rng(9)
    rows = rng.integers(0, 4, (12, len(X))).astype(float)
    order = np.argsort(X)
    base = np.ones(len(X)) if whole else W

    def multipliers(start, stop):
        return rows[start:stop][:, order]

    multipliers.count = len(rows)
    out = replicate(name, m.Distribution(X, base), multipliers, parameters)
    expected = [m.MEASURES[name](X, weights=base * row, **parameters) for row in rows]
    assert out == pytest.approx(expected, rel=1e-9, abs=1e-12)
