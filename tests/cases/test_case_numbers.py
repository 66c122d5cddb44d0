"""A number that another version moves is named; the versions it was made with are kept beside it."""

import importlib.metadata
import json

import nbformat
import pytest
from nbformat import v4
from typer.testing import CliRunner

from research.cases import library as cases
from research.cases import numbers as case_numbers
from research.cases.evidence.evidence import libraries, read_evidence
from research.cli.app import app
from research.core.scope import Project, open_project
from research.errors import DataError

CASE = """---
title: "一个案例的标题"
id: one-case
class: 创新型
status: 总结
clauses: ["1"]
domain: 公共服务
places: ["331003"]
year: 2024
lead_unit: 某单位
sources: [纲要]
licence: CC BY 4.0
evidence: notebooks/cases/one-case.ipynb
---
"""
CELL = """#| label: text-a
from IPython.display import Markdown, display
display(Markdown(f"2024年共{600 * 2:,}户，占{25 / 2}%。"), metadata={"bluebook": {"status": "published"}})"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A project with one case, its evidence run once."""
    root = tmp_path_factory.mktemp("kept")
    for name in ("reports/cases", "notebooks/cases", "data/reference"):
        (root / name).mkdir(parents=True)
    (root / "_quarto.yml").write_text("project: {type: book}\n")
    (root / "reports/cases/one-case.qmd").write_text(CASE, "utf-8")
    path = root / "notebooks/cases/one-case.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(CELL)]), path)
    cases.execute(Project(root), path)
    return root


def spoil(root, old, new, **versions):
    """Another kept output and other kept versions, as an older environment would have left them."""
    path = root / "notebooks/cases/one-case.ipynb"
    whole = path.read_text("utf-8")
    notebook = json.loads(whole.replace(old, new))
    notebook["metadata"]["bluebook"]["packages"] |= versions
    path.write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")
    return path, whole


def test_the_versions_are_kept_with_the_evidence(kept):
    packages = read_evidence(kept / "notebooks/cases/one-case.ipynb").packages
    assert packages["numpy"] == importlib.metadata.version("numpy")
    assert {"python", "pandas", "scipy", "statsmodels"} <= set(packages) and packages == libraries()


def test_every_kept_notebook_says_its_versions():
    project = open_project()
    register = cases.load(project)
    for name in register["evidence"].dropna():
        assert read_evidence(project.root / name).packages.keys() == libraries().keys(), name


@pytest.mark.slow
def test_the_same_number_is_no_fault_whatever_the_versions(kept):
    path, whole = spoil(kept, "", "", numpy="0.1")
    try:
        assert case_numbers.faults(Project(kept)) == []
    finally:
        path.write_text(whole, "utf-8")


@pytest.mark.slow
def test_a_number_that_moved_is_named_with_both_values_and_the_package(kept):
    path, whole = spoil(kept, "12.5%", "10%", numpy="0.1")
    before = path.read_bytes()
    try:
        moved, versions = case_numbers.faults(Project(kept))
        assert (str(moved.place), moved.expected, moved.found) == ("one-case/text-a#3", "10", "12.5")
        assert "+25.000%" in str(moved)
        assert f"numpy 0.1 -> {importlib.metadata.version('numpy')}" in str(versions)
        assert "pandas" not in str(versions)
        done = CliRunner().invoke(app, ["case", "run", "one-case", "--compare", "--project", str(kept)])
        assert done.exit_code != 0 and isinstance(done.exception, DataError) and done.exception.exit_code == 1
        assert len(str(done.exception).splitlines()) == 3  # a head, a number, the packages
        assert path.read_bytes() == before
    finally:
        path.write_text(whole, "utf-8")


@pytest.mark.slow
def test_a_notebook_that_fails_is_named_and_not_compared(kept):
    path, whole = spoil(kept, "600 * 2", "600 / 0", numpy="0.1")
    try:
        with pytest.raises(DataError, match=r"one-case\.ipynb.*ZeroDivisionError"):
            case_numbers.moved(Project(kept))
        assert [f.kind for f in case_numbers.faults(Project(kept))] == ["case-notebook", "case-versions"]
        with pytest.raises(DataError, match="did you mean 'one-case'"):
            case_numbers.moved(Project(kept), ["one-cast"])
    finally:
        path.write_text(whole, "utf-8")


def test_numbers_go_by_the_cell_and_their_place_in_it():
    cell = {
        "cell_type": "code",
        "source": "#| label: tbl-x\n1",
        "outputs": [{"data": {"text/markdown": "| a | 1,234.5 |\n| b | -3 |"}}, {"text": "p = 2e-3"}],
    }
    plain = {"cell_type": "code", "source": "1", "outputs": [{"text": ["7 ", "and 8"]}]}
    assert case_numbers.numbers({"cells": [cell, {"cell_type": "markdown", "source": "9"}, plain]}) == {
        "tbl-x#1": 1234.5,
        "tbl-x#2": -3.0,
        "tbl-x#3": 0.002,
        "cell-2#1": 7.0,
        "cell-2#2": 8.0,
    }


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os._exit(3)", "expected a kernel that lives"),
        ("1/0", "ZeroDivisionError"),
        ("import time; time.sleep(60)", "expected cells of at most 1 s"),
    ],
)
def test_evidence_that_cannot_run_is_a_fault_and_stays_as_it_was(code, said, tmp_path):
    path = tmp_path / "n.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(code)]), path)
    before = path.read_bytes()
    with pytest.raises(DataError, match=said):
        cases.execute(Project(tmp_path), path, timeout=1)
    assert path.read_bytes() == before
