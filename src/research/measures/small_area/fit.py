"""The area-level model ``y = X b + v + e``: variance of the areas by REML, ML or moments, EBLUP and its MSE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import scipy

if TYPE_CHECKING:
    from research.core.kinds import Floats


Method = Literal["reml", "ml", "moment"]
Fitted = Literal["reml", "ml", "moment", "robust"]
METHODS = get_args(Method)


@dataclass(frozen=True)
class Fit:
    """A fitted model; arrays are by area with a direct estimate.

    Parameters
    ----------
    method : str
        "reml", "ml", "moment" or "robust".
    variance : float
        Of the areas around the regression (A), 0 or more.
    beta, beta_cov : ndarray
        Coefficients and their covariance.
    gamma : ndarray
        Weight of the direct estimate, 0 to 1.
    eblup : ndarray
        Empirical best linear unbiased predictor.
    loglik : float
        Of the model at the estimates.
    """

    method: Fitted
    variance: float
    beta: Floats
    beta_cov: Floats
    gamma: Floats
    eblup: Floats
    loglik: float


def fit(y: Floats, X: Floats, D: Floats, method: Method = "reml") -> Fit:
    """Fit the model.

    Parameters
    ----------
    y : ndarray of shape (m,)
        Direct estimates.
    X : ndarray of shape (m, p)
        Covariates with a constant.
    D : ndarray of shape (m,)
        Sampling variances, above 0.
    method : {"reml", "ml", "moment"}
        How the areas' variance is found.

    Returns
    -------
    Fit

    References
    ----------
    Fay & Herriot (1979), JASA 74; Rao & Molina (2015), "Small Area Estimation", ch. 6.

    Examples
    --------
    >>> y, D = np.array([1.0, 2, 3, 6]), np.full(4, 0.5)
    >>> out = fit(y, np.ones((4, 1)), D)
    >>> round(out.variance, 4), out.eblup.round(3).tolist()  # sample variance 4.6667 less 0.5
    (4.1667, [1.214, 2.107, 3.0, 5.679])
    """
    A = _moment(y, X, D) if method == "moment" else _likelihood(y, X, D, method == "reml")
    beta, cov, residual = _gls(y, X, A + D)
    gamma = A / (A + D)
    loglik = -0.5 * float(np.sum(np.log(2 * np.pi * (A + D)) + residual**2 / (A + D)))
    return Fit(method, float(A), beta, cov, gamma, gamma * y + (1 - gamma) * (X @ beta), loglik)


def _gls(y: Floats, X: Floats, V: Floats) -> tuple[Floats, Floats, Floats]:
    """Weighted least squares with variances V: coefficients, covariance, residuals."""
    scaled = X / V[:, None]
    cov = np.asarray(np.linalg.inv(X.T @ scaled), float)
    beta = cov @ (scaled.T @ y)
    return beta, cov, y - X @ beta


def _likelihood(y: Floats, X: Floats, D: Floats, restricted: bool) -> float:
    """Maximum of the (restricted) likelihood over A of 0 or more."""

    def loss(A: float) -> float:
        V = A + D
        _, cov, residual = _gls(y, X, V)
        value = np.sum(np.log(V)) + np.sum(residual**2 / V)
        found: float = value - np.linalg.slogdet(cov)[1] if restricted else value
        return found

    top = 4 * (np.var(y) + D.max())
    grid = np.concatenate(([0.0], np.geomspace(1e-8 * top, top, 60)))
    best = int(np.argmin([loss(a) for a in grid]))
    if best == 0 and loss(0.0) <= loss(grid[1]):
        return 0.0
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    A = scipy.optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-10 * high}).x
    return _score_root(y, X, D, A, restricted)


def _score_root(y: Floats, X: Floats, D: Floats, A: float, restricted: bool) -> float:
    """A few steps of Fisher scoring, which pin down what a flat likelihood leaves open."""
    for _ in range(50):
        V = A + D
        _, cov, residual = _gls(y, X, V)
        trace, information = np.sum(1 / V), np.sum(1 / V**2)
        if restricted:
            W = X / V[:, None]
            inner = cov @ (W.T @ W)
            trace -= np.trace(inner)
            third = cov @ (W.T @ (W / V[:, None]))
            information += np.trace(inner @ inner) - 2 * np.trace(third)
        step = (np.sum(residual**2 / V**2) - trace) / information
        A = max(A + step, 0.0)
        if abs(step) < 1e-13 * (A + 1e-300):
            break
    return A


def _moment(y: Floats, X: Floats, D: Floats) -> float:
    """Fay and Herriot's own equation: the weighted sum of squares equals its degrees of freedom."""
    free = len(y) - X.shape[1]

    def excess(A: float) -> float:
        found: float = np.sum(_gls(y, X, A + D)[2] ** 2 / (A + D)) - free
        return found

    if excess(0.0) <= 0:
        return 0.0
    top = np.var(y) + D.max()
    while excess(top) > 0:
        top *= 2
    return float(scipy.optimize.brentq(excess, 0.0, top, xtol=1e-14 * top, rtol=1e-13))


def prasad_rao_mse(fitted: Fit, X: Floats, D: Floats) -> Floats:
    """Second-order unbiased estimate of the EBLUP's mean squared error.

    References
    ----------
    Prasad & Rao (1990), JASA 85; Datta & Lahiri (2000), Statistica Sinica 10; Datta, Rao & Smith (2005).
    """
    V = fitted.variance + D
    share = D / V
    g1 = fitted.gamma * D
    bias: float
    g2 = share**2 * np.einsum("ij,jk,ik->i", X, fitted.beta_cov, X)
    if fitted.method == "moment":
        spread = 2 * len(D) / np.sum(1 / V) ** 2
        bias = 2 * (len(D) * np.sum(1 / V**2) - np.sum(1 / V) ** 2) / np.sum(1 / V) ** 3
    else:
        spread = 2 / np.sum(1 / V**2)
        W = X / V[:, None]
        bias = 0.0 if fitted.method == "reml" else -np.trace(fitted.beta_cov @ (W.T @ W)) / np.sum(1 / V**2)
    g3 = share**2 / V * spread
    found: Floats = np.maximum(g1 + g2 + 2 * g3 - bias * share**2, 0.0)
    return found


def bootstrap_mse(fitted: Fit, X: Floats, D: Floats, replicates: int, seed: int) -> Floats:
    """Parametric-bootstrap mean squared error: the model drawn anew, fitted anew, compared with its truth.

    References
    ----------
    Gonzalez-Manteiga et al. (2008), J. Statistical Computation and Simulation 78.
    """
    rng = np.random.default_rng(seed)
    total = np.zeros(len(D))
    for _ in range(replicates):
        truth = X @ fitted.beta + rng.normal(0, np.sqrt(fitted.variance), len(D))
        method: Method = "reml" if fitted.method == "robust" else fitted.method
        again = fit(truth + rng.normal(0, np.sqrt(D)), X, D, method)
        total += (again.eblup - truth) ** 2
    return total / replicates
