"""The book as a website: plain pages that work from a folder, a USB stick or a server alike."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from research.book import ast, pandoc
from research.book.ast import node_attr
from research.book.html_page import ASSETS, code_page, page
from research.book.html_site import Keeper, copy_assets, previews, script, search_records, write_code_pages
from research.book.html_tree import Shaper, raw

FILTER = Path(__file__).parent / "assets" / "filters" / "etal.lua"


def write(book, out, work=None):
    """Write the website.

    Parameters
    ----------
    book : Book
        A resolved book (`load_book(..., to="html")`).
    out : Path
        Folder for the site; what stands there already is kept, pages of the same name are replaced.
    work : Path, optional
        Not used: the website needs no folder between two renders.

    Returns
    -------
    Path
        The home page.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    keeper = Keeper(book, out)
    for chapter, body in zip(book.chapters, bodies(book, keeper), strict=True):
        (out / f"{chapter.slug}.html").write_text(page(book, chapter, body), encoding="utf-8")
    copy_assets(ASSETS, out / "assets")
    (out / "assets" / "search-data.js").write_text(script("BB_SEARCH", search_records(book)), encoding="utf-8")
    (out / "assets" / "preview-data.js").write_text(script("BB_PREVIEW", previews(book, keeper.kept)),
                                                    encoding="utf-8")
    write_code_pages(keeper, code_page(book))
    return out / f"{book.chapters[0].slug}.html"


def bodies(book, keeper):
    """The HTML of each chapter, made in one run of pandoc so that citations are numbered through."""
    pages = {i: c.slug for c in book.chapters for i in _ids(c.blocks)}
    blocks = []
    for chapter in book.chapters:
        blocks.append(raw(f"<!--bb:{chapter.slug}-->"))
        blocks += Shaper(book, chapter, pages, keeper).blocks()
    tree = pandoc.document(blocks, pandoc.meta_value({"lang": book.lang, "link-citations": True})["c"])
    html = pandoc.run(["-f", "json", "-t", "html5", "--mathml", "--wrap=none", "--email-obfuscation=none",
                       *citation_arguments(book)], tree).decode()
    parts = re.split(r"<!--bb:[^>]*?-->\n?", html)[1:]
    return [_finish(part, chapter, book) for part, chapter in zip(parts, book.chapters, strict=True)]


def citation_arguments(book):
    """pandoc's arguments that resolve citations; none when the book has no reference files."""
    if not book.bibliography:
        return []
    files = [f"--bibliography={path}" for path in book.bibliography]
    style = [f"--csl={book.csl}"] if book.csl else []
    return [*files, *style, "--citeproc", f"--lua-filter={FILTER}"]


def _ids(blocks):
    found = []
    ast.visit(blocks, lambda n: found.append(node_attr(n)[0]) if node_attr(n)[0] else None)
    return found


def _finish(html, chapter, book):
    """Point citations at the page that holds the references; give them the reference's text on hover."""
    home = next((c.slug for c in book.chapters if "refs" in _ids(c.blocks)), None)
    if home and home != chapter.slug:
        html = html.replace('href="#ref-', f'href="{home}.html#ref-')
    return html


def plain_text(html):
    """The text of a piece of HTML, tags dropped.

    Examples
    --------
    >>> plain_text("<p>a &amp; <b>b</b></p>")
    'a & b'
    """
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()
