"""Every notebook of the district: runs, carries its status, says nothing by halves; and the published figures."""

import pandas as pd
import pytest

from research import figures
from research.errors import DataError
from research.figures.display import Absent
from tests.support.notebooks import DISTRICT, outputs

OF_THE_OUTLINE = ("text-comparison", "fig-comparison", "tbl-comparison", "tbl-index-weights", "tbl-index-emphasis",
                  "text-targets-notes", "tbl-targets-notes")  # fmt: skip
"""Published figures, settings and the outline's own text are no sample."""

QUICK = ("comparison", "targets")
"""The others run in the slow suite, and in the journeys."""


@pytest.mark.parametrize("name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in DISTRICT])
def test_every_notebook_of_the_district_stands(edition, name):
    found = outputs(name, edition)
    assert {label.partition("-")[0] for label in found} == ({"text"} if name == "general" else {"text", "fig", "tbl"})
    for label, (bundle, facts) in found.items():
        text = bundle.get("text/markdown", "") + facts.get("caption", "") + facts.get("alt", "")
        assert text and "nan" not in text and "None" not in text and "。。" not in text and "，。" not in text, label
        if not facts.get("absent"):
            assert facts["status"] in (("published",) if label.startswith(OF_THE_OUTLINE) else ("sample",)), label


@pytest.mark.slow
@pytest.mark.parametrize("year", ["2021", "2022"])
def test_the_first_years_have_no_past_and_stand_all_the_same(year):
    from importlib import import_module

    from research import open_edition

    early = open_edition(year)
    for step in ("indicators", "composite", "assessment"):
        early.add_tables(import_module(f"research.{step}").build(early))
    for name in DISTRICT:
        for label, (bundle, facts) in outputs(name, early).items():
            text = bundle.get("text/markdown", "") + facts.get("caption", "")
            assert text and "nan" not in text, (name, label)


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


def test_an_unbuilt_edition_says_what_to_run(edition, monkeypatch):
    def table(name):
        from research.errors import Fault

        raise DataError(Fault("data/results/2024", "built tables", "none", "run `bluebook build`", "not-built"))

    monkeypatch.setattr(edition, "table", table)
    with pytest.raises(DataError, match="bluebook build"):
        outputs("income_gap", edition)


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
