"""A line of prose: tags of HTML that every format can show, the others named, Chinese quotes the right way round."""

import re
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research import book
from research.book.source import prose
from research.errors import DataError

CONFIG = "project:\n  type: book\n  output-dir: out\nlang: {lang}\nbook:\n  title: 书\n  chapters: [index.qmd]\n"


@pytest.fixture
def small(tmp_path):
    def make(text, lang="zh"):
        (tmp_path / "_quarto.yml").write_text(CONFIG.format(lang=lang), "utf-8")
        (tmp_path / "index.qmd").write_text(f"# 前言\n\n{text}\n", "utf-8")
        return tmp_path

    return make


@pytest.mark.parametrize(
    "before, after",
    [
        ("按 <kbd>Ctrl</kbd> 键", "按 `Ctrl` 键"),
        ("甲<br>乙<br/>丙", "甲[]{.bb-break}乙[]{.bb-break}丙"),
        ("H<sub>2</sub>O，10<sup>a b</sup>", "H~2~O，10^a\\ b^"),
        ("<u>线</u><mark>标</mark><b>重</b><i>斜</i><del>删</del>", "[线]{.underline}[标]{.mark}**重***斜*~~删~~"),
        ("<b><i>套</i></b>", "***套***"),
        ("`<br>` 与 \\<br> 与 $a<b$", "`<br>` 与 \\<br> 与 $a<b$"),
        ("x < y，<https://example.org>", "x < y，<https://example.org>"),
    ],
)
def test_tags_as_markdown(before, after):
    assert prose.markdown(before) == after


@pytest.mark.parametrize(
    "before, after",
    [
        ('他说"好"。', "他说“好”。"),
        ("又说'行'。", "又说‘行’。"),
        ('"好"字在前', "“好”字在前"),
        ('![图]{fig-alt="一幅图"}', '![图]{fig-alt="一幅图"}'),
        ('[书](a.qmd "题名")与"词"', '[书](a.qmd "题名")与“词”'),
        ('`说"好"`', '`说"好"`'),
        ('the "word" and it\'s', 'the "word" and it\'s'),
        ('长5"宽3"', '长5"宽3"'),
        ('a "word" and 他说"好"。', 'a "word" and 他说“好”。'),
        ('"word"与"词"，"甲"和"乙"', "“word”与“词”，“甲”和“乙”"),
        ("it's 他说'行'，it's", "it's 他说‘行’，it's"),
    ],
)
def test_straight_quotes_by_gb_t_15834(before, after):
    assert prose.quotes(before) == after


@given(st.text(alphabet="甲乙a1 \"'`$<>{}[]()\\", max_size=40))
def test_nothing_but_quotes_is_changed(line):
    undone = prose.quotes(line).translate({0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'"})
    assert undone == line


def test_the_words_reach_every_format(small):
    root = small(
        '他说"好"，H<sub>2</sub>O，按<kbd>Enter</kbd>，\\[^abc\\]不是脚注。甲<br>乙\n\n'
        "::: {.callout-caution}\n慢。\n:::"
    )
    book.render(root, "", to=["html", "docx"], engine="pandoc")
    page = (root / "out" / "index.html").read_text("utf-8")
    assert "他说“好”" in page and "<sub>2</sub>" in page and "<code>Enter</code>" in page and "[^abc]不是脚注" in page
    assert re.search(r"甲<br ?/?>\s*乙", page) and "注意" in page
    with zipfile.ZipFile(next((root / "out").glob("*.docx"))) as word:
        text = word.read("word/document.xml").decode()
    assert "“好”" in re.sub("<[^>]+>", "", text) and '<w:vertAlign w:val="subscript"' in text and "<w:br" in text


def test_a_tag_that_paper_cannot_show_is_named_with_its_line(small):
    told = [f.text("zh") for f in book.check(small('前 <span style="color:red">红</span>。'), "")]
    assert len(told) == 1 and "index.qmd" in told[0] and "第3行" in told[0].replace(" ", "") and "<span" in told[0]


def test_an_english_book_keeps_its_quotes(small):
    root = small('He said "yes".', lang="en")
    book.render(root, "", to=["html"], engine="pandoc")
    assert "He said “yes”." in (root / "out" / "index.html").read_text("utf-8")


def test_a_picture_keeps_its_words_without_a_caption_and_may_be_decoration(small):
    root = small('![](p.svg){fig-alt="一艘船"}\n\n![](p.svg)')
    shutil.copyfile(Path(__file__).parent / "foreign" / "img" / "catch.svg", root / "p.svg")
    made = book.render(root, "", to=["html", "docx", "pdf"], engine="pandoc")
    page = (root / "out" / "index.html").read_text("utf-8")
    assert re.findall(r'<img[^>]* alt="([^"]*)"', page) == ["一艘船", ""]
    with zipfile.ZipFile(next(p for p in made if p.suffix == ".docx")) as word:
        assert re.findall(r'docPr[^>]* descr="([^"]*)"', word.read("word/document.xml").decode()) == ["一艘船", ""]


def test_a_heading_that_skips_a_level_is_named_and_holds_back_paper_alone(small):
    root = small("## 甲\n\n#### 乙\n\n文。")
    told = [f.text("zh") for f in book.check(root, "")]
    assert told == ["index.qmd，第5行：应为最多到第3级标题，现为#### 乙（请写成 ###）"]
    assert book.render(root, "", to=["html"], engine="pandoc")
    with pytest.raises(DataError, match="index.qmd, line 5") as refused:
        book.render(root, "", to=["docx", "pdf"], engine="pandoc")
    assert len(refused.value.faults) == 1


def test_a_reference_to_a_heading_without_a_number_is_named(small):
    """Quarto prints ?@sec-x for it."""
    root = small("见 @sec-x 。\n\n## 附言 {#sec-x .unnumbered}\n\n文。")
    (root / "_quarto.yml").write_text((root / "_quarto.yml").read_text("utf-8") + "number-sections: true\n", "utf-8")
    told = [f.text("zh") for f in book.check(root, "")]
    assert len(told) == 1 and "请写成 [附言](#sec-x)" in told[0] and "第3行" in told[0]
    index = root / "index.qmd"
    index.write_text(index.read_text("utf-8").replace("@sec-x", "[附言](#sec-x)"), "utf-8")
    assert book.check(root, "") == []
