"""`fay_herriot`: from direct estimates with standard errors to the better figure for each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault
from research.measures import policy
from research.measures.small_area.fit import METHODS, Fit, Method, bootstrap_mse, fit, prasad_rao_mse
from research.measures.small_area.inputs import Transform, agree, back, neighbours, onto, ratio, read
from research.measures.small_area.robust import fit_robust
from research.measures.small_area.spatial import fit_spatial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from research.core.kinds import Bools, Floats


TRANSFORMS = get_args(Transform)


@dataclass(frozen=True)
class FayHerriot:
    """Small-area estimates of all places.

    Parameters
    ----------
    table : DataFrame
        Tidy, a row a place: the area column, `direct`, `direct_se`, `direct_cv`, `synthetic` (regression
        alone), `eblup`, `eblup_rmse`, `eblup_cv`, `gamma` (weight of the direct estimate, 0-1),
        `benchmarked` (eblup moved to agree with the whole, the least exact places most; as eblup without
        weights), `benchmarked_rmse` (its error, the move counted in), `chosen` ("direct" or "model"), `value` and
        `se` (of the chosen one: a direct estimate that is kept is not moved).
    coefficients : DataFrame
        Tidy: `term`, `estimate`, `se`, `p_value`, on the scale of the model.
    variance : float
        Of the areas around the regression, on the scale of the model.
    loglik, aic : float
        Log-likelihood of the model and Akaike's criterion.
    diagnostics : dict
        `areas`, `shapiro_p` (normal residuals), `outliers` (areas whose standardised residual is beyond
        3), `r2` (of the areas' signal, 0-1), `benchmark_factor` (weighted sum of the direct estimates over that of
        the model's before they are moved), `chosen_factor` (the same over the chosen figures); with a proximity
        `correlation` (how much of the effects follows the neighbours, -1 to 1).
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
    diagnostics: dict[str, Any]
    rule: str
    model: Fit = field(repr=False)


def fay_herriot(
    frame: pd.DataFrame,
    covariates: str | Sequence[str] = (),
    *,
    area: str = "place",
    estimate: str = "estimate",
    se: str = "se",
    method: Method = "reml",
    transform: Transform = "none",
    mse: Literal["prasad-rao", "bootstrap"] = "prasad-rao",
    benchmark: str | None = None,
    proximity: pd.DataFrame | None = None,
    robust: float | None = None,
    cv_limit: float = 0.15,
    replicates: int = 200,
    seed: int = 20240701,
) -> FayHerriot:
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
        Column of weights (population): the model's estimates are made to have the weighted mean of the direct
        estimates over the places that have one, each moved by its squared error.
    proximity : DataFrame, optional
        Nearness of places, rows and columns named by them (1 for neighbours, or one over a distance; the diagonal is
        not read): effects are then like those of neighbours, and a place without sample learns from them. Methods
        "reml" and "ml"; the error is by formula.
    robust : float, optional
        Bound of the standardised residuals (1.345 is usual): no single place bends the model; not with `proximity`.
    cv_limit : float
        A direct estimate is kept where its coefficient of variation is at most this, and where the model's error
        is not the smaller one.

    Returns
    -------
    FayHerriot

    Raises
    ------
    DataError
        For unknown columns, awkward entries by row, a place twice, a standard error of 0, values that the
        transform does not take, fewer than three places more than coefficients, a proximity that lacks places or
        is negative, or asking for what does not go together.

    References
    ----------
    Fay & Herriot (1979), JASA 74; Prasad & Rao (1990), JASA 85; Slud & Maiti (2006), J. R. Stat. Soc. B 68;
    Wang, Fuller & Qu (2008), Survey Methodology 34 (the benchmark); Pratesi & Salvati (2008), Statistical Methods &
    Applications 17 (proximity); Sinha & Rao (2009), Canadian J. of Statistics 37 (robust); Rao & Molina (2015), "Small
    Area Estimation".

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
    y, spread, X, seen, weights = read(frame, covariates, area, estimate, se, transform, benchmark)
    z, D = onto(y[seen], spread[seen], transform)
    _together(method, mse, proximity, robust)
    table = pd.DataFrame({area: frame[area].to_numpy(), "direct": y, "direct_se": spread})
    table["direct_cv"] = ratio(spread, y)
    if proximity is not None:
        W = neighbours(proximity, frame[area].astype(str).tolist())
        model, correlation = _near(table, y, spread, X, W, seen, method, transform)
    else:
        correlation = None
        model, error = fit_robust(z, X[seen], D, robust) if robust else (fit(z, X[seen], D, method), None)
        if error is None and mse == "bootstrap":
            error = bootstrap_mse(model, X[seen], D, int(policy.number(replicates, "replicates", 10)), seed)
        elif error is None:
            error = prasad_rao_mse(model, X[seen], D)
        _predict(table, model, X, D, seen, error, transform)
    factor = _choose(table, seen, weights, cv_limit)
    rule = (f"direct where its coefficient of variation is at most {cv_limit:.0%} or its error is not above the "
            "model's, else the model")  # fmt: skip
    found = _result(table, model, z, X[seen], D, covariates, rule, factor, frame[area].to_numpy()[seen])
    if correlation is not None:
        found.diagnostics["correlation"] = correlation
    return found


def _together(method: str, mse: str, proximity: object, robust: float | None) -> None:
    """Refuse what does not go together."""
    faults = []
    if robust is not None:
        policy.number(robust, "robust", 0.1)
        if method != "reml" or mse != "prasad-rao" or proximity is not None:
            faults.append(
                Fault(
                    "robust",
                    "neither proximity, another method nor the bootstrap",
                    "both",
                    "leave one out",
                    kind="parameter",
                )
            )
    if proximity is not None and (method == "moment" or mse != "prasad-rao"):
        faults.append(
            Fault("proximity", "method reml or ml, and the error by formula", f"{method}, {mse}", kind="parameter")
        )
    if faults:
        raise DataError(faults)


def _near(
    table: pd.DataFrame,
    y: Floats,
    spread: Floats,
    X: Floats,
    W: Floats,
    seen: Bools,
    method: Method,
    transform: Transform,
) -> tuple[Fit, float]:
    """Add what the spatial model says of each place."""
    z, D = np.zeros(len(y)), np.ones(len(y))
    z[seen], D[seen] = onto(y[seen], spread[seen], transform)
    f = fit_spatial(z, X, D, W, seen, "ml" if method == "ml" else "reml")
    level, rmse = back(f.eblup, f.mse, f.left, transform)
    table["synthetic"] = back(f.synthetic, f.mse, np.full(len(y), f.variance), transform)[0]
    table["eblup"], table["eblup_rmse"], table["eblup_cv"] = level, rmse, ratio(rmse, level)
    table["gamma"] = f.gamma
    return Fit(method, f.variance, f.beta, f.beta_cov, f.gamma[seen], f.eblup[seen], f.loglik), f.correlation


def _predict(
    table: pd.DataFrame, model: Fit, X: Floats, D: Floats, seen: Bools, error: Floats, transform: Transform
) -> None:
    """Add what the model says of each place: in the sample its EBLUP, outside it the regression."""
    synthetic = X @ model.beta
    eblup, square = synthetic.copy(), model.variance + np.einsum("ij,jk,ik->i", X, model.beta_cov, X)
    eblup[seen], square[seen] = model.eblup, error
    left = np.full(len(X), model.variance)  # variance of the truth around the predictor, for the way back
    left[seen] = model.gamma * D
    level, rmse = back(eblup, square, left, transform)
    table["synthetic"] = back(synthetic, square, np.full(len(X), model.variance), transform)[0]
    table["eblup"], table["eblup_rmse"], table["eblup_cv"] = level, rmse, ratio(rmse, level)
    table["gamma"] = 0.0
    table.loc[seen, "gamma"] = model.gamma


def _choose(table: pd.DataFrame, seen: Bools, weights: Floats | None, cv_limit: float) -> tuple[float, float]:
    """Add the benchmarked EBLUP with its error, and the choice by the rule; returns both benchmark factors."""
    level, rmse, y = (table[c].to_numpy() for c in ("eblup", "eblup_rmse", "direct"))
    moved = level.copy()
    if weights is not None:
        w = weights[seen]
        moved[seen] = agree(level[seen], rmse[seen], w, (w * y[seen]).sum())
    table["benchmarked"], table["benchmarked_rmse"] = moved, np.hypot(rmse, moved - level)
    exact = table["direct_cv"].le(cv_limit) | table["direct_se"].le(table["benchmarked_rmse"] * (1 + 1e-9))
    direct = (exact & seen).to_numpy()
    table["chosen"] = np.where(direct, "direct", "model")
    table["se"] = np.where(direct, table["direct_se"], table["benchmarked_rmse"])
    table["value"] = np.where(direct, y, moved)
    if weights is None:
        return 1.0, 1.0
    whole = (w * y[seen]).sum()
    return whole / (w * level[seen]).sum(), whole / (w * table["value"].to_numpy()[seen]).sum()


def _result(
    table: pd.DataFrame,
    model: Fit,
    z: Floats,
    X: Floats,
    D: Floats,
    covariates: list[str],
    rule: str,
    factor: tuple[float, float],
    areas: NDArray[Any],
) -> FayHerriot:
    se = np.sqrt(np.diag(model.beta_cov))
    p = 2 * scipy.stats.norm.sf(np.abs(model.beta / se))
    terms = pd.DataFrame({"term": ["const", *covariates], "estimate": model.beta, "se": se, "p_value": p})
    residual = (z - X @ model.beta) / np.sqrt(model.variance + D)
    signal = np.var(X @ model.beta)
    diagnostics = {
        "areas": len(z),
        "shapiro_p": float(scipy.stats.shapiro(residual).pvalue),
        "residuals": {str(a): float(r) for a, r in zip(areas, residual, strict=True)},
        "outliers": [str(a) for a, r in zip(areas, residual, strict=True) if abs(r) > 3],
        "r2": float(signal / (signal + model.variance)) if signal + model.variance > 0 else float("nan"),
        "benchmark_factor": float(factor[0]),
        "chosen_factor": float(factor[1]),
    }
    aic = -2 * model.loglik + 2 * (X.shape[1] + 1)
    return FayHerriot(table, terms, model.variance, model.loglik, aic, diagnostics, rule, model)
