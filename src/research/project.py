"""The ladder of statuses, and the project (which `research.core.scope` defines)."""

from __future__ import annotations

from research.core.scope import Project as Project
from research.core.scope import open_project as open_project
from research.errors import DataError, Fault

STATUSES = ("published", "reported", "survey", "estimated", "imputed", "sample")
"""Statuses of a number from the strongest to the weakest."""

SAMPLE_MARK = "示例数据，非真实统计"
THEMES = ("economy", "income", "services", "governance", "culture", "environment")


def weakest(*statuses):
    """The weakest of some statuses: a number is as good as the worst it stands on.

    Parameters
    ----------
    *statuses : str or iterable of str
        Names out of `STATUSES`.

    Returns
    -------
    str

    Raises
    ------
    DataError
        Naming a status that is not on the ladder, or that none was given.

    Examples
    --------
    >>> weakest("published", ["survey", "reported"])
    'survey'
    """
    flat = {s for item in statuses for s in ([item] if isinstance(item, str) else item)}
    unknown = sorted(str(s) for s in flat if s not in STATUSES)
    if unknown or not flat:
        raise DataError(Fault("status", "one of " + ", ".join(STATUSES), ", ".join(unknown) or "none", kind="status"))
    return max(flat, key=STATUSES.index)


def mark(caption, status):
    """The caption with the sample mark where it stands on sample data, once.

    Examples
    --------
    >>> mark("收入分布", "sample")
    '收入分布（示例数据，非真实统计）'
    >>> mark("收入分布", "published")
    '收入分布'
    """
    return f"{caption}（{SAMPLE_MARK}）" if status == "sample" and SAMPLE_MARK not in caption else caption
