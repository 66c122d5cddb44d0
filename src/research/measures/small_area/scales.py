"""Scales on which incomes are modelled: none, log, shifted log, Box-Cox, dual power; the best one by REML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import scipy

if TYPE_CHECKING:
    from research.core.kinds import Floats
    from research.measures.small_area.nested import Nested, NestedFit

Scale = Literal["none", "log", "log-shift", "box-cox", "dual"]
SCALES: tuple[str, ...] = get_args(Scale)
POSITIVE = ("log", "box-cox", "dual")
"""Scales that take values above 0 only."""
FAR = 100.0
"""Draws beyond the end of a scale (a Box-Cox power below 0 has one) are held at so many times the largest value."""


@dataclass(frozen=True)
class Chosen:
    """A scale, and the model on it.

    Parameters
    ----------
    name : str
    parameter : float
        Power or shift; nan where there is none.
    loglik : float
        Restricted log-likelihood of the values themselves: comparable between scales.
    fitted : NestedFit
        On the scale.
    largest : float
        Of the values.
    """

    name: Scale
    parameter: float
    loglik: float
    fitted: NestedFit
    largest: float

    def onto(self, y: Floats) -> Floats:
        """Values on the scale."""
        return onto(y, self.name, self.parameter)

    def back(self, z: Floats) -> Floats:
        """Values of the scale in their own unit; see `back`."""
        return back(z, self.name, self.parameter, FAR * self.largest)


def onto(y: Floats, name: Scale, parameter: float = np.nan) -> Floats:
    """Values on a scale.

    Parameters
    ----------
    y : ndarray
    name : {"none", "log", "log-shift", "box-cox", "dual"}
    parameter : float
        Shift of the shifted log, power of Box-Cox and dual.

    Returns
    -------
    ndarray

    References
    ----------
    Box & Cox (1964), JRSS B 26; Yang (2006), Economics Letters 92 (dual power).

    Examples
    --------
    >>> onto(np.array([1.0, 4]), "box-cox", 0.5).tolist(), onto(np.array([1.0, 4]), "dual", 0.5).tolist()
    ([0.0, 2.0], [0.0, 1.5])
    """
    if name == "none":
        return y
    if name == "log-shift":
        return np.asarray(np.log(y + parameter), float)
    if name == "log" or abs(parameter) < 1e-9:
        return np.asarray(np.log(y), float)
    if name == "box-cox":
        return np.asarray(np.expm1(parameter * np.log(y)) / parameter, float)
    return np.asarray(np.sinh(parameter * np.log(y)) / parameter, float)


def back(z: Floats, name: Scale, parameter: float = np.nan, most: float = np.inf) -> Floats:
    """Values of a scale in their own unit.

    Parameters
    ----------
    z : ndarray
    name, parameter
        As in `onto`.
    most : float
        Values are held at this; a Box-Cox scale that ends below gives 0.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> back(np.array([-3.0, 0, 2]), "box-cox", 0.5).tolist()
    [0.0, 1.0, 4.0]
    """
    if name == "none":
        return z
    if name == "log-shift":
        return np.asarray(np.minimum(np.exp(z) - parameter, most), float)
    if name == "log" or abs(parameter) < 1e-9:
        return np.asarray(np.minimum(np.exp(z), most), float)
    if name == "box-cox":
        base = np.maximum(parameter * z + 1, 0.0)
        with np.errstate(divide="ignore"):
            return np.asarray(np.minimum(base ** (1 / parameter), most), float)
    return np.asarray(np.minimum(np.exp(np.arcsinh(parameter * z) / parameter), most), float)


def _slope(y: Floats, name: Scale, parameter: float) -> float:
    """Mean logarithm of the scale's derivative."""
    if name == "none":
        return 0.0
    if name == "log-shift":
        return -float(np.log(y + parameter).mean())
    log = np.log(y)
    if name == "log":
        return -float(log.mean())
    if name == "box-cox":
        return (parameter - 1) * float(log.mean())
    return float((np.log(np.cosh(parameter * log)) - log).mean())


def limits(y: Floats, name: Scale) -> tuple[float, float]:
    """Between which values the parameter of a scale is looked for."""
    if name == "log-shift":
        low, high = float(y.min()), float(y.max())
        return (0.0 if low > 0 else (high - low) * 1e-6 - low), (high - low) / 2 - min(low, 0.0)
    return (-1.0, 2.0) if name == "box-cox" else (1e-6, 2.0)


def on_scale(model: Nested, y: Floats, name: Scale, exact: float = 1e-6) -> Chosen:
    """The model on one scale, its parameter the one of the largest restricted likelihood.

    Parameters
    ----------
    model : Nested
    y : ndarray
        Values in their own unit.
    name : {"none", "log", "log-shift", "box-cox", "dual"}
    exact : float
        Of the parameter, as a share of the interval it is looked for in.

    Returns
    -------
    Chosen

    References
    ----------
    Gurka, Edwards, Muller & Kupper (2006), JRSS A 169; Rojas-Perilla et al. (2020), JRSS A 183.
    """
    rows, largest = model.free, float(np.abs(y).max())

    def told(parameter: float, close: float) -> tuple[NestedFit, float]:
        fitted = model.fit(onto(y, name, parameter), close)
        return fitted, fitted.loglik + rows * _slope(y, name, parameter)

    parameter = np.nan
    if name not in ("none", "log"):
        low, high = limits(y, name)
        goal: Callable[[float], float] = lambda p: -told(p, 1e-5)[1]  # noqa: E731
        parameter = float(
            scipy.optimize.minimize_scalar(
                goal, bounds=(low, high), method="bounded", options={"xatol": exact * (high - low)}
            ).x
        )
    fitted, loglik = told(parameter, 1e-9)
    return Chosen(name, parameter, loglik, fitted, largest)


def best_scale(model: Nested, y: Floats) -> tuple[Chosen, list[Chosen]]:
    """The scale with the smallest Akaike criterion, and all that the values allow.

    Parameters
    ----------
    model : Nested
    y : ndarray

    Returns
    -------
    tuple of Chosen and list of Chosen
    """
    able = [on_scale(model, y, name) for name in get_args(Scale) if y.min() > 0 or name not in POSITIVE]
    return min(able, key=lambda c: 2 * np.isfinite(c.parameter) - 2 * c.loglik), able
