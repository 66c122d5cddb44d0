"""Papermill engines: `research` (a kernel anew a notebook) and `research-warm` (forked from a warm parent)."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpec
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager


class _Late:
    """An engine by its name: papermill, while it is imported, asks for those that this module has yet to define."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        return getattr(globals()[self._name], attribute)


def __getattr__(name):
    if name in ("PlainEngine", "WarmEngine"):
        return _Late(name)
    raise AttributeError(f"module 'research.runs.engine' has no attribute {name!r}")


from papermill.engines import NBClientEngine  # noqa: E402 (it comes back here on its way)


class PlainEngine(NBClientEngine):
    """Papermill's own engine with our client: limits, and no fixed waits."""

    now = threading.local()  # .client: of this thread's last notebook; its verdict outlives an exception

    @classmethod
    def kernel(cls) -> Any:
        """Kernelspec of the kernels this engine starts."""
        from research.runs.client import plain_spec

        return plain_spec()

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: Any,
        log_output: Any = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: Any = 60,
        execution_timeout: Any = None,
        start: dict[str, Any] | None = None,
        limits: Any = None,
        scratch: Any = "",
        prelude: Any = "",
        postlude: Any = "",
        **kwargs: Any,
    ) -> NotebookNode:
        """Execute the notebook; papermill calls this with its own options and ours."""
        from research.runs.client import Limits, RunClient

        if execution_timeout:
            limits = {**(limits or {}), "cell": execution_timeout}
        client = cls.now.client = RunClient(
            nb_man,
            kernel_name=kernel_name,
            log=logging.getLogger("papermill"),
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
            startup_timeout=start_timeout,
            spec=cls.kernel(),
            limits=Limits(**(limits or {})),
            scratch=scratch,
            prelude=prelude,
            postlude=postlude,
        )
        return client.execute(**(start or {}))


class WarmEngine(PlainEngine):
    """The same, on kernels forked from a warm parent (`papermill --engine research-warm`)."""

    @classmethod
    def kernel(cls) -> KernelSpec:
        """Kernelspec of the warm kernels."""
        from research.runs.provisioner import warm_spec

        return warm_spec()


def engine_for(kernel: str) -> Any:
    """The engine class for `warm` or `plain` kernels."""
    return WarmEngine if kernel == "warm" else PlainEngine
