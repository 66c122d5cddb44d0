"""Intervals hold the truth as often as they say: 19 townships, villages and households drawn anew each time."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.survey.estimates import Sample
from research.survey.select import draw_households, draw_villages
from research.survey.weights import calibrate

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "households-2024.csv"


@pytest.mark.slow
def test_intervals_of_a_calibrated_two_stage_survey_cover():
    rng = np.random.default_rng(8)
    village = np.repeat(np.arange(19 * 18), rng.integers(60, 200, 19 * 18))
    homes = pd.DataFrame({"village": village, "stratum": village // 18, "household": np.arange(len(village))})
    homes["size"] = rng.integers(1, 6, len(homes))
    level = rng.normal(30, 3, 19 * 18)
    homes["y"] = level[village] + 2 * homes["size"] + rng.gamma(4, 3, len(homes))
    register = homes.groupby(["village", "stratum"]).size().reset_index(name="n")
    totals = {"size": float(homes["size"].sum()), "stratum": homes.groupby("stratum").size().to_dict()}
    truth, inside, rounds = homes["y"].mean(), 0, 200
    lists = dict(list(homes.groupby("village")))
    for seed in range(rounds):
        drawn = draw_villages(register, 4, size="n", seed=seed, strata="stratum", method="entropy")
        listed = pd.concat(lists[v] for v in drawn["village"])
        rows = draw_households(listed, 8, village="village", seed=seed)
        outer = drawn.set_index("village")["probability"].reindex(rows["village"]).to_numpy()
        rows = rows.assign(w=1 / outer / rows["probability_within"], outer=outer).reset_index(drop=True)
        rows["homes"] = rows["village"].map(register.set_index("village")["n"])
        made = calibrate(rows, "w", totals, "linear")
        sample = Sample(
            rows,
            calibrated=made,
            strata="stratum",
            psu="village",
            probability="outer",
            ssu="household",
            ssu_population="homes",
        )
        row = sample.mean("y").table.iloc[0]
        inside += row["lower"] <= truth <= row["upper"]
    assert 0.92 <= inside / rounds <= 0.97


def county(design, seed):
    """A population whose strata have three times the villages of the sample's, incomes skewed and alike in villages."""
    rng = np.random.default_rng(seed)
    count = (3 * design["villages"]).to_numpy()
    stratum = np.repeat(np.arange(len(design)), count)
    village = np.repeat(np.arange(len(stratum)), rng.integers(150, 350, len(stratum)))
    homes = pd.DataFrame({"village": village, "stratum": stratum[village], "household": np.arange(len(village))})
    homes["place"] = design["place"].to_numpy()[homes["stratum"]]
    homes["size"] = rng.integers(1, 6, len(homes))
    level = rng.normal(10.6, 0.12, len(stratum)) + 0.3 * (stratum % 2)
    homes["y"] = np.exp(level[village] + 0.05 * homes["size"] + rng.normal(0, 0.5, len(homes)))
    return homes


@pytest.mark.slow
def test_intervals_of_townships_cover_at_the_sizes_of_the_sample():
    """19 townships, town and country strata with the villages and households that the sample has there."""
    kept = pd.read_csv(SAMPLE, dtype={"place": str})
    design = kept.groupby("stratum").agg(
        place=("place", "first"), villages=("village", "nunique"), homes=("village", "size")
    )
    homes = county(design, 3)
    register = homes.groupby(["village", "stratum"]).size().reset_index(name="n")
    number = register.set_index("village")["n"]
    truth = homes.groupby("place")["y"].mean()
    totals = {"stratum": homes.groupby("stratum").size().to_dict()}
    lists = dict(list(homes.groupby("village")))
    wanted = {str(h): int(v) for h, v in enumerate(design["villages"])}
    each = dict(enumerate((design["homes"] / design["villages"]).round().astype(int)))
    inside, of = 0, 0
    for seed in range(60):
        drawn = draw_villages(register, wanted, size="n", seed=seed, strata="stratum", method="entropy")
        asked = dict(zip(drawn["village"].astype(str), drawn["stratum"].map(each), strict=True))
        rows = draw_households(pd.concat(lists[v] for v in drawn["village"]), asked, village="village", seed=seed)
        outer = drawn.set_index("village")["probability"].reindex(rows["village"]).to_numpy()
        rows = rows.assign(w=1 / outer / rows["probability_within"], outer=outer, homes=rows["village"].map(number))
        rows = rows.reset_index(drop=True)
        sample = Sample(
            rows,
            calibrated=calibrate(rows, "w", totals, "linear"),
            strata="stratum",
            psu="village",
            probability="outer",
            ssu="household",
            ssu_population="homes",
        )
        table = sample.mean("y", "place").table.set_index("place")
        inside += int(((table["lower"] <= truth) & (truth <= table["upper"])).sum())
        of += len(table)
    assert of == 60 * 19 and 0.92 <= inside / of <= 0.97
