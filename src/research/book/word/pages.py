"""On which page a heading or caption will stand in Word: reckoned from styles, texts and pictures.

The contents must not be blank before Word has laid the document out. Lines have a fixed pitch and Chinese
characters a fixed width, so that a plain count comes near: within four pages of LibreOffice's at the end of a book of
three hundred. Word, which is asked to update the fields when it opens the file, puts its own numbers in their place.
"""

from __future__ import annotations

import re
from math import ceil
from typing import TYPE_CHECKING, Any

from research.book.paper.widths import units
from research.book.word.text import NAMES, W

if TYPE_CHECKING:
    from lxml import etree

WP = "{" + NAMES["wp"] + "}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
LINE = 1.448  # of the size: a line without a pitch of its own, as Noto's Chinese fonts set it
EDGE = 1.0  # pt: the rule of a row, and the space at it
EMU = 12700  # in a point
CELL = 8.5  # pt: space at both sides of a cell
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def roman(number: int) -> str:
    """A page number of the front matter.

    Examples
    --------
    >>> [roman(n) for n in (1, 4, 9, 14, 38)]
    ['i', 'iv', 'ix', 'xiv', 'xxxviii']
    """
    done = ""
    for value, letters in ROMAN:
        done, number = done + letters * (number // value), number % value
    return done


def fill_pages(body: etree._Element, styles: etree._Element) -> None:
    """Put the page of its bookmark into every PAGEREF field.

    Parameters
    ----------
    body : lxml element
        `w:body`, finished.
    styles : lxml element
        Root of the document's styles.
    """
    pages = Reckoner(body, styles).run()
    waiting = None
    for item in body.iter(f"{W}instrText", f"{W}t"):
        if item.tag == f"{W}instrText":
            found = re.match(r"\s*PAGEREF (\S+)", item.text or "")
            waiting = found[1] if found else None
        elif waiting:
            item.text, waiting = pages.get(waiting, ""), None


class Reckoner:
    """Goes through the document with a page and a height on it.

    Parameters
    ----------
    body, styles
        As for `fill_pages`.
    """

    def __init__(self, body: Any, styles: Any) -> None:
        self.body = body
        self.styles = {s.get(f"{W}styleId"): s for s in styles.iter(f"{W}style")}
        self.known: dict[Any, Any] = {}
        self.pages: dict[Any, Any] = {}
        self.group: list[Any] = []
        self.page, self.used, self.fresh = 1, 0.0, True

    def run(self) -> dict[str, str]:
        """The shown page of each bookmark, by its name."""
        sections = [s for s in self.body.iter(f"{W}sectPr")]
        self.roman, section = False, 0
        self.open(sections[0])
        for block in self.body:
            if block.tag == f"{W}p":
                self.paragraph(block)
            elif block.tag == f"{W}tbl":
                self.table(block)
            if block.find(f"{W}pPr/{W}sectPr") is not None and section + 1 < len(sections):
                self.settle()
                section += 1
                self.turn()
                self.open(sections[section])
        self.settle()
        return self.pages

    def open(self, section: etree._Element) -> None:
        """A new section: its page, and the number it begins with."""
        size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        get = lambda node, name: int(node.get(f"{W}{name}")) / 20  # noqa: E731
        self.room = get(size, "h") - get(margins, "top") - get(margins, "bottom")
        self.line = get(size, "w") - get(margins, "left") - get(margins, "right")
        number = section.find(f"{W}pgNumType")
        if number is not None:
            self.page = int(number.get(f"{W}start", self.page))
            self.roman = number.get(f"{W}fmt") == "lowerRoman"

    def turn(self) -> None:
        if not self.fresh:
            self.page, self.used, self.fresh = self.page + 1, 0.0, True

    def style(self, name: str) -> dict[str, Any]:
        """Measures of a style: pitch, space, size, indents, and whether it keeps or breaks."""
        if name not in self.known:
            style = self.styles.get(name)
            based = style.find(f"{W}basedOn") if style is not None else None
            found = (
                dict(self.style(based.get(f"{W}val")))
                if based is not None
                else {
                    "pitch": 0.0,
                    "before": 0.0,
                    "after": 0.0,
                    "size": 10.5,
                    "indent": 0.0,
                    "keep": False,
                    "breaks": False,
                }
            )
            if style is not None:
                found.update(_measures(style))
            self.known[name] = found
        return self.known[name]

    def lines(self, paragraph: etree._Element, width: float) -> tuple[dict[str, Any], float]:
        """A paragraph's style, and its height without the space around it."""
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        style = self.style(named.get(f"{W}val") if named is not None else "Normal")
        pitch = style["pitch"] or style["size"] * LINE
        pictures = [int(e.get("cy")) / EMU for e in paragraph.iter(f"{WP}extent")]
        if pictures:
            return style, max(pictures) + 2
        text = "".join(t.text or "" for t in paragraph.iter(f"{W}t", f"{MATH}t"))
        count = max(1, ceil((units(text) + style["indent"]) * style["size"] / max(width, 20) - 0.02))
        tall = 1.9 if next(paragraph.iter(f"{MATH}f", f"{MATH}nary"), None) is not None else 1
        return style, count * pitch * tall

    def paragraph(self, block: etree._Element) -> None:
        style, height = self.lines(block, self.line)
        props = block.find(f"{W}pPr")
        breaks = style["breaks"] or any(b.get(f"{W}type") == "page" for b in block.iter(f"{W}br"))
        if breaks:
            self.settle()
            self.turn()
        keep = style["keep"] or (props is not None and props.find(f"{W}keepNext") is not None)
        self.group.append(
            (
                style["before"],
                height,
                style["after"],
                style["pitch"] if not breaks else 0,
                [b.get(f"{W}name") for b in block.iter(f"{W}bookmarkStart")],
            )
        )
        if not keep:
            self.settle()

    def table(self, block: etree._Element) -> None:
        """Rows one by one; a table of rows that are kept together moves as one."""
        rows = block.findall(f"{W}tr")
        heads = [self.row(r) for r in rows if r.find(f"{W}trPr/{W}tblHeader") is not None]
        names = [b.get(f"{W}name") for b in block.iter(f"{W}bookmarkStart")]
        for place, row in enumerate(rows):
            keep = any(p.find(f"{W}keepNext") is not None for p in row.iter(f"{W}pPr"))
            self.group.append((0.0, self.row(row), 0.0, 0, names if place == 0 else []))
            if not keep:
                before = self.page
                self.settle()
                if self.page > before and place >= len(heads):
                    self.used += sum(heads)
        self.settle()

    def row(self, row: etree._Element) -> float:
        tallest = 0.0
        for cell in row.findall(f"{W}tc"):
            width = int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) / 20 - CELL
            high = 0.0
            for paragraph in cell.iter(f"{W}p"):
                style, height = self.lines(paragraph, width)
                high += height + style["before"] + style["after"]
            tallest = max(tallest, high)
        return tallest + EDGE

    def settle(self) -> None:
        """Set down what is kept together: on this page, or on the next one."""
        whole = sum(b + h + a for b, h, a, _, _ in self.group)
        last = self.group[-1] if self.group else (0, 0, 0, 0, [])
        least = whole - last[1] - last[2] + min(last[1], 2 * last[3] if last[3] else last[1])
        if not self.fresh and self.used + least > self.room:
            self.turn()
        for before, height, after, pitch, names in self.group:
            self.used += before if not self.fresh else 0
            if self.used + height > self.room and not self.fresh and not pitch:
                self.turn()
            for name in names:
                self.pages.setdefault(name, roman(self.page) if self.roman else str(self.page))
            self.fresh = False
            self.used += height
            while self.used > self.room and pitch:  # a text goes on over the page
                self.page, self.used = self.page + 1, self.used - self.room // pitch * pitch
            self.used += after
        self.group = []


def _measures(style):
    """What a style says itself."""
    found = {}
    spacing, indent = style.find(f"{W}pPr/{W}spacing"), style.find(f"{W}pPr/{W}ind")
    if spacing is not None:
        fixed = spacing.get(f"{W}lineRule") == "exact"
        found["pitch"] = int(spacing.get(f"{W}line")) / 20 if fixed else 0.0
        found["before"], found["after"] = (int(spacing.get(f"{W}{k}", 0)) / 20 for k in ("before", "after"))
    if indent is not None:
        found["indent"] = int(indent.get(f"{W}firstLineChars") or 0) / 100 + int(indent.get(f"{W}leftChars") or 0) / 100
    size = style.find(f"{W}rPr/{W}sz")
    if size is not None:
        found["size"] = int(size.get(f"{W}val")) / 2
    props = style.find(f"{W}pPr")
    if props is not None:
        found["keep"] = props.find(f"{W}keepNext") is not None
        found["breaks"] = props.find(f"{W}pageBreakBefore") is not None
    return found
