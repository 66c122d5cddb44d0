"""Every view of the district: runs, carries its status, agrees with its own table."""

import inspect

import pandas as pd
import pytest

from research import figures
from research.errors import DataError
from research.figures.display import Absent, Picture, Sheet, Words, status_of

DISTRICT = ("RegionalGap", "UrbanRuralGap", "IncomeGap", "Targets", "Index", "Portraits", "Comparison", "Robustness")
SKIPPED = {"comparison", "significant", "words", "picture", "sheet", "built", "series", "measure", "at", "curve",
           "densities", "goal", "gap", "gap_words", "gap_table", "rows", "find", "ratios", "places_demands",
           "parts", "absent", "measure_name", "curve_rows", "answer_words", "with_answers", "answers_note",
           "side", "held", "moved", "beside_district", "town_and_country"}  # fmt: skip

# Settings and the outline's own text are no sample.
OF_THE_OUTLINE = ("weights_table", "emphasis_table", "notes_table", "notes_words")


def made(view):
    """Everything that a view offers to a notebook."""
    for name in dir(type(view)):
        method = getattr(type(view), name)
        if callable(method) and not name.startswith("_") and name not in SKIPPED and _alone(getattr(view, name)):
            yield name, getattr(view, name)()


def _alone(method):
    """Whether a method can be asked without saying more: those that cannot are no items of a notebook."""
    given = inspect.signature(method).parameters.values()
    return all(p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in given)


@pytest.mark.parametrize("name", DISTRICT)
def test_every_district_view_stands(edition, name):
    _hold(getattr(figures, name)(edition), "published" if name == "Comparison" else "sample")


def _hold(view, status):
    kinds = set()
    for name, item in made(view):
        assert isinstance(item, (Picture, Sheet, Words, Absent)), name
        if isinstance(item, Absent):  # a figure or table without rows: the sentence that says so
            assert item.text.endswith("。") and item.caption and item.status == "sample", name
            continue
        kinds.add(type(item))
        if not (name in OF_THE_OUTLINE and status == "sample"):
            assert status_of(item.data, item.status) == status, name
        text = item.text if isinstance(item, Words) else item.caption + getattr(item, "alt", "")
        assert text and "nan" not in text and "None" not in text, (name, text)
        if isinstance(item, Words):
            assert item.text.endswith("。") and "。。" not in item.text and "，。" not in item.text
    assert kinds == {Picture, Sheet, Words}


@pytest.mark.slow
@pytest.mark.parametrize("year", ["2021", "2022"])
def test_the_first_years_have_no_past_and_stand_all_the_same(year):
    from importlib import import_module

    from research import open_edition

    early = open_edition(year)
    for step in ("indicators", "composite", "assessment"):
        early.add_tables(import_module(f"research.{step}").build(early))
    for view in (getattr(figures, n)(early) for n in DISTRICT):
        for name, item in made(view):
            text = item.text if isinstance(item, Words) else item.caption
            assert text and "nan" not in text, (type(view).__name__, name)


def test_published_figures_by_hand(edition):
    """The city in three quarters of 2020: 39089 yuan, eighth of eleven, 1032 below the province; 48255/25006."""
    view = figures.Comparison(edition)
    assert "39089元，居11个设区市第8位，低于全省平均1032元" in view.cities_words().text
    row = view.cities_table().frame.set_index("设区市").loc["台州市"]
    assert row["城乡倍差"] == "1.93"
    fifths = view.fifths_table().frame.set_index("分组")
    assert fifths.loc["高、低收入组之比（倍）", "2023年"] == "10.32"  # 95055 / 9215


def test_a_district_without_published_cities_is_told_what_is_lacking(edition):
    class Other:
        published = edition.published[edition.published["level"] != "city"]

        def __getattr__(self, name):
            return getattr(edition, name)

    view = figures.Comparison(Other())
    assert view.cities_words().text == "黄岩区暂无可与本市比较的各市公开统计数据。"
    shown = view.cities_chart()
    assert isinstance(shown, Absent) and "暂无可与本市比较的各市公开统计数据" in shown.text


def test_unknown_names_are_answered_with_the_nearest(edition):
    with pytest.raises(DataError, match="did you mean 'income'"):
        edition.place().theme("incme")
    with pytest.raises(DataError, match="place"):
        edition.place("331099")


def test_an_unbuilt_edition_says_what_to_run(edition):
    class Unbuilt:
        def __getattr__(self, name):
            return getattr(edition, name)

        def table(self, name):
            from research.errors import Fault

            raise DataError(Fault("data/results/2024", "built tables", "none", "run `bluebook build`", "not-built"))

    with pytest.raises(DataError, match="bluebook build"):
        figures.IncomeGap(Unbuilt()).lead()


def test_projections_need_four_years():
    from research.assessment.projection import extrapolate

    seen = pd.DataFrame({"year": [2021, 2022, 2023, 2024], "value": [10.0, 12.0, 13.0, 15.0], "status": "survey"})
    # by hand: slope 1.6, mean 12.5, t(2) = 4.3027; the residuals' variance of 0.1 lies below the floor that rounding to
    # whole numbers (1/12) and a fifth of a year's pace make
    floor, lever, t = 1 / 12 + (0.2 * 1.6) ** 2, 1 + 1 / 4 + 2.5**2 / 5, 4.302653
    assert floor > 0.1
    ahead = extrapolate(seen, 2025).iloc[0]
    assert ahead["value"] == pytest.approx(16.5)
    assert ahead["upper"] == pytest.approx(16.5 + t * (floor * lever) ** 0.5)
    assert ahead["status"] == "estimated"
    # values that scatter more than the floor: -0.7, 2.1, -2.1 and 0.7 from their line, a variance of 9.8 / 2
    rough = extrapolate(seen.assign(value=[10.0, 14.0, 11.0, 15.0]), 2025).iloc[0]
    assert rough["upper"] - rough["value"] == pytest.approx(t * (4.9 * lever) ** 0.5)
    # a standard error of 1 adds to the floor
    wide = extrapolate(seen.assign(se=1.0), 2025).iloc[0]
    assert wide["upper"] - wide["value"] == pytest.approx(t * ((1 + floor) * lever) ** 0.5)
    assert extrapolate(seen.head(3), 2025).empty and extrapolate(seen, 2024).empty
