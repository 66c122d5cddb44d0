"""Regressions of inequality: recentred influence functions, and Oaxaca-Blinder on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, spot
from research.measures import policy
from research.measures.columns import check_columns, clean
from research.measures.distribution import Distribution
from research.measures.influence import influence
from research.measures.registry import MEASURES, resolve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Bools, Floats, Ints
    from research.measures.measure import Asked


def rif(values: ArrayLike, weights: ArrayLike | None = None, *, measure: Asked = "gini") -> Floats:
    """Recentred influence function: each person's term of a measure; their weighted mean is the measure.

    ``RIF(x) = v + IF(x)``: the measure and its influence function, so that the mean of the RIF is the measure.

    Parameters
    ----------
    values : array-like of shape (n,)
        Income per person (yuan a year).
    weights : array-like of shape (n,), optional
        Persons each value stands for, above zero.
    measure : str or tuple
        Name, or ``(name, {parameter: value})``, of a measure with an influence function.

    Returns
    -------
    ndarray of shape (n,)
        In the order of the values, in the unit of the measure.

    Raises
    ------
    DataError
        As the measure; or when it has no influence function.

    References
    ----------
    Firpo, Fortin & Lemieux (2009), Econometrica 77; (2018), Econometrics 6(2).

    Examples
    --------
    >>> rif([1, 2, 6], measure="mean").tolist()
    [1.0, 2.0, 6.0]
    """
    _, name, parameters = resolve([measure])[0]
    d = Distribution(values, weights)
    if d.rows is not None:
        raise DataError(Fault("weights", "weights above 0", "a weight of 0", "leave such rows out", kind="weight"))
    value = MEASURES[name](d, **parameters)
    order = d.order
    d.x_sorted = d.x[order]
    out = np.empty(d.n)
    out[order] = value + influence(name, d, parameters)
    return out


def rif_regression(
    frame: pd.DataFrame,
    covariates: str | Sequence[str],
    value: str = "income",
    weight: str | None = None,
    *,
    measure: Asked = "gini",
    cluster: str | None = None,
) -> pd.DataFrame:
    """Least squares of the recentred influence function on covariates, by statsmodels.

    A coefficient says by how much the measure would move if the covariate's mean rose by one unit
    everywhere, to first order. With ``measure="mean"`` it is an ordinary regression.

    Parameters
    ----------
    frame : DataFrame
        One row a person.
    covariates : list of str
        Columns of numbers, or of texts (made into one column a category, the first left out).
    value : str
        Column of the values.
    weight : str, optional
        Column of weights. Default: "weight" where there is one.
    measure : str or tuple
        As in `rif`.
    cluster : str, optional
        Column of clusters for the standard errors. Default: HC1.

    Returns
    -------
    DataFrame
        Tidy: `term`, `estimate`, `se`, `p_value`, `lower`, `upper` (95%).

    Raises
    ------
    DataError
        For unknown columns, awkward values by row, or gaps among the covariates.

    References
    ----------
    Firpo, Fortin & Lemieux (2009), Econometrica 77.

    Examples
    --------
    >>> frame = pd.DataFrame({"income": [1, 2, 3, 6.0], "urban": [0, 0, 1, 1]})
    >>> rif_regression(frame, ["urban"], measure="mean")["estimate"].round(2).tolist()
    [1.5, 3.0]
    """
    x, w, design = _prepare(frame, covariates, value, weight)
    codes = None
    if cluster:
        check_columns(frame, [cluster])
        codes = pd.factorize(frame[cluster])[0]
    fit = _fit(rif(x, w, measure=measure), design, w, codes)
    low, high = fit.conf_int().to_numpy().T
    columns = {"term": design.columns, "estimate": fit.params.values, "se": fit.bse.values}
    return pd.DataFrame({**columns, "p_value": fit.pvalues.values, "lower": low, "upper": high})


@dataclass(frozen=True)
class Oaxaca:
    """A gap between two groups, explained by what they have and by what it is worth to them.

    Parameters
    ----------
    a, b, gap : float
        The measure in both groups, and a less b.
    explained, explained_se : float
        From different covariates, at the reference coefficients.
    unexplained, unexplained_se : float
        From different coefficients (and constants).
    table : DataFrame
        Tidy: `term`, `explained`, `unexplained`.
    """

    a: float
    b: float
    gap: float
    explained: float
    explained_se: float
    unexplained: float
    unexplained_se: float
    table: pd.DataFrame


def oaxaca_blinder(
    frame: pd.DataFrame,
    group: str,
    a: object,
    b: object,
    covariates: str | Sequence[str],
    value: str = "income",
    weight: str | None = None,
    *,
    measure: Asked = "mean",
    reference: Literal["pooled", "a", "b"] = "pooled",
) -> Oaxaca:
    """Oaxaca-Blinder decomposition of a gap in the mean, or (by RIF) in any measure.

    ``m_a - m_b = (X_a - X_b) beta + X_a (b_a - beta) + X_b (beta - b_b)`` with the reference coefficients beta.

    Parameters
    ----------
    frame : DataFrame
        One row a person.
    group : str
        Column of the groups.
    a, b : object
        The two groups, such as "urban" and "rural".
    covariates : list of str
        As in `rif_regression`.
    value, weight, measure
        As in `rif_regression`.
    reference : {"pooled", "a", "b"}
        Coefficients that price the difference in covariates: of both together (with a group term, so that
        the group's own effect does not hide in the covariates), of a, or of b.

    Returns
    -------
    Oaxaca
        In the unit of the measure; standard errors by the delta method, the covariates' means taken as random.

    Raises
    ------
    DataError
        As `rif_regression`; or naming a group that is not there.

    References
    ----------
    Oaxaca (1973); Blinder (1973); Jann (2008), Stata Journal 8; Firpo, Fortin & Lemieux (2018).

    Examples
    --------
    >>> frame = pd.DataFrame({"income": [5.0, 6, 8, 2, 3, 4], "school": [9, 12, 15, 6, 9, 10], "r": list("uuuvvv")})
    >>> out = oaxaca_blinder(frame, "r", "u", "v", ["school"], reference="b")
    >>> round(out.gap, 3), round(out.explained + out.unexplained, 3)
    (3.333, 3.333)
    """
    policy.choice(reference, "reference", ("pooled", "a", "b"))
    check_columns(frame, [group])
    known = frame[group].unique().tolist()
    missing = [g for g in (a, b) if g not in known]
    if missing:
        raise DataError([Fault(spot(column=group), f"the group {g!r}", "no row of it", kind="group") for g in missing])
    rows = frame[frame[group].isin([a, b])]
    x, w, design = _prepare(rows, covariates, value, weight)
    first = (rows[group] == a).to_numpy()
    sides = [_side(x, w, design, mask, measure) for mask in (first, ~first)]
    (fit_a, mean_a, var_a, level_a), (fit_b, mean_b, var_b, level_b) = sides
    if reference == "pooled":
        y = np.empty(len(x))
        y[first], y[~first] = (rif(x[m], w[m], measure=measure) for m in (first, ~first))
        pooled = _fit(y, design.assign(_group=first.astype(float)), w, None)
        beta, cov = pooled.params[design.columns], pooled.cov_params().loc[design.columns, design.columns]
    else:
        fit = fit_a if reference == "a" else fit_b
        beta, cov = fit.params, fit.cov_params()
    apart = mean_a - mean_b
    explained = apart * beta
    unexplained = mean_a * (fit_a.params - beta) + mean_b * (beta - fit_b.params)
    explained_var = apart @ cov @ apart + beta @ (var_a + var_b) @ beta
    total_var = sum(m @ f.cov_params() @ m + f.params @ v @ f.params for f, m, v, _ in sides)
    table = pd.DataFrame({"term": design.columns, "explained": explained.values, "unexplained": unexplained.values})
    se = [float(np.sqrt(max(v, 0.0))) for v in (explained_var, max(total_var - explained_var, 0.0))]
    return Oaxaca(level_a, level_b, level_a - level_b, float(explained.sum()), se[0],
                  float(unexplained.sum()), se[1], table)  # fmt: skip


def _side(
    x: Floats, w: Floats, design: pd.DataFrame, mask: Bools, measure: Asked
) -> tuple[Any, pd.Series, Floats, float]:
    """Fit, means of covariates with their variance, and the measure, in one group."""
    part, u = design[mask], w[mask]
    y = rif(x[mask], u, measure=measure)
    mean = pd.Series(np.average(part, axis=0, weights=u), index=part.columns)
    away = (part - mean).to_numpy() * (u / u.sum())[:, None]
    return _fit(y, part, u, None), mean, away.T @ away, float(np.average(y, weights=u))


def _prepare(
    frame: pd.DataFrame, covariates: str | Sequence[str], value: str, weight: str | None
) -> tuple[Floats, Floats, pd.DataFrame]:
    covariates = [covariates] if isinstance(covariates, str) else list(covariates)
    if weight is None and "weight" in frame.columns:
        weight = "weight"
    check_columns(frame, [value, *covariates, *([weight] if weight else [])])
    x, w, _ = clean(frame, value, weight)
    policy.moderate(x, spot(column=value))
    gaps = [
        Fault(spot(column=c), "a value in each row", f"{n} rows without", "drop or fill them", kind="missing")
        for c in covariates
        if (n := int(frame[c].isna().sum()))
    ]
    if gaps:
        raise DataError(gaps)
    design = pd.get_dummies(frame[covariates], drop_first=True, dtype=float).astype(float).reset_index(drop=True)
    design.insert(0, "const", 1.0)
    if len(x) <= design.shape[1]:
        found = f"{len(x)} for {design.shape[1]} coefficients"
        raise DataError(Fault("frame", "more rows than coefficients", found, kind="empty"))
    return x, w, design


def _fit(y: Floats, design: pd.DataFrame, w: Floats, cluster: Ints | None) -> Any:
    import statsmodels.api as sm

    kind = {"cov_type": "HC1"} if cluster is None else {"cov_type": "cluster", "cov_kwds": {"groups": cluster}}
    return sm.WLS(pd.Series(y, index=design.index), design, weights=w).fit(**kind)
