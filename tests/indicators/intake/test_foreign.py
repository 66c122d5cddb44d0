"""Stata and SPSS files made here come in by the example mappings, with their labels and codes for "no answer"."""

import pandas as pd
import pyreadstat
import pytest
import yaml

from research.errors import DataError
from research.indicators import open_edition
from research.indicators.forms.cleaning import clean
from research.indicators.intake import intake
from research.indicators.intake.foreign import read_foreign

VILLAGES = {1: "331003200201", 2: "331003200202"}


def example(root, name, folder, stem, codes):
    """An example mapping as its user would finish it: places and villages by their codes."""
    rules = yaml.safe_load((root / "data/sample/mappings" / f"{name}.map.yml").read_text("utf-8"))
    rules["codes"].update(codes)
    (folder / f"{stem}.map.yml").write_text(yaml.safe_dump(rules, allow_unicode=True), "utf-8")
    return rules


CODES = {"place": {99: "331003200"}, "village": VILLAGES}


def cfps(rows=12):
    return pd.DataFrame(
        {
            "fid18": [100000 + i for i in range(rows)],
            "countyid18": 99,
            "urban18": 0,
            "cid18": [1 + i % 2 for i in range(rows)],
            "subpopulation": 3,
            "fswt_natcs18n": 20.5,
            "familysize18": 3,
            "fwage_1": 60000.0,
            "foperate_1": 5000.0,
            "fproperty_1": 0.0,
            "ftransfer_1": [1000.0 + i for i in range(rows)],
            "felse_1": 10.0,
            "pce": 30000.0,
        }
    )


@pytest.mark.parametrize("ending", [".dta", ".sav"])
def test_cfps(own_project, root, tmp_path, ending):
    frame = cfps()
    frame.loc[2, "pce"], frame.loc[3, ["ftransfer_1", "fwage_1", "foperate_1", "fproperty_1", "felse_1"]] = -8, -9
    path = tmp_path / f"famecon{ending}"
    write = pyreadstat.write_dta if ending == ".dta" else pyreadstat.write_sav
    write(frame, str(path), variable_value_labels={"urban18": {0: "乡村", 1: "城镇"}})
    example(root, "cfps-2018", tmp_path, "famecon", CODES)
    taken = intake.take_in(own_project, [path])
    held = open_edition("2018", data=str(taken.folder), project=own_project).households
    assert len(held) == 12 and set(held["residence"]) == {"rural"}
    assert held["transfer_income"].tolist()[:2] == [1010, 1011] and held["income"].tolist()[:2] == [66010, 66011]
    assert held["consumption"].isna().tolist() == [i == 2 for i in range(12)]
    assert held["income"].isna().tolist() == [i == 3 for i in range(12)]


def test_chip_by_its_labels(own_project, root, tmp_path):
    frame = cfps().set_axis(
        [
            "hhcode",
            "coun",
            "sample",
            "vill",
            "stratum",
            "weight",
            "hhsize",
            "wage",
            "business",
            "property",
            "transfer",
            "other",
            "consumption",
        ],
        axis=1,
    )
    path = tmp_path / "chip.sav"
    pyreadstat.write_sav(frame, str(path), variable_value_labels={"sample": {0: "农村", 1: "城镇"}})
    example(root, "chip-2018", tmp_path, "chip", CODES)
    taken = intake.take_in(own_project, [path])
    held = pd.read_csv(taken.folder / "households-2018.csv")
    assert set(held["residence"]) == {"rural"} and held["income"].iloc[0] == 66000


def test_cgss_has_a_total_and_no_sources(own_project, root, tmp_path):
    frame = pd.DataFrame(
        {
            "id": range(12),
            "s41": 99,
            "s1": 2,
            "s43": [1 + i % 2 for i in range(12)],
            "stratum": "r",
            "weight": 1.5,
            "a63": 3,
            "a62": [50000] * 11 + [9999998],
        }
    )
    path = tmp_path / "cgss.sav"
    pyreadstat.write_sav(frame, str(path), missing_ranges={"a62": [9999997]})
    example(root, "cgss-2015", tmp_path, "cgss", CODES)
    taken = intake.take_in(own_project, [path])
    held = pd.read_csv(taken.folder / "households-2014.csv")
    assert held["income"].isna().tolist() == [False] * 11 + [True] and held["wage_income"].isna().all()


def test_what_spss_itself_calls_missing_is_a_gap(own_project, root, tmp_path):
    frame = cfps()
    frame.loc[1, "pce"] = 777777
    path = tmp_path / "famecon.sav"
    pyreadstat.write_sav(frame, str(path), missing_ranges={"pce": [777777]})
    example(root, "cfps-2018", tmp_path, "famecon", CODES)
    taken = intake.take_in(own_project, [path])
    assert pd.read_csv(taken.folder / "households-2018.csv")["consumption"].isna().tolist()[:3] == [False, True, False]


def test_durations_of_spss_keep_their_days(tmp_path):
    path = tmp_path / "hours.sav"
    told = pd.DataFrame({"week": [60 * 3600.0, None], "trip": [100 * 86400.0 + 43200, 0.0]})
    pyreadstat.write_sav(told, str(path), variable_format={"week": "TIME8", "trip": "DTIME12"})
    frame, _ = read_foreign(path, {})
    assert frame["week"].tolist()[0] == 60 and frame["week"].isna().tolist() == [False, True]
    assert frame["trip"].tolist() == [2412, 0]


def test_dates_are_those_of_the_file_whatever_was_read_before(tmp_path):
    path = tmp_path / "dates.dta"
    told = pd.DataFrame({"q": [258.0], "m": [773.0], "d": [23557.0], "own": [23557.0], "c": [2.0e12]})
    formats = {"q": "%tq", "m": "%tm", "d": "%td", "own": "%tdCCYY.NN.DD", "c": "%tc"}
    pyreadstat.write_dta(told, str(path), variable_format=formats)
    pyreadstat.read_dta(str(path), extra_date_formats=["%tm", "%tq"])  # goes on in later calls
    row = read_foreign(path, {})[0].iloc[0]
    assert [str(row[c])[:10] for c in ("q", "m", "d", "own", "c")] == [
        "2024Q3",
        "2024-06",
        "2024-06-30",
        "2024-06-30",
        "2023-05-18",
    ]
    assert [clean(row["q"], c) for c in ("year", "quarter", "survey_date")] == ["2024", "3", "2024-07-01"]


@pytest.mark.parametrize("fmt, seen", [("MOYR8", "2024-06"), ("QYR8", "2024Q2"), ("EDATE10", "2024-06-30")])
def test_dates_of_spss(tmp_path, fmt, seen):
    path = tmp_path / "dates.sav"
    seconds = (pd.Timestamp("2024-06-30") - pd.Timestamp("1582-10-14").as_unit("s")).total_seconds()
    pyreadstat.write_sav(pd.DataFrame({"x": [seconds]}), str(path), variable_format={"x": fmt})
    assert str(read_foreign(path, {})[0]["x"][0])[:10] == seen


@pytest.mark.parametrize("name", ["cfps-2018", "chip-2018", "cgss-2015"])
def test_examples_say_what_is_to_be_checked(root, name):
    text = (root / "data/sample/mappings" / f"{name}.map.yml").read_text("utf-8")
    assert "待使用者核对" in text and "不含任何调查数据" in text


def test_a_column_that_the_file_lacks(own_project, root, tmp_path):
    path = tmp_path / "famecon.sav"
    pyreadstat.write_sav(cfps().rename(columns={"fwage_1": "fwage_2"}), str(path))
    example(root, "cfps-2018", tmp_path, "famecon", CODES)
    with pytest.raises(DataError, match="a column fwage_1.*did you mean 'fwage_2'"):
        intake.take_in(own_project, [path])


@pytest.mark.parametrize(
    "name, data",
    [
        ("a.sav", b"$FL2" + b"\0" * 400),
        ("a.dta", b"<stata_dta>" + b"x" * 400),
        ("a.sav", b"nothing"),
        ("a.parquet", b"PAR1xxxx"),
    ],
)
def test_broken_files_are_named(own_project, root, tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    example(root, "cfps-2018", tmp_path, "a", CODES)
    with pytest.raises(DataError, match=f"{name}: expected a (Stata or SPSS file|Parquet table)"):
        intake.take_in(own_project, [tmp_path / name])


def test_a_file_without_a_mapping_says_where_examples_are(own_project, tmp_path):
    pyreadstat.write_sav(cfps(), str(tmp_path / "b.sav"))
    with pytest.raises(DataError, match="data/sample/mappings"):
        intake.take_in(own_project, [tmp_path / "b.sav"])
