"""Registers taken in: checked by the rules of their table, joined with what stands there, nothing replaced silently."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from research.core.faults import DataError, Fault
from research.core.formulas import neutral_frame
from research.indicators.checks.checks import Known, check_frame
from research.indicators.forms.cleaning import converted
from research.indicators.intake import standing
from research.indicators.intake.sheets import Filled
from research.indicators.reference import calibre
from research.indicators.reference.schemas import REGISTERS
from research.indicators.store import store


def check(filled: Filled, known: Known) -> tuple[list[Fault], pd.DataFrame]:
    """Faults of a register's file and its typed rows: numbers in the unit of their target, words of a scale as numbers.

    Parameters
    ----------
    filled : Filled
    known : Known

    Returns
    -------
    (list of Fault, DataFrame)
    """
    values = filled.table == "target-values"
    rows, words = graded(filled, "target", known) if values else (filled.rows.copy(), [])
    if "status" in rows:
        rows["status"] = rows["status"].where(rows["status"].notna(), "reported")
    if values:
        unit = rows["target"].map(known.targets)
        rows["value"] = pd.Series(
            [plain(v, u) for v, u in zip(rows["value"], unit, strict=True)], index=rows.index, dtype=object
        )
    typed, faults = check_frame(rows, filled.table, filled.where, known)
    return [*words, *beside(words, faults, filled)], typed


def plain(cell: object, unit: object) -> object:
    """A number with a unit behind it, in the unit that is wanted; anything else as it is."""
    if unit != unit or cell is None or cell != cell:
        return cell
    made = converted(cell, unit)
    return cell if made is None else made


def graded(filled: Filled, key: str, known: Known) -> tuple[pd.DataFrame, list[Fault]]:
    """The rows of a file with words of scales as numbers, and the faults of what is no such word."""
    heading = filled.headings.get("value", "value")
    values, faults = calibre.graded(filled.rows, key, filled.where, heading, known.calibres)
    rows = filled.rows.copy()
    if filled.rows[key].isin(list(calibre.scales(known.calibres))).any():
        rows["value"] = values
    return rows, faults


def beside(words: Sequence[Fault], faults: Sequence[Fault], filled: Filled) -> list[Fault]:
    """The faults of other cells than those whose word was refused: one cell is told once."""
    told = {(f.place.row, f.place.column) for f in words}
    return [f for f in faults if (f.place.row, filled.headings.get(f.place.column, f.place.column)) not in told]


def of_files(folder: Path, filled: Sequence[Filled], checked: Sequence) -> tuple[dict[str, pd.DataFrame], list[int]]:
    """The registers as they will stand after an import, and how many rows are new, revised, unchanged."""
    given: dict[str, list[pd.DataFrame]] = {}
    out, counts = {}, [0, 0, 0]
    for file, (_, typed) in zip(filled, checked, strict=True):
        if file.table in REGISTERS and typed is not None and len(typed):
            given.setdefault(file.table, []).append(store.register_text(typed, file.table))
    for table, parts in given.items():
        merged, more = joined(folder, table, pd.concat(parts, ignore_index=True))
        counts = [a + b for a, b in zip(counts, more, strict=True)]
        if merged is not None:
            out[table] = merged
    return out, counts


def joined(folder: Path, table: str, now: pd.DataFrame) -> tuple[pd.DataFrame | None, list[int]]:
    """A register with rows that came in: they replace those of the same key, all others stay.

    Returns
    -------
    (DataFrame or None, list of int)
        The whole register, None where nothing changes; rows that are new, revised, unchanged.
    """
    now, held = neutral_frame(now), store.register(folder, table)
    if held is None:
        return now, [len(now), 0, 0]
    old = dict(zip(standing.keys_of(held, table), held.itertuples(index=False, name=None), strict=True))
    keys, rows = standing.keys_of(now, table), list(now.itertuples(index=False, name=None))
    new = sum(k not in old for k in keys)
    same = sum(old.get(k) == r for k, r in zip(keys, rows, strict=True))
    counts = [new, len(keys) - new - same, same]
    if same == len(keys):
        return None, counts
    merged = {**old, **dict(zip(keys, rows, strict=True))}
    return pd.DataFrame(list(merged.values()), columns=now.columns), counts


def keep(folder: Path, table: str, rows: pd.DataFrame, known: Known) -> list[int]:
    """Take rows that were read elsewhere into a register: what stands there is adopted first.

    Returns
    -------
    list of int
        Rows that are new, revised, unchanged.

    Raises
    ------
    DataError
        Where the rows, or what stands in the folder, have faults; nothing was written then.
    """
    typed, faults = check_frame(
        store.register_text(rows, table).replace("", None), table, f"{folder.name}/{table}.csv", known
    )
    if faults:
        raise DataError(faults)
    with store.locked(folder):
        found = standing.look(folder, known, {table})
        standing.adopt(folder, found)
        store.settle(folder)
        merged, counts = joined(folder, table, store.register_text(typed, table))
        if merged is not None:
            empty = pd.DataFrame(columns=[*store.COLUMNS, *store.ORIGIN])
            store.append(folder, empty, registers={table: merged})
    return counts
