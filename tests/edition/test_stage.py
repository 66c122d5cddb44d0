"""The stage: whole or not at all, and everything a chapter needs on it."""

import json
import shutil

import pytest
import yaml

from research import composite, indicators, open_edition
from research.assessment import build as assess
from research.cases.library import load
from research.cases.pages import case_list, case_pages
from research.core.scope import Project, Scope, open_project
from research.core.status import SAMPLE_MARK
from research.edition import stage as module
from research.edition.stage import place_chapter, profile_block, stage, variables
from research.edition.tables import table
from research.errors import DataError
from research.indicators import edition_of
from research.runs.templates import takes_parameters
from tests.support.notebooks import THEMES

DISTRICT = ("index", "regional_gap", "urban_rural_gap", "income_gap", "targets")


def executed(name, suffix=""):
    label = f"text-{name.replace('_', '-')}-lead{suffix}"
    output = {
        "output_type": "display_data",
        "metadata": {"bluebook": {"status": "sample"}},
        "data": {"text/markdown": f"{name} 的结论。"},
    }
    cell = {"cell_type": "code", "source": f"#| label: {label}\n", "outputs": [output], "metadata": {}}
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


def write_run(project, theme, place, suffix="", **record):
    folder = Scope.of(project, 2024).runs / theme
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{place}.ipynb").write_text(executed(theme, suffix), encoding="utf-8")
    values = {"version": 1, "key": "k", "status": "done"} | record
    (folder / f"{place}.run.json").write_text(json.dumps(values), encoding="utf-8")


@pytest.fixture(scope="module")
def tables():
    """What the steps make of the sample; the project's own results need not be there."""
    edition = open_edition("2024")
    for step in (indicators, composite):
        edition.add_tables(step.build(edition))
    return {**edition._tables, **assess(edition)}


@pytest.fixture
def project(tmp_path, monkeypatch, tables):
    """A copy of the project with runs that hold one sentence each."""
    real = open_project()
    for name in ("_quarto.yml", "_quarto-bluebook.yml", "_quarto-cases.yml"):
        shutil.copyfile(real.root / name, tmp_path / name)
    for name in ("reports/bluebook", "reports/cases", "notebooks/cases"):
        shutil.copytree(real.root / name, tmp_path / name)
    (tmp_path / "data").mkdir()
    for name in ("reference", "sample"):
        (tmp_path / "data" / name).symlink_to(real.root / "data" / name)
    copy = Project(tmp_path)
    for kind, names in (("themes", THEMES), ("district", DISTRICT)):
        (copy.notebooks / kind).mkdir()
        for name in names:
            (copy.notebooks / kind / f"{name}.ipynb").write_text(executed(name), encoding="utf-8")
            write_run(copy, name, "331003")
    for path in sorted((copy.notebooks / "cases").glob("*.ipynb")):
        if takes_parameters(path):
            write_run(copy, f"case-{path.stem}", "331003")
    for code in open_edition("2024").places["code"]:
        for name in THEMES:
            write_run(copy, name, code, f"-{code}")

    def opened(scope):
        ed = edition_of(scope)
        ed.add_tables(tables)
        return ed

    monkeypatch.setattr(module, "edition_of", opened)
    return copy


def test_the_stage_holds_what_the_chapters_need(project):
    names = {p.name for p in stage(Scope.of(project, 2024))}
    assert {"economy.ipynb", "economy-331003001.ipynb", "targets.ipynb", "place-331003205.qmd"} <= names
    assert "targets-331003001.ipynb" not in names
    assert sum(n.startswith("place-") for n in names) == 19
    wanted = set()
    for path in [*project.reports.glob("bluebook/*.qmd"), *project.reports.glob("cases/*.qmd")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "include ../runs/book/" in line:
                wanted.add(line.split("/")[-1].split(" ")[0])
    assert wanted and wanted <= names


def test_sample_data_is_marked_and_reference_data_is_not(project):
    stage(Scope.of(project, 2024))
    read = lambda name: (project.stage / name).read_text(encoding="utf-8")  # noqa: E731
    for name in ("_mark.md", "_summary-actions.md", "_summary-domains.md", "_sources-edition.md", "_quality-survey.md"):
        assert SAMPLE_MARK in read(name), name
    for name in ("_indicators.md", "_sources-published.md", "_settings.md", "_milestones.md", "_groups.md"):
        assert SAMPLE_MARK not in read(name), name
    assert "重建" in read("_indicators.md")  # the origin that each row of the table of indicators states
    assert read("_indicators.md").count("\n| ECO-") == 14  # rows of data/reference/indicators.csv
    assert SAMPLE_MARK in (project.root / "_quarto-edition.yml").read_text(encoding="utf-8")


def test_what_stands_under_version_control_is_the_same_after_another_edition(project):
    names = ("_quarto.yml", "_quarto-bluebook.yml", "_quarto-cases.yml")
    before = {n: (project.root / n).read_bytes() for n in names}
    stage(Scope.of(project, 2024))
    assert {n: (project.root / n).read_bytes() for n in names} == before


def test_the_same_inputs_give_the_same_bytes(project):
    before = {p.name: p.read_bytes() for p in stage(Scope.of(project, 2024))}
    stamp = (project.root / "_quarto-bluebook.yml").stat().st_mtime_ns
    assert {p.name: p.read_bytes() for p in stage(Scope.of(project, 2024))} == before
    assert (project.root / "_quarto-bluebook.yml").stat().st_mtime_ns == stamp
    assert not list(project.stage.parent.glob(".book.*.part"))


def test_missing_runs_are_named_together_and_the_old_stage_stands(project):
    stage(Scope.of(project, 2024))
    (project.stage / "mine.txt").write_text("old")
    (Scope.of(project, 2024).runs / "income" / "331003001.run.json").unlink()
    write_run(project, "targets", "331003", status="failed", failure={"ename": "KeyError", "evalue": "'x'"})
    with pytest.raises(DataError) as caught:
        stage(Scope.of(project, 2024))
    said = [str(f) for f in caught.value.faults]
    assert len(said) == 2 and "income/331003001.ipynb" in said[0] and "KeyError 'x'" in said[1]
    assert (project.stage / "mine.txt").exists()


def test_a_missing_sentence_is_named(project):
    path = Scope.of(project, 2024).runs / "income_gap" / "331003.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("-lead", "-head"), encoding="utf-8")
    with pytest.raises(DataError, match="text-income-gap-lead"):
        stage(Scope.of(project, 2024))


def test_places_get_their_own_labels():
    ed = open_edition("2024")
    template = (ed.project.reports / "bluebook" / "_place.qmd").read_text(encoding="utf-8")
    text = place_chapter(template, ed, "331003101")
    assert text.startswith("---\ncontents: title\n---\n\n# 宁溪镇 {#sec-place-331003101}") and "@@" not in text
    assert "embed income-331003101.ipynb#fig-income-lorenz-331003101" in text
    assert "西部“六乡一镇”" in text
    for theme in THEMES:  # two figures, a table and sentences a theme
        assert text.count(f"{theme}-331003101.ipynb#fig-") >= 2
        assert text.count(f"{theme}-331003101.ipynb#tbl-") >= 1
        assert text.count(f"{theme}-331003101.ipynb#text-") >= 1
    with pytest.raises(DataError, match="@@nmae@@"):
        place_chapter("# @@nmae@@", ed, "331003101")


def test_variables_are_counted():
    ed, register = open_edition("2024"), load(open_project())
    found = variables(ed, register)
    plan = next(p["counts"] for p in ed.about["plans"] if p["id"] == ed.plan.id)  # what the plan states
    assert (found["n_indicators"], found["n_targets"]) == (plan["indicators"], plan["targets"])
    about = ed.about["counts"]
    assert (found["n_places"], found["n_villages"]) == (about["places"], about["villages"])
    assert found["outline_date"] == "2022年5月25日"
    text = " ".join(
        p.read_text(encoding="utf-8") for p in [ed.project.root / "index.qmd", *ed.project.reports.glob("*/*.qmd")]
    )
    used = {part.split()[0] for part in text.split("{{< var ")[1:]}
    assert used <= set(found)


def test_only_the_years_cases_go_into_the_bluebook():
    project = open_project()
    register = load(project)
    page = case_pages(project, 2024, register)["_cases.md"]
    assert page.count("{#sec-case-") == (~register["example"]).sum()
    assert "\n# " not in page and page.count("\n### 成效") == (~register["example"]).sum()
    assert "_sample.md" not in page and "engel" not in page
    assert "没有入选" in case_pages(project, 2023, register)["_cases.md"]


def test_the_case_book_lists_each_case_once():
    lines = "\n".join(case_list(load(open_project())))
    profile = (open_project().root / "_quarto-cases.yml").read_text(encoding="utf-8")
    chapters = yaml.safe_load(profile)["book"]["chapters"]
    listed = [c for part in chapters if isinstance(part, dict) for c in part["chapters"]]
    for path in load(open_project())["path"]:
        assert lines.count(path) == 1 and listed.count(path) == 1


def test_a_block_without_its_marks_is_refused():
    with pytest.raises(DataError, match="# places: begin"):
        profile_block("book:\n  chapters: []\n", "places", [])


def test_widths_of_a_table_are_the_authors():
    import pandas as pd

    text = table(pd.DataFrame({"名称": ["甲"], "数": ["1"]}), "表", "tbl-x", "sample", widths=(3, 5))
    assert text.splitlines()[1] == "|:---|-----:|"
    assert f": 表（{SAMPLE_MARK}） {{#tbl-x}}" in text
