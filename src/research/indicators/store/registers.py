"""How a row of a register came about: tasks, demands, scores, values of targets, import by import."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from research.core.faults import DataError, Fault, nearest, say
from research.indicators.reference.schemas import KEYS, SCHEMAS
from research.indicators.store import store

TOLD = ("import_id", "imported_at", "change")


def history(folder: str | Path, table: str, *keys: str) -> pd.DataFrame:
    """Every state of a register's rows, oldest first: new, changed or taken out, and by which import.

    Parameters
    ----------
    folder : str or Path
        Data folder.
    table : {"target-values", "tasks", "demands", "aspects"}
    *keys : str
        Only rows that have all of these among their key cells: a target's or task's id, a place, a year.

    Returns
    -------
    DataFrame
        import_id, imported_at, change (new, changed, removed), and the register's own columns.

    Raises
    ------
    DataError
        When nothing of the kind was ever taken in, with the nearest key that has something.
    """
    kept, own = store.backend(folder), [c.name for c in SCHEMAS[table]]
    at, out = [own.index(k) for k in KEYS[table]], []
    former: dict[tuple[str, ...], tuple[str, ...]] = {}
    seen: set[str] = set()
    for name in kept.register_imports(table):
        frame = kept.register(table, name)
        moment = frame["imported_at"].iloc[0] if "imported_at" in frame and len(frame) else ""
        rows = {
            tuple(r[i] for i in at): r
            for r in frame.reindex(columns=own).fillna("").astype(str).itertuples(index=False, name=None)
        }
        seen.update(k for row in rows for k in row)
        for key in {**former, **rows}:
            change = "new" if key not in former else "removed" if key not in rows else "changed"
            if set(keys) <= set(key) and rows.get(key) != former.get(key):
                out.append((name, moment, change, *(rows[key] if key in rows else former[key])))
        former = rows
    if not out:
        about = " ".join([table, *keys])
        hint = next((nearest(k, sorted(seen)) for k in keys if k not in seen and seen), "")
        raise DataError(
            Fault(
                f"history of {about}",
                say("rows that were taken in", "收下过的记录"),
                say("none", "没有"),
                hint,
                "history",
            )
        )
    return pd.DataFrame(out, columns=[*TOLD, *own])
