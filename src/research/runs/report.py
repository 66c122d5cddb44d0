"""What an execution tells: events on the way, and a report at the end with what failed and where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from research.core.faults import say

ANSI = re.compile(r"\x1b\[[0-9;]*m")
TRACE_LINES = 12


@dataclass(frozen=True)
class Event:
    """One step of an execution.

    Attributes
    ----------
    kind : str
        `start`, `done`, `failed`, `skipped`, `retry`, `end`.
    name : str
        `theme/place` of the run; empty at the end.
    done, failed, total : int
        Counts so far; `done` counts all that are over (fresh and failed ones too).
    seconds : float
        Of this run, or of everything at the end.
    message : str
        Why it was skipped, failed or retried.
    """

    kind: str
    name: str
    done: int
    failed: int
    total: int
    seconds: float = 0.0
    message: str = ""

    def as_dict(self) -> Any:
        """The event as plain values, for `--log-format json`."""
        from dataclasses import asdict

        return asdict(self)


@dataclass
class Report:
    """The end of an execution.

    Attributes
    ----------
    done, failed : list of Run
    skipped : list of (Run, str)
        With the reason: fresh, or what it waited for.
    failures : dict of str to dict
        By run name: kind, ename, evalue, cell, source, traceback.
    seconds : float
    """

    done: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)
    failures: dict = field(default_factory=dict)
    seconds: float = 0.0
    places: dict = field(default_factory=dict)
    timeline: list = field(default_factory=list)

    def summary(self) -> str:
        """One line: how many runs were done, failed, were fresh."""
        fresh = sum(why == "fresh" for _, why in self.skipped)
        other = len(self.skipped) - fresh
        if not self.done and not self.failed and not other:
            return f"nothing to do: all {fresh} runs are fresh"
        parts = [
            f"{len(self.done)} runs done",
            f"{len(self.failed)} failed" if self.failed else "",
            f"{other} skipped" if other else "",
            f"{fresh} fresh" if fresh else "",
        ]
        return ", ".join(p for p in parts if p) + f", {self.seconds:.1f} s"

    def recap(self) -> Any:
        """What failed, each with place, theme, cell, its source and the end of its traceback."""
        count, most = len(self.failed), len(self.failed) + len(self.done)
        lines = []
        for run in self.failed:
            lines += ["", *self._one(run)]
        waited = [f"{run.name}: {why}" for run, why in self.skipped if why != "fresh"]
        body = "\n".join(lines + ([""] + waited if waited else []))
        if not self.failed:
            return body
        return say(f"{count} of {most} runs failed\n{body}", f"{most}次运行中有{count}次失败\n{body}")

    def _one(self, run):
        failure = self.failures[run.name]
        place = self.places.get(run.place, "")
        cell = f", cell {failure['cell']}" if failure.get("cell") else ""
        yield f"{run.theme}, {run.place} {place}{cell}: {failure['ename']}: {failure['evalue']}"
        yield from (f"    | {line}" for line in failure.get("source", "").splitlines())
        trace = ANSI.sub("", failure.get("traceback", "")).splitlines()
        if len(trace) > TRACE_LINES:
            yield "    ..."
        yield from (f"    {line}" for line in trace[-TRACE_LINES:])
