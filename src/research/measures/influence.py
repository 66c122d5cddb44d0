"""Influence functions: what one more person at each income would do to a measure.

Each function takes a `Distribution` and returns, in rising order of values, numbers whose weighted mean is
zero and whose design variance (as a mean) is that of the measure. References: Deville (1999), Survey
Methodology 25; Osier (2009), Survey Research Methods 3; Langel & Tillé (2013), J. Royal Stat. Society A 176.
"""

from __future__ import annotations

import numpy as np

from research.errors import DataError, Fault


def influence(name, d, parameters):
    """Influence of each value on a measure, in rising order of values.

    Parameters
    ----------
    name : str
        A measure of `LINEAR`.
    d : Distribution
        The data.
    parameters : dict
        The measure's parameters.

    Returns
    -------
    ndarray of shape (n,)
        In the unit of the measure.

    Raises
    ------
    DataError
        When the measure has no influence function here; bootstrap and jackknife take every measure.

    Examples
    --------
    >>> from research.measures import Distribution
    >>> influence("mean", Distribution([1, 2, 6]), {}).tolist()
    [-2.0, -1.0, 3.0]
    """
    if name not in LINEAR:
        way_out = "take method='bootstrap' or 'jackknife'"
        raise DataError(Fault(name, "a measure with an influence function", "none", way_out, kind="method"))
    return LINEAR[name](d, **parameters)


def _average(d, z):
    return float(z.sum() / d.n) if d.w is None else float((z * d.w_sorted).sum() / d.weight_sum)


def _centred(d, z):
    return z - _average(d, z)


def _relative(d):
    return d.x_sorted / d.mean


def _mean(d):
    return np.ldexp(d.x_sorted - d.mean, d.shift)


def _distance(d, x=None):
    """Mean distance of each sorted value to all values; exact also where values are tied."""
    x = d.x_sorted if x is None else x
    below = d.cum_weight / d.cum_weight[-1]
    held = d.cum_value / d.cum_weight[-1] if x is d.x_sorted else np.cumsum(x * _sorted_weights(d)) / d.cum_weight[-1]
    return x * (2 * below - 1) + held[-1] - 2 * held


def _sorted_weights(d):
    return np.ones(d.n) if d.w is None else d.w_sorted


def _gini(d):
    """(E|x - Y| - D)/mu - G (x - mu)/mu, with D = 2 G mu."""
    away = _distance(d) / d.mean
    gini = _average(d, away) / 2
    return away - gini * (1 + _relative(d))


def _extended_gini(d, aversion=2.0):
    above = 1 - d.cum_weight / d.cum_weight[-1]
    r = _relative(d)
    before = np.concatenate(([1.0], above[:-1]))
    steps = np.diff(r, prepend=0.0)
    area = float((np.maximum(before, 0) ** aversion * steps).sum())
    inside = np.cumsum(np.maximum(before, 0) ** (aversion - 1) * steps)
    return -(aversion * (inside - area) - area * (r - 1))


def _generalized_entropy(d, alpha=2.0, zeros=None):
    r = _relative(d)
    if alpha == 0:
        log = np.log(r)
        return r - 1 - (log - _average(d, log))
    if alpha == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(r > 0, r * np.log(r), 0.0)
        mean = _average(d, t)
        return t - mean - (mean + 1) * (r - 1)
    power = r**alpha
    mean = _average(d, power)
    return (power - mean - alpha * mean * (r - 1)) / (alpha * (alpha - 1))


def _atkinson(d, epsilon=0.5, zeros=None):
    r, e = _relative(d), 1 - epsilon
    if e == 0:
        log = np.log(r)
        mean = _average(d, log)
        return -np.exp(mean) * (log - mean - (r - 1))
    power = r**e
    mean = _average(d, power)
    return -(mean ** (1 / e - 1)) / e * (power - mean - e * mean * (r - 1))


def _hoover(d):
    r = _relative(d)
    away = np.abs(r - 1)
    mean = _average(d, away)
    side = _average(d, np.sign(1 - r))
    return (away - mean + side * (r - 1)) / 2 - mean / 2 * (r - 1)


def _coefficient_of_variation(d):
    r = _relative(d)
    square = r * r
    mean = _average(d, square)
    spread = np.sqrt(max(mean - 1, 0.0))
    return (square - mean - 2 * mean * (r - 1)) / (2 * spread) if spread > 0 else np.zeros(d.n)


def density(d, q):
    """Density at a quantile, from the distance between its 95% limits in a simple sample of that size."""
    step = 1.96 * np.sqrt(q * (1 - q) / d.n)
    low, high = max(q - step, 0.0), min(q + step, 1.0)
    width = d.quantile(high) - d.quantile(low)
    return (high - low) / width if width > 0 else np.inf


def _quantile(d, q=0.5):
    """On the inner scale; infinite density (a tie at the quantile) gives no influence."""
    at = d.quantile(q)
    return (q - (d.x_sorted <= at)) / density(d, q)


def _quantile_restored(d, q=0.5):
    return np.ldexp(_centred(d, _quantile(d, q)), d.shift)


def _percentile_ratio(d, upper=90, lower=10):
    high, low = d.quantile(upper / 100), d.quantile(lower / 100)
    z = _quantile(d, upper / 100) / low - high / low**2 * _quantile(d, lower / 100)
    return _centred(d, z)


def _held(d, share):
    """Influence on the income held by the poorest `share`, per head of all; the density cancels."""
    at = d.quantile(share)
    return _centred(d, np.minimum(d.x_sorted - at, 0.0)), d.sum_below(share) / d.cum_weight[-1]


def _bottom_share(d, share=0.4):
    z, held = _held(d, share)
    return z / d.mean - held / d.mean * (_relative(d) - 1)


def _top_share(d, share=0.1):
    return -_bottom_share(d, 1 - share) if share < 1 else np.zeros(d.n)


def _tail_ratio(d, top, bottom):
    """Ratio of what the richest `top` hold to what the poorest `bottom` hold."""
    z_low, low = _held(d, bottom)
    z_not_high, not_high = _held(d, 1 - top)
    high = d.mean - not_high
    return (d.x_sorted - d.mean - z_not_high) / low - high / low**2 * z_low


def _quintile_ratio(d, share=0.2, rule="laeken"):
    return _tail_ratio(d, share, share)


def _palma_ratio(d):
    return _tail_ratio(d, 0.1, 0.4)


def _wolfson(d, scaling="wolfson"):
    r = _relative(d)
    middle = d.quantile(0.5) / d.mean
    gini = _average(d, _distance(d)) / (2 * d.mean)
    apart = 0.5 - d.sum_below(0.5) / d.cum_value[-1] - gini / 2
    z_apart = -_bottom_share(d, 0.5) - _gini(d) / 2
    z_middle = _centred(d, _quantile(d, 0.5)) / d.mean - middle * (r - 1)
    z = 4 * (z_apart / middle - apart / middle**2 * z_middle)
    return z if scaling == "wolfson" else z / 2


def _relative_deprivation(d, kind="kakwani"):
    if kind == "kakwani":
        return _gini(d)
    away = _distance(d)
    return np.ldexp(away - _average(d, away), d.shift)


def _gaps(d, line):
    z = d.inner(line)
    return np.maximum((z - d.x_sorted) / z, 0.0)


def _headcount(d, line):
    return _centred(d, (d.x_sorted < d.inner(line)).astype(float))


def _fgt(d, line, alpha=2):
    return _headcount(d, line) if alpha == 0 else _centred(d, _gaps(d, line) ** alpha)


def _watts(d, line, zeros="refuse"):
    z = d.inner(line)
    return _centred(d, np.log(z) - np.log(np.minimum(d.x_sorted, z)))


def _sen_shorrocks_thon(d, line):
    gaps = _gaps(d, line)
    distance = _distance(d, -gaps)  # the largest gap stands first; their negatives rise
    return _centred(d, gaps) + distance - _average(d, distance)


def _sen(d, line):
    z = d.inner(line)
    poor = (d.x_sorted < z).astype(float)
    share = _average(d, poor)
    if share == 0:
        return np.zeros(d.n)
    w = _sorted_weights(d) * poor
    whole = d.cum_weight[-1]
    below, held = np.cumsum(w) / whole, np.cumsum(w * d.x_sorted) / whole
    among = poor * (d.x_sorted * (2 * below - below[-1]) + held[-1] - 2 * held)  # E|x - Y| over the poor Y
    pairs = _average(d, among)
    z_pairs = (among - pairs) / (z * share) - pairs / (2 * z * share**2) * (poor - share)
    return _centred(d, _gaps(d, line)) + z_pairs


def _at_risk_of_poverty(d, share=0.6, of="median"):
    if of == "mean":
        line, z_line = share * d.mean, share * (d.x_sorted - d.mean)
    else:
        line, z_line = share * d.quantile(0.5), share * _centred(d, _quantile(d, 0.5))
    below = _average(d, (d.x_sorted < line).astype(float))
    near = density(d, below) if 0 < below < 1 else 0.0
    z = _centred(d, (d.x_sorted < line).astype(float))
    return z + near * z_line if np.isfinite(near) else z


def _band_share(d, lower=None, upper=None, closed="both"):
    low = -np.inf if lower is None else d.inner(lower)
    high = np.inf if upper is None else d.inner(upper)
    above = d.x_sorted >= low if closed in ("both", "left") else d.x_sorted > low
    below = d.x_sorted <= high if closed in ("both", "right") else d.x_sorted < high
    return _centred(d, (above & below).astype(float))


LINEAR = {
    "mean": _mean,
    "median": _quantile_restored,
    "quantile": _quantile_restored,
    "top_share": _top_share,
    "bottom_share": _bottom_share,
    "gini": _gini,
    "extended_gini": _extended_gini,
    "theil": lambda d, zeros="keep": _generalized_entropy(d, 1.0),
    "mean_log_deviation": lambda d, zeros="refuse": _generalized_entropy(d, 0.0),
    "generalized_entropy": _generalized_entropy,
    "atkinson": _atkinson,
    "hoover": _hoover,
    "coefficient_of_variation": _coefficient_of_variation,
    "quintile_ratio": _quintile_ratio,
    "percentile_ratio": _percentile_ratio,
    "palma_ratio": _palma_ratio,
    "wolfson": _wolfson,
    "relative_deprivation": _relative_deprivation,
    "headcount": _headcount,
    "poverty_gap": lambda d, line: _fgt(d, line, 1),
    "fgt": _fgt,
    "watts": _watts,
    "sen": _sen,
    "sen_shorrocks_thon": _sen_shorrocks_thon,
    "at_risk_of_poverty": _at_risk_of_poverty,
    "band_share": _band_share,
}
"""Measures with an influence function: name -> function of (Distribution, **parameters)."""

POINTWISE = frozenset({
    "mean", "theil", "mean_log_deviation", "generalized_entropy", "atkinson", "hoover", "coefficient_of_variation",
    "headcount", "poverty_gap", "fgt", "watts", "band_share",
})  # fmt: skip
"""Measures that look at each value by itself: for them and their influence nothing needs to be sorted."""
