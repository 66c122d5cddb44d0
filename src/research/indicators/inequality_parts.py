"""Where the district's inequality comes from, each part with its sampling error: groups, sources, town and country."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.indicators.privacy.quantiles import rounded_counts
from research.indicators.reference.schemas import INCOME_SOURCES
from research.measures.survey import by_influence, stack

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.microdata import Microdata
    from research.measures.survey.design import Design
    from research.measures.survey.linearized import Linearized

KINDS = ("theil", "excess", "gapshare", "sourceratio")
"""Nested shares of Theil's T; a source's share of the Gini coefficient less its share of income; a source's share of
the distance between town and country; the ratio of town to country in one source."""
COLUMNS = ["kind", "part", "measure", "year", "value", "se", "lower", "upper", "df", "n", "status", "source"]


def linearized(design: Design, level: float = 0.95, negatives: str = "zero") -> Linearized:
    """All parts of a district's inequality in every year, as estimates with the cluster totals of their influence.

    Parameters
    ----------
    design : Design
        Of rows with district, year, place, residence, income_pc and, where the survey asks for them, the sources.
    level : float
    negatives : {"zero", "drop", "keep", "refuse"}
        What Theil's T makes of net losses; it knows none, so all but "zero" leave these rows out.

    Returns
    -------
    Linearized
        Measures `theil_residence` (between town and country), `theil_place` (between the places inside these),
        `theil_within` (the rest), which add up to 1; `excess_wage` and so on, and those of `KINDS`.

    References
    ----------
    Shorrocks (1984), Econometrica 52; Lerman & Yitzhaki (1985), Review of Economics and Statistics 67; Deville (1999).
    """
    parts = [_parts(design, _theil, ["residence", "place", "within"], "theil", level, negatives)]
    if set(INCOME_SOURCES.values()) <= set(design.frame.columns):
        names = list(INCOME_SOURCES)
        parts += [_parts(design, f, names, kind, level) for kind, f in (
            ("excess", _excess), ("gapshare", _gap_shares), ("sourceratio", _source_ratios))]  # fmt: skip
    return stack(parts)


def _parts(design, function, names, kind, level, *more):
    """One family of parts, year by year: `function(rows, weights)` gives estimates and influences."""
    frame, by = design.frame, ["district", "year"]
    z, estimate = (np.full((len(frame), len(names)), np.nan) for _ in range(2))
    weights = frame[design.weight].to_numpy(float)
    for at in frame.groupby("year").indices.values():
        value, influence, used = function(frame.iloc[at], weights[at], *more)
        estimate[at] = value
        z[at[used]] = influence
    made = by_influence(design, z, estimate, by, level)
    labels = [f"{kind}_{n}" for n in names]
    table = made.table.rename(columns={"district": "place"}).assign(residence="all")
    return replace(made, table=table.assign(measure=labels * (len(table) // len(labels))))


def _theil(rows, w, negatives):
    """Shares of Theil's T between town and country, between places inside these, and within."""
    x = rows["income_pc"].to_numpy(float)
    x = np.maximum(x, 0.0) if negatives == "zero" else np.where(x < 0, np.nan, x)
    used = np.flatnonzero(~np.isnan(x) & ~np.isnan(w))
    x, w, rows = x[used], w[used], rows.iloc[used]
    town = rows["residence"].astype(str).to_numpy()
    cell = town + "|" + rows["place"].astype(str).to_numpy()
    total, z_total = _entropy(x, w, np.arange(len(x)))
    between, z_between = _entropy(x, w, town)
    cells, z_cells = _entropy(x, w, cell)
    found = [(between, z_between), (cells - between, z_cells - z_between), (total - cells, z_total - z_cells)]
    if total <= 0:  # all alike: there is nothing to share
        return np.full(3, np.nan), np.full((len(x), 3), np.nan), used
    shares = np.array([v / total for v, _ in found])
    z = np.column_stack([(zv - s * z_total) / total for s, (_, zv) in zip(shares, found, strict=True)])
    return shares, z, used


def _entropy(x, w, groups):
    """Theil's T of the groups' means, and its influence function."""
    codes = pd.factorize(groups)[0]
    people, income = np.bincount(codes, weights=w), np.bincount(codes, weights=w * x)
    relative = (income / people / (income.sum() / people.sum()))[codes]
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.where(relative > 0, np.log(relative), 0.0)
    y = x / (income.sum() / people.sum())
    value = float((w * y * log).sum() / people.sum())
    return value, y * (log - value) + 1 - relative


def _per_head(rows, w):
    """Sources a head (rows, sources), persons, and the rows that know all four."""
    y = rows[list(INCOME_SOURCES.values())].to_numpy(float) / rows["size"].to_numpy(float)[:, None]
    used = np.flatnonzero(~np.isnan(y).any(axis=1) & ~np.isnan(w))
    return y[used], w[used], used


def _excess(rows, w):
    """Each source's share of the Gini coefficient less its share of income."""
    y, w, used = _per_head(rows, w)
    x, share = y.sum(axis=1), w / w.sum()
    order = np.argsort(x)
    ordered, below = share[order], np.cumsum(share[order])
    rank, above = np.empty(len(x)), np.empty_like(y)
    rank[order] = below - ordered / 2
    mass = ordered[:, None] * y[order]
    above[order] = mass[::-1].cumsum(axis=0)[::-1] - mass / 2  # E[y; X >= x]
    mean, product = share @ y, share @ (y * rank[:, None])
    cov = product - mean / 2
    z_cov = y * rank[:, None] + above - 2 * product - (y - mean) / 2
    of_gini, of_income = cov / cov.sum(), mean / mean.sum()
    z_gini = (z_cov - of_gini * z_cov.sum(axis=1, keepdims=True)) / cov.sum()
    z_income = (y - of_income * x[:, None]) / mean.sum()
    return of_gini - of_income, z_gini - z_income, used


def _sides(rows, w):
    """Means of the sources in town and country, and their influences."""
    y, w, used = _per_head(rows, w)
    town = (rows["residence"].to_numpy() == "urban")[used]
    means, z = [], []
    for inside in (town, ~town):
        share = w[inside].sum() / w.sum()
        mean = (w[inside, None] * y[inside]).sum(axis=0) / w[inside].sum() if share > 0 else np.full(y.shape[1], np.nan)
        means.append(mean)
        z.append(inside[:, None] * (y - mean) / share)
    return *means, *z, used


def _gap_shares(rows, w):
    urban, rural, z_urban, z_rural, used = _sides(rows, w)
    gap, z = urban - rural, z_urban - z_rural
    share = gap / gap.sum()
    return share, (z - share * z.sum(axis=1, keepdims=True)) / gap.sum(), used


def _source_ratios(rows, w):
    urban, rural, z_urban, z_rural, used = _sides(rows, w)
    ratio = urban / rural
    return ratio, (z_urban - ratio * z_rural) / rural, used


def table(edition: Edition, kept: Linearized | None) -> pd.DataFrame | Microdata:
    """The parts as a table: kind, part, measure, year, value, se, interval, df, n, status, source.

    Years in which a cell of the district itself is withheld are left out, and of the parts by source those in which
    its sources are; households are counted to the setting's base.
    """
    if kept is None:
        return pd.DataFrame(columns=COLUMNS)
    named = kept.table["measure"].str.partition("_")
    gone, bare = (set(p.loc[p["place"] == edition.district, "year"]) for p in (
        edition.withheld, edition.withheld_sources))  # fmt: skip
    there = ~kept.table["year"].isin(gone) & ~(kept.table["year"].isin(bare) & named[0].ne("theil"))
    rows = kept.table[named[0].isin(KINDS) & named[2].ne("") & there].copy()  # "theil" itself is a measure of cells
    named = named.loc[rows.index]
    status = edition.households.groupby("year")["status"].agg(lambda s: weakest(s.dropna().unique()))
    rows = rows.assign(kind=named[0], part=named[2], value=rows["estimate"], status=rows["year"].map(status),
                       source=edition.meta.get("source", "住户调查"))  # fmt: skip
    return rounded_counts(rows[COLUMNS].reset_index(drop=True), edition.settings["round_base"])
