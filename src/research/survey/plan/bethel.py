"""The cheapest sizes of strata under several limits of variance at once: Bethel's problem.

Minimise ``sum c n`` so that ``sum over h of a[j, h] / n[h] <= 1`` for each limit j, and ``least <= n <= most``. In
``x = 1 / n`` this is convex; its dual has one price a limit and is smooth, so that it is climbed directly. The dual's
value is a lower bound of any plan's cost: how far a plan can be from the best is known, and told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats, Ints


@dataclass(frozen=True)
class Optimum:
    """The best sizes.

    Parameters
    ----------
    n : ndarray of float of shape (strata,)
        Before rounding.
    whole : ndarray of int of shape (strata,)
        Rounded so that each limit that can hold does.
    price : ndarray of shape (limits,)
        What the limit costs: by how much the cost falls when its variance may grow by a small part of it (1% of the
        variance: 1% of the price). 0 where others are stricter.
    bound : float
        A cost that no sizes within the limits are below.
    impossible : ndarray of float
        Of each limit, the variance with all sizes at their most, over the limit; above 1: it cannot hold.
    """

    n: Floats
    whole: Ints
    price: Floats
    bound: float
    impossible: Floats


def optimum(a: Floats, cost: Floats, least: Floats, most: Floats) -> Optimum:
    """The cheapest sizes within limits.

    Parameters
    ----------
    a : ndarray of shape (limits, strata)
        Variance that a stratum with one household adds, over the limit.
    cost : ndarray of shape (strata,)
        Of one more household, above 0.
    least, most : ndarray of shape (strata,)
        Bounds of the sizes, least at least 1.

    Returns
    -------
    Optimum
        Limits that cannot hold are reached as near as can be: strata that they need are at their most.

    References
    ----------
    Bethel (1989), Survey Methodology 15; Chromy (1987), Proceedings of the ASA's Survey Research Methods Section.

    Examples
    --------
    >>> found = optimum(np.array([[40.0, 10.0]]), np.ones(2), np.ones(2), np.full(2, 1000.0))
    >>> found.n.round(3).tolist(), round(found.bound, 3)
    ([60.0, 30.0], 90.0)
    """
    bare = (a / most).sum(axis=1)
    able = bare <= 1 + 1e-12
    n = np.array(least, float)
    if not able.all():  # what cannot hold asks for all there is
        n = np.where((a[~able] > 0).any(axis=0), most, n)
    price, bound, floor = np.zeros(len(a)), float((cost * n).sum()), n
    if able.any():
        price[able], n, bound = _climb(a[able], cost, floor, np.asarray(most, float))
    whole = _whole(a[able], cost, n, np.ceil(floor - 1e-9), np.floor(most + 1e-9))
    return Optimum(n, whole, price, bound, bare)


def _climb(a: Floats, cost: Floats, least: Floats, most: Floats) -> tuple[Floats, Floats, float]:
    """Prices, sizes that hold the limits, and the dual's value."""
    scale = float(np.max(np.sqrt(cost * a).sum(axis=1) ** 2)) or 1.0
    c = cost / scale
    low, high = 1 / most, 1 / least

    def sizes(price: Floats) -> Floats:
        slope = price @ a
        with np.errstate(divide="ignore"):
            return np.asarray(np.clip(np.sqrt(c / slope), low, high), float)

    def loss(price: Floats) -> tuple[float, Floats]:
        x = sizes(price)
        over = a @ x - 1
        return -float((c / x).sum() + price @ over), -over

    price = np.full(len(a), 1.0 / len(a))
    for _ in range(60):  # Chromy's steps come near; then the dual is climbed to its top
        price = np.maximum(price, 1e-12) * np.clip(a @ sizes(price), 0.05, 20) ** 2
    options = {"maxiter": 2000, "maxfun": 5000, "ftol": 1e-15, "gtol": 1e-10, "maxcor": 30}
    found = minimize(loss, price, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(a), options=options)
    best = np.asarray(found.x, float)
    return best * scale, _held(a, 1 / sizes(best), most), -float(found.fun) * scale


def _held(a: Floats, n: Floats, most: Floats) -> Floats:
    """Sizes grown by the little that is missing to each limit."""
    for _ in range(50):
        over = float((a / n).sum(axis=1).max())
        if over <= 1:
            break
        n = np.minimum(n * max(over, 1 + 1e-12), most)
    return n


def _whole(a: Floats, cost: Floats, n: Floats, least: Floats, most: Floats) -> Ints:
    """Rounded up, then one less where every limit still holds, the dearest first."""
    out = np.minimum(np.ceil(n - 1e-9), np.maximum(most, 1))
    slack = 1 - (a / out).sum(axis=1)
    for h in np.argsort(-cost, kind="stable"):
        if out[h] - 1 >= max(least[h], 1):
            more = a[:, h] * (1 / (out[h] - 1) - 1 / out[h])
            if _fits(more, slack):
                out[h] -= 1
                slack = slack - more
    return out.astype(int)


def _fits(more: Floats, slack: Floats) -> bool:
    touched: Bools = more > 0
    return bool((more[touched] <= slack[touched]).all())
