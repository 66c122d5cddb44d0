"""Each measure against its definition written naively, and against its laws."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from research import measures as m

sys.path.insert(0, str(Path(__file__).parent))
import naive  # noqa: E402

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])

incomes = st.lists(st.tuples(st.integers(1, 10**6).map(float), st.integers(1, 9).map(float)), min_size=2, max_size=25)

DEFINED = {
    "mean": (m.mean, naive.mean),
    "gini": (m.gini, naive.gini),
    "extended_gini": (lambda x, w: m.extended_gini(x, w, aversion=3.5), lambda x, w: naive.extended_gini(x, w, 3.5)),
    "theil": (m.theil, lambda x, w: naive.entropy(x, w, 1)),
    "mld": (m.mean_log_deviation, lambda x, w: naive.entropy(x, w, 0)),
    "ge2": (lambda x, w: m.generalized_entropy(x, w, alpha=2), lambda x, w: naive.entropy(x, w, 2)),
    "ge-1": (lambda x, w: m.generalized_entropy(x, w, alpha=-1), lambda x, w: naive.entropy(x, w, -1)),
    "atkinson.5": (m.atkinson, lambda x, w: naive.atkinson(x, w, 0.5)),
    "atkinson1": (lambda x, w: m.atkinson(x, w, epsilon=1), lambda x, w: naive.atkinson(x, w, 1)),
    "atkinson2": (lambda x, w: m.atkinson(x, w, epsilon=2), lambda x, w: naive.atkinson(x, w, 2)),
    "hoover": (m.hoover, naive.hoover),
    "cv": (m.coefficient_of_variation, naive.cv),
    "median": (m.median, lambda x, w: naive.quantile(x, w, 0.5)),
    "q.3": (lambda x, w: m.quantile(x, w, q=0.3), lambda x, w: naive.quantile(x, w, 0.3)),
    "p90p10": (m.percentile_ratio, lambda x, w: naive.quantile(x, w, 0.9) / naive.quantile(x, w, 0.1)),
    "top_share": (m.top_share, lambda x, w: 1 - naive.held_by_poorest(x, w, 0.9) / naive.total(x, w)),
    "bottom_share": (m.bottom_share, lambda x, w: naive.held_by_poorest(x, w, 0.4) / naive.total(x, w)),
    "palma": (
        m.palma_ratio,
        lambda x, w: (naive.total(x, w) - naive.held_by_poorest(x, w, 0.9)) / naive.held_by_poorest(x, w, 0.4),
    ),
    "wolfson": (m.wolfson, naive.wolfson),
    "zenga": (m.zenga, naive.zenga),
    "headcount": (lambda x, w: m.headcount(x, w, line=3e5), lambda x, w: naive.fgt(x, w, 3e5, 0)),
    "poverty_gap": (lambda x, w: m.poverty_gap(x, w, line=3e5), lambda x, w: naive.fgt(x, w, 3e5, 1)),
    "fgt2.5": (lambda x, w: m.fgt(x, w, line=3e5, alpha=2.5), lambda x, w: naive.fgt(x, w, 3e5, 2.5)),
    "der": (
        lambda x, w: m.der_polarization(x, w, alpha=0.7, bandwidth=0.3),
        lambda x, w: naive.der(x, w, 0.7, 0.3),
    ),
    "relative_deprivation": (
        m.relative_deprivation,
        lambda x, w: naive.mean([naive.deprivation(x, w, i) for i in range(len(x))], w) / naive.mean(x, w),
    ),
}


@pytest.mark.parametrize("name", DEFINED)
@FEW
@given(rows=incomes)
def test_equals_its_definition(name, rows):
    x, w = map(list, zip(*rows, strict=True))
    code, definition = DEFINED[name]
    assert code(x, w) == pytest.approx(definition(x, w), rel=1e-9, abs=1e-12)


@FEW
@given(rows=incomes)
def test_quintile_ratio_equals_the_rule_of_laeken(rows):
    x, w = map(list, zip(*rows, strict=True))
    assume(max(x) > naive.quantile(x, w, 0.8))
    assert m.quintile_ratio(x, w) == pytest.approx(naive.quintile_ratio(x, w), rel=1e-9)
    assert m.quintile_mean_ratio(x, w) == pytest.approx(naive.quintile_mean_ratio(x, w), rel=1e-9)


LINE = 250_000
RELATIVE = {
    **{n: m.MEASURES[n] for n in m.MEASURES if n not in ("mean", "median", "quantile", "der_polarization")},
    "headcount": lambda x, w=None, k=1: m.headcount(x, w, line=LINE * k),
    "poverty_gap": lambda x, w=None, k=1: m.poverty_gap(x, w, line=LINE * k),
    "fgt": lambda x, w=None, k=1: m.fgt(x, w, line=LINE * k),
    "watts": lambda x, w=None, k=1: m.watts(x, w, line=LINE * k),
    "sen": lambda x, w=None, k=1: m.sen(x, w, line=LINE * k),
    "sen_shorrocks_thon": lambda x, w=None, k=1: m.sen_shorrocks_thon(x, w, line=LINE * k),
    "band_share": lambda x, w=None, k=1: m.band_share(x, LINE * k, 2 * LINE * k, w),
}


@pytest.mark.parametrize("name", RELATIVE)
@FEW
@given(rows=incomes, factor=st.sampled_from([0.001, 0.3, 7, 1e9]), seed=st.integers(0, 9))
def test_weights_scale_order_and_splits_do_not_matter(name, rows, factor, seed):
    x, w = map(np.array, zip(*rows, strict=True))
    f = RELATIVE[name]
    try:
        value = f(x, w)
    except m.policy.DataError:
        assume(False)
    same = dict(rel=1e-9, abs=1e-9)
    assert f(x, w * factor) == pytest.approx(value, **same), "weights rescaled"
    shuffled = np.random.default_rng(seed).permutation(len(x))
    assert f(x[shuffled], w[shuffled]) == pytest.approx(value, **same), "rows in another order"
    assert f(np.repeat(x, 2), np.repeat(w / 2, 2)) == pytest.approx(value, **same), "rows split in two"
    assert f(np.repeat(x, w.astype(int))) == pytest.approx(value, **same), "persons written out"
    assert f(np.append(x, 5.0), np.append(w, 0.0)) == pytest.approx(value, **same), "a row for nobody"
    if name in ("mean", "max_min_ratio"):
        return
    scaled = (
        f(x * 8, w, k=8)
        if name in ("headcount", "poverty_gap", "fgt", "watts", "sen", "band_share", "sen_shorrocks_thon")
        else f(x * 8, w)
    )
    assert scaled == pytest.approx(value, **same), "another currency"


TRANSFER = (
    "gini",
    "extended_gini",
    "theil",
    "mean_log_deviation",
    "generalized_entropy",
    "atkinson",
    "coefficient_of_variation",
    "relative_deprivation",
)


@pytest.mark.parametrize("name", TRANSFER)
@FEW
@given(rows=incomes, part=st.floats(0.05, 0.5))
def test_a_gift_from_rich_to_poor_lowers_it(name, rows, part):
    x = np.array([r[0] for r in rows])
    poor, rich = int(x.argmin()), int(x.argmax())
    assume(x[rich] > x[poor] + 100)
    after = x.copy()
    gift = (x[rich] - x[poor]) * part
    after[rich] -= gift
    after[poor] += gift
    f = m.MEASURES[name]
    assert f(after) <= f(x) * (1 + 1e-9)


EQUAL = {
    "gini": 0,
    "extended_gini": 0,
    "theil": 0,
    "mean_log_deviation": 0,
    "generalized_entropy": 0,
    "atkinson": 0,
    "hoover": 0,
    "coefficient_of_variation": 0,
    "wolfson": 0,
    "zenga": 0,
    "quintile_ratio": 1,
    "quintile_mean_ratio": 1,
    "percentile_ratio": 1,
    "palma_ratio": 0.25,
    "max_min_ratio": 1,
    "top_share": 0.1,
    "at_risk_of_poverty": 0,
}


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1, 12345.67, 1e300])
@pytest.mark.parametrize("name", EQUAL)
def test_all_alike(name, scale):
    f = m.MEASURES[name]
    weights = [0.3, 1.1, 2.0, 0.1, 5.0]
    assert f([scale] * 5) == pytest.approx(EQUAL[name], abs=1e-12)
    assert f([scale] * 5, weights) == pytest.approx(EQUAL[name], abs=1e-12)


@pytest.mark.parametrize("scale", [1e-300, 1e300])
@pytest.mark.parametrize("name", [n for n in m.MEASURES if n not in ("mean", "median", "quantile")])
def test_scales_at_the_ends_of_doubles(name, scale):
    x = np.array([0.1, 0.2, 0.25, 0.4, 0.9, 1.3])
    w = np.array([1.0, 2, 1, 3, 1, 2])
    kwargs = {"line": 0.3} if "line" in m.MEASURES[name].parameters else {}
    kwargs = {"lower": 0.2, "upper": 0.9, "weights": w} if name == "band_share" else {**kwargs, "weights": w}
    plain = m.MEASURES[name](x, **kwargs)
    scaled = {k: v * scale if k in ("line", "lower", "upper") else v for k, v in kwargs.items()}
    scaled["weights"] = w * scale
    assert m.MEASURES[name](x * scale, **scaled) == pytest.approx(plain, rel=1e-9)


def test_scales_keep_units():
    assert m.mean([1e300, 3e300]) == pytest.approx(2e300)
    assert m.median([1e-300, 2e-300, 9e-300]) == 2e-300
    assert m.generalized_lorenz_curve([1e300, 3e300]).L[-1] == pytest.approx(2e300)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64])
def test_integers_do_not_overflow(dtype):
    top = np.iinfo(dtype).max
    x = np.array([top // 4, top // 2, top], dtype=dtype)
    assert m.gini(x) == pytest.approx(naive.gini([float(v) for v in x], [1.0] * 3))


def test_lorenz_curve_is_read_between_its_points():
    p, L = m.lorenz_curve([1, 3], weights=[1, 1], points=[0, 0.25, 0.5, 0.75, 1])
    assert p.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert pytest.approx([0, 0.125, 0.25, 0.625, 1]) == L


@FEW
@given(rows=incomes)
def test_concentration_by_itself_is_the_gini(rows):
    x, w = map(list, zip(*rows, strict=True))
    assert m.concentration_index(x, w, by=x) == pytest.approx(naive.gini(x, w), abs=1e-12)
    assert m.concentration_index(x, w, by=[-v for v in x]) == pytest.approx(-naive.gini(x, w), abs=1e-12)


@FEW
@given(rows=incomes)
def test_deprivation_of_each_person(rows):
    x, w = map(list, zip(*rows, strict=True))
    expected = [naive.deprivation(x, w, i) for i in range(len(x))]
    assert m.deprivation(x, w, kind="yitzhaki") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("closed, share", [("both", 0.75), ("left", 0.5), ("right", 0.5), ("neither", 0.25)])
def test_ends_of_a_band(closed, share):
    assert m.band_share([1e5, 3e5, 5e5, 6e5], 1e5, 5e5, closed=closed) == share


def test_open_bands():
    assert m.band_share([1, 2, 3], lower=2) == pytest.approx(2 / 3)
    assert m.band_share([1, 2, 3], upper=2, weights=[1, 1, 2]) == 0.5


def test_urban_rural_and_member_ratios():
    assert m.urban_rural_ratio([4, 6], [2, 3], [1, 3], [1, 1]) == pytest.approx(5.5 / 2.5)
    assert m.ratio_to_mean([2, 4, 6], [1, 1, 2], members=np.array([True, True, False])) == pytest.approx(3 / 4.5)


@pytest.mark.parametrize("kind", ["spread", "near ties", "ties", "rising"])
def test_sorting_by_bits_is_sorting(kind):
    """The quick permutation, on values that differ in their last digits only."""
    from research.measures.distribution import sort_order

    rng = np.random.default_rng(5)
    n = 50_000
    x = {
        "spread": rng.lognormal(10, 3, n),
        "near ties": np.where(rng.random(n) < 0.02, 1.0 + rng.integers(0, 50, n) * 2.0**-52, rng.random(n)),
        "ties": rng.integers(0, 9, n).astype(float),
        "rising": 1.0 + np.arange(n)[::-1] * 2.0**-52,
    }[kind]
    order, out = sort_order(x)
    assert (out == np.sort(x)).all() and (x[order] == out).all()
    assert (np.bincount(order, minlength=n) == 1).all()
    w = rng.uniform(1, 2, n)
    assert m.gini(x, w) == pytest.approx(m.gini(m.Distribution(x, w)), rel=1e-9, abs=1e-15)
