"""What a reader meets in a finished website, Word file or PDF, line by line, with what each line is.

Both engines' shapes are known: Quarto marks captions as `figcaption`, callout titles as
`callout-title-container`, numbers of headings as a span in the heading; pandoc's Word files have the styles
`Image Caption` and `Table Caption`; a PDF has lines of text only.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from research.core.texts import pdf_text

BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "td",
    "th",
    "figcaption",
    "caption",
    "div",
    "summary",
    "dt",
    "dd",
    "section",
    "figure",
    "table",
    "tr",
    "pre",
    "header",
    "details",
    "blockquote",
    "main",
}
SKIPPED = {"script", "style", "nav", "aside", "dialog", "button", "annotation", "template", "footer", "math"}
HIDDEN = {
    "anchor",
    "anchorjs-link",
    "screen-reader-only",
    "visually-hidden",
    "copy",
    "figure-tools",
    "cite",
    "origin",
    "book-files",
}
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
VOID = {"img", "br", "hr", "input", "meta", "link", "col", "source", "wbr"}


@dataclass
class Reading:
    """The lines of one output: (kind, text), kind out of caption, heading, callout, contents, text; addresses.

    `told` are the kinds that the format marks; of the others it has only text.
    """

    lines: list = field(default_factory=list)
    links: set = field(default_factory=set)
    told: frozenset = frozenset()


class _Page(HTMLParser):
    """The lines of a page's main text."""

    def __init__(self, reading):
        super().__init__()
        self.reading, self.current, self.open, self.skipped, self.details = reading, [], [], 0, []

    def handle_starttag(self, tag, attrs):
        values = {k: v or "" for k, v in attrs}
        classes = set(values.get("class", "").split())
        if tag in BLOCKS:
            self.flush()
        if tag == "a" and "main" in [t for t, *_ in self.open] and values.get("href", "").startswith("http"):
            self.reading.links.add(values["href"])
        if tag in VOID:
            return
        if tag == "details":
            self.details.append(any(c.startswith("callout") for c in classes))
        hidden = tag in SKIPPED or bool(classes & HIDDEN) or "hidden" in values
        self.skipped += hidden
        self.open.append((tag, hidden, self.kind(tag, classes)))

    def kind(self, tag, classes):
        if tag in ("figcaption", "caption"):
            return "caption"
        if re.fullmatch(r"h[1-6]", tag):
            return "heading"
        if classes & {"callout-title", "callout-title-container"} or (tag == "summary" and self.details[-1:] == [True]):
            return "callout"
        return ""

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self.flush()
        if tag not in [t for t, *_ in self.open]:
            return
        while self.open:
            last, hidden, _ = self.open.pop()
            self.skipped -= hidden
            if last == "details":
                self.details.pop()
            if last == tag:
                break

    def handle_data(self, data):
        if not self.skipped and any(t == "main" for t, *_ in self.open):
            self.current.append(data)

    def flush(self):
        line = " ".join("".join(self.current).split())
        self.current = []
        if line:
            kinds = [k for _, _, k in self.open if k]
            kind = next((k for k in kinds if k != "heading"), (*kinds, "text")[0])
            self.reading.lines.append((kind, line))


def read_html(folder: Path) -> Reading:
    """A website's pages in order of their names (pages that only show code left out)."""
    reading = Reading(told=frozenset(["caption", "heading", "callout"]))
    for path in sorted(Path(folder).rglob("*.html")):
        if path.parent.name != "code" and path.stem != "404" and not path.stem.endswith("-single"):
            page = _Page(reading)
            page.feed(path.read_text(encoding="utf-8"))
            page.flush()
    return reading


def read_docx(path: Path) -> Reading:
    """A Word file's paragraphs, those in tables and notes included."""
    reading = Reading()
    with zipfile.ZipFile(path) as file:
        names = {n for n in file.namelist()}
        for part in ("document", "footnotes"):
            if f"word/{part}.xml" in names:
                tree = ElementTree.fromstring(file.read(f"word/{part}.xml"))
                reading.lines += [line for p in tree.iter(f"{WORD}p") if (line := _paragraph(p))]
                reading.links |= _addresses(tree, file, f"word/_rels/{part}.xml.rels", names)
    reading.told = frozenset(kind for kind, _ in reading.lines) - {"text", "contents"}
    return reading


def _paragraph(node):
    words = []
    for part in node.iter():
        if part.tag == f"{WORD}t":
            words.append(part.text or "")
        elif part.tag in (f"{WORD}tab", f"{WORD}br"):
            words.append(" ")
    text = " ".join("".join(words).split())
    style = node.find(f"{WORD}pPr/{WORD}pStyle")
    name = "" if style is None else style.get(f"{WORD}val", "").lower().replace(" ", "")
    kind = next(
        (
            k
            for part, k in (
                ("caption", "caption"),
                ("callouttitle", "callout"),
                ("heading", "heading"),
                ("toc", "contents"),
                ("tableoffigures", "contents"),
            )
            if part in name
        ),
        "text",
    )
    return (kind, text) if text else None


def _addresses(tree, file, relations, names):
    used = {n.get(f"{RELATION}id") for n in tree.iter(f"{WORD}hyperlink")}
    found = {w for n in tree.iter(f"{WORD}instrText") for w in re.findall(r'HYPERLINK "(http[^"]+)"', n.text or "")}
    if relations in names:
        found |= {
            n.get("Target")
            for n in ElementTree.fromstring(file.read(relations))
            if n.get("Id") in used and n.get("TargetMode") == "External"
        }
    return {a for a in found if a and a.startswith("http")}


def read_pdf(path: Path, label: str) -> Any:
    """A PDF's lines by pdftotext; None where that program is missing.

    Parameters
    ----------
    path : Path
    label : str
        Pattern of a caption's label: where it stands on a line of its own, the caption follows it.
    """
    raw = pdf_text(Path(path).read_bytes(), layout=False)
    if raw is None:
        return None
    text = "\n".join(" ".join(x.split()) for x in raw.splitlines() if x.strip())
    lines = re.sub(rf"^({label})\n", r"\1 ", text, flags=re.M).splitlines()
    told = subprocess.run(["pdfinfo", "-url", str(path)], capture_output=True, check=False)
    urls = told.stdout.decode(errors="replace")
    return Reading([("text", line) for line in lines], set(re.findall(r"https?://\S+", urls)))
