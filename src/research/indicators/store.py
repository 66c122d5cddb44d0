"""Observations with their whole history: each import is one part, never rewritten; the newest wins, the rest stays.

A part becomes visible by one rename, so an import that is killed leaves either nothing or all of itself. A lock that
the system gives up when the process ends keeps two imports apart.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from research import tables
from research.errors import DataError, Fault, nearest
from research.indicators.safety import neutral_frame
from research.indicators.schemas import SCHEMAS

KEY = ["place", "year", "indicator"]
ORIGIN = ["import_id", "imported_at", "supplier", "file", "sha256", "sheet", "row", "accepted"]
COLUMNS = [c.name for c in SCHEMAS["observations"]]
_DATES = ["survey_date"]


@contextlib.contextmanager
def locked(folder, timeout=30.0):
    """Hold a folder's lock; the system frees it when the process ends, however it ends.

    Raises
    ------
    DataError
        When another import holds it for longer than `timeout` seconds.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a+b") as file:
        end = time.monotonic() + timeout
        while not _try(file):
            if time.monotonic() > end:
                raise DataError(Fault(f"{folder.name}/.lock", "no other import at work", "one at work",
                                      "wait until it is done", "locked"))
            time.sleep(0.05)
        yield


def _try(file):
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def append(folder, rows, meta=None, now=None):
    """Add one import to the store and renew `observations.csv`; call it within `locked`.

    Parameters
    ----------
    folder : Path
        Data folder, such as `data/own`.
    rows : DataFrame
        Columns of `observations.csv`, and `supplier`, `file`, `sha256`, `sheet`, `row`, `accepted`.
    meta : dict, optional
        Entries of `meta.yml`, when the folder has none yet.
    now : datetime, optional
        Time of the import; default this moment, in UTC.

    Returns
    -------
    str
        The import's id.
    """
    history_folder = Path(folder) / "history"
    history_folder.mkdir(parents=True, exist_ok=True)
    for left in history_folder.glob(".*.part"):  # of an import that was killed before it counted
        left.unlink(missing_ok=True)
    number = 1 + max((int(p.stem[:6]) for p in history_folder.glob("[0-9]*.parquet")), default=0)
    digest = hashlib.sha256(pd.util.hash_pandas_object(rows.astype(str), index=False).to_numpy().tobytes())
    name = f"{number:06d}-{digest.hexdigest()[:12]}"
    moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    part = rows.assign(import_id=name, imported_at=moment)
    tables.write_table(_plain(part.reindex(columns=[*COLUMNS, *ORIGIN])), history_folder / f"{name}.parquet")
    refresh(folder, meta)
    return name


def put_survey(folder, path, frame, meta=None):
    """Put a year's household survey into a data folder; an earlier one of that year is kept in the history.

    Parameters
    ----------
    folder : Path
    path : Path
        The file it came in; a copy of the bytes is kept by checksum.
    frame : DataFrame
        Columns of `households-<year>.csv`, one year.
    meta : dict, optional
        As in `append`.

    Returns
    -------
    int
        Number of households taken in.
    """
    folder, year = Path(folder), int(frame["year"].iloc[0])
    target, data = folder / f"households-{year}.csv", Path(path).read_bytes()
    kept = folder / "history" / f"households-{year}-{hashlib.sha256(data).hexdigest()[:12]}{Path(path).suffix}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        part = kept.with_name(f".{kept.name}.part")
        part.write_bytes(data)
        part.replace(kept)
    if not (folder / "observations.csv").is_file():
        refresh(folder, meta)
    _replace(target, neutral_frame(frame).to_csv(index=False, lineterminator="\n"))
    return len(frame)


def _plain(frame):
    """Text and floats only, so that all parts have the same types."""
    frame = frame.copy()
    for column in frame.columns:
        if column in ("value", "n", "se"):
            frame[column] = pd.to_numeric(frame[column]).astype("float64")
        elif column in ("year", "row"):
            frame[column] = pd.to_numeric(frame[column]).astype("int64")
        elif column in _DATES:
            dates = pd.to_datetime(frame[column], errors="coerce")
            frame[column] = dates.dt.strftime("%Y-%m-%d").fillna("").astype(object)
        else:
            frame[column] = frame[column].fillna("").astype(str).astype(object)
    return frame


def all_rows(folder):
    """Every row that was ever taken in, oldest import first, with `superseded_by` ("" where it is in force)."""
    paths = sorted((Path(folder) / "history").glob("[0-9]*.parquet"))
    if not paths:
        return pd.DataFrame(columns=[*COLUMNS, *ORIGIN, "superseded_by"])
    frame = tables.read_table(Path(folder) / "history" / "[0-9]*.parquet")  # all parts at once
    frame = frame.sort_values("import_id", kind="stable", ignore_index=True)
    frame["superseded_by"] = frame.groupby(KEY, sort=False)["import_id"].shift(-1).fillna("")
    return frame


def current(folder):
    """The rows in force: the newest of each place, year and indicator."""
    frame = all_rows(folder)
    return frame[frame["superseded_by"] == ""].sort_values(["year", "indicator", "place"]).reset_index(drop=True)


def history(folder, indicator, place):
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
        raise DataError(Fault(f"history of {indicator} at {place}", "a value that was taken in", "none", hint,
                              "history"))
    return found.reset_index(drop=True)


def refresh(folder, meta=None):
    """Write `observations.csv` (and a first `meta.yml`) anew from the history; each replaces the old one whole."""
    folder = Path(folder)
    frame = current(folder)[COLUMNS]
    frame["n"] = frame["n"].map(lambda v: "" if pd.isna(v) else f"{v:.0f}")
    for column in ("value", "se"):
        frame[column] = frame[column].map(lambda v: "" if pd.isna(v) else f"{v:.15g}")
    _replace(folder / "observations.csv", neutral_frame(frame).to_csv(index=False, lineterminator="\n"))
    if meta and not (folder / "meta.yml").is_file():
        import yaml

        _replace(folder / "meta.yml", yaml.safe_dump(meta, allow_unicode=True, sort_keys=False))


def _replace(path, text):
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, "utf-8", newline="")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


SDMX = {"place": "REF_AREA", "year": "TIME_PERIOD", "indicator": "INDICATOR", "value": "OBS_VALUE",
        "unit": "UNIT_MEASURE", "status": "OBS_STATUS", "source": "SOURCE"}
"""Our columns and the SDMX concepts they map to."""


def sdmx_csv(frame, dataflow="BLUEBOOK:OBSERVATIONS(1.0)"):
    """Observations as SDMX-CSV 2.0 text: one row a value, empty cells where nothing is known.

    Examples
    --------
    >>> rows = pd.DataFrame({"place": ["331003"], "year": [2024], "indicator": ["SRV-3-01"], "value": [82.7],
    ...                      "unit": ["岁"], "status": ["sample"], "source": ["示例"]})
    >>> print(sdmx_csv(rows).splitlines()[1])
    dataflow,BLUEBOOK:OBSERVATIONS(1.0),I,331003,2024,SRV-3-01,82.7,岁,sample,示例
    """
    table = frame[list(SDMX)].rename(columns=SDMX)
    table.insert(0, "ACTION", "I")
    table.insert(0, "STRUCTURE_ID", dataflow)
    table.insert(0, "STRUCTURE", "dataflow")
    return neutral_frame(table).to_csv(index=False, lineterminator="\n")
