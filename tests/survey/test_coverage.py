"""Intervals hold the truth as often as they say: 19 townships, villages and households drawn anew each time."""

import numpy as np
import pandas as pd
import pytest

from research.survey.estimates import Sample
from research.survey.select import draw_households, draw_villages
from research.survey.weights import calibrate


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
