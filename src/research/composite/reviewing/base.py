"""Rows of the index's tables as frames that know whose they are."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from research.indicators.analysis.tidy import Tidy

Frame = TypeVar("Frame", bound=Tidy)

if TYPE_CHECKING:
    from research.indicators.edition import Edition

INDEX = "共同富裕综合指数"


class Reviewed:
    """An edition's index as its built tables hold it.

    Parameters
    ----------
    edition : Edition
    """

    def __init__(self, edition: Edition) -> None:
        self.edition, self.place, self.year = edition, edition.place(), edition.edition

    @cached_property
    def version(self) -> str:
        """The current version of the index."""
        scores = self.edition.table("scores")
        known = list(scores["version"])
        current = str(self.edition.index_versions.get("current", ""))
        return current if current in known or not known else known[-1]

    def rows(self, table: str, **kept: object) -> pd.DataFrame:
        """Rows of a built table of the current version that match `kept`."""
        rows = self.edition.table(table)
        if "version" in rows:
            rows = rows[rows["version"] == self.version]
        for column, value in kept.items():
            rows = rows[rows[column] == value]
        return rows.assign(source="综合指数测算")

    def told(self, rows: pd.DataFrame, kind: type[Frame] = Tidy, absent: str = "", **words: Any) -> Frame:
        """Rows as a frame that knows the place, the version, and what is said where it has none."""
        about = self.place.about(INDEX, version=self.version, group=self.edition.words["group"], **words)
        about = replace(about, absent=absent) if absent else about
        if "status" not in rows:
            rows = rows.assign(status=self.edition.status)
        return kind(rows.reset_index(drop=True)).told(about)

    @cached_property
    def names(self) -> pd.Series:
        """Short name of each domain, in the order of the themes."""
        return self.edition.themes.set_index("domain_code")["name_zh"]

    def placed(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows with short name, full name, code and group of their place, and whether it is in focus."""
        places = self.edition.places.set_index("code")
        of = {new: rows["place"].map(places[old]) for new, old in
              (("name", "name_short"), ("full", "name"), ("group", "group"))}  # fmt: skip
        focus = self.edition.focus
        return rows.assign(**of, code=rows["place"], focus=of["group"].eq(focus) if focus else False)
