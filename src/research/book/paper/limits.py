"""What paper cannot show, named with its line: tables that have no end, headings that skip a level."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from research.book.tree import ast as tree
from research.core.faults import Fault, say, spot
from research.core.texts import read_text

if TYPE_CHECKING:
    from research.book.tree.model import Book

ROWS = 3000  # about a hundred pages


def endless(book: Book) -> list[Fault]:
    """Tables with more rows than a book can hold.

    Parameters
    ----------
    book : Book
        Resolved.

    Returns
    -------
    list of Fault
        One a table, with file and (where the source names it) line.
    """
    faults = []
    for chapter in book.chapters:
        for block in chapter.blocks:
            for table in tree.find([block], "Table"):
                rows = len(table["c"][3][1]) + sum(len(b[2]) + len(b[3]) for b in table["c"][4])
                if rows > ROWS:
                    faults.append(
                        Fault(
                            _place(book, chapter, tree.node_attr(block)[0]),
                            say(f"a table of at most {ROWS} rows", f"不超过{ROWS}行的表"),
                            say(f"{rows} rows", f"{rows}行"),
                            say(
                                "show the rows that matter, link to the whole as a file",
                                "请只列重要的行，整表另作文件链接",
                            ),
                            kind="table",
                        )
                    )
    return faults


def skipped(book: Book) -> list[Fault]:
    """Headings more than one level below the one before: PDF/UA, and those who read by headings, lose the way.

    Parameters
    ----------
    book : Book
        Resolved.

    Returns
    -------
    list of Fault
        One a heading, with file and line.
    """
    faults = []
    for chapter in book.chapters:
        last = 1
        for head in tree.find(chapter.blocks, "Header"):
            level, words = head["c"][0], tree.text(head["c"][2])
            if level > last + 1:
                faults.append(
                    Fault(
                        _head_place(book, chapter, level, words),
                        say(f"a heading of level {last + 1} at most", f"最多到第{last + 1}级标题"),
                        f"{'#' * level} {words}",
                        say(f"write {'#' * (last + 1)}", f"请写成 {'#' * (last + 1)}"),
                        kind="heading",
                    )
                )
            last = level
    return faults


def _head_place(book, chapter, level, words):
    name, lines = _source(book, chapter)
    key = words.strip()[-12:]
    found = [n for n, line in enumerate(lines, 1) if re.match(rf"#{{{level}}}\s", line) and key and key in line]
    return spot(name, line=found[0]) if found else name


def _place(book, chapter, identifier):
    """File, and the line that names the table or, failing that, its first row of dashes."""
    name, lines = _source(book, chapter)
    wanted = [n for n, line in enumerate(lines, 1) if identifier and f"#{identifier}" in line]
    wanted += [n for n, line in enumerate(lines, 1) if line.startswith("|") and set(line.strip()) <= set("|-: ")]
    return spot(name, line=wanted[0]) if wanted else name


def _source(book, chapter):
    """The chapter's file as messages show it, and its lines."""
    path = Path(chapter.path) if chapter.path else None
    if path is None:
        return chapter.slug, []
    full = path if path.is_absolute() else Path(book.root) / path
    name = full.relative_to(book.root).as_posix() if full.is_relative_to(book.root) else path.name
    lines = read_text(full).splitlines() if full.suffix in (".qmd", ".md") and full.is_file() else []
    return name, lines
