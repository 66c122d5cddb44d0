"""The manual's page on other packages: each number there is computed by ours, or was given by theirs.

What the others give stands in data/packages.csv, made by benchmarks/measures_compared.R and .py. Run this file as a
script to print the rows of the page's tables.
"""

import csv
import math
import re
from pathlib import Path

import pytest

from research import measures as m
from research.errors import DataError
from research.measures import grouped

PAGE = Path(__file__).parents[2] / "reports" / "manual" / "measures-compared.qmd"
with (Path(__file__).parent / "data" / "packages.csv").open(encoding="utf-8") as file:
    THEIRS = {(r["package"], r["call"], r["data"]): r for r in csv.DictReader(file)}

X = {"five": [1, 2, 3, 4, 10], "three": [10, 20, 30], "negative": [-5, 2, 4], "zeros": [0, 0, 0], "gap": [1, None, 3],
     "ten": [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]}  # fmt: skip
W = {"five": [1] * 5, "three": [2, 3, 5], "ten": [3, 1, 2, 4, 2, 1, 3, 2, 1, 1]}
NAMES = {"five": "五人", "three": "三组", "ten": "十户", "negative": "−5, 2, 4", "zeros": "0, 0, 0", "gap": "1, 缺, 3",
         "gd_ex1": "gd_ex1", "village": "村样本"}  # fmt: skip
with (Path(__file__).parent / "data" / "village_sample.csv").open(encoding="utf-8") as file:
    VILLAGE = list(csv.DictReader(file))
X["village"], W["village"] = ([float(r[c]) for r in VILLAGE] for c in ("income", "weight"))
P = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
L = [0.0160510873317225, 0.0434069727304108, 0.0787021056265102, 0.123144632378322, 0.17880566102865,
     0.247324818778046, 0.330945806006213, 0.433724542630307, 0.580859509837763, 1]  # fmt: skip

# section, data, package, call of theirs, call of ours
ROWS = [
    ("gini", "five", "laeken", "gini(x, w)$value / 100", "gini(x)"),
    ("gini", "five", "PySAL inequality", "Gini(x).g", "gini(x)"),
    ("gini", "five", "microdf", "MicroSeries(x, w).gini()", "gini(x)"),
    ("gini", "five", "ineqpy", "gini(x, w)", "gini(x)"),
    ("gini", "ten", "ineq", "Gini(x)", "gini(x)"),
    ("gini", "ten", "ineq", "Gini(x, corr = TRUE)", "gini(x) * 10 / 9"),
    ("gini", "three", "laeken", "gini(x, w)$value / 100", "gini(x, w)"),
    ("gini", "three", "laeken", "gini(x, 100 * w)$value / 100", "gini(x, 100 * w)"),
    ("gini", "three", "dineq", "gini.wtd(x, w)", "gini(x, w)"),
    ("gini", "three", "microdf", "MicroSeries(x, w).gini()", "gini(x, w)"),
    ("gini", "three", "ineqpy", "gini(x, w)", "gini(x, w)"),
    ("gini", "three", "PySAL inequality", "Gini(x).g", "gini(x)"),
    ("gini", "three", "convey", "svygini", "gini_convey(x, w)"),
    ("gini", "three", "convey", "svygini, weights x 100", "gini_convey(x, 100 * w)"),
    ("gini", "ten", "convey", "svygini", "gini_convey(x, w)"),
    ("gini", "ten", "laeken", "gini(x, w)$value / 100", "gini(x, w)"),
    ("names", "ten", "ineq", "Theil(x, parameter = 0)", "theil(x)"),
    ("names", "ten", "ineq", "Theil(x, parameter = 1)", "mean_log_deviation (x)"),
    ("names", "ten", "PySAL inequality", "Theil(x).T", "theil(x)"),
    ("names", "ten", "ineqpy", "theil(x, w)", "theil(x, w)"),
    ("names", "ten", "ineq", "RS(x)", "hoover(x)"),
    ("names", "ten", "ineqpy", "hoover(x, w)", "hoover(x, w)"),
    ("names", "five", "ineqpy", "atkinson(x, w, e=1)", "atkinson(x, epsilon=1)"),
    ("names", "ten", "PySAL inequality", "wolfson(x)", "wolfson(x, scaling='half')"),
    ("names", "ten", "microdf", "top_10_pct_share()", "top_share(x, w)"),
    ("names", "ten", "ineq", "Foster(x, 2000, parameter = 1)", "headcount(x, line=2000)"),
    ("names", "ten", "ineq", "Foster(x, 2000, parameter = 2)", "poverty_gap(x, line=2000)"),
    ("names", "ten", "ineq", "Sen(x, 2000)", "sen(x, line=2000)"),
    ("names", "ten", "ineq", "SST(x, 2000)", "sen_shorrocks_thon(x, line=2000)"),
    ("quantiles", "ten", "laeken", "weightedQuantile(x, w, 0.25)", "quantile(x, w, q=0.25)"),
    ("quantiles", "ten", "laeken", "weightedQuantile(x, w, 0.5)", "quantile(x, w, q=0.5)"),
    ("quantiles", "ten", "microdf", "MicroSeries(x, w).median()", "quantile(x, w, q=0.5)"),
    ("quantiles", "ten", "survey", 'svyquantile(~x, des, 0.25, qrule = "hf2")', "quantile(x, w, q=0.25)"),
    ("quantiles", "ten", "survey", 'svyquantile(~x, des, 0.25, qrule = "hf7")', "quantile(x, w, q=0.25)"),
    ("quantiles", "ten", "R", "quantile(x, 0.25) (type 7)", "quantile(x, q=0.25)"),
    ("quantiles", "ten", "laeken", "qsr(x)$value", "quintile_ratio(x)"),
    ("quantiles", "ten", "laeken", "qsr(x, w)$value", "quintile_ratio(x, w)"),
    ("quantiles", "village", "laeken", "qsr(x, w)$value", "quintile_ratio(x, w)"),
    ("quantiles", "village", "convey", "svyqsr", "quintile_ratio(x, w)"),
    ("quantiles", "ten", "laeken", "arpr(x, w)$value / 100", "at_risk_of_poverty(x, w)"),
    ("quantiles", "village", "laeken", "arpr(x, w)$value / 100", "at_risk_of_poverty(x, w)"),
    ("quantiles", "village", "convey", "svyarpr", "at_risk_of_poverty(x, w)"),
    ("grouped", "gd_ex1", "wbpip", "gd_compute_pip_stats_lq()$gini", "fit_lorenz(p, L, kind='gq').gini"),
    ("grouped", "gd_ex1", "wbpip", "gd_compute_pip_stats_lb()$gini", "fit_lorenz(p, L, kind='beta').pip(1)['gini']"),
    ("grouped", "gd_ex1", "wbpip", "gd_compute_pip_stats_lb()$gini", "fit_lorenz(p, L, kind='beta').gini"),
    ("awkward", "negative", "PySAL inequality", "Gini(x).g", "gini(x)"),
    ("awkward", "zeros", "PySAL inequality", "Gini(x).g", "gini(x)"),
    ("awkward", "gap", "ineqpy", "gini(x)", "gini(x)"),
    ("awkward", "three", "microdf", "groupby('g').agg({'x': 'mean'})", "mean(x[:2], w[:2])"),
    ("awkward", "three", "microdf", "groupby('g').x.mean()", "mean(x[:2], w[:2])"),
]
SAME = [
    i
    for i, (section, data, package, _, code) in enumerate(ROWS)
    if (section in ("gini", "names", "grouped") or data == "village")
    and package != "ineqpy"
    and not code.endswith("'beta').gini")
]
"""Rows on which both must agree: the page says that the definitions differ in the others."""


def ours(data, code):
    import numpy as np

    scope = {name: getattr(m, name) for name in m.__all__}
    scope.update(fit_lorenz=grouped.fit_lorenz, p=P, L=L, x=X.get(data))
    scope["w"] = np.array(W[data], float) if data in W else None
    try:
        return float(eval(code, scope))  # noqa: S307 - the calls above
    except DataError:
        return None


def shown(value):
    return "拒绝" if value is None else "nan" if math.isnan(value) else f"{value:.6g}"


def line(data, package, call, code):
    row = THEIRS[package, call, data]
    name = " ".join(filter(None, (package, row["version"])))
    cells = (NAMES[data], name, f"`{call}`", shown(float(row["value"])), f"`{code}`", shown(ours(data, code)))
    return "| " + " | ".join(cells) + " |"


@pytest.mark.parametrize("row", ROWS, ids=[f"{r[0]}-{r[2]}-{r[3]}" for r in ROWS])
def test_the_page_has_each_row_with_these_numbers(row):
    assert line(*row[1:]) in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_has_no_other_rows():
    text = PAGE.read_text(encoding="utf-8").splitlines()
    known = {line(*row[1:]) for row in ROWS}
    packages = {r["package"] for r in THEIRS.values()}
    rows = [t for t in text if t.startswith("|") and any(f"| {p} " in t or f"| {p} |" in t for p in packages)]
    assert len(rows) == len(known) and set(rows) == known


@pytest.mark.parametrize("i", SAME)
def test_the_definitions_agree_where_the_page_says_so(i):
    _, data, package, call, code = ROWS[i]
    assert ours(data, code) == pytest.approx(float(THEIRS[package, call, data]["value"]), rel=1e-9)


def test_numbers_in_the_text_stand_in_a_table():
    text = PAGE.read_text(encoding="utf-8")
    prose = "\n".join(t for t in text.splitlines() if not t.startswith("|"))
    tables = "\n".join(t for t in text.splitlines() if t.startswith("|"))
    for number in re.findall(r"(?<![\w.])\d+\.\d{3,}", prose):
        assert number in tables, number


if __name__ == "__main__":
    for section in dict.fromkeys(r[0] for r in ROWS):
        print(section, *(line(*r[1:]) for r in ROWS if r[0] == section), sep="\n")
