"""Each measure under many rows of weights: what `batch.replicate` computes for a block of replicates."""

from __future__ import annotations

import numpy as np


def _gini(r):
    if r.clusters is not None:
        m = r.clusters.matrix[r.which]
        squares = (np.einsum("bi,ij->bj", m, r.clusters.common) * m).sum(axis=1)  # integral of F^2
        return (r.sums(r.x[-1] - r.x) * r.total - squares) / r.total**2 / r.mean
    inner = r.cum[:, :-1] * (r.total[:, None] - r.cum[:, :-1])
    return (inner @ np.diff(r.x)) / r.total**2 / r.mean


def _entropy(r, alpha=2.0, zeros=None):
    x = r.x / r.d.mean  # any fixed unit will do; this one keeps powers in range
    mean = r.mean / r.d.mean
    if alpha == 0:
        return np.log(mean) - r.average(np.log(x))
    if alpha == 1:
        t = np.where(x > 0, x * np.log(np.where(x > 0, x, 1)), 0.0)
        return r.average(t) / mean - np.log(mean)
    return (r.average(x**alpha) / mean**alpha - 1) / (alpha * (alpha - 1))


def _atkinson(r, epsilon=0.5, zeros=None):
    x = r.x / r.d.mean
    mean = r.mean / r.d.mean
    if epsilon == 1:
        return 1 - np.exp(r.average(np.log(x))) / mean
    return 1 - r.average(x ** (1 - epsilon)) ** (1 / (1 - epsilon)) / mean


def _hoover(r):
    below = np.searchsorted(r.x, r.mean, side="right") - 1
    people, held = r.at(r.cum, below), r.at(r.held, below)
    return (people * r.mean - held) / (r.total * r.mean)


def _variation(r):
    return np.sqrt(np.maximum(r.average(r.x * r.x) / r.mean**2 - 1, 0))


def _tails(r, share=0.2, rule="laeken"):
    if rule == "split":
        return (r.held[:, -1] - r.sum_below(1 - share)) / r.sum_below(share)
    i = np.searchsorted(r.x, r.quantile(share), side="right") - 1
    high = r.quantile(1 - share)
    j = np.searchsorted(r.x, high, side="right") - 1
    empty = r.cum[:, -1] - r.at(r.cum, j) <= 1e-12 * r.total
    j = np.where(empty, np.searchsorted(r.x, high, side="left") - 1, j)
    before = np.where(j < 0, 0, r.at(r.held, j.clip(0)))
    people = np.where(j < 0, 0, r.at(r.cum, j.clip(0)))
    rich = (r.held[:, -1] - before) / (r.cum[:, -1] - people)
    return rich / (r.at(r.held, i) / r.at(r.cum, i))


def _fgt(r, line, alpha=2):
    z = r.d.inner(line)
    poor = r.x < z
    return r.average(poor.astype(float) if alpha == 0 else np.where(poor, (z - r.x) / z, 0.0) ** alpha)


def _watts(r, line, zeros="refuse"):
    z = r.d.inner(line)
    return r.average(np.log(z) - np.log(np.minimum(r.x, z)))


def _risk(r, share=0.6, of="median"):
    line = share * (r.quantile(0.5) if of == "median" else r.mean)
    j = np.searchsorted(r.x, line, side="left") - 1
    return np.where(j < 0, 0.0, r.at(r.cum, j.clip(0)) / r.total)


def _band(r, lower=None, upper=None, closed="both"):
    low = -np.inf if lower is None else r.d.inner(lower)
    high = np.inf if upper is None else r.d.inner(upper)
    above = r.x >= low if closed in ("both", "left") else r.x > low
    below = r.x <= high if closed in ("both", "right") else r.x < high
    return r.average((above & below).astype(float))


def _wolfson(r, scaling="wolfson"):
    apart = 0.5 - r.sum_below(0.5) / r.held[:, -1] - _gini(r) / 2
    return (4 if scaling == "wolfson" else 2) * r.mean / r.quantile(0.5) * apart


def _extended_gini(r, aversion=2.0):
    above = np.maximum(1 - r.cum[:, :-1] / r.total[:, None], 0.0) ** aversion
    return 1 - (r.x[0] + above @ np.diff(r.x)) / r.mean


def _restored(r, values):
    return np.ldexp(values, r.d.shift)


KERNELS = {
    "mean": lambda r: _restored(r, r.mean),
    "median": lambda r: _restored(r, r.quantile(0.5)),
    "quantile": lambda r, q=0.5: _restored(r, r.quantile(q)),
    "top_share": lambda r, share=0.1: 1 - r.sum_below(1 - share) / r.held[:, -1],
    "bottom_share": lambda r, share=0.4: r.sum_below(share) / r.held[:, -1],
    "gini": _gini,
    "extended_gini": _extended_gini,
    "theil": lambda r, zeros=None: _entropy(r, 1.0),
    "mean_log_deviation": lambda r, zeros=None: _entropy(r, 0.0),
    "generalized_entropy": _entropy,
    "atkinson": _atkinson,
    "hoover": _hoover,
    "coefficient_of_variation": _variation,
    "quintile_ratio": _tails,
    "percentile_ratio": lambda r, upper=90, lower=10: r.quantile(upper / 100) / r.quantile(lower / 100),
    "palma_ratio": lambda r: (r.held[:, -1] - r.sum_below(0.9)) / r.sum_below(0.4),
    "wolfson": _wolfson,
    "headcount": lambda r, line: _fgt(r, line, 0),
    "poverty_gap": lambda r, line: _fgt(r, line, 1),
    "fgt": _fgt,
    "watts": _watts,
    "at_risk_of_poverty": _risk,
    "band_share": _band,
}
"""Measures with a kernel: name -> function of (rows, **parameters)."""
