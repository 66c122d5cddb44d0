"""A copy of the project in which the real notebooks are run: runs of a test never touch the real ones."""

import shutil
from pathlib import Path

import pytest

from research.core.scope import Project, Scope, open_project

EDITION = "2024"


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """The package's code counts as unchanged while a test runs, even when someone is working on it."""
    from research.runs import inputs

    monkeypatch.setattr(inputs, "code_hash", lambda **_: "code")


@pytest.fixture(scope="session")
def real():
    """The project the tests stand in."""
    return open_project(Path(__file__))


@pytest.fixture(scope="session")
def project(real, tmp_path_factory):
    """A project with the real reference tables, sample data, notebooks and built tables."""
    from research.edition.build import build_edition, is_built

    root = tmp_path_factory.mktemp("project").resolve()
    for name in ("data/reference", "data/sample", "notebooks"):
        shutil.copytree(real.root / name, root / name)
    shutil.copy(real.root / "_quarto.yml", root)
    made = Project(root)
    if is_built(Scope.of(real, EDITION)):
        shutil.copytree(Scope.of(real, EDITION).results, Scope.of(made, EDITION).results)
    else:
        build_edition(Scope.of(made, EDITION))
    return made
