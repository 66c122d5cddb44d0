"""Projection to the target's year: against the textbook formula, written out."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from research.assessment import Rules, attain_targets
from research.assessment.outlook import chance_of, outlook, project
from research.errors import DataError
from research.indicators.reference.plans import Plan

RULES = Rules(plan=Plan("p", "规划", 2021, 2025, (2022, 2025), 2021))


def test_the_interval_is_the_textbooks():
    x, y, at = np.array([2021, 2022, 2023, 2024]), np.array([10.0, 13.0, 14.0, 18.0]), 2025
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    middle = y.mean() + slope * (at - x.mean())
    s2 = ((y - y.mean() - slope * (x - x.mean())) ** 2).sum() / 2
    half = t.ppf(0.9, 2) * np.sqrt(s2 * (1 + 1 / 4 + (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()))
    got = project(x, y, at, 0.8)
    assert [got[k] for k in ("slope", "projection", "lower", "upper")] == pytest.approx(
        [slope, middle, middle - half, middle + half]
    )
    assert chance_of(got, middle + half, ">=") == pytest.approx(0.1)
    assert chance_of(got, middle + half, "<=") == pytest.approx(0.9)


def test_too_few_years_are_refused():
    with pytest.raises(DataError, match="four or more"):
        project([2021, 2022], [1, 2], 2025)


@pytest.mark.parametrize(("goal", "verdict"), [(15, "yes"), (19.2, "unsure"), (40, "no")])
def test_will_it_be_met(goal, verdict):
    target = pd.DataFrame(
        [
            {
                "id": "T",
                "clause": "9",
                "action": "行动",
                "action_no": 2,
                "indicator": "T",
                "unit": "个",
                "comparator": ">=",
                "kind": "level",
                "class": "numeric",
                "department": "局",
            }
        ]
    )
    numbers = pd.DataFrame([{"target": "T", "year": 2025, "value": goal, "kind": ""}])
    table = pd.DataFrame(
        [
            {
                "target": "T",
                "indicator": "X",
                "rule": "level",
                "comparator": "",
                "reference": "",
                "reference_indicator": "",
                "note": "",
            }
        ]
    )
    rows = [
        {"place": "d", "year": y, "indicator": "X", "value": v, "status": "reported", "source": ""}
        for y, v in ((2021, 10.0), (2022, 13.0), (2023, 14.0), (2024, 18.0))
    ]
    observations = pd.DataFrame(rows)
    attained = attain_targets(target, numbers, table, observations, "d", 2024, RULES)
    got = outlook(attained, observations, None, "d").iloc[0]
    assert (got.will_meet, got.status, got.n_years) == (verdict, "estimated", 4)
    earlier = attain_targets(target, numbers, table, observations, "d", 2022, RULES)
    assert not len(outlook(earlier, observations, None, "d"))  # two years say nothing


def test_points_on_one_line_are_no_certainty():
    """Rounding to 0.1 and a fifth of a year's pace are the least error: no interval without width, no chance of 0."""
    got = project([2021, 2022, 2023, 2024], [12.3, 13.2, 14.1, 15.0], 2025)
    least = np.sqrt((0.1**2 / 12 + (0.2 * 0.9) ** 2) * (1 + 1 / 4 + 2.5**2 / 5))
    assert got["error"] == pytest.approx(least)
    assert got["upper"] - got["projection"] == pytest.approx(t.ppf(0.9, 2) * least)
    assert chance_of(got, 15.9, ">=") == pytest.approx(0.5)
    assert 0 < chance_of(got, 40.0, ">=") < 0.05 and 0.95 < chance_of(got, 5.0, ">=") < 1


def test_a_sampling_error_widens_a_projection():
    calm = project([2021, 2022, 2023, 2024], [12.3, 13.2, 14.1, 15.0], 2025)
    noisy = project([2021, 2022, 2023, 2024], [12.3, 13.2, 14.1, 15.0], 2025, se=2.0)
    assert noisy["error"] > 2 > calm["error"]


@pytest.mark.parametrize(("year", "horizon"), [(2024, 2030), (2024, 2023)])
def test_years_out_of_the_plan_are_named(year, horizon):
    with pytest.raises(DataError, match="expected 2022 or 2025"):
        attain_targets(*[pd.DataFrame()] * 4, "d", year, RULES, horizon=horizon)
