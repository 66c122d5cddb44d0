"""The whole book as one HTML file, for a mail or a stick: styles, scripts and pictures inside."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from research.book.web.page import ASSETS

if TYPE_CHECKING:
    from research.book.tree.model import Book

MIME = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


def write_single(book: Book, site: Path, out: Path) -> Path:
    """Join the pages of a finished website into one file.

    Parameters
    ----------
    book : Book
        The book that the website was made from.
    site : Path
        Folder of the website.
    out : Path
        The file to write.

    Returns
    -------
    Path
        `out`.
    """
    site, pages = Path(site), {c.slug: c for c in book.chapters}
    texts = {slug: (site / f"{slug}.html").read_text(encoding="utf-8") for slug in pages}
    first = texts[book.chapters[0].slug]
    articles = "\n".join(_article(text) for text in texts.values())
    whole = first.replace(re.findall(r"<article>.*?</article>", first, re.S)[0], articles)
    whole = re.sub(r'<div class="after">.*?</div>(?=\s*<footer)', "", whole, flags=re.S)
    whole = re.sub(r'<aside class="contents".*?</aside>', '<aside class="contents"></aside>', whole, flags=re.S)
    whole = re.sub(r'<p class="origin">.*?</p>', "", whole)
    whole = whole.replace(' aria-current="page"', "").replace("<details>", "<details open>")
    whole = re.sub(r'<a class="icon beside".*?</a>', "", whole)
    whole = re.sub(r'<(details class="menu"|p class="book-files").*?</(details|p)>', "", whole, flags=re.S)
    whole = _inline(_links(whole, pages), site)
    out = Path(out)
    out.write_text(whole, encoding="utf-8")
    return out


def _article(page):
    """A page's article, its sample banner inside it; only the first page keeps its level-1 heading's rank."""
    banner = re.search(r'<p class="banner".*?</p>', page, re.S)
    article = re.findall(r"<article>.*?</article>", page, re.S)[0]
    return article.replace("<article>", f"<article>{banner[0] if banner else ''}", 1)


def _links(text, pages):
    """Links between pages become links inside the file."""

    def inside(match):
        slug, fragment = unquote(match[1]), match[2]
        if slug not in pages:
            return match[0]
        return f'href="#{fragment}"' if fragment else f'href="#{pages[slug].id}"'

    return re.sub(r'href="([^":#?]+)\.html(?:#([^"]*))?"', inside, text)


def _inline(text, site):
    """Styles, scripts and pictures in place of their addresses."""

    def picture(match):
        path = site / unquote(match[2])
        if path.suffix not in MIME or not path.is_file():
            return match[0]
        return f'{match[1]}="data:{MIME[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"'

    text = re.sub(r'<a href="figures/[^"]+" class="zoom"[^>]*>(.*?)</a>', r"\1", text, flags=re.S)
    text = re.sub(r'(src|href)="((?:figures|assets)/[^"]+\.(?:svg|png|jpe?g|gif|webp))"', picture, text)
    text = text.replace(
        '<link rel="stylesheet" href="assets/book.css">',
        f"<style>\n{(ASSETS / 'book.css').read_text(encoding='utf-8')}</style>",
    )
    theme = (ASSETS / "theme.js").read_text(encoding="utf-8")
    return re.sub(
        r'<script src="assets/(theme|book)\.js"( defer)?></script>\n?',
        lambda m: f"<script>\n{theme}</script>\n" if m[1] == "theme" else "",
        text,
    )
