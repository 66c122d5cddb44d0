"""Sizes and allocation against Cochran's and Krejcie & Morgan's printed values, and against every plan there is."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from research.core.faults import DataError
from research.survey import plan

KREJCIE_MORGAN = {
    10: 10,
    50: 44,
    100: 80,
    200: 132,
    500: 217,
    1000: 278,
    2000: 322,
    5000: 357,
    10000: 370,
    75000: 382,
    1000000: 384,
}
"""Educational and Psychological Measurement 30 (1970): population -> sample for a share of 0.5 within 0.05."""


@pytest.mark.parametrize("population, n", KREJCIE_MORGAN.items())
def test_size_for_a_share_as_krejcie_and_morgan_print_it(population, n):
    assert round(plan.sample_size(share=0.5, half_width=0.05, population=population).exact) == n


def test_size_as_cochran_prints_it():
    """Sampling Techniques, section 4.4: 4,000 islanders, share 0.5 within 0.05 at t = 2."""
    two = 2 * stats.norm.cdf(2) - 1
    assert plan.sample_size(share=0.5, half_width=0.05, level=two).respondents == 400
    assert plan.sample_size(share=0.5, half_width=0.05, level=two, population=4000).respondents == 364


def test_a_size_gives_the_precision_asked_for():
    found = plan.sample_size(mean=30000, sd=20000, cv=0.03, population=900, deff=1.4, response=0.75)
    assert found.se <= 900 and found.reached is True
    one_less = (1.4 * 20000**2 * (1 / (found.respondents - 1) - 1 / 900)) ** 0.5
    assert one_less > 900
    far = plan.sample_size(mean=30000, sd=20000, cv=0.03, population=900, deff=1.4, response=0.3)
    assert not far.reached and far.invited == 900 and far.se > 900


def test_all_faults_of_a_size_at_once():
    with pytest.raises(DataError) as raised:
        plan.sample_size(share=1.5, half_width=0.05, cv=0.1, response=0, deff=-1)
    assert len(raised.value.faults) == 4 and "share" in str(raised.value) and "应为" in raised.value.text("zh")


def test_neyman_has_the_smallest_variance_of_all_allocations():
    size, sd, n = np.array([60, 30, 10]), np.array([1.0, 2.0, 5.0]), 20

    def variance(m):
        return (size**2 * sd**2 * (1 / np.array(m) - 1 / size)).sum()

    every = [m for m in itertools.product(range(2, 17), range(2, 17), range(2, 11)) if sum(m) == n]
    found = plan.allocate(n, size, "neyman", sd=sd)
    assert variance(found) == pytest.approx(min(map(variance, every)), rel=0.005)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(2, 400), min_size=1, max_size=8), st.floats(0, 1), st.sampled_from(plan.RULES))
def test_an_allocation_adds_up_and_stays_within_the_strata(sizes, share, rule):
    sd, mean = np.arange(1, len(sizes) + 1.0), np.full(len(sizes), 7.0)
    n = int(round(2 * len(sizes) + share * (sum(sizes) - 2 * len(sizes))))
    found = plan.allocate(n, sizes, rule, sd=sd, mean=mean)
    assert found.sum() == n and (found <= sizes).all() and (found >= 2).all()


def test_more_than_there_are_is_refused():
    with pytest.raises(DataError, match="at most 30, all there are"):
        plan.allocate(31, [10, 20])
    with pytest.raises(DataError, match=r"sd\[1\].*sd|sd"):
        plan.allocate(5, [10, 20], "neyman", sd=[1, -2])


def test_bethel_on_a_small_case_is_the_cheapest_of_all_plans():
    a = np.array([[3.0, 2.0, 1.0], [1.0, 4.0, 0.0], [0.0, 0.5, 6.0]])
    cost = np.array([1.0, 2.0, 1.5])
    found = plan.optimum(a, cost, np.ones(3), np.full(3, 25.0))
    every = (n for n in itertools.product(range(1, 26), repeat=3) if (a / np.array(n)).sum(axis=1).max() <= 1)
    best = min(float(cost @ np.array(n)) for n in every)
    assert (a / found.whole).sum(axis=1).max() <= 1
    assert found.bound <= best <= cost @ found.whole <= best + 2
    assert cost @ found.n == pytest.approx(found.bound, rel=1e-7)


def test_one_limit_is_neyman():
    size, sd, cost = np.array([500.0, 300, 200]), np.array([2.0, 3, 7]), np.array([1.0, 4, 9])
    a = (size * sd)[None, :] ** 2 / 1e5
    n = plan.optimum(a, cost, np.ones(3), np.full(3, 1e9)).n
    closed = size * sd / np.sqrt(cost)
    assert n / n.sum() == pytest.approx(closed / closed.sum(), rel=1e-5)


def _large(seed=3):
    rng = np.random.default_rng(seed)
    a = rng.lognormal(0, 1, (12, 400)) * (rng.random((12, 400)) < 0.6)
    return a, rng.uniform(1, 5, 400), np.full(400, 2.0), rng.uniform(50, 4000, 400)


def test_bethel_with_400_strata_and_12_limits():
    a, cost, least, most = _large()
    a *= 0.6
    found = plan.optimum(a, cost, least, most)
    assert (found.impossible <= 1).all() and (a / found.n).sum(axis=1).max() <= 1 + 1e-12
    assert cost @ found.n == pytest.approx(found.bound, rel=1e-6)


STRATA = pd.DataFrame(
    {
        "stratum": ["a1", "a2", "b1"],
        "place": ["A", "A", "B"],
        "population": [3000, 2000, 800],
        "villages": [60, 20, 16],
        "per_village": [10, 10, 10],
        "cost_village": 500,
        "cost_household": 80,
        "response": 0.8,
    }
)
KNOWN = pd.DataFrame(
    {
        "stratum": ["a1", "a2", "b1"] * 2,
        "measure": ["income"] * 3 + ["satisfied"] * 3,
        "mean": [30, 45, 28, 0.7, 0.6, 0.65],
        "sd": [20, 28, 18, 0.46, 0.49, 0.48],
        "icc": [0.08, 0.1, 0.05, 0.02, 0.02, 0.03],
    }
)
WANTED = pd.DataFrame(
    {"by": ["", "place", ""], "group": "", "measure": ["income", "income", "satisfied"], "cv": [0.04, 0.07, 0.03]}
)


def test_a_plan_in_two_stages_reaches_its_targets_and_tells_their_price():
    made = plan.make_plan(STRATA, KNOWN, WANTED)
    assert made.precision["reached"].all() and len(made.precision) == 4 and made.factor == 1
    assert (made.table["villages_drawn"] * 10 >= made.table["households"]).all()
    assert made.cost <= made.bound * 1.12  # whole villages cost a little more
    binding = made.precision[made.precision["price"] > 1]
    assert (binding["ratio"] > 0.95).all() and len(binding) >= 1
    assert made.curve["cost"].is_monotonic_decreasing


def test_the_expected_cv_is_that_of_all_samples():
    """One stratum in two stages, by hand: V = S2 [icc (1/a - 1/A) + (1 - icc)(1 - m/M)/(a m)]."""
    made = plan.make_plan(STRATA.iloc[[0]], KNOWN.iloc[[0]], WANTED.iloc[[0]])
    a, n = int(made.table["villages_drawn"].iloc[0]), int(made.table["households"].iloc[0])
    v = 400 * (0.08 * (1 / a - 1 / 60) + 0.92 * (1 - n / a / 50) / n)
    assert made.precision["cv"].iloc[0] == pytest.approx(v**0.5 / 30, rel=1e-12)


def test_a_budget_that_is_short_says_how_far():
    free = plan.make_plan(STRATA, KNOWN, WANTED)
    short = plan.make_plan(STRATA, KNOWN, WANTED, budget=free.cost * 0.6)
    assert short.cost <= free.cost * 0.6 and short.factor > 1 and not short.precision["reached"].all()
    assert "要不超出预算" in short.verdict.zh and "targets are missed" in short.verdict
    with pytest.raises(DataError, match="budget: expected at least"):
        plan.make_plan(STRATA, KNOWN, WANTED, budget=100)


def test_a_target_that_no_sample_reaches_is_told_with_its_distance():
    wanted = WANTED.assign(cv=[0.04, 0.0005, 0.03])
    made = plan.make_plan(STRATA, KNOWN, wanted)
    missed = made.precision[~made.precision["reached"]]
    assert set(missed["by"]) == {"place"} and (missed["ratio"] > 1).all()
    assert (made.table["households"] == [600, 200, 160]).sum() >= 2  # all that can answer
    assert "要求0.05%" in made.verdict.zh


def test_faults_of_the_tables_come_all_at_once():
    bad = STRATA.assign(population=[3000, -1, "x"], response=[0.8, 1.2, 0.5])
    with pytest.raises(DataError) as raised:
        plan.make_plan(bad, KNOWN, WANTED)
    assert len(raised.value.faults) == 3
    assert "strata，第3行，“population”列：应为大于0的数，现为-1" in raised.value.text("zh")
    wanted = pd.DataFrame({"by": ["plaze", "place"], "group": ["", "C"], "measure": ["income", "income"], "cv": 0.1})
    with pytest.raises(DataError, match="did you mean 'place'") as raised:
        plan.make_plan(STRATA, KNOWN, wanted)
    assert len(raised.value.faults) == 2
    with pytest.raises(DataError, match="at most 50, the households a village has"):
        plan.make_plan(STRATA.assign(per_village=[51, 10, 10]), KNOWN, WANTED)
    with pytest.raises(DataError, match="values for stratum b1"):
        plan.make_plan(STRATA, KNOWN.iloc[:2], WANTED.iloc[:1])


def test_a_half_width_is_the_cv_it_comes_to():
    """1.96 times the error: 2,600 of a mean over all of (3000 30 + 2000 45 + 800 28) / 5800."""
    mean = (3000 * 30 + 2000 * 45 + 800 * 28) / 5800
    wanted = pd.DataFrame({"by": "", "group": "", "measure": ["income"], "half_width": [2.6]})
    made = plan.make_plan(STRATA, KNOWN, wanted)
    same = plan.make_plan(STRATA, KNOWN, pd.DataFrame({"measure": ["income"], "cv": [2.6 / 1.959964 / mean]}))
    assert made.table["households"].tolist() == same.table["households"].tolist()
    told = made.precision.iloc[0]
    assert told["half_width"] == pytest.approx(1.959964 * told["cv"] * mean, rel=1e-6) and told["half_width"] <= 2.6
    by_residence = STRATA.assign(residence=["urban", "rural", "rural"])
    both = pd.DataFrame({"by": ["residence", "place"], "group": "", "measure": "income", "cv": [None, 0.08],
                         "half_width": [3.0, None]})  # fmt: skip
    made = plan.make_plan(by_residence, KNOWN, both).precision
    assert made["reached"].all() and (made.loc[made["by"] == "residence", "half_width"] <= 3.0).all() and len(made) == 4
    with pytest.raises(DataError) as raised:
        plan.make_plan(STRATA, KNOWN, wanted.assign(cv=0.05))
    assert "变异系数或误差范围，两者之一，现为两个都有" in raised.value.text("zh")
    with pytest.raises(DataError, match="a cv or a half-width, one of both, found none"):
        plan.make_plan(STRATA, KNOWN, wanted.assign(half_width=np.nan))


def test_response_of_last_year_with_its_interval():
    """24 of 30 by themselves: Clopper and Pearson's interval; whole villages alike: one household each tells it."""
    rows = pd.DataFrame({"s": "x", "code": ["I"] * 24 + ["R"] * 6 + ["NE"] * 3})
    found = plan.learn_response(rows, "code", "s").iloc[0]
    exact = stats.binomtest(24, 30).proportion_ci(0.95, "exact")
    assert found["asked"] == 30 and found["response"] == 0.8
    assert found["response_se"] == pytest.approx((30 / 29 * 0.8 * 0.2 / 30) ** 0.5)
    assert (found["response_lower"], found["response_upper"]) == pytest.approx((exact.low, exact.high), abs=0.004)
    alike = pd.DataFrame({"s": "x", "v": np.repeat(range(10), 6), "code": np.repeat(["I"] * 8 + ["R"] * 2, 6)})
    wide = plan.learn_response(alike, "code", "s", psu="v").iloc[0]
    exact = stats.binomtest(8, 10).proportion_ci(0.95, "exact")
    assert (wide["response_lower"], wide["response_upper"]) == pytest.approx((exact.low, exact.high), abs=0.02)
    made = plan.make_plan(STRATA.assign(response_lower=0.6), KNOWN, WANTED).table
    assert made["invited_upper"].tolist() == np.ceil(made["households"] / 0.6).astype(int).tolist()
    with pytest.raises(DataError) as raised:
        plan.learn_response(pd.DataFrame({"s": ["x", "y"], "code": ["Q", "R"]}), "code", "s")
    assert len(raised.value.faults) == 3 and "结果代码" in raised.value.text("zh")


def test_the_design_effect_is_the_variance_in_villages_over_that_of_a_simple_sample():
    """Villages of 8 with a correlation of 0.2 and equal weights: 1 + 7 x 0.2; unequal ones by Kish's factor."""
    rng = np.random.default_rng(5)
    village = np.repeat(np.arange(400), 8)
    y = 50 + rng.normal(0, np.sqrt(20), 400)[village] + rng.normal(0, np.sqrt(80), 3200)
    rows = pd.DataFrame({"s": "x", "v": village, "y": y, "w": np.tile([1.0, 3.0], 1600)})
    own = plan.learn(rows, ["y"], "s", psu="v").iloc[0]
    means = pd.Series(y).groupby(village).mean()
    assert own["deff"] == pytest.approx(means.var() / 400 / (y.var(ddof=1) / 3200), rel=0.01)
    assert own["deff_lower"] < 2.4 < own["deff_upper"]
    unequal = plan.learn(rows, ["y"], "s", psu="v", weight="w").iloc[0]
    size, kish = 16**2 / 40, 2 * 10 / 16  # weights 1 and 3: (sum w)^2 over sum w^2 of a village; n sum w^2 / (sum w)^2
    assert unequal["deff"] == pytest.approx(kish * (1 + (size - 1) * unequal["icc"]))


def test_what_last_year_tells_is_near_what_made_it():
    rng = np.random.default_rng(5)
    village = np.repeat(np.arange(400), 8)
    income = 50 + rng.normal(0, np.sqrt(20), 400)[village] + rng.normal(0, np.sqrt(80), 3200)
    rows = pd.DataFrame({"s": np.where(village < 200, "a", "b"), "v": village, "income": income})
    found = plan.learn(rows, ["income"], "s", psu="v")
    assert found["icc"].to_numpy() == pytest.approx(0.2, abs=0.06)
    assert ((found["icc_lower"] < 0.2) & (found["icc_upper"] > 0.2)).all()
    assert found["sd"].to_numpy() == pytest.approx(10, abs=4 * found["sd_se"].max())
    with pytest.raises(DataError, match="two values or more"):
        plan.learn(rows.iloc[:1], ["income"], "s")


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(1, 12), st.integers(0, 1000))
def test_bethel_bound_is_never_above_its_plan(limits, strata, seed):
    rng = np.random.default_rng(seed)
    a = rng.lognormal(1, 1, (limits, strata))
    cost, most = rng.uniform(1, 9, strata), np.full(strata, 1e5)
    found = plan.optimum(a, cost, np.ones(strata), most)
    assert (a / found.whole).sum(axis=1).max() <= 1 + 1e-9
    assert found.bound <= cost @ found.n * (1 + 1e-9) and cost @ found.n <= found.bound * (1 + 1e-5) + 1e-6


def learned(sd_se):
    strata = pd.DataFrame({"stratum": ["a"], "population": [1e9]})
    known = pd.DataFrame({"stratum": ["a"], "measure": "y", "mean": [10.0], "sd": [8.0], "sd_se": [sd_se]})
    return strata, known, pd.DataFrame({"measure": ["y"], "cv": [0.02]})


def test_what_was_learned_is_not_known_exactly():
    """With one stratum and only the sd in doubt, the cv is lognormal around the expected one."""
    made = plan.make_plan(*learned(1.2))
    row = made.precision.iloc[0]
    assert row["cv"] == pytest.approx(0.02, rel=1e-3)
    assert row["cv_upper"] == pytest.approx(0.02 * np.exp(1.2816 * 1.2 / 8), rel=0.03)
    assert row["chance"] == pytest.approx(0.5, abs=0.07)
    sure = plan.make_plan(*learned(1.2), assurance=0.9)
    assert sure.precision["chance"].iloc[0] == pytest.approx(0.9, abs=0.02)
    wanted = made.table["households"].iloc[0] * np.exp(2 * 1.2816 * 1.2 / 8)
    assert sure.table["households"].iloc[0] == pytest.approx(wanted, rel=0.06)
    exact = plan.make_plan(*(t.drop(columns="sd_se", errors="ignore") for t in learned(0.0)))
    assert "chance" not in exact.precision


def test_the_icc_of_last_year_is_carried_in_its_interval():
    rng = np.random.default_rng(5)
    village = np.repeat(np.arange(12), 6)
    rows = pd.DataFrame({"s": "x", "v": village, "y": 20 + rng.normal(0, 3, 12)[village] + rng.normal(0, 6, 72)})
    known = plan.learn(rows, ["y"], "s", psu="v")
    strata = pd.DataFrame({"stratum": ["x"], "population": [9000], "villages": [90], "per_village": [8]})
    found = plan.make_plan(strata, known, pd.DataFrame({"measure": ["y"], "cv": [0.03]})).precision.iloc[0]
    assert found["cv_upper"] > found["cv"] and 0.2 < found["chance"] < 0.8


def test_the_workbook_has_its_picture_and_the_same_bytes_each_time():
    import io

    import openpyxl

    from research.survey.files import workbook

    made = plan.make_plan(*learned(1.2))
    sheets = {"allocation": made.table, "precision": made.precision, "curve": made.curve}
    data = workbook(sheets)
    assert data == workbook(sheets)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [len(sheet._charts) for sheet in book] == [0, 0, 1]
    chart = book["curve"]._charts[0]
    assert chart.ser[0].yVal.numRef.f == f"'curve'!$D$2:$D${len(made.curve) + 1}"
