"""Executions: side by side, kept going, recapped, recorded."""

import json
import os

import pytest
from tiny import DISTRICT, EAST, SHOW, WEST, write_notebook

from research import runs
from research.core.scope import Scope
from research.errors import DataError, UsageError

pytestmark = pytest.mark.usefixtures("warm_parent")


def run(project, **more):
    return runs.execute(runs.plan(Scope.of(project, "2024")), **more)


def test_one_failure_does_not_stop_the_rest_and_is_recapped_with_its_cell(project):
    write_notebook(project, "income", SHOW)
    write_notebook(project, "economy", "x = 1", f"if place == '{EAST}':\n    raise ValueError('none of these')")
    events = []
    report = run(project, progress=events.append)
    assert [r.name for r in report.failed] == [f"economy/{EAST}"]
    assert len(report.done) == 5
    recap = report.recap()
    for words in (
        "1 of 6 runs failed",
        f"economy, {EAST} 东城街道, cell 3: ValueError: none of these",
        "    |     raise ValueError('none of these')",
        "Traceback",
    ):
        assert words in recap
    assert [e.done for e in events if e.kind in ("done", "failed")] == list(range(1, 7))
    assert events[-1].kind == "end" and events[-1].failed == 1 and events[-1].total == 6
    again = runs.plan(Scope.of(project, "2024"))
    assert {r.name: r.stale_reason for r in again.stale} == {f"economy/{EAST}": "failed before: ValueError"}


def test_what_was_done_is_not_done_again_and_force_does_it(project):
    write_notebook(project, "targets", "place", kind="district")
    assert run(project).summary().startswith("1 runs done")
    assert run(project).summary() == "nothing to do: all 1 runs are fresh"
    assert len(run(project, force=True).done) == 1


def test_the_executed_notebook_has_its_place_and_the_record_its_truth(project):
    write_notebook(project, "income", SHOW, "print(place)")
    run(project)
    path = Scope.of(project, "2024").runs / "income" / f"{WEST}.ipynb"
    book, record = json.loads(path.read_text("utf-8")), runs.read_record(path)
    assert book["cells"][-1]["outputs"][0]["text"] == [f"{WEST}\n"]
    assert f"#| label: fig-x-{WEST}\n" in book["cells"][2]["source"]
    assert record["status"] == "done" and record["parameters"]["place"] == WEST
    assert record["bytes"] == path.stat().st_size and len(record["key"]) == 64
    assert record["environment"]["packages"]["papermill"]
    assert not list(path.parent.glob(".*"))  # no leftovers


def test_a_failure_leaves_the_former_notebook_and_no_claim_that_it_is_right(project):
    write_notebook(project, "targets", "1", kind="district")
    run(project)
    path = Scope.of(project, "2024").runs / "targets" / f"{DISTRICT}.ipynb"
    before = path.read_bytes()
    write_notebook(project, "targets", "1/0", kind="district")
    assert len(run(project).failed) == 1
    assert path.read_bytes() == before
    assert runs.read_record(path)["status"] == "failed"
    assert path.with_suffix(".failed.ipynb").exists()


def test_a_run_waits_for_what_it_comes_after_and_is_skipped_by_name_when_that_failed(project):
    after = {"bluebook": {"after": ["income"]}}
    write_notebook(project, "culture", "1", metadata=after)
    write_notebook(project, "income", f"assert place != '{EAST}'")
    report = run(project)
    assert {r.name for r in report.done} == {f"{t}/{p}" for t in ("income", "culture") for p in (DISTRICT, WEST)}
    assert [(r.name, why) for r, why in report.skipped] == [
        (f"culture/{EAST}", f"skipped, it comes after income/{EAST}")
    ]
    assert f"culture/{EAST}: skipped" in report.recap()


def test_a_notebook_finds_its_project_and_starts_in_an_empty_folder(project):
    write_notebook(
        project,
        "targets",
        "import os\nfrom research import open_project\nprint(open_project().root)\nprint(os.listdir('.'))",
        kind="district",
    )
    report = run(project)
    assert not report.failed, report.recap()
    text = (Scope.of(project, "2024").runs / "targets" / f"{DISTRICT}.ipynb").read_text("utf-8")
    assert '".\\n"' in text and '"[]\\n"' in text and str(project.root) not in text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(project):
    write_notebook(project, "targets", "1", kind="district")
    project.reports.mkdir(exist_ok=True)
    project.reports.chmod(0o500)
    with pytest.raises(DataError, match="a folder that can be written"):
        run(project)


def test_a_file_where_the_folder_should_be_is_told_before_anything_runs(project):
    write_notebook(project, "targets", "1", kind="district")
    project.reports.mkdir(exist_ok=True)
    (project.reports / "runs").write_text("in the way")
    with pytest.raises(DataError, match="a folder that can be written"):
        run(project)


@pytest.mark.parametrize("more", [{"kernel": "hot"}, {"jobs": 0}])
def test_wrong_settings_are_usage_errors(project, more):
    write_notebook(project, "targets", "1", kind="district")
    with pytest.raises(UsageError):
        run(project, **more)
