"""What pandoc leaves to do in a Word file: sections, headers, footers, tables, properties, fixed dates."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from research.book.word.pages import fill_pages
from research.book.word.tables import element, finish_tables
from research.book.word.text import NAMES, W, field, paragraph, run, section_kind, words

if TYPE_CHECKING:
    from research.book.paper.facts import Paper
    from research.book.word.write import Shared

R = "{" + NAMES["r"] + "}"
FIXED = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can hold
TOOLTIP = 200  # characters; Word takes 260
OPEN = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{{tag}} xmlns:w="{NAMES["w"]}">{{body}}</w:{{tag}}>'
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
FRONT = "rIdHeadFront"
FOOTERS = {"rIdFoot": "right", "rIdFootEven": "left"}


def _parts(facts, shared):
    """Headers and footers by the id that sections name them by: one header a chapter, and the front matter's."""
    heads = {FRONT: _header(facts, facts.sample)}
    heads["rIdHead0"] = heads[FRONT]  # a book of front matter alone ends in a section as well
    heads |= {f"rIdHead{k}": _header(facts, head.sample, head) for k, head in enumerate(shared.heads)}
    return heads | {name: _footer(side) for name, side in FOOTERS.items()}


def _file(name):
    """(kind of part, file) of a header or footer."""
    kind = "footer" if name in FOOTERS else "header"
    return kind, f"bb{kind}{name.removeprefix('rIdHead').removeprefix('rIdFoot') or 'Odd'}.xml"


def finish(made: Path, out: Path, facts: Paper, shared: Shared) -> None:
    """Write pandoc's file anew, finished.

    Parameters
    ----------
    made : Path
        What pandoc wrote.
    out : Path
        The finished file.
    facts : paper.Paper
    shared : docx.Shared
        Plans of the tables, and the look.
    """
    with zipfile.ZipFile(made) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts.pop("docProps/custom.xml", None)  # pandoc lists its own options there, with paths
    for name in ("_rels/.rels", "[Content_Types].xml"):
        parts[name] = re.sub(rb"<(Relationship|Override)\b[^>]*docProps/custom\.xml[^>]*/>", b"", parts[name])
    parts["word/document.xml"] = _document(parts["word/document.xml"], shared, parts["word/styles.xml"])
    parts["word/settings.xml"] = _settings(parts["word/settings.xml"])
    added = _parts(facts, shared)
    parts["word/_rels/document.xml.rels"] = _relations(parts["word/_rels/document.xml.rels"], added)
    parts["[Content_Types].xml"] = _types(parts["[Content_Types].xml"], added)
    parts["docProps/core.xml"] = _properties(facts)
    parts |= {f"word/{_file(name)[1]}": data for name, data in added.items()}
    order = sorted(parts, key=lambda name: (name != "[Content_Types].xml", name))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new:
        for name in order:
            info = zipfile.ZipInfo(name, FIXED)
            stored = name.endswith((".png", ".jpg", ".jpeg", ".gif"))  # they are packed already
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            new.writestr(info, parts[name])


def _document(data, shared, styles):
    root = etree.fromstring(data)
    body = root.find(f"{W}body")
    finish_tables(body, shared.plans)
    _sections(body, shared)
    _pictures(body)
    _formulas(body)
    _addresses(body)
    fill_pages(body, etree.fromstring(styles))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _sections(body, shared):
    """Fill in the section breaks; pages count from i in the front matter and from 1 in the text."""
    begun = False
    for section in list(body.iter(f"{W}sectPr")):
        mark = section.get(f"{W}rsidR")
        kind, _, place = section_kind(mark) if mark else ("upright", shared.sample, shared.place)
        number = ""
        if kind == "front":
            number = '<w:pgNumType w:fmt="lowerRoman" w:start="1"/>'
        elif kind != "cover" and not begun:
            number, begun = '<w:pgNumType w:start="1"/>', True
        for child in list(section):
            section.remove(child)
        section.attrib.clear()
        section.extend(element(x) for x in _section(kind, shared.look, number, place))
        for reference in section.iter(f"{W}headerReference", f"{W}footerReference"):
            reference.set(f"{R}id", reference.attrib.pop(f"{W}id"))


def _section(kind, look, number, place):
    """A section's properties in the order that the schema asks for."""
    xml = []
    if kind != "cover":
        head = FRONT if kind == "front" else f"rIdHead{max(place, 0)}"
        xml += [f'<w:headerReference w:type="{t}" w:id="{head}"/>' for t in ("default", "even")]
        xml += [
            '<w:footerReference w:type="default" w:id="rIdFoot"/>',
            '<w:footerReference w:type="even" w:id="rIdFootEven"/>',
        ]
    notes = '<w:numFmt w:val="decimalEnclosedCircleChinese"/><w:numRestart w:val="eachPage"/>'
    xml += [f"<w:footnotePr>{notes}</w:footnotePr>", '<w:type w:val="nextPage"/>', *look.page_xml(kind == "turned")]
    return [*xml, number] if number else xml


def _pictures(body):
    """Names of pictures that do not repeat, and no file names for those who listen."""
    for count, picture in enumerate(body.iter("{" + NAMES["wp"] + "}docPr"), 1):
        picture.set("id", str(count))
        picture.set("name", f"图片 {count}")
        picture.attrib.pop("title", None)
    for inner in body.iter("{http://schemas.openxmlformats.org/drawingml/2006/picture}cNvPr"):
        inner.set("descr", "")


def _addresses(body):
    """An address that is printed as such says, where it is read aloud, what it leads to: the words before it."""
    for link in body.iter(f"{W}hyperlink"):
        if re.match(r"(https?|mailto):", _said([link])):
            row = next(link.iterancestors(f"{W}tr"), None)
            before = _said(reversed(list(link.itersiblings(preceding=True)))) or _said(row if row is not None else [])
            before = before.replace(_said([link]), "")
            if before:
                link.set(f"{W}tooltip", before[:TOOLTIP])


def _said(elements):
    """The text of some elements in the order of the document, without the marks where an address may be broken."""
    found = "".join(t.text or "" for e in elements for t in e.iter(f"{W}t"))
    return found.replace("\u200b", "").strip()


def _formulas(body):
    """Words in a formula are upright or in a style, not both: Word's schema wants one of them."""
    math = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
    for props in body.iter(f"{math}rPr"):
        styles = [c for c in props if c.tag in (f"{math}sty", f"{math}scr")]
        for child in styles if props.find(f"{math}nor") is not None else ():
            props.remove(child)


def _settings(data):
    """Fields that Word updates on opening, odd and even footers, text squeezed at Chinese punctuation."""
    root = etree.fromstring(data)
    for tag in ("evenAndOddHeaders", "updateFields"):
        for found in root.findall(f"{W}{tag}"):
            root.remove(found)
    after = root.find(f"{W}defaultTabStop")
    after.addnext(element("<w:evenAndOddHeaders/>"))
    later = next(c for c in root if c.tag in (f"{W}rsids", f"{W}themeFontLang"))  # the schema has an order
    later.addprevious(element('<w:updateFields w:val="true"/>'))
    spacing = root.find(f"{W}characterSpacingControl")
    if spacing is not None:
        spacing.set(f"{W}val", "compressPunctuation")
    language = root.find(f"{W}themeFontLang")
    if language is not None:
        language.set(f"{W}eastAsia", "zh-CN")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relations(data, added):
    lines = [(name, *_file(name)) for name in added]
    xml = "".join(f'<Relationship Id="{i}" Type="{KINDS}/{kind}" Target="{file}"/>' for i, kind, file in lines)
    return re.sub(rb"</Relationships>", xml.encode() + b"</Relationships>", data)


def _types(data, added):
    lines = [_file(name) for name in added]
    xml = "".join(f'<Override PartName="/word/{file}" ContentType="{WORD_TYPE}.{kind}+xml"/>' for kind, file in lines)
    return re.sub(rb"</Types>", xml.encode() + b"</Types>", data)


def _header(facts, sample, head=None):
    """The book's title, the mark of a sample edition, and the title of the chapter that the pages stand in."""
    mark = f'<w:r><w:rPr><w:color w:val="B3261E"/></w:rPr><w:t>{words(facts.mark)}</w:t></w:r>' if sample else ""
    tab = "<w:r><w:tab/></w:r>"
    chapter = run(head.title) if head else ""
    if head and head.field:
        chapter = field("STYLEREF 1", head.title)  # by number: the style's name differs by language
    return OPEN.format(tag="hdr", body=paragraph("Header", run(facts.title) + tab + mark + tab + chapter)).encode()


def _footer(side):
    """— 1 —, at the outer edge, one character in from it."""
    inner = run("— ") + field("PAGE", "1") + run(" —")
    indent = f'<w:ind w:{side}Chars="100" w:{side}="280"/>'
    body = f'<w:p><w:pPr><w:pStyle w:val="Footer"/>{indent}<w:jc w:val="{side}"/></w:pPr>{inner}</w:p>'
    return OPEN.format(tag="ftr", body=body).encode()


def _properties(facts):
    """Title, authors, keywords; both dates are the book's."""
    day = datetime.fromtimestamp(facts.stamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="{core}" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{words(facts.title)}</dc:title><dc:subject>{words(facts.subtitle)}</dc:subject>"
        f"<dc:creator>{words('、'.join(facts.authors))}</dc:creator>"
        f"<cp:keywords>{words('、'.join(facts.keywords))}</cp:keywords><dc:language>{words(facts.lang)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{day}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{day}</dcterms:modified></cp:coreProperties>'
    ).encode()
