"""A chapter's source as one expanded markdown text that remembers where each line came from."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.core.files import write_whole
from research.errors import Fault

if TYPE_CHECKING:
    from research.core.faults import Place


@dataclass
class Context:
    """What reading the chapters of one book shares.

    Parameters
    ----------
    root : Path
        The book's root.
    work : Path
        Folder for images taken out of notebooks.
    variables : dict
        What `_variables.yml` says.
    faults : list of Fault
        Everything found wrong so far.
    """

    root: Path
    work: Path
    variables: dict = field(default_factory=dict)
    faults: list[Fault | str] = field(default_factory=list)
    notebooks: dict = field(default_factory=dict)
    html: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)
    images: set = field(default_factory=set)
    inputs: set = field(default_factory=set)

    def keep_image(self, content: bytes, suffix: str) -> str:
        """Write an image under a name made from its content; its path, relative to the root if inside."""
        path = self.work / "images" / f"{hashlib.sha256(content).hexdigest()[:20]}.{suffix}"
        if not path.is_file():
            write_whole(path, content, durable=False)
        self.images.add(path)
        return "/" + path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


@dataclass
class Source:
    """One expanded chapter.

    Parameters
    ----------
    path : Path
        The chapter's file.
    meta : dict
        Its metadata: the project's, its folder's, its own, the last winning.
    own : dict
        Its own front matter.
    lines, places : list of str
        The text, and for each line where it stands ("income.qmd, line 12").
    statuses : set of str
        Statuses of the cells and variables shown in it.
    """

    path: Path
    meta: dict
    own: dict
    lines: list[str] = field(default_factory=list)
    places: list[Place | str] = field(default_factory=list)
    statuses: set = field(default_factory=set)

    @property
    def text(self) -> str:
        """The expanded markdown."""
        return "\n".join(self.lines) + "\n"

    def find(self, pattern: str, nth: int = 0) -> Any:
        """Place of the nth line that matches a regular expression, else of the chapter."""
        found = [p for line, p in zip(self.lines, self.places, strict=True) if re.search(pattern, line)]
        return found[min(nth, len(found) - 1)] if found else self.places[0] if self.places else self.path.name
