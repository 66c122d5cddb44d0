"""Samples of fixed size and maximal entropy: conditional Poisson sampling and its joint probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Bools, Floats


def joint_entropy(probability: ArrayLike) -> Floats:
    """Probabilities that two units are both in a sample of maximal entropy.

    Parameters
    ----------
    probability : array-like of shape (units,)
        Above 0, up to 1, adding up to a whole number.

    Returns
    -------
    ndarray of shape (units, units)
        First order on the diagonal.

    References
    ----------
    Chen, Dempster & Liu (1994), Biometrika 81; Tillé (2006), "Sampling Algorithms", section 5.2.

    Examples
    --------
    >>> joint_entropy([0.5, 0.5, 0.5, 0.5]).round(4)[0].tolist()
    [0.5, 0.1667, 0.1667, 0.1667]
    """
    pi = np.asarray(probability, float)
    sure = pi >= 1 - 1e-12
    out = np.outer(pi, pi)
    free = np.flatnonzero(~sure)
    if len(free):
        n = int(round(pi[free].sum()))
        odds = _odds(pi[free], n)
        rest = np.zeros((len(free), len(free)))
        others = ~np.eye(len(free), dtype=bool)
        for j in range(1, n):  # inclusion of the others in a sample of one less, without the unit itself
            rest = _step(rest, odds * others, j)
        out[np.ix_(free, free)] = pi[free][:, None] * rest
    np.fill_diagonal(out, pi)
    return out


def _step(before: Floats, odds: Floats, n: int) -> Floats:
    """Inclusion probabilities of a sample of n out of those of n - 1, along the last axis."""
    part = odds * (1 - before)
    return np.asarray(n * part / part.sum(axis=-1, keepdims=True), float)


def _inclusion(odds: Floats, n: int) -> Floats:
    out = np.zeros(len(odds))
    for j in range(1, n + 1):
        out = _step(out, odds, j)
    return out


def _odds(pi: Floats, n: int) -> Floats:
    """Odds of the Poisson sample that, given its size n, has these probabilities."""
    odds = pi / (1 - pi)
    if n in (0, len(pi)):
        return odds
    for _ in range(500):
        have = np.clip(_inclusion(odds, n), 1e-300, 1 - 1e-15)
        factor = pi / (1 - pi) * (1 - have) / have
        odds = odds * factor
        odds = odds / np.exp(np.log(odds).mean())
        if abs(factor / factor.mean() - 1).max() < 1e-13:
            break
    return np.asarray(odds, float)


def draw_entropy(pi: Floats, rng: np.random.Generator) -> Bools:
    """A sample of maximal entropy with these probabilities, unit by unit."""
    n = int(round(float(pi.sum())))
    logs = np.log(_odds(pi, n))
    units = len(pi)
    whole = np.full((units + 1, n + 1), -np.inf)  # log of the symmetric functions of the odds from a unit on
    whole[:, 0] = 0.0
    for k in range(units - 1, -1, -1):
        whole[k, 1:] = np.logaddexp(whole[k + 1, 1:], logs[k] + whole[k + 1, :-1])
    chosen, left = np.zeros(units, dtype=bool), n
    for k in range(units):
        if left and rng.uniform() < np.exp(logs[k] + whole[k + 1, left - 1] - whole[k, left]):
            chosen[k] = True
            left -= 1
    return chosen
