"""Answers that are missing taken from others alike, and what that costs in precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, say, spot
from research.measures.columns import check_columns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def hot_deck(
    frame: pd.DataFrame,
    column: str,
    classes: str | Sequence[str],
    *,
    times: int = 20,
    seed: int = 20240701,
    weight: str | None = None,
) -> list[pd.DataFrame]:
    """Copies of a table in which gaps are filled from donors of the same class.

    Each copy draws its donors anew from a bootstrap of them (approximate Bayesian bootstrap), so that `combine` tells
    the whole error.

    Parameters
    ----------
    frame : DataFrame
    column : str
        With gaps.
    classes : str or list of str
        Columns of the classes.
    times : int
        Copies.
    seed : int
    weight : str, optional
        Donors are drawn in proportion to it.

    Returns
    -------
    list of DataFrame
        With the column filled, and ``<column>_status``: "imputed" where it was, "" elsewhere.

    Raises
    ------
    DataError
        Naming each class with gaps and without a donor.

    References
    ----------
    Rubin & Schenker (1986), JASA 81; Andridge & Little (2010), International Statistical Review 78.

    Examples
    --------
    >>> rows = pd.DataFrame({"y": [1.0, None, 3.0], "c": "a"})
    >>> hot_deck(rows, "y", "c", times=2)[0]["y_status"].tolist()
    ['', 'imputed', '']
    """
    names = [classes] if isinstance(classes, str) else list(classes)
    check_columns(frame, [column, *names, *([weight] if weight else [])])
    gaps = frame[column].isna().to_numpy()
    groups = {k: np.asarray(v) for k, v in frame.groupby(names, observed=True, dropna=False).indices.items()}
    without = [k for k, rows in groups.items() if gaps[rows].any() and gaps[rows].all()]
    if without:
        text, way = say("a household with an answer", "至少一户有答案"), say("join classes", "请合并类别")
        raise DataError(
            [Fault(spot(column=column, item=str(k)), text, say("none", "没有"), way, kind="few") for k in without]
        )
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(times):
        values = frame[column].to_numpy(copy=True)
        for rows in groups.values():
            takers, donors = rows[gaps[rows]], rows[~gaps[rows]]
            if len(takers):
                p = None if weight is None else frame[weight].to_numpy(float)[donors]
                again = rng.choice(donors, len(donors), p=None if p is None else p / p.sum())
                values[takers] = values[rng.choice(again, len(takers))]
        out.append(frame.assign(**{column: values, f"{column}_status": np.where(gaps, "imputed", "")}))
    return out


def combine(
    estimates: ArrayLike, variances: ArrayLike, degrees: float = np.inf, level: float = 0.95
) -> dict[str, float]:
    """One estimate of several imputed copies, by Rubin's rules.

    Parameters
    ----------
    estimates, variances : array-like of shape (copies,)
    degrees : float
        Of the variance of one complete copy (clusters less strata).
    level : float

    Returns
    -------
    dict
        `estimate`, `se`, `lower`, `upper`, `df` (Barnard & Rubin), `missing` (share of information that is missing).

    Raises
    ------
    DataError
        For fewer than two copies.

    References
    ----------
    Rubin (1987), "Multiple Imputation"; Barnard & Rubin (1999), Biometrika 86.

    Examples
    --------
    >>> told = combine([10.0, 11, 12], [1.0, 1, 1])
    >>> told["estimate"], round(told["se"], 4)
    (11.0, 1.5275)
    """
    q, u = np.asarray(estimates, float), np.asarray(variances, float)
    m = len(q)
    if m < 2:
        raise DataError(Fault("estimates", say("two copies or more", "至少两份"), str(m), kind="few"))
    within, between = float(u.mean()), float(q.var(ddof=1))
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total if total else 0.0
    df = (m - 1) / share**2 if share else np.inf
    if np.isfinite(degrees):
        own = (degrees + 1) / (degrees + 3) * degrees * (1 - share)
        df = own if np.isinf(df) else 1 / (1 / df + 1 / own)
    reach = float(scipy.stats.t.ppf(0.5 + level / 2, df)) * total**0.5
    middle = float(q.mean())
    return {
        "estimate": middle,
        "se": total**0.5,
        "lower": middle - reach,
        "upper": middle + reach,
        "df": df,
        "missing": share,
    }
