"""Where inequality comes from, by own sums over the households' files: values of the book, errors by a jackknife."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research import open_edition
from research.indicators import inequality_parts, survey_tables
from tests.truth import own

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def theil(x, w, groups):
    """Theil's T of the groups' means."""
    sums = pd.DataFrame({"g": groups, "w": w, "y": w * x}).groupby("g").sum()
    share = sums["y"] / sums["y"].sum()
    return float((share * np.log(share / (sums["w"] / sums["w"].sum()))).sum())


def nested(rows):
    """Shares of T: between town and country, between the places inside these, within."""
    x, w = rows["x"].to_numpy(), rows["w"].to_numpy()
    total = theil(x, w, np.arange(len(x)))
    town, cells = theil(x, w, rows["residence"]), theil(x, w, rows["residence"] + rows["place"])
    return np.array([town, cells - town, total - cells]) / total


def gini_less_income(rows):
    """A source's share of the Gini coefficient less its share of income: covariance with the rank in income."""
    y = rows[own.SOURCES].to_numpy() / rows["size"].to_numpy()[:, None]
    x, w = y.sum(axis=1), rows["w"].to_numpy() / rows["w"].sum()
    order = np.argsort(x)
    rank = np.empty(len(x))
    rank[order] = np.cumsum(w[order]) - w[order] / 2
    cov = (w[:, None] * (y - w @ y) * (rank - 0.5)[:, None]).sum(axis=0)
    return cov / cov.sum() - (w @ y) / (w @ x)


def jackknife(rows, function):
    """Standard error with one village after the other left out, the others of its stratum standing in for it."""
    out = 0.0
    for _, stratum in rows.groupby("stratum"):
        villages, n = stratum["village"].unique(), stratum["village"].nunique()
        if n < 2:
            continue
        values = []
        for village in villages:
            factor = np.where(
                rows["stratum"].ne(stratum["stratum"].iloc[0]),
                1.0,
                np.where(rows["village"].eq(village), 0.0, n / (n - 1)),
            )
            kept = rows.assign(w=rows["w"] * factor)
            values.append(function(kept[factor > 0]))
        values = np.array(values)
        out = out + (n - 1) / n * ((values - values.mean(axis=0)) ** 2).sum(axis=0)
    return np.sqrt(out)


@pytest.fixture(scope="module")
def parts():
    frame = open_edition("2024").households.assign(district="331003")
    kept = inequality_parts.linearized(survey_tables.designed(frame, "person_weight"))
    table = kept.table[kept.table["year"] == 2024].set_index("measure")
    return table, {m: k for k, m in enumerate(kept.table["measure"]) if kept.table["year"].iloc[k] == 2024}


@pytest.fixture(scope="module")
def rows():
    return own.part(own.households(str(SAMPLE)), year=2024)


def test_the_nested_parts_of_inequality_are_one_whole(parts, rows):
    """Town and country 23.7, places inside these 3.7 (not the 6.0 of places alone), within 72.7: together 100."""
    table, _ = parts
    told = table.loc[["theil_residence", "theil_place", "theil_within"], "estimate"]
    assert (100 * told).round(1).tolist() == [23.7, 3.7, 72.7]
    assert told.sum() == pytest.approx(1) and told.tolist() == pytest.approx(nested(rows).tolist())
    alone = theil(rows["x"].to_numpy(), rows["w"].to_numpy(), rows["place"])
    assert round(100 * alone / theil(rows["x"].to_numpy(), rows["w"].to_numpy(), np.arange(len(rows))), 1) == 6.0


def test_errors_of_the_parts_are_those_of_a_jackknife_over_villages(parts, rows):
    table, _ = parts
    told = table.loc[["theil_residence", "theil_place", "theil_within"], "se"]
    assert told.tolist() == pytest.approx(jackknife(rows, nested).tolist(), rel=0.15)


def test_no_source_adds_more_than_its_share_of_income_beyond_the_error(parts, rows):
    table, _ = parts
    full = rows.dropna(subset=own.SOURCES)
    names = ["excess_wage", "excess_business", "excess_property", "excess_transfer"]
    mine, se = gini_less_income(full), jackknife(full, gini_less_income)
    assert table.loc[names, "estimate"].tolist() == pytest.approx(mine.tolist())
    assert table.loc[names, "se"].tolist() == pytest.approx(se.tolist(), rel=0.15)
    assert (np.abs(mine / se) < 2).all()  # 贡献最多 had stood on 0.02 points


def test_town_and_country_by_source(parts, rows):
    table, _ = parts
    full = rows.dropna(subset=own.SOURCES)
    names = ["wage", "business", "property", "transfer"]

    def sides(frame):
        out = []
        for residence in ("urban", "rural"):
            part = frame[frame["residence"] == residence]
            out.append(
                (part[own.SOURCES].to_numpy() * (part["w"] / part["size"]).to_numpy()[:, None]).sum(axis=0)
                / part["w"].sum()
            )
        return out

    def ratios(frame):
        urban, rural = sides(frame)
        return urban / rural

    urban, rural = sides(full)
    share = (urban - rural) / (urban - rural).sum()
    assert table.loc[[f"gapshare_{n}" for n in names], "estimate"].tolist() == pytest.approx(share.tolist())
    assert table.loc[[f"sourceratio_{n}" for n in names], "estimate"].tolist() == pytest.approx(ratios(full).tolist())
    se = jackknife(full, ratios)
    assert table.loc[[f"sourceratio_{n}" for n in names], "se"].tolist() == pytest.approx(se.tolist(), rel=0.15)
    ends = table.loc[[f"sourceratio_{n}" for n in names], ["lower", "upper"]].to_numpy()
    assert ends[:, 0].max() < ends[:, 1].min()  # all four overlap: none is the widest
