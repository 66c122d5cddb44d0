"""Calibration, its variance, two stages, tests and regressions against R's survey 4.1.1: data/api.R made the values."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.survey.estimates import Sample, independence, regress
from research.survey.weights import calibrate, poststratify, replicate_weights, trim

DATA = Path(__file__).parent / "data"
R = pd.read_csv(DATA / "r_survey.csv").set_index("key")
CLUS1, CLUS2, STRAT = (pd.read_csv(DATA / f"api_{name}.csv") for name in ("clus1", "clus2", "strat"))
STYPE = {"E": 4421, "H": 755, "M": 1018}
BOTH = {"stype": STYPE, "api99": 3914069.0}
EXACT = 1e-8


def made(key):
    if key == "linear":
        return calibrate(CLUS1, "pw", {"stype": STYPE}, "linear")
    if key == "greg":
        return calibrate(CLUS1, "pw", BOTH, "linear")
    if key == "logit":
        return calibrate(CLUS1, "pw", BOTH, "logit", bounds=(0.4, 2.5))
    return calibrate(CLUS1, "pw", BOTH, "raking") if key == "raking" else poststratify(CLUS1, "pw", "stype", STYPE)


def sample(key):
    design = dict(psu="dnum", population="fpc")
    return Sample(CLUS1, "pw", **design) if key == "base" else Sample(CLUS1, calibrated=made(key), **design)


def agrees(row, key, rel=EXACT):
    assert (row["estimate"], row["se"]) == pytest.approx((R.estimate[key], R.se[key]), rel=rel), key


@pytest.mark.parametrize("key", ["base", "linear", "greg", "raking", "logit", "post"])
def test_means_totals_ratios_and_domains(key):
    rel = 2e-6 if key in ("raking", "logit") else EXACT  # R ends its steps at 1e-7 of the totals
    s = sample(key)
    agrees(s.mean("api00").table.iloc[0], f"{key} mean", rel)
    agrees(s.total("enroll").table.iloc[0], f"{key} total", rel)
    agrees(s.ratio("api00", "api99").table.iloc[0], f"{key} ratio", rel)
    for row in s.mean("api00", "stype").table.to_dict("records"):
        agrees(row, f"{key} mean {row['stype']}", rel)
    if key != "base":
        g = s.calibrated.g
        assert (g.min(), g.max()) == pytest.approx((R.estimate[f"{key} g min"], R.estimate[f"{key} g max"]), rel=1e-5)


def test_a_mean_as_a_measure_is_the_mean():
    s = sample("greg")
    agrees(s.measure("mean", "api00").table.iloc[0], "greg mean")
    rows = s.measure("mean", "api00", "stype").table
    agrees(rows.iloc[0], "greg mean E")


def test_raking_of_two_margins():
    totals = {"stype": STYPE, "sch.wide": {"No": 1072, "Yes": 5122}}
    found = calibrate(CLUS1, "pw", totals).weights
    for i in (1, 50, 183):
        assert found[i - 1] == pytest.approx(R.estimate[f"rake weight {i}"], rel=1e-7)


def test_trimming():
    found = trim(made("greg").weights, 10, 50)
    for i in (1, 50, 183):
        assert found[i - 1] == pytest.approx(R.estimate[f"trim weight {i}"], rel=EXACT)


def test_strata_and_two_stages():
    s = Sample(STRAT, "pw", strata="stype", population="fpc")
    agrees(s.mean("api00").table.iloc[0], "strat mean")
    agrees(s.total("enroll").table.iloc[0], "strat total")
    two = dict(psu="dnum", population="fpc1", ssu="snum", ssu_population="fpc2")
    agrees(Sample(CLUS2, "pw", **two).mean("api00").table.iloc[0], "clus2 mean")
    whole = CLUS2.assign(enroll=CLUS2.enroll.fillna(0))
    agrees(Sample(whole, "pw", **two).total("enroll").table.iloc[0], "clus2 total")
    greg = calibrate(CLUS2, "pw", {"stype": STYPE}, "linear")
    agrees(Sample(CLUS2, calibrated=greg, **two).mean("api00").table.iloc[0], "clus2 calibrated mean")


@pytest.mark.parametrize("key", ["strat", "clus1"])
def test_rao_and_scott(key):
    s = Sample(STRAT, "pw", strata="stype", population="fpc") if key == "strat" else sample("base")
    found = independence(s, "sch.wide", "stype")
    for name, r in (("statistic", "F"), ("ndf", "ndf"), ("ddf", "ddf"), ("p_value", "p")):
        assert found[name] == pytest.approx(R.estimate[f"{key} rao-scott {r}"], rel=1e-7), name


def test_regressions():
    s = Sample(STRAT.assign(wide=(STRAT["sch.wide"] == "Yes").astype(int)), "pw", strata="stype", population="fpc")
    for kind, outcome, key in (("linear", "api00", "strat ols"), ("logistic", "wide", "strat logit")):
        for row in regress(s, outcome, ["ell", "meals"], kind).to_dict("records"):
            agrees(row, f"{key} {row['term'].replace('(constant)', '(Intercept)')}", 1e-6)
    for row in regress(sample("linear"), "api00", ["ell", "meals"]).to_dict("records"):
        agrees(row, f"clus1 ols {row['term'].replace('(constant)', '(Intercept)')}", 1e-7)


def test_jackknife_that_repeats_the_calibration():
    def again(frame, weights):
        used = weights > 0
        out = np.zeros(len(weights))
        part = frame[used].assign(w=weights[used])
        out[used] = calibrate(part, "w", {"stype": STYPE}, "linear").weights
        return out

    from research.measures.survey import Design

    y = CLUS1["api00"].to_numpy(float)
    plain = replicate_weights(CLUS1, "pw", psu="dnum")
    assert plain.degrees == R.estimate["jk df"]
    for key, step in (("jk mean", None), ("jk calibrated mean", again)):
        reps = replicate_weights(CLUS1, "pw", psu="dnum", step=step)
        estimate, variance = reps.variance(lambda w: float((w * y).sum() / w.sum()))
        agrees({"estimate": estimate, "se": variance**0.5}, key)
        columns = reps.frame()
        frame = pd.concat([CLUS1.assign(full=reps.full), columns], axis=1)
        given = Design(frame, "full", replicate_weights=list(columns), scale=list(reps.factors),
                       degrees=reps.degrees)  # fmt: skip
        row = given.estimate("mean", "api00", method="replicate").iloc[0]
        agrees(row, key)
        assert row["df"] == R.estimate[key.replace("mean", "df")]
        if step is None:  # as R counts them: the rank of the replicates, less one
            plain = Design(frame, "full", replicate_weights=list(columns)).estimate("mean", "api00", method="replicate")
            assert plain["df"].iloc[0] == R.estimate["jk df"]


EUSILC, EUSILC_R = pd.read_csv(DATA / "eusilc.csv"), pd.read_csv(DATA / "eusilc_r.csv").set_index(["case", "what"])
EUSILC_TOTALS = {"gender": {"female": 1122, "male": 1682}, "region": {"east": 1178, "south": 617, "west": 1009},
                 "eqsize": 4542.0}  # fmt: skip


@pytest.mark.parametrize("method", ["linear", "raking", "logit"])
@pytest.mark.parametrize("psu", [None, "district"])
def test_eusilc_calibrated(method, psu):
    made = calibrate(EUSILC, "weight", EUSILC_TOTALS, method, **({"bounds": (0.4, 2.5)} if method == "logit" else {}))
    s = Sample(EUSILC, calibrated=made, strata="region", psu=psu)
    known = EUSILC_R.loc["srs " + method if psu is None else "cluster " + method]
    found = {"total": s.total("eqIncome").table.iloc[0], "mean": s.mean("eqIncome").table.iloc[0]}
    found |= {f"mean {r['gender']}": r for r in s.mean("eqIncome", "gender").table.to_dict("records")}
    for what, row in found.items():
        assert (row["estimate"], row["se"]) == pytest.approx(tuple(known.loc[what, ["value", "se"]]), rel=EXACT), what


def test_equal_chances_are_the_number_of_clusters_and_unequal_ones_are_nearly_exact():
    """Against `population`; and against Sen, Yates and Grundy with joint probabilities, for every sample of maximal
    entropy of a small population."""
    from itertools import combinations

    from research.survey.select import inclusion, joint_entropy

    rows = CLUS2.assign(chance=40 / CLUS2["fpc1"])
    design = dict(psu="dnum", ssu="snum", ssu_population="fpc2")
    a = Sample(rows, "pw", population="fpc1", **design).mean("api00").table
    b = Sample(rows, "pw", probability="chance", **design).mean("api00").table
    pd.testing.assert_frame_equal(a, b)
    size = np.array([5.0, 9, 4, 7, 6, 8, 10, 3, 6, 7])
    pi, y = inclusion(size, 4), size * np.array([3.1, 2.7, 3.4, 2.9, 3.3, 2.5, 3.0, 3.6, 2.8, 3.2])
    joint = joint_entropy(pi)
    odds, every = pi / (1 - pi), list(map(list, combinations(range(10), 4)))
    for _ in range(200):  # conditional Poisson sampling: odds whose samples of four have these chances
        chance = np.array([odds[s].prod() for s in every])
        chance /= chance.sum()
        odds *= pi / np.array([chance[[i in s for s in every]].sum() for i in range(10)])
    ours, exact = [], []
    for s in every:
        frame = pd.DataFrame({"y": y[s], "w": 1 / pi[s], "chance": pi[s], "c": s})
        ours.append(Sample(frame, "w", psu="c", probability="chance").total("y").table["se"].iloc[0] ** 2)
        z = y[s] / pi[s]
        part = (np.outer(pi[s], pi[s]) - joint[np.ix_(s, s)]) / joint[np.ix_(s, s)] * (z[:, None] - z[None, :]) ** 2
        exact.append(part.sum() / 2)
    assert chance @ ours == pytest.approx(chance @ exact, rel=0.03)
