"""The project, and a copy whose reference tables may be spoilt."""

import shutil
from pathlib import Path

import pytest

from research.core.scope import Project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def project():
    return Project(ROOT)


@pytest.fixture
def own_project(tmp_path):
    root = tmp_path / "project"
    shutil.copytree(ROOT / "data" / "reference", root / "data" / "reference")
    (root / "_quarto.yml").write_text("project: {type: book}\n")
    return Project(root)
