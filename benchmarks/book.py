"""Time the main job from data to both books, and print seconds, peak memory and sizes.

Run with ``make bench``. The project's own results are not touched: a copy of the sources is built in a
temporary folder. Memory is the largest sum of the resident sets of the command and all its children.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def copy_sources(target):
    """The files that git tracks, as they stand in the working tree."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def resident(pid):
    """Proportional set size of a process and its descendants, in MiB (Linux): shared pages count once."""
    total, waiting = 0, [pid]
    while waiting:
        current = waiting.pop()
        try:
            for line in Path(f"/proc/{current}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
            for task in Path(f"/proc/{current}/task").iterdir():
                waiting += [int(p) for p in (task / "children").read_text().split()]
        except (OSError, ValueError):
            continue
    return total / 1024


def timed(arguments, folder):
    """Seconds and peak MiB of one command."""
    environment = {**os.environ, "BLUEBOOK_PROJECT": str(folder), "PYTHONPATH": str(folder / "src")}
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "research", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak, done = [0.0], threading.Event()

    def watch():
        while not done.wait(0.25):
            peak[0] = max(peak[0], resident(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    errors = process.communicate()[1]
    done.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"{' '.join(arguments)}: exit code {process.returncode}\n{errors[-3000:]}")
    return time.monotonic() - start, peak[0]


def size(path):
    """MiB of a file or folder."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in files) / 2**20


def main():
    """Print one row a step, then the sizes."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copy_sources(folder)
        total, highest = 0.0, 0.0
        for step in (["check"], ["build"], ["run"], ["render", "--engine", "pandoc"]):
            seconds, memory = timed(step, folder)
            total, highest = total + seconds, max(highest, memory)
            print(f"{'bluebook ' + ' '.join(step):<36} {seconds:8.1f} s {memory:8.0f} MiB", flush=True)
        print(f"{'together':<36} {total:8.1f} s {highest:8.0f} MiB   (bound: 360 s, 3072 MiB)")
        again, _ = timed(["run"], folder)
        print(f"{'bluebook run, nothing changed':<36} {again:8.1f} s")
        for path in sorted((folder / "reports" / "output").glob("*/*")):
            if path.suffix in {".pdf", ".docx"}:
                print(f"{path.relative_to(folder).as_posix():<50} {size(path):8.1f} MiB")
        for book in sorted((folder / "reports" / "output").glob("*")):
            print(f"{book.relative_to(folder).as_posix() + ' (website and all)':<50} {size(book):8.1f} MiB")


if __name__ == "__main__":
    main()
