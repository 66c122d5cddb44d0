"""Rounding noise is no variation, and a weight that is none is refused by name."""

import numpy as np
import pandas as pd
import pytest

from research.composite import (
    IndexSpec,
    build_index,
    coupling,
    critic,
    entropy,
    from_nodes,
    obstacle_degree,
    pca,
    topsis,
    variation,
)
from research.composite.normalise import normalise
from research.composite.outliers import treat
from research.composite.weighting import _fixed
from research.core.faults import DataError

NAN, INF = float("nan"), float("inf")
DUST = [0.7 + 0.1, 0.8, 0.2 * 4, 0.8]  # 0.8, computed in different ways


def nodes(leaves, **more):
    n = len(leaves)
    return pd.DataFrame({"code": [*leaves, "I"], "level": [1] * n + [2], "parent": ["I"] * n + [""], **more})


def tidy(table):
    rows = [(p, 2024, i, v) for i, values in table.items() for p, v in zip("abcdefgh", values, strict=False)]
    return pd.DataFrame(rows, columns=["place", "year", "indicator", "value"])


def refused(call, *words):
    with pytest.raises(DataError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


def test_the_dust_is_there():
    assert len(set(DUST)) > 1 and len({14.62 - np.mean([14.62] * 7)} - {0.0}) == 1


@pytest.mark.parametrize(("method", "middle"), [("zscore", 0.0), ("minmax", 50.0), ("percentile", 50.0)])
@pytest.mark.parametrize("column", [[14.62] * 7, [0.3, 0.1 + 0.2, 0.3], DUST, [1e9 + 1e-4, 1e9, 1e9]])
def test_a_constant_column_gets_the_middle(method, middle, column):
    x = np.column_stack([column, np.arange(len(column), dtype=float)])
    out = normalise(x, ["same", "varies"], [1, 1], method, constant="middle")
    assert out[:, 0] == pytest.approx(middle) and np.ptp(out[:, 1]) > 1
    if method != "percentile":
        refused(lambda: normalise(x, ["same", "varies"], [1, 1], method), "same: expected a column that varies")


def test_small_differences_that_are_real_count():
    x = np.array([[1e6, 0.0], [1e6 + 1, 1.0], [1e6 + 2, 2.0]])
    assert normalise(x, "ab", [1, 1], "minmax")[:, 0].tolist() == [0, 50, 100]
    assert variation(x)[0] > 0


def test_equal_numbers_share_their_rank_whatever_their_last_digit():
    out = normalise(np.array([[0.3, 0.0], [0.1 + 0.2, 1.0], [0.5, 2.0]]), "ab", [1, 1], "rank")
    assert out[:, 0].tolist() == [1.5, 1.5, 3.0]


def test_weights_do_not_come_out_of_rounding_noise():
    only = np.column_stack([DUST, [0.3, 0.1 + 0.2, 0.3, 0.3]])
    for method in (variation, entropy, critic, pca):
        refused(lambda method=method: method(only))
    beside = np.column_stack([DUST, [1.0, 2, 3, 4]])
    assert variation(beside).tolist() == entropy(beside).tolist() == [0.0, 1.0]
    refused(lambda: variation([[-0.1, 1], [-0.2, 2], [0.3, 3]]), "column 0: expected a mean other than 0")


@pytest.mark.parametrize("objective", ["entropy", "critic", "cv", "pca"])
def test_an_index_names_the_constant_indicator(objective):
    observations = tidy({"x": DUST, "y": [1.0, 2, 3, 5]})
    spec = IndexSpec(goalposts={"x": (0, 1), "y": (0, 9)}, weights={"objective": objective, "within": "index"})
    refused(lambda: build_index(observations, nodes("xy"), spec), "indicator x: expected values that differ")


def test_a_rare_indicator_is_not_wiped_out():
    rare = np.array([0.0] * 20 + [3, 7, 8])[:, None]
    out, report = treat(rare, ["accidents"], "winsorise")
    assert len(set(out[:, 0])) == 2 and not report[0]["passed"]
    out, report = treat(rare, ["accidents"], "winsorise_log")
    assert (np.argsort(out[:, 0], kind="stable") == np.arange(23)).all() and report[0]["method"] == "log"
    two = np.array([0.0] * 20 + [1.0])[:, None]
    out, report = treat(two, ["accidents"], "winsorise")
    assert out.tolist() == two.tolist() and report[0]["points"] == 0 and not report[0]["passed"]


X = [[1, 4], [2, 2], [4, 1]]


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1, NAN], "weight of 1: expected a finite number of 0 or more, found nothing"),
        ([1, INF], "found inf"),
        ([1, -1], "found -1"),
        ([1], "expected 2 weights, one each, found 1"),
        ([1, 1, 1], "found 3"),
        ([0, 0], "add up to more than 0"),
        ([[1, 1]], "found shape (1, 2)"),
    ],
)
def test_methods_refuse_weights_that_are_none(weights, words):
    refused(lambda: topsis(X, weights), "topsis", words)
    refused(lambda: coupling([0.5, 0.6], weights), "coupling", words)
    refused(lambda: obstacle_degree([0.5, 0.6], weights), "obstacle degree", words)


@pytest.mark.parametrize("directions", [[1], [1, 0], [1, NAN], [1, 1, 1]])
def test_topsis_refuses_directions_that_are_none(directions):
    refused(lambda: topsis(X, directions=directions), "topsis, directions: expected 2 of 1 or -1")


def test_topsis_of_units_that_differ_by_rounding_only():
    refused(lambda: topsis([[0.3, 2], [0.1 + 0.2, 2]]), "units that differ")


def test_weights_of_a_family_are_given_for_all_of_it_or_for_none():
    refused(
        lambda: from_nodes(nodes("xyz", weight=[20, NAN, 80, 1])),
        "node y: expected a weight, as its siblings",
        "equal weights: leave all of them blank",
    )
    refused(lambda: from_nodes(nodes("xy", weight=[INF, 1, 1])), "node x: expected a weight of 0 or more, found inf")
    assert from_nodes(nodes("xy", weight=[NAN, NAN, NAN])).weights.tolist() == [0.5, 0.5]
    assert from_nodes(nodes("xyz", weight=[20, 0, 80, NAN])).weights.tolist() == [0.2, 0.0, 0.8]
    tree = from_nodes(nodes("xy"))
    refused(lambda: _fixed(tree, {"x": 1.0, "y": INF}, "v"), "weight of y")
    weights = {"subjective": "expert", "expert": {"x": 30, "z": 70}}
    spec = IndexSpec(goalposts={k: (0, 9) for k in "xyz"}, weights=weights)
    observations = tidy({k: [1, 2, 3] for k in "xyz"})
    refused(lambda: build_index(observations, nodes("xyz"), spec), "weights.expert, I, weight of y", "found nothing")


def test_places_without_a_group_are_no_group():
    observations = tidy({"x": [2, 4, NAN, 11, NAN], "y": [1.0, 2, 3, 4, 5]})
    spec = IndexSpec(impute="group_mean", goalposts={"x": (0, 11), "y": (0, 5)})

    def filled(groups):
        return build_index(observations, nodes("xy"), spec, groups=groups).stages["imputed"][:, 0].tolist()

    assert filled({"a": "hill", "b": "hill", "c": "hill", "d": "plain", "e": "plain"}) == [2, 4, 3, 11, 11]
    for groups in (
        {"a": "hill", "b": "hill", "d": "plain"},
        dict(zip("abcde", ["hill", "hill", "", "plain", NAN], strict=True)),
    ):
        refused(lambda groups=groups: filled(groups), "place c: expected a group", "place e: expected a group")
