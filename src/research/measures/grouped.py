"""Incomes known only as groups (quintile and decile tables of yearbooks): bounds, and fitted Lorenz curves.

>>> from research.measures import grouped
>>> p, L = [0.2, 0.4, 0.6, 0.8, 1], [0.06, 0.18, 0.35, 0.58, 1]
>>> low, high = grouped.gini_bounds(p, L)
>>> round(low, 3), round(high, 3)
(0.332, 0.396)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from research.core.faults import DataError, Fault, spot
from research.measures import policy
from research.measures.grouped_fit import GroupedFit
from research.measures.lorenz_fits import BetaLorenz, QuadraticLorenz

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats
    from research.measures.lorenz_fits import Lorenz


__all__ = ["GroupedFit", "fit_lorenz", "gini_bounds", "lorenz_points"]
KINDS: dict[str, type[QuadraticLorenz] | type[BetaLorenz]] = {"gq": QuadraticLorenz, "beta": BetaLorenz}


def lorenz_points(means: ArrayLike, shares: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """Points of the Lorenz curve from the means of groups, such as the five quintile means of a yearbook.

    ``p_k = sum_{j <= k} w_j / W``, ``L_k = sum_{j <= k} w_j x_j / sum_j w_j x_j``.

    Parameters
    ----------
    means : array-like of shape (k,)
        Mean income of each group (yuan a year), from the poorest on.
    shares : array-like of shape (k,), optional
        Population of each group; only the proportions matter. Default: groups of equal size.

    Returns
    -------
    tuple of ndarray
        ``p, L``, both ending at 1.

    Raises
    ------
    DataError
        Naming each awkward entry, or the first mean that falls.

    References
    ----------
    Gastwirth (1972), Review of Economics and Statistics 54.

    Examples
    --------
    >>> p, L = lorenz_points([1, 2, 3, 4, 10])
    >>> L.tolist()
    [0.05, 0.15, 0.3, 0.5, 1.0]
    """
    x, w = policy.check(means, shares, name="means")
    falls = np.flatnonzero(np.diff(x) < 0)
    if len(falls):
        i = int(falls[0]) + 1
        expected = f"at least {x[i - 1]:g}, the mean before"
        raise DataError(Fault(spot("means", index=int(i)), expected, f"{x[i]:g}", kind="order"))
    if x.sum() == 0:
        raise policy.undefined("lorenz_points", "all means are zero")
    w = np.ones(len(x)) if w is None else w
    held = np.cumsum(w * x)
    return np.cumsum(w) / w.sum(), held / held[-1]


def gini_bounds(p: ArrayLike, L: ArrayLike) -> tuple[float, float]:
    """Lower and upper bound of the Gini from points of the Lorenz curve.

    The lower bound takes all in a group as alike; it is what five quintile means give, and is below the
    Gini of the persons behind them. The upper bound spreads each group as far as its mean and its
    neighbours' slopes allow (safe, but not always within reach of all groups at once).

    Lower ``1 - sum_k (p_k - p_{k-1}) (L_k + L_{k-1})``; upper: the lower and twice the triangles between chords.

    Parameters
    ----------
    p, L : array-like of shape (k,)
        Cumulative shares of persons and of income, rising to 1.

    Returns
    -------
    tuple of float
        ``lower, upper``, each from 0 to 1; no unit.

    Raises
    ------
    DataError
        When the points are no Lorenz curve: not rising, not convex, or not ending at 1.

    References
    ----------
    Gastwirth (1972), Review of Economics and Statistics 54; Mehran (1975), Sankhya B 37.

    Examples
    --------
    >>> gini_bounds([0.5, 1], [0.5, 1])
    (0.0, 0.0)
    """
    p, L = _points(p, L)
    lower = 1 - float(np.sum(np.diff(p) * (L[1:] + L[:-1])))
    dp, dL = np.diff(p), np.diff(L)
    slope = dL / dp
    # each group's own curve lies above the extensions of its neighbours' chords: the triangle they cut out
    left = np.concatenate(([0.0], slope[:-1]))
    right = np.concatenate((slope[1:], [np.inf]))
    with np.errstate(divide="ignore", invalid="ignore"):
        steep = np.where(np.isinf(right), 1.0, (right - slope) / np.where(right > left, right - left, 1.0))
    # twice the area between the chord and the lowest convex curve through its ends
    extra = np.where(right > left, dp**2 * (slope - left) * steep, 0.0)
    return max(lower, 0.0), float(min(1.0, max(lower, 0.0) + extra.sum()))


def fit_lorenz(
    p: ArrayLike,
    L: ArrayLike,
    mean: float = 1.0,
    kind: Literal["auto", "gq", "beta"] = "auto",
    line: float | None = None,
) -> GroupedFit:
    """Fit a Lorenz curve to grouped data, as the World Bank's PIP does.

    GQ ``L(1 - L) = a (p^2 - L) + b L (p - 1) + c (p - L)``; Beta ``L = p - theta p^gamma (1 - p)^delta``.

    Parameters
    ----------
    p, L : array-like of shape (k,)
        Cumulative shares of persons and of income, rising to 1; at least 5 points.
    mean : float
        Mean income (yuan a year), above 0.
    kind : {"auto", "gq", "beta"}
        General Quadratic, Beta, or the choice rule: of the valid curves the one that fits the points with
        the smaller sum of squares (below the line's head-count, where a line is given, as PIP has it).
    line : float, optional
        Poverty line for the choice rule, in the unit of the mean.

    Returns
    -------
    GroupedFit
        With `kind` "none" and bounds alone where no curve is valid.

    Raises
    ------
    DataError
        When the points are no Lorenz curve, too few, or a parameter is out of range.

    References
    ----------
    Villasenor & Arnold (1989), J. Econometrics 40; Kakwani (1980), Econometrica 48; Datt (1998), IFPRI FCND 50.

    Examples
    --------
    >>> p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
    >>> L = [0.0161, 0.0434, 0.0787, 0.1231, 0.1788, 0.2473, 0.3309, 0.4337, 0.5809, 1]
    >>> out = fit_lorenz(p, L, mean=330.5)
    >>> out.kind, round(out.gini, 3), round(out.lower, 3)
    ('beta', 0.514, 0.493)
    """
    policy.choice(kind, "kind", ("auto", *KINDS))
    mean = policy.number(mean, "mean", 0, open_low=True)
    line = None if line is None else policy.number(line, "line", 0, open_low=True) / mean
    points = _points(p, L)
    if len(points[0]) < 6:
        raise DataError(Fault("p", "5 points or more", f"{len(points[0]) - 1}", "or take gini_bounds", kind="empty"))
    fits: dict[str, QuadraticLorenz | BetaLorenz] = {}
    others: dict[str, str] = {}
    for name in KINDS if kind == "auto" else (kind,):
        try:
            fits[name] = KINDS[name].fit(points[0][1:], points[1][1:])
        except ArithmeticError as error:
            others[name] = str(error)
    valid = {name: curve for name, curve in fits.items() if curve.valid()}
    others.update({name: "not a Lorenz curve everywhere" for name in fits if name not in valid})
    bounds = gini_bounds(*(v[1:] for v in points))
    if not valid and kind != "auto" and kind in fits:
        return _result(kind, fits[kind], False, mean, bounds, {})
    if not valid:
        nan = float("nan")
        return GroupedFit("none", False, None, mean, nan, nan, nan, nan, *bounds, others)
    best = min(valid, key=lambda name: valid[name].loss(points[0][1:], points[1][1:], line))
    others.update({name: "fits the points less well" for name in valid if name != best})
    return _result(best, valid[best], True, mean, bounds, others)


def _result(
    kind: str, curve: Lorenz, valid: bool, mean: float, bounds: tuple[float, float], others: dict[str, str]
) -> GroupedFit:
    gini, median = curve.gini(), float(curve.slope(0.5))
    wolfson = 2 * (1 - 2 * float(curve(0.5)) - gini) / median
    return GroupedFit(
        kind, valid, curve, mean, gini, mean * median, curve.mean_log_deviation(), wolfson, *bounds, others
    )


def _points(p: ArrayLike, L: ArrayLike) -> tuple[Floats, Floats]:
    """Checked points with (0, 0) put first."""
    p, _ = policy.check(p, name="p")
    L, _ = policy.check(L, name="L")
    faults = []
    if len(p) != len(L):
        raise DataError(Fault("L", f"{len(p)} entries, one for each of p", f"{len(L)} entries", kind="length"))
    if p[0] > 0:
        p, L = np.concatenate(([0.0], p)), np.concatenate(([0.0], L))
    if abs(p[-1] - 1) > 1e-9 or abs(L[-1] - 1) > 1e-9:
        faults.append(Fault("p, L", "both ending at 1", f"{p[-1]:g} and {L[-1]:g}", kind="order"))
    dp, dL = np.diff(p), np.diff(L)
    if (dp <= 0).any() or (dL < -1e-12).any():
        i = int(np.flatnonzero((dp <= 0) | (dL < -1e-12))[0])
        faults.append(Fault(f"p[{i}], L[{i}]", "points that rise", f"{p[i + 1]:g} and {L[i + 1]:g}", kind="order"))
    elif (np.diff(dL / dp) < -1e-9).any():
        i = int(np.flatnonzero(np.diff(dL / dp) < -1e-9)[0]) + 1
        found = f"{L[i + 1]:g}, poorer than the group before"
        way = "put groups in rising order of income"
        faults.append(Fault(spot("L", index=int(i)), "a convex curve", found, way, kind="order"))
    if faults:
        raise DataError(faults)
    return p, L
