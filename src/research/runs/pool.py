"""A few worker processes of our own: each can be killed and replaced without harm to the others."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from typing import IO, Any, cast

from research.errors import MissingError, say
from research.runs.warm import ADDRESS, WarmParent, supported

GRACE = 60.0  # seconds beyond a run's own limit before its worker is ended from outside


class Pool:
    """Workers that do jobs side by side; a context manager that leaves none behind.

    Parameters
    ----------
    jobs : int
        How many workers.
    env : dict
        Their environment.
    kernel : str
        `auto`, `warm` or `plain`; `kernel` then tells which it became.
    """

    def __init__(self, jobs: Any, env: Any, kernel: str = "plain") -> None:
        self._env, self._count = dict(env), jobs
        self.kernel = settle(kernel)
        self._parent: WarmParent | None = None
        self._workers: list[Any] = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self):
        if self.kernel == "warm" and not self._env.get(ADDRESS):
            self._parent = WarmParent(self._env)
            self._env[ADDRESS] = self._parent.address
        self._workers = [self._start() for _ in range(self._count)]
        return self

    def __exit__(self, *_):
        for worker in self._workers:
            worker.end()
        self._selector.close()
        if self._parent:
            self._parent.close()

    @property
    def idle(self) -> bool:
        """Whether a worker waits for a job."""
        return any(w.job is None for w in self._workers)

    def submit(self, job: dict[str, Any]) -> None:
        """Give a job to an idle worker."""
        next(w for w in self._workers if w.job is None).give(job)

    def wait(self) -> list[dict[str, Any]]:
        """Outcomes as soon as there is one: a list of dicts, each for one job."""
        outcomes: list[dict[str, Any]] = []
        while not outcomes:
            for key, _ in self._selector.select(timeout=self._patience()):
                outcomes += self._read(key.data)
            for worker in self._workers:
                if worker.job and time.monotonic() > worker.until:
                    outcomes.append(self._lost(worker, "timeout", "the run did not end at its limit"))
        return outcomes

    def _patience(self):
        ends = [w.until - time.monotonic() for w in self._workers if w.job]
        return max(0.05, min(ends, default=1.0))

    def _read(self, worker):
        chunk = worker.read()
        if not chunk:
            return [self._lost(worker, "worker", worker.last_words())] if worker.job else [*self._replace(worker)]
        answers = [a for a in chunk if "ready" not in a]
        for _ in answers:
            worker.job = None
        return answers

    def _lost(self, worker, kind, words):
        name = worker.job["name"]
        self._replace(worker)
        return {
            "name": name,
            "status": "failed",
            "seconds": 0.0,
            "failure": {"kind": kind, "ename": "Timeout" if kind == "timeout" else "WorkerDied", "evalue": words},
        }

    def _replace(self, worker):
        self._selector.unregister(worker.stdout)
        worker.end()
        if worker.silent and not worker.job:
            raise RuntimeError(f"a worker ended before its first job: {worker.last_words()}")
        self._workers[self._workers.index(worker)] = self._start()
        return []

    def _start(self):
        worker = _Worker(self._env)
        self._selector.register(worker.stdout, selectors.EVENT_READ, worker)
        return worker


def settle(kernel: str) -> str:
    """`auto` as the kind of kernel that this system allows."""
    if kernel == "warm" and not supported():
        raise MissingError(
            say(
                "--kernel warm: this system cannot fork kernels; use --kernel plain",
                "--kernel warm：本机不支持，请用 --kernel plain",
            )
        )
    return ("warm" if supported() else "plain") if kernel == "auto" else kernel


class _Worker:
    """One worker process and the job it does."""

    def __init__(self, env):
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "research.runs.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=env,
            start_new_session=True,
        )  # Ctrl-C reaches the command, not its workers
        self.stdin, self.stdout = cast("IO[bytes]", self.process.stdin), cast("IO[bytes]", self.process.stdout)
        self.job, self.until, self.silent, self._rest = None, 0.0, True, b""

    def give(self, job):
        self.job = job
        self.until = time.monotonic() + float(job["limits"].get("run") or 900) + GRACE
        try:
            self.stdin.write(json.dumps(job, ensure_ascii=False).encode() + b"\n")
            self.stdin.flush()
        except BrokenPipeError:
            pass  # it died: its output's end says so to `wait`

    def read(self):
        """Answers that have come; an empty list when the worker is gone."""
        data = os.read(self.stdout.fileno(), 1 << 20)
        if not data:
            return []
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.silent = False
        return [json.loads(line) for line in lines] or [{"ready": None}]

    def last_words(self):
        """The end of what the worker wrote to standard error."""
        self.errors.seek(0)
        text = self.errors.read().decode("utf-8", "replace").strip()
        return text.splitlines()[-1] if text else f"exit code {self.process.poll()}"

    def end(self):
        """End the worker and whatever it started in its own session."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (OSError, AttributeError):
            self.process.kill()
        self.process.wait()
        self.stdin.close()
        self.stdout.close()
        self.errors.close()
