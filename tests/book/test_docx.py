"""The Word file: styles, fields, sections, tables, alt texts; the same bytes twice."""

import io
import re
import shutil
import subprocess
import zipfile

import docx as word
import pytest
from lxml import etree

from research.book.tree import ast as tree
from research.book.word import write as docx
from research.errors import DataError
from tests.support import docx_access
from tests.support import paper_sample as sample

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docx")
    return docx.write(sample.make_book(folder), folder / "book.docx", folder / "work")


@pytest.fixture(scope="module")
def body(made):
    with zipfile.ZipFile(made) as file:
        return etree.fromstring(file.read("word/document.xml"))


def words(element):
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def of_style(body, style):
    return [p for p in body.iter(f"{W}p") if p.find(f"{W}pPr/{W}pStyle[@{W}val='{style}']") is not None]


def instructions(body, kind):
    found = ["".join(i.text for i in p.iter(f"{W}instrText")) for p in body.iter(f"{W}p")]
    return [i for text in found for i in re.findall(rf"{kind} [^ ]+ .*?(?= {kind} |$)", text)]


def test_same_book_same_bytes(made, tmp_path):
    again = docx.write(sample.make_book(tmp_path), tmp_path / "other.docx", tmp_path / "elsewhere")
    assert again.read_bytes() == made.read_bytes()


def test_no_clock_and_no_path(made):
    with zipfile.ZipFile(made) as file:
        assert {i.date_time for i in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2025-03-18T00:00:00Z" in file.read("docProps/core.xml")
        assert not [n for n in file.namelist() if str(made.parent).encode() in file.read(n)]


def test_page_and_text_follow_the_layout_of_official_documents(made):
    document = word.Document(made)
    section = document.sections[-1]
    margins = [round(getattr(section, f"{side}_margin").mm) for side in ("top", "bottom", "left", "right")]
    assert margins == [37, 35, 28, 26]
    assert document.styles["Normal"].font.size.pt == 16
    fonts = {n: document.styles[n].element.rPr.rFonts.get(f"{W}eastAsia") for n in ("Normal", "Heading 1", "Heading 3")}
    assert fonts == {"Normal": "仿宋", "Heading 1": "黑体", "Heading 3": "楷体"}
    indent = document.styles["Body Text"].element.pPr.ind
    assert indent.get(f"{W}firstLineChars") == "200"


def test_headings_are_real_headings_in_the_contents(body):
    titles = ["前言", "第 1 章 三大差距", "第 2 章 乡镇街道", "附录 A 数据来源"]
    assert [words(p) for p in of_style(body, "Heading1")] == titles
    assert "1.1 收入差距" in [words(p) for p in of_style(body, "Heading2")]
    contents = [re.sub(r"\d+$", "", words(p)) for p in of_style(body, "TOC1") + of_style(body, "TOC2")]
    assert "第 1 章 三大差距" in contents and "1.1 收入差距" in contents and "第一部分　总报告" in contents
    names = {b.get(f"{W}name") for b in body.iter(f"{W}bookmarkStart")}
    assert {h.get(f"{W}anchor") for h in body.iter(f"{W}hyperlink") if h.get(f"{W}anchor", "").startswith("_")} <= names


def test_contents_show_pages_before_an_update_and_word_is_asked_for_one(made, body):
    lines = {
        re.sub(r"\d+$", "", words(p)): re.findall(r"\d+$|[ivx]+$", words(p))
        for style in ("TOC1", "TOC2", "TableofFigures")
        for p in of_style(body, style)
    }
    assert all(lines.values())
    pages = {name: int(found[0]) for name, found in lines.items()}
    assert pages["前言"] == 1 and pages["第一部分　总报告"] == 2 and pages["第 1 章 三大差距"] == 3
    assert pages["1.1 收入差距"] == 3 < pages["第 2 章 乡镇街道"] < pages["附录 A 数据来源"]
    names = {b.get(f"{W}name") for b in body.iter(f"{W}bookmarkStart")}
    asked = re.findall(r"PAGEREF (\S+)", "".join(i.text for i in body.iter(f"{W}instrText")))
    assert asked and set(asked) <= names
    with zipfile.ZipFile(made) as file:
        assert b'<w:updateFields w:val="true"/>' in file.read("word/settings.xml")


def test_captions_count_by_fields_that_start_again_in_each_chapter(body):
    sequences = [
        re.sub(r"\s+", " ", "".join(i.text for i in p.iter(f"{W}instrText"))).strip()
        for style in ("ImageCaption", "TableCaption")
        for p in of_style(body, style)
    ]
    assert sequences == [
        r"SEQ 图 \* ARABIC \r 1",
        r"SEQ 图 \* ARABIC",
        r"SEQ 表 \* ARABIC \r 1",
        r"SEQ 表 \* ARABIC \r 1",
        r"SEQ 表 \* ARABIC",
    ]
    assert words(of_style(body, "ImageCaption")[0]) == "图 1.1　收入的洛伦兹曲线（示例数据，非真实统计）"


def test_references_are_fields_that_show_what_their_bookmark_holds(body):
    text = "".join(words(p) for p in of_style(body, "FirstParagraph") + of_style(body, "BodyText"))
    assert "如图 1.1与表 1.1所示，基尼系数按式（1.1）计算" in text
    held = {}
    for start in body.iter(f"{W}bookmarkStart"):
        if start.get(f"{W}name").startswith("_Ref"):
            inside = []
            for item in start.itersiblings():
                if item.tag == f"{W}bookmarkEnd" and item.get(f"{W}id") == start.get(f"{W}id"):
                    break
                inside.append(words(item))
            held[start.get(f"{W}name")] = "".join(inside)
    shown = re.findall(
        r"REF (_Ref\d{9}) \\h</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r>"
        r"<w:t xml:space=\"preserve\">(.*?)</w:t>",
        re.sub(r" xmlns:\w+=\"[^\"]+\"", "", etree.tostring(body, encoding="unicode")).replace(
            r"\h </w:instrText>", r"\h</w:instrText>"
        ),
    )
    assert len(shown) >= 4 and all(held[name] == text for name, text in shown)


def test_tables_have_three_rules_and_heads_that_repeat(body):
    tables = [t for t in body.iter(f"{W}tbl") if t.find(f".//{W}tblHeader") is not None]
    assert len(tables) == 3
    for table in tables:
        assert table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None
        ruled = table.findall(f"{W}tr/{W}tc/{W}tcPr/{W}tcBorders/{W}bottom")
        assert len(ruled) == len(table.findall(f"{W}tblGrid/{W}gridCol"))
    assert not [b for b in body.iter(f"{W}bookmarkStart") if "bluebookTable" in b.get(f"{W}name")]


def test_sections(body, made):
    sections = word.Document(made).sections
    assert [s.orientation for s in sections].count(word.enum.section.WD_ORIENT.LANDSCAPE) == 1
    heads = [s.header.paragraphs[0].text for s in sections]
    assert heads[1:3] == ["黄岩区共同富裕蓝皮书\t示例数据，非真实统计\t", "黄岩区共同富裕蓝皮书\t\t前言"]
    assert "黄岩区共同富裕蓝皮书\t示例数据，非真实统计\t第 1 章 三大差距" in heads
    assert heads[-1] == "黄岩区共同富裕蓝皮书\t\t附录 A 数据来源" and "示例数据，非真实统计" in heads[-2]
    fields = ["STYLEREF 1" in s.header._element.xml for s in sections]  # a part's title is no heading of Word's
    assert fields == [False, False] + ["总报告" not in head for head in heads[2:]]
    assert sections[1].footer.paragraphs[0].text == "— 1 —"


def test_formulas_pictures_and_notes(body, made):
    assert len(list(body.iter("{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"))) == 4
    described = [
        p.get("descr")
        for p in body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
    ]
    assert described == ["收入的洛伦兹曲线，曲线低于对角线", "甲图", "乙图"]
    with zipfile.ZipFile(made) as file:
        assert "数据口径见" in file.read("word/footnotes.xml").decode()


def test_the_other_look(tmp_path):
    made = docx.write(sample.make_book(tmp_path, **{"docx-style": "modern"}), tmp_path / "b.docx", tmp_path / "work")
    assert word.Document(made).styles["Normal"].font.size.pt == 11
    with pytest.raises(DataError, match="did you mean 'modern'"):
        docx.write(sample.make_book(tmp_path, **{"docx-style": "moderne"}), tmp_path / "b.docx", tmp_path / "work")


def test_the_other_numbering_from_the_same_source(tmp_path):
    made = docx.write(sample.make_book(tmp_path, numbering="report"), tmp_path / "b.docx", tmp_path / "work")
    with zipfile.ZipFile(made) as file:
        body = etree.fromstring(file.read("word/document.xml"))
    assert [words(p) for p in of_style(body, "Heading1")] == ["前言", "B.1 三大差距", "B.2 乡镇街道", "B.3 数据来源"]
    assert [words(p) for p in of_style(body, "Heading2")][:2] == ["一、收入差距", "二、城乡差距"]
    assert "（一）按来源分解" in [words(p) for p in of_style(body, "Heading3")]
    tables = [words(p).split("　")[0] for p in of_style(body, "TableCaption")]
    assert tables == ["表1", "表1", "表2"]  # each report counts its own
    inside = ["".join(i.text for i in p.iter(f"{W}instrText")) for p in of_style(body, "TableCaption")]
    assert [re.search(r'TC "(.*?)　.*" \\f t', i)[1] for i in inside] == ["B.1 表1", "B.2 表1", "B.2 表2"]
    listed = [words(p) for p in of_style(body, "TableofFigures")]
    assert [line.split("　")[0] for line in listed] == ["B.1 图1", "B.1 图2", "B.1 表1", "B.2 表1", "B.2 表2"]
    assert "如图1与表1所示" in "".join(words(p) for p in of_style(body, "FirstParagraph") + of_style(body, "BodyText"))


def test_front_matter_stands_before_the_contents(tmp_path):
    book = sample.make_book(tmp_path)
    front = book.chapters[0]
    front.meta = {"front-matter": True}
    front.blocks = sample.blocks(
        "# 前言 {#sec-p}\n\n## 说明 {#sec-s}\n\n文。\n\n## 编委会 {#sec-b}\n\n主编　李四\n\n"
        "## Contents {#sec-c}\n\n::: {#contents-en}\n\n- [The Gaps](#sec-gaps)\n\n:::\n"
    )
    made = docx.write(book, tmp_path / "b.docx", tmp_path / "work")
    texts = [p.text for p in word.Document(made).paragraphs]
    places = [texts.index(t) for t in ("前言", "编委会", "主编　李四", "Contents", "目录")]
    assert places == sorted(places)
    with zipfile.ZipFile(made) as file:
        body = etree.fromstring(file.read("word/document.xml"))
    assert [words(p) for p in of_style(body, "FrontSection")] == ["编委会", "Contents"]  # not in an updated 目录
    assert re.fullmatch(r"1　The Gaps\d+", words(of_style(body, "TOC1")[0]))


def test_text_is_never_read_as_markup(tmp_path):
    book = sample.make_book(tmp_path)
    nasty = '<w:p/> & ]]> "x" {PAGE}'
    book.title = nasty
    book.chapters[2].blocks += [tree.header(2, tree.string(nasty), "sec-nasty"), tree.para(tree.string(nasty))]
    made = docx.write(book, tmp_path / "b.docx", tmp_path / "work")
    assert nasty in [p.text for p in word.Document(made).paragraphs]


def test_what_is_broken_is_named_with_its_chapter(tmp_path):
    book = sample.make_book(tmp_path)
    image = tree.para([{"t": "Image", "c": [["", [], []], [], ["gone.svg", ""]]}])
    book.chapters[1].blocks += [image, tree.para([tree.link(tree.string("x"), "#fig-gone")])]
    with pytest.raises(DataError) as error:
        docx.write(book, tmp_path / "b.docx", tmp_path / "work")
    assert {f.kind for f in error.value.faults} == {"image", "reference"}


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftotext")), reason="needs LibreOffice")
def test_nothing_is_left_for_word_s_accessibility_checker(made):
    assert docx_access.faults(made) == []


def test_the_checks_of_accessibility_find_what_is_wrong(made, tmp_path):
    def spoilt(name, old, new):
        with zipfile.ZipFile(made) as file, zipfile.ZipFile(tmp_path / "bad.docx", "w") as bad:
            for part in file.namelist():
                data = file.read(part)
                if part == name:
                    changed = re.sub(old, new, data, count=1)
                    assert changed != data, old
                    data = changed
                bad.writestr(part, data)
        return docx_access.faults(tmp_path / "bad.docx")

    body = "word/document.xml"
    assert spoilt("docProps/core.xml", b"<dc:title>.*?</dc:title>", b"<dc:title/>") == ["no title"]
    assert spoilt(body, rb'descr="[^"]+"', b'descr=""')[0].startswith("no alternative text")
    assert spoilt(body, b"<w:tblHeader ?/>", b"")[0].startswith("no header row")
    assert spoilt(body, b'w:val="Heading2"', b'w:val="Heading4"')[0].startswith("a heading skips a level")
    assert spoilt(body, b"<wp:inline", b"<wp:anchor/><wp:inline")[0].startswith("not in line")


def test_opens_in_libreoffice_without_loss(made, tmp_path):
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(made),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "book.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    flat = re.sub(r"\s", "", text)
    assert re.search("示例数据，非真实统计第1章三大差距", flat)  # the running head
    for part in ("目录", "图1.1收入的洛伦兹曲线", "乡镇60", "城镇居民收入的62%来自工资", "张三.共同富裕论"):
        assert part in flat, part
    assert "Error" not in text and "错误" not in text


def test_charts_take_a_third_of_the_room_and_photographs_stay(tmp_path):
    from PIL import Image, ImageDraw

    from research.book.word.images import lean

    def png(picture):
        stream = io.BytesIO()
        picture.save(stream, "PNG", dpi=(150, 150))
        return stream.getvalue()

    chart = Image.new("RGBA", (900, 400), "white")
    draw = ImageDraw.Draw(chart)
    for k in range(60):
        draw.line((0, 400 - 5 * k, 900, 3 * k), fill=(23, 66 + k, 107), width=3)
    small = lean(png(chart.resize((450, 200), Image.Resampling.LANCZOS)))
    after = Image.open(io.BytesIO(small))
    assert after.mode == "P" and round(after.info["dpi"][0]) == 150
    assert after.convert("RGB").getpixel((449, 199)) == (255, 255, 255)
    across, down, round_ = Image.linear_gradient("L"), Image.linear_gradient("L").rotate(90), Image.radial_gradient("L")
    photograph = png(Image.merge("RGB", [across, down, round_]))
    assert lean(photograph) == photograph


def test_broken_picture_is_named(tmp_path):
    book = sample.make_book(tmp_path)
    (tmp_path / "a.png").write_bytes(sample.PNG[:40])
    with pytest.raises(DataError, match=r"gaps\.qmd.*an image that can be read.*a\.png"):
        docx.write(book, tmp_path / "b.docx", tmp_path / "work")


def test_valid_by_the_schemas_of_office_open_xml(made, tmp_path):
    """By openxml-audit, a port of Microsoft's Open XML SDK; the other look and the other numbering too."""
    other = docx.write(
        sample.make_book(tmp_path, **{"docx-style": "modern", "numbering": "report"}),
        tmp_path / "b.docx",
        tmp_path / "work",
    )
    audit = pytest.importorskip("openxml_audit")
    for path in (made, other):
        found = audit.OpenXmlValidator().validate(str(path))
        assert not found.errors, found.errors


def test_the_validator_finds_what_is_wrong(made, tmp_path):
    audit = pytest.importorskip("openxml_audit")
    spoilt = tmp_path / "spoilt.docx"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(spoilt, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(
                name, data.replace(b"<w:tblPr>", b"<w:tblPr><w:nonsense/>", 1) if name == "word/document.xml" else data
            )
    assert audit.OpenXmlValidator().validate(str(spoilt)).errors
