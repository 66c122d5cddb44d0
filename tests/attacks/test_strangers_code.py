"""A stranger's bundle whose notebook got past every check: the system itself still holds it in its folder."""

import hashlib
import json
import os
import socket
import zipfile
from pathlib import Path

import pytest

from research.cases.bundles import verify as bundle_verify
from research.cases.bundles.check import open_checked
from research.cases.bundles.pack import FORMAT
from research.cases.evidence import fence as bundle_fence
from research.cases.evidence.run import rerun
from research.errors import DataError, MissingError

confined = pytest.mark.skipif(
    set(bundle_fence.means()) != set(bundle_fence.DEMANDED),
    reason="needs Linux with Landlock and libseccomp, or bubblewrap",
)

TRY = """
import ctypes, multiprocessing, os, shutil, socket, subprocess, duckdb, pandas
done = []
def refused():
    raise PermissionError()
def duck(text):
    try:
        duckdb.sql(text).fetchall() if 'select *' in text else duckdb.sql(text)
    except duckdb.Error:
        refused()
def attempt(name, act):
    try:
        act()
        done.append(name)
    except OSError:
        pass
"""
WAYS = {
    "writes": "open(TARGET + '/made', 'w')",
    "writes without Python's open": "ctypes.CDLL(None).fopen((TARGET + '/made').encode(), b'w') or refused()",
    "writes by a library": "pandas.DataFrame({'a': [1]}).to_parquet(TARGET + '/made.parquet')",
    "writes by a database": "duck(f\"copy (select 1) to '{TARGET}/made.csv'\")",
    "removes": "os.remove(TARGET + '/kept.txt')",
    "removes a folder": "shutil.rmtree(TARGET)",
    "renames": "os.rename(TARGET + '/kept.txt', 'stolen.txt')",
    "links": "os.link(TARGET + '/kept.txt', 'linked.txt')",
    "reads": "open(TARGET + '/kept.txt').read()",
    "reads without Python's open": "ctypes.CDLL(None).fopen((TARGET + '/kept.txt').encode(), b'r') or refused()",
    "reads by a database": "duck(f\"select * from read_text('{TARGET}/kept.txt')\")",
    "lists": "os.listdir(TARGET)",
    "reads the user's home": "os.listdir(HOME)",
    "reads other processes": "open(f'/proc/{os.getppid()}/environ').read()",
    "starts a program": "subprocess.run(['true'])",
    "starts a shell": "ctypes.CDLL(None).system(b'true') and refused()",
    "forks": "os.fork() or os._exit(0)",
    "forks without Python": "ctypes.CDLL(None).fork() < 0 and refused()",
    "starts a worker": "multiprocessing.get_context('fork').Process(target=print).start()",
    "opens a socket": "socket.create_connection(('127.0.0.1', PORT), 2)",
    "opens a socket without Python": "ctypes.CDLL(None).socket(2, 1, 0) < 0 and refused()",
    "listens": "socket.create_server(('127.0.0.1', 0))",
    "talks to a server's file": "socket.socket(socket.AF_UNIX).connect(TARGET + '/door')",
    "signals": "os.kill(os.getppid(), 0)",
    "makes a room of its own": "ctypes.CDLL(None).unshare(0x10000000) < 0 and refused()",
}
"""Each way out tried by a cell; none needs more than the standard library and what evidence may import."""


def notebook(*sources):
    cells = [
        {"cell_type": "code", "source": s, "outputs": [], "metadata": {}, "execution_count": None, "id": f"c{i}"}
        for i, s in enumerate(sources)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def run(tmp_path, *sources, **more):
    root = tmp_path / "project"
    root.mkdir()
    (root / "x.ipynb").write_text(json.dumps(notebook(*sources)), "utf-8")
    result = rerun(root, root / "x.ipynb", **more)
    assert result.notebook, result.error
    return result, "".join("".join(o.get("text", "")) for c in result.notebook["cells"] for o in c["outputs"])


@confined
def test_no_way_out_of_the_folder_the_network_or_the_process_succeeds(tmp_path):
    target = tmp_path / "outside"
    target.mkdir()
    (target / "kept.txt").write_text("kept")
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(target / "door"))
    door.listen()
    with socket.create_server(("127.0.0.1", 0)) as server:
        given = f"TARGET, HOME, PORT = {str(target)!r}, {str(Path.home())!r}, {server.getsockname()[1]}\n"
        tries = "\n".join(f"attempt({name!r}, lambda: {act})" for name, act in WAYS.items())
        result, text = run(tmp_path, TRY + given + tries + "\nprint('succeeded:', done)", demand=True)
    door.close()
    assert text.strip().endswith("succeeded: []"), text
    assert sorted(p.name for p in target.iterdir()) == ["door", "kept.txt"]
    assert (target / "kept.txt").read_text() == "kept"
    assert set(result.confined) >= {"files", "network", "programs"}


@confined
def test_ordinary_work_goes_on_inside_the_fence(tmp_path):
    work = (
        "import threading, numpy, pandas, matplotlib.pyplot as plt, duckdb\nopen('own.txt', 'w').write('x')\n"
        "t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()\n"
        "plt.plot([1, 2]); plt.savefig('a.png')\n"
        "print(duckdb.sql('select 41 + 1').fetchall(), numpy.ones(3).sum())"
    )
    _, text = run(tmp_path, work, demand=True)
    assert "thread" in text and "[(42,)] 3.0" in text


def bundle(path, source, program=None, text="# 示例\n"):
    """A bundle whose checksums agree, with a program file of its own where asked."""
    book = notebook(source)
    files = {
        "reports/cases/demo.qmd": text.encode(),
        "notebooks/cases/demo.ipynb": json.dumps(book).encode(),
        "requirements.lock": b"",
    } | (program or {})
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = {
        "format": FORMAT,
        "case": "demo",
        "text": "reports/cases/demo.qmd",
        "evidence": "notebooks/cases/demo.ipynb",
        "sha256": sums,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**files, "manifest.json": json.dumps(manifest).encode()}.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


@confined
@pytest.mark.slow
def test_program_files_of_a_bundle_are_named_and_not_imported_unless_asked(tmp_path):
    program = {"src/research/__init__.py": b"__version__ = 'theirs'\n"}
    packed = bundle(tmp_path / "demo.case.zip", "import research\nassert research.__version__ != 'theirs'", program)
    outcome = bundle_verify.verify(packed, environment="current")
    assert outcome.outcome == "verified", outcome.reason
    assert "program: that of this installation" in outcome.notes
    assert "program files unlike those of this installation: 1" in outcome.notes
    assert any(note.startswith("confined by the system: files by ") for note in outcome.notes)
    asked = bundle_verify.verify(packed, environment="current", own_code=True)
    assert asked.outcome == "not reproducible" and "program: the bundle's own, as asked" in asked.notes


def test_where_nothing_confines_a_bundle_is_checked_and_not_run(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_fence.sandbox, "version", lambda: 0)
    monkeypatch.setattr(bundle_fence.syscalls, "library", lambda: None)
    monkeypatch.setattr(bundle_fence, "_bubblewrap", lambda: False)
    bundle_fence.means.cache_clear()
    mark = tmp_path / "ran"
    try:
        outcome = bundle_verify.verify(bundle(tmp_path / "demo.case.zip", f"open({str(mark)!r}, 'w')"), "current")
        with pytest.raises(MissingError, match="cannot confine"):
            run(tmp_path, "1", demand=True)
    finally:
        bundle_fence.means.cache_clear()
    assert outcome.outcome == "not reproducible" and outcome.exit_code == 3
    assert outcome.reason.startswith("checked, not run: this machine cannot confine") and not mark.exists()


@pytest.mark.skipif(not bundle_fence._bubblewrap(), reason="needs bubblewrap")
def test_bubblewrap_alone_confines_as_well(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_fence.sandbox, "version", lambda: 0)
    bundle_fence.means.cache_clear()
    try:
        assert bundle_fence.means()["files"] == "bubblewrap"
        (tmp_path / "kept.txt").write_text("kept")
        _, text = run(tmp_path, f"import os\nprint(os.path.exists({str(tmp_path / 'kept.txt')!r}))", demand=True)
    finally:
        bundle_fence.means.cache_clear()
    assert text.strip() == "False"


DEEP = {"manifest": b"[" * 5000 + b"]" * 5000, "notebook": b'{"cells": ' + b"[" * 5000 + b"]" * 5000 + b"}"}


@pytest.mark.parametrize("place", DEEP)
def test_text_that_nests_without_end_is_refused_by_its_depth(tmp_path, place):
    packed = bundle(tmp_path / "good.case.zip", "1")
    with zipfile.ZipFile(packed) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    name = "manifest.json" if place == "manifest" else "notebooks/cases/demo.ipynb"
    files[name] = DEEP[place]
    if place == "notebook":
        manifest["sha256"][name] = hashlib.sha256(DEEP[place]).hexdigest()
        files["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(tmp_path / "deep.case.zip", "w", zipfile.ZIP_STORED) as archive:
        for inner, content in files.items():
            archive.writestr(zipfile.ZipInfo(inner), content)
    with pytest.raises(DataError) as caught:
        open_checked(tmp_path / "deep.case.zip")
    assert {f.kind for f in caught.value.faults} == {place}


@pytest.mark.parametrize("source", ["(" * 300 + "1" + ")" * 300, "-" * 20_000 + "1", "x = '" + "a" * 250_000 + "'"])
def test_code_that_no_reader_can_follow_is_refused(tmp_path, source):
    with pytest.raises(DataError) as caught:
        open_checked(bundle(tmp_path / "x.case.zip", source))
    assert {f.kind for f in caught.value.faults} == {"danger"}


def test_brackets_inside_words_are_no_depth(tmp_path):
    text = "x = '" + "[{" * 200 + "'  # \\\" [[["
    files, _ = open_checked(bundle(tmp_path / "x.case.zip", text))
    assert os.path.basename("notebooks/cases/demo.ipynb") in {Path(n).name for n in files}
