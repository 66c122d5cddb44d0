"""The right values of comparisons in the sample, by the auditor's own formulas and by the product alike."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research import open_edition
from research.indicators import survey_tables
from research.measures.survey.extremes import drawn_means, extremes, spread
from research.measures.survey.families import adjusted
from tests.truth import own

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
SHABU, CHENGJIANG = "331003108", "331003006"


@pytest.fixture(scope="module")
def edition():
    return open_edition("2024")


@pytest.fixture(scope="module")
def kept(edition):
    return survey_tables.estimates(edition)[1]


def at(kept, measure, place, year, residence="all"):
    t = kept.table
    return t.index[
        (t["measure"] == measure) & (t["place"] == place) & (t["year"] == year) & (t["residence"] == residence)
    ][0]


def test_a_change_of_inequality_is_tested_with_the_panel_and_t(kept):
    """沙埠: 0.039 less, t = -1.79 on 6 degrees of freedom; by 1.96 and independence it passed for a change."""
    found = kept.differences([at(kept, "gini", SHABU, 2021)], [at(kept, "gini", SHABU, 2024)]).iloc[0]
    assert (round(found["statistic"], 2), found["df"]) == (-1.79, 6)
    assert found["p_value"] == pytest.approx(0.124, abs=0.001)
    mine = own.compare(
        own.households(str(SAMPLE)), "gini", {"place": SHABU, "year": 2021}, {"place": SHABU, "year": 2024}
    )
    assert mine["t"] == pytest.approx(found["statistic"], abs=0.02) and mine["df"] == 6


@pytest.mark.parametrize(("measure", "kind"), [("mean_income", "mean"), ("band_share", "band"), ("low_income", "low")])
@pytest.mark.parametrize("place", ["331003001", "331003202"])
def test_a_place_inside_its_district_shares_its_villages(kept, measure, kind, place):
    frame = own.households(str(SAMPLE))
    found = kept.differences([at(kept, measure, "331003", 2024)], [at(kept, measure, place, 2024)]).iloc[0]
    mine = own.compare(frame, kind, {"year": 2024}, {"place": place, "year": 2024})
    assert found["difference"] == pytest.approx(mine["difference"])
    assert found["se"] == pytest.approx(mine["se"]) and found["df"] == mine["df"]


def test_who_is_highest_is_a_probability(edition):
    """P(澄江 is highest) = 0.40; the ratio of the extremes has an error of 0.157 and is too large by a tenth."""
    design = survey_tables.designed(edition.households, "person_weight")
    drawn = drawn_means(design, "income_pc", ["year", "place"], replicates=2000)
    years = {y: drawn.of(drawn.keys["year"] == y) for y in (2021, 2024)}
    last = extremes(years[2024]).set_index("place")
    assert last["value"].idxmax() == CHENGJIANG and last["p_highest"][CHENGJIANG] == pytest.approx(0.40, abs=0.04)
    assert last["p_highest"].sum() == pytest.approx(1) and last["p_top"].sum() == pytest.approx(7)
    got = {y: spread(d, lambda x, w: x.max(axis=-1) / x.min(axis=-1)) for y, d in years.items()}
    assert round(got[2024].plain, 2) == 1.85 and got[2024].value == pytest.approx(1.68, abs=0.03)
    assert got[2024].se == pytest.approx(0.157, abs=0.01)
    assert np.std(got[2024].replicates - got[2021].replicates, ddof=1) == pytest.approx(0.157, abs=0.01)
    places, table = own.means_of_villages(own.households(str(SAMPLE)), [2024], 2000)[2024]
    mine = (table.argmax(axis=1) == places.index(CHENGJIANG)).mean()
    assert mine == pytest.approx(last["p_highest"][CHENGJIANG], abs=0.04)


def test_families_are_adjusted_step_by_step():
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(3).beta(0.3, 2, 41)
    assert adjusted(p) == pytest.approx(own.holm(p))
    assert adjusted(p) == pytest.approx(multipletests(p, method="holm")[1])
    assert adjusted(p, "benjamini-hochberg") == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert adjusted([np.nan, 0.02]).tolist()[1] == 0.02 and adjusted(p, "none").tolist() == p.tolist()


def test_villages_that_come_and_go_share_what_they_share():
    """Half of the villages drawn anew: covariance over the common ones only, n_c/(n_c - 1) of their products."""
    from research.measures.survey import Design

    rng = np.random.default_rng(5)
    rows = [
        (y, v, x)
        for y, villages in ((2023, range(6)), (2024, range(3, 9)))
        for v in villages
        for x in 50 + 5 * (v % 5) + 3 * (y - 2023) + rng.normal(0, 1, 4)
    ]
    frame = pd.DataFrame(rows, columns=["year", "village", "income"])
    found = Design(frame, psu="village", panel="year").contrast("mean").iloc[0]
    share = frame.groupby("year")["income"].transform(lambda x: (x - x.mean()) / len(x))
    sums = share.groupby([frame["year"], frame["village"]]).sum()
    z = {y: sums[y] for y in (2023, 2024)}
    own_variance = sum(6 / 5 * ((t - t.mean()) ** 2).sum() for t in z.values())
    a, b = (z[y].loc[[3, 4, 5]] for y in (2023, 2024))
    shared = 3 / 2 * ((a - a.mean()) * (b - b.mean())).sum()
    assert found["se"] == pytest.approx(np.sqrt(own_variance - 2 * shared))
    apart = Design(frame, psu="village", strata="year").contrast("mean").iloc[0]
    assert apart["se"] == pytest.approx(np.sqrt(own_variance)) and shared > 0


def test_errors_in_the_starting_incomes_make_no_convergence():
    """19 places whose true incomes all grow alike: 2.5% and not 8 are found to converge, once the errors are out."""
    from research.indicators.between_places import attenuation_free

    rng = np.random.default_rng(11)
    found = {"plain": 0, "corrected": 0}
    for _ in range(400):
        truth = rng.normal(10.8, 0.2, 19)
        error = rng.uniform(0.03, 0.1, 19)
        start, end = truth + rng.normal(0, error), truth + 0.2 + rng.normal(0, 0.03, 19) + rng.normal(0, error)
        made = attenuation_free(start, end, error**2, np.zeros(19), 3)
        naive = attenuation_free(start, end, np.zeros(19), np.zeros(19), 3)
        found["corrected"] += made["upper"] < 0
        found["plain"] += naive["upper"] < 0
    assert found["plain"] / 400 > 0.05
    assert found["corrected"] / 400 < 0.045
