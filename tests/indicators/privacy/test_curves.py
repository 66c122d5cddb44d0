"""What may be drawn of incomes: counted out household by household, without the package's searches."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from research.indicators.privacy import curves, disclosure, quantiles
from research.indicators.privacy.quantiles import Spread

LEAST = disclosure.Rules().min_count


def drawn(x, w):
    """Density by loops: kernel of Scott's width, points with enough households near, three digits of the peak."""
    kernel = stats.gaussian_kde(x, weights=w)
    width = np.sqrt(kernel.covariance[0, 0])
    got_x, got_y = curves.density(Spread(x, w))
    near = [sum(g - 2 * width <= v < g + 2 * width for v in x) for g in got_x]
    return got_x, got_y, near, kernel


@pytest.mark.parametrize("seed", range(4))
def test_a_density_stands_only_where_enough_households_lie(seed):
    rng = np.random.default_rng(seed)
    x, w = np.sort(rng.lognormal(10, 0.6, 60)), rng.uniform(1, 3, 60)
    grid, y, near, kernel = drawn(x, w)
    assert len(grid) and min(near) >= LEAST
    step = np.diff(grid).min()
    assert grid == pytest.approx(np.round(grid / step) * step)  # round numbers
    assert grid.max() <= x[-LEAST:].mean()  # beyond lie fewer than the least count
    width = np.sqrt(kernel.covariance[0, 0])
    every = np.arange(0, np.floor(x[-LEAST:].mean() / step) + 1) * step
    want = [g for g in every if sum(g - 2 * width <= v < g + 2 * width for v in x) >= LEAST]
    assert grid == pytest.approx(want)
    want = kernel(grid)
    digits = -int(np.floor(np.log10(want.max()))) + 2
    assert y == pytest.approx(np.round(want, digits), rel=1e-12)
    assert np.abs(y - want).max() > 0  # three digits are fewer than a float has


def test_a_density_of_few_or_of_equal_incomes_is_not_drawn():
    enough = np.linspace(1, 2, 2 * LEAST)
    assert len(curves.density(Spread(enough, np.ones(len(enough))))[0])
    assert not len(curves.density(Spread(enough[1:], np.ones(len(enough) - 1)))[0])
    assert not len(curves.density(Spread(np.ones(50), np.ones(50)))[0])
    assert len(curves.density(Spread([0.5, *np.ones(49)], np.ones(50)))[0])


@pytest.mark.parametrize("n", [4 * LEAST - 1, 4 * LEAST, 100])
def test_a_lorenz_curve_shows_groups_of_enough_households(n):
    x = np.linspace(1, 3, n)
    p, share = curves.lorenz(Spread(x, np.ones(n)))
    if n < 4 * LEAST:
        assert not len(p)
        return
    groups = len(p) - 1
    assert n // groups >= LEAST
    every = np.append(0, np.cumsum(x)) / x.sum()
    assert share == pytest.approx(np.interp(p, np.arange(n + 1) / n, every))


@pytest.mark.parametrize("least, first", [(10, 5), (9, 4)])
def test_a_line_through_ranks_needs_half_its_households_on_either_side(least, first):
    """A value that is there stands in the middle of an odd number of households: five on either side, or four."""
    spread = Spread(range(100), np.ones(100), least=least)
    there = [v for v in range(100) if not np.isnan(spread.around(v))]
    assert there == list(range(first, 100 - first))
    between = [v for v in range(99) if not np.isnan(spread.around(v + 0.5))]
    half = (least + 1) // 2
    assert between == list(range(half - 1, 99 - half + 1))
    steep = Spread(np.arange(100.0) ** 2, np.ones(100), least=least)
    assert steep.around(50**2) == pytest.approx(np.mean(np.arange(50 - first, 50 + first + 1.0) ** 2))


def test_a_cell_of_nobody_hides_nothing_beside_a_gap():
    count, gone = np.array([0, 4, 30, 50]), np.array([False, True, False, False])
    got = disclosure.second_gap(count, gone, LEAST)
    assert got.tolist() == [False, True, True, False]


@pytest.mark.parametrize("x, moved", [(np.arange(100.0) * 1000 + 333, 0), (np.arange(100.0) * 1000, 250)])
def test_a_median_stands_on_its_step_or_half_a_step_beside_an_income(x, moved):
    """An error of 1,300 gives steps of 500: 50,333 becomes 50,500, and 50,000, somebody's income, 50,250."""
    row = {"place": "p", "year": 2024, "residence": "all", "measure": "median_income", "value": x[50], "se": 1300.0}
    frame = pd.DataFrame([row | {"lower": x[40], "upper": x[60]}])
    got = quantiles.guarded(frame, {("p", 2024, "all"): Spread(x, np.ones(100), LEAST)}).iloc[0]
    assert got["value"] == 50_500 if not moved else got["value"] == 50_000 + moved
    assert got["se"] == 1300 and not got["withheld"]


@pytest.mark.parametrize("q, at", [(0.1, 9), (0.5, 49), (0.505, 50), (0.9, 89)])
def test_a_quantile_is_the_first_value_that_enough_persons_do_not_exceed(q, at):
    assert Spread(range(100), np.ones(100), least=9).quantile(q) == pytest.approx(at)


def test_a_withheld_cell_holds_at_least_one_unless_noughts_are_withheld_too():
    low, high = disclosure.ranges([1, 40], ["count", ""])
    assert low.tolist() == [1, 0] and high.tolist()[0] == LEAST - 1
    assert disclosure.ranges([1, 0], ["count", "count"])[0].tolist() == [0, 0]
