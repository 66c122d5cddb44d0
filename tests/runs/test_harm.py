"""What cells may do to others, and what comes in from outside: named ends, bounded memory, nobody else harmed."""

import json
import os
import subprocess
import sys

import pytest
from test_interrupted import marked
from tiny import DISTRICT, EAST, SHOW, WEST, write_notebook, write_table

from research import runs
from research.core.scope import Scope
from research.errors import DataError, UsageError

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")


@linux
def test_what_a_cell_has_forked_ends_with_its_run(project, monkeypatch, warm_parent):
    token = f"BB_TEST={project.root}"
    monkeypatch.setenv("BB_TEST", str(project.root))
    write_notebook(
        project,
        "forks",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)",
        "print('whole')",
        kind="district",
    )
    write_notebook(project, "income", SHOW)
    report = runs.execute(runs.plan(Scope.of(project, "2024")), jobs=2, kernel="warm", limits={"cell": 10})
    assert not report.failed and len(report.done) == 4, report.recap()
    assert "whole" in (Scope.of(project, "2024").runs / "forks" / f"{DISTRICT}.ipynb").read_text()
    assert [pid for pid in marked(token) if pid != os.getpid()] == []


MANY = """
import json, resource, sys
from research import runs
from research.core.scope import Scope, open_project
report = runs.execute(runs.plan(Scope.of(open_project(sys.argv[1]), "2024")), jobs=2, retries=0, kernel="plain")
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([{n: f["ename"] for n, f in report.failures.items()}, [r.name for r in report.done], peak]))
"""


@pytest.mark.slow
def test_a_hundred_million_characters_end_by_name_in_bounded_memory(project):
    write_notebook(project, "lines", "for _ in range(100_000):\n    print('x' * 1000)", "2", kind="district")
    write_notebook(project, "lump", "print('x' * 100_000_000)", "2", kind="district")
    write_notebook(project, "shows", "'x' * 100_000_000", "2", kind="district")
    write_notebook(project, "income", SHOW)
    done = subprocess.run([sys.executable, "-c", MANY, str(project.root)], capture_output=True, text=True, timeout=200)
    ends, whole, peak = json.loads(done.stdout.splitlines()[-1])
    assert ends == {f"{n}/{DISTRICT}": "OutputLimit" for n in ("lines", "lump", "shows")}
    assert sorted(whole) == [f"income/{p}" for p in (DISTRICT, EAST, WEST)]
    assert peak < 1_200_000_000  # the largest process: 100 million characters a few times over, not without bound
    for name in ("lines", "lump", "shows"):
        kept = Scope.of(project, "2024").runs / name / f"{DISTRICT}.failed.ipynb"
        assert kept.stat().st_size < 21_000_000


@pytest.mark.parametrize("name", ['a"; import os; os.abort(); "', "back\\slash {{x}} it's"])
def test_a_data_folder_named_like_code_stays_a_name(project, name, tmp_path, warm_parent):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "observations.csv").write_text(f"place,value\n{EAST},1\n", "utf-8")
    write_notebook(
        project, "targets", "from pathlib import Path\nprint([p.name for p in Path(data).iterdir()])", kind="district"
    )
    write_table(project, {EAST: 1.0}, data=str(folder))
    report = runs.execute(runs.plan(Scope.of(project, "2024", str(folder))), jobs=1, kernel="warm")
    assert not report.failed, report.recap()
    assert "observations.csv" in report.done[0].path.read_text("utf-8")


@pytest.mark.parametrize("name", ["../../etc/nowhere", "/no/such/folder", "a\nb", "", "x\0y"])
def test_a_data_folder_that_is_none_is_refused_before_anything(project, name):
    write_notebook(project, "targets", "1", kind="district")
    with pytest.raises((DataError, UsageError)):
        runs.plan(Scope.of(project, "2024", name))


@pytest.mark.parametrize("edition", ["../2024", "/etc", "2024\n", "2024'; import os", "20 24", "二〇二四"])
def test_an_edition_that_would_escape_is_refused_before_anything(project, edition):
    write_notebook(project, "targets", "1", kind="district")
    with pytest.raises((DataError, UsageError)):
        runs.plan(Scope.of(project, edition))
    assert not Scope.of(project, "2024").runs.exists()


def test_a_place_file_that_would_escape_writes_nowhere_else(project):
    """Place codes come from a table people edit: one that is a path must be refused, not followed."""
    (project.reference / "places.csv").write_text("code,name\n../../../../escaped,东城街道\n", "utf-8")
    write_notebook(project, "income", "1")
    with pytest.raises(DataError, match="digits, as '331003'"):
        runs.plan(Scope.of(project, "2024"))
