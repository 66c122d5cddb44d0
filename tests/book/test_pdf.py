"""The PDF: what a reader finds in it, the same bytes twice, and what stops it."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from research.book import ast as tree
from research.book import pdf
from research.errors import DataError

spec = importlib.util.spec_from_file_location("paper_sample", Path(__file__).with_name("paper_sample.py"))
sample = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sample)

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
    cover, contents, figures, tables, *_ = pages(made)
    assert "黄岩区共同富裕蓝皮书" in cover and "2025年3月18日" in cover and "示例数据，非真实统计" in cover
    for entry in ("第一部分总报告", "第1章三大差距", "1.1收入差距", "附录A数据来源"):
        assert entry in contents
    assert "图1.1收入的洛伦兹曲线" in figures and "图1.2城乡的洛伦兹曲线" in figures
    assert all(f"表{n}" in tables for n in ("1.1", "2.1", "2.2"))


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
    assert all("gaps.qmd" in f.place for f in error.value.faults)
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
    from research.book import paper_chapters

    book = sample.make_book(tmp_path, numbering="report")
    refs = [("图 1.2 (b)", "fig-pair-b"), ("第 1.2 节", "sec-urban"), ("表 2.2", "tbl-wide")]
    links = [tree.link(tree.string(words), f"#{name}", ["bb-ref"]) for words, name in refs]
    book.chapters[1].blocks.append(tree.para(links))
    gaps = next(c for c in paper_chapters.numbered(book) if c.slug == "gaps")
    assert [tree.text(link) for link in gaps.blocks[-1]["c"]] == ["图2(b)", "二", "B.2 表2"]
