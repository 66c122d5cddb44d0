"""The same history on a PostgreSQL server of our own, made for the test: two imports at once, a kill, one setting."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from research.core.scope import Scope
from research.errors import DataError
from research.indicators import check, open_edition
from research.indicators.store import store

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
BIN = str(BIN) if BIN else os.path.dirname(shutil.which("pg_ctl") or "")
AS = ["runuser", "-u", "postgres", "--"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []

pytest.importorskip("psycopg")
pytest.importorskip("sqlalchemy")
pytestmark = [
    pytest.mark.skipif(not os.path.exists(os.path.join(BIN, "initdb")), reason="no PostgreSQL here"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A cluster of its own on a socket in a short folder; stopped at the end."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        if AS:
            shutil.chown(folder, "postgres")
        run = dict(check=True, capture_output=True, cwd="/", timeout=120)
        subprocess.run([*AS, f"{BIN}/initdb", "-D", f"{folder}/data", "-U", "tester", "-A", "trust", "-N"], **run)
        start = f"-k {folder} -c listen_addresses='' -c fsync=off"
        subprocess.run(
            [*AS, f"{BIN}/pg_ctl", "-D", f"{folder}/data", "-w", "-o", start, "-l", f"{folder}/log", "start"],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            timeout=120,
        )
        yield f"postgresql://tester@/postgres?host={folder}"
        subprocess.run([*AS, f"{BIN}/pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"], **run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def rows(value, row=2, place="331003"):
    return pd.DataFrame(
        [
            {
                "place": place,
                "year": 2025,
                "indicator": "SRV-4-01",
                "value": value,
                "unit": "%",
                "status": "reported",
                "source": "民政统计",
                "n": None,
                "survey_date": None,
                "method": None,
                "se": None,
                "supplier": "区民政局",
                "file": "a.xlsx",
                "sha256": "0" * 64,
                "sheet": "填报",
                "row": row,
                "accepted": "",
            }
        ]
    )


def data(folder, address):
    """A data folder whose history is on the server: one line in one file."""
    folder.mkdir()
    (folder / "store.yml").write_text(f"store: {address}\n", "utf-8")
    return folder


def test_two_folders_of_one_name_see_one_history(address, project, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ours, theirs = data(tmp_path / "a" / "shared", address), data(tmp_path / "b" / "shared", address)
    meta = {"title": "t", "status": "reported", "source": "部门填报"}
    with store.locked(ours):
        store.append(ours, rows(50), meta)
    with store.locked(theirs):
        store.append(theirs, rows(52), meta)
    told = store.history(ours, "SRV-4-01", "331003")
    assert told["value"].tolist() == [50, 52] and told["superseded_by"].tolist()[1] == ""
    assert not list(ours.glob("history/[0-9]*.parquet"))  # nothing of it lies here
    assert open_edition("2025", data=str(ours), project=project).series("SRV-4-01")["value"].tolist() == [52]
    assert check(Scope.of(project, 2025, str(theirs))) == []


def test_the_environment_variable_does_the_same(address, monkeypatch, tmp_path):
    monkeypatch.setenv("BLUEBOOK_STORE", address)
    with store.locked(tmp_path / "env"):
        store.append(tmp_path / "env", rows(7))
    assert store.current(tmp_path / "env")["value"].tolist() == [7]
    assert store.server(tmp_path / "sample") == ""


def test_households_come_with_the_rows_or_not_at_all(address, tmp_path, small_rows):
    folder = data(tmp_path / "houses", address)
    survey = small_rows["households-2024.csv"].astype({"year": int})
    (tmp_path / "h.csv").write_text("x")
    with store.locked(folder):
        store.append(folder, rows(1), surveys={2024: (tmp_path / "h.csv", survey)})
    held = pd.read_csv(folder / "households-2024.csv", dtype=str, keep_default_na=False)
    assert held["household"].tolist() == survey["household"].tolist()
    assert pd.to_numeric(held["weight"]).tolist() == pd.to_numeric(survey["weight"]).tolist()
    bad = survey.assign(year="many")
    with pytest.raises(Exception), store.locked(folder):  # noqa: B017
        store.append(folder, rows(2), surveys={2025: (tmp_path / "h.csv", bad)})
    assert store.current(folder)["value"].tolist() == [1]


def test_two_imports_at_once_lose_nothing(address, tmp_path):
    def add(number):
        folder = tmp_path / f"user{number % 3}" / "both"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "store.yml").write_text(f"store: {address}\n", "utf-8")
        with store.locked(folder, timeout=60):
            store.append(folder, rows(number, row=number))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(add, range(2, 14)))
    assert sorted(store.all_rows(tmp_path / "user0" / "both")["row"]) == list(range(2, 14))


SCRIPT = textwrap.dedent("""
    import sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from test_store_server import rows
    from research.indicators.store import store
    print("ready", flush=True)
    for number in range(2, 200):
        with store.locked(Path(sys.argv[2])):
            store.append(Path(sys.argv[2]), rows(number, row=number))
        print(number, flush=True)
""")


@pytest.mark.parametrize("wait", [0.05, 0.21, 0.44, 0.9])
def test_killed_nothing_is_lost(address, tmp_path, wait):
    folder = data(tmp_path / f"killed{int(wait * 100)}", address)
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, os.path.dirname(__file__), str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "ready\n"
    time.sleep(wait)
    child.send_signal(signal.SIGKILL)
    told = [int(n) for n in child.stdout.read().split()]
    child.wait()
    with store.locked(folder, timeout=10):  # the server gives the lock up with the connection
        held = sorted(store.all_rows(folder)["row"])
        assert held[: len(told)] == told and len(held) <= len(told) + 1
        store.append(folder, rows(999, row=999))
    assert pd.read_csv(folder / "observations.csv")["value"].tolist() == [999]


def test_no_server_is_named_without_its_address(tmp_path):
    folder = data(tmp_path / "gone", "postgresql://me:secret@/none?host=/nowhere")
    with pytest.raises(DataError, match="a PostgreSQL server that answers") as caught:
        store.current(folder)
    assert "secret" not in str(caught.value)


def test_another_kind_of_address(tmp_path):
    with pytest.raises(DataError, match="postgresql://name@host/database"):
        store.current(data(tmp_path / "odd", "mysql://x/y"))
