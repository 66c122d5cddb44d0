"""Small pieces of WordprocessingML inside pandoc's tree: runs, fields, bookmarks, paragraphs."""

from __future__ import annotations

import hashlib
import re
from itertools import count
from typing import Any
from xml.sax.saxutils import escape, quoteattr

NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}
W = "{" + NAMES["w"] + "}"
FIRST_BOOKMARK = 900_001  # pandoc counts its own from 1
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def raw(xml: str) -> dict[str, Any]:
    """A block of WordprocessingML that pandoc passes on as it is."""
    return {"t": "RawBlock", "c": ["openxml", xml]}


def code(xml: str) -> dict[str, Any]:
    """Inline WordprocessingML that pandoc passes on as it is."""
    return {"t": "RawInline", "c": ["openxml", xml]}


def words(text: str) -> str:
    """Text as it may stand in XML.

    Examples
    --------
    >>> words("甲<乙>&\\x07")
    '甲&lt;乙&gt;&amp;'
    """
    return escape(NOT_XML.sub("", str(text)))


def run(text: str, style: str = "") -> str:
    """A run of text.

    Examples
    --------
    >>> run("甲")
    '<w:r><w:t xml:space="preserve">甲</w:t></w:r>'
    """
    props = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{props}<w:t xml:space="preserve">{words(text)}</w:t></w:r>'


def field(instruction: str, shown: str) -> str:
    """A field with the text that it shows before it is updated.

    Parameters
    ----------
    instruction : str
        Such as ``SEQ 图 \\* ARABIC``.
    shown : str
        Its result; it must be the one that an update gives.

    Returns
    -------
    str
    """
    return field_begin(instruction) + run(shown) + field_end()


def field_begin(instruction: str, shown: bool = True) -> str:
    """The first half of a field; its shown text (none without `shown`) follows, then `field_end`."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {words(instruction)} </w:instrText></w:r>'
        + ('<w:r><w:fldChar w:fldCharType="separate"/></w:r>' if shown else "")
    )


def field_end() -> str:
    """The end of a field."""
    return '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def paragraph(style: str, inner: str) -> str:
    """A paragraph of runs."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inner}</w:p>'


def hyperlink(anchor: str, inner: str) -> str:
    """Runs that lead to a bookmark."""
    return f'<w:hyperlink w:anchor={quoteattr(anchor)} w:history="1">{inner}</w:hyperlink>'


SECTIONS = ("cover", "front", "upright", "turned")


def section_break(kind: str, sample: bool = False, place: int = 0) -> str:
    """An (almost) empty paragraph that ends a section; `docx_finish` fills in its properties.

    Parameters
    ----------
    kind : str
        One of `SECTIONS`.
    sample : bool
        Whether the section's pages say that they stand on sample data.
    place : int
        Which chapter's section it is, as counted by `Shared.heads`.

    Returns
    -------
    str
    """
    mark = f"B{SECTIONS.index(kind)}{int(sample)}{place:05d}"
    return f'<w:p><w:pPr><w:pStyle w:val="SectionBreak"/><w:sectPr w:rsidR="{mark}"/></w:pPr></w:p>'


def section_kind(mark: str) -> tuple[str, bool, int]:
    """Kind, sample flag and chapter of a section break, by the mark that `section_break` left.

    Examples
    --------
    >>> section_kind("B3100012")
    ('turned', True, 12)
    """
    return SECTIONS[int(mark[1])], mark[2] == "1", int(mark[3:])


def bookmark_name(kind: str, identifier: str) -> str:
    """A bookmark's name that Word takes: short, without signs, the same on every day.

    Examples
    --------
    >>> bookmark_name("_Ref", "fig-收入")
    '_Ref592580580'
    """
    digest = hashlib.sha1(identifier.encode(), usedforsecurity=False).hexdigest()
    return f"{kind}{int(digest, 16) % 1_000_000_000:09d}"


class Bookmarks:
    """Sets bookmarks with ids that are unique in the document."""

    def __init__(self) -> None:
        self._ids = count(FIRST_BOOKMARK)

    def around(self, name: str, inner: str) -> str:
        """WordprocessingML with a bookmark around it."""
        number = next(self._ids)
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{inner}<w:bookmarkEnd w:id="{number}"/>'
