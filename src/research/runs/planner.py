"""The plan of an edition's runs: theme by place, each with the reason why it is stale, if it is."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from research.core.scope import Scope
from research.core.texts import read_yaml
from research.errors import DataError, Fault, UsageError, nearest, say
from research.runs import inputs as _inputs
from research.runs import literals, watch
from research.runs.parameters import fill, model_for
from research.runs.record import is_whole, read_record
from research.runs.templates import find_templates, read_template

if TYPE_CHECKING:
    from research.core.scope import Project


@dataclass(frozen=True)
class Run:
    """One notebook for one place.

    Attributes
    ----------
    theme, place : str
        Theme name and place code.
    path : Path
        Where the executed notebook stands; its record stands beside it.
    template : Template
    parameters : dict
        Checked values, for papermill.
    parts : dict of str to str
        Checksums the run depends on, by part: template, parameters, code, lock, epoch.
    inputs : dict of str to str
        Checksums of the data the run can read, by name.
    stale_reason : str or None
        Why it has to run; None when the notebook that stands is still right.
    """

    theme: str
    place: str
    path: Path
    template: object = field(repr=False)
    parameters: dict
    parts: dict = field(repr=False)
    inputs: dict = field(repr=False)
    stale_reason: str | None = None

    @property
    def name(self) -> str:
        """`theme/place`, as messages say it."""
        return f"{self.theme}/{self.place}"


@dataclass(frozen=True)
class Plan:
    """All runs of one edition of one data, fresh and stale.

    Attributes
    ----------
    project : Project
    out : Path
        Folder of the executed notebooks.
    district : str
    places : dict of str to str
        Place codes and names, the district first.
    runs : list of Run
        The district's first.
    scope : Scope or None
        The edition and data; None for notebooks outside a book.
    """

    project: object
    out: Path
    district: str
    places: dict = field(repr=False)
    runs: list = field(repr=False)
    scope: Scope | None = None

    @property
    def stale(self) -> list[Run]:
        """The runs that have to be done."""
        return [r for r in self.runs if r.stale_reason]

    def describe(self, force: bool = False) -> str:
        """The plan as text: a line a stale run with its reason, and the counts."""
        todo = self.runs if force else self.stale
        lines = [f"run {r.name}: {r.stale_reason or 'forced'}" for r in todo]
        fresh = len(self.runs) - len(todo)
        lines.append(f"{len(todo)} runs to do, {fresh} fresh" if todo else f"nothing to do: all {fresh} runs are fresh")
        if outside := sorted({n for r in self.runs if not r.stale_reason for n in watch.outside(read_record(r.path))}):
            lines.append("not watched: " + ", ".join(outside))
        return "\n".join(lines)


def plan(scope: Scope, themes: Sequence[str] | None = None, places: Sequence[str] | None = None) -> Plan:
    """Plan the runs of an edition: which notebooks, for which places, and which are stale.

    Parameters
    ----------
    scope : Scope
    themes, places : iterable of str, optional
        Only these themes; only these places (codes or names). Default: all.

    Returns
    -------
    Plan

    Raises
    ------
    UsageError
        An unknown theme or place, with the nearest known one.
    DataError
        All faulty templates at once, or an edition whose tables are not built.
    """
    project = scope.project
    district, known = read_places(project)
    found = find_templates(project)
    wanted_themes = _choose(themes, found, "--theme")
    wanted_places = _choose_places(places, known)
    _require_tables(scope)
    templates = _read_all(project, {t: found[t] for t in wanted_themes})
    seen = _inputs.Inputs(scope, district, set(known) - {district})
    common = {"code": _inputs.code_hash(), "lock": _inputs.lock_hash(project), "epoch": str(_inputs.EPOCH)}
    if any(template.kind == "cases" for template, _ in templates):
        of_cases = {**common, "code": _inputs.code_hash(besides=("cases",))}
    runs = []
    for template, model in templates:
        for place in wanted_places if template.kind == "themes" else [p for p in wanted_places if p == district]:
            values = {"edition": str(scope.edition), "place": place, "data": _given(scope.data)}
            values = {k: v for k, v in values.items() if k in template.defaults}
            runs.append(
                _one(
                    scope,
                    template,
                    place,
                    fill(template, values, model, known),
                    of_cases if template.kind == "cases" else common,
                    seen,
                )
            )
    runs.sort(key=lambda r: r.place != district)  # the district's are the longest: first
    return Plan(project, scope.runs, district, known, runs, scope)


def _given(data):
    """The data as a kernel is given it: it runs in a folder of its own, where no relative path leads anywhere."""
    return data.name if data.is_sample else str(data.folder)


def _one(scope, template, place, parameters, common, seen):
    shown = {**parameters, "data": scope.data.name}
    parts = {"template": template.code_hash, "parameters": _digest(shown), **common}
    path = scope.runs / template.theme / f"{place}.ipynb"
    inputs = seen.of(place)
    reason = stale_reason(path, parts, inputs, scope.project.root)
    return Run(template.theme, place, path, template, parameters, parts, inputs, reason)


def stale_reason(path: Path, parts: dict[str, str], inputs: dict[str, str], root: Path | None = None) -> str | None:
    """Why the executed notebook at `path` does not stand for these parts and inputs; None when it does.

    With `root`, the other files that the run has read inside it are looked at too.
    """
    record = read_record(path)
    if record is None:
        return "no record of it" if path.exists() else "never run"
    if record.get("status") != "done":
        return f"failed before: {(record.get('failure') or {}).get('ename', record.get('status'))}"
    words = {
        "template": "its notebook changed",
        "parameters": "its parameters changed",
        "code": "src/research changed",
        "lock": "requirements.lock changed",
        "epoch": "the format changed",
    }
    for part, value in parts.items():
        if (record.get("parts") or {}).get(part) != value:
            return words.get(part, f"{part} changed")
    changed = [name for name, value in (record.get("inputs") or {}).items() if inputs.get(name) != value]
    if changed:
        return "data changed: " + ", ".join(changed[:3]) + (", ..." if len(changed) > 3 else "")
    if root and (changed := watch.changed(record, root)):
        return "a file it read changed: " + ", ".join(changed[:3]) + (", ..." if len(changed) > 3 else "")
    if not is_whole(path, record):
        return "its executed notebook is missing or was changed"
    return None


def read_places(project: Project) -> tuple[str, dict[str, str]]:
    """The district's code, and the names of all places by code, the district first.

    Returns
    -------
    tuple of (str, dict)

    Raises
    ------
    DataError
        When `district.yml` or `places.csv` in the reference tables lacks a code or name.
    """
    try:
        own = read_yaml(project.reference / "district.yml", "data/reference/district.yml", needed=True)
        with open(project.reference / "places.csv", encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        district, known = str(own["code"]), {str(own["code"]): str(own["name"])}
        known.update((row["code"], row["name"]) for row in rows if row["code"] != district)
    except DataError:
        raise
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            Fault(
                "data/reference, district.yml and places.csv",
                say("code and name of each place", "每个地区的代码与名称"),
                f"{type(error).__name__}: {error}",
                kind="places",
            )
        ) from None
    return district, known


def _choose(wanted, known, option):
    if not wanted:
        return list(known)
    for name in wanted:
        if name not in known:
            raise UsageError(f"{option} {name}: {nearest(name, known)}")
    return [name for name in known if name in set(wanted)]


def _choose_places(wanted, known):
    codes = {name: code for code, name in known.items()}
    if wanted:
        for name in wanted:
            if name not in known and name not in codes:
                raise UsageError(
                    say(
                        f"--place {name}: {nearest(name, [*known, *codes])}",
                        f"--place {name}：{nearest(name, [*known, *codes]).zh}",
                    )
                )
        wanted = [codes.get(name, name) for name in wanted]
    return _choose(wanted, known, "--place")


def _require_tables(scope):
    if not any(scope.results.glob("*.parquet")):
        raise DataError(
            Fault(
                scope.project.show(scope.results),
                say(f"the tables of {scope}", f"{scope}的表"),
                say("none", "没有"),
                say(f"run `bluebook build {scope.options}` first", f"请先运行 `bluebook build {scope.options}`"),
                kind="results",
            )
        )


def _read_all(project, found):
    templates, faults = [], []
    for kind, path in found.values():
        try:
            template = read_template(path, kind, project.show(path))
            templates.append((template, model_for(template)))
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    if not templates:
        raise DataError(
            Fault(
                "notebooks/themes, notebooks/district", say("notebooks", "笔记本"), say("none", "没有"), kind="template"
            )
        )
    return templates


def _digest(value):
    return hashlib.sha256(literals.source(value).encode()).hexdigest()
