"""Twenty variants on 400,000 synthetic households, errors included, against microdf's bare point estimates of the same.

Run it from the project: ``python benchmarks/transfers.py --microdf PYTHON [--households 400000] [--rounds 3]``, where
PYTHON is an interpreter that has `microdf-python`, such as that of a virtual environment of its own. The other side is
given the incomes after each variant; both agree on the estimates, and are clocked in turn, in processor seconds. Ours
must take at most 0.3 of the other's time although it also reckons who gets how much, and standard errors.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

LINE, LOWER, UPPER, LIMIT, PLACES = 10_000.0, 100_000.0, 500_000.0, 0.3, 19
OTHER = """
import json, sys, time
import numpy as np, pandas as pd, microdf as mdf
homes = np.load(sys.argv[1]); after = np.load(sys.argv[2]); low, lower, upper = map(float, sys.argv[3:6])
size, weight, place = (homes[c] for c in ("size", "weight", "place"))
def one(income):
    head = mdf.MicroSeries(income / size, weights=weight * size)
    frame = mdf.MicroDataFrame({"place": place, "head": income / size}, weights=weight * size)
    means = frame.groupby("place")["head"].mean()
    band = mdf.MicroSeries((income >= lower) & (income <= upper), weights=weight).mean()
    m = np.asarray(means, float)
    return [head.mean(), head.gini(), (head < low).mean(), band, m.max() / m.min(), m.std() / m.mean()]
start = time.process_time()
found = [one(row) for row in after]
print(json.dumps({"seconds": time.process_time() - start, "found": found}))
"""


def homes(count, seed=20240701):
    """Synthetic households: lognormal incomes, villages in places, weights around 1."""
    rng = np.random.default_rng(seed)
    village = rng.integers(0, 348, count)
    size = rng.integers(1, 7, count)
    income = np.round(rng.lognormal(10.4, 0.7, count) * size * rng.uniform(0.7, 1.3, 348)[village])
    return pd.DataFrame(
        {
            "income": income,
            "size": size,
            "weight": rng.uniform(0.5, 1.5, count).round(2),
            "place": np.char.add("p", (village % PLACES).astype(str)),
            "village": village,
            "residence": np.where(village % 3, "rural", "urban"),
            "year": 2024,
        }
    )


def variants():
    """Twenty rules: flat, means-tested, gaps, tapers, subsidies, levies; by the budget and by levies."""
    amounts = [{"flat": {"yuan": 600.0 + 300 * k}} for k in range(5)]
    amounts += [{"gap": {"line": 12_000.0 + 2_000 * k, "rate": 0.5}} for k in range(5)]
    amounts += [{"share": {"rate": 0.01 + 0.005 * k}} for k in range(5)]
    amounts += [{"share": {"rate": 0.02, "above": 100_000.0 + 20_000 * k}} for k in range(5)]
    from research.transfers import parse

    made = {}
    for k, amount in enumerate(amounts):
        given = {
            "name": f"v{k}",
            "kind": "levy" if k >= 15 else "benefit",
            "from": date(2025, 1, 1),
            "source": "s",
            "amount": amount,
            "financed_by": "proportional_levy" if k in (5, 6) else "budget",
        }
        if k in (1, 3):
            given |= {"who": {"residence": "rural"}, "taper": {"start": 30_000, "rate": 0.1}}
        made[f"v{k}"] = parse(given, f"v{k}.yml")
    return made


def ours(frame, rules):
    """Processor seconds from the frame to the table of effects, and the table."""
    from research.transfers import of_frame, simulate

    start = time.process_time()
    people = of_frame(frame, {"low_income_line": LINE}, strata="place", psu="village")
    effects = simulate(people, rules).effects
    return time.process_time() - start, effects


def main():
    """Print both times and the largest departure; exit with 1 above the limit."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--microdf", required=True, help="an interpreter that has microdf-python")
    options.add_argument("--households", type=int, default=400_000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    from research.transfers import of_frame
    from research.transfers.payments import after

    frame, rules = homes(given.households), variants()
    people = of_frame(frame, {"low_income_line": LINE}, strata="place", psu="village")
    ours(frame.head(20_000), rules)
    with tempfile.TemporaryDirectory() as folder:
        rows, states = Path(folder) / "homes.npz", Path(folder) / "after.npy"
        np.savez(rows, place=people.place, **{c: people.frame[c].to_numpy(float) for c in ("size", "weight")})
        np.save(states, np.array([after(people, [r]).income for r in rules.values()]))
        mine, theirs = [], []
        for _ in range(given.rounds):
            seconds, effects = ours(frame, rules)
            mine.append(seconds)
            done = subprocess.run(
                [given.microdf, "-c", OTHER, rows, states, *map(str, (LINE, LOWER, UPPER))],
                capture_output=True,
                text=True,
                check=True,
            )
            theirs.append(json.loads(done.stdout))
    table = effects[effects["measure"] != "cost"]["after"].to_numpy().reshape(len(rules), -1)
    apart = (np.abs(np.array(theirs[-1]["found"]) - table) / np.maximum(np.abs(table), 1e-2)).max()
    best, other = min(mine), min(t["seconds"] for t in theirs)
    print(f"{len(rules)} variants, {given.households:,} households; largest relative departure {apart:.1e}")
    print(f"{'effects with errors':35}{best:8.2f} s\n{'microdf, point estimates':35}{other:8.2f} s")
    print(f"{'ratio':35}{best / other:8.2f}   (limit {LIMIT})")
    sys.exit(int(best / other > LIMIT))


if __name__ == "__main__":
    main()
