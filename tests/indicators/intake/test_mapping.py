"""Tables in somebody else's shape come in through a mapping; a wrong mapping is named."""

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from research.core import tables
from research.core.scope import Scope
from research.errors import DataError
from research.indicators import open_edition
from research.indicators.forms import forms
from research.indicators.intake import intake
from research.indicators.store import store


def write(folder, name, rows, mapping):
    (folder / f"{name.split('.')[0]}.map.yml").write_text(mapping, "utf-8")
    path = folder / name
    if name.endswith(".xlsx"):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    elif name.endswith(".csv"):
        path.write_text("\n".join(",".join(map(str, r)) for r in rows), "utf-8")
    elif name.endswith(".parquet"):
        tables.write_table(pd.DataFrame(rows[1:], columns=rows[0]), path)
    else:
        pd.DataFrame(rows[1:], columns=rows[0]).to_stata(path, write_index=False, version=118)
    return path


WIDE = """columns: {place: 乡镇}
constants: {year: 2025, source: 区统计局, status: reported}
wide: {人均GDP: ECO-1-01, 床位占比: SRV-4-01}
units: {人均GDP: 万元}
"""


@pytest.mark.parametrize("name", ["表.xlsx", "表.csv", "表.parquet"])
def test_wide_table_with_names_and_units(own_project, tmp_path, name):
    rows = [["乡镇", "人均GDP", "床位占比"], ["宁溪镇", 5.2, 51.5], ["上郑", 4.1, 48]]
    taken = intake.take_in(own_project, [write(tmp_path, name, rows, WIDE)])
    held = store.current(taken.folder).set_index(["place", "indicator"])["value"].to_dict()
    assert held == pytest.approx(
        {
            ("331003101", "ECO-1-01"): 52000,
            ("331003101", "SRV-4-01"): 51.5,
            ("331003201", "ECO-1-01"): 41000,
            ("331003201", "SRV-4-01"): 48,
        }
    )


def test_rows_are_named_as_in_the_sheet(own_project, tmp_path):
    rows = [["2025年报表"], ["单位：万元"], ["乡镇", "人均GDP", "床位占比"], ["宁溪镇", 5.2, 51.5], ["某某镇", 4.1, 48]]
    path = write(tmp_path, "表.xlsx", rows, WIDE + "header: 3\n")
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [path])
    assert {str(f.place) for f in caught.value.faults} == {"表.xlsx, row 5, column 乡镇"}


@pytest.mark.parametrize(
    "old, new, word",
    [
        ("columns:", "colums:", "did you mean 'columns'"),
        ("{place: 乡镇}", "{plaice: 乡镇}", "did you mean 'place'"),
        ("{place: 乡镇}", "{place: 乡 镇}", "did you mean '乡镇'"),
        ("人均GDP: ECO", "人均 GDP: ECO", "did you mean '人均GDP'"),
        ("ECO-1-01", "ECO-1-99", "did you mean 'ECO-1-0"),
        ("columns: {", "table: people\ncolumns: {", "observations or households"),
        ("columns: {", "columns: [", "line"),
    ],
)
def test_a_wrong_mapping_is_named(own_project, tmp_path, old, new, word):
    rows = [["乡镇", "人均GDP", "床位占比"], ["宁溪镇", 5.2, 51.5]]
    with pytest.raises(DataError, match=word):
        intake.take_in(own_project, [write(tmp_path, "表.xlsx", rows, WIDE.replace(old, new, 1))])


SURVEY = """table: households
columns: {household: fid, place: town, residence: urban, village: cid, stratum: strata, weight: w, size: n,
  wage_income: wage, business_income: biz, property_income: prop, transfer_income: trans, income: inc, consumption: exp}
constants: {year: 2025, status: survey}
codes: {residence: {1: urban, 0: rural}}
"""


def households(villages=("331003200201", "331003200202")):
    return [
        ["fid", "town", "urban", "cid", "strata", "w", "n", "wage", "biz", "prop", "trans", "inc", "exp"],
        *(
            [f"h{i}", "屿头乡", 0, villages[i % 2], "s1", 20.5, 3, 60000, 5000, 0, 1000 + i, 66000 + i, 30000]
            for i in range(12)
        ),
    ]


def test_a_stata_survey_becomes_the_years_households(own_project, tmp_path):
    path = write(tmp_path, "cfps.dta", households(), SURVEY)
    taken = intake.take_in(own_project, [path])
    edition = open_edition("2025", data=str(taken.folder), project=own_project)
    assert taken.new == 12 and edition.status == "survey"
    assert edition.households["income_pc"].tolist() == [(66000 + i) / 3 for i in range(12)]
    assert set(edition.households["residence"]) == {"rural"}


def test_the_survey_form_there_and_back(own_project, tmp_path):
    (form,) = forms.write(Scope.of(own_project, 2025), tmp_path, survey=True)
    book = load_workbook(form)
    for row in households()[1:]:
        book[forms.SHEET].append([row[0], "331003200", 2025, "rural", *row[3:], "survey"])
    book.save(form)
    taken = intake.take_in(own_project, [form])
    kept = pd.read_csv(taken.folder / "households-2025.csv")
    assert len(kept) == 12 and list((taken.folder / "history").glob("households-2025-*.xlsx"))


def test_two_surveys_of_a_year_are_refused(own_project, tmp_path):
    files = [write(tmp_path, name, households(), SURVEY) for name in ("a.csv", "b.csv")]
    with pytest.raises(DataError, match="one survey a year"):
        intake.take_in(own_project, files)


def test_a_bad_survey_is_not_taken_in(own_project, tmp_path):
    rows = households()
    rows[3][5], rows[4][-2] = -1, 1
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [write(tmp_path, "s.csv", rows, SURVEY)])
    assert {(str(f.place), f.kind) for f in caught.value.faults} == {
        ("s.csv, row 4, column w", "weight"),
        ("s.csv, row 5, column inc", "sum"),
    }
    assert not (own_project.root / "data/own/households-2025.csv").exists()
