"""Reference tables of the former shape carried over, once: a column a target year becomes a row a target and year."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from research.core.files import replacing_folder, write_whole
from research.core.formulas import csv_frame
from research.core.texts import read_yaml
from research.errors import DataError, Fault, say
from research.indicators.reference.tables import read_csv

if TYPE_CHECKING:
    from research.core.scope import Project

KEPT = "before-migration"
"""Folder in `data/reference` that keeps the tables as they were."""

_YEAR = re.compile(r"^target_(\d{4})$")
_DISTRICT = ("base_year", "target_years", "outlook_year", "outline", "counts")
_OF_PLAN = ("domains", "subdomains", "indicators", "targets")


def needs_migration(project: Project) -> bool:
    """Whether the reference tables are of the former shape."""
    heads = read_csv(project.reference / "targets.csv", nrows=0).columns
    return any(_YEAR.match(str(h)) for h in heads)


def migrate(project: Project) -> list[Path]:
    """Carry `data/reference` over to plans and rows of targets; the former files are kept beside.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of Path
        The files that were written; empty when the tables have the present shape already.

    Raises
    ------
    DataError
        Facts that the plan needs and `district.yml` lacks; a copy of an earlier migration that is in the way. Nothing
        is written then.
    """
    folder = project.reference
    if not needs_migration(project):
        return []
    if (folder / KEPT).exists():
        raise DataError(
            Fault(
                f"data/reference/{KEPT}",
                say("no folder of this name", "没有同名文件夹"),
                say("one of an earlier migration", "已有一个（上次转换留下）"),
                say("move it away", "请移走"),
                "migrate",
            )
        )
    made = _made(folder)
    with replacing_folder(folder) as part:  # all of the tables are of one shape, whenever it is killed
        shutil.copytree(folder, part, dirs_exist_ok=True)
        (part / KEPT).mkdir()
        for name, text in made.items():
            if (folder / name).is_file():
                shutil.copy2(folder / name, part / KEPT / name)
            write_whole(part / name, text, durable=False)
    return [folder / name for name in made]


def _made(folder: Path) -> dict[str, str]:
    """Texts of the new files, by name."""
    about = read_yaml(folder / "district.yml", "data/reference/district.yml")
    targets, indicators = (read_csv(folder / f"{n}.csv").fillna("") for n in ("targets", "indicators"))
    joins = read_csv(folder / "target_indicators.csv").fillna("")
    plan = _plan(about)
    years = rows_of(targets, indicators, joins)
    wide = [c for c in targets if _YEAR.match(str(c)) or re.match(r"^kind_\d{4}$", str(c))]
    targets = targets.drop(columns=wide)
    targets.insert(1, "plan", plan["id"])
    dead = [c for c in indicators if _YEAR.match(str(c))] + [
        c for c in ("baseline_year", "baseline_value") if c in indicators
    ]
    return {
        "target_years.csv": _csv(years),
        "targets.csv": _csv(targets),
        "indicators.csv": _csv(indicators.drop(columns=dead)),
        "district.yml": _district((folder / "district.yml").read_text("utf-8"), about, plan),
    }


def rows_of(targets: pd.DataFrame, indicators: pd.DataFrame, joins: pd.DataFrame) -> pd.DataFrame:
    """Rows target, year, value, kind of the former columns `target_<year>`.

    Parameters
    ----------
    targets, indicators, joins : DataFrame
        Tables of the former shape, every cell as text. A number that only `indicators.csv` states becomes a row under
        the indicator's own id.

    Returns
    -------
    DataFrame
    """
    rows = []
    for table in (targets, indicators):
        for column, match in ((c, m) for c in table if (m := _YEAR.match(str(c)))):
            year = int(match[1])
            kinds = table.get(f"kind_{year}", pd.Series("", index=table.index))
            rows += [
                {"target": i, "year": year, "value": value, "kind": kind, "own": table is indicators}
                for i, value, kind in zip(table["id"], table[column], kinds, strict=True)
                if value != ""
            ]
    frame = pd.DataFrame(rows, columns=["target", "year", "value", "kind", "own"])
    stated = frame[~frame["own"]].merge(joins[["target", "indicator"]], on="target")
    said = {(r.indicator, r.year, _plain(r.value)) for r in stated.itertuples()}
    twice = frame["own"] & pd.Series(
        [(r.target, r.year, _plain(r.value)) in said for r in frame.itertuples()], index=frame.index
    )
    return frame[~twice].drop(columns="own").sort_values(["target", "year"], kind="stable").reset_index(drop=True)


def _plain(text: str) -> str:
    try:
        return f"{float(text):.12g}"
    except ValueError:
        return text.strip()


def _plan(about: dict) -> dict:
    years, outline = about.get("target_years") or [], about.get("outline") or {}
    lacking = [
        k
        for k, v in (
            ("base_year", about.get("base_year")),
            ("target_years", years),
            ("outline, title", outline.get("title")),
        )
        if not v
    ]
    if lacking:
        raise DataError(
            [
                Fault(
                    f"data/reference/district.yml, {k}", say("an entry", "有条目"), say("none", "没有"), kind="migrate"
                )
                for k in lacking
            ]
        )
    start, end = int(about["base_year"]), max(int(y) for y in years)
    name = next((word for word in ("行动纲要", "纲要", "行动方案") if word in outline["title"]), "规划")
    plan = {
        "id": f"{start}-{end}",
        "title": outline["title"],
        "name": name,
        "start": start,
        "end": end,
        "milestones": sorted(int(y) for y in years),
        "base": start,
    }
    if about.get("outlook_year"):
        plan["outlook"] = int(about["outlook_year"])
    plan |= {k: v for k, v in outline.items() if k != "title"}
    counts = {k: v for k, v in (about.get("counts") or {}).items() if k in _OF_PLAN}
    return plan | ({"counts": counts} if counts else {})


def _district(text: str, about: dict, plan: dict) -> str:
    """`district.yml` with its plans; every other line stays as it was written."""
    kept = _without(text, _DISTRICT).rstrip("\n")
    rest = {k: v for k, v in (about.get("counts") or {}).items() if k not in _OF_PLAN}
    return kept + "\n" + plans_block([plan]) + (_yaml({"counts": rest}) if rest else "")


def plans_block(entries: list[dict]) -> str:
    """The section `plans` as text."""
    head = (
        "# Plans, the oldest first. An edition stands under the newest that has begun. milestones: years that it "
        "sets targets\n# for; base: year that distances are measured from (default: the year before the start).\n"
    )
    return head + _yaml({"plans": entries})


def entry_text(entry: dict) -> str:
    """One plan as an item of the section's list."""
    return _yaml({"plans": [entry]}).partition("\n")[2]


def _yaml(values: dict) -> str:
    class Flat(yaml.SafeDumper):
        """Lists of years on one line."""

    Flat.add_representer(
        list,
        lambda d, v: d.represent_sequence("tag:yaml.org,2002:seq", v, flow_style=all(isinstance(x, int) for x in v)),
    )
    return yaml.dump(values, Dumper=Flat, allow_unicode=True, sort_keys=False, width=110)


def _without(text: str, keys: tuple[str, ...]) -> str:
    """`text` without the top-level entries of these names, and without the comment lines right above them."""
    out, comments, dropping = [], [], False
    for line in text.splitlines(keepends=True):
        top = re.match(r"^([A-Za-z_]\w*)\s*:", line)
        if top:
            dropping = top[1] in keys
        if line.startswith("#") or (not line.strip() and not dropping):
            comments.append(line)
            continue
        if not dropping:
            out += comments
        comments = []
        if not dropping:
            out.append(line)
    return "".join(out + comments)


def _csv(frame: pd.DataFrame) -> str:
    return csv_frame(frame).to_csv(index=False, lineterminator="\n")
