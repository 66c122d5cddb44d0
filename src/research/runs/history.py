"""Looking back: the state of each run, and the last execution as a picture."""

from __future__ import annotations

import itertools
from typing import Any

from research.runs.record import read_record

FAILED = "#c0392b"
COLOURS = (
    "#1f77b4",
    "#aec7e8",
    "#ff7f0e",
    "#ffbb78",
    "#2ca02c",
    "#98df8a",
    "#9467bd",
    "#c5b0d5",
    "#8c564b",
    "#c49c94",
    "#7f7f7f",
    "#c7c7c7",
    "#bcbd22",
    "#dbdb8d",
    "#17becf",
    "#9edae5",
)
"""One a theme; none is red, which means failed."""


def states(plan: Any) -> Any:
    """The state of each run of a plan.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    list of dict
        `name`, `theme`, `place`, `state` (`fresh`, `stale`, `failed`, `new`), `reason`, `seconds`, `started`,
        `kernel`.
    """
    rows = []
    for run in plan.runs:
        record = read_record(run.path) or {}
        failed = record.get("status") == "failed"
        state = "failed" if failed else "new" if not record else "stale" if run.stale_reason else "fresh"
        rows.append(
            {
                "name": run.name,
                "theme": run.theme,
                "place": run.place,
                "state": state,
                "reason": run.stale_reason or "",
                "seconds": record.get("seconds"),
                "started": record.get("started"),
                "kernel": record.get("kernel"),
            }
        )
    return rows


def timeline(plan: Any) -> Any:
    """A figure of the last execution: one bar a run, one line a worker, failures in red.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    matplotlib.figure.Figure
        Time in seconds from the first run's start.

    Raises
    ------
    DataError
        When no run has a record.
    """
    from matplotlib.figure import Figure

    from research.errors import DataError, Fault, say

    bars = sorted(
        (r["begun"], r["seconds"], r["worker"], r["status"], r["theme"])
        for r in (read_record(run.path) or {} for run in plan.runs)
        if r.get("begun") and r.get("seconds")
    )
    if not bars:
        raise DataError(
            Fault(
                "runs",
                say("finished runs", "已完成的运行"),
                say("none", "没有"),
                say("run `bluebook run` first", "请先运行 `bluebook run`"),
                kind="runs",
            )
        )
    session = [bars[-1]]  # back from the last run, until the machine stood still for a minute
    for bar in reversed(bars[:-1]):
        if min(b[0] for b in session) - (bar[0] + bar[1]) > 60:
            break
        session.append(bar)
    zero, workers = min(b[0] for b in session), sorted({b[2] for b in session})
    figure = Figure(figsize=(9, 1.5 + 0.5 * len(workers)), layout="constrained")
    axes = figure.subplots()
    themes = sorted({b[4] for b in session})
    colours = dict(zip(themes, itertools.cycle(COLOURS)))
    for begun, seconds, worker, status, theme in session:
        colour = FAILED if status == "failed" else colours[theme]
        axes.barh(
            workers.index(worker),
            seconds,
            left=begun - zero,
            height=0.7,
            color=colour,
            edgecolor="white",
            linewidth=0.5,
        )
    axes.set_yticks(range(len(workers)), [f"worker {n + 1}" for n in range(len(workers))])
    axes.invert_yaxis()
    busy = sum(b[1] for b in session)
    axes.set_xlabel(f"seconds; {len(session)} runs, {busy:.0f} s of work")
    failed = [_patch(FAILED, "failed")] if any(b[3] == "failed" for b in session) else []
    figure.legend(
        handles=[_patch(colours[t], t) for t in themes] + failed,
        ncols=6,
        fontsize=7,
        loc="outside upper center",
        frameon=False,
    )
    return figure


def _patch(colour, label):
    from matplotlib.patches import Patch

    return Patch(color=colour, label=label)
