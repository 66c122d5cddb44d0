"""The PDF of a book: pandoc writes each chapter as typst, our template lays it out, typst compiles it."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typst

from research.book.paper import chapters as paper_chapters
from research.book.paper import facts as paper
from research.book.pdf import blocks as pdf_blocks
from research.book.pdf import fit
from research.book.pdf import text as pdf_text
from research.book.tree import pandoc
from research.core import fonts
from research.core.files import write_whole
from research.errors import BluebookError, DataError, Fault, say

if TYPE_CHECKING:
    from research.book.tree.model import Book

ASSETS = Path(__file__).parents[1] / "assets" / "typst"
STANDARDS: tuple[Literal["a-2a"], Literal["ua-1"]] = ("a-2a", "ua-1")
"""Archival, with real text and structure; readable by a screen reader."""
NOTHING = fit.Fit()
ROUNDS = 3
"""How often a book is set again where it can be set better: each look changes what stands after it."""
CUT = "// chapter-begins-here "


def write(book: Book, out: Path, work: Path) -> Path:
    """Write a book as PDF.

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
        For images, links and characters that cannot be set, each with its chapter.
    MissingError
        When there is no Chinese font.

    Notes
    -----
    The same book gives the same bytes: the only date in the file is `SOURCE_DATE_EPOCH`, or the book's.
    """
    folder = Path(work) / "typst"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "img").mkdir(parents=True)
    facts, chapters = paper.facts(book), paper_chapters.numbered(book)
    pictures = Pictures(book, folder)
    blocks = _merge(chapters, pictures)
    pieces = _pieces(book, blocks)
    _write_chapters(pieces, chapters, folder)
    _write_settings(facts, folder)
    compiler = _compiler(folder)
    data = _compile(compiler, chapters, facts, pictures)
    fitted = NOTHING
    for _ in range(ROUNDS):
        before, fitted = fitted, fit.looked(compiler, fitted)
        if fitted == before:
            break
        _write_chapters(pieces, chapters, folder, fitted)
        data = _compile(compiler, chapters, facts, pictures)
    return write_whole(out, data)


class Pictures:
    """Copies images beside the typst sources, under names that tell the chapter.

    Parameters
    ----------
    book : Book
    folder : Path
        Where the typst sources stand.
    """

    def __init__(self, book: Any, folder: Path) -> None:
        self.root, self.folder = Path(book.root), folder
        self.names: dict[Any, Any] = {}
        self.users: dict[Any, Any] = {}
        self.faults: list[Any] = []

    def __call__(self, target, chapter):
        """The name under which typst finds an image."""
        path = Path(target) if Path(target).is_absolute() else self.root / target
        if path in self.names:
            return self.names[path]
        if not path.is_file():
            place = str(chapter.path or chapter.slug)
            self.faults.append(
                Fault(place, say("an image file", "图片文件"), say(f"no {target}", f"没有 {target}"), kind="image")
            )
            return "missing.svg"
        name = f"img/{len(self.names) + 1:04d}{path.suffix.lower()}"
        shutil.copyfile(path, self.folder / name)
        self.names[path] = name
        self.users[name] = str(chapter.path or chapter.slug)
        return name

    def source(self, name: str) -> Any:
        """The path that an image had before it was copied, for messages."""
        return next((p for p, n in self.names.items() if n == name), None)


def _merge(chapters, pictures):
    """All chapters' rewritten blocks, each behind a cutting mark."""
    links, blocks, part, before = paper_chapters.Links(chapters), [], False, None
    for place, chapter in enumerate(chapters):
        part = True if chapter.kind == "part" else part and bool(chapter.part)
        top = 2 if part and chapter.kind != "part" else 1
        blocks.append(pdf_text.raw(f"{CUT}{place}"))
        on = before is not None and pdf_blocks.runs_on(before, chapter)
        blocks += pdf_blocks.Chapter(chapter, links, pictures, top, on).run()
        before = chapter
    faults = links.faults + pictures.faults
    if faults:
        raise DataError(faults)
    return blocks


def _pieces(book, blocks):
    """The chapters' typst: one pandoc run for the whole book, so that citations count through it."""
    args = ["-f", "json", "-t", "typst-smart", "--wrap=none", *paper.citation_args(book)]
    text = pandoc.run(args, pandoc.document(blocks), cwd=book.root).decode()
    return re.split(rf"^{re.escape(CUT)}\d+$", text, flags=re.MULTILINE)[1:]


def _write_chapters(pieces, chapters, folder, fitted=NOTHING):
    """One file a chapter, and the one that includes them all."""
    names = [f"chapter-{place:03d}.typ" for place in range(len(pieces))]
    run = 0  # the first of the chapters that share their pages
    for place, piece in enumerate(pieces):
        run = run if place and pdf_blocks.runs_on(chapters[place - 1], chapters[place]) else place
        looser = f"#show: bb-looser.with({fitted.looser[names[run]]})\n" if names[run] in fitted.looser else ""
        ends = place + 1 == len(pieces) or not pdf_blocks.runs_on(chapters[place], chapters[place + 1])
        end = f'#bb-at("end", id: {pdf_text.quote(names[run])})\n' if ends else ""
        text = f'#import "bluebook.typ": *\n{looser}{piece}\n{end}'
        (folder / names[place]).write_text(text, encoding="utf-8")
    here, broken = ("".join(f"{pdf_text.quote(i)}, " for i in sorted(ids)) for ids in (fitted.here, fitted.broken))
    (folder / "fitted.typ").write_text(f"#let fitted = (here: ({here}), broken: ({broken}))\n", encoding="utf-8")
    front = 1 if chapters and paper_chapters.is_front(chapters[0]) else 0
    opening = f'opening: include "{names[0]}"' if front else ""
    includes = "\n".join(f'#include "{name}"' for name in names[front:])
    main = f'#import "bluebook.typ": *\n#show: bluebook.with({opening})\n{includes}\n#bb-places\n'
    (folder / "main.typ").write_text(main, encoding="utf-8")
    for template in ASSETS.glob("*.typ"):
        shutil.copyfile(template, folder / template.name)


def _write_settings(facts, folder):
    """What the template needs to know, as typst definitions."""
    q = pdf_text.quote
    families = fonts.typst_families()
    named = ", ".join(f"{kind}: {q(font.family)}" for kind, font in families.items())
    day = datetime.fromtimestamp(facts.stamp, UTC)
    array = lambda items: "(" + "".join(f"{q(i)}, " for i in items) + ")"  # noqa: E731
    lines = [
        f"#let fonts = ({named})",
        "#let book = (",
        f"  title: {q(facts.title)}, subtitle: {q(facts.subtitle)}, edition: {q(facts.edition)},",
        f"  publisher: {q(facts.publisher)}, authors: {q('、'.join(facts.authors))}, date: {q(facts.date)},",
        f"  author-list: {array(facts.authors)}, keywords: {array(facts.keywords)},",
        f"  sample: {json.dumps(facts.sample)}, mark: {q(facts.mark)}, lang: {q(facts.lang[:2])},",
        *(f"  {key}: {q(facts.words[key])}," for key in ("toc", "lof", "lot", "continued")),
        f"  year: {day.year}, month: {day.month}, day: {day.day},",
        ")",
    ]
    (folder / "settings.typ").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _compiler(folder):
    known = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(p) for p in fonts.typst_font_paths()],
    )
    return typst.Compiler(str(folder / "main.typ"), root=str(folder), font_paths=known)


def _compile(compiler, chapters, facts, pictures):
    """The PDF's bytes; typst's warnings on fonts are errors, because they end in tofu."""
    try:
        data, warnings = compiler.compile_with_warnings(
            format="pdf", pdf_standards=list(STANDARDS), timestamp=facts.stamp
        )
    except typst.TypstError as error:
        raise DataError(_explain(error, chapters, pictures)) from error
    bad = [w for w in warnings if "font" in w.message]
    if bad:
        raise BluebookError("PDF: " + "; ".join(sorted({w.message for w in bad})))
    return data


def _explain(error, chapters, pictures):
    """A fault for each of typst's errors, with the chapter it stands in."""
    text = f"{error.diagnostic or ''} {error.message}"
    places = re.findall(r"chapter-(\d{3})\.typ", text)
    chapter = chapters[int(places[0])] if places else None
    place = str((chapter.path or chapter.slug) if chapter else "PDF")
    image = re.search(r"img/\d{4}\.\w+", text)
    found = error.message
    if image:
        place = pictures.users.get(image.group(), place)
        found = found.replace(image.group(), getattr(pictures.source(image.group()), "name", image.group()))
    kind = "image" if image else "glyph" if "could not be displayed" in text or "notdef" in text else "pdf"
    hints = "; ".join(error.hints or [])
    return [Fault(place, say("text and images that can be set", "能够排版的文字与图片"), found, hints, kind=kind)]
