"""A website made again: the pages whose content is as it was keep their text, the others are written anew.

Beside the book's kept trees lies `pages.json`: a checksum of what each page's text was made from, and one of the page.
Only the text is kept: what stands around it (contents, downloads, marks) is filled in for every page each time.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from research.book.tree import ast
from research.book.tree.ast import get, node_attr
from research.book.tree.pandoc import version
from research.book.web.links import LINK
from research.core.files import write_whole
from research.core.texts import read_made

if TYPE_CHECKING:
    from research.book.tree.model import Book

RECORD = "pages.json"
FORMATS = ("*.docx", "*.pdf", "*-single.html")
SOURCES = (".qmd", ".md", ".ipynb", ".yml", ".yaml")
"""Read into the chapters' trees, which are looked at themselves."""
_ARTICLE = re.compile(r"<article>\n(.*)\n</article>", re.S)
_TARGET = re.compile(r'"#([^"]+)"')


@dataclass(frozen=True)
class Content:
    """What a website is made from, as checksums.

    Parameters
    ----------
    frame : str
        Of what all pages share: this engine, the language, the settings, pictures and reference files.
    pages : dict of str to str
        Of each chapter's tree and of where its links lead, by slug.
    data : dict of str to str
        Of the frames that a chapter's figures carry, by slug.
    """

    frame: str
    pages: dict[str, str]
    data: dict[str, str]

    @classmethod
    def of(cls, book: Book) -> Content:
        """The content of a numbered book."""
        homes = {i: c.slug for c in book.chapters for i in ast.ids(c.blocks)}
        cited = list(
            dict.fromkeys(
                one["citationId"] for c in book.chapters for cite in ast.find(c.blocks, "Cite") for one in cite["c"][0]
            )
        )
        pages, data = {}, {}
        for chapter in book.chapters:
            text = json.dumps([chapter.blocks, chapter.label, chapter.number, chapter.status], sort_keys=True)
            ends = {i: homes.get(i) for i in _TARGET.findall(text)}
            marks = [text, sorted(ends.items()), homes.get("refs")]
            marks += [cited] if '"Cite"' in text or homes.get("refs") == chapter.slug else []
            pages[chapter.slug] = _sum(marks)
            data[chapter.slug] = _sum(
                [
                    [node_attr(n)[0], get(n, "label"), ast.text(n), book.data.get(get(n, "frames"))]
                    for n in ast.find(chapter.blocks, "Div")
                    if get(n, "frames") in book.data
                ]
            )
        return cls(_frame(book), pages, data)


def _frame(book):
    files = {
        str(p): _bytes(p)
        for p in sorted(map(Path, {*book.inputs, *book.bibliography, *filter(None, [book.csl])}))
        if p.is_file() and p.suffix not in SOURCES and book.work not in p.parents
    }
    return _sum(
        [
            _engine(),
            book.lang,
            book.stem,
            json.dumps(book.words, sort_keys=True),
            book.beside.mark if book.beside else "",
            files,
            json.dumps(book.metadata, sort_keys=True, default=str),
        ]
    )


@lru_cache
def _engine():
    """This engine with what it stands on, as one checksum: another version may write the same content otherwise."""
    here = Path(__file__).parents[1]
    files = [p for folder in (here, here.parent / "core") for p in sorted(folder.rglob("*")) if p.is_file()]
    return _sum([version(), *([p.name, _bytes(p)] for p in files if p.suffix != ".pyc")])


def _sum(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _bytes(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kept_texts(content: Content, work: Path, site: Path) -> dict[str, str]:
    """The texts of pages that need not be made again, by slug; empty when the whole website must be.

    Parameters
    ----------
    content : Content
        What the website is to be made from now.
    work : Path
        Folder of the record.
    site : Path
        The finished website; a page that is not as it was written is made again.

    Returns
    -------
    dict of str to str
    """
    record = read_made(work / RECORD)
    if record.get("frame") != content.frame or record.get("data") != content.data:
        return {}
    if not (site / "assets" / "preview-data.js").is_file():
        return {}
    texts: dict[str, str] = {}
    for slug, mark in content.pages.items():
        page = site / f"{slug}.html"
        if record["pages"].get(slug) == mark and page.is_file() and _bytes(page) == record["files"].get(slug):
            found = _ARTICLE.search(page.read_text("utf-8"))
            texts |= {slug: found[1]} if found else {}
    return texts


def remember(content: Content, work: Path, site: Path) -> None:
    """Note what the pages were just made from."""
    work.mkdir(parents=True, exist_ok=True)
    files = {slug: _bytes(site / f"{slug}.html") for slug in content.pages}
    write_whole(work / RECORD, json.dumps({**asdict(content), "files": files}, sort_keys=True))


def begin_with(former: Path, out: Path) -> None:
    """Lay the former website's files into the folder of the new one; other formats come and go by themselves."""
    shutil.copytree(former, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*FORMATS))


def drop_unlinked(site: Path) -> None:
    """Remove pictures, files and data that no page leads to any more."""
    links = (link for page in site.rglob("*.html") for link in LINK.findall(page.read_text("utf-8")))
    linked = {unquote(re.split("[#?]", link)[0]) for link in links}
    for folder in ("figures", "files", "data", "code"):
        for path in (site / folder).glob("*"):
            if path.relative_to(site).as_posix() not in linked:
                path.unlink()
