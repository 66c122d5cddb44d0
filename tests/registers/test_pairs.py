"""Pairs: who is comparable, what is found where something or nothing happened, and what a register may not say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.core.scope import open_project
from research.indicators import open_edition
from research.registers.matching import balance, matched
from research.registers.pairs import coverage, study, support
from research.registers.pairs_shown import Pairs

numbers = st.lists(st.floats(-5, 5), min_size=4, max_size=12)


@given(numbers, st.data())
def test_nobody_serves_two_and_everybody_is_near(values, data):
    has = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    frame = pd.DataFrame({"d": has, "x": values}, index=[f"u{i:02d}" for i in range(len(values))])
    found = matched(frame, "d", ["x"], each=2, caliper=0.5)
    assert found.index.is_unique
    spread = frame["x"].std(ddof=1) or 1.0
    for name, row in found.iterrows():
        assert bool(frame.at[row["match"], "d"]) and (row["match"] == name) == bool(row["d"])
        assert abs(frame.at[row["match"], "x"] - row["x"]) <= 0.5 * spread + 1e-9
    assert found.loc[~found["d"], "match"].value_counts().max() in (1, 2) or found.empty


def test_the_standardised_difference_is_the_textbook_s():
    frame = pd.DataFrame({"d": [1, 1, 1, 0, 0, 0], "x": [1.0, 2, 3, 4, 6, 8]})
    assert balance(frame, "d", ["x"])["difference"].iloc[0] == pytest.approx((2 - 6) / np.sqrt((1 + 4) / 2))


class Fake:
    """An edition with made-up villages: those that receive start lower and grow by `effect` more a year."""

    edition, status = 2024, "reported"

    def __init__(self, effect, first=2018):
        random = np.random.default_rng(3)
        codes = [f"v{i:03d}" for i in range(150)]
        self.villages = pd.DataFrame({"code": codes, "kind": "村"})
        start = random.normal(4, 0.4, 150)
        self._weak = [c for c, s in zip(codes, start, strict=True) if s < 4.1][:30]
        self._rows = [
            (c, y, "收入", np.exp(s + 0.05 * (y - 2018) + effect * max(0, y - 2021) * (c in self._weak) + e))
            for c, s in zip(codes, start, strict=True)
            for y, e in zip(range(first, 2025), random.normal(0, 0.02, 2025 - first), strict=True)
        ]
        self._strong = [c for c in codes if c not in self._weak][-30:]

    def register(self, name):
        if name == "village-values":
            return pd.DataFrame(self._rows, columns=["village", "year", "village_item", "value"]).assign(
                status="reported"
            )
        frame = pd.DataFrame({"giver": self._strong, "receiver": self._weak})
        return frame.assign(kind="强村弱村", start=pd.Timestamp("2022-03-01"), ends=pd.NaT, status="reported")


def test_an_effect_that_is_there_is_found_within_its_interval_and_none_where_there_is_none():
    found = study(Fake(0.04)).effect
    assert found.lower < 8 < found.upper and found.excludes_zero  # 4, 8 and 12 per cent over three years
    nothing = study(Fake(0.0)).effect
    assert nothing.lower < 0 < nothing.upper and not nothing.supported


def test_matching_brings_the_two_groups_together_and_givers_are_not_compared():
    fake = Fake(0.0)
    found = study(fake)
    assert abs(found.before["difference"].iloc[0]) > 3 * abs(found.after["difference"].iloc[0])
    assert found.effect.treated + found.effect.comparison <= 150 - 30


def test_one_year_before_is_too_few():
    found = study(Fake(0.0, first=2021))
    assert found.effect is None and "至少两年" in found.why


@pytest.fixture(scope="module")
def edition():
    return open_edition(2024, "sample", open_project(__file__))


def test_the_sample_s_study_prints_its_balance_checks_and_mark(edition):
    shown = Pairs(edition)
    assert shown.study.status == "sample" and shown.study.n_pairs == 40
    checks = shown.checks()
    assert {"虚设起点", "随机调换"} <= {
        w for w in ("虚设起点", "随机调换") if checks.frame["项目"].str.contains(w).any()
    }
    assert "平行趋势" in checks.note and len(shown.balance().frame) == 2


@pytest.mark.slow
def test_support_of_places_with_one_year_before_claims_nothing(with_tables):
    edition = with_tables
    found, start, why = support(edition, "ECO-1-02")
    assert (start, why) == (2022, "") and not found.supported and found.cautions
    assert "看作" not in Pairs(edition).supported("ECO-1-02").text


def test_the_grid_has_a_row_for_each_place_and_item(edition):
    rows = coverage(edition)
    held = edition.register("grids")
    assert len(rows) == len(edition.places) * len(edition.grids)
    assert rows["has"].sum() == len(held[held["year"] == 2024].drop_duplicates(["place", "cell"]))


def test_a_district_without_pairs_gets_the_sentence(edition):
    class Bare(Fake):
        def register(self, name):
            return super().register(name).iloc[:0]

    shown = Pairs(Bare(0.0))
    told = [part.text for part in (shown.lead(), shown.balance(), shown.paths(), shown.checks())]
    assert (
        all("没有登记" in text for text in told) and len(set(told)) == 4
    )  # said of each part, not one sentence four times
