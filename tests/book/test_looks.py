"""The look of the Word book is a file that people change in Word: ours, or a publisher's template."""

import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from research import book
from research.book.word import write as word
from research.errors import DataError
from tests.support import paper_sample as sample

FOREIGN = {"Normal": "a", "Title": "a3", "Caption": "a4", "Heading1": "1", "Heading2": "2", "Header": "a5"}
"""Ids as a Chinese Word writes them for the styles that it brings along."""


def template(path, **changes):
    """A publisher's template: 16mo, its own font, numbered headings, and the ids of another program."""
    made = docx.Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(185), Mm(260)
    for side, mm in (("top", 25), ("bottom", 22), ("left", 20), ("right", 18)):
        setattr(section, f"{side}_margin", Mm(mm))
    made.styles["Normal"].font.name, made.styles["Normal"].font.size = "Source Han Serif", Pt(10.5)
    made.styles["Heading 1"].font.size = Pt(31)
    head = made.styles["Heading 1"].element.get_or_add_pPr()
    head._add_numPr().get_or_add_numId().val = 1
    for style in made.styles.element.findall(qn("w:style")):
        if style.get(qn("w:styleId")) in changes.get("drop", ()):
            style.getparent().remove(style)
    for node in made.styles.element.iter(qn("w:style"), qn("w:basedOn"), qn("w:next"), qn("w:link")):
        key = qn("w:styleId") if node.tag == qn("w:style") else qn("w:val")
        node.set(key, FOREIGN.get(node.get(key), node.get(key)))
    made.save(str(path))
    return path


def write(folder, **settings):
    made = sample.make_book(folder, **settings)
    return docx.Document(str(word.write(made, folder / "b.docx", folder / "work")))


def test_page_and_styles_are_the_templates(tmp_path):
    template(tmp_path / "house.docx")
    made = write(tmp_path, format={"docx": {"reference-doc": "house.docx"}})
    upright = made.sections[1]
    assert (round(upright.page_width.mm), round(upright.page_height.mm)) == (185, 260)
    assert [round(getattr(upright, f"{s}_margin").mm) for s in ("top", "bottom", "left", "right")] == [25, 22, 20, 18]
    assert made.styles["Normal"].font.name == "Source Han Serif"
    heads = [p for p in made.paragraphs if p.style.name == "Heading 1"]
    assert heads and heads[0].style.font.size.pt == 31
    assert heads[0].style.element.find(f".//{qn('w:numPr')}") is None  # else 1 第 1 章


def test_what_the_template_lacks_comes_from_our_look(tmp_path):
    template(tmp_path / "house.docx")
    made = write(tmp_path, **{"reference-doc": "house.docx"})
    names = {s.name for s in made.styles}
    assert {"Callout Title", "Table Text", "Cover Mark", "Source Note"} <= names
    used = {p.style.style_id for p in made.paragraphs}
    assert used <= {s.style_id for s in made.styles} and "SourceNote" in used


def test_an_id_of_ours_with_another_meaning_there_is_kept_apart(tmp_path):
    made = docx.Document()
    made.styles.add_style("Mine", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH).element.set(qn("w:styleId"), "SourceNote")
    made.save(str(tmp_path / "house.docx"))
    made = write(tmp_path, **{"reference-doc": "house.docx"})
    assert {s.style_id: s.name for s in made.styles}["SourceNote"] == "Source Note"


def test_ours_is_a_file_too(tmp_path):
    """Changed in Word and named in the settings, it changes the book."""
    from research.book.word.looks import FOLDER

    ours = docx.Document(str(FOLDER / "modern.docx"))
    ours.styles["Body Text"].font.size = Pt(13)
    ours.save(str(tmp_path / "mine.docx"))
    assert write(tmp_path, **{"reference-doc": "mine.docx"}).styles["Body Text"].font.size.pt == 13


def test_styles_that_must_be_there_are_named_together(tmp_path):
    template(tmp_path / "poor.docx", drop=("Caption", "Heading3"))
    with pytest.raises(DataError) as refused:
        write(tmp_path, **{"reference-doc": "poor.docx"})
    told = refused.value.text("zh")
    assert "poor.docx" in told and "样式“caption”" in told and "样式“heading 3”" in told and "gov.docx" in told


@pytest.mark.parametrize(
    "name, body, words",
    [
        ("gone.docx", None, "没有 gone.docx"),
        ("text.docx", b"not a zip", "text.docx 不是 Word 文件"),
    ],
)
def test_check_says_what_is_wrong_with_the_template(foreign, name, body, words):
    if body:
        (foreign / name).write_bytes(body)
    config = foreign / "_quarto.yml"
    config.write_text(config.read_text("utf-8") + f"\nreference-doc: {name}\n", "utf-8")
    told = [f.text("zh") for f in book.check(foreign, "")]
    assert len(told) == 1 and words in told[0] and "reference-doc" in told[0]


def test_a_zip_that_is_no_document_is_none(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.docx", "w") as pack:
        pack.writestr("a.txt", "a")
    with pytest.raises(DataError, match="z.docx, which is none"):
        write(tmp_path, **{"reference-doc": "z.docx"})
