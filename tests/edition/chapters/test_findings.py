"""The findings of the general report: argued from numbers, ordered, with proposals from registers or a slot."""

import pytest
import yaml

from research.core.scope import Project, open_project
from research.edition.chapters.elements import unfilled
from research.edition.chapters.findings import MOST, abstract, check_proposals, findings, page

ONE = """### 倍差缩小0.21倍

**证据。** 2024年倍差1.82倍，比2021年缩小0.21倍。见 @fig-a。

**建议。** （待填：建议）。
"""


def test_the_chapter_has_the_findings_in_the_notebooks_order_and_no_more_than_eight():
    texts = {"general": {f"text-general-{k}": ONE.replace("0.21", f"0.{k:02}") for k in range(1, 12)}}
    found = findings(texts)
    assert len(found) == MOST == 8
    assert found[0].startswith("### 倍差缩小0.01倍") and found[-1].startswith("### 倍差缩小0.08倍")
    assert page(texts, ()).count("### ") == 8


def test_the_abstract_says_the_claim_and_its_first_evidence_without_references():
    told = abstract({"general": {"text-general-a": ONE}})
    assert told == "1. **倍差缩小0.21倍。** 2024年倍差1.82倍，比2021年缩小0.21倍。\n"
    assert abstract({}) == "" and "不足以" in page({}, ())


@pytest.fixture
def project(tmp_path):
    real = open_project()
    (tmp_path / "data" / "reference").mkdir(parents=True)
    (tmp_path / "notebooks").symlink_to(real.root / "notebooks")
    (tmp_path / "reports" / "runs" / "book").mkdir(parents=True)
    (tmp_path / "reports" / "bluebook").mkdir()
    for name in ("departments.csv", "district.yml", "targets.csv"):
        (tmp_path / "data" / "reference" / name).symlink_to(real.root / "data" / "reference" / name)
    return Project(tmp_path)


def propose(project, **entry):
    text = yaml.safe_dump({2024: {entry.pop("key", "demands"): entry}}, allow_unicode=True)
    (project.reference / "proposals.yml").write_text(text, encoding="utf-8")


def test_an_editors_proposal_names_a_finding_and_a_department_that_exist(project):
    assert check_proposals(project) == []
    propose(project, proposal="查明积压", department="区住建局", due="2025-12-31")
    assert check_proposals(project) == []
    propose(project, key="demand", proposal="查明积压", department="区住建", due="2025-12-31")
    said = [str(f) for f in check_proposals(project)]
    assert len(said) == 2 and "'demand'" in said[0] and "区住建局" in said[1]


def test_a_slot_of_a_made_page_stops_a_release_until_it_is_filled_in(project):
    root = project.root
    (root / "_quarto.yml").write_text("project: {type: book}\nbook: {chapters: [index.qmd, reports/bluebook/a.qmd]}\n")
    (root / "_quarto-bluebook.yml").write_text("book:\n  title: 甲\n")
    (root / "index.qmd").write_text("# 前言 {.unnumbered}\n", encoding="utf-8")
    chapter = root / "reports" / "bluebook" / "a.qmd"
    chapter.write_text("# 甲\n\n{{< include ../runs/book/_findings.md >}}\n", encoding="utf-8")
    made = root / "reports" / "runs" / "book" / "_findings.md"
    made.write_text(ONE, encoding="utf-8")
    found = unfilled(root)
    assert len(found) == 1 and "_findings.md" in str(found[0]) and "倍差缩小0.21倍" in str(found[0])
    assert "proposals.yml" in str(found[0])
    made.write_text(ONE.replace("（待填：建议）", "由甲局在2025年完成"), encoding="utf-8")
    assert unfilled(root) == []


def test_a_finding_refers_only_to_what_the_book_shows():
    """A chapter without the figure - an editor's, or another district's - does not hold the book up."""
    texts = {"general": {"text-general-a": "### 甲\n\n**证据。** 乙。见 @fig-a、 @tbl-b。\n\n**建议。** 由丙办。\n"}}
    assert "见 @fig-a、 @tbl-b。" in page(texts, {"fig-a", "tbl-b"})
    assert "乙。见 @fig-a。" in page(texts, {"fig-a"})
    assert "见" not in page(texts, {"fig-ab"}) and "由丙办。" in page(texts, ())
