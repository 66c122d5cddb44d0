"""The area-level model that no single area bends: Huber's bounded residuals in place of squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from research.measures.small_area.fit import Fit, fit

if TYPE_CHECKING:
    from research.core.kinds import Floats

HUBER = 1.345
"""Standardised residuals beyond this count as this: 95% efficient where all is normal."""


def fit_robust(y: Floats, X: Floats, D: Floats, k: float = HUBER) -> tuple[Fit, Floats]:
    """Fit the model by robust estimating equations, and its pseudo-linear mean squared error.

    Parameters
    ----------
    y, X, D : ndarray
        As in `research.measures.small_area.fit.fit`.
    k : float
        Bound of the standardised residuals.

    Returns
    -------
    tuple of Fit and ndarray
        The robust predictor, and its mean squared error given the weights that the estimates have.

    References
    ----------
    Sinha & Rao (2009), Canadian J. of Statistics 37; Chambers, Chandra, Salvati & Tzavidis (2014), JRSS B 76 (error);
    Warnholz (2016), dissertation, Freie Universität Berlin.

    Examples
    --------
    >>> y, D = np.array([1.0, 2, 3, 4, 60]), np.full(5, 0.5)
    >>> found = fit_robust(y, np.ones((5, 1)), D)[0]
    >>> bool(found.beta[0] < 5 < fit(y, np.ones((5, 1)), D).beta[0])
    True
    """
    A, beta = _parameters(y, X, D, k)
    V, off = A + D, y - X @ beta
    effect = _effects(off, A, D, k)
    w = _shrunk(off / np.sqrt(V), k)
    inner = np.asarray(np.linalg.inv((X * (w / V)[:, None]).T @ X), float)
    XA = X @ inner @ (X * (w / V)[:, None]).T
    own, other = _shrunk((off - effect) / np.sqrt(D), k) / D, _shrunk(effect / np.sqrt(A), k) / A if A else 1.0
    B = own / (own + other) if A else np.zeros(len(y))
    weights = XA + B[:, None] * (np.eye(len(y)) - XA)
    rest = weights - np.eye(len(y))
    middle = X @ beta
    mse = A * (rest**2).sum(axis=1) + (weights**2) @ D + (weights @ middle - middle) ** 2
    loglik = -0.5 * float(np.sum(np.log(2 * np.pi * V) + off**2 / V))
    return Fit("robust", A, beta, inner, B, middle + effect, loglik), mse


def _bounded(u: Floats, k: float) -> Floats:
    return np.asarray(np.clip(u, -k, k), float)


def _shrunk(u: Floats, k: float) -> Floats:
    """Weight of a residual: 1 within the bound, less beyond."""
    return np.asarray(np.minimum(1.0, k / np.maximum(np.abs(u), 1e-300)), float)


def _parameters(y: Floats, X: Floats, D: Floats, k: float) -> tuple[float, Floats]:
    """Variance and coefficients that meet both equations."""
    share = 2 * scipy.stats.norm.cdf(k) - 1 - 2 * k * scipy.stats.norm.pdf(k) + 2 * k**2 * scipy.stats.norm.sf(k)
    start = fit(y, X, D).beta

    def coefficients(A: float) -> Floats:
        beta, V = start.copy(), A + D
        for _ in range(500):
            w = _shrunk((y - X @ beta) / np.sqrt(V), k) / V
            new = np.asarray(np.linalg.solve((X * w[:, None]).T @ X, (X * w[:, None]).T @ y), float)
            done = np.abs(new - beta).max() <= 1e-12 * (np.abs(new).max() + 1e-300)
            beta = new
            if done:
                break
        return np.asarray(beta, float)

    def excess(A: float) -> float:
        V = A + D
        u = _bounded((y - X @ coefficients(A)) / np.sqrt(V), k)
        return float((u**2 / V).sum() - share * (1 / V).sum())

    if excess(0.0) <= 0:
        return 0.0, coefficients(0.0)
    top = float(np.var(y) + D.max())
    while excess(top) > 0:
        top *= 2
    A = float(scipy.optimize.brentq(excess, 0.0, top, xtol=1e-12 * top, rtol=1e-12))
    return A, coefficients(A)


def _effects(off: Floats, A: float, D: Floats, k: float) -> Floats:
    """The effect at which both bounded residuals of an area balance."""
    if A == 0:
        return np.zeros(len(off))

    def balance(u: float, r: float, d: float) -> float:
        left = np.clip((r - u) / np.sqrt(d), -k, k) / np.sqrt(d)
        return float(left - np.clip(u / np.sqrt(A), -k, k) / np.sqrt(A))

    found = [
        scipy.optimize.brentq(balance, min(0.0, r), max(0.0, r), args=(r, d), xtol=1e-14) if r else 0.0
        for r, d in zip(off, D, strict=True)
    ]
    return np.array(found, float)
