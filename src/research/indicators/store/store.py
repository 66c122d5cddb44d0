"""Observations with their whole history: each import is kept as it came; the newest value counts, the rest stays.

The history lies in the data folder as Parquet, or on a PostgreSQL server that several people share (one setting, see
`server`). The tables that everything else reads (`observations.csv`, `quarters.csv`, `households-<year>.csv`) follow
from it, and are made anew whenever an import was killed between the two.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from research.core.files import write_whole
from research.core.formulas import neutral_frame
from research.core.texts import read_yaml
from research.errors import DataError, Fault, nearest, say
from research.indicators.reference.schemas import SCHEMAS
from research.indicators.store.files import FileStore, as_text, write_catalogue
from research.indicators.store.sdmx import SDMX, sdmx_csv  # noqa: F401  (public under this name too)
from research.indicators.store.untracked import keep_out

KEY = ["place", "year", "indicator", "quarter"]
"""What a value is about; `quarter` is empty for a year's value."""
ORIGIN = ["import_id", "imported_at", "supplier", "file", "sha256", "sheet", "row", "accepted"]
COLUMNS = [*(c.name for c in SCHEMAS["observations"]), "quarter"]
_OPTIONAL = [c.name for c in SCHEMAS["observations"] if c.optional]
_HOUSEHOLD = {
    c.name: "f" if c.kind in ("number", "count") else "i" if c.kind == "year" else "O" for c in SCHEMAS["households"]
}
_ROWS = {c: "f" if c in ("value", "n", "se") else "i" if c in ("year", "row") else "O" for c in [*COLUMNS, *ORIGIN]}
SETTING = "BLUEBOOK_STORE"
"""Environment variable with the address of the shared store; `store.yml` in the data folder does the same."""


def server(folder: str | Path) -> str:
    """Address of the PostgreSQL server that keeps a folder's history; "" where its own files do.

    It is the entry `store` of `<folder>/store.yml`, else the environment variable `BLUEBOOK_STORE`. The sample has
    no shared store.
    """
    path = Path(folder) / "store.yml"
    if path.is_file():
        given = read_yaml(path, f"{Path(folder).name}/store.yml")
        return str(given.get("store") or "") if isinstance(given, dict) else ""
    return "" if Path(folder).name == "sample" else os.environ.get(SETTING, "").strip()


def backend(folder: str | Path) -> Any:
    """The store of a data folder: its files, or the shared server."""
    address = server(folder)
    if not address:
        return FileStore(folder)
    from research.indicators.store.server import ServerStore

    return ServerStore(address, Path(folder).resolve().name, {"rows": _ROWS, "households": _HOUSEHOLD})


@contextlib.contextmanager
def locked(folder: Path, timeout: float = 30.0) -> Iterator[None]:
    """Hold a folder's lock (and its server's, where it has one); both are freed when the process ends, however it ends.

    Raises
    ------
    DataError
        When another import holds it for longer than `timeout` seconds.
    """
    with FileStore(folder).locked(timeout):
        kept = backend(folder)
        with contextlib.nullcontext() if isinstance(kept, FileStore) else kept.locked(timeout):
            yield


def append(
    folder: str | Path,
    rows: pd.DataFrame,
    meta: dict[str, str] | None = None,
    now: datetime | None = None,
    surveys: dict[int, tuple[Path, pd.DataFrame]] | None = None,
    registers: dict[str, pd.DataFrame] | None = None,
) -> str:
    """Add one import to the store and renew the tables that follow from it; call it within `locked`.

    Parameters
    ----------
    folder : Path
        Data folder, such as `data/own`.
    rows : DataFrame
        Columns of `observations.csv`, and `supplier`, `file`, `sha256`, `sheet`, `row`, `accepted`; a row with a
        `quarter` is a running total to that quarter's end.
    meta : dict, optional
        Entries of `meta.yml`, when the folder has none yet.
    now : datetime, optional
        Time of the import; default this moment, in UTC.
    surveys : dict of int -> (Path, DataFrame), optional
        A year's households and the file they came in; taken in with the rows, or not at all.
    registers : dict of str -> DataFrame, optional
        Registers (`schemas.REGISTERS`) as they stand from now on, whole.

    Returns
    -------
    str
        The import's id.
    """
    folder, store = Path(folder), backend(folder)
    surveys = surveys or {}
    if surveys:
        keep_out(folder)
    for year, (path, _) in surveys.items():
        _keep_original(folder, year, path)
    number = 1 + max((int(n[:6]) for n in store.names()), default=0)
    frames = {y: household_text(f) for y, (_, f) in surveys.items()}
    kept = {t: register_text(f, t) for t, f in (registers or {}).items()}
    name = f"{number:06d}-{_digest([rows, *frames.values(), *kept.values()])}"
    moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    part = as_text(
        rows.assign(import_id=name, imported_at=moment),
        [*COLUMNS, *ORIGIN],
        ["value", "n", "se"],
        ["year", "row"],
        ["survey_date"],
    )
    store.put(name, part, frames, {t: f.assign(imported_at=moment) for t, f in kept.items()})
    settle(folder, meta)
    return name


def household_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Households as the store keeps them: text and floats only."""
    return as_text(frame, list(_HOUSEHOLD), [c for c, k in _HOUSEHOLD.items() if k == "f"], ["year"], [])


def register_text(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """A register as the store keeps it: every cell as the text that stands in the file."""
    out = frame.reindex(columns=[c.name for c in SCHEMAS[table]]).astype(object)
    for column in SCHEMAS[table]:
        out[column.name] = [_cell_text(v, column.kind) for v in out[column.name]]
    return out.astype(object).reset_index(drop=True)


def _cell_text(cell, kind):
    if cell is None or cell is pd.NaT or cell != cell or cell == "":
        return ""
    if kind == "date":
        return pd.Timestamp(cell).strftime("%Y-%m-%d")
    return f"{float(cell):.15g}" if kind in ("number", "count", "year") else str(cell)


def register(folder: str | Path, table: str) -> pd.DataFrame | None:
    """A register as its history has it, every cell as text; None where the history has none."""
    kept = backend(folder)
    name = kept.register_names().get(table)
    return (
        None
        if name is None
        else kept.register(table, name).reindex(columns=[c.name for c in SCHEMAS[table]]).fillna("").astype(object)
    )


def survey(folder: str | Path, year: int) -> pd.DataFrame | None:
    """The households of a year that are in force; None where the history has none."""
    kept = backend(folder)
    name = kept.survey_years().get(year)
    return None if name is None else kept.survey(year, name)


def imports(folder: str | Path) -> pd.DataFrame:
    """Every entry of a folder's history, oldest first: when, by whom, from which files, how many rows and households.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    DataFrame
        import_id, imported_at, suppliers, files, rows, in_force (rows that still count), surveys.
    """
    frame, kept = all_rows(folder), backend(folder)
    surveys = kept.survey_names()
    out = []
    for name in kept.names():
        rows = frame[frame["import_id"].eq(name)]
        told = [f"{y}: {len(kept.survey(y, name)):,}" for y in surveys.get(name, ())]
        out.append(
            {
                "import_id": name,
                "imported_at": rows["imported_at"].iloc[0] if len(rows) else "",
                "suppliers": "、".join(sorted(set(rows["supplier"]) - {""})),
                "files": "、".join(sorted(set(rows["file"]))),
                "rows": len(rows),
                "in_force": int(rows["superseded_by"].eq("").sum()),
                "surveys": "; ".join(told),
            }
        )
    return pd.DataFrame(out, columns=["import_id", "imported_at", "suppliers", "files", "rows", "in_force", "surveys"])


def _digest(frames):
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy().tobytes())
    return digest.hexdigest()[:12]


def _keep_original(folder, year, path):
    """A copy of the file that a survey came in, named by its checksum."""
    data = Path(path).read_bytes()
    kept = folder / "history" / f"households-{year}-{hashlib.sha256(data).hexdigest()[:12]}{Path(path).suffix}"
    if not kept.exists():
        write_whole(kept, data)


def all_rows(folder: str | Path) -> pd.DataFrame:
    """Every row that was ever taken in, oldest import first, with `superseded_by` ("" where it is in force)."""
    frame = backend(folder).rows()
    if frame is None or frame.empty:
        return pd.DataFrame(columns=[*COLUMNS, *ORIGIN, "superseded_by"])
    frame = frame.reindex(columns=[*COLUMNS, *ORIGIN])
    for column in (*_OPTIONAL, "quarter"):
        frame[column] = frame[column].astype(object).where(frame[column].notna(), "")
    frame = frame.sort_values("import_id", kind="stable", ignore_index=True)
    frame["superseded_by"] = frame.groupby(KEY, sort=False)["import_id"].shift(-1).fillna("")
    return frame


def current(folder: Path) -> pd.DataFrame:
    """The rows in force: the newest of each place, year, quarter and indicator."""
    return in_force(folder)


def in_force(folder: str | Path, upto: str = "") -> pd.DataFrame:
    """The rows in force, now or as they were after the import `upto`."""
    frame = all_rows(folder)
    if upto:
        frame = frame[frame["import_id"].le(upto)].copy()
        frame["superseded_by"] = frame.groupby(KEY, sort=False)["import_id"].shift(-1).fillna("")
    return (
        frame[frame["superseded_by"] == ""]
        .sort_values(["year", "quarter", "indicator", "place"])
        .reset_index(drop=True)
    )


def history(folder: Path, indicator: str, place: str) -> pd.DataFrame:
    """How one number came about: every value it had, oldest first, with supplier, file and row.

    Parameters
    ----------
    folder : str or Path
        Data folder.
    indicator : str
        Id of an indicator.
    place : str
        Code of a place.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        When nothing was ever taken in for it, with the nearest indicator that has something.
    """
    frame = all_rows(folder)
    found = frame[(frame["indicator"] == indicator) & (frame["place"] == str(place))]
    if found.empty:
        known = sorted(frame["indicator"].unique())
        hint = nearest(indicator, known) if len(known) and indicator not in known else ""
        raise DataError(
            Fault(
                f"history of {indicator} at {place}",
                say("a value that was taken in", "收下过的数值"),
                say("none", "没有"),
                hint,
                "history",
            )
        )
    return found.reset_index(drop=True)


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def settled_state(folder: str | Path) -> tuple[dict[str, str], str]:
    """Checksums of the tables as they were written last, by file name, and the newest import in them ("" for none)."""
    marker = Path(folder) / "history" / ".settled"
    lines = marker.read_text("utf-8").split("\n") if marker.is_file() else [""]
    return {n: s for s, _, n in (line.partition("  ") for line in lines[1:]) if n}, lines[0]


def settle(folder: Path, meta: dict[str, str] | None = None) -> None:
    """Bring the folder's tables in step with its history; quick where they are.

    An import counts once it is in the history. Killed after that and before its tables were written, it is finished
    here by whoever comes next: an import, a check, or an edition that is opened.
    """
    folder, store = Path(folder), backend(folder)
    names, (sums, _) = store.names(), settled_state(folder)
    marker, last = folder / "history" / ".settled", names[-1] if names else ""
    held = marker.read_text("utf-8").split("\n") if marker.is_file() else [""]
    if not names or (held[0] == last and (folder / "observations.csv").is_file()):
        return
    marker.parent.mkdir(parents=True, exist_ok=True)
    for year, name in store.survey_years().items():
        if f"{year}={name}" not in held or not (folder / f"households-{year}.csv").is_file():
            _write_csv(folder / f"households-{year}.csv", store.survey(year, name), list(_HOUSEHOLD), sums)
    registers = store.register_names()
    for table, name in registers.items():
        if f"{table}={name}" not in held or not (folder / f"{table}.csv").is_file():
            _write_csv(folder / f"{table}.csv", store.register(table, name), [c.name for c in SCHEMAS[table]], sums)
    refresh(folder, meta, sums)
    if isinstance(store, FileStore):
        write_catalogue(folder)
    written = [folder / n for n in ("observations.csv", "quarters.csv")]
    written += [folder / f"households-{year}.csv" for year in store.survey_years()]
    written += [folder / f"{table}.csv" for table in registers]
    write_whole(
        marker,
        "\n".join(
            [
                last,
                *(f"{y}={n}" for y, n in {**store.survey_years(), **registers}.items()),
                *(f"{checksum(p)}  {p.name}" for p in written if p.is_file()),
            ]
        ),
    )


def settled(folder: Path) -> None:
    """`settle`, for readers: nothing to do without a history, and nothing done where the folder may not be written."""
    folder = Path(folder)
    if (folder / "history").is_dir() or (folder / "store.yml").is_file() or server(folder):
        with contextlib.suppress(PermissionError), locked(folder):
            settle(folder)


def refresh(folder: Path, meta: dict[str, str] | None = None, sums: Any = ()) -> None:
    """Write `observations.csv`, `quarters.csv` and a first `meta.yml` from the history; each replaces the old whole."""
    folder, frame = Path(folder), current(folder)
    shown = [c for c in COLUMNS if c != "quarter" and (c not in _OPTIONAL or frame[c].ne("").any())]
    _write_csv(folder / "observations.csv", frame[frame["quarter"].eq("")], shown, sums)
    quarters = frame[frame["quarter"].ne("")]
    if len(quarters):
        names = [c.name for c in SCHEMAS["quarters"]]
        _write_csv(folder / "quarters.csv", quarters, [c for c in names if c not in _OPTIONAL or c in shown], sums)
    if meta and not (folder / "meta.yml").is_file():
        write_whole(folder / "meta.yml", yaml.safe_dump(meta, allow_unicode=True, sort_keys=False))


def _write_csv(path, frame, columns, sums=()):
    """Numbers with as many digits as they have, counts whole, and nothing that a spreadsheet would run.

    A file that stands there and was not written here is kept in `history/kept` first, byte for byte.
    """
    frame = frame[columns].copy()
    for column in frame.columns:
        if frame[column].dtype.kind == "f":
            frame[column] = [("" if v != v else f"{v:.15g}") for v in frame[column]]
    if path.is_file() and checksum(path) not in (dict(sums).get(path.name), *_kept_sums(path)):
        write_whole(path.parent / "history" / "kept" / f"{path.stem}-{checksum(path)}{path.suffix}", path.read_bytes())
    write_whole(path, neutral_frame(frame).to_csv(index=False, lineterminator="\n"))


def _kept_sums(path):
    return [p.stem.rpartition("-")[2] for p in (path.parent / "history" / "kept").glob(f"{path.stem}-*")]
