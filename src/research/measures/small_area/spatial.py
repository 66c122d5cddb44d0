"""The area-level model whose effects are like those of neighbours: ``v = rho W v + u``, by REML or ML, with its MSE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import scipy

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats

EDGE = 0.999
"""Largest correlation of neighbours that is looked for."""


@dataclass(frozen=True)
class Spatial:
    """A fitted model; arrays are over all areas.

    Parameters
    ----------
    variance, correlation : float
        Of the independent part of the effects, and how much of it follows the neighbours (-1 to 1).
    beta, beta_cov : ndarray
    gamma : ndarray
        Weight of the area's own estimate.
    eblup, synthetic, mse : ndarray
        Predictor, regression alone, and mean squared error of the predictor.
    left : ndarray
        Variance of the truth around the predictor, coefficients taken as known.
    loglik : float
    """

    variance: float
    correlation: float
    beta: Floats
    beta_cov: Floats
    gamma: Floats
    eblup: Floats
    synthetic: Floats
    mse: Floats
    left: Floats
    loglik: float


def fit_spatial(
    y: Floats, X: Floats, D: Floats, W: Floats, seen: Bools, method: Literal["reml", "ml"] = "reml"
) -> Spatial:
    """Fit the model; areas without an estimate are predicted from the regression and their neighbours.

    Parameters
    ----------
    y, D : ndarray of shape (areas,)
        Direct estimates and sampling variances; not looked at where `seen` is false.
    X : ndarray of shape (areas, p)
    W : ndarray of shape (areas, areas)
        Proximities, rows of sum 1 (or 0).
    seen : ndarray of bool
    method : {"reml", "ml"}

    Returns
    -------
    Spatial

    References
    ----------
    Singh, Shukla & Kundu (2005), Survey Methodology 31; Pratesi & Salvati (2008), Statistical Methods & Applications
    17; Molina, Salvati & Pratesi (2009), Computational Statistics 24 (MSE).

    Examples
    --------
    >>> line = np.eye(6, k=1) + np.eye(6, k=-1)
    >>> y, seen = np.array([1.0, 2, 3, 7, 8, 9]), np.array([True] * 6)
    >>> found = fit_spatial(y, np.ones((6, 1)), np.full(6, 0.5), line / line.sum(axis=1, keepdims=True), seen)
    >>> bool(found.correlation > 0.5)
    True
    """
    model = _Model(y, X, D, W, seen, method == "reml")
    A, rho = model.optimum()
    return model.told(A, rho)


class _Model:
    def __init__(self, y: Floats, X: Floats, D: Floats, W: Floats, seen: Bools, restricted: bool) -> None:
        self.X, self.W, self.seen, self.restricted = X, W, seen, restricted
        self.y, self.x, self.d = y[seen], X[seen], D[seen]

    def _c(self, rho: float) -> Floats:
        """Covariance of all effects, over the variance."""
        step = np.eye(len(self.W)) - rho * self.W
        return np.asarray(np.linalg.inv(step.T @ step), float)

    def _gls(self, A: float, C: Floats) -> tuple[Floats, Floats, Floats, float]:
        """Inverse covariance, coefficients' covariance, coefficients, and minus twice the likelihood."""
        V = A * C[np.ix_(self.seen, self.seen)] + np.diag(self.d)
        Vi = np.asarray(np.linalg.inv(V), float)
        Q = np.asarray(np.linalg.inv(self.x.T @ Vi @ self.x), float)
        beta = Q @ (self.x.T @ Vi @ self.y)
        off = self.y - self.x @ beta
        loss = float(np.linalg.slogdet(V)[1] + off @ Vi @ off)
        return Vi, Q, beta, loss - (float(np.linalg.slogdet(Q)[1]) if self.restricted else 0.0)

    def optimum(self) -> tuple[float, float]:
        """Variance and correlation at the maximum of the likelihood."""
        top = 4 * (float(np.var(self.y)) + float(self.d.max()))

        def loss(t: Floats) -> float:
            return self._gls(float(np.exp(t[0])), self._c(EDGE * float(np.tanh(t[1]))))[3]

        logs, turns = np.log(np.geomspace(1e-6 * top, top, 12)), np.arctanh(np.linspace(-0.9, 0.9, 9))
        grid = [(a, r) for a in logs for r in turns]
        start = min(grid, key=lambda t: loss(np.array(t)))
        found = scipy.optimize.minimize(
            loss, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
        )
        if self._gls(0.0, np.eye(len(self.W)))[3] <= found.fun:
            return 0.0, 0.0
        return float(np.exp(found.x[0])), EDGE * float(np.tanh(found.x[1]))

    def told(self, A: float, rho: float) -> Spatial:
        C = self._c(rho)
        Vi, Q, beta, _ = self._gls(A, C)
        G = A * C
        B = G[:, self.seen] @ Vi
        off = self.y - self.x @ beta
        synthetic = self.X @ beta
        g1 = np.diag(G - B @ G[self.seen])
        edge = self.X - B @ self.x
        g2 = np.einsum("ij,jk,ik->i", edge, Q, edge)
        g3, moved = self._third(A, rho, C, G, Vi, Q, B)
        gamma = np.zeros(len(self.X))
        gamma[self.seen] = np.diag(B[self.seen])
        V = np.linalg.inv(Vi)
        loglik = -0.5 * float(len(off) * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + off @ Vi @ off)
        mse = np.maximum(g1 + g2 + 2 * g3 - moved, g1)
        return Spatial(A, rho, beta, Q, gamma, synthetic + B @ off, synthetic, mse, g1, loglik)

    def _third(
        self, A: float, rho: float, C: Floats, G: Floats, Vi: Floats, Q: Floats, B: Floats
    ) -> tuple[Floats, Floats]:
        """What not knowing the two parameters adds, and the bias of its estimate."""
        none = np.zeros(len(self.X))
        if A == 0:
            return none, none
        s = self.seen
        W2 = self.W.T @ self.W
        turn = 2 * rho * W2 - self.W - self.W.T
        slope = (C, -A * C @ turn @ C)
        P = Vi - Vi @ self.x @ Q @ self.x.T @ Vi
        inner = [d[np.ix_(s, s)] for d in slope]
        information = np.array([[0.5 * np.trace(P @ a @ P @ b) for b in inner] for a in inner])
        inverse = np.linalg.inv(information)
        rows = [d[:, s] @ Vi - B @ d[np.ix_(s, s)] @ Vi for d in slope]
        V = np.linalg.inv(Vi)
        g3 = sum(inverse[i, j] * np.einsum("ij,jk,ik->i", rows[i], V, rows[j]) for i in (0, 1) for j in (0, 1))
        bend = (np.zeros_like(C), -C @ turn @ C, 2 * A * C @ turn @ C @ turn @ C - 2 * A * C @ W2 @ C)
        out = np.eye(len(self.X))[:, s] - B  # D V^-1 of the areas with a sample; the others' own effect is all open
        second = 2 * inverse[0, 1] * bend[1] + inverse[1, 1] * bend[2]
        moved = self._curved(second, out, Vi, s)
        if not self.restricted:
            h = np.array([-np.trace(Q @ self.x.T @ Vi @ a @ Vi @ self.x) for a in inner])
            bias = inverse @ h / 2
            moved = moved + sum(b * self._curved(d, out, Vi, s, 1.0) for b, d in zip(bias, slope, strict=True))
        return np.asarray(g3, float), np.asarray(moved, float)

    def _curved(self, d: Floats, out: Floats, Vi: Floats, s: Bools, factor: float = 0.5) -> Floats:
        """Slope of what is left open of each effect, along a change `d` of the effects' covariance."""
        K = np.eye(len(self.X))
        K[:, s] -= np.eye(len(self.X))[:, s] - out
        return np.asarray(factor * np.einsum("ij,jk,ik->i", K, d, K), float)
