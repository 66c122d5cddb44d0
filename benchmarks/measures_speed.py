"""Speed of the measures, as ratios within one run (so that the machine does not matter).

Run: ``python benchmarks/measures_speed.py [--rows 1000000] [--big]``. With ``--big`` also 1e7 rows and a Parquet
data set of 1e8 rows (about 2 minutes, 0.5 GB of disk). A line ends in "ok" or "MISSED".
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from research import measures as m
from research.measures.survey import Design

TEN = ["gini", "theil", "mean_log_deviation", "atkinson", "hoover", "quintile_ratio", "palma_ratio", "top_share",
       "percentile_ratio", "median"]  # fmt: skip


def clock(f, repeats=5):
    """Best processor time of a few, in seconds: what else runs on the machine disturbs it least."""
    best = np.inf
    for _ in range(repeats):
        start = time.process_time()
        f()
        best = min(best, time.process_time() - start)
    return best


def line(text, ratio, limit, at_most=True):
    """Print one ratio beside its limit; returns whether it holds."""
    good = ratio <= limit if at_most else ratio >= limit
    sign = "at most" if at_most else "at least"
    print(f"{text:<66} {ratio:7.2f}  ({sign} {limit:g})  {'ok' if good else 'MISSED'}", flush=True)
    return good


def incomes(n, seed=1):
    """Log-normal incomes and uneven weights."""
    rng = np.random.default_rng(seed)
    return rng.lognormal(10, 0.8, n), rng.uniform(0.5, 2, n)


def numpy_gini(x, w):
    """What one writes by hand: the pairwise formula after a sort."""
    order = np.argsort(x)
    x, w = x[order], w[order]
    cum = np.cumsum(w)
    return (2 * (w * x * (cum - w / 2)).sum() / (w * x).sum() / cum[-1]) - 1


def one_gini(n, repeats):
    x, w = incomes(n)
    floor = ours = np.inf
    for _ in range(repeats):  # by turns, so that both meet the same machine
        floor = min(floor, clock(lambda: np.argsort(x), 2))
        ours = min(ours, clock(lambda: m.gini(x, w), 2))
    good = [line(f"Gini, {n:.0e} weighted rows / one argsort", ours / floor, 1.6)]
    whole = np.round(x)
    good.append(line(f"Gini, {n:.0e} whole incomes / one argsort", clock(lambda: m.gini(whole, w), repeats) / floor, 1))
    tracemalloc.start()
    m.gini(x, w)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    good.append(line(f"Gini, {n:.0e} rows: extra memory / input", peak / (x.nbytes + w.nbytes), 2))
    print(
        f"{'  beside it: by hand in numpy / one argsort':<66} {clock(lambda: numpy_gini(x, w), repeats) / floor:7.2f}"
    )
    return good


def rivals(x, w):
    """Measure -> package -> its function on the same data, of the packages that are installed."""
    out = {"gini": {}, "theil": {}, "atkinson": {}, "hoover": {}, "median": {}, "top_share": {}}
    try:
        from inequality.atkinson import Atkinson
        from inequality.gini import Gini
        from inequality.theil import Theil

        name = "PySAL inequality (no weights)"
        out["gini"][name], out["theil"][name] = (lambda: Gini(x)), (lambda: Theil(x))
        out["atkinson"][name] = lambda: Atkinson(x, 0.5)
    except ImportError:
        pass
    try:
        from ineqpy import inequality as ineqpy

        for measure in ("gini", "theil", "atkinson", "hoover"):
            out[measure]["ineqpy"] = partial(getattr(ineqpy, measure), income=x, weights=w)
    except ImportError:
        pass
    try:
        import microdf

        series = microdf.MicroSeries(x, weights=w)
        out["gini"]["microdf"], out["median"]["microdf"] = series.gini, series.median
        out["top_share"]["microdf"] = series.top_10_pct_share
    except ImportError:
        pass
    return out


def others(n):
    """Each measure by other packages, where they have it and are installed, beside ours."""
    x, w = incomes(n)
    found = rivals(x, w)
    for measure, theirs in found.items():
        ours = clock(lambda f=m.MEASURES[measure]: f(x, weights=w), 3) if theirs else 1.0
        for name, f in theirs.items():
            try:
                ratio = f"{clock(f, 2) / ours:7.2f}"
            except Exception as error:  # a rival's fault is not ours
                ratio = type(error).__name__
            print(f"{f'  beside it: {measure}, {name} / ours':<66} {ratio}")
    if not any(found.values()):
        print("  (PySAL inequality, ineqpy and microdf are compared where they are installed)")


def ten_measures(n):
    x, w = incomes(n)
    single = clock(lambda: m.gini(x, w))

    def all_ten():
        d = m.Distribution(x, w)
        for name in TEN:
            m.MEASURES[name](d)

    return [line(f"ten measures together, {n:.0e} rows / one Gini", clock(all_ten) / single, 3)]


def grouped(n, groups=190):
    x, w = incomes(n)
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"place": rng.integers(0, groups, n), "income": x, "weight": w})

    def by_apply():
        def row(part):
            return pd.Series({k: m.MEASURES[k](part["income"], weights=part["weight"]) for k in TEN})

        return frame.groupby("place")[["income", "weight"]].apply(row)

    def by_apply_each():
        return {
            k: frame.groupby("place")[["income", "weight"]].apply(
                lambda part, f=m.MEASURES[k]: f(part["income"], weights=part["weight"])
            )
            for k in TEN
        }

    ours = clock(lambda: m.table(frame, TEN, by="place"), 3)
    each = clock(by_apply_each, 1)
    print(f"{'  beside it: one apply for all ten / table':<66} {clock(by_apply, 1) / ours:7.2f}")
    text = f"groupby.apply of each / table: 10 measures x {groups} groups, {n:.0e} rows"
    return [line(text, each / ours, 5, False)]


def uncertainty(n):
    x, w = incomes(n)
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"income": x, "weight": w, "village": rng.integers(0, 340, n)})
    frame["stratum"] = frame["village"] % 38
    design = Design(frame, weight="weight", strata="stratum", psu="village")
    point = whole = np.inf
    for _ in range(8):
        point = min(point, clock(lambda: m.gini(x, w), 2))
        whole = min(whole, clock(lambda: design.estimate("gini"), 2))
    for name in ("mean", "theil", "quintile_ratio", "median"):
        alone = clock(lambda name=name: m.MEASURES[name](x, weights=w), 3)
        both = clock(lambda name=name: design.estimate(name), 3)
        print(f"{f'  beside it: {name} with SE / {name} alone':<66} {both / alone:7.2f}")
    return [line(f"Gini with linearised SE, {n:.0e} rows / the Gini alone", whole / point, 2)]


def bootstrap(n=16_000, villages=340, strata=38):
    x, w = incomes(n)
    village = np.random.default_rng(4).integers(0, villages, n)
    frame = pd.DataFrame({"income": x, "weight": w, "village": village, "stratum": village % strata})
    design = Design(frame, weight="weight", strata="stratum", psu="village")
    rows = [np.flatnonzero(village == v) for v in range(villages)]

    def resample_and_sort(replicates):
        rng = np.random.default_rng(5)
        for _ in range(replicates):
            drawn = []
            for h in range(strata):
                own = np.arange(h, villages, strata)
                drawn.extend(rows[v] for v in rng.choice(own, len(own)))
            picked = np.concatenate(drawn)
            numpy_gini(x[picked], w[picked])

    naive = clock(lambda: resample_and_sort(50), 2) * 10
    ours = clock(lambda: design.estimate("gini", method="bootstrap", replicates=500), 3)
    print(f"{'  500 replicates take, in seconds':<66} {ours:7.2f}")
    return [line(f"resample-and-sort / ours: 500 replicates of {n} rows", naive / ours, 8, False)]


def larger_than_memory(rows=100_000_000):
    """A Parquet folder of 1e8 rows through `table`; prints time and peak memory of this process."""
    import resource

    import duckdb

    duckdb.sql("SET enable_progress_bar=false")
    with tempfile.TemporaryDirectory() as folder:
        for part in range(10):
            income = f"(exp(9 + 2 * (hash(i + {part}) % 1000003) / 1000003.0))::INT AS income"
            rows_of = (
                f"SELECT (i % 19)::SMALLINT AS place, {income}, 1.0 + (i % 7) AS weight FROM range({rows // 10}) t(i)"
            )
            duckdb.sql(f"COPY ({rows_of}) TO '{Path(folder, f'{part}.parquet')}'")
        start = time.perf_counter()
        out = m.table(folder, TEN, by="place")
        seconds = time.perf_counter() - start
        print(f"{f'  table of {rows:.0e} rows takes, in seconds':<66} {seconds:7.2f}  ({len(out)} lines)")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        return [line(f"  peak memory of the whole benchmark, {rows:.0e} rows, GB", peak, 4)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--big", action="store_true")
    options = parser.parse_args()
    good = one_gini(options.rows, 10)
    others(options.rows)
    good += ten_measures(options.rows) + grouped(options.rows) + uncertainty(options.rows) + bootstrap()
    if options.big:
        good += one_gini(10_000_000, 2) + larger_than_memory()
    print(f"{sum(good)} of {len(good)} limits hold")
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
