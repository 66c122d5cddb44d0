"""Grouped data against the World Bank's PIP package, and against persons whose groups are known."""

import numpy as np
import pytest

from research import measures as m
from research.errors import DataError
from research.measures import grouped

# wbpip (MIT), example data gd_ex1; expected values computed with wbpip 0.0.2.9000, git 0412f9c
P = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
L = [0.0160510873317225, 0.0434069727304108, 0.0787021056265102, 0.123144632378322, 0.17880566102865,
     0.247324818778046, 0.330945806006213, 0.433724542630307, 0.580859509837763, 1]  # fmt: skip
MEAN, LINE = 330.5371, 57.79166667

GQ = {
    "coefficients": (0.69514579101425111, -0.44814372327461277, 0.1784659802128522),
    "gini": 0.51538082530961127, "median": 203.0171837242253, "wolfson": 0.41334806398098728,
    "deciles": (0.017064234520620336, 0.026074933777752385, 0.035226936363858985, 0.044897044002872644,
                0.055576437999923622, 0.068023440458189754, 0.083620865728432525, 0.1054563411302295,
                0.14314143839890936, 0.42091832761921089),
    "poverty": (0.054554024293319819, 0.0077230093186905976, 0.00145968167019353),
    "pip": {"gini": 0.51538082530961127, "mean_log_deviation": 0.47755666765901222, "watts": 0.009710703184319075},
}  # fmt: skip
BETA = {
    "coefficients": (0.80013156173957478, 0.96310870659195658, 0.35465291326860282),
    "median": 201.42859100415217,
    "deciles": (0.01608788494739162, 0.027017554705241323, 0.03577055197188303, 0.044924685598257574,
                0.055221056394462176, 0.067497037538396643, 0.083198457791166858, 0.10558359999831685,
                0.14522257316901305, 0.41947659788587088),
    "pip": {"gini": 0.51359760900231322, "mean_log_deviation": 0.46703668084704159},
}  # fmt: skip


@pytest.mark.parametrize("kind, expected", [("gq", GQ), ("beta", BETA)])
def test_wbpip(kind, expected):
    fit = grouped.fit_lorenz(P, L, mean=MEAN, kind=kind)
    assert fit.curve.coefficients == pytest.approx(expected["coefficients"], rel=1e-6)
    assert fit.decile_shares() == pytest.approx(expected["deciles"], rel=1e-6)
    assert fit.median == pytest.approx(expected["median"], rel=1e-6)
    pip = fit.pip(LINE)
    for name, value in expected["pip"].items():
        assert pip[name] == pytest.approx(value, rel=1e-6), name
    for name in ("gini", "wolfson"):
        if name in expected:
            assert getattr(fit, name) == pytest.approx(expected[name], rel=1e-6)
    if "poverty" in expected:
        got = fit.poverty(LINE)
        assert [got[k] for k in ("headcount", "poverty_gap", "poverty_severity")] == pytest.approx(
            expected["poverty"], rel=1e-6
        )


def test_wbpip_beta_poverty():
    """PIP ends its search for the beta head-count early (0.052823828125 is a binary fraction): 0.2% apart."""
    fit = grouped.fit_lorenz(P, L, mean=MEAN, kind="beta")
    got = fit.poverty(LINE)
    assert got["headcount"] == pytest.approx(0.052823828125, rel=2e-3)
    assert fit.curve.slope(got["headcount"]) * MEAN == pytest.approx(LINE, rel=1e-9)  # ours is on the line
    assert got["poverty_gap"] == pytest.approx(0.015004134479153081, rel=2e-6)
    assert got["watts"] == pytest.approx(0.017378385394263438, rel=4e-3)  # follows from the head-count


def test_choice_rule_of_wbpip():
    """The quadratic is not valid here, the beta is; PIP takes the beta."""
    fit = grouped.fit_lorenz(P, L, mean=MEAN, line=LINE)
    assert (fit.kind, fit.valid) == ("beta", True)
    assert fit.others == {"gq": "not a Lorenz curve everywhere"}
    assert not grouped.fit_lorenz(P, L, kind="gq").valid


@pytest.mark.parametrize("sigma", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("groups", [5, 10])
def test_bounds_hold_for_persons_behind_the_groups(sigma, groups):
    x = np.sort(np.random.default_rng(1).lognormal(10, sigma, 20000))
    means = x.reshape(groups, -1).mean(axis=1)
    low, high = grouped.gini_bounds(*grouped.lorenz_points(means))
    assert low < m.gini(x) < high
    assert low == pytest.approx(m.gini(means))


@pytest.mark.parametrize("sigma", [0.4, 0.7])
def test_fits_come_near_the_persons_behind_the_groups(sigma):
    x = np.sort(np.random.default_rng(2).lognormal(10, sigma, 50000))
    fit = grouped.fit_lorenz(*grouped.lorenz_points(x.reshape(10, -1).mean(axis=1)), mean=x.mean())
    assert fit.valid
    assert fit.gini == pytest.approx(m.gini(x), abs=0.005)
    assert fit.median == pytest.approx(np.median(x), rel=0.02)
    assert fit.lower < fit.gini < fit.upper
    assert fit.quantile(0.25) == pytest.approx(np.quantile(x, 0.25), rel=0.03)
    assert fit.poverty(np.quantile(x, 0.2))["headcount"] == pytest.approx(0.2, abs=0.015)


REFUSED = [
    (lambda: grouped.lorenz_points([3, 2, 4]), "means[1]: expected at least 3, the mean before, found 2"),
    (lambda: grouped.lorenz_points([1, None]), "means[1]: expected a number, found nothing"),
    (lambda: grouped.gini_bounds([0.5, 1], [0.6, 1]), "L[1]: expected a convex curve, found 1, poorer than"),
    (lambda: grouped.gini_bounds([0.5, 0.9], [0.2, 1]), "p, L: expected both ending at 1, found 0.9 and 1"),
    (lambda: grouped.gini_bounds([0.5, 1], [1]), "L: expected 2 entries, one for each of p, found 1 entries"),
    (lambda: grouped.gini_bounds([0.5, 0.5, 1], [0.2, 0.3, 1]), "p[1], L[1]: expected points that rise"),
    (lambda: grouped.fit_lorenz([0.5, 1], [0.3, 1]), "p: expected 5 points or more, found 2"),
    (lambda: grouped.fit_lorenz(P, L, kind="quadratic"), "kind: expected one of 'auto', 'gq', 'beta'"),
    (lambda: grouped.fit_lorenz(P, L, mean=0), "mean: expected a number above 0, found 0"),
]


@pytest.mark.parametrize("code, text", REFUSED)
def test_refusals(code, text):
    with pytest.raises(DataError) as caught:
        code()
    assert str(caught.value).startswith(text)
