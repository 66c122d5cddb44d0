"""Killed between any two steps of putting something in its place: the former or the new is there, whole, and no rest.

A child process is killed (SIGKILL, nothing of it runs any more) before each of its steps in the file system in turn.
"""

import os
import shutil
import signal
import sys
from functools import partial

import pandas as pd
import pytest

from research.book import made
from research.core import files, tables
from research.core.scope import Project
from research.indicators.reference.migrate import migrate, needs_migration
from research.indicators.store import store
from research.runs.record import read_record, write_record
from research.starter.layout import new_district, words_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="forks and signals")
STEPS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.link", "os.truncate", "research.exchange"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Killer:
    """Kills its process before its n-th step within a folder."""

    def __init__(self, folder, last):
        self.folder, self.left = str(folder), last

    def __call__(self, event, args):
        if event in STEPS or (event == "open" and args[2] is not None and args[2] & WRITES):
            self.step(args[0])

    def step(self, path):
        inside = os.fsdecode(path).startswith(self.folder) if isinstance(path, (str, bytes, os.PathLike)) else True
        self.left -= inside
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(action, folder, step):
    """Do something in a process that dies before its given step; whether it died."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    code = 1
    try:
        killer, sync = Killer(folder, step), os.fsync
        os.fsync = lambda descriptor: (killer.step(descriptor), sync(descriptor))
        sys.addaudithook(killer)
        action()
        code = 0
    finally:
        os._exit(code)


class File:
    """A text of any length in one file."""

    name = "a.txt"

    def __init__(self, home):
        self.home, self.path = home, home / self.name

    def put(self, version):
        files.write_whole(self.path, f"{version}\n" * 5000)

    def read(self):
        lines = set(self.path.read_text("utf-8").split("\n")) - {""}
        assert len(self.path.read_text("utf-8")) == 10_000 and len(lines) == 1
        return int(lines.pop())

    def rest(self):
        return sorted(p.name for p in self.home.iterdir() if p != self.path)


class LongName(File):
    """A name of as many bytes as file systems take."""

    name = "共" * 80 + ".txt"


class Table(File):
    name = "a.parquet"

    def put(self, version):
        tables.write_table(pd.DataFrame({"value": [version] * 50}), self.path)

    def read(self):
        values = tables.read_table(self.path)["value"]
        assert len(values) == 50 and values.nunique() == 1
        return int(values[0])


class Record(File):
    name = "a.run.json"

    def put(self, version):
        write_record(self.home / "a.ipynb", {"key": version})

    def read(self):
        return read_record(self.home / "a.ipynb")["key"]


class BookRecord(File):
    name = "made.json"

    def put(self, version):
        (self.home.parent / "b.docx").write_bytes(b"")
        made.remember(self.home, {"docx": self.home.parent / "b.docx"}, {}, version)

    def read(self):
        return made.read(self.home)["docx"]["identity"]


class Folder(File):
    """Files and folders that count together."""

    name = "book"

    def put(self, version):
        with files.replacing_folder(self.path) as part:
            for number in range(10):
                inner = part / f"{number % 2}" / f"{number}.txt"
                inner.parent.mkdir(exist_ok=True)
                inner.write_text(str(version))

    def read(self):
        found = [p.read_text() for p in sorted(self.path.rglob("*.txt"))]
        assert len(found) == 10 and len(set(found)) == 1
        return int(found[0])


class Elsewhere(Folder):
    """On a file system that cannot exchange two names: who comes next brings the former back."""

    def put(self, version):
        able, files._exchange = files._exchange, lambda one, other: False
        try:
            super().put(version)
        finally:
            files._exchange = able

    def read(self):
        files.settle(self.path)
        return super().read()


class Import(File):
    """A data folder with its history: values of one import, together."""

    name = "observations.csv"

    def put(self, version):
        rows = pd.DataFrame(
            {
                "place": ["331003", "331003001"],
                "year": 2024,
                "indicator": "SRV-4-01",
                "value": float(version),
                "unit": "张",
                "source": "x",
                "status": "official",
            }
        )
        with store.locked(self.home):
            store.append(self.home, rows.assign(supplier="", file="a.csv", sha256="", sheet="", row=1, accepted=""))

    def read(self):
        store.settled(self.home)
        values = pd.read_csv(self.path)["value"]
        assert len(values) == 2 and values.nunique() == 1
        return int(values[0])

    def rest(self):
        return [p.name for p in self.home.rglob("*") if p.name.endswith((".part", ".old", ".who"))]


class Migration(File):
    """Reference tables of the former shape, carried over together."""

    name = "reference"

    def __init__(self, home):
        super().__init__(home)
        self.project = Project(home.parent)
        self.path = self.project.reference

    def put(self, version):
        """Odd versions are of the former shape (as a person brings them), even ones are carried over."""
        if version % 2:
            files.sweep(self.path.parent)
            shutil.rmtree(self.path, ignore_errors=True)
            self.path.mkdir(parents=True)
            for name, text in FORMER.items():
                (self.path / name).write_text(text, "utf-8")
        else:
            migrate(self.project)

    def read(self):
        files.settle(self.path)
        held = {p.name for p in self.path.iterdir()}
        carried = "target_years.csv" in held
        assert needs_migration(self.project) is not carried
        assert carried is ("plans:" in (self.path / "district.yml").read_text("utf-8"))
        assert carried is any(p.is_dir() for p in self.path.iterdir())  # the former tables are kept
        return 2 if carried else 1

    def rest(self):
        return [p.name for p in self.path.parent.iterdir() if p.name.endswith((".part", ".old"))]


FORMER = {
    "district.yml": "code: '331003'\nname: 某区\nbase_year: 2021\ntarget_years: [2022, 2025]\noutline:\n  title: 纲要\n"
    "  name: 纲要\n  file: outline.txt\n",
    "targets.csv": "id,clause,indicator,unit,target_2022,target_2025,comparator,kind,quote\n"
    "T1,1,路,公里,5,9,>=,level,甲\n",
    "indicators.csv": "id,name_zh,operator,target_2022,target_2025,baseline_year,baseline_value\nX,路,>=,5,9,2021,\n",
    "target_indicators.csv": "target,indicator,rule,comparator\nT1,X,level,>=\n",
    "outline.txt": "甲",
}


KINDS = (File, LongName, Table, Record, BookRecord, Folder, Elsewhere)
ALL = (*KINDS, Import)


def kill_everywhere(kind, folder):
    """Kill each step of putting a thing in place in turn; how many there were."""
    home = folder / kind.__name__
    home.mkdir()
    thing, version, step = kind(home), 1, 0
    thing.put(version)
    while killed(partial(thing.put, version + 1), home, step):
        found = thing.read()
        assert found in (version, version + 1), f"{kind.__name__}, step {step}"
        version, step = found, step + 1
        thing.put(version)
        assert thing.rest() == [], f"{kind.__name__}, step {step}: left behind"
    assert thing.read() == version + 1
    return step


def test_killed_before_any_step_nothing_is_lost_and_nothing_is_half(tmp_path):
    points = {kind.__name__: kill_everywhere(kind, tmp_path) for kind in KINDS}
    assert min(points.values()) >= 3 and sum(points.values()) >= 100, points


@pytest.mark.slow
def test_a_migration_killed_before_any_step_has_carried_all_over_or_nothing(tmp_path):
    (tmp_path / "data").mkdir()
    thing, step = Migration(tmp_path / "data" / "unused"), 0
    thing.put(1)
    while killed(partial(thing.put, 2), tmp_path, step):
        thing.read()
        thing.put(1)
        step += 1
    assert thing.read() == 2 and thing.rest() == [] and step >= 8


@pytest.mark.slow
def test_an_import_killed_before_any_step_is_taken_in_whole_or_not_at_all(tmp_path):
    assert kill_everywhere(Import, tmp_path) >= 10


def test_a_project_is_laid_out_whole_or_not_at_all(tmp_path):
    target, words = tmp_path / "县", words_of("某某县", "990199")
    for step in (0, 1, 20, 60):
        assert killed(lambda: new_district(target, words), tmp_path, step)
        assert not target.exists()
    assert new_district(target, words)
    assert [p.name for p in tmp_path.iterdir()] == ["县"]


def test_what_a_living_process_makes_is_not_swept(tmp_path):
    with files.replacing(tmp_path / "a") as part:
        part.write_text("half")
        assert files.sweep(tmp_path) == 0
        files.write_whole(tmp_path / "a", "of another")  # its own temporary name
        part.write_text("whole")
    assert (tmp_path / "a").read_text() == "whole" and [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_former_folder_without_a_successor_is_never_swept(tmp_path):
    (tmp_path / ".2024.4194304.old").mkdir()
    assert files.sweep(tmp_path) == 0
    files.settle(tmp_path / "2024")
    assert [p.name for p in tmp_path.iterdir()] == ["2024"]
