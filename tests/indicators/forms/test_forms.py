"""Forms go out, are filled, and come back the same; what was spoilt on the way is named by cell."""

import random

import pandas as pd
import pytest
from openpyxl import load_workbook

from research.core.scope import Data, Scope
from research.errors import DataError, UsageError
from research.indicators.forms import forms
from research.indicators.intake import intake
from research.indicators.store import store

SHEET = forms.SHEET


@pytest.fixture
def form(own_project, tmp_path):
    return forms.write(Scope.of(own_project, 2025), tmp_path / "forms", department="区民政局")[0]


def fill(path, changes=None, value=50):
    """Fill every row; then write `changes` {(row, heading): value}."""
    book = load_workbook(path)
    sheet = book[SHEET]
    column = {c.value.replace("（示例）", ""): c.column for c in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for heading, cell in (("本年值", value), ("来源", "民政统计"), ("状态", "部门报送")):
            sheet.cell(row, column[heading]).value = cell(row) if callable(cell) else cell
    for (row, heading), cell in (changes or {}).items():
        sheet.cell(row, column[heading]).value = cell
    book.save(path)
    return path


def test_form_lists_what_the_department_owes(form, own_project):
    sheet = load_workbook(form)[SHEET]
    ids = {sheet.cell(r, 1).value for r in range(2, sheet.max_row + 1)}
    table = pd.read_csv(own_project.reference / "indicators.csv")
    assert ids == set(table.loc[table["source_department"] == "区民政局", "id"])
    local = table[table["id"].isin(ids)]["level"].eq("both")
    assert sheet.max_row - 1 == sum(20 if both else 1 for both in local)  # the district and its 19 places


def test_only_entry_cells_are_open(form):
    sheet = load_workbook(form)[SHEET]
    assert sheet.protection.sheet
    open_columns = {c.column_letter for row in sheet.iter_rows(min_row=2) for c in row if not c.protection.locked}
    assert open_columns == {"H", "I", "J", "O"}  # value, source, status, note; survey cells only for + indicators


def test_survey_indicators_open_their_metadata(own_project, tmp_path):
    path = forms.write(Scope.of(own_project, 2025), tmp_path, department="共富研究中心")[0]
    sheet = load_workbook(path)[SHEET]
    assert {sheet.cell(2, c).protection.locked for c in range(11, 15)} == {False}


def test_form_has_drop_downs_and_number_checks(form):
    kinds = {v.type for v in load_workbook(form)[SHEET].data_validations.dataValidation}
    assert {"list", "decimal", "whole", "date"} <= kinds
    assert load_workbook(form)[forms.HIDDEN].sheet_state == "veryHidden"


def test_one_form_for_each_department(own_project, tmp_path):
    made = forms.write(Scope.of(own_project, 2025), tmp_path)
    owners = pd.read_csv(own_project.reference / "indicators.csv")["source_department"].nunique()
    assert len(made) == owners


def test_place_form_by_name_and_code_are_the_same(own_project, tmp_path):
    (a,) = forms.write(Scope.of(own_project, 2025), tmp_path / "a", place="宁溪镇")
    (b,) = forms.write(Scope.of(own_project, 2025), tmp_path / "b", place="331003101")
    rows = [list(load_workbook(p)[SHEET].values) for p in (a, b)]
    assert rows[0] == rows[1] and {r[2] for r in rows[0][1:]} == {"331003101"}


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"department": "区民政厅"}, "did you mean '区民政局'"),
        ({"place": "宁溪乡"}, "did you mean '宁溪镇'"),
        ({"place": "331003999"}, "did you mean"),
    ],
)
def test_unknown_owner_or_place(own_project, tmp_path, arguments, message):
    with pytest.raises(UsageError, match=message):
        forms.write(Scope.of(own_project, 2025), tmp_path, **arguments)
    with pytest.raises(UsageError):
        forms.write(Scope.of(own_project, "next"), tmp_path)


@pytest.mark.parametrize("seed", range(3))
def test_there_and_back(own_project, form, seed):
    """What a random hand fills in is what the store holds."""
    draw = random.Random(seed)
    values = {}

    def value(row):
        values[row] = draw.choice([None, round(draw.uniform(0, 100), draw.randrange(4)), draw.randrange(100)])
        return values[row]

    fill(form, value=value)
    taken = intake.take_in(own_project, [form])
    sheet = load_workbook(form)[SHEET]
    wanted = {(sheet.cell(r, 3).value, sheet.cell(r, 1).value): float(v) for r, v in values.items() if v is not None}
    held = store.current(taken.folder)
    assert {(r.place, r.indicator): r.value for r in held.itertuples()} == wanted
    assert set(held["status"]) == {"reported"} and set(held["year"]) == {2025}


@pytest.mark.parametrize(
    "changes, kind, place",
    [
        ({(2, "本年值"): "很多"}, "number", "row 2, column 本年值"),
        ({(3, "本年值"): "=1+1"}, "formula", "row 3, column 本年值"),
        ({(3, "来源"): '=HYPERLINK("http://x","y")'}, "formula", "row 3, column 来源"),
        ({(4, "本年值"): 140}, "range", "row 4, column 本年值"),
        ({(4, "本年值"): -3}, "range", "row 4, column 本年值"),
        ({(5, "来源"): None}, "blank", "row 5, column 来源"),
        ({(6, "状态"): "听说"}, "status", "row 6, column 状态"),
        ({(7, "指标编号"): "SRV-9-99"}, "form", "row 7, column 指标编号"),
        ({(8, "地区代码"): "331003999"}, "form", "row 8, column 地区代码"),
        ({(9, "年份"): 2024}, "form", "row 9, column 年份"),
        ({(10, "单位"): "万元"}, "unit", "row 10, column 单位"),
        ({(1, "本年值"): "今年"}, "column", "row 1"),
    ],
)
def test_each_spoilt_cell_is_named(own_project, form, changes, kind, place):
    if kind in ("range",):
        changes = {(_row_of(form, "SRV-4-01") + r - 4, h): v for (r, h), v in changes.items()}
        place = f"row {next(iter(changes))[0]}, column 本年值"
    fill(form, changes)
    before = form.read_bytes()
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [form])
    assert any(f.kind == kind and place in str(f.place) for f in caught.value.faults), str(caught.value)
    assert form.read_bytes() == before
    assert not (own_project.root / "data/own/observations.csv").exists()


def _row_of(path, indicator):
    sheet = load_workbook(path)[SHEET]
    return next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 1).value == indicator)


def test_marked_copy_colours_the_cell_and_says_why(own_project, form):
    with pytest.raises(DataError):
        intake.take_in(own_project, [fill(form, {(2, "本年值"): "很多"})])
    cell = load_workbook(form.with_name(f"{form.stem}-标记.xlsx"))[SHEET]["H2"]
    assert cell.fill.fgColor.rgb.endswith("F4B6B6") and "很多" in cell.comment.text


def test_all_files_are_judged_before_any_is_taken(own_project, tmp_path):
    good, bad = (forms.write(Scope.of(own_project, 2025), tmp_path, department=d)[0] for d in ("区民政局", "区教育局"))
    with pytest.raises(DataError):
        intake.take_in(own_project, [fill(good), fill(bad, {(2, "本年值"): "x"})])
    assert store.current(own_project.root / "data/own").empty


def test_two_files_that_disagree(own_project, tmp_path):
    (a,) = forms.write(Scope.of(own_project, 2025), tmp_path, department="区民政局")
    (b,) = forms.write(Scope.of(own_project, 2025), tmp_path, place="宁溪镇")
    with pytest.raises(DataError, match="agree on one value"):
        intake.take_in(own_project, [fill(a), fill(b, value=51)])


def test_a_jump_waits_for_a_reason(own_project, tmp_path):
    for year, value in ((2024, 40), (2025, 70)):
        data = Data.named(own_project, "own", new=True)
        path = fill(forms.write(Scope.of(own_project, year, data), tmp_path, department="区民政局")[0], value=value)
        if year == 2024:
            intake.take_in(own_project, [path])
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [path])
    names = [f.way_out.split("--accept ")[1].split("=")[0] for f in caught.value.faults]
    assert "jump:SRV-4-01@331003:2025" in names and {f.kind for f in caught.value.faults} == {"warning"}
    taken = intake.take_in(own_project, [path], accept=[f"{n}=新口径" for n in names])
    assert set(store.history(taken.folder, "SRV-4-01", "331003").query("year == 2025")["accepted"]) == {"新口径"}


def test_an_acceptance_must_name_a_warning(own_project, form):
    with pytest.raises(UsageError, match="no such warning"):
        intake.take_in(own_project, [fill(form)], accept=["jump:XXX=why"])
    with pytest.raises(UsageError, match="NAME=REASON"):
        intake.take_in(own_project, [form], accept=["jump"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_chinese_encodings(own_project, tmp_path, encoding):
    path = tmp_path / "民政.csv"
    lines = [
        "地区代码,年份,指标编号,本年值,来源",
        "331003,2025,SRV-4-01,５８.３%,民政统计",
        "331003,2025,INC-2-03,1.3万元,民政统计",
        "",
    ]
    text = "\n".join(lines)
    path.write_bytes(text.encode(encoding))
    taken = intake.take_in(own_project, [path])
    held = store.current(taken.folder).set_index("indicator")["value"].to_dict()
    assert held == {"SRV-4-01": 58.3, "INC-2-03": 13000}


def test_the_sample_takes_nothing_in(own_project, form):
    (own_project.root / "data/sample").mkdir()
    with pytest.raises(UsageError, match="generator"):
        intake.take_in(own_project, [fill(form)], to="data/sample")
