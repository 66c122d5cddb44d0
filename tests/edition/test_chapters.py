"""The hand-written chapters: true quotes, no number of their own, no code, marks where they belong."""

import re

import pytest
import yaml

from research.cases.prose import bare_numbers, clause_texts, quotes, read_front_matter
from research.core.scope import open_project

PROJECT = open_project()
CHAPTERS = sorted(
    [
        PROJECT.root / "index.qmd",
        *(PROJECT.reports / "bluebook").glob("*.qmd"),
        *(PROJECT.reports / "cases").glob("*.qmd"),
    ]
)
REAL = {
    "comparison.qmd",
    "references.qmd",
    "appendix-indicators.qmd",
    "appendix-methods.qmd",
    "appendix-chronicle.qmd",
    "appendix-coverage.qmd",
    "appendix-assumptions.qmd",
    "appendix-sources.qmd",
    "cases.qmd",
    "library.qmd",
    "guide.qmd",
}
"""Chapters that stand on published or reference data, or mark what they include piece by piece."""


def name(path):
    return PROJECT.show(path)


@pytest.fixture(scope="module")
def clauses():
    return clause_texts((PROJECT.reference / "outline.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_quotes_are_the_outlines_words(path, clauses):
    for line, words, clause in quotes(path.read_text(encoding="utf-8")):
        if words:  # 「」 alone explains the sign
            assert clause in clauses, f"line {line}: 「{words}」 names no clause"
            assert words in clauses[clause], f"line {line}: 「{words}」 is not in clause {clause}"


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_no_number_by_hand_and_no_code(path):
    text = path.read_text(encoding="utf-8")
    assert bare_numbers(text) == []
    assert not re.search(r"^```\{", text, re.M)


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_one_title_and_references_before_figures(path):
    text = path.read_text(encoding="utf-8")
    head, body = read_front_matter(text)
    titled = bool(head and "title" in yaml.safe_load(head))
    assert len(re.findall(r"^# ", body, re.M)) == (0 if titled else 1)
    for match in re.finditer(r"\{\{<\s*embed\s+\S+#((?:fig|tbl)-\S+)\s*>\}\}", body):
        if not titled:  # cases introduce their figures in words
            assert f"@{match[1]}" in body, f"{match[1]} is embedded and never named in the text"


@pytest.mark.parametrize("path", [p for p in CHAPTERS if p.parent.name == "bluebook"], ids=name)
def test_pages_on_data_carry_the_mark_and_real_pages_do_not(path):
    marked = "_mark.md >}}" in path.read_text(encoding="utf-8")
    assert marked == (path.name not in REAL)


@pytest.mark.parametrize("book", ["bluebook", "cases"])
def test_profiles_hold_the_book_and_nothing_else(book):
    profile = yaml.safe_load((PROJECT.root / f"_quarto-{book}.yml").read_text(encoding="utf-8"))
    assert set(profile) == {"project", "book"}
    assert profile["project"] == {"output-dir": f"reports/output/{book}"}
    assert set(profile["book"]) <= {"title", "subtitle", "author", "chapters", "appendices"}
    assert profile["book"]["chapters"][0] == "index.qmd"
    assert "chapters" not in yaml.safe_load((PROJECT.root / "_quarto.yml").read_text(encoding="utf-8"))["book"]


@pytest.mark.parametrize("book", ["bluebook", "cases"])
def test_each_hand_written_chapter_is_in_a_book(book):
    text = (PROJECT.root / f"_quarto-{book}.yml").read_text(encoding="utf-8")
    for path in (PROJECT.reports / book).glob("[!_]*.qmd"):
        assert f"- {name(path)}" in text


def test_each_cited_work_is_in_the_bibliography_and_the_other_way_round():
    known = set(re.findall(r"^@\w+\{([\w-]+),", (PROJECT.reports / "theme/references.bib").read_text("utf-8"), re.M))
    cited = set()
    for path in CHAPTERS:
        for group in re.findall(r"\[(@[^\]]+)\]", path.read_text(encoding="utf-8")):
            cited |= set(re.findall(r"@([a-z]+\d{4})", group))
    assert cited == known


def test_references_to_sections_have_targets():
    text = "\n".join(p.read_text(encoding="utf-8") for p in CHAPTERS if p.parent.name != "cases")
    assert set(re.findall(r"@(sec-[a-z-]+[a-z])", text)) - {"sec-library", "sec-guide"} <= set(
        re.findall(r"\{#(sec-[\w-]+)", text)
    )
