"""The environment of workers and kernels: what would show in the bytes is fixed, what would disturb is dropped."""

from __future__ import annotations

import os
from pathlib import Path

from research.core.threads import ONE

FIXED = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "1640995200",
    **ONE,
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""Environment of every kernel: what it fixes would show in the bytes or break a fork."""

DROPPED = ("MPLBACKEND", "PYTHONSTARTUP", "PYTHONPROFILEIMPORTTIME", "JPY_PARENT_PID", "PYTHONWARNINGS")


def environment(root: str | Path, base: dict[str, str] | None = None) -> dict[str, str]:
    """The environment a worker and its kernels get, from the caller's own.

    Parameters
    ----------
    root : Path
        The project's folder, for `research.open_edition` in a notebook.
    base : dict, optional
        Default: this process's environment.

    Returns
    -------
    dict of str to str
    """
    env = {k: v for k, v in (os.environ if base is None else base).items() if k not in DROPPED}
    env.update(FIXED)
    env["BLUEBOOK_PROJECT"] = str(root)
    return env
