"""The PDF: what a reader finds in it, the same bytes twice, and what stops it."""

import re
import shutil
import subprocess

import pytest

from research import book
from research.book.pdf import write as pdf
from research.book.tree import ast as tree
from research.errors import DataError
from tests.support import paper_sample as sample

poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    return pdf.write(sample.make_book(folder), folder / "book.pdf", folder / "work")


def pages(path):
    """The text of each page, spaces dropped."""
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    return [re.sub(r"\s", "", page) for page in text.split("\f")]


def test_same_book_same_bytes(made, tmp_path):
    again = pdf.write(sample.make_book(tmp_path), tmp_path / "other.pdf", tmp_path / "elsewhere")
    assert again.read_bytes() == made.read_bytes()


def test_file_is_archival_and_accessible(made):
    data = made.read_bytes()
    assert b"<pdfaid:part>2</pdfaid:part>" in data and b"<pdfuaid:part>1</pdfuaid:part>" in data
    assert b"/StructTreeRoot" in data and b"/Outlines" in data
    assert str(made.parent).encode() not in data


@poppler
@pytest.mark.office
def test_front_matter(made):
    cover, contents, lists, *_ = pages(made)
    assert "黄岩区共同富裕蓝皮书" in cover and "2025年3月18日" in cover and "示例数据，非真实统计" in cover
    for entry in ("第一部分总报告", "第1章三大差距", "1.1收入差距", "附录A数据来源"):
        assert entry in contents
    assert "图1.1收入的洛伦兹曲线" in lists and "图1.2城乡的洛伦兹曲线" in lists
    assert lists.index("图1.2") < lists.index("表目录")
    assert all(f"表{n}" in lists for n in ("1.1", "2.1", "2.2"))


@poppler
@pytest.mark.office
def test_long_table_repeats_its_head_and_wide_table_turns_the_page(made):
    text = pages(made)
    first = next(k for k, page in enumerate(text) if "乡镇1西" in page or "乡镇11001" in page)
    assert "续表2.1" in text[first + 1] and "地区人口（人）收入（元）说明" in text[first + 1]
    assert "续表" not in text[first]
    sizes = subprocess.run(["pdfinfo", "-l", "99", str(made)], capture_output=True, check=True).stdout.decode()
    assert len(re.findall(r"Page +\d+ size: +841\.\d+ x 595", sizes)) == 1


@poppler
@pytest.mark.office
def test_sample_marks_stand_on_the_chapters_that_need_them(made):
    text = pages(made)
    marked = [page for page in text[4:] if "示例数据，非真实统计" in page]
    assert any("城镇居民收入的62%来自工资" in page for page in marked)
    preface = next(page for page in text if "本书按年度编写" in page)
    assert "示例数据" not in preface


@poppler
@pytest.mark.office
def test_citations_count_through_the_book(made):
    text = "".join(pages(made))
    assert "引用文献[1,2]" in text
    assert "[1]张三.共同富裕论[M].杭州:浙江人民出版社,2021." in text


@poppler
@pytest.mark.office
def test_report_numbering(tmp_path):
    made = pdf.write(sample.make_book(tmp_path, numbering="report"), tmp_path / "book.pdf", tmp_path / "work")
    text = "".join(pages(made))
    for words in ("B.1三大差距", "一、收入差距", "（一）按来源分解", "表1分城乡", "表1十九个", "如图1与表1所示"):
        assert words in text, words
    assert "第1章三大差距" not in text


def test_unknown_numbering_is_named(tmp_path):
    with pytest.raises(DataError, match="numbering.*'roman'"):
        pdf.write(sample.make_book(tmp_path, numbering="roman"), tmp_path / "b.pdf", tmp_path / "work")


def test_what_is_broken_is_named_with_its_chapter_and_leaves_the_old_file(tmp_path):
    out = tmp_path / "b.pdf"
    out.write_bytes(b"old")
    book = sample.make_book(tmp_path)
    image = tree.para([{"t": "Image", "c": [["", [], []], [], ["gone.svg", ""]]}])
    book.chapters[1].blocks += [image, tree.para([tree.link(tree.string("x"), "#fig-gone")])]
    with pytest.raises(DataError) as error:
        pdf.write(book, out, tmp_path / "work")
    assert {f.kind for f in error.value.faults} == {"image", "reference"}
    assert all("gaps.qmd" in str(f.place) for f in error.value.faults)
    assert out.read_bytes() == b"old"


def test_a_character_without_a_glyph_stops_the_build(tmp_path):
    book = sample.make_book(tmp_path)
    book.chapters[2].blocks.append(tree.para(tree.string("\U0001f9ff")))
    with pytest.raises(DataError, match="towns.qmd"):
        pdf.write(book, tmp_path / "b.pdf", tmp_path / "work")


def test_text_is_never_read_as_code(tmp_path):
    book = sample.make_book(tmp_path)
    nasty = '#panic("x") $ * _ <b> @c [y] \\ " // /* */ `z`'
    book.title = nasty
    book.chapters[2].blocks += [tree.header(2, tree.string(nasty), "sec-nasty"), tree.para(tree.string(nasty))]
    assert pdf.write(book, tmp_path / "b.pdf", tmp_path / "work").is_file()


def test_report_numbers_in_references(tmp_path):
    """A sub-figure by its figure's number, a figure of another report with that report's."""
    from research.book.paper import chapters as paper_chapters

    book = sample.make_book(tmp_path, numbering="report")
    refs = [("图 1.2 (b)", "fig-pair-b"), ("第 1.2 节", "sec-urban"), ("表 2.2", "tbl-wide")]
    links = [tree.link(tree.string(words), f"#{name}", ["bb-ref"]) for words, name in refs]
    book.chapters[1].blocks.append(tree.para(links))
    gaps = next(c for c in paper_chapters.numbered(book) if c.slug == "gaps")
    assert [tree.text(link) for link in gaps.blocks[-1]["c"]] == ["图2(b)", "二", "B.2 表2"]


def boxes(path):
    """The lines of each page as (top, text), from 0 at the head to 1 at the foot."""
    from lxml import etree

    xml = subprocess.run(["pdftotext", "-bbox-layout", str(path), "-"], capture_output=True, check=True).stdout
    root = etree.fromstring(re.sub(rb'xmlns="[^"]*"', b"", xml), etree.XMLParser(recover=True))
    return [
        [
            (float(line.get("yMin")) / float(page.get("height")), re.sub(r"\s", "", "".join(line.itertext())))
            for line in page.iter("line")
        ]
        for page in root.iter("page")
    ]


@poppler
@pytest.mark.office
def test_no_heading_stands_alone_at_the_foot_of_a_page(tmp_path):
    """Sections of growing length push forty headings over all places of a page; text follows each on its page."""
    book = sample.make_book(tmp_path)
    text = "共同富裕是全体人民的共同富裕，是人民群众物质生活和精神生活都富裕。"
    for n in range(40):
        book.chapters[2].blocks += [
            tree.header(2, tree.string(f"节题{n:02d}"), f"sec-n{n}"),
            *[tree.para(tree.string(text * 3)) for _ in range(1 + n % 5)],
        ]
    found = 0
    for page in boxes(pdf.write(book, tmp_path / "b.pdf", tmp_path / "work")):
        for top, line in page:
            if re.fullmatch(r"节题\d\d", line):
                found += 1
                assert [t for t, other in page if top < t < 0.93 and text[:8] in other], line
    assert found == 40


@poppler
@pytest.mark.office
def test_running_heads_name_book_and_chapter_but_not_where_a_chapter_opens(made):
    text = [[line for top, line in page if top < 0.08] for page in boxes(made)]
    heads = ["".join(lines) for lines in text]
    opening = next(k for k, page in enumerate(pages(made)) if page.startswith("第2章"))
    assert heads[opening] == ""
    assert "黄岩区共同富裕蓝皮书" in heads[opening + 1] and "乡镇街道" in heads[opening + 1]


@poppler
@pytest.mark.office
def test_notes_stand_at_the_foot_and_count_anew(made):
    page = next(p for p in boxes(made) if any("本书按年度编写" in line for _, line in p))
    note = next((top, line) for top, line in page if "数据口径见" in line)
    assert note[0] > 0.8
    assert any(top > 0.8 and line.startswith("①") for top, line in page)


def test_sample_editions_are_watermarked_and_others_are_not(tmp_path):
    (tmp_path / "real").mkdir()
    real = sample.make_book(tmp_path / "real")
    for chapter in real.chapters:
        chapter.status = "published"
    pdf.write(real, tmp_path / "real.pdf", tmp_path / "work")
    settings = (tmp_path / "work" / "typst" / "settings.typ").read_text(encoding="utf-8")
    assert "sample: false" in settings
    marked = sample.make_book(tmp_path)
    pdf.write(marked, tmp_path / "b.pdf", tmp_path / "work2")
    assert "sample: true" in (tmp_path / "work2" / "typst" / "settings.typ").read_text(encoding="utf-8")


@poppler
@pytest.mark.office
def test_watermark_lies_on_the_pages_of_sample_chapters_only(made):
    text = pages(made)
    wanted = next(k for k, page in enumerate(text) if page.startswith("第2章"))
    preface = next(k for k, page in enumerate(text) if "本书按年度编写" in page)
    assert "示例数据" not in text[preface]
    big = [w for w in words_of(made, wanted + 1) if w > 60]
    assert big and not [w for w in words_of(made, preface + 1) if w > 60]


def words_of(path, page):
    """Heights of the words on a page, pt: the watermark is larger than any type."""
    xml = subprocess.run(
        ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(path), "-"], capture_output=True, check=True
    ).stdout.decode()
    return [float(b) - float(a) for a, b in re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)"', xml)]


@poppler
@pytest.mark.office
def test_front_matter_stands_before_the_contents(tmp_path):
    """Each section on a page of its own, counted i, ii ...; the English contents with numbers and pages."""
    book = sample.make_book(tmp_path)
    front = book.chapters[0]
    front.meta = {"front-matter": True}
    front.blocks = sample.blocks(
        "# 前言 {#sec-preface .unnumbered}\n\n## 说明 {#sec-s .unnumbered}\n\n说明文字。\n\n"
        "## 编委会 {#sec-b .unnumbered}\n\n主编　李四\n\n## Contents {#sec-c .unnumbered}\n\n"
        "::: {#contents-en}\n\n- Reports\n"
        "    - [The Gaps](#sec-gaps)\n    - [Townships](#sec-towns)\n\n:::\n"
    )
    text = pages(pdf.write(book, tmp_path / "b.pdf", tmp_path / "work"))
    assert "前言" in text[1] and "说明文字" in text[1] and text[1].endswith("i")
    assert "编委会" in text[2] and "李四" in text[2]
    assert re.search(r"1TheGaps[.·\s]*2", text[3]) and re.search(r"2Townships[.·\s]*\d", text[3])
    assert "目录" in text[4]
    assert "编委会" not in text[4]


@poppler
def test_a_chapter_may_stand_in_the_contents_by_its_title_alone(foreign):
    def listed():
        (made,) = book.render(foreign, "", to=["pdf"], engine="pandoc")
        done = subprocess.run(["pdftotext", "-layout", str(made), "-"], capture_output=True, check=True)
        squeezed = re.sub(r"\s", "", done.stdout.decode())
        wanted = ("1章渔获", r"1\.1按月", r"图1\.1各月渔获")
        return [bool(re.search(words + r"[^.]{0,12}\.{5,}", squeezed)) for words in wanted]

    assert listed() == [True, True, True]
    path = foreign / "catch.qmd"
    text = path.read_text("utf-8")
    head = "---\ncontents: title\n"
    path.write_text(head + (text.removeprefix("---\n") if text.startswith("---\n") else f"---\n\n{text}"), "utf-8")
    assert listed() == [True, False, False]


@poppler
@pytest.mark.office
def test_a_chapter_that_runs_over_by_a_few_lines_is_set_closer(tmp_path, monkeypatch):
    """The typesetter's second look: a last page of a few lines is pulled in, and nothing of the text is lost."""
    words = "发展不平衡不充分问题仍然突出，城乡区域发展和收入分配差距较大。" * 3

    def written(paragraphs, rounds):
        monkeypatch.setattr(pdf, "ROUNDS", rounds)
        book = sample.make_book(tmp_path)
        text = "".join(f"第{k}段。{words}\n\n" for k in range(paragraphs))
        book.chapters[-1].blocks = [*book.chapters[-1].blocks, *sample.blocks(text)]
        text = pages(pdf.write(book, tmp_path / "b.pdf", tmp_path / "work"))
        assert all(f"第{k}段。" in "".join(text) for k in range(paragraphs))
        return sum("段。发展" in page for page in text)

    for paragraphs in range(22, 27):
        plain = written(paragraphs, 0)
        if plain > written(paragraphs, 1):
            break
    else:
        pytest.fail("no chapter was pulled in")
