"""Weights: what is refused and told, response by hand, replicates, and all samples of a small population."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.core.faults import DataError
from research.survey import weights
from research.survey.estimates import Sample

ROWS = pd.DataFrame({"sex": list("ffmmfm"), "area": list("uurruu"), "age": [30.0, 40, 50, 60, 20, 35], "w": 10.0})


def test_margins_before_and_after_and_what_moved():
    made = weights.calibrate(ROWS, "w", {"sex": {"f": 40, "m": 20}, "area": {"u": 45, "r": 15}})
    assert made.margins["before"].tolist() == [30, 30, 40, 20]
    assert made.margins["after"].tolist() == pytest.approx([40, 20, 45, 15])
    assert made.diagnostics["kish_after"] == pytest.approx(6 * (made.weights**2).sum() / 3600)
    moved = made.moved(ROWS, ["sex", "area"], 1)
    assert moved.index.tolist() == [5] and moved["g"].iloc[0] == pytest.approx(0.5)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["linear", "raking", "logit"]))
def test_totals_are_met_and_factors_do_not_hang_on_the_order_of_rows(seed, method):
    rng = np.random.default_rng(seed)
    n = 200
    rows = pd.DataFrame({"a": rng.choice(list("xyz"), n), "b": rng.choice(list("pq"), n), "w": rng.uniform(1, 3, n)})
    for column, levels in (("a", "xyz"), ("b", "pq")):
        rows.loc[: len(levels) - 1, column] = list(levels)
    near = rows["w"] * rng.uniform(0.8, 1.25, n)
    near *= 700 / near.sum()
    totals = {c: near.groupby(rows[c]).sum().to_dict() for c in ("a", "b")}
    asked = dict(bounds=(0.1, 8)) if method == "logit" else {}
    made = weights.calibrate(rows, "w", totals, method, **asked)
    assert made.margins["after"].to_numpy() == pytest.approx(made.margins["target"].to_numpy(), rel=1e-8)
    turned = weights.calibrate(rows.iloc[::-1], "w", totals, method, **asked)
    assert turned.weights[::-1] == pytest.approx(made.weights, rel=1e-7)


def test_totals_that_cannot_be_are_named_all_at_once():
    with pytest.raises(DataError) as raised:
        weights.calibrate(ROWS, "w", {"sex": {"f": 40, "x": 20}, "area": {"u": 45, "r": 25}})
    text = raised.value.text("zh")
    assert len(raised.value.faults) == 3
    assert "“m”没有总数" in text and "x，总数20" in text.replace("“", "").replace("”", "") and "现为70" in text
    with pytest.raises(DataError, match="did you mean 'area'"):
        weights.calibrate(ROWS, "w", {"aera": {"u": 1}})


def test_totals_beyond_the_bounds_are_named_with_what_can_be_reached():
    with pytest.raises(DataError, match=r"totals, sex：f: expected 55, found .* at best .*widen"):
        weights.calibrate(ROWS, "w", {"sex": {"f": 55, "m": 5}}, "logit", bounds=(0.5, 1.5))


def test_weights_below_zero_are_refused_or_asked_for():
    totals = {"sex": {"f": 30, "m": 30}, "age": 4200.0}
    with pytest.raises(DataError, match="calibrated weight: expected weights of 0 or more, found -"):
        weights.calibrate(ROWS, "w", totals, "linear")
    made = weights.calibrate(ROWS, "w", totals, "linear", negative="allow")
    assert made.diagnostics["negative"] >= 1 and (made.weights * ROWS["age"]).sum() == pytest.approx(4200)


def test_ridge_lets_conflicting_totals_give_way():
    totals = {"sex": {"f": 40, "m": 20}, "area": {"u": 60, "r": 30}}
    made = weights.calibrate(ROWS, "w", totals, "linear", ridge={"area": 0.5})
    gaps = made.margins.set_index(["margin", "level"])["gap"]
    assert gaps["sex"].abs().max() < 1e-9 and 0.1 < gaps["area"].abs().max() < 0.5
    exact = weights.calibrate(ROWS, "w", {"sex": totals["sex"]}, "linear", ridge=0.0)
    assert exact.weights == pytest.approx(weights.calibrate(ROWS, "w", {"sex": totals["sex"]}, "linear").weights)


def test_response_by_classes_and_by_propensity():
    rng = np.random.default_rng(1)
    n = 4000
    rows = pd.DataFrame({"w": 2.0, "c": rng.choice(list("ab"), n), "y": rng.normal(0, 1, n)})
    rows["y"] += (rows["c"] == "a") * 2
    rows["ok"] = (rng.uniform(size=n) < np.where(rows["c"] == "a", 0.4, 0.8)).astype(int)
    for w in (weights.adjust_by_classes(rows, "w", "ok", "c"), weights.adjust_by_propensity(rows, "w", "ok", ["c"])):
        assert w.sum() == pytest.approx(2 * n) and (w[rows["ok"] == 0] == 0).all()
        assert (w * rows["y"]).sum() / w.sum() == pytest.approx(rows["y"].mean(), abs=0.06)
    with pytest.raises(DataError, match="classes, b: expected 5 answers or more, found 1"):
        few = pd.DataFrame({"w": 1.0, "ok": [1] * 6 + [0, 1], "c": list("aaaaaabb")})
        weights.adjust_by_classes(few, "w", "ok", "c")


def test_response_rates_by_hand():
    """AAPOR: 300 I, 20 P, 80 R, 60 NC, 10 O, 30 UH, 100 NE; e = 470 / 570."""
    codes = ["I"] * 300 + ["P"] * 20 + ["R"] * 80 + ["NC"] * 60 + ["O"] * 10 + ["UH"] * 30 + ["NE"] * 100
    found = weights.response_rates(codes)
    assert found["RR1"] == pytest.approx(0.6) and found["RR2"] == pytest.approx(0.64)
    assert found["RR3"] == pytest.approx(300 / (470 + 30 * 470 / 570)) and found["RR5"] == pytest.approx(300 / 470)
    assert found["COOP1"] == pytest.approx(300 / 410) and found["REF1"] == pytest.approx(0.16)
    with pytest.raises(DataError, match="disposition code"):
        weights.response_rates(["I", "Q"])


def test_half_samples_are_balanced():
    rows = pd.DataFrame({"w": 1.0, "s": np.repeat(range(5), 2), "v": range(10), "y": [1.0, 4, 2, 2, 7, 3, 1, 9, 5, 6]})
    exact = Sample(rows, "w", strata="s", psu="v").total("y").table["se"].iloc[0] ** 2
    for kind in ("BRR", "fay", "JKn"):
        made = weights.replicate_weights(rows, "w", "s", "v", kind)
        assert made.variance(lambda w: float((w * rows["y"]).sum()))[1] == pytest.approx(exact)
    near = weights.replicate_weights(rows, "w", "s", "v", "bootstrap", replicates=4000)
    assert near.variance(lambda w: float((w * rows["y"]).sum()))[1] == pytest.approx(exact, rel=0.1)
    with pytest.raises(DataError, match="stratum 1: expected two clusters, found 3"):
        weights.replicate_weights(rows.assign(s=[0, 0, 0, 1, 1, 2, 2, 3, 3, 3]), "w", "s", "v", "BRR")


def test_two_stage_variance_is_without_bias_over_all_samples():
    """Three of four villages, two of three households in each: all 4 x 27 samples."""
    rng = np.random.default_rng(2)
    y = rng.integers(1, 20, (4, 3)).astype(float)
    estimates, variances = [], []
    for villages in itertools.combinations(range(4), 3):
        for homes in itertools.product(list(itertools.combinations(range(3), 2)), repeat=3):
            rows = pd.DataFrame([(v, h, y[v, h]) for v, pair in zip(villages, homes, strict=True) for h in pair],
                                columns=["v", "h", "y"]).assign(w=4 / 3 * 3 / 2, A=4, B=3)  # fmt: skip
            row = Sample(rows, "w", psu="v", population="A", ssu="h", ssu_population="B").total("y").table.iloc[0]
            estimates.append(row["estimate"])
            variances.append(row["se"] ** 2)
    assert np.mean(estimates) == pytest.approx(y.sum())
    assert np.mean(variances) == pytest.approx(np.var(estimates))


@pytest.mark.slow
def test_a_million_rows_and_sixty_margins():
    rng = np.random.default_rng(0)
    n, sizes = 1_000_000, (19, 19, 8, 6, 5, 3)
    rows = pd.DataFrame({f"m{k}": rng.integers(0, s, n) for k, s in enumerate(sizes)}).assign(w=rng.uniform(1, 2, n))
    near = rows["w"] * rng.uniform(0.7, 1.4, n)
    totals = {f"m{k}": near.groupby(rows[f"m{k}"]).sum().to_dict() for k in range(len(sizes))}
    made = weights.calibrate(rows, "w", totals)
    assert made.margins["gap"].abs().max() < 1e-8
