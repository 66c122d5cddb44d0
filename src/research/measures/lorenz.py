"""Lorenz curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from research.core.faults import DataError, Fault
from research.measures import policy
from research.measures.distribution import Values, Weights, distribution
from research.measures.formulas.parts import with_mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


class Curve(NamedTuple):
    """Points of a Lorenz curve; unpacks as ``p, L``.

    Parameters
    ----------
    p : ndarray
        Share of persons from the poorest on, from 0 to 1.
    L : ndarray
        What they hold: a share from 0 to 1, or (generalised) income per head of all.
    """

    p: Floats
    """Share of persons from the poorest on, from 0 to 1."""
    L: Floats
    """What they hold: a share from 0 to 1, or (generalised) income per head of all."""


def lorenz_curve(values: Values, weights: Weights = None, *, points: ArrayLike | None = None) -> Curve:
    """Lorenz curve: the share of income held by the poorest share p of persons.

    ``L(p) = sum_{i <= p} w_i x_i / sum_i w_i x_i``, from the poorest on, straight between its points.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    points : array-like, optional
        Shares p at which to read the curve; default: each value's own, and 0.

    Returns
    -------
    Curve
        ``p, L``, both from 0 to 1.

    Raises
    ------
    DataError
        As `gini`; or when a point is outside 0 to 1.

    References
    ----------
    Lorenz (1905), Publications of the American Statistical Association 9.

    Examples
    --------
    >>> p, L = lorenz_curve([1, 2, 3, 4, 10])
    >>> L.tolist()
    [0.0, 0.05, 0.15, 0.3, 0.5, 1.0]
    """
    d = with_mean(values, weights, "lorenz_curve", "refuse")
    p = np.concatenate(([0.0], d.cum_weight / d.cum_weight[-1]))
    L = np.concatenate(([0.0], d.cum_value / d.cum_value[-1]))
    return Curve(p, L) if points is None else _read_at(p, L, points)


def generalized_lorenz_curve(values: Values, weights: Weights = None, *, points: ArrayLike | None = None) -> Curve:
    """Generalised Lorenz curve: the Lorenz curve times the mean.

    One distribution that lies above another everywhere is better for every welfare function that likes
    more income and less inequality (second-order dominance).

    ``GL(p) = mu L(p)``, so that it ends at the mean.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    points : array-like, optional
        Shares p at which to read the curve; default: each value's own, and 0.

    Returns
    -------
    Curve
        ``p`` from 0 to 1, ``L`` from 0 to the mean.

    Raises
    ------
    DataError
        As `lorenz_curve`.

    References
    ----------
    Shorrocks (1983), Economica 50.

    Examples
    --------
    >>> generalized_lorenz_curve([1, 3]).L.tolist()
    [0.0, 0.5, 2.0]
    """
    d = distribution(values, weights)
    p = np.concatenate(([0.0], d.cum_weight / d.cum_weight[-1]))
    scale = float(np.ldexp(1.0, d.shift)) if -1000 < d.shift < 1000 else np.ldexp(1.0, d.shift)
    L = np.concatenate(([0.0], d.cum_value / d.cum_weight[-1])) * scale
    return Curve(p, L) if points is None else _read_at(p, L, points)


def _read_at(p: Floats, L: Floats, points: ArrayLike) -> Curve:
    points = policy.check(points, name="points")[0]
    if points.max() > 1:
        bad = float(points.max())
        raise DataError(Fault("points", "numbers from 0 to 1", repr(bad), kind="parameter"))
    return Curve(points, np.interp(points, p, L))
