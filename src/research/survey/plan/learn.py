"""What last year's survey tells a plan: means, spreads, likeness within villages, response - each with its error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, say, spot
from research.measures.columns import check_columns, clean

if TYPE_CHECKING:
    from research.core.kinds import Floats


def learn(
    frame: pd.DataFrame,
    values: list[str],
    stratum: str,
    *,
    psu: str | None = None,
    weight: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """The table `measures` of a plan, out of a survey's rows.

    Parameters
    ----------
    frame : DataFrame
        One row a household.
    values : list of str
        Columns of the measures.
    stratum : str
        Column of the strata.
    psu : str, optional
        Column of villages, for the intraclass correlation.
    weight : str, optional
        Column of weights, for mean and sd.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        `stratum`, `measure`, `n`, `mean`, `mean_se`, `sd`, `sd_se`; with `psu` also `villages`, `icc`, `icc_lower`,
        `icc_upper` and `icc_basis` ("own", or "all": of all strata together, where one has no two villages with two
        households), `deff`, `deff_lower` and `deff_upper` (design effect of the mean by the icc and its limits, and the
        weights). The correlation is that of the analysis of variance, its interval by F; below 0 it is told as it
        is, and a plan takes 0.

    Raises
    ------
    DataError
        With all faults: unknown columns, values that are none, strata with fewer than two households.

    References
    ----------
    Searle, Casella & McCulloch (1992), "Variance Components", section 3.6; Cochran (1977), section 2.6;
    Kish (1965), "Survey Sampling", sections 5.4 and 11.7 (design effect).

    Examples
    --------
    >>> rows = pd.DataFrame({"s": "x", "v": list("aabbcc"), "income": [1.0, 2, 5, 6, 9, 10]})
    >>> learn(rows, ["income"], "s", psu="v").round(3)[["mean", "sd", "icc"]].values.tolist()
    [[5.5, 3.619, 0.969]]
    """
    check_columns(frame, [*values, stratum, *([psu] if psu else []), *([weight] if weight else [])])
    sizes = frame.groupby(stratum)[values].count()
    faults = [
        Fault(
            spot("frame", item=str(s), column=v),
            say("two values or more", "至少两个数值"),
            str(int(sizes.at[s, v])),
            say("join the stratum with a like one", "请并入相近的层"),
            kind="few",
        )
        for s in sizes.index
        for v in values
        if sizes.at[s, v] < 2
    ]
    if faults:
        raise DataError(faults)
    rows = []
    for value in values:
        clean(frame, value, weight, "drop")
        pooled = _icc(frame, value, stratum, psu, level) if psu else None
        for name, part in frame.dropna(subset=[value]).groupby(stratum):
            row = {"stratum": str(name), "measure": value, **_moments(part, value, weight)}
            rows.append(
                row | (_likeness(part, value, psu, level, pooled, weight) if psu and pooled is not None else {})
            )
    return pd.DataFrame(rows)


def _moments(part: pd.DataFrame, value: str, weight: str | None) -> dict[str, float]:
    """Weighted mean and sd with their errors (that of the sd by the fourth moment)."""
    x = part[value].to_numpy(float)
    w = np.ones(len(x)) if weight is None else part[weight].to_numpy(float)
    w = w / w.sum()
    n = len(x)
    mean = float((w * x).sum())
    square = (x - mean) ** 2
    variance = float((w * square).sum()) * n / (n - 1)
    noise = np.sqrt(float((w**2 * (square - (w * square).sum()) ** 2).sum()))
    sd = float(np.sqrt(variance))
    return {
        "n": n,
        "mean": mean,
        "mean_se": float(np.sqrt(((w * (x - mean)) ** 2).sum() * n / (n - 1))),
        "sd": sd,
        "sd_se": noise / (2 * sd) if sd else 0.0,
    }


def _likeness(
    part: pd.DataFrame, value: str, psu: str, level: float, pooled: Floats, weight: str | None
) -> dict[str, object]:
    count = part.groupby(psu)[value].count()
    able = len(count) > 1 and len(part) > len(count)
    icc = _icc(part, value, None, psu, level) if able else pooled
    effect = _effect(part, psu, weight, icc)
    return {
        "villages": len(count),
        "icc": icc[0],
        "icc_lower": icc[1],
        "icc_upper": icc[2],
        "icc_basis": "own" if able else "all",
        "deff": effect[0],
        "deff_lower": effect[1],
        "deff_upper": effect[2],
    }


def _effect(part: pd.DataFrame, psu: str, weight: str | None, icc: Floats) -> Floats:
    """Kish's effect of unequal weights, times that of likeness within villages of the size met on average."""
    w = pd.Series(1.0, index=part.index) if weight is None else part[weight].astype(float)
    own = w.groupby(part[psu]).sum()
    size = float((own**2).sum() / (w**2).sum())
    unequal = len(w) * float((w**2).sum()) / float(w.sum()) ** 2
    return np.asarray(unequal * np.maximum(1 + (size - 1) * np.asarray(icc, float), 0.0), float)


def _icc(frame: pd.DataFrame, value: str, stratum: str | None, psu: str, level: float) -> Floats:
    """Correlation within villages by the analysis of variance, within strata where there are some, and its limits."""
    part = frame.dropna(subset=[value])
    keys = [psu] if stratum is None else [stratum, psu]
    groups = part.groupby(keys)[value]
    n, mean = groups.count().to_numpy(float), groups.mean().to_numpy(float)
    outer = np.zeros(len(n), int) if stratum is None else pd.factorize(groups.count().index.get_level_values(0))[0]
    total, count = np.bincount(outer, weights=n), np.bincount(outer)
    middle = np.bincount(outer, weights=n * mean) / total
    between, within = (
        float((n * (mean - middle[outer]) ** 2).sum()),
        float(((part[value] - groups.transform("mean")) ** 2).sum()),
    )
    df1, df2 = len(n) - len(count), float(n.sum()) - len(n)
    if df1 < 1 or df2 < 1:
        return np.array([0.0, 0.0, 1.0])
    n0 = float((total - np.bincount(outer, weights=n**2) / total).sum()) / df1
    ratio = (between / df1) / (within / df2) if within else np.inf
    f = np.array(
        [
            ratio,
            ratio / scipy.stats.f.ppf(0.5 + level / 2, df1, df2),
            ratio / scipy.stats.f.ppf(0.5 - level / 2, df1, df2),
        ]
    )
    return np.asarray(np.where(np.isinf(f), 1.0, (f - 1) / (f + n0 - 1)), float)
