"""Whether the stage still stands on what it was laid out from: sizes and times of all that it reads."""

from __future__ import annotations

import json
from pathlib import Path

import research
from research.core.files import write_whole
from research.core.texts import read_made
from research.edition.stage import stage

__all__ = ["ensure", "laid_out_for"]

_STAMP = ".stage.json"


def ensure(scope):
    """Lay the stage out again only where something that it reads, or a file of it, has changed.

    Writers render one chapter many times; laying out takes longer than that chapter.

    Parameters
    ----------
    scope : Scope

    Returns
    -------
    bool
        Whether it was laid out.

    Raises
    ------
    DataError
        As `research.edition.stage.stage`.
    """
    asked = _asked(scope)
    known = read_made(scope.stage / _STAMP)  # none, or a broken one: it is laid out again
    if known.get("asked") == asked and known.get("files") == _files(scope):
        return False
    stage(scope)
    write_whole(scope.stage / _STAMP, json.dumps({"asked": asked, "files": _files(scope)}))
    return True


def laid_out_for(scope):
    """Whether the stage was laid out for this edition and this data, however long ago."""
    return read_made(scope.stage / _STAMP).get("asked") == _asked(scope)


def _asked(scope):
    return [scope.edition, scope.data.findable]


def _files(scope):
    """Name, size and time of every file that the stage reads or is."""
    project = scope.project
    folders = {
        project.root / "data", scope.data.folder, scope.runs, project.stage, project.reports / "cases",
        project.notebooks, Path(research.__file__).parent,
    }  # fmt: skip
    single = [project.reports / "bluebook" / "_place.qmd", project.root / "_variables.yml"]
    single += sorted(project.root.glob("_quarto*.yml"))
    found = {}
    for folder in sorted(folders):
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix != ".pyc" and not path.name.startswith("."):  # no locks, no stamp
                found[path.as_posix()] = _size_and_time(path)
    return found | {path.as_posix(): _size_and_time(path) for path in single if path.is_file()}


def _size_and_time(path):
    about = path.stat()
    return [about.st_size, about.st_mtime_ns]
