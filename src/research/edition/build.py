"""Build an edition's tables: each step's tables are ready for the next; all are written, or none.

The steps are packages below this room in the import order. Each offers
``build(edition) -> dict of DataFrame`` and finds the tables of the steps before it in ``edition.table``.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research import __version__
from research.core.files import locked, replacing_folder, write_whole
from research.core.tables import write_table
from research.edition import frames
from research.edition.identity import broken_tables, folder_sum, identity, manifest, table_sums
from research.errors import DataError, Fault, say
from research.indicators.edition import edition_of
from research.indicators.privacy.release import refuse_unsealed

if TYPE_CHECKING:
    from research.core.scope import Scope

STEPS = ("indicators", "composite", "assessment")
EPOCH = 1  # raise it to make every built table stale


def build_key(inputs: str) -> str:
    """Checksum of everything that the tables depend on: data and reference tables (their checksum), and code.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    code = folder_sum(Path(__file__).parents[1])
    return hashlib.sha256(f"{__version__} {EPOCH} {inputs} {code}".encode()).hexdigest()


def is_built(scope: Scope, made_for: dict[str, Any] | None = None) -> bool:
    """Whether the edition's tables stand, whole, and were made from exactly these inputs, by this code."""
    made_for, kept = made_for or identity(scope), manifest(scope)
    same = all(kept.get(name) == value for name, value in made_for.items())
    return same and kept.get("key") == build_key(made_for["inputs"]) and not broken_tables(scope)


def build_edition(scope: Scope, force: bool = False, progress: Callable[..., Any] | None = None) -> Path | None:
    """Compute and write the tables of one edition.

    Parameters
    ----------
    scope : Scope
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
    with locked(scope.results), _no_import(scope.data.folder):
        return _build(scope, force, progress)


def _no_import(folder):
    """No import changes the data meanwhile; where the folder may not be written, none can."""
    if not (folder / "history").is_dir() or not os.access(folder, os.W_OK):
        return nullcontext()
    return locked(folder / "history", lock=folder / ".lock")


def _build(scope, force, progress):
    made_for = identity(scope)
    if not force and is_built(scope, made_for):
        return None
    book = edition_of(scope)
    tables: dict[str, Any] = {}
    for number, step in enumerate(STEPS):
        if progress:
            progress(step, number, len(STEPS))
        made = _step(step)(book)
        _refuse_double(tables, made, step)
        tables.update(made)
        book.add_tables(made)
    about = {
        **made_for,
        "status": book.status,
        "key": build_key(made_for["inputs"]),
        "version": __version__,
        "settings": book.settings,
        "groups": book.groups,
        "tables": {n: len(t) for n, t in sorted(tables.items())},
    }
    refuse_unsealed(tables)
    frames.hold(tables, tuple(book.indicators["domain_code"].unique()))
    _write(scope.results, tables, about)
    if progress:
        progress("written", len(STEPS), len(STEPS))
    return scope.results


def _step(name):
    from research import assessment, composite, indicators

    return {"indicators": indicators, "composite": composite, "assessment": assessment}[name].build


def _refuse_double(tables, made, step):
    double = sorted(set(tables) & set(made))
    if double:
        place = f"research.{step}.build"
        raise DataError(
            [Fault(place, say("table names of its own", "不重复的表名"), name, kind="build") for name in double]
        )


def _write(folder, tables, manifest):
    """A reader finds the old tables or the new ones, never a mixture."""
    with replacing_folder(folder) as part:
        for name, table in tables.items():
            write_table(table, part / f"{name}.parquet", durable=False)  # all of them together, when they are whole
        manifest = {**manifest, "sums": table_sums(part)}
        write_whole(part / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", durable=False)
