"""A chapter on sample data says so on the website, in Word and in the PDF alike, however it is known to be one."""

import re
import shutil
import subprocess
import zipfile

import pytest

from research import book

MARK = "示例数据，非真实统计"
CONFIG = "project:\n  type: book\nlang: zh\nbook:\n  title: 某书\n  chapters: [index.qmd, one.qmd]\n"
KINDS = {
    "callout": "# 一 {#sec-one}\n\n::: {.callout-warning}\n## " + MARK + "\n\n只演示。\n:::\n\n正文。\n",
    "front matter": "---\nstatus: sample\n---\n\n# 一 {#sec-one}\n\n正文。\n",
    "plain": "# 一 {#sec-one}\n\n正文。\n",
    "callout below": "# 一 {#sec-one}\n\n正文。\n\n二。\n\n三。\n\n四。\n\n"
    "::: {.callout-warning}\n## " + MARK + "\n\n别处。\n:::\n",
}


@pytest.fixture(scope="module", params=KINDS)
def made(request, tmp_path_factory):
    """Kind of the chapter, and the book's folder."""
    root = tmp_path_factory.mktemp("marked")
    (root / "_quarto.yml").write_text(CONFIG, encoding="utf-8")
    (root / "index.qmd").write_text("# 前言 {.unnumbered}\n\n开头。\n", encoding="utf-8")
    (root / "one.qmd").write_text(KINDS[request.param], encoding="utf-8")
    book.render(root, "", engine="pandoc")
    return request.param, root / "_book"


def expected(kind):
    return kind in ("callout", "front matter")


def test_on_the_website(made):
    kind, folder = made
    page = (folder / "one.html").read_text(encoding="utf-8")
    assert ('data-status="sample"' in page) == expected(kind)
    assert (f"（{MARK}）" in page) == expected(kind), "how to cite the page"
    assert ('class="banner"' in page) == (kind == "front matter"), "what the callout says is not said twice"
    assert 'data-status="sample"' not in (folder / "index.html").read_text(encoding="utf-8")


def test_in_word(made):
    """The running head of the chapter's section, and the cover."""
    kind, folder = made
    with zipfile.ZipFile(next(folder.glob("*.docx"))) as file:
        document, relations = (file.read(f"word/{n}").decode() for n in ("document.xml", "_rels/document.xml.rels"))
        heads = {n: file.read(f"word/{n}").decode() for n in re.findall(r'Target="(\w*header\w*\.xml)"', relations)}
    marked = {n for n, text in heads.items() if MARK in text}
    by_id = dict(re.findall(r'Id="(\w+)"[^>]*?Target="(\w*header\w*\.xml)"', relations))
    used = {by_id[i] for i in re.findall(r'<w:headerReference[^>]*r:id="(\w+)"', document)}
    assert bool(used & marked) == expected(kind)
    cover = document.split("CoverMark")
    assert (len(cover) > 1 and MARK in cover[1]) == expected(kind)


@pytest.mark.office
def test_in_the_pdf(made):
    """The cover, and the watermark of the chapter's pages."""
    kind, folder = made
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext")
    text = subprocess.run(
        ["pdftotext", next(folder.glob("*.pdf")), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = [re.sub(r"\s", "", page) for page in text.split("\f")]
    assert (MARK in pages[0]) == expected(kind)
    chapter = next(p for p in pages if "正文" in p)
    # the letters of the watermark lie apart
    assert (set("示例数据") <= set(chapter)) == (expected(kind) or MARK in KINDS[kind])
