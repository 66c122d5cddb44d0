"""Growth by place in the distribution: who gained how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault
from research.measures import policy
from research.measures.distribution import Distribution, Values, distribution

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


@dataclass(frozen=True)
class GrowthIncidence:
    """A growth-incidence curve and what it adds up to.

    Parameters
    ----------
    curve : DataFrame
        Tidy: `p` (percentile, 0-100), `before`, `after` (incomes there), `growth` (a year, 0.05 is 5%).
    mean_growth : float
        Growth of the mean, a year.
    median_growth : float
        Growth of the median, a year.
    pro_poor : float
        Mean of the curve up to `poor` (Ravallion-Chen rate of pro-poor growth), a year.
    poor : float
        Share of persons counted as poor for it.
    """

    curve: pd.DataFrame
    mean_growth: float
    median_growth: float
    pro_poor: float
    poor: float


def growth_incidence(
    before: Values,
    after: Values,
    before_weights: ArrayLike | None = None,
    after_weights: ArrayLike | None = None,
    *,
    years: float = 1.0,
    points: ArrayLike | None = None,
    poor: float = 0.2,
) -> GrowthIncidence:
    """Growth-incidence curve: growth of income a year at each percentile.

    ``g(p) = [Q_after(p) / Q_before(p)]^(1/years) - 1``. Persons are anonymous: it compares places in the
    two distributions, not the same persons.

    Parameters
    ----------
    before, after : array-like of shape (n,), or Distribution
        Incomes in the two years, in prices of one year.
    before_weights, after_weights : array-like, optional
        Persons each value stands for.
    years : float
        Years between the two, above 0.
    points : array-like, optional
        Percentiles from 0 to 100; default 1, 2, ..., 99.
    poor : float
        Share of persons over whom the pro-poor rate is taken, above 0 to 1.

    Returns
    -------
    GrowthIncidence
        Growth is nan at percentiles where income before was 0.

    Raises
    ------
    DataError
        Naming each awkward entry of either year, or a parameter out of range.

    References
    ----------
    Ravallion & Chen (2003), Economics Letters 78.

    Examples
    --------
    >>> out = growth_incidence([100, 200, 400], [120, 210, 400], points=[20, 50, 90])
    >>> out.curve.round(3)["growth"].tolist(), round(out.mean_growth, 4)
    ([0.2, 0.05, 0.0], 0.0429)
    """
    years = policy.number(years, "years", 0, open_low=True)
    poor = policy.number(poor, "poor", 0, 1, open_low=True)
    a = _checked(before, before_weights, "before")
    b = _checked(after, after_weights, "after")
    if a.sum == 0:
        raise policy.undefined("growth_incidence", "all values before are zero", "growth needs a mean above 0")
    p = np.arange(1.0, 100.0) if points is None else policy.check(points, name="points")[0]
    if p.max() > 100:
        found = repr(float(p.max()))
        raise DataError(Fault("points", "percentiles from 0 to 100", found, kind="parameter"))
    low = np.array([a.restore(a.quantile(q / 100)) for q in p])
    high = np.array([b.restore(b.quantile(q / 100)) for q in p])
    curve = pd.DataFrame({"p": p, "before": low, "after": high, "growth": _growth(low, high, years)})
    fine = np.linspace(poor / 200, poor - poor / 200, 100)
    among = _growth(np.array([a.quantile(q) for q in fine]), np.array([b.quantile(q) for q in fine]), years, a, b)
    return GrowthIncidence(
        curve=curve,
        mean_growth=float(_growth(a.restore(a.mean), b.restore(b.mean), years)),
        median_growth=float(_growth(a.restore(a.quantile(0.5)), b.restore(b.quantile(0.5)), years)),
        pro_poor=float(np.mean(among[np.isfinite(among)])) if np.isfinite(among).any() else float("nan"),
        poor=poor,
    )


def _checked(values: Values, weights: ArrayLike | None, name: str) -> Distribution:
    """A distribution whose faults are told under the argument's own name."""
    if not hasattr(values, "x_sorted"):
        policy.check(values, weights, name=name)
    return distribution(values, weights)


def _growth(
    before: ArrayLike, after: ArrayLike, years: float, a: Distribution | None = None, b: Distribution | None = None
) -> Floats:
    if a is not None and b is not None:
        before, after = np.ldexp(before, a.shift), np.ldexp(after, b.shift)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(before) > 0, (np.asarray(after) / before) ** (1 / years) - 1, np.nan)
