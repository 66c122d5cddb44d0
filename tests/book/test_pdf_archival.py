"""The PDF held to what PDF/A-2a and PDF/UA-1 ask for, clause by clause.

typst refuses to write what breaks these standards where it can tell; veraPDF, the reference validator, is in no
package registry, so the clauses are looked up in the file itself.
"""

import re

import pytest

from research.book.pdf import write as pdf
from tests.support import paper_sample as sample
from tests.support import pdf_reader as reader


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    return pdf.write(sample.make_book(folder), folder / "book.pdf", folder / "work").read_bytes()


@pytest.fixture(scope="module")
def found(data):
    return reader.objects(data)


def of(found, *marks):
    return [text for text in found[0].values() if all(re.search(m, text) for m in marks)]


@pytest.fixture(scope="module")
def catalog(found):
    (one,) = of(found, rb"/Type\s*/Catalog")
    return one


def test_header_trailer_and_no_encryption(data):  # 6.1.2, 6.1.3
    first, second = data.split(b"\n")[:2]
    assert re.fullmatch(rb"%PDF-1\.[4-7]", first) and second[:1] == b"%" and sum(c > 127 for c in second[:5]) >= 4
    assert b"/Encrypt" not in data and re.search(rb"/ID\s*\[", data) and data.rstrip().endswith(b"%%EOF")


def test_nothing_that_acts_or_lies_outside(found):  # 6.1.6, 6.4, 6.5, 6.6, 6.8
    forbidden = (
        rb"/LZWDecode",
        rb"/Crypt\b",
        rb"/JavaScript",
        rb"/JS\b",
        rb"/Launch\b",
        rb"/Sound\b",
        rb"/Movie\b",
        rb"/ResetForm",
        rb"/ImportData",
        rb"/AA\b",
        rb"/EmbeddedFiles",
        rb"/PS\b\s*/",
        rb"/XFA",
        rb"/OPI\b",
        rb"/Alternates",
        rb"/Interpolate\s+true",
        rb"/TR\s+\d",
        rb"/HTP\b",
        rb"/NeedsRendering",
    )
    assert [m for m in forbidden if of(found, m)] == []


def test_output_intent_gives_the_colours_their_meaning(found, catalog):  # 6.2.3
    intent = reader.followed(found[0], catalog, b"OutputIntents")
    intent = found[0][int(re.search(rb"(\d+) 0 R", intent)[1])]
    assert b"/GTS_PDFA1" in intent
    profile = int(re.search(rb"/DestOutputProfile\s*(\d+) 0 R", intent)[1])
    assert found[1][profile][36:40] == b"acsp" and found[1][profile][16:20] == b"RGB "  # ICC, of three colours
    assert not of(found, rb"/DeviceCMYK")


def test_fonts_are_embedded_and_their_letters_are_text(found):  # 6.2.11.4, 6.2.11.7
    descriptors = of(found, rb"/Type\s*/FontDescriptor")
    assert len(descriptors) >= 3 and all(re.search(rb"/FontFile[23]?\b", d) for d in descriptors)
    fonts = of(found, rb"/Type\s*/Font\b", rb"/Subtype\s*/Type0")
    assert fonts and all(b"/ToUnicode" in f for f in fonts)
    maps = b"".join(s for s in found[1].values() if b"begincmap" in s)
    for letter in "黄岩共富基尼":
        assert letter.encode("utf-16-be").hex().upper().encode() in maps.upper(), letter


def test_metadata_say_what_it_is(found, catalog):  # 6.6.2, 6.6.4
    xmp = found[1][int(re.search(rb"/Metadata\s*(\d+) 0 R", catalog)[1])].decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp and "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "黄岩区共同富裕蓝皮书" in xmp and "2025-03-18T00:00:00" in xmp
    info = next(t for t in found[0].values() if b"/CreationDate" in t)
    assert re.search(rb"/CreationDate\s*\(D:20250318000000", info)


def test_structure_is_there_and_whole(found, catalog):  # 6.7
    assert b"/StructTreeRoot" in catalog and re.search(rb"/Lang\s*\(zh", catalog)
    assert re.search(rb"/Marked\s+true", reader.followed(found[0], catalog, b"MarkInfo"))
    assert re.search(rb"/DisplayDocTitle\s+true", reader.followed(found[0], catalog, b"ViewerPreferences"))
    pages = of(found, rb"/Type\s*/Page\b")
    assert len(pages) > 8 and all(b"/StructParents" in p and re.search(rb"/Tabs\s*/S", p) for p in pages)
    kind = rb"/S\s*/(H\d|P|Table|TR|TH|TD|L|LI|Figure|Link|Note)\b"
    kinds = {m for text in found[0].values() for m in re.findall(kind, text)}
    assert {b"H1", b"H2", b"P", b"Table", b"TR", b"TH", b"TD", b"L", b"LI", b"Figure", b"Link", b"Note"} <= kinds


def test_pictures_and_links_have_words(found):  # 6.7.4; PDF/UA 7.3, 7.18.5
    figures = of(found, rb"/S\s*/Figure\b")
    assert len(figures) >= 3 and all(b"/Alt" in f for f in figures)
    links = of(found, rb"/Subtype\s*/Link\b")
    assert len(links) > 10 and all(re.search(rb"/F\s+4\b", link) for link in links)  # printed, not hidden


def test_bookmarks_name_parts_chapters_and_sections(found, catalog):
    lines = [text for text in of(found, rb"/Title", rb"/Parent") if b"/Dest" in text or b"/A" in text]
    assert b"/Outlines" in catalog and len(lines) >= 9  # preface, part, two chapters, appendix, sections
    for title in ("三大差距", "收入差距", "数据来源"):
        written = title.encode("utf-16-be")
        assert any(written in line or written.hex().upper().encode() in line.upper() for line in lines), title
