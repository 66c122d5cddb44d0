"""What a transfer would do: cases reckoned by hand, laws, and errors against a jackknife over villages."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research import measures as m
from research.core.faults import DataError
from research.transfers import allocate, compare, of_frame, parse, simulate, unsound, winners

LINE = {"low_income_line": 10_000}
ID = "rule"


def people(incomes=(4_000, 8_000, 12_000, 20_000, 56_000), sizes=1, weights=1.0, places="aabbb", **more):
    frame = pd.DataFrame(
        {
            "income": np.asarray(incomes, float),
            "size": sizes,
            "weight": weights,
            "place": list(places),
            "residence": "rural",
            "consumption": 1000.0,
        }
    )
    return of_frame(frame, LINE, **more)


def rule(amount, kind="benefit", **more):
    given_ = {"name": "n", "kind": kind, "from": date(2025, 1, 1), "source": "s", "amount": amount, **more}
    return parse(given_, "rule.yml")


def after(trial, measure, column="after"):
    return trial.effects.set_index("measure").at[measure, column]


def test_five_households_by_hand():
    """Gap to 10,000 filled by half: 4,000 -> 7,000 and 8,000 -> 9,000; nobody reaches the line; 4,000 yuan in all."""
    trial = simulate(people(), {ID: rule({"gap": {"line": 10_000, "rate": 0.5}})})
    assert after(trial, "mean_income") == pytest.approx(20_800)
    assert after(trial, "cost") == pytest.approx(0.4)
    assert after(trial, "low_income", "difference") == 0
    # pairwise: |7-9|+|7-12|+|7-20|+|7-56|+|9-12|+|9-20|+|9-56|+|12-20|+|12-56|+|20-56| = 218; 218 / (5 x 104)
    assert after(trial, "gini") == pytest.approx(218 / 520)
    assert after(trial, "max_min_ratio") == pytest.approx((88 / 3) / 8)


def test_half_the_entitled_take_it_up():
    """A benefit of 6,000 lifts the poorest to the line in half of the households it stands for."""
    take_up = {"share": 0.5, "low": 0.0, "high": 1.0}
    one = rule({"flat": {"yuan": 6_000}}, who={"income": {"below": 5_000}}, take_up=take_up, beyond_gap=True)
    trial = simulate(people(), {ID: one})
    told = trial.effects.set_index("measure").loc["low_income"]
    assert (told["before"], told["after"]) == (pytest.approx(0.4), pytest.approx(0.3))
    assert (told["take_up_low"], told["take_up_high"]) == (0, pytest.approx(-0.2))
    gain = winners(trial).set_index("measure")["value"]
    assert gain["winners"] == pytest.approx(0.1) and gain["mean_change"] == pytest.approx(600)


@pytest.mark.parametrize(
    ("amount", "more", "expected"),
    [
        ({"flat": {"yuan": 1_000}}, {"taper": {"start": 10_000, "rate": 0.1}}, [1_000, 1_000, 800, 0, 0]),
        ({"flat": {"yuan": 900, "per": "household"}}, {"who": {"places": ["a"]}}, [900, 900, 0, 0, 0]),
        ({"share": {"rate": 0.1, "above": 16_000}}, {"kind": "levy"}, [0, 0, 0, -400, -4_000]),
        ({"share": {"rate": 0.5, "of": "consumption"}, "most": 400}, {"kind": "subsidy"}, [400] * 5),
        ({"gap": {"line": 10_000, "rate": 1.0}}, {"financed_by": "flat_levy"}, [4_400, 400, -1_600, -1_600, -1_600]),
        (
            {"gap": {"line": "low_income_line", "rate": 1.0}},
            {"financed_by": "proportional_levy"},
            [5_680, 1_360, -960, -1_600, -4_480],
        ),
    ],
)
def test_each_kind_of_amount_by_hand(amount, more, expected):
    found = people()
    trial = simulate(found, {ID: rule(amount, **more)})
    change = trial.variants[0].state(found).income - found.income
    assert change.tolist() == pytest.approx(expected)


incomes = st.lists(st.integers(1_000, 200_000), min_size=5, max_size=5, unique=True)


@settings(max_examples=25, deadline=None)
@given(incomes, st.integers(1, 900), st.floats(0.1, 1.0))
def test_what_is_financed_proportionally_keeps_the_mean(values, yuan, share):
    """And with full take-up the Gini falls by the levy's rate: y = (1 - t) x + b, with b = t times the mean."""
    one = rule({"flat": {"yuan": yuan}}, financed_by="proportional_levy", take_up={"share": share, "high": 1.0})
    told = simulate(people(values), {ID: one}).effects.set_index("measure")
    assert told.at["mean_income", "difference"] == told.at["mean_income", "se"] == told.at["cost", "after"] == 0
    fall = -told.at["gini", "before"] * yuan / np.mean(values)
    assert told.at["gini", "take_up_high"] == pytest.approx(fall, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(incomes, st.integers(1, 50_000))
def test_a_flat_transfer_lowers_the_gini_by_what_the_mean_grows(values, yuan):
    """Scale: all absolute differences stay, so G after = G before x mean before / mean after."""
    told = simulate(people(values), {ID: rule({"flat": {"yuan": yuan}})}).effects.set_index("measure")
    mean = np.mean(values)
    assert told.at["gini", "after"] == pytest.approx(told.at["gini", "before"] * mean / (mean + yuan))


def test_a_rule_of_nothing_changes_nothing():
    told = simulate(people(), {ID: rule({"flat": {"yuan": 0}})}).effects
    assert (told["difference"] == 0).all() and (told["se"] == 0).all()


def villages(seed=7, count=40, each=12):
    rng = np.random.default_rng(seed)
    village = np.repeat(np.arange(count), each)
    size = rng.integers(1, 5, count * each)
    income = rng.lognormal(9.9, 0.6, count * each) * size * rng.uniform(0.7, 1.4, count)[village]
    return pd.DataFrame(
        {
            "income": income,
            "size": size,
            "weight": rng.uniform(50, 150, count * each),
            "place": np.where(village % 2, "a", "b"),
            "residence": "rural",
            "village": village,
        }
    )


def jackknifed(frame, one):
    """Standard errors of the differences, one village left out at a time."""
    count = frame["village"].nunique()
    left = [
        simulate(of_frame(frame[frame["village"] != v], LINE), {ID: one}).effects.set_index("measure")["difference"]
        for v in range(count)
    ]
    return pd.concat(left, axis=1).std(axis=1, ddof=0) * np.sqrt(count - 1)


@pytest.mark.parametrize("financed_by", ["budget", "proportional_levy", "flat_levy"])
def test_the_error_of_a_difference_is_that_of_a_jackknife_over_villages(financed_by):
    frame = villages(count=30)
    one = rule({"gap": {"line": 20_000, "rate": 0.4}}, financed_by=financed_by, take_up={"share": 0.7})
    told = simulate(of_frame(frame, LINE, psu="village"), {ID: one}).effects.set_index("measure")["se"]
    other = jackknifed(frame, one)
    for measure in ("gini", "mean_income", "low_income", "max_min_ratio", "township_cv", "cost"):
        jumps = measure == "low_income"  # a count over a line: the jackknife of a levy's price is itself rough there
        assert told[measure] == pytest.approx(other[measure], rel=0.25 if jumps else 0.08, abs=1e-6), measure


def test_the_same_households_before_and_after_make_the_error_small():
    """Two samples would have the errors of both states; the covariance of the same households takes most away."""
    frame = villages()
    found = of_frame(frame, LINE, psu="village")
    told = simulate(found, {ID: rule({"flat": {"yuan": 500}})}).effects.set_index("measure")
    alone = m.survey.Design(
        frame.assign(pc=frame["income"] / frame["size"], w=frame["weight"] * frame["size"]), weight="w", psu="village"
    ).estimate("gini", "pc")
    assert told.at["gini", "before"] == pytest.approx(alone["estimate"].iloc[0])
    assert told.at["gini", "se"] < alone["se"].iloc[0] / 5


def test_all_that_is_wrong_in_a_rule_is_said_at_once_in_both_languages():
    wrong = {
        "name": "n",
        "kind": "benefit",
        "from": date(2026, 1, 1),
        "until": date(2025, 1, 1),
        "source": "s",
        "who": {"incom": {}, "size": {"from": 4, "to": 2}},
        "amount": {"gap": {"line": 1.0, "rate": 2.5}},
        "take_up": {"share": 0.5, "low": 0.7},
        "code": "__import__('os')",
    }
    with pytest.raises(DataError) as error:
        parse(wrong, "data/reference/transfers/a.yml")
    items = {f.place.item for f in error.value.faults}
    assert items == {"until", "who, incom", "who, size, to", "amount, gap, rate", "take_up, share", "code"}
    assert "a.yml，until：应为不早于、不小于 from（2026-01-01），现为2025-01-01" in error.value.text("zh")


def test_a_gap_filled_twice_is_a_fault_by_file_and_place():
    both = {"one": rule({"gap": {"line": 10_000, "rate": 0.8}}), "two": rule({"gap": {"line": 10_000, "rate": 0.5}})}
    with pytest.raises(DataError, match="two.yml, amount, place a: expected no more than the household's gap"):
        simulate(people(), {"both": both})


def test_a_means_tested_amount_of_more_than_twice_the_gap_is_a_fault_unless_it_is_meant():
    one = rule({"flat": {"yuan": 5_000}}, who={"income": {"below": 10_000}})
    faults = unsound(people(), {"cliff": one})
    assert [f.kind for f in faults] == ["gap"] and faults[0].place.file == "data/reference/transfers/cliff.yml"
    assert unsound(people(), {"cliff": one.model_copy(update={"beyond_gap": True})}) == []


def test_a_fault_in_many_places_is_one_sentence_with_the_place_where_most_are():
    poll = rule({"flat": {"yuan": 9_000}}, kind="levy")
    homes = people(incomes=[4_000, 5_000, 6_000, 7_000, 8_000, 56_000], places="abcddd")
    (fault,) = unsound(homes, {"poll": poll})
    assert "4 places" in str(fault) and "d" in str(fault.place.item) and "5 households" in str(fault)


def test_incomes_below_nothing_after_levies_are_all_said_at_once():
    poll = rule({"flat": {"yuan": 15_000}}, "levy")
    faults = unsound(people(), {"poll": poll, "head": poll})
    assert [(f.place.file.split("/")[-1], str(f.place.item)[-1]) for f in faults] == [
        ("poll.yml", "a"),
        ("poll.yml", "b"),
        ("head.yml", "a"),
        ("head.yml", "b"),
    ]
    low = rule({"flat": {"yuan": 3_000}}, "levy")
    assert [f.kind for f in unsound(people(), {"a": low, "b": low})] == ["negative"]


@settings(max_examples=20, deadline=None)
@given(st.floats(1e3, 1e7), st.sampled_from(["equal", "per_head", "need", "least_gap"]))
def test_an_allocation_spends_the_budget(budget, how):
    assert allocate(people(), budget, how).sum() == pytest.approx(budget)


def test_no_allocation_has_a_smaller_gap_than_the_one_made_for_it():
    found = compare(of_frame(villages(), LINE, psu="village"), 2e7).effects
    gap = found[found["measure"] == "max_min_ratio"].set_index("variant")["after"]
    assert gap.idxmin() == "least_gap"
    assert found[found["measure"] == "cost"]["after"].tolist() == pytest.approx([2_000] * 4)
