"""Fay-Herriot against closed forms, R's sae where its example lies beside the project, and simulation."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.core.faults import DataError
from research.measures.small_area import fay_herriot
from research.measures.small_area.fit import bootstrap_mse, fit, prasad_rao_mse

SAE = Path(__file__).parents[3] / "shared" / "reference" / "fay_herriot"  # GPL data, not shipped


def areas(seed=1, m=19, A=0.5):
    rng = np.random.default_rng(seed)
    x, D = rng.normal(0, 1, m), rng.uniform(0.2, 2, m)
    truth = 10 + 2 * x + rng.normal(0, np.sqrt(A), m)
    return pd.DataFrame({"place": [f"p{i}" for i in range(m)], "x": x, "se": np.sqrt(D), "people": rng.uniform(1, 9, m),
                         "estimate": truth + rng.normal(0, np.sqrt(D)), "truth": truth})  # fmt: skip


FRAME = areas(A=4.0)


def test_equal_variances_in_closed_form():
    """With one sampling variance D and a constant alone, REML is the sample variance less D (Rao & Molina, ch. 6)."""
    y = np.array([3.0, 5, 9, 4, 7, 11])
    out = fay_herriot(pd.DataFrame({"place": list("abcdef"), "estimate": y, "se": 1.5}))
    A = y.var(ddof=1) - 1.5**2
    assert out.variance == pytest.approx(A)
    g = A / (A + 2.25)
    assert out.table.eblup.to_numpy() == pytest.approx(g * y + (1 - g) * y.mean())
    g1, g2, g3 = g * 2.25, (1 - g) ** 2 * (A + 2.25) / 6, 2.25**2 / (A + 2.25) ** 3 * 2 * (A + 2.25) ** 2 / 6
    assert out.table.eblup_rmse.to_numpy() == pytest.approx(np.sqrt(g1 + g2 + 2 * g3))
    ml = fay_herriot(pd.DataFrame({"place": list("abcdef"), "estimate": y, "se": 1.5}), method="ml")
    assert ml.variance == pytest.approx(y.var() - 2.25)
    moment = fay_herriot(pd.DataFrame({"place": list("abcdef"), "estimate": y, "se": 1.5}), method="moment")
    assert moment.variance == pytest.approx(A)


@pytest.mark.skipif(not SAE.is_dir(), reason="R sae's example is not beside the project")
def test_published_example_of_sae():
    """R sae 1.3, data milk (50 areas less 7): REML, EBLUP and Prasad-Rao MSE as its eblupFH and mseFH print them."""
    milk, printed = pd.read_csv(SAE / "milk.csv"), pd.read_csv(SAE / "fh_REML.csv")
    for k in (2, 3, 4):
        milk[f"m{k}"] = (milk.MajorArea == k).astype(float)
    out = fay_herriot(milk, ["m2", "m3", "m4"], area="SmallArea", estimate="yi", se="SD")
    assert out.variance == pytest.approx(0.0185502223227, rel=1e-4)  # sae stops iterating at 1e-4
    assert out.coefficients.estimate.tolist() == pytest.approx(
        [0.968188970442, 0.132780142471, 0.226946218876, -0.241301079692], abs=1e-5
    )
    assert out.coefficients.se.tolist() == pytest.approx(
        [0.0693620841, 0.1030007444, 0.0923298103, 0.0816170705], abs=1e-6
    )
    assert out.loglik == pytest.approx(12.6774781, abs=1e-5)
    assert out.table.eblup.to_numpy() == pytest.approx(printed.eblup.to_numpy(), abs=2e-6)
    assert out.table.eblup_rmse.to_numpy() ** 2 == pytest.approx(printed.mse.to_numpy(), rel=1e-5)


@pytest.mark.parametrize("method", ["reml", "ml", "moment"])
def test_each_fit_solves_its_own_equation(method):
    y, X, D = FRAME.estimate.to_numpy(), np.column_stack([np.ones(19), FRAME.x]), FRAME.se.to_numpy() ** 2
    A = fit(y, X, D, method).variance
    V = A + D
    P = np.diag(1 / V) - (X / V[:, None]) @ np.linalg.inv(X.T @ (X / V[:, None])) @ (X / V[:, None]).T
    quadratic = y @ P @ P @ y
    expected = {"reml": np.trace(P), "ml": np.sum(1 / V), "moment": None}[method]
    if method == "moment":
        assert y @ P @ y == pytest.approx(19 - 2)
    else:
        assert quadratic == pytest.approx(expected)


def test_no_signal_leaves_the_regression():
    frame = pd.DataFrame({"place": list("abcdef"), "estimate": [5.0, 5.1, 4.9, 5, 5.05, 4.95], "se": 3.0})
    out = fay_herriot(frame)
    assert out.variance == 0
    assert out.table.eblup.to_numpy() == pytest.approx(np.full(6, 5.0))


def test_places_without_sample_get_the_regression():
    frame = pd.concat([FRAME, pd.DataFrame({"place": ["new"], "x": [0.7], "people": [2.0]})], ignore_index=True)
    out = fay_herriot(frame, ["x"])
    last = out.table.iloc[-1]
    assert last.eblup == pytest.approx(out.coefficients.estimate[0] + 0.7 * out.coefficients.estimate[1])
    assert (last.gamma, last.chosen) == (0, "model")
    assert last.eblup_rmse > np.sqrt(out.variance)


def test_benchmarked_to_the_direct_total():
    out = fay_herriot(FRAME, ["x"], benchmark="people")
    w = FRAME.people
    assert np.average(out.table.benchmarked, weights=w) == pytest.approx(np.average(FRAME.estimate, weights=w))


def test_the_benchmark_moves_by_precision():
    """Model figures are moved in proportion to weight times squared error; a direct estimate that is kept is not."""
    out = fay_herriot(FRAME, ["x"], benchmark="people", cv_limit=0.1)
    table, w = out.table, FRAME.people
    assert set(table.chosen) == {"direct", "model"}
    move = (table.benchmarked - table.eblup) / (w * table.eblup_rmse**2)
    assert move.to_numpy() == pytest.approx(np.full(19, move.iloc[0]))
    error = np.hypot(table.eblup_rmse, table.benchmarked - table.eblup)
    assert table.benchmarked_rmse.to_numpy() == pytest.approx(error)
    kept = table[table.chosen == "direct"]
    assert (kept.value == kept.direct).all() and (kept.se == kept.direct_se).all()
    whole = np.average(FRAME.estimate, weights=w)
    assert out.diagnostics["benchmark_factor"] == pytest.approx(whole / np.average(table.eblup, weights=w))
    assert out.diagnostics["chosen_factor"] == pytest.approx(whole / np.average(table.value, weights=w))
    beyond = pd.concat([FRAME, pd.DataFrame({"place": ["new"], "x": [0.7], "people": [2.0]})], ignore_index=True)
    last = fay_herriot(beyond, ["x"], benchmark="people", cv_limit=0.1)
    assert np.average(last.table.benchmarked[:19], weights=w) == pytest.approx(whole)
    assert last.table.value.iloc[19] == last.table.benchmarked.iloc[19]


def test_choice_by_the_stated_rule():
    out = fay_herriot(FRAME, ["x"], cv_limit=0.1)
    cv = FRAME.se / FRAME.estimate.abs()
    better = out.table.benchmarked_rmse < FRAME.se
    assert (out.table.chosen == np.where((cv > 0.1) & better, "model", "direct")).all()
    assert "at most 10%" in out.rule and "not above the model's" in out.rule
    kept = out.table[out.table.chosen == "direct"]
    assert (kept.value == kept.direct).all() and (kept.se == kept.direct_se).all()


@pytest.mark.parametrize("transform, center", [("log", 10.0), ("logit", 0.3)])
def test_other_scales(transform, center):
    rng = np.random.default_rng(3)
    y = center * np.exp(rng.normal(0, 0.15, 30))
    frame = pd.DataFrame({"place": range(30), "estimate": y, "se": 0.1 * y})
    out = fay_herriot(frame, transform=transform)
    low, high = y.min(), y.max()
    assert out.table.eblup.between(low, high).all()
    assert ((out.table.eblup - y.mean()).abs() <= (y - y.mean()).__abs__() + 0.02 * center).all()


def test_log_scale_gives_the_mean_back():
    """Lognormal truths: exp(prediction) alone is a median; with the correction the mean is right (Slud & Maiti)."""
    rng = np.random.default_rng(4)
    ratio = []
    for _ in range(60):
        truth = np.exp(rng.normal(2, 0.5, 60))
        direct = truth * np.exp(rng.normal(0, 0.4, 60))
        out = fay_herriot(pd.DataFrame({"place": range(60), "estimate": direct, "se": 0.4 * direct}), transform="log")
        ratio.append(out.table.eblup.mean() / truth.mean())
    assert np.mean(ratio) == pytest.approx(1, abs=0.02)


def test_bootstrap_and_formula_agree():
    X, D = np.column_stack([np.ones(19), FRAME.x]), FRAME.se.to_numpy() ** 2
    model = fit(FRAME.estimate.to_numpy(), X, D)
    assert bootstrap_mse(model, X, D, 400, 1).mean() == pytest.approx(prasad_rao_mse(model, X, D).mean(), rel=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["reml", "ml", "moment"])
def test_simulated_error(method):
    """Estimated against empirical mean squared error within 10%, and the EBLUP beats the direct estimate."""
    rng = np.random.default_rng(5)
    m, A = 40, 1.0
    X, D = np.column_stack([np.ones(m), rng.normal(0, 1, m)]), np.tile([0.5, 0.8, 1.0, 1.5], 10)
    error, estimated, direct = np.zeros(m), np.zeros(m), np.zeros(m)
    for _ in range(1500):
        truth = X @ [10, 2] + rng.normal(0, np.sqrt(A), m)
        y = truth + rng.normal(0, np.sqrt(D))
        model = fit(y, X, D, method)
        error += (model.eblup - truth) ** 2
        direct += (y - truth) ** 2
        estimated += prasad_rao_mse(model, X, D)
    assert estimated.sum() / error.sum() == pytest.approx(1, abs=0.1)
    for d in (0.5, 0.8, 1.0, 1.5):
        assert estimated[d == D].sum() / error[d == D].sum() == pytest.approx(1, abs=0.1)
        assert error[d == D].sum() < direct[d == D].sum()


REFUSED = [
    (dict(covariates=["y"]), {}, "column y: expected a column of the frame"),
    ({}, {"se": 0.0}, "row 4, column se: expected a standard error above 0, found 0.0"),
    ({}, {"se": np.nan}, "row 4, column se: expected a standard error above 0, found nothing"),
    ({}, {"estimate": np.nan}, "row 4, column estimate: expected a number where there is a standard error"),
    ({}, {"x": np.nan}, "row 4, column x: expected a number for every place, found nothing"),
    ({}, {"place": "p1"}, "row 4, column place: expected each place once, found 'p1'"),
    (dict(transform="log"), {"estimate": -1.0}, "row 4, column estimate: expected a number above 0 for the log"),
    (dict(benchmark="people"), {"people": 0.0}, "row 4, column people: expected a weight above 0"),
    (dict(method="rml"), {}, "method: expected one of 'reml', 'ml', 'moment', found 'rml'"),
    (dict(covariates=["x", "x"]), {}, "covariates: expected columns that say different things"),
]


@pytest.mark.parametrize("kwargs, change, text", REFUSED)
def test_refusals(kwargs, change, text):
    frame = FRAME.copy()
    for column, value in change.items():
        frame.loc[4, column] = value
    with pytest.raises(DataError) as caught:
        fay_herriot(frame, **{"covariates": ["x"], **kwargs})
    assert str(caught.value).startswith(text)


def test_too_few_places():
    with pytest.raises(
        DataError, match="frame: expected 5 places with an estimate or more, found 4 for 2 coefficients"
    ):
        fay_herriot(FRAME.head(4), ["x"])


def test_numbers_that_are_text_are_named_and_no_place_without_sample():
    frame = pd.DataFrame({"place": list("abcdefg"), "estimate": [52.0, 48, 61, 55, 40, 47, 58],
                          "se": [2.0, 1, 3, 2, 4, 1, 2], "x": [5, 4, 6, 5, 4, 4, 6]}).astype(object)  # fmt: skip
    whole = fay_herriot(frame, ["x"]).table
    assert whole["direct"].tolist() == [52.0, 48, 61, 55, 40, 47, 58]
    for row, column, text in ((2, "estimate", "6,1"), (5, "se", "1 "), (1, "x", "四")):
        frame_with = frame.copy()
        frame_with.loc[row, column] = text
        with pytest.raises(DataError, match=f"row {row}, column {column}: expected a number, found {text!r}"):
            fay_herriot(frame_with, ["x"])
    both = frame.copy()
    both.loc[3, ["estimate", "se"]] = ["55 元", "2 元"]
    with pytest.raises(DataError, match="row 3, column estimate.*\n.*row 3, column se"):
        fay_herriot(both, ["x"])
    gap = frame.copy()
    gap.loc[3, ["estimate", "se"]] = [None, float("nan")]  # a gap is a place without sample
    assert np.isnan(fay_herriot(gap, ["x"]).table["direct"][3].astype(float))
    with pytest.raises(DataError, match="row 4, column place: expected the place of each row, found nothing"):
        fay_herriot(frame.assign(place=[*"abcd", None, *"fg"]), ["x"])
