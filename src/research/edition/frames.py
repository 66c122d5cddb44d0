"""The tables of an edition that pass from room to room, by name: `frames.yml` says what each holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from numbers import Real
from pathlib import Path

import pandas as pd

from research.core.texts import read_yaml
from research.errors import DataError, Fault, say, spot

LISTED = Path(__file__).with_name("frames.yml")
KINDS = ("text", "number", "flag", "date")
DOMAIN = "<domain>"
"""Stands for a column of each of the district's domains."""


@dataclass(frozen=True)
class Frame:
    """One table: its Chinese title, and the kind of each of its columns."""

    name: str
    title: str
    columns: Mapping[str, str] = field(default_factory=dict)

    def broken(self, table: pd.DataFrame, domains: tuple[str, ...] = ()) -> list[Fault]:
        """What of a table is not as it is said to be: columns that lack, or of another kind.

        Parameters
        ----------
        table : DataFrame
        domains : tuple of str
            Codes of the district's domains.

        Returns
        -------
        list of Fault
            A table without rows needs no columns, a column without values is of every kind, and a further column
            is no fault.

        Examples
        --------
        >>> frame = Frame("ranks", "位次", {"place": "text", "rank": "number"})
        >>> frame.broken(pd.DataFrame({"place": ["331003001"], "rank": [1.0]}))
        []
        >>> [f.kind for f in frame.broken(pd.DataFrame({"place": [331003001]}))]
        ['type', 'column']
        """
        faults = []
        for column, kind in self.named(domains).items():
            place = spot(self.name, column=column)
            if table.empty:
                break
            if column not in table:
                faults.append(
                    Fault(place, say("a column of this name", "有这一列"), say("none", "没有"), kind="column")
                )
            elif not _is(table[column], kind):
                faults.append(Fault(place, kind, str(table[column].dtype), kind="type"))
        return faults

    def named(self, domains: tuple[str, ...]) -> dict[str, str]:
        """The columns, one for each domain in the place of `<domain>`."""
        plain = {c: k for c, k in self.columns.items() if c != DOMAIN}
        return {**plain, **dict.fromkeys(domains if DOMAIN in self.columns else (), self.columns.get(DOMAIN, ""))}


def _is(column: pd.Series, kind: str) -> bool:
    values = column.dropna()
    if values.empty:
        return True
    if kind == "text":
        return bool(values.map(lambda v: isinstance(v, str)).all())
    if kind == "flag":
        return bool(values.map(lambda v: v is True or v is False or str(v) in ("True", "False")).all())
    if kind == "date":
        return pd.api.types.is_datetime64_any_dtype(column)
    if column.dtype == object:
        return bool(values.map(lambda v: isinstance(v, Real) and not isinstance(v, bool)).all())
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


@cache
def frames() -> dict[str, Frame]:
    """All tables that an edition is built of.

    Returns
    -------
    dict of str to Frame

    Examples
    --------
    >>> frames()["scores"].title, frames()["scores"].columns["score"]
    ('综合指数各级得分', 'number')
    """
    return {
        name: Frame(name, said["title"], {c: k for k in KINDS for c in said.get(k, [])})
        for name, said in read_yaml(LISTED, LISTED.name, needed=True).items()
    }


def hold(tables: Mapping[str, pd.DataFrame], domains: tuple[str, ...] = ()) -> None:
    """Refuse tables that are not as `frames.yml` says.

    Parameters
    ----------
    tables : dict of str to DataFrame
    domains : tuple of str
        Codes of the district's domains.

    Raises
    ------
    DataError
        Naming each table that lacks or that nobody named, and each column that lacks or is of another kind.
    """
    known, named, none = frames(), say("a table that frames.yml names", "frames.yml 列出的表"), say("none", "没有")
    hint = say(f"name it with its columns in {LISTED.name}", f"请在 {LISTED.name} 里写明它和它的列")
    faults = [Fault(name, named, none, kind="table") for name in sorted(set(known) - set(tables))]
    faults += [Fault(name, named, name, hint, kind="table") for name in sorted(set(tables) - set(known))]
    faults += [f for name in sorted(set(known) & set(tables)) for f in known[name].broken(tables[name], domains)]
    if faults:
        raise DataError(faults)
