"""Awkward but valid files, and what stands in the folder: nothing is lost, nothing is taken for something else."""

import hashlib
import re
import zipfile

import duckdb
import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from research.core.faults import DataError, Place, UsageError, describe
from research.core.scope import Data, Scope, open_project
from research.indicators.forms import forms
from research.indicators.forms.cleaning import clean, clean_column
from research.indicators.intake import intake
from research.indicators.privacy.scanner import scan
from research.indicators.store import store

HEAD = ["地区代码", "年份", "指标编号", "本年值", "来源"]
MAP = "columns: {place: 乡镇}\nconstants: {year: 2025, source: 统计局}\nwide: {人均GDP: ECO-1-01}\n"
TOWN = "331003101"


def table(path, rows, head=HEAD):
    pd.DataFrame(rows, columns=head).to_csv(path, index=False)
    return path


def mapped(path, text="", rules=MAP):
    if text:
        path.write_text(text, "utf-8")
    path.with_name(f"{path.stem}.map.yml").write_text(rules, "utf-8")
    return path


def held(taken):
    return {(r.place, r.indicator): r.value for r in store.current(taken.folder).itertuples()}


def patched(path, part, change):
    with zipfile.ZipFile(path) as source:
        parts = {n: source.read(n) for n in source.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return path


def bytes_of(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


# what stands in the folder


@pytest.fixture
def standing(own_project, small_rows):
    """A data folder with tables that no import made."""
    folder = own_project.root / "data" / "own"
    folder.mkdir()
    for name in ("observations.csv", "households-2024.csv"):
        small_rows[name].to_csv(folder / name, index=False, lineterminator="\n")
    (folder / "meta.yml").write_text("title: 试\nstatus: sample\nsource: 试\n", "utf-8")
    return folder


def test_what_stood_in_the_folder_is_the_first_entry_of_its_history(own_project, standing, tmp_path, small_rows):
    before = pd.read_csv(standing / "observations.csv", dtype=str)
    taken = intake.take_in(
        own_project, [table(tmp_path / "a.csv", [["331003", 2025, "ECO-1-05", 330, "年报"]])], accept=[]
    )
    assert len(pd.read_csv(standing / "observations.csv")) == len(before) + 1
    assert len(pd.read_csv(standing / "households-2024.csv")) == len(small_rows["households-2024.csv"])
    assert f"{len(before):,} rows that stood in own/observations.csv" in str(taken)
    assert "已作为历史的第一笔存入" in taken.text("zh")
    entries = store.imports(standing)
    assert entries["rows"].tolist() == [len(before), 1] and entries["files"].tolist() == ["observations.csv", "a.csv"]
    assert entries["surveys"].tolist() == [f"2024: {len(small_rows['households-2024.csv']):,}", ""]
    kept = [p.read_bytes() for p in (standing / "history" / "kept").glob("observations-*.csv")]
    assert kept == [before.to_csv(index=False, lineterminator="\n").encode()]


def test_an_edit_by_hand_is_kept_and_a_deleted_row_is_refused_by_name(own_project, standing, tmp_path):
    one = table(tmp_path / "a.csv", [["331003", 2025, "ECO-1-05", 330, "年报"]])
    intake.take_in(own_project, [one])
    frame = pd.read_csv(standing / "observations.csv", dtype=str, keep_default_na=False)
    row = frame[(frame["indicator"] == "ECO-1-01") & (frame["year"] == "2024")].index[0]
    old, place = float(frame.at[row, "value"]), frame.at[row, "place"]
    frame.at[row, "value"] = str(old + 1)
    frame.to_csv(standing / "observations.csv", index=False)
    taken = intake.take_in(own_project, [table(tmp_path / "b.csv", [["331003", 2025, "ECO-1-05", 331, "年报"]])])
    assert "edited by hand" in str(taken)
    told = store.history(standing, "ECO-1-01", place).query("year == 2024")
    assert told["value"].tolist() == [old, old + 1] and told["accepted"].tolist() == ["原有数据", "手工修改"]
    frame = pd.read_csv(standing / "observations.csv", dtype=str, keep_default_na=False)
    frame.drop(row).to_csv(standing / "observations.csv", index=False)
    before = bytes_of(standing)
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [one])
    assert [f.kind for f in caught.value.faults] == ["deleted"] and place in caught.value.faults[0].expected
    assert bytes_of(standing) == before


def test_some_households_never_replace_the_survey(own_project, standing, tmp_path, small_rows):
    whole = small_rows["households-2024.csv"]
    part = whole.head(20).copy()
    part.loc[part.index[0], "consumption"] = "12345"
    part.to_csv(tmp_path / "h.csv", index=False)
    before = bytes_of(standing)
    with pytest.raises(DataError, match=f"all {len(whole):,} households of 2024") as caught:
        intake.take_in(own_project, [tmp_path / "h.csv"])
    assert "survey:2024" in caught.value.faults[0].way_out and bytes_of(standing) == before
    taken = intake.take_in(own_project, [tmp_path / "h.csv"], accept=["survey:2024=补充"])
    assert (taken.new, taken.revised, taken.unchanged) == (0, 1, 19)
    now = pd.read_csv(standing / "households-2024.csv", dtype=str).set_index("household")
    assert len(now) == len(whole) and now.at[part["household"].iloc[0], "consumption"] == "12345"


def test_a_refused_import_makes_no_folder(own_project, tmp_path):
    with pytest.raises(DataError):
        intake.take_in(own_project, [table(tmp_path / "a.csv", [["331003", 2025, "ECO-1-05", "八十", "年报"]])])
    assert not (own_project.root / "data" / "own").exists()


def test_many_warnings_are_accepted_in_a_table_that_the_refusal_writes(own_project, tmp_path):
    file = table(
        tmp_path / "past.csv",
        [["331003", y, "ECO-1-05", v, "年鉴"] for y, v in ((2019, 10), (2020, 30), (2021, 90), (2022, 20))],
    )
    with pytest.raises(DataError, match="--accept-file") as caught:
        intake.take_in(own_project, [file])
    assert [f.kind for f in caught.value.faults] == ["warning"] * 3
    reasons = tmp_path / "past-待说明.csv"
    frame = pd.read_csv(reasons, dtype=str)
    assert frame["提醒"].tolist() == [f"jump:ECO-1-05@331003:{y}" for y in (2020, 2021, 2022)]
    frame["理由"] = ["行政区划调整", "行政区划调整", None]
    frame.to_csv(reasons, index=False, encoding="gb18030")
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [file], accept_file=reasons)
    assert [str(f.place) for f in caught.value.faults] == ["past.csv, row 5, column 本年值"]
    taken = intake.take_in(own_project, [file], accept=["jump:ECO-1-05@331003:2022=市场搬迁"], accept_file=reasons)
    assert store.current(taken.folder)["accepted"].tolist() == ["", "行政区划调整", "行政区划调整", "市场搬迁"]
    with pytest.raises(UsageError, match="no such file"):
        intake.take_in(own_project, [file], accept_file=tmp_path / "none.csv")


# what the reader sees


@pytest.mark.parametrize("stated", ["A1:B3", "A1"])
def test_a_sheet_that_states_a_wrong_size_is_read_whole(own_project, tmp_path, stated):
    book = Workbook()
    for row in [["乡镇", "人均GDP"], *[[p, 50000 + n] for n, p in enumerate(["宁溪镇", "北洋镇", "头陀镇", "院桥镇"])]]:
        book.active.append(row)
    book.save(tmp_path / "m.xlsx")
    patched(
        tmp_path / "m.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda d: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % stated.encode(), d),
    )
    assert len(held(intake.take_in(own_project, [mapped(tmp_path / "m.xlsx")]))) == 4


def test_the_look_before_publishing_sees_rows_that_the_sheet_does_not_state(tmp_path):
    book = Workbook()
    rows = (["place", "measure", "value", "n"], ["a", "gini", 0.3, 50], ["b", "gini", 0.31, 40], ["c", "gini", 0.5, 3])
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    patched(
        tmp_path / "t.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda d: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:D2"', d),
    )
    assert [f.found for f in scan(tmp_path / "t.xlsx")] == ["3 in row 4"]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "form"])
def test_two_columns_of_one_heading_are_a_fault(own_project, tmp_path, kind):
    head, row = ["乡镇", "人均GDP", "人均GDP"], ["宁溪镇", 52000, 53000]
    if kind == "form":
        head, row = [*HEAD, "本年值"], ["331003101", 2025, "ECO-1-01", 52000, "年报", 53000]
    path = tmp_path / ("d.csv" if kind == "csv" else "d.xlsx")
    if kind == "csv":
        mapped(path, "\n".join(",".join(map(str, line)) for line in (head, row)) + "\n")
    else:
        book = Workbook()
        book.active.append(head)
        book.active.append(row)
        book.save(path)
        _ = mapped(path) if kind == "xlsx" else path
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [path])
    assert [(f.place.row, f.kind, f.found) for f in caught.value.faults] == [(1, "column", "2")]


def test_a_workbook_with_an_empty_fill_and_a_list_in_a_cell_are_faults(own_project, tmp_path):
    book = Workbook()
    book.active.append(["乡镇", "人均GDP"])
    book.active.append(["宁溪镇", 52000])
    book.save(tmp_path / "m.xlsx")
    patched(mapped(tmp_path / "m.xlsx"), "xl/styles.xml", lambda d: d.replace(b"</fills>", b"<fill/></fills>"))
    query = "COPY (SELECT '宁溪镇' AS 乡镇, [1, 2] AS 人均GDP) TO '{}'"
    duckdb.connect().execute(query.format(mapped(tmp_path / "l.parquet")))
    for name, kind in (("m.xlsx", "safety"), ("l.parquet", "cell")):
        with pytest.raises(DataError) as caught:
            intake.take_in(own_project, [tmp_path / name])
        assert [(f.place.file, f.kind) for f in caught.value.faults] == [(name, kind)]


def test_numbers_are_cleaned_before_their_unit_is_reckoned(own_project, tmp_path):
    path = mapped(
        tmp_path / "u.csv",
        '乡镇,人均GDP\n宁溪镇,5.2\n北洋镇,"10.05"\n头陀镇,５.３\n院桥镇,5.4万元\n',
        MAP + "units: {人均GDP: 万元/人}\n",
    )
    got = held(intake.take_in(own_project, [path]))
    assert got[("331003101", "ECO-1-01")] == 52000 and got[("331003103", "ECO-1-01")] == 53000
    assert got[("331003102", "ECO-1-01")] == 100500 and got[("331003107", "ECO-1-01")] == 54000
    big = mapped(tmp_path / "v.csv", '乡镇,人均GDP\n宁溪镇,"1,005.2"\n', MAP + "units: {人均GDP: 万元/人}\n")
    taken = intake.take_in(own_project, [big], to="data/big")
    assert held(taken) == {(TOWN, "ECO-1-01"): 10052000}


def test_codes_for_no_answer_however_they_are_written(own_project, tmp_path):
    path = mapped(
        tmp_path / "m.csv",
        '乡镇,人均GDP\n宁溪镇,52000\n北洋镇,99999.0\n头陀镇,99999\n院桥镇,"99,999"\n',
        MAP + "missing: [99999]\n",
    )
    assert held(intake.take_in(own_project, [path])) == {(TOWN, "ECO-1-01"): 52000}


def test_codes_stored_as_numbers_are_codes(own_project, tmp_path):
    frame = pd.DataFrame({"乡镇": [331003101.0, 331003102.0], "人均GDP": [52000.0, 53000.0]})
    path = tmp_path / "c.parquet"
    duckdb.from_df(frame).write_parquet(str(path))
    assert held(intake.take_in(own_project, [mapped(path)])) == {
        ("331003101", "ECO-1-01"): 52000,
        ("331003102", "ECO-1-01"): 53000,
    }
    assert clean_column(pd.Series([1001.0, 1002.0]), "household").tolist() == ["1001", "1002"]
    assert clean("331003101201.0", "village") == "331003101201"


def test_a_mapping_without_a_column_is_one_fault(own_project, tmp_path):
    path = mapped(tmp_path / "m.csv", "乡镇,人均GDP\n宁溪镇,52000\n北洋镇,53000\n", MAP.replace(", source: 统计局", ""))
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [path])
    assert [(f.kind, str(f.place)) for f in caught.value.faults] == [("mapping", "m.map.yml, columns")]


@pytest.mark.parametrize(
    "typed, date",
    [
        (45950, "2025-10-20"),
        ("20251020", "2025-10-20"),
        ("2025年10月20日", "2025-10-20"),
        ("2025年10月", "2025-10-01"),
        ("2025/10/20", "2025-10-20"),
        (20251020.0, "2025-10-20"),
        ("去年秋天", "去年秋天"),
    ],
)
def test_dates_as_people_write_them(typed, date):
    assert clean(typed, "survey_date") == date


# forms


@pytest.fixture
def form(own_project):
    scope = Scope(own_project, 2025, Data.named(own_project, "own", new=True))
    return forms.write(scope, own_project.root / "forms", place="宁溪镇")[0]


def filled(form, path, change=lambda book, sheet: None, value=120000, code="ECO-1-01", style=None):
    book = load_workbook(form)
    sheet = book[forms.SHEET]
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 1).value == code)
    for column, cell in ((8, value), (9, "年报"), (10, "部门报送")):
        sheet.cell(row, column).value = cell
    if style:
        sheet.cell(row, 8).number_format = style
    change(book, sheet)
    book.save(path)
    return path


def _sorted(book, sheet):
    rows = [[c.value for c in line] for line in sheet.iter_rows(min_row=2)]
    for number, line in enumerate(sorted(rows, key=lambda r: str(r[1])), start=2):
        for column, cell in enumerate(line, start=1):
            sheet.cell(number, column).value = cell


def _titled(book, sheet):
    sheet.insert_rows(1, 2)
    sheet["A1"] = "宁溪镇2025年填报表"


@pytest.mark.parametrize(
    "change",
    [
        lambda book, sheet: sheet.insert_rows(2),
        lambda book, sheet: sheet.insert_rows(9),
        _sorted,
        _titled,
        lambda book, sheet: setattr(sheet, "title", "宁溪镇"),
        lambda book, sheet: sheet.row_dimensions.__getitem__(2).__setattr__("hidden", True),
    ],
    ids=["blank row on top", "blank row", "sorted", "title", "renamed", "hidden row"],
)
def test_rows_of_a_form_are_known_by_what_they_are_about(own_project, form, tmp_path, change):
    taken = intake.take_in(own_project, [filled(form, tmp_path / "f.xlsx", change)])
    assert held(taken) == {(TOWN, "ECO-1-01"): 120000}


@pytest.mark.parametrize(
    "column, cell, heading", [(3, "331003102", "地区代码"), (5, 2024, "年份"), (1, "ECO-9-99", "指标编号")]
)
def test_a_changed_key_is_one_fault_at_its_cell(own_project, form, tmp_path, column, cell, heading):
    path = filled(form, tmp_path / "f.xlsx", lambda book, sheet: setattr(sheet.cell(2, column), "value", cell))
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [path])
    assert [f.place for f in caught.value.faults] == [Place("f.xlsx", forms.SHEET, row=2, column=heading)]


@pytest.mark.parametrize(
    "value, style, stored",
    [(0.812, "0.0%", 81.2), ("81.2%", None, 81.2), ("８１．２", None, 81.2), ("81.2_x000D_\n", None, 81.2)],
)
def test_a_share_counts_as_it_shows(own_project, form, tmp_path, value, style, stored):
    path = filled(form, tmp_path / "f.xlsx", value=value, code="SRV-4-01", style=style)
    assert held(intake.take_in(own_project, [path])) == {(TOWN, "SRV-4-01"): stored}


@pytest.mark.parametrize(
    "code, printed, value, meant", [("ECO-1-01", 95000, 9.59, "95900"), ("SRV-4-01", 76.5, 0.812, "81.2")]
)
@pytest.mark.parametrize("heading", ["上年值", "上年值（示例）"])
def test_a_first_import_is_judged_by_what_the_form_prints(
    own_project, form, tmp_path, code, printed, value, meant, heading
):
    def prints(book, sheet):
        sheet.cell(1, 7).value = heading
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, 1).value == code:
                sheet.cell(row, 7).value = printed

    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [filled(form, tmp_path / "f.xlsx", prints, value=value, code=code)])
    (fault,) = caught.value.faults
    assert fault.kind == "warning" and f"write {meant}" in fault.way_out and f"{printed:g}" in fault.expected


def test_the_first_year_is_held_against_what_the_definition_allows(own_project, tmp_path):
    """The lowest over the highest instead of the highest over the lowest: no year before tells."""
    path = table(tmp_path / "a.csv", [["331003", 2025, "INC-3-02", 0.41, "年报"]])
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [path])
    (fault,) = caught.value.faults
    assert (fault.kind, fault.place.row) == ("warning", 2) and "1 or more" in fault.expected
    assert "range:INC-3-02@331003:2025" in fault.way_out and "不小于1" in fault.text("zh")


def test_bounds_are_what_the_units_mean():
    """Shares and scores end at 100, growth has no bound, whatever counts begins at 0."""
    from research.indicators.reference import reference

    about = reference.load(open_project(), "indicators").set_index("id")
    low, high, unit = about["plausible_low"], about["plausible_high"], about["unit"]
    growth = about["name_zh"].str.contains("增速|降低率|同步系数")
    assert low[growth].isna().all() and high[growth].isna().all() and low[~growth].notna().all()
    assert set(high[unit.isin(["%", "分"]) & ~growth]) == {100} and high[~unit.isin(["%", "分", "系数"])].isna().all()


def test_files_of_one_name_are_told_apart_and_only_the_faulty_one_is_marked(own_project, form, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    good = filled(form, tmp_path / "a" / "报表.xlsx")
    bad = filled(form, tmp_path / "b" / "报表.xlsx", value="很多")
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [good, bad])
    assert [f.place.file for f in caught.value.faults] == ["b/报表.xlsx"]
    assert [p.parent.name for p in tmp_path.rglob("*-标记.xlsx")] == ["b"]


def test_a_comma_in_a_files_name_marks_the_right_cell(own_project, tmp_path):
    path = table(tmp_path / "上半年, row 9, 汇总.csv", [["331003001", 2025, "ECO-1-01", "很多", "年报"]])
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [path])
    assert "第2行，“本年值”列" in describe(caught.value.faults, "zh")
    sheet = load_workbook(tmp_path / "上半年, row 9, 汇总-标记.xlsx").active
    assert [c.coordinate for line in sheet for c in line if c.comment] == ["D2"]


def test_merged_places_stand_for_their_rows_and_a_merged_number_is_a_fault(own_project, tmp_path):
    book = Workbook()
    for row in (HEAD, ["331003101", 2025, "ECO-1-01", 120000, "年报"], [None, 2025, "ECO-1-05", 8, "年报"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "m.xlsx")
    taken = intake.take_in(own_project, [tmp_path / "m.xlsx"])
    assert held(taken) == {(TOWN, "ECO-1-01"): 120000, (TOWN, "ECO-1-05"): 8}
    book.active.merge_cells("D2:D3")
    book.save(tmp_path / "n.xlsx")
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [tmp_path / "n.xlsx"])
    assert ("merged", 2, "本年值") in {(f.kind, f.place.row, f.place.column) for f in caught.value.faults}


def test_a_second_sheet_with_figures_is_not_passed_over(own_project, tmp_path):
    book = Workbook()
    for sheet in (book.active, book.create_sheet("2024")):
        sheet.append(HEAD)
        sheet.append(["331003101", 2025, "ECO-1-01", 120000, "年报"])
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [tmp_path / "two.xlsx"])
    assert [(f.kind, f.found) for f in caught.value.faults] == [("sheets", "Sheet、2024")]
