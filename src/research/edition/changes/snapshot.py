"""What a build stood on and what it gave, kept small: every cell of the tables people edit, and the headline figures.

Of households only counts, totals and shares are kept: no record of one leaves the data folder.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from research.core import tables
from research.core.files import write_whole
from research.core.scope import Scope
from research.core.texts import parse_yaml
from research.errors import DataError

__all__ = ["inputs_of", "load", "results_of", "save"]

HOUSEHOLDS = re.compile(r"households-(\d{4})\.csv")
NOT_COMPARED = ("household", "year", "status")
"""Columns of a household that say nothing of it: a copied file may number its households anew."""
RESULTS = {
    "observations": ("value", ("place", "year", "indicator")),
    "scores": ("score", ("place", "year", "code")),
    "ranks": ("rank", ("place", "year", "code")),
    "attainment": ("colour", ("target_id",)),
    "attainment_rates": ("rate", ("key",)),
}
"""Built tables that the comparison looks at: the column, and what names a row."""


def inputs_of(scope: Scope) -> dict:
    """All that tables are computed from, by file: ``{"reference/targets.csv": {"columns": [...], "rows": [...]}}``.

    A settings file is ``{"values": {"path/of/keys": "text"}}``, a household file the same with its counts and totals,
    any other file ``{"sum": "<sha256>"}``.

    Parameters
    ----------
    scope : Scope

    Returns
    -------
    dict
    """
    found = {}
    for top, folder in (("data", scope.data.folder), ("reference", scope.project.reference)):
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            name = path.relative_to(folder).as_posix()
            if not path.name.startswith(".") and not name.startswith("history/"):  # the tables hold what it ends in
                found[f"{top}/{name}"] = _file(path)
    return found


def _file(path: Path) -> dict:
    content = path.read_bytes()
    try:
        if path.suffix == ".csv":
            table = _table(content)
            return {"values": _households(path, table)} if HOUSEHOLDS.fullmatch(path.name) else table
        if path.suffix in (".yml", ".yaml"):
            return {"values": dict(_flat(parse_yaml(content.decode("utf-8-sig"), path.name)))}
    except (UnicodeDecodeError, csv.Error, DataError):
        pass  # whoever reads it says what is wrong with it
    return {"sum": hashlib.sha256(content).hexdigest()}


def _table(content: bytes) -> dict:
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    columns = lines[0] if lines else []
    return {"columns": columns, "rows": [(row + [""] * len(columns))[: len(columns)] for row in lines[1:] if any(row)]}


def _flat(value, path=""):
    """Leaves of nested settings as (path, text)."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield path, "" if value is None else str(value)
        return
    for key, one in inner:
        yield from _flat(one, f"{path}/{key}" if path else str(key))


def _households(path: Path, table: dict) -> dict:
    """Counts and totals of one year's survey, and how much of it is the file of the year before."""
    columns, rows = table["columns"], table["rows"]
    found = {"行数": str(len(rows))}
    if "place" in columns:
        counts = Counter(row[columns.index("place")] for row in rows)
        found |= {f"行数/{place}": str(n) for place, n in sorted(counts.items())}
    for name in columns:
        numbers = [_number(row[columns.index(name)]) for row in rows]
        held = [n for n in numbers if n is not None]
        if name not in ("household", "place", "year", "village", "stratum") and held:
            found[f"合计/{name}"] = f"{sum(held):.10g}"
            found[f"有值/{name}"] = str(len(held))
    year = int(path.stem.removeprefix("households-"))
    before = path.with_name(f"households-{year - 1}.csv")
    if before.is_file():
        found["与上年相同的住户（%）"] = f"{100 * _repeated(table, _table(before.read_bytes())):.0f}"
    return found


def _repeated(now: dict, before: dict) -> float:
    """Share of rows that stand in the other table too, whatever their number and year."""
    columns = [c for c in now["columns"] if c in before["columns"] and c not in NOT_COMPARED]
    one, other = (Counter(tuple(r[t["columns"].index(c)] for c in columns) for r in t["rows"]) for t in (now, before))
    return sum((one & other).values()) / max(1, sum(one.values()))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def results_of(scope: Scope) -> dict:
    """The headline figures of the built tables: ``{"scores": [[place, year, code, value], ...]}``.

    Parameters
    ----------
    scope : Scope

    Returns
    -------
    dict
    """
    found = defaultdict(list)
    for name, (column, keys) in RESULTS.items():
        path = scope.results / f"{name}.parquet"
        frame = tables.read_table(path) if path.is_file() else None
        if frame is None or not {column, *keys} <= set(frame):
            continue
        for *key, value in frame[[*keys, column]].itertuples(index=False, name=None):
            found[name].append([*map(str, key), value if isinstance(value, str) else _plain(value)])
    return dict(found)


def _plain(value: Any) -> float | None:
    """A number for JSON; a gap as None."""
    try:
        return None if value != value else float(value)
    except TypeError:
        return None  # pandas' own gap


def save(path: Path, snapshot: dict) -> None:
    """Write a snapshot; the same content gives the same bytes."""
    write_whole(path, gzip.compress(json.dumps(snapshot, ensure_ascii=False).encode(), mtime=0), durable=False)


def load(path: Path) -> dict:
    """A snapshot; empty when there is none, or none that can be read."""
    try:
        found = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, ValueError, EOFError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("inputs"), dict) else {}
