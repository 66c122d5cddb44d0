"""Mobility of places between classes: Markov transition matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, spot
from research.measures import policy
from research.measures.dynamics.convergence import _panel

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints


@dataclass(frozen=True)
class Transition:
    """How places move between classes from one year to the next.

    Parameters
    ----------
    matrix : DataFrame
        Probability of each class (columns) a step after each class (rows); a class never seen is nan.
    counts : DataFrame
        Moves seen.
    cuts : tuple of float
        Borders between classes, in the unit of the values (or relative to the year's mean).
    ergodic : Series
        Shares of classes in the long run; nan where the matrix does not settle on one.
    mobility : float
        Prais-Shorrocks index ``(k - trace)/(k - 1)``: 0 nobody moves, 1 where one starts does not matter.
    p_value : float
        Of the test that the class after does not depend on the class before (chi-square).
    """

    matrix: pd.DataFrame
    counts: pd.DataFrame
    cuts: tuple[float, ...]
    ergodic: pd.Series
    mobility: float
    p_value: float


def transition_matrix(
    frame: pd.DataFrame,
    value: str,
    *,
    place: str = "place",
    year: str = "year",
    classes: int | Sequence[float] = 4,
    relative: bool = True,
    step: int = 1,
    labels: Sequence[str] | None = None,
) -> Transition:
    """Markov transition matrix of places between classes of income.

    ``P_ij = n_ij / sum_j n_ij``; the long run is the share vector with ``v = v P``.

    Parameters
    ----------
    frame : DataFrame
        One row a place and year; the same places each year.
    value : str
        Column, 0 or more.
    place, year : str
        Columns of place and year.
    classes : int or list of float
        Number of classes of equal size over all places and years, or the borders between them. A value on
        a border belongs to the class below.
    relative : bool
        Whether values are first taken relative to their year's mean (so that common growth is no move).
    step : int
        Moves over how many of the years in the data.
    labels : list of str, optional
        Names of the classes, from the lowest.

    Returns
    -------
    Transition

    Raises
    ------
    DataError
        As `sigma_convergence`; or for borders that do not rise, or too few years for the step.

    References
    ----------
    Quah (1993), European Economic Review 37; Shorrocks (1978), Econometrica 46.

    Examples
    --------
    >>> frame = pd.DataFrame({"place": list("abcd") * 2, "year": [2023] * 4 + [2024] * 4,
    ...                       "income": [1, 2, 3, 4, 1, 3, 2, 4]})
    >>> out = transition_matrix(frame, "income", classes=2, relative=False)
    >>> out.matrix.to_numpy().tolist(), out.mobility
    ([[0.5, 0.5], [0.5, 0.5]], 1.0)
    """
    x, _ = _panel(frame, value, place, year, None)
    step = int(policy.number(step, "step", 1))
    if x.shape[1] <= step:
        raise DataError(Fault(spot(column=year), f"more than {step} years", f"{x.shape[1]}", kind="empty"))
    y = x.to_numpy()
    if relative:
        if (y.sum(axis=0) == 0).any():
            raise policy.undefined("transition_matrix", "a year of nothing but zeros")
        y = y / y.mean(axis=0)
    cuts = _cuts(y, classes)
    names = _names(labels, len(cuts) + 1)
    at = np.searchsorted(cuts, y, side="left")
    k = len(names)
    pairs = at[:, :-step].ravel() * k + at[:, step:].ravel()
    counts = np.bincount(pairs, minlength=k * k).reshape(k, k)
    seen = counts.sum(axis=1, keepdims=True)
    matrix = np.divide(counts, seen, out=np.full((k, k), np.nan), where=seen > 0)
    as_frame: dict[str, Any] = {"index": pd.Index(names, name="from"), "columns": pd.Index(names, name="to")}
    return Transition(
        matrix=pd.DataFrame(matrix, **as_frame),
        counts=pd.DataFrame(counts, **as_frame),
        cuts=tuple(float(c) for c in cuts),
        ergodic=pd.Series(_ergodic(matrix), index=as_frame["columns"]),
        mobility=float((k - np.trace(matrix)) / (k - 1)),
        p_value=_independence(counts),
    )


def _cuts(y: Floats, classes: int | Sequence[float]) -> Floats:
    if np.ndim(classes) == 0:
        k = int(policy.number(classes, "classes", 2))
        ordered = np.sort(y.ravel())
        cuts = np.unique([ordered[int(np.ceil(len(ordered) * i / k)) - 1] for i in range(1, k)])
        if len(cuts) < k - 1 or cuts[-1] >= ordered[-1]:
            raise policy.undefined("transition_matrix", f"too many ties for {k} classes", "give borders")
        return cuts
    cuts = policy.check(classes, name="classes")[0]
    if (np.diff(cuts) <= 0).any():
        raise DataError(Fault("classes", "borders that rise", str(cuts.tolist()), kind="parameter"))
    return cuts


def _names(labels: Sequence[str] | None, k: int) -> list[str]:
    if labels is None:
        return [str(i + 1) for i in range(k)]
    if len(labels) != k:
        raise DataError(Fault("labels", f"{k} names", f"{len(labels)}", kind="parameter"))
    return list(labels)


def _ergodic(matrix: Floats) -> Floats:
    """Long-run shares: the one probability vector the matrix leaves as it is, if there is just one."""
    k = len(matrix)
    if np.isnan(matrix).any():
        return np.full(k, np.nan)
    equations = np.vstack([matrix.T - np.eye(k), np.ones(k)])
    solution, _, rank, _ = np.linalg.lstsq(equations, np.append(np.zeros(k), 1.0), rcond=1e-10)
    return np.clip(solution, 0, None) if rank == k else np.full(k, np.nan)


def _independence(counts: Ints) -> float:
    seen = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    return float(scipy.stats.chi2_contingency(seen, correction=False).pvalue) if min(seen.shape) > 1 else float("nan")
