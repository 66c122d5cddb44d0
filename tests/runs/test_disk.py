"""Disks that are full or may not be written: a clear error, and what stood still stands."""

import os
import subprocess
import sys

import pytest
from tiny import DISTRICT, write_notebook

from research import runs
from research.core.scope import Scope
from research.errors import DataError


@pytest.fixture
def mounted(project):
    """Mount a small file system of its own where the runs are written; needs root on Linux."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting needs root on Linux")
    folder = project.reports / "runs"
    folder.mkdir(parents=True)

    def mount(options):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True)
        if done.returncode:
            pytest.skip("mounting is not allowed here")

    yield mount
    subprocess.run(["umount", str(folder)], capture_output=True)


@pytest.mark.slow
def test_a_full_disk_is_a_clear_error_and_what_was_done_stays_done(project, mounted, warm_parent):
    mounted("size=256k")
    write_notebook(project, "income", "print('small')")
    assert len(runs.execute(runs.plan(Scope.of(project, "2024")), jobs=1, kernel="warm").done) == 3
    before = {p: p.read_bytes() for p in Scope.of(project, "2024").runs.rglob("*") if p.is_file()}
    write_notebook(project, "targets", "print('x' * 1_000_000)", kind="district")
    write_notebook(project, "income", "print('y' * 1_000_000)")
    report = runs.execute(runs.plan(Scope.of(project, "2024")), jobs=1, kernel="warm")
    assert len(report.failed) == 1 and len(report.skipped) == 3
    assert "could not be written: No space left on device" in report.recap()
    assert "skipped, the disk cannot be written" in report.recap()
    assert {p: p.read_bytes() for p in before} == before
    assert not list(project.reports.rglob("*.part"))
    write_notebook(project, "income", "print('small')")
    write_notebook(project, "targets", "1", kind="district")
    assert [r.name for r in runs.plan(Scope.of(project, "2024")).stale] == [f"targets/{DISTRICT}"]  # nothing was lost


def test_a_read_only_folder_is_told_before_anything_runs(project, mounted):
    mounted("size=256k,ro")
    write_notebook(project, "targets", "1", kind="district")
    with pytest.raises(DataError, match="reports/runs.*a folder that can be written.*Read-only file system"):
        runs.execute(runs.plan(Scope.of(project, "2024")))
