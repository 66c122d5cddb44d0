"""Polarisation: Wolfson, Duclos-Esteban-Ray."""

from __future__ import annotations

from typing import Literal

import numpy as np

from research.core.kinds import Floats
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.gini import gini, gini_influence, gini_kernel
from research.measures.formulas.parts import INF, average, centred, distance, held, quantile, relative, with_mean
from research.measures.measure import Measure, register
from research.measures.policy import Negatives

Scaling = Literal["wolfson", "half"]


def wolfson(
    values: Values,
    weights: Weights = None,
    *,
    scaling: Scaling = "wolfson",
    negatives: Negatives = "refuse",
) -> float:
    """Wolfson's bipolarisation index: how far the two halves stand apart and the middle is empty.

    ``4 mu/m [1/2 - L(1/2) - G/2]`` with the median m.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    scaling : {"wolfson", "half"}
        Two scalings are in print, and differ by 2: Wolfson's own, as the World Bank prints it, and half of it.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        From 0 (all alike) to 1 (two camps of equal size, one with nothing); half of it for "half".

    Raises
    ------
    DataError
        As `gini`; or when the median is 0.

    References
    ----------
    Wolfson (1994), American Economic Review 84(2).

    Examples
    --------
    >>> round(wolfson([1, 1, 3, 3]), 12), round(wolfson([1, 1, 3, 3], scaling="half"), 12)
    (0.5, 0.25)
    """
    policy.choice(scaling, "scaling", ("wolfson", "half"))
    d = with_mean(values, weights, "wolfson", negatives)
    middle = d.quantile(0.5)
    if middle <= 0:
        raise policy.undefined("wolfson", "a median of 0 or less")
    apart = 0.5 - d.sum_below(0.5) / d.cum_value[-1]
    index = max(0.0, 4 * d.mean / middle * (apart - gini(d) / 2))
    return float(index if scaling == "wolfson" else index / 2)


def _wolfson_influence(d: Distribution, scaling: Scaling = "wolfson") -> Floats:
    r = relative(d)
    middle = d.quantile(0.5) / d.mean
    index = average(d, distance(d)) / (2 * d.mean)
    apart = 0.5 - d.sum_below(0.5) / d.cum_value[-1] - index / 2
    z_half, below = held(d, 0.5)
    z_apart = below / d.mean * (r - 1) - z_half / d.mean - gini_influence(d) / 2
    z_middle = centred(d, quantile(d, 0.5)) / d.mean - middle * (r - 1)
    z = 4 * (z_apart / middle - apart / middle**2 * z_middle)
    found: Floats = z if scaling == "wolfson" else z / 2
    return found


def _wolfson_kernel(r: Rows, scaling: Scaling = "wolfson") -> Floats:
    apart = 0.5 - r.sum_below(0.5) / r.held[:, -1] - gini_kernel(r) / 2
    return (4 if scaling == "wolfson" else 2) * r.mean / r.quantile(0.5) * apart


register(
    Measure(
        "wolfson",
        wolfson,
        influence=_wolfson_influence,
        kernel=_wolfson_kernel,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=None,
        zh="沃尔夫森极化指数",
        en="Wolfson index",
        unit="系数",
        factor=1,
    )
)


def der_polarization(
    values: Values,
    weights: Weights = None,
    *,
    alpha: float = 0.5,
    bandwidth: float | None = None,
    negatives: Negatives = "refuse",
) -> float:
    """Duclos-Esteban-Ray polarisation: identification with one's like against distance from others.

    ``integral f(x)^(1+a) f(y) |x - y|``, on values relative to their mean, with a Gaussian kernel density.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    alpha : float
        Weight of identification, from 0.25 to 1; at 0 the index would be twice the Gini.
    bandwidth : float, optional
        Of the kernel, relative to the mean. Default: the authors' rule ``4.7 n^-0.5 sigma a^0.1``.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        0 or more; comparable between distributions for one `alpha`.

    Raises
    ------
    DataError
        As `gini`; when `alpha` is out of range, or all values are alike and no bandwidth is given.

    References
    ----------
    Duclos, Esteban & Ray (2004), Econometrica 72; Araar & Duclos (2007), DASP manual.

    Examples
    --------
    >>> apart, middle = [1] * 20 + [3] * 20, [1] * 10 + [2] * 20 + [3] * 10
    >>> der_polarization(apart, bandwidth=0.1) > der_polarization(middle, bandwidth=0.1)
    True
    """
    a = policy.number(alpha, "alpha", 0.25, 1)
    d = with_mean(values, weights, "der_polarization", negatives)
    y, w = d.distinct()
    y, w = y / d.mean, w / w.sum()
    spread = float(np.sqrt((w * (y - 1) ** 2).sum()))
    if bandwidth is None:
        if spread == 0:
            raise policy.undefined("der_polarization", "all values are alike", "give a bandwidth")
        bandwidth = 4.7 * d.people**-0.5 * spread * a**0.1
    h = policy.number(bandwidth, "bandwidth", 0, open_low=True)
    density = _kernel(y, w, h)
    below, held = np.cumsum(w), np.cumsum(w * y)
    distance = y * (2 * below - 1) + 1 - 2 * held  # mean distance from y to all others
    return float((w * density**a * distance).sum())


def _kernel(y: Floats, w: Floats, h: float) -> Floats:
    """Gaussian kernel density at each of the sorted points, from the points within 8 bandwidths."""
    out = np.empty_like(y)
    first = np.searchsorted(y, y - 8 * h)
    last = np.searchsorted(y, y + 8 * h, side="right")
    for i in range(len(y)):
        z = (y[first[i] : last[i]] - y[i]) / h
        out[i] = (w[first[i] : last[i]] * np.exp(-0.5 * z * z)).sum()
    found: Floats = out / (h * np.sqrt(2 * np.pi))
    return found


def _der_influence(d: Distribution, alpha: float = 0.5, bandwidth: float | None = None) -> Floats:
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


def _kernel_sums(y: Floats, mass: Floats, h: float) -> tuple[Floats, Floats]:
    """Gaussian kernel sums of `mass` at each sorted point, and their change when the points are stretched."""
    out, stretch = np.empty_like(y), np.empty_like(y)
    first, last = np.searchsorted(y, y - 8 * h), np.searchsorted(y, y + 8 * h, side="right")
    for i in range(len(y)):
        square = ((y[first[i] : last[i]] - y[i]) / h) ** 2
        each = mass[first[i] : last[i]] * np.exp(-0.5 * square)
        out[i], stretch[i] = each.sum(), -(each * square).sum()
    scale = h * np.sqrt(2 * np.pi)
    return out / scale, stretch / scale


register(
    Measure(
        "der_polarization",
        der_polarization,
        influence=_der_influence,
        kernel=None,
        pointwise=False,
        interval="normal",
        range=(0.0, INF),
        keeps=True,
        shared=None,
        zh="DER极化指数",
        en="Duclos-Esteban-Ray polarisation",
        unit="系数",
        factor=1,
    )
)
