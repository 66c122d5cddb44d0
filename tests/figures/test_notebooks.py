"""The templates as files: stripped, parameterised, labelled once, and free of arithmetic."""

import ast
import re

import nbformat
import pytest

from research import open_project
from research.core.scope import THEMES, Scope

FOLDER = open_project().notebooks
TEMPLATES = sorted([*FOLDER.glob("themes/*.ipynb"), *FOLDER.glob("district/*.ipynb")])
CALLS = {"fig": "show", "tbl": "table", "text": "say"}


def cells(path):
    return [c for c in nbformat.read(path, 4)["cells"] if c["cell_type"] == "code"]


def label(cell):
    found = re.search(r"^#\| label: (\S+)$", cell["source"], re.MULTILINE)
    return found[1] if found else None


def test_there_is_a_template_for_every_theme():
    assert {p.stem for p in TEMPLATES if p.parent.name == "themes"} == set(THEMES)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.stem)
def test_templates_are_stripped_and_take_the_three_parameters(path):
    notebook = nbformat.read(path, 4)
    first = cells(path)[0]
    assert first["metadata"]["tags"] == ["parameters"]
    assert [line.split(" = ")[0] for line in first["source"].splitlines()] == ["edition", "place", "data"]
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert all(not c["outputs"] and c["execution_count"] is None for c in cells(path))
    assert not re.search(r"kernel-|cell-\d", " ".join(c["id"] for c in notebook["cells"]))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.stem)
def test_cells_only_call_and_show(path):
    kinds = []
    for cell in cells(path)[2:]:
        tree = ast.parse(cell["source"])
        banned = (ast.BinOp, ast.For, ast.comprehension, ast.Compare, ast.If)
        wrong = [n for n in ast.walk(tree) if isinstance(n, banned)]
        assert not wrong, cell["source"]
        kind, slug = label(cell).split("-")[0], path.stem.replace("_", "-")
        assert label(cell).startswith(f"{kind}-{slug}-")
        assert f"figures.{CALLS[kind]}(view." in cell["source"]
        assert kind == "text" or re.search(rf'^#\| {kind}-cap: "[^"]+"$', cell["source"], re.MULTILINE)
        kinds.append(kind)
    assert kinds.count("fig") >= 2 and "tbl" in kinds and "text" in kinds, "two figures, a table and sentences"


def test_labels_are_unique_over_all_templates():
    labels = [label(c) for p in TEMPLATES for c in cells(p)[2:]]
    assert len(labels) == len(set(labels))


@pytest.mark.slow
@pytest.mark.parametrize("place", ["331003", "331003101", "331003202"])
@pytest.mark.parametrize("theme", ["income", "governance"])
def test_templates_run_under_papermill(theme, place, tmp_path):
    papermill = pytest.importorskip("papermill")
    if not (Scope.of(open_project(), 2024).results / "manifest.json").is_file():
        pytest.skip("the edition is not built: run `bluebook build`")
    done = papermill.execute_notebook(FOLDER / f"themes/{theme}.ipynb", tmp_path / "out.ipynb", {"place": place},
                                      progress_bar=False)  # fmt: skip
    for cell in done["cells"]:
        if cell["cell_type"] == "code" and "label:" in cell["source"]:
            (output,) = cell["outputs"]
            assert output["metadata"]["bluebook"]["status"] == "sample"
            kind = "image/svg+xml" if "fig-" in cell["source"] else "text/markdown"
            assert output["data"][kind]
