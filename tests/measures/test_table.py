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
    if n not in ("band_share", "at_risk_of_poverty")
]
ALL.append(("band_share", {"lower": 10000, "upper": 50000, "closed": "left"}))
ALL.append(("at_risk_of_poverty", {"line_of": "group"}))


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


def test_the_line_of_a_relative_rate_is_everybodys_of_the_year(people):
    out = m.table(people, ["at_risk_of_poverty"], by=["place", "year"]).set_index(["place", "year"])["value"]
    for year, all_of_it in people.groupby("year"):
        line = 0.6 * m.quantile(all_of_it.income, all_of_it.weight, q=0.5)
        for place, part in all_of_it.groupby("place"):
            assert out[place, year] == pytest.approx(np.average(part.income < line, weights=part.weight), rel=1e-12)


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
    assert [str(f.place) for f in caught.value.faults] == [
        "row 11, column income", "row 12, column income", "row 13, column weight"
    ]  # fmt: skip


def test_an_empty_frame_and_a_group_without_a_name():
    with pytest.raises(DataError, match="frame: expected at least one row"):
        m.table(pd.DataFrame({"income": []}), ["gini"])
    with pytest.raises(DataError, match="column place: expected a group for each row, found 1 rows without"):
        m.table(pd.DataFrame({"income": [1, 2], "place": ["a", None]}), ["gini"], by="place")


def as_duckdb(frame, folder):
    import duckdb

    return duckdb.from_df(frame)


def as_parquet(frame, folder):
    frame.iloc[:1000].to_parquet(folder / "a.parquet")
    frame.iloc[1000:].to_parquet(folder / "b.parquet")
    return folder


def as_dask(frame, folder):
    return pytest.importorskip("dask.dataframe").from_pandas(frame, npartitions=11)


def as_polars(frame, folder):
    return pytest.importorskip("polars").DataFrame({c: frame[c].to_numpy() for c in frame.columns})


def as_arrow(frame, folder):
    import pyarrow

    return pyarrow.Table.from_pandas(frame)


@pytest.mark.parametrize("convert", [as_duckdb, as_parquet, as_dask, as_polars, as_arrow])
@pytest.mark.parametrize("whole", [True, False], ids=["whole yuan", "fractions"])
def test_other_frames_give_the_same_table(people, convert, whole, tmp_path):
    frame = people if whole else people.assign(income=people.income + 0.25)
    expected = m.table(frame, ALL, by=["place", "year"])
    out = m.table(convert(frame, tmp_path), ALL, by=["place", "year"])
    der = expected.measure == "der_polarization"  # its default bandwidth looks at the number of rows
    pd.testing.assert_frame_equal(out[~der], expected[~der], check_dtype=False, rtol=1e-9)


@pytest.mark.parametrize("convert", [as_duckdb, as_parquet, as_dask])
def test_other_frames_refuse_too(people, convert, tmp_path):
    bad = people.assign(income=people.income.where(people.index > 2, -1.0).where(people.index < 2998))
    with pytest.raises(DataError) as caught:
        m.table(convert(bad, tmp_path), ["gini"])
    assert [str(f) for f in caught.value.faults] == [
        "column income: expected numbers of 0 or more, found 3 rows below 0",
        "column income: expected a number in each row, found 2 rows without (or say missing='drop')",
    ]
    with pytest.raises(
        DataError, match="column plac: expected a column of the frame, found none .*did you mean 'place'"
    ):
        m.table(convert(people, tmp_path), ["gini"], by="plac")


def test_frames_that_are_none(tmp_path):
    with pytest.raises(DataError, match="frame: expected a pandas, polars"):
        m.table([1, 2], ["gini"])
    with pytest.raises(DataError, match="nowhere.parquet: expected a Parquet file or a folder of them"):
        m.table(tmp_path / "nowhere.parquet", ["gini"])


def test_frequency_tables_merge_by_addition(people):
    parts = [people.iloc[i::7] for i in range(7)]
    whole = sum(
        (m.FrequencyTable(p.income, p.weight) for p in parts[1:]), m.FrequencyTable(parts[0].income, parts[0].weight)
    )
    assert whole.counts.sum() == len(people)
    for name in ("gini", "theil", "median", "palma_ratio", "zenga"):
        assert m.MEASURES[name](whole.distribution()) == pytest.approx(m.MEASURES[name](people.income, people.weight))


@pytest.mark.parametrize("name", [n for n in m.MEASURES if n != "der_polarization"])
def test_many_whole_incomes_are_counted_not_sorted(name):
    """From 20,000 rows on, whole incomes go through counts: the same as with fractions too small to matter."""
    rng = np.random.default_rng(8)
    x, w = np.round(rng.lognormal(9, 0.7, 25000)) + 1, rng.uniform(1, 2, 25000)
    kwargs = (
        {"line": 5000.5} if name in ("headcount", "poverty_gap", "fgt", "watts", "sen", "sen_shorrocks_thon") else {}
    )
    kwargs = {"lower": 1000.5, "upper": 9000.5} if name == "band_share" else kwargs
    counted = m.MEASURES[name](x, weights=w, **kwargs)
    sorted_ = m.MEASURES[name](m.Distribution(x, w), **kwargs)
    assert counted == pytest.approx(sorted_, rel=1e-9)


def test_a_zero_among_many_whole_incomes_is_named_by_position():
    x = np.arange(1.0, 30001.0)
    x[12345] = 0
    with pytest.raises(DataError, match=r"values\[12345\]: expected a number above 0"):
        m.mean_log_deviation(x)


def test_medians_of_decimals_are_not_cut_to_their_decimals(tmp_path):
    import duckdb

    told = duckdb.sql("SELECT x::DECIMAL(18, 1) AS x, 'a' AS g FROM (VALUES (1.0), (1.1), (3.0), (4.0)) t(x)")
    told.write_parquet(str(tmp_path / "a.parquet"))
    for source in (told, tmp_path / "a.parquet"):
        made = m.table(source, measures=["median"], value="x", by=["g"])
        assert made["value"].tolist() == [pytest.approx(2.05)]
