"""`survey.Design` against hand formulas, statsmodels, and its own three methods against each other."""

import numpy as np
import pandas as pd
import pytest

from research import measures as m
from research.errors import DataError
from research.measures.survey import Design


def sample(seed=1, strata=8, villages=10, households=12):
    """A clustered, stratified sample with unequal weights."""
    rng = np.random.default_rng(seed)
    rows = []
    for h in range(strata):
        for v in range(villages):
            level = 10 + 0.15 * h + rng.normal(0, 0.25)
            income = np.round(np.exp(rng.normal(level, 0.6, households)))
            rows.append(pd.DataFrame({"stratum": f"s{h}", "village": v, "income": income}))
    frame = pd.concat(rows, ignore_index=True)
    frame["weight"] = rng.uniform(20, 60, len(frame))
    frame["year"] = rng.choice([2023, 2024], len(frame))
    return frame


FRAME = sample()
DESIGN = Design(FRAME, weight="weight", strata="stratum", psu="village")


def test_mean_by_the_textbook():
    """Ratio estimator of a mean in a stratified cluster sample (Cochran, 'Sampling Techniques', ch. 6)."""
    w, x = FRAME.weight, FRAME.income
    mean = (w * x).sum() / w.sum()
    t = (w * (x - mean) / w.sum()).groupby([FRAME.stratum, FRAME.village]).sum()
    variance = sum(len(g) / (len(g) - 1) * ((g - g.mean()) ** 2).sum() for _, g in t.groupby(level=0))
    row = DESIGN.estimate("mean").iloc[0]
    assert row.estimate == pytest.approx(mean)
    assert row.se == pytest.approx(np.sqrt(variance))
    assert (row.n, row.df) == (len(FRAME), 8 * 10 - 8)


def test_domain_mean_by_statsmodels():
    """Without strata, the variance of a domain mean is that of a cluster-robust regression on a constant."""
    import statsmodels.api as sm

    out = Design(FRAME, weight="weight", psu=["stratum", "village"]).estimate("mean", by="year").set_index("year")
    for year, part in FRAME.groupby("year"):
        clusters = part.groupby(["stratum", "village"]).ngroup()
        assert clusters.nunique() == 80  # else the clusters outside the domain would count in one and not the other
        fit = sm.WLS(part.income, np.ones(len(part)), weights=part.weight).fit(
            cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
        )
        assert out.loc[year, "estimate"] == pytest.approx(fit.params.iloc[0])
        assert out.loc[year, "se"] == pytest.approx(fit.bse.iloc[0] * np.sqrt(80 / 79), rel=1e-9)


def test_simple_sample_of_a_share():
    """Drawn one by one: variance p(1-p)/(n-1), design effect 1."""
    frame = pd.DataFrame({"income": [1.0] * 30 + [5.0] * 70})
    row = Design(frame).estimate("headcount", line=2).iloc[0]
    assert row.estimate == pytest.approx(0.3)
    assert row.se == pytest.approx(np.sqrt(0.3 * 0.7 / 99))
    assert row.deff == pytest.approx(1, rel=0.02)


MEASURES = ["mean", "gini", "theil", "mean_log_deviation", "quintile_ratio", "palma_ratio", "wolfson", "hoover",
            "percentile_ratio", "at_risk_of_poverty", ("headcount", {"line": 20000}), ("watts", {"line": 20000}),
            ("sen", {"line": 20000}), ("sen_shorrocks_thon", {"line": 20000}), "median"]  # fmt: skip


def test_three_methods_agree():
    linear = DESIGN.estimate(MEASURES).set_index("measure")
    boot = DESIGN.estimate(MEASURES, method="bootstrap", replicates=400).set_index("measure")
    knife = DESIGN.estimate(MEASURES, method="jackknife").set_index("measure").drop(index="median")
    assert boot.estimate.to_numpy() == pytest.approx(linear.estimate.to_numpy())
    ratio = boot.se / linear.se
    assert ratio.between(0.8, 1.25).all(), ratio
    stepwise = ["percentile_ratio", "wolfson", "at_risk_of_poverty", "median", "quintile_ratio"]  # move by quantiles
    smooth = (knife.se / linear.se).drop(index=stepwise)
    assert smooth.between(0.95, 1.06).all(), smooth[~smooth.between(0.95, 1.06)]


@pytest.mark.parametrize("name, kwargs", [("gini", {}), ("theil", {}), ("mean", {}), ("headcount", {"line": 20000})])
def test_sums_by_cluster_are_the_measure_of_each_replicate(name, kwargs):
    """Replicates through sums by cluster, against the measure of the reweighted rows one by one."""
    from research.measures.batch import replicate
    from research.measures.survey.replicates import bootstrap_multipliers

    matrix = bootstrap_multipliers(DESIGN.units, 40, seed=3)
    d = m.Distribution(FRAME.income, FRAME.weight)
    psu = DESIGN.units.psu[d.order]

    def rows(start, stop):
        return matrix[start:stop][:, psu]

    rows.count, rows.matrix, rows.psu = len(matrix), matrix, psu
    expected = [
        m.MEASURES[name](FRAME.income, weights=FRAME.weight * row[DESIGN.units.psu].astype(float), **kwargs)
        for row in matrix
    ]
    assert replicate(name, d, rows, kwargs) == pytest.approx(expected, rel=1e-9)


def test_groups_are_domains_of_the_whole_design():
    out = DESIGN.estimate(["gini", "mean"], by=["year"])
    assert list(out.columns) == [
        "year", "measure", "estimate", "se", "lower", "upper", "n", "n_eff", "deff", "df", "coverage", "method",
        "interval",
    ]  # fmt: skip
    assert out.measure.tolist() == ["gini", "mean"] * 2
    part = FRAME[FRAME.year == 2023]
    assert out.estimate.iloc[0] == pytest.approx(m.gini(part.income, part.weight))
    assert (out.lower < out.estimate).all() and (out.estimate < out.upper).all()
    assert out.n_eff.to_numpy() == pytest.approx(out.n / out.deff)


def test_domain_variance_counts_clusters_without_members():
    """A domain total in few clusters: the empty ones are zeros of the sample, not missing (Särndal 1992, ch. 5)."""
    frame = pd.DataFrame({"income": [4.0, 6, 5, 9], "group": list("aabb"), "village": list("wxyz")})
    row = Design(frame, psu="village").estimate("mean", by="group").iloc[0]
    t = np.array([(4 - 5) / 2, (6 - 5) / 2, 0, 0])
    assert row.se == pytest.approx(np.sqrt(4 / 3 * (t**2).sum()))


def test_finite_population():
    frame = FRAME.assign(villages=20)
    half = Design(frame, weight="weight", strata="stratum", psu="village", population="villages")
    for method in ("linearized", "jackknife"):
        whole = DESIGN.estimate("gini", method=method).se.iloc[0]
        assert half.estimate("gini", method=method).se.iloc[0] == pytest.approx(whole * np.sqrt(0.5))
    boot = half.estimate("gini", method="bootstrap", replicates=300).se.iloc[0]
    assert boot / DESIGN.estimate("gini").se.iloc[0] == pytest.approx(np.sqrt(0.5), rel=0.15)


def test_woodruff_interval_of_a_median():
    """Woodruff (1952): the limits of the share below the median, read back as incomes."""
    row = DESIGN.estimate("median").iloc[0]
    below = FRAME.assign(income=(FRAME.income <= row.estimate).astype(float))
    share = Design(below, weight="weight", strata="stratum", psu="village").estimate("mean").iloc[0]
    low, high = (m.quantile(FRAME.income, FRAME.weight, q=0.5 + s * 1.959964 * share.se) for s in (-1, 1))
    assert row.se == pytest.approx((high - low) / (2 * 1.959964), rel=1e-6)


SINGLES = pd.DataFrame({
    "income": [1.0, 3, 2, 6, 5, 9, 4, 8], "stratum": list("aaaabbbb"), "village": [1, 1, 2, 2, 3, 3, 3, 3]
})  # fmt: skip


@pytest.mark.parametrize("method", ["linearized", "jackknife", "bootstrap"])
def test_strata_with_one_cluster(method):
    with pytest.raises(DataError, match="stratum stratum b: expected two clusters or more, found one .*single="):
        Design(SINGLES, strata="stratum", psu="village")
    se = {
        rule: Design(SINGLES, strata="stratum", psu="village", single=rule)
        .estimate("mean", method=method, replicates=2000)
        .se.iloc[0]
        for rule in ("certainty", "average", "centered")
    }
    assert se["average"] == pytest.approx(se["certainty"] * np.sqrt(2), rel=0.1)
    assert se["certainty"] < se["centered"]
    mean, totals = 4.75, []
    for village, part in SINGLES.groupby("village"):
        totals.append((village, ((part.income - mean) / 8).sum()))
    first = np.array([t for v, t in totals if v in (1, 2)])
    certain = np.sqrt(2 * ((first - first.mean()) ** 2).sum())
    assert se["certainty"] == pytest.approx(certain, rel=0.1 if method == "bootstrap" else 1e-6)
    if method == "linearized":
        assert se["centered"] == pytest.approx(np.sqrt(certain**2 + totals[-1][1] ** 2))


def test_contrast_of_independent_years_adds_variances():
    years = Design(FRAME, weight="weight", strata=["year", "stratum"], psu="village")
    each = years.estimate("gini", by="year")
    row = years.contrast("gini", over="year").iloc[0]
    assert (row["from"], row["to"]) == (2023, 2024)
    assert row.difference == pytest.approx(each.estimate.iloc[1] - each.estimate.iloc[0])
    assert row.se == pytest.approx(np.sqrt((each.se**2).sum()))
    assert row.statistic == pytest.approx(row.difference / row.se)


@pytest.mark.parametrize("method", ["linearized", "bootstrap", "jackknife"])
def test_contrast_of_a_panel_sees_what_years_share(method):
    """The same households, each 10% richer: the change of the mean is far more exact than the two means."""
    later = FRAME.assign(year=2025, income=FRAME.income * 1.1)
    panel = pd.concat([FRAME.assign(year=2024), later], ignore_index=True)
    design = Design(panel, weight="weight", strata="stratum", psu="village")
    each = design.estimate("mean", by="year", method=method)
    row = design.contrast("mean", over="year", method=method).iloc[0]
    assert row.se == pytest.approx(0.1 * each.se.iloc[0], rel=0.01)


def test_pairs_of_a_contrast():
    frame = FRAME.assign(year=FRAME.village % 3 + 2022)
    design = Design(frame, weight="weight", strata="stratum", psu="village")
    pairs = design.contrast("mean", pairs="consecutive", by="stratum")
    assert len(pairs) == 16
    assert pairs.iloc[:2][["from", "to"]].to_numpy().tolist() == [[2022, 2023], [2023, 2024]]
    assert len(design.contrast("mean", pairs="all")) == 3
    with pytest.raises(DataError, match="column year: expected one of its groups, found 2031"):
        design.contrast("mean", pairs=[(2022, 2031)])


def test_replicate_weights_that_came_with_the_data():
    """Jackknife weights written into columns give the jackknife's variance back."""
    from research.measures.survey.replicates import jackknife_multipliers

    rows, factor = jackknife_multipliers(DESIGN.units)
    columns = {f"r{i}": FRAME.weight * row[DESIGN.units.psu] for i, row in enumerate(rows)}
    frame = pd.concat([FRAME, pd.DataFrame(columns)], axis=1)
    given = Design(frame, weight="weight", replicate_weights=list(columns), scale=factor[0])
    expected = DESIGN.estimate(["gini", "mean"], method="jackknife").se
    assert given.estimate(["gini", "mean"], method="replicate").se.to_numpy() == pytest.approx(
        expected.to_numpy(), rel=1e-6
    )


def test_same_seed_same_numbers():
    a, b = (DESIGN.estimate("gini", method="bootstrap", replicates=50) for _ in range(2))
    pd.testing.assert_frame_equal(a, b)


def test_weights_rescaled_change_nothing():
    other = Design(FRAME.assign(weight=FRAME.weight * 1e6), weight="weight", strata="stratum", psu="village")
    for column in ("estimate", "se", "n_eff", "deff"):
        expected = DESIGN.estimate(MEASURES)[column].to_numpy()
        assert other.estimate(MEASURES)[column].to_numpy() == pytest.approx(expected, rel=1e-9)


def test_intervals_by_scale():
    plain = DESIGN.estimate("gini", interval="normal").iloc[0]
    assert plain.estimate - plain.lower == pytest.approx(plain.upper - plain.estimate)
    log = DESIGN.estimate("gini", interval="log").iloc[0]
    assert log.upper / log.estimate == pytest.approx(log.estimate / log.lower)
    logit = DESIGN.estimate("gini", interval="logit").iloc[0]
    odds = [v / (1 - v) for v in (logit.lower, logit.estimate, logit.upper)]
    assert odds[2] / odds[1] == pytest.approx(odds[1] / odds[0])


def test_gaps_and_zeros():
    frame = FRAME.copy()
    frame.loc[[3, 5], "income"] = np.nan
    frame.loc[[7], "income"] = 0.0
    design = Design(frame, weight="weight", strata="stratum", psu="village")
    with pytest.raises(DataError, match="row 3, column income: expected a number, found nothing"):
        design.estimate("gini")
    assert design.estimate("gini", missing="drop").coverage.iloc[0] < 1
    with pytest.raises(DataError, match="all rows, mean_log_deviation: expected a number above 0"):
        design.estimate("mean_log_deviation", missing="drop")
    out = design.estimate(("mean_log_deviation", {"zeros": "drop"}), missing="drop").iloc[0]
    assert out.estimate == pytest.approx(
        m.mean_log_deviation(frame.income[frame.income > 0], frame.weight[frame.income > 0])
    )


def test_a_group_without_value_is_refused_or_left_a_gap():
    frame = FRAME.assign(income=FRAME.income.where(FRAME.stratum != "s0", 0.0))
    design = Design(frame, weight="weight", strata="stratum", psu="village")
    with pytest.raises(DataError, match="stratum s0, gini: .*all values are zero"):
        design.estimate("gini", by="stratum")
    out = design.estimate("gini", by="stratum", undefined="gap")
    assert np.isnan(out.estimate.iloc[0]) and out.se.iloc[1:].notna().all()


REFUSED = [
    (
        dict(method="linearised"),
        {},
        "method: expected one of 'linearized', 'bootstrap', 'jackknife', 'replicate', found",
    ),
    (dict(value="incom"), {}, "column incom: expected a column of the frame"),
    (dict(interval="probit"), {}, "interval: expected one of"),
    (dict(level=1.0), {}, "level: expected a number above 0 below 1, found 1.0"),
    (dict(line=3), {}, "measures, gini: expected one of its parameters, found 'line' (it takes none)"),
    (dict(method="replicate"), {}, "replicate_weights: expected columns of replicate weights, found none"),
    ({}, dict(strata="stratm"), "column stratm: expected a column of the frame, found none of that name (did you mean"),
    ({}, dict(single="drop"), "single: expected one of"),
    ({}, dict(population="weight"), "row 0, column weight: expected one number of clusters for the whole stratum"),
]


@pytest.mark.parametrize("kwargs, design, text", REFUSED)
def test_refusals(kwargs, design, text):
    with pytest.raises(DataError) as caught:
        Design(FRAME, **{"weight": "weight", "strata": "stratum", "psu": "village", **design}).estimate(
            "gini", **kwargs
        )
    assert str(caught.value).startswith(text)
