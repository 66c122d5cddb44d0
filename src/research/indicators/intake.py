"""Filled forms in: looked at whole, all faults at once, nothing taken in before everything is clean."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from research.errors import DataError, Fault, UsageError, nearest
from research.indicators import reference, store
from research.indicators.checks import Known, check_frame
from research.indicators.mapping import mapping_of, read_mapped
from research.indicators.safety import inspect, neutral_frame
from research.indicators.sheets import Filled, converted, read_filled

MARKED = "-标记"
_RED, _AMBER = PatternFill("solid", fgColor="F4B6B6"), PatternFill("solid", fgColor="FCE4B0")
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


def take_in(project, files, to="data/own", accept=()):
    """Take filled forms into a data folder.

    Parameters
    ----------
    project : Project
    files : list of str or Path
        Forms (.xlsx) or tables (.csv) with the columns of `observations.csv`.
    to : str or Path
        Data folder; a relative one lies in the project.
    accept : list of str
        Warnings that are accepted, each as ``NAME=REASON``; the reason is kept with the rows.

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
    folder = Path(to) if Path(to).is_absolute() else project.root / to
    if folder.resolve() == (project.root / "data" / "sample").resolve():
        raise UsageError("--to data/sample: the sample is made by its generator; use a folder of your own")
    known, filled = Known(project), [_read(project, f) for f in files]
    checked = [_check(f, known) for f in filled]
    faults = [fault for found, _ in checked for fault in found] + _across(filled, checked)
    with store.locked(folder):
        warnings = {} if faults else _warnings([t for _, t in checked], filled, store.current(folder), known, project)
        strange = [n for n in reasons if n not in warnings]
        if strange and not faults:
            raise UsageError(f"--accept {strange[0]}: no such warning; {nearest(strange[0], warnings)}")
        faults += [w for name, w in warnings.items() if name not in reasons]
        if faults:
            _mark_all(filled, faults)
            raise DataError(faults)
        return _store(project, folder, filled, checked, reasons, warnings)


def _read(project, path):
    if mapping_of(path) is None:
        return read_filled(path)
    faults = inspect(path) if Path(path).suffix.lower() not in (".parquet", ".dta") else []
    return Filled(Path(path), pd.DataFrame(), faults=faults) if faults else read_mapped(project, path)


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
    rows["value"] = [v if u != u or converted(v, u) is None else converted(v, u)
                     for v, u in zip(rows["value"], unit, strict=True)]
    rows["status"] = rows["status"].where(rows["status"].notna(), "reported")
    frame = pd.DataFrame({c: pd.Series(rows[c], dtype=object) for c in rows.columns})
    typed, faults = check_frame(frame, "observations", filled.where, known)
    typed["unit"] = unit
    named = {f.place for f in filled.faults}  # a formula, say, need not be called "no number" as well
    return filled.faults + [f for f in (_worded(f, filled.headings) for f in faults) if f.place not in named], typed


def _check_households(filled, known):
    """A survey file is one year's; its rows are checked as the file in the data folder would be."""
    rows = pd.DataFrame({c: pd.Series(filled.rows[c], dtype=object) for c in filled.rows.columns})
    years = pd.to_numeric(rows["year"], errors="coerce").dropna().unique()
    typed, faults = check_frame(rows, "households", filled.where, known, int(years[0]) if len(years) else 0)
    named = {f.place for f in filled.faults}
    return filled.faults + [f for f in (_worded(f, filled.headings) for f in faults) if f.place not in named], typed


def _worded(fault, headings):
    start, mark, column = fault.place.rpartition(", column ")
    if not mark or column not in headings:
        return fault
    return Fault(f"{start}, column {headings[column]}", fault.expected, fault.found, fault.way_out, fault.kind)


def _across(filled, checked):
    """The same number handed in by two files with unlike values, or two surveys of one year."""
    seen, faults = {}, []
    for file, (_, typed) in zip(filled, checked, strict=True):
        if file.table == "households" and typed is not None:
            key = ("households", typed["year"].iloc[0])
            if key in seen:
                faults.append(Fault(file.where, "one survey a year", f"a second one beside {seen[key][0]}",
                                    "put the households into one table", "conflict"))
            seen[key] = (file.where, None)
    for file, (_, typed) in zip(filled, checked, strict=True):
        for line in () if typed is None or file.table == "households" else typed[[*KEY, "value"]].itertuples():
            key, where = line[1:-1], f"{file.where}, row {line.Index + 2}"
            if key in seen and seen[key][1] != line.value:
                faults.append(Fault(where, f"{seen[key][1]} as in {seen[key][0]}", str(line.value),
                                    "agree on one value", "conflict"))
            seen.setdefault(key, (where, line.value))
    return faults


def _warnings(typed, filled, current, known, project):
    """Jumps from the year before, and running totals that fall: name -> fault, to be accepted by name."""
    limits = reference.settings(project, 9999)
    former = {(r.place, r.indicator, int(r.year)): r.value for r in current.itertuples()}
    for table in (t for f, t in zip(filled, typed, strict=True) if f.table == "observations"):
        former.update({(r.place, r.indicator, int(r.year)): r.value for r in table.itertuples()})
    kinds, out = dict(known.indicators["target_type"]), {}
    for file, table in zip(filled, typed, strict=True):
        for line in table.itertuples() if file.table == "observations" else ():
            old = former.get((line.place, line.indicator, int(line.year) - 1))
            if old is None or old != old:
                continue
            name, words = f"{line.indicator}@{line.place}:{int(line.year)}", ""
            if kinds.get(line.indicator) == "cumulative":
                if line.value < old:
                    name, words = f"fall:{name}", f"a running total of {old:g} or more"
            elif old and abs(line.value / old - 1) > limits["jump_limit"]:
                name, words = f"jump:{name}", f"within {limits['jump_limit']:.0%} of last year's {old:g}"
            if words:
                where = f"{file.where}, row {line.Index + 2}, column {file.headings.get('value', 'value')}"
                out[name] = Fault(where, words, f"{line.value:g}", f"correct it, or --accept {name}=REASON", "warning")
    return out


def _store(project, folder, filled, checked, reasons, warnings):
    """Append what is new; rows that say what is in force already are left out."""
    about = reference.district(project)
    meta = {"title": f"{about['name']}数据", "status": "reported", "note": "由部门与乡镇街道填报", "source": "部门填报"}
    names, parts = tuple(f.path.name for f in filled), []
    surveys = [(f, t) for f, (_, t) in zip(filled, checked, strict=True) if f.table == "households"]
    new = sum(store.put_survey(folder, f.path, typed, meta) for f, typed in surveys)
    for file, (_, typed) in zip(filled, checked, strict=True):
        if file.table == "households":
            continue
        named = {w.place: reasons[n] for n, w in warnings.items() if n in reasons}
        column = file.headings.get("value", "value")
        places = [f"{file.where}, row {row + 2}, column {column}" for row in typed.index]
        parts.append(typed.assign(
            supplier=file.supplier, file=file.path.name, sheet=file.sheet, row=typed.index + 2,
            sha256=hashlib.sha256(file.path.read_bytes()).hexdigest(), accepted=[named.get(p, "") for p in places]))
    if not parts:
        return Taken("", new, 0, 0, folder, names)
    rows = neutral_frame(pd.concat(parts, ignore_index=True)).drop_duplicates(KEY, keep="first")
    before = store.current(folder)
    joined = rows.merge(before[[*KEY, "value", "status", "source"]], on=KEY, how="left", suffixes=("", "_old"))
    known = joined["value_old"].notna()
    same = known & joined["value"].eq(joined["value_old"]) & joined["status"].eq(joined["status_old"]) & (
        joined["source"].eq(joined["source_old"]))
    fresh = rows[~same.to_numpy()]
    name = store.append(folder, fresh, meta) if len(fresh) else ""
    return Taken(name, new + int((~known).sum()), int((known & ~same).sum()), int(same.sum()), folder, names)


def _mark_all(filled, faults):
    for file in filled:
        own = [f for f in faults if f.place.startswith(file.where)]
        if file.sheet and own and not any(f.kind in ("safety", "empty") for f in own):
            marked_copy(file, own)


def marked_copy(filled, faults):
    """A copy of a workbook with the faulty cells coloured and a comment in each; the original is not touched.

    Returns
    -------
    Path or None
        `<name>-标记.xlsx` beside the original; None where that folder cannot be written to.
    """
    book = load_workbook(filled.path, keep_links=False)
    sheet = book[filled.sheet]
    column = {str(c.value).strip().replace("（示例）", ""): c.column for c in sheet[1] if c.value is not None}
    for fault in faults:
        words = fault.place.split(", ")
        row = next((int(w[4:]) for w in words if w.startswith("row ") and w[4:].isdigit()), 1)
        name = next((w[7:] for w in words if w.startswith("column ")), "")
        cell = sheet.cell(row, column.get(name, 1))
        cell.fill = _AMBER if fault.kind == "warning" else _RED
        text = f"{cell.comment.text}\n" if cell.comment and cell.comment.author == "bluebook check" else ""
        words = f"应为：{fault.expected}\n现为：{fault.found}" + (f"\n办法：{fault.way_out}" if fault.way_out else "")
        cell.comment = Comment((text + words)[:2000], "bluebook check", height=120, width=320)
    sheet.protection.sheet = False
    path = filled.path.with_name(f"{filled.path.stem}{MARKED}.xlsx")
    try:
        book.save(path)
    except OSError:
        return None
    return path
