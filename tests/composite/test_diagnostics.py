"""Diagnostics of an index against plain sums: pandas' covariances, indices built again, tables written by hand.

Four places, two domains of two indicators each, goalposts 0 and 10, equal weights: a score is ten times the value, a
domain the mean of its two, the index the mean of the domains.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from research.composite import IndexSpec, build_index, explain, from_nodes
from research.composite.ahp import ahp
from research.composite.denominate import denominate
from research.composite.diagnose import correlations, drop_one, effective_domains, effective_weights
from research.composite.fill import screen
from research.composite.methods import peers, strengths
from research.composite.outliers import kurtosis, winsorise
from research.composite.robustness import intervals, simulate
from research.composite.spread import settled
from research.errors import DataError

NODES = pd.DataFrame(
    [("a", 1, "X"), ("b", 1, "X"), ("c", 1, "Y"), ("d", 1, "Y"), ("X", 2, "I"), ("Y", 2, "I"), ("I", 3, "")],
    columns=["code", "level", "parent"],
)
SPEC = IndexSpec(goalposts=dict.fromkeys("abcd", (0, 10)))
VALUES = {
    ("p", 2023): (1, 2, 3, 5),
    ("q", 2023): (4, 1, 6, 2),
    ("r", 2023): (3, 3, 1, 4),
    ("s", 2023): (5, 6, 2, 2),
    ("p", 2024): (2, 4, 9, 6),
    ("q", 2024): (8, 1, 7, 3),
    ("r", 2024): (5, 4, 1, 7),
    ("s", 2024): (6, 8, 2, 4),
}


def made(values, spec=SPEC):
    rows = [
        {"place": p, "year": y, "indicator": i, "value": float(v), "status": "reported"}
        for (p, y), line in values.items()
        for i, v in zip("abcd", line, strict=True)
        if v is not None
    ]
    return build_index(pd.DataFrame(rows), from_nodes(NODES), spec)


@pytest.fixture(scope="module")
def result():
    return made(VALUES)


def scores(year):
    """Points of the indicators, domains and the index, reckoned without the package."""
    frame = pd.DataFrame({p: line for (p, y), line in VALUES.items() if y == year}, index=list("abcd")).T * 10.0
    frame["X"], frame["Y"] = (frame["a"] + frame["b"]) / 2, (frame["c"] + frame["d"]) / 2
    return frame.assign(I=(frame["X"] + frame["Y"]) / 2)


def test_correlations_are_those_of_pandas(result):
    want, got = scores(2024).corr(), correlations(result, 2024).set_index("code")
    for code, parent in zip("abcdXY", "XXYYII", strict=True):
        assert got.loc[code, "with_parent"] == pytest.approx(want.loc[code, parent])
        assert got.loc[code, "with_index"] == pytest.approx(want.loc[code, "I"])
    below = want.loc["c", "Y"], want.loc["d", "Y"], want.loc["X", "I"], want.loc["Y", "I"]
    assert min(below) < 0 or max(below) > 0.92  # the flags below are asked for
    for code, parent in zip("abcdXY", "XXYYII", strict=True):
        r = want.loc[code, parent]
        assert got.loc[code, "flag"] == ("negative" if r < 0 else "redundant" if r > 0.92 else "")
    assert (got["n"] == 4).all()


def test_an_indicator_that_runs_against_its_domain_is_flagged():
    lines = {("p", 2024): (1, 9, 1, 2), ("q", 2024): (5, 8, 5, 5), ("r", 2024): (9, 7, 9, 9)}
    flags = correlations(made(lines), 2024).set_index("code")["flag"]
    assert flags["b"] == "negative"  # falls where its domain rises, if weakly: r lies between -1 and 0 or at -1
    lines[("s", 2024)] = (6, 8.9, 1, 2)
    got = correlations(made(lines), 2024).set_index("code")
    assert -1 < got.loc["b", "with_parent"] < 0 and got.loc["b", "flag"] == "negative"
    assert got.loc["c", "with_parent"] > 0.92 and got.loc["c", "flag"] == "redundant"


def test_effective_weights_are_covariances(result):
    frame = scores(2024)
    got = effective_weights(result, 2024).set_index("indicator")
    for code in "abcd":
        assert got.loc[code, "weight"] == pytest.approx(0.25)
        assert got.loc[code, "share"] == pytest.approx(frame[code].cov(frame["I"]) / 4 / frame["I"].var())
        assert got.loc[code, "ratio"] == pytest.approx(4 * got.loc[code, "share"])
    assert got["share"].sum() == pytest.approx(1)


def test_effective_domains_have_the_error_of_leaving_places_out(result):
    def shares(frame):
        return [frame[d].cov(frame["I"]) / 2 / frame["I"].var() for d in "XY"]

    frame, n = scores(2024), 4
    out = np.array([shares(frame.drop(index=p)) for p in frame.index])
    se = np.sqrt((n - 1) / n * ((out - out.mean(axis=0)) ** 2).sum(axis=0))
    got = effective_domains(result, 2024, level=0.9)
    assert got["share"].to_numpy() == pytest.approx(shares(frame)) and got["se"].to_numpy() == pytest.approx(se)
    reach = stats.t(n - 1).ppf(0.95) * se
    assert (got["upper"] - got["share"]).to_numpy() == pytest.approx(reach)
    assert (got["share"] - got["lower"]).to_numpy() == pytest.approx(reach)
    assert got["apart"].tolist() == [0, 0] and got["level"].eq(0.9).all() and got["year"].eq(2024).all()


def test_a_domain_that_decides_alone_lies_apart_from_its_weight():
    care = [(5, 5), (6, 4.01), (5, 5), (6, 4), (5, 5.01), (6, 4)]  # all but the same everywhere
    lines = {(p, 2024): (x, x, *two) for p, x, two in zip("pqrstu", range(1, 7), care, strict=True)}
    assert effective_domains(made(lines), 2024)["apart"].tolist() == [1, -1]


def test_leaving_an_indicator_out_is_an_index_built_without_it(result):
    got = drop_one(result, 2024).set_index("indicator")
    base = scores(2024)["I"]
    for code in "abcd":
        frame = scores(2024)
        other = {"a": "b", "b": "a", "c": "d", "d": "c"}[code]
        left = (frame[other] + frame["Y" if code in "ab" else "X"]) / 2
        shift = (left.rank(ascending=False, method="min") - base.rank(ascending=False, method="min")).abs()
        assert got.loc[code, "mean_shift"] == pytest.approx(shift.mean())
        assert got.loc[code, "max_shift"] == shift.max()
        assert got.loc[code, "score_change"] == pytest.approx((left - base).abs().mean())


def test_peers_are_the_nearest_by_their_domains(result):
    for year in (2023, 2024):
        frame = scores(year)
        got = peers(result, count=2)
        for place in frame.index:
            apart = np.sqrt(((frame[["X", "Y"]] - frame.loc[place, ["X", "Y"]]) ** 2).mean(axis=1)).drop(place)
            own = got[(got["place"] == place) & (got["year"] == year)]
            assert own["order"].tolist() == [1, 2]
            assert own["distance"].tolist() == pytest.approx(sorted(apart)[:2])
            assert own["lead"].tolist() == pytest.approx([frame["I"][p] - frame["I"][place] for p in own["peer"]])


def test_strengths_are_the_largest_leads_over_the_mean(result):
    frame = scores(2024)[list("abcd")]
    got, gap = strengths(result, count=1), frame - frame.mean()
    for place in frame.index:
        own = got[(got["place"] == place) & (got["year"] == 2024)].set_index("side")
        assert own.loc["strength", "gap"] == pytest.approx(gap.loc[place].max())
        assert own.loc["weakness", "gap"] == pytest.approx(gap.loc[place].min())
        assert own.loc["strength", "mean"] == pytest.approx(frame[own.loc["strength", "indicator"]].mean())


def test_a_rise_is_taken_over_what_both_years_have():
    lines = {**VALUES, ("p", 2023): (1, 2, 3, None)}
    got = explain.rises(made(lines, SPEC.but(availability=0.5)), 2023, 2024).set_index("place")
    p = got.loc["p"]  # without d in 2023: X 15 and c 30 before, X 30 and c 90 after
    assert (p["before"], p["after"], p["rise"]) == pytest.approx(((15 + 30) / 2, (30 + 90) / 2, 37.5))
    assert p["plain"] == pytest.approx((30 + 75) / 2 - (15 + 30) / 2)
    assert (p["n_common"], p["n_before"], p["n_after"]) == (3, 3, 4)
    q = got.loc["q"]
    assert q["rise"] == pytest.approx(scores(2024).loc["q", "I"] - scores(2023).loc["q", "I"])
    assert q["rise"] == pytest.approx(q["plain"]) and q["year"] == 2024 and q["first_year"] == 2023


def test_distances_are_to_the_best_of_the_year(result):
    got = explain.distances(result)
    for year in (2023, 2024):
        index = scores(year)["I"]
        own = got[got["year"] == year]
        assert set(own["best"]) == {index.idxmax()}
        lead = own.groupby("place")["points"].sum()
        assert lead.to_dict() == pytest.approx((index.max() - index).to_dict())


def test_the_interval_of_a_score_holds_its_share_of_the_variants(result):
    fixed = {"variants": 400, "seed": 3, "normalise": ("goalposts",)}
    drawn = simulate(result, 2024, **fixed)
    got = intervals(result, 2024, level=0.8, variants=400, seed=3)
    want = np.quantile(drawn, [0.1, 0.5, 0.9], axis=0)
    assert pytest.approx(want) == got[["score_lower", "score_median", "score_upper"]].to_numpy().T


def test_a_drawn_error_never_leaves_the_scale():
    rows = made(VALUES).inputs[0].assign(se=8.0)
    drawn = simulate(build_index(rows, from_nodes(NODES), SPEC), 2024, variants=200, normalise=("goalposts",))
    assert drawn.min() > 1 - 1e-9 and drawn.max() < 100 + 1e-9
    assert drawn.min() < 15  # and errors of this size do reach down


PRINTED = {  # for 3 to 15 things compared: Saaty (1980) and Saaty (2005)
    "saaty1980": (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    "saaty2005": (0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
}


@pytest.mark.parametrize("table", PRINTED)
def test_a_consistency_ratio_is_taken_by_the_printed_table(table):
    for n, random in enumerate(PRINTED[table], start=3):
        matrix = np.ones((n, n))
        matrix[0, 1], matrix[1, 0] = 2, 1 / 2
        got = ahp(matrix, random_index=table)
        largest = max(np.linalg.eigvals(matrix).real)
        assert got.ci == pytest.approx((largest - n) / (n - 1)) and got.ci > 0
        assert got.cr == pytest.approx(got.ci / random)
    for n in (1, 2):
        assert ahp(np.ones((n, n)), random_index=table).cr == 0


def test_judgements_that_contradict_each_other_are_named_by_their_rows():
    matrix = np.ones((4, 4))
    matrix[1, 3], matrix[3, 1], matrix[2, 2] = 3, 1, 2
    with pytest.raises(DataError) as caught:
        ahp(matrix, name="judge")
    said = str(caught.value)
    assert "rows 2 and 4" in said and "3 and 1" in said and "rows 3 and 3" in said and "1 on the diagonal" in said


@pytest.mark.parametrize("values", [(1.0, 2.0, 4.0, 9.0), (3.0, 1.0, 1.0, 2.0)])
def test_kurtosis_begins_with_four_values(values):
    assert kurtosis(values) == pytest.approx(stats.kurtosis(values, bias=False))
    assert np.isnan(kurtosis(values[:3]))


def test_the_furthest_value_is_pulled_in_to_the_next():
    x = np.array([1.0, 2, 3, 4, 5, 6, 7, 100])
    pulled, moved = winsorise(x)
    assert moved == 1 and pulled.tolist() == [1, 2, 3, 4, 5, 6, 7, 7]


def test_small_columns_are_settled_by_their_own_size():
    """1e-3 + 1e-16 is 1e-3, and 1e-13 beside 2e-13 is not."""
    assert settled([1e-13, 2e-13]).tolist() == [0.5, 1.0]
    assert settled([0.0, 0.0]).tolist() == [0, 0]


def test_nothing_is_screened_out_unless_asked():
    panel = made({("p", 2024): (1, None, None, None), ("q", 2024): (2, 3, 4, 5)}, SPEC.but(availability=0)).panel
    units, indicators = screen(panel)
    assert units.all() and indicators.all()
    assert screen(panel, share_units=0.5)[0].tolist() == [False, True]


def test_a_rate_by_one_person_is_a_rate_and_by_none_is_named():
    rows = pd.DataFrame({"place": ["p", "p", "q", "q"], "year": 1, "indicator": ["sales", "people"] * 2})
    got = denominate(rows.assign(value=[6.0, 1.0, 8.0, 2.0]), {"sales": "people"}, factor=10)
    assert got["value"].tolist() == [60, 1, 40, 2]
    with pytest.raises(DataError, match="sales, q 1"):
        denominate(rows.assign(value=[6.0, 1.0, 8.0, 0.0]), {"sales": "people"})


def test_a_tree_written_out_is_read_back_the_same():
    nodes = NODES.assign(
        direction=[1, -1, 0, 1, 1, 1, 1], emphasis=["k", "", "", "", "", "", ""], unit=list("uvwx") + [""] * 3
    )
    tree = from_nodes(nodes)
    again = from_nodes(tree.nodes())
    assert again.directions.tolist() == [1, -1, 0, 1]
    assert (again.codes, again.parents[0].tolist(), again.units) == (tree.codes, tree.parents[0].tolist(), tree.units)
    written = tree.nodes().set_index("code")
    assert (
        written.loc["b", "direction"] == -1 and written.loc["a", "emphasis"] == "k" and written.loc["c", "unit"] == "w"
    )
