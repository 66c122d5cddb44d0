"""Point estimates of a transfer beside those of microdf-python 1.5.12 (PolicyEngine) on the same six kinds of homes."""

from datetime import date

import pandas as pd
import pytest

from research import measures as m
from research.transfers import of_frame, parse, simulate

HOMES = pd.DataFrame({"income": [6000.0, 18000, 40000, 90000, 150000, 420000], "size": [1, 3, 2, 4, 3, 5],
                      "weight": [30.0, 55, 80, 60, 40, 5], "place": list("ababab"), "residence": "rural"})  # fmt: skip
# MicroSeries(income / size, weights=weight * size): mean, gini, share below 10,000; weights=weight: share of the band
BEFORE = {"mean_income": 24148.64864864865, "gini": 0.3637267653775768, "low_income": 0.2635135135135135,
          "band_share": 0.16666666666666666}  # fmt: skip
AFTER = {"mean_income": 25348.64864864865, "gini": 0.34650801243721596, "low_income": 0.2635135135135135,
         "band_share": 0.16666666666666666}  # fmt: skip
GAP = 780_000.0
"""Sum of what persons lack to 10,000, before."""


def test_a_flat_benefit_has_the_estimates_of_another_package():
    rule = parse({"name": "n", "kind": "benefit", "from": date(2025, 1, 1), "source": "s",
                  "amount": {"flat": {"yuan": 1200, "per": "head"}}, "financed_by": "budget"}, "a.yml")  # fmt: skip
    effects = simulate(of_frame(HOMES, {"low_income_line": 10_000}), {"v": rule}).effects.set_index("measure")
    for name, value in BEFORE.items():
        assert effects.loc[name, "before"] == pytest.approx(value, rel=1e-12), name
        assert effects.loc[name, "after"] == pytest.approx(AFTER[name], rel=1e-12), name
    assert effects.loc["cost", "after"] == pytest.approx(1200 * 740 / 1e4)  # by hand: 740 persons


def test_the_poverty_gap_is_the_other_package_s():
    head, persons = HOMES["income"] / HOMES["size"], HOMES["weight"] * HOMES["size"]
    found = m.poverty_gap(head, persons, line=10_000)
    assert found * 10_000 * persons.sum() == pytest.approx(GAP, rel=1e-12)
