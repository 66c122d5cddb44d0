"""What an edition answers a notebook: estimates by name, and one place at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from research.errors import DataError
from research.indicators.analysis import measured
from research.indicators.analysis.estimates import Estimates
from research.indicators.analysis.places import Place


class Asking(ABC):
    """The questions that an `Edition` answers with tidy frames."""

    edition: int

    @abstractmethod
    def table(self, name: str) -> pd.DataFrame:
        """A table made by `bluebook build`."""

    @property
    def year(self) -> int:
        """The edition's year."""
        return self.edition

    def place(self, code: object = "") -> Place:
        """One place of the edition: its households, estimates, indicators, targets, registers.

        Parameters
        ----------
        code : str
            Code or name of the district (default) or of one of its places.

        Raises
        ------
        DataError
            For an unknown place, with the nearest known one.

        Examples
        --------
        >>> from research.indicators import open_edition
        >>> open_edition("2024").place("331003").is_district
        True
        """
        return Place(self, str(code))  # type: ignore[arg-type]

    def estimate(
        self,
        measure: str | Sequence[str],
        column: str = "income_pc",
        *,
        place: object = "",
        by: Sequence[str] = ("year",),
        weight: str = "person_weight",
        **options: Any,
    ) -> Estimates:
        """A measure of the households, or an indicator, as a tidy frame that knows unit, interval and status.

        What is published is taken from the edition's own tables: adopted figures, rounded and withheld as they
        are. What is not there is computed with its linearised error and passes the same rules of disclosure.

        Parameters
        ----------
        measure : str or list of str
            A measure of `research.measures` (`gini`, `median`), one of the published tables (`mean_income`), or an
            indicator's id.
        column : str
            Of the households.
        place : str or list of str
            Codes; default the district. The first one is what `.at()` speaks of; ``"*"`` for all places.
        by : list of str
            `year`, `residence`, or another column of the households.
        weight : str
            `person_weight` for persons, `weight` for households.
        **options
            Of the measure: `epsilon=0.5`.

        Returns
        -------
        Estimates
            place, year, residence, measure, name, value, se, lower, upper, n, unit, status, source. Without a row
            where nothing was measured there.

        Raises
        ------
        DataError
            For a measure or column that does not exist, naming what does.
        """
        return measured.estimate(self, measure, column, place, by, weight, options)  # type: ignore[arg-type]

    def tested(
        self, kind: str, measure: str, residence: str, place: str, year: int, against: int | None = None
    ) -> pd.Series | None:
        """The adopted comparison of a measure or indicator (`research.indicators.comparisons`), or None.

        Parameters
        ----------
        kind : {"change", "since", "district", "residence"}
        measure, residence, place, year
            What is compared.
        against : int, optional
            The year it must be held against.
        """
        found = self._tests.get((kind, measure, residence, str(place), int(year)))
        if found is None:
            return None
        row = self._tests_rows.iloc[found]
        return None if against is not None and int(row["against_year"]) != against else row

    @cached_property
    def _tests_rows(self) -> pd.DataFrame:
        try:
            return self.table("comparisons")
        except DataError as error:
            if getattr(error.faults[0], "kind", "") != "table":
                raise
            return pd.DataFrame()

    @cached_property
    def _tests(self) -> dict[tuple[Any, ...], int]:
        """Position of each comparison by what it is asked for; indicators of a measure under their id too."""
        rows = self._tests_rows
        if rows.empty or "kind" not in rows:
            return {}
        known = measured.indicators_of(self)  # type: ignore[arg-type]
        at: dict[tuple[Any, ...], int] = {}
        keys = zip(*(rows[c].tolist() for c in ("kind", "measure", "residence", "place", "year")), strict=True)
        for position, (kind, measure, residence, place, year) in enumerate(keys):
            at.setdefault((kind, measure, residence, str(place), int(year)), position)
            if own := known.get((measure, residence)):
                at.setdefault((kind, own, "all", str(place), int(year)), position)
        return at


__all__ = ["Asking"]
