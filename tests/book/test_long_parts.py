"""A part of very many chapters: no page carries them all, and one page leads to each."""

import re

import pytest

from research import book
from research.book.web import page

CONFIG = """project: {{type: book, output-dir: out}}
lang: zh
book:
  title: 很长的书
  chapters:
    - index.qmd
    - part: 各地
      chapters:
{chapters}
format: {{html: default}}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    root = tmp_path_factory.mktemp("long")
    names = [f"place-{n:02d}" for n in range(30)]
    (root / "index.qmd").write_text("# 前言\n\n文。\n", "utf-8")
    for name in names:
        (root / f"{name}.qmd").write_text(f"# {name}的情况\n\n文。\n", "utf-8")
    lines = "\n".join(f"        - {name}.qmd" for name in names)
    (root / "_quarto.yml").write_text(CONFIG.format(chapters=lines), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "LONG", 12)
        patch.setattr(page, "AROUND", 3)
        book.render(root, "", to=["html"], engine="pandoc")
    return root / "out"


def linked(path):
    side = re.search(r'<nav id="sidebar".*?</nav>', path.read_text("utf-8"), re.S)[0]
    return re.findall(r'href="([^"]+)"', side)


def test_a_page_leads_to_the_chapters_around_it_and_to_all(site):
    near = [f"place-{n:02d}.html" for n in range(12, 19)]
    assert linked(site / "place-15.html") == ["index.html", *near, "chapters.html"]
    assert linked(site / "index.html") == ["index.html", "chapters.html"]
    assert linked(site / "place-29.html")[1:-1] == [f"place-{n:02d}.html" for n in range(26, 30)]


def test_one_page_leads_to_every_chapter(site):
    text = (site / "chapters.html").read_text("utf-8")
    assert re.findall(r'href="(place-\d\d\.html)"', text) == [f"place-{n:02d}.html" for n in range(30)]
    assert "全书目录" in text and "各地" in text
