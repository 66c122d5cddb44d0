"""Panels as pyfixest 0.60.0 estimates them: `feols("y ~ ... | unit + t", vcov={"CRV1": "unit"})`, made once by it."""

import pandas as pd
import pytest

from research.effects import difference_in_differences, event_study
from research.errors import UsageError

COLUMNS = {"time": "t", "treated": "d", "unit": "unit", "start": 4}
DID = {  # rows left out: estimate, standard error, lower and upper end for y ~ did + x | unit + t
    0: (1.511060, 0.098261, 1.314440, 1.707681),
    9: (1.552782, 0.126333, 1.299991, 1.805572),
}
EVENTS = {  # period: estimate, standard error, lower, upper for y ~ i(t, d, ref=3) | unit + t
    0: {
        1: (0.0625, 0.186353, -0.310391, 0.435391),
        2: (0.0025, 0.186500, -0.370686, 0.375686),
        4: (1.5550, 0.184382, 1.186053, 1.923947),
        5: (1.5525, 0.185544, 1.181227, 1.923773),
        6: (1.4925, 0.193164, 1.105979, 1.879021),
    },
    9: {
        1: (0.085184, 0.228533, -0.372109, 0.542477),
        2: (-0.172682, 0.186330, -0.545527, 0.200163),
        4: (1.774826, 0.157676, 1.459317, 2.090336),
        5: (1.298087, 0.220331, 0.857205, 1.738969),
        6: (1.492115, 0.230226, 1.031435, 1.952796),
    },
}
MEAN_SE = {0: 0.09470656624, 9: 0.13678601387}
"""Standard error of the mean of periods 4 to 6, from pyfixest's own covariance."""


def panel(without):
    """60 units in 6 periods; every row whose number `without` divides is missing (0: none)."""
    rows = []
    for u in range(60):
        for t in range(1, 7):
            if not without or (u * 7 + t * 3) % without:
                noise = ((u * 31 + t * 17 + u * t * 5) % 23 - 11) / 10
                y = 0.3 * (u % 7) + 0.5 * t + 1.5 * (u % 3 == 0) * (t >= 4) + noise
                rows.append((u, t, u % 3 == 0, y, ((u * 13 + t * 29) % 11) / 5))
    return pd.DataFrame(rows, columns=["unit", "t", "d", "y", "x"])


@pytest.mark.parametrize("without", DID)
def test_difference_in_differences_with_clustered_errors(without):
    found = difference_in_differences(panel(without), "y", covariates=["x"], errors="cluster", **COLUMNS)
    assert (found.estimate, found.se, found.lower, found.upper) == pytest.approx(DID[without], abs=1e-6)


@pytest.mark.parametrize("without", EVENTS)
def test_event_study_period_by_period_and_on_average(without):
    found = event_study(panel(without), "y", **COLUMNS)
    path = found.path.set_index("period")
    for period, values in EVENTS[without].items():
        assert tuple(path.loc[period, ["estimate", "se", "lower", "upper"]]) == pytest.approx(values, abs=1e-6)
    assert tuple(path.loc[3]) == (0, 0, 0, 0)
    assert found.se == pytest.approx(MEAN_SE[without], rel=1e-6)


@pytest.mark.parametrize("design", [difference_in_differences, event_study])
def test_starts_that_differ_are_refused_by_name(design):
    frame = panel(0).assign(start=4)
    with pytest.raises(UsageError, match="staggered adoption is another design.*pyfixest"):
        design(frame, "y", **{**COLUMNS, "start": "start"})


def test_weights_are_refused_by_name():
    with pytest.raises(UsageError, match="each unit counts once here.*feols takes weights"):
        difference_in_differences(panel(0), "y", weights="x", **COLUMNS)
