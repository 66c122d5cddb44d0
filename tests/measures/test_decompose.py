"""Decompositions against their definitions over pairs of persons, their sums, and statsmodels."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research import measures as m
from research.errors import DataError
from research.measures import decompose as de

sys.path.insert(0, str(Path(__file__).parent))
import naive  # noqa: E402

RNG = np.random.default_rng(11)
N = 90
X = np.round(RNG.lognormal(9, 0.8, N), -2) + 100  # rounded, so that there are ties
W = RNG.uniform(0.5, 3, N)
G = RNG.choice(["east", "middle", "west"], N)


@pytest.mark.parametrize("alpha", [-1, 0, 0.5, 1, 2])
def test_entropy_by_groups(alpha):
    out = de.theil_groups(X, G, W, alpha=alpha)
    assert out.total == pytest.approx(naive.entropy(X, W, alpha))
    assert out.within + out.between == pytest.approx(out.total)
    means = [naive.mean(X[g == G], W[g == G]) for g in out.table.group]
    assert out.between == pytest.approx(naive.entropy(means, [W[g == G].sum() for g in out.table.group], alpha))
    assert out.table["index"].tolist() == pytest.approx(
        [naive.entropy(X[g == G], W[g == G], alpha) for g in out.table.group]
    )
    assert out.table.contribution.sum() == pytest.approx(1)


def test_nested_levels_add_up():
    frame = pd.DataFrame(
        {"place": G, "residence": np.where(RNG.random(N) < 0.5, "urban", "rural"), "income": X, "weight": W}
    )
    out = de.theil_nested(frame, ["place", "residence"]).set_index("level")["value"]
    assert out.sum() == pytest.approx(naive.entropy(X, W, 1))
    assert out["place"] == pytest.approx(de.theil_groups(X, G, W).between)
    inner = de.theil_groups(X, frame.place + frame.residence, W)
    assert out["within"] == pytest.approx(inner.within)


def test_dagum_by_its_definition():
    """Dagum (1997): affluence and transvariation of each pair of groups, over all pairs of persons."""
    out = de.gini_dagum(X, G, W)
    mean, whole = naive.mean(X, W), W.sum()
    within = between = overlap = 0.0
    for a in "east", "middle", "west":
        for b in "east", "middle", "west":
            ia, ib = np.flatnonzero(a == G), np.flatnonzero(b == G)
            mean_a, mean_b = naive.mean(X[ia], W[ia]), naive.mean(X[ib], W[ib])
            d = p = distance = 0.0
            for i in ia:
                for j in ib:
                    w = W[i] * W[j] / W[ia].sum() / W[ib].sum()
                    distance += w * abs(X[i] - X[j])
                    up = (X[i] - X[j]) if mean_a > mean_b else (X[j] - X[i])
                    d, p = d + w * max(up, 0), p + w * max(-up, 0)
            f = W[ia].sum() / whole * W[ib].sum() / whole
            term = f * distance / (2 * mean)
            if a == b:
                within += term
            else:
                affluence = (d - p) / (d + p)
                between += term * affluence
                overlap += term * (1 - affluence)
    assert (out.within, out.between, out.transvariation) == pytest.approx((within, between, overlap))
    assert out.total == pytest.approx(naive.gini(X, W))
    assert out.pairs.net.sum() == pytest.approx(between)
    assert out.pairs.transvariation.sum() == pytest.approx(overlap)
    assert (out.pairs.affluence.between(0, 1)).all()


def test_pairs_add_up_to_what_is_between_and_overlaps():
    out = de.gini_dagum(X, G, W)
    assert out.pairs.net.sum() == pytest.approx(out.between)
    assert out.pairs.transvariation.sum() == pytest.approx(out.transvariation)


SOURCES = {"wage": X * RNG.uniform(0, 1, N), "business": RNG.normal(50, 90, N), "transfer": RNG.uniform(200, 900, N)}


def test_sources_by_covariances():
    """Lerman & Yitzhaki (1985): S, G and R from covariances with ranks; sums to the Gini."""
    total = sum(SOURCES.values())
    out = de.gini_sources(SOURCES, W)
    assert out.total == pytest.approx(naive.gini(total, W))
    row = out.table.set_index("source").loc["wage"]
    assert row.gini == pytest.approx(naive.gini(SOURCES["wage"], W))
    assert row.share == pytest.approx(naive.mean(SOURCES["wage"], W) / naive.mean(total, W))
    assert row.share * row.gini * row.correlation == pytest.approx(row.contribution)
    assert out.table.marginal.sum() == pytest.approx(0, abs=1e-12)


def test_marginal_effect_is_the_change_of_the_gini():
    out = de.gini_sources(SOURCES, W).table.set_index("source")
    total = sum(SOURCES.values())
    more = m.gini(total + 1e-6 * SOURCES["wage"], W)
    assert (more / m.gini(total, W) - 1) / 1e-6 == pytest.approx(out.loc["wage", "marginal"], rel=1e-3)


def test_shapley_of_a_known_game():
    """The glove game: one left glove, two right ones (Shapley values 2/3, 1/6, 1/6)."""
    out = de.shapley(["left", "right1", "right2"], lambda s: float("left" in s and len(s) > 1))
    assert list(out.values()) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@pytest.mark.parametrize("measure", ["gini", "theil", ("atkinson", {"epsilon": 0.7})])
def test_shapley_parts_add_up(measure):
    name, parameters = (measure, {}) if isinstance(measure, str) else measure
    positive = {k: np.abs(v) for k, v in SOURCES.items()}
    whole = m.MEASURES[name](sum(positive.values()), weights=W, **parameters)
    assert de.shapley_sources(positive, W, measure=measure)["value"].sum() == pytest.approx(whole)
    groups = de.shapley_groups(X, G, W, measure=measure)
    assert groups["value"].sum() == pytest.approx(m.MEASURES[name](X, weights=W, **parameters))
    assert groups["share"].sum() == pytest.approx(1)


def test_change_of_the_mean_log_deviation():
    y = X * np.where(G == "west", 1.2, 1.05)
    out = de.mld_change(X, G, y, G, W, W * np.where(G == "east", 1.1, 1))
    assert out.change == pytest.approx(naive.entropy(y, W * np.where(G == "east", 1.1, 1), 0) - naive.entropy(X, W, 0))
    parts = out.within + out.allocation_within + out.allocation_between + out.income
    assert parts + out.residual == pytest.approx(out.change)
    assert out.within == pytest.approx(0, abs=1e-12)
    assert abs(out.residual) < 0.05 * abs(out.change)


def test_rif_means_are_the_measure():
    for measure in ("gini", "theil", ("quantile", {"q": 0.3}), "hoover"):
        name, parameters = (measure, {}) if isinstance(measure, str) else measure
        values = de.rif(X, W, measure=measure)
        assert np.average(values, weights=W) == pytest.approx(m.MEASURES[name](X, weights=W, **parameters))


PEOPLE = pd.DataFrame({
    "income": X, "weight": W, "school": RNG.integers(6, 16, N), 
    "residence": np.where(RNG.random(N) < 0.5, "urban", "rural"),
})  # fmt: skip


def test_rif_regression_of_the_mean_is_least_squares():
    import statsmodels.formula.api as smf

    out = de.rif_regression(PEOPLE, ["school", "residence"], measure="mean")
    fit = smf.wls("income ~ school + residence", PEOPLE, weights=PEOPLE.weight).fit(cov_type="HC1")
    expected = fit.params[["Intercept", "school", "residence[T.urban]"]]
    assert out.estimate.to_numpy() == pytest.approx(expected.to_numpy())
    assert out.se.to_numpy() == pytest.approx(fit.bse[expected.index].to_numpy())
    assert out.term.tolist() == ["const", "school", "residence_urban"]


@pytest.mark.parametrize("measure", ["mean", "gini", ("quantile", {"q": 0.5})])
@pytest.mark.parametrize("reference", ["pooled", "a", "b"])
def test_oaxaca_adds_up(measure, reference):
    out = de.oaxaca_blinder(PEOPLE, "residence", "urban", "rural", ["school"], measure=measure, reference=reference)
    assert out.explained + out.unexplained == pytest.approx(out.gap)
    name, parameters = (measure, {}) if isinstance(measure, str) else measure
    urban = PEOPLE[PEOPLE.residence == "urban"]
    assert out.a == pytest.approx(m.MEASURES[name](urban.income, weights=urban.weight, **parameters))
    assert out.table.explained.sum() == pytest.approx(out.explained)
    assert out.explained_se > 0 and out.unexplained_se > 0


def test_oaxaca_by_statsmodels():
    """statsmodels' two-fold decomposition with the second group's coefficients, unweighted."""
    from statsmodels.stats.oaxaca import OaxacaBlinder

    frame = PEOPLE.drop(columns="weight")
    exog = pd.DataFrame({"const": 1.0, "school": frame.school, "urban": (frame.residence == "urban").astype(float)})
    theirs = OaxacaBlinder(frame.income, exog, "urban", hasconst=True, swap=False).two_fold(two_fold_type="pooled")
    ours = de.oaxaca_blinder(frame, "residence", "urban", "rural", ["school"])
    unexplained, explained, gap = theirs.params[:3]
    assert (abs(ours.unexplained), abs(ours.explained), abs(ours.gap)) == pytest.approx(
        (abs(unexplained), abs(explained), abs(gap))
    )


REFUSED = [
    (lambda: de.theil_groups([1, 2], ["a"]), "groups: expected 2 entries, found 1 entries"),
    (lambda: de.theil_groups([1, 2], ["a", None]), "groups[1]: expected a group, found nothing"),
    (lambda: de.theil_groups([0, 0, 1], ["a", "a", "b"]), "group a: expected some income, found nothing but zeros"),
    (lambda: de.theil_groups([0, 1], ["a", "a"], alpha=0), "values[0]: expected a number above 0"),
    (lambda: de.gini_dagum([1, -1], ["a", "b"]), "values[1]: expected a number of 0 or more"),
    (lambda: de.gini_sources([[1, 2]]), "sources: expected named columns, one a source, found list"),
    (lambda: de.gini_sources({"a": [1, 2], "b": [-3, 1]}), "sum[0]: expected a sum of 0 or more, found -2.0"),
    (lambda: de.gini_sources({"a": [1, 2], "b": [1]}), "sources: expected columns of one length, found [2, 1]"),
    (lambda: de.shapley(range(13), len), "players: expected 1 to 12 different names, found 13"),
    (lambda: de.shapley_groups([1, 2], ["a", "b"], measure="ginny"), "measures: expected a measure, found 'ginny'"),
    (lambda: de.mld_change([1], ["a"], [1], ["b"]), "2 faults:\n  group a: expected persons in both years"),
    (lambda: de.rif([1, 2], measure="max_min_ratio"), "max_min_ratio: expected a measure with an influence function"),
    (lambda: de.rif_regression(PEOPLE, ["schol"]), "column schol: expected a column of the frame"),
    (
        lambda: de.oaxaca_blinder(PEOPLE, "residence", "urban", "town", ["school"]),
        "column residence: expected the group",
    ),
]


@pytest.mark.parametrize("code, text", REFUSED)
def test_refusals(code, text):
    with pytest.raises(DataError) as caught:
        code()
    assert str(caught.value).startswith(text)
