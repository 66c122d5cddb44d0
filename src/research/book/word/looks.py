"""How the Word book looks: a .docx that an editor changes in Word, one of ours or a publisher's template.

Styles, fonts, page and margins come from the file; its text, headers and footers do not. Names of styles are what
counts: programs rename the ids behind them, so they are set back here before pandoc and we write with them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from research.core.faults import DataError, Fault, nearest, say

FOLDER = Path(__file__).parents[1] / "assets" / "word"
LOOKS = tuple(sorted(path.stem for path in FOLDER.glob("*.docx")))
"""`gov`, after the layout of official documents, and the plainer `modern`."""

KEY = "reference-doc"
REQUIRED = {
    "Normal": "Normal",
    "Title": "Title",
    "Caption": "caption",
    "Heading1": "heading 1",
    "Heading2": "heading 2",
    "Heading3": "heading 3",
    "Header": "header",
    "Footer": "footer",
}
"""Styles that a template must have, by the id that we write; any other of ours that it lacks is taken from `gov`."""

_DISTANCE = 300  # twips: what a header or footer leaves between itself and the text


@dataclass(frozen=True)
class Look:
    """A template, read.

    Parameters
    ----------
    path : Path
        The .docx.
    page : tuple of int
        Width and height of the upright page, twentieths of a point.
    margins : tuple of int
        Top, bottom, left, right, header, footer, twentieths of a point.
    small : float
        Size of the text in tables, pt.
    """

    path: Path
    page: tuple[int, int]
    margins: tuple[int, int, int, int, int, int]
    small: float

    @property
    def line(self) -> float:
        """Length of the line on an upright page, pt."""
        return (self.page[0] - self.margins[2] - self.margins[3]) / 20

    @property
    def turned(self) -> float:
        """Length of the line on a turned page, pt."""
        return (self.page[1] - self.margins[0] - self.margins[1]) / 20

    def page_xml(self, turned: bool = False) -> list[str]:
        """Page size and margins of a section."""
        (wide, high), (top, bottom, left, right, header, footer) = self.page, self.margins
        if turned:
            top, bottom, left, right, wide, high = left, right, bottom, top, high, wide
        orient = ' w:orient="landscape"' if turned else ""
        return [
            f'<w:pgSz w:w="{wide}" w:h="{high}"{orient}/>',
            f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" '
            f'w:header="{min(top - _DISTANCE, header)}" w:footer="{min(bottom - _DISTANCE, footer)}" '
            'w:gutter="0"/>',
        ]


def look(metadata: Mapping[str, Any], root: Path) -> Look:
    """The look that a book's settings name.

    Parameters
    ----------
    metadata : mapping
        `format: docx: reference-doc:` (or `reference-doc:`), a file as seen from the project's folder; else
        `docx-style:`, one of `LOOKS`; else `gov`.
    root : Path
        The project's folder.

    Returns
    -------
    Look

    Raises
    ------
    DataError
        When there is no such look or file, or the file is no Word document or lacks styles: all of them at once.

    Examples
    --------
    >>> round(look({}, Path(".")).line)
    442
    """
    given = _named(metadata)
    path = Path(root) / given if given else FOLDER / f"{_style(metadata)}.docx"
    document = _opened(path, given or path.name)
    section = document.sections[-1]
    margins = [getattr(section, f"{side}_margin") for side in ("top", "bottom", "left", "right")]
    lengths: list[Any] = [*margins, section.header_distance, section.footer_distance]
    twips = [int(length.twips) for length in lengths]
    sides: list[Any] = [section.page_width, section.page_height]
    page = sorted(int(length.twips) for length in sides)
    return Look(path, (page[0], page[1]), tuple(twips), _size(document))  # type: ignore[arg-type]  # six of them


def _named(metadata: Mapping[str, Any]) -> str:
    kinds = metadata.get("format")
    word = kinds.get("docx") if isinstance(kinds, Mapping) else None
    found = word.get(KEY) if isinstance(word, Mapping) else None
    return str(found or metadata.get(KEY) or "")


def _style(metadata: Mapping[str, Any]) -> str:
    name = str(metadata.get("docx-style") or "gov")
    if name not in LOOKS:
        raise DataError(
            Fault(
                "_quarto.yml, docx-style",
                say("a look of the Word book", "Word 书的样式"),
                repr(name),
                nearest(name, LOOKS),
                kind="setting",
            )
        )
    return name


def _opened(path: Path, shown: str) -> Document:
    place, wanted = f"_quarto.yml, {KEY}", say("a Word file (.docx)", "Word 文件（.docx）")
    if not path.is_file():
        raise DataError(
            Fault(
                place,
                wanted,
                say(f"no {shown}", f"没有 {shown}"),
                say("the path as seen from _quarto.yml", "路径从 _quarto.yml 所在文件夹算起"),
                "setting",
            )
        )
    try:
        document = docx.Document(str(path))
        known = set(_by_name(document)) if document.sections else set()
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError):
        raise DataError(
            Fault(place, wanted, say(f"{shown}, which is none", f"{shown} 不是 Word 文件"), kind="setting")
        ) from None
    own = "src/research/book/assets/word/gov.docx"
    mend = say(f"make it in Word, or begin from {own}", f"请在 Word 中新建，或以 {own} 为底稿修改")
    lacking = [
        Fault(shown, say(f"the style {name!r}", f"样式“{name}”"), say("none", "没有"), mend, "setting")
        for name in REQUIRED.values()
        if name not in known
    ]
    if lacking:
        raise DataError(lacking)
    return document


def _by_name(document: Document) -> dict[str, Any]:
    """Style elements by their name; Word writes those that it brings along in lower case, others do not."""
    lower = {n.lower(): n for n in (*REQUIRED.values(), *_ids())}
    found = {}
    for style in document.styles.element.findall(qn("w:style")):
        name = style.find(qn("w:name")).get(qn("w:val"))
        found[lower.get(name.lower(), name)] = style
    return found


def _ids() -> dict[str, str]:
    """The id that we write for each style of ours, by its name."""
    styles = docx.Document(str(FOLDER / "gov.docx")).styles.element.findall(qn("w:style"))
    return {
        s.find(qn("w:name")).get(qn("w:val")): s.get(qn("w:styleId"))
        for s in styles
        if s.get(qn("w:type")) in ("paragraph", "table")
    }


def _size(document: Document) -> float:
    styles = {s.name: s for s in document.styles}
    style = styles.get("Table Text") or styles["Normal"]
    while style is not None and style.font.size is None:
        style = style.base_style
    return float(style.font.size.pt) if style is not None else 10.5


def reference(look: Look, target: Path) -> Path:
    """Write what pandoc takes its styles from: the template, with our ids and with the styles that it lacks.

    Parameters
    ----------
    look : Look
    target : Path
        The .docx to write.

    Returns
    -------
    Path
        `target`.
    """
    document, own = docx.Document(str(look.path)), docx.Document(str(FOLDER / "gov.docx"))
    known, ours, ids = _by_name(document), _by_name(own), _ids()
    sheet = document.styles.element
    taken = {s.get(qn("w:styleId")) for s in sheet.findall(qn("w:style"))}
    renamed = {known[n].get(qn("w:styleId")): i for n, i in ids.items() if n in known}
    for other in taken - set(renamed):  # an id of ours that means another style there
        renamed[other] = f"{other}Other" if other in ids.values() else other
    for element in sheet.iter(qn("w:style"), qn("w:basedOn"), qn("w:next"), qn("w:link")):
        key = qn("w:styleId") if element.tag == qn("w:style") else qn("w:val")
        element.set(key, renamed.get(element.get(key), element.get(key)))
    for number in [n for n in sheet.iter(qn("w:numPr")) if n.getparent().getparent().tag == qn("w:style")]:
        number.getparent().remove(number)  # headings carry the book's numbers; Word's own would stand before them
    for section in document.element.body.iter(qn("w:sectPr")):
        section.attrib.clear()  # marks of the program that wrote it, where ours will stand
    sheet.extend(deepcopy(ours[name]) for name in ids if name not in known)
    document.save(str(target))
    return target
