"""What a run depends on: checksums of data and tables by place, of the code, and of the locked packages.

A township's run shows its own rows and the district's; so a change in one township leaves the runs of
the others fresh, while the district's runs depend on every row. Checksums by place are kept in a small
file under the checksum of the whole table, so that a plan in which nothing changed reads no table.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import research
from research.core.files import write_whole
from research.core.texts import read_made

if TYPE_CHECKING:
    from research.core.scope import Project, Scope

EPOCH = 1  # raise it to make every run stale, as when a normalised notebook changes its form
SHARED = "*"  # rows that belong to no place of the district
UNREAD_CODE = ("book", "cases", "edition", "manual", "cli")  # packages above runs: no notebook can depend on them


class Inputs:
    """Checksums of everything a project's runs can read.

    Parameters
    ----------
    scope : Scope
    district : str
        Code of the district: its rows belong to every run.
    townships : iterable of str
        Codes of the townships: their rows belong to their own runs and the district's.
    """

    def __init__(self, scope: Scope, district: Any, townships: Any) -> None:
        self.district, self._townships = district, frozenset(townships)
        self._store = scope.runs.parent / ".inputs.json"
        self._memory = read_made(self._store)
        self._whole, self._rows = {}, {}
        for name, path in _files(scope):
            content = path.read_bytes()
            whole = hashlib.sha256(content).hexdigest()
            self._whole[name] = whole
            self._rows[name] = self._by_place(name, whole, content, path)
        self._keep()
        self._known: dict[Any, Any] = {}

    def names(self) -> list[Any]:
        """Names of the inputs, as `results/measures` or `reference/places.csv`."""
        return list(self._whole)

    def of(self, place: str) -> dict[str, str]:
        """Checksums of the inputs as a run for `place` sees them.

        Returns
        -------
        dict of str to str
            Input name to checksum.
        """
        if place not in self._known:
            self._known[place] = {name: self._seen(name, place) for name in self._whole}
        return self._known[place]

    def _seen(self, name, place):
        rows = self._rows[name]
        if rows is None:
            return self._whole[name][:24]
        buckets = sorted(rows) if place == self.district else (SHARED, self.district, place)
        return _digest("".join(f"{b}={rows.get(b, '')};" for b in buckets))[:24]

    def _by_place(self, name, whole, content, path):
        """Checksum of each place's rows, or None for a file whose rows belong to all."""
        if name.startswith("reference/") or not name.endswith((".csv", ".parquet")):
            return None
        key = f"{name} {whole} {self.district}"
        if key not in self._memory:
            split, source = (_csv_rows, content) if name.endswith(".csv") else (_parquet_rows, path)
            self._memory[key] = split(source, lambda p: p if p in self._townships or p == self.district else SHARED)
        return self._memory[key]

    def _keep(self):
        wanted = {f"{name} {whole} {self.district}" for name, whole in self._whole.items()}
        used = {key: rows for key, rows in self._memory.items() if key in wanted}  # None: its rows belong to all
        old = read_made(self._store)
        if any(key not in old for key in used):
            try:
                write_whole(self._store, json.dumps(used))
            except OSError:
                return  # only slower next time


def code_hash(besides: Any = ()) -> str:
    """Checksum of the package's own code, without the parts no notebook can use (but for those in `besides`)."""
    root = Path(research.__file__).parent
    digest, unread = hashlib.sha256(), set(UNREAD_CODE) - set(besides)
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root).parts
        if path.is_file() and inside[0] not in unread and "__pycache__" not in inside and path.suffix != ".pyc":
            digest.update("/".join(inside).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def lock_hash(project: Project) -> str:
    """Checksum of the locked packages, empty where the project has no lock file."""
    path = project.root / "requirements.lock"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _files(scope):
    folders = (("results", scope.results), ("data", scope.data.folder), ("reference", scope.project.reference))
    for name, folder in folders:
        for path in sorted(p for p in folder.glob("*") if p.is_file() and not p.name.startswith((".", "manifest."))):
            yield f"{name}/{path.name}", path


def _csv_rows(content, bucket):
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"), newline=""))
    header = next(reader, [])
    if "place" not in header:
        return None
    sums: dict[str, Any] = {}
    column, head = header.index("place"), "\x1f".join(header).encode()
    for row in reader:
        name = bucket(row[column]) if column < len(row) else SHARED
        sums.setdefault(name, hashlib.sha256(head)).update("\x1f".join(row).encode() + b"\n")
    return {name: s.hexdigest()[:24] for name, s in sums.items()}


def _parquet_rows(path, bucket):
    import pandas as pd

    from research.core.tables import read_table

    frame = read_table(path)
    if "place" not in frame.columns:
        return None
    head = repr([(c, str(t)) for c, t in frame.dtypes.items()]).encode()
    buckets = frame["place"].map(lambda p: bucket(str(p)))
    for column, kind in frame.dtypes.items():
        if kind == "object":  # lists and mixed values have no checksum of their own
            frame[column] = frame[column].map(repr)
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return {
        str(name): hashlib.sha256(head + rows[index].tobytes()).hexdigest()[:24]
        for name, index in buckets.groupby(buckets).indices.items()
    }


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
