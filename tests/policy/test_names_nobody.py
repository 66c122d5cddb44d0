"""Nothing in code, chapters, notebooks or starters names one district, plan, year, department or indicator."""

import ast
import csv
import json
import re
from pathlib import Path

import pytest
import yaml

PLAN_WORDS = ("区域标杆", "六乡一镇", "重构", "重建指标", "全区")
"""Words of one plan, of one book's table, and what a county or city does not call itself."""

KNOWN_YEARS = re.compile(r"(?<!\d)20(?:1\d|2\d|3[0-5])(?!\d)")
CODE = re.compile(r"(?<!\d)\d{6}(?:\d{3})?(?!\d)")
EXAMPLE = re.compile(r"such as|like|as '|Example:|如|这样的")
"""A constant that shows how something is written may show a year."""


@pytest.fixture(scope="module")
def root():
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def names(root):
    """What the shipped district's tables call its own: codes, names, departments, indicators, plan."""
    folder = root / "data" / "reference"
    about = yaml.safe_load((folder / "district.yml").read_text("utf-8"))

    def column(table, name):
        with (folder / table).open(encoding="utf-8-sig", newline="") as stream:
            return {row[name] for row in csv.DictReader(stream)} - {""}

    short = about["name"].removesuffix("区")
    return {
        about["code"],
        about["city_code"],
        short,
        about["city"].removesuffix("市"),
        about["centre"],
        *(plan["title"] for plan in about["plans"]),
        *column("departments.csv", "department"),
        *column("places.csv", "name"),
        *column("places.csv", "code"),
        *column("indicators.csv", "id"),
        *PLAN_WORDS,
    }


def constants(path):
    """String constants of a module outside of docstrings, with their lines."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(getattr(node, "body", None), list) and node.body and isinstance(node.body[0], ast.Expr)
    }
    after = {
        id(n.value)
        for node in ast.walk(tree)
        if isinstance(getattr(node, "body", None), list)
        for n in node.body
        if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | after
    ]


def found_in(text, names):
    return sorted(name for name in names if name in text)


def test_the_code_names_no_district(root, names):
    """All string constants of all rooms; the sample's own names stand in the sample's tables only."""
    wrong = []
    for path in sorted((root / "src" / "research").rglob("*.py")):
        for line, text in constants(path):
            if not EXAMPLE.search(text):
                wrong += [f"{path.relative_to(root)}:{line}: {name}" for name in found_in(text, names)]
    assert wrong == []


def test_the_code_knows_no_plan_year(root):
    """No string but an example holds a year of a plan; no comparison or default holds one as a number."""
    wrong = []
    for path in sorted((root / "src" / "research").rglob("*.py")):
        wrong += [
            f"{path.relative_to(root)}:{line}: {text[:60]!r}"
            for line, text in constants(path)
            if KNOWN_YEARS.search(text) and not EXAMPLE.search(text) and path.name not in DATED
        ]
    assert wrong == []


DATED = {"references.py", "layout.py", "robustness.py"}
"""Modules whose constants hold the year of a citation style or of a method's paper, never of a plan."""


def hand_written(root):
    """Chapters, profiles, notebooks and starter texts that every district has."""
    from research.starter import sources

    return {name: path for name, path in sources.packed(root).items() if not name.startswith("data/")}


def test_chapters_and_notebooks_name_nobody(root, names):
    wrong = []
    for name, path in hand_written(root).items():
        text = path.read_text("utf-8")
        if name.startswith("_quarto"):  # the lines that the stage makes are the edition's own
            text = re.sub(r"# (\w+): begin.*?# \1: end", "", text, flags=re.S)
        if name.endswith(".ipynb"):
            text = "\n".join(
                "".join(c["source"])
                for c in json.loads(text)["cells"]
                if "parameters" not in c["metadata"].get("tags", [])
            )
        if name.endswith(".bib"):
            text = "\n".join(re.findall(r"(?:author|title) = .*", text))
        wrong += [f"{name}: {word}" for word in found_in(text, names)]
        if name.endswith(".qmd"):
            wrong += [f"{name}: {year}" for year in KNOWN_YEARS.findall(re.sub(r"@\w+|\{\{<.*?>\}\}", "", text))]
    assert wrong == []


def test_what_is_laid_out_for_another_district_names_it_alone(names):
    """Every file of a new project, after its own words were put in."""
    from research.starter.layout import project_files, words_of

    words = words_of("乌有县", "990199", plan="乌有县共同富裕规划", places=("天字街道", "荒字乡"))
    for name, body in project_files(words).items():
        text = body.decode("utf-8")
        if name.endswith((".bib", ".csl")):
            continue
        assert found_in(text, names) == [], name
        if name.endswith(".ipynb"):
            assert not {"331003"} & set(CODE.findall(text)), name
