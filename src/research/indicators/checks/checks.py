"""All faults of a project's data at once: each with file, row, column, what was found, and the way out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.texts import read_yaml
from research.indicators.checks import rules
from research.indicators.checks.cells import LIMIT, cell_faults, some
from research.indicators.reference import calibre, districts, reference
from research.indicators.reference.checks import check_reference
from research.indicators.reference.rules.files import file_faults
from research.indicators.reference.rules.settings import setting_faults
from research.indicators.reference.rules.words import cell_words
from research.indicators.reference.schemas import (
    KEYS,
    SCHEMAS,
    missing_columns,
    number_faults,
    read_cells,
    typed_column,
    with_surveyed,
)
from research.indicators.registers.rules import ALONE
from research.indicators.store import store

if TYPE_CHECKING:
    from research.core.scope import Project, Scope


_FILES = re.compile(r"^(households-(?P<year>\d{4})|" + "|".join(t for t in SCHEMAS if t != "households") + r")\.csv$")


def check(scope: Scope) -> list[Fault]:
    """Look through a data folder and the reference tables.

    Parameters
    ----------
    scope : Scope
        Its edition must be a year of the data.

    Returns
    -------
    list of Fault
        Empty when all is well. Rows are numbered as in a spreadsheet: the header is row 1.

    Examples
    --------
    >>> from research.core.scope import Scope, open_project
    >>> check(Scope.of(open_project(), 2024))
    []
    """
    faults = check_reference(scope.project) or setting_faults(
        read_yaml(scope.project.reference / "settings.yml", "data/reference/settings.yml"), scope.edition
    )
    if faults:  # data cannot be judged against broken reference tables
        return [*faults, *_registers_alone(scope.data.folder)]
    folder, edition = scope.data.folder, scope.edition
    store.settled(folder)
    known = Known(scope.project)
    faults = _meta_faults(folder)
    found = sorted(p for p in folder.glob("*.csv"))
    if not any(p.name == "observations.csv" for p in found):
        faults.append(
            Fault(
                f"{folder.name}/observations.csv",
                say("indicator values", "指标数值"),
                say("no such file", "没有这个文件"),
                say("start from `bluebook template`", "请先用 `bluebook template` 生成填报表"),
                "missing-file",
            )
        )
    years, typed = set(), {}
    for path in found:
        matched = _FILES.match(path.name)
        if not matched:
            faults.append(
                Fault(
                    f"{folder.name}/{path.name}",
                    say("a known table", "已知的表"),
                    say("another file", "别的文件"),
                    nearest(path.stem, SCHEMAS),
                    "file",
                )
            )
            continue
        table = "households" if matched["year"] else path.stem
        frame, more = check_file(path, table, known, int(matched["year"] or 0))
        faults += more
        typed[table] = frame
        if frame is not None and table in ("observations", "households"):
            years |= set(pd.to_numeric(frame["year"], errors="coerce").dropna().astype(int))
    faults += _quarter_faults(typed, f"{folder.name}/quarters.csv", known)
    if years and edition not in years:
        faults.append(
            Fault(
                "--edition",
                say("one of " + ", ".join(map(str, sorted(years))), "以下之一：" + "、".join(map(str, sorted(years)))),
                str(edition),
                kind="edition",
            )
        )
    return faults


def _registers_alone(folder):
    """What is wrong in registers whatever the reference tables say: dates, circles, pairs, empty cells."""
    paths = [folder / f"{table}.csv" for table in ALONE]
    return [fault for path in paths if path.is_file() for fault in check_file(path, path.stem, None)[1]]


def _quarter_faults(typed, file, known):
    """Running totals within a year, held against each other and against the year's values."""
    quarters, years = typed.get("quarters"), typed.get("observations")
    if quarters is None:
        return []
    faults = [*calibre.unbroken(quarters, file, known)]
    if years is not None:
        faults += calibre.year_end(quarters, years, file, known)
    return some(faults, file, "quarters")


class Known:
    """What the data may name: places, years, indicators with their units, villages, targets, departments."""

    def __init__(self, project: Project) -> None:
        places = reference.load(project, "places")
        self.district = str(reference.district(project)["code"])
        self.townships = list(places["code"])
        self.members = {self.district: self.townships} | districts.members(project)
        self.places = [*self.members, *self.townships]
        alone = places[~places["name"].duplicated(keep=False)]  # a name that two townships have tells none of them
        self.names = dict(zip(alone["name"], alone["code"], strict=True))
        indicators = reference.load(project, "indicators")
        self.indicators = indicators.set_index("id")
        self.by_name = dict(zip(indicators["name_zh"], indicators["id"], strict=True))
        villages = reference.load(project, "villages")
        self.villages = dict(zip(villages["code"], villages["place"], strict=True))
        targets = reference.load(project, "targets")
        self.targets = targets.set_index("id")["unit"]
        self.departments = sorted(set(targets["department"]) - {""})
        numbers = targets["action_no"] if "action_no" in targets else pd.Series(dtype=object)
        self.actions = sorted({int(n) for n in pd.to_numeric(numbers, errors="coerce").dropna()})
        self.calibres = calibre.load(project)
        grids = reference.load(project, "grids")
        self.grids = {grid: list(rows["cell"]) for grid, rows in grids.groupby("grid", sort=False)}
        found = (*project.root.glob("notebooks/*/*.ipynb"), *project.root.glob("notebooks/*.ipynb"))
        self.notebooks = sorted(p.relative_to(project.root).as_posix() for p in found)


def check_file(path: Path, table: str, known: Known | None, year: int = 0) -> Any:
    """Faults of one file.

    Parameters
    ----------
    path : Path
    table : str
        A name in `SCHEMAS`.
    known : Known or None
        None: only what can be told without reference tables.
    year : int
        Year in the file's name, where it has one.

    Returns
    -------
    (DataFrame or None, list of Fault)
        The typed table (None where it could not be read) and all its faults.
    """
    file = f"{path.parent.name}/{path.name}"
    try:
        frame = read_cells(path, file)
    except DataError as error:
        return None, error.faults
    faults = missing_columns(frame, table, file)
    names = {c.name for c in SCHEMAS[table]}
    odd = [c for c in frame.columns if c not in names and not str(c).startswith("Unnamed")]
    if not faults:
        faults += [
            Fault(
                spot(file, row=1), say("known columns only", "只有已知的列"), repr(str(c)), nearest(c, names), "column"
            )
            for c in odd
            if not str(c).endswith(".1")
        ]
    if faults:
        return None, faults
    return check_frame(with_surveyed(frame, table), table, file, known, year)


def check_frame(
    frame: pd.DataFrame, table: str, file: Any, known: Known | None, year: int = 0
) -> tuple[pd.DataFrame, list[Fault]]:
    """Faults of a table whose columns are right: kinds, ranges, names, keys, then the rules of the table."""
    typed, faults = frame.copy(), []
    for column in SCHEMAS[table]:
        if column.name not in frame.columns:
            continue
        typed[column.name], bad = typed_column(frame[column.name], column)
        faults += some(number_faults(bad.head(LIMIT + 1), column, file), file, column.name)
    faults += cell_faults(typed, frame, table, file)
    faults += some(cell_words(frame, table, file), file, "words")
    faults += some(_key_faults(frame, table, file), file, "key")
    asked: Any = (rules.names, *rules.OF_TABLE.get(table, ())) if known else ALONE.get(table, ())
    for rule in asked:
        faults += some(rule(typed, file, known, year), file, rule.__name__)
    return typed, faults


def _key_faults(frame, table, file):
    """Rows that stand twice, each with the row of the first."""
    key = KEYS[table]
    if not frame.duplicated(key).any():
        return
    first: dict[str, Any] = {}
    double = frame[frame.duplicated(key, keep=False)]
    for row, values in zip(double.index, double[key].itertuples(index=False, name=None), strict=True):
        text = ", ".join(f"{k}={v}" for k, v in zip(key, values, strict=True))
        if values in first:
            yield Fault(
                spot(file, row=row + 2),
                say("each row once", "每行只出现一次"),
                say(f"{text} stands in row {first[values]} already", f"{text} 在第{first[values]}行已有"),
                say("delete one of the two", "请删去其中一行"),
                "duplicate",
            )
        else:
            first[values] = row + 2


def _meta_faults(folder):
    name = f"{folder.name}/meta.yml"
    try:
        meta = read_yaml(folder / "meta.yml", name)
    except DataError as error:
        return error.faults
    return list(file_faults("meta", meta, name))
