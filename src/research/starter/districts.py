"""A district's project out of a province's: its places and rows, the province's notebooks, chapters and tables.

The province's project is written as any other; besides, `data/reference/districts.csv` names its districts, and
`places.csv` says in a column `district` whose each township is (else its first six digits do). What one district has
otherwise than the province stands in `data/reference/districts/CODE/`, under the name of the file that it replaces.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from research import __version__
from research.cases.prose import read_front_matter
from research.core.faults import nearest
from research.core.files import locked, write_whole
from research.core.scope import CUT, SAMPLE, Data, Project
from research.core.texts import read_json, read_yaml
from research.errors import DataError, Fault, UsageError, say
from research.indicators.reference import reference
from research.indicators.reference.districts import owners
from research.starter.layout import checksum
from research.starter.rows import OF_REFERENCE, Rows

FOLDER = "districts"
_MADE = ("runs", "output", "bundles", "manual/made")
_OWN = ("name", "name_en", "city", "city_code", "centre")
"""Facts of a district that districts.csv may give."""


def district_project(project: Project, code: str, data: Data | None = None) -> Project:
    """The project of one district, cut anew where the province's files or data have changed.

    Parameters
    ----------
    project : Project
        The province's.
    code : str
        A district of `data/reference/districts.csv`.
    data : Data, optional
        The data folder to cut as well; it keeps its name.

    Returns
    -------
    Project
        `districts/CODE` in the province's project, with results, runs and books of its own.

    Raises
    ------
    UsageError
        When the project has no districts, or not this one.
    DataError
        When a file was edited in the district's project that the province's has otherwise by now.
    """
    cut = Cut(project, _row(project, code), data)
    cut.home.mkdir(parents=True, exist_ok=True)
    with locked(cut.home / CUT):
        cut.renew()
    return Project(cut.home)


def _row(project: Project, code: str) -> dict[str, str]:
    table = reference.load(project, "districts")
    if table.empty:
        where = "data/reference/districts.csv"
        raise UsageError(
            say(
                f"--district: this project is one district's; a province's names its districts in {where}",
                f"--district：本项目只有一个区（县）；省、市的项目在 {where} 中列出各区（县）",
            )
        )
    rows = table[table["code"] == code]
    if rows.empty or not re.fullmatch(r"\d{6}", code):  # it becomes a folder's name
        hint = nearest(code, list(table["code"]))
        raise UsageError(say(f"--district {code}: {hint}", f"--district {code}：districts.csv 中没有；{hint.zh}"))
    return {str(k): str(v) for k, v in rows.iloc[0].items()}


@dataclass
class Cut:
    """What is cut out of a province's project, for whom and to where.

    Parameters
    ----------
    project : Project
        The province's.
    about : dict of str to str
        The district's row of `districts.csv`.
    data : Data or None
    """

    project: Project
    about: dict[str, str]
    data: Data | None

    @property
    def home(self) -> Path:
        """The district's own project."""
        return self.project.root / FOLDER / self.about["code"]

    def renew(self) -> None:
        """Write what has changed since the last time, take away what is gone, leave all that was made there."""
        sources = self.sources()
        stats = {name: path.stat() for name, path in sources.items()}
        state = {"version": __version__, "read": {n: [s.st_size, s.st_mtime_ns] for n, s in stats.items()}}
        path = self.home / CUT
        known = read_json(path, CUT) if path.is_file() else {}
        before = known.get(self.folder, {"files": {}})
        if {k: before.get(k) for k in state} == state and all((self.home / n).is_file() for n in before["files"]):
            return
        rows = Rows(self.about["code"], owners(self.project))
        bodies = {name: self._body(name, source, rows) for name, source in sources.items()}
        wanted = {name: body for name, body in bodies.items() if body is not None}
        self._refuse_edited(before["files"], wanted)
        for name, body in wanted.items():
            self._put(self.home / name, name, body)
        for gone in set(before["files"]) - set(wanted):
            (self.home / gone).unlink(missing_ok=True)
        files = {name: checksum(name, body) for name, body in wanted.items()}
        write_whole(path, json.dumps(known | {self.folder: {**state, "files": files}}, ensure_ascii=False))

    def _refuse_edited(self, before: dict[str, str], wanted: dict[str, bytes]) -> None:
        """What was edited in the district's project, where no change belongs, is told and not lost."""
        own = f"data/reference/{FOLDER}/{self.about['code']}"
        faults = []
        for name, former in before.items():
            path = self.home / name
            here = checksum(name, path.read_bytes()) if path.is_file() else former
            if here != former and here != (checksum(name, wanted[name]) if name in wanted else ""):
                faults.append(
                    Fault(
                        self.project.show(path),
                        say("the file as it was cut out of the province's", "与省（市）项目中的内容一致"),
                        say("one that was edited here", "已在此修改"),
                        say(
                            f"make the change in the province's project (a reference table of this district: in {own}) "
                            "and delete this file",
                            f"请在省（市）项目中修改（仅属本区县的参考表放入 {own}），并删除此文件",
                        ),
                        "edited",
                    )
                )
        if faults:
            raise DataError(faults)

    @property
    def folder(self) -> str:
        """Name of the data folder in the district's project; empty without data."""
        return (self.data.key or SAMPLE) if self.data else ""

    def sources(self) -> dict[str, Path]:
        """The files that people write, by their name in the district's project; its own before the province's."""
        root, reports = self.project.root, self.project.reports
        made = tuple(reports / name for name in _MADE)
        found = [p for pattern in ("*.qmd", "_quarto*.yml") for p in root.glob(pattern)]
        for folder in (self.project.notebooks, reports, self.project.reference):
            found += [p for p in folder.rglob("*") if not any(p.is_relative_to(m) for m in made)]
        taken = {self.project.show(p): p for p in found if not _hidden(p.relative_to(root))}
        if self.data:
            found = [p for p in self.data.folder.glob("*") if p.suffix in (".csv", ".yml")]
            taken |= {f"data/{self.folder}/{p.name}": p for p in found}
        own = self.project.reference / FOLDER
        taken = {name: p for name, p in taken.items() if p.is_file() and not p.is_relative_to(own)}
        mine = own / self.about["code"]
        return taken | {f"data/reference/{p.relative_to(mine).as_posix()}": p for p in mine.rglob("*") if p.is_file()}

    def _put(self, path: Path, name: str, body: bytes) -> None:
        if not path.is_file() or checksum(name, path.read_bytes()) != checksum(name, body):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, body)

    def _body(self, name: str, source: Path, rows: Rows) -> bytes | None:
        if name == "data/reference/districts.csv":
            return None
        if name == "data/reference/district.yml":
            return _dumped(_district(read_yaml(source, name, needed=True), self.about))
        if name == "data/reference/groups.yml":
            return _dumped(_groups(read_yaml(source, name), rows))
        if name.startswith("data/") and source.suffix == ".csv":
            of_reference = name.startswith("data/reference/") and source.stem in OF_REFERENCE
            return rows.of_csv(source, *((OF_REFERENCE[source.stem],) if of_reference else ()))
        if source.suffix == ".ipynb" and not name.startswith("notebooks/cases/"):
            return _notebook(source.read_text("utf-8"), self.about["code"]).encode()
        if name.startswith("reports/cases/") and source.suffix == ".qmd" and not _happened_here(source, rows):
            return None
        return source.read_bytes()


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _dumped(content: Any) -> bytes:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110).encode()


def _district(province: dict[str, Any], about: dict[str, str]) -> dict[str, Any]:
    """`district.yml`: the province's, with the district's own names; counts that were the province's are left out."""
    own = {key: about[key] for key in _OWN if about.get(key)}
    books = {"bluebook": f"{about['name']}共同富裕蓝皮书", "cases": f"{about['name']}共同富裕实践案例汇编"}
    kept = {k: v for k, v in province.items() if k not in ("counts", "name_en", "city", "city_code")}
    return kept | own | {"code": about["code"], "level": "county", "books": books}


def _groups(groups: dict[str, Any], rows: Rows) -> dict[str, Any]:
    """Groups of places that have members here, with those."""
    kept = {}
    for name, group in groups.items():
        entries = [
            {**entry, "members": [m for m in entry.get("members", ()) if rows.mine(str(m))]}
            for entry in group.get("memberships") or ()
        ]
        if entries := [entry for entry in entries if entry["members"]]:
            kept[name] = {**group, "memberships": entries}
    return kept


def _notebook(text: str, code: str) -> str:
    """The notebook with the district as its default place, so that it runs as it is opened."""
    return re.sub(r'(place = \\")\d*(\\")', rf"\g<1>{code}\2", text)


def _happened_here(source: Path, rows: Rows) -> bool:
    """Whether a text of the case library tells of a place here, or of none."""
    head, _ = read_front_matter(source.read_text("utf-8"))
    places = (yaml.safe_load(head) or {}).get("places") if head else None
    return not isinstance(places, list) or not places or any(rows.mine(str(place)) for place in places)
