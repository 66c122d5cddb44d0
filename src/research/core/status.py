"""Where a number comes from, from published to made up; the weakest wins, and a sample says so wherever it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Self

from research.core.faults import DataError, Fault, say

SAMPLE_MARK = "示例数据，非真实统计"


class Status(StrEnum):
    """The status of a number; its value is what the tables hold.

    Attributes
    ----------
    zh, en : str
        How readers are told.

    Examples
    --------
    >>> Status("survey").zh, Status.SAMPLE.zh, Status.SAMPLE == "sample"
    ('抽样调查', '示例', True)
    """

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        made = str.__new__(cls, value)
        made._value_ = value
        made.zh, made.en = zh, en
        return made

    PUBLISHED = "published", "公开发布", "published"
    REPORTED = "reported", "部门报送", "reported by a department"
    SURVEY = "survey", "抽样调查", "from a sample survey"
    ESTIMATED = "estimated", "估计", "estimated"
    IMPUTED = "imputed", "插补", "imputed"
    SAMPLE = "sample", "示例", "sample data, not real statistics"

    @property
    def meaning(self) -> str:
        """The Chinese words where they stand alone, as in a list of statuses: a sample says there what it is."""
        return SAMPLE_MARK if self is Status.SAMPLE else self.zh


STATUSES = tuple(str(s) for s in Status)
"""Statuses of a number from the strongest to the weakest."""

STATUS_WORDS = {str(s): s.zh for s in Status}
"""Status to the Chinese word for it."""


def weakest(*statuses: str | Iterable[str]) -> str:
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
        raise DataError(
            Fault(
                "status",
                say("one of " + ", ".join(STATUSES), "以下之一：" + "、".join(STATUSES)),
                ", ".join(unknown) or "none",
                kind="status",
            )
        )
    return max(flat, key=STATUSES.index)


def is_sample(thing: object) -> bool:
    """Whether something stands on sample data.

    Parameters
    ----------
    thing : str, mapping or object
        A status; a record that has one under `status`; anything with an attribute `status`: an edition, the
        facts of a figure.

    Returns
    -------
    bool
        False where no status is known.

    Examples
    --------
    >>> is_sample("sample"), is_sample({"status": "survey"}), is_sample({}), is_sample(None)
    (True, False, False, False)
    """
    if isinstance(thing, Mapping):
        thing = thing.get("status")
    elif not isinstance(thing, str):
        thing = getattr(thing, "status", None)
    return thing == Status.SAMPLE


def mark(text: str, status: object) -> str:
    """A caption or title with the sample mark where it stands on sample data, once.

    Parameters
    ----------
    text : str
    status : object
        As for `is_sample`.

    Returns
    -------
    str

    Examples
    --------
    >>> mark("收入分布", "sample") == f"收入分布（{SAMPLE_MARK}）" == mark(mark("收入分布", "sample"), "sample")
    True
    >>> mark("收入分布", "published"), mark("", "sample")
    ('收入分布', '')
    """
    return f"{text}（{SAMPLE_MARK}）" if text and is_sample(status) and SAMPLE_MARK not in text else text


def sample_mark(thing: object) -> str:
    """The mark itself for something on sample data, nothing for the rest.

    Examples
    --------
    >>> sample_mark("sample") == SAMPLE_MARK, sample_mark("survey")
    (True, '')
    """
    return SAMPLE_MARK if is_sample(thing) else ""
