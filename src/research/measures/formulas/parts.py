"""What measures and their influence functions share: means, distances, quantiles, what the poorest hold."""

from __future__ import annotations

import numpy as np

from research.core.kinds import Floats
from research.measures import policy
from research.measures.distribution import Distribution, Values, Weights, distribution
from research.measures.policy import Negatives

INF = float("inf")


def defined(values: Values, weights: Weights, name: str, negatives: Negatives, keeps: bool = True) -> Distribution:
    """The distribution, refused where it has values below 0 for which the measure is not defined."""
    d = distribution(values, weights, negatives)
    if not keeps and d.lossy:
        raise policy.unkept(name)
    return d


def with_mean(values: Values, weights: Weights, name: str, negatives: Negatives, keeps: bool = True) -> Distribution:
    """The distribution, refused when its mean is not above zero: a relative index has no value then."""
    d = defined(values, weights, name, negatives, keeps)
    if d.x.max() == 0 and not d.lossy:
        raise policy.undefined(name, "all values are zero", "a relative index needs a mean above 0")
    if d.lossy and d.sum <= 0:
        raise policy.undefined(name, "a mean of 0 or less", "a relative index needs a mean above 0")
    return d


def average(d: Distribution, z: Floats) -> float:
    return float(z.sum() / d.n) if d.w_sorted is None else float((z * d.w_sorted).sum() / d.weight_sum)


def centred(d: Distribution, z: Floats) -> Floats:
    return z - average(d, z)


def relative(d: Distribution) -> Floats:
    return d.x_sorted / d.mean


def distance(d: Distribution, x: Floats | None = None) -> Floats:
    """Mean distance of each sorted value to all values; exact also where values are tied."""
    x = d.x_sorted if x is None else x
    below = d.cum_weight / d.cum_weight[-1]
    held = d.cum_value / d.cum_weight[-1] if x is d.x_sorted else np.cumsum(x * sorted_weights(d)) / d.cum_weight[-1]
    found: Floats = x * (2 * below - 1) + held[-1] - 2 * held
    return found


def sorted_weights(d: Distribution) -> Floats:
    return d.weights_sorted


def density(d: Distribution, q: float) -> float:
    """Density at a quantile, from the distance between its 95% limits in a simple sample of that size."""
    step = 1.96 * np.sqrt(q * (1 - q) / d.n)
    low, high = max(q - step, 0.0), min(q + step, 1.0)
    width = d.quantile(high) - d.quantile(low)
    return (high - low) / width if width > 0 else np.inf


def quantile(d: Distribution, q: float = 0.5) -> Floats:
    """On the inner scale; infinite density (a tie at the quantile) gives no influence."""
    at = d.quantile(q)
    return np.asarray((q - (d.x_sorted <= at)) / density(d, q), float)


def held(d: Distribution, share: float) -> tuple[Floats, float]:
    """Influence on the income held by the poorest `share`, per head of all; the density cancels."""
    at = d.quantile(share)
    return centred(d, np.minimum(d.x_sorted - at, 0.0)), d.sum_below(share) / d.cum_weight[-1]


def restored(d: Distribution, values: Floats) -> Floats:
    """Values on the inner scale back in the unit that was given."""
    return np.ldexp(values, d.shift)
