"""Empirical best prediction against the R package emdi (data/homes_emdi.csv, made by data/homes.R) and against nlme."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research import measures as m
from research.core.faults import DataError
from research.measures.registry import resolve
from research.measures.small_area import ebp, unit_level
from research.measures.small_area.drawn import measured
from research.measures.small_area.nested import Nested

DATA = Path(__file__).parent / "data"
SAMPLE, REGISTER = pd.read_csv(DATA / "homes_sample.csv"), pd.read_csv(DATA / "homes_register.csv")
VALUES = pd.read_csv(DATA / "homes_emdi.csv").set_index(["scale", "key"])["value"]
LINE = 130000
ASKED = {
    "Mean": "mean",
    "Head_Count": ("headcount", {"line": LINE}),
    "Poverty_Gap": ("poverty_gap", {"line": LINE}),
    "Gini": "gini",
    "Median": "median",
    "Quantile_90": ("quantile", {"q": 0.9}),
}
SCALES = {"none": "no", "log": "log", "log-shift": "log.shift", "box-cox": "box.cox", "dual": "dual"}


def predicted(**options):
    given = {"draws": 2, "replicates": 0} | options
    return ebp(SAMPLE, "income", "place", ["schooling", "home"], REGISTER, given.pop("measures", ["mean"]), **given)


@pytest.mark.parametrize("scale", SCALES)
def test_scale_and_model_are_those_of_emdi(scale):
    found, known = predicted(scale=scale), VALUES[SCALES[scale]]
    if "lambda" in known:
        assert found.scales["parameter"].iloc[0] == pytest.approx(known["lambda"], rel=2e-4)
    loose = 1e-5 if "lambda" not in known else 2e-2  # nlme stops at 1e-6; the power moves all
    assert found.coefficients["estimate"].to_numpy() == pytest.approx(
        known[["(Intercept)", "schooling", "homerent"]].to_numpy(), rel=loose
    )
    assert found.unit_variance == pytest.approx(known["unit"], rel=max(loose, 1e-5))
    assert found.area_variance == pytest.approx(known["area"], rel=max(loose, 1e-4))
    if scale == "none":
        assert found.scales["loglik"].iloc[0] == pytest.approx(known["loglik"], abs=1e-7)


def test_predictions_are_those_of_emdi_within_their_own_noise():
    found = predicted(scale="box-cox", draws=2000, measures=ASKED).table.set_index(["measure", "place"])["estimate"]
    for label in ASKED:
        ours = found[label]
        theirs = np.array([VALUES["point", f"{label} {p}"] for p in ours.index])
        assert ours.to_numpy() == pytest.approx(theirs, rel=0.02, abs=0.006), label


def test_weights_are_honoured_as_emdi_does():
    found = predicted(scale="log", weight="weight", draws=2000, measures=ASKED)
    known = VALUES["pseudo"]
    assert found.coefficients["estimate"].to_numpy() == pytest.approx([known[f"beta{k}"] for k in (1, 2, 3)], rel=1e-4)
    areas = found.areas.set_index("place")
    assert areas["effect"].to_numpy() == pytest.approx([known[f"effect {p}"] for p in areas.index], rel=1e-4)
    seen = areas.index[areas["gamma"] > 0]
    assert areas.loc[seen, "gamma"].to_numpy() == pytest.approx([known[f"gamma {p}"] for p in seen], rel=1e-4)
    mean = found.table.set_index(["measure", "place"])["estimate"]["Mean"]
    assert mean.to_numpy() == pytest.approx([known[f"Mean {p}"] for p in mean.index], rel=0.02)


def test_errors_are_those_of_emdi_where_a_place_has_a_sample():
    """emdi counts the areas' variance twice in places without a sample (its bootstrap's populations)."""
    table = predicted(scale="log", draws=20, replicates=150, measures=ASKED).table
    for label in ("Mean", "Head_Count", "Gini"):
        seen = table[(table["measure"] == label) & (table["n"] > 0)]
        theirs = np.sqrt([VALUES["mse", f"{label} {p}"] for p in seen["place"]])
        assert np.median(seen["rmse"] / theirs) == pytest.approx(1, rel=0.08), label


def test_without_a_scale_the_mean_is_the_unit_level_prediction():
    """Exactly, for the pairs of opposite deviations cancel."""
    dummies = [t.assign(rent=(t["home"] == "rent") * 1.0) for t in (SAMPLE, REGISTER)]
    means = dummies[1].groupby("place")[["schooling", "rent"]].mean().reset_index()
    exact = unit_level(dummies[0], "income", "place", ["schooling", "rent"], means, replicates=0).table
    table = predicted(scale="none").table
    assert table["estimate"].to_numpy() == pytest.approx(exact["eblup"].to_numpy(), rel=1e-9)
    assert table.loc[table["n"] == 0, "basis"].eq("model").all() and (table["n"] == 0).sum() == 2


CORN = [  # county, hectares of corn, pixels of corn, of soybeans: Battese, Harter & Fuller (1988), table 1
    (1, 165.76, 374, 55), (2, 96.32, 209, 218), (3, 76.08, 253, 250), (4, 185.35, 432, 96), (4, 116.43, 367, 178),
    (5, 162.08, 361, 137), (5, 152.04, 288, 206), (5, 161.75, 369, 165), (6, 92.88, 206, 218), (6, 149.94, 316, 221),
    (6, 64.75, 145, 338), (7, 127.07, 355, 128), (7, 133.55, 295, 147), (7, 77.7, 223, 204), (8, 206.39, 459, 77),
    (8, 108.33, 290, 217), (8, 118.17, 307, 258), (9, 99.96, 252, 303), (9, 140.43, 293, 221), (9, 98.95, 206, 222),
    (9, 131.04, 302, 274), (10, 114.12, 313, 190), (10, 100.6, 246, 270), (10, 127.88, 353, 172), (10, 116.9, 271, 228),
    (10, 87.41, 237, 297), (11, 93.48, 221, 167), (11, 121.0, 369, 191), (11, 109.91, 343, 249), (11, 122.66, 342, 182),
    (11, 104.21, 294, 179), (12, 88.59, 220, 262), (12, 165.35, 355, 160), (12, 104.0, 261, 221), (12, 88.63, 187, 345),
    (12, 153.7, 350, 190)]  # fmt: skip
PIXELS = [
    (295.29, 189.7),
    (300.4, 196.65),
    (289.6, 205.28),
    (290.74, 220.22),
    (318.21, 188.06),
    (257.17, 247.13),
    (291.77, 185.37),
    (301.26, 221.36),
    (262.17, 247.09),
    (314.28, 198.66),
    (298.65, 204.61),
    (325.99, 177.05),
]
HECTARES = [122.2, 126.3, 106.2, 108.0, 145.0, 112.6, 112.4, 122.1, 115.8, 124.3, 106.3, 143.6]
"""Predicted hectares of corn a segment, as printed there (variances by fitting constants)."""


def corn():
    rows = pd.DataFrame(CORN, columns=["county", "corn", "x1", "x2"]).assign(county=lambda t: t["county"].astype(str))
    return rows, pd.DataFrame(PIXELS, columns=["x1", "x2"]).assign(county=[str(i) for i in range(1, 13)])


def test_the_corn_of_iowa_is_that_of_nlme_and_of_the_paper():
    found = unit_level(*(t := corn())[:1], "corn", "county", ["x1", "x2"], t[1], replicates=0)
    assert found.coefficients["estimate"].to_numpy() == pytest.approx(
        [51.070397851575, 0.328721732099, -0.134568446052], rel=1e-6
    )
    assert found.unit_variance == pytest.approx(147.268635174, rel=1e-6)
    assert found.area_variance == pytest.approx(140.0239, rel=1e-6)
    assert found.table["eblup"].to_numpy() == pytest.approx(HECTARES, abs=0.75)
    x = np.column_stack([np.ones(36), t[0][["x1", "x2"]]])
    model = Nested(x, t[0]["county"].astype(int).to_numpy() - 1, 12)
    assert model.fit(t[0]["corn"].to_numpy()).loglik == pytest.approx(-149.183315434, abs=1e-8)


def test_means_agree_with_the_district():
    rows, means = corn()
    sizes = [545, 566, 394, 424, 564, 570, 402, 567, 687, 569, 965, 556]
    table = unit_level(
        rows, "corn", "county", ["x1", "x2"], means.assign(size=sizes), size="size", whole=125.0, replicates=40
    ).table
    assert np.average(table["benchmarked"], weights=sizes) == pytest.approx(125.0, abs=1e-9)
    assert (table["benchmarked_rmse"] >= table["rmse"]).all()
    share = np.array(sizes) / sum(sizes)
    moved = table["benchmarked"] - table["eblup"]  # the least exact and largest move most
    assert (moved / (share * table["rmse"] ** 2)).to_numpy() == pytest.approx(
        (moved / (share * table["rmse"] ** 2)).iloc[0] * np.ones(12), rel=1e-6
    )
    found = predicted(measures=ASKED, draws=10, replicates=10, benchmark={"Mean": 170000, "Head_Count": 0.2}).table
    weight = REGISTER.groupby("place").size()
    for label, whole in (("Mean", 170000), ("Head_Count", 0.2)):
        part = found[found["measure"] == label].set_index("place")
        assert np.average(part["benchmarked"], weights=weight[part.index]) == pytest.approx(whole)
    with pytest.raises(DataError, match="a mean of households"):
        predicted(benchmark={"Gini": 0.3}, measures={"Gini": "gini"})


def test_each_measure_of_drawn_rows_is_the_measure_itself():
    rng = np.random.default_rng(4)
    x, w = rng.gamma(2, 1, (6, 41)).round(2), rng.integers(1, 6, 41).astype(float)
    asked = resolve(
        [
            "mean",
            "gini",
            "median",
            ("quantile", {"q": 0.1}),
            ("headcount", {"line": 1.2}),
            ("poverty_gap", {"line": 1.2}),
            ("band_share", {"lower": 1, "upper": 3, "closed": "left"}),
            "theil",
            "quintile_ratio",
        ]
    )
    for weights in (None, w):
        found = measured(x.copy(), weights, asked)
        for k, (_, name, parameters) in enumerate(asked):
            one = [getattr(m, name)(row, weights=weights, **parameters) for row in x]
            assert found[k] == pytest.approx(one, rel=1e-12), name


def test_a_register_by_village_is_that_of_its_households():
    village = REGISTER.assign(schooling=REGISTER["schooling"] // 4 * 4).groupby(["place", "home", "schooling"]).size()
    short = village.reset_index(name="homes")
    long = short.loc[short.index.repeat(short["homes"])]
    options = dict(measures=["mean", "gini"], scale="log", draws=20, replicates=3)
    a = ebp(SAMPLE, "income", "place", ["schooling", "home"], short, households="homes", **options)
    b = ebp(SAMPLE, "income", "place", ["schooling", "home"], long, **options)
    pd.testing.assert_frame_equal(a.table, b.table)
    assert a.areas["households"].sum() == len(REGISTER)


def test_faults_come_together_and_a_covariate_of_another_meaning_is_named():
    bad = SAMPLE.assign(income=SAMPLE["income"].where(SAMPLE.index != 3, 0), weight=SAMPLE["weight"].where(
        SAMPLE.index != 5, 0.0))  # fmt: skip
    with pytest.raises(DataError) as raised:
        ebp(bad, "income", "place", ["schooling"], REGISTER[REGISTER["place"] != "p01"], scale="log", weight="weight")
    assert len(raised.value.faults) == 3
    with pytest.raises(DataError, match="in another unit"):  # months, not years
        ebp(SAMPLE, "income", "place", ["schooling"], REGISTER.assign(schooling=REGISTER["schooling"] * 12 + 200))
    with pytest.raises(DataError, match="answers that the sample has: own, rent"):
        ebp(SAMPLE, "income", "place", ["home"], REGISTER.assign(home=REGISTER["home"].replace("rent", "let")))
    with pytest.raises(DataError, match="numbers, as in the sample"):
        ebp(SAMPLE, "income", "place", ["schooling"], REGISTER.assign(schooling="nine years"))
    shifted = REGISTER.assign(schooling=REGISTER["schooling"] + 3)
    told = ebp(SAMPLE, "income", "place", ["schooling"], shifted, draws=2, replicates=0).compared
    assert told["verdict"].tolist() == ["doubtful"]


def test_losses_are_modelled_by_the_shifted_log_and_the_choice_is_told():
    found = ebp(
        SAMPLE.assign(income=SAMPLE["income"] - 100000),
        "income",
        "place",
        ["schooling"],
        REGISTER,
        draws=2,
        replicates=0,
    )
    assert set(found.scales["scale"]) == {"none", "log-shift"} and found.scales["chosen"].sum() == 1
    every = predicted().scales
    assert set(every["scale"]) == set(SCALES) and every.loc[every["chosen"], "aic"].item() == every["aic"].min()


@pytest.mark.slow
def test_the_error_told_is_the_error_made():
    """Populations and samples made anew by a known model: mean squared errors of headcount and Gini."""
    rng, made, told = np.random.default_rng(5), [], []
    asked = {"poor": ("headcount", {"line": 9000.0}), "gini": "gini"}
    for _ in range(30):
        place = np.repeat(np.arange(12), 120)
        rows = pd.DataFrame({"place": place.astype(str), "rooms": rng.integers(1, 6, len(place)) * 1.0})
        rows["y"] = np.exp(9 + 0.1 * rows["rooms"] + rng.normal(0, 0.2, 12)[place] + rng.normal(0, 0.4, len(place)))
        sample = rows.groupby("place").sample(8, random_state=int(rng.integers(1 << 30)))
        table = ebp(sample, "y", "place", ["rooms"], rows, asked, scale="log", draws=40, replicates=25).table
        for label, f in (("poor", lambda v: m.headcount(v, line=9000.0)), ("gini", m.gini)):
            truth = rows.groupby("place")["y"].apply(f)
            part = table[table["measure"] == label].set_index("place")
            made.append((label, ((part["estimate"] - truth) ** 2).mean()))
            told.append((label, (part["rmse"] ** 2).mean()))
    for label in asked:
        real, claimed = (np.mean([v for k, v in pairs if k == label]) for pairs in (made, told))
        assert claimed == pytest.approx(real, rel=0.25), label
