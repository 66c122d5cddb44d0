"""The stage is laid out once, and again when something that it reads has changed."""

import os

import pytest

from research import open_project
from research.core.scope import Scope
from research.edition import stage_fresh


@pytest.fixture
def project(tmp_path):
    for folder in ("data/reference", "data/sample", "reports/cases", "reports/runs/book", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "_quarto.yml").write_text("project:\n  type: book\n")
    (tmp_path / "data/sample/observations.csv").write_text("place\n")
    (tmp_path / "reports/cases/lamp.qmd").write_text("text\n")
    return open_project(tmp_path)


@pytest.fixture
def laid(monkeypatch, project):
    calls = []

    def lay_out(scope, edition=None):
        calls.append(scope)
        (scope.stage / "economy.ipynb").write_text("{}")

    monkeypatch.setattr(stage_fresh, "stage", lay_out)
    return calls


def later(path, text):
    path.write_text(text)
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 5_000_000_000))


@pytest.mark.parametrize(
    "changed",
    [
        "data/sample/observations.csv",
        "reports/cases/lamp.qmd",
        "_quarto.yml",
        "reports/runs/book/economy.ipynb",
        "reports/runs/2024/new.ipynb",
    ],
)
def test_a_change_of_anything_it_reads_lays_it_out_again(project, laid, changed):
    assert stage_fresh.ensure(Scope.of(project, 2024)) and not stage_fresh.ensure(Scope.of(project, 2024))
    (project.root / changed).parent.mkdir(exist_ok=True)
    later(project.root / changed, "other\n")
    assert stage_fresh.ensure(Scope.of(project, 2024)) and len(laid) == 2
    assert not stage_fresh.ensure(Scope.of(project, 2024))


def test_another_edition_or_a_lost_file_lays_it_out_again(project, laid):
    stage_fresh.ensure(Scope.of(project, 2024))
    assert stage_fresh.ensure(Scope.of(project, 2023))
    (project.stage / "economy.ipynb").unlink()
    assert stage_fresh.ensure(Scope.of(project, 2023)) and len(laid) == 3
