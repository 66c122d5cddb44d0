"""Every public function against every awkward input: refused by name and place, or given a finite value.

The list of functions is complete by test: a new public function has to be put into `CALLS`.
"""

import importlib
import inspect
import warnings

import numpy as np
import pandas as pd
import pytest

from research import measures as m
from research.errors import DataError
from research.measures import decompose as de
from research.measures import dynamics as dy
from research.measures import grouped, small_area, survey

N = 24
GOOD = [float(v) for v in np.round(np.random.default_rng(1).lognormal(3, 0.5, N), 2)]
WEIGHT = [float(v) for v in np.random.default_rng(2).integers(1, 9, N)]
PARAMETERS = {"line": 15.0}
BANDS = {"band_share": {"lower": 10.0, "upper": 25.0}}


def size(x):
    return len(x) if hasattr(x, "__len__") else N


def groups(x):
    return [("a", "b")[i % 2] for i in range(size(x))]


def frame(x, w=None, **more):
    n = size(x)
    columns = {"income": x, "weight": [1.0] * n if w is None else w, "village": [i % 6 for i in range(n)]}
    columns |= {"year": [2020 + i // 12 for i in range(n)], "place": [f"p{i % 12}" for i in range(n)]}
    columns |= {"group": groups(x), "school": [float(i * i % 7) for i in range(n)], **more}
    return pd.DataFrame(columns)


def scaled_line(x):
    return 15.0 * SCALE.get("now", 1.0)


SCALE = {}


def rent(x):
    return [SCALE.get("now", 1.0)] * size(x)


def measure(name):
    def call(x, w):
        kwargs = {k: scaled_line(x) for k in ("line",) if k in inspect.signature(m.MEASURES[name]).parameters}
        kwargs |= {k: v * SCALE.get("now", 1.0) for k, v in BANDS.get(name, {}).items()}
        return m.MEASURES[name](x, weights=w, **kwargs)

    return call


def lorenz_from(x):
    """Points of a Lorenz curve with one number spoilt as x is."""
    L = list(np.cumsum(sorted(GOOD)) / sum(GOOD))
    return [(i + 1) / N for i in range(N)], [*L[:2], x[2], *L[3:]] if isinstance(x, list) and len(x) == N else x


ARRAYS = {
    **{name: measure(name) for name in m.MEASURES},
    "gini_convey": m.gini_convey,
    "lorenz_curve": m.lorenz_curve,
    "generalized_lorenz_curve": m.generalized_lorenz_curve,
    "deprivation": m.deprivation,
    "concentration_index": lambda x, w: m.concentration_index(x, w, by=list(range(size(x)))),
    "ratio_to_mean": lambda x, w: m.ratio_to_mean(x, w, members=[i % 2 == 0 for i in range(size(x))]),
    "urban_rural_ratio": lambda x, w: m.urban_rural_ratio(x, GOOD, w, WEIGHT),
    "Distribution": lambda x, w: m.Distribution(x, w).mean,
    "FrequencyTable": lambda x, w: m.FrequencyTable(x, w).values,
    "theil_groups": lambda x, w: de.theil_groups(x, groups(x), w).total,
    "gini_dagum": lambda x, w: de.gini_dagum(x, groups(x), w).total,
    "gini_sources": lambda x, w: de.gini_sources({"wage": x, "rent": rent(x)}, w).total,
    "mld_change": lambda x, w: de.mld_change(x, groups(x), GOOD, groups(GOOD), w, WEIGHT).change,
    "rif": lambda x, w: de.rif(x, w),
    "shapley_groups": lambda x, w: de.shapley_groups(x, groups(x), w)["value"],
    "shapley_sources": lambda x, w: de.shapley_sources({"wage": x, "rent": rent(x)}, w)["value"],
    "growth_incidence": lambda x, w: dy.growth_incidence(x, GOOD, w, WEIGHT, points=[50]).mean_growth,
    "stochastic_dominance": lambda x, w: dy.stochastic_dominance(x, GOOD, w, WEIGHT, replicates=19).curve["a"],
    "lorenz_points": lambda x, w: grouped.lorenz_points(np.sort(x) if clean(x) else x, w)[1],
}
NO_WEIGHTS = {
    "gini_bounds": lambda x, w: grouped.gini_bounds(*lorenz_from(x)),
    "fit_lorenz": lambda x, w: grouped.fit_lorenz(*lorenz_from(x)).gini,
    "project_gap": lambda x, w: dy.project_gap(list(range(2000, 2000 + size(x))), x, 2030).value,
}
FRAMES = {
    "table": lambda x, w: m.table(frame(x, w), ["gini", "mean"])["value"],
    "theil_nested": lambda x, w: de.theil_nested(frame(x, w), ["group", "village"])["value"],
    "rif_regression": lambda x, w: de.rif_regression(frame(x, w), ["school"], weight="weight"),
    "oaxaca_blinder": lambda x, w: de.oaxaca_blinder(frame(x, w), "group", "a", "b", ["school"]).gap,
    "density_evolution": lambda x, w: dy.density_evolution(frame(x, w), weight="weight", points=20)["density"],
    "sigma_convergence": lambda x, w: dy.sigma_convergence(frame(x, w), "income", weight="weight").table["value"],
    "Design": lambda x, w: survey.Design(frame(x, w), weight="weight", psu="village").estimate(["gini", "mean"]).se,
    "Design.contrast": lambda x, w: survey.Design(frame(x, w), weight="weight", psu="village").contrast("mean").se,
    "Design.statistic": lambda x, w: survey.Design(frame(x, w), weight="weight", psu="village").statistic(
        lambda f, v: m.mean(f["income"], v), "jackknife").se,
}  # fmt: skip
FRAMES_NO_WEIGHTS = {
    "beta_convergence": lambda x, w: dy.beta_convergence(frame(x), "income").beta,
    "transition_matrix": lambda x, w: dy.transition_matrix(frame(x), "income", classes=2).matrix,
    "unit_level": lambda x, w: small_area.unit_level(
        frame(x), "income", "group", ["school"], pd.DataFrame({"group": sorted(set(groups(x))), "school": 3.0}),
        replicates=0).table["eblup"],
    "fay_herriot": lambda x, w: small_area.fay_herriot(
        frame(x, place=[f"p{i}" for i in range(size(x))], estimate=x, se=[1.0] * size(x))).table["eblup"],
}  # fmt: skip
CALLS = {**ARRAYS, **NO_WEIGHTS, **FRAMES, **FRAMES_NO_WEIGHTS}
NOT_DATA = {
    "shapley",
    "Curve",
    "Measure",
    "NegativesChanged",
    "ZerosDropped",
    "MEASURES",
    "FayHerriot",
    "UnitLevel",
    "EmpiricalBest",
    "ebp",
    "choose",
    "GroupedFit",
    "by_influence",
    "stack",
    "tested",
}  # no incomes go in
RESULTS = {"Change", "Dagum", "Groups", "Oaxaca", "Sources", "Beta", "Dominance", "GrowthIncidence", "Projection",
           "Sigma", "Transition", "Linearized"}  # fmt: skip


def clean(x):
    return isinstance(x, list) and all(isinstance(v, float) and v >= 0 for v in x)


def test_the_table_is_complete():
    names = set(m.__all__)
    for room in ("decompose", "dynamics", "grouped", "small_area", "survey"):
        names |= set(importlib.import_module(f"research.measures.{room}").__all__)
    assert names - NOT_DATA - RESULTS == {n for n in CALLS if "." not in n}


def at(values, bad, where=2):
    out = list(values)
    out[where] = bad
    return out


VALUES = {  # what is wrong with the values: the input, and what the refusal has to name
    "empty": ([], ""),
    "2-d": ([[1.0, 2], [3, 4]], "dimensions"),
    "text": (at(GOOD, "3.2万"), "2"),
    "None": (at(GOOD, None), "2"),
    "NaN": (at(GOOD, float("nan")), "2"),
    "infinite": (at(GOOD, float("inf")), "2"),
    "negative": (at(GOOD, -5.0), "2"),
    "dates": (at(GOOD, np.datetime64("2024-01-01")), "2"),
}
WEIGHTS = {
    "negative weight": (at(WEIGHT, -1.0), "2"),
    "missing weight": (at(WEIGHT, None), "2"),
    "infinite weight": (at(WEIGHT, float("inf")), "2"),
    "text weight": (at(WEIGHT, "x"), "2"),
    "no weight at all": ([0.0] * N, ""),
    "weights of another length": (WEIGHT[:-1], "23"),
}
NOT_A_COLUMN = ("2-d", "weights of another length")  # cannot be put into a frame
TAKEN_BY = {
    ("project_gap", "negative"),
    ("fay_herriot", "negative"),
    ("gini_normalised", "negative"),
    ("unit_level", "negative"),
}  # may be below 0


def pairs(names, faults):
    frames = {**FRAMES, **FRAMES_NO_WEIGHTS}
    return [(n, f) for n in names for f in faults
            if not (n in frames and f in NOT_A_COLUMN) and (n, f) not in TAKEN_BY]  # fmt: skip


@pytest.mark.parametrize("name, fault", pairs(CALLS, VALUES))
def test_awkward_values_are_refused(name, fault):
    x, shown = VALUES[fault]
    refused(name, x, None, shown)


@pytest.mark.parametrize("name, fault", pairs([*ARRAYS, *FRAMES], WEIGHTS))
def test_awkward_weights_are_refused(name, fault):
    w, shown = WEIGHTS[fault]
    refused(name, GOOD, w, shown)


@pytest.mark.parametrize("name, fault", sorted(TAKEN_BY))
def test_what_some_take(name, fault):
    assert finite(CALLS[name](VALUES[fault][0], None))


def refused(name, x, w, shown):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DataError) as caught:
            CALLS[name](x, w)
    assert caught.value.faults and all(str(f.place) and f.expected for f in caught.value.faults)
    assert shown in str(caught.value)


TAKEN = {
    "one row": ([12.5], None),
    "all alike": ([7.0] * N, None),
    "all alike, weighted": ([0.1] * N, WEIGHT),
    "nothing but zeros": ([0.0] * N, None),
    "small integers": (np.arange(1, N + 1, dtype=np.int8) * 5, None),
    "unsigned integers": (np.arange(1, N + 1, dtype=np.uint8) * 10, None),
    "large integers": ([2**62 + i for i in range(N)], None),
    "a weight of zero": (GOOD, at(WEIGHT, 0.0)),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("case", TAKEN)
def test_borderline_input_is_refused_or_gives_finite_numbers(name, case):
    x, w = TAKEN[case]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            out = CALLS[name](x, w)
        except DataError as error:
            assert error.faults[0].expected
            return
    assert finite(out), out


def finite(out):
    if isinstance(out, tuple):
        return all(finite(v) for v in out)
    if isinstance(out, pd.DataFrame):
        out = out.select_dtypes("number")
    return bool(np.isfinite(np.asarray(out, dtype=float)).all())


UNIT = {"mean", "median", "quantile", "generalized_lorenz_curve", "Distribution", "FrequencyTable", "project_gap",
        "growth_incidence", "urban_rural_ratio", "stochastic_dominance", "fay_herriot", "mld_change",
        "density_evolution", "table", "Design", "Design.contrast", "Design.statistic", "oaxaca_blinder",
        "rif_regression"}  # fmt: skip
"""Functions whose result has the unit of the values, or sets them against values of another scale."""


@pytest.mark.parametrize("scale", [1e-300, 1e300])
@pytest.mark.parametrize("name", CALLS)
def test_the_ends_of_doubles(name, scale):
    """Incomes near the smallest and the largest doubles: the same relative numbers, and finite ones throughout."""
    x = [v * scale for v in GOOD]
    SCALE["now"] = scale
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            try:
                out = CALLS[name](x, WEIGHT)
            except DataError as error:
                assert name in NO_WEIGHTS or name in FRAMES or name in FRAMES_NO_WEIGHTS, error
                return
    finally:
        SCALE.clear()
    assert finite(out)
    if name not in UNIT and name not in NO_WEIGHTS:
        plain = CALLS[name](GOOD, WEIGHT)
        assert np.asarray(out, float) == pytest.approx(np.asarray(plain, float), rel=1e-7), name


@pytest.mark.parametrize("name", [*FRAMES, *FRAMES_NO_WEIGHTS])
def test_an_unknown_column_is_named_with_the_nearest(name):
    whole = frame(GOOD, WEIGHT, estimate=GOOD, se=[1.0] * N).rename(columns={"income": "incme", "estimate": "estmate"})
    call = {
        "table": lambda f: m.table(f, ["gini"]), "theil_nested": lambda f: de.theil_nested(f, ["group"]),
        "rif_regression": lambda f: de.rif_regression(f, ["school"]),
        "oaxaca_blinder": lambda f: de.oaxaca_blinder(f, "group", "a", "b", ["school"]),
        "density_evolution": dy.density_evolution,
        "sigma_convergence": lambda f: dy.sigma_convergence(f, "income"),
        "beta_convergence": lambda f: dy.beta_convergence(f, "income"),
        "transition_matrix": lambda f: dy.transition_matrix(f, "income"),
        "fay_herriot": lambda f: small_area.fay_herriot(f, estimate="estimate"),
        "unit_level": lambda f: small_area.unit_level(f, "income", "group", ["school"], f),
        "Design": lambda f: survey.Design(f).estimate("gini"),
        "Design.contrast": lambda f: survey.Design(f).contrast("gini"),
        "Design.statistic": lambda f: survey.Design(f, weight="wieght"),
    }[name]  # fmt: skip
    with pytest.raises(DataError, match=r"column (income|estimate|wieght): .*did you mean '(incme|estmate|weight)'"):
        call(whole)
