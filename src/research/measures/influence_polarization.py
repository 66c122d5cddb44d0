"""Influence functions of polarisation, deprivation and what goes with them."""

from __future__ import annotations

import numpy as np

from research.measures.influence_inequality import bottom_share, gini
from research.measures.influence_parts import average, centred, distance, quantile, relative


def wolfson(d, scaling="wolfson"):
    r = relative(d)
    middle = d.quantile(0.5) / d.mean
    index = average(d, distance(d)) / (2 * d.mean)
    apart = 0.5 - d.sum_below(0.5) / d.cum_value[-1] - index / 2
    z_apart = -bottom_share(d, 0.5) - gini(d) / 2
    z_middle = centred(d, quantile(d, 0.5)) / d.mean - middle * (r - 1)
    z = 4 * (z_apart / middle - apart / middle**2 * z_middle)
    return z if scaling == "wolfson" else z / 2


def relative_deprivation(d, kind="kakwani"):
    if kind == "kakwani":
        return gini(d)
    away = distance(d)
    return np.ldexp(away - average(d, away), d.shift)


def zenga(d):
    """By the chain rule from running weight, running income and mean, for the form over distinct values."""
    x, w = d.distinct()
    people, held = np.cumsum(w) / w.sum(), np.cumsum(w * x) / w.sum()
    share, mean = w / w.sum(), held[-1]
    rich = mean - held[:-1]  # held by those above
    above = 1 - people[:-1]
    ratio = np.append(held[:-1] / people[:-1] * above / rich, mean / x[-1])
    by_held = np.append(above / people[:-1] * mean / rich**2, 0.0)
    by_people = np.append(-held[:-1] / rich / people[:-1] ** 2, 0.0)
    by_mean = np.append(-held[:-1] * above / people[:-1] / rich**2, 1 / x[-1])
    own = ratio + x * _from_here(share * by_held) + _from_here(share * by_people) + x * (share * by_mean).sum()
    z = np.repeat(-own, np.diff(np.append(np.searchsorted(d.x_sorted, x), d.n)))
    return centred(d, z)


def _from_here(values):
    """Sum of each entry and all after it."""
    return np.cumsum(values[::-1])[::-1]


def der_polarization(d, alpha=0.5, bandwidth=None):
    """Of the index with its bandwidth held fixed: own place, density and distance given to others, and the mean."""
    x, w = d.distinct()
    y, p = x / d.mean, w / w.sum()
    if bandwidth is None:
        spread = float(np.sqrt((p * (y - 1) ** 2).sum()))
        bandwidth = 4.7 * d.people**-0.5 * spread * alpha**0.1
    below, held = np.cumsum(p), np.cumsum(p * y)
    away = y * (2 * below - 1) + held[-1] - 2 * held
    f, stretch = _kernel_sums(y, p, bandwidth)
    pull = p * alpha * f ** (alpha - 1) * away
    given = _kernel_sums(y, pull, bandwidth)[0]
    mass = p * f**alpha
    below, held = np.cumsum(mass), np.cumsum(mass * y)
    apart = y * (2 * below - below[-1]) + held[-1] - 2 * held
    index = float((mass * away).sum())
    unit = float((pull * stretch).sum()) + index  # change when all values are stretched
    z = f**alpha * away + given + apart - (2 + alpha) * index - unit * (y - 1)
    return centred(d, np.repeat(z, np.diff(np.append(np.searchsorted(d.x_sorted, x), d.n))))


def _kernel_sums(y, mass, h):
    """Gaussian kernel sums of `mass` at each sorted point, and their change when the points are stretched."""
    out, stretch = np.empty_like(y), np.empty_like(y)
    first, last = np.searchsorted(y, y - 8 * h), np.searchsorted(y, y + 8 * h, side="right")
    for i in range(len(y)):
        square = ((y[first[i] : last[i]] - y[i]) / h) ** 2
        each = mass[first[i] : last[i]] * np.exp(-0.5 * square)
        out[i], stretch[i] = each.sum(), -(each * square).sum()
    scale = h * np.sqrt(2 * np.pi)
    return out / scale, stretch / scale
