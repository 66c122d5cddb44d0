"""A look over the finished website: every link, anchor and picture of every page leads somewhere in it."""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from research.errors import Fault, say

LINK = re.compile(r'<[^<>]*?\s(?:href|src)="([^"]*)"')
ID = re.compile(r'<[^<>]*?\sid="([^"]*)"')
OUTSIDE = re.compile(r"[A-Za-z][\w+.-]*:|//")


def dead_links(site: Path, pages: list[Path] | None = None) -> list[Fault]:
    """Links of a website that lead nowhere.

    Parameters
    ----------
    site : Path
        Folder of the website.
    pages : list of Path, optional
        Look at these pages only; default: all.

    Returns
    -------
    list of Fault
        One for each page and address, with what is missing: the file, or the place in it.

    Examples
    --------
    >>> import tempfile
    >>> site = Path(tempfile.mkdtemp())
    >>> _ = (site / "a.html").write_text('<p id="x"><a href="#x">1</a><a href="#y">2</a><a href="b.html">3</a>')
    >>> for fault in dead_links(site):
    ...     print(fault)
    a.html: expected a link that leads somewhere, found #y (no such place on the page)
    a.html: expected a link that leads somewhere, found b.html (no such file in the website)
    """
    site, ids, files = Path(site), {}, {}
    faults = []

    def known(path):
        if path not in ids:
            ids[path] = set(map(unescape, ID.findall(Path(path).read_text(encoding="utf-8"))))
        return ids[path]

    def there(path):
        if path not in files:
            files[path] = os.path.isfile(path)
        return files[path]

    for page in sorted(site.rglob("*.html")) if pages is None else pages:
        name, here = page.relative_to(site).as_posix(), os.path.abspath(page)
        for link in dict.fromkeys(map(unescape, LINK.findall(page.read_text(encoding="utf-8")))):
            if OUTSIDE.match(link):
                continue
            path, _, fragment = link.partition("#")
            target = (
                os.path.normpath(os.path.join(os.path.dirname(here), unquote(path.partition("?")[0]))) if path else here
            )
            if not there(target):
                faults.append(_fault(name, link, say("no such file in the website", "网站中没有这个文件")))
            elif (
                fragment and "=" not in fragment and target.endswith(".html") and unquote(fragment) not in known(target)
            ):
                faults.append(_fault(name, link, say("no such place on the page", "页面上没有这个位置")))
    return faults


def _is_place(fragment):
    """Whether what stands after # names a place on the page; with = it is settings for the page's scripts."""
    return bool(fragment) and "=" not in fragment


def _fault(page, link, why):
    return Fault(page, say("a link that leads somewhere", "有去处的链接"), link, why, kind="dead-link")
