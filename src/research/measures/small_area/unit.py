"""`unit_level`: means of small areas from single households and what is known of all (Battese, Harter, Fuller)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, say, spot
from research.measures.columns import check_columns, column
from research.measures.small_area.inputs import agree
from research.measures.small_area.nested import Nested, NestedFit

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints

LARGEST = 1e100
"""Beyond this, and under its inverse, squares leave the range of doubles."""
WANTED = say(f"a value, 0 or between {1 / LARGEST:g} and {LARGEST:g}", f"数值，为0或在{1 / LARGEST:g}和{LARGEST:g}之间")


@dataclass(frozen=True)
class UnitLevel:
    """Small-area means by a model of households.

    Parameters
    ----------
    table : DataFrame
        The area, `n`, `direct` (mean of the sample, a gap without one), `synthetic` (regression alone), `eblup`, `rmse`
        (parametric bootstrap), `gamma` (weight of the area's own households, 0-1), `benchmarked` and `benchmarked_rmse`
        (moved to agree with the whole; as eblup and rmse without one) and `basis` ("model" where the area has no
        sample, else "both").
    coefficients : DataFrame
        `term`, `estimate`, `se`.
    area_variance, unit_variance : float
        Between areas, and of households within them (REML).
    """

    table: pd.DataFrame
    coefficients: pd.DataFrame
    area_variance: float
    unit_variance: float


def unit_level(
    frame: pd.DataFrame,
    value: str,
    area: str,
    covariates: Sequence[str],
    population: pd.DataFrame,
    *,
    size: str | None = None,
    whole: float | None = None,
    replicates: int = 200,
    seed: int = 20240701,
) -> UnitLevel:
    """Best linear prediction of areas' means with a random effect of the area.

    The nested error model ``y_ij = x_ij' beta + u_i + e_ij``, whose prediction of area i is
    ``X_i' beta + gamma_i (ybar_i - xbar_i' beta)`` with ``gamma_i = s_u^2 / (s_u^2 + s_e^2 / n_i)``.

    Parameters
    ----------
    frame : DataFrame
        One row a household of the sample.
    value, area : str
        Columns.
    covariates : list of str
        Columns of numbers, of the same meaning in both tables.
    population : DataFrame
        One row an area: `area`, and the population's mean of each covariate.
    size : str, optional
        Column of the population: units of the area; needed with `whole`.
    whole : float, optional
        Known mean of all areas together, to which the predictions are moved, the least exact ones most.
    replicates : int
        Of the parametric bootstrap; 0 leaves the error out.
    seed : int

    Returns
    -------
    UnitLevel

    Raises
    ------
    DataError
        With all faults: gaps, areas of the sample that the population lacks, areas given twice, covariates that follow
        from others, and covariates whose sample lies wholly outside what the population's means say (another meaning
        or unit).

    References
    ----------
    Battese, Harter & Fuller (1988), JASA 83; Rao & Molina (2015), "Small Area Estimation", chapter 7; González-Manteiga
    et al. (2008), Journal of Statistical Computation and Simulation 78.

    Examples
    --------
    >>> rows = pd.DataFrame({"y": [1.0, 2, 3, 5, 6, 8], "x": [0.0, 1, 2, 3, 4, 5], "a": list("ppqqrr")})
    >>> means = pd.DataFrame({"a": list("pqrs"), "x": [0.5, 2.5, 4.5, 3.0]})
    >>> unit_level(rows, "y", "a", ["x"], means, replicates=0).table["basis"].tolist()
    ['both', 'both', 'both', 'model']
    """
    y, x, code, means, names = _read(frame, value, area, covariates, population)
    share = _shares(population, size, whole)
    model = Nested(x, code, len(names))
    fitted = model.fit(y)
    synthetic, direct = _predict(fitted, model, y, means)
    rmse = _errors(model, fitted, means, replicates, seed) if replicates else np.full(len(names), np.nan)
    eblup = synthetic + fitted.effect
    moved = eblup if whole is None else agree(eblup, np.where(rmse > 0, rmse, 1.0), share, float(whole))
    table = pd.DataFrame(
        {
            area: names,
            "n": model.n.astype(int),
            "direct": direct,
            "synthetic": synthetic,
            "eblup": eblup,
            "rmse": rmse,
            "gamma": fitted.gamma,
            "benchmarked": moved,
            "benchmarked_rmse": np.hypot(rmse, moved - eblup),
            "basis": np.where(model.n > 0, "both", "model"),
        }
    )
    se = np.sqrt(np.diag(model.covariance(fitted)))
    coefficients = pd.DataFrame({"term": ["(constant)", *covariates], "estimate": fitted.beta, "se": se})
    return UnitLevel(table, coefficients, fitted.area, fitted.unit)


def _shares(population: pd.DataFrame, size: str | None, whole: float | None) -> Floats:
    """Share of each area in the whole."""
    if whole is None:
        return np.ones(len(population))
    if size is None:
        text = say("the column of the areas' sizes, for a benchmark", "各地规模所在的列（用于总体一致）")
        raise DataError(Fault("size", text, "None", kind="parameter"))
    check_columns(population, [size])
    faults: list[Fault] = []
    found = column(population, size, faults)
    faults += [
        Fault(
            spot("population", row=population.index[r], column=size),
            say("a number above 0", "大于0的数"),
            f"{found[r]:g}",
            kind="value",
        )
        for r in np.flatnonzero(~(found > 0))
        if not faults
    ]
    if faults:
        raise DataError(faults)
    return np.asarray(found / found.sum(), float)


def _read(
    frame: pd.DataFrame, value: str, area: str, covariates: Sequence[str], population: pd.DataFrame
) -> tuple[Floats, Floats, Ints, Floats, list[str]]:
    """Values, covariates, areas as integers, the population's means, and the areas' names."""
    check_columns(frame, [value, area, *covariates])
    check_columns(population, [area, *covariates])
    faults: list[Fault | str] = []
    for table, columns in ((frame, (value, area, *covariates)), (population, (area, *covariates))):
        where = "sample" if table is frame else "population"
        for c in columns:
            numbers = table[c] if c == area else pd.to_numeric(table[c], errors="coerce")
            bad = numbers.isna() if c == area else ~((numbers == 0) | numbers.abs().between(1 / LARGEST, LARGEST))
            faults += [
                Fault(spot(where, row=table.index[r], column=c), WANTED, repr(table[c].tolist()[r]), kind="missing")
                for r in np.flatnonzero(bad)
            ]
    names = population[area].astype(str).tolist()
    own = frame[area].astype(str)
    for name in sorted(set(own.dropna()) - set(names)):
        faults.append(
            Fault(
                spot("population", item=name),
                say("the area's means", "该地的总体均值"),
                say("none", "没有"),
                kind="unknown",
            )
        )
    for name in sorted({n for n in names if names.count(n) > 1}):
        faults.append(
            Fault(
                spot("population", item=name), say("each area once", "每地一行"), str(names.count(name)), kind="twice"
            )
        )
    if faults:
        raise DataError(faults)
    for c in covariates:
        low, high, middle = frame[c].min(), frame[c].max(), population[c]
        if (middle < low).all() or (middle > high).all():
            text = say(f"means within the sample's {low:g} to {high:g}", f"均值在样本的{low:g}至{high:g}之内")
            way = say("the two tables measure something else or in another unit", "两张表的含义或单位不同")
            faults.append(
                Fault(spot("population", column=c), text, f"{middle.min():g} - {middle.max():g}", way, kind="meaning")
            )
    x = np.column_stack([np.ones(len(frame)), *(frame[c].to_numpy(float) for c in covariates)])
    if np.linalg.matrix_rank(x) < x.shape[1]:
        text = say("covariates that do not follow from others", "互不决定的协变量")
        faults.append(Fault("covariates", text, ", ".join(covariates), kind="singular"))
    if faults:
        raise DataError(faults)
    place = {n: i for i, n in enumerate(names)}
    means = np.column_stack([np.ones(len(names)), *(population[c].to_numpy(float) for c in covariates)])
    return frame[value].to_numpy(float), x, np.array([place[a] for a in own]), means, names


def _predict(fitted: NestedFit, model: Nested, y: Floats, means: Floats) -> tuple[Floats, Floats]:
    """Regression alone, and the mean of the own households (a gap without any)."""
    count = np.bincount(model.code, minlength=model.areas)
    own = np.bincount(model.code, weights=y, minlength=model.areas) / np.maximum(count, 1)
    return np.asarray(means @ fitted.beta, float), np.where(count > 0, own, np.nan)


def _errors(model: Nested, fitted: NestedFit, means: Floats, replicates: int, seed: int) -> Floats:
    """Root mean squared errors: areas and households made anew by the fitted model, and predicted again."""
    rng = np.random.default_rng(seed)
    middle, truth = model.x @ fitted.beta, means @ fitted.beta
    total = np.zeros(model.areas)
    for _ in range(replicates):
        u = rng.normal(0, 1, model.areas) * np.sqrt(fitted.area)
        again = model.fit(middle + u[model.code] + rng.normal(0, 1, len(middle)) * np.sqrt(fitted.unit), 1e-6)
        total += (means @ again.beta + again.effect - truth - u) ** 2
    return np.asarray(np.sqrt(total / replicates), float)
