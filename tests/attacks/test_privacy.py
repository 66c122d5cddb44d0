"""An intruder with what is published: nothing of a single household can be read from it, and the attack itself works.

What is right is counted here from the households' file, by pandas and numpy alone.
"""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from research import figures, measures
from research.core.fonts import sans_path
from research.errors import DataError
from research.indicators import build, open_edition
from research.indicators.privacy import curves, quantiles
from research.indicators.privacy.intruder.attacks import Intruder, tells_of
from research.indicators.privacy.intruder.audit import Audit, attack
from research.indicators.privacy.intruder.reading import Piece
from research.indicators.privacy.release import refuse_unsealed, sealed
from research.indicators.privacy.scanner import scan

pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler")
ROOT = Path(__file__).resolve().parents[2]
YEAR, LEAST = 2021, 10


@pytest.fixture(scope="module")
def edition():
    return open_edition(str(YEAR), project=ROOT)


@pytest.fixture(scope="module")
def tables(edition):
    return build(edition)


@pytest.fixture(scope="module")
def homes():
    frame = pd.read_csv(ROOT / f"data/sample/households-{YEAR}.csv", dtype={"place": str}).dropna(subset=["income"])
    return frame.assign(pc=frame["income"] / frame["size"], persons=frame["weight"] * frame["size"])


def cell(homes, place, residence, district):
    rows = homes if place == district else homes[homes["place"] == place]
    return rows if residence == "all" else rows[rows["residence"] == residence]


def test_no_published_quantile_is_somebodys_income(tables, homes, edition):
    rows = tables["measures"].query("measure == 'median_income' and value == value")
    assert len(rows) == 60
    for row in rows.itertuples():
        own = cell(homes, row.place, row.residence, edition.district)["pc"].to_numpy()
        for value in (row.value, row.lower, row.upper):
            assert np.isnan(value) or np.abs(own - value).min() >= 0.5
        order = np.argsort(own)
        run = np.cumsum(cell(homes, row.place, row.residence, edition.district)["persons"].to_numpy()[order])
        median = own[order][np.searchsorted(run, run[-1] / 2)]
        assert abs(row.value - median) < max(row.se, 0.05 * median)  # and it still is the median, within its error


def test_no_published_rate_stands_on_a_few_households(tables, homes, edition):
    rows = tables["measures"].query("measure in ('low_income', 'band_share') and value == value")
    assert len(rows) > 60
    for row in rows.itertuples():
        own = cell(homes, row.place, row.residence, edition.district)
        inside = own["pc"] < 10_000 if row.measure == "low_income" else own["income"].between(100_000, 500_000)
        assert min(inside.sum(), len(own) - inside.sum()) >= LEAST


def test_a_published_curve_has_ten_households_between_two_points(tables, homes, edition):
    rows = tables["curves"].query("curve == 'lorenz'")
    for (place, _, residence), part in rows.groupby(["place", "year", "residence"]):
        own = len(cell(homes, place, residence, edition.district))
        assert len(part) - 1 <= min(10, own // LEAST)


def test_counts_are_rounded_and_withheld_cells_are_whole_gaps(tables):
    frame = tables["measures"]
    assert (frame["n"].dropna() % 5 == 0).all()
    gone = frame[frame["withheld"]]
    assert len(gone) and gone[["value", "se", "lower", "upper", "n", "direct", "gamma"]].isna().all(axis=None)
    small = tables["small_area"]
    assert small.loc[small["withheld"], ["direct", "se_direct", "gamma"]].isna().all(axis=None)


def test_a_rate_of_few_households_has_a_limit_that_says_no_more_than_the_rule(tables, homes, edition):
    """Nine households of the heaviest: none of the limits tells how many there are, and all of them hold."""
    rows = tables["measures"].query("measure == 'low_income' and below == below")
    assert len(rows) > 40 and rows["withheld"].all()
    for row in rows.itertuples():
        own = cell(homes, row.place, row.residence, edition.district)
        assert (own["pc"] < 10_000).sum() < LEAST
        nine = own["persons"].nlargest(LEAST - 1).sum() / own["persons"].sum()
        assert nine <= row.below <= 2.5 * nine


def test_the_audit_finds_nothing_in_what_is_built(tables, edition, tmp_path):
    for name, frame in tables.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    report = attack(edition, tmp_path).report().set_index("attack")
    assert report["breaches"].sum() == 0
    assert (report.loc[["quantiles", "numerators", "counts", "sums", "hidden"], "tried"] > 100).all()


def test_the_audit_finds_what_was_published_before(edition, homes, tmp_path):
    """One breach of each kind, made by hand."""
    own = cell(homes, "331003200", "urban", edition.district)
    about = {"place": "331003200", "year": YEAR, "residence": "urban"}
    pd.DataFrame(
        [
            {**about, "measure": "median_income", "value": own["pc"].iloc[0], "n": 50},
            {**about, "measure": "low_income", "value": 0.01, "n": 50},
            {**about, "measure": "gini", "value": 0.3, "n": 51},
        ]
    ).to_csv(tmp_path / "a.csv", index=False)
    x = np.sort(own["pc"].to_numpy())
    points = zip(np.arange(len(x) + 1), 300 - np.append(0, np.cumsum(x)) / x.sum() * 250, strict=True)
    line = " ".join(f"{'L' if i else 'M'} {p:.3f} {y:.3f}" for i, (p, y) in enumerate(points))
    (tmp_path / "a.svg").write_text(f'<svg><path d="{line}" style="fill: none"/></svg>')
    found = attack(edition, tmp_path).report().set_index("attack")["breaches"]
    assert (found[["quantiles", "numerators", "counts", "curves"]] == 1).all()


@pytest.mark.parametrize(("shown", "of", "breaches"), [(1999, YEAR, 1), (YEAR, 1999, 0), (YEAR, None, 1)])
def test_a_value_that_stands_under_another_year_is_tried_as_its_own_years(edition, tmp_path, shown, of, breaches):
    """A target shows the newest published value, and says of which year it is."""
    about = {"place": "331003200", "residence": "urban", "measure": "low_income", "value": 0.01, "n": 50}
    pd.DataFrame([{**about, "year": shown, "value_year": of}]).to_csv(tmp_path / "a.csv", index=False)
    assert attack(edition, tmp_path).report().set_index("attack").loc["numerators", "breaches"] == breaches


def test_an_interval_of_a_difference_is_nobodys_income(edition, homes, tmp_path):
    """A comparison's row holds the median and the ends of its difference, which may be near an income by chance."""
    own = cell(homes, "331003200", "urban", edition.district)
    about = {"place": "331003200", "year": YEAR, "residence": "urban", "measure": "median_income", "n": 50}
    low = float(own["pc"].min())
    pd.DataFrame([{**about, "value": 2 * own["pc"].max() + 0.7, "lower": -low, "upper": low}]).to_csv(
        tmp_path / "a.csv", index=False
    )
    found = attack(edition, tmp_path).report().set_index("attack")
    assert found.loc["quantiles", "breaches"] == 0 and found.loc["quantiles", "tried"] == 1


@pytest.mark.parametrize(
    ("incomes", "value", "told"),
    [
        (np.sort(np.append(np.linspace(20_000.3, 90_000.3, 199), 54_300)), 54_300.0, True),  # one of 200
        (np.arange(20_000, 90_000, 0.7), 54_300.0, False),  # 100,000 households: every number is somebody's
        (np.repeat(np.arange(20_000, 90_000, 1000.0), 3), 54_000.0, False),  # incomes told in thousands
        (np.repeat([31_234.0, 54_321.0, 70_007.0], 20), 54_321.0, False),  # twenty households of one income
        (np.arange(20_000, 90_000, 350.0), 54_301.0, False),  # nobody's
    ],
)
def test_a_number_tells_of_a_household_only_where_its_neighbours_do_not(incomes, value, told):
    assert tells_of(value, incomes, LEAST) is told


def test_a_column_of_any_numbers_lists_nobody_where_every_number_is_an_income(edition):
    """Of a province's survey each whole number is near somebody's income; of a few households, only their own are."""
    intruder = Intruder(edition)
    numbers = pd.DataFrame({"数": np.random.default_rng(3).integers(20_000, 80_000, 50) + 0.0})
    intruder.incomes = np.arange(15_000, 90_000, 0.25)
    assert [t for t in intruder.values(numbers) if t] == []
    intruder.incomes = np.sort(numbers["数"].to_numpy())
    assert [t for t in intruder.values(numbers) if t] == ["column 数"]


def test_the_audit_finds_rates_that_follow_from_the_others(tables, homes, edition, tmp_path):
    """Only the rates of few households withheld, and not those that give them away: town is all less country."""
    rows = tables["measures"].query("measure == 'low_income'").copy()
    low = homes.assign(low=homes["pc"] < 10_000)
    counts = [cell(low, r.place, r.residence, edition.district)["low"].sum() for r in rows.itertuples()]
    rows["value"] = np.where(np.array(counts) >= LEAST, 0.1, np.nan)
    rows.to_csv(tmp_path / "a.csv", index=False)
    found = attack(edition, tmp_path).report().set_index("attack")["breaches"]
    assert found["numerators"] == 0 and found["sums"] >= 1


@pytest.mark.parametrize("n", [40, 79, 200])
def test_a_lorenz_curve_gives_no_household_back(n):
    """The slopes between its points are means of groups: never one of the incomes."""
    x = np.sort(np.random.default_rng(n).lognormal(10, 0.6, n))
    p, share = curves.lorenz(quantiles.Spread(x, np.ones(n)))
    slopes = np.diff(share) / np.diff(p) * x.mean()
    groups = [part.mean() for part in np.array_split(x, len(slopes))]
    assert len(slopes) == min(10, n // 10) and slopes == pytest.approx(groups, rel=0.05)


def test_a_table_keeps_its_seal_only_as_it_is(tables):
    mine = sealed({"measures": tables["measures"]})["measures"]
    refuse_unsealed({"measures": mine})
    for other in (mine.assign(value=1.0), mine.head(3), mine.merge(tables["gaps"][["year"]], on="year")):
        with pytest.raises(DataError, match="disclosure room"):
            refuse_unsealed({"measures": other})


RAW = {
    "rows": lambda homes: homes.head(20),
    "a column": lambda homes: homes["income"].head(20).to_frame(),
    "maxima": lambda homes: homes.groupby("place")[["income"]].max(),
    "medians": lambda homes: homes.groupby(["place", "year"], as_index=False)["income_pc"].median(),
    "a pivot": lambda homes: homes.pivot_table(index="place", columns="residence", values="income", aggfunc="min"),
    "joined": lambda homes: homes.merge(pd.DataFrame({"place": homes["place"].unique()}), on="place"),
}
"""Frames that analysts make of households without thinking of anything bad."""
WAYS = {
    "shown as a table": lambda frame, folder: figures.table(frame, "表"),
    "carried by a sentence": lambda frame, folder: figures.say("句", data=[frame]),
    "saved as CSV": lambda frame, folder: frame.to_csv(folder / "a.csv"),
    "saved as Parquet": lambda frame, folder: frame.to_parquet(folder / "a.parquet"),
    "saved as Excel": lambda frame, folder: frame.to_excel(folder / "a.xlsx"),
    "written as a built table": lambda frame, folder: refuse_unsealed({"measures": frame}),
    "packed under a new name": lambda frame, folder: refuse_unsealed({"mine": frame}),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("raw", RAW)
def test_a_raw_frame_is_neither_shown_nor_saved_nor_packed(edition, tmp_path, raw, way):
    frame = RAW[raw](edition.households)
    with pytest.raises(DataError, match="households|disclosure room"):
        WAYS[way](frame, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_a_notebook_shows_of_it_is_marked_and_refused(edition, tmp_path):
    frame = edition.sql("SELECT place, max(income) AS most FROM households GROUP BY place")
    (tmp_path / "a.html").write_text(f"<html>{frame._repr_html_()}</html>", "utf-8")
    assert [f.kind for f in scan(tmp_path)] == ["microdata"]


def test_a_table_of_ones_own_may_be_published_where_its_groups_are_large(edition):
    homes = edition.households.dropna(subset=["income"])
    made = measures.table(homes, ["gini"], "income_pc", "person_weight", by=["place", "size"])
    shown = edition.publish(made)
    small = (made["n"] < LEAST).to_numpy()
    assert small.any() and shown["value"].isna().to_numpy().tolist() == small.tolist()
    assert (shown["n"].dropna() % 5 == 0).all()
    figures.table(shown, "表")
    with pytest.raises(DataError, match="median"):
        edition.publish(measures.table(homes, ["median"], "income_pc", "person_weight", by=["place"]))


def test_the_parts_of_inequality_are_those_of_the_district_alone(tables):
    """Theil's T of every cell, withheld ones too, was once among them without its place."""
    rows = tables["inequality_parts"]
    assert not rows.duplicated(["kind", "part", "year"]).any()
    assert rows.loc[rows["kind"] == "theil", "value"].sum() == pytest.approx(rows["year"].nunique())


@pytest.mark.parametrize("factor", [1, 100])
def test_a_number_of_a_withheld_cell_is_found_whatever_it_is_called(edition, homes, factor):
    low = homes["persons"].where(homes["pc"] < 10_000, 0).groupby(homes["place"]).sum()
    rates = low / homes.groupby("place")["persons"].sum()
    few = homes[homes["pc"] < 10_000].groupby("place").size()
    frame = pd.DataFrame({"x": [factor * rates[few[few < LEAST].index[0]], 0.5]})
    assert Audit(edition).look(Piece("a", "frame", frame)).report().set_index("attack").loc["hidden", "breaches"] == 1
    assert Audit(edition).look(Piece("a", "frame", frame + 1e-4)).report()["breaches"].sum() == 0


# --- every kind of file -----------------------------------------------------------------------------------------


def leaking(homes, district):
    """A table that tells medians as they are, and a sentence that does."""
    own = cell(homes, "331003200", "all", district)["pc"].to_numpy()
    rows = pd.DataFrame({"place": "331003200", "year": YEAR, "residence": "all", "measure": "median_income",
                         "value": np.sort(own)[::5], "n": 200})  # fmt: skip
    return rows, rows.rename(columns={"value": "收入"})[["收入"]].assign(收入=lambda f: f["收入"].round(2))


def as_word(path, frame):
    rows = [list(frame.columns), *frame.astype(str).values.tolist()]
    lines = ("".join(f"<w:tc><w:p><w:t>{c}</w:t></w:p></w:tc>" for c in row) for row in rows)
    cells = "".join(f"<w:tr>{line}</w:tr>" for line in lines)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document><w:tbl>{cells}</w:tbl></w:document>")


def as_notebook(path, frame):
    text = frame.to_csv(index=False)
    output = {"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {"bluebook": {"data": [text]}}}
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": "", "outputs": [output]}]}), "utf-8")


def as_pdf(path, lines):
    figure, font = Figure(), FontProperties(fname=str(sans_path()))
    for i, line in enumerate(lines):
        for j, cell in enumerate(line):
            figure.text(0.1 + 0.3 * j, 0.95 - 0.9 * i / len(lines), cell, fontsize=5, fontproperties=font)
    with rc_context({"pdf.fonttype": 42}):
        figure.savefig(path)


def as_bundle(path, frame):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tables/a.parquet", frame.to_parquet(index=False))


FILES = {
    "a.csv": lambda path, frame: frame.to_csv(path, index=False),
    "a.xlsx": lambda path, frame: frame.to_excel(path, index=False),
    "a.parquet": lambda path, frame: frame.to_parquet(path, index=False),
    "a.html": lambda path, frame: frame.to_html(path, index=False, float_format=lambda v: f"{v:.2f}"),
    "a.docx": as_word, "a.ipynb": as_notebook, "a.zip": as_bundle,
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_rows_of_households_are_found_in_every_kind_of_file(edition, homes, tmp_path, name):
    keyed, bare = leaking(homes, edition.district)
    FILES[name](tmp_path / name, bare)
    assert attack(edition, tmp_path).report().set_index("attack").loc["values", "breaches"] == 1
    if name not in ("a.html", "a.docx"):  # pages carry no keys
        FILES[name](tmp_path / name, keyed)
        assert attack(edition, tmp_path).report().set_index("attack").loc["quantiles", "breaches"] >= len(keyed)


@pdftotext
def test_rows_and_ids_of_households_are_found_in_a_pdf(edition, homes, tmp_path):
    _, bare = leaking(homes, edition.district)
    as_pdf(tmp_path / "a.pdf", [("镇", "收入"), *(("甲", str(v)) for v in bare["收入"].head(30))])
    assert attack(edition, tmp_path).report().set_index("attack").loc["values", "breaches"] == 1
    as_pdf(tmp_path / "a.pdf", [["住户", homes["household"].iloc[3]]])
    assert [f.kind for f in scan(tmp_path, homes["household"])] == ["household"]


def test_a_pdf_that_nobody_can_read_is_named(edition, tmp_path, monkeypatch):
    as_pdf(tmp_path / "a.pdf", [["字"]])
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert attack(edition, tmp_path).unread == [f"{tmp_path.name}/a.pdf"]


@pytest.mark.parametrize("name", [
    pytest.param("a.pdf", marks=pdftotext), "a.html", "a.json", "a.md", "a.docx", "a.ipynb"])  # fmt: skip
def test_a_sentence_with_somebodys_income_is_found_in_every_kind_of_text(edition, homes, tmp_path, name):
    audit = Audit(edition)
    value = next(v for v in audit.intruder.medians if v > 1000 and v % 100)
    told = f"居民收入中位数{value:.1f}元。"
    if name == "a.docx":
        as_word(tmp_path / name, pd.DataFrame({told: ["x"]}))
    elif name == "a.pdf":
        as_pdf(tmp_path / name, [[told]])
    elif name == "a.ipynb":
        cells = [{"outputs": [{"data": {"text/markdown": told}}]}]
        (tmp_path / name).write_text(json.dumps({"cells": cells}), "utf-8")
    else:
        (tmp_path / name).write_text(told, "utf-8")
    assert audit.read(tmp_path).report().set_index("attack").loc["words", "breaches"] >= 1


def test_dots_of_households_are_found(edition, homes, tmp_path):
    own = np.sort(cell(homes, "331003200", "urban", edition.district)["pc"].to_numpy())
    dots = "".join(f'<use xlink:href="#m1" x="{50 + v / 500:.3f}" y="{i % 7:.1f}"/>' for i, v in enumerate(own))
    (tmp_path / "a.svg").write_text(f"<svg><g>{dots}</g></svg>")
    assert attack(edition, tmp_path).report().set_index("attack").loc["points", "breaches"] == 1


def test_a_model_beside_its_weight_is_found(edition):
    row = pd.DataFrame([{"place": "331003200", "year": YEAR, "measure": "low_income", "value": 0.03, "chosen": "model",
                         "gamma": 0.3, "withheld": True}])  # fmt: skip
    found = Audit(edition).look(Piece("a", "frame", row)).report().set_index("attack")["breaches"]
    assert found["models"] == 1


def test_the_other_side_of_a_comparison_is_seen(edition, homes):
    """A withheld rate that stands as what another is held against: 'below the one of ...'."""
    low = homes.assign(low=homes["pc"] < 10_000).groupby("place")["low"].sum()
    few = low[low.between(1, LEAST - 1)].index[0]
    row = pd.DataFrame([{"place": edition.district, "year": YEAR, "residence": "all", "measure": "low_income",
                         "value": 0.014, "reference": 0.02, "against_place": few, "against_year": YEAR,
                         "against_residence": "all"}])  # fmt: skip
    found = Audit(edition).look(Piece("a", "frame", row)).together().report().set_index("attack")["breaches"]
    assert found["numerators"] == 1
