"""What a view hands to a notebook cell: a picture, a table, sentences; and the status and sources of their frames."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from research.core.faults import DataError, Fault, spot
from research.core.status import weakest

if TYPE_CHECKING:
    from research.indicators.analysis.tidy import Tidy


@dataclass
class Picture:
    """A drawn figure with all that a book needs to print it.

    Parameters
    ----------
    figure : Figure
        Drawn, without a source line (`show` adds it).
    caption, alt : str
        Chinese. The alt text says the message, not the look.
    data : list of DataFrame
        What the figure stands on; each has a `status` column, perhaps a `source` column.
    source : str, optional
        Words after 资料来源：; by default the frames' `source` columns.
    status : str, optional
        Used when the frames hold no row.
    """

    figure: Figure
    caption: str
    alt: str
    data: list = field(default_factory=list)
    source: str | None = None
    status: str | None = None


@dataclass
class Sheet:
    """A table as readers see it, its caption, and the frames it stands on (as in `Picture`)."""

    frame: pd.DataFrame
    caption: str
    data: list = field(default_factory=list)
    source: str | None = None
    status: str | None = None
    note: str = ""


@dataclass
class Words:
    """Computed sentences, and the frames they stand on (as in `Picture`)."""

    text: str
    data: list = field(default_factory=list)
    status: str | None = None


@dataclass
class Absent:
    """What a figure or a table hands over when it has no rows: the sentence that stands in its place.

    Parameters
    ----------
    text : str
        Chinese: what is missing, and why where that is known.
    caption : str
        The caption that the figure or table would have.
    status : str, optional
        That of the edition.
    """

    text: str
    caption: str = ""
    status: str | None = None
    data: list = field(default_factory=list)

    @property
    def alt(self) -> Any:
        """The sentence again: a figure's alternative text."""
        return self.text


def status_of(frames: list[pd.DataFrame | Tidy], default: str | None = None) -> Any:
    """The weakest status in some frames: a figure is as good as the worst number in it.

    Parameters
    ----------
    frames : DataFrame or iterable of DataFrame
        Each with a column `status`.
    default : str, optional
        The answer when no frame has a row.

    Returns
    -------
    str or None

    Raises
    ------
    DataError
        Naming a frame that has rows and no `status`, or a row without one.

    Examples
    --------
    >>> status_of([pd.DataFrame({"status": ["published", "survey"]})])
    'survey'
    """
    frames = [frames] if isinstance(frames, pd.DataFrame) else list(frames)
    found = set()
    for position, frame in enumerate(frames):
        if not len(frame):
            continue
        if "status" not in frame:
            columns = ", ".join(map(str, frame.columns))
            raise DataError(
                Fault(f"data[{position}] of a figure or table", "a column 'status'", columns, kind="status")
            )
        if frame["status"].isna().any():
            row = frame.index[frame["status"].isna()][0]
            raise DataError(Fault(spot("data", index=position, row=row), "a status", "none", kind="status"))
        found.update(frame["status"].unique())
    return weakest(found) if found else default


def sources_of(frames: list[pd.DataFrame | Tidy], most: int = 3) -> str:
    """Words for 资料来源：: the different entries of the frames' `source` columns, in order.

    Examples
    --------
    >>> sources_of([pd.DataFrame({"source": ["区统计局", "区统计局", "区财政局"]})])
    '区统计局、区财政局'
    """
    frames = [frames] if isinstance(frames, pd.DataFrame) else list(frames)
    names = {}
    for frame in frames:
        if "source" in frame:
            names.update(dict.fromkeys(str(s) for s in frame["source"].dropna().unique() if str(s)))
    names, tail = _common_tail(list(names))
    return "、".join(names[:most]) + ("等" if len(names) > most else "") + tail


def _common_tail(names):
    """A remark in brackets that ends every name is said once, after the list."""
    found = {m[0] if (m := re.search(r"（[^（）]*）$", n)) else "" for n in names}
    tail = found.pop() if len(found) == 1 and len(names) > 1 else ""
    return list(dict.fromkeys(n.removesuffix(tail) for n in names)), tail
