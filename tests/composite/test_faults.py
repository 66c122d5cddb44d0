"""Bad input is named, all at once."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.composite import IndexSpec, build_index, from_nodes, from_registry, read_versions, weights
from research.composite.normalise import normalise
from research.errors import DataError

REFERENCE = Path(__file__).parents[2] / "data" / "reference"


def faults(call, *arguments, **named):
    with pytest.raises(DataError) as caught:
        call(*arguments, **named)
    return [str(f) for f in caught.value.faults]


def test_a_tree_with_everything_wrong():
    nodes = pd.DataFrame(
        [
            ("a", 1, "S", 1.0),
            ("a", 1, "S", 1.0),
            ("b", 1, "Z", 1.0),
            ("c", 1, "I", -1.0),
            ("S", 2, "I", 1.0),
            ("T", 2, "I", 1.0),
            ("I", 3, "", 1.0),
            ("J", 3, "", 1.0),
        ],
        columns=["code", "level", "parent", "weight"],
    )
    text = "\n".join(faults(from_nodes, nodes))
    for part in (
        "node a: expected each code once",
        "node b: expected a parent that exists",
        "node c: expected a parent of level 2",
        "a weight of 0 or more",
        "one root",
        "node T: expected at least",
    ):
        assert part in text


def test_cycles_are_found():
    rows = [("a", 1, "S"), ("S", 2, "T"), ("T", 3, "S"), ("I", 4, "")]
    nodes = pd.DataFrame(rows, columns=["code", "level", "parent"])
    assert any("a cycle" in f for f in faults(from_nodes, nodes))


def test_given_weights_must_add_up():
    registry = pd.read_csv(REFERENCE / "indicators.csv")
    assert from_registry(registry, "given").weights.sum() == pytest.approx(1)
    registry.loc[0, "weight_indicator"] = 0.5
    assert "weights under ECO-1" in faults(from_registry, registry, "given")[0]


def test_unknown_settings_get_the_nearest_known_one():
    got = faults(IndexSpec, normalize="minmax", weights={"objectiv": "entropy"}, aggregate="arithmetic")
    assert len(got) == 2
    assert any("did you mean 'normalise'?" in f for f in got) and any("did you mean 'objective'?" in f for f in got)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"aggregate": "geometrc"}, "did you mean 'geometric'"),
        ({"scale": (100, 0)}, "low below high"),
        ({"availability": 1.5}, "less than or equal"),
        ({"impute": "mean"}, "'last'"),
    ],
)
def test_settings_that_make_no_sense(changed, text):
    assert text in faults(IndexSpec, **changed)[0]


def test_constant_columns_are_named_not_nan():
    x = np.array([[1.0, 5.0], [2.0, 5.0]])
    assert "indicator b" in faults(normalise, x, ["a", "b"], [1, 1], "minmax")[0]
    assert normalise(x, ["a", "b"], [1, 1], "minmax", constant="middle")[:, 1].tolist() == [50, 50]
    assert "5 throughout" in faults(weights.critic, x)[0]
    assert "5 throughout" in faults(weights.entropy, x, "minmax_zero")[0]


def test_goalposts_missing_equal_and_turned_around():
    x = np.ones((1, 3))
    got = faults(normalise, x, ["a", "b", "c"], [1, 1, 1], goalposts={"b": (1, 1), "c": (2, 1)})
    assert len(got) == 3 and "goalposts, a" in got[0]


def test_gaps_in_data_weights_are_named():
    assert "row 0, column 1" in faults(weights.entropy, [[1, np.nan], [2, 3]])[0]


def test_a_cell_twice_an_infinite_value_an_unknown_status():
    nodes = pd.DataFrame({"code": ["a", "I"], "level": [1, 2], "parent": ["I", ""]})
    row = {"place": "p", "year": 2024, "indicator": "a", "value": 1.0, "status": "reported"}
    spec = IndexSpec(goalposts={"a": (0, 2)})
    assert "it twice" in faults(build_index, pd.DataFrame([row, row]), nodes, spec)[0]
    assert "infinite" in faults(build_index, pd.DataFrame([row | {"value": np.inf}]), nodes, spec)[0]
    assert "did you mean 'reported'" in faults(build_index, pd.DataFrame([row | {"status": "reportd"}]), nodes, spec)[0]
    assert "column 'value'" in faults(build_index, pd.DataFrame([row]).drop(columns="value"), nodes, spec)[0]


def test_all_faults_of_a_file_of_versions(tmp_path):
    file = tmp_path / "index.yml"
    file.write_text("current: two\nversions:\n  one: {impute: mean}\n  three: {extends: won}\n", "utf-8")
    got = faults(read_versions, file)
    assert len(got) == 3 and any("did you mean 'one'?" in f for f in got)


def test_the_shipped_versions_are_sound():
    current, versions = read_versions(REFERENCE / "index.yml")
    registry = pd.read_csv(REFERENCE / "indicators.csv")
    assert current in versions and set(versions[current]) == {"district", "township"}
    for scopes in versions.values():
        assert set(scopes["district"].goalposts) == set(registry["id"])
        assert set(scopes["township"].goalposts) == set(registry["id"])
    for spec in versions[current].values():
        assert spec.moves_with == []  # adding a year or a place never moves a past score
    assert versions["2022.1-combined"]["township"].moves_with == []


def test_another_version_cannot_extend_itself(tmp_path):
    file = tmp_path / "index.yml"
    file.write_text("current: a\nversions:\n  a: {extends: b}\n  b: {extends: a}\n", "utf-8")
    assert faults(read_versions, file)


def test_a_reference_that_is_not_there_is_named():
    nodes = pd.DataFrame([("a", 1, "I"), ("b", 1, "I"), ("I", 2, "")], columns=["code", "level", "parent"])
    rows = [
        {"place": p, "year": 2022, "indicator": i, "value": v + (i == "b") * v**2}
        for v, p in enumerate("pqr")
        for i in "ab"
    ]
    spec = IndexSpec(
        goalposts={"a": (0, 9), "b": (0, 9)},
        weights={"objective": "entropy"},
        reference_years=(2022, 2023),
        reference_places=("p", "z"),
    )
    got = faults(build_index, pd.DataFrame(rows), nodes, spec)
    assert len(got) == 2 and "2023" in got[0] and "z, which has none" in got[1]
