"""The charts as anyone uses them: columns by role, a figure out, what is drawn, what is refused."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from research import charts, say, show
from research.errors import DataError
from research.figures.style import BLUE, ORANGE
from research.wording.values import Value

TOWNS = pd.DataFrame(
    {
        "town": ["甲", "乙", "丙"],
        "score": [9.0, 6.0, 3.0],
        "low": [8.0, 5.0, 2.0],
        "high": [10.0, 7.0, 4.0],
        "inner": [4.0, 3.0, 1.0],
        "ours": [False, True, False],
        "status": "survey",
        "unit": "分",
    }
)
YEARS = pd.DataFrame(
    {
        "year": [2021, 2022, 2021, 2022],
        "value": [1.0, 2.0, 3.0, 2.5],
        "name": ["甲", "甲", "乙", "乙"],
        "status": "survey",
        "unit": "倍",
    }
)
STATES = pd.DataFrame({"经济": ["green", "red"], "收入": ["yellow", None]}, index=["甲", "乙"])
WAY = pd.DataFrame({"i": ["甲"], "way": [0.5], "c": ["red"], "t": ["5 / 10"]})
MOVE = pd.DataFrame({"i": ["甲"], "d": [20.0], "b": [True], "t": ["5→6"]})
TARGETS = pd.DataFrame({"g": ["甲", "甲", "乙"], "c": ["green", "red", "green"]})
RANKS = pd.DataFrame({"n": ["甲", "乙"], "r": [1, 2], "a": [1, 1], "b": [2, 2]})
PEOPLE = pd.DataFrame({"income": [1.0, 2.0, 3.0, 4.0], "w": [1.0, 1, 1, 1], "who": ["a", "a", "b", "b"]})


def texts(figure):
    return " ".join(t.get_text() for a in figure.axes for t in [*a.texts, *a.get_yticklabels(), *a.get_xticklabels()])


def widths(figure):
    return [p.get_width() for p in figure.axes[0].patches]


def points(figure):
    return [tuple(xy) for c in figure.axes[0].collections for xy in c.get_offsets()]


def lines(figure):
    return [list(line.get_ydata()) for line in figure.axes[0].lines]


PLAN = pd.DataFrame(
    {
        "name": ["甲领域"] * 3,
        "year": [2023, 2024, 2025],
        "asked": [0.5, 0.8, 1.0],
        "covered": [0.4, 0.9, None],
        "projection": [None, None, 1.1],
        "lower": [None, None, 0.9],
        "upper": [None, None, 1.3],
    }
)

DRAWN = {
    "pathways": (lambda: charts.pathways(PLAN, "", decimals=1), lambda f: "0.9" in texts(f)),
    "ranking": (
        lambda: charts.ranking(TOWNS, x="score", y="town", lower="low", upper="high", highlight="ours"),
        lambda f: {(9.0, 0.0), (6.0, 1.0), (3.0, 2.0)} <= set(points(f)) and "9.0" in texts(f),
    ),
    "bars": (lambda: charts.bars(TOWNS, x="score", y="town"), lambda f: widths(f) == [9, 6, 3, 4, 3, 1]),
    "stacked": (
        lambda: charts.stacked(YEARS, "倍", x="value", y="year", hue="name"),
        lambda f: widths(f) == [1, 2, 3, 2.5],
    ),
    "ways": (
        lambda: charts.ways(WAY, x="way", y="i", hue="c", label="t", pace=None),
        lambda f: widths(f) == [1, 0.5] and "5 / 10" in texts(f),
    ),
    "arrows": (lambda: charts.arrows(MOVE, x="d", y="i", hue="b", label="t"), lambda f: "5→6" in texts(f)),
    "profile": (lambda: charts.profile(TOWNS, limit=10, x="score", y="town"), lambda f: widths(f)[3:] == [9, 6, 3]),
    "lines": (lambda: charts.lines(YEARS), lambda f: lines(f) == [[1, 2], [3, 2.5]] and "乙 2.50" in texts(f)),
    "trend": (
        lambda: charts.trend(YEARS[:2], target=3.0),
        lambda f: lines(f)[0] == [1, 2] and "3.00倍" not in texts(f) and "目标 3.00" in texts(f),
    ),
    "slope": (
        lambda: charts.slope(TOWNS, (2021, 2024), y="town", old="low", new="high"),
        lambda f: [8, 10] in lines(f) and "2024年" in texts(f),
    ),
    "lorenz": (
        lambda: charts.lorenz(PEOPLE, "income", weight="w", hue="who"),
        lambda f: np.allclose(f.axes[0].lines[1].get_ydata(), [0, 0.1, 0.3, 0.6, 1]) and "0.250" in texts(f),
    ),
    "density": (
        lambda: charts.density(PEOPLE, "income", weight="w", unit="元", scale=1),
        lambda f: "中位数" in texts(f) and len(f.axes[0].lines) == 2,
    ),
    "ridge": (
        lambda: charts.ridge([{"label": "2021", "x": [0, 1, 2], "y": [0, 1, 0], "median": 1.0}]),
        lambda f: "2021" in texts(f),
    ),
    "tile_map": (
        lambda: charts.tile_map(TOWNS.assign(r=0, c=[0, 1, 2]), x="c", y="r", value="score", label="town"),
        lambda f: "甲" in texts(f) and "9.0" in texts(f),
    ),
    "status_matrix": (lambda: charts.status_matrix(STATES), lambda f: "甲" in texts(f) and "经济" in texts(f)),
    "small_states": (lambda: charts.small_states(STATES), lambda f: "收入" in texts(f)),
    "waffle": (
        lambda: charts.waffle(TARGETS, y="g", hue="c"),
        lambda f: "甲（2）" in texts(f) and "乙（1）" in texts(f),
    ),
    "gains": (
        lambda: charts.gains(pd.DataFrame({"n": ["甲", "乙"], "v": [1.5, -0.5]}), x="v", y="n"),
        lambda f: widths(f) == [1.5, -0.5] and "+1.50" in texts(f),
    ),
    "rank_ranges": (
        lambda: charts.rank_ranges(RANKS, x="r", y="n", lower="a", upper="b"),
        lambda f: {(1.0, 0.0), (2.0, 1.0)} <= set(points(f)),
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_given_is_drawn(name):
    draw, holds = DRAWN[name]
    before = TOWNS.copy()
    figure = draw()
    assert isinstance(figure, Figure) and holds(figure), (name, texts(figure))
    assert TOWNS.equals(before), "a chart changes nothing of its data"


def test_every_public_chart_is_drawn_here_or_with_the_results_of_measures():
    assert set(charts.__all__) - set(DRAWN) == {
        "decomposition",
        "density_ridge",
        "dominance",
        "growth_curve",
        "interval_ranking",
        "lorenz_intervals",
        "small_area_diagnostics",
    }  # test_charts_measures, test_small_area_chart


def test_the_highlighted_row_has_the_second_colour():
    figure = charts.ranking(TOWNS, x="score", y="town", highlight="ours")
    colours = [label.get_color() for label in figure.axes[0].get_yticklabels()]
    assert colours[1] == ORANGE and BLUE not in colours


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: charts.bars(TOWNS, x="scor", y="town"), "did you mean 'score'"),
        (lambda: charts.bars([1, 2]), "DataFrame"),
        (lambda: charts.lorenz(PEOPLE, "incomes"), "did you mean 'income'"),
    ],
)
def test_a_column_that_is_not_there_is_answered_with_those_that_are(draw, message):
    with pytest.raises(DataError, match=message):
        draw()


def test_a_chart_of_no_rows_is_an_error_at_its_cell_and_a_place_without_data_a_sentence(edition, shown):
    with pytest.raises(DataError, match="one row or more"):
        show(charts.bars(TOWNS[:0], x="score", y="town"), caption="图")
    none = edition.place("331003202").theme("economy").targets
    show(charts.ways(none, none.key, x="progress", label="told"), caption="{place}{title}")
    bundle, facts = shown[0]
    assert facts["absent"] and "没有可与" in bundle["text/plain"] and facts["caption"] == "富山乡经济发展"


def test_a_caption_names_only_what_is_known(edition):
    with pytest.raises(DataError, match="did you mean 'place'"):
        show(charts.lines(edition.place().theme("economy").panel), caption="{plac}的企业")


# households


def test_households_are_drawn_as_what_is_published_of_them(edition, shown):
    here = edition.place("331003001")
    homes = here.households()
    figure = charts.lorenz(homes[homes.year == 2024], "income_pc", weight="person_weight", hue="residence")
    table = edition.table("curves")
    mine = table[(table["place"] == here.code) & (table["curve"] == "lorenz") & (table["year"] == 2024)]
    for line, residence in zip(figure.axes[0].lines[1:], ("all", "urban", "rural"), strict=True):
        assert line.get_ydata() == pytest.approx(mine.loc[mine["residence"] == residence, "y"].to_numpy())
    show(figure, caption="{place}")
    assert "household" not in "".join(shown[0][1]["data"]) and shown[0][1]["status"] == "sample"


@pytest.mark.parametrize(
    "draw",
    [
        lambda h: charts.bars(h, x="income", y="village"),
        lambda h: charts.lines(h, y="income", hue="village"),
        lambda h: charts.lorenz(h[h["size"] == 3], "income_pc"),
        lambda h: charts.lorenz(h.iloc[:-1], "income_pc"),
        lambda h: charts.density(h, "income"),
        lambda h: charts.lorenz(h, "income_pc", hue="village"),
        lambda h: charts.density(h.drop(columns="status").iloc[1:], "income_pc", hue="year"),
        lambda h: show(h, caption="户"),
    ],
)
def test_no_chart_draws_single_households_or_a_part_that_is_not_published(edition, draw):
    with pytest.raises(DataError, match="households"):
        draw(edition.place("331003001").households())


# sentences in a cell


def test_a_sentence_carries_status_and_the_rows_of_its_numbers(edition, shown):
    gini = edition.estimate("gini", "income_pc", place="331003001", by=["year", "residence"])
    say("{year}年{place}基尼系数{now}，{change}。", now=gini.at(2024), change=gini.change())
    bundle, facts = shown[0]
    assert bundle["text/plain"].startswith("2024年东城街道基尼系数0.3") and facts["status"] == "sample"
    assert facts["numbers"][0] == {
        "name": "now",
        "text": str(gini.at(2024)),
        "place": "331003001",
        "year": "2024",
        "residence": "all",
        "measure": "gini",
    }


def test_a_sentence_of_nothing_is_an_error():
    with pytest.raises(DataError, match="values exist"):
        say("{x}。", x=Value(""))
