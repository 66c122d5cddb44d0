"""Run one notebook in a process of its own, fenced in, and tell what it read and what it showed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

__all__ = ["Rerun", "rerun"]

_RUNNER = """
import os, sys, nbformat  # -I: nothing of the bundle can be imported here, where nobody watches
from nbclient import NotebookClient
from traitlets.config import Config
source, target, folder, seconds = sys.argv[1:5]
notebook = nbformat.read(source, as_version=4)
config = Config()
config.KernelManager.transport = "ipc"
client = NotebookClient(notebook, kernel_name="python3", timeout=int(seconds), allow_errors=False,
                        record_timing=False, resources={"metadata": {"path": folder}}, config=config)
guard = os.environ.pop("BUNDLE_GUARD")  # only the kernel is watched: this process has to start it
client.execute(env={**os.environ, "PYTHONPATH": guard + os.pathsep + os.environ.pop("BUNDLE_SOURCE")})
nbformat.write(notebook, target)
"""


@dataclass(frozen=True)
class Rerun:
    """What a run gave.

    Attributes
    ----------
    notebook : dict or None
        The executed notebook; None when it did not come to its end.
    reads : tuple of str
        Files below `data/` that were read, relative to the folder, sorted.
    error : str
        The last lines of what went wrong; empty when nothing did.
    network : str
        "none" where the run had no network at all, else "refused by Python only".
    """

    notebook: dict | None
    reads: tuple = ()
    error: str = ""
    network: str = "none"
    seconds: float = field(default=0.0, compare=False)


def rerun(root, notebook, python=sys.executable, seconds=300, memory_mib=4096):
    """Run `notebook`, which lies below `root`, in a folder and process of its own.

    Parameters
    ----------
    root : Path
        The project (or an unpacked bundle) that the notebook belongs to.
    notebook : Path
        The notebook; it is not changed.
    python : str
        Interpreter of the environment to run in; it needs nbclient and ipykernel.
    seconds : int
        Limit for each cell, and for the processor time of the whole.
    memory_mib : int
        Limit of the address space of each process.

    Returns
    -------
    Rerun
    """
    with tempfile.TemporaryDirectory(prefix="case-") as temporary:
        work = Path(temporary)
        (work / "guard").mkdir()
        (work / "home").mkdir()
        shutil.copy(Path(__file__).with_name("guard.py"), work / "guard" / "sitecustomize.py")
        reads, target = work / "reads.txt", work / "out.ipynb"
        command = [python, "-I", "-c", _RUNNER, str(notebook), str(target), str(work / "home"), str(seconds)]
        network = _no_network()
        try:
            done = subprocess.run(
                [*network, *command], env=_environment(root, work, reads), cwd=work / "home", capture_output=True,
                text=True, errors="replace", timeout=seconds * 4, preexec_fn=_limits(seconds, memory_mib),
            )
            whole = done.returncode == 0 and target.is_file()
            error = "" if whole else _plain(done.stderr)[-1500:] or "the kernel died"
        except subprocess.TimeoutExpired:
            error = f"not finished after {seconds * 4} seconds"
        seen = sorted(set(reads.read_text("utf-8").split("\n")) - {""}) if reads.is_file() else []
        made = json.loads(target.read_text("utf-8")) if not error else None
        return Rerun(made, tuple(seen), error, "none" if network else "refused by Python only")


def _plain(text):
    """Text without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()


def _environment(root, work, reads):
    """A small environment of its own: nothing of the user's settings or secrets reaches the notebook."""
    kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if k in os.environ}
    return {
        **kept, "HOME": str(work / "home"), "TMPDIR": str(work / "home"), "BUNDLE_SOURCE": str(Path(root) / "src"),
        "BUNDLE_GUARD": str(work / "guard"),
        "BLUEBOOK_PROJECT": str(root), "BUNDLE_ROOT": str(root), "BUNDLE_READS": str(reads), "BUNDLE_WRITE": str(work),
        "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "315532800", "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1",
        "JUPYTER_RUNTIME_DIR": str(work / "jupyter"), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
        "MPLCONFIGDIR": str(work / "home"), "IPYTHONDIR": str(work / "home" / "ipython"),
    }


def _limits(seconds, memory_mib):
    if sys.platform == "win32":
        return None

    def limit():
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory_mib * 2**20,) * 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 2**20,) * 2)

    return limit


@cache
def _no_network():
    """`unshare` with a network of its own (which has none) where the system lets us, else nothing."""
    if not sys.platform.startswith("linux") or not shutil.which("unshare"):
        return ()
    command = ("unshare", "--map-root-user", "--net")
    works = subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if works else ()
