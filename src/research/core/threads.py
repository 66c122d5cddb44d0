"""One thread for linear algebra, in every process of ours.

With several, the order of sums, and so the last digits of a result, depends on the machine's cores; and processes that
share a machine wait for each other. Processes side by side (`--jobs`) are what makes use of cores.
"""

from __future__ import annotations

import os

ONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1"}
"""What the usual libraries read when they are loaded."""


def one_thread() -> None:
    """Ask for one thread, unless the user has asked for something; to be called before numpy is imported.

    Examples
    --------
    >>> one_thread()
    >>> os.environ["OMP_NUM_THREADS"] != ""
    True
    """
    for name, count in ONE.items():
        os.environ.setdefault(name, count)
