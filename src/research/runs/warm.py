"""Clients of the warm parent: start one, and ask one for a kernel."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from typing import Any

from research.core import scratch

ADDRESS = "BLUEBOOK_WARM"  # environment variable: socket of the warm parent that the command has started
PATIENCE = 60.0  # seconds until a warm parent must have answered (imports on a busy machine)


class WarmError(RuntimeError):
    """No warm kernel can be had; the message says why."""


def supported() -> bool:
    """Whether this system can fork kernels: Linux and macOS."""
    return os.name == "posix" and hasattr(os, "fork") and hasattr(socket, "send_fds")


class WarmParent:
    """A warm parent of our own; it ends when this process does, or at `close`.

    Parameters
    ----------
    env : dict, optional
        Its environment. `PYTHONHASHSEED` is fixed there once for all its kernels.
    """

    def __init__(self, env: Any = None) -> None:
        from research.runs.environment import environment

        if not supported():
            raise WarmError("this system cannot fork kernels")
        self.folder = scratch.make("warm")
        self.address = str(self.folder / "s")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.address)
        listener.listen(64)
        base = environment(os.environ.get("BLUEBOOK_PROJECT", ""), env)
        self._errors = open(self.folder / "errors", "w+b")  # noqa: SIM115 (lives as long as the process)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "research.runs.zygote", str(listener.fileno())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env=base,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
        listener.close()

    def close(self) -> None:
        """End the parent and with it all its kernels."""
        with contextlib.suppress(OSError):
            if self.process.stdin:
                self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._errors.close()
        scratch.drop(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


_own: dict[int, Any] = {}


def _own_address():
    """Address of this process's own warm parent, started when first needed (and anew after a fork)."""
    pid = os.getpid()
    parent = _own.get(pid)
    if parent is None or parent.process.poll() is not None:
        parent = _own[pid] = WarmParent()
        atexit.register(lambda: parent.close() if pid == os.getpid() else None)
    return parent.address


def fork_kernel(argv: list[str], env: dict[str, str], cwd: str, address: str | None = None) -> ForkedKernel:
    """Ask a warm parent for a kernel.

    Parameters
    ----------
    argv : list of str
        Arguments of ipykernel, as `["-f", "kernel.json"]`.
    env : dict of str to str
        The kernel's whole environment.
    cwd : str
        Its folder.
    address : str, optional
        Socket of the parent. Default: the one named in the environment, else one of our own.

    Returns
    -------
    ForkedKernel

    Raises
    ------
    WarmError
        When there is no parent, or it may not fork.
    """
    address = address or os.environ.get(ADDRESS) or _own_address()
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(PATIENCE)
    request = json.dumps({"argv": list(argv), "env": dict(env), "cwd": str(cwd), "umask": _umask()}).encode() + b"\n"
    try:
        connection.connect(address)
        descriptors = [n for n in (1, 2) if _is_open(n)]
        sent = socket.send_fds(connection, [request], descriptors if len(descriptors) == 2 else [])
        connection.sendall(request[sent:])
        kernel = ForkedKernel(connection)
        kernel.pid = kernel.answer()["pid"]
    except (OSError, KeyError, ValueError) as error:
        connection.close()
        raise WarmError(f"no warm kernel: {error}") from None
    connection.settimeout(0)
    return kernel


class ForkedKernel:
    """A kernel that a warm parent has forked, with the face of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, connection: Any) -> None:
        self._connection, self._rest = connection, b""
        self.pid, self.returncode = 0, None

    def answer(self) -> dict[str, int]:
        """The next message of the parent; KeyError with its reason when it refuses."""
        while b"\n" not in self._rest:
            data = self._connection.recv(4096)
            if not data:
                raise OSError("the warm parent has ended")
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        message = json.loads(line)
        if "error" in message:
            raise OSError(message["error"])
        return message

    def fileno(self) -> Any:
        """Descriptor that becomes readable when the kernel ends."""
        return self._connection.fileno()

    def poll(self) -> int | None:
        """The exit code, or None while the kernel lives (negative: the signal that ended it)."""
        if self.returncode is None:
            try:
                self._ended(self.answer()["exit"])
            except BlockingIOError:
                return None
            except (OSError, KeyError):
                self._ended(-signal.SIGKILL)  # the parent has gone, and its kernels with it
        return self.returncode

    def wait(self, timeout: Any = None) -> Any:
        """Wait for the end."""
        if self.returncode is None:
            self._connection.settimeout(timeout)
            try:
                self._ended(self.answer()["exit"])
            except TimeoutError:
                self._connection.settimeout(0)
                raise subprocess.TimeoutExpired("kernel", timeout) from None
            except (OSError, KeyError):
                self._ended(-signal.SIGKILL)
        return self.returncode

    def _ended(self, code):
        self.returncode = code
        self._connection.close()

    def send_signal(self, number: Any) -> None:
        """Signal the kernel and what it has started."""
        if self.poll() is None:
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def _is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _umask():
    """The process's file mode mask (there is no way to read it but to set it)."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
