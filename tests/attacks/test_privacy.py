"""An intruder with what is published: nothing of a single household can be read from it, and the attack itself works.

What is right is counted here from the households' file, by pandas and numpy alone.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.indicators import build, open_edition
from research.indicators.privacy import curves, quantiles
from research.indicators.privacy.intruder.audit import attack
from research.indicators.privacy.microdata import admit
from research.indicators.privacy.release import refuse_unsealed, sealed

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
    assert (report.loc[["quantiles", "numerators", "counts", "sums"], "tried"] > 100).all()


def test_the_audit_finds_what_was_published_before(edition, homes, tmp_path):
    """One breach of each kind, made by hand."""
    own = cell(homes, "331003200", "urban", edition.district)
    about = {"place": "331003200", "year": YEAR, "residence": "urban"}
    pd.DataFrame([
        {**about, "measure": "median_income", "value": own["pc"].iloc[0], "n": 50},
        {**about, "measure": "low_income", "value": 0.01, "n": 50},
        {**about, "measure": "gini", "value": 0.3, "n": 51},
    ]).to_csv(tmp_path / "a.csv", index=False)
    x = np.sort(own["pc"].to_numpy())
    points = zip(np.arange(len(x) + 1), 300 - np.append(0, np.cumsum(x)) / x.sum() * 250, strict=True)
    line = " ".join(f"{'L' if i else 'M'} {p:.3f} {y:.3f}" for i, (p, y) in enumerate(points))
    (tmp_path / "a.svg").write_text(f'<svg><path d="{line}" style="fill: none"/></svg>')
    found = attack(edition, tmp_path).report().set_index("attack")["breaches"]
    assert (found[["quantiles", "numerators", "counts", "curves"]] == 1).all()


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


def test_a_frame_that_did_not_pass_is_neither_shown_nor_written(edition, tables):
    with pytest.raises(Exception, match="rows of households"):
        admit(edition.households.groupby("place")[["income"]].max(), "figures.table")
    with pytest.raises(Exception, match="disclosure room"):
        refuse_unsealed({"measures": tables["measures"].copy().assign(value=1.0).merge(tables["gaps"], how="cross")})
    refuse_unsealed(sealed({"measures": tables["measures"]}))
