"""Runs on a Dask cluster: the same jobs, the same records, the same bytes, on workers elsewhere.

The workers need this package and the project's folder under the same path (a shared disk). One machine
gains nothing by it; a province with a thousand townships and ten machines does.
"""

from __future__ import annotations

from typing import Any

from research.errors import MissingError, UsageError


class ClusterPool:
    """The face of `Pool`, over a Dask scheduler.

    Parameters
    ----------
    address : str
        Of the scheduler, as `tcp://10.0.0.1:8786`.
    kernel : str
        `auto`, `warm` or `plain`; each worker starts its own warm parent.
    """

    def __init__(self, address: str, kernel: str = "auto") -> None:
        try:
            import distributed
        except ImportError:
            raise MissingError(
                "--scheduler needs the extra 'scale': pip install 'common-prosperity-bluebook[scale]'"
            ) from None
        from research.runs.pool import settle

        self._dask, self.address, self.kernel = distributed, address, settle(kernel)
        self._client: Any = None
        self._running: dict[Any, Any] = {}
        self._slots = 1

    def __enter__(self):
        try:
            self._client = self._dask.Client(self.address, timeout=15, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(f"--scheduler {self.address}: no scheduler answers there ({error})") from None
        return self

    def __exit__(self, *_):
        if self._running:
            self._client.cancel(list(self._running))
        self._client.close()

    @property
    def idle(self) -> bool:
        """Whether the cluster has a free thread (two jobs a thread are sent, so that none waits)."""
        threads = sum(self._client.nthreads().values())
        return len(self._running) < max(1, 2 * threads)

    def submit(self, job: Any) -> None:
        """Send a job; a worker that is lost has its jobs done by another."""
        future = self._client.submit(
            run_elsewhere,
            job,
            pure=False,
            retries=0,
            key=f"{job['name']}-{job['key'][:12]}-{len(self._running)}-{id(job)}",
        )
        self._running[future] = job

    def wait(self) -> list[Any]:
        """Outcomes as soon as there is one."""
        with self._client.as_current():
            ready = self._dask.wait(list(self._running), return_when="FIRST_COMPLETED").done
        return [self._outcome(future, self._running.pop(future)) for future in ready]

    def _outcome(self, future, job):
        error = future.exception()
        if error is None:
            return future.result()
        return {
            "name": job["name"],
            "status": "failed",
            "seconds": 0.0,
            "failure": {"kind": "worker", "ename": type(error).__name__, "evalue": str(error)},
        }


def run_elsewhere(job: Any) -> Any:
    """One job on a Dask worker, whose environment becomes that of a local worker."""
    import os

    from research.runs.environment import environment
    from research.runs.worker import run_one

    os.environ.update(environment(job["root"]))
    return run_one(job)
