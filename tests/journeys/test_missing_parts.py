"""Every optional file, and every optional year of one, may be missing: the book says so and stands.

The tables of indicators and index are made once; what a removed file changes is made anew for each combination.
"""

import shutil
from importlib import import_module
from itertools import combinations
from unittest import mock

import pandas as pd
import pytest

from research import open_edition
from research.core.scope import Project, Scope
from research.indicators import check
from tests.support import notebooks
from tests.support.years import ROOT, built, project_until

YEAR = 2024
WHOLE = ("demands", "tasks", "aspects", "target-values")
PARTS = (*WHOLE, "demands:year", "aspects:year", "target-values:year", "demands:places", "aspects:places")
AFFECTED = ("targets", "portraits", "governance", "quality")
SAYS = {"demands": "诉求", "tasks": "任务"}  # what the sentences of absence name


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    project = project_until(tmp_path_factory.mktemp("parts") / "p", YEAR, households=False)
    return project, built(project, YEAR)._tables


def without(project, folder, parts):
    """A data folder that lacks some parts: a file, a file's rows of the year, or its rows of places."""
    shutil.copytree(
        project.root / "data" / "sample",
        folder,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("*.py", "source", "mappings", "__pycache__"),
    )
    for part in parts:
        name, _, what = part.partition(":")
        path = folder / f"{name}.csv"
        if not what:
            path.unlink(missing_ok=True)
        elif path.is_file():
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            place = frame["unit"] if "unit" in frame else frame["place"]
            kept = frame["year"] != str(YEAR) if what == "year" else ~place.str.startswith("3310030")
            frame[kept].to_csv(path, index=False)
    return folder


def stands(project, tables, folder, places):
    """The edition's own steps and notebooks on this data; every text of every output."""
    assert check(Scope.of(project, YEAR, str(folder))) == []
    book = open_edition(str(YEAR), data=str(folder), project=project)
    book.add_tables(tables)
    book.add_tables(import_module("research.assessment").build(book))
    texts = {}
    with (
        mock.patch("research.figures.display._settle"),
        mock.patch("research.figures.display._source_line"),
        mock.patch("research.figures.display.to_png", lambda figure: ""),
        mock.patch("research.figures.display.to_svg", lambda figure: ""),
    ):
        for name in AFFECTED:
            for place in places if name == "governance" else [None]:
                for label, (bundle, facts) in notebooks.outputs(name, book, place).items():
                    texts[label, place] = bundle.get("text/markdown", "") + facts.get("alt", "")
    from research.edition import summary

    texts |= {(name, None): text for name, text in summary.edition_tables(book).items()}
    for key, text in texts.items():
        assert "nan" not in text.lower() and "None" not in text, key
    return texts


@pytest.mark.parametrize(
    "part", ["demands", *(pytest.param(p, marks=pytest.mark.slow) for p in ("tasks", "aspects:year"))]
)
def test_one_part_is_missing(shared, tmp_path, part):
    project, tables = shared
    texts = stands(project, tables, without(project, tmp_path / "d", [part]), [None])
    if part in SAYS:
        told = "".join(t for (label, _), t in texts.items() if label.startswith(("text-", "fig-", "tbl-")))
        assert f"{SAYS[part]}" in told and ("暂无" in told or "没有" in told)


@pytest.mark.slow
@pytest.mark.parametrize("parts", [*((p,) for p in PARTS), *combinations(PARTS, 2), WHOLE], ids="+".join)
def test_parts_are_missing(shared, tmp_path, parts):
    project, tables = shared
    stands(project, tables, without(project, tmp_path / "d", parts), [None, "331003101"])


GAPS = ("income_gap", "regional_gap", "urban_rural_gap", "income", "index", "quality")


@pytest.mark.slow
@pytest.mark.parametrize(
    "gone",
    [(YEAR,), (YEAR - 2,), (YEAR - 3, YEAR - 1), tuple(range(YEAR - 3, YEAR + 1))],
    ids=lambda years: "-".join(map(str, years)),
)
def test_years_of_the_survey_are_missing(tmp_path, gone):
    """The newest, one between, two that do not follow each other, all of them: the gaps' chapters stand."""
    root = tmp_path / "p"
    for name in ("reference", "sample"):
        shutil.copytree(
            ROOT / "data" / name,
            root / "data" / name,
            ignore=shutil.ignore_patterns("__pycache__", *(f"households-{year}.csv" for year in gone)),
        )
    (root / "_quarto.yml").write_text("project: {type: book}\n", "utf-8")
    project = Project(root)
    assert check(Scope.of(project, YEAR)) == []
    book = built(project, YEAR)
    with (
        mock.patch("research.figures.display._settle"),
        mock.patch("research.figures.display._source_line"),
        mock.patch("research.figures.display.to_png", lambda figure: ""),
        mock.patch("research.figures.display.to_svg", lambda figure: ""),
    ):
        for name in GAPS:
            for place in (None, "331003101") if name == "income" else (None,):
                for label, (bundle, facts) in notebooks.outputs(name, book, place).items():
                    text = bundle.get("text/markdown", "") + facts.get("alt", "")
                    assert "nan" not in text.lower() and "None" not in text, (name, label, text[:200])
