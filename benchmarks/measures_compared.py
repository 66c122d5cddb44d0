"""Values of other packages for the manual page "measures-compared": which define what how, on small vectors.

Run: ``Rscript benchmarks/measures_compared.R FOLDER``, then this with the same folder in an environment that has
PySAL inequality, ineqpy and microdf: ``python benchmarks/measures_compared.py FOLDER TABLE.csv``. Values of R's
ineq 0.2-13, wbpip and laeken's own data, which cannot be run by everyone, stand in `GIVEN` with their source.
"""

from __future__ import annotations

import csv
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

X = {"five": [1, 2, 3, 4, 10], "three": [10, 20, 30],
     "ten": [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]}  # fmt: skip
W = {"five": [1] * 5, "three": [2, 3, 5], "ten": [3, 1, 2, 4, 2, 1, 3, 2, 1, 1]}

GIVEN = [
    ("ineq", "0.2-13", "Gini(x)", "ten", 0.46209113026762372, "run elsewhere"),
    ("ineq", "0.2-13", "Gini(x, corr = TRUE)", "ten", 0.51343458918624862, "run elsewhere"),
    ("ineq", "0.2-13", "Theil(x, parameter = 0)", "ten", 0.36234124234389498, "run elsewhere"),
    ("ineq", "0.2-13", "Theil(x, parameter = 1)", "ten", 0.43359464952044685, "run elsewhere"),
    ("ineq", "0.2-13", "RS(x)", "ten", 0.33780674616285705, "run elsewhere"),
    ("ineq", "0.2-13", "Foster(x, 2000, parameter = 1)", "ten", 0.2, "run elsewhere"),
    ("ineq", "0.2-13", "Foster(x, 2000, parameter = 2)", "ten", 0.0998, "run elsewhere"),
    ("ineq", "0.2-13", "Sen(x, 2000)", "ten", 0.12285, "run elsewhere"),
    ("ineq", "0.2-13", "SST(x, 2000)", "ten", 0.18425, "run elsewhere"),
    ("wbpip", "0.0.2.9000", "gd_compute_pip_stats_lq()$gini", "gd_ex1", 0.51538082530961127, "run elsewhere"),
    ("wbpip", "0.0.2.9000", "gd_compute_pip_stats_lb()$gini", "gd_ex1", 0.51359760900231322, "run elsewhere"),
]


def dineq_gini(x, w):
    """The formula of dineq's gini.wtd (after reldist): cross products of running shares."""
    order = np.argsort(x)
    x, w = np.array(x, float)[order], np.array(w, float)[order]
    p, held = np.cumsum(w) / w.sum(), np.cumsum(w * x) / (w * x).sum()
    return float((held[1:] * p[:-1]).sum() - (held[:-1] * p[1:]).sum())


def python_packages():
    """Rows of the Python packages, by running them."""
    import microdf
    from ineqpy import inequality as ineqpy
    from inequality.gini import Gini
    from inequality.theil import Theil
    from inequality.wolfson import wolfson

    rows = []

    def add(package, dist, call, data, value, how="run"):
        rows.append((package, version(dist) if dist else "", call, data, float(value), how))

    for data in X:
        x, w = np.array(X[data], float), np.array(W[data], float)
        add("PySAL inequality", "inequality", "Gini(x).g", data, Gini(x).g)
        add("PySAL inequality", "inequality", "Theil(x).T", data, Theil(x).T)
        add("PySAL inequality", "inequality", "wolfson(x)", data, wolfson(x))
        add("ineqpy", "ineqpy", "gini(x, w)", data, ineqpy.gini(income=x, weights=w))
        add("ineqpy", "ineqpy", "theil(x, w)", data, ineqpy.theil(income=x, weights=w))
        add("ineqpy", "ineqpy", "hoover(x, w)", data, ineqpy.hoover(income=x, weights=w))
        add("ineqpy", "ineqpy", "atkinson(x, w, e=1)", data, ineqpy.atkinson(income=x, weights=w, e=1))
        series = microdf.MicroSeries(x, weights=w)
        add("microdf", "microdf-python", "MicroSeries(x, w).gini()", data, series.gini())
        add("microdf", "microdf-python", "MicroSeries(x, w).median()", data, series.median())
        add("microdf", "microdf-python", "top_10_pct_share()", data, series.top_10_pct_share())
        add("dineq", None, "gini.wtd(x, w)", data, dineq_gini(x, w), "formula")
    add("PySAL inequality", "inequality", "Gini(x).g", "negative", Gini(np.array([-5.0, 2, 4])).g)
    add("PySAL inequality", "inequality", "Gini(x).g", "zeros", Gini(np.zeros(3)).g)
    add("ineqpy", "ineqpy", "gini(x)", "gap", ineqpy.gini(income=np.array([1, np.nan, 3])))
    frame = microdf.MicroDataFrame({"g": list("aab"), "x": [10.0, 20, 30]}, weights=[2, 3, 5])
    add("microdf", "microdf-python", "groupby('g').agg({'x': 'mean'})", "three",
        frame.groupby("g").agg({"x": "mean"}).loc["a", "x"])  # fmt: skip
    add("microdf", "microdf-python", "groupby('g').x.mean()", "three", frame.groupby("g").x.mean()["a"])
    return rows


def main():
    warnings.filterwarnings("ignore")
    folder, out = map(Path, sys.argv[1:3])
    with (folder / "packages_r.csv").open(encoding="utf-8") as file:
        rows = [(r["package"], r["version"], r["call"], r["data"], float(r["value"]), r["how"])
                for r in csv.DictReader(file)]  # fmt: skip
    rows += python_packages() + GIVEN
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["package", "version", "call", "data", "value", "how"])
        writer.writerows((*r[:4], f"{r[4]:.15g}", r[5]) for r in rows)


if __name__ == "__main__":
    main()
