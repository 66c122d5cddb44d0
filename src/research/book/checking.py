"""What is wrong in a book's sources, without writing anything."""

from __future__ import annotations

from pathlib import Path

from research.book import elements
from research.book.paper_limits import endless
from research.book.resolve import inspect_book


def check(project_root, profile="bluebook"):
    """All faults of a book's sources, for every format.

    Parameters
    ----------
    project_root : str or Path
        Folder of `_quarto.yml`.
    profile : str
        Which book; profile names joined by commas.

    Returns
    -------
    list of Fault
        Unresolved references, unknown variables and citation keys, missing chapters, images and cells,
        constructs that the engine does not carry, labels used twice; of the bluebook also elements that
        it lacks (see `research.book.elements`); each with file and line. Empty when the book is sound.
    """
    book, faults = inspect_book(project_root, profile, to="html")
    if book.by_format:
        for to in ("docx", "pdf"):
            seen = {str(f) for f in faults}
            faults += [f for f in inspect_book(project_root, profile, to=to)[1] if str(f) not in seen]
    faults += endless(book) if book else []
    return faults + elements.lacking(Path(project_root).resolve(), profile)


def notes(project_root, profile="bluebook"):
    """What a centre still has to fill in: no fault in a draft, but one at the release.

    Parameters
    ----------
    project_root, profile
        As for `check`.

    Returns
    -------
    list of Fault
        Of kind `unfilled`, each with file and line.
    """
    return elements.unfilled(Path(project_root).resolve(), profile)
