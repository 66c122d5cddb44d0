"""Files a run has read that nobody named: helper modules and data beside the notebook, watched by their checksums."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

_OURS = ("reports", "src", ".git", ".venv")
"""Folders of a project whose files are made by runs, or watched as code and packages."""


def of(job: dict[str, Any], report: dict[str, Any]) -> dict[str, Any]:
    """What a run's record says of files that are none of its inputs.

    Parameters
    ----------
    job : dict
        The job: `root`, `inputs`, `folders`.
    report : dict
        As `prelude.reads` gives it; empty where the run failed.

    Returns
    -------
    dict
        `watched`: path from the root -> checksum; `unwatched`: names of what was read and cannot be watched.
    """
    root, watched, outside = Path(job["root"]), {}, set()
    if not job["folders"]:  # a book's run that such a library reads for depends on all of its inputs
        outside.update(report.get("blind", []))
    modules = set(report.get("modules", []))
    for path in map(Path, sorted({*(report.get("reads") or []), *modules})):
        if not path.is_relative_to(root):
            if str(path) in modules or not _of_system(path):
                outside.add(path.name)
            continue
        name = path.relative_to(root).as_posix()
        if name not in job["inputs"] and not _seen(path, name, job) and (found := checksum(path)):
            watched[name] = found
    return {"watched": watched, "unwatched": sorted(outside)}


def _seen(path: Path, name: str, job: dict[str, Any]) -> bool:
    """Whether a file is looked at in another way, or made anew by each build and run."""
    first = name.split("/")[0]
    return str(path.parent) in job["folders"] or (bool(job["folders"]) and first in _OURS) or first == ".venv"


def _of_system(path: Path) -> bool:
    """Whether a file belongs to the machine: what the kernel and its libraries read of it is no data."""
    first = path.parts[1] if len(path.parts) > 1 else ""
    return (
        first in ("usr", "lib", "lib64", "etc", "proc", "sys", "dev", "run", "opt", "nix")
        or any(part.startswith(".") or part in ("site-packages", "Library", "fonts") for part in path.parts[:-1])
        or (path.name.startswith("."))
    )


def checksum(path: Path) -> str:
    """The first 24 digits of a file's checksum; "" where there is no such file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    except OSError:
        return ""


def changed(record: dict[str, Any], root: Path) -> list[str]:
    """Names of the files watched by a record that are no longer as the run has read them."""
    return [name for name, old in (record.get("watched") or {}).items() if checksum(Path(root) / name) != old]


def outside(record: dict[str, Any] | None) -> list[str]:
    """Names of what a run has read outside the watch."""
    return list((record or {}).get("unwatched") or [])
