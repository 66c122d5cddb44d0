"""Filled forms in: looked at whole, all faults at once, nothing taken in before everything is clean."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from research.core.faults import DataError, Fault, UsageError, nearest, say
from research.core.scope import Data, Project
from research.indicators.checks import judgement
from research.indicators.checks.checks import Known, check_frame
from research.indicators.intake import limits, registers, standing
from research.indicators.intake.mapping import mapping_of, read_mapped
from research.indicators.intake.marking import MARKED, mark_all, marked_copy  # noqa: F401  (public here too)
from research.indicators.intake.reasons import given, lacking, write
from research.indicators.intake.safety import KINDS, MAPPED, inspect
from research.indicators.intake.sheets import Filled, read_filled
from research.indicators.intake.taken import Taken, put, survey_warnings
from research.indicators.reference.schemas import REGISTERS
from research.indicators.store import store

KEY = store.KEY


def take_in(
    project: Project,
    files: Sequence[str | Path],
    to: str | Path = "data/own",
    accept: Sequence[str] = (),
    mapping: str | Path | None = None,
    accept_file: str | Path | None = None,
) -> Taken:
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
    accept_file : str or Path, optional
        Table of reasons, as a refusal writes it beside the first file (`<name>-待说明.csv`), filled in.

    Returns
    -------
    Taken

    Raises
    ------
    DataError
        With the faults of all files, and warnings not yet accepted. Nothing was taken in then, and the folder is
        as it was; beside each workbook stands a copy in which the cells are coloured, with comments, and beside
        the first file a table in which reasons for the warnings can be written.
    UsageError
        For an acceptance that is not NAME=REASON, or names no warning.
    """
    if not files:
        raise UsageError(say("import: name at least one file", "import：请至少给出一个文件"))
    reasons = given(accept, accept_file)
    data = Data.named(project, to, "--to", new=True)
    if mapping and not Path(mapping).is_file():
        raise UsageError(say(f"--mapping {mapping}: no such file", f"--mapping {mapping}：没有这个文件"))
    if data.is_sample:
        raise UsageError(
            say(
                "--to data/sample: the sample is made by its generator; use a folder of your own",
                "--to data/sample：示例数据由程序生成，请导入到自己的数据文件夹",
            )
        )
    folder, known = data.folder, Known(project)
    filled = [_read(project, f, mapping, label) for f, label in zip(files, _labels(files), strict=True)]
    checked = [_check(f, known) for f in filled]
    faults = [fault for found, _ in checked for fault in found] + judgement.across(filled, checked)
    if faults:
        raise _refused(filled, faults)
    with _untouched(folder), store.locked(folder):
        found = standing.look(folder, known, {f.table for f in filled} & set(REGISTERS))
        current = _with_standing(folder, found)
        faults = found.faults + judgement.cross_faults(filled, checked, current, known)
        warnings = (
            {}
            if faults
            else {
                **judgement.warnings(filled, checked, current, known, project),
                **survey_warnings(filled, checked, folder, found),
            }
        )
        strange = [n for n in given(accept) if n not in warnings]
        if strange and not faults:
            raise UsageError(
                say(
                    f"--accept {strange[0]}: no such warning; {nearest(strange[0], warnings)}",
                    f"--accept {strange[0]}：没有这条提醒；{nearest(strange[0], warnings).zh}",
                )
            )
        missing = lacking(warnings, reasons)
        if faults or missing:
            raise _refused(filled, [*faults, *missing.values()], warnings if missing else (), reasons)
        return put(project, folder, filled, checked, reasons, warnings, found)


def _labels(files):
    """How messages call each file: its name, and as much of its folders as tells files of one name apart."""
    paths = [Path(f) for f in files]
    full = [p.absolute().parts for p in paths]
    out = []
    for path, parts in zip(paths, full, strict=True):
        others = [p for p in full if p[-1] == parts[-1] and p != parts]
        depth = next((n for n in range(1, len(parts)) if all(p[-n:] != parts[-n:] for p in others)), len(parts))
        out.append("/".join(parts[-depth:]) if others else path.name)
    return out


def _with_standing(folder, found):
    """The rows in force, with what stands in the folder and is about to be adopted."""
    current = store.current(folder)
    if found.rows.empty:
        return current
    rows = found.rows.assign(superseded_by="")
    keys = pd.MultiIndex.from_frame(rows[KEY].astype({"year": int}))
    stay = current[~pd.MultiIndex.from_frame(current[KEY].astype({"year": int})).isin(keys)]
    return pd.concat([stay, rows], ignore_index=True) if len(stay) else rows.reset_index(drop=True)


@contextlib.contextmanager
def _untouched(folder):
    """A refused import leaves the folder byte for byte: a lock file and a folder made on the way go again."""
    made = [p for p in (folder / ".lock", folder) if not p.exists()]
    try:
        yield
    except (DataError, UsageError):
        for path in made:
            with contextlib.suppress(OSError):
                path.unlink() if path.is_file() else path.rmdir()
        raise


def _refused(filled, faults, warnings=(), reasons=()):
    """The error of a refused import; marked copies and the table of reasons stand beside the files then."""
    mark_all(filled, faults)
    table = write(warnings, filled[0].path, dict(reasons)) if warnings else None
    if table is None:
        return DataError(faults)
    return DataError(
        faults,
        note=say(
            f"to accept warnings, write a reason in {table.name} and add --accept-file {table}",
            f"确认无误的提醒，请在 {table.name} 的“理由”列写明理由，再加 --accept-file {table}",
        ),
    )


def _read(project, path, mapping=None, label=""):
    """A file under the name that messages use for it; whatever breaks inside a reader is a fault of the file."""
    path = Path(path)
    try:
        filled = _contained(project, path, mapping)
    except DataError as error:
        filled = Filled(path, pd.DataFrame(), faults=error.faults)
    except Exception as error:  # a reader of a library may break anywhere on a file from outside
        found = f"{type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else ''}".rstrip(": ")
        filled = Filled(
            path,
            pd.DataFrame(),
            faults=[
                Fault(
                    path.name,
                    say("a table that can be read", "能够读取的表"),
                    say(f"one that breaks the reader ({found})", f"读取时出错（{found}）"),
                    say(
                        "open it in Excel or WPS and save it anew as .xlsx, or save it as CSV UTF-8",
                        "用 Excel 或 WPS 打开，另存为 .xlsx，或另存为 CSV UTF-8",
                    ),
                    "safety",
                )
            ],
        )
    filled.label = label or path.name
    filled.faults = [
        replace(f, place=replace(f.place, file=filled.label)) if f.place.file == path.name else f for f in filled.faults
    ]
    return filled


def _contained(project, path, mapping):
    """A file as a table: looked at as a container first, then read in a process that may use so much and no more."""
    mapping = mapping or mapping_of(path)
    faults = inspect(path, MAPPED if mapping else KINDS)
    if faults:
        return Filled(path, pd.DataFrame(), faults=faults)
    if path.suffix.lower() in (".csv", ".parquet"):  # plain tables: their size is limit enough
        return _opened(project, path, mapping)
    return limits.within(_opened, project, path, mapping, where=path.name)


def _opened(project, path, mapping):
    return read_mapped(project, path, mapping) if mapping else read_filled(path)


def _check(filled, known):
    """Faults of one file, with the words of its own headings, and its typed rows."""
    if filled.rows.empty:
        empty = (
            []
            if filled.faults
            else [
                Fault(
                    filled.where,
                    say("at least one value", "至少一个数值"),
                    say("an empty form", "空白的填报表"),
                    "",
                    "empty",
                )
            ]
        )
        return filled.faults + empty, None
    if filled.table == "households":
        return _check_households(filled, known)
    if filled.table in REGISTERS:
        faults, typed = registers.check(filled, known)
        return _once(filled, faults), typed
    rows, graded = registers.graded(filled, "indicator", known)
    unit = rows["indicator"].map(known.indicators["unit"])
    if rows["value"].dtype.kind not in "iuf":
        rows["value"] = pd.Series(
            [registers.plain(v, u) for v, u in zip(rows["value"], unit, strict=True)], index=rows.index, dtype=object
        )
    rows["status"] = rows["status"].where(rows["status"].notna(), "reported")
    typed, faults = check_frame(rows, filled.table, filled.where, known)
    faults = [*graded, *registers.beside(graded, faults, filled)]
    typed["unit"] = unit
    quarter = typed["quarter"] if filled.table == "quarters" else pd.Series("", index=typed.index)
    typed["quarter"] = [f"{q:.0f}" if isinstance(q, (int, float)) and q == q else "" for q in quarter]
    return _once(filled, faults), typed


def _check_households(filled, known):
    """A survey file is one year's; its rows are checked as the file in the data folder would be."""
    rows = filled.rows
    years = pd.to_numeric(rows["year"], errors="coerce").dropna().unique()
    typed, faults = check_frame(rows, "households", filled.where, known, int(years[0]) if len(years) else 0)
    return _once(filled, faults), typed


def _once(filled, faults):
    """One cell gives one fault: what the file itself shows comes first; a row that is none of the form's has one."""
    rows = {f.place.row for f in filled.faults if f.kind == "form" and not f.place.column}
    named, out = {f.place for f in filled.faults}, list(filled.faults)
    for fault in (_worded(f, filled.headings) for f in faults):
        if fault.place in named and (fault.place.column or fault.place.row) or fault.place.row in rows - {None}:
            continue
        if fault.place.column and fault.place.row is not None:
            named.add(fault.place)
        out.append(fault)
    return out


def _worded(fault, headings):
    """A fault that names the column as the file does."""
    column = fault.place.column
    return replace(fault, place=replace(fault.place, column=headings[column])) if column in headings else fault
