"""Nothing finished disappears: a format that is made again leaves the others, and an older one is called older."""

import json
import os
import re
import subprocess
import sys

import pytest

from research import book
from research.book import made

SETTINGS = """project: {type: book}
lang: en
book:
  title: A book of anyone's
  chapters: [index.qmd, second.qmd]
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "_quarto.yml").write_text(SETTINGS)
    (tmp_path / "index.qmd").write_text("# Preface {.unnumbered}\n\nSee @sec-two.\n")
    (tmp_path / "second.qmd").write_text("# Second {#sec-two}\n\n| a |\n|---|\n| 1 |\n\n: A table {#tbl-a}\n")
    return tmp_path


def menu(root, page="index"):
    """Address to words of the downloads menu."""
    text = (root / "_book" / f"{page}.html").read_text("utf-8")
    return dict(re.findall(r'<li><a href="([^"]*)" download>([^<]*)', text))


def render(root, to, **more):
    return book.render(root, "", to=to, engine="pandoc", **more)


def test_a_website_made_again_leaves_word_and_pdf_and_says_which_are_older(root):
    render(root, ["html", "docx", "pdf"])
    files = {n: (root / "_book" / n).read_bytes() for n in ("book.docx", "book.pdf")}
    render(root, ["html"])
    assert {n: (root / "_book" / n).read_bytes() for n in files} == files
    assert menu(root) == {"book.docx": "Word", "book.pdf": "PDF"}
    (root / "second.qmd").write_text("# Second {#sec-two}\n\nOther words.\n")
    render(root, ["html"])
    assert {n: (root / "_book" / n).read_bytes() for n in files} == files
    assert menu(root) == {"book.docx": "Word (an older version)", "book.pdf": "PDF (an older version)"}
    render(root, ["html"], chapter="second")
    assert menu(root, "second") == {"book.docx": "Word (an older version)", "book.pdf": "PDF (an older version)"}
    render(root, ["html", "docx"])
    assert menu(root) == {"book.docx": "Word", "book.pdf": "PDF (an older version)"}


def test_paper_made_again_leaves_the_website(root):
    render(root, ["html"])
    pages = {p.name: p.read_bytes() for p in (root / "_book").glob("*.html")}
    render(root, ["docx"])
    assert {p.name: p.read_bytes() for p in (root / "_book").glob("*.html")} == pages
    assert (root / "_book" / "book.docx").is_file()


def test_what_was_made_for_something_else_is_older_whatever_its_sources(root):
    render(root, ["docx"], identity={"edition": 2024})
    render(root, ["html"], identity={"edition": 2025})
    assert menu(root) == {"book.docx": "Word (an older version)"}


@pytest.mark.parametrize("record", ["", "{", "[]", '{"docx": 1}'])
def test_a_lost_or_broken_record_says_older_and_stops_nothing(root, record):
    render(root, ["docx"])
    (root / ".work" / "_book" / "made.json").write_text(record)
    render(root, ["html"])
    assert menu(root) == {"book.docx": "Word (an older version)"}
    assert set(json.loads((root / ".work" / "_book" / "made.json").read_text())) == {"html"}


def test_a_finished_file_changed_by_hand_is_known(root):
    render(root, ["docx"])
    record, path = made.read(root / ".work" / "_book"), root / "_book" / "book.docx"
    assert not made.touched(record, "docx", path) and not made.older(record, "docx", root)
    path.write_bytes(path.read_bytes() + b" ")
    assert made.touched(record, "docx", path)


def test_a_book_goes_where_the_caller_says(root, tmp_path):
    place = tmp_path / "out" / "own" / "yearbook"
    assert render(root, ["html"], output=place) == [place / "index.html"]
    assert not (root / "_book").exists()


def test_the_command_renders_a_book_that_is_no_districts_project(root, tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "BLUEBOOK_PROJECT"}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for arguments, cwd in ((["--project", str(root), "--to", "html"], elsewhere), (["--to", "docx"], root)):
        done = subprocess.run(
            [sys.executable, "-m", "research", "render", "--engine", "pandoc", *arguments],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
    assert {p.name for p in (root / "_book").iterdir()} >= {"index.html", "second.html", "book.docx"}
