"""Published worked examples: entropy, CRITIC, variation, AHP, TOPSIS, HDI, coupling, combinations."""

import json
from pathlib import Path

import numpy as np
import pytest

from research.assessment import attainment
from research.composite import ahp, methods, weights
from research.composite.aggregate import mean
from research.composite.normalise import normalise
from research.errors import DataError

CASES = json.loads((Path(__file__).parent / "composite_examples.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["entropy_xu2004", "entropy_zavadskas2016", "entropy_ersoy2021"])
def test_entropy_by_shares(name):
    case = CASES[name]
    got = weights.entropy(case["matrix"], "share")
    assert got == pytest.approx(case["computed"], abs=1e-12)
    assert got == pytest.approx(case["expected"], abs=case["tol"])


@pytest.mark.parametrize(
    ("key", "arguments"),
    [
        ("raw_share", ("share",)),
        ("minmax_zero_as_0", ("minmax_zero",)),
        ("minmax_shift_1e_4", ("minmax_shift", 1e-4)),
        ("minmax_shift_0_01", ("minmax_shift", 0.01)),
        ("minmax_shift_1", ("minmax_shift", 1.0)),
    ],
)
def test_entropy_pretreatments_differ_by_far(key, arguments):
    case = CASES["entropy_variant_trap"]
    assert weights.entropy(case["matrix"], *arguments) == pytest.approx(case[key], abs=1e-12)


def test_critic_with_and_without_directions():
    case = CASES["critic_tus2019"]
    assert weights.critic(case["matrix"]) == pytest.approx(case["computed_direction_ignored"], abs=1e-12)
    assert weights.critic(case["matrix"]) == pytest.approx(case["expected"], abs=case["tol"])
    turned = weights.critic(case["matrix"], case["types"])
    assert turned == pytest.approx(case["computed_direction_used"], abs=1e-12)


def test_variation():
    case = CASES["cv_shuai2012"]
    assert weights.variation(case["matrix"]) == pytest.approx(case["expected"], abs=case["tol"])


def test_ahp_drinks():
    case = CASES["ahp_saaty2008_drinks"]
    got = ahp(case["matrix"])
    assert got.weights == pytest.approx(case["expected_weights"], abs=0.0006)
    assert (got.lambda_max, got.cr) == pytest.approx((case["lambda_max"], case["CR_RI1980"]), abs=1e-9)
    assert ahp(case["matrix"], random_index="saaty2005").cr == pytest.approx(case["CR_RI2005"], abs=1e-9)
    assert ahp(case["matrix"], "geometric").weights == pytest.approx(case["geometric_mean"], abs=1e-12)
    assert ahp(case["matrix"], "column").weights == pytest.approx(case["column_mean"], abs=1e-12)


def test_ahp_hierarchy_of_cities():
    case = CASES["ahp_saaty2005_cities_hierarchy"]
    top = dict(zip(case["criteria"], ahp(case["criteria_matrix"]).weights, strict=True))
    total = sum(top[c] * ahp(m).weights for c, m in case["sub_matrices"].items())
    assert dict(zip(case["alternatives"], total, strict=True)) == pytest.approx(case["expected_4dp"], abs=5e-5)


def test_topsis():
    case = CASES["topsis_ersoy2021"]
    got = methods.topsis(case["matrix"], case["weights"], case["types"])
    assert got == pytest.approx(case["computed"], abs=1e-9)
    assert got == pytest.approx(case["expected"], abs=case["tol"])


def test_human_development_index_of_1999():
    case = CASES["hdi_1999_note_arithmetic"]
    for country in case["cases"].values():
        i, want = country["inputs"], country["expected"]
        values = np.array([[i["life_expectancy"], i["adult_literacy"], i["gross_enrolment"], np.log(i["gdp_ppp"])]])
        posts = {"life": (25, 85), "literacy": (0, 100), "enrolment": (0, 100), "gdp": tuple(np.log([100, 40000]))}
        life, literacy, enrolment, income = normalise(values, list(posts), [1] * 4, goalposts=posts, scale=(0, 1))[0]
        education = mean([literacy, enrolment], [2, 1])
        assert education == pytest.approx(want["education"], abs=case["tol"])
        assert mean([life, education, income], [1, 1, 1]) == pytest.approx(want["HDI"], abs=case["tol"])


def test_human_development_index_of_2020_is_geometric():
    case = CASES["hdi_2020_note_final_step"]
    income = normalise(
        np.log([[case["GNI"]]]), ["gni"], [1], goalposts={"gni": tuple(np.log(case["goalposts"]))}, scale=(0, 1)
    )
    assert income.item() == pytest.approx(case["computed_income_index"], abs=1e-12)
    assert income.item() == pytest.approx(case["expected_income_index"], abs=case["tol"])
    got = mean([case["life"], case["education"], case["income"]], [1, 1, 1], "geometric")
    assert got == pytest.approx(case["expected_HDI"], abs=case["tol"])
    assert got == pytest.approx(case["computed_HDI"], abs=1e-4)


def test_coupling_both_variants():
    for case in CASES["coupling_hand_cases"]["cases"]:
        plain, modified = (methods.coupling(case["U"], variant=v) for v in methods.VARIANTS)
        assert (plain["C"], plain["T"], plain["D"]) == pytest.approx((case["C"], case["T"], case["D"]), abs=1e-9)
        assert (modified["C"], modified["D"]) == pytest.approx((case["C_mod"], case["D_mod"]), abs=1e-9)


def test_published_coupling_pairs_fit_both_formulas():
    for row in CASES["coupling_wang2021_tab8"]["implied"]:
        pair = [row["U_max"], row["U_min"]]
        assert methods.coupling(pair)["C"] == pytest.approx(row["C"], abs=5e-4)
        assert methods.coupling(pair, variant="modified")["C"] == pytest.approx(row["Cmod"], abs=5e-4)


def test_obstacle_degree():
    case = CASES["obstacle_hand"]
    assert methods.obstacle_degree(case["normalised"], case["weights"]) == pytest.approx(case["expected"])


def test_game_theoretic_combination():
    for case in CASES["game_theory_combination"]["cases"]:
        assert weights.game_shares(*case["w"]) == pytest.approx(case["alpha_norm"], abs=1e-9)
        assert weights.combine(*case["w"], "game") == pytest.approx(case["combined"], abs=1e-9)
    same = [0.2, 0.3, 0.5]
    assert weights.combine(same, same, "game") == pytest.approx(same)


def test_multiplicative_combination():
    case = CASES["multiplicative_combination"]
    assert weights.combine(case["w1"], case["w2"], "multiplicative") == pytest.approx(case["expected"])


def test_means():
    x = CASES["aggregation_hand"]["x"]
    for case in CASES["aggregation_hand"]["cases"]:
        name = {"genmean p=-1": "harmonic"}.get(case["f"], case["f"])  # the power mean of -1 is the harmonic one
        assert mean(x, case["w"], name) == pytest.approx(case["expected"])


@pytest.mark.parametrize(
    ("matrix", "text"),
    [
        ([[1, 2], [2, 1]], "reciprocal"),
        ([[1, 2, 3], [0.5, 1, 4]], "square"),
        ([[1, -1], [-1, 1]], "above 0"),
        ([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]], "consistency ratio"),
    ],
)
def test_judgements_that_make_no_sense(matrix, text):
    with pytest.raises(DataError, match=text):
        ahp(matrix)


def test_ahp_of_a_textbook():
    case = CASES["ahp_textbook_4x4"]
    got = ahp(case["matrix"])
    assert got.weights == pytest.approx(case["computed_eigen"], abs=1e-9)
    assert (got.lambda_max, got.ci, got.cr) == pytest.approx(
        (case["lambda_max"], case["CI"], case["CR_RI1980"]), abs=1e-9
    )
    assert ahp(case["matrix"], "geometric").weights == pytest.approx(case["geometric_mean"], abs=1e-12)
    assert ahp(case["matrix"], "column").weights == pytest.approx(case["column_mean"], abs=1e-12)


def test_attainment_by_ratio_and_by_distance():
    for case in CASES["target_attainment_hand"]["cases"]:
        comparator = ">=" if case["direction"] > 0 else "<="
        given = {"comparator": comparator, "base": case["base"], "rule": "distance"}
        way = attainment(case["value"], case["target"], **given)
        if case["linear_from_base"] is None:
            assert way.rule == "ratio" and "base equals target" in way.reason
            continue
        assert way.rate == pytest.approx(case["linear_from_base"])
        assert attainment(case["value"], case["target"], comparator=comparator).rate == pytest.approx(case["ratio"])
        if "linear_capped" in case:
            assert attainment(case["value"], case["target"], **given, cap=1.0).rate == case["linear_capped"]


REPRODUCED = {
    "entropy_xu2004": test_entropy_by_shares,
    "entropy_zavadskas2016": test_entropy_by_shares,
    "entropy_ersoy2021": test_entropy_by_shares,
    "entropy_variant_trap": test_entropy_pretreatments_differ_by_far,
    "critic_tus2019": test_critic_with_and_without_directions,
    "cv_shuai2012": test_variation,
    "ahp_saaty2008_drinks": test_ahp_drinks,
    "ahp_textbook_4x4": test_ahp_of_a_textbook,
    "ahp_saaty2005_cities_hierarchy": test_ahp_hierarchy_of_cities,
    "topsis_ersoy2021": test_topsis,
    "hdi_2020_note_final_step": test_human_development_index_of_2020_is_geometric,
    "hdi_1999_note_arithmetic": test_human_development_index_of_1999,
    "coupling_wang2021_tab8": test_published_coupling_pairs_fit_both_formulas,
    "coupling_hand_cases": test_coupling_both_variants,
    "obstacle_hand": test_obstacle_degree,
    "game_theory_combination": test_game_theoretic_combination,
    "multiplicative_combination": test_multiplicative_combination,
    "target_attainment_hand": test_attainment_by_ratio_and_by_distance,
    "aggregation_hand": test_means,
}

LEFT_OUT = {
    "topsis_hwang_yoon1981_fighter": "its source gives matrix and results from memory only",
    "hdi_2010_note_china": "its source gives the page from memory only",
}


def test_every_example_is_reproduced_or_left_out_for_a_reason():
    assert set(REPRODUCED) == set(CASES) and not set(REPRODUCED) & set(LEFT_OUT)
    assert all(callable(test) for test in REPRODUCED.values()) and all(LEFT_OUT.values())
