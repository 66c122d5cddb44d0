"""`ebp`: any measure of small areas' incomes by empirical best prediction, from a sample and a register of all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, say, spot
from research.measures import policy
from research.measures.columns import check_columns, column
from research.measures.distribution import Distribution
from research.measures.measure import AskedAll
from research.measures.registry import MEASURES, resolve
from research.measures.small_area import covariates as both
from research.measures.small_area.drawn import ORDERLESS
from research.measures.small_area.inputs import agree, ratio
from research.measures.small_area.nested import Nested
from research.measures.small_area.predict import Register, bootstrap, expected, expected_errors, predict
from research.measures.small_area.scales import POSITIVE, SCALES, Chosen, best_scale, on_scale

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints
    from research.measures.measure import Resolved


USUAL: AskedAll = {"mean": "mean", "gini": "gini", "median": "median"}
"""Measures, where none are asked for."""
POINTWISE = say("a measure that was asked for and is a mean of households", "所求指标之一，且为各户的均值或比例")


@dataclass(frozen=True)
class EmpiricalBest:
    """Measures of small areas by empirical best prediction.

    Parameters
    ----------
    table : DataFrame
        A row an area and measure: the area, `measure`, `n` (units of the sample), `direct` (of the sample alone; a gap
        without one), `estimate`, `rmse` and `cv` (parametric bootstrap), `benchmarked` and `benchmarked_rmse` (moved to
        agree with the whole, the least exact areas most; as estimate and rmse without a benchmark), and `basis`
        ("model" where the area has no sample, else "both").
    coefficients : DataFrame
        `term`, `estimate`, `se`, on the scale of the model.
    scales : DataFrame
        `scale`, `parameter`, `loglik` (restricted, of the values themselves), `aic`, `chosen`.
    compared : DataFrame
        The covariates in sample and population: see `research.measures.small_area.covariates.compared`.
    areas : DataFrame
        A row an area: `effect`, `gamma` (weight of its own units, 0-1), `households`.
    residuals : ndarray
        Of the units on the scale of the model, in standard deviations.
    area_variance, unit_variance : float
        On the scale of the model.
    diagnostics : dict
        `icc`, `r2_marginal`, `r2_conditional`; of the units' residuals and of the areas' effects `_skewness`,
        `_kurtosis` (3: normal), `_shapiro` and `_shapiro_p`.
    """

    table: pd.DataFrame
    coefficients: pd.DataFrame
    scales: pd.DataFrame
    compared: pd.DataFrame
    areas: pd.DataFrame
    residuals: Floats
    area_variance: float
    unit_variance: float
    diagnostics: dict[str, float]


def ebp(
    frame: pd.DataFrame,
    value: str,
    area: str,
    covariates: Sequence[str],
    population: pd.DataFrame,
    measures: AskedAll = USUAL,
    *,
    scale: str = "auto",
    weight: str | None = None,
    households: str | None = None,
    persons: str | None = None,
    benchmark: Mapping[str, float] | None = None,
    draws: int = 100,
    replicates: int = 100,
    seed: int = 20240701,
) -> EmpiricalBest:
    """Empirical best prediction of Molina and Rao: populations drawn from the fitted model, given the sample.

    Incomes follow the nested error model ``T(y_ij) = x_ij' beta + u_i + e_ij`` on a scale T. Each draw makes a whole
    population of the register, with the effect of each area given its sample; a measure's prediction is its mean over
    the draws, and its error that of the same over populations and samples made by the model.

    Parameters
    ----------
    frame : DataFrame
        One row a household of the sample.
    value, area : str
        Columns of its income and place.
    covariates : list of str
        Columns of both tables: numbers, or texts (a term for each answer but the first).
    population : DataFrame
        One row a household, or one row a village with `households`: `area` and the covariates.
    measures : str, tuple, list of them, or dict
        As `research.measures.table` takes them: ``["mean", ("headcount", {"line": 10000})]``.
    scale : {"auto", "none", "log", "log-shift", "box-cox", "dual"}
        Its parameter is that of the largest restricted likelihood; "auto": the scale with the smallest Akaike
        criterion. Log, Box-Cox and dual take values above 0 only.
    weight : str, optional
        Column of the sample's survey weights: pseudo empirical best prediction, for samples drawn with chances that
        hang on income.
    households : str, optional
        Column of the population: households that a row stands for.
    persons : str, optional
        Column of the population: persons of a household, so that measures are over persons.
    benchmark : mapping, optional
        Label of a measure to its known value of all areas together; only for means and shares.
    draws : int
        Populations drawn, in pairs of opposite deviations. 0: none is drawn, the expectation itself is computed, as if
        areas had endless many households; for means and shares only, and fast.
    replicates : int
        Of the parametric bootstrap; 0 leaves errors out.
    seed : int

    Returns
    -------
    EmpiricalBest

    Raises
    ------
    DataError
        With all faults: awkward entries by row and column, areas of the sample that the population lacks, covariates
        of another meaning or unit in the two tables, values that the scale does not take, a benchmark of a measure that
        does not add up.

    References
    ----------
    Molina & Rao (2010), Canadian J. of Statistics 38; Guadarrama, Molina & Rao (2018), Statistics in Transition 19
    (weights); Rojas-Perilla, Pannier, Schmid & Tzavidis (2020), JRSS A 183 (scales); Kreutzmann et al. (2019), JSS 91.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> all_homes = pd.DataFrame({"place": np.repeat(list("pqrs"), 50), "rooms": rng.integers(1, 6, 200)})
    >>> all_homes["income"] = np.exp(9 + 0.2 * all_homes["rooms"] + rng.normal(0, 0.3, 200))
    >>> found = ebp(all_homes.iloc[:150:5], "income", "place", ["rooms"], all_homes, ["mean", "gini"], scale="log",
    ...             replicates=0)
    >>> found.table.loc[found.table["basis"] == "model", ["place", "measure"]].values.tolist()
    [['s', 'mean'], ['s', 'gini']]
    """
    asked = resolve(measures)
    policy.choice(scale, "scale", ("auto", *SCALES))
    draws, replicates = int(policy.number(draws, "draws", 0)), int(policy.number(replicates, "replicates", 0))
    _check_named(asked if draws == 0 else [], "draws 0", ORDERLESS)
    y, code, w, names = _sample(frame, value, area, weight, population, scale)
    check_columns(frame, covariates)
    x, all_x, terms = both.columns(frame, population, covariates)
    register = _register(population, area, all_x, names, households, persons)
    known = both.compared(x, all_x, terms, np.ones(len(y)) if w is None else w, register.size)
    _check_benchmark(benchmark, asked)
    model = Nested(x, code, len(names), w)
    chosen, tried = best_scale(model, y) if scale == "auto" else _only(on_scale(model, y, scale))  # type: ignore[arg-type]
    seeds = np.random.SeedSequence(seed).spawn(2)
    if draws:
        level = predict(register, chosen, draws, asked, np.random.default_rng(seeds[0]))
        rmse = bootstrap(register, model, chosen, draws, replicates, asked, seeds[1])
    else:
        level = expected(register, chosen, asked)
        rmse = expected_errors(register, model, chosen, replicates, asked, seeds[1])
    table = _table(area, names, asked, level, rmse, y, code, w)
    _benchmark(table, benchmark or {}, register)
    f = chosen.fitted
    coefficients = pd.DataFrame({"term": terms, "estimate": f.beta, "se": np.sqrt(np.diag(model.covariance(f)))})
    scales = pd.DataFrame(
        [(c.name, c.parameter, c.loglik, 2 * np.isfinite(c.parameter) - 2 * c.loglik, c is chosen) for c in tried],
        columns=["scale", "parameter", "loglik", "aic", "chosen"],
    )
    places = pd.DataFrame({area: names, "effect": f.effect, "gamma": f.gamma, "households": register.households})
    off = (chosen.onto(y) - x @ f.beta - f.effect[code]) / np.sqrt(f.unit)
    told = _diagnostics(x @ f.beta, off, f.effect[model.n > 0], f.area, f.unit)
    return EmpiricalBest(table, coefficients, scales, known, places, off, f.area, f.unit, told)


def _only(chosen: Chosen) -> tuple[Chosen, list[Chosen]]:
    return chosen, [chosen]


def _sample(
    frame: pd.DataFrame, value: str, area: str, weight: str | None, population: pd.DataFrame, scale: str
) -> tuple[Floats, Ints, Floats | None, list[str]]:
    """Values, areas as integers, weights, and the areas' names in the order of the population."""
    check_columns(frame, [value, area, *([weight] if weight else [])])
    check_columns(population, [area])
    faults: list[Fault] = []
    y = column(frame, value, faults, negatives=True)
    w = column(frame, weight, faults) if weight else None
    if not faults and scale in POSITIVE:
        text, way = say("a value above 0", "大于0的数值"), say("the scale log-shift takes others too", "可改用平移对数")
        faults += [
            Fault(spot("sample", row=frame.index[r], column=value), text, f"{y[r]:g}", way, kind="scale")
            for r in np.flatnonzero(y <= 0)
        ]
    if w is not None:
        faults += [
            Fault(
                spot("sample", row=frame.index[r], column=weight),
                say("a weight above 0", "大于0的权数"),
                f"{w[r]:g}",
                kind="weight",
            )
            for r in np.flatnonzero(~(w > 0))
        ]
    for table, rows in (("sample", frame), ("population", population)):
        faults += [
            Fault(
                spot(table, row=rows.index[r], column=area),
                say("a place", "地名"),
                say("nothing", "空"),
                kind="missing",
            )
            for r in np.flatnonzero(rows[area].isna())
        ]
    names = [str(a) for a in pd.unique(population[area].dropna())]
    faults += [
        Fault(
            spot("population", item=a), say("the area's households", "该地的住户"), say("none", "没有"), kind="unknown"
        )
        for a in sorted(set(frame[area].dropna().astype(str)) - set(names))
    ]
    if faults:
        raise DataError(faults)
    place = {n: i for i, n in enumerate(names)}
    return y, np.array([place[a] for a in frame[area].astype(str)]), w, names


def _register(
    population: pd.DataFrame, area: str, x: Floats, names: list[str], households: str | None, persons: str | None
) -> Register:
    """All households by area; rows that stand for several are repeated."""
    faults: list[Fault] = []
    given = [c for c in (households, persons) if c]
    check_columns(population, given)
    size = column(population, households, faults) if households else np.ones(len(population))
    heads = column(population, persons, faults) if persons else None
    if not faults and households:
        text = say("a whole number of households", "整数户数")
        faults += [
            Fault(spot("population", row=population.index[r], column=households), text, f"{size[r]:g}", kind="value")
            for r in np.flatnonzero(size != np.round(size))
        ]
    place = {n: i for i, n in enumerate(names)}
    code = np.array([place[a] for a in population[area].astype(str)])
    total = np.bincount(code, weights=size * (1.0 if heads is None else heads), minlength=len(names))
    faults += [
        Fault(spot("population", item=names[d]), say("households", "住户"), say("none", "没有"), kind="empty")
        for d in np.flatnonzero(total == 0)
        if not faults
    ]
    if faults:
        raise DataError(faults)
    return Register.of(x, code, size, heads, len(names))


def _check_benchmark(benchmark: Mapping[str, float] | None, asked: list[Resolved]) -> None:
    known = {label: name for label, name, _ in asked}
    faults = [
        Fault(f"benchmark, {label}", POINTWISE, repr(label), kind="benchmark")
        for label in benchmark or {}
        if label not in known
    ]
    if faults:
        raise DataError(faults)
    means = ["mean", *(name for name, measure in MEASURES.items() if measure.pointwise)]
    _check_named([row for row in asked if row[0] in (benchmark or {})], "benchmark", means)


def _check_named(asked: list[Resolved], what: str, names: Collection[str]) -> None:
    """Means and shares only."""
    faults = [Fault(f"{what}, {label}", POINTWISE, name, kind="benchmark") for label, name, _ in asked
              if name not in names]  # fmt: skip
    if faults:
        raise DataError(faults)


def _table(
    area: str,
    names: list[str],
    asked: list[Resolved],
    level: Floats,
    rmse: Floats,
    y: Floats,
    code: Ints,
    w: Floats | None,
) -> pd.DataFrame:
    count = np.bincount(code, minlength=len(names))
    order = np.argsort(code, kind="stable")
    parts = np.split(order, np.cumsum(count)[:-1])
    rows = [
        {
            area: name,
            "measure": label,
            "n": int(count[d]),
            "direct": _direct(y, w, parts[d], key, parameters),
            "estimate": level[d, k],
            "rmse": rmse[d, k],
        }
        for d, name in enumerate(names)
        for k, (label, key, parameters) in enumerate(asked)
    ]
    table = pd.DataFrame(rows)
    table["cv"] = ratio(table["rmse"].to_numpy(), table["estimate"].to_numpy())
    table["basis"] = np.where(table["n"] > 0, "both", "model")
    return table


def _direct(y: Floats, w: Floats | None, rows: Ints, name: str, parameters: dict[str, Any]) -> float:
    """The measure of the area's own sample; a gap without one, or where it is not defined."""
    if not len(rows):
        return float("nan")
    try:
        d = Distribution(np.maximum(y[rows], 0.0), None if w is None else w[rows])
        return (
            float(np.average(y[rows], weights=None if w is None else w[rows]))
            if name == "mean"
            else float(MEASURES[name](d, **parameters))
        )
    except DataError:
        return float("nan")


def _benchmark(table: pd.DataFrame, known: Mapping[str, float], register: Register) -> None:
    table["benchmarked"], table["benchmarked_rmse"] = table["estimate"], table["rmse"]
    share = register.weight / register.weight.sum()
    for label, whole in known.items():
        at = table.index[table["measure"] == label]
        level, rmse = table.loc[at, "estimate"].to_numpy(float), table.loc[at, "rmse"].to_numpy(float)
        moved = agree(level, np.where(rmse > 0, rmse, 1.0), share, float(whole))
        table.loc[at, "benchmarked"], table.loc[at, "benchmarked_rmse"] = moved, np.hypot(rmse, moved - level)


def _diagnostics(middle: Floats, off: Floats, effect: Floats, area: float, unit: float) -> dict[str, float]:
    fixed = float(np.var(middle, ddof=1))
    out = {
        "icc": area / (area + unit),
        "r2_marginal": fixed / (fixed + area + unit),
        "r2_conditional": (fixed + area) / (fixed + area + unit),
    }
    for name, v in (("residual", off), ("effect", effect)):
        flat = len(v) < 3 or float(np.ptp(v)) <= 1e-12
        w, p = (np.nan, np.nan) if flat else scipy.stats.shapiro(v[:5000])
        out |= {
            f"{name}_skewness": np.nan if flat else float(scipy.stats.skew(v)),
            f"{name}_kurtosis": np.nan if flat else float(scipy.stats.kurtosis(v)) + 3,
            f"{name}_shapiro": float(w),
            f"{name}_shapiro_p": float(p),
        }
    return out
