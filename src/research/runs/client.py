"""The notebook client of the runs: papermill's, with limits by cell and run, and a prepared kernel."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import sys
import time
import typing
from pathlib import Path
from queue import Empty
from subprocess import Popen
from typing import TYPE_CHECKING

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from papermill.clientwrap import PapermillNotebookClient
from traitlets import Any, Dict, Unicode

if TYPE_CHECKING:
    from nbformat import NotebookNode

PYTHON = ("python3", "python", "research-warm")
"""Kernel names that mean this project's own Python."""

LONGEST_IPC = 90  # a Unix socket's path holds about 100 bytes
START_TRIES = 3


class Limits(dict):
    """Limits of one run: `cell` and `run` seconds, `output` characters, `memory` bytes above the start."""

    DEFAULTS = {"cell": 300.0, "run": 900.0, "output": 20_000_000, "memory": 2_000_000_000}

    def __init__(self, **given: typing.Any) -> None:
        super().__init__({**self.DEFAULTS, **{k: v for k, v in given.items() if v is not None}})


class RunClient(PapermillNotebookClient):
    """Executes one notebook under limits; `verdict` names the limit that ended it."""

    limits = Dict()
    spec = Any(None)
    scratch = Unicode("")
    prelude = Unicode("")
    postlude = Unicode("")

    def __init__(self, nb_man: typing.Any, **kw: typing.Any) -> None:
        super().__init__(nb_man, **kw)
        self.verdict: tuple[str, str] | None = None
        self.report: dict[str, typing.Any] = {}
        self.forked = False
        self._printed, self._deadline = 0, time.monotonic() + self.limits["run"]
        self.timeout_func = self._left
        self.shutdown_kernel = "immediate"
        self.record_timing = False
        self.extra_arguments = ["--HistoryManager.enabled=False"]

    def _left(self, cell):
        return max(0.01, min(self.limits["cell"], self._deadline - time.monotonic()))

    def create_kernel_manager(self) -> AsyncKernelManager:
        """A manager of this project's own kernel, over local sockets that no other process can take."""
        if self.spec is None or self.kernel_name not in PYTHON:
            return super().create_kernel_manager()
        manager = AsyncKernelManager(kernel_name=self.kernel_name, config=self.config)
        manager._kernel_spec = self.spec
        manager.shutdown_wait_time = 2.0
        if self.scratch:
            manager.connection_file = str(Path(self.scratch) / "kernel.json")
            if os.name == "posix" and len(manager.connection_file) < LONGEST_IPC:
                manager.transport, manager.ip = "ipc", str(Path(self.scratch) / "k")
        self.km = manager
        return manager

    async def async_start_new_kernel_client(self) -> typing.Any:
        """Connect, and go on as soon as the kernel answers and its output is heard (no fixed wait)."""
        try:
            await self._bound()
            self.kc = self.km.client()
            self.kc.start_channels()
            await self._ready()
        except Exception:
            await self._async_cleanup_kernel()
            raise
        self.kc.allow_stdin = False
        return self.kc

    async def _async_cleanup_kernel(self):
        """End the kernel at once: what it had to give has come; papermill waits half a second here."""
        manager: typing.Any = self.km
        self.km = None  # type: ignore[assignment]  # it is over
        if manager is None:
            return
        if manager.has_kernel:
            await manager.provisioner.kill()
            await manager.provisioner.wait()
        await ensure_async(manager.cleanup_resources())
        if self.kc is not None:
            self.kc.stop_channels()
            self.kc = None  # type: ignore[assignment]  # it is over

    _cleanup_kernel = run_sync(_async_cleanup_kernel)

    async def _bound(self):
        """Wait for the kernel's sockets: a connection made too early is tried again only after 0.1 s."""
        if self.km.transport != "ipc":
            return
        ports = (self.km.shell_port, self.km.iopub_port, self.km.hb_port, self.km.control_port, self.km.stdin_port)
        paths = [f"{self.km.ip}-{port}" for port in ports]
        deadline = time.monotonic() + self.startup_timeout
        while not all(os.path.exists(path) for path in paths):
            if not await ensure_async(self.km.is_alive()):
                raise RuntimeError("Kernel died before it could be reached")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {self.startup_timeout} seconds")
            await asyncio.sleep(0.003)

    async def _ready(self):
        deadline = time.monotonic() + self.startup_timeout
        heard = False
        while True:
            asked = self.kc.kernel_info()
            try:
                while not heard:  # a kernel greets each new listener, or at least says it is busy
                    await ensure_async(self.kc.iopub_channel.get_msg(timeout=0.5))
                    heard = True
                while True:
                    reply = await ensure_async(self.kc.shell_channel.get_msg(timeout=1))
                    if reply["parent_header"].get("msg_id") == asked:
                        self.kc._handle_kernel_info_reply(reply)
                        return
            except Empty:
                if not await ensure_async(self.km.is_alive()):
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if time.monotonic() > deadline:
                    raise RuntimeError(f"Kernel didn't respond in {self.startup_timeout} seconds") from None

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def execute(self, **kwargs: str | dict[str, str]) -> NotebookNode:
        """As papermill's, with the prelude before the first cell and the postlude after the last."""
        self.reset_execution_trackers()
        with self.setup_kernel(**kwargs):
            provisioner: typing.Any = self.km.provisioner
            self.forked = not isinstance(provisioner.process, Popen)
            self._limit_memory()
            if self.prelude:
                self._silently(self.prelude)
            self.papermill_execute_cells()
            info = self.wait_for_reply(self.kc.kernel_info())
            self.nb.metadata["language_info"] = info["content"]["language_info"]
            self.set_widgets_metadata()
            if self.postlude:
                self.report = self._silently(self.postlude)
        return self.nb

    def _silently(self, code):
        """Run code that leaves no trace in the notebook; the value of its expression `report`, if any."""
        asked = self.kc.execute(code, silent=True, store_history=False, user_expressions={"report": "_bluebook_report"})
        content = self.wait_for_reply(asked)["content"]
        if content["status"] == "error":
            raise RuntimeError(f"{content.get('ename')}: {content.get('evalue')}")
        value = content["user_expressions"]["report"]
        return json.loads(ast.literal_eval(value["data"]["text/plain"])) if value["status"] == "ok" else {}

    def _limit_memory(self):
        """Bound the kernel's private memory above what it has at the start (Linux; elsewhere no limit)."""
        pid: typing.Any = getattr(self.km.provisioner, "pid", None)
        try:
            import resource

            status = Path(f"/proc/{pid}/status").read_text()
            now = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:"))
            bound = now + int(self.limits["memory"])
            resource.prlimit(pid, resource.RLIMIT_DATA, (bound, bound))
        except (ImportError, AttributeError, OSError, StopIteration, ValueError):
            return

    def process_message(self, msg: typing.Any, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """As papermill's, but a cell that prints without end is stopped, not collected."""
        content = msg["content"]
        if msg["msg_type"] == "stream":
            self._printed += len(content.get("text", ""))
        elif "data" in content:
            self._printed += sum(len(v) for v in content["data"].values() if isinstance(v, str))
        if self._printed > self.limits["output"]:
            if self.verdict is None:
                self.verdict = ("OutputLimit", f"more than {self.limits['output']:,} characters of output")
                provisioner: typing.Any = self.km.provisioner
                asyncio.ensure_future(provisioner.kill())
            if msg["msg_type"] in ("stream", "display_data", "execute_result"):
                return None
        return super().process_message(msg, cell, cell_index)


def plain_spec() -> KernelSpec:
    """The kernelspec of a kernel of its own process, started anew (as `python3`)."""
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    return KernelSpec(argv=argv, display_name="Python 3", language="python")
