"""A page around a chapter: sidebar, contents, breadcrumbs, neighbours, downloads, marks."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from research.book.web.frame import in_frame
from research.core.status import SAMPLE_MARK

ASSETS = Path(__file__).parents[1] / "assets" / "html"


@lru_cache
def template(name="page.html", lang="zh"):
    """The page's template (`$name` marks), its words in the book's language."""
    return Template(in_frame((ASSETS / name).read_text(encoding="utf-8"), lang))


def href(chapter):
    """Address of a chapter's page."""
    return f"{quote(chapter.slug)}.html"


def sidebar(book, current):
    """The whole book's contents, the current chapter marked, its part open."""
    lines, part, appendix = [], None, False
    for chapter in book.chapters:
        if chapter.kind == "appendix" and not appendix:
            lines += _close(part) + [f'<li class="part"><details{_open(current, "appendix", True)}>'
                                     f'<summary>{escape(book.words["appendices"])}</summary><ul>']
            part, appendix = "appendix", True
        elif chapter.kind != "appendix" and chapter.part != part:
            lines += _close(part)
            if chapter.part:
                lines.append(f'<li class="part"><details{_open(current, chapter.part, False)}>'
                             f"<summary>{escape(chapter.part)}</summary><ul>")
            part = chapter.part
        lines.append(_entry(chapter, current))
    return "\n".join(lines + _close(part))


def _open(current, part, appendix):
    here = current.kind == "appendix" if appendix else current.part == part
    return " open" if here else ""


def _close(part):
    return ["</ul></details></li>"] if part else []


def _entry(chapter, current):
    mark = ' aria-current="page"' if chapter is current else ""
    number = f'<span class="n">{chapter.number}</span>' if chapter.number else ""
    return f'<li><a href="{href(chapter)}"{mark}>{number}<span>{escape(chapter.title)}</span></a></li>'


def page_contents(chapter, depth):
    """The contents of one page as nested lists."""
    lines, level = [], 1
    for entry in (e for e in chapter.toc if e.level <= depth):
        step = min(entry.level, level + 1)
        lines += ["<ul>"] * (step - level) + ["</li></ul>"] * (level - step)
        if step <= level and lines:
            lines.append("</li>")
        level = step
        number = f'<span class="n">{entry.number}</span> ' if entry.number else ""
        lines.append(f'<li><a href="#{quote(entry.id)}">{number}{escape(entry.title)}</a>')
    return "".join(lines) + "</li></ul>" * (level - 1)


def breadcrumbs(book, chapter):
    """Book, part, chapter."""
    first = book.chapters[0]
    crumbs = [f'<li><a href="{href(first)}">{escape(book.title or first.title)}</a></li>']
    part = chapter.part if chapter.kind != "appendix" else book.words["appendices"]
    if part and chapter.kind != "part":
        opener = next((c for c in book.chapters if c.kind == "part" and c.part == part), None)
        shown = f'<a href="{href(opener)}">{escape(part)}</a>' if opener else f"<span>{escape(part)}</span>"
        crumbs.append(f"<li>{shown}</li>")
    crumbs.append(f'<li aria-current="page">{escape(chapter.label or chapter.title)}</li>')
    return f'<nav class="crumbs" aria-label="{in_frame("位置", book.lang)}"><ol>' + "".join(crumbs) + "</ol></nav>"


def neighbours(book, chapter):
    """Links to the chapters before and after."""
    place = book.chapters.index(chapter)
    parts = []
    for step, name in ((-1, "prev"), (1, "next")):
        if 0 <= place + step < len(book.chapters):
            other = book.chapters[place + step]
            number = f"{other.number} " if other.number else ""
            parts.append(f'<a class="{name}" rel="{name}" href="{href(other)}"><small>{book.words[name]}</small>'
                         f"<span>{number}{escape(other.title)}</span></a>")
        else:
            parts.append("<span></span>")
    return "".join(parts)


def downloads(book):
    """The menu of files; empty when the book has none."""
    if not book.downloads:
        return ""
    items = "".join(f'<li><a href="{name}" download>{escape(label)}</a></li>' for label, name in book.downloads)
    return (f'<details class="menu"><summary><svg aria-hidden="true"><use href="#i-down"/></svg>'
            f'<span>{book.words["downloads"]}</span></summary><ul>{items}</ul></details>')


def hero(book, chapter):
    """The title block, on the first page."""
    if chapter is not book.chapters[0]:
        return ""
    parts = [f'<p class="book-title">{escape(book.title)}</p>']
    if book.subtitle:
        parts.append(f'<p class="book-subtitle">{escape(book.subtitle)}</p>')
    facts = [f for f in (book.author, book.date) if f]
    if facts:
        parts.append('<p class="book-facts">' + "".join(f"<span>{escape(f)}</span>" for f in facts) + "</p>")
    if book.downloads:
        parts.append('<p class="book-files">' + "".join(
            f'<a href="{name}" download>{escape(label)}</a>' for label, name in book.downloads) + "</p>")
    return '<header class="hero">' + "".join(parts) + "</header>"


def citation(book, chapter, sample=False):
    """How to cite this page, after GB/T 7714; a page of sample data says so there too."""
    title = book.title if chapter is book.chapters[0] else f"{chapter.title}[M/OL]//{book.title}"
    title += "[M/OL]" if chapter is book.chapters[0] else ""
    parts = [p for p in (", ".join(_authors(book)), title, year_of(book)) if p]
    return ". ".join(parts) + "." + (f"（{SAMPLE_MARK}）" if sample else "")


def bibtex(book, chapter, sample=False):
    """The same for a reference manager."""
    whole = chapter is book.chapters[0]
    fields = {"author": " and ".join(f"{{{a}}}" for a in map(_braceless, _authors(book))),
              "title": _braceless(book.title if whole else chapter.title),
              "booktitle": "" if whole else _braceless(book.title), "year": year_of(book), "langid": book.lang,
              "note": SAMPLE_MARK if sample else ""}
    key = re.sub(r"[^A-Za-z0-9]+", "-", f"{book.stem}-{year_of(book)}" + ("" if whole else f"-{chapter.slug}"))
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{'book' if whole else 'incollection'}{{{key.strip('-')},\n" + ",\n".join(lines) + "\n}"


def _authors(book):
    return [a.strip() for a in re.split(r"[、;；]", re.sub(r"\s+编$", "", book.author)) if a.strip()]


def _braceless(text):
    return re.sub(r"[{}\\]", "", text)


def year_of(book):
    """Year of the book's date, else the one that its subtitle names; empty when there is none."""
    found = re.match(r"\d{4}", book.date) or re.search(r"\d{4}(?=\s*年)", book.subtitle)
    return found[0] if found else ""


def footer(book):
    """The footer's text: `page-footer:` of the book, else title and author."""
    given = book.metadata.get("book", {}).get("page-footer")
    if isinstance(given, dict):
        texts = [str(given[k]) for k in ("left", "center", "right") if isinstance(given.get(k), str)]
    else:
        texts = [str(given)] if given else [book.title, book.author]
    return "".join(f"<span>{escape(t)}</span>" for t in texts if t)


def html_lang(book):
    """The language as a page states it."""
    return "zh-CN" if book.lang.startswith("zh") else escape(book.lang)


def page(book, chapter, body):
    """The whole page of a chapter."""
    sample = chapter.sample
    banner = sample and not chapter.says_sample
    first = chapter is book.chapters[0]
    title = book.title if first else f"{chapter.title} – {book.title}"
    depth = (book.metadata.get("format") or {}).get("html") or {}
    depth = depth.get("toc-depth", 3) if isinstance(depth, dict) else 3
    contents = page_contents(chapter, depth)
    words = book.words
    return template(lang=book.lang).substitute(
        lang=html_lang(book), title=escape(title),
        book=escape(book.title), home=href(book.chapters[0]), sidebar=sidebar(book, chapter), body=body,
        hero=hero(book, chapter), crumbs="" if first else breadcrumbs(book, chapter),
        contents=contents, page_toc=words["page-toc"], toc=words["toc"], search=words["search"],
        neighbours=neighbours(book, chapter), downloads=downloads(book), footer=footer(book),
        banner=f'<p class="banner" role="note"><strong>{SAMPLE_MARK}</strong></p>' if banner else "",
        cite=escape(citation(book, chapter, sample)),
        bibtex=escape(bibtex(book, chapter, sample)), status=' data-status="sample"' if sample else "",
        narrow="" if contents else " no-contents", description=escape(book.subtitle or book.title))


def missing_page(book):
    """What a server shows for an address that does not exist: the way to every chapter."""
    chapters = "".join(f'<li><a href="{href(c)}">{escape(c.label if c.number else "")} {escape(c.title)}</a></li>\n'
                       for c in book.chapters)
    return template("404.html", book.lang).substitute(
        lang=html_lang(book), book=escape(book.title), home=href(book.chapters[0]), chapters=chapters)


def code_page(book):
    """A maker of the plain pages that show a notebook's code."""
    def make(stem, body):
        return template("code.html", book.lang).substitute(
            lang=html_lang(book), title=escape(f"{stem}.ipynb – {book.title}"), book=escape(book.title),
            home="../" + href(book.chapters[0]), name=escape(stem), body=body)

    return make
