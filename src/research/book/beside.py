"""What may stand beside a book's chapters on its website: pages that someone else makes, and ways to them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

Rows = Sequence[Sequence[str]]
"""A table as rows of texts, the first its heading."""


class Beside(Protocol):
    """A maker of pages beside the chapters. The engine asks for links and files, and knows nothing of what they show.

    Attributes
    ----------
    mark : str
        Checksum of all that its links depend on: pages are written anew when it changes.
    """

    mark: str

    def links(self) -> list[tuple[str, str]]:
        """Words and address of the pages that every page of the book leads to."""
        ...

    def picture(self, identifier: str, frames: Sequence[Rows]) -> tuple[str, str] | None:
        """Address and words of where a figure or table can be played with; None for one that cannot.

        Parameters
        ----------
        identifier : str
            Label of the figure.
        frames : sequence of list of list of str
            The tables that it carries, each with its heading.
        """
        ...

    def write(self, site: Path, book: Any) -> None:
        """Write everything into the folder of a website that is about to be put in place.

        Parameters
        ----------
        site : Path
        book : Book
        """
        ...
