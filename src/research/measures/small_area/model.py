"""`fay_herriot`: from direct estimates with standard errors to the better figure for each place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from research.errors import DataError, Fault
from research.measures import policy
from research.measures.small_area.fit import METHODS, bootstrap_mse, fit, prasad_rao_mse
from research.measures.tables import check_columns

TRANSFORMS = ("none", "log", "logit")


@dataclass(frozen=True)
class FayHerriot:
    """Small-area estimates of all places.

    Parameters
    ----------
    table : DataFrame
        Tidy, a row a place: the area column, `direct`, `direct_se`, `direct_cv`, `synthetic` (regression
        alone), `eblup`, `eblup_rmse`, `eblup_cv`, `gamma` (weight of the direct estimate, 0-1),
        `benchmarked` (eblup made to agree with the whole; as eblup without weights), `chosen` ("direct" or
        "model"), `value`, `se` (of the chosen one).
    coefficients : DataFrame
        Tidy: `term`, `estimate`, `se`, `p_value`, on the scale of the model.
    variance : float
        Of the areas around the regression, on the scale of the model.
    loglik, aic : float
        Log-likelihood of the model and Akaike's criterion.
    diagnostics : dict
        `areas`, `shapiro_p` (normal residuals), `outliers` (areas whose standardised residual is beyond
        3), `r2` (of the areas' signal, 0-1), `benchmark_factor`.
    rule : str
        The rule by which direct or model was chosen, in words.
    model : object
        The fitted `Fit`.
    """

    table: pd.DataFrame
    coefficients: pd.DataFrame
    variance: float
    loglik: float
    aic: float
    diagnostics: dict
    rule: str
    model: object = field(repr=False)


def fay_herriot(
    frame,
    covariates=(),
    *,
    area="place",
    estimate="estimate",
    se="se",
    method="reml",
    transform="none",
    mse="prasad-rao",
    benchmark=None,
    cv_limit=0.15,
    replicates=200,
    seed=20240701,
):
    """Small-area estimation by the Fay-Herriot model.

    A place's direct estimate is drawn to the regression of all places on known covariates, the more the
    less exact it is: ``eblup = g y + (1 - g) x b`` with ``g = A / (A + se^2)``.

    Parameters
    ----------
    frame : DataFrame
        A row a place; a place without sample has gaps in estimate and se, but has its covariates.
    covariates : list of str
        Columns of numbers that are known for every place (not from the same sample).
    area, estimate, se : str
        Columns of the place, its direct estimate and standard error.
    method : {"reml", "ml", "moment"}
        How the variance of the areas is found.
    transform : {"none", "log", "logit"}
        Scale of the model: log for means and ratios (back with the bias correction of Slud & Maiti), logit
        for shares from 0 to 1.
    mse : {"prasad-rao", "bootstrap"}
        Mean squared error by formula, or by parametric bootstrap (`replicates`, `seed`).
    benchmark : str, optional
        Column of weights (population): estimates are scaled so that their weighted mean is that of the
        direct estimates over the places that have one.
    cv_limit : float
        A direct estimate is kept where its coefficient of variation is at most this.

    Returns
    -------
    FayHerriot

    Raises
    ------
    DataError
        For unknown columns, awkward entries by row, a place twice, a standard error of 0, values that the
        transform does not take, or fewer than three places more than coefficients.

    References
    ----------
    Fay & Herriot (1979), JASA 74; Prasad & Rao (1990), JASA 85; Slud & Maiti (2006), J. R. Stat. Soc. B 68;
    Rao & Molina (2015), "Small Area Estimation".

    Examples
    --------
    >>> frame = pd.DataFrame({"place": list("abcdef"), "estimate": [10.0, 12, 9, 14, 11, None],
    ...                       "se": [1.0, 1, 2, 1, 3, None], "trade": [1, 2, 1, 3, 2, 4]})
    >>> out = fay_herriot(frame, ["trade"])
    >>> out.table[["place", "chosen"]].values.tolist()[-2:]
    [['e', 'model'], ['f', 'model']]
    """
    policy.choice(method, "method", METHODS)
    policy.choice(transform, "transform", TRANSFORMS)
    policy.choice(mse, "mse", ("prasad-rao", "bootstrap"))
    cv_limit = policy.number(cv_limit, "cv_limit", 0)
    covariates = [covariates] if isinstance(covariates, str) else list(covariates)
    y, spread, X, seen, weights = _input(frame, covariates, area, estimate, se, transform, benchmark)
    z, D = _onto(y[seen], spread[seen], transform)
    model = fit(z, X[seen], D, method)
    if mse == "bootstrap":
        error = bootstrap_mse(model, X[seen], D, int(policy.number(replicates, "replicates", 10)), seed)
    else:
        error = prasad_rao_mse(model, X[seen], D)
    synthetic = X @ model.beta
    eblup, square = synthetic.copy(), model.variance + np.einsum("ij,jk,ik->i", X, model.beta_cov, X)
    eblup[seen], square[seen] = model.eblup, error
    left = np.full(len(y), model.variance)  # variance of the truth around the predictor, for the way back
    left[seen] = model.gamma * D
    level, rmse = _back(eblup, square, left, transform)
    table = pd.DataFrame({area: frame[area].to_numpy(), "direct": y, "direct_se": spread})
    table["direct_cv"] = _ratio(spread, y)
    table["synthetic"] = _back(synthetic, square, np.full(len(y), model.variance), transform)[0]
    table["eblup"], table["eblup_rmse"], table["eblup_cv"] = level, rmse, _ratio(rmse, level)
    table["gamma"] = 0.0
    table.loc[seen, "gamma"] = model.gamma
    factor = 1.0
    if weights is not None:
        factor = np.average(y[seen], weights=weights[seen]) / np.average(level[seen], weights=weights[seen])
    table["benchmarked"] = level * factor
    direct = table["direct_cv"].le(cv_limit) & seen
    table["chosen"] = np.where(direct, "direct", "model")
    table["value"] = np.where(direct, table["direct"], table["benchmarked"])
    table["se"] = np.where(direct, table["direct_se"], table["eblup_rmse"] * abs(factor))
    rule = f"direct where its coefficient of variation is at most {cv_limit:.0%}, else the model"
    return _result(table, model, z, X[seen], D, covariates, rule, factor, frame[area].to_numpy()[seen])


def _result(table, model, z, X, D, covariates, rule, factor, areas):
    se = np.sqrt(np.diag(model.beta_cov))
    p = 2 * stats.norm.sf(np.abs(model.beta / se))
    terms = pd.DataFrame({"term": ["const", *covariates], "estimate": model.beta, "se": se, "p_value": p})
    residual = (z - X @ model.beta) / np.sqrt(model.variance + D)
    signal = np.var(X @ model.beta)
    diagnostics = {
        "areas": len(z),
        "shapiro_p": float(stats.shapiro(residual).pvalue),
        "outliers": [str(a) for a, r in zip(areas, residual, strict=True) if abs(r) > 3],
        "r2": float(signal / (signal + model.variance)) if signal + model.variance > 0 else float("nan"),
        "benchmark_factor": float(factor),
    }
    aic = -2 * model.loglik + 2 * (X.shape[1] + 1)
    return FayHerriot(table, terms, model.variance, model.loglik, aic, diagnostics, rule, model)


def _input(frame, covariates, area, estimate, se, transform, benchmark):
    """Clean columns; a place without both estimate and se is out of sample."""
    check_columns(frame, [area, estimate, se, *covariates, *([benchmark] if benchmark else [])])
    y, spread = (pd.to_numeric(frame[c], errors="coerce").to_numpy(float) for c in (estimate, se))
    X = np.column_stack([np.ones(len(frame)), *[pd.to_numeric(frame[c], errors="coerce") for c in covariates]])
    faults = []

    def refuse(mask, column, expected, kind="data"):
        for i in np.flatnonzero(mask)[: policy.LISTED]:
            value = frame[column].iloc[i]
            found = "nothing" if pd.isna(value) else repr(getattr(value, "item", lambda v=value: v)())
            faults.append(Fault(f"row {frame.index[i]}, column {column}", expected, found, kind=kind))

    refuse(frame[area].duplicated().to_numpy(), area, "each place once", "duplicate")
    refuse(np.isnan(y) & ~np.isnan(spread) | np.isinf(y), estimate, "a number where there is a standard error")
    refuse(~np.isnan(y) & ~(spread > 0) | np.isinf(spread), se, "a standard error above 0")
    for k, c in enumerate(covariates, 1):
        refuse(~np.isfinite(X[:, k]), c, "a number for every place", "missing")
    if transform == "log":
        refuse(y <= 0, estimate, "a number above 0 for the log scale")
    if transform == "logit":
        refuse((y <= 0) | (y >= 1), estimate, "a share between 0 and 1 for the logit scale")
    weights = None
    if benchmark:
        weights = pd.to_numeric(frame[benchmark], errors="coerce").to_numpy(float)
        refuse(~(weights > 0), benchmark, "a weight above 0", "weight")
    seen = ~np.isnan(y)
    if not faults and seen.sum() < X.shape[1] + 3:
        found = f"{seen.sum()} for {X.shape[1]} coefficients"
        faults.append(Fault("frame", f"{X.shape[1] + 3} places with an estimate or more", found, kind="empty"))
    if not faults and np.linalg.matrix_rank(X[seen]) < X.shape[1]:
        faults.append(Fault("covariates", "columns that say different things", ", ".join(covariates), kind="rank"))
    if faults:
        raise DataError(faults)
    return y, spread, X, seen, weights


def _onto(y, se, transform):
    """Estimates and sampling variances on the scale of the model, by the delta method."""
    if transform == "log":
        return np.log(y), (se / y) ** 2
    if transform == "logit":
        return np.log(y / (1 - y)), (se / (y * (1 - y))) ** 2
    return y, se**2


def _back(z, mse, left, transform):
    """Predictions and root mean squared errors on the scale of the values."""
    if transform == "log":
        level = np.exp(z + left / 2)
        return level, level * np.sqrt(mse)
    if transform == "logit":
        level = 1 / (1 + np.exp(-z))
        return level, level * (1 - level) * np.sqrt(mse)
    return z, np.sqrt(mse)


def _ratio(a, b):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.abs(np.asarray(a) / np.asarray(b))
