"""Time and memory of the index: the full chain on a province's townships, and 10,000 variants of a district's.

Run with ``python benchmarks/composite_chain.py``; it prints seconds and peak memory, and fails beyond the limits.
"""

import resource
import sys
import time

import numpy as np
import pandas as pd

from research.composite import IndexSpec, build_index, robustness

LIMITS = {
    "chain of 64 indicators x 1,360 townships x 10 years": 1.0,
    "10,000 variants x 19 places x 64 indicators": 20.0,
}


def registry():
    """64 indicators under 19 sub-domains under 6 domains."""
    sub = np.arange(64) % 19
    domain = sub % 6
    return pd.DataFrame(
        {
            "id": [f"I{i:02d}" for i in range(64)],
            "name_zh": [f"指标{i}" for i in range(64)],
            "subdomain_code": [f"S{s:02d}" for s in sub],
            "subdomain_zh": [f"子领域{s}" for s in sub],
            "domain_code": [f"D{d}" for d in domain],
            "domain_zh": [f"领域{d}" for d in domain],
            "direction": np.where(np.arange(64) % 5 == 0, -1, 1),
            "emphasis": "",
            "local_flag": "",
        }
    )


def observations(places, years, seed=1):
    """Tidy observations, one in twenty missing from the second year on, a standard error on each."""
    rng = np.random.default_rng(seed)
    ids = registry()["id"].to_numpy()
    n = places * years
    frame = pd.DataFrame(
        {
            "place": np.repeat([f"{p:09d}" for p in range(places)], years * 64),
            "year": np.tile(np.repeat(np.arange(2015, 2015 + years), 64), places),
            "indicator": np.tile(ids, n),
            "value": rng.gamma(5.0, 10.0, n * 64),
            "status": "sample",
            "se": 2.0,
        }
    )
    gone = (rng.random(len(frame)) <= 0.05) & (frame["year"] > 2015)
    return frame[~gone].reset_index(drop=True)


FULL = {
    "screen_units": 0.5,
    "screen_indicators": 0.5,
    "impute": "last",
    "scale": (1, 100),
    "reference_years": (2015,),
    "outliers": {"method": "winsorise_log"},
    "aggregate": ("arithmetic", "geometric", "geometric"),
    "weights": {"objective": "entropy", "combine": "game", "emphasis": {"special": 1.2}},
}
"""Every step that the chain has: screened, imputed, treated, normalised, weighted, aggregated by two means."""

TABLES = ("steps", "indicator_scores", "scores", "ranks", "contributions", "weights", "availability")


def chain(data, tree, posts):
    """The full chain with every step kept and every table made; seconds of each part."""
    times, start = {}, time.perf_counter()
    result = build_index(data, tree, IndexSpec(goalposts=posts, **FULL))
    times["build"] = time.perf_counter() - start
    for name in TABLES:
        start = time.perf_counter()
        getattr(result, name)
        times[name] = time.perf_counter() - start
    return times


def main():
    """Run both and print."""
    posts = {i: (0.0, 150.0) for i in registry()["id"]}
    data, tree = observations(1360, 10), registry()
    chain(observations(19, 2), tree, posts)  # modules are loaded once, not measured
    parts = min((chain(data, tree, posts) for _ in range(3)), key=lambda p: sum(p.values()))
    print("; ".join(f"{name} {seconds:.2f} s" for name, seconds in parts.items()))
    times = {next(iter(LIMITS)): sum(parts.values())}
    small = build_index(observations(19, 1), tree, IndexSpec(goalposts=posts, impute="last"))
    start = time.perf_counter()
    robustness.simulate(small, 2015, 10_000)
    times[list(LIMITS)[1]] = time.perf_counter() - start
    for name, seconds in times.items():
        print(f"{name}: {seconds:.2f} s (limit {LIMITS[name]:.0f} s)")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {memory:.0f} MB (limit 1000 MB)")
    return int(memory > 1000 or any(s > LIMITS[n] for n, s in times.items()))


if __name__ == "__main__":
    sys.exit(main())
