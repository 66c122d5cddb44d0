"""Methods also used in the field: TOPSIS, coupling coordination, obstacle degree; strengths and peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from research.composite.options import Coupling
from research.composite.spread import ROUNDING, checked_weights
from research.core.faults import DataError, Fault, nearest, spot

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.composite.result import IndexResult
    from research.core.kinds import Floats


GRADES = (
    "极度失调",
    "严重失调",
    "中度失调",
    "轻度失调",
    "濒临失调",
    "勉强协调",
    "初级协调",
    "中级协调",
    "良好协调",
    "优质协调",
)
VARIANTS = get_args(Coupling)


def topsis(matrix: ArrayLike, weights: ArrayLike | None = None, directions: ArrayLike | None = None) -> Floats:
    """TOPSIS closeness: distance from the worst over the distances from the worst and the best.

    Columns are divided by their Euclidean length (vector normalisation, not min-max), then weighted.

    Parameters
    ----------
    matrix : array-like of shape (units, indicators)
        Without gaps; no column of zeros.
    weights : array-like of shape (indicators,), optional
        Any positive scale; default equal.
    directions : array-like of 1 or -1, optional
        Default all 1.

    Returns
    -------
    ndarray of shape (units,)
        0 (worst in all) to 1 (best in all).

    Raises
    ------
    DataError
        Gaps, columns of zeros, all units equal; weights or directions that are none, or not one a column.

    References
    ----------
    Hwang & Yoon (1981), Multiple Attribute Decision Making.

    Examples
    --------
    >>> topsis([[1, 4], [2, 2], [4, 1]], directions=[1, -1]).round(3)
    array([0. , 0.5, 1. ])
    """
    x = np.asarray(matrix, float)
    if x.ndim != 2 or not np.isfinite(x).all():
        raise DataError(Fault("topsis", "a table of numbers without gaps", f"shape {x.shape}", kind="topsis"))
    length = np.sqrt((x**2).sum(axis=0))
    if (length == 0).any():
        raise DataError(
            [
                Fault(spot("topsis", column=j), "a value other than 0", "zeros only", kind="topsis")
                for j in np.flatnonzero(length == 0)
            ]
        )
    count = x.shape[1]
    w = np.ones(count) if weights is None else checked_weights(weights, count, "topsis", kind="topsis")
    turn = np.ones(count) if directions is None else np.asarray(directions)
    if turn.shape != (count,) or not np.isin(turn, (1, -1)).all():
        raise DataError(Fault("topsis, directions", f"{count} of 1 or -1", str(turn), kind="topsis"))
    v = x / length * (w / w.sum()) * turn
    far, near = (np.sqrt(((v - edge) ** 2).sum(axis=1)) for edge in (v.min(axis=0), v.max(axis=0)))
    if ((far + near) <= ROUNDING * np.abs(v).max()).any():
        raise DataError(Fault("topsis", "units that differ", "all equal", kind="topsis"))
    found: Floats = far / (far + near)
    return found


def coupling(
    values: ArrayLike, weights: ArrayLike | None = None, variant: Coupling = "traditional"
) -> dict[str, float]:
    """Coupling degree C, development T and coordination D of some subsystems.

    Parameters
    ----------
    values : array-like of shape (n,)
        Each subsystem from 0 to 1.
    weights : array-like of shape (n,), optional
        For T; default equal.
    variant : str
        `traditional`: C = n (prod U)^(1/n) / sum U, crowded near 1; `modified` (Wang et al. 2021): spreads
        C over 0 to 1 by the mean gap between subsystems. Name it: they differ by far.

    Returns
    -------
    dict
        C, T, D = sqrt(C T), each 0 to 1.

    Raises
    ------
    DataError
        Values outside 0 to 1, fewer than two, all zero, an unknown variant; weights that are none, or not one
        each.

    References
    ----------
    Wang Shujia et al. (2021), Journal of Natural Resources 36(3): 793-810.

    Examples
    --------
    >>> {k: round(v, 4) for k, v in coupling([0.8, 0.2]).items()}
    {'C': 0.8, 'T': 0.5, 'D': 0.6325}
    >>> round(coupling([0.8, 0.2], variant="modified")["C"], 4)
    0.3162
    """
    u = np.asarray(values, float)
    if variant not in VARIANTS:
        raise DataError(
            Fault(
                "coupling, variant",
                "one of " + ", ".join(VARIANTS),
                repr(variant),
                nearest(variant, VARIANTS),
                "coupling",
            )
        )
    if u.ndim != 1 or len(u) < 2 or not ((u >= 0) & (u <= 1)).all() or u.sum() == 0:
        raise DataError(Fault("coupling", "two or more values from 0 to 1, not all 0", str(u), kind="coupling"))
    n = len(u)
    w = np.ones(n) if weights is None else checked_weights(weights, n, "coupling", kind="coupling")
    t = float((w * u).sum() / w.sum())
    if variant == "traditional":
        c = n * float(np.prod(u)) ** (1 / n) / float(u.sum())
    else:
        i, j = np.triu_indices(n, 1)
        gap = float(np.sqrt((u[i] - u[j]) ** 2).sum() / (n * (n - 1) / 2))
        c = float(np.sqrt((1 - gap) * np.prod(u / u.max()) ** (1 / (n - 1))))
    c = min(1.0, c)
    return {"C": c, "T": t, "D": float(np.sqrt(c * t))}


def coordination_grade(d: float) -> str:
    """Name of the ten classes of coordination, upper bound closed.

    Examples
    --------
    >>> coordination_grade(0.7), coordination_grade(0.71)
    ('初级协调', '中级协调')
    """
    return GRADES[min(9, max(0, int(np.ceil(round(d * 10, 9))) - 1))]


def obstacle_degree(scores: ArrayLike, weights: ArrayLike) -> Floats:
    """Share of each indicator in the distance from full marks (障碍度).

    Parameters
    ----------
    scores : array-like of shape (n,)
        Normalised, 0 to 1.
    weights : array-like of shape (n,)

    Returns
    -------
    ndarray of shape (n,)
        Summing to 1.

    Raises
    ------
    DataError
        Scores outside 0 to 1; all at 1, where nothing is in the way; weights that are none, or not one each.

    Examples
    --------
    >>> obstacle_degree([0.9, 0.5, 0.2, 0.8], [0.1, 0.2, 0.3, 0.4]).round(4)
    array([0.0233, 0.2326, 0.5581, 0.186 ])
    """
    x = np.asarray(scores, float)
    w = checked_weights(weights, len(x) if x.ndim else 1, "obstacle degree", kind="obstacle")
    lost = w * (1 - x)
    if not ((x >= 0) & (x <= 1)).all() or not lost.sum() > 0:
        raise DataError(Fault("obstacle degree", "scores from 0 to 1, not all 1", str(x), kind="obstacle"))
    found: Floats = lost / lost.sum()
    return found


def topsis_table(result: IndexResult) -> pd.DataFrame:
    """TOPSIS of all units of each year on the imputed values: place, year, closeness, rank, n."""
    rows = []
    for year in np.unique(result.panel.years):
        at = np.flatnonzero(result.panel.years == year)
        x = result.stages["treated"][at]
        whole = ~np.isnan(x).any(axis=0) & (np.abs(x).sum(axis=0) > 0)
        if len(at) < 3 or whole.sum() < 2:
            continue
        w = result.tree.spread(result.local)[0][whole]
        close = topsis(x[:, whole], w, result.tree.directions[whole])
        rows.append(
            pd.DataFrame(
                {"place": result.panel.places[at], "year": year, "closeness": close, "n_indicators": int(whole.sum())}
            )
        )
    if not rows:
        return pd.DataFrame(columns=["place", "year", "closeness", "n_indicators", "rank", "n", "version"])
    out = pd.concat(rows, ignore_index=True)
    groups = out.groupby("year")["closeness"]
    return out.assign(
        rank=groups.rank(ascending=False, method="min").astype(int),
        n=groups.transform("count"),
        version=result.spec.version,
    )


def coupling_table(result: IndexResult) -> pd.DataFrame:
    """Coupling coordination of the domains, both variants: place, year, variant, C, T, D, grade."""
    low, high = result.spec.scale
    rows = []
    for u, (place, year) in enumerate(zip(result.panel.places, result.panel.years, strict=True)):
        values = np.clip((result.levels[-2][u] - low) / (high - low), 0, 1)
        if np.isnan(values).any() or len(values) < 2 or values.sum() == 0:
            continue
        for variant in VARIANTS:
            got = coupling(values, variant=variant)
            rows.append(
                {"place": place, "year": year, "variant": variant, **got, "grade": coordination_grade(got["D"])}
            )
    return pd.DataFrame(rows, columns=["place", "year", "variant", "C", "T", "D", "grade"]).assign(
        version=result.spec.version
    )


def obstacle_table(result: IndexResult) -> pd.DataFrame:
    """Obstacle degree of each indicator: place, year, indicator, name, obstacle, rank (1 is most in the way)."""
    frame = result.contributions[["place", "year", "indicator", "name", "score", "lost", "status", "version"]].copy()
    total = frame.groupby(["place", "year"])["lost"].transform("sum")
    frame["obstacle"] = frame["lost"] / total.where(total > 0)
    frame["rank"] = frame.groupby(["place", "year"])["obstacle"].rank(ascending=False, method="first").astype("Int64")
    return frame.drop(columns="lost").sort_values(["place", "year", "rank"]).reset_index(drop=True)


def strengths(result: IndexResult, count: int = 3) -> pd.DataFrame:
    """The best and weakest indicators of each place against the mean of its peers in the year.

    Returns
    -------
    DataFrame
        place, year, side (strength or weakness), order, indicator, name, score, mean, gap, status, version.
    """
    frame = result.indicator_scores.dropna(subset="score").rename(columns={"code": "indicator"})
    frame["mean"] = frame.groupby(["year", "indicator"])["score"].transform("mean")
    frame["gap"] = frame["score"] - frame["mean"]
    if len(np.unique(result.panel.places)) == 1:  # alone, a place is measured against its own average
        frame["mean"] = frame.groupby(["place", "year"])["score"].transform("mean")
        frame["gap"] = frame["score"] - frame["mean"]
    parts = []
    for side, ascending in (("strength", False), ("weakness", True)):
        part = frame.sort_values(["place", "year", "gap", "indicator"], ascending=[True, True, ascending, True])
        part = part.groupby(["place", "year"]).head(count)
        part = part[(part["gap"] < 0) if ascending else (part["gap"] > 0)]
        parts.append(part.assign(side=side, order=part.groupby(["place", "year"]).cumcount() + 1))
    columns = ["place", "year", "side", "order", "indicator", "name", "score", "mean", "gap", "status", "version"]
    return pd.concat(parts, ignore_index=True)[columns]


def peers(result: IndexResult, count: int = 3) -> pd.DataFrame:
    """The places most alike by their domain scores, and the better one to learn from.

    Returns
    -------
    DataFrame
        place, year, order, peer, distance (points, root mean square), lead (points of the peer's index
        above the place's), version.
    """
    rows = []
    for year in np.unique(result.panel.years):
        at = np.flatnonzero((result.panel.years == year) & ~np.isnan(result.levels[-2]).any(axis=1))
        x, index = result.levels[-2][at], result.levels[-1][at, 0]
        for i, u in enumerate(at):
            distance = np.sqrt(((x - x[i]) ** 2).mean(axis=1))
            for order, j in enumerate([k for k in np.argsort(distance, kind="stable") if k != i][:count], start=1):
                rows.append(
                    {
                        "place": result.panel.places[u],
                        "year": year,
                        "order": order,
                        "peer": result.panel.places[at[j]],
                        "distance": distance[j],
                        "lead": index[j] - index[i],
                    }
                )
    return pd.DataFrame(rows, columns=["place", "year", "order", "peer", "distance", "lead"]).assign(
        version=result.spec.version
    )
