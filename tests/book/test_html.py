"""The website's pages: what a reader needs is there, and nothing points outside or nowhere."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from research import book
from research.book.web.files import pixels


class Page(HTMLParser):
    """Ids, links and images of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.images, self.tags = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        if values.get("id"):
            self.ids.append(values["id"])
        self.links += [values[k] for k in ("href", "src") if values.get(k)]
        if tag == "img":
            self.images.append(values)


@pytest.fixture(scope="module")
def pages(site):
    return {p.relative_to(site).as_posix(): p.read_text() for p in site.rglob("*.html")}


def test_every_link_leads_somewhere_on_this_disk(site, pages):
    parsed = {(site / name).resolve(): Page(text) for name, text in pages.items()}
    for name, page in parsed.items():
        for link in (x for x in page.links if not x.startswith("#i-")):
            assert not re.match(r"[a-z]+:|//", link), f"{name} asks for {link}"
            path, _, fragment = unquote(link).partition("#")
            target = (name.parent / path).resolve() if path else name
            assert target.is_file(), f"{name}: {link}"
            assert not fragment or fragment in parsed[target].ids, f"{name}: {link}"


def test_ids_are_unique_on_a_page_and_images_have_words(pages):
    for name, text in pages.items():
        page = Page(text)
        assert len(page.ids) == len(set(page.ids)), name
        assert all(i.get("alt") for i in page.images), name
        assert all(i.get("width") or "width" in i.get("style", "") for i in page.images), name
        assert sum(tag == "h1" for tag, _ in page.tags) == 1, name


def test_text_from_notebooks_stays_text(pages):
    boats = pages["boats.html"]
    assert "船数 &lt;script&gt;alert(1)&lt;/script&gt;" in boats
    assert "&lt;i&gt;文字&lt;/i&gt;" in boats
    for bad in ("<script>alert", "onerror", 'onclick="x', "<i>文字", "<style>td"):
        assert bad not in boats


def test_a_title_with_markup_is_text_everywhere(foreign):
    text = (foreign / "methods.qmd").read_text().replace("# 方法", "# 方法\\<script>alert(1)\\</script>")
    (foreign / "methods.qmd").write_text(text)
    book.render(foreign, "", to=["html"], engine="pandoc")
    for path in (foreign / "_book").rglob("*"):
        if path.suffix in (".html", ".js"):
            assert "<script>alert" not in path.read_text(), path.name
    assert "方法&lt;script&gt;alert(1)&lt;/script&gt;" in (foreign / "_book" / "methods.html").read_text()


def test_numbers_labels_and_references(pages):
    catch = re.sub(r"<[^>]+>", "", pages["catch.html"])
    for words in ("图 1.1　各月渔获", "表 1.2　写在后面的表题", "（1.1）", "第 1 章", "1.1.1 平均", "(b)　右"):
        assert words in catch
    assert 'href="weather.html#sec-weather"' in pages["index.html"]


def test_citations_after_the_national_standard(pages):
    references = re.sub(r"<[^>]+>", "", pages["references.html"])
    assert re.search(r"叶剑平, 王海\. 渔港的收入\[J\]\. 渔业经济, 2003, 4\(2\): 11.15\.", references)
    assert "COBHAM A, SUMNER A. Putting the Gini Back in the Bottle[M]" in references
    assert 'href="references.html#ref-ye2003"' in pages["catch.html"]


def test_latin_names_get_et_al(foreign):
    with (foreign / "references.bib").open("a") as file:
        file.write(
            "@article{many, author={Adams, A and Brown, B and Clark, C and Dent, D}, title={T}, "
            "journal={J}, year={2001}}\n@article{duo, author={张三 and 李四 and 王五 and 赵六}, "
            "title={题}, journal={刊}, year={2002}}\n"
        )
    with (foreign / "methods.qmd").open("a") as file:
        file.write("\n见[@many; @duo]。\n")
    book.render(foreign, "", to=["html"], engine="pandoc")
    text = re.sub(r"<[^>]+>", "", (foreign / "_book" / "references.html").read_text())
    assert "ADAMS A, BROWN B, CLARK C, et al. T" in text
    assert "张三, 李四, 王五, 等. 题" in text


def test_footnotes_are_numbered_in_their_chapter(pages):
    assert re.findall(r'<li id="(fn-[^"]+)"', pages["catch.html"]) == ["fn-catch-1", "fn-catch-2"]


def test_marks_of_sample_data(pages):
    assert "示例数据，非真实统计" in pages["boats.html"] and 'data-status="sample"' in pages["boats.html"]
    assert "示例数据" not in pages["catch.html"] and "data-status" not in pages["catch.html"]


def test_a_chapter_that_says_so_itself_gets_no_second_mark(foreign):
    text = (
        (foreign / "methods.qmd")
        .read_text()
        .replace("## 抽样", "::: {.callout-warning}\n## 示例数据，非真实统计\n不能引用。\n:::\n\n## 抽样")
    )
    (foreign / "methods.qmd").write_text(text)
    book.render(foreign, "", to=["html"], engine="pandoc")
    page = (foreign / "_book" / "methods.html").read_text()
    assert 'data-status="sample"' in page
    assert page.partition('<div class="after">')[0].count("示例数据，非真实统计") == 1


def test_search_data_holds_every_heading_and_text(site):
    text = (site / "assets" / "search-data.js").read_text()
    records = json.loads(text.removeprefix("window.BB_SEARCH=").rstrip(";\n"))
    assert ["catch", "sec-monthly", "第 1 章 渔获", "1.1 按月"] in [r[:4] for r in records]
    assert any("乙页" in r[4] for r in records) and any("脚注乙" in r[4] for r in records)


def test_code_pages_show_the_cell_behind_a_figure(pages):
    assert 'href="code/boats.html#cell-2"' in pages["boats.html"]
    assert 'id="cell-2"' in pages["code/boats.html"] and "plot()" in pages["code/boats.html"]


def test_pages_are_small_and_the_same_each_time(site, foreign, pages):
    book.render(foreign, "", to=["html"], engine="pandoc")
    again = foreign / "_book"
    ours = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    assert {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()} == ours
    assert max(len(t) for t in pages.values()) < 300_000
    assert sum(len(v) for k, v in ours.items() if k.suffix == ".css") < 30_000
    assert not any(str(foreign.parent).encode() in v or str(site.parent).encode() in v for v in ours.values())


def test_an_english_book_speaks_english(foreign):
    path = foreign / "_quarto.yml"
    path.write_text(path.read_text().replace("lang: zh", "lang: en"))
    found = book.load_book(foreign)
    assert [found.targets[n].label for n in ("fig-catch", "sec-catch", "sec-methods", "eq-mean")] == [
        "Figure 1.1",
        "Chapter 1",
        "Appendix A",
        "Equation 1.1",
    ]


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (b'<svg width="72pt" height="36pt" viewBox="0 0 9 9">', (96, 48)),
        (b'<?xml version="1.0"?><svg viewBox="0 0 320.4 180">', (320, 180)),
        (b"<svg>", None),
    ],
)
def test_sizes_of_figures(tmp_path, head, size):
    assert pixels(tmp_path / "a.svg", head) == size
