"""Spatial and robust area-level models against R's sae and saeRobust on 15 places of sae's grapes; the choice."""

import numpy as np
import pandas as pd
import pytest

from research.core.faults import DataError
from research.measures.small_area import choose, fay_herriot
from research.measures.small_area.robust import fit_robust
from research.measures.small_area.spatial import fit_spatial

GRAPES = np.array([  # grapes a hectare, area, workdays, sampling variance
    (30.947758240912, 203.937751004016, 73.9588353413655, 21.5305442837185),
    (57.2161415500022, 187.225053078556, 148.214437367304, 201.429900218768),
    (73.7540671556016, 590.730158730159, 171.349206349206, 2.81821806074505),
    (66.2420341478691, 318.323333333333, 105.863333333333, 21.380893975745),
    (36.931798996734, 217.257887517147, 87.838134430727, 64.2439318635421),
    (78.5339314431656, 1562.02985074627, 202.686567164179, 0.162917148987173),
    (50.4567217098066, 101.478260869565, 93.4816053511706, 14.7375734090755),
    (41.9724571338114, 147.487279843444, 85.7162426614481, 19.50657294887),
    (111.570881038345, 274.27100591716, 233.630769230769, 329.387208602318),
    (10.2326214341696, 145.898550724638, 32.6702898550725, 0.0066593021801659),
    (79.5533274373517, 167.673860911271, 168.568345323741, 13.2026634835416),
    (78.4579156238613, 2145.38461538462, 204.138461538462, 0.0223238300161377),
    (60.7776176553792, 129.335548172757, 121.212624584718, 6.23844038025459),
    (51.3302449947594, 115.293202293202, 122.105651105651, 17.8291772993978),
    (58.6707718592662, 316.341463414634, 125.556097560976, 6.89910045014281)])  # fmt: skip
NEAR = [
    [1, 2, 7],
    [0, 3, 6, 7],
    [0, 7],
    [1, 4, 6],
    [3, 5, 6, 8, 10, 13],
    [4, 8],
    [1, 3, 4, 7, 10],
    [0, 1, 2, 6, 10],
    [4, 5, 9, 12, 13],
    [8, 14],
    [4, 6, 7],
    [],
    [8],
    [4, 8],
    [9],
]
DEGREE = [3, 4, 2, 3, 7, 2, 5, 5, 9, 4, 4, 1, 2, 4, 4]
"""Neighbours among all 274 municipalities: the proximities are one over it."""
SPATIAL = {  # sae 1.3, mseSFH(grapehect ~ area + workdays - 1), PRECISION = 1e-11
    "reml": (19.572717363358, 0.503939928281, (-0.010526845305, 0.485705127395), -48.859849927021, (
        (32.0751208950, 16.05121987698437), (71.7661457786, 29.86174510040443), (74.1043945889, 2.81413874088079),
        (57.4576136097, 14.30310621126284), (40.1962082416, 21.34062033466777), (78.5584704853, 0.16296887247683),
        (48.9190708634, 11.70319417740394), (40.7905262130, 14.91564927333956), (109.1677827956, 32.83756557979856),
        (10.2340013652, 0.00665927911193), (80.1796143304, 11.26348490781041), (78.4557613416, 0.02234149781732),
        (59.8894498949, 5.78923206857213), (54.4139720571, 12.94425490729242), (58.1402959012, 6.52411370511869))),
    "ml": (13.9949607942401, 0.3656207301397, (-0.0106695704217, 0.4862639892535), -48.6733876803852, (
        (32.3102560779, 16.84282824340401), (71.0313064867, 27.81286686451310), (74.2515762617, 2.94244049026973),
        (55.7093134111, 13.14336490317472), (40.0962072247, 23.31085714544962), (78.5690774402, 0.16347871981857),
        (48.0974920830, 11.72636187949405), (40.6440893771, 16.23539628799265), (109.6123277540, 34.87793715845769),
        (10.2345625505, 0.00666053961997), (80.1479255286, 11.43288659281275), (78.4545981487, 0.02236191908185),
        (59.7168374451, 5.87038898367459), (55.0475868046, 12.47025779324108), (58.0976168861, 6.84847657486542))),
}  # fmt: skip
ROBUST = (11.9361348307841, (  # saeRobust 0.2 as the tests of emdi 2.2.3 keep it: REBLUP, pseudo MSE, k = 1.345
    (32.5700421885036, 7.95027021972195), (68.6686993751954, 14.7664850962258), (74.2457730589765, 2.38778297977402),
    (51.1082357151473, 9.32631832204332), (39.5248136871797, 10.7746618983506), (78.572833066232, 0.161435700085113),
    (46.8391339424002, 7.09442169187674), (40.5643461985184, 7.85210200146032), (109.598003707622, 20.8181556601868),
    (10.234840069013, 0.00665561610425298), (79.4388891546581, 7.77186290137234),
    (78.4535712716201, 0.0223109503612314), (59.4664600781385, 4.42283547486423),
    (55.044693338322, 8.18922969365769), (58.1049592455018, 4.64189189114079),
))  # fmt: skip


def proximity():
    W = np.zeros((15, 15))
    for i, others in enumerate(NEAR):
        W[i, others] = 1 / DEGREE[i]
    return W


@pytest.mark.parametrize("method", SPATIAL)
def test_the_spatial_model_is_that_of_sae(method):
    y, X, D = GRAPES[:, 0], GRAPES[:, 1:3], GRAPES[:, 3]
    found = fit_spatial(y, X, D, proximity(), np.ones(15, bool), method)
    variance, correlation, beta, loglik, rows = SPATIAL[method]
    assert (found.variance, found.correlation) == pytest.approx((variance, correlation), rel=1e-6)
    assert found.beta == pytest.approx(np.array(beta), rel=1e-6)
    assert found.loglik == pytest.approx(loglik, abs=1e-6)
    assert np.column_stack([found.eblup, found.mse]) == pytest.approx(np.array(rows), rel=1e-5)


def test_the_robust_model_is_that_of_saerobust():
    found, mse = fit_robust(GRAPES[:, 0], GRAPES[:, 1:3], GRAPES[:, 3])
    assert found.variance == pytest.approx(ROBUST[0], rel=1e-6)
    assert np.column_stack([found.eblup, mse]) == pytest.approx(np.array(ROBUST[1]), rel=1e-6)


def villages(seed, places=19):
    """A line of places whose effects follow their neighbours, and their direct estimates."""
    rng = np.random.default_rng(seed)
    W = np.eye(places, k=1) + np.eye(places, k=-1)
    names = [f"t{i:02d}" for i in range(places)]
    share = W / W.sum(axis=1, keepdims=True)
    effect = np.linalg.solve(np.eye(places) - 0.8 * share, rng.normal(0, 2, places))
    x, se = rng.uniform(0, 3, places), rng.uniform(1, 3, places)
    truth = 20 + 4 * x + effect
    frame = pd.DataFrame({"place": names, "estimate": truth + rng.normal(0, se), "se": se, "x": x})
    return frame, truth, pd.DataFrame(W, names, names)


@pytest.mark.slow
def test_neighbours_help_and_the_error_told_is_the_one_made():
    plain, near, told, out, out_told = [], [], [], [], []
    for seed in range(120):
        frame, truth, W = villages(seed)
        frame.loc[9, ["estimate", "se"]] = np.nan
        seen = frame["estimate"].notna().to_numpy()
        a, b = fay_herriot(frame, "x").table, fay_herriot(frame, "x", proximity=W).table
        plain.append(((a["eblup"] - truth)[seen] ** 2).mean())
        near.append(((b["eblup"] - truth)[seen] ** 2).mean())
        told.append((b["eblup_rmse"][seen] ** 2).mean())
        out.append([(t["eblup"][9] - truth[9]) ** 2 for t in (a, b)])
        out_told.append(b["eblup_rmse"][9] ** 2)
    assert np.mean(near) < np.mean(plain) and np.mean(told) == pytest.approx(np.mean(near), rel=0.15)
    assert np.mean(out, axis=0)[1] < np.mean(out, axis=0)[0]
    assert np.mean(out_told) == pytest.approx(np.mean(out, axis=0)[1], rel=0.4)


def test_one_wild_place_does_not_bend_the_robust_model():
    frame, truth, _ = villages(3)
    wild = frame.assign(estimate=frame["estimate"].where(frame.index != 5, 300.0))
    bent, straight = fay_herriot(wild, "x"), fay_herriot(wild, "x", robust=1.345)
    others = frame.index != 5
    off = [float((np.abs(f.table["eblup"] - truth)[others]).mean()) for f in (bent, straight)]
    assert straight.variance < bent.variance / 50 and off[1] < off[0]
    clean = fay_herriot(frame, "x", robust=1e6)  # no bound: the maximum of the likelihood's own equation, nearly
    assert clean.variance == pytest.approx(fay_herriot(frame, "x", method="ml").variance, rel=1e-6)


def test_what_does_not_go_together_is_refused_and_a_proximity_names_its_gaps():
    frame, _, W = villages(1)
    for options in ({"proximity": W, "robust": 1.3}, {"proximity": W, "method": "moment"},
                    {"robust": 1.3, "mse": "bootstrap"}):  # fmt: skip
        with pytest.raises(DataError):
            fay_herriot(frame, "x", **options)
    with pytest.raises(DataError) as raised:
        fay_herriot(frame, "x", proximity=W.drop(index="t03", columns="t04"))
    assert len(raised.value.faults) == 2
    with pytest.raises(DataError, match="a number of 0 or more"):
        fay_herriot(frame, "x", proximity=W.replace(1.0, -1.0))
    assert -1 < fay_herriot(frame, "x", proximity=W).diagnostics["correlation"] < 1


def test_the_figure_with_the_smallest_error_is_taken_and_the_reason_told():
    direct = pd.DataFrame({"place": list("abcde"), "estimate": [100.0, 100, 100, 100, None],
                           "se": [10.0, 20, 30, 30, None]})  # fmt: skip
    area = pd.DataFrame({"place": list("edcba"), "estimate": [91.0, 92, 93, 94, 95], "rmse": [40.0, 25, 9, 21, 8]})
    unit = pd.DataFrame({"place": list("abcde"), "estimate": [81.0, 82, 83, 84, 85], "rmse": [7.0, 22, 12, 20, 50]})
    found = choose(direct, {"area": area, "unit": unit}).set_index("place")
    assert found["chosen"].tolist() == ["direct", "direct", "area", "unit", "area"]
    assert found["reason"].tolist() == ["exact", "smallest", "area", "unit", "alone"]
    assert found["value"].tolist() == [100, 100, 93, 84, 91] and found["se"].tolist() == [10, 20, 9, 20, 40]
    with pytest.raises(DataError) as raised:
        choose(direct, {"area": area.iloc[:3], "unit": pd.concat([unit, unit.iloc[:1]])})
    assert len(raised.value.faults) == 3
