"""A set book is looked at again: tables break under a hole, appendices share a page, and nothing is lost by it."""

import re
import shutil
import subprocess
from copy import copy

import pytest

from research.book import pages as measured
from research.book.pdf import write as pdf
from tests.support import paper_sample as sample

pytestmark = [
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler"),
    pytest.mark.office,
]
WORDS = "发展不平衡不充分问题仍然突出，城乡区域发展和收入分配差距较大。" * 3


def texts(path):
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return [re.sub(r"\s", "", page) for page in done.stdout.decode().split("\f")]


@pytest.mark.slow
def test_a_table_that_would_leave_a_hole_goes_on_over_the_page(tmp_path, monkeypatch):
    rows = "".join(f"| 乡镇{n} | {n}01 |\n" for n in range(1, 14))
    table = (
        f'::: {{#tbl-hole .bb-table number="1.9" label="表 1.9"}}\n::: bb-caption\n会留空的表\n:::\n\n'
        f"| 地区 | 人口 |\n|---|---:|\n{rows}\n:::\n\n尾声。"
    )

    def made(paragraphs, rounds):
        monkeypatch.setattr(pdf, "ROUNDS", rounds)
        book = sample.make_book(tmp_path)
        text = "".join(f"第{k}段。{WORDS}\n\n" for k in range(paragraphs))
        book.chapters[1].blocks = [*book.chapters[1].blocks, *sample.blocks(text + table)]
        return pdf.write(book, tmp_path / "b.pdf", tmp_path / "work")

    for paragraphs in range(14, 30):
        path = made(paragraphs, 2)
        text = texts(path)
        split = next(k for k, page in enumerate(text) if "表1.9会留空的表" in page and "101" in page)
        if "续表1.9" in text[split + 1]:
            break
    else:
        pytest.fail("no place where the table left a hole")
    holes = [p.number for p in measured.measure(path) if p.hole]
    assert len([p for p in measured.measure(made(paragraphs, 0)) if p.hole]) >= len(holes)
    assert split + 1 not in holes
    found = text[split] + text[split + 1]
    assert all(f"乡镇{n}{n}01" in found for n in range(1, 14))
    assert "地区人口" in text[split] and "地区人口" in text[split + 1]


def test_appendices_share_a_page_and_the_sample_among_them_marks_it(tmp_path):
    book = sample.make_book(tmp_path)
    real = book.chapters[-1]
    real.blocks = sample.blocks("# 数据来源 {#sec-sources}\n\n公开数据。\n")
    book.chapters.append(copy(real))
    added = book.chapters[-1]
    added.slug, added.number, added.label, added.status = "made-up", "B", "附录 B", "sample"
    added.blocks = sample.blocks("# 示例附录 {#sec-made-up}\n\n示例的内容。\n")
    text = texts(pdf.write(book, tmp_path / "b.pdf", tmp_path / "work"))
    shared = next(page for page in text if "公开数据。" in page)
    assert "示例的内容。" in shared
    xml = subprocess.run(["pdftotext", "-bbox", str(tmp_path / "b.pdf"), "-"], capture_output=True, check=True)
    page = xml.stdout.decode().split("<page ")[1:][text.index(shared)]
    heights = [float(b) - float(a) for a, b in re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)"', page)]
    assert max(heights) > 60  # the watermark is larger than any type
    contents = next(page for page in text if "目录" in page and "三大差距" in page)
    assert re.search(r"数据来源[.·]*(\d+)", contents)[1] == re.search(r"示例附录[.·]*(\d+)", contents)[1]
