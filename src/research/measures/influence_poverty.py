"""Influence functions of poverty indices and bands."""

from __future__ import annotations

import numpy as np

from research.measures.influence_parts import average, centred, density, distance, quantile, sorted_weights


def gaps(d, line):
    z = d.inner(line)
    return np.maximum((z - d.x_sorted) / z, 0.0)


def headcount(d, line):
    return centred(d, (d.x_sorted < d.inner(line)).astype(float))


def fgt(d, line, alpha=2):
    return headcount(d, line) if alpha == 0 else centred(d, gaps(d, line) ** alpha)


def watts(d, line, zeros="refuse"):
    z = d.inner(line)
    return centred(d, np.log(z) - np.log(np.minimum(d.x_sorted, z)))


def sen_shorrocks_thon(d, line):
    lack = gaps(d, line)
    away = distance(d, -lack)  # the largest gap stands first; their negatives rise
    return centred(d, lack) + away - average(d, away)


def sen(d, line):
    z = d.inner(line)
    poor = (d.x_sorted < z).astype(float)
    share = average(d, poor)
    if share == 0:
        return np.zeros(d.n)
    w = sorted_weights(d) * poor
    whole = d.cum_weight[-1]
    below, held = np.cumsum(w) / whole, np.cumsum(w * d.x_sorted) / whole
    among = poor * (d.x_sorted * (2 * below - below[-1]) + held[-1] - 2 * held)  # E|x - Y| over the poor Y
    pairs = average(d, among)
    z_pairs = (among - pairs) / (z * share) - pairs / (2 * z * share**2) * (poor - share)
    return centred(d, gaps(d, line)) + z_pairs


def at_risk_of_poverty(d, share=0.6, of="median"):
    if of == "mean":
        line, z_line = share * d.mean, share * (d.x_sorted - d.mean)
    else:
        line, z_line = share * d.quantile(0.5), share * centred(d, quantile(d, 0.5))
    below = average(d, (d.x_sorted < line).astype(float))
    near = density(d, below) if 0 < below < 1 else 0.0
    z = centred(d, (d.x_sorted < line).astype(float))
    return z + near * z_line if np.isfinite(near) else z


def band_share(d, lower=None, upper=None, closed="both"):
    low = -np.inf if lower is None else d.inner(lower)
    high = np.inf if upper is None else d.inner(upper)
    above = d.x_sorted >= low if closed in ("both", "left") else d.x_sorted > low
    below = d.x_sorted <= high if closed in ("both", "right") else d.x_sorted < high
    return centred(d, (above & below).astype(float))
