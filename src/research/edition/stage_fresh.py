"""Whether the stage still stands on what it was laid out from: sizes and times of all that it reads."""

from __future__ import annotations

import json
from pathlib import Path

import research
from research.edition.stage import stage
from research.runs.record import write_whole

__all__ = ["ensure"]

_STAMP = ".stage.json"


def ensure(project, edition, data="sample"):
    """Lay the stage out again only where something that it reads, or a file of it, has changed.

    Writers render one chapter many times; laying out takes longer than that chapter.

    Parameters
    ----------
    project : Project
    edition : str or int
    data : str

    Returns
    -------
    bool
        Whether it was laid out.

    Raises
    ------
    DataError
        As `research.edition.stage.stage`.
    """
    stamp = project.stage / _STAMP
    asked = [str(edition), str(data)]
    if stamp.is_file():
        known = json.loads(stamp.read_text(encoding="utf-8"))
        if known == {"asked": asked, "files": _files(project, edition, data)}:
            return False
    stage(project, edition, data)
    write_whole(stamp, json.dumps({"asked": asked, "files": _files(project, edition, data)}))
    return True


def _files(project, edition, data):
    """Name, size and time of every file that the stage reads or is."""
    folders = {
        project.root / "data", project.data(data), project.runs(edition), project.stage, project.reports / "cases",
        project.notebooks, Path(research.__file__).parent,
    }  # fmt: skip
    single = [project.reports / "bluebook" / "_place.qmd", project.root / "_variables.yml"]
    single += sorted(project.root.glob("_quarto*.yml"))
    found = {}
    for folder in sorted(folders):
        for path in folder.rglob("*"):
            if path.is_file() and path.name != _STAMP and path.suffix != ".pyc":
                found[path.as_posix()] = _size_and_time(path)
    return found | {path.as_posix(): _size_and_time(path) for path in single if path.is_file()}


def _size_and_time(path):
    about = path.stat()
    return [about.st_size, about.st_mtime_ns]
