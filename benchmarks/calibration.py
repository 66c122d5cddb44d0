"""Calibration of many rows, beside the Python packages svy and samplics: seconds of one core, gaps left, memory.

    python benchmarks/calibration.py [PYTHON_WITH_SVY_AND_SAMPLICS] [--rows 1000000] [--repeat 3]

Six columns of 60 levels together. Each way has a process of its own for its memory; the seconds are those of the call
alone, all threads held to one. Peers run with their own tolerance (1e-4 of a total) and, svy's raking, with ours too.
The last lines are Bethel's allocation with 400 strata and 12 limits, and memory by rows.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys

SIZES = (19, 19, 8, 6, 5, 3)
DATA = """
import json, resource, sys, time, warnings
import numpy as np, pandas as pd
warnings.simplefilter("ignore")
n, way = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(0)
columns = {f"m{k}": rng.integers(0, s, n).astype(str) for k, s in enumerate((19, 19, 8, 6, 5, 3))}
w = rng.uniform(1, 2, n)
near = w * rng.uniform(0.7, 1.4, n)
totals = {c: {str(k): float(t) for k, t in pd.Series(near).groupby(v).sum().items()} for c, v in columns.items()}
whole = sum(totals["m0"].values())
totals = {c: {k: t * whole / sum(own.values()) for k, t in own.items()} for c, own in totals.items()}
rows = pd.DataFrame(columns).assign(w=w)
"""
WAYS = {
    "ours, raking": """
from research.survey.weights import calibrate
run = lambda: calibrate(rows, "w", totals, "raking").weights
""",
    "ours, linear": """
from research.survey.weights import calibrate
run = lambda: calibrate(rows, "w", totals, "linear").weights
""",
    "svy, raking": """
import polars as pl, svy
sample = svy.Sample(pl.DataFrame({**columns, "w": w}), svy.Design(wgt="w"))
run = lambda: sample.weighting.rake(controls=totals).data["rk_wgt"].to_numpy()
""",
    "svy, raking, 1e-8": """
import polars as pl, svy
sample = svy.Sample(pl.DataFrame({**columns, "w": w}), svy.Design(wgt="w"))
run = lambda: sample.weighting.rake(controls=totals, tol=1e-8).data["rk_wgt"].to_numpy()
""",
    "svy, linear": """
import polars as pl, svy
sample = svy.Sample(pl.DataFrame({**columns, "w": w}), svy.Design(wgt="w"))
run = lambda: sample.weighting.calibrate(controls={svy.Cat(c): t for c, t in totals.items()}).data["calib_wgt"].to_numpy()
""",
    "samplics, raking": """
from samplics.weighting import SampleWeight
margins = {c: rows[c].to_numpy() for c in columns}
run = lambda: SampleWeight().rake(samp_weight=w, margins=margins, control=totals)
""",
}
END = """
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
found = np.asarray(run(), float)
seconds = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
gap = max(abs(found[v == k].sum() / t - 1) for c, v in columns.items() for k, t in totals[c].items())
print(json.dumps({"seconds": seconds, "gap": float(gap), "mb": (peak - before) / 1024}))
"""
BETHEL = """
import json, time
import numpy as np
from research.survey.plan import optimum
rng = np.random.default_rng(3)
a = rng.lognormal(0, 1, (12, 400)) * (rng.random((12, 400)) < 0.6) * 0.6
cost, most = rng.uniform(1, 5, 400), rng.uniform(50, 4000, 400)
start = time.process_time()
found = optimum(a, cost, np.full(400, 2.0), most)
print(json.dumps({"seconds": time.process_time() - start, "over": float((a / found.n).sum(axis=1).max() - 1),
                  "bound": float(cost @ found.n / found.bound - 1)}))
"""
ONE = {k: "1" for k in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS")}


def made(python: str, code: str, *words: object) -> dict[str, float]:
    """What a process of its own prints."""
    done = subprocess.run(
        [python, "-c", code, *map(str, words)], capture_output=True, text=True, env={**os.environ, **ONE}
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("python", nargs="?", help="an interpreter that has svy and samplics")
    ask.add_argument("--rows", type=int, default=1_000_000)
    ask.add_argument("--repeat", type=int, default=3)
    given = ask.parse_args()
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(given.repeat):  # in turn, so that a busy minute falls on all
        for way, code in WAYS.items():
            python = sys.executable if way.startswith("ours") else given.python
            if python:
                found.setdefault(way, []).append(made(python, DATA + code + END, given.rows, way))
    middle = {w: {k: statistics.median(r[k] for r in runs) for k in runs[0]} for w, runs in found.items()}
    for way, one in middle.items():
        print(f"{way:18s} {one['seconds']:7.2f} s   gap {one['gap']:.1e}   {one['mb']:6.0f} MB more")
    peers = [one["seconds"] for way, one in middle.items() if not way.startswith("ours")]
    for way in ("ours, raking", "ours, linear") if peers else ():
        print(f"{way} over the fastest peer: {middle[way]['seconds'] / min(peers):.3f}")
    bethel = made(sys.executable, BETHEL)
    print(f"Bethel, 400 strata, 12 limits: {bethel['seconds']:.3f} s, {bethel['bound']:.0e} above its bound")
    for rows in (given.rows // 4, given.rows // 2, given.rows, 2 * given.rows):
        one = made(sys.executable, DATA + WAYS["ours, raking"] + END, rows, "")
        print(f"{rows:>9,} rows: {one['mb']:6.0f} MB, {one['mb'] * 2**20 / rows:.0f} bytes a row")


if __name__ == "__main__":
    main()
