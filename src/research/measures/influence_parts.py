"""What influence functions share: means and distances of sorted values, quantiles, what the poorest hold."""

from __future__ import annotations

import numpy as np


def average(d, z):
    return float(z.sum() / d.n) if d.w is None else float((z * d.w_sorted).sum() / d.weight_sum)


def centred(d, z):
    return z - average(d, z)


def relative(d):
    return d.x_sorted / d.mean


def distance(d, x=None):
    """Mean distance of each sorted value to all values; exact also where values are tied."""
    x = d.x_sorted if x is None else x
    below = d.cum_weight / d.cum_weight[-1]
    held = d.cum_value / d.cum_weight[-1] if x is d.x_sorted else np.cumsum(x * sorted_weights(d)) / d.cum_weight[-1]
    return x * (2 * below - 1) + held[-1] - 2 * held


def sorted_weights(d):
    return np.ones(d.n) if d.w is None else d.w_sorted


def density(d, q):
    """Density at a quantile, from the distance between its 95% limits in a simple sample of that size."""
    step = 1.96 * np.sqrt(q * (1 - q) / d.n)
    low, high = max(q - step, 0.0), min(q + step, 1.0)
    width = d.quantile(high) - d.quantile(low)
    return (high - low) / width if width > 0 else np.inf


def quantile(d, q=0.5):
    """On the inner scale; infinite density (a tie at the quantile) gives no influence."""
    at = d.quantile(q)
    return (q - (d.x_sorted <= at)) / density(d, q)


def held(d, share):
    """Influence on the income held by the poorest `share`, per head of all; the density cancels."""
    at = d.quantile(share)
    return centred(d, np.minimum(d.x_sorted - at, 0.0)), d.sum_below(share) / d.cum_weight[-1]
