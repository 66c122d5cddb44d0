"""Prove that runs are repeatable: do them again in cold kernels and compare every byte."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from research.core import scratch
from research.errors import DataError, Fault, say
from research.runs.record import read_record


def verify(plan: Any, jobs: int = 2, progress: Callable[..., Any] | None = None, limits: Any = None) -> Any:
    """Run finished runs again, each in a kernel started anew, and compare with what stands.

    It tests the notebooks (no clock, no randomness without a seed) and the warm kernels at once.

    Parameters
    ----------
    plan : Plan
        Its fresh runs are verified; stale ones cannot be.
    jobs : int
        Worker processes.
    progress : callable, optional
        Called with an `Event`.
    limits : dict, optional
        As in `execute`.

    Returns
    -------
    Report
        `done` are the equal ones; `failed` differ, with the first differing lines.

    Raises
    ------
    DataError
        When no run of the plan is fresh.
    """
    from research.runs.executor import execute

    fresh = [r for r in plan.runs if not r.stale_reason]
    if not fresh:
        raise DataError(
            Fault(
                "runs",
                say("finished runs", "已完成的运行"),
                say("none that is fresh", "没有最新的"),
                say("run `bluebook run` first", "请先运行 `bluebook run`"),
                kind="runs",
            )
        )
    folder = scratch.make("verify")
    try:
        again = [replace(r, path=folder / r.theme / r.path.name) for r in fresh]
        report = execute(
            replace(plan, runs=again), jobs, progress, force=True, kernel="plain", limits=limits, remember=False
        )
        first = {r.name: r for r in fresh}
        for run in list(report.done):
            if words := _difference(first[run.name].path, run.path):
                report.done.remove(run)
                report.failed.append(run)
                report.failures[run.name] = {
                    "kind": "differs",
                    "ename": "Differs",
                    "evalue": words[0],
                    "traceback": "\n".join(words[1:]),
                }
    finally:
        scratch.drop(folder)
    return report


def _difference(old, new):
    """Empty when both have the same bytes; else a sentence and the first differing lines."""
    if not old.is_file():
        return ["the executed notebook is missing"]
    one, two = old.read_bytes(), new.read_bytes()
    recorded = (read_record(old) or {}).get("sha256")
    if hashlib.sha256(one).hexdigest() != recorded:
        return ["the executed notebook was changed after its run"]
    if one == two:
        return []
    first, second = (content.decode("utf-8", "replace").splitlines() for content in (one, two))
    lines = difflib.unified_diff(first, second, "first", "again", lineterm="", n=1)
    return ["a second run gives other bytes", *(line[:160] for _, line in zip(range(14), lines, strict=False))]
