"""The nested error model ``y_ij = x_ij' beta + u_i + e_ij`` of one design, by REML, for as many values as asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints

LOWEST, HIGHEST = -12.0, 8.0
"""Logarithms between which the ratio of the two variances is looked for; below, 0 is tried."""


@dataclass(frozen=True)
class NestedFit:
    """A fitted model.

    Parameters
    ----------
    beta : ndarray of shape (p,)
        Coefficients.
    area, unit : float
        Variance between areas, and of units within them.
    loglik : float
        Restricted log-likelihood, constants included.
    gamma, effect : ndarray of shape (areas,)
        Weight of the area's own units (0-1), and its predicted effect; 0 without units.
    left : ndarray of shape (areas,)
        Variance of the area's effect that the sample leaves open.
    """

    beta: Floats
    area: float
    unit: float
    loglik: float
    gamma: Floats
    effect: Floats
    left: Floats


class Nested:
    """A sample's covariates and areas.

    All that hangs on the covariates alone is computed once, so that a fit to other values costs no pass over them.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Covariates with a constant, of full rank.
    code : ndarray of shape (n,)
        Area of each unit, an integer from 0.
    areas : int
    weights : ndarray of shape (n,), optional
        Of the units: coefficients and effects are then the weighted ones (pseudo-EBLUP), the variances stay REML's.

    References
    ----------
    Battese, Harter & Fuller (1988), JASA 83; You & Rao (2002), Canadian J. of Statistics 30 (weights).

    Examples
    --------
    >>> model = Nested(np.ones((6, 1)), np.array([0, 0, 1, 1, 2, 2]), 3)
    >>> found = model.fit(np.array([1.0, 2, 4, 5, 9, 10]))  # analysis of variance: 0.5 within, 16.33 - 0.25 between
    >>> round(found.unit, 4), round(found.area, 3), found.gamma.round(4).tolist()
    (0.5, 16.083, [0.9847, 0.9847, 0.9847])
    """

    def __init__(self, x: Floats, code: Ints, areas: int, weights: Floats | None = None) -> None:
        self.x, self.code, self.areas, self.weights = x, code, areas, weights
        self.n = np.bincount(code, minlength=areas).astype(float)
        self.q, self.r = np.linalg.qr(x)
        self.sums = self._sums(self.q)
        self.free = len(x) - x.shape[1]
        self.constant = self.free * (np.log(2 * np.pi) + 1) + 2 * float(np.log(np.abs(np.diag(self.r))).sum())

    def _sums(self, v: Floats) -> Floats:
        """Sums by area, of one column or of several."""
        if v.ndim == 1:
            return np.asarray(np.bincount(self.code, weights=v, minlength=self.areas), float)
        return np.column_stack([np.bincount(self.code, weights=c, minlength=self.areas) for c in v.T])

    def fit(self, y: Floats, exact: float = 1e-9) -> NestedFit:
        """Fit the model.

        Parameters
        ----------
        y : ndarray of shape (n,)
        exact : float
            Of the ratio of the variances, on the scale of its logarithm.

        Returns
        -------
        NestedFit
        """
        start = self.q.T @ y
        off = y - self.q @ start
        known = (self._sums(off), float(off @ off))
        found = scipy.optimize.minimize_scalar(
            lambda t: self._solve(float(np.exp(t)), *known)[0],
            bounds=(LOWEST, HIGHEST),
            method="bounded",
            options={"xatol": exact},
        )
        ratio = 0.0 if self._solve(0.0, *known)[0] <= float(found.fun) else float(np.exp(found.x))
        loss, step, unit = self._solve(ratio, *known)
        beta = np.asarray(np.linalg.solve(self.r, start + step), float)
        if self.weights is not None:
            return self._pseudo(y, ratio, unit, loss)
        gamma = self.n * ratio / (1 + self.n * ratio)
        effect = gamma * (self._sums(off) - self.sums @ step) / np.maximum(self.n, 1)
        return NestedFit(beta, unit * ratio, unit, -0.5 * loss, gamma, effect, unit * ratio * (1 - gamma))

    def _solve(self, ratio: float, sums: Floats, square: float) -> tuple[float, Floats, float]:
        """Minus twice the restricted likelihood, the step from least squares, and the units' variance."""
        shrink = ratio / (1 + self.n * ratio)
        information = np.eye(self.q.shape[1]) - (self.sums * shrink[:, None]).T @ self.sums
        right = -(shrink * sums) @ self.sums
        step = np.asarray(np.linalg.solve(information, right), float)
        rest = max(square - float(shrink @ sums**2) - float(right @ step), 1e-300)
        loss = self.free * np.log(rest / self.free) + np.log1p(self.n * ratio).sum()
        return float(loss + np.linalg.slogdet(information)[1] + self.constant), step, rest / self.free

    def _pseudo(self, y: Floats, ratio: float, unit: float, loss: float) -> NestedFit:
        """Coefficients and effects by the survey's weights."""
        w = np.ones(len(y)) if self.weights is None else self.weights
        total = np.where(self.n > 0, self._sums(w), 1.0)
        spread = np.where(self.n > 0, self._sums(w**2) / total**2, 1.0)
        gamma = np.where(self.n > 0, ratio / (ratio + spread), 0.0)
        x_mean, y_mean = self._sums(self.x * w[:, None]) / total[:, None], self._sums(w * y) / total
        wx = self.x * w[:, None]
        off = self.x - (gamma[:, None] * x_mean)[self.code]
        beta = np.asarray(np.linalg.solve(wx.T @ off, wx.T @ (y - (gamma * y_mean)[self.code])), float)
        effect = gamma * (y_mean - x_mean @ beta)
        return NestedFit(beta, unit * ratio, unit, -0.5 * loss, gamma, effect, unit * ratio * (1 - gamma))

    def covariance(self, fitted: NestedFit) -> Floats:
        """Covariance of the coefficients, the variances taken as known.

        Parameters
        ----------
        fitted : NestedFit

        Returns
        -------
        ndarray of shape (p, p)
        """
        ratio = fitted.area / fitted.unit
        shrink = ratio / (1 + self.n * ratio)
        sums = self._sums(self.x)
        information = self.x.T @ self.x - (sums * shrink[:, None]).T @ sums
        return np.asarray(np.linalg.inv(information) * fitted.unit, float)
