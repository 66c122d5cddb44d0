"""Two engines, one call: what is written where, and what stays when something breaks."""

import os
import re
import stat
from urllib.parse import unquote

import pytest

from research import book
from research.book.quarto import forget_paths
from research.book.web import site as html
from research.errors import BluebookError, DataError, MissingError, UsageError

STAND_IN = """#!/bin/sh
echo "$PWD|$*" >> "$QUARTO_RECORD"
[ -n "$QUARTO_WARNS" ] && echo "$QUARTO_WARNS" >&2
[ -n "$QUARTO_BREAKS" ] && { echo "ERROR: it broke" >&2; exit 1; }
while [ "$1" != --output-dir ]; do shift; done
mkdir -p "$2" && echo "<p data-notebook='$PWD/a.ipynb'></p>" > "$2/index.html"
: > "$2/Book.docx"; : > "$2/Book.pdf"
"""


@pytest.fixture
def quarto(tmp_path, monkeypatch):
    """A `quarto` on PATH that records how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "quarto"
    program.write_text(STAND_IN)
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("QUARTO_RECORD", str(tmp_path / "calls"))
    return tmp_path / "calls"


@pytest.fixture
def no_quarto(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name, **_: None)


def test_quarto_is_called_once_for_all_formats(foreign, quarto):
    (foreign / "_quarto-short.yml").write_text("book:\n  title: 节本\n")
    made = book.render(foreign, "short", engine="quarto")
    assert [p.name for p in made] == ["index.html", "Book.docx", "Book.pdf"]
    call, _, folder = quarto.read_text().strip().partition(" --output-dir ")
    assert call == f"{foreign}|render --profile short"
    assert folder.startswith("._book.")  # beside the former book, which stands until this one is whole


def test_what_quarto_warns_of_is_shown_and_its_empty_folders_go(foreign, quarto, monkeypatch, capsys):
    (foreign / "index_files" / "figure-html").mkdir(parents=True)
    monkeypatch.setenv("QUARTO_WARNS", f"WARN: {foreign}/catch.qmd: Unable to resolve crossref @fig-b")
    book.render(foreign, "", engine="quarto")
    assert capsys.readouterr().err == "quarto: catch.qmd: Unable to resolve crossref @fig-b\n"
    assert not (foreign / "index_files").exists()


def test_quarto_for_some_formats(foreign, quarto):
    made = book.render(foreign, "", to=["docx", "html"], engine="quarto")
    assert re.fullmatch(rf"{foreign}\|render --output-dir \S+ --to html,docx", quarto.read_text().strip())
    assert [p.name for p in made] == ["index.html", "Book.docx"]
    assert str(foreign) not in (foreign / "_book" / "index.html").read_text()


def test_quarto_is_not_asked_for_a_book_with_broken_references(foreign, quarto):
    with (foreign / "catch.qmd").open("a") as file:
        file.write("\n见 @fig-none 。\n")
    with pytest.raises(DataError, match="@fig-none"):
        book.render(foreign, "", engine="quarto")
    assert not quarto.exists()


def test_when_quarto_fails_the_old_book_comes_back(foreign, quarto, monkeypatch):
    (foreign / "_book").mkdir()
    (foreign / "_book" / "index.html").write_text("old")
    monkeypatch.setenv("QUARTO_BREAKS", "1")
    with pytest.raises(BluebookError, match="it broke"):
        book.render(foreign, "", engine="quarto")
    assert (foreign / "_book" / "index.html").read_text() == "old"
    assert not list(foreign.glob("._book.*"))


def test_without_quarto(foreign, no_quarto):
    with pytest.raises(MissingError, match="--engine"):
        book.render(foreign, "", engine="quarto")
    made = book.render(foreign, "", to=["html"], engine="auto")
    assert made == [foreign / "_book" / "index.html"]


def test_paths_of_this_machine_are_forgotten(tmp_path):
    (tmp_path / "a.html").write_text(f"<a data-notebook='{tmp_path}/x.ipynb'>")
    forget_paths(tmp_path, tmp_path)
    assert (tmp_path / "a.html").read_text() == "<a data-notebook='x.ipynb'>"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"to": ["htlm"]}, "did you mean 'html'"),
        ({"engine": "pandok"}, "did you mean 'pandoc'"),
        ({"to": []}, "no format"),
        ({"chapter": "cach"}, "did you mean 'catch'"),
    ],
)
def test_wrong_words_are_usage_errors(foreign, options, said):
    with pytest.raises(UsageError, match=said):
        book.render(foreign, "", **options)


def test_a_writer_that_breaks_leaves_the_old_book(foreign, monkeypatch):
    book.render(foreign, "", to=["html"], engine="pandoc")
    before = sorted(p.name for p in (foreign / "_book").rglob("*"))

    def breaks(*_):
        raise DataError("no")

    monkeypatch.setattr(html, "write", breaks)
    with pytest.raises(DataError):
        book.render(foreign, "", to=["html"], engine="pandoc")
    assert sorted(p.name for p in (foreign / "_book").rglob("*")) == before
    assert not list(foreign.glob("._book.*"))


def test_what_was_dropped_from_a_book_leaves_its_folder(foreign):
    book.render(foreign, "", to=["html"], engine="pandoc")
    path = foreign / "_quarto.yml"
    path.write_text(path.read_text().replace("    - methods.qmd", "    - other.qmd"))
    (foreign / "methods.qmd").rename(foreign / "other.qmd")
    book.render(foreign, "", to=["html"], engine="pandoc")
    assert not (foreign / "_book" / "methods.html").exists() and (foreign / "_book" / "other.html").exists()


def test_one_chapter_again_changes_only_its_page(foreign):
    book.render(foreign, "", to=["html"], engine="pandoc")
    before = {p: p.read_bytes() for p in (foreign / "_book").rglob("*.html")}
    source = foreign / "methods.qmd"
    source.write_text(source.read_text().replace("## 抽样", "## 新的抽样"))
    made = book.render(foreign, "", chapter="methods")
    assert made == [foreign / "_book" / "methods.html"]
    assert [p.name for p, old in before.items() if p.read_bytes() != old] == ["methods.html"]


def test_progress_counts_the_steps(foreign):
    steps = []
    book.render(foreign, "", to=["html"], engine="pandoc", progress=lambda note, done: steps.append((note, done)))
    assert steps == [("read", 0), ("html", 1)]


def test_one_file_holds_the_whole_book(foreign):
    made = book.render(foreign, "", to=["single"], engine="pandoc")
    assert [p.name for p in made] == ["index.html", "book-single.html"]
    text = made[1].read_text()
    ids = set(re.findall(r' id="([^"]+)"', text))
    links = [unquote(x) for x in re.findall(r'(?:href|src)="([^"]+)"', text)]
    assert all(x.startswith(("data:", "#i-")) or x.removeprefix("#") in ids for x in links)
    assert text.count("<h1") == 7 and "data:image/svg+xml" in text


def test_other_files_stand_in_the_downloads_menu(foreign):
    path = foreign / "_quarto.yml"
    path.write_text(
        path.read_text().replace(
            "    code-fold: true", "    code-fold: true\n    other-links:\n      - {text: 全部数据, href: data.csv}"
        )
    )
    with pytest.raises(DataError, match="no data.csv"):
        book.render(foreign, "", to=["html"], engine="pandoc")
    (foreign / "data.csv").write_text("a,status\n1,sample\n")
    book.render(foreign, "", to=["html"], engine="pandoc")
    link = re.search(r'href="(files/data-\w+\.csv)" download>全部数据', (foreign / "_book" / "catch.html").read_text())
    assert (foreign / "_book" / link[1]).read_text() == "a,status\n1,sample\n"


def test_what_is_kept_between_renders_does_not_grow(foreign):
    book.render(foreign, "", to=["html"], engine="pandoc")
    work = foreign / ".work" / "_book"
    kept = {p.name for p in work.rglob("*") if p.is_file()}
    for name in ("parsed/0.json", "images/0.svg"):
        (work / name).write_text("[]")
        os.utime(work / name, (1, 1))
    book.render(foreign, "", to=["html"], engine="pandoc")
    assert {p.name for p in work.rglob("*") if p.is_file()} == kept


@pytest.mark.slow
def test_watching_makes_a_changed_page_again(foreign):
    import threading
    import time
    import urllib.request

    lines, stop = [], threading.Event()
    job = threading.Thread(
        target=book.watch, args=(foreign, ""), kwargs={"port": 0, "progress": lines.append, "stop": stop, "every": 0.1}
    )
    job.start()
    wait(lambda: any("http" in x for x in lines))
    address = next(x for x in lines if "http" in x).replace("index.html", "methods.html")
    source = foreign / "methods.qmd"
    source.write_text(source.read_text().replace("## 抽样", "## 新抽样"))
    wait(lambda: any(x.startswith("methods:") for x in lines))
    time.sleep(0.2)
    page = urllib.request.urlopen(address, timeout=5).read().decode()
    stop.set()
    job.join(10)
    assert "新抽样" in page and "/.version" in page


def wait(holds, seconds=20):
    import time

    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
