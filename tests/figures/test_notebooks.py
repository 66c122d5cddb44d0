"""The templates as files: stripped, parameterised, labelled once, short, and free of arithmetic."""

import ast
import re

import nbformat
import pytest

from research import open_project
from research.core.scope import Scope
from research.indicators.reference.reference import themes

FOLDER = open_project().notebooks
TEMPLATES = sorted([*FOLDER.glob("themes/*.ipynb"), *FOLDER.glob("district/*.ipynb")])
CALLS = {"fig": {"show"}, "tbl": {"table", "show"}, "text": {"say", "argue"}}


def cells(path):
    return [c for c in nbformat.read(path, 4)["cells"] if c["cell_type"] == "code"]


def label(cell):
    found = re.search(r"^#\| label: (\S+)$", cell["source"], re.MULTILINE)
    return found[1] if found else None


def test_there_is_a_template_for_every_theme():
    assert {p.stem for p in TEMPLATES if p.parent.name == "themes"} == set(themes(open_project()))


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
def test_a_cell_is_short_and_holds_no_arithmetic(path):
    """What is computed is computed in the package: a cell names data, measure, chart and words."""
    kinds = []
    for cell in cells(path)[1:]:
        body = [line for line in cell["source"].splitlines() if line.strip() and not line.startswith("#|")]
        assert len(body) <= 10 and max(map(len, body)) <= 120, cell["source"]
        banned = (ast.BinOp, ast.For, ast.While, ast.comprehension, ast.If, ast.IfExp, ast.FunctionDef)
        wrong = [n for n in ast.walk(ast.parse(cell["source"])) if isinstance(n, banned)]
        assert not wrong, cell["source"]
        if not label(cell):
            continue
        kind, slug = label(cell).split("-")[0], path.stem.replace("_", "-")
        assert label(cell).startswith(f"{kind}-{slug}-")
        assert CALLS[kind] & called(cell), cell["source"]
        assert kind == "text" or re.search(rf'^#\| {kind}-cap: "[^"]+"$', cell["source"], re.MULTILINE)
        kinds.append(kind)
    if path.stem == "general":  # argues from what the other notebooks show
        assert len(kinds) >= 5 and set(kinds) == {"text"}
        return
    figures = 1 if path.stem == "pairs" else 2  # a register of pairs has the two groups' paths to show
    assert kinds.count("fig") >= figures and "tbl" in kinds and "text" in kinds, "figures, a table and sentences"


def called(cell):
    """Names of the functions that a cell calls at its outermost."""
    lines = [n.value for n in ast.parse(cell["source"]).body if isinstance(n, ast.Expr)]
    return {ast.unparse(n.func).rpartition(".")[2] for n in lines if isinstance(n, ast.Call)}


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.parent.name == "themes"], ids=lambda p: p.stem)
def test_a_theme_says_before_each_figure_what_question_it_answers(path):
    """Stripped, a notebook can be read: each heading asks; no view stands between the reader and the data."""
    notebook = nbformat.read(path, 4)
    headings = [c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown"]
    assert len(headings) >= 6
    assert sum("？" in text for text in headings) >= len(headings) - 2
    code = "\n".join(c["source"] for c in cells(path))
    assert "view." not in code and "figures." not in code
    assert "from research import charts, extrapolate, open_edition, say, show" in code


def test_labels_are_unique_over_all_templates():
    labels = [label(c) for p in TEMPLATES for c in cells(p)[1:] if label(c)]
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
