"""Where things stand: the project's folders, its editions, and the ladder of statuses."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from research.errors import DataError, Fault, UsageError

STATUSES = ("published", "reported", "survey", "estimated", "imputed", "sample")
"""Statuses of a number from the strongest to the weakest."""

SAMPLE_MARK = "示例数据，非真实统计"
THEMES = ("economy", "income", "services", "governance", "culture", "environment")


def weakest(*statuses):
    """The weakest of some statuses: a number is as good as the worst it stands on.

    Parameters
    ----------
    *statuses : str or iterable of str
        Names out of `STATUSES`.

    Returns
    -------
    str

    Raises
    ------
    DataError
        Naming a status that is not on the ladder, or that none was given.

    Examples
    --------
    >>> weakest("published", ["survey", "reported"])
    'survey'
    """
    flat = {s for item in statuses for s in ([item] if isinstance(item, str) else item)}
    unknown = sorted(str(s) for s in flat if s not in STATUSES)
    if unknown or not flat:
        raise DataError(Fault("status", "one of " + ", ".join(STATUSES), ", ".join(unknown) or "none", kind="status"))
    return max(flat, key=STATUSES.index)


@dataclass(frozen=True)
class Project:
    """The folders of one project.

    Parameters
    ----------
    root : Path
        The folder that holds `_quarto.yml` and `data/reference`.
    """

    root: Path

    @property
    def reference(self):
        """Small tables people edit: places, indicators, targets, settings."""
        return self.root / "data" / "reference"

    @property
    def notebooks(self):
        """Stripped notebook templates."""
        return self.root / "notebooks"

    @property
    def reports(self):
        """Hand-written chapters, and (not in git) runs and outputs."""
        return self.root / "reports"

    def data(self, name="sample"):
        """Folder of the data called `name`: `sample`, or any folder (relative to the current one)."""
        folder = self.root / "data" / "sample" if name == "sample" else Path(name).expanduser().resolve()
        if not folder.is_dir():
            raise UsageError(f"--data {name}: no such folder; use 'sample' or a folder that holds observations.csv")
        return folder

    def results(self, edition):
        """Folder of the built tables of one edition."""
        return self.root / "data" / "results" / str(edition)

    def runs(self, edition):
        """Folder of the executed notebooks of one edition."""
        return self.reports / "runs" / str(edition)

    @property
    def stage(self):
        """What the chapters embed: the current edition's executed notebooks under short names."""
        return self.reports / "runs" / "book"

    def output(self, book):
        """Folder of one finished book."""
        return self.reports / "output" / book

    def show(self, path):
        """`path` as people should read it: relative to the project where it lies inside."""
        path = Path(path)
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def open_project(folder=None):
    """The project that holds `folder`, looking upward as git does.

    Parameters
    ----------
    folder : str or Path, optional
        A folder in the project. Default: `BLUEBOOK_PROJECT` from the environment, else the current
        folder, else (for an editable install) the folder the package stands in.

    Returns
    -------
    Project

    Raises
    ------
    UsageError
        When no folder upward holds `_quarto.yml` and `data/reference`.
    """
    starts = [Path(folder)] if folder else [Path(os.environ.get("BLUEBOOK_PROJECT") or "."), Path(__file__)]
    for start in starts:
        start = start.expanduser().resolve()
        for candidate in (start, *start.parents):
            if (candidate / "_quarto.yml").is_file() and (candidate / "data" / "reference").is_dir():
                return Project(candidate)
    raise UsageError(f"no bluebook project in {folder or 'this folder'} or above it (give one with --project DIR)")
