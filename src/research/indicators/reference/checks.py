"""Faults of the reference tables: ids, quotes, counts, memberships, weights, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.texts import read_yaml
from research.indicators.reference import reference
from research.indicators.reference.migrate import needs_migration
from research.indicators.reference.rules import cells, links, of_plans
from research.indicators.reference.rules.columns import COLUMNS, file
from research.indicators.reference.rules.files import file_faults
from research.indicators.reference.rules.settings import setting_faults

if TYPE_CHECKING:
    from research.core.scope import Project

RULES = (
    cells.words,
    cells.cells_in_range,
    cells.ids,
    of_plans.plans,
    of_plans.quotes,
    links.links,
    of_plans.counts,
    of_plans.weights,
    cells.published,
    links.groups,
    links.districts,
)
"""Each is asked with all tables and texts, in this order; it gives its faults."""


def check_reference(project: Project) -> list[Any]:
    """All faults of `data/reference`.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> check_reference(open_project())
    []
    """
    if faults := _shape(project):
        return faults
    frames, faults = _tables(project)
    try:
        if found := faults + _files(project):
            return found
        texts = _texts(project)
    except DataError as error:
        return faults + error.faults
    told = [fault for rule in RULES for fault in rule(frames, texts)]
    return told + setting_faults(texts["settings"])


def _tables(project):
    """The tables that can be read and have their columns, and the faults of the others."""
    frames, faults = {}, []
    for name, columns in COLUMNS.items():
        try:
            frame = reference.load(project, name)
        except DataError as error:
            faults += error.faults
            continue
        lost = [c for c in columns if c not in frame]
        faults += [_no_column(name, c, frame.columns) for c in lost]
        if not lost:
            frames[name] = frame
    return frames, faults


def _no_column(name, column, there):
    expected = say(f"a column {column}", f"有“{column}”列")
    return Fault(spot(file(name), row=1), expected, say("none", "没有"), nearest(column, there), "column")


def _texts(project):
    """What is no table: the district, its plans and their words, groups, calibres and settings."""
    known = reference.plans(project)
    return {
        "about": reference.district(project),
        "plans": known,
        "outline": {p.id: reference.outline(project, p) for p in known},
        **{name: reference.optional(project, name) for name in ("groups", "calibres")},
        **{
            name: read_yaml(project.reference / f"{name}.yml", f"data/reference/{name}.yml")
            for name in ("settings", "index")
        },
    }


def _files(project):
    """Every settings file by its closed schema."""
    faults = []
    for name in ("district", "groups", "calibres", "assumptions", "passages", "proposals", "index"):
        path, shown = project.reference / f"{name}.yml", f"data/reference/{name}.yml"
        if name not in ("district", "index") and not path.is_file():
            continue
        try:
            entries = read_yaml(path, shown, needed=name in ("district", "index"))
        except DataError as error:
            faults += error.faults
            continue
        empty = entries in ({}, None) and name not in ("district", "index")
        faults += [] if empty else file_faults(name, entries, shown)
    return faults


def _shape(project):
    """Tables of the former shape are no heap of faults: one command carries them over."""
    try:
        old = needs_migration(project)
    except DataError:
        return []
    return (
        [
            Fault(
                spot(file("targets"), row=1),
                say("targets as rows of target_years.csv", "目标写成 target_years.csv 的行"),
                say("columns target_<year>", "target_<年份> 列"),
                say("run `bluebook migrate`, which keeps the former tables", "请运行 `bluebook migrate`，旧表会保留"),
                "migrate",
            )
        ]
        if old
        else []
    )
