"""A book from its sources to its files, by either engine, put in place when whole."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from research.book import made, quarto
from research.book.beside import Beside
from research.book.checking import check
from research.book.source.config import read_config
from research.book.tree.normal import seen_by
from research.book.tree.resolve import load_book
from research.book.web.links import dead_links
from research.book.web.single import write_single
from research.core.files import locked, replacing_folder
from research.errors import DataError, Fault, UsageError, nearest, say

if TYPE_CHECKING:
    from research.book.tree.model import Book

FORMATS = ("html", "docx", "pdf")
ENGINES = ("auto", "quarto", "pandoc")
SINGLE = "single"
LABELS = {"docx": "Word", "pdf": "PDF", SINGLE: "单个网页文件"}


def _web():
    from research.book.web.site import write

    return write


def _word():
    from research.book.word.write import write

    return write


def _pdf():
    from research.book.pdf.write import write

    return write


WRITERS = {"html": _web, "docx": _word, "pdf": _pdf}
"""Each format's writer, loaded when it is first asked for."""


def render(
    project_root: Path,
    profile: str = "bluebook",
    to: Sequence[str] = FORMATS,
    engine: str = "auto",
    progress: Callable[..., Any] | None = None,
    chapter: str | None = None,
    also: Sequence[Callable[..., Any]] = (),
    output: Path | None = None,
    identity: dict[str, Any] | None = None,
    inspect: Any = None,
    beside: Any = None,
) -> list[Path]:
    """Render a book.

    Parameters
    ----------
    project_root : str or Path
        Folder of `_quarto.yml`.
    profile : str
        Which book; profile names joined by commas.
    to : sequence of str
        Formats out of `html`, `docx`, `pdf`, and `single`: the website once more as one HTML file
        (embedded engine). Formats that were made before stay, marked as older in the website's downloads menu
        when their sources have changed.
    engine : str
        `quarto`, `pandoc` (the embedded engine), or `auto`: quarto, where it is on PATH, for a website alone. With
        Word or PDF the embedded engine makes all of a book: Quarto's lose the sample's marks, the looks and the lists
        of figures on paper, and number citations anew on each page of the site.
    progress : callable, optional
        Called with a note and the number of steps done.
    chapter : str, optional
        Write this chapter's page again (its file name without suffix) and leave the rest of the website;
        embedded engine, html only.
    also : sequence of callable, optional
        Further checks of the sources, each called with (root, profile) and returning faults; Quarto goes on over
        what is wrong, so they are asked before it starts.
    output : Path, optional
        Folder that the book is written to. Default: the one that `_quarto.yml` names.
    identity : optional
        What the book is made for (plain values): kept with what is made, so that files made for something else count
        as older.
    inspect : callable, optional
        Called with the finished folder (or the one page) before it takes the former one's place; what it raises
        keeps it from that.
    beside : Beside, optional
        Makes further pages of the website (see `research.book.beside`).

    Returns
    -------
    list of Path
        What was written: the home page, the Word file, the PDF.

    Raises
    ------
    DataError
        With every fault in the sources, before anything is written; the former book stays.
    UsageError
        For a format, engine or chapter that does not exist.
    MissingError
        When `engine="quarto"` and there is no quarto, or a font is missing.
    """
    to = _formats(to)
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r}: {nearest(engine, ENGINES)}")
    tell = progress or (lambda note, done: None)
    aim = Aim(Path(project_root).resolve(), profile, output, identity, inspect or (lambda path: None), beside)
    with locked(read_config(aim.root, profile, output).work):
        if chapter is None and (engine == "quarto" or (engine == "auto" and _quarto_carries(to, tell))):
            return _by_quarto(aim, to, tell, also)
        with _no_collector():
            return _by_pandoc(aim, to, tell) if chapter is None else _one_chapter(aim, chapter, tell)


def _quarto_carries(to, tell):
    """Whether Quarto, where it is there, makes these formats with all that belongs to them; the loss is said."""
    if not quarto.found():
        return False
    if list(to) == ["html"]:
        return True
    tell(said := KEPT_FROM_QUARTO, 0)
    print(f"note: {said}\n提示：{said.zh}", file=sys.stderr)
    return False


KEPT_FROM_QUARTO = say(
    "quarto is on PATH, but on paper it loses the sample's marks, the looks and the lists of figures, and it numbers "
    "citations page by page: the embedded engine makes this book (--engine quarto insists)",
    "本机装有 Quarto，但它的 Word 和 PDF 缺少示例标记、版式和图表目录，引文编号也逐页重来："
    "本次用自带引擎（一定要用时写 --engine quarto）",
)


@dataclass(frozen=True)
class Aim:
    """Which book is made, where, and for what."""

    root: Path
    profile: str
    output: Path | None = None
    identity: object = None
    inspect: Callable[[Path], None] = lambda path: None  # noqa: E731
    beside: Beside | None = None

    def load(self, to: str) -> Book:
        """The resolved book for one format."""
        book = load_book(self.root, self.profile, to=to, output=self.output)
        book.beside = self.beside
        return book

    def sources(self, books: Iterable[Any]) -> dict[str, str]:
        """Checksums of all that the book stands on."""
        return made.sums(self.root, self.profile, {p for book in books for p in book.inputs})


@contextmanager
def _no_collector():
    """A book is millions of small lists without cycles: looking for cycles among them takes a quarter of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _formats(to):
    to = [to] if isinstance(to, str) else list(to)
    for name in to:
        if name not in (*FORMATS, SINGLE):
            raise UsageError(f"format {name!r}: {nearest(name, [*FORMATS, SINGLE])}")
    if not to:
        raise UsageError(f"no format: one or more of {', '.join(FORMATS)}")
    return [f for f in (*FORMATS, SINGLE) if f in to or (f == "html" and SINGLE in to)]


def _by_quarto(aim, to, tell, also):
    """Quarto prints broken references and goes on, so the sources are checked first."""
    if SINGLE in to:
        raise UsageError(
            say(
                "--to single: the embedded engine makes it (--engine pandoc)",
                "--to single：由自带引擎生成（--engine pandoc）",
            )
        )
    program = quarto.program()
    faults = [f for f in check(aim.root, aim.profile, also) if f.kind != "unsupported"]
    if faults:
        raise DataError(faults)
    tell("quarto", 1)
    config = read_config(aim.root, aim.profile, aim.output)
    sources = made.sums(aim.root, aim.profile)
    with replacing_folder(config.output) as part:
        written = quarto.render(program, aim.root, aim.profile, to, part)
        if aim.beside and "html" in to:
            aim.beside.write(part, aim.load("html"))
        made.keep_others(config.output, part, to)
        aim.inspect(part)
    written = [config.output / path.relative_to(part) for path in written]
    made.remember(config.work, dict(zip(to, written, strict=False)), sources, aim.identity)
    return written


def _by_pandoc(aim, to, tell):
    tell("read", 0)
    begun = time.time()
    single, wanted = SINGLE in to, to
    to = [f for f in to if f != SINGLE]
    books = _books(aim, to)
    first = books[to[0]]
    stem, sources = first.stem, aim.sources(books.values())
    for book in books.values():
        book.downloads = _downloads(first, wanted, aim.identity)
    with replacing_folder(first.output) as part:
        files = _write_all(books, part, stem, first.work, tell)
        if single:
            files[SINGLE] = write_single(books["html"], part, part / f"{stem}-{SINGLE}.html")
        made.keep_others(first.output, part, wanted)
        _refuse_dead(part)
        aim.inspect(part)
    _prune(books.values(), begun)
    files = {kind: first.output / path.relative_to(part) for kind, path in files.items()}
    made.remember(first.work, files, sources, aim.identity)
    return list(files.values())


def _downloads(book, to, identity):
    """The downloads menu: what is made now, and what was made before, told apart when its sources have changed."""
    record, there = made.read(book.work), made.files_of(book.output)
    found = []
    for kind, label in LABELS.items():
        name = f"{book.stem}-{SINGLE}.html" if kind == SINGLE else f"{book.stem}.{kind}"
        if kind in to:
            found.append((label, quote(name)))
        elif kind in there:
            old = made.older(record, kind, book.root, identity)
            found.append((label + (book.words["older"] if old else ""), quote(there[kind].name)))
    return found


def _prune(books, begun):
    """Drop kept trees and images that this render did not use, so that the work folder does not grow."""
    used = {path for book in books for path in book.inputs}
    for book in books:
        for path in (book.work / "parsed").glob("*.json"):
            if path.stat().st_mtime < begun - 5:
                path.unlink(missing_ok=True)
        for path in (book.work / "images").glob("*"):
            if path not in used:
                path.unlink(missing_ok=True)


def _books(aim, to):
    """The resolved book for each format: one for all, unless some content is for some formats only."""
    first = aim.load(to[0])
    books, faults = {seen_by(to[0], first.by_format): first}, []
    for name in to[1:]:
        try:
            if seen_by(name, first.by_format) not in books:
                books[seen_by(name, first.by_format)] = aim.load(name)
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    return {name: books[seen_by(name, first.by_format)] for name in to}


def _write_all(books, part, stem, work, tell):
    """Write the formats side by side (the writers wait for programs most of their time)."""
    targets = {f: part / "index.html" if f == "html" else part / f"{stem}.{f}" for f in books}

    def one(name):
        writer = WRITERS[name]()
        writer(books[name], part if name == "html" else targets[name], work / name)
        return name

    faults, done = [], 1
    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(one, name) for name in sorted(books, reverse=True)]:
            try:
                tell(job.result(), done)
                done += 1
            except DataError as error:
                faults += error.faults
    if faults:
        raise DataError(list({str(f): f for f in faults}.values()))  # what no paper can show, both writers say
    return targets


def _refuse_dead(site, pages=None):
    """A website with a link that leads nowhere is not put in place."""
    faults = dead_links(site, pages)
    if faults:
        raise DataError(faults)


def _one_chapter(aim, chapter, tell):
    book = aim.load("html")
    slugs = [c.slug for c in book.chapters]
    if chapter not in slugs:
        raise UsageError(
            say(f"chapter {chapter!r}: {nearest(chapter, slugs)}", f"章节 {chapter}：{nearest(chapter, slugs).zh}")
        )
    if not (book.output / "index.html").is_file():
        raise DataError(
            Fault(
                book.output.name,
                say("a rendered website", "已生成的网站"),
                say("none", "没有"),
                say("render the whole book once", "请先把整本书生成一次"),
                kind="missing",
            )
        )
    book.downloads = _downloads(book, ["html"], aim.identity)
    with replacing_folder(book.output) as part:
        shutil.copytree(book.output, part, dirs_exist_ok=True, copy_function=_linked)
        page = _web()(book, part, only=chapter)
        _refuse_dead(part, [page])
        aim.inspect(page)
    tell(chapter, 1)
    return [book.output / page.relative_to(part)]


def _linked(source, target):
    """Large files that no page's writer touches need not be copied; all others are, as they may be written over."""
    if Path(source).suffix not in (".docx", ".pdf", ".xlsx", ".csv"):
        return shutil.copy2(source, target)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
