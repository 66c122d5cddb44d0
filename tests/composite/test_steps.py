"""Single steps of the chain: filling gaps, outliers, normalisations, Copeland - by hand or by another package."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from research.composite import IndexSpec, aggregate, build_index, fill, from_nodes, outliers, panel
from research.composite.normalise import normalise
from research.composite.provenance import check_survey


def data(rows):
    """Rows of (place, year, a, b, ...)."""
    frame = pd.DataFrame(rows)
    frame.columns = ["place", "year", *"abcdef"[: frame.shape[1] - 2]]
    names = list(frame.columns[2:])
    long = frame.melt(["place", "year"], var_name="indicator", value_name="value").dropna()
    return panel.from_long(long.assign(status="reported"), names)


GAPS = [
    ("p", 2021, 1.0),
    ("p", 2022, np.nan),
    ("p", 2023, 3.0),
    ("p", 2024, np.nan),
    ("q", 2021, np.nan),
    ("q", 2022, 10.0),
    ("q", 2023, 20.0),
    ("q", 2024, 30.0),
]


@pytest.mark.parametrize(
    ("method", "want"),
    [
        ("last", [1, 1, 3, 3, np.nan, 10, 20, 30]),
        ("linear", [1, 2, 3, 3, np.nan, 10, 20, 30]),
        ("group_mean", [1, 10, 3, 30, 1, 10, 20, 30]),
        ("none", [1, np.nan, 3, np.nan, np.nan, 10, 20, 30]),
    ],
)
def test_filling(method, want):
    rows = [(p, y, v, 1.0) for p, y, v in GAPS]  # the second column keeps every unit
    got, filled = fill.impute(data(rows), method)
    assert got.values[:, 0] == pytest.approx(want, nan_ok=True)
    assert filled[:, 0].tolist() == (np.isnan([v for *_, v in GAPS]) & ~np.isnan(want)).tolist()
    assert (got.statuses[filled] == panel.IMPUTED).all()


def test_regression_fills_what_the_line_says():
    x = np.arange(1.0, 11.0)
    rows = [(f"p{i}", 2024, v, v**2, np.nan if i == 4 else 7 - 2 * v) for i, v in enumerate(x)]
    got, _ = fill.impute(data(rows), "regression")
    assert got.values[4, 2] == pytest.approx(7 - 2 * x[4])


def test_moments_as_scipy_has_them():
    x = np.random.default_rng(0).gamma(1.0, 2.0, 40)
    assert outliers.skewness(x) == pytest.approx(stats.skew(x, bias=False))
    assert outliers.kurtosis(x) == pytest.approx(stats.kurtosis(x, bias=False))


def test_too_many_outliers_to_winsorise_end_in_a_logarithm():
    x = np.r_[np.linspace(1, 2, 30), np.geomspace(10, 1e6, 12)]
    got, report = outliers.treat(x[:, None], ["a"], "winsorise_log", most=1)
    assert report[0]["method"] == "log" and (np.argsort(got[:, 0]) == np.argsort(x)).all()


VALUES = np.array([[1.0, 8.0], [2.0, 8.0], [4.0, 2.0], [5.0, 4.0]])


@pytest.mark.parametrize(
    ("method", "want"),
    [
        ("rank", [[1, 1.5], [2, 1.5], [3, 4], [4, 3]]),
        ("borda", [[0, 0.5], [1, 0.5], [2, 3], [3, 2]]),
        ("percentile", [[0, 100 / 6], [100 / 3, 100 / 6], [200 / 3, 100], [100, 200 / 3]]),
        ("minmax", [[0, 0], [25, 0], [75, 100], [100, 200 / 3]]),
    ],
)
def test_normalisations_by_hand(method, want):
    assert normalise(VALUES, ["a", "b"], [1, -1], method) == pytest.approx(np.array(want))


def test_z_scores():
    got = normalise(VALUES, ["a", "b"], [1, -1], "zscore")
    assert got == pytest.approx(stats.zscore(VALUES, ddof=1) * [1, -1])


def test_distance_to_target():
    got = normalise(VALUES, ["a", "b"], [1, -1], "target", {"a": (0, 4), "b": (2, 9)})
    assert got == pytest.approx(np.array([[25, 25], [50, 25], [100, 100], [100, 50]]))


def test_order_within_a_year_only():
    got = normalise(np.array([[1.0], [2.0], [9.0], [8.0]]), ["a"], [1], "rank", years=[2023, 2023, 2024, 2024])
    assert got.ravel().tolist() == [1, 2, 2, 1]


def test_copeland_by_hand():
    """p beats q on 0.6 of the weight, q beats r on all, p beats r on 0.6: p 1, q 0, r -1."""
    tree = from_nodes(
        pd.DataFrame({"code": ["a", "b", "I"], "level": [1, 1, 2], "parent": ["I", "I", ""], "weight": [0.6, 0.4, 1.0]})
    )
    scores = np.array([[9.0, 1.0], [5.0, 6.0], [2.0, 5.0]])
    levels, _ = aggregate.climb(scores, tree, tree.local, ["copeland"])
    assert levels[-1].ravel().tolist() == [1, 0, -1]


def test_screening_leaves_out_what_has_too_little():
    rows = [("p", 2024, 1.0, 2.0, np.nan), ("q", 2024, 1.0, np.nan, np.nan), ("r", 2024, 3.0, 4.0, 5.0)]
    units, columns = fill.screen(data(rows), share_units=0.6, share_indicators=0.5)
    assert units.tolist() == [True, False, True] and columns.tolist() == [True, True, False]


def test_screened_indicators_leave_the_tree():
    nodes = pd.DataFrame(
        [("a", 1, "X"), ("b", 1, "X"), ("c", 1, "Y"), ("X", 2, "I"), ("Y", 2, "I"), ("I", 3, "")],
        columns=["code", "level", "parent"],
    )
    rows = [{"place": p, "year": 2024, "indicator": i, "value": 5.0} for p in "pq" for i in "ab"]
    got = build_index(pd.DataFrame(rows), nodes, IndexSpec(goalposts=dict.fromkeys("abc", (0, 10))))
    assert got.screened[["indicator", "share"]].to_numpy().tolist() == [["c", 0.0]]  # never gone without a word
    assert got.tree.leaves == ("a", "b") and got.scores.query("level == 'index'")["score"].tolist() == [50, 50]


def test_survey_values_without_provenance_are_each_named():
    row = {
        "place": "p",
        "year": 2024,
        "indicator": "q",
        "value": 90.0,
        "n": 100,
        "survey_date": "2024-10-20",
        "method": "入户",
    }
    frame = pd.DataFrame([row, row | {"year": 2023, "n": None, "method": ""}, row | {"indicator": "z", "n": None}])
    got = check_survey(frame, pd.DataFrame({"id": ["q", "z"], "survey_flag": ["+", ""]}))
    assert [f.found for f in got] == ["nothing"] and "n、method" in str(got[0])


def test_every_value_is_kept_on_its_way():
    """a: 1, gap, 9 filled by the last value; a far value of b pulled in; goalposts 0 to 10 for a, 0 to 100 for b."""
    nodes = pd.DataFrame([("a", 1, "I"), ("b", 1, "I"), ("I", 2, "")], columns=["code", "level", "parent"])
    rows = [("p", 2021 + k, "a", v) for k, v in ((0, 1.0), (2, 9.0), (3, 5.0), (4, 4.0))]
    rows += [("p", 2021 + k, "b", v) for k, v in enumerate((1.0, 2.0, 3.0, 4.0, 100.0))]
    spec = IndexSpec(impute="last", outliers={"method": "winsorise"}, goalposts={"a": (0, 10), "b": (0, 100)})
    got = build_index(pd.DataFrame(rows, columns=["place", "year", "indicator", "value"]), nodes, spec)
    cells = got.cells.set_index(["indicator", "year"])
    assert np.isnan(cells.loc[("a", 2022), "raw"])
    assert cells.loc[("a", 2022), ["imputed", "normalised", "filled"]].tolist() == [1.0, 10.0, True]
    assert cells.loc[("b", 2025), ["raw", "treated", "normalised", "filled"]].tolist() == [100.0, 4.0, 4.0, False]
    treated = got.outliers[["indicator", "method", "points", "passed"]]
    assert treated.to_numpy().tolist() == [["b", "winsorise", 1, True]]


def test_units_left_out_are_named_with_their_share():
    nodes = pd.DataFrame([("a", 1, "I"), ("b", 1, "I"), ("I", 2, "")], columns=["code", "level", "parent"])
    rows = [{"place": p, "year": 2024, "indicator": i, "value": 5.0} for p, i in ("pa", "pb", "qa")]
    spec = IndexSpec(goalposts=dict.fromkeys("ab", (0, 10)), screen_units=0.6)
    got = build_index(pd.DataFrame(rows), nodes, spec)
    assert got.screened[["place", "year", "share", "needed"]].to_numpy().tolist() == [["q", 2024, 0.5, 0.6]]
    assert set(got.scores["place"]) == {"p"}
