"""Temporary folders: gone after a run, and what killed processes left is gone after the next start."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from tiny import write_notebook

from research import runs
from research.core import scratch
from research.core.scope import Scope

pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks of POSIX systems")
HOLD = "from research.core import scratch\nprint(scratch.make(), flush=True)\nimport time\ntime.sleep(60)"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A temporary folder of the test's own (a short path: sockets are bound below it)."""
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def holder():
    process = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True)
    return process, Path(process.stdout.readline().strip())


def test_the_folder_of_a_killed_process_is_swept_and_a_live_ones_is_not(place):
    dead, left = holder()
    live, kept = holder()
    foreign = place / "bb-notes"
    foreign.mkdir()
    try:
        assert scratch.sweep() == 0 and left.is_dir()
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        assert scratch.sweep() == 1
        assert not left.exists() and kept.is_dir() and foreign.is_dir()
    finally:
        live.kill()
        live.wait()
        for process in (dead, live):
            process.stdout.close()


def test_a_killed_command_leaves_nothing_for_long(project, place):
    write_notebook(project, "income", "import time\ntime.sleep(5)")
    code = (
        "import sys\nfrom research import runs\nfrom research.core.scope import Scope, open_project\n"
        "runs.execute(runs.plan(Scope.of(open_project(sys.argv[1]), '2024')), jobs=2, kernel='plain')"
    )
    command = subprocess.Popen([sys.executable, "-c", code, str(project.root)])
    end = time.monotonic() + 60
    while not list(place.glob("bb-*/kernel.json")) and time.monotonic() < end:
        time.sleep(0.05)
    command.kill()
    command.wait()
    end = time.monotonic() + 20
    while (list(place.glob("bb-*"))) and time.monotonic() < end:
        time.sleep(0.05)
    scratch.sweep()
    assert not list(place.glob("bb-*"))


def test_runs_take_their_folders_away(project, place):
    write_notebook(project, "targets", "open('big', 'w').write('x')", kind="district")
    assert not runs.execute(runs.plan(Scope.of(project, "2024")), jobs=1, kernel="plain").failed
    assert not list(place.glob("bb-*"))


def test_what_a_killed_step_left_goes_when_the_next_one_starts():
    code = (
        "from research.core import scratch\nimport time\n"
        "with scratch.folder('case') as place:\n    print(place, flush=True)\n    time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    left = Path(process.stdout.readline().strip())
    with scratch.folder("case"):
        assert left.is_dir()  # its process lives
    process.kill()
    process.wait()
    with scratch.folder("brief") as own:
        assert not left.parent.exists() and own.is_dir()
    assert not own.parent.exists()
