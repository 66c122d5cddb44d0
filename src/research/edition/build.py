"""Build an edition's tables: each step's tables are ready for the next; all are written, or none.

The steps are packages below this room in the import order. Each offers
``build(edition) -> dict of DataFrame`` and finds the tables of the steps before it in ``edition.table``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from research import __version__
from research.core.tables import write_table
from research.errors import DataError, Fault
from research.indicators.edition import open_edition

STEPS = ("indicators", "composite", "assessment")
EPOCH = 1  # raise it to make every built table stale


def build_key(project, data):
    """Checksum of everything that the tables depend on: data, reference tables, code.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256(f"{__version__} {EPOCH}".encode())
    folders = (project.data(data), project.reference, Path(__file__).parents[1])
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_built(project, edition, data, key=None):
    """Whether the edition's tables stand and were made from exactly these inputs."""
    try:
        manifest = json.loads((project.results(edition) / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return manifest.get("key") == (key or build_key(project, data)) and manifest.get("data") == data_name(project, data)


def data_name(project, data):
    """Name of the data as a manifest may hold it: `sample`, or the folder's own name, never a path."""
    return "sample" if data == "sample" else project.data(data).name


def build_edition(project, edition, data="sample", force=False, progress=None):
    """Compute and write the tables of one edition.

    Parameters
    ----------
    project : Project
    edition : str or int
        Year of the book.
    data : str
        `sample` or a folder.
    force : bool
        Build even when nothing changed.
    progress : callable, optional
        Called with (step, number done, number of steps).

    Returns
    -------
    Path or None
        The results folder; None when it was fresh already.

    Raises
    ------
    DataError
        What a step refuses; the former tables then stay as they were.
    """
    key = build_key(project, data)
    if not force and is_built(project, edition, data, key):
        return None
    book = open_edition(edition, data=data, project=project)
    tables = {}
    for number, step in enumerate(STEPS):
        if progress:
            progress(step, number, len(STEPS))
        made = _step(step)(book)
        _refuse_double(tables, made, step)
        tables.update(made)
        book.add_tables(made)
    manifest = {"edition": int(edition), "data": data_name(project, data), "status": book.status, "key": key,
                "version": __version__, "settings": book.settings, "groups": book.groups,
                "tables": {n: len(t) for n, t in sorted(tables.items())}}
    _write(project.results(edition), tables, manifest)
    if progress:
        progress("written", len(STEPS), len(STEPS))
    return project.results(edition)


def _step(name):
    from research import assessment, composite, indicators

    return {"indicators": indicators, "composite": composite, "assessment": assessment}[name].build


def _refuse_double(tables, made, step):
    double = sorted(set(tables) & set(made))
    if double:
        place = f"research.{step}.build"
        raise DataError([Fault(place, "table names of its own", name, kind="build") for name in double])


def _write(folder, tables, manifest):
    """Write beside, then swap, so that a reader finds the old tables or the new ones, never a mixture."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        for name, table in tables.items():
            write_table(table, part / f"{name}.parquet")
        (part / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
        if folder.exists():
            folder.rename(old)
        part.rename(folder)
    finally:
        if old.exists() and not folder.exists():
            old.rename(folder)
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
