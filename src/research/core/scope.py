"""What a command is about: a project, an edition of its book, and the data that the edition stands on.

Every data folder has results, runs and books of its own, so that one never replaces another's. Those of the sample
stand where they are looked for first (`data/results/2024`); those of `data/own` one folder deeper
(`data/results/own/2024`).
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from research.errors import UsageError, say

SAMPLE = "sample"
CUT = ".district.json"
"""Record of what was cut out of a province's project, in the district's."""
TAKEN = frozenset({SAMPLE, "answers", "bluebook", "book", "briefs", "cases", "manual"})
"""Names of folders that stand where data folders have theirs: a data folder of this name gets a longer one."""


@dataclass(frozen=True)
class Project:
    """The folders of one project that belong to no edition.

    Parameters
    ----------
    root : Path
        The folder that holds `_quarto.yml` and `data/reference`.
    """

    root: Path

    @property
    def is_cut(self) -> bool:
        """Whether it is one district's project, cut out of a province's (see `research.starter.districts`)."""
        return (self.root / CUT).is_file()

    @property
    def reference(self) -> Path:
        """Small tables people edit: places, indicators, targets, settings."""
        return self.root / "data" / "reference"

    @property
    def notebooks(self) -> Path:
        """Stripped notebook templates."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """Hand-written chapters, and (not in git) runs and outputs."""
        return self.root / "reports"

    @property
    def stage(self) -> Path:
        """What the chapters embed: executed notebooks of the edition that was rendered last, under short names."""
        return self.reports / "runs" / "book"

    def output(self, book: str) -> Path:
        """Folder of what is made of the project alone, whatever the data: the manual, the cases' briefs."""
        return self.reports / "output" / book

    def show(self, path: str | Path) -> str:
        """`path` as people should read it: relative to the project where it lies inside."""
        path = Path(path)
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def open_project(folder: str | Path | None = None) -> Project:
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
    raise UsageError(
        say(
            f"no bluebook project in {folder or 'this folder'} or above it (give one with --project DIR)",
            f"{folder or '当前文件夹'}及其上级没有蓝皮书项目（请用 --project 指定项目文件夹）",
        )
    )


def named_folder(project: Project, name: str | Path, option: str = "-o", home: str = "") -> Path:
    """The folder that a name given to `--data`, `--to` or `-o` means, whether it is there yet or not.

    One rule for all of them: `/x`, `~/x`, `./x` and `../x` are meant as the shell means them; any other name lies in
    the project (or is there already, seen from the current folder). Which of two, if both are there, is asked.

    Parameters
    ----------
    project : Project
    name : str or Path
    option : str
        The option that named it, for the message.
    home : str
        Folder of the project in which a name without a slash is looked for first: `data` for data folders.

    Returns
    -------
    Path
        Absolute.

    Raises
    ------
    UsageError
        When it means two folders that are both there, or is no name of a folder.
    """
    text = str(name)
    if not text.strip() or not text.isprintable():
        raise UsageError(say(f"{option} {text!r}: the name of a folder", f"{option} {text!r}：应为文件夹名"))
    path = Path(text).expanduser()
    if path.is_absolute() or re.match(r"\.{1,2}([/\\]|$)", text):
        return path.resolve()
    inside = [project.root / home / path] if home and len(path.parts) == 1 else []
    places = list(dict.fromkeys(p.resolve() for p in (*inside, project.root / path, path)))
    there = [p for p in places if p.is_dir()]
    if len(there) > 1:
        raise UsageError(
            say(
                f"{option} {text}: {' and '.join(map(str, there))} are both there; write the one that is "
                "meant from its beginning, or with ./ in front when it lies in the current folder",
                f"{option} {text}：{'与'.join(map(str, there))}都存在；请写完整路径，在当前文件夹下的请以 ./ 开头",
            )
        )
    return there[0] if there else places[0]


@dataclass(frozen=True)
class Data:
    """A data folder, found once; make it with `Data.named`.

    Parameters
    ----------
    name : str
        As records show it: `sample`, `data/own`, or of a folder outside the project its last name. Never a path of
        this machine.
    folder : Path
        Where it is, from the root of the file system.
    """

    name: str
    folder: Path

    @classmethod
    def named(cls, project: Project, name: str | Path = SAMPLE, option: str = "--data", new: bool = False) -> Data:
        """The data called `name`: `sample`, or a folder (see `named_folder`; `own` is `data/own`).

        Parameters
        ----------
        project : Project
        name : str or Path
        option : str
        new : bool
            Whether it may be a folder that is not there yet.

        Returns
        -------
        Data

        Raises
        ------
        UsageError
            When there is no such folder.
        """
        sample = project.root / "data" / SAMPLE
        folder = sample if str(name) in (SAMPLE, f"data/{SAMPLE}") else named_folder(project, name, option, home="data")
        if folder != sample and not folder.is_dir() and not (new and not folder.exists()):
            looked = project.show(folder)
            raise UsageError(
                say(
                    f"{option} {name}: no such folder; use '{SAMPLE}', or a folder that holds "
                    f"observations.csv (looked for as {looked})",
                    f"{option} {name}：没有这个文件夹（查找的是 {looked}）；请用 {SAMPLE}，或含 "
                    "observations.csv 的文件夹",
                )
            )
        if folder in (sample, sample.resolve()):
            return cls(SAMPLE, sample)
        return cls(project.show(folder) if folder.is_relative_to(project.root) else folder.name, folder)

    @property
    def is_sample(self) -> bool:
        """Whether it is the sample that comes with the project."""
        return self.name == SAMPLE

    @property
    def key(self) -> str:
        """Name of the folders that hold what was made of this data; empty for the sample.

        Two folders of one name in different places have different keys.
        """
        last = self.folder.name
        if self.is_sample:
            return ""
        if self.name == f"data/{last}" and re.fullmatch(r"[^\W\d][\w-]*", last) and last.lower() not in TAKEN:
            return last
        place = self.name if "/" in self.name else str(self.folder)
        plain = re.sub(r"[^\w-]+", "-", last).strip("-") or "data"
        return f"{plain}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"

    @property
    def findable(self) -> str:
        """A name that finds it again on this machine."""
        inside = self.is_sample or "/" in self.name
        return self.name if inside else str(self.folder)


@dataclass(frozen=True)
class Scope:
    """One edition of one project's data: what most commands are about; make it with `Scope.of`.

    Parameters
    ----------
    project : Project
    edition : int
        Year of the book.
    data : Data

    Examples
    --------
    >>> scope = Scope.of(open_project(), "2024")
    >>> scope.edition, scope.data.name, scope.project.show(scope.results)
    (2024, 'sample', 'data/results/2024')
    """

    project: Project
    edition: int
    data: Data

    @classmethod
    def of(cls, project: Project, edition: int | str, data: str | Path | Data = SAMPLE) -> Scope:
        """The scope of an edition and data as they are named on the command line or in a notebook.

        Raises
        ------
        UsageError
            For a year that is none, or data that is not there.
        """
        if not re.fullmatch(r"20[0-9]{2}", str(edition)):
            raise UsageError(
                say(f"--edition {edition}: a year such as 2025", f"--edition {edition}：请给出年份，如 2025")
            )
        return cls(project, int(edition), data if isinstance(data, Data) else Data.named(project, data))

    def __str__(self) -> str:
        return f"{self.edition} ({self.data.name})"

    @property
    def results(self) -> Path:
        """Folder of the built tables."""
        return self.project.root / "data" / "results" / self.data.key / str(self.edition)

    @property
    def runs(self) -> Path:
        """Folder of the executed notebooks."""
        return self.project.reports / "runs" / self.data.key / str(self.edition)

    @property
    def stage(self) -> Path:
        """What the chapters embed, once it was laid out for this scope: one folder for all, as chapters name it."""
        return self.project.stage

    @property
    def bundles(self) -> Path:
        """Folder of the packed editions."""
        return self.project.reports / "bundles" / self.data.key

    def output(self, book: str) -> Path:
        """Folder of one finished book of this data, or of other pages made from it."""
        return self.project.reports / "output" / self.data.key / book

    @property
    def options(self) -> str:
        """The options that name it, for a command that is proposed in a message."""
        district = f" --district {self.project.root.name}" if self.project.is_cut else ""
        return f"--edition {self.edition} --data {shlex.quote(self.data.findable)}{district}"
