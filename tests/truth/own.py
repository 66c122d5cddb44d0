"""The auditor's own formulas, from the sample's raw files: plain numpy and pandas, nothing of the product.

Each estimate comes with its linearised cluster totals, so that a difference of two has its covariance: villages are
clusters within places and residence, and the same villages are seen every year.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

SOURCES = ["wage_income", "business_income", "property_income", "transfer_income"]
LEVEL = 0.95


@lru_cache
def households(folder: str) -> pd.DataFrame:
    """All years of households, with income a head and persons."""
    text = {"place": str, "village": str}
    parts = [pd.read_csv(p, dtype=text) for p in sorted(Path(folder).glob("households-*.csv"))]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(x=frame["income"] / frame["size"], w=frame["weight"] * frame["size"])


def observations(folder: str) -> pd.DataFrame:
    """Indicator values as handed in."""
    return pd.read_csv(Path(folder) / "observations.csv", dtype={"place": str})


def part(frame, place=None, year=None, residence=None):
    """Households with an income of a place (None: all), a year and a residence."""
    keep = frame["x"].notna()
    for column, value in (("place", place), ("year", year), ("residence", residence)):
        if value is not None:
            keep &= frame[column] == value
    return frame[keep]


def gini(x, w):
    """The pairwise definition, by Lorenz's curve of sorted values."""
    order = np.argsort(x)
    x, w = np.asarray(x, float)[order], np.asarray(w, float)[order]
    before = np.cumsum(w) - w
    return float((w * x * (2 * before + w - w.sum())).sum() / (w.sum() * (w * x).sum()))


def influence_gini(x, w):
    """Influence by a numeric derivative of the pairwise definition in each row's weight, scaled to a mean of 0."""
    x, w = np.asarray(x, float), np.asarray(w, float)
    order, total = np.argsort(x), w.sum()
    xs, ws = x[order], w[order]
    f, mean = np.cumsum(ws) - ws / 2, (ws * xs).sum() / total
    below = np.cumsum(ws * xs) - ws * xs / 2
    away = (xs * f - below + (total * mean - below) - xs * (total - f)) / total  # E|x - Y|
    g = gini(x, w)
    z = np.empty(len(x))
    z[order] = (away - 2 * g * mean) / mean - g * (xs - mean) / mean
    return z


def estimate(rows, kind, lower=100_000, upper=500_000, line=10_000):
    """Value and influence of each row: mean, gini, band (households), low (persons)."""
    x, w = rows["x"].to_numpy(float), rows["w"].to_numpy(float)
    if kind == "mean":
        value = (w * x).sum() / w.sum()
        return value, w * (x - value) / w.sum()
    if kind == "gini":
        return gini(x, w), w * influence_gini(x, w) / w.sum()
    if kind == "band":
        h, y = rows["weight"].to_numpy(float), rows["income"].between(lower, upper).to_numpy(float)
        value = (h * y).sum() / h.sum()
        return value, h * (y - value) / h.sum()
    y = (x < line).astype(float)
    value = (w * y).sum() / w.sum()
    return value, w * (y - value) / w.sum()


def totals(rows, z):
    """Influence added up by village: a Series over (place-and-residence stratum, village)."""
    return pd.Series(z).groupby([rows["stratum"].to_numpy(), rows["village"].to_numpy()]).sum()


def variance(sums, design):
    """Spread of the clusters' totals within strata; villages outside the group count as nought."""
    sums = sums.reindex(design).fillna(0.0)
    out = 0.0
    for _, t in sums.groupby(level=0):
        n = len(t)
        out += n / (n - 1) * ((t - t.mean()) ** 2).sum() if n > 1 else (t**2).sum()
    return out


def design_of(frame):
    """Every village of the survey by stratum (the sample's panel keeps them all)."""
    return pd.MultiIndex.from_frame(frame[["stratum", "village"]].drop_duplicates())


def degrees(rows):
    """Villages less strata."""
    return max(1, rows["village"].nunique() - rows["stratum"].nunique())


def compare(frame, kind, first, second):
    """Difference of two groups (second less first) with its standard error, t, degrees of freedom and p."""
    a, b = part(frame, **first), part(frame, **second)
    (va, za), (vb, zb) = estimate(a, kind), estimate(b, kind)
    ta, tb = totals(a, za), totals(b, zb)
    spread = variance(tb.sub(ta, fill_value=0.0), design_of(frame))  # they stand on the same villages
    df = min(degrees(a), degrees(b))
    t = (vb - va) / np.sqrt(spread)
    return {
        "value": vb,
        "reference": va,
        "difference": vb - va,
        "se": np.sqrt(spread),
        "t": t,
        "df": df,
        "p": 2 * stats.t.sf(abs(t), df),
    }


def holm(p):
    """Holm's adjusted p-values, step by step."""
    p = np.asarray(p, float)
    out, worst = np.empty(len(p)), 0.0
    for step, k in enumerate(np.argsort(p)):
        worst = max(worst, min(1.0, (len(p) - step) * p[k]))
        out[k] = worst
    return out


def standard_error(frame, kind, **group):
    """Estimate, standard error and interval (t) of one group."""
    rows = part(frame, **group)
    value, z = estimate(rows, kind)
    se = np.sqrt(variance(totals(rows, z), design_of(frame)))
    reach = stats.t.ppf(0.5 + LEVEL / 2, degrees(rows)) * se
    return value, se, value - reach, value + reach


def rounded(count, base):
    """A count of households as it may be printed: the nearest multiple of the base, the even one from the middle."""
    low, rest = divmod(count, base)
    up = 2 * rest > base or (2 * rest == base and low % 2 == 1)
    return base * (low + up)


def shares(frame, **group):
    """Income a head by source, and shares, of households that know all four."""
    rows = frame.dropna(subset=SOURCES)
    rows = part(rows, **group)
    persons = (rows["weight"] * rows["size"]).sum()
    means = np.array([(rows["weight"] * rows[c]).sum() / persons for c in SOURCES])
    return means, means / means.sum()


def means_of_villages(frame, year, draws, seed=7):
    """Bootstrap of villages (n - 1 of n in each stratum): mean income of each place in each draw, for some years."""
    rng = np.random.default_rng(seed)
    frame = part(frame)
    design = frame[["stratum", "village"]].drop_duplicates().sort_values(["stratum", "village"]).reset_index(drop=True)
    factor = np.ones((draws, len(design)))
    for _, where in design.groupby("stratum").groups.items():
        n = len(where)
        if n > 1:
            drawn = rng.multinomial(n - 1, np.full(n, 1 / n), size=draws)
            factor[:, where] = drawn * n / (n - 1)
    code = pd.Series(np.arange(len(design)), index=pd.MultiIndex.from_frame(design))
    out = {}
    for y in year:
        rows = frame[frame["year"] == y]
        at = code.loc[list(zip(rows["stratum"], rows["village"], strict=True))].to_numpy()
        places = sorted(rows["place"].unique())
        table = np.empty((draws, len(places)))
        for k, place in enumerate(places):
            mine = (rows["place"] == place).to_numpy()
            weights = factor[:, at[mine]] * rows["w"].to_numpy()[mine]
            table[:, k] = (weights * rows["x"].to_numpy()[mine]).sum(axis=1) / weights.sum(axis=1)
        out[y] = places, table
    return out
