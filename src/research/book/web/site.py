"""The book as a website: plain pages that work from a folder, a USB stick or a server alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.book.tree import ast, pandoc
from research.book.web import again
from research.book.web.data import Data, names
from research.book.web.files import Keeper, copy_assets, previews, script, search_records, unscript, write_code_pages
from research.book.web.numbers import numbered
from research.book.web.page import ASSETS, code_page, contents_name, contents_page, missing_page, page
from research.book.web.shape import Shaper, raw
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from research.book.tree.model import Book, Chapter

ENTRY = re.compile(
    r'<div id="(ref-[^"]+)"[^>]*>\s*(?:<div class="csl-left-margin">.*?</div>)?(?:<div[^>]*>)?'
    r"(.*?)</div>",
    re.S,
)
FILTER = Path(__file__).parents[1] / "assets" / "filters" / "etal.lua"


def write(book: Any, out: Path, work: Path | None = None, only: str | None = None) -> Path:
    """Write the website.

    Parameters
    ----------
    book : Book
        A resolved book (`load_book(..., to="html")`).
    out : Path
        Folder for the site; what stands there already is kept, pages of the same name are replaced.
    work : Path, optional
        Folder kept between renders: pages whose content is as it was keep their text (see `again`).
    only : str, optional
        Slug of the one chapter to write again; the other pages stay as they are.

    Returns
    -------
    Path
        The home page.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    book = numbered(book)
    content = again.Content.of(book) if work is not None and only is None else None
    kept = again.kept_texts(content, work, book.output) if content and work else {}
    if kept:
        again.begin_with(book.output, out)
    keeper = Keeper(book, out)
    keeper.data = Data(book, out)
    book = replace(
        book,
        downloads=[*book.downloads, *(names(book.stem, book.lang) if book.data else []), *other_links(book, keeper)],
    )
    chapters = [c for c in book.chapters if only in (None, c.slug) and c.slug not in kept]
    texts = dict(zip([c.slug for c in chapters], bodies(book, keeper, chapters), strict=True))
    for chapter in [c for c in book.chapters if c in chapters or c.slug in kept]:
        body = kept[chapter.slug] if chapter.slug in kept else texts[chapter.slug]
        (out / f"{chapter.slug}.html").write_text(page(book, chapter, body), encoding="utf-8")
    (out / "404.html").write_text(missing_page(book), encoding="utf-8")
    if contents := contents_page(book):
        (out / contents_name(book)).write_text(contents, encoding="utf-8")
    copy_assets(ASSETS, out / "assets", book.lang)
    (out / "assets" / "search-data.js").write_text(script("BB_SEARCH", search_records(book)), encoding="utf-8")
    if only is None:  # the small pictures of previews are known when all pages are written
        write_previews(book, keeper, texts, out / "assets" / "preview-data.js", set(kept))
        if book.data and not kept:
            keeper.data.write_all(book.stem)
    for cell in [ast.get(node, "cell") for c in book.chapters if c.slug in kept for node in ast.find(c.blocks, "Div")]:
        keeper.cell(cell or "")  # a page that kept its text still leads to the code of its figures
    write_code_pages(keeper, code_page(book))
    if book.beside and only is None:
        book.beside.write(out, book)
    if kept:
        again.drop_unlinked(out)
    if content and work:
        again.remember(content, work, out)
    return out / f"{only or book.chapters[0].slug}.html"


def write_previews(book: Book, keeper: Keeper, texts: dict[str, str], path: Path, kept: set[str]) -> None:
    """What references show when pointed at; what stands on pages that kept their text is as it was."""
    shown = previews(book, keeper.kept) | {k: ["", v, ""] for k, v in reference_texts(texts.values()).items()}
    if kept:
        former = unscript(path.read_text("utf-8"))
        stays = {i for i, target in book.targets.items() if target.slug in kept}
        old = {i: value for i, value in former.items() if i in stays or (i not in book.targets and i not in shown)}
        shown = {i: [*shown[i][:2], old[i][2]] if i in old and i in stays else shown[i] for i in shown}
        home = next((c.slug for c in book.chapters if "refs" in ast.ids(c.blocks)), None)
        shown |= {i: v for i, v in old.items() if i.startswith("ref-") and home in kept}
    path.write_text(script("BB_PREVIEW", shown), encoding="utf-8")


def other_links(book: Book, keeper: Keeper) -> list[tuple[str, str]]:
    """Further files for the downloads menu: Quarto's `other-links:` (text, href) of the html format.

    Raises
    ------
    DataError
        For a file that is not in the project.
    """
    html = (book.metadata.get("format") or {}).get("html")
    listed = (html.get("other-links") if isinstance(html, dict) else None) or book.metadata.get("other-links") or []
    found, faults = [], []
    for item in listed:
        path = book.root / str(item.get("href", ""))
        if path.is_file():
            found.append((str(item.get("text") or path.name), keeper(path, path.stem, "files")[0]))
        else:
            faults.append(
                Fault(
                    "_quarto.yml",
                    say("a file for the downloads menu (other-links:)", "下载菜单的文件（other-links:）"),
                    f"no {item.get('href')}",
                    kind="missing",
                )
            )
    if faults:
        raise DataError(faults)
    return found


def bodies(book: Book, keeper: Keeper, chapters: list[Chapter] | None = None) -> list[str]:
    """The HTML of each chapter, made in one run of pandoc so that citations are numbered through."""
    pages = {i: c.slug for c in book.chapters for i in ast.ids(c.blocks)}
    chapters = book.chapters if chapters is None else chapters
    blocks = []
    for chapter in book.chapters:
        blocks.append(raw(f"<!--bb:{chapter.slug}-->"))
        if chapter in chapters:
            blocks += Shaper(book, chapter, pages, keeper).blocks()
        else:  # its citations count, its text is not needed
            blocks += [ast.para([c]) for c in ast.find(chapter.blocks, "Cite")]
    tree = pandoc.document(blocks, pandoc.meta_value({"lang": book.lang, "link-citations": True})["c"])
    html = pandoc.run(
        ["-f", "json", "-t", "html5", "--mathml", "--wrap=none", "--email-obfuscation=none", *citation_arguments(book)],
        tree,
    ).decode()
    parts = dict(zip([c.slug for c in book.chapters], re.split(r"<!--bb:[^>]*?-->\n?", html)[1:], strict=True))
    return [_finish(parts[c.slug], c, pages.get("refs")) for c in chapters]


def citation_arguments(book: Book) -> list[str]:
    """pandoc's arguments that resolve citations; none when the book has no reference files."""
    if not book.bibliography:
        return []
    files = [f"--bibliography={path}" for path in book.bibliography]
    style = [f"--csl={book.csl}"] if book.csl else []
    return [*files, *style, "--citeproc", f"--lua-filter={FILTER}"]


def _finish(html, chapter, home):
    """Point citations at the page that holds the references; let the keyboard reach code that scrolls sideways."""
    html = re.sub(r"<pre(?=[ >])(?![^>]*tabindex)", '<pre tabindex="0"', html)
    if home and home != chapter.slug:
        html = html.replace('href="#ref-', f'href="{home}.html#ref-')
    return html


def reference_texts(pages: Iterable[Any]) -> dict[str, str]:
    """The references as plain text by id, without their numbers: what a citation shows when pointed at.

    Examples
    --------
    >>> reference_texts(['<div id="ref-a"><div class="csl-left-margin">[1]</div><div>甲. <em>题</em>.</div></div>'])
    {'ref-a': '甲. 题.'}
    """
    return {unescape(i): " ".join(plain_text(text).split()) for page in pages for i, text in ENTRY.findall(page)}


def plain_text(html: str) -> str:
    """The text of a piece of HTML, tags dropped.

    Examples
    --------
    >>> plain_text("<p>a &amp; <b>b</b></p>")
    'a & b'
    """
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()
