"""A new district's project, and how later versions of the program come into it."""

import json

import pytest
import yaml

from research.core.faults import DataError
from research.core.scope import Project
from research.starter import layout as module
from research.starter import new_district, sources, upgrade
from research.starter.layout import STAMP, words_of

WORDS = words_of(
    "乌有县",
    "990199",
    plan="乌有县共同富裕规划",
    start=2026,
    end=2030,
    milestones=(2028, 2030),
    places=("天字街道", "荒字乡"),
)


@pytest.fixture
def project(tmp_path):
    new_district(tmp_path / "mine", WORDS)
    return Project(tmp_path / "mine")


def edition_of_program(monkeypatch, changed):
    """A later version of the program, in which the named files differ."""
    real = module.project_files

    def later(words):
        return real(words) | changed

    monkeypatch.setattr(module, "project_files", later)
    monkeypatch.setattr("research.starter.renewal.project_files", later)


def test_the_project_holds_all_that_the_commands_need(project):
    held = {p.relative_to(project.root).as_posix() for p in project.root.rglob("*") if p.is_file()}
    assert {
        "_quarto.yml",
        "_quarto-bluebook.yml",
        "_quarto-cases.yml",
        "index.qmd",
        "Makefile",
        "README.zh-CN.md",
        "data/reference/district.yml",
        "data/reference/indicators.csv",
        "data/own/observations.csv",
        "notebooks/themes/income.ipynb",
        "notebooks/district/targets.ipynb",
        "reports/bluebook/_place.qmd",
        "reports/theme/references.bib",
    } <= held
    about = yaml.safe_load((project.reference / "district.yml").read_text("utf-8"))
    assert about["name"] == "乌有县" and about["plans"][0]["milestones"] == [2028, 2030]
    assert (project.reference / "places.csv").read_text("utf-8") == "code,name\n990199001,天字街道\n990199002,荒字乡\n"


def test_the_readme_lists_files_that_are_there(project):
    text = (project.root / "README.zh-CN.md").read_text("utf-8")
    table = text[text.index("## 要填的表") : text.index("### indicators.csv")]
    listed = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert len(listed) == 9 and all((project.root / name).is_file() for name in listed) and "@@" not in text


def test_a_folder_with_files_is_refused_and_stays(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("x")
    with pytest.raises(DataError, match="an empty folder"):
        new_district(tmp_path / "mine", WORDS)
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "a.txt"]


def test_an_upgrade_replaces_what_stands_as_it_was_laid_out(project, monkeypatch):
    edition_of_program(monkeypatch, {"index.qmd": b"new", "reports/bluebook/extra.qmd": b"added"})
    done = upgrade(project)
    assert done.replaced == ["index.qmd"] and done.added == ["reports/bluebook/extra.qmd"] and done.beside == []
    assert (project.root / "index.qmd").read_bytes() == b"new"
    assert upgrade(project).replaced == []


def test_an_upgrade_never_touches_an_edited_file(project, monkeypatch):
    chapter = project.root / "reports" / "bluebook" / "income.qmd"
    chapter.write_text("my own words", "utf-8")
    edition_of_program(monkeypatch, {"reports/bluebook/income.qmd": b"the program's new words"})
    done = upgrade(project)
    assert done.beside == ["reports/bluebook/income.qmd"] and "income.qmd.new" in done.describe()
    assert chapter.read_text("utf-8") == "my own words"
    assert (chapter.parent / "income.qmd.new").read_bytes() == b"the program's new words"


def test_an_edit_that_the_program_did_not_touch_is_no_conflict(project):
    (project.root / "index.qmd").write_text("mine", "utf-8")
    done = upgrade(project)
    assert done.beside == done.replaced == [] and (project.root / "index.qmd").read_text("utf-8") == "mine"


def test_a_file_deleted_by_hand_stays_away(project):
    (project.root / "notebooks" / "explore" / "sql.ipynb").unlink()
    assert upgrade(project).added == [] and not (project.root / "notebooks" / "explore" / "sql.ipynb").exists()


def test_tables_and_data_are_never_part_of_an_upgrade(project, monkeypatch):
    edition_of_program(monkeypatch, {"data/reference/settings.yml": b"{}", "data/own/observations.csv": b""})
    before = (project.reference / "settings.yml").read_bytes()
    done = upgrade(project)
    assert done.replaced == done.beside == [] and (project.reference / "settings.yml").read_bytes() == before


def test_the_stages_own_lines_are_no_edit(project, monkeypatch):
    profile = project.root / "_quarto-bluebook.yml"
    made = "- reports/runs/book/place-990199001.qmd\n        # places: end"
    text = profile.read_text("utf-8").replace("# places: end", made)
    profile.write_text(text, "utf-8")
    edition_of_program(monkeypatch, {"_quarto-bluebook.yml": b"new"})
    assert upgrade(project).replaced == ["_quarto-bluebook.yml"]


def test_a_dry_run_writes_nothing(project, monkeypatch):
    edition_of_program(monkeypatch, {"index.qmd": b"new"})
    before = {p: p.read_bytes() for p in project.root.rglob("*") if p.is_file()}
    assert upgrade(project, dry_run=True).replaced == ["index.qmd"]
    assert before == {p: p.read_bytes() for p in project.root.rglob("*") if p.is_file()}


def test_a_project_without_the_record_is_refused(project):
    (project.root / STAMP).unlink()
    with pytest.raises(DataError, match="new district"):
        upgrade(project)


def test_the_record_names_no_path(project):
    record = json.loads((project.root / STAMP).read_text("utf-8"))
    assert set(record) == {"version", "words", "files"} and not any(n.startswith("/") for n in record["files"])


def test_what_a_wheel_packs_is_what_a_clone_has(tmp_path):
    packed = sources.files()
    assert {"index.qmd", "_quarto.yml", "reports/bluebook/_place.qmd"} <= set(packed)
    assert not [n for n in packed if n.startswith(("reports/runs", "reports/output", "data/sample"))]
