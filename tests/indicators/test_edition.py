"""An edition: what it holds, and the words it has for what it does not."""

import json

import pandas as pd
import pytest

from research import open_edition
from research.core import tables
from research.core.scope import Scope
from research.errors import DataError, UsageError


@pytest.fixture(scope="module")
def edition(project):
    return open_edition("2024", project=project)


def test_names_and_groups(edition):
    assert edition.name("331003") == "黄岩区" and edition.name("331003101") == "宁溪镇"
    assert edition.places.set_index("code").at["331003101", "group"] == "west"
    assert len(edition.places) == 19 and set(edition.places["group"]) == {"west", "streets", "towns"}


@pytest.mark.parametrize("year", ["2019", "2025", "next", "", "20.24"])
def test_unknown_year(project, year):
    with pytest.raises(UsageError, match="2021, 2022, 2023, 2024"):
        open_edition(year, project=project)


def test_unknown_folder(project):
    with pytest.raises(UsageError, match="no such folder"):
        open_edition("2024", data="no/such/folder", project=project)


def test_unknown_names_get_the_nearest(edition):
    with pytest.raises(DataError, match="did you mean 'SRV-4-01'"):
        edition.series("SRV-4-O1")
    with pytest.raises(DataError, match="did you mean '33100310"):
        edition.series("SRV-4-01", "331003110")
    with pytest.raises(DataError, match="did you mean"):
        edition.name("33100310")


def test_series_is_in_order_of_years(edition):
    assert edition.series("SRV-4-01")["year"].tolist() == [2021, 2022, 2023, 2024]
    assert edition.series("SRV-4-01", "*")["place"].nunique() == 20


@pytest.fixture
def unbuilt(own_project, small, small_rows):
    """A project with data and no tables."""
    small.rename(own_project.root / "data" / "sample")
    return own_project


def test_a_table_that_was_not_built_names_the_command(unbuilt):
    with pytest.raises(DataError, match="bluebook build --edition 2024 --data sample"):
        open_edition("2024", project=unbuilt).table("measures")


def test_tables_of_other_data_are_refused(unbuilt):
    folder = Scope.of(unbuilt, 2024).results
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"data": "own"}))
    with pytest.raises(DataError, match="expected tables of sample, found tables of own"):
        open_edition("2024", project=unbuilt).table("measures")


def test_a_table_with_a_wrong_name_gets_the_nearest(unbuilt):
    folder = Scope.of(unbuilt, 2024).results
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"data": "sample"}))
    tables.write_table(pd.DataFrame({"a": [1]}), folder / "measures.parquet")
    edition = open_edition("2024", project=unbuilt)
    assert edition.table("measures")["a"].tolist() == [1]
    with pytest.raises(DataError, match="did you mean 'measures'"):
        edition.table("measure")


def test_sql_sees_the_data_by_name(unbuilt):
    edition = open_edition("2024", project=unbuilt)
    found = edition.sql("SELECT place, count(*) AS n FROM households GROUP BY place ORDER BY place")
    assert found["n"].sum() == len(edition.households)
    assert edition.sql("SELECT count(*) AS n FROM targets")["n"].tolist() == [216]


def test_broken_data_names_the_cell(unbuilt):
    path = unbuilt.root / "data/sample/observations.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[4, "value"] = "3.2万"
    frame.to_csv(path, index=False)
    with pytest.raises(DataError, match="row 6, column value: expected a number, found '3.2万' .write 32000"):
        _ = open_edition("2024", project=unbuilt).handed_in
