"""The store keeps everything, whatever happens to the import."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pandas as pd
import pytest

from research.core.scope import Scope
from research.errors import DataError
from research.indicators import check, open_edition
from research.indicators.store import store

NOW = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)


def rows(value, indicators=("SRV-4-01",), year=2025, row=2):
    return pd.DataFrame(
        [
            {
                "place": "331003",
                "year": year,
                "indicator": i,
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
            for i in indicators
        ]
    )


def test_revisions_never_overwrite(tmp_path):
    with store.locked(tmp_path):
        first = store.append(tmp_path, rows(50), now=NOW)
        second = store.append(tmp_path, rows(52), now=NOW)
    told = store.history(tmp_path, "SRV-4-01", "331003")
    assert told["value"].tolist() == [50, 52]
    assert told["superseded_by"].tolist() == [second, ""] and told["import_id"].tolist() == [first, second]
    assert told["imported_at"].tolist() == ["2025-03-01T08:00:00Z"] * 2 and told["row"].tolist() == [2, 2]
    assert store.current(tmp_path)["value"].tolist() == [52]
    assert pd.read_csv(tmp_path / "observations.csv")["value"].tolist() == [52]


def test_history_of_nothing_names_the_nearest(tmp_path):
    with store.locked(tmp_path):
        store.append(tmp_path, rows(50))
    with pytest.raises(DataError, match="did you mean 'SRV-4-01'"):
        store.history(tmp_path, "SRV-4-09", "331003")


def test_what_is_stored_is_an_edition(project, tmp_path):
    with store.locked(tmp_path):
        meta = {"title": "t", "status": "reported", "source": "部门填报"}
        store.append(tmp_path, rows(55.5, ("SRV-4-01", "SRV-4-03")), meta)
    assert check(Scope.of(project, 2025, str(tmp_path))) == []
    edition = open_edition("2025", data=str(tmp_path), project=project)
    assert edition.status == "reported" and edition.series("SRV-4-01")["value"].tolist() == [55.5]


def test_a_left_over_part_does_not_count(tmp_path):
    with store.locked(tmp_path):
        store.append(tmp_path, rows(50))
        (tmp_path / "history" / ".000002-x.parquet.99.part").write_bytes(b"half")
        assert len(store.all_rows(tmp_path)) == 1
        store.append(tmp_path, rows(51))
    assert not list((tmp_path / "history").glob(".*.part"))


def test_two_imports_at_once_lose_nothing(tmp_path):
    def add(number):
        with store.locked(tmp_path):
            store.append(tmp_path, rows(number, row=number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(2, 14)))
    assert sorted(store.all_rows(tmp_path)["row"]) == list(range(2, 14))


def test_the_lock_says_who_waits(tmp_path):
    def other():
        with store.locked(tmp_path, timeout=0.1):
            return "taken"

    with store.locked(tmp_path), ThreadPoolExecutor(1) as pool:
        found = pool.submit(other).exception()
    assert isinstance(found, DataError) and f"(process {os.getpid()}, since" in str(found)


SCRIPT = textwrap.dedent("""
    import sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from test_store import rows
    from research.indicators.store import store
    print("ready", flush=True)
    for number in range(2, 60):
        with store.locked(Path(sys.argv[2])):
            store.append(Path(sys.argv[2]), rows(number, row=number))
        print(number, flush=True)
""")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_killed_at_random_moments_nothing_is_lost(tmp_path):
    draw = random.Random(7)
    for attempt in range(5):
        folder = tmp_path / str(attempt)
        child = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, os.path.dirname(__file__), str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout.readline() == "ready\n"
        time.sleep(draw.uniform(0.02, 0.6))
        child.send_signal(signal.SIGKILL)
        told = [int(n) for n in child.stdout.read().split()]
        child.wait()
        held = sorted(store.all_rows(folder)["row"])
        assert held[: len(told)] == told and len(held) <= len(told) + 1
        with store.locked(folder, timeout=1):  # the lock went with the process
            store.append(folder, rows(99, row=99))
        assert pd.read_csv(folder / "observations.csv")["value"].tolist() == [99]
