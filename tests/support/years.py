"""A project with the sample's data carried on for further years: made by the sample's own generator, never kept."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def project_until(root, last, households=True):
    """A project in `root` with the reference tables and the sample from 2021 to `last`.

    Parameters
    ----------
    root : Path
        An empty folder.
    last : int
        Last year of the data.
    households : bool
        False leaves the household files out: a build then takes seconds.

    Returns
    -------
    Project
    """
    from research.core.scope import Project

    shutil.copytree(ROOT / "data" / "reference", root / "data" / "reference")
    shutil.copytree(
        ROOT / "data" / "sample", root / "data" / "sample", ignore=shutil.ignore_patterns("households-*", "__pycache__")
    )
    (root / "_quarto.yml").write_text("project: {type: book}\n", "utf-8")
    generate(root, last, households)
    return Project(root)


def generate(root, last, households=True):
    """Make the sample of a project anew, up to `last`."""
    spec = importlib.util.spec_from_file_location("sample_until", root / "data" / "sample" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.YEARS = tuple(range(2021, last + 1))
    if not households:
        module.households = lambda place, year, villages: []
        write = module.write
        module.write = lambda folder, name, rows: write(folder, name, rows) if rows else None
    module.generate(root / "data" / "sample")


def built(project, edition, data="sample"):
    """An edition with its tables made in memory."""
    from importlib import import_module

    from research import open_edition

    book = open_edition(str(edition), data=data, project=project)
    for step in ("indicators", "composite", "assessment"):
        book.add_tables(import_module(f"research.{step}").build(book))
    return book
