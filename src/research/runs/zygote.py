"""The warm parent: a process with one thread and everything imported, that forks a kernel when asked.

Half of a notebook's time in a cold kernel is imports. A fork of a process that has done them is a real,
separate kernel within milliseconds; it shares the memory of what was imported and nothing else.

Protocol: one connection to the parent's socket is one kernel. The client sends one JSON line (and its standard
output and error as file descriptors); the parent answers `{"pid": n}`, and `{"exit": code}` when the kernel has
ended. When the client closes the connection, or dies, its kernel is killed with all that it has started. When
the parent's standard input ends, its owner is gone: it kills all kernels and ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from typing import Any

from research.runs.preload import preload
from research.runs.warmup import freeze, problem, warm_up

_PDEATHSIG, _SUBREAPER = 1, 36  # prctl(2)


def _prctl(option, value):
    with contextlib.suppress(OSError, AttributeError, ImportError):
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


class Parent:
    """The loop of the warm parent."""

    def __init__(self, listener: Any, reason: str = "") -> None:
        self.listener, self.problem = listener, reason
        self.kernels: dict[int, Any] = {}  # pid -> connection
        self.buffers: dict[Any, Any] = {}  # connection -> bytes of its request, and descriptors
        self.selector = selectors.DefaultSelector()
        self.wake_read, self.wake_write = os.pipe()

    def serve(self) -> None:
        """Serve until the owner is gone."""
        for end in (self.wake_read, self.wake_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self.wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: self.stop())
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        self.selector.register(self.wake_read, selectors.EVENT_READ, self._woken)
        self.selector.register(0, selectors.EVENT_READ, self._owner)
        _prctl(_SUBREAPER, 1)
        while True:
            for key, _ in self.selector.select():
                key.data(key.fileobj)

    def stop(self) -> None:
        """Kill all kernels and end."""
        for pid in list(self.kernels):
            _kill_group(pid)
        folder = os.path.dirname(self.listener.getsockname())
        if os.path.basename(folder).startswith("bb-warm-"):
            import shutil

            shutil.rmtree(folder, ignore_errors=True)  # its owner may have been killed before it could
        os._exit(0)

    def _owner(self, _):
        if not os.read(0, 4096):
            self.stop()

    def _accept(self, listener):
        connection, _ = listener.accept()
        self.buffers[connection] = (b"", [])
        self.selector.register(connection, selectors.EVENT_READ, self._hear)

    def _hear(self, connection):
        try:
            data, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 4)
        except OSError:
            data, descriptors = b"", []
        before, held = self.buffers[connection]
        if not data:
            self._forget(connection, held)
            return
        self.buffers[connection] = (before + data, held + list(descriptors))
        if data.endswith(b"\n"):
            text, held = self.buffers[connection]
            self.buffers[connection] = (b"", [])
            self._fork(connection, json.loads(text), held)

    def _forget(self, connection, held=()):
        for pid in [p for p, c in self.kernels.items() if c is connection]:
            _kill_group(pid)  # it is reaped when its end is heard
        for descriptor in held:
            os.close(descriptor)
        self.selector.unregister(connection)
        self.buffers.pop(connection, None)
        connection.close()

    def _fork(self, connection, request, descriptors):
        if reason := self.problem or problem():
            _send(connection, {"error": reason})
            return
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            try:
                self._become_kernel(request, descriptors, parent)
            finally:
                os._exit(1)
        for descriptor in descriptors:
            os.close(descriptor)
        self.kernels[pid] = connection
        _send(connection, {"pid": pid})

    def _become_kernel(self, request, descriptors, parent):
        os.setsid()
        _prctl(_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the line above: nobody would send the signal
            os.kill(os.getpid(), signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.selector.close()
        for connection in list(self.buffers):
            connection.close()
        self.listener.close()
        os.close(self.wake_read)
        os.close(self.wake_write)
        become_kernel(request, descriptors, parent)

    def _woken(self, _):
        with contextlib.suppress(BlockingIOError):
            os.read(self.wake_read, 4096)
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                break
            if ended is None:
                break
            if ended.si_pid in self.kernels:
                _kill_group(ended.si_pid)  # what the kernel has started ends with it
            _, status = os.waitpid(ended.si_pid, 0)
            connection = self.kernels.pop(ended.si_pid, None)
            if connection in self.buffers:
                _send(connection, {"exit": os.waitstatus_to_exitcode(status)})
        self._end_strays()

    def _end_strays(self):
        """End processes that left their kernel's group: they became our children when their parent ended."""
        with contextlib.suppress(OSError), open(f"/proc/self/task/{os.getpid()}/children") as stream:
            for pid in map(int, stream.read().split()):
                if pid not in self.kernels:
                    os.kill(pid, signal.SIGKILL)


def _kill_group(pid):
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)  # the child may not have reached its own group yet


def _send(connection, message):
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


def become_kernel(request: Any, descriptors: Any, parent: Any) -> None:
    """In the child: take on the request's environment and run an ordinary ipykernel until it ends."""
    null = os.open(os.devnull, os.O_RDWR)
    for number, source in enumerate([null, *(list(descriptors) + [null, null])[:2]]):
        os.dup2(source, number)
    for descriptor in {null, *descriptors} - {0, 1, 2}:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    os.umask(request.get("umask", 0o022))
    sys.argv = ["ipykernel_launcher.py", *request["argv"]]
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # or every child draws the same numbers
    from ipykernel.kernelapp import IPKernelApp

    from research.runs.prelude import when_loaded

    when_loaded("polars", _tell_statsmodels)
    app = IPKernelApp.instance(parent_handle=parent)
    app.initialize(request["argv"])
    if "matplotlib" in sys.modules:  # the backend is read from the environment at import, which is long past
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    app.start()


def _tell_statsmodels(polars):
    """Statsmodels looks for polars once, at its import, when it had to miss it."""
    data = sys.modules.get("statsmodels.tools.data")
    if data is not None:
        data._POLARS_TYPES = (polars.DataFrame, polars.Series)  # type: ignore[attr-defined]  # its own switch


def main() -> None:
    """Serve on the listening socket whose descriptor is the first argument."""
    sys.path[:] = [p for p in sys.path if p not in ("", os.getcwd())]  # as ipykernel's launcher does
    listener = socket.socket(fileno=int(sys.argv[1]))
    reason = warm_up()
    preload()
    freeze()
    reason = reason or problem()
    if reason:
        print(reason, file=sys.stderr)
    Parent(listener, reason).serve()


if __name__ == "__main__":
    main()
