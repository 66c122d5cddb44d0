"""Settings files and reference tables corrupted one at a time: `check` names each, by file and place; none is taken."""

import copy
import csv
import shutil
from pathlib import Path

import pytest
import yaml

from research.cli.finding import check as before_build
from research.cli.finding import composed
from research.core.scope import Project, Scope
from research.errors import DataError
from research.indicators.reference.checks import check_reference
from research.indicators.reference.rules.files import FILES, file_faults

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "data" / "reference"
SOUND = {
    name: yaml.safe_load(
        (ROOT / "data/sample/meta.yml" if name == "meta" else REFERENCE / f"{name}.yml").read_text("utf-8")
    )
    for name in FILES
    if name != "proposals"  # the sample has none: what an editor writes is the editor's
}
SOUND["proposals"] = {2024: {"gini": {"proposal": "提出一项措施", "department": "区统计局", "due": "2025-06-30"}}}


def put(*path):
    """Set what stands at a path; the last is the new value."""
    *keys, last, value = path

    def change(tree):
        for key in keys:
            tree = tree[key]
        tree[last] = value

    return change


def drop(*path):
    *keys, last = path

    def change(tree):
        for key in keys:
            tree = tree[key]
        del tree[last]

    return change


def again(tree):
    tree.append(copy.deepcopy(tree[0]))


WEST = ("west", "memberships", 0)
BREAK = ("breaks", "income-2013")
FILE_CASES = [
    *[
        ("district", put(k, v))
        for k, v in (
            ("code", "33100X"),
            ("code", None),
            ("code", True),
            ("name", ""),
            ("name", 3),
            ("city_code", "台州"),
            ("level", "planet"),
            ("books", ["a"]),
            ("books", "a"),
            ("centre", ["a"]),
            ("survey", "x"),
            ("plans", {}),
            ("counts", [19]),
            ("release", ["answers"]),
            ("release", "bluebook"),
            ("nmae", "x"),
        )
    ],
    ("district", put("books", "blubook", "x")),
    ("district", put("survey", "desing", "x")),
    ("district", put("counts", "places", -1)),
    ("district", put("counts", "places", "19")),
    ("district", put("counts", "palces", 19)),
    ("district", drop("code")),
    ("district", drop("name")),
    ("district", drop("plans")),
    ("groups", put("west", [])),
    ("groups", put("west", "members")),
    ("groups", put("west", "memberships", [])),
    ("groups", put("west", "memberships", {})),
    ("groups", put("west", "focus", "yes")),
    ("groups", put("west", "memeberships", [])),
    ("groups", put(*WEST, "from", "2021年")),
    ("groups", put(*WEST, "from", 21)),
    ("groups", put(*WEST, "members", "331003101")),
    ("groups", put(*WEST, "members", [])),
    ("groups", put(*WEST, "members", ["宁溪镇"])),
    ("groups", put(*WEST, "source", "")),
    ("groups", put(*WEST, "sorce", "x")),
    ("groups", drop(*WEST, "from")),
    ("groups", drop(*WEST, "source")),
    ("groups", put("west", "name", 5)),
    ("calibres", put("brakes", {})),
    ("calibres", put("breaks", [])),
    ("calibres", put(*BREAK, "year", "2013年")),
    ("calibres", put(*BREAK, "year", 20131)),
    ("calibres", put(*BREAK, "indicators", "ECO-1-02")),
    ("calibres", put(*BREAK, "indicators", [])),
    ("calibres", put(*BREAK, "words_before", "纯收入")),
    ("calibres", drop(*BREAK, "after")),
    ("calibres", put("population", "常驻", {"indicators": ["A"]})),
    ("calibres", put("population", "常住", ["A"])),
    ("calibres", put("quarters", "tolerance", 5)),
    ("calibres", put("quarters", "tolerance", -0.1)),
    ("calibres", put("sums", "tolerance", "0.5%")),
    ("calibres", drop("sums", "tolerance")),
    ("calibres", put("scales", {"A": {"优": "九十"}})),
    ("calibres", put("scales", {"A": ["优"]})),
    ("assumptions", put(0, "quality", "hgih")),
    ("assumptions", put(0, "effect", 3)),
    ("assumptions", drop(0, "basis")),
    ("assumptions", put(0, "text", "")),
    ("assumptions", put(0, "wieght", 1)),
    ("assumptions", put(0, "a text")),
    ("assumptions", again),
    ("proposals", put(2024, "gini", ["x"])),
    ("proposals", put(2024, "gini", "proposal", "")),
    ("proposals", put(2024, "gini", "due", "明年")),
    ("proposals", put(2024, "gini", "departmnet", "区统计局")),
    ("passages", put("2021-2025", ["x"])),
    ("passages", put("2021-2025", "text")),
    ("passages", put("2021-2025", "economy", ["x"])),
    ("passages", put("2021-2025", "economy", 3)),
    ("index", put("version", {})),
    ("index", put("versions", [])),
    ("index", put("versions", {})),
    ("index", put("versions", "2022.1", ["x"])),
    ("index", put("current", 2022.1)),
    ("index", drop("current")),
    *[
        ("index", put("robustness", k, v))
        for k, v in (
            ("variants", 0),
            ("variants", 1e3),
            ("seed", -1),
            ("level", 90),
            ("level", 0.2),
            ("weight_noise", -1),
            ("weight_noise", "0.25"),
            ("aggregate", ["arithmetik"]),
            ("aggregate", "arithmetic"),
            ("sobol", -2),
            ("varaints", 10),
        )
    ],
    ("index", put("robustness", ["x"])),
    ("index", put("assessment", [])),
    ("index", drop("assessment", "aspects")),
    ("index", put("assessment", "aspects", "工作机制", 1.5)),
    ("index", put("assessment", "aspects", "工作机制", 0.5)),
    ("index", put("assessment", "aspects", "工作机智", 0)),
    ("index", put("assessment", "outlook_level", 80)),
    ("index", put("assessment", "grades", "fail_below", 600)),
    ("index", put("assessment", "grades", [20])),
    ("index", put("assessment", "warnings", {"a": 1})),
    ("index", put("assessment", "warnings", 0, "behind", "10")),
    ("index", drop("assessment", "warnings", 0, "grade")),
    ("index", put("assessment", "from", 2021.5)),
    ("meta", put("status", "smaple")),
    ("meta", put("status", None)),
    ("meta", drop("title")),
    ("meta", drop("source")),
    ("meta", put("years", "2021-2024")),
    ("meta", put("years", [21])),
    ("meta", put("sources", "x")),
    ("meta", put("titel", "x")),
    ("meta", put("seed", "x")),
]


def test_the_files_of_the_project_are_sound():
    assert [f for name in FILES for f in file_faults(name, SOUND[name], name)] == []


@pytest.mark.parametrize(("name", "change"), FILE_CASES)
def test_a_corrupted_settings_file_is_named(name, change):
    tree = copy.deepcopy(SOUND[name])
    change(tree)
    found = list(file_faults(name, tree, f"{name}.yml"))
    assert found and all(str(fault).startswith(f"{name}.yml, ") for fault in found)


@pytest.mark.parametrize("rubbish", [None, 3, "text", True, [3], [[]], {"": None}, {3: 4}, {"a": {"b": []}}])
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_shape_is_named(name, rubbish):
    assert list(file_faults(name, rubbish, f"{name}.yml"))


VERSION = ("versions", "2022.1")
VERSION_CASES = [
    put("current", "2023.1"),
    put(*VERSION, "extends", "2099"),
    put(*VERSION, "normalize", "goalposts"),
    put(*VERSION, "normalise", "goalpost"),
    put(*VERSION, "availability", 60),
    put(*VERSION, "scale", [0]),
    put(*VERSION, "scale", "0-100"),
    put(*VERSION, "weights", []),
    put(*VERSION, "weights", "equal"),
    put(*VERSION, "weights", "subjective", "eqaul"),
    put(*VERSION, "goalposts", []),
    put(*VERSION, "goalposts", "ECO-1-01", [1]),
    put(*VERSION, "goalposts", "ECO-1-01", ["低", "高"]),
    put(*VERSION, "goalposts", "ECO-1-01", [5, 5]),
    put(*VERSION, "scopes", []),
    put(*VERSION, "scopes", {"district": ["x"]}),
    put(*VERSION, "scopes", {"district": 3}),
    put(*VERSION, "aggregate", "mean"),
    put(*VERSION, "exclude", "CUL-1-01"),
    put(*VERSION, "impute", "no"),
    put(*VERSION, "weights", "experts", "none.csv"),
    put("versions", "2022.1-geometric", "extends", ["x"]),
]


@pytest.fixture
def scope(tmp_path):
    shutil.copytree(REFERENCE, tmp_path / "data" / "reference")
    (tmp_path / "data" / "sample").mkdir()
    return Scope.of(Project(tmp_path), 2024)


@pytest.mark.parametrize("change", VERSION_CASES)
def test_a_corrupted_version_of_the_index_is_named(scope, change):
    tree = copy.deepcopy(SOUND["index"])
    change(tree)
    (scope.project.reference / "index.yml").write_text(yaml.safe_dump(tree, allow_unicode=True), "utf-8")
    found = composed(scope)
    assert found and all("index.yml" in str(f) or "none.csv" in str(f) or "2022.1" in str(f) for f in found)


TABLE_CASES = [
    ("indicators", "direction", "2"),
    ("indicators", "direction", "up"),
    ("indicators", "direction", ""),
    ("indicators", "level", "town"),
    ("indicators", "operator", "=>"),
    ("indicators", "emphasis", "featrue"),
    ("indicators", "local_flag", "x"),
    ("indicators", "theme", "ecomomy"),
    ("indicators", "weight_domain", "-1"),
    ("indicators", "weight_indicator", "0"),
    ("indicators", "weight_indicator", "33.3"),
    ("indicators", "weight_subdomain", "三分之一"),
    ("indicators", "id", ""),
    ("indicators", "id", "ECO-1-02"),
    ("indicators", "source_department", "区统计所"),
    ("indicators", "quote", "规划没有的话"),
    ("indicators", "name_zh", "<b>粗</b>"),
    ("indicators", "unit", "=1+1"),
    ("targets", "comparator", "=>"),
    ("targets", "comparator", "≥"),
    ("targets", "kind", "levle"),
    ("targets", "department", "区统计所"),
    ("targets", "quote", ""),
    ("targets", "id", "T002"),
    ("targets", "plan", "2020"),
    ("target_years", "year", "2023年"),
    ("target_years", "year", "2031"),
    ("target_years", "value", ""),
    ("target_years", "target", "T999"),
    ("target_years", "kind", "flow"),
    ("target_indicators", "indicator", "ECO-9-99"),
    ("target_indicators", "target", "T999"),
    ("target_indicators", "comparator", "=<"),
    ("target_indicators", "rule", "levle"),
    ("places", "code", ""),
    ("places", "code", "331003002"),
    ("places", "n_villages", "19个"),
    ("places", "name", "a/b"),
    ("places", "n_villages", "-1"),
    ("villages", "place", "331003999"),
    ("villages", "code", ""),
    ("themes", "theme", "econmy"),
    ("themes", "domain_code", "XXX"),
    ("themes", "order", "first"),
    ("milestones", "year", "2222"),
    ("milestones", "quote", "没有这句"),
    ("milestones", "year", "今年"),
    ("directional", "direction", "up"),
    ("published", "level", "town"),
    ("published", "trust", "low"),
    ("published", "status", "estimated"),
    ("published", "url", ""),
    ("published", "value", "约3万"),
    ("published", "year", "1020"),
    ("counties", "code", "330105"),
    ("departments", "department", ""),
]
FAST = TABLE_CASES[::8]


def spoil(folder, name, column, value):
    path = folder / f"{name}.csv"
    columns, *rows = csv.reader(path.open(encoding="utf-8-sig", newline=""))
    rows[0][columns.index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([columns, *rows])


def named(scope, name, column, value):
    spoil(scope.project.reference, name, column, value)
    found = check_reference(scope.project) or composed(scope)
    return [f for f in found if name in str(f)]


@pytest.mark.parametrize(("name", "column", "value"), FAST)
def test_a_corrupted_cell_is_named(scope, name, column, value):
    assert named(scope, name, column, value)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "column", "value"), [c for c in TABLE_CASES if c not in FAST])
def test_any_corrupted_cell_is_named(scope, name, column, value):
    assert named(scope, name, column, value)


def test_a_build_is_not_begun_with_a_corrupted_table(scope):
    """What `bluebook build` asks first: a blank direction was a traceback in the middle of the computing."""
    spoil(scope.project.reference, "indicators", "direction", "")
    with pytest.raises(DataError, match=r"indicators\.csv, row 2, column direction"):
        before_build(scope, books=())


HEADS = {
    "an empty file": lambda text: "",
    "only a header": lambda text: text.split("\n")[0] + "\n",
    "no header": lambda text: text.split("\n", 1)[1],
    "another encoding": lambda text: text.encode("utf-16"),
    "binary": lambda text: bytes(range(256)) * 20,
    "a cell too many": lambda text: text.replace("\n", "\n,,,", 1),
    "cut short": lambda text: text[: len(text) // 2] + '"',
    "an open quotation": lambda text: '"' + text,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("name", ["indicators", "places", "targets", "target_years", "themes"])
def test_a_table_of_another_shape_is_a_fault(scope, name, kind):
    path = scope.project.reference / f"{name}.csv"
    text = HEADS[kind](path.read_text("utf-8-sig"))
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert any(f"{name}.csv" in str(f) for f in check_reference(scope.project))
    assert composed(scope) is not None  # asked alone it names faults as well, and raises none


def test_there_are_enough_of_them():
    assert len(FILE_CASES) + len(VERSION_CASES) + len(TABLE_CASES) >= 170
