"""What Word's accessibility checker asks of a document, held against its XML.

The rules are those of Microsoft's list "Rules for the Accessibility Checker": errors (missing alternative text,
no header row), warnings (objects that are not in line, merged or split cells in a head, hard-to-read contrast is left
to looks) and tips (no headings, headings out of order or empty, unclear link texts, no title, no language, blank lines
used as space).
"""

import re
import zipfile
from pathlib import Path

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
UNCLEAR = re.compile(r"(https?://\S+|这里|此处|点击(这里|此处)?|click here|here|link|more)", re.I)
BLANK_LINES = 2
"""So many empty paragraphs one after the other are read aloud as "blank"."""


def faults(path: Path) -> list[str]:
    """Everything that Word's checker would list."""
    with zipfile.ZipFile(path) as file:
        read = {name: etree.fromstring(file.read(name)) for name in file.namelist() if name.endswith(".xml")}
    body = read["word/document.xml"].find(f"{W}body")
    styles = read["word/styles.xml"]
    found = [*_document(read["docProps/core.xml"], styles), *_pictures(body), *_tables(body)]
    return [*found, *_headings(body, styles), *_links(body), *_blank(body)]


def text(node) -> str:
    return "".join(t.text or "" for t in node.iter(f"{W}t")).strip()


def _document(core, styles):
    if not (core.findtext("{http://purl.org/dc/elements/1.1/}title") or "").strip():
        yield "no title"
    language = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    if language is None or not language.get(f"{W}val") or not language.get(f"{W}eastAsia"):
        yield "no language"


def _pictures(body):
    for anchor in body.iter(f"{WP}anchor", "{urn:schemas-microsoft-com:vml}shape"):
        yield f"not in line with the text: {anchor.tag}"
    for props in body.iter(f"{WP}docPr"):
        decorative = any(d.get("val") in ("1", "true") for d in props.iter(DECORATIVE))
        words = (props.get("descr") or "").strip()
        if not words and not decorative:
            yield f"no alternative text: {props.get('name')}"
        if words and decorative:
            yield f"decorative, with alternative text: {words[:40]}"
        if re.fullmatch(r"\S+\.(png|svg|jpe?g|gif)", words):
            yield f"a file name for alternative text: {words}"


def _tables(body):
    for table in body.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        if len(rows) == 1 and len(rows[0].findall(f"{W}tc")) == 1:
            continue  # a box around a note
        if next(table.iter(f"{WP}inline"), None) is not None:
            continue  # pictures side by side
        if rows[0].find(f"{W}trPr/{W}tblHeader") is None:
            yield f"no header row: {text(rows[0])[:40]}"
        for row in rows:
            if row.find(f"{W}trPr/{W}tblHeader") is None and not text(row):
                yield f"an empty row: {text(table)[:40]}"


def _headings(body, styles):
    levels = {}
    for style in styles.iter(f"{W}style"):
        level = style.find(f"{W}pPr/{W}outlineLvl")
        if level is not None and int(level.get(f"{W}val")) < 9:
            levels[style.get(f"{W}styleId")] = int(level.get(f"{W}val")) + 1
    before = 0
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        level = levels.get(style.get(f"{W}val")) if style is not None else None
        if level is None:
            continue
        if not text(paragraph):
            yield "an empty heading"
        if level > before + 1:
            yield f"a heading skips a level: {text(paragraph)[:40]} ({before} to {level})"
        before = level
    if not before:
        yield "no headings"


def _links(body):
    for link in body.iter(f"{W}hyperlink"):
        words = link.get(f"{W}tooltip") or text(link).replace("\u200b", "")
        if not words or UNCLEAR.fullmatch(words):
            yield f"an unclear link text: {words!r}"


def _blank(body):
    run = 0
    for block in body:
        empty = block.tag == f"{W}p" and not text(block) and not list(block.iter(f"{W}drawing", f"{W}sectPr", f"{W}br"))
        run = run + 1 if empty and not list(block.iter("{*}oMath")) else 0
        if run == BLANK_LINES:
            yield "blank paragraphs used as space"
