"""The Word book: pandoc writes it after our reference document, with fields, sections and tables finished by us."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.book.paper import chapters as paper_chapters
from research.book.paper import facts as paper
from research.book.tree import ast as tree
from research.book.tree import pandoc
from research.book.word import blocks as docx_blocks
from research.book.word import tables as docx_tables
from research.book.word.finish import finish
from research.book.word.front import front_blocks
from research.book.word.images import Bitmaps
from research.book.word.looks import look, reference
from research.book.word.text import Bookmarks, raw, section_break
from research.core.files import replacing
from research.errors import BluebookError, DataError

if TYPE_CHECKING:
    from research.book.tree.model import Book
    from research.book.word.tables import Plan


def write(book: Book, out: Path, work: Path) -> Path:
    """Write a book as Word document.

    Parameters
    ----------
    book : Book
        Resolved, as `resolve.load_book` gives it.
    out : Path
        The file to write.
    work : Path
        Folder for what lies between; may be kept or emptied.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    DataError
        For images and links that are broken, each with its chapter.

    Notes
    -----
    The same book gives the same bytes. See `looks.look` for how it looks.
    """
    folder = Path(work) / "word"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    facts, chapters = paper.facts(book), paper_chapters.numbered(book)
    shared = Shared(look(book.metadata or {}, book.root), chapters)
    front = [c for c in chapters if paper_chapters.is_front(c)]
    images = Bitmaps(book, folder, Path(work) / "charts")
    opening, blocks = _blocks(chapters, front, shared, images)
    listed = [c for c in chapters if c not in front]
    blocks = front_blocks(facts, listed, shared.captions, opening) + blocks
    made = _convert(book, blocks, shared, folder, facts)
    out = Path(out)
    with replacing(out) as part:
        finish(made, part, facts, shared)
    images.prune()
    return out


@dataclass(frozen=True)
class Head:
    """The running head of one chapter's pages.

    Parameters
    ----------
    title : str
        The chapter's title with its number.
    sample : bool
        Whether its pages say that they stand on sample data.
    field : bool
        Whether Word finds the title by itself; a part's title is no heading of its own.
    """

    title: str
    sample: bool
    field: bool


class Shared:
    """What the chapters of one document have in common.

    Parameters
    ----------
    style : looks.Look
    chapters : list of Chapter
        With labelled headings.
    """

    def __init__(self, style: Any, chapters: Any) -> None:
        self.look = style
        self.bookmarks = Bookmarks()
        self.plans: list[Any] = []
        self.captions: dict[str, list[Any]] = {"Image Caption": [], "Table Caption": []}
        self.labels: dict[Any, Any] = {}
        self.sample = False  # of the last chapter, whose section has no break of its own
        self.heads: list[Head] = []
        tree.visit([c.blocks for c in chapters], self._note)

    @property
    def place(self) -> int:
        """Which chapter is being written, as counted by `heads`."""
        return len(self.heads) - 1

    def _note(self, node):
        """Keep what the bookmark of a numbered thing holds: the text that a REF field shows."""
        identifier, classes, _ = tree.node_attr(node)
        label = tree.get(node, "label")
        if label and identifier and "bb-subfigure" not in classes and "bb-subtable" not in classes:
            self.labels[identifier] = label.rstrip("、.").removeprefix("式" if "bb-equation" in classes else "")

    def marked(self, table: dict[str, Any], plan: Plan) -> dict[str, Any]:
        """Keep a table's plan, and mark the table with a bookmark that finds it again."""
        self.plans.append(plan)
        return docx_tables.with_mark(table, self.bookmarks.around(f"{docx_tables.MARK}{len(self.plans) - 1}", ""))


def _blocks(chapters, front, shared, images):
    """Rewritten blocks: those of the front matter, and the others with a section for each, as each has its header.

    Programs that do not know Word's field for the running head show what the file says.
    """
    links, opening, blocks = paper_chapters.Links(chapters), [], []
    for chapter in chapters:
        if chapter in front:
            opening += docx_blocks.Chapter(chapter, links, images, shared).run()
            continue
        if shared.heads:
            blocks.append(raw(section_break("upright", shared.sample, shared.place)))
        shared.sample = chapter.sample
        shared.heads.append(_head(chapter))
        blocks += docx_blocks.Chapter(chapter, links, images, shared).run()
    if links.faults or images.faults:
        raise DataError(links.faults + images.faults)
    return opening, blocks


def _head(chapter):
    first = next(iter(tree.find(chapter.blocks, "Header")), None)
    title = paper_chapters.join(tree.get(first, "label", ""), tree.text(first["c"][2])) if first else chapter.title
    return Head(title, chapter.sample, chapter.kind != "part")


def _convert(book, blocks, shared, folder, facts):
    """Run pandoc; its file is not finished yet."""
    made = folder / "pandoc.docx"
    template = reference(shared.look, folder / "reference.docx")
    meta = {"lang": pandoc.meta_value("zh-CN" if facts.lang.startswith("zh") else facts.lang)}
    args = ["-f", "json", "-t", "docx", "-o", str(made), f"--reference-doc={template}", *paper.citation_args(book)]
    try:
        pandoc.run(args, pandoc.document(blocks, meta), cwd=book.root)
    except BluebookError as error:
        raise BluebookError(f"Word: {error}") from error
    return made
