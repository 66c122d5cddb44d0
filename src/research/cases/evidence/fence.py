"""The fence around a notebook that may be a stranger's: what it may read and change, and what holds it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import research
from research.runs import sandbox, syscalls

__all__ = ["DEMANDED", "Fence", "fence", "means"]

DEMANDED = ("files", "network", "programs")
"""What the system must hold before a stranger's notebook may run."""

_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
    "/etc/mime.types",
    "/etc/ssl/openssl.cnf",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/self",
    "/proc/sys/vm",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup",
    "/sys/kernel/mm",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
)
"""What libraries ask of a system: code, fonts, time zones, and how much of the machine they may use."""


@dataclass(frozen=True)
class Fence:
    """A prepared folder for one run.

    Attributes
    ----------
    environment : dict of str to str
        Variables for the client: nothing of the user's settings or secrets is among them.
    reads, report : Path
        Where the kernel notes the data that it reads, and what holds it.
    missing : tuple of str
        What of `DEMANDED` this machine cannot hold.
    """

    environment: dict[str, str]
    reads: Path
    report: Path
    missing: tuple[str, ...]


@cache
def means() -> dict[str, str]:
    """By which means this machine confines a notebook.

    Returns
    -------
    dict of str to str
        For each of `files`, `network`, `programs`: landlock, seccomp or bubblewrap; what is missing has no entry.

    Examples
    --------
    >>> set(means()) <= {"files", "network", "programs"}
    True
    """
    found = {}
    if sandbox.version():
        found["files"] = "landlock"
    if syscalls.library() is not None:
        found |= {"network": "seccomp", "programs": "seccomp"}
    if len(found) < len(DEMANDED) and _bubblewrap():
        # In a room of processes of its own a program can be started, but sees and reaches nothing outside of it.
        found = {name: found.get(name, "bubblewrap") for name in DEMANDED}
    return found


def fence(work: Path, root: Path, python: str, source: Path | None = None, demand: bool = False) -> Fence:
    """Prepare `work`: a guard, a home, and a kernel by the name `confined` that starts fenced in.

    Parameters
    ----------
    work : Path
        An empty folder; the only place that the kernel may change.
    root : Path
        The project, readable.
    python : str
        The kernel's interpreter.
    source : Path, optional
        Folder that holds the package `research`; default: this installation's.
    demand : bool
        The kernel ends itself where files, network or programs are not confined.

    Returns
    -------
    Fence
    """
    guard, home, code = work / "guard", work / "home", work / "src"
    for folder in (guard, home, code, work / "runtime"):
        folder.mkdir()
    here = Path(__file__).parent
    shutil.copy(here / "guard.py", guard / "start.py")
    for module in (sandbox, syscalls):
        shutil.copy(str(module.__file__), guard)
    package = Path(source).resolve() / "research" if source else Path(research.__file__).resolve().parent
    (code / "research").symlink_to(package, target_is_directory=True)
    writable = [str(home), str(work / "runtime"), "/dev/null", "/dev/shm"]
    readable = [*_SYSTEM, *_interpreter(python), str(root), str(package), str(guard), str(code)]
    outer = means().get("files") == "bubblewrap"
    spec = {
        "readable": readable,
        "writable": writable,
        "root": str(root),
        "source": str(code),
        "reads": str(home / ".reads"),
        "report": str(home / ".confined"),
        "held": [n for n, m in means().items() if m == "bubblewrap"],
        "demanded": DEMANDED if demand else (),
    }
    (guard / "spec.json").write_text(json.dumps(spec), "utf-8")
    start = [python, "-s", "-P", str(guard / "start.py"), str(guard / "spec.json"), "-f", "{connection_file}"]
    kernel = work / "jupyter" / "kernels" / "confined"
    kernel.mkdir(parents=True)
    argv = [*(_walls(readable, writable) if outer else ()), *start]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "confined", "language": "python"}))
    missing = tuple(name for name in DEMANDED if name not in means())
    return Fence(_environment(root, work), home / ".reads", home / ".confined", missing)


def _interpreter(python: str) -> list[str]:
    """The folders that an interpreter reads: its own, the one that it was made from, and its packages."""
    ask = "import sys, sysconfig as s; print(*{sys.prefix, sys.base_prefix, *s.get_paths().values()}, sep='\\n')"
    found = subprocess.run([python, "-I", "-c", ask], capture_output=True, text=True, check=True).stdout.split("\n")
    return sorted({*filter(None, found), str(Path(python).resolve().parent)})


def _walls(readable: list[str], writable: list[str]) -> list[str]:
    """bubblewrap's words for the same fence; its processes end with the client."""
    shown = [
        word
        for path in readable
        if not path.startswith(("/proc", "/dev", "/sys"))
        for word in ("--ro-bind-try", path, path)
    ]
    kept = [word for path in writable if not path.startswith("/dev") for word in ("--bind", path, path)]
    # Among processes of its own a kernel's parent is number 1, which ipykernel takes for "left alone": it must not ask.
    return [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--unsetenv",
        "JPY_PARENT_PID",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        *shown,
        *kept,
        "--",
    ]


@cache
def _bubblewrap() -> bool:
    if not sys.platform.startswith("linux") or not shutil.which("bwrap"):
        return False
    tried = subprocess.run(["bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"], capture_output=True)
    return tried.returncode == 0


def _environment(root: Path, work: Path) -> dict[str, str]:
    home = str(work / "home")
    kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if k in os.environ}
    return {
        **kept,
        "HOME": home,
        "TMPDIR": home,
        "USER": "case",
        "LOGNAME": "case",
        "BLUEBOOK_PROJECT": str(root),
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "315532800",
        "MPLBACKEND": "Agg",
        "OPENBLAS_NUM_THREADS": "1",
        "JUPYTER_RUNTIME_DIR": str(work / "runtime"),
        "JUPYTER_PATH": str(work / "jupyter"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "MPLCONFIGDIR": home,
        "IPYTHONDIR": home + "/ipython",
    }
