"""Any two commands at once on one project: each does its work, or one refuses by name; nothing is torn or left."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from research.core.scope import Project, Scope
from research.edition.identity import broken_tables, manifest
from tests.support import copies

pytestmark = pytest.mark.slow
YEAR = "2022"
COMMANDS = {
    "build": ("build", "--edition", YEAR, "--force"),
    "run": ("run", "--edition", YEAR, "--theme", "quality", "--place", "331003", "--force"),
    "render": ("render", "--book", "manual", "--to", "html"),
    "bundle": ("bundle", "--edition", YEAR),
    "sign": ("sign", "--edition", YEAR, "--by", "编辑"),
    "import": ("import", "form.csv", "--to", "own"),
    "template": ("template", "--edition", "2023", "--department", "区统计局"),
    "answers": ("answers", "--all", "--edition", YEAR),
    "export": ("export", "--edition", YEAR, "-o", "exported"),
    "reply": ("reply", "--edition", YEAR),
    "case run": ("case", "run", "engel-households"),
    "case bundle": ("case", "bundle", "engel-households"),
}
REFUSES = {"bundle"}
"""Has nothing to pack in a project that was never rendered: it says so, and does no harm."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A project without households, built once."""
    root = copies.fresh(tmp_path_factory.mktemp("pairs") / "whole")
    for path in root.glob("data/sample/households-*.csv"):
        path.unlink()
    (root / "form.csv").write_text(
        f"place,year,indicator,value,unit,status,source\n331003,{YEAR},SRV-4-01,55,%,reported,区民政局\n", "utf-8"
    )
    assert start(root, COMMANDS["build"]).wait(900) == 0
    return root


@pytest.fixture
def project(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "project", symlinks=True))


def start(root, words):
    environment = {**os.environ, "BLUEBOOK_PROJECT": str(root), "BLUEBOOK_WAIT": "600", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "research", *words],
        cwd=root,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def left_behind(root):
    return [
        p.relative_to(root).as_posix()
        for p in root.rglob("*")
        if p.name.endswith((".part", ".old", ".who")) and ".venv" not in p.parts
    ]


PAIRS = [*itertools.combinations_with_replacement(COMMANDS, 2)]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_commands_at_once(project, one, other):
    both = [start(project, COMMANDS[name]) for name in (one, other)]
    told = [process.communicate(timeout=900) for process in both]
    for name, process, (out, err) in zip((one, other), both, told, strict=True):
        assert "Traceback" not in err, f"{name}: {err[-2000:]}"
        if name in REFUSES or process.returncode:
            assert process.returncode == 1 and ("expected" in err or "应为" in err), f"{name}: {out}{err[-2000:]}"
        else:
            assert process.returncode == 0
    assert name_of_failed(both, (one, other)) <= REFUSES
    scope = Scope.of(Project(project), YEAR)
    assert manifest(scope) and broken_tables(scope) == [] and left_behind(project) == []
    if "import" in (one, other):
        assert "SRV-4-01" in (project / "data" / "own" / "observations.csv").read_text("utf-8")


def name_of_failed(processes, names):
    return {name for name, process in zip(names, processes, strict=True) if process.returncode}


def test_there_are_enough_of_them():
    assert len(PAIRS) >= 78
