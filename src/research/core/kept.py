"""What files that did not change have given before: in a process, for all forked from it; between two, an answer.

Nothing is kept of reading unless a process asks for it (`keeping`): the warm parent of the kernels does, before its
first fork.
Who watches what a notebook reads still hears of each file (the audit event `research.read`).
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
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


def signatures(folders: Iterable[Path], files: Iterable[Path] = ()) -> dict[str, list[int]]:
    """Size and time of every file of some folders, and of single files; no locks, no stamps, no compiled modules.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _, _ = (folder / "a").write_text("1"), (folder / ".lock").write_text("")
    >>> [(Path(name).name, size) for name, (size, _) in signatures([folder]).items()]
    [('a', 1)]
    """
    found: dict[str, list[int]] = {}
    for folder in sorted(folders):
        for place, inside, names in os.walk(folder):
            inside.sort()
            for name in sorted(names):
                if not name.startswith(".") and not name.endswith(".pyc"):
                    found |= _size_and_time(os.path.join(place, name))
    for path in files:
        found |= _size_and_time(str(path))
    return found


def _size_and_time(path: str) -> dict[str, list[int]]:
    seen = _signature(path)
    return {path: [seen[0], seen[2]]} if seen and os.path.isfile(path) else {}


def told_before(asked: Sequence[str], files: dict[str, list[int]]) -> str | None:
    """What was answered to a question when all files were as they are now; None where they were not.

    Parameters
    ----------
    asked : sequence of str
        The question: everything but the files that the answer depends on.
    files : dict
        As `signatures` gives them.
    """
    try:
        known = json.loads(_answer(asked).read_text("utf-8"))
        return str(known["text"]) if known["asked"] == [*asked] and known["files"] == _digest(files) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def tell_again(asked: Sequence[str], files: dict[str, list[int]], text: str) -> None:
    """Keep an answer for the next time; where nothing can be written there is none."""
    from research.core.files import write_whole

    path = _answer(asked)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps({"asked": [*asked], "files": _digest(files), "text": text}))
    except OSError:
        return


def _answer(asked: Sequence[str]) -> Path:
    """In the user's cache, not in the project: who asks changes nothing."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    return cache / "bluebook" / f"{hashlib.sha256(json.dumps([*asked]).encode()).hexdigest()[:24]}.json"


def _digest(files: dict[str, list[int]]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def _copy(thing: Any) -> Any:
    """A frame shares its memory until one of both is written to (copy on write)."""
    return thing.copy(deep=False) if hasattr(thing, "columns") else copy.deepcopy(thing)


__all__ = ["keeping", "once", "signatures", "tell_again", "told_before"]
