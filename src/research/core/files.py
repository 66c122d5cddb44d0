"""Files and folders in their places: the former stands until the new is whole, whatever step is killed.

What is being made stands beside its place under a name that holds its process, `.<name>.<pid>-<n>.part`: two never
share one, and what a killed process left is known by it. The next that writes there sweeps it away.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from research.core.faults import DataError, Fault, say

if TYPE_CHECKING:
    from filelock import FileLock


__all__ = ["alive", "locked", "replacing", "replacing_folder", "settle", "sweep", "write_whole"]

_LEFT = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d+)(?:-\d+)?\.(?P<kind>part|old)(?:\.wal)?")
_numbers = itertools.count()
_held: set[tuple[str, int, int]] = set()

WAIT = float(os.environ.get("BLUEBOOK_WAIT") or 900)
"""Seconds that a command waits for another one that works on the same thing."""


@contextlib.contextmanager
def replacing(path: str | Path, durable: bool = True) -> Iterator[Path]:
    """A path beside `path` to write to; what was written takes the place of the former file when all went well.

    Parameters
    ----------
    path : str or Path
        Its folder is made when it is not there. Through a link, the file that it leads to is replaced.
    durable : bool
        Whether it has to be on the disk before it counts, so that a power cut loses neither the former nor the new.

    Yields
    ------
    Path
        Not there yet, in the same folder.

    Raises
    ------
    OSError
        As the system says it (disk full, read-only); the former file then stands untouched.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with replacing(path) as part:
    ...     _ = part.write_text("whole")
    >>> path.read_text(), [p.name for p in path.parent.iterdir()]
    ('whole', ['a.txt'])
    """
    path = Path(os.path.realpath(path)) if os.path.islink(path) else Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent, path.name)
    part = _beside(path, "part")
    try:
        yield part
        with contextlib.suppress(FileNotFoundError, PermissionError):
            shutil.copymode(path, part)  # a file that a group may write stays one
        if durable:
            _to_disk(part)
        os.replace(part, path)
        if durable:
            _to_disk(path.parent)
    except OSError as error:
        error.filename = error.filename or str(path)  # a full disk is told without saying which file was meant
        raise
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_whole(path: str | Path, content: str | bytes, durable: bool = True) -> Path:
    """Write a text (UTF-8, lines as they are) or bytes: readers see the former file or the new one.

    Raises
    ------
    OSError
        As the system says it (disk full, read-only); the former file then stands untouched.
    """
    with replacing(path, durable) as part:
        part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return Path(path)


@contextlib.contextmanager
def replacing_folder(path: str | Path) -> Iterator[Path]:
    """An empty folder beside `path` to fill; it takes the place of the former one when all went well.

    Where the system can exchange two names in one step, a reader always finds one of the two folders. Elsewhere the
    former is away for a moment; killed in it, the next `settle` brings it back.

    Parameters
    ----------
    path : str or Path
        The folders above it are made when they are not there.

    Yields
    ------
    Path
        The folder to fill, in the same folder as `path`.

    Raises
    ------
    OSError
        As the system says it; the former folder then stands untouched.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "book"
    >>> for text in ("first", "second"):
    ...     with replacing_folder(path) as part:
    ...         _ = (part / f"{text}.txt").write_text(text)
    >>> [p.name for p in path.iterdir()], [p.name for p in path.parent.iterdir()]
    (['second.txt'], ['book'])
    """
    path = Path(os.path.realpath(path)) if os.path.islink(path) else Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    settle(path)
    part = _beside(path, "part")
    part.mkdir()
    try:
        yield part
        with ThreadPoolExecutor(8) as pool:  # side by side, the disk takes many at once
            list(pool.map(_to_disk, [part, *(p for p in part.rglob("*") if not p.is_symlink())]))
        _take_place(part, path)
        _to_disk(path.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def settle(path: str | Path) -> None:
    """Bring a folder back that a killed process had moved away, and sweep what such processes left beside it."""
    path = Path(path)
    if not path.exists():
        former = [p for p, kind in _left(path.parent, path.name) if kind == "old"]
        if former:
            os.rename(max(former, key=lambda p: p.stat().st_mtime), path)
    sweep(path.parent, path.name)


def sweep(folder: str | Path, name: str = "") -> int:
    """Remove what processes that are no more have left in a folder while they made `name` (default: anything).

    Returns
    -------
    int
        How many files and folders were removed. A former folder that has no successor is never among them.
    """
    done = 0
    for path, kind in _left(Path(folder), name):
        match = _LEFT.fullmatch(path.name)
        if kind == "old" and match and not path.with_name(match["name"]).exists():
            continue
        with contextlib.suppress(OSError):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            done += 1
    return done


@contextlib.contextmanager
def locked(path: str | Path, wait: float | None = None, lock: str | Path | None = None) -> Iterator[None]:
    """Hold the lock of what stands at `path`: one process makes it at a time, the others wait and say for whom.

    The system frees it when the process ends, however it ends. Who holds it already may take it again.

    Parameters
    ----------
    path : str or Path
        A file or folder, there or not.
    wait : float, optional
        Seconds to wait for another process; default `BLUEBOOK_WAIT` from the environment, else `WAIT`.
    lock : str or Path, optional
        The lock's own file; default `.<name>.lock` beside `path`.

    Raises
    ------
    DataError
        Naming the other process and its command, when it is not done in that time.

    Examples
    --------
    >>> import tempfile
    >>> with locked(Path(tempfile.mkdtemp()) / "book"):
    ...     "nobody else makes the book now"
    'nobody else makes the book now'
    """
    lock = Path(lock or Path(path).with_name(f".{_short(Path(path).name)}.lock"))
    key = (os.path.realpath(lock), os.getpid(), threading.get_ident())
    if key in _held:
        yield
        return
    lock.parent.mkdir(parents=True, exist_ok=True)
    holder = lock.with_name(f"{lock.name}.who")
    turn = _in_turn(Path(path), lock, holder, WAIT if wait is None else wait)
    _held.add(key)
    try:
        command = " ".join(["bluebook", *sys.argv[1:]])
        with contextlib.suppress(OSError):
            holder.write_text(f"`{command}` (process {os.getpid()}, since {time.strftime('%H:%M:%S')})", "utf-8")
        yield
    finally:
        _held.discard(key)
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        turn.release()


def _in_turn(path: Path, lock: Path, holder: Path, wait: float) -> FileLock:
    """The lock, acquired; a word about the other process before waiting for it."""
    from filelock import FileLock, Timeout

    turn = FileLock(lock, thread_local=False)
    try:
        turn.acquire(timeout=0)
        return turn
    except Timeout:
        pass
    other = _who(holder)
    if wait > 0:
        print(f"{path.name}: waiting up to {wait:g} seconds for {other}", file=sys.stderr, flush=True)
    try:
        turn.acquire(timeout=wait, poll_interval=0.1)
        return turn
    except Timeout:
        raise DataError(
            Fault(
                path.name,
                say("no other command at work on it", "没有别的命令正在使用"),
                _who(holder),
                say(
                    "wait until that is done (BLUEBOOK_WAIT=SECONDS waits longer)",
                    "请等它结束（BLUEBOOK_WAIT=秒数 可多等）",
                ),
                "locked",
            )
        ) from None


def _who(holder: Path) -> str:
    try:
        return holder.read_text("utf-8") or "another command"
    except (OSError, ValueError):
        return "another command"


def alive(pid: int) -> bool:
    """Whether a process of this number runs (where the system does not tell: always)."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True


def _left(folder: Path, name: str) -> Iterator[tuple[Path, str]]:
    """(path, kind) of what dead processes have left."""
    try:
        entries = sorted(os.listdir(folder))
    except OSError:
        return
    start = f".{_short(name)}." if name else "."
    for entry in entries:
        match = _LEFT.fullmatch(entry) if entry.startswith(start) else None
        if match and (not name or match["name"] == _short(name)) and not alive(int(match["pid"])):
            yield Path(folder) / entry, match["kind"]


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f".{_short(path.name)}.{os.getpid()}-{next(_numbers)}.{kind}")


def _short(name: str) -> str:
    """As much of a name as leaves room for what is put around it; file systems take 255 bytes."""
    return name if len(name.encode()) <= 200 else name.encode()[:200].decode(errors="ignore")


def _take_place(part: Path, path: Path) -> None:
    if not path.exists():
        os.rename(part, path)
        return
    if _exchange(part, path):
        return  # the former stands under the temporary name now, and goes with it
    old = _beside(path, "old")
    os.rename(path, old)
    try:
        os.rename(part, path)
    except OSError:
        os.rename(old, path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step, where the system (Linux, macOS) and the file system can."""
    sys.audit("research.exchange", str(one), str(other))
    call, swap = ("renameat2", 2) if sys.platform == "linux" else ("renameatx_np", 2)
    function = getattr(ctypes.CDLL(None, use_errno=True), call, None) if os.name == "posix" else None
    if function is None:
        return False
    here = -100 if sys.platform == "linux" else -2
    return bool(function(here, os.fsencode(one), here, os.fsencode(other), ctypes.c_uint(swap)) == 0)


def _to_disk(path: Path) -> None:
    """Ask the system to write a file or folder out; where it cannot, it is not needed to go on."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
