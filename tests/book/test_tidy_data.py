"""All numbers of a book as one long table: one number a row, the same columns always, every name explained."""

import csv
import json

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research import book
from research.book.web.tidy import COLUMNS, long_rows, long_table
from research.book.web.workbook import MOST_ROWS
from research.errors import DataError

KEY = ("row", "measure")
WIDE = [
    ["place", "year", "score", "score_lower", "score_upper", "rank", "n", "status", "source"],
    ["甲", "2024", "60.5", "58", "63", "2", "19", "sample", "测算"],
]


def rows(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_each_number_stands_in_its_own_row_with_its_limits():
    score, rank = long_rows(WIDE)
    assert score == {
        "row": "1",
        "place": "甲",
        "year": "2024",
        "n": "19",
        "status": "sample",
        "source": "测算",
        "item": "",
        "measure": "score",
        "value": "60.5",
        "lower": "58",
        "upper": "63",
        "unit": "",
    }
    assert (rank["measure"], rank["value"], rank.get("lower")) == ("rank", "2", None)


def test_plain_limits_belong_to_the_measure_before_them_and_a_gap_stays_a_gap():
    found = list(
        long_rows(
            [
                ["id", "last", "projection", "lower", "upper", "unit"],
                ["T1", "3", "4", "3.5", "4.5", "万家"],
                ["T2", "", "", "", "", "个"],
            ]
        )
    )
    assert [(r["measure"], r["value"], r.get("lower"), r["unit"]) for r in found] == [
        ("last", "3", None, ""),
        ("projection", "4", "3.5", "万家"),
        ("projection", "", "", "个"),
    ]
    assert [r["item"] for r in found] == ["id=T1", "id=T1", "id=T2"]


def test_what_describes_a_row_is_no_measure_and_tells_rows_apart():
    frame = [["place", "year", "quarter", "count"], ["甲", "2024", "1", "12"], ["甲", "2024", "2", "12"]]
    found = list(long_rows(frame, about={"quarter"}))
    assert [(r["item"], r["measure"], r["value"], r["unit"]) for r in found] == [
        ("quarter=1", "count", "12", ""),
        ("quarter=2", "count", "12", ""),
    ]


def test_an_error_named_before_or_after_its_measure_goes_with_it():
    (one, two) = long_rows([["direct", "se_direct", "model", "model_se"], ["1.5", "0.1", "2.5", "0.2"]])
    assert [(r["measure"], r["value"], r["se"]) for r in (one, two)] == [
        ("direct", "1.5", "0.1"),
        ("model", "2.5", "0.2"),
    ]


def test_the_sample_size_of_a_withheld_number_goes_with_no_other():
    found = list(long_rows([["year", "measure", "value", "n", "coverage"], ["2024", "gini", "", "4", "0.9"]]))
    assert [(r["measure"], r["value"], r.get("n")) for r in found] == [("gini", "", "4"), ("coverage", "0.9", None)]


def test_a_measure_takes_its_name_from_the_row():
    found = list(long_rows([["measure", "year", "value", "unit", "coverage"], ["gini", "2024", "0.3", "系数", "0.99"]]))
    assert [(r["measure"], r["value"], r["unit"]) for r in found] == [("gini", "0.3", "系数"), ("coverage", "0.99", "")]


cells = st.sampled_from(["", "1", "2.5", "-3", "甲", "0070", "1e3"])
frames = st.integers(1, 5).flatmap(
    lambda width: st.tuples(
        st.lists(
            st.sampled_from(["place", "year", "topic", "value", "lower", "score", "score_se", "n", "unit", "quarter"]),
            min_size=width,
            max_size=width,
            unique=True,
        ),
        st.lists(st.lists(cells, min_size=width, max_size=width), max_size=6),
    )
)


@given(frames)
def test_no_number_is_lost_and_none_is_made(frame):
    head, body = frame
    kept = {(n, v) for n, row in enumerate(body, 1) for v in row if v}
    found = list(long_rows([head, *body]))
    assert {(int(r["row"]), r["value"]) for r in found if r["value"]} <= kept
    assert len({tuple(r[k] for k in KEY) for r in found}) == len(found) or "measure" in head
    measured = [
        n
        for n, name in enumerate(head)
        if name in ("value", "score")
        and all(row[n] in ("", "1", "2.5", "-3", "1e3") for row in body)
        and any(row[n] for row in body)
    ]
    for n in measured:
        assert [r["value"] for r in found if r["measure"] == head[n] and r["value"]] == [
            row[n] for row in body if row[n]
        ] or any(f"{head[n]}=" in r["item"] for r in found)


def test_the_table_has_the_same_columns_whatever_the_frames():
    one = long_table([("fig-a", "图 1", "甲", [("fig-a.csv", WIDE)])])
    two = long_table([("fig-b", "图 2", "乙", [("fig-b.csv", [["x", "y"], ["1", "2"]])])])
    assert one[0] == two[0] == list(COLUMNS) and [r[:4] for r in two[1:]] == [["fig-b", "图 2", "乙", "fig-b.csv"]] * 2


@pytest.fixture
def with_frame(foreign):
    """The foreign book with a frame of its own columns, one of them explained by nobody."""
    path = foreign / "boats.ipynb"
    notebook = json.loads(path.read_text())
    cell = next(c for c in notebook["cells"] if "label: fig-" in "".join(c["source"]))
    shown = next(o for o in cell["outputs"] if "image/svg+xml" in o.get("data", {}))
    shown.setdefault("metadata", {}).setdefault("bluebook", {})["data"] = [
        "place,year,tonnage,crew,status\n港,2024,12.5,4,sample\n"
    ]
    path.write_text(json.dumps(notebook))
    return foreign


def test_a_project_explains_its_own_columns(with_frame):
    (with_frame / "words.csv").write_text("column,meaning,unit,role\ntonnage,渔船吨位,吨,\ncrew,船员,,about\n", "utf-8")
    path = with_frame / "_quarto.yml"
    path.write_text(path.read_text() + "\ndata-dictionary: words.csv\n")
    book.render(with_frame, "", to=["html"], engine="pandoc")
    data = with_frame / "_book" / "data"
    (one,) = rows(data / "book-data.csv")
    assert [one[k] for k in ("measure", "value", "unit", "status", "row")] == ["tonnage", "12.5", "吨", "sample", "1"]
    words = {(r["scope"], r["name"]): r for r in rows(data / "book-data-dictionary.csv")}
    assert words["测度", "tonnage"]["meaning"] == "渔船吨位" and words["窄表的列", "crew"]["meaning"] == "船员"
    assert words["数据表的列", "lower"]["meaning"] == "区间下限"
    workbook = openpyxl.load_workbook(data / "book-data.xlsx")
    assert workbook.sheetnames == ["说明", "数据字典", "目录", "数据"]
    assert 'data-dictionary.csv" download>数据字典' in (with_frame / "_book" / "catch.html").read_text()


def test_a_column_that_nobody_explains_is_listed_as_such(with_frame):
    book.render(with_frame, "", to=["html"], engine="pandoc")
    words = {r["name"]: r["meaning"] for r in rows(with_frame / "_book" / "data" / "book-data-dictionary.csv")}
    assert words["tonnage"] == "（未说明：请写入数据字典）"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "a CSV file of the project"),
        ("a,b\n", "no column, meaning, unit"),
        ("列,含义\n".encode("gb18030"), "UTF-8 text"),
    ],
)
def test_a_bad_dictionary_is_named(with_frame, text, message):
    if text is not None:
        (with_frame / "words.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    path = with_frame / "_quarto.yml"
    path.write_text(path.read_text() + "\ndata-dictionary: words.csv\n")
    with pytest.raises(DataError, match=message):
        book.render(with_frame, "", to=["html"], engine="pandoc")


@pytest.mark.slow
def test_more_rows_than_excel_holds_go_on_in_a_second_sheet():
    from research.book.web.data import sheets

    made = sheets([["row", "value"], *[["1", "2"]] * (MOST_ROWS + 1)])
    assert [(name, len(part)) for name, part in made.items()] == [("数据", MOST_ROWS + 1), ("数据2", 2)]
