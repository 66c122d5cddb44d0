"""Monte Carlo: do the 95% intervals hold the truth in about 95 of 100 samples of a clustered design?"""

import numpy as np
import pandas as pd
import pytest

from research import measures as m
from research.measures.survey import Design

MEASURES = {"gini": "gini", "quintile_ratio": "quintile_ratio", "theil": "theil",
            "headcount": ("headcount", {"line": 15000})}  # fmt: skip


def population(rng, strata=6, villages=150, households=60):
    """A district of 54,000 households: villages differ, and within a village incomes are lognormal."""
    rows = []
    for h in range(strata):
        level = 10 + 0.1 * h + rng.normal(0, 0.2, villages)
        income = np.exp(level[:, None] + rng.normal(0, 0.55, (villages, households)))
        rows.append(income)
    return np.stack(rows)  # strata, villages, households


def draw(people, rng, villages=20, households=10):
    """Villages in each stratum (more in the first than their share), then households in each village."""
    parts = []
    for h, stratum in enumerate(people):
        count = villages + 10 * (h == 0)
        chosen = rng.choice(len(stratum), count, replace=False)
        picked = np.argsort(rng.random((count, stratum.shape[1])), axis=1)[:, :households]
        income = np.take_along_axis(stratum[chosen], picked, axis=1)
        weight = len(stratum) / count * stratum.shape[1] / households
        village = np.repeat(chosen, households)
        parts.append(pd.DataFrame({"stratum": h, "village": village, "income": income.ravel(), "weight": weight}))
    return pd.concat(parts, ignore_index=True)


def coverage(method, samples, seed=12, **options):
    rng = np.random.default_rng(seed)
    people = population(rng)
    truth = {}
    for label, spec in MEASURES.items():
        name, kwargs = (spec, {}) if isinstance(spec, str) else spec
        truth[label] = m.MEASURES[name](people.ravel(), **kwargs)
    held = dict.fromkeys(MEASURES, 0)
    for _ in range(samples):
        design = Design(draw(people, rng), weight="weight", strata="stratum", psu="village")
        for row in design.estimate(MEASURES, method=method, **options).itertuples():
            held[row.measure] += row.lower <= truth[row.measure] <= row.upper
    return {label: count / samples for label, count in held.items()}


@pytest.mark.slow
def test_linearised_intervals():
    for label, share in coverage("linearized", 1500).items():
        assert 0.92 <= share <= 0.97, (label, share)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["bootstrap", "jackknife"])
def test_replicated_intervals(method):
    options = {"replicates": 200} if method == "bootstrap" else {}
    for label, share in coverage(method, 250, **options).items():
        assert 0.91 <= share <= 0.985, (label, share)  # 250 samples: one standard error is 1.4%
