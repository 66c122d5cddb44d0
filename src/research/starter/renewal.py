"""Take a later version of the program into a project without losing what was edited in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from research.core.files import write_whole
from research.core.scope import Project
from research.errors import DataError, Fault, say
from research.starter.layout import STAMP, checksum, project_files, stamp

MARK = ".new"
"""What the name of a new version ends with that is laid beside an edited file."""

_OWN = ("data/", "reports/cases/_experiences.yml", ".gitignore")


@dataclass
class Upgraded:
    """What an upgrade did, or would do: paths in the project."""

    replaced: list = field(default_factory=list)
    added: list = field(default_factory=list)
    beside: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    gone: list = field(default_factory=list)

    def describe(self) -> str:
        """One line a file that changes, and the counts."""
        lines = [f"replaced  {n}" for n in self.replaced] + [f"added     {n}" for n in self.added]
        lines += [
            f"edited    {n}: the new version is {n}{MARK}; take over what you want and delete it" for n in self.beside
        ]
        lines += [f"no longer part of the program, left as it is: {n}" for n in self.gone]
        lines.append(
            f"{len(self.replaced)} replaced, {len(self.added)} added, {len(self.beside)} edited files with a "
            f"new version beside them, {len(self.kept)} unchanged"
        )
        return "\n".join(lines)


def upgrade(project: Project, dry_run: bool = False) -> Upgraded:
    """Bring the program's files of a project up to this version.

    A file that stands as it was laid out is replaced; an edited one is never touched: where the program's own
    version of it changed, that is laid beside it. Reference tables, data, cases and chapters of the district's
    own are left alone.

    Parameters
    ----------
    project : Project
        Laid out by `bluebook new district`.
    dry_run : bool
        Say what would be done; write nothing.

    Returns
    -------
    Upgraded

    Raises
    ------
    DataError
        When the project was not laid out by the command, or its record cannot be read.
    """
    record = _record(project)
    made, old, done = project_files(record["words"]), record["files"], Upgraded()
    for name, body in made.items():
        if not name.startswith(_OWN):
            _one(project.root, name, body, old, done, dry_run)
    done.gone = [n for n in old if n not in made and (project.root / n).is_file()]
    if not dry_run:
        write_whole(project.root / STAMP, stamp(record["words"], made))
    return done


def _record(project: Project) -> dict:
    path = project.root / STAMP
    try:
        record = json.loads(path.read_text("utf-8"))
        return {"words": dict(record["words"]), "files": dict(record["files"])}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        way = "only a project that `bluebook new district` laid out can be upgraded"
        raise DataError(
            Fault(STAMP, say("the record of the layout", "布置时的记录"), type(error).__name__, way, "upgrade")
        ) from None


def _one(root: Path, name: str, body: bytes, old: dict, done: Upgraded, dry_run: bool) -> None:
    path = root / name
    now = checksum(name, path.read_bytes()) if path.is_file() else None
    new, laid = checksum(name, body), old.get(name)
    target: Path | None = path
    if now is None and laid is None:
        kind = done.added
    elif now in (None, new) or laid == new:  # deleted by hand, up to date, or not changed by the program
        target, kind = None, done.kept
    elif now == laid:
        kind = done.replaced
    else:
        target, kind = path.with_name(path.name + MARK), done.beside
    kind.append(name)
    if target is not None and not dry_run:
        write_whole(target, body)
