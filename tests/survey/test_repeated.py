"""What repeats every step, and what is filled in: replicates against linearisation, Rubin's rules by simulation."""

import numpy as np
import pandas as pd
import pytest

from research.survey.estimates import Sample
from research.survey.estimates.impute import combine, hot_deck
from research.survey.weights import adjust_by_classes, calibrate, replicate_weights


def pairs(seed=4, strata=120):
    """Strata of two villages with 6 households, of whom some answer."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"s": np.repeat(range(strata), 12), "v": np.repeat(range(2 * strata), 6), "w": 10.0})
    rows["sex"] = rng.choice(list("fm"), len(rows))
    level = rng.normal(0, 1, 2 * strata)
    rows["y"] = 20 + 6.0 * (rows["sex"] == "f") + level[rows["v"]] + rng.normal(0, 3, len(rows))
    rows["ok"] = (rng.uniform(size=len(rows)) < 0.8).astype(int)
    return rows


def steps(totals):
    def step(frame, weights):
        """Non-response by sex, then the known totals, again for each replicate."""
        used = weights > 0
        part = frame[used].assign(w=weights[used])
        part["w"] = adjust_by_classes(part, "w", "ok", "sex")
        kept = part["w"].to_numpy() > 0
        made = np.zeros(used.sum())
        made[kept] = calibrate(part[kept], "w", {"sex": totals}, "linear").weights
        out = np.zeros(len(frame))
        out[used] = made
        return out

    return step


SLOW = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("JKn", "fay", "bootstrap")]


@pytest.mark.parametrize("kind", ["BRR", *SLOW])
def test_replicates_repeat_every_step(kind):
    """With the steps repeated they come to the linearised error under calibration; without, to a larger one."""
    rows, totals = pairs(), {"f": 7000.0, "m": 7400.0}
    step = steps(totals)
    full = rows.assign(w=step(rows, rows["w"].to_numpy()))
    kept = full[full["w"] > 0].reset_index(drop=True)
    made = calibrate(kept, "w", {"sex": totals}, "linear")
    exact = Sample(kept, calibrated=made, strata="s", psu="v").mean("y").table.iloc[0]
    y = rows["y"].to_numpy()
    mean = lambda w: float((w * y).sum() / w.sum())  # noqa: E731
    reps = replicate_weights(rows, "w", "s", "v", kind, step=step, replicates=800)
    for column in reps.weights.T[:20]:
        assert rows.assign(w=column).groupby("sex")["w"].sum().to_dict() == pytest.approx(totals)
    estimate, variance = reps.variance(mean)
    assert estimate == pytest.approx(exact["estimate"])
    assert variance**0.5 == pytest.approx(exact["se"], rel=0.1 if kind == "bootstrap" else 0.03)
    fixed = replicate_weights(full, "w", "s", "v", kind, replicates=800).variance(mean)[1]
    assert fixed > 1.3 * variance


@pytest.mark.slow
def test_filled_gaps_carry_their_variance():
    """200 samples with gaps by class: intervals by Rubin's rules cover, those of one filled copy do not."""
    inside = {"rubin": 0, "one": 0}
    for seed in range(200):
        rng = np.random.default_rng(seed)
        rows = pd.DataFrame({"c": rng.choice(list("ab"), 120), "w": 1.0})
        rows["y"] = 10 + 4.0 * (rows["c"] == "a") + rng.normal(0, 3, 120)
        rows.loc[rng.uniform(size=120) < np.where(rows["c"] == "a", 0.5, 0.2), "y"] = np.nan
        copies = hot_deck(rows, "y", "c", times=10, seed=seed)
        found = [Sample(c, "w").mean("y").table.iloc[0] for c in copies]
        told = combine([f["estimate"] for f in found], [f["se"] ** 2 for f in found], 119)
        inside["rubin"] += told["lower"] <= 12 <= told["upper"]
        inside["one"] += found[0]["lower"] <= 12 <= found[0]["upper"]
    assert 0.92 <= inside["rubin"] / 200 <= 0.98 and inside["one"] / 200 < 0.92


def test_donors_are_of_the_class_and_what_is_filled_says_so():
    rows = pd.DataFrame({"y": [1.0, None, 3, 9, None, 9], "c": list("aaabbb")})
    for copy in hot_deck(rows, "y", "c", times=5):
        assert copy["y"].iloc[1] in (1, 3) and copy["y"].iloc[4] == 9
        assert copy["y_status"].tolist() == ["", "imputed", "", "", "imputed", ""]


def test_rubins_rules_by_hand():
    """Three copies: within (4 + 5 + 6) / 3, between 1; total 5 + 4/3; df 2 (1 + 5 / (4/3))^2."""
    told = combine([9.0, 10, 11], [4.0, 5, 6])
    assert told["estimate"] == 10 and told["se"] ** 2 == pytest.approx(5 + 4 / 3)
    assert told["df"] == pytest.approx(2 * (1 + 5 / (4 / 3)) ** 2)
    assert told["missing"] == pytest.approx((4 / 3) / (5 + 4 / 3))
