"""An edition: one year's book, with all the data and tables it stands on, read when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from research.core import tables
from research.core.scope import Data, Project, Scope, open_project
from research.core.status import weakest
from research.core.texts import read_made, read_yaml
from research.errors import DataError, Fault, UsageError, nearest, say
from research.indicators.analysis.asking import Asking
from research.indicators.explore import Exploring
from research.indicators.privacy.microdata import Microdata
from research.indicators.reference import districts
from research.indicators.reference.reference import plans
from research.indicators.reference.schemas import empty_table, read_table
from research.indicators.registers.columns import KEPT
from research.indicators.store import store


class Edition(Exploring, Asking):
    """One edition's data; make it with `open_edition`.

    Parameters
    ----------
    scope : Scope
        The project, the year of the book (later data is not seen), and the data.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.project, scope.edition)
        self.scope, self.data, self.folder = scope, scope.data.name, scope.data.folder
        self._tables: dict[str, pd.DataFrame] = {}

    def __repr__(self) -> str:
        return f"Edition({self.edition}, {self.data!r}, status={self.status!r})"

    @cached_property
    def meta(self) -> dict[str, Any]:
        """What `meta.yml` says of the data: title, status, note, sources."""
        return read_yaml(self.folder / "meta.yml", f"{self.folder.name}/meta.yml")

    @cached_property
    def status(self) -> str:
        """The weakest status of anything in the data."""
        seen = [self.meta.get("status", "reported")]
        for frame in (self.handed_in, self.tasks, self.demands, self.aspects):
            seen += list(frame["status"].dropna().unique())
        seen += [s for year in self.survey_years for s in self._survey(year)["status"].dropna().unique()]
        return weakest(seen)

    # --- data ------------------------------------------------------------------------------------------------

    @cached_property
    def handed_in(self) -> pd.DataFrame:
        """Indicator values as they were handed in, up to this year."""
        return self._until("observations")

    @property
    def observations(self) -> pd.DataFrame:
        """Indicator values up to this year: with what was derived from the survey, once that was built."""
        try:
            return self.table("observations")
        except DataError:
            return self.handed_in

    @cached_property
    def tasks(self) -> pd.DataFrame:
        """The task register."""
        return self._read("tasks")

    @cached_property
    def demands(self) -> pd.DataFrame:
        """Citizens' demands by place, quarter and topic, up to this year."""
        return self._until("demands")

    @cached_property
    def target_values(self) -> pd.DataFrame:
        """Values reported straight for targets that no indicator covers; empty when none were handed in."""
        return self._until("target-values")

    @cached_property
    def aspects(self) -> pd.DataFrame:
        """Scores of the assessed aspects that are handed in, up to this year; empty when none were."""
        return self._until("aspects")

    @cached_property
    def answers(self) -> pd.DataFrame:
        """What departments answered about their targets, up to this year; empty when nothing was read in."""
        return self._until("answers")

    def register(self, name: str) -> pd.DataFrame:
        """A register that the centre keeps by hand, up to this year where it goes by years; empty without a file.

        Parameters
        ----------
        name : str
            `policies`, `lists`, `pairs`, `grids`, `village-values`, `topics` or `claims`.

        Raises
        ------
        UsageError
            For another name: households and people are no registers.
        """
        if name not in KEPT:
            raise UsageError(f"register {name!r}: {nearest(name, KEPT)}")
        frame = self._registers.setdefault(name, self._read(name))
        return frame[frame["year"] <= self.edition].reset_index(drop=True) if "year" in frame else frame

    @cached_property
    def _registers(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def survey_years(self) -> list[int]:
        """Years with a household file, up to this one."""
        return [y for y in _survey_years(self.folder) if y <= self.edition]

    @cached_property
    def households(self) -> pd.DataFrame:
        """The household survey, all years up to this one; `person_weight` is weight x size, `income_pc` a head."""
        years = [self._survey(y) for y in self.survey_years]
        return Microdata(pd.concat(years, ignore_index=True) if years else pd.DataFrame())

    @cached_property
    def withheld(self) -> pd.DataFrame:
        """Cells of the survey that are not published: place, year, residence, withheld (why)."""
        from research.indicators.privacy.withholding import pattern

        return pattern(self)

    @cached_property
    def withheld_shares(self) -> pd.DataFrame:
        """Cells whose shares of households are not published besides: place, year, residence, withheld, share."""
        from research.indicators.privacy.withholding import shares

        return shares(self, self.withheld)

    @cached_property
    def withheld_sources(self) -> pd.DataFrame:
        """Cells whose income by source is not published besides: place, year, residence, withheld."""
        from research.indicators.privacy.income_sources import pattern

        return pattern(self, self.withheld)

    def _survey(self, year: int) -> pd.DataFrame:
        if year not in self._surveys:
            frame = read_table(self.folder / f"households-{year}.csv", "households")
            self._surveys[year] = frame.assign(
                person_weight=frame["weight"] * frame["size"], income_pc=frame["income"] / frame["size"]
            )
        return self._surveys[year]

    @cached_property
    def _surveys(self) -> dict[int, pd.DataFrame]:
        return {}

    def _until(self, name: str) -> pd.DataFrame:
        frame = self._read(name)
        return frame[frame["year"] <= self.edition].reset_index(drop=True)

    def _read(self, name: str) -> pd.DataFrame:
        """A table of the data; without a file it has no rows (young data may hold indicator values only)."""
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            return empty_table(name)
        frame = read_table(path, name)
        # Rows of a province's districts belong to the books of those districts.
        return (
            frame[~frame["place"].isin(self._between)].reset_index(drop=True)
            if self._between and "place" in frame
            else frame
        )

    @cached_property
    def _between(self) -> set[str]:
        return set(districts.members(self.project))

    # --- results ---------------------------------------------------------------------------------------------

    def add_tables(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Give this edition tables that were just made, so that later steps find them before they are written."""
        self._tables.update(tables)

    def table(self, name: str) -> pd.DataFrame:
        """A table made by `bluebook build`.

        Raises
        ------
        DataError
            When the edition was not built, was built from other data, or has no such table.
        """
        if name not in self._tables:
            self._tables[name] = self._read_result(name)
        return self._tables[name]

    def _read_result(self, name: str) -> pd.DataFrame:
        folder = self.scope.results
        command = f"run `bluebook build {self.scope.options}`"
        where = self.project.show(folder)
        if not (folder / "manifest.json").is_file():
            raise DataError(
                Fault(
                    where,
                    say("the edition's built tables", "本版已算好的表"),
                    say("none", "没有"),
                    command,
                    "not-built",
                )
            )
        manifest = read_made(folder / "manifest.json")
        if manifest.get("data") not in (None, self.data):
            found = f"tables of {manifest['data']}"
            raise DataError(
                Fault(where, say(f"tables of {self.data}", f"{self.data}的表"), found, command, "not-built")
            )
        if not (folder / f"{name}.parquet").is_file():
            known = sorted(p.stem for p in folder.glob("*.parquet"))
            raise DataError(
                Fault(
                    f"{where}, table {name}",
                    say("a built table", "已算好的表"),
                    say("none", "没有"),
                    nearest(name, known),
                    "table",
                )
            )
        return tables.read_table(folder / f"{name}.parquet")

    def series(self, indicator: str, place: str | None = None) -> pd.DataFrame:
        """Values of one indicator over the years.

        Parameters
        ----------
        indicator : str
            Id of an indicator, such as ``"INC-3-01"``.
        place : str, optional
            Code of a place; default the district; ``"*"`` for all places.

        Returns
        -------
        DataFrame
            Rows of the observations, in order of place and year. Empty when nothing was handed in.

        Raises
        ------
        DataError
            For an unknown indicator or place, with the nearest known one.
        """
        known = list(self.indicators["id"])
        if indicator not in known:
            raise DataError(
                Fault(
                    "indicator",
                    say("a known id", "已知的编号"),
                    repr(indicator),
                    nearest(indicator, known),
                    "indicator",
                )
            )
        rows = self.observations
        rows = rows[rows["indicator"] == indicator]
        if place != "*":
            code = self.district if place is None else str(place)
            self.name(code)
            rows = rows[rows["place"] == code]
        return rows.sort_values(["place", "year"]).reset_index(drop=True)


def open_edition(
    edition: int | str, data: str | Data = "sample", project: Project | str | Path | None = None
) -> Edition:
    """Open one edition of the book.

    Parameters
    ----------
    edition : str or int
        Year of the book; one of the years in the data.
    data : str
        `sample`, or a folder that holds `observations.csv`.
    project : Project, str or Path, optional
        Default: the project around the current folder.

    Returns
    -------
    Edition

    Raises
    ------
    UsageError
        For a year without data, or an unknown folder.

    Examples
    --------
    >>> open_edition("2024").edition
    2024
    """
    project = project if isinstance(project, Project) else open_project(project)
    found = data if isinstance(data, Data) else Data.named(project, data)
    return Edition(Scope(project, _known(edition, years(found)), found))


def edition_of(scope: Scope) -> Edition:
    """The edition of a scope that was made before.

    Raises
    ------
    UsageError
        For a year without data.
    """
    _known(scope.edition, years(scope.data))
    return Edition(scope)


def wanted_scope(project: Project, edition: int | str = "", data: Data | str = "sample") -> Scope:
    """The scope of the wanted year, or of the newest one in the data.

    Raises
    ------
    DataError
        When no year has data.
    UsageError
        For a year without data, or an unknown folder.
    """
    data = data if isinstance(data, Data) else Data.named(project, data)
    known = years(data)
    if not known:
        raise DataError(say(f"{data.name}: no year has data", f"{data.name}：没有任何年份的数据"))
    return Scope(project, _known(edition or known[-1], known), data)


def _known(edition: int | str, known: list[int]) -> int:
    if not str(edition).strip().isdigit() or int(edition) not in known:
        raise UsageError(
            say(
                f"--edition {edition}: the data has {', '.join(map(str, known)) or 'no year'}",
                f"--edition {edition}：数据中有{'、'.join(map(str, known)) or '零个年份'}",
            )
        )
    return int(edition)


def years(data: Data) -> list[int]:
    """Years for which the data holds indicator values or a household survey, in order.

    Examples
    --------
    >>> years(Data.named(open_project()))
    [2021, 2022, 2023, 2024]
    """
    folder = data.folder
    if not folder.is_dir():
        raise UsageError(
            say(
                f"--data {data.name}: no such folder in this project; name one that holds observations.csv",
                f"--data {data.name}：项目中没有这个文件夹，请给出含 observations.csv 的文件夹",
            )
        )
    store.settled(folder)
    found = set(_survey_years(folder))
    path = folder / "observations.csv"
    if path.is_file():
        column = pd.to_numeric(read_table(path, "observations", typed=False).get("year"), errors="coerce")
        found |= {int(y) for y in column.dropna().unique()} if column is not None else set()
    return sorted(found)


def starting_point(project: Project) -> tuple[int, str]:
    """Edition and data that a new notebook begins with: the newest of the sample, else of a folder of one's own.

    Where nothing has data yet, the first year of the newest plan.

    Examples
    --------
    >>> starting_point(open_project())
    (2024, 'sample')
    """
    folders = [
        f"data/{p.name}"
        for p in sorted((project.root / "data").glob("*"))
        if p.name not in ("raw", "reference", "results", "sample") and (p / "observations.csv").is_file()
    ]
    if (project.root / "data" / "sample").is_dir():
        folders.insert(0, "sample")
    found = [(max(known), name) for name in folders if (known := years(Data.named(project, name)))]
    return found[0] if found else (plans(project)[-1].start, folders[0] if folders else "data/own")


def _survey_years(folder: Path) -> list[int]:
    stems = (p.stem.removeprefix("households-") for p in folder.glob("households-*.csv"))
    return sorted(int(s) for s in stems if s.isdigit())
