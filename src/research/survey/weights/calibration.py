"""Weights that give back known totals: post-stratification, raking, GREG, logit-bounded, ridge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, say, spot
from research.measures import policy
from research.measures.columns import check_columns, clean
from research.survey.weights.auxiliary import Auxiliary, Totals, margins_of
from research.survey.weights.distances import DISTANCES, Distance
from research.survey.weights.trimming import kish

if TYPE_CHECKING:
    from research.core.kinds import Floats

Method = Literal["linear", "raking", "logit"]
METHODS = get_args(Method)
MET = 1e-9
"""Share of a total within which it is met."""
ROUNDS = 200


@dataclass(frozen=True)
class Calibrated:
    """Weights that agree with known totals.

    Parameters
    ----------
    weights, base, g : ndarray of shape (rows,)
        Calibrated weights, those before, and their ratio.
    auxiliary : Auxiliary
        What is known, for the variance.
    method : str
    margins : DataFrame
        `margin`, `level`, `before`, `target`, `after`, `gap` (after over target, less 1).
    diagnostics : dict
        `rounds`, `g_min`, `g_max`, `g_cv`, `negative` (weights below 0), `kish_before`, `kish_after` (design effect of
        unequal weights).
    """

    weights: Floats
    base: Floats
    g: Floats
    auxiliary: Auxiliary
    method: str
    margins: pd.DataFrame
    diagnostics: dict[str, Any]
    ridge: Floats | None = None

    def moved(self, frame: pd.DataFrame, columns: Sequence[str] = (), most: int = 10) -> pd.DataFrame:
        """The rows whose weight moved most.

        Parameters
        ----------
        frame : DataFrame
            The sample.
        columns : sequence of str
            Columns shown.
        most : int

        Returns
        -------
        DataFrame
            `columns`, `base`, `weight`, `g`; the largest moves first, up or down alike.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            far = np.abs(np.log(np.maximum(self.g, 1e-12)))
        rows = np.argsort(-far, kind="stable")[:most]
        out = frame.iloc[rows][list(columns)].copy()
        return out.assign(base=self.base[rows], weight=self.weights[rows], g=self.g[rows])

    def residuals(self, y: Floats) -> Floats:
        """What the auxiliaries do not explain of a variable, by regression with the base weights.

        Its weighted total's variance is that of the calibrated total of `y` (Deville & Särndal 1992).
        """
        gram = self.auxiliary.gram(self.base)
        if self.ridge is not None:
            gram = gram + np.diag(self.ridge)
        slopes = _solve(gram, self.auxiliary.sums(self.base * y))
        return np.asarray(y - self.auxiliary.dot(slopes), float)


def calibrate(
    frame: pd.DataFrame,
    weight: str,
    totals: Totals,
    method: Method = "raking",
    *,
    bounds: tuple[float, float] | None = None,
    ridge: float | Mapping[str, float] | None = None,
    negative: Literal["refuse", "allow"] = "refuse",
) -> Calibrated:
    """Weights near those given that add up to known totals.

    Parameters
    ----------
    frame : DataFrame
        One row a household that answered.
    weight : str
        Column of base weights, above 0.
    totals : mapping
        As `margins_of` takes them: ``{"residence": {"urban": 800, "rural": 400}, "size": 3100.0}``.
    method : {"linear", "raking", "logit"}
        GREG; factors above 0; factors between `bounds`.
    bounds : (float, float), optional
        Limits of the factors; needed for "logit", cut off in the others.
    ridge : float or mapping, optional
        Where totals conflict with each other or with the sample: how far they may be missed, 0 (met) upwards, for all
        or by margin (with "linear"). 0.01 lets a total give way a little, 1 a lot.
    negative : {"refuse", "allow"}
        Weights below 0, which "linear" can give.

    Returns
    -------
    Calibrated

    Raises
    ------
    DataError
        With all faults of the totals; naming the totals that cannot be met within the bounds; for weights below 0.

    References
    ----------
    Deville & Särndal (1992), JASA 87; Deville, Särndal & Sautory (1993), JASA 88; Rao & Singh (1997), "A
    ridge-shrinkage method for range-restricted weight calibration".

    Examples
    --------
    >>> rows = pd.DataFrame({"sex": list("ffm"), "w": [1.0, 1, 2]})
    >>> calibrate(rows, "w", {"sex": {"f": 6, "m": 4}}).weights.round(6).tolist()
    [3.0, 3.0, 4.0]
    """
    policy.choice(method, "method", METHODS)
    policy.choice(negative, "negative", ("refuse", "allow"))
    base = _base(frame, weight)
    soft = ridge is not None
    if soft and method != "linear":
        raise DataError(Fault("ridge", say("method 'linear'", "方法linear"), repr(method), kind="parameter"))
    auxiliary = margins_of(frame, totals) if not soft else _loosely(frame, totals)
    if method == "logit" and bounds is None:
        raise DataError(
            Fault("bounds", say("bounds for method 'logit'", "logit法要给上下限"), "None", kind="parameter")
        )
    low, high = bounds if bounds is not None else (-np.inf if method == "linear" else 0.0, np.inf)
    distance = DISTANCES[method](low, high)
    give = None if ridge is None else _give(auxiliary, ridge, base)
    g, rounds = _factors(auxiliary, base, distance, give)
    return _told(frame, Calibrated(base * g, base, g, auxiliary, method, pd.DataFrame(), {}, give), rounds, negative)


def poststratify(frame: pd.DataFrame, weight: str, by: str | Sequence[str], totals: Mapping[Any, float]) -> Calibrated:
    """Weights whose sum in each cell is the known one.

    Parameters
    ----------
    frame : DataFrame
    weight : str
        Column of base weights.
    by : str or list of str
        Columns that make the cells.
    totals : mapping
        Cell (with several columns: a tuple) to its total.

    Returns
    -------
    Calibrated

    Raises
    ------
    DataError
        As `calibrate`.

    References
    ----------
    Holt & Smith (1979), JRSS A 142.

    Examples
    --------
    >>> rows = pd.DataFrame({"sex": list("ffm"), "w": [1.0, 3, 2]})
    >>> poststratify(rows, "w", "sex", {"f": 8, "m": 4}).g.tolist()
    [2.0, 2.0, 2.0]
    """
    key = by if isinstance(by, str) else tuple(by)
    return calibrate(frame, weight, {key: totals}, "linear")


def _base(frame: pd.DataFrame, weight: str) -> Floats:
    check_columns(frame, [weight])
    w, _, _ = clean(frame, weight, None)
    zero = np.flatnonzero(w <= 0)
    if len(zero):
        text = say("weights above 0", "大于0的权数")
        raise DataError([Fault(spot("sample", row=frame.index[r], column=weight), text, "0") for r in zero[:20]])
    return w


def _loosely(frame: pd.DataFrame, totals: Totals) -> Auxiliary:
    """Margins that may contradict each other, since they may be missed."""
    parts = [margins_of(frame, {name: given}) for name, given in totals.items()]
    parts.sort(key=lambda p: p.numeric.shape[1])
    codes, starts = [], [0]
    for p in parts:
        codes += [c + starts[-1] for c in p.codes]
        starts += [starts[-1] + p.levels] if p.codes else []
    numeric = np.column_stack([p.numeric for p in parts])
    return Auxiliary(
        codes, numeric, [x for p in parts for x in p.labels], np.concatenate([p.totals for p in parts]), starts
    )


def _give(auxiliary: Auxiliary, ridge: float | Mapping[str, float], base: Floats) -> Floats:
    given = {name: ridge if isinstance(ridge, (int, float)) else 0.0 for name, _ in auxiliary.labels}
    if isinstance(ridge, Mapping):
        given |= {("×".join(k) if isinstance(k, tuple) else k): float(v) for k, v in ridge.items()}
    share = np.array([given[name] for name, _ in auxiliary.labels])
    if (share < 0).any():
        raise DataError(Fault("ridge", say("0 or more", "不小于0的数"), str(share.min()), kind="parameter"))
    return np.asarray(share * np.diag(auxiliary.gram(base)), float)


def _factors(auxiliary: Auxiliary, base: Floats, distance: Distance, give: Floats | None) -> tuple[Floats, int]:
    """Factors of the weights; rows alike in all margins have one."""
    small = auxiliary.cells()
    if small is None:
        price, rounds = _prices(auxiliary, base, distance, give)
        return distance.g(auxiliary.dot(price)), rounds
    cells, cell = small
    price, rounds = _prices(cells, np.asarray(np.bincount(cell, weights=base), float), distance, give)
    return distance.g(cells.dot(price)).take(cell), rounds


def _prices(auxiliary: Auxiliary, base: Floats, distance: Distance, give: Floats | None) -> tuple[Floats, int]:
    """Newton's steps to the price of each total, halved where they go too far."""
    soft = np.zeros(len(auxiliary.totals)) if give is None else give
    scale = np.maximum(np.abs(auxiliary.totals), 1e-3 * np.abs(auxiliary.totals).max() + 1e-300)

    def off(at: Floats) -> tuple[Floats, float]:
        gap = auxiliary.totals - auxiliary.sums(base * distance.g(auxiliary.dot(at))) - soft * at
        return gap, float(np.abs(gap / scale).max())

    price = np.zeros(len(auxiliary.totals))
    gap, far = off(price)
    for n in range(1, ROUNDS + 1):
        if far < MET / 100:
            return price, n - 1
        hold = base * distance.slope(auxiliary.dot(price))
        step = _solve(auxiliary.gram(hold) + np.diag(soft), gap)
        for _ in range(30):
            new, near = off(price + step)
            if near < far:
                break
            step = step / 2
        else:
            break
        price, gap, far = price + step, new, near
    if far > MET:
        _unmet(auxiliary, gap, scale)
    return price, n


def _solve(gram: Floats, gap: Floats) -> Floats:
    """The smallest solution; margins that follow from others take nothing."""
    size = np.sqrt(np.maximum(np.diag(gram), 0))
    size = np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh(gram / np.outer(size, size))
    keep = values > 1e-11 * max(values[-1], 1e-300)
    return np.asarray(vectors[:, keep] @ ((vectors[:, keep].T @ (gap / size)) / values[keep]) / size, float)


def _unmet(auxiliary: Auxiliary, gap: Floats, scale: Floats) -> None:
    way = say("widen the bounds, join levels, or use ridge", "请放宽上下限、合并类别，或用岭校准")
    faults = []
    for i in np.flatnonzero(np.abs(gap / scale) > MET * 10):
        name, level = auxiliary.labels[i]
        place = spot("totals", item="：".join(x for x in (name, level) if x))
        best = say(f"{auxiliary.totals[i] - gap[i]:.10g} at best", f"至多到{auxiliary.totals[i] - gap[i]:.10g}")
        faults.append(Fault(place, f"{auxiliary.totals[i]:.10g}", best, way, kind="unmet"))
    raise DataError(
        faults or [Fault("totals", say("totals that can be met", "能够满足的总数"), "?", way, kind="unmet")]
    )


def _told(frame: pd.DataFrame, made: Calibrated, rounds: int, negative: str) -> Calibrated:
    below = np.flatnonzero(made.weights < 0)
    if len(below) and negative == "refuse":
        text = say("weights of 0 or more", "不小于0的权数")
        way = say("use raking, bounds, or negative='allow'", "请用raking、上下限，或写明 negative='allow'")
        faults = [
            Fault(
                spot("sample", row=frame.index[r], column=say("calibrated weight", "校准权数")),
                text,
                f"{made.weights[r]:.6g}",
                way,
                kind="negative",
            )  # fmt: skip
            for r in below
        ]
        raise DataError(faults)
    a = made.auxiliary
    before, after = a.sums(made.base), a.sums(made.weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(a.totals != 0, after / a.totals - 1, after)
    margins = pd.DataFrame(a.labels, columns=["margin", "level"])
    margins = margins.assign(before=before, target=a.totals, after=after, gap=gap)
    told = {"rounds": rounds, "g_min": float(made.g.min()), "g_max": float(made.g.max()),
            "g_cv": float(made.g.std() / made.g.mean()), "negative": len(below),
            "kish_before": kish(made.base), "kish_after": kish(made.weights)}  # fmt: skip
    return Calibrated(made.weights, made.base, made.g, a, made.method, margins, told, made.ridge)
