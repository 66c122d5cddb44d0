"""Sets of weights made into one: objective with subjective, and emphasis on chosen indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np

from research.composite.options import Combination
from research.core.faults import DataError, Fault, nearest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


COMBINATIONS = get_args(Combination)


def to_one(raw: Floats, what: str) -> Floats:
    """Weights rescaled to a sum of 1; refused where they add up to nothing."""
    total = raw.sum()
    if not 0 < total < np.inf:
        raise DataError(Fault(what, "weights that add up to more than 0", f"{total:g}", kind="weights"))
    found: Floats = raw / total
    return found


def combine(objective: ArrayLike, subjective: ArrayLike, method: Combination = "linear", share: float = 0.5) -> Floats:
    """One set of weights out of an objective and a subjective one.

    Parameters
    ----------
    objective, subjective : array-like of shape (indicators,)
        Each summing to 1.
    method : str
        `linear`: share x objective + (1 - share) x subjective; `multiplicative`: product, rescaled; `game`:
        game-theoretic, the mix closest to both at once.
    share : float
        Share of the objective weights, 0 to 1, for `linear`; 0 and 1 give the pure weights.

    Returns
    -------
    ndarray of shape (indicators,)

    Raises
    ------
    DataError
        Unknown method, share outside 0 to 1, unequal lengths, weights that do not sum to 1.

    Examples
    --------
    >>> combine([0.6, 0.3, 0.1], [0.2, 0.5, 0.3], "multiplicative").round(3)
    array([0.4, 0.5, 0.1])
    """
    a, b = np.asarray(objective, float), np.asarray(subjective, float)
    faults = []
    if method not in COMBINATIONS:
        faults.append(
            Fault(
                "combine", "one of " + ", ".join(COMBINATIONS), repr(method), nearest(method, COMBINATIONS), "weights"
            )
        )
    if not 0 <= share <= 1:
        faults.append(Fault("combine, share", "0 to 1", repr(share), kind="weights"))
    if a.shape != b.shape:
        faults.append(Fault("combine", "weights of one length", f"{len(a)} and {len(b)}", kind="weights"))
    faults += [
        Fault(f"combine, {n} weights", "a sum of 1, none below 0", f"{w.sum():g}", kind="weights")
        for n, w in (("objective", a), ("subjective", b))
        if not abs(w.sum() - 1) <= 1e-6 or not (w >= 0).all()
    ]
    if faults:
        raise DataError(faults)
    if method == "multiplicative":
        return to_one(a * b, "multiplicative combination")
    if method == "game":
        share = game_shares(a, b)[0]
    return share * a + (1 - share) * b


def game_shares(first: ArrayLike, second: ArrayLike) -> Floats:
    """Shares of two sets of weights in their game-theoretic combination.

    Solves sum_k alpha_k w_j.w_k = w_j.w_j and rescales; identical sets get a half each.

    Examples
    --------
    >>> game_shares([0.6, 0.3, 0.1], [0.2, 0.5, 0.3]).round(4)
    array([0.623, 0.377])
    """
    w = np.array([first, second], float)
    gram = w @ w.T
    if abs(np.linalg.det(gram)) < 1e-12:
        return np.array([0.5, 0.5])
    alpha = np.abs(np.linalg.solve(gram, np.diag(gram)))
    found: Floats = alpha / alpha.sum()
    return found


def emphasise(weights: ArrayLike, factors: ArrayLike) -> Floats:
    """Multiply weights by factors and rescale to a sum of 1.

    Parameters
    ----------
    weights, factors : array-like of shape (indicators,)
        Factors above 0; 1 leaves an indicator as it is (before rescaling).

    Returns
    -------
    ndarray

    Raises
    ------
    DataError
        A factor of 0 or less.

    Examples
    --------
    >>> emphasise([0.5, 0.5], [1.5, 1]).tolist()
    [0.6, 0.4]
    """
    factors = np.asarray(factors, float)
    bad = factors[~((factors > 0) & np.isfinite(factors))]
    if bad.size:
        raise DataError(Fault("emphasis", "factors above 0", f"{bad.flat[0]:g}", kind="weights"))
    return to_one(np.asarray(weights, float) * factors, "emphasis")
