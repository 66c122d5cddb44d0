"""Papermill's own notebooks on our engine: each of them ends as under papermill's, errors included."""

import re
import shutil
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines
from papermill.execute import execute_notebook

from research.runs.engine import WarmEngine

THEIRS = Path(papermill.__file__).parent / "tests" / "notebooks"
ALL = sorted(p.relative_to(THEIRS).as_posix() for p in THEIRS.rglob("*.ipynb"))
QUICK = ("simple_execute.ipynb", "sysexit.ipynb", "no_parameters.ipynb")
UNLIKE = {}
"""Notebooks that may end otherwise than under papermill, with the reason: none."""

pytestmark = pytest.mark.skipif(not THEIRS.is_dir(), reason="this papermill carries no tests")


@pytest.fixture
def theirs(tmp_path):
    """A copy of papermill's notebooks where it has them: one of them runs papermill from its own folder."""
    folder = tmp_path / "papermill" / "tests" / "notebooks"
    shutil.copytree(THEIRS, folder)
    return folder


def outcome(path, engine, output):
    """What papermill makes of one of its notebooks: the error it raises, and each cell's outputs."""
    papermill_engines.register("research-warm", WarmEngine)
    error, WarmEngine.now.client = None, None
    try:
        execute_notebook(
            path,
            output,
            {"msg": "hi"} if path.stem == "simple_execute" else None,
            engine_name=engine,
            progress_bar=False,
            cwd=str(path.parent),
        )
    except Exception as caught:
        error = type(caught).__name__, getattr(caught, "ename", ""), _timeless(str(getattr(caught, "evalue", "")))
    if not output.exists():
        return error, None
    cells = [
        (
            c.cell_type,
            c.get("execution_count"),
            c.metadata.get("papermill", {}).get("status"),
            [_plain(o) for o in _joined(c.get("outputs", []))],
        )
        for c in nbformat.read(output, 4).cells
    ]
    return error, cells


def _plain(output):
    return {
        k: _timeless(v) if isinstance(v, str) else v for k, v in output.items() if k not in ("traceback", "metadata")
    }


def _joined(outputs):
    """Pieces of one stream as one: how it was cut is a matter of moments."""
    joined = []
    for output in outputs:
        if joined and output["output_type"] == "stream" and joined[-1].get("name") == output["name"]:
            joined[-1] = {**output, "text": joined[-1]["text"] + output["text"]}
        else:
            joined.append(output)
    return joined


def _timeless(text):
    """Without the progress bar's clock and the numbers of a process."""
    text = re.sub(r"Executing:[^\r\n]*[\r\n]?", "", text)
    return re.sub(r"\b\d{3,}\b|\d\d:\d\d:\d\d", "N", text).strip("\r\n")


def compare(theirs, name, tmp_path):
    error, cells = outcome(theirs / name, "research-warm", tmp_path / "ours.ipynb")
    client = WarmEngine.now.client
    assert client is None or client.forked or not any(count for _, count, *_ in cells)
    assert (error, cells) == outcome(theirs / name, None, tmp_path / "papermills.ipynb")
    return error, client


def test_papermill_carries_the_notebooks_that_are_compared_here():
    assert len(ALL) >= 24 and set(QUICK) <= set(ALL) and not UNLIKE


@pytest.mark.parametrize("name", QUICK)
def test_papermills_notebooks_end_as_under_papermill(name, theirs, tmp_path, warm_parent):
    error, client = compare(theirs, name, tmp_path)
    assert client.forked and error is None


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in ALL if n not in QUICK])
def test_the_rest_of_papermills_notebooks_too(name, theirs, tmp_path, warm_parent):
    compare(theirs, name, tmp_path)
