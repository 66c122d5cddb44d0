"""Numbers and references over a whole book, as a reader would count them."""

import json

import pytest

from research.book import load_book
from research.book.tree import ast


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    from pathlib import Path

    return load_book(Path(__file__).parent / "foreign", work=tmp_path_factory.mktemp("work"))


def test_chapters_are_numbered_through_the_parts(book):
    found = [(c.slug, c.kind, c.number, c.label, c.part) for c in book.chapters]
    assert found == [
        ("index", "index", "", "前言", None),
        ("catch", "chapter", "1", "第 1 章", "上篇 渔获"),
        ("boats", "chapter", "2", "第 2 章", "上篇 渔获"),
        ("second", "part", "", "下篇 天气", "下篇 天气"),
        ("weather", "chapter", "3", "第 3 章", "下篇 天气"),
        ("references", "chapter", "", "参考文献", None),
        ("methods", "appendix", "A", "附录 A", None),
    ]
    assert book.parts == ["上篇 渔获", "下篇 天气"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("fig-catch", "图 1.1"),
        ("fig-pair", "图 1.2"),
        ("fig-pair-b", "图 1.2 (b)"),
        ("tbl-catch", "表 1.1"),
        ("tbl-div", "表 1.2"),
        ("eq-mean", "式（1.1）"),
        ("fig-boats", "图 2.1"),
        ("tbl-html", "表 2.1"),
        ("fig-wind", "图 3.1"),
        ("fig-wind-2", "图 3.1 (b)"),
        ("tbl-wind", "表 3.1"),
        ("fig-app", "图 A.1"),
        ("sec-catch", "第 1 章"),
        ("sec-monthly", "第 1.1 节"),
        ("sec-methods", "附录 A"),
        ("sec-preface", "前言"),
    ],
)
def test_labels(book, name, label):
    assert book.targets[name].label == label


def test_references_read_as_their_labels(book):
    shown = [ast.text(link) for link in ast.find(book.chapters[1].blocks, "Link") if ast.has_class(link, "bb-ref")]
    assert shown == ["图 1.1", "表 1.1", "式（1.1）", "图 1.2 (b)", "第 1.1 节", "1.1"]


def test_headings_have_their_place(book):
    weather = book.chapter("weather")
    found = [(e.level, e.number, e.title) for e in weather.toc]
    assert found == [(2, "3.1", "风"), (2, "", "未编号"), (3, "3.1.1", "小节")]


def test_ids_are_unique_over_the_book(book):
    ids = [ast.node_attr(n)[0] for c in book.chapters for n in _all(c.blocks) if ast.node_attr(n)[0]]
    assert len(ids) == len(set(ids))


def _all(blocks):
    found = []
    ast.visit(blocks, found.append)
    return found


def test_variables_metadata_includes_and_line_ends(book):
    preface = ast.text(book.chapters[0].blocks)
    assert "本书写白沙港的 42 条船，主编是丙。<b>尖括号</b>只是文字。第二行与第一行连在一起。" in preface
    assert "不见" not in preface
    assert "插入的一段：白沙港，写法是{{< var port.name >}}。".replace("是", "是 ") in ast.text(book.chapters[1].blocks)


@pytest.mark.parametrize(
    ("profile", "to", "web", "whole"),
    [("", "html", True, True), ("", "pdf", False, True), ("short", "docx", False, False)],
)
def test_conditional_content(tmp_path, profile, to, web, whole):
    from pathlib import Path

    book = load_book(Path(__file__).parent / "foreign", profile, to=to, work=tmp_path)
    text = ast.text(book.chapters[0].blocks)
    assert ("只在网页上" in text, "只在全本里" in text) == (web, whole)
    assert book.by_format


def test_html_outputs_are_tables_and_nothing_else(book):
    boats = json.dumps(book.chapter("boats").blocks, ensure_ascii=False)
    assert "白沙" in boats and "42" in boats
    for bad in ("onclick", "onerror", "RawBlock", "RawInline", "alert(2)", "alert(3)", "td{}"):
        assert bad not in boats


def test_cell_options_are_obeyed(book):
    text = ast.text(book.chapter("boats").blocks)
    assert "看不见" not in text and "secret" not in text and "x = 1" in text
    assert "table()" not in text and "table()" in ast.text(book.chapter("weather").blocks)  # echo=true


def test_status_and_alt_travel_with_a_figure(book):
    figure = next(d for d in ast.find(book.chapter("boats").blocks, "Div") if ast.has_class(d, "bb-figure"))
    assert (ast.get(figure, "status"), ast.get(figure, "alt")) == ("sample", "折线：船在变多")
    assert book.chapter("boats").status == "sample" and book.chapter("catch").status == ""


def test_a_second_reading_uses_the_kept_trees(tmp_path, monkeypatch):
    from pathlib import Path

    from research.book.tree import pandoc

    root = Path(__file__).parent / "foreign"
    first = load_book(root, work=tmp_path)
    monkeypatch.setattr(
        pandoc,
        "run",
        lambda *a, **k: (
            pytest.fail("parsed again")
            if "html" in a[0]
            else json.dumps([{"id": "ye2003"}, {"id": "cobham2013"}]).encode()
        ),
    )
    again = load_book(root, work=tmp_path)
    assert [c.blocks for c in again.chapters] == [c.blocks for c in first.chapters]
