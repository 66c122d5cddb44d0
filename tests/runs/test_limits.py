"""Hostile notebooks: each ends with a name, and nothing else is harmed."""

import os
import time

import pytest
from tiny import DISTRICT, EAST, SHOW, write_notebook

from research import runs
from research.core.scope import Scope

pytestmark = pytest.mark.usefixtures("warm_parent")

HOSTILE = {
    "leaves": ("import sys\nsys.exit(3)", "SystemExit"),
    "leaves_well": ("import sys\nsys.exit()", "SystemExit"),
    "vanishes": ("import os\nos._exit(0)", "KernelDied"),
    "kills": ("import os\nos.kill(os.getpid(), 9)", "KernelDied"),
    "prints": ("for _ in range(100_000):\n    print('x' * 1000)", "OutputLimit"),
    "sleeps": ("import time\ntime.sleep(600)", "Timeout"),
    "spins": ("while True: pass", "Timeout"),
    "hoards": ("held = [bytearray(50_000_000) for _ in range(100)]", "MemoryError"),
    "writes": (
        "import os\nopen(os.environ['BLUEBOOK_PROJECT'] + '/data/reference/places.csv', 'w')",
        "PermissionError",
    ),
    "removes": ("import os\nos.remove(os.environ['BLUEBOOK_PROJECT'] + '/_quarto.yml')", "PermissionError"),
    "asks": ("input('name?')", "StdinNotImplementedError"),
    "broken": ("def (", "SyntaxError"),
}


def test_each_hostile_notebook_ends_by_name_and_the_good_ones_are_done(project):
    for name, (source, _) in HOSTILE.items():
        write_notebook(project, name, "1", source, "print('after')", kind="district")
    write_notebook(project, "income", SHOW)
    started = time.monotonic()
    report = runs.execute(
        runs.plan(Scope.of(project, "2024")),
        jobs=4,
        retries=0,
        limits={"cell": 4, "run": 20, "output": 2_000_000, "memory": 300_000_000},
    )
    assert time.monotonic() - started < 60
    ends = {r.theme: report.failures[r.name]["ename"] for r in report.failed}
    assert ends == {name: end for name, (_, end) in HOSTILE.items()}
    assert len(report.done) == 3
    assert all(report.failures[f"{name}/{DISTRICT}"]["cell"] == 3 for name in HOSTILE), report.recap()
    assert (project.root / "_quarto.yml").read_text()
    assert "东城街道" in (project.reference / "places.csv").read_text("utf-8")


def test_a_notebook_that_forks_ends_and_leaves_no_process(project):
    write_notebook(
        project,
        "forks",
        "import os\nos.environ['BB'] = '1'\nif os.fork() == 0:\n    import time\n    time.sleep(600)",
        "print(1)",
        kind="district",
    )
    report = runs.execute(runs.plan(Scope.of(project, "2024")), jobs=1, limits={"cell": 5})
    assert len(report.done) + len(report.failed) == 1


def test_the_runs_limit_counts_over_its_cells(project):
    write_notebook(project, "slow", *["import time\ntime.sleep(0.8)"] * 6, kind="district")
    report = runs.execute(runs.plan(Scope.of(project, "2024")), jobs=1, limits={"cell": 3, "run": 2})
    assert report.failures[f"slow/{DISTRICT}"]["ename"] == "Timeout"
    assert 3 <= report.failures[f"slow/{DISTRICT}"]["cell"] <= 4


def test_a_kernel_that_died_once_is_tried_again(project, tmp_path):
    flag = tmp_path / "flag"  # set from here: a run writes in its own folder only
    write_notebook(
        project,
        "shy",
        f"import os\nif not os.path.exists({str(flag)!r}):\n    os._exit(1)",
        "print('at last')",
        kind="district",
    )
    events = []

    def progress(event):
        events.append(event)
        if event.kind == "retry":
            flag.touch()

    report = runs.execute(runs.plan(Scope.of(project, "2024")), jobs=1, progress=progress)
    assert len(report.done) == 1 and [e.message for e in events if e.kind == "retry"] == ["KernelDied"]


def test_a_full_disk_is_named_loses_nothing_and_stops_the_rest(project, monkeypatch):
    from research.runs import executor, worker

    write_notebook(project, "income", "1")
    runs.execute(runs.plan(Scope.of(project, "2024")), jobs=1)
    before = {p: p.read_bytes() for p in Scope.of(project, "2024").runs.rglob("*.ipynb")}
    write_notebook(project, "income", "2")
    plan = runs.plan(Scope.of(project, "2024"))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    class Here:
        idle, kernel = True, "warm"

        def __init__(self, *_):
            self.jobs = []

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def submit(self, job):
            self.jobs.append(job)
            self.idle = False

        def wait(self):
            self.idle = True
            return [worker.run_one(self.jobs.pop())]

    monkeypatch.setattr(executor, "Pool", Here)
    for module in (worker, worker.records):
        monkeypatch.setattr(module, "write_whole", full)
    session = executor._Session(plan, plan.runs, lambda event: None, 0)
    with Here() as pool:
        session.work(pool, executor.job_maker(plan, "warm"))
    report = session.finish()
    assert len(report.failed) == 1 and len(report.skipped) == 2
    assert "No space left on device" in report.recap()
    assert {p: p.read_bytes() for p in before} == before


def test_states_tell_what_stands(project):
    write_notebook(project, "income", f"assert place != '{EAST}'")
    before = runs.states(runs.plan(Scope.of(project, "2024")))
    assert {s["state"] for s in before} == {"new"}
    runs.execute(runs.plan(Scope.of(project, "2024")))
    found = {s["name"]: s["state"] for s in runs.states(runs.plan(Scope.of(project, "2024")))}
    assert found == {f"income/{DISTRICT}": "fresh", f"income/{EAST}": "failed", "income/331003102": "fresh"}
    figure = runs.timeline(runs.plan(Scope.of(project, "2024")))
    assert len(figure.axes[0].patches) == 3


@pytest.mark.slow
def test_verify_finds_equal_runs_equal_and_a_clock_different(project):
    write_notebook(project, "income", SHOW)
    write_notebook(project, "clock", "import time\nprint(time.time_ns())", kind="district")
    runs.execute(runs.plan(Scope.of(project, "2024")))
    report = runs.verify(runs.plan(Scope.of(project, "2024"), places=[DISTRICT]))
    assert [r.name for r in report.done] == [f"income/{DISTRICT}"]
    assert [r.name for r in report.failed] == [f"clock/{DISTRICT}"]
    assert "a second run gives other bytes" in report.recap()
    assert os.environ.get("BLUEBOOK_PROJECT") != str(project.root)
