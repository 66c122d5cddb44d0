"""Execute a plan: worker processes side by side, one failure never stops the rest."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from research.core import scratch
from research.core.files import write_whole
from research.core.scope import Scope
from research.core.texts import read_made
from research.errors import DataError, Fault, UsageError, nearest, say
from research.runs import literals
from research.runs import record as records
from research.runs.environment import environment
from research.runs.pool import Pool
from research.runs.preload import asked
from research.runs.report import Event, Report
from research.runs.warm import ADDRESS

if TYPE_CHECKING:
    from research.core.scope import Project
    from research.runs.planner import Plan, Run

KERNELS = ("auto", "warm", "plain")
SESSION = ".session.json"  # what the last execution was about, for one that goes on with it
RETRIED = ("died", "start", "worker")  # ends that another try may mend; a wrong cell stays wrong


def execute(
    plan: Plan,
    jobs: int = 2,
    progress: Callable[..., Any] | None = None,
    force: bool = False,
    kernel: str = "auto",
    limits: Any = None,
    retries: int = 1,
    scheduler: str = "",
    remember: bool = True,
) -> Report:
    """Do the stale runs of a plan, side by side.

    Parameters
    ----------
    plan : Plan
    jobs : int
        Worker processes.
    progress : callable, optional
        Called with an `Event` in the calling thread.
    force : bool
        Do fresh runs too.
    kernel : str
        `warm` (forked from one prepared parent), `plain` (a process each), or `auto`: warm where it works.
    limits : dict, optional
        `cell` and `run` seconds, `output` characters, `memory` bytes.
    retries : int
        New tries for a kernel that died or did not start.
    scheduler : str
        Address of a Dask scheduler; the runs then go to its workers.
    remember : bool
        Keep what this execution is about, so that `resume` can go on with it.

    Returns
    -------
    Report

    Raises
    ------
    UsageError
        An unknown kind of kernel, or jobs below one.
    DataError
        When the folder of the runs cannot be written.
    """
    if kernel not in KERNELS:
        raise UsageError(
            say(f"--kernel {kernel}: {nearest(kernel, KERNELS)}", f"--kernel {kernel}：{nearest(kernel, KERNELS).zh}")
        )
    if jobs < 1:
        raise UsageError(say(f"--jobs {jobs}: at least 1", f"--jobs {jobs}：至少为1"))
    todo = plan.runs if force else plan.stale
    session = _Session(plan, todo, progress or (lambda event: None), retries)
    if not todo:
        return session.finish()
    _require_writable(plan, remember and plan.scope is not None)
    scratch.sweep()
    with _pool(plan, min(jobs, len(todo)), kernel, scheduler, len(todo) <= jobs) as pool:
        session.work(pool, job_maker(plan, pool.kernel, limits))
    return session.finish()


def _pool(plan, jobs, kernel, scheduler, few):
    if scheduler:
        from research.runs.cluster import ClusterPool

        return ClusterPool(scheduler, kernel)
    if kernel == "auto" and few and not os.environ.get(ADDRESS):
        kernel = "plain"  # a warm parent's imports pay only from the second run of a worker on
    env = environment(plan.project.root) | (asked(plan.scope) if plan.scope else {})
    return Pool(jobs, env, kernel)


def job_maker(plan: Any, kernel: str, limits: Any = None) -> Callable[..., Any]:
    """A function that makes the plain-valued job of a run, for a worker here or elsewhere."""
    env = records.environment(plan.project.root)
    root = str(plan.project.root)
    shown = {"data": plan.scope.data.name} if plan.scope else {}
    folders = _read_folders(plan)

    def job_of(run):
        """What a worker needs to know to do `run`."""
        return {
            "name": run.name,
            "theme": run.theme,
            "place": run.place,
            "path": str(run.path),
            "root": root,
            "shown_path": plan.project.show(run.path),
            "notebook": run.template.notebook,
            "parameters": {k: literals.source(v) for k, v in run.parameters.items()},
            "data": str(run.parameters.get("data", "")),
            "parts": run.parts,
            "inputs": run.inputs,
            "environment": env,
            "shown": {**literals.shown(run.parameters), **shown},
            "key": key_of(run),
            "kernel": kernel,
            "limits": limits or {},
            "folders": folders,
            "suffix": run.place if plan.district and run.place != plan.district else "",
        }

    return job_of


def _read_folders(plan):
    """Folders whose files count as inputs, and how these are called; empty for a notebook outside a book."""
    if plan.scope is None:
        return {}
    return {
        str(plan.scope.results): "results",
        str(plan.project.reference): "reference",
        str(plan.scope.data.folder): "data",
    }


def key_of(run: Run) -> str:
    """One checksum of all that a run depends on."""
    text = json.dumps([run.parts, run.inputs], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _require_writable(plan, remember):
    folder = plan.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if remember:
            names = {
                "edition": plan.scope.edition,
                "data": plan.scope.data.findable,
                "runs": [r.name for r in plan.runs],
            }
            write_whole(plan.project.reports / "runs" / SESSION, json.dumps(names))
    except OSError as error:
        raise DataError(
            Fault(
                plan.project.show(folder),
                say("a folder that can be written", "能写入的文件夹"),
                error.strerror or str(error),
                say("free space or change its permissions", "请腾出空间或修改权限"),
                kind="disk",
            )
        ) from None


def resume(project: Project) -> Any:
    """The plan of the last execution, which may have been interrupted: what it has done stays done.

    Parameters
    ----------
    project : Project

    Returns
    -------
    Plan

    Raises
    ------
    UsageError
        When there is none to resume.
    """
    from dataclasses import replace

    from research.runs.planner import plan

    last = read_made(project.reports / "runs" / SESSION)
    wanted = last.get("runs")
    if not isinstance(wanted, list) or not all(isinstance(last.get(k), (str, int)) for k in ("edition", "data")):
        raise UsageError(
            say("nothing to resume: no execution has been started here", "没有可接着做的：这里还没有开始过运行")
        )
    whole = plan(Scope.of(project, last["edition"], last["data"]))
    return replace(whole, runs=[r for r in whole.runs if r.name in wanted])


class _Session:
    """The bookkeeping of one execution."""

    def __init__(self, plan, todo, tell, retries):
        self.plan, self.tell, self.retries = plan, tell, retries
        self.report = Report(places=plan.places)
        self.started = time.monotonic()
        chosen = {r.name for r in todo}
        self.waiting = list(todo)
        self.tries = {}
        self.report.skipped = [(r, "fresh") for r in plan.runs if r.name not in chosen]

    def work(self, pool, job_of):
        """Keep the pool busy until nothing waits and nothing runs."""
        running: dict[str, Any] = {}
        while self.waiting or running:
            while pool.idle and (run := self._next(running)):
                self._event("start", run.name)
                running[run.name] = run
                pool.submit(job_of(run))
            if not running:
                break  # what still waits depends on runs that are not coming
            for outcome in pool.wait():
                run = running.pop(outcome["name"])
                self._over(run, outcome)

    def _next(self, running):
        """The first waiting run that waits for nothing; those whose need failed are skipped on the way."""
        bad = {r.name for r in self.report.failed} | {r.name for r, why in self.report.skipped if why != "fresh"}
        ahead = set(running) | {r.name for r in self.waiting}
        for run in list(self.waiting):
            needs = {f"{theme}/{run.place}" for theme in run.template.after}
            if needs & bad:
                self.waiting.remove(run)
                self._skip(run, f"skipped, it comes after {', '.join(sorted(needs & bad))}")
                return self._next(running)
            if not needs & ahead:
                self.waiting.remove(run)
                return run
        return None

    def _over(self, run, outcome):
        failure = outcome.get("failure")
        self.report.timeline.append({k: outcome.get(k) for k in ("name", "started", "seconds", "status", "pid")})
        if not failure:
            self.report.done.append(run)
            self._event("done", run.name, outcome["seconds"])
            return
        tried = self.tries[run.name] = self.tries.get(run.name, 0) + 1
        if failure["kind"] in RETRIED and tried <= self.retries:
            self.waiting.insert(0, run)
            self._event("retry", run.name, outcome["seconds"], failure["ename"])
            return
        self.report.failed.append(run)
        self.report.failures[run.name] = failure
        self._event("failed", run.name, outcome["seconds"], f"{failure['ename']}: {failure['evalue']}")
        if failure["kind"] == "disk":
            for other in list(self.waiting):  # each of them would fail in the same way, after its work
                self.waiting.remove(other)
                self._skip(other, "skipped, the disk cannot be written")

    def _skip(self, run, why):
        self.report.skipped.append((run, why))
        self._event("skipped", run.name, message=why)

    def finish(self):
        """The report, and the last event."""
        self.report.seconds = time.monotonic() - self.started
        self._event("end", "", self.report.seconds)
        return self.report

    def _event(self, kind, name, seconds=0.0, message=""):
        over = len(self.report.done) + len(self.report.failed) + len(self.report.skipped)
        self.tell(Event(kind, name, over, len(self.report.failed), len(self.plan.runs), seconds, message))
