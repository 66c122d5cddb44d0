"""The website's numbers after the book's `numbering:` setting, as Word and PDF have them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from research.book.tree import ast
from research.book.tree.ast import get, node_attr
from research.book.tree.model import Entry
from research.book.tree.numbering import report_numbers
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from research.book.tree.model import Book


def numbered(book: Book) -> Book:
    """The book with the numbers its readers see.

    Parameters
    ----------
    book : Book
        Resolved, with numbers as Quarto gives them.

    Returns
    -------
    Book
        The same for `numbering: book` or none; for `numbering: report` a copy with reports B.1, headings 一、
        （一）, and figures and tables counted in each report.

    Raises
    ------
    DataError
        For another word in the setting.
    """
    kind = str(book.metadata.get("numbering") or "book")
    if kind not in ("book", "report"):
        raise DataError(
            Fault("_quarto.yml, numbering", say("book or report", "book 或 report"), repr(kind), kind="setting")
        )
    if kind == "book":
        return book
    labels: dict[str, str] = {}
    chapters = []
    for chapter in report_numbers(book.chapters):
        found = _labels(chapter.blocks)
        labels |= {chapter.id: chapter.number, **found}
        toc = [Entry(e.level, e.id, found.get(e.id, "") if e.number else "", e.title) for e in chapter.toc]
        chapters.append(replace(chapter, toc=toc, label=chapter.number or chapter.title))
    targets = {i: replace(t, label=labels.get(i) or t.label) for i, t in book.targets.items()}
    return replace(book, chapters=chapters, targets=targets)


def _labels(blocks):
    """New label of every numbered heading and float, by id; a part of a figure is named after the whole."""
    labels, last = {}, [""]

    def look(node):
        identifier, classes, _ = node_attr(node)
        if not get(node, "number"):
            return
        if any(c in ("bb-subfigure", "bb-subtable") for c in classes):
            labels[identifier] = f"{last[0]}({get(node, 'number')})"
        elif identifier:
            labels[identifier] = last[0] = get(node, "label") or get(node, "number")

    ast.visit(blocks, look)
    return labels
