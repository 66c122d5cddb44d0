"""Time the rendering of the bluebook from executed runs, all in one go, and print seconds with their ratios.

Run it from the project after ``bluebook run`` (``python benchmarks/book_render.py``); it works on a copy. Wall seconds
mean little on a busy machine: the CPU seconds beside them, and the ratios, do. Where Quarto is on PATH its full
render of the same book is timed too.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".hypothesis", ".pytest_cache", "bundles", "output", "__pycache__")
CHAPTER = "reports/bluebook/general.qmd"


def timed(arguments, folder):
    """Wall and CPU seconds of one command."""
    environment = {**os.environ, "BLUEBOOK_PROJECT": str(folder), "PYTHONPATH": str(folder / "src")}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "research", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - start
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stderr[-3000:]}")
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def change(folder, words):
    """Add a sentence to a chapter."""
    with (folder / CHAPTER).open("a", encoding="utf-8") as file:
        file.write(f"\n{words}\n")


def reload_seconds(folder):
    """Seconds from saving a chapter to the browser's reload, as `bluebook render --watch` serves it."""
    from research import book

    lines, stop = [], threading.Event()
    job = threading.Thread(
        target=book.watch, args=(folder, "bluebook"), kwargs={"port": 0, "progress": lines.append, "stop": stop}
    )
    job.start()
    found = []
    try:
        while not any("http" in line for line in lines):
            time.sleep(0.05)
        for n in range(3):
            seen, start = len(lines), time.monotonic()
            change(folder, f"又一句话，第{n}次。")
            while len(lines) == seen:
                time.sleep(0.02)
            found.append(time.monotonic() - start)
    finally:
        stop.set()
        job.join()
    return min(found)


def main():
    """Print one row a job: wall and CPU seconds, the bound, and the ratio to the full render's CPU time."""
    if not (ROOT / "reports" / "runs" / "book").is_dir():
        sys.exit("no runs to render: bluebook run")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(ROOT, Path(temporary) / "project", ignore=LEFT_OUT, symlinks=True))
        ours = ["render", "--book", "bluebook", "--engine", "pandoc"]
        timed([*ours, "--to", "html"], folder)  # the trees of notebooks are kept from here on
        rows = [("full: html, docx, pdf", 25, timed(ours, folder))]
        change(folder, "新的一句话。")
        rows.append(("one chapter changed: its page (--chapter)", 4, timed([*ours, "--chapter", "general"], folder)))
        change(folder, "再一句话。")
        rows.append(("one chapter changed: website", 4, timed([*ours, "--to", "html"], folder)))
        if shutil.which("quarto"):
            rows.append(("full by Quarto", None, timed([*ours[:-1], "quarto"], folder)))
        whole = rows[0][2][1]
        for name, bound, (wall, cpu) in rows:
            print(
                f"{name:<44}{wall:8.1f} s wall {cpu:8.1f} s CPU {cpu / whole:7.2f} of full   "
                f"{f'(bound: {bound} s)' if bound else ''}",
                flush=True,
            )
        sys.path.insert(0, str(folder / "src"))
        print(f"{'--watch: from saving to reload':<44}{reload_seconds(folder):8.1f} s wall   (bound: 3 s)")


if __name__ == "__main__":
    main()
