"""`table`: the same numbers as the measures one by one, and its own refusals."""

import numpy as np
import pandas as pd
import pytest

from research import measures as m
from research.errors import DataError


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(7)
    n = 3000
    frame = pd.DataFrame({
        "place": rng.choice(["331003001", "331003002", "331003100"], n),
        "year": rng.choice([2023, 2024], n),
        "income": np.round(rng.lognormal(10, 0.8, n)),
        "weight": rng.uniform(5, 60, n),
    })  # fmt: skip
    return frame


ALL = [
    n if n not in ("headcount", "poverty_gap", "fgt", "watts", "sen", "sen_shorrocks_thon") else (n, {"line": 12000})
    for n in m.MEASURES
    if n != "band_share"
]
ALL.append(("band_share", {"lower": 10000, "upper": 50000, "closed": "left"}))


def test_equals_each_measure_of_each_group(people):
    out = m.table(people, ALL, by=["place", "year"])
    assert list(out.columns) == ["place", "year", "measure", "value", "n", "weight_sum", "coverage"]
    assert len(out) == 6 * len(ALL)
    for (place, year), rows in out.groupby(["place", "year"], sort=False):
        part = people[(people.place == place) & (people.year == year)]
        assert (rows.n == len(part)).all()
        assert rows.weight_sum.to_numpy() == pytest.approx(part.weight.sum())
        for spec, value in zip(ALL, rows.value, strict=True):
            name, kwargs = (spec, {}) if isinstance(spec, str) else spec
            expected = m.MEASURES[name](part.income.to_numpy(), weights=part.weight.to_numpy(), **kwargs)
            assert value == pytest.approx(expected, rel=1e-10), name


def test_the_frame_is_left_as_it_is(people):
    before = people.copy()
    m.table(people, ["gini", "median"], by="place")
    pd.testing.assert_frame_equal(people, before)


def test_labels_and_one_group(people):
    out = m.table(people, {"不平等": "gini", "贫困": ("headcount", {"line": 9000})})
    assert out["measure"].tolist() == ["不平等", "贫困"]
    assert out["value"].iloc[0] == pytest.approx(m.gini(people.income, people.weight))


def test_without_weights():
    out = m.table(pd.DataFrame({"income": [1, 3]}), ["gini"])
    assert out.iloc[0].to_dict() == {"measure": "gini", "value": 0.25, "n": 2, "weight_sum": 2.0, "coverage": 1.0}


def test_gaps_are_refused_or_counted():
    frame = pd.DataFrame({"place": ["a", "a", "b"], "income": [1.0, None, 2.0], "weight": [3.0, 1.0, 1.0]})
    with pytest.raises(DataError, match=r"row 1, column income: expected a number, found nothing .*missing='drop'"):
        m.table(frame, ["mean"], by="place")
    out = m.table(frame, ["mean"], by="place", missing="drop")
    assert out["coverage"].tolist() == [0.75, 1.0]
    assert out["n"].tolist() == [1, 1]


def test_a_measure_without_value_in_a_group():
    frame = pd.DataFrame({"place": ["a", "a", "b", "b"], "income": [0, 0, 1, 3]})
    with pytest.raises(DataError, match="place a, gini: .*all values are zero"):
        m.table(frame, ["gini", "mean"], by="place")
    out = m.table(frame, ["gini", "mean"], by="place", undefined="gap")
    assert np.isnan(out["value"].iloc[0])
    assert out["value"].tolist()[1:] == [0.0, 0.25, 2.0]


BAD = [
    (["gini"], dict(by="plce"), "column plce: expected a column of the frame, found none"),
    (["gini"], dict(value="incme"), "column incme"),
    (["ginny"], {}, "measures: expected a measure, found 'ginny' (did you mean 'gini'?)"),
    ([("headcount", {"lne": 1})], {}, "measures, headcount: expected one of its parameters, found 'lne' (did you"),
    (["gini", "gini"], {}, "measures: expected each measure once, found 'gini' twice"),
    ([], {}, "measures: expected at least one measure, found none"),
    ([("quantile", {"q": 3})], {}, "quantile(q=3), q: expected a number from 0 to 1, found 3"),
]  # fmt: skip


@pytest.mark.parametrize("measures, kwargs, text", BAD)
def test_refusals(people, measures, kwargs, text):
    with pytest.raises(DataError) as caught:
        m.table(people, measures, **kwargs)
    assert str(caught.value).startswith(text)


def test_bad_cells_are_named_by_row_and_column():
    frame = pd.DataFrame({"income": [1, "x", -2, 4], "weight": [1.0, 2.0, 3.0, -1.0]}, index=[10, 11, 12, 13])
    with pytest.raises(DataError) as caught:
        m.table(frame, ["gini"])
    assert [f.place for f in caught.value.faults] == [
        "row 11, column income", "row 12, column income", "row 13, column weight"
    ]  # fmt: skip


def test_an_empty_frame_and_a_group_without_a_name():
    with pytest.raises(DataError, match="frame: expected at least one row"):
        m.table(pd.DataFrame({"income": []}), ["gini"])
    with pytest.raises(DataError, match="column place: expected a group for each row, found 1 rows without"):
        m.table(pd.DataFrame({"income": [1, 2], "place": ["a", None]}), ["gini"], by="place")
