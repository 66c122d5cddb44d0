"""What the parts of an expander share: where they write to, and what is open while the lines go by."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from research.book.source.source import Context, Source
from research.core.faults import Fault, Place

__all__ = ["Reader"]


class Reader(ABC):
    """The state of a chapter that is being read, and how its lines and its faults are kept."""

    ctx: Context
    source: Source
    files: list[Path]
    """Chain of included files."""
    divs: list[Place | str]
    """Places of open divs."""
    math: Place | str | None
    """Place where an open $$ stands."""
    notes: tuple[dict[str, Place | str], dict[str, Place | str]]
    """Footnotes: where they are defined, where they are called."""
    blank: bool
    """Whether the line before was empty."""
    columns: int
    """Of a table: how many cells its head has."""
    above: str
    """Of a table: the line before."""

    def fault(
        self, place: Place | str, expected: str, found: str, way_out: str = "", kind: str = "unsupported"
    ) -> None:
        """Keep a fault; reading goes on."""
        self.ctx.faults.append(Fault(place, expected, found, way_out, kind=kind))

    def emit(self, line: str, place: Place | str) -> None:
        """A line of the expanded chapter, and where it comes from."""
        self.source.lines.append(line)
        self.source.places.append(place)

    @abstractmethod
    def file(self, path: Path, front: bool = False) -> None:
        """Feed a file through; `front`: it may begin with metadata."""

    @abstractmethod
    def raw(self, lines: Iterable[str], place: Place | str) -> None:
        """Lines that are taken as they are."""

    @abstractmethod
    def inline(self, line: str, place: Place | str) -> str:
        """A line with its variables filled in."""

    @abstractmethod
    def defaults(self) -> dict[str, Any]:
        """What cells are shown by, where they do not say otherwise."""
