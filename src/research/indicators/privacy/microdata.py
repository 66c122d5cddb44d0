"""Rows of households: a kind of frame of its own, so that none is shown, saved or packed by mistake."""

from __future__ import annotations

import pandas as pd

from research.errors import DataError, Fault

NAMES = {"household", "person_weight"}
"""Column names that only microdata have."""
MARK = "<!-- rows of households: not for publication -->"
"""Stands in whatever a notebook shows of such a frame; a book or bundle with it is refused."""
WAY_OUT = "publish the built tables (edition.table), or what research.measures.table makes of groups large enough"


class Microdata(pd.DataFrame):
    """A frame of households; what is cut out of it, joined to it or summed up from it is one too.

    Examples
    --------
    >>> homes = Microdata({"place": ["a", "a"], "income": [1.0, 2.0]})
    >>> type(homes[homes["income"] > 1].assign(x=1)).__name__
    'Microdata'
    """

    @property
    def _constructor(self):
        return Microdata

    @property
    def _constructor_sliced(self):
        return MicrodataColumn

    def _repr_html_(self):
        return MARK + (super()._repr_html_() or "")


class MicrodataColumn(pd.Series):
    """A column of such a frame: a frame that is made of it is `Microdata` again."""

    @property
    def _constructor(self):
        return MicrodataColumn

    @property
    def _constructor_expanddim(self):
        return Microdata


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows as a frame like any other: for computing inside the house, and for what the room lets pass."""
    return pd.DataFrame(frame)


def admit(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """Let a frame pass to a reader, or refuse it.

    Parameters
    ----------
    frame : DataFrame
    where : str
        What it is for, in the message.

    Returns
    -------
    DataFrame
        The frame itself.

    Raises
    ------
    DataError
        For rows of households, and for anything made of them that did not pass the rules of this room.

    Examples
    --------
    >>> admit(Microdata({"income": [1.0]}), "figures.table")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    research.core.faults.DataError: figures.table: expected numbers of groups of households, ...
    """
    if isinstance(frame, Microdata):
        raise DataError(Fault(where, "numbers of groups of households", "rows of households, or sums of them that no "
                              "rule of disclosure has seen", WAY_OUT, kind="microdata"))
    return frame
