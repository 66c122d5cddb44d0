"""Other tools on our kernels, and papermill's own notebooks on our engine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines
from papermill.execute import execute_notebook
from tiny import EAST, notebook, write_notebook

from research.runs.engine import PlainEngine, WarmEngine

THEIRS = Path(papermill.__file__).parent / "tests" / "notebooks"
QUICK = ("simple_execute", "sysexit", "sysexit0", "sysexit1", "broken1", "no_parameters")
SLOW = ("systemexit", "broken2", "line_magic_error", "keyboard_interrupt", "complex_parameters", "read_check",
        "test_logging", "nb_version_4.4", "result_no_exec", "report_mode_test")

pytestmark = pytest.mark.skipif(not THEIRS.is_dir(), reason="this papermill carries no tests")


def outcome(name, engine, tmp_path):
    """What papermill makes of one of its notebooks: the error it raises, and each cell's outputs."""
    papermill_engines.register("research-warm", WarmEngine)
    output = tmp_path / f"{engine}.ipynb"
    error = None
    try:
        execute_notebook(THEIRS / f"{name}.ipynb", output, {"msg": "hi"} if name == "simple_execute" else None,
                         engine_name=engine, kernel_name="python3", progress_bar=False, cwd=str(THEIRS))
    except Exception as caught:
        error = type(caught).__name__, getattr(caught, "ename", ""), getattr(caught, "evalue", "")
    cells = [(c.cell_type, c.get("execution_count"), c.metadata.get("papermill", {}).get("status"),
              [_plain(o) for o in c.get("outputs", [])]) for c in nbformat.read(output, 4).cells]
    return error, cells


def _plain(output):
    return {k: v for k, v in output.items() if k not in ("traceback", "metadata")}


def compare(name, tmp_path):
    ours = outcome(name, "research-warm", tmp_path)
    assert WarmEngine.now.client.forked
    assert ours == outcome(name, None, tmp_path)


@pytest.mark.parametrize("name", QUICK[:3])
def test_papermills_notebooks_end_as_under_papermill(name, tmp_path, warm_parent):
    compare(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK[3:] + SLOW)
def test_the_rest_of_papermills_notebooks_too(name, tmp_path, warm_parent):
    compare(name, tmp_path)


@pytest.fixture
def kernelspec(tmp_path, monkeypatch):
    """The kernelspec `research-warm` where Jupyter finds it, as an installation puts it."""
    installed = tmp_path / "installed"
    info = installed / "research_warm_for_tests-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: research-warm-for-tests\nVersion: 0\n")
    (info / "entry_points.txt").write_text(
        "[jupyter_client.kernel_provisioners]\nresearch-warm = research.runs.provisioner:WarmProvisioner\n"
        "[papermill.engine]\nresearch-warm = research.runs.engine:WarmEngine\n")
    monkeypatch.setenv("PYTHONPATH", str(installed))
    source = Path(sys.modules[PlainEngine.__module__].__file__).parent / "kernelspec"
    shutil.copytree(source, tmp_path / "jupyter" / "kernels" / "research-warm")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))


def test_nbval_checks_a_notebook_on_warm_kernels(kernelspec, tmp_path, warm_parent):
    book = notebook("print(place)", "1 + 1")
    printed = {"output_type": "stream", "name": "stdout", "text": "331003\n"}
    book["cells"][1].update(execution_count=2, outputs=[printed])
    path = tmp_path / "case.ipynb"
    path.write_text(json.dumps(book))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "nbval", "-p", "no:cacheprovider", "--nbval-lax",
               "--nbval-kernel-name", "research-warm", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=os.environ, timeout=100)
    assert done.returncode == 0 and "3 passed" in done.stdout, done.stdout + done.stderr


def test_papermills_command_runs_our_notebooks_on_warm_kernels(kernelspec, project, tmp_path, warm_parent):
    path, output = write_notebook(project, "income", "print(place)"), tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", str(path), str(output), "-r", "place", EAST, "--no-progress-bar",
               "--engine", "research-warm", "-k", "research-warm"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=100)
    assert done.returncode == 0, done.stderr
    assert nbformat.read(output, 4).cells[-1].outputs[0].text == f"{EAST}\n"
