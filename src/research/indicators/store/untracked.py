"""Folders with households stay out of git: ignored where they are written, and told where git holds them already."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from research.core.files import write_whole

PATTERNS = ("households-*.csv", "history/", "expert-pool*.csv")
"""What is never committed of a data folder: households, the history with the files they came in, people by name."""
_SAID = "# 住户数据与历史不进入版本库（households stay out of git）"


def keep_out(folder: str | Path, patterns: Sequence[str] = PATTERNS) -> bool:
    """Write the folder's `.gitignore`, or add to it what it lacks; only where the folder lies in a git work tree.

    Parameters
    ----------
    folder : str or Path
        Data folder.
    patterns : sequence of str
        What holds households there.

    Returns
    -------
    bool
        Whether something was written.
    """
    folder = Path(folder).resolve()
    if not any((f / ".git").exists() for f in (folder, *folder.parents)):
        return False
    path = folder / ".gitignore"
    held = path.read_text("utf-8") if path.is_file() else ""
    lacking = [p for p in patterns if p not in held.splitlines()]
    if not lacking:
        return False
    start = held if not held or held.endswith("\n") else f"{held}\n"
    write_whole(path, start + "\n".join([_SAID, *lacking]) + "\n")
    return True


def tracked(folder: str | Path) -> list[str]:
    """Files with households that git holds, relative to the folder; none where there is no git.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    list of str
    """
    try:
        done = subprocess.run(
            [
                "git",
                "-C",
                str(folder),
                "ls-files",
                "-z",
                "--",
                "households-*.csv",
                "expert-pool*.csv",
                "history/surveys",
                "history/households-*",
            ],
            capture_output=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return sorted(n for n in done.stdout.decode("utf-8", "replace").split("\0") if n) if done.returncode == 0 else []
