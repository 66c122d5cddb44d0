"""How long the data's way in takes at scale, and how much memory: `python benchmarks/data_scale.py [STEP...]`.

Prints seconds of CPU and wall clock and the peak of memory for: 1,000,000 household rows with all checks (and taking
them in), 10,000 indicator rows, 100,000,000 Parquet rows asked through DuckDB.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from research.core.scope import open_project

LIMITS = {"households": (20, 2.0), "take-in": (None, 4.0), "values": (3, None), "parquet": (None, 4.0)}
"""Seconds and GB that each is meant to stay under."""


def households(rows=1_000_000):
    """A survey of one year as the sample's, repeated with ids of its own."""
    base = pd.read_csv(open_project().root / "data/sample/households-2024.csv", dtype=str)
    frame = base.sample(rows, replace=True, random_state=1, ignore_index=True)
    frame["household"] = [f"2024-{i:09d}" for i in range(rows)]
    return frame


def check_households(folder):
    """Read and check a file of households with every rule."""
    from research.indicators.checks.checks import Known, check_file

    frame, faults = check_file(folder / "households-2024.csv", "households", Known(open_project()), 2024)
    assert not faults and len(frame) >= 1_000_000, faults[:3]


def take_in_households(folder):
    """Take the same file in: checks, history, tables."""
    from research.indicators.intake import intake

    print(intake.take_in(open_project(), [folder / "households-2024.csv"], folder / "own"))


def check_values(folder):
    """10,000 indicator values from a CSV, checked and taken in."""
    from research.indicators.intake import intake

    print(intake.take_in(open_project(), [folder / "values.csv"], folder / "own"))


def ask_parquet(folder):
    """Means by place over 100,000,000 rows, within 4 GB."""
    import duckdb

    with duckdb.connect(config={"memory_limit": "3GB", "threads": 2}) as connection:
        query = (
            "SELECT place, year, sum(income * weight) / sum(weight) AS mean, "
            "quantile_cont(income, 0.5) AS median FROM read_parquet($path) GROUP BY ALL ORDER BY ALL"
        )
        made = connection.execute(query, {"path": str(folder / "*.parquet")}).df()
    print(f"{len(made)} groups")


def prepare(what, folder):
    """Write what a step reads."""
    if what in ("households", "take-in"):
        households().to_csv(folder / "households-2024.csv", index=False)
    elif what == "values":
        project = open_project()
        table = pd.read_csv(project.reference / "indicators.csv").query("level == 'both' and survey_flag != '+'")
        places = pd.read_csv(project.reference / "places.csv", dtype=str)["code"]
        grid = pd.MultiIndex.from_product([places, range(2013, 2030), table["id"]]).to_frame(index=False).head(10_000)
        grid.columns = ["place", "year", "indicator"]
        grid.assign(value=50, source="年报").to_csv(folder / "values.csv", index=False)
    else:
        import duckdb

        with duckdb.connect() as connection:
            for part in range(10):
                path = str(folder / f"{part}.parquet")
                connection.execute(
                    "COPY (SELECT i % 19 AS place, 2015 + i % 10 AS year, 1 + i % 7 AS weight, "
                    "(hash(i) % 200000)::INTEGER AS income FROM range($a, $b) t(i)) TO $path "
                    "(FORMAT parquet)",
                    {"a": part * 10_000_000, "b": (part + 1) * 10_000_000, "path": path},
                )


STEPS = {"households": check_households, "take-in": take_in_households, "values": check_values, "parquet": ask_parquet}


def measure(what, folder):
    """One step in this process: its figures on one line."""
    __import__("research.indicators.intake.intake"), np.zeros(1)  # what is imported is not what is measured
    before, wall, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter(), time.process_time()
    STEPS[what](folder)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    seconds, memory = LIMITS[what]
    print(
        f"{what}: {cpu:.1f} s CPU, {wall:.1f} s wall clock, peak {peak:.2f} GB (start {before / 1e6:.2f}); "
        f"meant: {seconds or '-'} s, {memory or '-'} GB",
        flush=True,
    )


def main(names):
    """Each step in a process of its own, so that each peak is its own."""
    if names[:1] == ["--one"]:
        return measure(names[1], Path(names[2]))
    for what in names or list(STEPS):
        folder = Path(tempfile.mkdtemp(prefix="scale"))
        try:
            prepare(what, folder)
            subprocess.run([sys.executable, __file__, "--one", what, str(folder)], check=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
