"""What is wrong in a book's sources, without writing anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.book.paper.limits import endless, skipped
from research.book.tree.normal import seen_by
from research.book.tree.resolve import inspect_book
from research.book.word.looks import look as word_look
from research.core.faults import DataError

if TYPE_CHECKING:
    from research.core.faults import Fault


def check(project_root: Path, profile: str = "bluebook", also: Sequence[Callable[..., Any]] = ()) -> list[Fault]:
    """All faults of a book's sources, for every format.

    Parameters
    ----------
    project_root : str or Path
        Folder of `_quarto.yml`.
    profile : str
        Which book; profile names joined by commas.
    also : sequence of callable, optional
        Further checks, each called with (root, profile) and returning faults: what a kind of book must have.

    Returns
    -------
    list of Fault
        Unresolved references, unknown variables and citation keys, missing chapters, images and cells,
        constructs that the engine does not carry, labels used twice, and what the further checks find; each
        with file and line. Empty when the book is sound.
    """
    book, faults = inspect_book(project_root, profile, to="html")
    looked = {seen_by("html", book.by_format)}
    for to in ("docx", "pdf"):
        if seen_by(to, book.by_format) not in looked:
            looked.add(seen_by(to, book.by_format))
            seen = {str(f) for f in faults}
            faults += [f for f in inspect_book(project_root, profile, to=to)[1] if str(f) not in seen]
    root = Path(project_root).resolve()
    faults += _looked(endless, book) + _looked(skipped, book) if book else []
    faults += _looked(_template, book) if book else []
    faults += [f for look in also for f in _looked(look, root, profile)]
    return list({str(f): f for f in faults}.values())  # a file that nothing can read is named once


def _template(book):
    """What the look of the Word book lacks."""
    word_look(book.metadata or {}, book.root)
    return []


def _looked(look, *about):
    """What a further check finds; one that cannot read a file says so as a fault, too."""
    try:
        return look(*about)
    except DataError as error:
        return error.faults
