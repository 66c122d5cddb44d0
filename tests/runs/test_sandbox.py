"""What a run may change: its own folder. The system holds it for programs and libraries too, where it can."""

import os
import tempfile
from pathlib import Path

import pytest
from tiny import make_project, write_notebook, write_table

from research import runs
from research.core.scope import Scope
from research.runs import sandbox

pytestmark = [
    pytest.mark.usefixtures("warm_parent"),
    pytest.mark.skipif(sandbox.version() < 6, reason="needs Linux 6.12 with Landlock"),
]

PROJECT = "import os, subprocess, sys\nroot = os.environ['BLUEBOOK_PROJECT']\n"
OUTSIDE = {
    "shell": "subprocess.run(['sh', '-c', 'echo x > $BLUEBOOK_PROJECT/made'], check=True)",
    "program": "subprocess.run([sys.executable, '-c', f'open({root!r} + \"/made\", \"w\")'], check=True)",
    "duckdb": "import duckdb\nduckdb.sql(f\"copy (select 1) to '{root}/made'\")",
    "parquet": "import pyarrow as pa, pyarrow.parquet as pq\npq.write_table(pa.table({'a': [1]}), f'{root}/made')",
    "moves": "os.rename(f'{root}/_quarto.yml', 'stolen')",
    "unreadable": "os.chmod(f'{root}/_quarto.yml', 0)",
    "parent": "os.kill(os.getppid(), 9)",
    "neighbours": "for name in filter(str.isdigit, os.listdir('/proc')):\n"
    "    if 'research.runs.worker' in open(f'/proc/{name}/cmdline').read():\n"
    "        os.kill(int(name), 9)",
}
INSIDE = """import os, subprocess, tempfile, socket
open('own.txt', 'w').write('x')
os.rename('own.txt', 'other.txt')
tempfile.TemporaryFile().write(b'x')
print(subprocess.run('echo hello > a; cat a', shell=True, capture_output=True, text=True).stdout)"""


@pytest.fixture
def outside():
    """A project that does not lie in the temporary folder, in which runs may write."""
    if not os.access("/var/tmp", os.W_OK):
        pytest.skip("no second temporary folder")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield make_project(Path(folder))


def test_nothing_outside_its_folder_is_changed_whatever_way_a_cell_takes(outside):
    for name, text in OUTSIDE.items():
        write_notebook(outside, name, PROJECT + text, kind="district")
    write_notebook(outside, "inside", INSIDE, kind="district")
    before = {p: p.read_bytes() for p in outside.root.rglob("*") if p.is_file()}
    report = runs.execute(runs.plan(Scope.of(outside, "2024")), jobs=2, retries=0, kernel="warm")
    ends = {r.theme: report.failures[r.name]["ename"] for r in report.failed}
    assert [r.theme for r in report.done] == ["inside"]
    assert ends == {
        "shell": "CalledProcessError",
        "program": "CalledProcessError",
        "duckdb": "IOException",
        **dict.fromkeys(("parquet", "moves", "unreadable", "parent", "neighbours"), "PermissionError"),
    }
    assert {p: p.read_bytes() for p in before} == before
    assert not (outside.root / "made").exists()


HARM = {
    "rmtree": "import shutil\nshutil.rmtree(data)",
    "shell": "import os\nassert os.system(f'rm -r {data}') == 0",
    "overwrites": "import pandas as pd\npd.DataFrame({'a': [1]}).to_csv(f'{data}/observations.csv')",
    "database": "import duckdb\nduckdb.sql(f\"copy (select 1) to '{data}/observations.csv'\")",
    "by chance": "import tempfile, os\n[os.remove(os.path.join(d, f)) for d, _, fs in os.walk(os.path.dirname(data)) "
    "for f in fs]",
}


@pytest.mark.parametrize("kernel", ["warm", pytest.param("plain", marks=pytest.mark.slow)])
def test_a_mistake_in_ones_own_notebook_leaves_the_data_whole_even_in_the_temporary_folder(tmp_path, kernel):
    project = make_project(tmp_path / "project")
    folder = tmp_path / "data of the centre"
    folder.mkdir()
    (folder / "observations.csv").write_text("place,value\n331003001,1\n", "utf-8")
    write_table(project, {"331003001": 1.0}, data=str(folder))
    for name, text in HARM.items():
        write_notebook(project, name.replace(" ", "-"), text, kind="district")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and "runs" not in p.parts}
    report = runs.execute(runs.plan(Scope.of(project, "2024", str(folder))), jobs=2, retries=0, kernel=kernel)
    assert len(report.failed) == len(HARM), [r.name for r in report.done]
    assert {p: p.read_bytes() for p in before if p.is_file()} == before


def test_without_landlock_there_is_the_hook_alone_and_nothing_breaks(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "darwin")
    assert sandbox.version() == 0 and sandbox.confine(["/tmp"]) == []
