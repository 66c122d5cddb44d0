"""Net losses: refused, counted as zeros, left out, or kept where a definition allows it; normalised."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research import measures as m
from research.core.faults import DataError
from research.measures.survey import Design

X, W = [-300.0, 0, 100, 250, 400, 900], [1.0, 2, 2, 1, 3, 1]
LINE = {n: {"line": 260.0} for n in ("headcount", "poverty_gap", "fgt", "watts", "sen", "sen_shorrocks_thon")}
LINE["band_share"] = {"lower": 50, "upper": 300}
KEPT = {n for n, measure in m.MEASURES.items() if measure.keeps}


@pytest.mark.parametrize("name", m.MEASURES)
def test_every_measure_takes_the_rule(name):
    f, more = m.MEASURES[name], LINE.get(name, {})
    if name != "gini_normalised":
        with pytest.raises(DataError, match=r"values\[0\]: expected a number of 0 or more, found -300.0 "):
            f(X, weights=W, **more)
    zero = [max(v, 0) for v in X]
    logs = {"zeros": "drop"} if "zeros" in f.parameters else {}
    if name in ("max_min_ratio", "percentile_ratio", "quintile_ratio", "quintile_mean_ratio"):
        zero, shifted = [5, 8, *X[2:]], [-5, 8, *X[2:]]
        with pytest.warns(m.NegativesChanged, match="1 values below 0 left out, 10.00% of the weight"):
            dropped = f(shifted, weights=W, negatives="drop", **more)
        assert dropped == pytest.approx(f(shifted[1:], weights=W[1:], **more))
        return
    with pytest.warns(m.NegativesChanged, match="1 values below 0 counted as 0, 10.00% of the weight"):
        clipped = f(X, weights=W, negatives="zero", **more, **logs)
    with pytest.warns(m.NegativesChanged, match="left out"):
        dropped = f(X, weights=W, negatives="drop", **more, **logs)
    with np.testing.suppress_warnings() as quiet:
        quiet.filter(m.ZerosDropped)
        assert clipped == pytest.approx(f(zero, weights=W, **more, **logs))
        assert dropped == pytest.approx(f(X[1:], weights=W[1:], **more, **logs))


@pytest.mark.parametrize("name", sorted(set(m.MEASURES) - KEPT))
def test_measures_without_a_value_below_0_say_so(name):
    with pytest.raises(DataError, match=f"{name}: expected values of 0 or more.*not defined.*'zero' or 'drop'"):
        m.MEASURES[name](X, weights=W, negatives="keep", **LINE.get(name, {}))


def naive_pairs(x, w):
    return sum(a * b * abs(u - v) for u, a in zip(x, w, strict=True) for v, b in zip(x, w, strict=True))


def test_kept_values_follow_the_definitions():
    x, w = np.array(X), np.array(W)
    total, mean = w.sum(), (w * x).sum() / w.sum()
    kept = {
        n: m.MEASURES[n](X, weights=W, negatives="keep", **LINE.get(n, {}))
        for n in KEPT - {"percentile_ratio", "quintile_ratio", "quintile_mean_ratio", "palma_ratio"}
    }
    assert kept["mean"] == pytest.approx(mean) and kept["median"] == m.median(x + 300, w) - 300
    assert kept["gini"] == pytest.approx(naive_pairs(x, w) / (2 * total**2 * mean))
    assert kept["gini_normalised"] == pytest.approx(naive_pairs(x, w) / (2 * total * (w * abs(x)).sum()))
    assert kept["hoover"] == pytest.approx((w * abs(x - mean)).sum() / (2 * total * mean))
    assert kept["coefficient_of_variation"] ** 2 / 2 == pytest.approx(kept["generalized_entropy"])
    assert kept["headcount"] == pytest.approx(0.6) and kept["band_share"] == pytest.approx(0.3)
    assert kept["poverty_gap"] == pytest.approx((560 + 2 * 260 + 2 * 160 + 10) / 260 / 10)
    assert m.gini([-5, 2, 4], negatives="keep") == pytest.approx(6)  # PySAL inequality 1.1.2: Gini([-5, 2, 4]).g
    for broken in ([-5, 2, 3], [-5, 2, 1]):
        with pytest.raises(DataError, match="gini: .*found a mean of 0 or less"):
            m.gini(broken, negatives="keep")
    for name in ("quintile_ratio", "palma_ratio", "percentile_ratio", "quintile_mean_ratio"):
        with pytest.raises(DataError, match=name):
            m.MEASURES[name](X, weights=W, negatives="keep")


RSV = ([-7.0, -15, 11, -10, 2, 4, 40], [2.5, 1.1, 3.6, 4.4, 0.8, 2.7, 1.9])
"""The example in the manual of R's GiniWegNeg 1.0.1."""


def gini_weg_neg(y, w):
    """Gini_RSV of GiniWegNeg 1.0.1, term by term."""
    order = np.argsort(y)
    y, w = np.array(y)[order], np.array(w)[order]
    n, yw = w.sum(), y * w
    top = 2 / n**2 * (yw * w.cumsum()).sum() - yw.sum() / n - (yw * w).sum() / n**2
    negative = yw[yw <= 0].sum()
    return top / ((yw.sum() + abs(negative) + abs(negative)) / n)


def test_normalised_gini_of_raffinetti_siletti_and_vernizzi():
    assert m.gini_normalised(*RSV) == pytest.approx(gini_weg_neg(*RSV), rel=1e-12)
    assert m.gini_normalised(*RSV) == pytest.approx(0.669411764705882, rel=1e-12)  # by R 4.2.2
    assert m.gini_normalised(RSV[0]) == pytest.approx(0.69983948635634, rel=1e-12)
    # the polarised extremes of the paper: one has all gains, another all losses
    assert m.gini_normalised([-4, 0, 0, 0, 9], finite=True) == 1.0
    assert m.gini_normalised([0, 0, 0, 9], finite=True) == 1.0
    # the paper's form: sum |y_i - y_j| / (2 (N - 1) (T+ + T-))
    y = [-3.0, 1, 2, 8]
    assert m.gini_normalised(y, finite=True) == pytest.approx(naive_pairs(y, [1] * 4) / (2 * 3 * 14))
    with pytest.raises(DataError, match="finite=True is for two values or more, each one person"):
        m.gini_normalised(*RSV, finite=True)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 9)), min_size=2, max_size=12))
def test_laws_of_the_normalised_gini(rows):
    x, w = map(np.array, zip(*rows, strict=True))
    if np.abs(x).max() < 1e-3:
        return
    value = m.gini_normalised(x, w)
    assert 0 <= value < 1
    assert m.gini_normalised(x * 3, w * 7.0) == pytest.approx(value, abs=1e-9)
    assert m.gini_normalised(-x, w) == pytest.approx(value, abs=1e-9)
    assert m.gini_normalised(np.repeat(x, w)) == pytest.approx(value, abs=1e-9)
    if (x >= 0).all():
        assert value == pytest.approx(m.gini(x, w), abs=1e-9)


FRAME = pd.DataFrame(
    {
        "income": [-3.0, 0, 5, 9, 2, 8, -1, 6, 7, 3, 4, 10],
        "weight": [1.0, 2, 1, 1, 3, 1, 2, 1, 1, 2, 1, 1],
        "place": list("aaaaaabbbbbb"),
        "village": list("kkllmmnnoopp"),
    }
)


@pytest.mark.parametrize("rule", ["zero", "drop", "keep"])
def test_tables_and_designs_say_how_many_and_how_much(rule):
    out = m.table(FRAME, ["mean", "gini_normalised"], by="place", negatives=rule)
    assert out.n_negative.tolist() == [1, 1, 1, 1] and out.weight_negative.tolist() == [1.0, 1, 2, 2]
    rows = FRAME[FRAME.income >= 0] if rule == "drop" else FRAME
    x = rows.income.clip(lower=0) if rule == "zero" else rows.income
    for place, part in out.groupby("place"):
        at = rows.place == place
        assert part.value.iloc[0] == pytest.approx(m.mean(x[at], rows.weight[at], negatives="keep"))
        assert part.value.iloc[1] == pytest.approx(m.gini_normalised(x[at], rows.weight[at]))
        assert part.n.iloc[0] == at.sum()
    assert out.coverage.iloc[0] == (8 / 9 if rule == "drop" else 1)
    made = Design(FRAME, weight="weight", psu="village").estimate(
        ["mean", "gini_normalised"], by="place", negatives=rule
    )
    assert made.estimate.tolist() == pytest.approx(out.value.tolist())
    assert made.n_negative.tolist() == [1, 1, 1, 1] and made.weight_negative.tolist() == [1.0, 1, 2, 2]
    for method in ("bootstrap", "jackknife"):
        again = Design(FRAME, weight="weight", psu="village").estimate(
            "mean", by="place", method=method, negatives=rule
        )
        assert again.estimate.tolist() == pytest.approx(out.value[::2].tolist())


def test_tables_refuse_by_row_and_name_measures_that_take_no_losses():
    with pytest.raises(DataError, match="row 0, column income: expected a number of 0 or more, found -3.0"):
        m.table(FRAME, ["gini"], by="place")
    with pytest.raises(DataError, match="place a, theil: expected values of 0 or more") as caught:
        m.table(FRAME, ["mean", "theil"], by="place", negatives="keep")
    assert len(caught.value.faults) == 1
    out = m.table(FRAME, ["mean", "theil"], by="place", negatives="keep", undefined="gap")
    assert out.value.isna().tolist() == [False, True, False, True]
    with pytest.raises(DataError, match="say it of the whole table: negatives='keep'"):
        m.table(FRAME, [("mean", {"negatives": "keep"})])
    with pytest.raises(DataError, match="negatives: expected one of"):
        m.table(FRAME, ["mean"], negatives="clip")


def test_a_parquet_file_with_losses(tmp_path):
    FRAME.to_parquet(tmp_path / "f.parquet")
    for rule in ("zero", "drop", "keep"):
        there = m.table(tmp_path / "f.parquet", ["mean", "gini_normalised"], by="place", negatives=rule)
        pd.testing.assert_frame_equal(there, m.table(FRAME, ["mean", "gini_normalised"], by="place", negatives=rule))
    with pytest.raises(DataError, match="column income: expected numbers of 0 or more, found 2 rows below 0"):
        m.table(tmp_path / "f.parquet", ["mean"])


def test_a_logarithm_over_many_groups_is_one_line():
    frame = pd.DataFrame({"income": [0.0] * 21 + [5.0] * 9, "place": "p"})
    many = pd.concat([frame.assign(place=f"p{i:02}") for i in range(51)])
    with pytest.raises(DataError) as caught:
        m.table(many, ["mean_log_deviation", "gini"], by="place")
    assert len(caught.value.faults) == 1
    text = str(caught.value)
    assert "place p00, mean_log_deviation" in text and "the first of 1,071 such" in text
    assert "in `table` and `Design` as ('mean_log_deviation', {'zeros': 'drop'})" in text
    with pytest.raises(DataError, match="the first of 1,071 such"):
        Design(many).estimate("mean_log_deviation", by="place")


def test_a_line_reached_by_rounding_is_reached():
    third = [1 / 3 * 3 * 0.6 * 100] * 2 + [100.0] * 3 + [150.0]
    assert m.at_risk_of_poverty(third) == 0
    for share, median in ((0.55, 100), (0.55, 180), (0.6, 0.7), (0.7, 1e9 / 3)):
        at = [share * median, median * share * (1 + 2e-16), median, median, median, 2 * median, 2 * median]
        assert m.at_risk_of_poverty(at, share=share) == 0
        assert m.headcount(at, line=share * median * (1 + 1e-15)) == 0
        assert m.headcount(at, line=share * median * (1 + 1e-9)) == pytest.approx(2 / 7)
        assert m.band_share(at, lower=share * median * (1 + 1e-15)) == 1
        assert m.band_share(at, upper=2 * median * (1 - 1e-15), closed="left") == pytest.approx(5 / 7)
    frame = pd.DataFrame({"income": [55.0, 55, 100, 100, 100, 200, 200]})
    for method in ("linearized", "bootstrap", "jackknife"):
        assert Design(frame).estimate("at_risk_of_poverty", share=0.55, method=method, replicates=20).estimate[0] == 0
