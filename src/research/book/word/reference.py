"""The reference document: pandoc's own, its styles replaced by those of a look."""

from __future__ import annotations

import io
import re
import zipfile

from lxml import etree

from research.book.paper.tables import COMPACT
from research.book.tree import pandoc
from research.book.word.styles import (
    BLUE,
    FALLBACKS,
    FANGSONG,
    HEITI,
    KAITI,
    SONGTI,
    characters,
    layout,
)
from research.book.word.text import NAMES, W

MONO = "Courier New"
LINE = 1.35  # of the size: what a line of Chinese type takes in Word
BOX = ('<w:pBdr><w:top w:val="single" w:sz="8" w:space="6" w:color="B3261E"/>'
       '<w:left w:val="single" w:sz="8" w:space="6" w:color="B3261E"/>'
       '<w:bottom w:val="single" w:sz="8" w:space="6" w:color="B3261E"/>'
       '<w:right w:val="single" w:sz="8" w:space="6" w:color="B3261E"/></w:pBdr>')
SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="F4F4F4"/>'


def paragraph_styles(look):
    """All paragraph styles of a look: (id, name, based on, next, paragraph and character properties).

    Parameters
    ----------
    look : docx_styles.Look

    Returns
    -------
    list of tuple
    """
    text, size, small, tiny = look.body, look.size, look.small, look.tiny
    body = layout(look.pitch, indent=2, align="both")
    flush = layout(look.pitch, align="both")
    table = lambda align="": layout(before=2, after=2, align=align, least=small * LINE)  # noqa: E731
    caption = characters(HEITI, small)
    toc = lambda left, **k: layout(18 if size < 14 else 22, left=left, extra=_leader(look), **k)  # noqa: E731
    styles = [
        ("Normal", "Normal", "", "", layout(), characters(text, size)),
        ("BodyText", "Body Text", "Normal", "BodyText", body, ""),
        ("FirstParagraph", "First Paragraph", "BodyText", "BodyText", body, ""),
        ("Compact", "Compact", "BodyText", "Compact", flush, ""),
        ("Title", "Title", "Normal", "BodyText", layout(before=150, after=20, align="center"),
         characters(HEITI, 36, colour=BLUE)),
        ("Subtitle", "Subtitle", "Normal", "BodyText", layout(before=6, after=30, align="center"),
         characters(KAITI, 22)),
        ("CoverLine", "Cover Line", "Normal", "CoverLine", layout(before=4, after=4, align="center"),
         characters(KAITI, 16)),
        ("CoverMark", "Cover Mark", "Normal", "CoverLine", layout(before=24, after=190, align="center", extra=BOX)
         .replace('w:left="0"', 'w:left="2400" w:right="2400"'), characters(HEITI, 15, colour="B3261E")),
        ("CoverGap", "Cover Gap", "CoverLine", "CoverLine", layout(before=220), ""),
        ("PartTitle", "Part Title", "Normal", "Heading1",
         _outlined(layout(before=200, align="center", extra="<w:pageBreakBefore/>"), 0),
         characters(HEITI, 28, colour=BLUE)),
        ("Caption", "caption", "Normal", "BodyText", layout(before=3, after=9, align="center"), caption),
        ("ImageCaption", "Image Caption", "Caption", "BodyText",
         layout(before=3, after=12, align="center", least=small * LINE), caption),
        ("TableCaption", "Table Caption", "Caption", "BodyText", layout(before=12, after=4, align="center", keep=True,
                                                             least=small * LINE), caption),
        ("SubCaption", "Sub-figure Caption", "Caption", "BodyText", layout(before=1, after=3, align="center"),
         characters(SONGTI, tiny)),
        ("Figure", "Figure", "Normal", "Caption", layout(before=8, align="center"), ""),
        ("CaptionedFigure", "Captioned Figure", "Figure", "Caption", layout(before=8, align="center", keep=True), ""),
        ("TableText", "Table Text", "Normal", "TableText", table(), characters(SONGTI, small)),
        ("TableHead", "Table Head", "TableText", "TableText", table("center"), characters(HEITI, small)),
        ("TableTextSmall", "Table Text Small", "TableText", "TableTextSmall", "", characters(SONGTI, COMPACT)),
        ("TableHeadSmall", "Table Head Small", "TableHead", "TableTextSmall", "", characters(HEITI, COMPACT)),
        ("SourceNote", "Source Note", "Normal", "BodyText", layout(before=3, after=9, least=tiny * LINE),
         characters(KAITI, tiny)),
        ("Equation", "Equation", "Normal", "BodyText",
         layout(before=6, after=6, extra=_centre_tabs(look.line)), characters(text, size)),
        ("BlockText", "Block Text", "Normal", "BodyText",
         layout(look.pitch, before=4, after=4, indent=2, left=2, align="both"), characters(KAITI, size)),
        ("FootnoteText", "footnote text", "Normal", "FootnoteText", layout(), characters(SONGTI, 9)),
        ("CalloutTitle", "Callout Title", "Normal", "CalloutBody", layout(before=5, after=3, keep=True),
         characters(HEITI, small + 1, colour=BLUE)),
        ("CalloutBody", "Callout Body", "Normal", "CalloutBody", layout(before=2, after=5, align="both"),
         characters(text, small + 1)),
        ("TabTitle", "Tab Title", "Normal", "BodyText", layout(before=8, after=4, keep=True),
         characters(HEITI, size * 0.9, colour=BLUE)),
        ("SourceCode", "Source Code", "Normal", "SourceCode", layout(before=4, after=4, extra=SHADE),
         characters(SONGTI, 9, latin=MONO)),
        ("Bibliography", "Bibliography", "Normal", "Bibliography", layout(before=2, after=2, hanging=2, left=2),
         characters(text, min(size, 12))),
        ("DefinitionTerm", "Definition Term", "Normal", "Definition", layout(look.pitch, keep=True),
         characters(HEITI, size)),
        ("Definition", "Definition", "Normal", "BodyText", layout(look.pitch, left=2, align="both"), ""),
        ("FrontTitle", "Front Title", "Normal", "BodyText", layout(before=6, after=16, align="center", keep=True),
         characters(HEITI, 20)),
        ("FrontSection", "Front Section", "FrontTitle", "BodyText",
         layout(before=6, after=16, align="center", keep=True, extra="<w:pageBreakBefore/>"), characters(HEITI, 20)),
        ("ReportHead", "Report Head", "BodyText", "BodyText",
         layout(look.pitch if size < 14 else 24, before=2, after=4, left=2, align="both"),
         characters(KAITI, min(size, 14))),
        ("TOC1", "toc 1", "Normal", "TOC1", toc(0, before=5), characters(HEITI, min(size, 14))),
        ("TOC2", "toc 2", "Normal", "TOC2", toc(2), characters(SONGTI, min(size, 12))),
        ("TOC3", "toc 3", "Normal", "TOC3", toc(4), characters(SONGTI, min(size, 12))),
        ("TableofFigures", "table of figures", "Normal", "TableofFigures", toc(0), characters(SONGTI, small)),
        ("Header", "header", "Normal", "Header", layout(extra=_header_tabs(look.line), align="left"),
         characters(SONGTI, 9, colour="595959")),
        ("Footer", "footer", "Normal", "Footer", layout(), characters(SONGTI, 14)),
        ("SectionBreak", "Section Break", "Normal", "BodyText", layout(pitch=1), characters(SONGTI, 1)),
    ]
    for level, (font, points, bold, align) in enumerate(look.heads, 1):
        first = level == 1
        extra = "<w:pageBreakBefore/>" if first else ""
        indent = 2 if align == "left" and look.size > 14 and not first else 0
        props = layout(before=24 if first else 10, after=20 if first else 6, align=align, keep=True, extra=extra,
                       indent=indent)
        styles.append((f"Heading{level}", f"heading {level}", "Normal", "BodyText", _outlined(props, level - 1),
                       characters(font, points, bold, look.colour)))
    return styles


def _outlined(props, level):
    return props.replace("</w:pPr>", f'<w:outlineLvl w:val="{level}"/></w:pPr>')


def _leader(look):
    return f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{round(look.line * 20)}"/></w:tabs>'


def _centre_tabs(line):
    return (f'<w:tabs><w:tab w:val="center" w:pos="{round(line * 10)}"/>'
            f'<w:tab w:val="right" w:pos="{round(line * 20)}"/></w:tabs>')


def _header_tabs(line):
    return ('<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="2" w:color="808080"/></w:pBdr>'
            f'<w:tabs><w:tab w:val="center" w:pos="{round(line * 10)}"/>'
            f'<w:tab w:val="right" w:pos="{round(line * 20)}"/></w:tabs>')


TABLE_STYLE = (
    '<w:style {ns} w:type="table" w:customStyle="1" w:styleId="Table"><w:name w:val="Table"/>'
    '<w:uiPriority w:val="59"/><w:qFormat/><w:tblPr><w:jc w:val="center"/><w:tblBorders>'
    '<w:top w:val="single" w:sz="12" w:space="0" w:color="000000"/>'
    '<w:bottom w:val="single" w:sz="12" w:space="0" w:color="000000"/></w:tblBorders>'
    '<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
)


def make_reference(look, path):
    """Write the reference document of a look.

    Parameters
    ----------
    look : docx_styles.Look
    path : Path

    Returns
    -------
    Path
        `path`.
    """
    given = pandoc.run(["--print-default-data-file", "reference.docx"])
    with zipfile.ZipFile(io.BytesIO(given)) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/styles.xml":
                data = _styles(data, look)
            elif name == "word/document.xml":
                data = _page(data, look)
            elif name == "word/fontTable.xml":
                data = _font_table()
            new.writestr(name, data)
    return path


def _styles(data, look):
    """pandoc's styles with ours in their place."""
    root = etree.fromstring(data)
    ns = f'xmlns:w="{NAMES["w"]}"'
    made = [etree.fromstring(TABLE_STYLE.format(ns=ns))]
    made += [etree.fromstring(_style(ns, *fields)) for fields in paragraph_styles(look)]
    ids = {s.get(f"{W}styleId") for s in made}
    for style in root.findall(f"{W}style"):
        link = style.find(f"{W}link")
        if style.get(f"{W}styleId") in ids or (link is not None and re.match(r"Heading|Title|Subtitle|BodyText",
                                                                           link.get(f"{W}val", ""))):
            root.remove(style)
    for base in root.iter(f"{W}basedOn"):
        if base.get(f"{W}val") == "BodyTextChar":
            base.set(f"{W}val", "DefaultParagraphFont")
    root.extend(made)
    defaults = root.find(f"{W}docDefaults")
    defaults.getparent().replace(defaults, etree.fromstring(
        f'<w:docDefaults {ns}><w:rPrDefault>{_default_run(look)}</w:rPrDefault><w:pPrDefault/></w:docDefaults>'))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _default_run(look):
    return characters(look.body, look.size).replace(
        "</w:rPr>", '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>')


def _style(ns, identifier, name, base, following, paragraph, run):
    builtin = name[0].islower() or name in ("Normal", "Title", "Subtitle", "Body Text", "Block Text", "Bibliography")
    kind = 'w:default="1" ' if name == "Normal" else "" if builtin else 'w:customStyle="1" '
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    after = f'<w:next w:val="{following}"/>' if following and following != identifier else ""
    return (f'<w:style {ns} w:type="paragraph" {kind}w:styleId="{identifier}"><w:name w:val="{name}"/>'
            f'{based}{after}<w:qFormat/>{paragraph}{run}</w:style>')


def _page(data, look):
    """The page's measures, from which pandoc takes how wide an image may be."""
    root = etree.fromstring(data)
    section = next(root.iter(f"{W}sectPr"))
    for child in list(section):
        section.remove(child)
    for xml in page_xml(look):
        section.append(etree.fromstring(xml.replace("/>", f' xmlns:w="{NAMES["w"]}"/>', 1)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def page_xml(look, turned=False):
    """Page size and margins of a section, in twentieths of a point."""
    twips = [round(mm * 1440 / 25.4) for mm in (*look.margins, 210, 297)]
    top, bottom, left, right, wide, high = twips
    if turned:
        top, bottom, left, right, wide, high = left, right, bottom, top, high, wide
    orient = ' w:orient="landscape"' if turned else ""
    return [f'<w:pgSz w:w="{wide}" w:h="{high}"{orient}/>',
            f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" '
            f'w:header="{min(top - 300, 1100)}" w:footer="{min(bottom - 300, 1200)}" w:gutter="0"/>']


def _font_table():
    """Fonts with the names to try where a machine lacks them."""
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{"roman" if name in (FANGSONG, SONGTI, KAITI) else "swiss"}"/></w:font>'
        for name, others in FALLBACKS.items())
    return (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{NAMES["w"]}">'
            f'{entries}</w:fonts>').encode()
