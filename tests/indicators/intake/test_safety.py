"""Hostile files are refused by name before anything opens them; nothing runs as a formula."""

import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from research.core import formulas
from research.core.scope import Scope
from research.errors import DataError
from research.indicators.intake import intake, safety
from research.indicators.intake.sheets import read_filled
from research.indicators.store import store


def workbook(path, extra=(), rows=()):
    book = Workbook()
    book.active.title = "填报"
    book.active.append(["地区代码", "年份", "指标编号", "本年值", "来源"])
    for row in rows:
        book.active.append(row)
    book.save(path)
    with zipfile.ZipFile(path, "a") as archive:
        for name, data in extra:
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize(
    "extra, word",
    [
        ([("xl/vbaProject.bin", b"x")], "macros"),
        ([("xl/externalLinks/externalLink1.xml", b"<a/>")], "links to other workbooks"),
        ([("xl/embeddings/oleObject1.bin", b"x")], "embedded objects"),
        ([("xl/connections.xml", b"<a/>")], "data connections"),
        ([("xl/macrosheets/sheet1.xml", b"<a/>")], "macro sheets"),
        ([("customUI/customUI.xml", b"<a/>")], "a custom ribbon"),
        ([("xl/bad.xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')], "entities"),
        ([("xl/worksheets/../../../etc/x.xml", b"<a/>")], "parts inside the workbook"),
        ([("xl/bomb.xml", b"0" * 60_000_000)], "packing ratio"),
        ([(f"xl/p{i}.xml", b"<a/>") for i in range(2100)], "2000 parts or less"),
    ],
)
def test_hostile_workbooks_are_refused(tmp_path, extra, word):
    faults = safety.inspect(workbook(tmp_path / "a.xlsx", extra))
    assert faults and faults[0].kind == "safety" and word in str(faults[0])


@pytest.mark.parametrize(
    "name, data, word",
    [
        ("a.xlsm", b"PK", "macros"),
        ("a.xls", b"x", "old Excel"),
        ("a.exe", b"x", ".xlsx or .csv"),
        ("a.xlsx", b"not a zip at all", "broken"),
        ("a.csv", b"", "0 bytes"),
        ("b\n.csv", b"x", "plain file name"),
    ],
)
def test_wrong_kinds_of_file(tmp_path, name, data, word):
    (tmp_path / name).write_bytes(data)
    assert word in str(safety.inspect(tmp_path / name)[0])


def test_missing_file_and_folder(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    assert safety.inspect(tmp_path / "none.csv")[0].kind == "safety"
    assert "something else" in str(safety.inspect(tmp_path / "folder.csv")[0])


def test_a_giant_sheet_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(safety.LIMITS, "rows", 3)
    path = workbook(tmp_path / "a.xlsx", rows=[["331003", 2025, "SRV-4-01", 50, "x"]] * 9)
    assert "rows" in str(read_filled(path).faults[0])


FORMULAS = ['=HYPERLINK("http://x","y")', "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3+cmd|x", "=1", "\t=1", " =1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_seen_and_neutralised(text):
    assert formulas.is_formula(text) and formulas.neutral(text).startswith("'")


@pytest.mark.parametrize("text", ["-3.5", "+4", "-1,200.5", "85.3%", "-1e-5", "宁溪镇", "a=b", "", "2024-10-20"])
def test_plain_text_stays(text):
    assert formulas.neutral(text) == text


@pytest.mark.parametrize("text", FORMULAS[:4])
def test_no_formula_gets_into_the_store(own_project, tmp_path, text):
    path = tmp_path / "a.csv"
    pd.DataFrame(
        [["331003", 2025, "SRV-4-01", 50, text]], columns=["place", "year", "indicator", "value", "source"]
    ).to_csv(path, index=False)
    with pytest.raises(DataError, match="formula"):
        intake.take_in(own_project, [path])


def test_exports_hold_no_formula():
    frame = pd.DataFrame(
        {
            "place": ["331003"],
            "year": [2024],
            "indicator": ["SRV-4-01"],
            "value": [50.0],
            "unit": ["%"],
            "status": ["reported"],
            "source": ["=1+1"],
        }
    )
    assert ",'=1+1" in store.sdmx_csv(frame) and ",=1+1" not in store.sdmx_csv(frame)


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12),
    st.booleans(),
    st.datetimes(),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=4))
def test_any_workbook_gives_faults_or_rows_never_a_crash(own_project, tmp_path, rows):
    path = workbook(tmp_path / "fuzz.xlsx", rows=rows)
    folder = own_project.root / "data/own"
    before = len(store.all_rows(folder))
    try:
        taken = intake.take_in(own_project, [path])
        assert len(store.all_rows(folder)) == before + taken.new + taken.revised
    except DataError as error:
        assert error.faults and len(store.all_rows(folder)) == before


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=400))
def test_any_bytes_as_csv_or_workbook(tmp_path, data):
    for name in ("fuzz.csv", "fuzz.xlsx"):
        (tmp_path / name).write_bytes(data)
        assert read_filled(tmp_path / name).faults


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(at=st.integers(0, 4000), byte=st.integers(0, 255))
def test_a_broken_byte_in_a_workbook(tmp_path, at, byte):
    path = workbook(tmp_path / "a.xlsx", rows=[["331003", 2025, "SRV-4-01", 50, "民政统计"]])
    data = bytearray(path.read_bytes())
    data[at % len(data)] = byte
    path.write_bytes(bytes(data))
    filled = read_filled(path)
    assert filled.faults or len(filled.rows) <= 1


def test_the_form_itself_is_safe(own_project, tmp_path):
    from research.indicators.forms import forms

    for path in forms.write(Scope.of(own_project, 2025), tmp_path, department="区卫健局"):
        assert safety.inspect(path) == []
        for sheet in load_workbook(path):
            assert not any(formulas.is_formula(c) for row in sheet.iter_rows(values_only=True) for c in row)
