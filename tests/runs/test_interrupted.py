"""Ctrl-C and a killed command: whole records, no process left, and a state that can be resumed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny import write_notebook

from research import runs
from research.core.scope import Scope
from research.errors import UsageError

COMMAND = """
import sys
from research import runs
from research.core.scope import Scope, open_project
plan = runs.plan(Scope.of(open_project(sys.argv[1]), "2024"))
report = runs.execute(plan, jobs=2, progress=lambda e: print(e.kind, e.name, flush=True))
"""


def marked(token):
    """Processes whose environment carries a mark."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            process = Path("/proc") / name
            if (
                token.encode() in (process / "environ").read_bytes()
                and (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
            ):
                found.append(int(name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")
@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGKILL])
def test_an_ended_command_leaves_no_process_and_can_be_resumed(project, number, warm_parent):
    write_notebook(project, "income", "import time\ntime.sleep(0 if place == '331003' else 4)")
    token = f"BB_TEST={project.root}-{number}"
    env = {**os.environ, "BB_TEST": token.split("=", 1)[1]}
    command = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(project.root)],
        stdout=subprocess.PIPE,
        text=True,
        env=env,
        stderr=subprocess.DEVNULL,
    )
    while not (line := command.stdout.readline()).startswith("done"):
        assert command.poll() is None
    first = line.split("/")[1].strip()
    command.send_signal(number)
    command.wait(20)
    command.stdout.close()
    end = time.monotonic() + 10
    while (left := marked(token)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not left
    plan = runs.resume(project)
    done = [r for r in plan.runs if (runs.read_record(r.path) or {}).get("status") == "done"]
    assert first in {r.place for r in done} and all(r.path.stat().st_size for r in done)
    assert not list(project.reports.rglob("*.part"))
    report = runs.execute(plan, jobs=2)
    assert not report.failed and report.done
    assert not runs.plan(Scope.of(project, "2024")).stale


def test_without_a_former_execution_there_is_nothing_to_resume(project):
    with pytest.raises(UsageError, match="nothing to resume"):
        runs.resume(project)
