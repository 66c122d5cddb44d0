"""A run of own data named by a relative path: the kernel finds the folder, the record keeps the name."""

from tiny import DISTRICT, EAST, write_notebook

from research import runs
from research.core.scope import Scope
from research.runs import read_record


def test_a_relative_name_reaches_the_kernel_as_the_folder_it_means(project, monkeypatch, tmp_path):
    own = project.root / "data" / "own"
    own.mkdir()
    (own / "observations.csv").write_text(f"place,value\n{EAST},41\n", "utf-8")
    monkeypatch.chdir(project.root)
    scope = Scope.of(project, 2024, "data/own")
    scope.results.mkdir(parents=True)
    for path in Scope.of(project, 2024).results.iterdir():
        path.rename(scope.results / path.name)
    shown = "from pathlib import Path\nprint(data, (Path(data) / 'observations.csv').read_text())"
    write_notebook(project, "targets", shown, kind="district")
    report = runs.execute(runs.plan(scope), jobs=1, kernel="plain")
    assert not report.failed, report.recap()
    path = project.reports / "runs" / "own" / "2024" / "targets" / f"{DISTRICT}.ipynb"
    text = path.read_text("utf-8")
    assert f"{EAST},41" in text and str(project.root) not in text
    assert read_record(path)["parameters"]["data"] == "data/own"
    monkeypatch.chdir(tmp_path)
    assert not runs.plan(Scope.of(project, 2024, "own")).stale
    assert not runs.plan(Scope.of(project, 2024, own)).stale
