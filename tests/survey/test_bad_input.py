"""What a survey's tables can have wrong: each is refused, or done and told, with its place; never silent."""

import numpy as np
import pandas as pd
import pytest

from research.core.faults import DataError
from research.measures.small_area import choose, ebp, unit_level
from research.survey.estimates import Sample, regress
from research.survey.plan import make_plan
from research.survey.release import publishable
from research.survey.select import draw_villages
from research.survey.weights import calibrate

ROWS = pd.DataFrame(
    {
        "sex": list("ffmmffmm"),
        "area": list("uuuurrrr"),
        "w": 10.0,
        "size": [1, 2, 3, 4, 2, 3, 1, 4.0],
        "y": [5.0, 6, 8, 9, 3, 4, 6, 7],
        "stratum": list("aaaabbbb"),
        "village": list("ppqqrrss"),
    }
)


def told(run, *parts):
    with pytest.raises(DataError) as raised:
        run()
    text = str(raised.value)
    assert all(part in text for part in parts), text
    assert raised.value.text("zh").strip()
    return raised.value.faults


def test_a_stratum_with_fewer_villages_than_asked():
    register = pd.DataFrame({"village": list("abcde"), "stratum": list("xxxyy"), "homes": [50, 60, 70, 80, 90]})
    told(lambda: draw_villages(register, {"x": 4, "y": 2}, size="homes", seed=1, strata="stratum"),
         "at most 3 villages, all there are", "found 4", "stratum x")  # fmt: skip
    strata = pd.DataFrame({"stratum": ["x"], "population": [300], "villages": [3], "per_village": [5]})
    known = pd.DataFrame({"stratum": ["x"], "measure": "y", "mean": [10.0], "sd": [9.0], "icc": [0.3]})
    plan = make_plan(strata, known, pd.DataFrame({"measure": ["y"], "cv": [0.01]}))
    assert plan.table["villages_drawn"].max() <= 3 and not plan.precision["reached"].any()
    assert "are missed" in str(plan.verdict)


def test_villages_of_size_zero_and_larger_than_the_interval():
    register = pd.DataFrame({"village": list("abcde"), "homes": [0, 60, np.nan, -5, 90]})
    faults = told(lambda: draw_villages(register, 2, size="homes", seed=1), "row 2", "row 4", "row 5")
    assert len(faults) == 3
    large = pd.DataFrame({"village": list("abcdef"), "homes": [1000, 40, 30, 20, 10, 50]})
    for method in ("systematic", "entropy"):
        drawn = draw_villages(large, 3, size="homes", seed=2, method=method).set_index("village")
        assert drawn.loc["a", "certainty"] and drawn.loc["a", "probability"] == 1
        assert drawn["certainty"].sum() == 1 and (drawn["probability"] <= 1).all()
        rest = 2 * large.set_index("village")["homes"][1:] / 150  # the other two places, by size among the others
        assert drawn["probability"].drop("a").to_numpy() == pytest.approx(rest[drawn.index[1:]].to_numpy())


def test_totals_that_contradict_each_other():
    clash = {"sex": {"f": 50, "m": 50}, "area": {"u": 60, "r": 60}}
    told(lambda: calibrate(ROWS, "w", clash, "raking"), "100", "120")
    made = calibrate(ROWS, "w", clash, "linear", ridge=1.0)
    assert made.margins["gap"].abs().max() > 0.01  # a ridge meets none of them whole, and says by how much


def test_a_margin_level_that_the_sample_lacks():
    faults = told(lambda: calibrate(ROWS, "w", {"sex": {"f": 40, "m": 30, "x": 10}}, "raking"), "x")
    assert len(faults) == 1
    told(lambda: calibrate(ROWS, "w", {"sex": {"f": 40}}, "raking"), "m")


def test_negative_calibrated_weights_are_asked_for_or_refused():
    far = {"sex": {"f": 40, "m": 40}, "size": 330.0}
    told(lambda: calibrate(ROWS, "w", far, "linear"), "weights of 0 or more", "negative='allow'")
    made = calibrate(ROWS, "w", far, "linear", negative="allow")
    assert made.diagnostics["negative"] == (made.weights < 0).sum() > 0


def test_a_singular_design():
    twice = ROWS.assign(double=2 * ROWS["size"])
    told(lambda: regress(Sample(twice, "w"), "y", ["size", "double"]), "double")
    told(lambda: unit_level(twice, "y", "village", ["size", "double"], twice.groupby("village")[
        ["size", "double"]].mean().reset_index()), "do not follow from others")  # fmt: skip
    told(lambda: ebp(twice, "y", "village", ["size", "double"], twice), "do not follow from others")
    made = calibrate(twice, "w", {"size": 210.0, "double": 420.0}, "linear")  # says the same twice: no harm
    assert made.margins["gap"].abs().max() < 1e-9
    told(lambda: calibrate(twice, "w", {"size": 210.0, "double": 500.0}, "linear"), "double")
    told(lambda: Sample(ROWS, "w", strata="sex", psu="area").mean("y") and Sample(
        ROWS[ROWS["village"] != "q"], "w", strata="stratum", psu="village"), "two clusters or more", "one")  # fmt: skip


def test_covariates_that_differ_in_meaning_between_survey_and_register():
    rng = np.random.default_rng(1)
    homes = pd.DataFrame({"place": np.repeat(list("abcdef"), 40), "size": rng.integers(1, 6, 240) * 1.0})
    homes["y"] = np.exp(2 + 0.1 * homes["size"] + rng.normal(0, 0.3, 240))
    sample = homes.groupby("place").head(6)
    told(lambda: ebp(sample, "y", "place", ["size"], homes.assign(size=homes["size"] * 100)), "size", "another unit")
    means = homes.groupby("place")["size"].mean().reset_index()
    told(lambda: unit_level(sample, "y", "place", ["size"], means.assign(size=means["size"] * 100)), "another unit")
    told(lambda: ebp(sample, "y", "place", ["size"], homes.assign(size="3口")), "size", "numbers")
    rural = homes.assign(size=homes["size"] + 1.5)
    assert ebp(sample, "y", "place", ["size"], rural, replicates=0).compared["verdict"].tolist() == ["doubtful"]


def test_a_domain_without_sample_is_by_the_model_and_says_so():
    rng = np.random.default_rng(2)
    homes = pd.DataFrame({"place": np.repeat(list("abcdefg"), 40), "size": rng.integers(1, 6, 280) * 1.0})
    homes["y"] = np.exp(2 + 0.1 * homes["size"] + np.repeat(rng.normal(0, 0.4, 7), 40) + rng.normal(0, 0.3, 280))
    sample = homes[homes["place"] != "g"].groupby("place").head(6)
    table = ebp(sample, "y", "place", ["size"], homes, ["mean"], draws=10, replicates=10).table.set_index("place")
    assert table.loc["g", "basis"] == "model" and table["basis"].drop("g").eq("both").all()
    assert np.isnan(table.loc["g", "direct"]) and table.loc["g", "rmse"] > table["rmse"].drop("g").median()
    direct = table.reset_index()[["place"]].assign(estimate=table["direct"].to_numpy(), se=0.5)
    direct.loc[direct["place"] == "g", "se"] = np.nan
    taken = choose(direct, {"unit": table.reset_index()}).set_index("place")
    assert (taken.loc["g", "chosen"], taken.loc["g", "reason"]) == ("unit", "alone")
    shown = Sample(sample.assign(w=1.0), "w").mean("y", "place").table["place"].tolist()
    assert "g" not in shown  # nothing is made up for it by the direct estimator
    few = pd.DataFrame({"measure": "y", "place": ["", "a", "b"], "estimate": 1.0, "n": [36, 6, 6]})
    assert publishable(few, sample.assign(weight=1.0), "place")["withheld"].tolist() == [False, True, True]
