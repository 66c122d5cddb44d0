"""Tables of an edition, held to sums written out plainly from the household files."""

import math
from collections import defaultdict
from statistics import mean

import numpy as np
import pandas as pd
import pytest

from research.indicators import build, open_edition
from research.indicators.derive import joined
from research.indicators.survey_tables import designed, ratio_of_means


@pytest.fixture(scope="module")
def edition(project):
    return open_edition("2022", project=project)


@pytest.fixture(scope="module")
def tables(edition):
    return build(edition)


@pytest.fixture(scope="module")
def rows(root):
    """Households of 2022 with an income, as plain dicts: nothing of the code under test."""
    frame = pd.read_csv(root / "data/sample/households-2022.csv", dtype={"place": str})
    return frame[frame["income"].notna()].to_dict("records")


def per_head(rows):
    return sum(r["income"] * r["weight"] for r in rows) / sum(r["size"] * r["weight"] for r in rows)


def value(tables, measure, place="331003", residence="all", year=2022):
    frame = tables["measures"]
    hit = frame[
        (frame["measure"] == measure)
        & (frame["place"] == place)
        & (frame["residence"] == residence)
        & (frame["year"] == year)
    ]
    assert len(hit) == 1
    return hit["value"].iloc[0]


def test_mean_income_is_income_over_persons(tables, rows):
    assert value(tables, "mean_income") == pytest.approx(per_head(rows))
    own = [r for r in rows if r["place"] == "331003200"]
    assert value(tables, "mean_income", "331003200") == pytest.approx(per_head(own))
    rural = [r for r in own if r["residence"] == "rural"]
    assert value(tables, "mean_income", "331003200", "rural") == pytest.approx(per_head(rural))


def test_gini_is_the_mean_difference(tables, rows):
    own = [r for r in rows if r["place"] == "331003205"]
    pairs = [(r["income"] / r["size"], r["weight"] * r["size"]) for r in own]
    total = sum(w for _, w in pairs)
    centre = sum(x * w for x, w in pairs) / total
    spread = sum(v * w * abs(x - y) for x, v in pairs for y, w in pairs)
    assert value(tables, "gini", "331003205") == pytest.approx(spread / (2 * total**2 * centre))


def test_shares_of_households_and_persons(tables, rows):
    stock = sum(r["weight"] for r in rows)
    band = sum(r["weight"] for r in rows if 100_000 <= r["income"] <= 500_000) / stock
    assert value(tables, "band_share") == pytest.approx(band)
    poor = [r for r in rows if r["income"] / r["size"] < 10_000]
    low = value(tables, "low_households")
    assert low % 5 == 0 and low == pytest.approx(sum(r["weight"] for r in poor), abs=2.5)  # counts are multiples of 5
    persons = sum(r["weight"] * r["size"] for r in rows)
    assert value(tables, "low_income") == pytest.approx(sum(r["weight"] * r["size"] for r in poor) / persons)


def test_the_three_gaps(tables, rows, edition):
    rows_of = tables["gaps"].query("year == 2022").set_index("gap")
    gap, plain = rows_of["value"], rows_of["plain"]
    urban, rural = (per_head([r for r in rows if r["residence"] == x]) for x in ("urban", "rural"))
    assert gap["urban_rural_ratio"] == pytest.approx(urban / rural)
    west = per_head([r for r in rows if r["place"] in edition.groups["west"]])
    assert gap["group_ratio"] == pytest.approx(west / per_head(rows))
    means = [per_head([r for r in rows if r["place"] == p]) for p in sorted({r["place"] for r in rows})]
    assert plain["income_max_min"] == pytest.approx(max(means) / min(means))
    assert 1 < gap["income_max_min"] < plain["income_max_min"]  # noise draws extremes apart


def test_ratio_error_of_two_independent_strata_is_the_delta_method(tables):
    frame = tables["measures"].query("place == '331003' and year == 2022 and measure == 'mean_income'")
    urban, rural = (frame[frame["residence"] == x].iloc[0] for x in ("urban", "rural"))
    relative = math.hypot(urban["se"] / urban["value"], rural["se"] / rural["value"])
    found = tables["gaps"].query("gap == 'urban_rural_ratio' and year == 2022").iloc[0]
    assert found["se"] == pytest.approx(found["value"] * relative, rel=1e-6)


def test_ratio_of_a_group_to_all_by_leaving_villages_out():
    """Against the delete-one-cluster jackknife of one stratum, written out."""
    x = [30.0, 42, 25, 51, 60, 33, 48, 71, 55, 40, 38, 66]
    village = list("aabbccddeeff")
    west = [v in "ab" or (v == "c" and i == 4) for i, v in enumerate(village)]
    frame = pd.DataFrame({"year": 2024, "stratum": "s", "village": village, "income_pc": x, "person_weight": 1.0})

    def ratio(keep):
        own = [(a, g) for a, g, v in zip(x, west, village, strict=True) if v != keep]
        return mean(a for a, g in own if g) / mean(a for a, _ in own)

    whole, parts = ratio(None), [ratio(v) for v in "abcdef"]
    jackknife = math.sqrt(5 / 6 * sum((p - mean(parts)) ** 2 for p in parts))
    made = ratio_of_means(designed(frame, "person_weight"), pd.Series(west), frame["income_pc"] > 0, ["year"])
    made = made.table.iloc[0]
    assert made["estimate"] == pytest.approx(whole)
    assert made["se"] == pytest.approx(jackknife, rel=0.2)


def test_sources_add_up_to_the_income(tables, rows):
    own = tables["sources"].query("place == '331003' and year == 2022 and residence == 'all'")
    assert own["mean"].sum() == pytest.approx(per_head(rows))
    assert own["share"].sum() == pytest.approx(1)
    wage = sum(r["wage_income"] * r["weight"] for r in rows) / sum(r["size"] * r["weight"] for r in rows)
    assert own.set_index("source").at["wage", "mean"] == pytest.approx(wage)
    assert (own["share_lower"] < own["share"]).all() and (own["share"] < own["share_upper"]).all()


def test_the_error_of_a_share_of_income_is_that_of_leaving_a_village_out(tables, rows):
    """The jackknife of the design: one village of a stratum left out, the stratum's others standing for it."""
    own = tables["sources"].query("place == '331003' and year == 2022 and residence == 'all'").set_index("source")
    totals = defaultdict(lambda: np.zeros(2))
    for r in rows:
        income = sum(r[f"{s}_income"] for s in ("wage", "business", "property", "transfer"))
        totals[r["stratum"], r["village"]] += r["weight"] * np.array([r["wage_income"], income])
    strata, whole = defaultdict(list), sum(totals.values())
    for (stratum, _), own_total in totals.items():
        strata[stratum].append(own_total)
    variance = 0.0
    for parts in strata.values():
        n, mean = len(parts), sum(parts) / len(parts)
        left = [whole + (mean - p) * n / (n - 1) for p in parts]
        variance += (n - 1) / n * sum((x[0] / x[1] - whole[0] / whole[1]) ** 2 for x in left)
    assert own.at["wage", "share_se"] == pytest.approx(math.sqrt(variance), rel=0.01)


def test_everything_is_marked_as_sample(tables):
    for name, frame in tables.items():
        assert set(frame["status"]) == {"sample"}, name


def test_every_estimate_has_an_error(tables):
    frame = tables["measures"]
    assert frame.loc[frame["withheld"], ["value", "se", "lower", "upper", "n"]].isna().all(axis=None)
    frame = frame[~frame["withheld"]]
    assert len(frame) > 1000 and frame["se"].notna().all()
    frame = frame[frame["lower"].notna() & frame["upper"].notna()]  # an end of a quantile may stand on too few
    assert (frame["lower"] <= frame["value"]).all() and (frame["value"] <= frame["upper"]).all()


def test_derived_indicators_stand_among_the_observations(tables, rows):
    frame = tables["observations"].set_index(["place", "year", "indicator"])
    assert frame.at[("331003", 2022, "ECO-1-02"), "value"] == pytest.approx(per_head(rows))
    band = frame.loc[("331003", 2022, "INC-1-02")]
    assert 40 < band["value"] < 70 and band["unit"] == "%" and band["n"] > 3000 and band["se"] > 0
    assert ("331003", 2022, "INC-3-03") in frame.index and ("331003200", 2022, "INC-3-03") not in frame.index
    assert not frame.index.has_duplicates


def test_gdp_gap_needs_every_place(tables, edition):
    given = edition.handed_in.query("indicator == 'ECO-1-01' and place != '331003'").groupby("year").size()
    made = tables["gaps"].query("gap == 'gdp_max_min'")["year"]
    assert list(made) == [y for y, n in given.items() if n == 19]


def test_a_derived_value_wins_and_says_so():
    typed = pd.DataFrame(
        {
            "place": ["331003"] * 2,
            "year": [2024] * 2,
            "indicator": ["INC-2-04", "SRV-3-01"],
            "value": [0.31, 82.0],
            "status": "reported",
        }
    )
    made = joined(typed, typed.head(1).assign(value=0.33, status="survey"))
    assert made.set_index("indicator")["value"].to_dict() == {"INC-2-04": 0.33, "SRV-3-01": 82.0}
    assert made.set_index("indicator").at["INC-2-04", "note"] == "住户调查计算值，替代手报值 0.31"


def test_small_cells_are_withheld(project, small):
    """A township's urban part with seven households publishes nothing; the whole township does."""
    path = small / "households-2024.csv"
    frame = pd.read_csv(path, dtype=str)
    own = (frame["place"] == "331003200") & (frame["residence"] == "urban")
    few = frame[own].groupby("village").head(2).head(7)
    pd.concat([frame[~own], few]).to_csv(path, index=False)
    edition = open_edition("2024", data=str(small), project=project)
    made = build(edition)["measures"].query("place == '331003200' and year == 2024 and measure == 'mean_income'")
    found = made.set_index("residence")
    assert math.isnan(found.at["urban", "n"]) and math.isnan(found.at["urban", "value"])
    assert found.at["all", "value"] > 0


def test_a_data_folder_without_a_survey(project, small):
    for path in small.glob("households-*.csv"):
        path.unlink()
    made = build(open_edition("2024", data=str(small), project=project))
    assert made["measures"].empty and made["sources"].empty
    assert len(made["observations"]) > 100 and "INC-3-01" not in set(made["observations"]["indicator"])
