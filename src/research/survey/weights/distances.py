"""How a calibrated weight follows the price of its totals: the distances of Deville and Särndal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from research.core.faults import DataError, Fault, say

if TYPE_CHECKING:
    from research.core.kinds import Floats


class Distance(NamedTuple):
    """A distance.

    Parameters
    ----------
    g : callable
        Price of a row to the factor of its weight.
    slope : callable
        Derivative of `g`.
    """

    g: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


def linear(low: float, high: float) -> Distance:
    """GREG's; cut off at the bounds where there are some."""

    def g(u: Floats) -> Floats:
        return np.asarray(np.clip(1 + u, low, high), float)

    def slope(u: Floats) -> Floats:
        return np.asarray((1 + u > low) & (1 + u < high), float)

    return Distance(g, slope)


def raking(low: float, high: float) -> Distance:
    """Raking's: factors multiply, and are above 0; cut off at the bounds where there are some."""

    def g(u: Floats) -> Floats:
        return np.asarray(np.clip(np.exp(np.minimum(u, 50)), low, high), float)

    def slope(u: Floats) -> Floats:
        e = np.exp(np.minimum(u, 50))
        return np.asarray(np.where((e > low) & (e < high), e, 0.0), float)

    return Distance(g, slope)


def logit(low: float, high: float) -> Distance:
    """Between the bounds, smoothly."""
    if not 0 <= low < 1 < high < np.inf:
        text = say("bounds around 1, such as (0.5, 2.5)", "包含1的上下限，如(0.5, 2.5)")
        raise DataError(Fault("bounds", text, repr((low, high)), kind="parameter"))
    a = (high - low) / ((1 - low) * (high - 1))

    def g(u: Floats) -> Floats:
        e = np.exp(np.clip(a * u, -500, 500))
        return np.asarray((low * (high - 1) + high * (1 - low) * e) / ((high - 1) + (1 - low) * e), float)

    def slope(u: Floats) -> Floats:
        x = g(u)
        return np.asarray((x - low) * (high - x) * a / (high - low), float)

    return Distance(g, slope)


DISTANCES: dict[str, Callable[[float, float], Distance]] = {"linear": linear, "raking": raking, "logit": logit}
