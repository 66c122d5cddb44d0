"""Temporary folders: each locked by the process that uses it, so that what a killed one left is known.

A lock of the system ends with its process, however that ends. So a folder whose lock is free belongs to nobody
any more, and the next start removes it; a live run's folder cannot be taken for one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "bb-"
LOCK = ".lock"

_held: dict[Path, int] = {}  # folder -> descriptor of its lock


def make(name: str = "") -> Path:
    """A new temporary folder, this process's own until `drop` or its end.

    Parameters
    ----------
    name : str
        Put into the folder's name, for people who look.

    Returns
    -------
    Path
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{name}{'-' if name else ''}"))
    early, lock = folder / f"{LOCK}.new", folder / LOCK
    descriptor = os.open(early, os.O_RDWR | os.O_CREAT, 0o600)
    _try_lock(descriptor)
    if os.name == "posix":
        os.rename(early, lock)  # nobody ever sees the lock file without its lock
    _held[folder] = descriptor
    return folder


@contextlib.contextmanager
def folder(name: str = "") -> Iterator[Path]:
    """An empty temporary folder for as long as it is needed; what killed processes left of theirs goes first.

    Parameters
    ----------
    name : str
        Put into the folder's name, for people who look.

    Yields
    ------
    Path

    Examples
    --------
    >>> with folder("doc") as place:
    ...     list(place.iterdir())
    []
    >>> place.exists()
    False
    """
    sweep()
    made = make(name)
    try:
        (made / "work").mkdir()
        yield (made / "work").resolve()
    finally:
        drop(made)


def drop(folder: str | Path) -> None:
    """Remove a folder of this process."""
    descriptor = _held.pop(Path(folder), None)
    if descriptor is not None and os.name != "posix":
        os.close(descriptor)
        descriptor = None
    shutil.rmtree(folder, ignore_errors=True)
    if descriptor is not None:
        os.close(descriptor)


def drop_all() -> None:
    """Remove all folders of this process, as when it ends in the middle of its work."""
    for folder in list(_held):
        drop(folder)


def sweep() -> int:
    """Remove what killed processes of this user have left; live ones are not touched.

    Returns
    -------
    int
        How many folders were removed.
    """
    if os.name != "posix":
        return 0
    return sum(_left_behind(folder) for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))


def _left_behind(folder: Path) -> int:
    try:
        about = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or about.st_uid != os.getuid():
            return 0
        lock = folder / LOCK
        descriptor = os.open(lock, os.O_RDWR)
    except OSError:
        return 0  # without a lock file it is not ours to judge
    try:
        if not _try_lock(descriptor):
            return 0
        shutil.rmtree(folder, ignore_errors=True)
        return 1
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    """Whether the lock could be had at once (where the system has none: always)."""
    with contextlib.suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
