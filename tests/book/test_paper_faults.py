"""What must not break the PDF and the Word book: hostile text, broken pictures, missing fonts, tables without end."""

import zipfile

import pytest
from lxml import etree

from research import book
from research.book.pdf import write as pdf
from research.book.tree import ast as tree
from research.book.word import write as docx
from research.core import fonts
from research.errors import BluebookError, DataError
from tests.support import paper_sample as sample

HOSTILE = [
    '#eval("1+1")',
    '#panic("x")',
    '#import "/etc/passwd": *',
    "$ sum_(k) $",
    "<script>alert(1)</script>",
    "<w:p><w:r/></w:p>",
    "]]> &amp; &#0;",
    "*_`~@fig-x [y]",
    "\\u{202E}",
    "= 标题",
    "// 注释 /* */",
    "{{< var x >}}",
    '=HYPERLINK("x")',
    "\x07\x1b[31m",
    "- 项",
    "1. 项",
    "《“引号”》’x’",
]
WRITERS = [(pdf, "book.pdf"), (docx, "book.docx")]


def hostile_book(folder):
    """Hostile words in the book's title, headings, captions, cells, alt texts, notes and link texts."""
    made = sample.make_book(folder)
    made.title, made.subtitle, made.author = HOSTILE[0], HOSTILE[4], HOSTILE[5]
    made.metadata["publisher"] = HOSTILE[1]
    for k, words in enumerate(HOSTILE):
        text = tree.string(words)
        cell = [["", [], []], {"t": "AlignDefault"}, 1, 1, [tree.para(text, "Plain")]]
        none = ["", [], []]
        table = {
            "t": "Table",
            "c": [
                none,
                [None, []],
                [[{"t": "AlignDefault"}, {"t": "ColWidthDefault"}]] * 2,
                [none, [[none, [cell, cell]]]],
                [[none, 0, [], [[none, [cell, cell]]]]],
                [none, []],
            ],
        }
        caption = tree.div([tree.para(text, "Plain")], classes=["bb-caption"])
        image = {"t": "Image", "c": [["", [], [["alt", words]]], text, ["a.svg", ""]]}
        note = {"t": "Note", "c": [tree.para(text)]}
        made.chapters[2].blocks += [
            {"t": "BulletList", "c": [[tree.para(text)], [tree.para([{"t": "Strong", "c": text}], "Plain")]]},
            tree.header(2, text, f"sec-x{k}"),
            tree.para([*text, note, tree.link(text, "https://example.org/?a=1&b=2")]),
            tree.div([caption, table], f"tbl-x{k}", ["bb-table"], number=f"2.{k + 5}", label=f"表 2.{k + 5}"),
            tree.div(
                [tree.para([image]), caption],
                f"fig-x{k}",
                ["bb-figure"],
                number=f"2.{k + 5}",
                label=f"图 2.{k + 5}",
                alt=words,
            ),
        ]
    return made


@pytest.mark.parametrize(("writer", "name"), WRITERS)
def test_hostile_words_come_out_as_words(writer, name, tmp_path):
    made = writer.write(hostile_book(tmp_path), tmp_path / name, tmp_path / "work")
    if writer is docx:
        audit = pytest.importorskip("openxml_audit")
        assert not audit.OpenXmlValidator().validate(str(made)).errors
        with zipfile.ZipFile(made) as file:
            root = etree.fromstring(file.read("word/document.xml"))
        shown = "".join(root.itertext())
        for words in ('#eval("1+1")', "<script>alert(1)</script>", "<w:p><w:r/></w:p>", "{{< var x >}}"):
            assert shown.count(words) >= 4, words


@pytest.mark.parametrize(("writer", "name"), WRITERS)
def test_a_table_without_end_is_refused_with_its_line_and_the_old_book_stays(writer, name, tmp_path):
    made = sample.make_book(tmp_path)
    text = "# 乡镇街道 {#sec-towns}\n\n" + sample.long_table(3001)
    (tmp_path / "towns.qmd").write_text(text, encoding="utf-8")
    made.chapters[2].blocks = sample.blocks(text)
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(DataError, match=r"towns\.qmd, line 4: expected a table of at most 3000 rows, found 3002 rows"):
        writer.write(made, tmp_path / name, tmp_path / "work")
    assert (tmp_path / name).read_bytes() == b"old"


def test_check_names_what_would_stop_the_paper(foreign):
    page = next(p for p in sorted(foreign.rglob("*.qmd")) if p.name != "index.qmd")
    with page.open("a", encoding="utf-8") as file:
        file.write("\n\n" + sample.long_table(3001) + "\n\n见 [@nobody1999]。\n\n![图](no-such-file.svg)\n")
    found = {f.kind: f for f in book.check(foreign, "")}
    for kind, words in (("table", "3002 rows"), ("citation", "nobody1999"), ("image", "no-such-file.svg")):
        assert words in found[kind].found and ", line " in str(found[kind].place), kind


@pytest.mark.parametrize(("writer", "name"), WRITERS)
def test_a_picture_that_is_none_is_named(writer, name, tmp_path):
    made = sample.make_book(tmp_path)
    (tmp_path / "a.svg").write_text("<svg", encoding="utf-8")
    with pytest.raises(DataError, match=r"gaps\.qmd"):
        writer.write(made, tmp_path / name, tmp_path / "work")


def test_a_missing_font_stops_the_pdf(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "typst_font_paths", list)
    with pytest.raises(BluebookError, match="font|could not be displayed|glyph"):
        pdf.write(sample.make_book(tmp_path), tmp_path / "b.pdf", tmp_path / "work")
    assert not (tmp_path / "b.pdf").exists()
