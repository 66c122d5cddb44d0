"""Starts a kernel that is fenced in before it loads anything: run as a program, never imported by the product.

The first fence is the system's (files, network, programs: `sandbox.py` and `syscalls.py`, copied beside this file).
The second is an audit hook, which says in words which rule was broken and notes the files below `data/` that are
read; native code could climb it, so it is never the only one for a stranger's notebook.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any

STARTS = {
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
    "pty.spawn",
}


def watch(root: Path, writable: Any, log: Any) -> None:
    """Put the hook in place.

    Parameters
    ----------
    root : str
        The project; reads below its `data/` are noted.
    writable : list of str
        The folders in which something may be changed.
    log : str
        The file that names what was read.
    """
    data = os.path.join(root, "data") + os.sep
    inside = tuple(os.path.realpath(w) + os.sep for w in writable)

    def opened(path, mode, flags):
        if not isinstance(path, (str, bytes)):
            return
        full = os.path.realpath(os.fsdecode(path))
        writes = bool(set(mode or "") & set("wax+")) if isinstance(mode, str) else bool((flags or 0) & 3)
        if writes and full not in (log, os.devnull) and not (full + os.sep).startswith(inside):
            raise PermissionError(f"writing outside the case's own folder is refused: {os.path.basename(full)}")
        if not writes and full.startswith(data):
            with open(log, "a", encoding="utf-8") as notes:
                notes.write(os.path.relpath(full, root).replace(os.sep, "/") + "\n")

    def hook(event, arguments):
        if event == "open":
            opened(*arguments)
        elif event == "research.read":
            opened(arguments[0], "r", 0)
        elif event in STARTS:
            raise PermissionError(f"starting another program is refused ({event})")
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            raise PermissionError(f"a connection to another host is refused ({arguments[1][0]})")

    sys.addaudithook(hook)


def fence(spec: Any) -> None:
    """Bind this process by the means of the system that it has; a demanded one that is missing ends it.

    Parameters
    ----------
    spec : dict
        `readable`, `writable` (paths), `demanded` (what must hold: files, network, programs).
    """
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import sandbox
    import syscalls

    sys.path.pop(0)
    held = {*spec["held"], *sandbox.confine(spec["writable"], spec["readable"]), *syscalls.confine()}
    with open(spec["report"], "w", encoding="utf-8") as report:
        json.dump(sorted(held), report)
    if missing := set(spec["demanded"]) - held:
        sys.exit(f"this machine does not confine {', '.join(sorted(missing))}: nothing was run")


def main(path: Any, *words: Any) -> None:
    """Fence this process in, then be a kernel."""
    with open(path, encoding="utf-8") as stream:
        spec = json.load(stream)
    fence(spec)
    sys.path.insert(0, spec["source"])
    watch(spec["root"], spec["writable"], spec["reads"])
    sys.argv[:] = ["ipykernel_launcher", *words]
    runpy.run_module("ipykernel_launcher", run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
