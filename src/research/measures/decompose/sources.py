"""Gini by income source: which source makes incomes unequal, and what more of it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, spot
from research.measures import policy
from research.measures.concentration import fractional_rank
from research.measures.distribution import Distribution

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


@dataclass(frozen=True)
class Sources:
    """A Gini coefficient split by income source.

    Parameters
    ----------
    total : float
        Gini of the sum of the sources; the sum of `contribution`.
    table : DataFrame
        Tidy: `source`, `share` (S, of all income), `gini` (G, of the source), `correlation` (R, from -1 to
        1), `concentration` (G R), `contribution` (S G R), `share_of_gini` (of the total), `marginal`
        (relative change of the Gini when the source grows by 1%, in percent).
    """

    total: float
    table: pd.DataFrame


def gini_sources(sources: pd.DataFrame | Mapping[str, ArrayLike], weights: ArrayLike | None = None) -> Sources:
    """Gini by income source after Lerman and Yitzhaki: ``G = sum_k S_k G_k R_k``.

    Parameters
    ----------
    sources : DataFrame or dict of array-like of shape (n,)
        One column a source (yuan a year); losses (negatives) are allowed, a negative sum is not.
    weights : array-like of shape (n,), optional
        Persons each row stands for; only their proportions matter.

    Returns
    -------
    Sources
        `gini` and `correlation` are nan for a source without a positive sum, and `gini` may pass 1 where
        there are losses.

    Raises
    ------
    DataError
        Naming each awkward entry by source and position, another length, or a negative sum.

    References
    ----------
    Lerman & Yitzhaki (1985), Review of Economics and Statistics 67; Stark, Taylor & Yitzhaki (1986).

    Examples
    --------
    >>> out = gini_sources({"wage": [1, 2, 6], "transfer": [2, 1, 0]})
    >>> out.table.round(3)[["source", "share", "contribution", "marginal"]].values.tolist()
    [['wage', 0.75, 0.25, 0.75], ['transfer', 0.25, -0.083, -0.75]]
    """
    names, columns, w = clean_sources(sources, weights)
    x = np.sum(columns, axis=0)
    d = Distribution(x, w)
    if d.sum == 0:
        raise policy.undefined("gini_sources", "all incomes are zero")
    mean = np.average(x, weights=w)
    rank = fractional_rank(x, w)
    rows = []
    for name, y in zip(names, columns, strict=True):
        level = np.average(y, weights=w)
        cov = 2 * np.average((y - level) * (rank - 0.5), weights=w)
        own = 2 * np.average((y - level) * (fractional_rank(y, w) - 0.5), weights=w)
        fit = level > 0
        rows.append((name, level / mean, own / level if fit else np.nan, cov / own if own > 0 else np.nan,
                     cov / level if fit else np.nan, cov / mean))  # fmt: skip
    heads = ["source", "share", "gini", "correlation", "concentration", "contribution"]
    table = pd.DataFrame(rows, columns=heads)
    total = float(table["contribution"].sum())
    table["share_of_gini"] = table["contribution"] / total if total > 0 else np.nan
    table["marginal"] = table["share_of_gini"] - table["share"]
    return Sources(total, table)


def clean_sources(
    sources: pd.DataFrame | Mapping[str, ArrayLike], weights: ArrayLike | None
) -> tuple[list[str], list[Floats], Floats]:
    """Names and clean columns of sources, weights (ones by default), all faults at once.

    Examples
    --------
    >>> clean_sources({"wage": [1, "x"]}, None)
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: wage[1]: expected a number, found 'x' (turn texts into numbers first)
    """
    items = list(sources.items()) if hasattr(sources, "items") else []
    if not items:
        raise DataError(Fault("sources", "named columns, one a source", type(sources).__name__, kind="shape"))
    faults: list[Fault | str] = []
    columns: list[Floats] = []
    w: Floats | None = None
    for name, values in items:
        try:
            y, w = policy.check(values, weights, name=str(name), negatives=True)
            columns.append(y)
        except DataError as error:
            faults.extend(f for f in error.faults if f not in faults)
    if not faults and len({len(c) for c in columns}) > 1:
        faults.append(Fault("sources", "columns of one length", str([len(c) for c in columns]), kind="length"))
    if faults:
        raise DataError(faults)
    total = np.sum(columns, axis=0)
    bad = np.flatnonzero(total < 0)
    if len(bad):
        way_out = "clip or drop persons whose losses pass their income"
        shown = [
            Fault(spot("sum", index=int(i)), "a sum of 0 or more", repr(float(total[i])), way_out) for i in bad[:20]
        ]
        raise DataError(shown)
    w = np.ones(len(total)) if w is None else w
    keep = w > 0
    return [str(n) for n, _ in items], [c[keep] for c in columns], w[keep]
