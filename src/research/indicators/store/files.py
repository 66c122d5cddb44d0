"""The store as files: one Parquet part an import, made visible by one rename; a lock that dies with its process."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from research.core import files, tables
from research.core.files import replacing
from research.errors import DataError, Fault, say


class FileStore:
    """The history of one data folder, in its `history/` folder.

    An import is written as survey tables first and its observations last; it counts once the observations' file
    (which may hold no row) has its name. What was written for an import that never came so far is swept away by the
    next one.

    Parameters
    ----------
    folder : str or Path
        Data folder, such as `data/own`.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.parts = self.folder / "history"
        self.surveys = self.parts / "surveys"
        self.registers = self.parts / "registers"

    @contextlib.contextmanager
    def locked(self, timeout: float) -> Iterator[None]:
        """Hold the folder's lock; the system frees it when the process ends, however it ends."""
        with files.locked(self.folder / "history", timeout, lock=self.folder / ".lock"):
            yield

    def names(self) -> list[str]:
        """Ids of all imports, oldest first."""
        return sorted(p.stem for p in self.parts.glob("[0-9]*.parquet"))

    def rows(self) -> pd.DataFrame | None:
        """Every observation of every import, oldest import first; None where there was none."""
        import duckdb

        paths = [str(self.parts / f"{name}.parquet") for name in self.names()]
        if not paths:
            return None
        for path in paths:
            sys.audit("research.read", path)  # DuckDB opens files outside Python: who watches reads, hears of it here
        try:
            with duckdb.connect(config={"threads": 1}) as connection:
                query = "SELECT * FROM read_parquet($paths, union_by_name = true)"  # older parts have fewer columns
                return connection.execute(query, {"paths": paths}).df()
        except duckdb.Error as error:
            raise DataError(
                [_broken(self.folder, path, error) for path in paths if not _whole(path)]
                or _broken(self.folder, str(self.parts), error)
            ) from error

    def survey_years(self) -> dict[int, str]:
        """The newest import that holds a survey, for each year: dict of year -> import id."""
        known = set(self.names())
        found: dict[int, str] = {}
        for path in sorted(self.surveys.glob("[0-9]*.parquet")):
            name, _, year = path.stem.rpartition("-households-")
            if name in known:
                found[int(year)] = name
        return found

    def survey_names(self) -> dict[str, list[int]]:
        """Years of the surveys that each import holds: dict of import id -> list of years."""
        known = set(self.names())
        found: dict[str, list[int]] = {}
        for path in sorted(self.surveys.glob("[0-9]*.parquet")):
            name, _, year = path.stem.rpartition("-households-")
            if name in known:
                found.setdefault(name, []).append(int(year))
        return found

    def survey(self, year: int, name: str) -> pd.DataFrame:
        """The households of a year as one import gave them."""
        return tables.read_table(self._survey_path(name, year))

    def register_names(self) -> dict[str, str]:
        """The newest import that holds a register, for each: dict of table -> import id."""
        known, found = set(self.names()), {}
        for path in sorted(self.registers.glob("[0-9]*.parquet")):
            name, _, table = path.stem.partition("-register-")
            if name in known:
                found[table] = name
        return found

    def register_imports(self, table: str) -> list[str]:
        """The imports that hold a register, oldest first."""
        known = set(self.names())
        files = sorted(self.registers.glob(f"[0-9]*-register-{table}.parquet"))
        return [n for p in files if (n := p.stem.partition("-register-")[0]) in known]

    def register(self, table: str, name: str) -> pd.DataFrame:
        """A register as one import left it."""
        return tables.read_table(self._register_path(name, table))

    def put(
        self, name: str, rows: pd.DataFrame, surveys: dict[int, pd.DataFrame], registers: dict[str, pd.DataFrame]
    ) -> None:
        """Add an import: all of it, or nothing."""
        self.parts.mkdir(parents=True, exist_ok=True)
        self._sweep()
        for year, frame in surveys.items():
            self.surveys.mkdir(exist_ok=True)
            tables.write_table(frame, self._survey_path(name, year))
        for table, frame in registers.items():
            self.registers.mkdir(exist_ok=True)
            tables.write_table(frame, self._register_path(name, table))
        tables.write_table(rows, self.parts / f"{name}.parquet")

    def _register_path(self, name, table):
        return self.registers / f"{name}-register-{table}.parquet"

    def _survey_path(self, name, year):
        return self.surveys / f"{name}-households-{year}.parquet"

    def _sweep(self):
        """Remove what an import left behind that was killed before it counted."""
        known = set(self.names())
        for folder in (self.parts, self.surveys, self.registers):
            files.sweep(folder)
        for path in self.registers.glob("[0-9]*.parquet"):
            if path.stem.partition("-register-")[0] not in known:
                path.unlink(missing_ok=True)
        for path in self.surveys.glob("[0-9]*.parquet"):
            if path.stem.rpartition("-households-")[0] not in known:
                path.unlink(missing_ok=True)


def _whole(path):
    """Whether a part can be read by itself."""
    try:
        tables.read_table(path)
        return True
    except DataError:
        return False


def _broken(folder, path, error):
    return Fault(
        f"{folder.name}/{Path(path).relative_to(folder).as_posix()}",
        say("an import as it was written", "写入时的原文件"),
        str(error).splitlines()[0],
        say("put the file back from a copy of the folder", "请从备份恢复该文件"),
        "history",
    )


def write_catalogue(folder: Path) -> None:
    """Write `history/catalogue.duckdb`: views on the parts, to be opened with DuckDB from the data folder.

    The views are `history` (every value ever taken in), `observations` (those in force) and `households`. Their
    paths are relative to the data folder, so the folder may be moved.
    """
    import duckdb

    store, path = FileStore(folder), Path(folder) / "history" / "catalogue.duckdb"
    with replacing(path) as part, duckdb.connect(str(part)) as connection:
        connection.execute(f"SET file_search_path = '{str(Path(folder).resolve()).replace(chr(39), chr(39) * 2)}'")
        for name, query in _views(store).items():
            connection.execute(f"CREATE OR REPLACE VIEW {name} AS {query}")


def _views(store):
    views = {}
    if store.names():
        views["history"] = "SELECT * FROM read_parquet('history/[0-9]*.parquet', union_by_name = true)"
        views["observations"] = (
            "SELECT * FROM history QUALIFY row_number() OVER (PARTITION BY place, year, indicator"
            ", coalesce(quarter, '') ORDER BY import_id DESC) = 1"
        )
    chosen = [f"'history/surveys/{name}-households-{year}.parquet'" for year, name in store.survey_years().items()]
    if chosen:
        views["households"] = f"SELECT * FROM read_parquet([{', '.join(chosen)}], union_by_name = true)"
    return views


def as_text(
    frame: pd.DataFrame, columns: list[str], numbers: list[str], whole: list[str], dates: list[str]
) -> pd.DataFrame:
    """A table as text and floats only, so that all parts have the same types."""
    frame = frame.reindex(columns=columns).copy()
    for column in frame.columns:
        if column in numbers:
            frame[column] = pd.to_numeric(frame[column]).astype("float64")
        elif column in whole:
            frame[column] = pd.to_numeric(frame[column]).astype("int64")
        elif column in dates:
            made = pd.to_datetime(frame[column], errors="coerce")
            frame[column] = made.dt.strftime("%Y-%m-%d").fillna("").astype(object)
        else:
            frame[column] = frame[column].astype(object).where(frame[column].notna(), "").astype(str).astype(object)
    return frame
