"""The reference tables of one district: small, hand-edited, each value with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.texts import read_text, read_yaml
from research.indicators.reference import complete
from research.indicators.reference.plans import plans as every_plan
from research.indicators.reference.tables import read_csv

if TYPE_CHECKING:
    from research.core.scope import Project
    from research.indicators.reference.plans import Plan

TABLES = (
    "places",
    "villages",
    "indicators",
    "targets",
    "milestones",
    "directional",
    "published",
    "counties",
    "departments",
    "themes",
    "target_indicators",
    "target_years",
    "clauses",
    "grids",
    "districts",
)
"""Tables that `load` knows; a district's folder holds each as `<name>.csv`."""

NEEDED = {
    "places": ("code", "name"),
    "villages": ("code", "place"),
    "indicators": ("id", "name_zh", "theme"),
    "targets": ("id", "indicator"),
    "milestones": ("id",),
    "directional": ("id",),
    "published": ("indicator", "value"),
    "counties": ("code", "name"),
    "departments": ("department",),
    "themes": ("theme",),
    "target_indicators": ("target", "indicator"),
    "target_years": ("target", "year", "value"),
    "clauses": ("clause",),
    "grids": ("grid", "cell"),
    "districts": ("code", "name"),
}
"""Columns without which a table is another one; `check` asks for the rest."""
_NUMBERS = {
    "places": ["n_villages", "n_village_committees", "n_resident_committees", "n_other", "code_year"],
    "villages": ["code_year"],
    "counties": ["n_townships", "n_jiedao", "n_zhen", "n_xiang", "n_other", "code_year"],
    "indicators": [
        "direction",
        "goalpost_min",
        "goalpost_max",
        "plausible_low",
        "plausible_high",
        "weight_domain",
        "weight_subdomain",
        "weight_indicator",
        "effective_weight",
    ],
    "published": ["year", "value", "margin"],
    "departments": ["n_indicators", "n_targets"],
    "themes": ["order"],
    "milestones": ["year"],
    "target_years": ["year"],
}


def load(project: Project, name: str) -> pd.DataFrame:
    """One reference table; codes and ids are text, counts and values are numbers.

    Parameters
    ----------
    project : Project
    name : str
        One of `TABLES`.

    Returns
    -------
    DataFrame
        Text cells that are empty hold ``""``; numbers that are empty hold NaN.

    Raises
    ------
    DataError
        Naming the unknown table, or the file, row and column of what is no number.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> len(load(open_project(), "indicators"))
    64
    """
    if name not in TABLES:
        raise DataError(
            Fault("reference table", say("a known name", "已知的名称"), repr(name), nearest(name, TABLES), "table")
        )
    path = project.reference / f"{name}.csv"
    if name in complete.OPTIONAL and not path.is_file():
        frame = pd.DataFrame(columns=[*complete.OPTIONAL[name]], dtype=object)
    else:
        frame = read_csv(path, project.show(path))
        if lost := [c for c in NEEDED[name] if c not in frame]:
            raise DataError(
                [
                    Fault(
                        spot(project.show(path), row=1),
                        say(f"a column {c}", f"有“{c}”列"),
                        say("none", "没有"),
                        nearest(c, list(map(str, frame.columns))),
                        "column",
                    )
                    for c in lost
                ]
            )
        frame = complete.blank(name, frame)
    numbers = [c for c in _NUMBERS.get(name, ()) if c in frame.columns]
    for column in numbers:
        frame[column] = _number(frame[column], f"{project.show(path)}", column)
    text = [c for c in frame.columns if c not in numbers]
    frame[text] = frame[text].fillna("").astype(object)
    return _completed(project, name, frame)


def themes(project: Project) -> list[str]:
    """Names of the themes in the order of the book: by `order` of themes.csv, then as they stand there.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of str

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> themes(open_project())[:2]
    ['economy', 'income']
    """
    return list(load(project, "themes").sort_values("order", kind="stable")["theme"])


def _completed(project, name, frame):
    """The table with what follows from its own rows and from others where cells are blank."""
    if name == "places" and {"code", "name"} <= set(frame.columns):
        return complete.places(frame)
    if name == "indicators":
        return complete.indicators(frame, load(project, "themes"))
    if name == "departments" and frame.empty:
        return complete.departments(
            frame, (load(project, "indicators"), "source_department"), (load(project, "targets"), "department")
        )
    return frame


def _number(cells, file, column):
    values = pd.to_numeric(cells, errors="coerce")
    bad = cells.notna() & values.isna()
    if bad.any():
        raise DataError(
            [
                Fault(spot(file, row=i + 2, column=column), say("a number", "数值"), repr(cells[i]), kind="number")
                for i in cells.index[bad]
            ]
        )
    whole = column.startswith(("n_", "code_year", "year", "order"))
    return values.astype("int64" if values.notna().all() else "float64") if whole else values


def district(project: Project) -> dict[str, Any]:
    """Facts of the district: code, names, plans, book titles, counts."""
    return read_yaml(project.reference / "district.yml", "data/reference/district.yml")


def plans(project: Project) -> Any:
    """The district's plans, the oldest first (see `research.indicators.reference.plans`).

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> plans(open_project())[0].milestones
    (2022, 2025)
    """
    return every_plan(district(project))


def groups(project: Project, year: int) -> dict[str, tuple[str, ...]]:
    """Members of each group in a year: dict of name -> tuple of place codes.

    Memberships are dated; the newest that began by `year` holds. A group without one is left out.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> len(groups(open_project(), 2024)["west"])
    7
    """
    table = optional(project, "groups")
    found = {}
    for name, group in table.items():
        entry = in_force(group.get("memberships", ()), year)
        if entry:
            found[name] = tuple(str(code) for code in entry["members"])
    return found


def group_names(project: Project) -> dict[str, str]:
    """Chinese names of the groups: dict of name -> text."""
    table = optional(project, "groups")
    return {name: group.get("name", name) for name, group in table.items()}


def passages(project: Project, plan: str) -> dict[str, str]:
    """Passages of a plan that chapters quote: dict of slot -> text; empty where the district has none."""
    return {str(k): str(v).strip() for k, v in (optional(project, "passages").get(plan) or {}).items()}


def focus(project: Project) -> str:
    """Key of the group whose income is held against the whole district; empty where there is none."""
    return next((name for name, group in optional(project, "groups").items() if group.get("focus")), "")


def settings(project: Project, year: int) -> dict[str, Any]:
    """Values of all settings in force in a year: dict of key -> value.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> settings(open_project(), 2024)["middle_band_upper"]
    500000
    """
    rows = settings_table(project, year)
    return dict(zip(rows["setting"], rows["value"], strict=True))


def settings_table(project: Project, year: int) -> pd.DataFrame:
    """The settings as a table for the assumptions page: setting, name, value, unit, from, origin, source, note."""
    rows = []
    for key, entry in read_yaml(project.reference / "settings.yml", "data/reference/settings.yml").items():
        dated = in_force(entry.get("values", ()), year)
        if dated is None:
            continue
        rows.append(
            {
                "setting": key,
                "name": entry.get("name", key),
                "value": dated["value"],
                "unit": entry.get("unit", ""),
                "from": dated["from"],
                "origin": entry.get("origin", "setting"),
                "source": entry.get("source", ""),
                "note": entry.get("note", ""),
            }
        )
    return pd.DataFrame(rows).astype({"value": object})


def in_force(entries: list[dict[str, Any]], year: int) -> Any:
    """The newest of some dated entries (`from: YEAR`) that holds in `year`, or None.

    Examples
    --------
    >>> in_force([{"from": 2021, "value": 20}, {"from": 2023, "value": 30}], 2022)
    {'from': 2021, 'value': 20}
    """
    begun = [e for e in entries if int(e["from"]) <= int(year)]
    return max(begun, key=lambda e: int(e["from"])) if begun else None


def assumptions(project: Project) -> Any:
    """The assumptions log: id, text, basis, quality, effect, action."""
    return pd.DataFrame(
        optional(project, "assumptions") or [], columns=["id", "text", "basis", "quality", "effect", "action"]
    )


def optional(project: Project, name: str) -> Any:
    """A YAML file of the reference tables; empty where the district has none."""
    path = project.reference / f"{name}.yml"
    return read_yaml(path, f"data/reference/{name}.yml") if path.is_file() else {}


def index_versions(project: Project) -> dict[str, Any]:
    """Versions of the composite index as written in `index.yml`."""
    return read_yaml(project.reference / "index.yml", "data/reference/index.yml")


def outline(project: Project, plan: Plan | None = None) -> str:
    """The whole text of a plan; of all plans, one after the other, where none is named.

    Raises
    ------
    DataError
        A text that is named in `district.yml` and not there.
    """
    texts = []
    for one in plans(project) if plan is None else [plan]:
        path = project.reference / one.file
        if one.file and not path.is_file():
            raise DataError(
                Fault(
                    f"data/reference/{one.file}",
                    say(f"the text of {one.title}", f"{one.title}的文本"),
                    say("no such file", "没有这个文件"),
                    say(
                        "put it there, or leave `file` out in district.yml",
                        "请放入该文件，或在 district.yml 中去掉 file",
                    ),
                    "missing-file",
                )
            )
        texts.append(read_text(path, f"data/reference/{one.file}") if one.file else "")
    return "\n".join(texts)
