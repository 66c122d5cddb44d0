"""Charts of the measures' results: labels in both languages, a font that has them, wrong input refused."""

import matplotlib.font_manager as fonts
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from research import figures
from research.errors import DataError
from research.figures.charts.decompose import parts_of
from research.figures.style import font_name
from research.measures import decompose, dynamics
from research.measures.survey import Design

RNG = np.random.default_rng(7)
ROWS = pd.DataFrame({
    "year": np.repeat([2022, 2023, 2024], 60), "place": np.tile(["甲镇", "乙乡"], 90), "weight": 1.0,
    "village": np.arange(180) // 6, "wage": RNG.lognormal(10, 0.5, 180), "transfer": RNG.lognormal(8, 0.4, 180),
})  # fmt: skip
ROWS["income"] = ROWS["wage"] + ROWS["transfer"]
NEW, OLD = (ROWS.loc[ROWS["year"] == y, "income"].to_numpy() for y in (2024, 2022))


def design():
    return Design(ROWS, weight="weight", psu="village")


CHARTS = {
    "lorenz": (lambda lang: figures.lorenz_intervals(figures.lorenz_points(design(), by="place"), lang=lang),
               "收入累计比重", "Share of income"),
    "growth": (lambda lang: figures.growth_curve(dynamics.growth_incidence(OLD, NEW, years=2), lang=lang),
               "年均增长（%）", "Growth a year (%)"),
    "dagum": (lambda lang: figures.decomposition(decompose.gini_dagum(ROWS["income"], ROWS["place"]), lang=lang),
              "重叠", "Overlap"),
    "sources": (lambda lang: figures.decomposition(
        decompose.gini_sources(ROWS[["wage", "transfer"]]), lang=lang,
        names={"wage": "工资"} if lang == "zh" else {"wage": "Wages"}), "工资", "Wages"),
    "theil": (lambda lang: figures.decomposition(decompose.theil_groups(ROWS["income"], ROWS["place"]), lang=lang),
              "组间", "Between groups"),
    "dominance": (lambda lang: figures.dominance(
        dynamics.stochastic_dominance(NEW + 20000, OLD, replicates=39), ("2024", "2022"), lang=lang),
        "该收入以下的人口比重", "Share of persons at or below"),
    "ridge": (lambda lang: figures.density_ridge(dynamics.density_evolution(ROWS, "income"), lang=lang),
              "竖线为中位数", "the strokes are medians"),
    "ranking": (lambda lang: figures.interval_ranking(
        design().estimate("mean", "income", by=["place"]), "place", lang=lang, unit="元" if lang == "zh" else "yuan",
        reference=26000.0), "全部", "All"),
}  # fmt: skip


def texts(figure):
    return [t for t in figure.findobj(Text) if t.get_text().strip()]


@pytest.mark.parametrize("name", CHARTS)
def test_labels_stand_in_both_languages_and_in_the_books_font(name, tmp_path):
    draw, chinese, english = CHARTS[name]
    covered = set(fonts.get_font(fonts.findfont(font_name(), fallback_to_default=False)).get_charmap())
    for lang, wanted, other in (("zh", chinese, english), ("en", english, chinese)):
        figure = draw(lang)
        figure.savefig(tmp_path / "one.png")
        said = " ".join(t.get_text() for t in texts(figure))
        assert wanted in said and other not in said
        assert {t.get_fontname() for t in texts(figure)} == {font_name()}
        assert not {c for c in said if not c.isspace() and ord(c) not in covered}


@pytest.mark.parametrize("name", CHARTS)
def test_another_language_is_refused(name):
    with pytest.raises(DataError, match="'zh' or 'en'"):
        CHARTS[name][0]("fr")


@pytest.mark.parametrize("draw", [
    lambda: figures.lorenz_intervals(ROWS), lambda: figures.lorenz_intervals([1, 2]),
    lambda: figures.growth_curve(ROWS), lambda: figures.decomposition(ROWS), lambda: figures.dominance(3),
    lambda: figures.density_ridge(ROWS), lambda: figures.interval_ranking(ROWS, "place"),
    lambda: figures.density_ridge(pd.DataFrame(columns=["year", "x", "density"])),
    lambda: figures.interval_ranking(design().estimate(["mean", "gini"], "income", by=["place"]), "place"),
])  # fmt: skip
def test_wrong_input_is_refused_by_name(draw):
    with pytest.raises(DataError, match="expected"):
        draw()


@pytest.mark.parametrize("reference", [1.0, 50.0, 900.0])
def test_the_ranking_keeps_its_reference_in_sight(reference):
    frame = pd.DataFrame({"place": ["甲", "乙"], "estimate": [40.0, 60.0], "lower": [30.0, 50], "upper": [50.0, 70]})
    axes = figures.interval_ranking(frame, "place", reference=reference).axes[0]
    low, high = axes.get_xlim()
    assert low < min(30, reference) and max(70, reference) < high


def test_lorenz_points_by_hand():
    rows = pd.DataFrame({"income": [1.0, 2, 3, 4], "weight": 1.0})
    made = figures.lorenz_points(Design(rows, weight="weight"), points=3)
    assert made["p"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert made["share"].tolist() == pytest.approx([0, 0.1, 0.3, 0.6, 1])
    assert (made["lower"] <= made["share"]).all() and (made["share"] <= made["upper"]).all()


def test_the_parts_of_a_bar_chart_add_up():
    for made in (decompose.gini_dagum([1, 3, 2, 6], list("rruu")), decompose.theil_groups([1, 3, 2, 6], list("rruu")),
                 decompose.gini_sources({"wage": [1, 2, 6], "transfer": [2, 1, 0]})):  # fmt: skip
        assert sum(v for _, v in parts_of(made, "en", {})[1]) == pytest.approx(made.total)


def test_the_ridge_marks_the_median():
    x = np.geomspace(1e3, 1e6, 2001)
    z = (np.log(x) - np.log(30000)) / 0.4  # log-normal: its median is 30000 yuan
    frame = pd.DataFrame({"year": 2024, "x": x, "density": np.exp(-z * z / 2)})
    assert any(t.get_text() == "median 3.00" for t in texts(figures.density_ridge(frame, lang="en")))
