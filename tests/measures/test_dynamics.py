"""Dynamics against hand computations, statsmodels and scipy, and their refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from research import measures as m
from research.errors import DataError
from research.measures import dynamics as dy

YEARS = [2015, 2016, 2018, 2019, 2021]
GAP = [2.0, 1.97, 1.90, 1.89, 1.80]


def test_projection_by_the_textbook():
    """Prediction interval of simple regression (Draper & Smith 1998, ch. 3), written out."""
    out = dy.project_gap(YEARS, GAP, 2025, target=1.7)
    t, y = np.array(YEARS, float), np.array(GAP)
    slope, _, _, p, _ = stats.linregress(t, y)
    at = y.mean() + slope * (2025 - t.mean())
    s2 = ((y - y.mean() - slope * (t - t.mean())) ** 2).sum() / 3
    se = np.sqrt(s2 * (1 + 1 / 5 + (2025 - t.mean()) ** 2 / ((t - t.mean()) ** 2).sum()))
    reach = stats.t.ppf(0.975, 3) * se
    assert (out.value, out.lower, out.upper) == pytest.approx((at, at - reach, at + reach))
    assert out.slope == pytest.approx(slope) and out.slope_p == pytest.approx(p)
    assert out.probability == pytest.approx(stats.t.cdf((1.7 - at) / se, 3))
    line = {year: y.mean() + slope * (year - t.mean()) for year in range(2021, 2040)}
    assert out.reached == next(year for year, v in line.items() if v <= 1.7)
    assert out.path.year.tolist() == list(range(2015, 2026))
    assert out.path.value.notna().sum() == 5


def test_projection_of_constant_relative_change():
    values = [2 * 0.97**k for k in range(5)]
    out = dy.project_gap(range(2019, 2024), values, 2026, model="log", target=1.5, better="lower")
    assert out.value == pytest.approx(2 * 0.97**7)
    assert out.slope == pytest.approx(-0.03)


@pytest.mark.parametrize("better, target, reached", [("higher", 4.9, 2022), ("lower", 0, np.nan), ("lower", 2, 2020)])
def test_when_a_target_is_reached(better, target, reached):
    out = dy.project_gap([2020, 2021, 2022, 2023], [1, 3, 5.1, 6.9], 2025, target=target, better=better)
    assert out.reached == pytest.approx(reached, nan_ok=True)


def test_growth_incidence_of_equal_growth_is_flat():
    x = np.random.default_rng(0).lognormal(10, 1, 400)
    w = np.random.default_rng(1).uniform(1, 3, 400)
    out = dy.growth_incidence(x, x * 1.21, w, w, years=2)
    assert out.curve["growth"].to_numpy() == pytest.approx(np.full(99, 0.1))
    assert (out.mean_growth, out.median_growth, out.pro_poor) == pytest.approx((0.1, 0.1, 0.1))


def test_growth_incidence_is_the_ratio_of_quantiles():
    x, y = [100, 200, 300, 400, 500], [150, 210, 330, 440, 500]
    out = dy.growth_incidence(x, y, points=[10, 50, 90])
    expected = [m.quantile(y, q=q) / m.quantile(x, q=q) - 1 for q in (0.1, 0.5, 0.9)]
    assert out.curve["growth"].to_numpy() == pytest.approx(expected)
    assert np.isnan(dy.growth_incidence([0, 2], [1, 2], points=[10]).curve["growth"].iloc[0])


def panel(rng, places=30, years=(2020, 2021, 2022, 2023, 2024), rho=0.8):
    start = rng.normal(10, 0.5, places)
    rows = []
    for k, year in enumerate(years):
        level = 10 + 0.05 * k + (start - 10) * rho**k
        rows.append(
            pd.DataFrame(
                {
                    "place": [f"p{i}" for i in range(places)],
                    "year": year,
                    "income": np.exp(level),
                    "schooling": start * 0 + np.arange(places) % 5,
                    "people": 1 + np.arange(places),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)  # fmt: skip


def test_sigma_convergence():
    frame = panel(np.random.default_rng(2))
    out = dy.sigma_convergence(frame, "income", measure="sd_log")
    assert out.converging and out.slope < 0
    assert out.table["value"].to_numpy()[1:] == pytest.approx(out.table["value"].to_numpy()[:-1] * 0.8)
    weighted = dy.sigma_convergence(frame, "income", weight="people", measure="gini").table
    first = frame[frame.year == 2020]
    assert weighted["value"].iloc[0] == pytest.approx(m.gini(first.income, first.people))


def test_beta_convergence_of_a_known_process():
    """Distances shrink by 0.8 a year: growth over 4 years is (0.8^4 - 1)/4 of the distance, exactly."""
    frame = panel(np.random.default_rng(3))
    out = dy.beta_convergence(frame, "income")
    assert out.beta == pytest.approx((0.8**4 - 1) / 4)
    assert out.speed == pytest.approx(-np.log(0.8))
    assert out.half_life == pytest.approx(np.log(2) / -np.log(0.8))
    conditional = dy.beta_convergence(frame, "income", controls=["schooling"])
    assert conditional.conditional and conditional.coefficients.term.tolist() == ["const", "start", "schooling"]
    assert conditional.coefficients.estimate.iloc[2] == pytest.approx(0, abs=1e-10)


def test_densities_are_densities():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"year": np.repeat([2021, 2024], 3000), "income": np.exp(rng.normal(10, 0.5, 6000))})
    out = dy.density_evolution(frame, points=400)
    for _, part in out.groupby("year"):
        assert np.trapezoid(part.density, np.log(part.x)) == pytest.approx(1, abs=2e-3)
        true = stats.norm.pdf(np.log(part.x), 10, np.sqrt(0.25 + part.bandwidth.iloc[0] ** 2))
        assert np.abs(part.density - true).max() < 0.05


def test_density_equals_scipy_on_a_small_sample():
    x = np.array([1.0, 2, 2.5, 4, 7])
    out = dy.density_evolution(pd.DataFrame({"year": 1, "income": x}), scale="linear", bandwidth=0.8, points=50)
    kde = stats.gaussian_kde(x, bw_method=0.8 / x.std(ddof=1))
    assert out.density.to_numpy() == pytest.approx(kde(out.x.to_numpy()))


def test_transition_matrix_by_hand():
    frame = pd.DataFrame({
        "place": list("abc") * 3, "year": [1] * 3 + [2] * 3 + [3] * 3, "income": [1, 1, 5, 1, 5, 5, 5, 5, 1]
    })  # fmt: skip
    out = dy.transition_matrix(frame, "income", classes=[2], relative=False, labels=["low", "high"])
    assert out.counts.to_numpy().tolist() == [[1, 2], [1, 2]]
    assert out.matrix.loc["low"].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert out.ergodic.tolist() == pytest.approx([1 / 3, 2 / 3])
    assert out.mobility == pytest.approx(1.0)
    assert out.p_value == pytest.approx(1.0)
    two = dy.transition_matrix(frame, "income", classes=[2], relative=False, step=2)
    assert two.counts.to_numpy().tolist() == [[0, 2], [1, 0]]


def test_a_matrix_that_does_not_settle():
    frame = pd.DataFrame({"place": list("abab"), "year": [1, 1, 2, 2], "income": [1, 9, 1, 9]})
    out = dy.transition_matrix(frame, "income", classes=2)
    assert out.matrix.to_numpy().tolist() == [[1, 0], [0, 1]]
    assert out.ergodic.isna().all() and out.mobility == 0


def test_dominance_verdicts():
    rng = np.random.default_rng(5)
    x = rng.lognormal(10, 0.6, 800)
    assert dy.stochastic_dominance(x * 1.3, x, replicates=199).verdict == "a dominates"
    assert dy.stochastic_dominance(x, x * 1.3, replicates=199).verdict == "b dominates"
    assert dy.stochastic_dominance(x, rng.permutation(x), replicates=99).verdict == "no difference shown"
    spread = np.exp(10 + (np.log(x) - 10) * 2)
    assert dy.stochastic_dominance(x, spread, replicates=199).verdict == "curves cross"
    calm = rng.uniform(900, 1100, 800)
    wild = rng.uniform(500, 1500, 800)
    assert dy.stochastic_dominance(calm, wild, replicates=199, order=1).verdict == "curves cross"
    assert dy.stochastic_dominance(calm, wild, replicates=199, order=2).verdict == "a dominates"


def test_dominance_curves_by_definition():
    out = dy.stochastic_dominance([1, 2, 4], [2, 3, 5], [1, 2, 1], order=2, replicates=19).curve
    for row in out.itertuples():
        expected = sum(w * max(row.x - x, 0) for x, w in zip([1, 2, 4], [0.25, 0.5, 0.25], strict=True))
        assert row.a == pytest.approx(expected)


@pytest.mark.slow
def test_dominance_keeps_its_level():
    """Two samples of one distribution: each one-sided hypothesis is rejected in about 5% of trials."""
    rng = np.random.default_rng(6)
    p = [dy.stochastic_dominance(*rng.lognormal(0, 1, (2, 150)), replicates=99).p_a_not_worse for _ in range(300)]
    assert np.mean(np.array(p) < 0.05) < 0.09


FRAME = pd.DataFrame({"place": list("aabb"), "year": [1, 2, 1, 2], "income": [1.0, 2, 3, 4]})
REFUSED = [
    (lambda: dy.project_gap([1, 2], [1, 2], 5), "years: expected 3 years or more, found 2"),
    (lambda: dy.project_gap([1, 2, 2], [1, 2, 3], 5), "years: expected each year once, found 2 twice"),
    (lambda: dy.project_gap([1, 2, 3], [1, None, 3], 5), "values[1]: expected a number, found nothing"),
    (lambda: dy.project_gap([1, 2, 3], [1, 2], 5), "values: expected 3 entries, one a year, found 2 entries"),
    (lambda: dy.project_gap([1, 2, 3], [1, 2, 3], 3), "target_year: expected a year after 3, found 3"),
    (lambda: dy.project_gap([1, 2, 3], [0, 2, 3], 5, model="log"), "values[0]: expected a number above 0"),
    (lambda: dy.growth_incidence([1, -1], [1, 2]), "before[1]: expected a number of 0 or more, found -1.0"),
    (lambda: dy.growth_incidence([1], [1], points=[200]), "points: expected percentiles from 0 to 100"),
    (lambda: dy.sigma_convergence(FRAME.iloc[:3], "income"), "place b, year 2: expected a value, found nothing"),
    (lambda: dy.sigma_convergence(FRAME, "incom"), "column incom: expected a column of the frame"),
    (
        lambda: dy.sigma_convergence(pd.concat([FRAME, FRAME]).reset_index(), "income"),
        "row 4: expected each place once",
    ),
    (lambda: dy.beta_convergence(FRAME, "income"), "frame: expected two years and 4 places or more, found 2 places"),
    (lambda: dy.transition_matrix(FRAME, "income", classes=[3, 2]), "classes: expected borders that rise"),
    (lambda: dy.transition_matrix(FRAME, "income", classes=2, labels=["x"]), "labels: expected 2 names, found 1"),
    (
        lambda: dy.density_evolution(FRAME.assign(income=[0, 1, 2, 3])),
        "row 0, column income: expected a number above 0",
    ),
    (lambda: dy.density_evolution(FRAME.assign(income=1.0)), "year 1: expected values that differ, found all alike"),
    (lambda: dy.stochastic_dominance([1, 2], [1, "x"]), "b[1]: expected a number, found 'x'"),
    (lambda: dy.stochastic_dominance([1], [1], order=3), "order: expected a number from 1 to 2, found 3"),
]


@pytest.mark.parametrize("code, text", REFUSED)
def test_refusals(code, text):
    with pytest.raises(DataError) as caught:
        code()
    assert str(caught.value).startswith(text)
