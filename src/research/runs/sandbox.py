"""What the system itself refuses to a run: files outside its folders, and signals to other processes.

Linux's Landlock (5.13 and later) binds a process, the programs it starts and the libraries that open files by
themselves, and it asks for no rights. Where it is missing, only the hook of `research.runs.prelude` stands guard.
`research.runs.syscalls` refuses what is no matter of files. Both files stand alone (standard library only): a
stranger's notebook is confined by them before any package is imported.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Iterable

CREATE, ADD, RESTRICT = 444, 445, 446  # system calls, the same numbers on all of Linux's usual machines
NO_NEW_PRIVILEGES = 38  # prctl(2)
ASK_VERSION, BENEATH = 1, 1
FILE = 1 << 1  # write an existing file
LOOK = 1 | 1 << 2 | 1 << 3  # start, read a file, list a folder
TRUNCATE, REFER = 1 << 14, 1 << 13  # since versions 3 and 2
SCOPES = 1 | 1 << 1  # abstract sockets and signals, since version 6
CHANGES = sum(1 << bit for bit in (1, 4, 5, 6, 7, 8, 9, 10, 11, 12))  # write, remove, make of every kind


def version() -> int:
    """The version of Landlock that this system offers; 0 where there is none.

    Returns
    -------
    int

    Examples
    --------
    >>> version() >= 0
    True
    """
    if not sys.platform.startswith("linux"):
        return 0
    with contextlib.suppress(OSError, AttributeError):
        return max(0, _call(CREATE, None, 0, ASK_VERSION))
    return 0


def confine(writable: Iterable[str] | None = None, readable: Iterable[str] | None = None) -> list[str]:
    """Bind this thread, and all that it starts, for good.

    Parameters
    ----------
    writable : iterable of str, optional
        Folders and files in which it may change something. Default: no rule for changes.
    readable : iterable of str, optional
        Folders and files that it may read, beside the writable ones. Default: no rule for reading.

    Returns
    -------
    list of str
        What holds from now on: `files` (as asked), `signals` (none may be sent to a process outside).
    """
    have = version()
    changes = CHANGES | (REFER if have >= 2 else 0) | (TRUNCATE if have >= 3 else 0)
    files = (changes if writable is not None else 0) | (LOOK if readable is not None else 0)
    scope = SCOPES if have >= 6 else 0
    if not have or not (files or scope):
        return []
    attributes = struct.pack("<QQQ", files, 0, scope)[: 24 if have >= 6 else 16 if have >= 4 else 8]
    try:
        rules = _call(CREATE, attributes, len(attributes), 0)
    except OSError:
        return []
    try:
        for path in writable or ():
            _allow(rules, path, files)
        for path in readable or ():
            _allow(rules, path, files & LOOK)
        ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _call(RESTRICT, rules, 0)
    except OSError:
        return []
    finally:
        os.close(rules)
    return (["files"] if files else []) + (["signals"] if scope else [])


def _allow(rules, path, allowed):
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there cannot be changed or read either
    try:
        if not os.path.isdir(path):
            allowed &= FILE | TRUNCATE | LOOK & ~(1 << 3)
        if allowed:
            _call(ADD, rules, BENEATH, struct.pack("<Qi", allowed, place), 0)
    finally:
        os.close(place)


def _call(number, *words):
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.syscall.restype = ctypes.c_long
    given = [ctypes.c_long(w) if isinstance(w, int) else w for w in words]
    answer = kernel.syscall(ctypes.c_long(number), *given)
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
