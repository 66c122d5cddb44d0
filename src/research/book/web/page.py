"""A page around a chapter: sidebar, contents, breadcrumbs, neighbours, downloads, marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from research.book.tree.model import keywords
from research.book.web.frame import in_frame
from research.core import plain
from research.core.status import SAMPLE_MARK

if TYPE_CHECKING:
    from jinja2.environment import Template

    from research.book.tree.model import Book, Chapter

ASSETS = Path(__file__).parents[1] / "assets" / "html"


@lru_cache
def template(name: str = "page.html", lang: str = "zh") -> Template:
    """The page's template, its words in the book's language."""
    return plain.template(in_frame((ASSETS / name).read_text(encoding="utf-8"), lang))


def href(chapter: Chapter) -> str:
    """Address of a chapter's page."""
    return f"{quote(chapter.slug)}.html"


LONG, AROUND = 120, 10
"""A part of more chapters than this shows only the ones around the current: pages would grow with their number."""


def sidebar(book: Book, current: Chapter) -> list[dict[str, Any]]:
    """The whole book's contents by part, the current chapter's part open; of a long part the chapters around it."""
    groups = by_part(book)
    for group in groups:
        chapters = group["chapters"]
        group["open"] = any(c is current for c in chapters)
        if len(chapters) > LONG:
            at = next((n for n, c in enumerate(chapters) if c is current), -1)
            group["all"] = len(chapters)
            group["chapters"] = chapters[max(at - AROUND, 0) : at + AROUND + 1] if at >= 0 else []
    return groups


def by_part(book: Book) -> list[dict[str, Any]]:
    """The chapters by part, in order; chapters of no part stand by themselves."""
    groups: list[dict] = []
    for chapter in book.chapters:
        appendix = chapter.kind == "appendix"
        title = book.words["appendices"] if appendix else chapter.part
        if not groups or (groups[-1]["title"], groups[-1]["appendix"]) != (title, appendix):
            groups.append({"title": title, "appendix": appendix, "all": 0, "chapters": []})
        groups[-1]["chapters"].append(chapter)
    return groups


def page_contents(chapter: Chapter, depth: int) -> list[dict[str, Any]]:
    """The contents of one page as nested items; a level that was left out is closed up."""
    first: list[dict] = []
    open_lists = [first]
    for entry in (e for e in chapter.toc if e.level <= depth):
        del open_lists[max(entry.level - 1, 1) :]
        item: dict[str, Any] = {"entry": entry, "children": []}
        open_lists[-1].append(item)
        open_lists.append(item["children"])
    return first


def breadcrumbs(book: Book, chapter: Chapter) -> list[dict[str, str]]:
    """Book, part, chapter."""
    first = book.chapters[0]
    crumbs = [{"title": book.title or first.title, "href": href(first)}]
    part = chapter.part if chapter.kind != "appendix" else book.words["appendices"]
    if part and chapter.kind != "part":
        opener = next((c for c in book.chapters if c.kind == "part" and c.part == part), None)
        crumbs.append({"title": part, "href": href(opener) if opener else ""})
    return [*crumbs, {"title": chapter.label or chapter.title, "href": ""}]


def neighbours(book: Book, chapter: Chapter) -> list[tuple[str, Chapter | None]]:
    """The chapters before and after, None at the ends."""
    place = book.chapters.index(chapter)
    around = [None, *book.chapters, None]
    return [("prev", around[place]), ("next", around[place + 2])]


def citation(book: Book, chapter: Chapter, sample: bool = False) -> str:
    """How to cite this page, after GB/T 7714; a page of sample data says so there too."""
    title = book.title if chapter is book.chapters[0] else f"{chapter.title}[M/OL]//{book.title}"
    title += "[M/OL]" if chapter is book.chapters[0] else ""
    parts = [p for p in (", ".join(_authors(book)), title, year_of(book)) if p]
    return ". ".join(parts) + "." + (f"（{SAMPLE_MARK}）" if sample else "")


def bibtex(book: Book, chapter: Chapter, sample: bool = False) -> str:
    """The same for a reference manager."""
    whole = chapter is book.chapters[0]
    fields = {
        "author": " and ".join(f"{{{a}}}" for a in map(_braceless, _authors(book))),
        "title": _braceless(book.title if whole else chapter.title),
        "booktitle": "" if whole else _braceless(book.title),
        "year": year_of(book),
        "langid": book.lang,
        "note": SAMPLE_MARK if sample else "",
    }
    key = re.sub(r"[^A-Za-z0-9]+", "-", f"{book.stem}-{year_of(book)}" + ("" if whole else f"-{chapter.slug}"))
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{'book' if whole else 'incollection'}{{{key.strip('-')},\n" + ",\n".join(lines) + "\n}"


def _authors(book):
    return [a.strip() for a in re.split(r"[、;；]", re.sub(r"\s+编$", "", book.author)) if a.strip()]


def _braceless(text):
    return re.sub(r"[{}\\]", "", text)


def year_of(book: Book) -> str:
    """Year of the book's date, else the one that its subtitle names; empty when there is none."""
    found = re.match(r"\d{4}", book.date) or re.search(r"\d{4}(?=\s*年)", book.subtitle)
    return found[0] if found else ""


def footer(book: Book) -> list[str]:
    """The footer's texts: `page-footer:` of the book, else title and author."""
    given = book.metadata.get("book", {}).get("page-footer")
    if isinstance(given, dict):
        texts = [str(given[k]) for k in ("left", "center", "right") if isinstance(given.get(k), str)]
    else:
        texts = [str(given)] if given else [book.title, book.author]
    return [t for t in texts if t]


def filled(name: str, book: Book) -> Callable[..., Any]:
    """A template with what every page of the book says, ready for the rest."""
    lang = "zh-CN" if book.lang.startswith("zh") else book.lang
    return partial(template(name, book.lang).render, lang=lang, book=book, words=book.words, href=href)


def page(book: Book, chapter: Chapter, body: str) -> str:
    """The whole page of a chapter."""
    sample = chapter.sample
    first = chapter is book.chapters[0]
    depth = (book.metadata.get("format") or {}).get("html") or {}
    depth = depth.get("toc-depth", 3) if isinstance(depth, dict) else 3
    return filled("page.html", book)(
        home=href(book.chapters[0]),
        chapter=chapter,
        body=body,
        sample=sample,
        title=book.title if first else f"{chapter.title} – {book.title}",
        description=book.subtitle or book.title,
        keywords=", ".join(keywords(chapter.meta)),
        sidebar=sidebar(book, chapter),
        all_chapters=contents_name(book),
        crumbs=[] if first else breadcrumbs(book, chapter),
        contents=page_contents(chapter, depth),
        neighbours=neighbours(book, chapter),
        footer=footer(book),
        banner=SAMPLE_MARK if sample and not chapter.says_sample else "",
        cite=citation(book, chapter, sample),
        bibtex=bibtex(book, chapter, sample),
    )


def missing_page(book: Book) -> str:
    """What a server shows for an address that does not exist: the way to every chapter."""
    return _list_of_chapters(book, by_part(book), missing=True)


def contents_name(book: Book) -> str:
    """File of the page with every chapter: a name that no chapter has."""
    slugs = {chapter.slug for chapter in book.chapters}
    return next(f"{name}.html" for name in ("chapters", "all-chapters", "chapters-of-the-book") if name not in slugs)


def contents_page(book: Book) -> str | None:
    """Every chapter of the book by part; None where no part is so long that pages leave some of it out."""
    groups = by_part(book)
    if all(len(group["chapters"]) <= LONG for group in groups):
        return None
    return _list_of_chapters(book, groups, missing=False)


def _list_of_chapters(book, groups, missing):
    return filled("chapters.html", book)(home=href(book.chapters[0]), groups=groups, missing=missing)


def code_page(book: Book) -> Callable[..., Any]:
    """A maker of the plain pages that show a notebook's code."""

    def make(stem, body):
        return filled("code.html", book)(home="../" + href(book.chapters[0]), name=stem, body=body)

    return make
