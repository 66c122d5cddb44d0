"""Every format tells the reader the same, and what it tells was written down by hand."""

import copy
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
import yaml

from research import book
from research.book import parity
from research.book.parity_read import Reading
from research.errors import MissingError
from tests.support import quarto_shapes as shapes

HERE = Path(__file__).parent
EXPECTED = yaml.safe_load((HERE / "expected_foreign.yml").read_text(encoding="utf-8"))


def told(found):
    return {k: v for k, v in found.items() if k not in ("all", "marked", "cited")}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    root = Path(shutil.copytree(HERE / "foreign", tmp_path_factory.mktemp("parity") / "book"))
    book.render(root, "", engine="pandoc")
    return parity.outputs(root / "_book")


def test_the_website_tells_what_was_written_down_by_hand(rendered):
    assert told(rendered["html"]) == EXPECTED


def test_html_word_and_pdf_say_the_same(rendered):
    for name in set(rendered) - {"html"}:
        assert parity.compare(rendered["html"], rendered[name], ("html", name)) == []
    assert {"html", "docx"} <= set(rendered)
    assert rendered["docx"]["callouts"] == EXPECTED["callouts"]


def test_quartos_website_and_word_file_are_read_as_ours(tmp_path):
    (tmp_path / "index.html").write_text(shapes.PAGE, encoding="utf-8")
    shapes.write_docx(tmp_path / "book.docx")
    found = parity.outputs(tmp_path)
    assert told(found["html"]) == shapes.FOUND
    assert {k: found["docx"][k] for k in ("captions", "headings", "references", "links")} == {
        k: shapes.FOUND[k] for k in ("captions", "headings", "references", "links")
    }
    assert found["docx"]["callouts"] is None  # pandoc's styles do not mark them
    assert parity.compare(found["html"], found["docx"], ("html", "docx")) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f["captions"].pop("图1.1"), "caption 图1.1: only in a"),
        (lambda f: f["captions"].update({"图1.1": "别的"}), "caption 图1.1: '各月渔获，吨' in a, '别的' in b"),
        (lambda f: f["headings"].update({"9.9": "多"}), "heading 9.9: only in b"),
        (lambda f: f["references"].remove("表1.1"), "reference 表1.1: only in a"),
        (lambda f: f["callouts"].remove("警告"), "callout '警告': only in a"),
        (lambda f: f.update(marked=not f["marked"]), "mark 示例数据，非真实统计: only in a"),
        (lambda f: f.update(cited=[1]), "citations: numbered to [2] in a, to [1] in b"),
        (lambda f: f["links"].append("https://example.org/"), "link https://example.org/: only in b"),
        (lambda f: f.update(callouts=None, all=f["all"].replace("怎么读", "")), "callout '怎么读': not in b"),
        (
            lambda f: f.update(text=[], all=f["all"].replace("插入的一段白沙港", "")),
            "text '插入的一段白沙港写法是varportname': only in a",
        ),
    ],
)
def test_differences_are_told(rendered, change, said):
    one = rendered["html"]
    other = copy.deepcopy(one)
    change(other)
    assert parity.compare(one, other, ("a", "b")) == [said]


def test_the_script_counts_differences(site, capsys):
    assert parity.main([site]) == 0 and "no difference (html)" in capsys.readouterr().out


def test_a_missing_folder_is_a_difference_and_all_books_are_gone_over(site, tmp_path, capsys):
    assert parity.main(["--books", tmp_path / "gone", site, tmp_path]) == 2
    told = capsys.readouterr().out
    assert told.count("no finished book there") == 2 and "no difference (html)" in told


def test_both_engines_are_run_and_compared_where_quarto_is_there(foreign, monkeypatch, tmp_path, capsys):
    """A stand-in for quarto that lays out a finished book: what it changed is what is told."""
    book.render(foreign, "", to=["html", "docx", "pdf"], engine="pandoc")
    shutil.copytree(foreign / "_book", tmp_path / "made")
    page = tmp_path / "made" / "catch.html"
    page.write_text(page.read_text(encoding="utf-8").replace("各月渔获，", "每月渔获，"), encoding="utf-8")
    program = tmp_path / "bin" / "quarto"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        f"to = sys.argv[sys.argv.index('--output-dir') + 1]\n"
        f"shutil.copytree({str(tmp_path / 'made')!r}, to, dirs_exist_ok=True)\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    assert parity.main(["--quarto", foreign]) == 1
    told = "caption 图1.1: '各月渔获，吨' in pandoc html, '每月渔获，吨' in quarto html"
    assert capsys.readouterr().out.startswith(told)


def test_without_quarto_the_comparison_says_what_is_missing(foreign, monkeypatch):
    monkeypatch.setattr("research.book.quarto.shutil.which", lambda name: None)
    with pytest.raises(MissingError, match="quarto is not on PATH"):
        parity.by_both(foreign)


@pytest.mark.skipif(shutil.which("quarto") is None, reason="quarto is not on PATH")
def test_real_quarto_tells_the_same(foreign):
    assert parity.by_both(foreign) == []


def test_the_short_mark_of_a_list_on_paper_is_no_other_caption():
    short = Reading([("text", "表 2.1 改过的数值〔示例〕 . . . . 306")])
    whole = Reading([("caption", "表 2.1 改过的数值（示例数据，非真实统计）")])
    assert parity.compare(parity.findings(whole), parity.findings(short)) == []
    other = Reading([("text", "表 2.1 未改的数值〔示例〕 . . . . 306")])
    assert parity.compare(parity.findings(whole), parity.findings(other))
