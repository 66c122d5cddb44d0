"""What a process has read once for all that are forked from it: files that did not change are not read again.

Nothing is kept unless a process asks for it (`keeping`): the warm parent of the kernels does, before its first fork.
Who watches what a notebook reads still hears of each file (the audit event `research.read`).
"""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T", "pd.DataFrame", Any)

_held: dict[tuple[str, str], tuple[tuple[int, ...], Any]] = {}
_open = False


@contextmanager
def keeping() -> Iterator[None]:
    """Keep what is read while this is open.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a"
    >>> _ = path.write_text("1")
    >>> with keeping():
    ...     once("text", path, path.read_text)
    '1'
    >>> once("text", path, lambda: "not read again")
    '1'
    >>> _ = path.write_text("22")
    >>> once("text", path, path.read_text)
    '22'
    """
    global _open
    _open = True
    try:
        yield
    finally:
        _open = False


def once(what: str, path: str | Path, read: Callable[[], T]) -> T:
    """What `read` gives, or gave before of this very file; the caller may change it freely.

    Parameters
    ----------
    what : str
        How the file is read; two ways of one file are two things.
    path : str or Path
        The file. It counts as the same while its size, inode and times are.
    read : callable
        Reads it.

    Returns
    -------
    object
        As `read` gives it; what was kept is handed out as a copy.

    Raises
    ------
    Exception
        What `read` raises; it is not kept.
    """
    if not _open and not _held:
        return read()
    key, now = (what, os.path.abspath(path)), _signature(path)
    found = _held.get(key)
    if found is not None and found[0] == now:
        sys.audit("research.read", key[1])
        return _copy(found[1])
    made = read()
    if _open and now:
        _held[key] = now, _copy(made)
    return made


def _signature(path: str | Path) -> tuple[int, ...]:
    """Size, inode and times of a file; empty where there is none."""
    try:
        seen = os.stat(path)
    except OSError:
        return ()
    return seen.st_size, seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns


def _copy(thing: Any) -> Any:
    """A frame shares its memory until one of both is written to (copy on write)."""
    return thing.copy(deep=False) if hasattr(thing, "columns") else copy.deepcopy(thing)


__all__ = ["keeping", "once"]
