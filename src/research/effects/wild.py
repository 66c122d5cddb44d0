"""The wild cluster bootstrap: inference that holds with few clusters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.effects.panel import Demeaned

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints


__all__ = ["wild_cluster"]

DRAWS = 1999
_WEBB = np.sqrt(np.array([1.5, 1.0, 0.5]))


def wild_cluster(y: Floats, x: Floats, data: pd.DataFrame, level: float, seed: int) -> dict[str, Any]:
    """Restricted wild cluster bootstrap-t of the first coefficient, its interval by inverting the test.

    Parameters
    ----------
    y, x : ndarray
        Outcome and regressors with fixed effects taken out; the first column of `x` is of interest.
    data : DataFrame
        With the columns unit and t, in the order of the rows.
    level : float
    seed : int

    Returns
    -------
    dict
        estimate, se (NaN: the test has none), lower, upper, p, inference.
    """
    d = x[:, 0]
    if x.shape[1] > 1:  # the other regressors are taken out as well
        base, _ = np.linalg.qr(x[:, 1:])
        d, y = (v - base @ (base.T @ v) for v in (d, y))
    codes, names = pd.factorize(data["unit"])
    random = np.random.default_rng(seed)
    weights = random.choice(np.concatenate([_WEBB, -_WEBB]), size=(DRAWS, len(names)))
    estimate = float(d @ y / (d @ d))
    test = _Test(d, y, codes, len(names), weights, _free(data, x[:, 1:]))
    p = test.p(0.0)
    width = max(test.spread(estimate), 1e-12)
    lower = _end(test, estimate, -width, 1 - level)
    upper = _end(test, estimate, width, 1 - level)
    return {
        "estimate": estimate,
        "se": float("nan"),
        "lower": lower,
        "upper": upper,
        "p": p,
        "inference": f"按单位的野自助法，{DRAWS}次",
    }


def _free(data: pd.DataFrame, others: Floats) -> Callable[[Floats], Floats]:
    """A function that takes unit and period effects and the other regressors out of many columns."""
    effects = Demeaned(data)
    base, _ = np.linalg.qr(effects(others)) if others.shape[1] else (others, None)

    def free(columns: Floats) -> Floats:
        left = effects(columns)
        return left - base @ (base.T @ left)

    return free


class _Test:
    """The p-value of any value of the coefficient, always with the same draws."""

    def __init__(
        self, d: Floats, y: Floats, codes: Ints, clusters: int, weights: Floats, free: Callable[[Floats], Floats]
    ) -> None:
        self.d, self.y = d, y
        self.groups = np.eye(clusters)[codes].T
        self.weights, self.free, self.size = weights[:, codes].T, free, d @ d

    def _t(self, coefficient: Floats, residuals: Floats, null: float) -> Floats:
        scores = self.groups @ (self.d[:, None] * residuals)
        error = np.sqrt((scores**2).sum(axis=0)) / self.size
        return np.abs(coefficient - null) / np.where(error > 0, error, np.nan)

    def p(self, null: float) -> float:
        """Two-sided p-value of the coefficient being `null`."""
        rest = (self.y - null * self.d)[:, None]
        own = rest.T @ self.d / self.size
        observed = self._t(own, rest - self.d[:, None] * own, 0.0)[0]
        drawn = self.free(rest * self.weights)
        found = self.d @ drawn / self.size
        ts = self._t(found, drawn - self.d[:, None] * found, 0.0)
        return float((1 + np.sum(ts >= observed - 1e-12)) / (1 + np.sum(~np.isnan(ts))))

    def spread(self, estimate: float) -> float:
        """A first width for the search of the interval's ends."""
        rest = (self.y - estimate * self.d)[:, None]
        scores = self.groups @ (self.d[:, None] * rest)
        return float(np.sqrt((scores**2).sum()) / self.size)


def _end(test: _Test, estimate: float, step: float, alpha: float) -> float:
    """The value on one side of the estimate where the test begins to refuse; infinite where it never does."""
    inside, outside = estimate, estimate + step
    for _ in range(40):
        if test.p(outside) < alpha:
            break
        inside, outside = outside, estimate + 2 * (outside - estimate)
    else:
        return float(np.copysign(np.inf, step))
    for _ in range(40):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if test.p(middle) >= alpha else (inside, middle)
        if abs(outside - inside) < 1e-4 * abs(step):
            break
    return float((inside + outside) / 2)
