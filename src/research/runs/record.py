"""Run records: what a notebook was made from and how it ended, written last and whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from research.core.files import write_whole
from research.core.texts import read_made

VERSION = 1
PACKAGES = (
    "papermill",
    "nbclient",
    "ipykernel",
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "pyarrow",
    "pydantic",
)


def record_path(notebook: str | Path) -> Path:
    """Where the record of an executed notebook stands: beside it, `<place>.run.json`."""
    return Path(notebook).with_suffix(".run.json")


def write_record(notebook: str, record: dict[str, Any]) -> None:
    """Write the record of an executed notebook; it comes last, so no record means not done."""
    text = json.dumps({"version": VERSION, **record}, ensure_ascii=False, indent=1, sort_keys=True)
    write_whole(record_path(notebook), text + "\n", durable=False)  # its checksum tells when a power cut broke it


def read_record(notebook: Path) -> dict[str, Any] | None:
    """The record beside an executed notebook, or None when there is no whole one.

    Parameters
    ----------
    notebook : str or Path
        Path of the executed notebook (it need not exist).

    Returns
    -------
    dict or None
        At least `status` (`done` or `failed`), `key`, `parts`, `parameters`, `seconds`.

    Examples
    --------
    >>> read_record("nowhere/331003.ipynb") is None
    True
    """
    record = read_made(record_path(notebook))
    whole = isinstance(record.get("status", ""), str) and all(
        isinstance(record.get(name) or {}, dict) for name in ("parts", "inputs", "parameters", "failure", "watched")
    )
    return record if whole and record.get("version") == VERSION and "key" in record else None


def is_whole(notebook: str | Path, record: dict) -> bool:
    """Whether an executed notebook is, byte for byte, what its record says: nobody changed a number in it."""
    path = Path(notebook)
    if not path.is_file() or path.stat().st_size != record.get("bytes", path.stat().st_size):
        return False
    return "sha256" not in record or hashlib.sha256(path.read_bytes()).hexdigest() == record["sha256"]


def environment(root: Path) -> dict[str, Any]:
    """What the records of one session share: commit and whether files differ from it, package versions.

    Parameters
    ----------
    root : Path
        The project's folder; without git there, the commit is None.

    Returns
    -------
    dict
        `commit`, `dirty`, `python`, `packages`.
    """
    import platform
    from importlib import metadata

    packages = {}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            packages[name] = metadata.version(name)
    commit = _git(root, "rev-parse", "HEAD")
    dirty = bool(_git(root, "status", "--porcelain", "--untracked-files=no")) if commit else None
    return {"commit": commit or None, "dirty": dirty, "python": platform.python_version(), "packages": packages}


def _git(root, *words):
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
