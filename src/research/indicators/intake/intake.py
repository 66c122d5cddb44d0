"""Filled forms in: looked at whole, all faults at once, nothing taken in before everything is clean."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from research.core.faults import DataError, Fault, UsageError, nearest, spot
from research.core.formulas import neutral_frame
from research.core.scope import Data
from research.indicators.checks import judgement
from research.indicators.checks.checks import Known, check_frame
from research.indicators.forms.cleaning import converted
from research.indicators.intake import limits
from research.indicators.intake.mapping import mapping_of, read_mapped
from research.indicators.intake.marking import MARKED, mark_all, marked_copy  # noqa: F401  (public here too)
from research.indicators.intake.safety import KINDS, MAPPED, inspect
from research.indicators.intake.sheets import Filled, read_filled
from research.indicators.reference import reference
from research.indicators.store import store

KEY = store.KEY


@dataclass(frozen=True)
class Taken:
    """What an import did: its id, how many rows were new or revised, where they went, which files."""

    import_id: str
    new: int
    revised: int
    unchanged: int
    folder: Path
    files: tuple

    def __str__(self):
        counts = f"{self.new} new, {self.revised} revised, {self.unchanged} unchanged"
        return f"{', '.join(self.files)}: {counts} -> {self.folder.name} ({self.import_id or 'nothing to do'})"


def take_in(project, files, to="data/own", accept=(), mapping=None):
    """Take filled forms into a data folder.

    Parameters
    ----------
    project : Project
    files : list of str or Path
        Forms (.xlsx), tables (.csv) with the columns of `observations.csv`, `quarters.csv` or
        `households-<year>.csv`, and tables of any shape with a mapping.
    to : str or Path
        Data folder, named as for `--data` (`own` is `data/own`); made when it is not there.
    accept : list of str
        Warnings that are accepted, each as ``NAME=REASON``; the reason is kept with the rows.
    mapping : str or Path, optional
        Mapping for all the files; default the one beside each.

    Returns
    -------
    Taken

    Raises
    ------
    DataError
        With the faults of all files, and warnings not yet accepted. Nothing was taken in then; beside each
        workbook stands a copy in which the cells are coloured, with comments.
    UsageError
        For an acceptance that is not NAME=REASON, or names no warning.
    """
    if not files:
        raise UsageError("import: name at least one file")
    reasons = _reasons(accept)
    data = Data.named(project, to, "--to", new=True)
    if mapping and not Path(mapping).is_file():
        raise UsageError(f"--mapping {mapping}: no such file")
    if data.is_sample:
        raise UsageError("--to data/sample: the sample is made by its generator; use a folder of your own")
    folder, known, filled = data.folder, Known(project), [_read(project, f, mapping) for f in files]
    checked = [_check(f, known) for f in filled]
    faults = [fault for found, _ in checked for fault in found] + judgement.across(filled, checked)
    with store.locked(folder):
        store.settle(folder)
        current, warnings = store.current(folder), {}
        if not faults:
            faults = judgement.cross_faults(filled, checked, current, known)
            warnings = judgement.warnings(filled, checked, current, known, project)
        strange = [n for n in reasons if n not in warnings]
        if strange and not faults:
            raise UsageError(f"--accept {strange[0]}: no such warning; {nearest(strange[0], warnings)}")
        faults += [w for name, w in warnings.items() if name not in reasons]
        if faults:
            mark_all(filled, faults)
            raise DataError(faults)
        return _store(project, folder, filled, checked, reasons, warnings)


def _read(project, path, mapping=None):
    """A file as a table: looked at as a container first, then read in a process that may use so much and no more."""
    path = Path(path)
    mapping = mapping or mapping_of(path)
    faults = inspect(path, MAPPED if mapping else KINDS)
    if faults:
        return Filled(path, pd.DataFrame(), faults=faults)
    try:
        if path.suffix.lower() in (".csv", ".parquet"):  # plain tables: their size is limit enough
            return _opened(project, path, mapping)
        return limits.within(_opened, project, path, mapping, where=path.name)
    except DataError as error:
        return Filled(path, pd.DataFrame(), faults=error.faults)


def _opened(project, path, mapping):
    return read_mapped(project, path, mapping) if mapping else read_filled(path)


def _reasons(accept):
    reasons = {}
    for text in accept:
        name, _, reason = str(text).partition("=")
        if not name.strip() or not reason.strip():
            raise UsageError(f"--accept {text}: write NAME=REASON, the name as the warning gives it")
        reasons[name.strip()] = reason.strip()
    return reasons


def _check(filled, known):
    """Faults of one file, with the words of its own headings, and its typed rows."""
    if filled.rows.empty:
        empty = [] if filled.faults else [Fault(filled.where, "at least one value", "an empty form", "", "empty")]
        return filled.faults + empty, None
    if filled.table == "households":
        return _check_households(filled, known)
    rows = filled.rows.copy()
    unit = rows["indicator"].map(known.indicators["unit"])
    if rows["value"].dtype.kind not in "iuf":
        rows["value"] = pd.Series([_converted(v, u) for v, u in zip(rows["value"], unit, strict=True)],
                                  index=rows.index, dtype=object)
    rows["status"] = rows["status"].where(rows["status"].notna(), "reported")
    typed, faults = check_frame(rows, filled.table, filled.where, known)
    typed["unit"] = unit
    quarter = typed["quarter"] if filled.table == "quarters" else pd.Series("", index=typed.index)
    typed["quarter"] = [f"{q:.0f}" if isinstance(q, (int, float)) and q == q else "" for q in quarter]
    named = {f.place for f in filled.faults}  # a formula, say, need not be called "no number" as well
    return filled.faults + [f for f in (_worded(f, filled.headings) for f in faults) if f.place not in named], typed


def _converted(cell, unit):
    if unit != unit or cell is None or cell != cell:
        return cell
    made = converted(cell, unit)
    return cell if made is None else made


def _check_households(filled, known):
    """A survey file is one year's; its rows are checked as the file in the data folder would be."""
    rows = filled.rows
    years = pd.to_numeric(rows["year"], errors="coerce").dropna().unique()
    typed, faults = check_frame(rows, "households", filled.where, known, int(years[0]) if len(years) else 0)
    named = {f.place for f in filled.faults}
    return filled.faults + [f for f in (_worded(f, filled.headings) for f in faults) if f.place not in named], typed


def _worded(fault, headings):
    """A fault that names the column as the file does."""
    column = fault.place.column
    return replace(fault, place=replace(fault.place, column=headings[column])) if column in headings else fault


def _store(project, folder, filled, checked, reasons, warnings):
    """Append what is new; rows that say what is in force already are left out."""
    about = reference.district(project)
    meta = {"title": f"{about['name']}数据", "status": "reported", "note": "由部门与乡镇街道填报", "source": "部门填报"}
    names, parts = tuple(f.path.name for f in filled), []
    surveys = {int(t["year"].iloc[0]): (f.path, t) for f, (_, t) in zip(filled, checked, strict=True)
               if f.table == "households"}
    new = sum(len(t) for _, t in surveys.values())
    for file, (_, typed) in zip(filled, checked, strict=True):
        if file.table == "households":
            continue
        named = {w.place: reasons[n] for n, w in warnings.items() if n in reasons}
        column = file.headings.get("value", "value")
        places = [spot(file.where, row=row + 2, column=column) for row in typed.index]
        parts.append(typed.assign(
            supplier=file.supplier, file=file.path.name, sheet=file.sheet, row=typed.index + 2,
            sha256=hashlib.sha256(file.path.read_bytes()).hexdigest(), accepted=[named.get(p, "") for p in places]))
    if not parts:
        name = store.append(folder, pd.DataFrame(columns=[*store.COLUMNS, *store.ORIGIN]), meta, surveys=surveys)
        return Taken(name, new, 0, 0, folder, names)
    rows = neutral_frame(pd.concat(parts, ignore_index=True)).drop_duplicates(KEY, keep="first")
    before = store.current(folder)
    joined = rows.merge(before[[*KEY, "value", "status", "source"]], on=KEY, how="left", suffixes=("", "_old"))
    known = joined["value_old"].notna()
    same = known & joined["value"].eq(joined["value_old"]) & joined["status"].eq(joined["status_old"]) & (
        joined["source"].eq(joined["source_old"]))
    fresh = rows[~same.to_numpy()]
    name = store.append(folder, fresh, meta, surveys=surveys) if len(fresh) or surveys else ""
    return Taken(name, new + int((~known).sum()), int((known & ~same).sum()), int(same.sum()), folder, names)
