"""A small project of its own for each test: reference tables by link, a few hundred rows of data."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from research.core.scope import Project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def project():
    return Project(ROOT)


@pytest.fixture(scope="session")
def small_rows():
    """Every table of the sample, cut down to two places and two years."""
    sample, keep = ROOT / "data" / "sample", ("331003", "331003001", "331003200")
    frames = {}
    for path in sorted(sample.glob("*.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "place" in frame and path.stem != "tasks":
            frame = frame[frame["place"].isin(keep)]
        frames[path.name] = frame.reset_index(drop=True)
    return frames


@pytest.fixture
def small(tmp_path, small_rows):
    """A data folder to spoil; `.data` is its path as --data takes it."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, frame in small_rows.items():
        if name not in ("households-2021.csv", "households-2022.csv"):
            frame.to_csv(folder / name, index=False, lineterminator="\n")
    shutil.copy(ROOT / "data" / "sample" / "meta.yml", folder)
    return folder


@pytest.fixture
def own_project(tmp_path):
    """A project whose reference tables and data may be changed."""
    root = tmp_path / "project"
    shutil.copytree(ROOT / "data" / "reference", root / "data" / "reference")
    (root / "_quarto.yml").write_text("project: {type: book}\n")
    return Project(root)
