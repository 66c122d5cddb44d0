"""The two Lorenz curves that the World Bank fits to grouped data: General Quadratic and Beta."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


class Lorenz(ABC):
    """What is read off any smooth Lorenz curve: subclasses give the curve, its slope and its Gini."""

    @abstractmethod
    def __call__(self, p: ArrayLike) -> Floats:
        """Share of all income that the poorest share p of persons holds."""

    @abstractmethod
    def slope(self, p: ArrayLike) -> Floats:
        """Income at rank p over the mean."""

    @abstractmethod
    def gini(self) -> float:
        """Gini coefficient under the curve."""

    def poverty(self, z: float) -> dict[str, float]:
        """Poverty measures below `z`, the line over the mean.

        Returns
        -------
        dict of str to float
            `headcount`, `poverty_gap`, `poverty_severity`, `watts`, each 0 where nobody is below.
        """
        h = self.headcount(z)
        if h <= 0:
            return dict.fromkeys(("headcount", "poverty_gap", "poverty_severity", "watts"), 0.0)
        gap = h - float(self(h)) / z
        square = _integral(lambda p: (1 - self.slope(p) / z) ** 2, 0, h)
        if self.falls():
            watts = self.pip_watts(z, h)
        else:
            watts = _integral(lambda p: np.log(z / np.maximum(self.slope(p), 1e-300)), 0, h)
        return {"headcount": h, "poverty_gap": gap, "poverty_severity": square, "watts": watts}

    def falls(self) -> bool:
        """Whether the curve falls below 0 near rank 0, where logarithms do not exist."""
        return bool(self.slope(1e-9) <= 0)

    def headcount(self, z: float) -> float:
        """Share of persons below `z` times the mean, by where the slope passes `z`."""
        low, high = 1e-12, 1 - 1e-12
        if self.slope(low) >= z:
            return 0.0
        if self.slope(high) <= z:
            return 1.0
        return float(scipy.optimize.brentq(lambda p: self.slope(p) - z, low, high, xtol=1e-14))

    def mean_log_deviation(self) -> float:
        """Mean of ln(mean / income), 0 or more; by PIP's convention where the curve falls below 0."""
        if self.falls():
            return self.pip_mean_log_deviation()
        with np.errstate(divide="ignore"):
            return _integral(lambda p: -np.log(np.maximum(self.slope(p), 1e-300)), 0, 1)

    def pip_gini(self) -> float:
        """Gini as the World Bank's PIP package computes it: Simpson's rule, the first step left out."""
        x = np.arange(1, 500) * 0.002 + 0.001
        last = np.minimum(x + 0.001, 1.0)
        at_end = np.where(last >= 1, 1.0, self(last))
        return float(1 - ((4 * self(x) + 2 * at_end).sum() - 1) / 1500)

    def pip_mean_log_deviation(self) -> float:
        """Mean log deviation as PIP computes it: in thousandths, stretches of slope below 0 left out."""
        slope = self.slope(np.arange(1000) * 0.001)
        first = float(self.slope(0.0005))
        return -(_log_steps(slope, 0.001) + (np.log(first) * 0.001 if first > 0 else 0.0))

    def pip_watts(self, z: float, headcount: float, steps: int = 100) -> float:
        """Watts index as PIP computes it: in so many steps up to the head-count, slopes below 0 left out."""
        step = headcount / steps
        slope = self.slope(np.arange(steps + 1) * step)
        first = float(self.slope(step / 2))
        inside = _log_steps(slope, step) + (np.log(first) * step if first > 0 else 0.0)
        return float(np.log(z) * headcount - inside)

    def loss(self, p: Floats, L: Floats, z: float | None = None) -> float:
        """Sum of squared distances from the points, up to the head-count at `z` where one is given."""
        keep = np.ones(len(p), bool)
        if z is not None:
            keep = p <= max(self.headcount(z), p[0])
        return float(((self(p) - L)[keep] ** 2).sum())

    def valid(self) -> bool:
        """Whether the curve rises and is convex from 0 to 1."""
        p = np.linspace(0.001, 0.999, 999)
        slope = self.slope(p)
        return bool(np.isfinite(slope).all() and (slope >= 0).all() and (np.diff(slope) >= -1e-12).all())


def _log_steps(slope: Floats, step: float) -> float:
    """Trapezoids under the logarithm, where it exists at both ends."""
    good = np.isfinite(slope) & (slope > 0)
    log = np.log(np.where(good, slope, 1.0))
    both = good[1:] & good[:-1]
    return float(((log[1:] + log[:-1]) / 2 * step)[both].sum())


def _integral(f: Callable[[Any], Any], a: float, b: float) -> float:
    """Integral of a function that may run off to infinity, slowly, at its ends."""
    middle = (a + b) / 2
    halves = ((a, middle), (middle, b))
    return float(sum(scipy.integrate.quad(f, *ends, epsabs=1e-11, epsrel=1e-11, limit=400)[0] for ends in halves))


@dataclass(frozen=True)
class QuadraticLorenz(Lorenz):
    """General Quadratic: ``L(1 - L) = a (p^2 - L) + b L (p - 1) + c (p - L)``."""

    coefficients: tuple[float, float, float]
    sse: float

    @classmethod
    def fit(cls, p: Floats, L: Floats) -> QuadraticLorenz:
        """Least squares on the points short of 1, where the equation holds by itself."""
        p, L = p[p < 1 - 1e-12], L[p < 1 - 1e-12]
        design = np.column_stack([p * p - L, L * (p - 1), p - L])
        y = L * (1 - L)
        coefficients = np.linalg.lstsq(design, y, rcond=None)[0]
        a, b, c = map(float, coefficients)
        curve = cls((a, b, c), 0.0)
        if not np.isfinite(curve(p)).all():
            raise ArithmeticError("no real curve through the points")
        return cls(curve.coefficients, curve.loss(p, L))

    def _parts(self) -> tuple[float, float, float, float]:
        a, b, c = self.coefficients
        e = -(a + b + c + 1)
        return b, e, b * b - 4 * a, 2 * b * e - 4 * c

    def __call__(self, p: ArrayLike) -> Floats:
        b, e, m, n = self._parts()
        p = np.asarray(p, float)
        with np.errstate(invalid="ignore"):
            found: Floats = -0.5 * (b * p + e + np.sqrt(m * p * p + n * p + e * e))
            return found

    def slope(self, p: ArrayLike) -> Floats:
        """Income at rank p over the mean."""
        b, e, m, n = self._parts()
        p = np.asarray(p, float)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = -0.5 * b - (2 * m * p + n) / (4 * np.sqrt(m * p * p + n * p + e * e))
            return found

    def gini(self) -> float:
        """Gini coefficient under the curve."""
        return 1 - 2 * _integral(self, 0, 1)

    def valid(self) -> bool:
        """The closed conditions of Datt (1998), and convexity."""
        a, _, c = self.coefficients
        _, e, _, n = self._parts()
        return bool(e < 0 and a + c >= 1 - 1e-12 and c >= 0) and super().valid()


@dataclass(frozen=True)
class BetaLorenz(Lorenz):
    """Beta: ``L = p - theta p^gamma (1 - p)^delta``."""

    coefficients: tuple[float, float, float]
    sse: float

    @classmethod
    def fit(cls, p: Floats, L: Floats) -> BetaLorenz:
        """Least squares on the logarithms, of the points short of 1."""
        p, L = p[p < 1 - 1e-12], L[p < 1 - 1e-12]
        if (p <= L).any():
            raise ArithmeticError("a point on or above the line of equality")
        design = np.column_stack([np.ones(len(p)), np.log(p), np.log(1 - p)])
        theta, gamma, delta = np.linalg.lstsq(design, np.log(p - L), rcond=None)[0]
        curve = cls((float(np.exp(theta)), float(gamma), float(delta)), 0.0)
        return cls(curve.coefficients, curve.loss(p, L))

    def __call__(self, p: ArrayLike) -> Floats:
        theta, gamma, delta = self.coefficients
        p = np.asarray(p, float)
        return p - theta * p**gamma * (1 - p) ** delta

    def slope(self, p: ArrayLike) -> Floats:
        """Income at rank p over the mean."""
        theta, gamma, delta = self.coefficients
        p = np.asarray(p, float)
        with np.errstate(divide="ignore", invalid="ignore"):
            return 1 - theta * p**gamma * (1 - p) ** delta * (gamma / p - delta / (1 - p))

    def gini(self) -> float:
        """Gini coefficient under the curve."""
        theta, gamma, delta = self.coefficients
        from scipy.special import beta

        return float(2 * theta * beta(1 + gamma, 1 + delta))

    def pip_headcount(self, z: float) -> float:
        """Head-count below `z` times the mean as PIP searches it: it halves until a Newton step is below 1e-4.

        PIP takes the Newton steps for its stopping rule but does not move by them, so that what it returns is
        where it stood when the step became short; `headcount` is the point where the slope is `z`.
        """
        low, high, p = 0.0001, 0.9999, 0.5
        before = high - low
        if (z - self.slope(low)) * (z - self.slope(high)) >= 0:
            return self.headcount(z)
        if z - self.slope(low) >= 0:
            low, high = high, low
        step, off, bend = before, float(z - self.slope(p)), self._bend(p)
        for _ in range(100):
            inside = ((p - high) * bend - off) * ((p - low) * bend - off) < 0
            if not inside or abs(2 * off) > abs(before * bend):
                before, step = step, (high - low) / 2
                p = low + step
            else:
                before, step = step, off / bend
            if abs(step) < 1e-4:
                break
            off = float(z - self.slope(p))
            low, high = (p, high) if off < 0 else (low, p)
        return p

    def _bend(self, p: float) -> float:
        """Change of the slope, its sign turned, at rank p."""
        theta, gamma, delta = self.coefficients
        part = gamma / p - delta / (1 - p)
        found: float = theta * p**gamma * (1 - p) ** delta * (part**2 - gamma / p**2 - delta / (1 - p) ** 2)
        return found

    def pip_poverty(self, z: float) -> dict[str, float]:
        """Poverty measures below `z`, the line over the mean, from PIP's head-count on."""
        theta, gamma, delta = self.coefficients
        h, u = self.pip_headcount(z), 1 / z

        def part(a: float, b: float) -> float:  # incomplete beta function, here also with b below 0
            return _integral(lambda p: p ** (a - 1) * (1 - p) ** (b - 1), 0, h)

        gap = h - u * float(self(h))
        square = gamma**2 * part(2 * gamma - 1, 2 * delta + 1) - 2 * gamma * delta * part(2 * gamma, 2 * delta)
        square += delta**2 * part(2 * gamma + 1, 2 * delta - 1)
        severity = (1 - u) * (2 * gap - (1 - u) * h) + (theta * u) ** 2 * square
        watts = self.pip_watts(z, h, 200)
        return {"headcount": h, "poverty_gap": gap, "poverty_severity": float(severity), "watts": watts}
