"""A table of corruptions: each is found, named by file, row and column, and nothing else is."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from research.core.scope import Scope
from research.indicators import check

ROOT = Path(__file__).resolve().parents[3]

H, V, T, D, G = "households-2024.csv", "observations.csv", "tasks.csv", "demands.csv", "target-values.csv"
Q, A = "quarters.csv", "aspects.csv"


def cell(name, row, column, value):
    """Write one cell; rows are counted from 0."""

    def spoil(folder):
        frame = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        frame.loc[row, column] = value
        frame.to_csv(folder / name, index=False)

    return spoil


def where(name, column, wanted, value, target=None):
    """Write `value` into the first row in which `column` is `wanted` (into column `target`)."""

    def spoil(folder):
        frame = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        row = frame.index[frame[column] == wanted][0]
        frame.loc[row, target or column] = value
        frame.to_csv(folder / name, index=False)

    return spoil


def column(name, old, new):
    def spoil(folder):
        frame = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        frame = frame.drop(columns=old) if new is None else frame.rename(columns={old: new})
        frame.to_csv(folder / name, index=False)

    return spoil


def text(name, old, new):
    def spoil(folder):
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")

    return spoil


def double(name, row):
    def spoil(folder):
        frame = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        pd.concat([frame, frame.iloc[[row]]]).to_csv(folder / name, index=False)

    return spoil


def more(name, new, value):
    """A further column, with a value in each row."""

    def spoil(folder):
        frame = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        frame.assign(**{new: value}).to_csv(folder / name, index=False)

    return spoil


def first(name, wanted, **cells):
    """Cells of the first row of an indicator; a column that is not there is added."""

    def spoil(folder):
        frame = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        row = frame.index[frame["indicator"] == wanted][0]
        for column, value in cells.items():
            frame[column] = frame.get(column, "")
            frame.loc[row, column] = value
        frame.to_csv(folder / name, index=False)

    return spoil


def quarters(*values, indicator="ECO-1-05", numbers=(1, 2, 3, 4)):
    """A table of running totals of 2024."""

    def spoil(folder):
        rows = [
            ["331003", 2024, q, indicator, v, "", "reported", "统计月报"] for q, v in zip(numbers, values, strict=True)
        ]
        head = ["place", "year", "quarter", "indicator", "value", "unit", "status", "source"]
        pd.DataFrame(rows, columns=head).to_csv(folder / Q, index=False)

    return spoil


CORRUPTIONS = [
    (
        "income of the old kind",
        first(V, "SRV-3-01", indicator="ECO-1-02", source="农村居民人均纯收入"),
        "calibre",
        "column source",
        "new",
    ),
    ("old calibre", first(V, "SRV-3-01", indicator="INC-3-01", calibre="老口径"), "calibre", "column calibre", "new"),
    (
        "a value from before the break",
        first(V, "SRV-3-01", indicator="INC-3-01", year="2012"),
        "calibre",
        "column calibre",
        "calibre",
    ),
    ("registered population", first(V, "ECO-1-01", population="户籍"), "population", "column population", "常住人口"),
    ("registered in the source", first(V, "ECO-1-01", source="按户籍人口计算"), "population", "column source", "常住"),
    ("population unknown", first(V, "ECO-1-01", population="流动"), "choice", "column population", ""),
    ("quarters that fall", quarters(10, 30, 20, 40), "quarter", "quarters.csv, row 4, column value", "1 January"),
    ("quarter left out", quarters(10, 30, 40, numbers=(1, 3, 4)), "quarter", "row 3, column quarter", "add"),
    ("fourth quarter unlike the year", quarters(1, 2, 3, 4), "quarter", "row 5, column value", "one of the two"),
    ("quarter of a share", quarters(1, 2, 3, 4, indicator="SRV-4-01"), "quarter", "column indicator", "year's value"),
    ("quarter twice", quarters(1, 2, 2, 4, numbers=(1, 2, 2, 4)), "duplicate", "quarters.csv, row 4", "delete"),
    ("quarter of nought", quarters(1, 2, 3, 4, numbers=(0, 1, 2, 3)), "range", "row 2, column quarter", ""),
    ("score above 100", cell(A, 0, "score", "101"), "range", "row 2, column score", ""),
    ("aspect unknown", cell(A, 0, "aspect", "工作成效"), "choice", "row 2, column aspect", ""),
    ("assessed unit unknown", cell(A, 0, "unit", "331003999"), "unit", "row 2, column unit", ""),
    ("more satisfied than resolved", cell(D, 2, "satisfied", "99998"), "range", "row 4, column satisfied", ""),
    ("milestone outside its task", cell(T, 2, "milestone_due", "2019-01-01"), "date", "column milestone_due", ""),
    ("column missing", column(V, "value", None), "column", "row 1", "add it"),
    ("column renamed", column(V, "value", "valeu"), "column", "row 1", "rename 'valeu' to 'value'"),
    ("column missing in households", column(H, "weight", None), "column", "row 1", "add it"),
    ("column renamed in households", column(H, "income", "incme"), "column", "row 1", "rename 'incme' to 'income'"),
    ("column missing in tasks", column(T, "due", None), "column", "row 1", "add it"),
    ("column renamed in demands", column(D, "topic", "topics"), "column", "row 1", "rename 'topics' to 'topic'"),
    ("column unknown", more(V, "colour", "red"), "column", "row 1", ""),
    ("two columns of a name", text(V, "n,survey_date", "unit,survey_date"), "column", "row 1", ""),
    ("text for a number", cell(V, 3, "value", "很多"), "number", "row 5, column value", ""),
    ("ten thousands", cell(H, 3, "income", "3.2万"), "number", "row 5, column income", "write 32000"),
    ("full width digits", cell(H, 4, "income", "１２３４５"), "number", "row 6, column income", "write 12345"),
    ("thousands mark", cell(H, 5, "consumption", "12,345"), "number", "row 7, column consumption", "write 12345"),
    ("per cent sign", cell(V, 6, "value", "85.3%"), "number", "row 8, column value", "write 85.3"),
    ("infinite", cell(V, 7, "value", "inf"), "number", "row 9, column value", ""),
    ("not a number", cell(V, 7, "value", "NaN"), "number", "row 9, column value", ""),
    ("formula", cell(V, 7, "value", "=1+1"), "number", "row 9, column value", ""),
    ("broken year", cell(V, 2, "year", "20x4"), "year", "row 4, column year", ""),
    ("year with a fraction", cell(V, 2, "year", "2024.5"), "year", "row 4, column year", ""),
    ("year out of range", cell(V, 2, "year", "1024"), "range", "row 4, column year", ""),
    ("year of another file", cell(H, 2, "year", "2023"), "year", "row 4, column year", "that year's file"),
    ("blank value", cell(V, 5, "value", ""), "blank", "row 7, column value", "fill it in"),
    ("blank place", cell(V, 5, "place", ""), "blank", "row 7, column place", "fill it in"),
    ("blank size", cell(H, 5, "size", ""), "blank", "row 7, column size", "fill it in"),
    ("blank status", cell(H, 5, "status", ""), "blank", "row 7, column status", "fill it in"),
    ("blank source", cell(V, 5, "source", ""), "blank", "row 7, column source", "fill it in"),
    ("unknown place", cell(V, 5, "place", "331003999"), "place", "row 7, column place", "did you mean"),
    ("place by name", where(V, "place", "331003001", "东城街道"), "place", "column place", "write the code 331003001"),
    ("place as a float", where(V, "place", "331003001", "331003001.0"), "place", "column place", "write 331003001"),
    ("place with spaces", where(V, "place", "331003001", " 331003001"), "place", "column place", "delete the spaces"),
    ("unknown place in tasks", cell(T, 1, "place", "331004"), "place", "row 3, column place", ""),
    ("unknown indicator", cell(V, 4, "indicator", "ECO-9-99"), "indicator", "row 6, column indicator", "did you mean"),
    ("indicator by name", cell(V, 4, "indicator", "人均期望寿命"), "indicator", "row 6", "write the code SRV-3-01"),
    ("unknown target", cell(G, 0, "target", "T999"), "target", "row 2, column target", "did you mean"),
    ("unknown village", cell(H, 4, "village", "331003001999"), "village", "row 6, column village", ""),
    ("village of another place", cell(H, 4, "village", "331003200200"), "village", "row 6, column village", ""),
    ("district as a household's place", cell(H, 4, "place", "331003"), "place", "row 6, column place", "own place"),
    ("double observation", double(V, 9), "duplicate", "row ", "delete one"),
    ("double household", double(H, 9), "duplicate", "row ", "delete one"),
    ("double task", double(T, 9), "duplicate", "row ", "delete one"),
    ("double demand", double(D, 9), "duplicate", "row ", "delete one"),
    ("weight of zero", cell(H, 6, "weight", "0"), "weight", "row 8, column weight", ""),
    ("weight below zero", cell(H, 6, "weight", "-3"), "weight", "row 8, column weight", ""),
    ("weight of text", cell(H, 6, "weight", "x"), "number", "row 8, column weight", ""),
    ("size of zero", cell(H, 6, "size", "0"), "range", "row 8, column size", ""),
    ("size with a fraction", cell(H, 6, "size", "2.5"), "count", "row 8, column size", ""),
    ("size too large", cell(H, 6, "size", "300"), "range", "row 8, column size", ""),
    (
        "a loss that its sources do not add up to",
        cell(H, 6, "income", "-1200"),
        "sum",
        "row 8, column income",
        "correct",
    ),
    ("negative source", cell(H, 6, "wage_income", "-1"), "negative", "row 8, column wage_income", ""),
    ("sources that do not add up", cell(H, 6, "income", "1"), "sum", "row 8, column income", "correct"),
    ("total without a source", cell(H, 6, "wage_income", ""), "sum", "row 8, column income", "empty the total"),
    ("residence misspelt", cell(H, 6, "residence", "urbn"), "choice", "row 8, column residence", "'urban'"),
    ("status misspelt", cell(V, 6, "status", "sampel"), "status", "row 8, column status", "did you mean 'sample'"),
    ("status unknown", cell(H, 6, "status", "official"), "status", "row 8, column status", ""),
    ("stratum of two places", cell(H, 6, "stratum", "331003200-rural"), "stratum", "column stratum", ""),
    ("unit mismatch", where(V, "indicator", "ECO-1-01", "万元/人", "unit"), "unit", "column unit", "convert"),
    ("unit mismatch of a target", cell(G, 0, "unit", "小时"), "unit", "row 2, column unit", "convert"),
    ("a district's indicator in a place", where(V, "indicator", "SRV-3-01", "331003001", "place"), "level", "", ""),
    ("share above 100", where(V, "indicator", "SRV-2-01", "104", "value"), "range", "column value", ""),
    ("share below 0", where(V, "indicator", "SRV-2-01", "-4", "value"), "range", "column value", ""),
    ("negative count", where(V, "indicator", "ECO-2-02", "-4", "value"), "negative", "column value", ""),
    ("no sample size", where(V, "indicator", "CUL-1-01", "", "n"), "survey", "column n", "fill it in"),
    ("no survey date", where(V, "indicator", "CUL-1-01", "", "survey_date"), "survey", "column survey_date", ""),
    ("no survey method", where(V, "indicator", "GOV-3-02", "", "method"), "survey", "column method", ""),
    ("sample size of zero", where(V, "indicator", "CUL-1-01", "0", "n"), "range", "column n", ""),
    ("negative error", where(V, "indicator", "CUL-1-01", "-1", "se"), "negative", "column se", ""),
    ("date in words", where(V, "indicator", "CUL-1-01", "去年10月", "survey_date"), "date", "column survey_date", ""),
    ("task kind", cell(T, 2, "kind", "重大工作"), "choice", "row 4, column kind", "did you mean"),
    ("task action", cell(T, 2, "action", "10"), "link", "row 4, column action", ""),
    ("progress in per cent", cell(T, 2, "progress", "85"), "range", "row 4, column progress", ""),
    ("task ends before it starts", cell(T, 2, "due", "2020-01-01"), "date", "row 4, column due", ""),
    ("date that is none", cell(T, 2, "updated", "2024-02-30"), "date", "row 4, column updated", ""),
    ("quarter of five", cell(D, 2, "quarter", "5"), "range", "row 4, column quarter", ""),
    ("more resolved than made", cell(D, 2, "resolved", "99999"), "range", "row 4, column resolved", ""),
    ("ragged row", text(V, ",sample,", ",sample,,,,"), "ragged", "line 2", "commas"),
    ("ragged row below", text(D, "331003001,2024,1,", "331003001,2024,1,,,"), "ragged", "demands.csv", "commas"),
    ("meta without status", text("meta.yml", "status: sample", "state: sample"), "settings", "meta.yml", "add it"),
    ("meta status unknown", text("meta.yml", "status: sample", "status: real"), "settings", "meta.yml", ""),
    ("meta is no YAML", text("meta.yml", "title: ", "title: [ "), "yaml", "meta.yml, line", ""),
]


def test_there_are_at_least_sixty():
    assert len({c[0] for c in CORRUPTIONS}) == len(CORRUPTIONS) >= 60


@pytest.mark.parametrize("spoil, kind, place, way", [c[1:] for c in CORRUPTIONS], ids=[c[0] for c in CORRUPTIONS])
def test_each_corruption_is_named(project, small, spoil, kind, place, way):
    spoil(small)
    faults = check(Scope.of(project, 2024, str(small)))
    hits = [f for f in faults if f.kind == kind and place in str(f.place) and way in f.way_out]
    assert hits, [str(f) for f in faults]


@pytest.mark.parametrize("place", ["331003", "331003001"])
def test_a_sum_of_places_that_does_not_add_up(own_project, place):
    """The whole sample: one of 20 values of one year is changed by a tenth of the total."""
    folder = own_project.root / "data/sample"
    shutil.copytree(ROOT / "data/sample", folder, ignore=shutil.ignore_patterns("households*"))
    frame = pd.read_csv(folder / V, dtype=str, keep_default_na=False)
    mine = frame["indicator"].eq("ECO-3-03") & frame["year"].eq("2024")
    whole = frame[mine & frame["place"].eq("331003")]
    row = frame.index[mine & frame["place"].eq(place)][0]
    frame.loc[row, "value"] = str(float(frame.at[row, "value"]) + float(whole["value"].iloc[0]) / 10)
    frame.to_csv(folder / V, index=False)
    faults = check(Scope.of(own_project, 2024, "sample"))
    assert [(f.kind, str(f.place)) for f in faults] == [
        ("total", f"sample/observations.csv, row {whole.index[0] + 2}, column value")
    ]


def test_quarters_in_step_are_clean(project, small):
    year = pd.read_csv(small / V).query("place == 331003 and year == 2024 and indicator == 'ECO-1-05'")["value"].iloc[0]
    quarters(year / 4, year / 2, year * 0.8, year)(small)
    assert check(Scope.of(project, 2024, str(small))) == []


def test_the_untouched_folder_is_clean(project, small):
    assert check(Scope.of(project, 2024, str(small))) == []


def test_all_faults_at_once(project, small):
    for name, row, col, value in (
        (V, 3, "value", "x"),
        (H, 5, "weight", "-1"),
        (T, 1, "progress", "2"),
        (D, 1, "count", "many"),
    ):
        cell(name, row, col, value)(small)
    places = {str(f.place) for f in check(Scope.of(project, 2024, str(small)))}
    assert {
        "mine/observations.csv, row 5, column value",
        "mine/households-2024.csv, row 7, column weight",
        "mine/tasks.csv, row 3, column progress",
        "mine/demands.csv, row 3, column count",
    } <= places


def test_unknown_edition(project, small):
    assert "one of 2021, 2022, 2023, 2024" in str(check(Scope.of(project, 2031, str(small)))[0])


def test_a_strange_file_gets_the_nearest_name(project, small):
    (small / "observation.csv").write_text("a\n1\n")
    assert "did you mean 'observations'" in str(check(Scope.of(project, 2024, str(small)))[0])


def test_empty_file(project, small):
    (small / V).write_text("")
    assert [f.kind for f in check(Scope.of(project, 2024, str(small)))] == ["empty"]


def test_no_observations(project, small):
    (small / V).unlink()
    assert [f.kind for f in check(Scope.of(project, 2024, str(small)))] == ["missing-file"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_chinese_encodings_are_read(project, small, encoding):
    for path in small.glob("*.csv"):
        path.write_bytes(path.read_text("utf-8").encode(encoding))
    assert check(Scope.of(project, 2024, str(small))) == []


def test_binary_is_refused(project, small):
    (small / V).write_bytes(b"PK\x03\x04\0\0\0")
    assert [f.kind for f in check(Scope.of(project, 2024, str(small)))] == ["encoding"]


def test_many_faults_are_counted(project, small):
    frame = pd.read_csv(small / H, dtype=str, keep_default_na=False)
    frame["income"], frame["consumption"] = frame["income"], "x"
    frame.to_csv(small / H, index=False)
    faults = check(Scope.of(project, 2024, str(small)))
    assert len(faults) <= 202 and faults[-1].kind == "more"
