"""Run one notebook in a process of its own, fenced in by the system, and tell what it read and what it showed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from research.cases.evidence.fence import DEMANDED, fence
from research.core import scratch
from research.errors import MissingError

__all__ = ["Rerun", "rerun"]

_RUNNER = """
import sys, nbformat  # -I: nothing of the bundle can be imported here, where nobody watches
from nbclient import NotebookClient
from traitlets.config import Config
source, target, folder, seconds = sys.argv[1:5]
notebook = nbformat.read(source, as_version=4)
config = Config()
config.KernelManager.transport = "ipc"
client = NotebookClient(notebook, kernel_name="confined", timeout=int(seconds), allow_errors=False,
                        record_timing=False, resources={"metadata": {"path": folder}}, config=config)
client.execute()
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
    confined : tuple of str
        What the system itself held: `files`, `network`, `programs`, `signals`; sorted.
    """

    notebook: dict | None
    reads: tuple[str, ...] = ()
    error: str = ""
    confined: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)


def rerun(
    root: Path,
    notebook: Path,
    python: str = sys.executable,
    seconds: int = 300,
    memory_mib: int = 4096,
    source: Path | None = None,
    demand: bool = False,
) -> Rerun:
    """Run `notebook`, which lies below `root`, in a folder and process of its own.

    Its kernel starts fenced in: it reads the project, its interpreter and the system's libraries only, changes
    nothing but its own folder, has no network and starts no program.

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
    source : Path, optional
        Folder that holds the package `research` to run with; default: this installation's.
    demand : bool
        Run only where the system confines files, network and programs.

    Returns
    -------
    Rerun

    Raises
    ------
    MissingError
        With `demand`, on a machine that cannot confine a notebook.
    """
    with scratch.folder("case") as temporary:
        work = Path(temporary).resolve()
        fenced = fence(work, Path(root).resolve(), python, source, demand)
        if demand and fenced.missing:
            raise MissingError(f"this machine cannot confine a stranger's notebook: {', '.join(fenced.missing)}")
        target = work / "out.ipynb"
        command = [python, "-I", "-c", _RUNNER, str(notebook), str(target), str(work / "home"), str(seconds)]
        try:
            done = subprocess.run(
                command,
                env=fenced.environment,
                cwd=work / "home",
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds * 4,
                preexec_fn=_limits(seconds, memory_mib),
            )
            whole = done.returncode == 0 and target.is_file()
            error = "" if whole else _plain(done.stderr)[-1500:] or "the kernel died"
        except subprocess.TimeoutExpired:
            error = f"not finished after {seconds * 4} seconds"
        seen = sorted(set(fenced.reads.read_text("utf-8").split("\n")) - {""}) if fenced.reads.is_file() else []
        held = json.loads(fenced.report.read_text("utf-8")) if fenced.report.is_file() else []
        if demand and not error and not set(DEMANDED) <= set(held):
            error = "the kernel was not confined"
        made = json.loads(target.read_text("utf-8")) if not error else None
        return Rerun(made, tuple(seen), error, tuple(held))


def _plain(text):
    """Text without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()


def _limits(seconds: int, memory_mib: int) -> Callable[[], None] | None:
    if sys.platform == "win32":
        return None

    def limit():
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory_mib * 2**20,) * 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 2**20,) * 2)

    return limit
