"""The gallery shows every chart that takes a frame, drawn by the code beside it."""

import pytest
from matplotlib.figure import Figure

from research import charts
from research.manual.gallery import ENTRIES, drawn, page


@pytest.mark.parametrize("name", ENTRIES)
def test_the_code_of_an_entry_draws_its_picture(name):
    figure = drawn(ENTRIES[name])
    assert isinstance(figure, Figure) and not figure.drawn.empty
    assert ENTRIES[name].code.startswith(f"charts.{name}(") and ENTRIES[name].use and ENTRIES[name].avoid


def test_every_chart_that_takes_a_frame_stands_in_the_gallery():
    of_results = {"decomposition", "density_ridge", "dominance", "growth_curve", "interval_ranking", "lorenz_intervals"}
    of_results.add("small_area_diagnostics")
    assert set(ENTRIES) == set(charts.__all__) - of_results


def test_the_page_says_that_its_numbers_are_invented():
    text, pictures = page()
    assert "虚构" in text and set(pictures) == {f"chart-{n}" for n in ENTRIES}
    assert all(f"({name}.svg)" in text for name in pictures)
