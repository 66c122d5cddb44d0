"""What stands in a data folder beside its history: adopted as an entry of it, or refused by name; never replaced.

A folder may hold `observations.csv`, `quarters.csv` and `households-<year>.csv` before anything was imported, and
people edit these files by hand afterwards. An import looks first: a file that is not the one this product wrote last
(known by its checksum) is taken into the history, whole the first time and by its changed rows later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, Words, say
from research.indicators.checks.checks import Known, check_file
from research.indicators.reference.schemas import KEYS
from research.indicators.store import store
from research.indicators.store.files import as_text

_SHOWN = 10


@dataclass
class Standing:
    """What a folder holds that its history does not know yet.

    Parameters
    ----------
    rows : DataFrame
        Observations and running totals, as `store.append` takes them.
    surveys : dict of int -> (Path, DataFrame)
        Whole surveys, by year.
    registers : dict of str -> DataFrame
        Whole registers, by table.
    told : list of str
        What is adopted, in words.
    faults : list of Fault
        What cannot be adopted: rows deleted by hand, faults in the rows.
    """

    rows: pd.DataFrame
    surveys: dict[int, tuple[Path, pd.DataFrame]] = field(default_factory=dict)
    registers: dict[str, pd.DataFrame] = field(default_factory=dict)
    told: list[Words] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def look(folder: str | Path, known: Known, tables: Iterable[str] = ()) -> Standing:
    """What stands in a folder and is not in its history.

    Parameters
    ----------
    folder : str or Path
        Data folder; it is only read.
    known : Known
        What the data may name.
    tables : list of str
        Registers that are about to be taken in; of the others those are looked at that have a history.

    Returns
    -------
    Standing
        Empty where each file is the one that was written last.
    """
    folder = Path(folder)
    found = Standing(pd.DataFrame(columns=[*store.COLUMNS, *store.ORIGIN]))
    sums, last = store.settled_state(folder)
    if not last and store.backend(folder).names():  # a shared store was there first: what stands here is kept aside
        return found
    first, parts = not last, []
    for table in ("observations", "quarters"):
        path = folder / f"{table}.csv"
        if path.is_file() and store.checksum(path) != sums.get(path.name):
            parts.append(_rows(path, table, known, first, last, found))
    for path in sorted(folder.glob("households-[0-9][0-9][0-9][0-9].csv")):
        if store.checksum(path) != sums.get(path.name):
            _survey(path, int(path.stem[-4:]), known, found)
    for table in sorted({*tables, *store.backend(folder).register_names()}):
        path = folder / f"{table}.csv"
        if path.is_file() and store.checksum(path) != sums.get(path.name):
            _register(path, table, known, found)
    parts = [p for p in parts if p is not None and len(p)]
    if parts:
        found.rows = pd.concat(parts, ignore_index=True)
    return found


def _typed(path, table, known, year, found):
    name = f"{path.parent.name}/{path.name}"
    typed, faults = check_file(path, table, known, year)
    found.faults += faults
    return name, None if faults else typed


def _rows(path, table, known, first, last, found):
    """Rows of one file that the history lacks: all of them the first time, changed and new ones later."""
    name, typed = _typed(path, table, known, 0, found)
    if typed is None:
        return None
    rows = typed.reindex(columns=store.COLUMNS)
    rows["unit"] = rows["indicator"].map(known.indicators["unit"])
    rows["quarter"] = "" if table == "observations" else [f"{q:.0f}" for q in typed["quarter"]]
    reason = "原有数据" if first else "手工修改"
    rows = rows.assign(
        supplier="", file=path.name, sha256=store.checksum(path), sheet="", row=typed.index + 2, accepted=reason
    )
    if first:
        if len(rows):
            found.told.append(
                say(
                    f"{len(rows):,} rows that stood in {name} are the first entry of the history",
                    f"{name} 中原有的{len(rows):,}行已作为历史的第一笔存入",
                )
            )
        return rows
    then = store.in_force(folder=path.parent, upto=last)
    then = then[then["quarter"].eq("") == (table == "observations")]
    fresh, gone = _changes(rows, then)
    found.faults += _deleted(gone, name)
    if len(fresh):
        places = "、".join(f"{r.place} {r.year} {r.indicator}" for r in fresh.head(_SHOWN).itertuples())
        found.told.append(
            say(
                f"{len(fresh):,} rows of {name} that were edited by hand are kept as an entry of the history: {places}",
                f"{name} 中手工修改的{len(fresh):,}行已存入历史：{places}",
            )
        )
    return fresh


def _changes(now, then):
    """Rows that are new or unlike, and rows that are gone."""
    kinds = ([c for c in store.COLUMNS if c in ("value", "n", "se")], ["year"], ["survey_date"])
    left, right = as_text(now, store.COLUMNS, *kinds), as_text(then, store.COLUMNS, *kinds)
    left.index, right.index = now.index, then.index
    keys = pd.MultiIndex.from_frame(left[store.KEY])
    old = right.set_index(store.KEY).reindex(keys)
    same = np.asarray(keys.isin(pd.MultiIndex.from_frame(right[store.KEY])))
    for column in [c for c in store.COLUMNS if c not in store.KEY and c != "unit"]:
        a, b = left[column].to_numpy(), old[column].to_numpy()
        if left[column].dtype.kind == "f":
            same &= np.isclose(a, b.astype(float), rtol=1e-12, atol=0, equal_nan=True)
        else:
            same &= a == b
    return now[~same], then[~pd.MultiIndex.from_frame(right[store.KEY]).isin(keys)]


def _deleted(gone, name):
    for row in gone.head(_SHOWN).itertuples():
        yield Fault(
            name,
            say(
                f"the row {row.place} {row.year} {row.indicator} with {row.value:g}, as it was taken in",
                f"{row.place} {row.year}年 {row.indicator} 一行（曾收下，数值{row.value:g}）",
            ),
            say("a row deleted by hand", "该行已被手工删除"),
            say("put the row back; a value is corrected by a new import", "请恢复该行；数值有误请重新导入改正"),
            "deleted",
        )
    if len(gone) > _SHOWN:
        yield Fault(
            name,
            say("all rows that were taken in", "全部收下过的行"),
            say(f"{len(gone) - _SHOWN:,} more deleted by hand", f"另有{len(gone) - _SHOWN:,}行被手工删除"),
            kind="deleted",
        )


def _survey(path, year, known, found):
    """A survey that the history does not have in this form: all its households, unless some were deleted by hand."""
    name, typed = _typed(path, "households", known, year, found)
    if typed is None:
        return
    then = store.survey(path.parent, year)
    gone = [] if then is None else sorted(set(then["household"]) - set(typed["household"].astype(str)))
    if then is not None and gone:
        found.faults.append(
            Fault(
                name,
                say(
                    f"all {len(then):,} households of {year}, as they were taken in",
                    f"{year}年收下过的全部{len(then):,}户",
                ),
                say(
                    f"{len(gone):,} deleted by hand: {', '.join(gone[:3])}",
                    f"{len(gone):,}户被手工删除：{'、'.join(gone[:3])}",
                ),
                say("put them back", "请恢复"),
                "deleted",
            )
        )
        return
    if then is not None and same_households(store.household_text(typed), then).all():
        return
    what = ("the first entry", "第一笔") if then is None else ("edited by hand, a new entry", "手工修改后的一笔")
    found.told.append(
        say(
            f"{len(typed):,} households that stood in {name} are {what[0]} of the history",
            f"{name} 中的{len(typed):,}户已作为历史的{what[1]}存入",
        )
    )
    found.surveys[year] = (path, typed)


def _register(path, table, known, found):
    """A register that the history does not have in this form: all its rows, unless some were deleted by hand."""
    name, typed = _typed(path, table, known, 0, found)
    if typed is None:
        return
    then, now = store.register(path.parent, table), store.register_text(typed, table)
    gone = [] if then is None else sorted(set(keys_of(then, table)) - set(keys_of(now, table)))
    if then is not None and gone:
        shown = "、".join(" ".join(k) for k in gone[:3])
        found.faults.append(
            Fault(
                name,
                say(f"all {len(then):,} rows that were taken in", f"收下过的全部{len(then):,}行"),
                say(f"{len(gone):,} deleted by hand: {shown}", f"{len(gone):,}行被手工删除：{shown}"),
                say("put them back", "请恢复"),
                "deleted",
            )
        )
    elif then is None or not now.equals(then):
        what = ("the first entry", "第一笔") if then is None else ("edited by hand, a new entry", "手工修改后的一笔")
        found.told.append(
            say(
                f"{len(now):,} rows that stood in {name} are {what[0]} of the history",
                f"{name} 中的{len(now):,}行已作为历史的{what[1]}存入",
            )
        )
        found.registers[table] = typed


def keys_of(frame: pd.DataFrame, table: str) -> list[tuple]:
    """What each row of a register is about."""
    return list(frame[KEYS[table]].astype(str).itertuples(index=False, name=None))


def same_households(now: pd.DataFrame, then: pd.DataFrame) -> pd.Series:
    """For each household of `now` whether `then` holds it with the same entries; both as `store.household_text`."""
    old = then.drop_duplicates("household").set_index("household").reindex(now["household"])
    same = now["household"].isin(then["household"]).to_numpy()
    for column in [c for c in now.columns if c != "household"]:
        a, b = now[column].to_numpy(), old[column].to_numpy()
        if now[column].dtype.kind in "if":
            same = same & np.isclose(a.astype(float), b.astype(float), rtol=1e-12, atol=0, equal_nan=True)
        else:
            same = same & (a == b)
    return pd.Series(same, index=now.index)


def adopt(folder: str | Path, found: Standing, meta: dict | None = None) -> str:
    """Take what stands in a folder into its history, as one entry; call it within `store.locked`.

    Returns
    -------
    str
        The entry's id; empty where there was nothing.

    Raises
    ------
    DataError
        When something that stands there cannot be adopted.
    """
    if found.faults:
        raise DataError(found.faults)
    if found.rows.empty and not found.surveys and not found.registers:
        return ""
    return store.append(folder, found.rows, meta, surveys=found.surveys, registers=found.registers)
