"""Edits that every table's own rules allow and that change the book: each is named, with its place, before one signs.

Each edit is made to a copy of one file of the project; nothing is built, for the comparison reads the inputs.
"""

import csv
import io
import shutil
from pathlib import Path

import pytest

from research.core.scope import Project, Scope
from research.edition.changes.compare import input_changes
from research.edition.changes.snapshot import inputs_of

ROOT = Path(__file__).parents[2]
HOMES = "data/sample/households-2024.csv"
TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}


def cell(key, column, change, at=0):
    """Change one cell of the row whose first columns are `key`."""

    def edit(columns, rows):
        row = [r for r in rows if tuple(r[: len(key)]) == key][at]
        row[columns.index(column)] = change(row[columns.index(column)])
        return rows

    return edit


def column(name, change, only=lambda row: True):
    def edit(columns, rows):
        for row in filter(only, rows):
            row[columns.index(name)] = change(row[columns.index(name)])
        return rows

    return edit


def times(factor):
    return lambda text: f"{float(text) * factor:.10g}" if text else text


def half(columns, rows):
    return rows[::2]


def last_year(year, only=lambda row: True):
    """Rows of a year take the numbers of the year before."""

    def edit(columns, rows):
        at = columns.index("year")
        kept = [r for r in rows if r[at] != str(year) or not only(r)]
        return kept + [[*r[:at], str(year), *r[at + 1 :]] for r in rows if r[at] == str(year - 1) and only(r)]

    return edit


def homes_of_last_year(columns, rows):
    lines = list(csv.reader((ROOT / "data/sample/households-2023.csv").open(encoding="utf-8")))[1:]
    return [[f"2024-{i:05}", r[1], "2024", *r[3:]] for i, r in enumerate(lines)]


def swap(old, new):
    return lambda text: text.replace(old, new, 1)


R, D = "data/reference/", "data/sample/"
EDITS = [
    (
        "a reversed direction",
        R + "indicators.csv",
        cell(("INC-3-01",), "direction", lambda t: f"{-int(t)}"),
        "方向反转",
        "INC-3-01",
    ),
    (
        "a direction made none",
        R + "indicators.csv",
        cell(("ECO-1-01",), "direction", lambda t: "0"),
        "方向改变",
        "ECO-1-01",
    ),
    (
        "a reversed comparator of an indicator",
        R + "indicators.csv",
        cell(("ECO-1-01",), "operator", TURNED.get),
        "比较方式反转",
        "ECO-1-01",
    ),
    (
        "a reversed comparator of a target",
        R + "targets.csv",
        cell(("T001",), "comparator", TURNED.get),
        "比较方式反转",
        "T001",
    ),
    (
        "a comparator of a rule",
        R + "target_indicators.csv",
        cell(("T004",), "comparator", TURNED.get),
        "比较方式反转",
        "T004",
    ),
    (
        "a comparator that takes the limit in",
        R + "targets.csv",
        cell(("T001",), "comparator", lambda t: ">="),
        "比较方式改变",
        "T001",
    ),
    (
        "a target times ten",
        R + "target_years.csv",
        cell(("ECO-3-04", "2025"), "value", times(10)),
        "放大到10倍",
        "ECO-3-04",
    ),
    (
        "a target by ten",
        R + "target_years.csv",
        cell(("ECO-3-04", "2025"), "value", times(0.1)),
        "缩小到1/10",
        "ECO-3-04",
    ),
    (
        "a target of twice its height",
        R + "target_years.csv",
        cell(("ECO-3-04", "2025"), "value", times(2)),
        "变动+100",
        "ECO-3-04",
    ),
    ("targets that are gone", R + "target_years.csv", half, "少了", ""),
    (
        "a target of another indicator",
        R + "target_indicators.csv",
        cell(("T003",), "indicator", lambda t: "ECO-3-02"),
        "",
        "T003",
    ),
    (
        "a weight times a hundred",
        R + "indicators.csv",
        cell(("ECO-1-01",), "weight_indicator", times(100)),
        "放大到100倍",
        "ECO-1-01",
    ),
    (
        "a weight of a domain times three",
        R + "indicators.csv",
        cell(("ECO-1-01",), "weight_domain", times(3)),
        "变动+200",
        "ECO-1-01",
    ),
    ("half of the observations", D + "observations.csv", half, "少了", ""),
    (
        "a year without a township",
        D + "observations.csv",
        lambda columns, rows: [r for r in rows if not (r[1] == "2024" and r[0] in ("331003001", "331003002"))],
        "该年少了",
        "331003002",
    ),
    ("half of the households", HOMES, half, "变动-50", "行数"),
    ("half of the demands", D + "demands.csv", half, "少了", ""),
    ("half of the tasks", D + "tasks.csv", half, "少了", ""),
    ("last year's households as this year's", HOMES, homes_of_last_year, "疑为误用上年的数", "2024"),
    ("last year's values as this year's", D + "observations.csv", last_year(2024), "疑为误用上年的数", "2024"),
    (
        "one township's values of last year",
        D + "observations.csv",
        last_year(2024, lambda r: r[0] == "331003103"),
        "疑为误用上年的数",
        "331003103",
    ),
    (
        "one indicator's values of last year",
        D + "observations.csv",
        last_year(2024, lambda r: r[2] == "ECO-1-01"),
        "疑为误用上年的数",
        "ECO-1-01",
    ),
    ("last year's demands", D + "demands.csv", last_year(2024), "疑为误用上年的数", "2024"),
    ("last year's marks", D + "aspects.csv", last_year(2024), "疑为误用上年的数", "2024"),
    (
        "a value times ten",
        D + "observations.csv",
        cell(("331003", "2024", "ECO-1-01"), "value", times(10)),
        "放大到10倍",
        "ECO-1-01",
    ),
    (
        "a value in another unit",
        D + "observations.csv",
        cell(("331003", "2024", "ECO-1-01"), "value", times(1e-4)),
        "缩小到1/10000",
        "ECO-1-01",
    ),
    (
        "a value with its sign reversed",
        D + "observations.csv",
        cell(("331003", "2024", "ECO-1-01"), "value", times(-1)),
        "正负号反转",
        "ECO-1-01",
    ),
    ("incomes times ten", HOMES, column("income", times(10)), "放大到10倍", "income"),
    (
        "incomes of half of the households gone",
        HOMES,
        column("income", lambda t: "", lambda r: int(r[0][-1]) % 2),
        "变动-",
        "income",
    ),
    ("weights of households times a hundred", HOMES, column("weight", times(100)), "放大到100倍", "weight"),
    (
        "a goalpost times ten",
        R + "index.yml",
        swap("ECO-1-01: [30000, 150000]", "ECO-1-01: [30000, 1500000]"),
        "放大到10倍",
        "ECO-1-01",
    ),
    (
        "an emphasis times a hundred",
        R + "index.yml",
        swap("shortboard: 1.5", "shortboard: 150"),
        "放大到100倍",
        "shortboard",
    ),
    ("a limit times ten", R + "settings.yml", swap("value: 100000", "value: 1000000"), "放大到10倍", "value"),
    (
        "another unit of an indicator",
        R + "indicators.csv",
        cell(("ECO-1-01",), "unit", lambda t: "万元/人"),
        "文字改变",
        "ECO-1-01",
    ),
    ("another member of a group", R + "groups.yml", swap('"331003101"', '"331003102"'), "", "members"),
    (
        "a published figure times ten",
        R + "published.csv",
        cell(("100000", "全国", "country", "2020"), "value", times(10)),
        "放大到10倍",
        "全国",
    ),
]


def edited(path, edit):
    if path.endswith(".yml"):
        return edit((ROOT / path).read_text("utf-8"))
    columns, *rows = csv.reader((ROOT / path).open(encoding="utf-8-sig", newline=""))
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([columns, *edit(columns, rows)])
    return stream.getvalue()


@pytest.fixture
def scope(tmp_path):
    for name in ("data/reference", "data/sample"):
        (tmp_path / name).mkdir(parents=True)
    return Scope.of(Project(tmp_path), 2024)


@pytest.mark.parametrize(("path", "edit", "kind", "where"), [pytest.param(*rest, id=name) for name, *rest in EDITS])
def test_an_edit_that_no_schema_can_know_is_named(scope, path, edit, kind, where):
    home = scope.project.root
    shutil.copy(ROOT / path, home / path)
    if path == HOMES:
        shutil.copy(ROOT / D / "households-2023.csv", home / D)
    before, text = inputs_of(scope), edited(path, edit)
    assert text != (home / path).read_text("utf-8")
    (home / path).write_text(text, "utf-8", newline="")
    found = input_changes(before, inputs_of(scope))
    named = [c for c in found if kind in c.kind and (not where or where in (*c.key, c.what))]
    assert named, [(c.kind, c.key, c.what) for c in found[:5]]
    whole = path.removeprefix("data/").replace("sample/", "data/")
    assert all(c.file == whole for c in found)


@pytest.mark.parametrize("path", sorted({path for _, path, *_ in EDITS}))
def test_a_sound_file_raises_no_question(scope, path):
    shutil.copy(ROOT / path, scope.project.root / path)
    assert input_changes(inputs_of(scope), inputs_of(scope)) == []
    assert [c for c in input_changes({}, inputs_of(scope)) if c.kind != "新增文件"] == []  # no year is a copy


def test_what_must_be_looked_at_stands_first_among_a_thousand_others(scope):
    """Hidden among a whole table's small revisions, a reversed figure is the first line."""
    path = D + "observations.csv"
    shutil.copy(ROOT / path, scope.project.root / path)
    before = inputs_of(scope)
    small = column("value", times(1.004), lambda row: row[0] != "331003")

    def edit(columns, rows):
        return cell(("331003", "2023", "ECO-1-01"), "value", times(10))(columns, small(columns, rows))

    (scope.project.root / path).write_text(edited(path, edit), "utf-8", newline="")
    found = input_changes(before, inputs_of(scope))
    assert len(found) > 1000
    assert (found[0].key, found[0].kind) == (("331003", "2023", "ECO-1-01"), "放大到10倍")


def test_there_are_enough_of_them():
    assert len(EDITS) >= 24
