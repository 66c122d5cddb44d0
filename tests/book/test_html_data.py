"""The numbers behind figures and tables go with the website; nothing in it leads nowhere; numbers after the setting."""

import csv
import json
import re
import zipfile
from urllib.parse import unquote

import openpyxl
import pytest

from research import book
from research.book.web.links import dead_links
from research.book.web.workbook import write_workbook
from research.errors import DataError

FRAME = 'place,year,value,unit,status,source\n=2+3,2024,0070,元,sample,港务局\n乙,2024,1.5,元,sample,"甲,乙"\n'


def rows(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(text[1:].splitlines()))


@pytest.fixture
def with_frames(foreign):
    """The foreign book, with two frames in the output of its labelled figure of boats."""
    path = foreign / "boats.ipynb"
    notebook = json.loads(path.read_text())
    cell = next(c for c in notebook["cells"] if "label: fig-" in "".join(c["source"]))
    shown = next(o for o in cell["outputs"] if "image/svg+xml" in o.get("data", {}))
    shown.setdefault("metadata", {}).setdefault("bluebook", {})["data"] = [FRAME, "year,n,status\n2024,3,sample\n"]
    path.write_text(json.dumps(notebook))
    book.render(foreign, "", to=["html"], engine="pandoc")
    return foreign / "_book"


def test_a_figure_links_its_frames_and_no_cell_runs_as_a_formula(with_frames):
    page = (with_frames / "boats.html").read_text()
    links = re.findall(r'<a href="(data/[^"]+)" download aria-label="([^"]+)"', page)
    first, second = [x for x in links if "fig-" in x[0]]
    assert first[1].startswith("图 2.") and second[0].endswith("-2.csv")
    assert rows(with_frames / unquote(first[0]))[1] == ["'=2+3", "2024", "0070", "元", "sample", "港务局"]


def test_all_data_of_the_book_as_csv_and_workbook_with_status(with_frames):
    page = (with_frames / "catch.html").read_text()
    assert 'href="data/book-data.csv" download>数据 CSV' in page and "data/book-data.xlsx" in page
    head, *body = rows(with_frames / "data" / "book-data.csv")
    table = [dict(zip(head, r, strict=True)) for r in body]
    assert [(r["row"], r["year"], r["measure"], r["value"], r["unit"], r["status"]) for r in table] == [
        ("1", "2024", "value", "0070", "元", "sample"),
        ("2", "2024", "value", "1.5", "元", "sample"),
        ("1", "2024", "count", "3", "个", "sample"),
    ]
    workbook = openpyxl.load_workbook(with_frames / "data" / "book-data.xlsx")
    assert workbook.sheetnames == ["说明", "数据字典", "目录", "数据"]
    first, second = list(workbook["数据"].iter_rows(min_row=2, max_row=3, values_only=True))
    assert first[head.index("place")] == "=2+3" and workbook["数据"]["F2"].data_type in ("s", "inlineStr")
    assert first[head.index("value")] == "0070" and second[head.index("value")] == 1.5
    assert second[head.index("year")] == 2024


def test_a_written_table_offers_its_cells(site):
    made = sorted((site / "data").glob("tbl-*.csv"))
    assert made and all(rows(p)[0][-1] == "status" for p in made)
    assert not list((site / "data").glob("*.xlsx")), "no figure of this book carries data"


def test_a_workbook_is_the_same_each_time_and_keeps_texts(tmp_path):
    sheets = {"甲": [["名", "数"], ["<b>&\x07", -1.25], ["=A1", None]]}
    one, two = (write_workbook(tmp_path / name, sheets).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert one == two and zipfile.ZipFile(tmp_path / "a.xlsx").testzip() is None
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["甲"]
    assert [[c.value for c in r] for r in sheet] == [["名", "数"], ["<b>&", -1.25], ["=A1", None]]
    assert sheet["A3"].data_type != "f"


def test_a_workbook_holds_odd_texts_and_thousands_of_rows_in_their_places(tmp_path):
    odd = ["<r>&</r>", " a\tb ", "一\n二", "'1", 'say "x"', "007"]
    body = [[n, odd[n % len(odd)], n / 8] if n % 3 else [None, "", n] for n in range(2500)]
    sheets = {
        "甲": [["行", "文", "数"], *body],
        "空": [],
        "头": [["独"]],
        "窄头": [["a"], ["b", "c", "d"], ["_x0041_\r"]],
    }
    book = openpyxl.load_workbook(write_workbook(tmp_path / "a.xlsx", sheets))
    shown = [[c.value for c in row] for row in book["甲"].iter_rows(min_row=2)]
    assert shown == [[v if v != "" else None for v in row] for row in body]
    assert [book[name].dimensions for name in ("甲", "头", "窄头")] == ["A1:C2501", "A1:A1", "A1:C3"]
    assert book["甲"]["A1"].font.bold and not book["甲"]["A3"].font.bold and book["甲"].freeze_panes == "A2"
    with zipfile.ZipFile(
        tmp_path / "a.xlsx"
    ) as parts:  # ISO/IEC 29500-1, 22.9.2.19: an underscore before xHHHH_ is x005F
        assert ">_x005F_x0041__x000D_<" in parts.read("xl/worksheets/sheet4.xml").decode()


def test_a_link_that_leads_nowhere_is_named_with_its_page(site, tmp_path):
    assert dead_links(site) == []
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there">1</a><a href="b.html#gone">2</a><img src="x%20y.png">'
        '<a href="https://example.org/">3</a>'
    )
    (tmp_path / "b.html").write_text('<p id="there">')
    dead = [(str(f.place), f.found) for f in dead_links(tmp_path)]
    assert dead == [("a.html", "b.html#gone"), ("a.html", "x%20y.png")]


def test_a_book_with_a_dead_link_is_not_put_in_place(foreign, monkeypatch):
    book.render(foreign, "", to=["html"], engine="pandoc")
    before = (foreign / "_book" / "catch.html").read_bytes()
    from research.book.web import page as html_page

    monkeypatch.setattr(html_page, "breadcrumbs", lambda *_: [{"title": "x", "href": "nowhere.html"}])
    with pytest.raises(DataError, match="expected a link that leads somewhere, found nowhere.html"):
        book.render(foreign, "", to=["html"], engine="pandoc")
    assert (foreign / "_book" / "catch.html").read_bytes() == before


def test_numbers_of_reports_on_the_website(foreign):
    path = foreign / "_quarto.yml"
    path.write_text(path.read_text() + "\nnumbering: report\n")
    book.render(foreign, "", to=["html"], engine="pandoc")
    site = foreign / "_book"
    catch = re.sub(r"<[^>]+>", "", (site / "catch.html").read_text())
    for words in ("B.1", "图1　各月渔获", "表2　写在后面的表题", "一、 按月", "（1）"):
        assert words in catch, words
    for words in ("第 1 章", "图 1.1", "1.1 按月"):
        assert words not in catch, words
    assert re.search(r'<span class="n">B\.1</span>', (site / "index.html").read_text())
    previews = json.loads(
        (site / "assets" / "preview-data.js").read_text().removeprefix("window.BB_PREVIEW=").rstrip(";\n")
    )
    assert previews["fig-catch"][0] == "图1"


def test_an_unknown_numbering_is_refused(foreign):
    path = foreign / "_quarto.yml"
    path.write_text(path.read_text() + "\nnumbering: reports\n")
    with pytest.raises(DataError, match="book or report"):
        book.render(foreign, "", to=["html"], engine="pandoc")
