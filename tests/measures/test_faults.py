"""One table of awkward inputs for every measure: each is refused by name and position, or defined."""

import datetime
import inspect

import numpy as np
import pandas as pd
import pytest

from research import measures as m
from research.errors import DataError

NAMES = [*m.MEASURES, "lorenz_curve", "generalized_lorenz_curve", "deprivation", "concentration_index", "ratio_to_mean",
         "gini_convey"]  # fmt: skip


def call(name, values, weights=None):
    f = getattr(m, name, None) or m.MEASURES[name]
    kwargs = {"line": 2.0} if "line" in inspect.signature(f).parameters else {}
    if name == "band_share":
        kwargs = {"lower": 1.0, "upper": 3.0}
    if name == "gini_normalised":  # the one that keeps losses unless told otherwise
        kwargs = {"negatives": "refuse"}
    if name == "concentration_index":
        kwargs = {"by": [1.0, 2.0, 3.0]}
    if name == "ratio_to_mean":
        kwargs = {"members": [True, False, True]}
    return f(values, weights=weights, **kwargs)


GOOD = [1.0, 2.0, 4.0]
FAULTS = [
    ("empty", [], None, ["values: expected at least one number, found an empty list"]),
    ("a single value", 3.0, None, ["values: expected a one-dimensional list of numbers, found a single value"]),
    ("2-d", [[1, 2], [3, 4]], None, ["found 2 dimensions of shape (2, 2)"]),
    ("text", [1, "3.2万", 2], None, ["values[1]: expected a number, found '3.2万' (turn texts into numbers first)"]),
    ("all text", ["1", "2"], None, ["values[0]: expected a number, found '1'", "values[1]"]),
    (
        "ragged",
        [[1, 2], [3]],
        None,
        ["values: expected a one-dimensional list of numbers, found rows of unequal length"],
    ),
    ("truth", [True, False], None, ["values[0]: expected a number, found True"]),
    ("dates", [datetime.date(2024, 1, 1), 1], None, ["values[0]: expected a number, found datetime.date"]),
    ("None", [1, None, 2], None, ["values[1]: expected a number, found nothing"]),
    ("NaN", [1, float("nan"), 2], None, ["values[1]: expected a number, found nothing"]),
    ("pandas gap", pd.array([1, None, 2], dtype="Int64"), None, ["values[1]: expected a number, found nothing"]),
    ("infinite", [1, 2, np.inf], None, ["values[2]: expected a finite number, found inf"]),
    ("minus infinite", [-np.inf, 2, 1], None, ["values[0]: expected a finite number, found -inf"]),
    ("negative", [1, -2.5, 3], None, ["values[1]: expected a number of 0 or more, found -2.5"]),
    ("negative weight", GOOD, [1, 1, -1], ["weights[2]: expected a number of 0 or more, found -1.0"]),
    ("no weight at all", GOOD, [0, 0, 0], ["weights: expected a sum above 0, found a sum of 0"]),
    ("another length", GOOD, [1, 2], ["weights: expected 3 entries, one for each of values, found 2 entries"]),
    ("missing weight", GOOD, [1, None, 1], ["weights[1]: expected a number, found nothing"]),
    ("text weight", GOOD, [1, "x", 1], ["weights[1]: expected a number, found 'x'"]),
    ("all at once", [1, -1, None], [1, "x", 1], ["values[1]", "values[2]", "weights[1]"]),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("values, weights, texts", [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_refused_by_name_and_position(name, values, weights, texts):
    with pytest.raises(DataError) as caught:
        call(name, values, weights)
    for text in texts:
        assert text in str(caught.value)


ONE = {
    "mean": 5,
    "median": 5,
    "quantile": 5,
    "top_share": 0.1,
    "bottom_share": 0.4,
    "quintile_ratio": 1,
    "quintile_mean_ratio": 1,
    "percentile_ratio": 1,
    "palma_ratio": 0.25,
    "max_min_ratio": 1,
    "lorenz_asymmetry": 1,
}


@pytest.mark.parametrize("name", [n for n in m.MEASURES if n != "der_polarization"])
def test_one_row(name):
    """A group of one is a distribution without inequality, and above the line of 2."""
    assert call(name, [5.0]) == pytest.approx(ONE.get(name, 0), abs=1e-15)
    assert call(name, [5.0], [0.25]) == pytest.approx(ONE.get(name, 0), abs=1e-15)


RELATIVE = [
    n
    for n in m.MEASURES
    if n
    not in (
        "mean",
        "median",
        "quantile",
        "headcount",
        "poverty_gap",
        "fgt",
        "watts",
        "sen",
        "sen_shorrocks_thon",
        "band_share",
    )
]


@pytest.mark.parametrize("name", RELATIVE)
def test_nothing_but_zeros_has_no_relative_measure(name):
    with pytest.raises(DataError, match=f"{name}: .*found (all values are zero|the .* is 0|a median of 0|the lowest)"):
        call(name, [0.0, 0.0, 0.0])


LOG = [
    ("mean_log_deviation", {}),
    ("watts", {"line": 2}),
    ("atkinson", {"epsilon": 1}),
    ("atkinson", {"epsilon": 2}),
    ("generalized_entropy", {"alpha": 0}),
    ("generalized_entropy", {"alpha": -1}),
]


@pytest.mark.parametrize("name, kwargs", LOG)
def test_zeros_in_log_measures(name, kwargs):
    f = m.MEASURES[name]
    with pytest.raises(DataError, match=r"values\[2\]: expected a number above 0 .*found 0.0 .*zeros='drop'"):
        f([1, 4, 0, 3], [1, 0, 1, 2], **kwargs)
    with pytest.warns(m.ZerosDropped, match="25.00% of the weight") as caught:
        dropped = f([1, 4, 0, 3], [1, 0, 1, 2], zeros="drop", **kwargs)
    assert dropped == pytest.approx(f([1, 3], [1, 2], **kwargs))
    assert caught[0].message.share == 0.25


def test_zeros_where_they_are_defined():
    assert m.theil([0, 2]) == pytest.approx(np.log(2))
    assert m.gini([0, 0, 3]) == pytest.approx(2 / 3)
    assert m.atkinson([0, 2], epsilon=0.5) == pytest.approx(0.5)


PARAMETERS = [
    (lambda: m.quantile(GOOD, q=1.2), "q: expected a number from 0 to 1, found 1.2"),
    (lambda: m.quantile(GOOD, q="half"), "q: expected a number from 0 to 1, found 'half'"),
    (lambda: m.headcount(GOOD, line=0), "line: expected a number above 0, found 0"),
    (lambda: m.headcount(GOOD, line=None), "line: expected a number above 0, found nothing"),
    (lambda: m.fgt(GOOD, line=1, alpha=-1), "alpha: expected a number of 0 or more, found -1"),
    (lambda: m.atkinson(GOOD, epsilon=0), "epsilon: expected a number above 0, found 0"),
    (lambda: m.extended_gini(GOOD, aversion=1), "aversion: expected a number above 1, found 1"),
    (lambda: m.generalized_entropy(GOOD, alpha=np.nan), "alpha: expected a number, found nan"),
    (lambda: m.theil(GOOD, zeros="drp"), "zeros: expected one of 'keep', 'refuse', 'drop', found 'drp' (did you mean"),
    (lambda: m.band_share(GOOD), "lower, upper: expected at least one end of the band, found none"),
    (lambda: m.band_share(GOOD, 5, 1), "lower: expected at most the upper end 1, found 5"),
    (lambda: m.ratio_to_mean(GOOD, members=[True]), "members: expected 3 truth values, found bool of shape (1,)"),
    (lambda: m.lorenz_curve(GOOD, points=[0, 2]), "points: expected numbers from 0 to 1, found 2.0"),
    (lambda: m.urban_rural_ratio(1, 0), "urban_rural_ratio: expected data on which it is defined, found rural"),
    (lambda: m.urban_rural_ratio(1, [None]), "rural[0]: expected a number, found nothing"),
    (lambda: m.max_min_ratio([0, 1]), "max_min_ratio: expected data on which it is defined, found the lowest"),
    (lambda: m.gini(m.Distribution(GOOD), [1, 1, 1]), "weights: expected none, since a Distribution holds its own"),
]


@pytest.mark.parametrize("code, text", PARAMETERS)
def test_parameters(code, text):
    with pytest.raises(DataError) as caught:
        code()
    assert str(caught.value).startswith(text)


def test_many_faults_are_listed_up_to_twenty_and_counted():
    with pytest.raises(DataError) as caught:
        m.gini([-1.0] * 1000)
    assert len(caught.value.faults) == 21
    assert "980 more of the same fault" in str(caught.value.faults[-1])
