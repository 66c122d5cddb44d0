"""Influence functions of inequality indices, shares and quantiles."""

from __future__ import annotations

import numpy as np

from research.measures.influence_parts import average, centred, distance, held, quantile, relative


def mean(d):
    return np.ldexp(d.x_sorted - d.mean, d.shift)


def gini(d):
    """(E|x - Y| - D)/mu - G (x - mu)/mu, with D = 2 G mu."""
    away = distance(d) / d.mean
    gini = average(d, away) / 2
    return away - gini * (1 + relative(d))


def extended_gini(d, aversion=2.0):
    above = 1 - d.cum_weight / d.cum_weight[-1]
    r = relative(d)
    before = np.concatenate(([1.0], above[:-1]))
    steps = np.diff(r, prepend=0.0)
    area = float((np.maximum(before, 0) ** aversion * steps).sum())
    inside = np.cumsum(np.maximum(before, 0) ** (aversion - 1) * steps)
    return -(aversion * (inside - area) - area * (r - 1))


def generalized_entropy(d, alpha=2.0, zeros=None):
    r = relative(d)
    if alpha == 0:
        log = np.log(r)
        return r - 1 - (log - average(d, log))
    if alpha == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(r > 0, r * np.log(r), 0.0)
        mean = average(d, t)
        return t - mean - (mean + 1) * (r - 1)
    power = r**alpha
    mean = average(d, power)
    return (power - mean - alpha * mean * (r - 1)) / (alpha * (alpha - 1))


def atkinson(d, epsilon=0.5, zeros=None):
    r, e = relative(d), 1 - epsilon
    if e == 0:
        log = np.log(r)
        mean = average(d, log)
        return -np.exp(mean) * (log - mean - (r - 1))
    power = r**e
    mean = average(d, power)
    return -(mean ** (1 / e - 1)) / e * (power - mean - e * mean * (r - 1))


def kolm(d, alpha=1.0, per_mean=True):
    """Of ln(mean(exp(a (mu - x)))) / a, the exponents brought down by their largest."""
    away = alpha * (1 - relative(d)) if per_mean else alpha * np.ldexp(d.mean - d.x_sorted, d.shift)
    e = np.exp(away - away.max())
    mean = average(d, e)
    if per_mean:
        return (e - mean) / (alpha * mean) + average(d, e * relative(d)) / mean * (relative(d) - 1)
    return (e - mean) / (alpha * mean) + np.ldexp(d.x_sorted - d.mean, d.shift)


def hoover(d):
    r = relative(d)
    away = np.abs(r - 1)
    mean = average(d, away)
    side = average(d, np.sign(1 - r))
    return (away - mean + side * (r - 1)) / 2 - mean / 2 * (r - 1)


def coefficient_of_variation(d):
    r = relative(d)
    square = r * r
    mean = average(d, square)
    spread = np.sqrt(max(mean - 1, 0.0))
    return (square - mean - 2 * mean * (r - 1)) / (2 * spread) if spread > 0 else np.zeros(d.n)


def quantile_restored(d, q=0.5):
    return np.ldexp(centred(d, quantile(d, q)), d.shift)


def percentile_ratio(d, upper=90, lower=10):
    high, low = d.quantile(upper / 100), d.quantile(lower / 100)
    z = quantile(d, upper / 100) / low - high / low**2 * quantile(d, lower / 100)
    return centred(d, z)


def bottom_share(d, share=0.4):
    z, below = held(d, share)
    return z / d.mean - below / d.mean * (relative(d) - 1)


def top_share(d, share=0.1):
    return -bottom_share(d, 1 - share) if share < 1 else np.zeros(d.n)


def tail_ratio(d, top, bottom):
    """Ratio of what the richest `top` hold to what the poorest `bottom` hold."""
    z_low, low = held(d, bottom)
    z_not_high, not_high = held(d, 1 - top)
    high = d.mean - not_high
    return (d.x_sorted - d.mean - z_not_high) / low - high / low**2 * z_low


def quintile_ratio(d, share=0.2, rule="laeken"):
    return tail_ratio(d, share, share)


def palma_ratio(d):
    return tail_ratio(d, 0.1, 0.4)
