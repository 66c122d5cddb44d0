"""Reading a file from outside in a process of its own, which may use so much time and memory and no more."""

from __future__ import annotations

import multiprocessing
import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from research.core.scope import Project
    from research.indicators.intake.sheets import Filled

SECONDS = 120
"""Longest that reading one file may take, in seconds."""
MEMORY = 2_000_000_000
"""Most memory that reading one file may take, in bytes."""


def within(
    function: Callable[..., Any],
    *arguments: Path | Project | None,
    where: str,
    seconds: float | None = None,
    memory: Any = None,
) -> Filled:
    """What `function(*arguments)` gives, computed in a child process with limits.

    Where the system cannot fork (Windows) it runs here: the limits of size of `safety.LIMITS` hold there too.

    Parameters
    ----------
    function : callable
    where : str
        The file, for the message.
    seconds : float, optional
        Default `SECONDS`.
    memory : int, optional
        Bytes beyond what this process has; default `MEMORY`.

    Raises
    ------
    DataError
        Naming the limit that was passed; or what `function` raised.

    Examples
    --------
    >>> within(sum, [1, 2], where="a.xlsx")
    3
    """
    seconds, memory = seconds or SECONDS, memory or MEMORY
    if "fork" not in multiprocessing.get_all_start_methods():
        return function(*arguments)
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(theirs, memory, seconds, function, arguments), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child only reads a file; it touches no thread
        child.start()
    theirs.close()
    try:
        kind, value = _answer(ours, child, seconds)
    finally:
        child.kill()
        child.join()
        ours.close()
    if kind == "value":
        return value
    if kind == "error":
        raise value
    expected = (
        f"a file that is read within {seconds:g} s"
        if kind == "time"
        else (f"a file that is read within {memory / 1e9:g} GB of memory")
    )
    found = (
        "one that takes longer"
        if kind == "time"
        else "one that takes more"
        if kind == "memory"
        else (f"one that breaks the reader (signal {value})")
    )
    raise DataError(
        Fault(
            where,
            expected,
            found,
            say("split it by year or by place, or save it as CSV", "请按年份或地区拆分，或另存为 CSV"),
            "limit",
        )
    )


def _answer(pipe, child, seconds):
    try:
        if not pipe.poll(seconds):
            return "time", None
        return pipe.recv()
    except EOFError:  # it died without a word
        child.join()
        code = -(child.exitcode or 0)
        return ("time", None) if code == getattr(signal, "SIGXCPU", -1) else ("broken", code)


def _work(pipe, memory, seconds, function, arguments):
    """The child: limits first, then the work, then one answer."""
    import resource

    with open("/proc/self/statm") if os.path.exists("/proc/self/statm") else open(os.devnull) as file:
        pages = file.read().split()
    used = int(pages[0]) * resource.getpagesize() if pages else 0
    for what, limit in (
        (resource.RLIMIT_AS, used + memory if used else resource.RLIM_INFINITY),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (soft, hard))
    try:
        answer = ("value", function(*arguments))
    except MemoryError:
        answer = ("memory", None)
    except Exception as error:  # told to the parent, which words it
        answer = ("error", error)
    try:
        pipe.send(answer)
    except MemoryError:
        pipe.send(("memory", None))
    except Exception as error:  # an exception that cannot be sent is told by its name
        pipe.send(("error", DataError(f"{type(error).__name__}: {error}")))
    os._exit(0)
