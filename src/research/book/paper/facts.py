"""What the PDF and the Word book show of the book itself: title, date, marks; and its citations."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from research.book.tree.model import words
from research.core.status import SAMPLE_MARK
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from research.book.tree.model import Book

EPOCH = 946684800  # 2000-01-01: a book without a date still has the same bytes on every day


@dataclass(frozen=True)
class Paper:
    """Facts that a cover, a header and a file's properties show.

    Parameters
    ----------
    title, subtitle, edition, publisher : str
        As the metadata has them; empty where it has none.
    authors : tuple of str
        Names of people or bodies.
    date : str
        As readers see it, such as 2025年3月.
    stamp : int
        Seconds since 1970 that stand in the file as its making; never the clock's.
    sample : bool
        Whether the edition stands on sample data.
    mark : str
        What a sample edition says on every page.
    words : dict
        The language's words: `toc`, `lof`, `lot`, `continued` ...
    keywords : tuple of str
        For the file's properties.
    lang : str
        `zh`, `en` ...
    """

    title: str
    subtitle: str
    edition: str
    publisher: str
    authors: tuple
    date: str
    stamp: int
    sample: bool
    mark: str
    words: dict
    keywords: tuple = ()
    lang: str = "zh"


def facts(book: Book) -> Paper:
    """Gather a book's `Paper` from its metadata.

    Parameters
    ----------
    book : Book
        As `resolve.load_book` gives it.

    Returns
    -------
    Paper

    Raises
    ------
    DataError
        When `SOURCE_DATE_EPOCH` is no number.
    """
    meta = book.metadata or {}
    own = meta.get("book")
    own = own if isinstance(own, dict) else {}
    look = lambda key: meta.get(key, own.get(key))  # noqa: E731
    language = dict(words(book.lang), continued="续" if book.lang.startswith("zh") else "continued: ")
    return Paper(
        title=plain(book.title),
        subtitle=plain(book.subtitle),
        edition=plain(look("edition")),
        publisher=plain(look("publisher")),
        authors=_names(book.author),
        date=spoken_date(book.date),
        stamp=stamp(book.date or _edition_end(book, look)),
        sample=book.sample,
        mark=SAMPLE_MARK,
        words=language,
        keywords=_names(look("keywords")),
        lang=book.lang,
    )


def _edition_end(book, look):
    """The last day of the edition's year, for the file of a book whose cover has no date; or nothing."""
    for text in (look("edition"), book.subtitle, book.title):
        found = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", plain(text))
        if found:
            return f"{found[1]}-12-31"
    return ""


def plain(value: str | None) -> str:
    """A metadata value as one line of text.

    Examples
    --------
    >>> plain(["甲", "乙"]), plain(None), plain({"text": "x"})
    ('甲、乙', '', 'x')
    """
    if isinstance(value, dict):
        return plain(value.get("text") or value.get("name") or value.get("literal"))
    if isinstance(value, (list, tuple)):
        return "、".join(filter(None, map(plain, value)))
    return "" if value is None else str(value).strip()


def _names(value):
    values = value if isinstance(value, (list, tuple)) else [value]
    return tuple(filter(None, map(plain, values)))


def _as_date(value):
    if isinstance(value, (date, datetime)):
        return value, "day"
    found = re.fullmatch(r"(\d{4})(?:[-年/.](\d{1,2}))?(?:[-月/.](\d{1,2}))?[年月日]?", str(value or "").strip())
    if not found:
        return None, ""
    year, month, day = found.groups()
    try:
        return date(int(year), int(month or 1), int(day or 1)), "day" if day else "month" if month else "year"
    except ValueError:
        return None, ""


def spoken_date(value: str) -> str:
    """A date as Chinese covers write it; what is no date stays as it is.

    Examples
    --------
    >>> spoken_date("2025-03-18"), spoken_date("2025-03"), spoken_date("乙巳年春")
    ('2025年3月18日', '2025年3月', '乙巳年春')
    """
    found, kind = _as_date(value)
    if found is None:
        return plain(value)
    text = f"{found.year}年"
    text += f"{found.month}月" if kind != "year" else ""
    return text + (f"{found.day}日" if kind == "day" else "")


def stamp(value: str) -> int:
    """Seconds since 1970 for a file's properties: SOURCE_DATE_EPOCH, else the book's date.

    Raises
    ------
    DataError
        When `SOURCE_DATE_EPOCH` is no number.

    Examples
    --------
    >>> stamp("2025-03-18") in (1742256000, int(os.environ.get("SOURCE_DATE_EPOCH", 0)))
    True
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        if not given.isdigit():
            raise DataError(
                Fault("SOURCE_DATE_EPOCH", say("seconds since 1970", "自1970年起的秒数"), repr(given), kind="setting")
            )
        return int(given)
    found, _ = _as_date(value)
    return int(datetime(found.year, found.month, found.day, tzinfo=UTC).timestamp()) if found else EPOCH


def citation_args(book: Book) -> list[str]:
    """Arguments that make pandoc resolve the citations; empty without a bibliography.

    Parameters
    ----------
    book : Book

    Returns
    -------
    list of str
    """
    if not book.bibliography:
        return []
    args = ["--citeproc", "-M", "link-citations=true"]
    for path in book.bibliography:
        args += ["--bibliography", str(path)]
    return args + (["--csl", str(book.csl)] if book.csl else [])
