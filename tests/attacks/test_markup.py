"""Texts that look like markup come out as text in the website, Word, PDF and the files beside them, or are refused."""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pandas as pd
import pytest
from lxml import etree, html

from research import book, figures
from research.core.formulas import is_formula, neutral, neutral_frame
from research.core.plain import name_fault, text_fault
from research.indicators.reference.rules.words import NAMES, cell_words, setting_words
from research.indicators.reference.tables import read_csv
from tests.attacks.hostile import FORMULAS, MARKUP, UNPRINTABLE

TEXTS = [*MARKUP, *FORMULAS]
WORDS = ("R&D", "a & b", '"引"', "'引'", ":smile:", "%PDF-1.7", "1. 项", "1) 项", "(1) 项")
"""What is no markup where a name is printed."""
SETTINGS = """project: {type: book}
lang: zh
book:
  title: "试"
  author: 甲
  date: 2024-12-31
  chapters: [index.qmd, a.qmd]
format: {html: default, docx: default, typst: default}
"""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def numbered(texts):
    """Each between two marks, so that it is found wherever it was put."""
    return {f"甲{n:03}": f"{text}乙{n:03}" for n, text in enumerate(texts)}


def folded(text):
    """Without spaces, and with the straight signs that typography makes curly."""
    text = text.translate(str.maketrans("“”‘’–—…‑", "\"\"''--…-")).replace("…", "...")
    return re.sub(r"[\s\u200b\ufeff\u00ad]+|-(?=-)", "", text)


def made_by_notebooks(monkeypatch):
    """Outputs of three cells: a table, a paragraph, a table whose note and source are hostile."""
    seen, given = [], numbered(TEXTS)
    monkeypatch.setattr("IPython.display.display", lambda data, metadata, raw: seen.append((data, metadata)))
    frame = pd.DataFrame({"编号": list(given), "文字": list(given.values()), "status": "published"})
    figures.table(figures.Sheet(frame[["编号", "文字"]], "表", [frame], "来源", "published"))
    figures.say(*(f"{mark}{text}。" for mark, text in given.items()), status="published")
    figures.table(
        figures.Sheet(
            pd.DataFrame({"<b>头</b>": ["1"], "=1+1": ["2"]}),
            "注表",
            [],
            MARKUP[0],
            "published",
            "；".join(f"{m}{t}" for m, t in given.items()),
        )
    )
    labels = [("tbl-a", "表"), ("text-a", ""), ("tbl-b", "注表")]
    return [
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "id": label,
            "source": f"#| label: {label}\n" + (f"#| tbl-cap: {caption}\n" if caption else "") + "x",
            "outputs": [{"output_type": "display_data", "data": data, "metadata": metadata}],
        }
        for (label, caption), (data, metadata) in zip(labels, seen, strict=True)
    ]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("book")
    with pytest.MonkeyPatch.context() as patched:
        cells = made_by_notebooks(patched)
    tree = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "n.ipynb").write_text(json.dumps(tree, ensure_ascii=False), "utf-8")
    (tmp_path / "_quarto.yml").write_text(SETTINGS, "utf-8")
    (tmp_path / "index.qmd").write_text("# 前言 {.unnumbered}\n\n文。\n", "utf-8")
    (tmp_path / "a.qmd").write_text(
        "# 章\n\n" + "\n\n".join(f"{{{{< embed n.ipynb#{label} >}}}}" for label in ("tbl-a", "text-a", "tbl-b")) + "\n",
        "utf-8",
    )
    book.render(tmp_path, "", to=["html", "docx", "pdf"], engine="pandoc")
    return tmp_path / "_book"


def pdf_text(path):
    """What poppler reads in a PDF, where it is installed."""
    if not shutil.which("pdftotext"):
        return {}
    return {"PDF": subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True).stdout.decode()}


def test_they_are_printed_as_text_in_every_format(rendered):
    page = html.fromstring((rendered / "a.html").read_bytes())
    word = zipfile.ZipFile(next(rendered.glob("*.docx")))
    document = etree.fromstring(word.read("word/document.xml"))
    paragraphs = ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in document.iter(f"{W}p")]
    printed = {"website": page.text_content(), "Word": "\n".join(paragraphs), **pdf_text(next(rendered.glob("*.pdf")))}
    for kind, text in printed.items():
        text = folded(text)
        lost = [t for t in numbered(TEXTS).values() if folded(t) not in text]
        assert lost == [], f"{kind}: {lost[:9]}"
        if kind != "PDF":  # where a page may end in the middle of one
            few = [t for t in numbered(TEXTS).values() if text.count(folded(t)) < 3]
            assert few == [], f"{kind}: not in cell, sentence and note: {few[:9]}"
    body = page.xpath("//main")[0]
    assert not body.xpath(".//*[@onerror or @onload]|.//a[contains(@href,'invalid') or starts-with(@href,'java')]")
    assert "window.bad" not in "".join(page.xpath("//script/text()"))
    assert not body.xpath(".//b|.//h1[text()='标题']|.//math|.//img[@src='x.png']")
    fields = "".join(document.itertext(f"{W}instrText"))
    assert "DATE" not in fields and "INCLUDE" not in fields and "invalid" not in fields
    links = word.read("word/_rels/document.xml.rels").decode()
    assert "invalid" not in links and "javascript" not in links


def test_the_files_beside_the_pages_run_nothing(rendered):
    tables = sorted((rendered / "data").glob("*.csv"))
    cells = [c for path in tables for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))) for c in row]
    assert [c for c in cells if is_formula(c)] == []
    held = folded("\n".join(cells))
    assert [t for t in numbered(TEXTS).values() if folded(t) not in held] == []
    for path in (rendered / "data").glob("*.xlsx"):
        sheets = openpyxl.load_workbook(path)
        found = [c for sheet in sheets for row in sheet.iter_rows() for c in row if c.value is not None]
        assert found and not [c.value for c in found if c.data_type == "f"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_written_as_text(text):
    written = "'" + text.replace("\r", "\n")
    assert neutral(text) == written and neutral(written) == written
    assert neutral_frame(pd.DataFrame({text: [text]})).to_dict("list") == {written: [written]}


@pytest.mark.parametrize("text", ["甲\r乙", "甲\r\n乙", "甲\n乙", "甲,乙", '"', "'", "甲\t乙", " 甲 "])
def test_a_table_with_any_text_is_read_back_as_it_was(text, tmp_path):
    frame = pd.DataFrame({"place": ["331003", "331003001"], "source": [text, "丙"]})
    neutral_frame(frame).to_csv(tmp_path / "a.csv", index=False, lineterminator="\n")
    assert list(read_csv(tmp_path / "a.csv")["source"]) == [text.replace("\r\n", "\n").replace("\r", "\n"), "丙"]


@pytest.mark.parametrize("text", [t for t in MARKUP if t not in WORDS])
def test_a_name_that_looks_like_markup_is_refused_where_it_stands(text):
    for table, column in [(t, c) for t, names in NAMES.items() for c in names]:
        found = list(cell_words(pd.DataFrame({column: ["甲", text]}), table, f"{table}.csv"))
        assert len(found) == 1 and str(found[0]).startswith(f"{table}.csv, row 3, column {column}: expected words")
    assert "districts.yml, books, cases" in str(next(setting_words({"books": {"cases": text}}, "districts.yml")))


@pytest.mark.parametrize("text", [*FORMULAS])
def test_a_name_that_looks_like_a_formula_is_refused(text):
    assert name_fault(text)


@pytest.mark.parametrize("text", UNPRINTABLE)
def test_what_can_be_printed_nowhere_is_refused_in_every_text(text):
    assert "the invisible character" in str(text_fault(text)) and name_fault(text)
    found = list(cell_words(pd.DataFrame({"source": ["甲", text]}), "observations", "observations.csv"))
    assert "observations.csv, row 3, column source" in str(found[0])


def test_there_are_enough_of_them():
    assert len(set(MARKUP + FORMULAS + UNPRINTABLE)) >= 100
