"""Whether the stage still stands on what it was laid out from: sizes and times of all that it reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import research
from research.core.files import write_whole
from research.core.kept import signatures
from research.core.texts import read_made
from research.edition.stage import stage

if TYPE_CHECKING:
    from research.core.scope import Scope
    from research.indicators.edition import Edition

__all__ = ["ensure", "laid_out_for"]

_STAMP = ".stage.json"


def ensure(scope: Scope, edition: Edition | None = None) -> bool:
    """Lay the stage out again only where something that it reads, or a file of it, has changed.

    Writers render one chapter many times; laying out takes longer than that chapter.

    Parameters
    ----------
    scope : Scope
    edition : Edition, optional
        Opened before.

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
    stage(scope, edition)
    write_whole(scope.stage / _STAMP, json.dumps({"asked": asked, "files": _files(scope)}))
    return True


def laid_out_for(scope: Scope) -> bool:
    """Whether the stage was laid out for this edition and this data by this version, however long ago.

    Another version's stage may lack pages that today's chapters include.
    """
    known, package = read_made(scope.stage / _STAMP), Path(research.__file__).parent.as_posix()
    files = known.get("files")
    if not isinstance(files, dict):
        return False
    code = {name: about for name, about in files.items() if name.startswith(f"{package}/")}
    return known.get("asked") == _asked(scope) and code == signatures([Path(package)])


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
    return signatures(folders, (path for path in single if path.is_file()))
