"""Watches and limits a stranger's notebook from inside: loaded by Python itself as `sitecustomize`.

It is copied under that name into a folder of its own and found by PYTHONPATH. An audit hook cannot be taken
out again by Python code. It notes which files below `data/` are read, and refuses connections to other hosts,
new programs, and writing outside the allowed folders. It is a second fence: native code could climb it, so the
first ones are the checks before the run, the limits of the process, and (on Linux) a network of its own.
"""

import os
import sys

_ROOT = os.path.realpath(os.environ.get("BUNDLE_ROOT", os.curdir))
_ALLOWED = tuple(os.path.realpath(p) for p in os.environ.get("BUNDLE_WRITE", os.curdir).split(os.pathsep))
_LOG = os.environ.get("BUNDLE_READS", os.devnull)
_DATA = os.path.join(_ROOT, "data") + os.sep
_STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn"}


def _note(path):
    with open(_LOG, "a", encoding="utf-8") as log:
        log.write(os.path.relpath(path, _ROOT).replace(os.sep, "/") + "\n")


def _opened(path, mode, flags):
    if not isinstance(path, (str, bytes)):
        return
    full = os.path.realpath(os.fsdecode(path))
    writes = any(c in mode for c in "wax+") if isinstance(mode, str) else bool((flags or 0) & (os.O_WRONLY | os.O_RDWR))
    if writes and full != _LOG and full != os.devnull and not full.startswith(_ALLOWED):
        raise PermissionError(f"writing outside the case's own folder is refused: {os.path.basename(full)}")
    if not writes and full.startswith(_DATA):
        _note(full)


def _watch(event, arguments):
    if event == "open":
        _opened(*arguments)
    elif event == "research.read":
        _opened(arguments[0], "r", 0)
    elif event in _STARTS:
        raise PermissionError(f"starting another program is refused ({event})")
    elif event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise PermissionError(f"a connection to another host is refused ({address[0]})")


if "BUNDLE_ROOT" in os.environ:  # only in a process that was started to be watched
    sys.addaudithook(_watch)
