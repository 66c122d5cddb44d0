"""What contrasts, extremes and parts of inequality add to the time of a build: processor seconds, side by side.

Run it from the project: ``python benchmarks/contrasts.py [--rounds 3]``. It builds the edition of the sample in memory,
clocks the steps that test comparisons, and holds their sum against the rest of the build: at most a tenth.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from importlib import import_module

from research import open_edition

STEPS = {  # module: functions that only the tests of comparisons need
    "research.indicators.comparisons": ["comparisons"],
    "research.indicators.between_places": ["tables"],
    "research.indicators.inequality_parts": ["linearized", "table"],
    "research.indicators.survey_tables": ["_source_errors"],
}
LIMIT = 0.10


def clocked(function, name, spent):
    """The function, its processor seconds added up under a name."""

    def run(*args, **kwargs):
        start = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[name] += time.process_time() - start

    return run


def once(year):
    """Seconds of one build, and of each step."""
    spent, kept = defaultdict(float), []
    for module, names in STEPS.items():
        holder = import_module(module)
        for name in names:
            kept.append((holder, name, getattr(holder, name)))
            setattr(holder, name, clocked(getattr(holder, name), f"{module.rsplit('.', 1)[1]}.{name}", spent))
    edition = open_edition(year)
    start = time.process_time()
    try:
        for room in ("indicators", "composite", "assessment"):
            edition.add_tables(import_module(f"research.{room}").build(edition))
        whole = time.process_time() - start
    finally:
        for holder, name, function in kept:
            setattr(holder, name, function)
    return whole, dict(spent)


def main():
    """Print the table; exit with 1 above the limit."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--year", default="2024")
    given = options.parse_args()
    rounds = [once(given.year) for _ in range(given.rounds)]
    whole, steps = min(rounds, key=lambda r: r[0])
    added = sum(steps.values())
    for name, seconds in sorted(steps.items(), key=lambda s: -s[1]):
        print(f"{name:45}{seconds:8.2f} s")
    print(f"{'build without them':45}{whole - added:8.2f} s\n{'build':45}{whole:8.2f} s")
    share = added / (whole - added)
    print(f"added: {100 * share:.1f}% (limit {100 * LIMIT:.0f}%)")
    return int(share > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
