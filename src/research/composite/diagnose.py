"""What the index is made of, in the data: correlations, Cronbach's alpha, PCA, effective weights, drop-one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.composite.aggregate import climb
from research.composite.spread import flat
from research.core.faults import DataError, Fault

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.composite.result import IndexResult
    from research.core.kinds import Bools, Floats, Ints


def cronbach_alpha(matrix: ArrayLike) -> float:
    """Cronbach's alpha: how far columns measure one thing.

    Parameters
    ----------
    matrix : array-like of shape (units, items)
        Without gaps; two or more items and units.

    Returns
    -------
    float
        Up to 1; 0.7 is often asked for.

    Raises
    ------
    DataError
        Fewer than two items or units, gaps, or a total without spread.

    Examples
    --------
    >>> cronbach_alpha([[1, 2], [2, 3], [3, 4]])
    1.0
    """
    x = np.asarray(matrix, float)
    if x.ndim != 2 or min(x.shape) < 2 or np.isnan(x).any() or flat(x.sum(axis=1)):
        raise DataError(
            Fault("alpha", "two or more items and units, no gaps, totals that differ", f"shape {x.shape}", kind="alpha")
        )
    k = x.shape[1]
    return float(k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1)))


def _units(result: IndexResult, year: int | None) -> Bools:
    at = ~np.isnan(result.levels[-1][:, 0])
    return at if year is None else at & (result.panel.years == int(year))


def alphas(result: IndexResult, year: int | None = None) -> pd.DataFrame:
    """Alpha and the first principal component's share in each domain and in the whole.

    Returns
    -------
    DataFrame
        code, name, n_items, n_units, alpha, first_component, version; NaN where it cannot be had.
    """
    at, tree, rows = _units(result, year), result.tree, []
    top = len(tree.codes) - 1
    families = [
        (tree.codes[top - 1][p], tree.names[top - 1][p], tree.ancestors(top - 1) == p)
        for p in range(len(tree.codes[top - 1]))
    ]
    families.append((tree.codes[top][0], tree.names[top][0], np.ones(len(tree.leaves), bool)))
    for code, name, mask in families:
        x = result.levels[0][at][:, mask]
        x = x[~np.isnan(x).any(axis=1)]
        x = x[:, ~flat(x)] if len(x) > 1 else x
        good = min(x.shape) >= 2 and not flat(x.sum(axis=1))
        share = np.linalg.eigvalsh(np.corrcoef(x, rowvar=False)).max() / x.shape[1] if good else np.nan
        rows.append(
            {
                "code": code,
                "name": name,
                "n_items": int(mask.sum()),
                "n_units": len(x),
                "alpha": cronbach_alpha(x) if good else np.nan,
                "first_component": share,
            }
        )
    return pd.DataFrame(rows).assign(version=result.spec.version)


def principal_components(result: IndexResult, year: int | None = None, level: int = -2, keep: int = 6) -> pd.DataFrame:
    """Principal components of the scores of one level (default the domains).

    Returns
    -------
    DataFrame
        component, eigenvalue, share, cumulative, and the loading of each node.
    """
    x = result.levels[level][_units(result, year)]
    x = x[~np.isnan(x).any(axis=1)]
    codes = np.array(result.tree.codes[level])
    varying = ~flat(x) if len(x) > 1 else np.zeros(len(codes), bool)
    if len(x) < 3 or varying.sum() < 2:
        return pd.DataFrame(columns=["component", "eigenvalue", "share", "cumulative", *codes])
    values, vectors = np.linalg.eigh(np.corrcoef(x[:, varying], rowvar=False))
    order = np.argsort(values)[::-1][:keep]
    # The sign of a component is free: the largest loading is made positive, so that runs agree.
    sign = np.sign(vectors[np.abs(vectors).argmax(axis=0), range(len(values))])
    loadings = (vectors * sign)[:, order].T
    frame = pd.DataFrame(loadings, columns=codes[varying])
    share = values[order] / values.sum()
    frame.insert(0, "component", np.arange(1, len(order) + 1))
    frame.insert(1, "eigenvalue", values[order])
    frame.insert(2, "share", share)
    frame.insert(3, "cumulative", share.cumsum())
    return frame.assign(version=result.spec.version)


def correlations(result: IndexResult, year: int | None = None) -> pd.DataFrame:
    """Correlation of each node with its parent and with the index, over the units.

    Returns
    -------
    DataFrame
        code, name, level, parent, with_parent, with_index, n, flag (low below 0, redundant above 0.92).
    """
    at, tree, rows = _units(result, year), result.tree, []
    index = result.levels[-1][at, 0]
    for k in range(len(tree.codes) - 1):
        for i, code in enumerate(tree.codes[k]):
            own, up = result.levels[k][at, i], result.levels[k + 1][at, tree.parents[k][i]]
            alone = (tree.parents[k] == tree.parents[k][i]).sum() == 1
            r = _r(own, up)
            flag = "" if alone or np.isnan(r) else "negative" if r < 0 else "redundant" if r > 0.92 else ""
            rows.append(
                {
                    "code": code,
                    "name": tree.names[k][i],
                    "level": tree.levels[k],
                    "parent": tree.codes[k + 1][tree.parents[k][i]],
                    "with_parent": r,
                    "with_index": _r(own, index),
                    "n": int((~np.isnan(own)).sum()),
                    "flag": flag,
                }
            )
    return pd.DataFrame(rows).assign(version=result.spec.version)


def _r(a: Floats, b: Floats) -> float:
    both = ~np.isnan(a) & ~np.isnan(b)
    if both.sum() < 3 or flat(a[both]) or flat(b[both]):
        return np.nan
    return float(np.corrcoef(a[both], b[both])[0, 1])


def effective_weights(result: IndexResult, year: int | None = None) -> pd.DataFrame:
    """Nominal weight against the share of the index's variance that an indicator's points carry.

    The shares cov(points, index) / var(index) add up to 1 exactly: a large nominal weight on an indicator
    that hardly varies decides little. Between the places of one year: over years pooled, the common rise of all places
    would decide.

    Returns
    -------
    DataFrame
        indicator, name, weight, share, ratio, version.
    """
    from research.composite.explain import points_of

    at = _units(result, year)
    points, index = np.nan_to_num(points_of(result)[0][at]), result.levels[-1][at, 0]
    variance = index.var()
    share = (
        ((points - points.mean(axis=0)) * (index - index.mean())[:, None]).mean(axis=0) / variance
        if (len(index) > 2 and not flat(index))
        else np.full(points.shape[1], np.nan)
    )
    weight = result.tree.spread(result.local)[0]
    return pd.DataFrame(
        {
            "indicator": result.tree.leaves,
            "name": result.tree.names[0],
            "weight": weight,
            "share": share,
            "ratio": share / weight,
            "version": result.spec.version,
        }
    )


def effective_domains(result: IndexResult, year: int, level: float = 0.95) -> pd.DataFrame:
    """The same by domain in one year, with the jackknife's interval over the places.

    Returns
    -------
    DataFrame
        domain, name, weight, share, se, lower, upper, apart (1 above its weight beyond the interval, -1 below, 0
        inside), level (of the interval), year, version. With 19 places few shares are known well, and an order of
        them says little.
    """
    from scipy import stats

    from research.composite.explain import points_of

    at, top = _units(result, year), len(result.tree.codes) - 2
    owner, index = result.tree.ancestors(top), result.levels[-1][_units(result, year), 0]
    leaves = np.nan_to_num(points_of(result)[0][at])
    points = np.column_stack([leaves[:, owner == d].sum(axis=1) for d in range(len(result.tree.codes[top]))])
    weight = np.bincount(owner, weights=result.tree.spread(result.local)[0])
    n = len(index)

    def shares(keep: np.ndarray) -> np.ndarray:
        x, y = points[keep], index[keep]
        return np.asarray(((x - x.mean(axis=0)) * (y - y.mean())[:, None]).mean(axis=0) / y.var())

    if n < 4 or flat(index):
        share, se = np.full(len(weight), np.nan), np.full(len(weight), np.nan)
    else:
        share, out = shares(np.ones(n, bool)), np.array([shares(np.arange(n) != k) for k in range(n)])
        se = np.sqrt((n - 1) / n * ((out - out.mean(axis=0)) ** 2).sum(axis=0))
    reach = stats.t.ppf((1 + level) / 2, max(n - 1, 1)) * se
    apart = np.where(share - reach > weight, 1, np.where(share + reach < weight, -1, 0))
    return pd.DataFrame(
        {
            "domain": result.tree.codes[top],
            "name": result.tree.names[top],
            "weight": weight,
            "share": share,
            "se": se,
            "lower": share - reach,
            "upper": share + reach,
            "apart": apart,
            "level": float(level),
            "year": int(year),
            "version": result.spec.version,
        }
    )


def drop_one(result: IndexResult, year: int) -> pd.DataFrame:
    """How far ranks move when one indicator is left out.

    Returns
    -------
    DataFrame
        indicator, name, mean_shift, max_shift, most_moved (place), score_change (mean absolute), year, version.
    """
    at = np.flatnonzero((result.panel.years == int(year)) & ~np.isnan(result.levels[-1][:, 0]))
    base, rows = result.levels[-1][at, 0], []
    base_rank = _rank(base)
    methods = result.spec.methods(len(result.tree.parents))
    for j, code in enumerate(result.tree.leaves):
        scores = result.levels[0][at].copy()
        scores[:, j] = np.nan
        index = climb(scores, result.tree, result.local, methods, 0.0, years=result.panel.years[at])[0][-1][:, 0]
        shift = np.abs(_rank(index) - base_rank)
        rows.append(
            {
                "indicator": code,
                "name": result.tree.names[0][j],
                "mean_shift": shift.mean(),
                "max_shift": int(shift.max()),
                "most_moved": result.panel.places[at[int(shift.argmax())]],
                "score_change": np.abs(index - base).mean(),
            }
        )
    return pd.DataFrame(rows).assign(year=int(year), version=result.spec.version)


def _rank(x: Floats) -> Ints:
    found: Ints = 1 + (x[None, :] > x[:, None] + 1e-12).sum(axis=1)
    return found
