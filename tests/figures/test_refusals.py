"""A comparison of unlike things falls out of its sentence, and the notebook is told by name."""

import json

import pytest

from research.core.status import SAMPLE_MARK
from research.figures.views.base import View


class Edition:
    """As little of an edition as a view of one place takes."""

    district, edition, status, whole = "000001", 2024, "survey", "全区"

    def name(self, code):
        return {"000001": "甲区", "000002": "乙镇"}[code]


@pytest.fixture
def view():
    return View(Edition(), "000002")


@pytest.mark.parametrize(
    ("year", "place", "unit", "said"),
    [(2023, "000001", "分", "两边年份相同"), (2024, "", "分", "两边都有地区"), (2024, "000001", "%", "两边单位相同")],
)
def test_what_is_unlike_is_refused_by_name_and_its_clause_falls_away(view, year, place, unit, said):
    own, other = view.side(88.3, "分"), view.side(89.5, unit, year, place)
    with pytest.warns(UserWarning, match=said) as told:
        text = "乙镇满意度88.3分" + view.held(own, other, "place", lead="，", than="全区", name="满意度") + "。"
    assert text == "乙镇满意度88.3分。"
    assert "满意度" in str(told[0].message) and "000002" in str(told[0].message)


def test_a_missing_year_is_refused(view):
    other = view.side(89.5, "分", float("nan"), "000001")
    with pytest.warns(UserWarning, match="两边都有年份"):
        assert view.held(view.side(88.3, "分"), other, "place", than="全区", name="满意度") == ""


def test_in_a_notebook_the_refusal_is_an_output_that_the_book_passes_over(view, monkeypatch):
    from research.book.source import outputs
    from research.figures import display

    shown = []
    monkeypatch.setattr(display, "_display", lambda bundle, facts: shown.append((bundle, facts)))
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    assert view.held(view.side(1.0, "元"), view.side(1.0, "%"), "before", name="收入") == ""
    bundle, facts = shown[0]
    assert "收入" in bundle["text/plain"] and facts == {"notice": True}
    cell = {"output_type": "display_data", "data": bundle, "metadata": {"bluebook": facts}}
    assert outputs.output_pieces(json.loads(json.dumps(cell)), {}, "a.ipynb", None) == []
    assert SAMPLE_MARK not in bundle["text/plain"]
