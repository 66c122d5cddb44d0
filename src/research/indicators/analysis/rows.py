"""Estimates row by row: the row that is asked for, its number in words, and the years there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from research.errors import DataError, Fault, nearest, say
from research.indicators.analysis.tidy import Tidy
from research.measures import MEASURES
from research.wording import interval, number
from research.wording.values import Value

RESIDENCE = {"all": "全体", "urban": "城镇", "rural": "农村"}
"""Groups of residents, as they are called beside each other."""


class Rows(Tidy):
    """Rows with place, year, residence, measure, name, value, lower, upper and unit, one of which is asked for.

    What is not given is of the place asked for, the newest year with a value, all residents, and the first measure.
    """

    @property
    def _constructor(self) -> Any:
        return Rows

    def row(self, year: int | None = None, **where: Any) -> pd.Series | None:
        """The row of a year (default: the newest with a value) and of `measure`, `residence`, `place`; or None."""
        rows = self.of(**where)
        rows = rows[rows["year"] == (rows["year"].max() if year is None else int(year))]
        return rows.iloc[0] if len(rows) else None

    def of(self, measure: str = "", residence: str = "all", place: str = "") -> Any:
        """Rows of one measure, kind of residence and place with a value, in order of year; default as in `at`."""
        asked = {
            "measure": measure or (self["measure"].iloc[0] if len(self) else ""),
            "residence": residence,
            "place": place or self.known().place,
        }
        for column, wanted in asked.items():
            there = list(dict.fromkeys(self[column]))
            fine = ("", self.known().place, *RESIDENCE, *MEASURES)  # what was not measured is missing, not mistyped
            if wanted not in there and wanted not in fine and len(there):
                raise DataError(
                    Fault(
                        say(f"{column} of the estimate", f"估计的 {column}"),
                        say("one of " + ", ".join(there), "以下之一：" + "、".join(there)),
                        repr(wanted),
                        nearest(wanted, there),
                        "estimate",
                    )
                )
        kept = (
            self["value"].notna()
            & (self["measure"] == asked["measure"])
            & (self["residence"] == asked["residence"])
            & (self["place"] == asked["place"])
        )
        return self[kept].sort_values("year")

    def at(self, year: int | None = None, *, error: bool = True, **where: Any) -> Value:
        """The number, with its interval where it has one.

        Parameters
        ----------
        year : int, optional
        error : bool
            Whether the interval is said.
        measure, residence, place : str, optional
        """
        row = self.row(year, **where)
        if row is None:
            return self._value("", absent=self.known().absent)
        told = interval(row["lower"], row["upper"], row["unit"], level=self.percent) if error else ""
        text = number(row["value"], row["unit"]) + (f"（{told}）" if told else "")
        return Value(text, unit="" if told else row["unit"], row=self._key(row), **self._said(row))

    def year_of(self, **where: Any) -> int | None:
        """The newest year with a value."""
        row = self.row(**where)
        return None if row is None else int(row["year"])

    def ends(self, **where: Any) -> list[int]:
        """The first and the newest year with a value."""
        rows = self.of(**where)
        return sorted({int(rows["year"].min()), int(rows["year"].max())}) if len(rows) else []

    def _key(self, row: pd.Series) -> dict[str, Any]:
        return {k: row[k] for k in ("place", "year", "residence", "measure") if k in row}

    def _said(self, row: pd.Series) -> dict[str, Any]:
        """What a value of a row carries: its frames, and the words around it in the row's year."""
        about = self.known()
        first = self.of(measure=row["measure"], residence=row["residence"], place=row["place"])["year"].min()
        words = {**about.words, "year": int(row["year"]), "first": int(first), "name": row["name"]}
        return {"data": about.data or (self,), "words": words, "absent": about.absent, "status": about.status}

    def _value(self, text: str, **more: Any) -> Value:
        """A value without a row: it still knows whose it is, and its name."""
        held = super()._value(text, **more)
        name = {"name": self["name"].iloc[0]} if len(self) else {}
        return replace(held, words={**held.words, **name})
