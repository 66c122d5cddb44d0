"""Two years of one panel: nearly everybody's answers cancel, and the difference of two published totals is the rest."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.indicators import build, open_edition
from research.indicators.privacy.intruder.audit import Audit
from research.indicators.privacy.intruder.reading import Piece
from research.indicators.privacy.years import Changes, why

ROOT = Path(__file__).resolve().parents[2]
PLACE, LEAST = "331003200", 10


def panel(folder, change):
    """The sample's data of 2021, and 2022 with the answers of 2021 carried forward but for what `change` does."""
    later = [f"households-{y}.csv" for y in (2022, 2023, 2024)]
    shutil.copytree(ROOT / "data" / "sample", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", *later))
    rows = pd.read_csv(folder / "households-2021.csv", dtype={"place": str, "village": str})
    rows["household"] = rows["household"].str.replace("2021-", "2022-")
    change(rows.assign(year=2022)).to_csv(folder / "households-2022.csv", index=False)
    return open_edition("2022", data=str(folder), project=ROOT)


def one_leaves(rows):
    mine = rows[rows["place"].eq(PLACE) & rows["residence"].eq("urban") & rows["income"].notna()]
    return rows.drop(index=mine["income"].idxmax())


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    return panel(tmp_path_factory.mktemp("panel") / "own", one_leaves)


@pytest.fixture(scope="module")
def tables(edition):
    return build(edition)


def read(edition, *frames):
    audit = Audit(edition)
    for frame in frames:
        audit.look(Piece("a", "frame", frame))
    return audit.together().report().set_index("attack")["breaches"]


def test_the_mean_of_two_years_gives_a_household_that_left(edition):
    """What the rule is for: with the weights known, the difference is its income, to the yuan."""
    homes = pd.DataFrame(edition.households).dropna(subset=["income"]).query("place == @PLACE and residence == 'urban'")
    then, now = (homes[homes["year"] == y] for y in (2021, 2022))
    gone = then.loc[then["income"].idxmax()]
    sums = [np.average(f["income_pc"], weights=f["person_weight"]) * f["person_weight"].sum() for f in (then, now)]
    assert (sums[0] - sums[1]) / gone["weight"] == pytest.approx(gone["income"], abs=1)


def test_a_cell_from_which_one_household_left_is_withheld_in_the_later_year(edition, tables):
    gone = tables["measures"].query("measure == 'mean_income' and withheld").set_index(["place", "year", "residence"])
    assert {(PLACE, 2022, "urban"), (PLACE, 2022, "all"), (edition.district, 2022, "all")} <= set(gone.index)
    assert set(gone.index.get_level_values("year")) == {2022}
    shown = tables["measures"].query("measure == 'mean_income' and year == 2022 and value == value")
    assert len(shown) > 30  # what did not change tells nothing new


def test_no_two_published_years_differ_in_few_households(edition, tables):
    assert read(edition, *tables.values()).sum() == 0


def test_what_was_withheld_stays_so_while_nobody_answers_anew(edition, tables):
    """All answers of 2021 are carried forward: a share that is withheld in 2021 would be read off 2022."""
    gone = edition.withheld_shares.set_index(["share", "place", "residence", "year"]).index
    base = edition.withheld.set_index(["place", "residence", "year"]).index
    for share, place, residence, year in gone:
        if year == 2021:
            assert (share, place, residence, 2022) in gone or (place, residence, 2022) in base


@pytest.mark.parametrize("measure", ["mean_income", "gini"])
def test_the_attack_finds_them_where_they_are_published(edition, measure):
    rows = pd.DataFrame([{"place": PLACE, "year": y, "residence": "urban", "measure": measure, "value": 1.5, "n": 100}
                         for y in (2021, 2022)])  # fmt: skip
    assert read(edition, rows)["years"] == 1
    assert read(edition, rows.head(1))["years"] == 0


@pytest.mark.parametrize(("new", "old", "reason"), [
    ([5.0] * 9, [5.0] * 9, "count"), ([5.0] * 10, [], ""), ([], [5.0] * 9, "count"), ([], [], ""),
    ([900.0, 90.0] + [1.0] * 20, [1.0] * 20, "dominance"),
])  # fmt: skip
def test_a_change_is_a_cell_of_the_households_that_differ(new, old, reason):
    assert why(new, old) == reason


def test_every_published_change_of_the_sample_stands_on_many_households():
    """Cells of the sample lose and gain single households as well; everyone's income changes besides."""
    edition = open_edition("2022", project=ROOT)
    places = [*edition.places["code"]]
    changes = Changes(edition, 2022)
    assert not any(changes.why({(p, r)}, [2021]) for p in places for r in ("urban", "rural"))
    assert edition.withheld.empty
