"""One way to compare two numbers: like with like, or a refusal by name."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.errors import DataError
from research.wording import Side, compare, unlike

SOURCE = Path(__file__).parents[2] / "src" / "research"
BARE = {"change", "changed", "compared", "relative", "tested"}
HERE, WHOLE = Side(86.4, "分", 2023, "甲镇", "调查"), Side(86.0, "分", 2023, "全区", "调查")


def test_a_place_beside_its_district_in_one_year():
    assert compare(HERE, WHOLE, "place", than="全区") == "高于全区0.4分"
    assert compare(HERE, WHOLE, "place", than="全区", significant=False) == "与全区相差0.4分，在抽样误差之内"


@pytest.mark.parametrize(("changed", "said"), [
    ({"year": 2024}, "expected the same year on both sides, found 2023 and 2024"),
    ({"unit": "%"}, "expected the same unit on both sides, found 分 and %"),
    ({"calibre": "报送"}, "expected the same calibre on both sides, found 调查 and 报送"),
    ({"group": "农村"}, "expected the same group on both sides"),
    ({"year": None}, "expected a year on both sides, found none"),
    ({"place": ""}, "expected a place on both sides, found none"),
])  # fmt: skip
def test_unlike_sides_are_refused_by_name(changed, said):
    other = Side(**{**WHOLE.__dict__, **changed})
    with pytest.raises(DataError) as caught:
        compare(HERE, other, "place", than="全区", name="认同度")
    assert "comparison of 认同度" in str(caught.value) and said in str(caught.value)
    assert caught.value.faults[0].kind == "comparison"


def test_the_refusal_speaks_chinese_too():
    with pytest.raises(DataError) as caught:
        compare(HERE, Side(1.0, "%", None, "全区", "调查"), "place", name="认同度")
    told = caught.value.text("zh")
    assert "“认同度”的比较" in told and "两边都有年份" in told and "两边单位相同" in told and "甲镇2023年86.4分" in told


@pytest.mark.parametrize(
    ("kind", "year", "good"),
    [("before", 2022, True), ("before", 2021, False), ("since", 2021, True), ("since", 2024, False)],
)
def test_the_year_before_is_the_year_before(kind, year, good):
    other = Side(80.0, "分", year, "甲镇", "调查")
    assert bool(unlike(HERE, other, kind)) is not good


@given(st.sampled_from(["before", "since", "place", "group"]), st.sampled_from(["元", "%", "倍"]),
       st.sampled_from(["元", "%", "倍"]), st.integers(2020, 2024), st.integers(2020, 2024),
       st.sampled_from("甲乙"), st.sampled_from("甲乙"))  # fmt: skip
def test_nothing_unlike_ever_gets_through(kind, u, v, y, z, p, q):
    one, other = Side(1.0, u, y, p), Side(2.0, v, z, q)
    if not unlike(one, other, kind):
        assert u == v
        assert p == q or kind == "place"
        assert y == z or kind in ("before", "since")
        assert y - z == 1 or kind != "before"


def test_an_unknown_kind_or_form_is_answered_with_the_nearest():
    with pytest.raises(DataError, match="did you mean 'since'"):
        compare(HERE, WHOLE, "sinse")
    with pytest.raises(DataError, match="did you mean 'change'"):
        compare(HERE, WHOLE, "place", "chance")


def test_no_room_makes_the_words_of_a_comparison_from_bare_numbers():
    """Outside `wording` nothing imports the functions that take numbers without year, place and unit."""
    found = []
    for path in SOURCE.rglob("*.py"):
        if path.parent.name == "wording":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("research.wording"):
                found += [f"{path.name}: {a.name}" for a in node.names if a.name in BARE]
    assert found == []
