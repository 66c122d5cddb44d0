"""Two commands at once on one project: the second waits and says for whom, works side by side, or refuses by name."""

import os
import subprocess
import sys
import threading

import pytest

from research.cli import bundles, common, steps
from research.core import files
from research.core.scope import Project, Scope
from research.edition.build import build_edition
from research.errors import DataError

HOLD = """
import sys
sys.argv = ["bluebook", "run", "--edition", "2024"]
from research.core import files
with files.locked(PATH):
    print("held", flush=True)
    sys.stdin.readline()
"""


class Other:
    """Another process that works on `path` until it is told to end."""

    def __init__(self, path):
        code = HOLD.replace("PATH", repr(str(path)))
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "held\n"

    def end(self):
        self.process.communicate("\n")

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def scope(tmp_path):
    for name in ("data/reference", "data/sample", "data/own"):
        (tmp_path / name).mkdir(parents=True)
    return Scope.of(Project(tmp_path), 2024)


@pytest.fixture
def other(request, scope):
    made = Other({"edition": scope.results, "stage": scope.stage}[request.param])
    yield made
    made.kill()


def work(scope, stage):
    with common.at_work(scope, stage):
        return "done"


COMMANDS = {
    "build": steps.build,
    "run": steps.run,
    "render": steps.render,
    "bundle": bundles.edition,
    "build tables": build_edition,
}
MET = [("edition", name) for name in COMMANDS] + [("stage", "render"), ("stage", "bundle")]


@pytest.mark.parametrize(("other", "command"), MET, indirect=["other"])
def test_the_second_refuses_and_names_the_first(scope, other, command, monkeypatch):
    monkeypatch.setattr(files, "WAIT", 0.2)
    with pytest.raises(DataError) as refused:
        COMMANDS[command](scope)
    assert f"`bluebook run --edition 2024` (process {other.process.pid}, since" in str(refused.value)


@pytest.mark.parametrize("other", ["stage"], indirect=True)
def test_what_does_not_meet_works_side_by_side(scope, other, monkeypatch):
    monkeypatch.setattr(files, "WAIT", 0)
    assert work(scope, stage=False) == "done"  # tables and runs, while another renders what stands
    assert work(Scope.of(scope.project, 2023), stage=False) == "done"
    assert work(Scope.of(scope.project, 2024, "own"), stage=False) == "done"


@pytest.mark.parametrize("other", ["edition"], indirect=True)
def test_the_second_waits_and_says_for_whom(scope, other, capsys):
    threading.Timer(0.5, other.end).start()
    assert work(scope, stage=True) == "done"
    assert "for `bluebook run --edition 2024`" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["edition"], indirect=True)
def test_a_killed_command_holds_nothing_up(scope, other, monkeypatch, capsys):
    monkeypatch.setattr(files, "WAIT", 0)
    other.kill()
    assert work(scope, stage=True) == "done" and capsys.readouterr().err == ""
    assert [p.name for p in scope.results.parent.iterdir() if p.name.endswith(".who")] == []


def test_two_threads_and_two_processes_take_turns(tmp_path):
    code = (
        "import sys; from pathlib import Path; from research.core import files\n"
        "path = Path(sys.argv[1])\n"
        "for _ in range(40):\n"
        "    with files.locked(path, wait=300):\n"
        "        files.write_whole(path, str(int(path.read_text()) + 1), durable=False)\n"
    )
    path = tmp_path / "count"
    path.write_text("0")
    both = [subprocess.Popen([sys.executable, "-c", code, str(path)], env=os.environ) for _ in range(2)]
    assert [p.wait() for p in both] == [0, 0] and path.read_text() == "80"
