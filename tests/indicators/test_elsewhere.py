"""Another district is another folder of reference tables: nothing in the code knows this one."""

import pytest

from research.core.scope import Scope
from research.indicators import build, check, open_edition
from research.indicators.forms import forms

SWAPS = (("331003", "440999"), ("331000", "440900"), ("330000", "440000"), ("黄岩", "某某"), ("宁溪", "甲乙"))


@pytest.fixture
def elsewhere(own_project, small):
    """The same tables under other codes and names; the outline's words too, so that the quotes still hold."""
    data = own_project.root / "data" / "sample"
    data.mkdir()
    for path in (p for folder in (own_project.reference, small) for p in [*folder.iterdir()] if p.is_file()):
        text = path.read_text("utf-8")
        for old, new in SWAPS:
            text = text.replace(old, new)
        (path if path.parent == own_project.reference else data / path.name).write_text(text, "utf-8")
    return own_project


def test_another_district_works_as_well(elsewhere, tmp_path):
    assert check(Scope.of(elsewhere, 2024, "sample")) == []
    edition = open_edition("2024", project=elsewhere)
    tables = build(edition)
    assert edition.name(edition.district) == "某某区" and set(tables["measures"]["place"]) == {
        "440999",
        "440999001",
        "440999200",
    }
    (path,) = forms.write(Scope.of(elsewhere, 2025), tmp_path / "forms", place="甲乙镇")
    assert path.name == "甲乙镇-2025.xlsx"
    words = repr([t.to_dict() for t in tables.values()])
    assert "331003" not in words and "黄岩" not in words


def test_the_code_names_no_district(root):
    """Outside of examples in docstrings, no module knows the code or the name."""
    import ast

    found = []
    for path in (root / "src" / "research" / "indicators").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {
            id(n.body[0].value)
            for n in ast.walk(tree)
            if hasattr(n, "body") and isinstance(n.body, list) and n.body and isinstance(n.body[0], ast.Expr)
        }
        found += [
            f"{path.name}:{n.lineno}"
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant)
            and isinstance(n.value, str)
            and id(n) not in docs
            and ("331003" in n.value or "黄岩" in n.value)
        ]
    assert found == []
