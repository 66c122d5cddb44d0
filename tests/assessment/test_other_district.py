"""Index, assessment and page of another district: other tables, the same code."""

from importlib import import_module
from pathlib import Path

import pytest

from research import open_edition
from research.core.scope import Project, open_project

SWAPS = (("331003", "440999"), ("331000", "440900"), ("330000", "440000"), ("黄岩", "某某"), ("宁溪", "甲乙"))
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """The sample under other codes and names; the outline's words too, so that the quotes still hold."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ("reference", "sample"):
        (folder / "data" / name).mkdir(parents=True)
        for path in (open_project(__file__).root / "data" / name).glob("*.*"):
            text = path.read_text("utf-8")
            for old, new in SWAPS:
                text = text.replace(old, new)
            (folder / "data" / name / path.name).write_text(text, "utf-8")
    book = open_edition("2024", project=Project(folder))
    for step in ("indicators", "composite", "assessment"):
        book.add_tables(import_module(f"research.{step}").build(book))
    return book


@pytest.mark.slow
def test_another_district_has_its_index_and_assessment(edition):
    scores = edition.table("scores").query("level == 'index' and year == 2024")
    assert set(scores["place"]) == {"440999", *edition.places["code"]} and scores["score"].notna().all()
    for name in ("portrait_brief", "aspects", "published_comparison", "outline_notes", "department_items"):
        text = edition.table(name).to_csv()
        assert "331003" not in text and "黄岩" not in text, name
    assert edition.table("outline_notes").query("source == 'text'")["found"].all()


@pytest.mark.slow
def test_another_district_has_its_pages(edition):
    from research.edition import onepage, onepage_facts

    page = onepage_facts.facts(edition, "440999101")
    assert page["name"] == "甲乙镇" and "黄岩" not in str(page)
    assert onepage.render(page)[:5] == b"%PDF-"
