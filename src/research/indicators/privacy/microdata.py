"""Rows of households: a kind of frame of its own, so that none is shown, saved or packed by mistake."""

from __future__ import annotations

import pandas as pd

from research.errors import DataError, Fault, say

NAMES = {"household", "person_weight"}
"""Column names that only microdata have."""
MARK = "<!-- rows of households: not for publication -->"
"""Stands in whatever a notebook shows of such a frame; a book or bundle with it is refused."""
WAY_OUT = "publish the built tables (edition.table), or edition.publish(research.measures.table(...))"


class Microdata(pd.DataFrame):
    """A frame of households; what is cut out of it, joined to it or summed up from it is one too.

    Examples
    --------
    >>> homes = Microdata({"place": ["a", "a"], "income": [1.0, 2.0]})
    >>> type(homes[homes["income"] > 1].assign(x=1)).__name__
    'Microdata'
    """

    _metadata = ["about"]  # whose they are: carried along, and not copied

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


def _refusing(writer):
    """A writer of pandas that refuses: what leaves the house is a table that passed the rules."""

    def refused(self, *args, **kwargs):
        admit(Microdata(), f"{type(self).__name__}.{writer}")

    refused.__name__, refused.__doc__ = writer, "Refused: rows of households are not written out."
    return refused


GROUPS = say("numbers of groups of households", "成组住户的数值")
WRITERS = (
    "to_csv",
    "to_excel",
    "to_feather",
    "to_hdf",
    "to_html",
    "to_json",
    "to_latex",
    "to_markdown",
    "to_orc",
    "to_parquet",
    "to_pickle",
    "to_sql",
    "to_stata",
    "to_xml",
)
"""Ways of pandas to save or print a frame."""
for _kind in (Microdata, MicrodataColumn):
    for _writer in WRITERS:
        if hasattr(_kind, _writer):
            setattr(_kind, _writer, _refusing(_writer))


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
        found = say(
            "rows of households, or sums of them that no rule of disclosure has seen",
            "住户的逐行数据，或未经披露规则检查的合计",
        )
        raise DataError(Fault(where, GROUPS, found, WAY_OUT, kind="microdata"))
    return frame
