"""What each step costs at growing size: ``python benchmarks/province.py [--places 19 76] [--steps check build]``.

Makes a synthetic province of each size (`benchmarks/province_made.py`), runs the steps one after the other, each as a
command of its own, and prints processor seconds (with children), peak memory of the largest process, megabytes written,
and the exponent of growth between the smallest and the largest size: 1 is linear. `render-*` needs the runs of all
places; `runs` runs one theme for all of them.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from province_made import make

YEAR = "2024"
STEPS = {
    "check": ["check"],
    "build": ["build", "--force"],
    "plan": ["run", "--dry-run"],
    "runs": ["run", "--theme", "income", "--jobs", "1"],
    "all-runs": ["run", "--jobs", "1"],
    "render-html": ["render", "--book", "bluebook", "--to", "html"],
    "render-docx": ["render", "--book", "bluebook", "--to", "docx"],
    "render-pdf": ["render", "--book", "bluebook", "--to", "pdf"],
    "export": ["export"],
    "bundle": ["bundle"],
    "one-district": ["check", "--district", "990101"],
}
QUICK = ("check", "build", "plan", "runs", "export", "one-district")


def step(project: Path, name: str) -> tuple[float, float, float]:
    """Processor seconds, peak memory in MB, and MB written by one command."""
    before, used = size(project), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", "from research.cli import main; main()", *STEPS[name], "--edition", YEAR]
    with tempfile.TemporaryFile() as told:
        child = subprocess.Popen(
            command, cwd=project, stdout=told, stderr=told, env={**os.environ, "BLUEBOOK_PROJECT": ""}
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            told.seek(0)
            sys.exit(f"{name}: {told.read().decode()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return seconds, usage.ru_maxrss / 1024, size(project) - before


def size(folder: Path) -> float:
    """Megabytes of the files in a folder."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6


def exponent(small: float, large: float, ratio: float) -> float:
    """Of growth, from the values at two sizes."""
    return math.log(max(large, 1e-9) / max(small, 1e-9)) / math.log(ratio)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", type=int, nargs="+", default=[19, 76])
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=QUICK)
    parser.add_argument("--folder", type=Path, help="keep the provinces here, and use those that are there")
    given = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        for places in given.places:
            project = (given.folder or Path(scratch)) / f"p{places}"
            start = time.process_time()
            if not project.is_dir():
                make(project, places)
            print(f"{places} places: made in {time.process_time() - start:.1f} s, {size(project):.1f} MB", flush=True)
            for name in given.steps:
                found[name, places] = step(project, name)
                print("  {:<14}{:>8.1f} s{:>8.0f} MB{:>9.1f} MB written".format(name, *found[name, places]), flush=True)
    low, high = min(given.places), max(given.places)
    if low < high:
        for name in given.steps:
            ends = zip(found[name, low], found[name, high], strict=True)
            told = [f"{exponent(a, b, high / low):.2f}" for a, b in ends]
            print(f"exponent {name:<14} seconds {told[0]}, memory {told[1]}, disk {told[2]}")


if __name__ == "__main__":
    main()
