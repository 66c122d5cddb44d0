"""Index, assessment and page of another district: other tables, the same code."""

import ast
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


ROOMS = ("composite", "assessment", "figures", "book/onepage.py", "book/onepage_facts.py", "book/onepage_chapter.py")


@pytest.mark.parametrize("room", ROOMS)
def test_the_code_names_no_district(room):
    """Outside of docstrings no module knows the code, the name or a place of this district."""
    start, found = ROOT / "src" / "research" / room, []
    for path in [start] if start.suffix else start.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {id(n.body[0].value) for n in ast.walk(tree) if isinstance(getattr(n, "body", None), list)
                and n.body and isinstance(n.body[0], ast.Expr)}
        found += [f"{path.name}:{n.lineno}" for n in ast.walk(tree) if isinstance(n, ast.Constant)
                  and isinstance(n.value, str) and id(n) not in docs
                  and any(word in n.value for word in ("331003", "黄岩", "宁溪", "小橘灯", "屿头", "六乡一镇"))]
    assert found == []
