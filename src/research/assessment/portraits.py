"""The three portraits as tables: results (own years, other places), demands, and the page a leader reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.wording import decimals_of, rounded


def results_vertical(scores: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """A place's own years: index and domains against the base year and the year before.

    Parameters
    ----------
    scores : DataFrame
        The index's `scores` (levels domain and index).
    base_year : int

    Returns
    -------
    DataFrame
        place, year, level, code, name, score, base_year, since_base, since_last, status.
    """
    frame = scores[scores["level"].isin(["domain", "index"])].copy()
    frame = frame[frame["year"] >= base_year].sort_values(["place", "code", "year"])
    base = frame[frame["year"] == base_year].set_index(["place", "code"])["score"]
    key = pd.MultiIndex.from_frame(frame[["place", "code"]])
    frame["base_year"] = base_year
    frame["since_base"] = frame["score"].to_numpy() - base.reindex(key).to_numpy()
    # The score of the year before, which need not be that of the row before.
    before = frame[["place", "code", "year", "score"]].assign(year=frame["year"] + 1)
    last = before.set_index(["place", "code", "year"])["score"]
    key = pd.MultiIndex.from_frame(frame[["place", "code", "year"]])
    frame["since_last"] = frame["score"].to_numpy() - last.reindex(key).to_numpy()
    return frame[
        ["place", "year", "level", "code", "name", "score", "base_year", "since_base", "since_last", "status"]
    ].reset_index(drop=True)


def results_horizontal(ranks: pd.DataFrame) -> pd.DataFrame:
    """A township among the townships of the year: rank, mean, best, gap, in each domain and the index.

    Parameters
    ----------
    ranks : DataFrame
        The index's `ranks`.

    Returns
    -------
    DataFrame
        place, year, level, code, name, score, rank, n, mean, best_place, best, gap_to_best, status.
    """
    frame = ranks[ranks["level"].isin(["domain", "index"]) & ranks["score"].notna()].copy()
    groups = frame.groupby(["year", "code"])["score"]
    frame["mean"], frame["best"] = groups.transform("mean"), groups.transform("max")
    top = frame.loc[groups.idxmax(), ["year", "code", "place"]].rename(columns={"place": "best_place"})
    frame = frame.merge(top, on=["year", "code"], how="left", validate="many_to_one")
    frame["gap_to_best"] = frame["best"] - frame["score"]
    return frame[
        [
            "place",
            "year",
            "level",
            "code",
            "name",
            "score",
            "rank",
            "n",
            "mean",
            "best_place",
            "best",
            "gap_to_best",
            "status",
        ]
    ].reset_index(drop=True)


def published_pairs(table: pd.DataFrame) -> dict[str, str]:
    """Published name -> our indicator, the same calibre on both sides, as `target_indicators.csv` joins them.

    Examples
    --------
    >>> t = pd.DataFrame({"indicator": ["X", "Y"], "rule": ["relative", "level"], "reference_indicator": ["甲", ""]})
    >>> published_pairs(t)
    {'甲': 'X'}
    """
    rows = table[table["rule"].isin(["relative", "relative_growth"]) & (table["reference_indicator"] != "")]
    return dict(zip(rows["reference_indicator"], rows["indicator"], strict=True))


def compared_with_published(
    observations: pd.DataFrame,
    published: pd.DataFrame,
    district: str,
    district_name: str,
    indicators: pd.DataFrame,
    pairs: Mapping[str, str],
    intervals: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The district beside other places with published data of the same year, the status of each shown.

    Parameters
    ----------
    observations, published, indicators : DataFrame
    district, district_name : str
    pairs : dict
        Result of `published_pairs`.
    intervals : DataFrame, optional
        indicator, year, lower, upper: the sampling error of the district's own figures.

    Returns
    -------
    DataFrame
        indicator, name, year, geo_code, geo, level, value, unit, direction, difference (from the
        district's), better (whether the district is the better one; missing where that cannot be said), unsaid (why it
        cannot: 持平, 误差之内 of the district's own figure, 约数 of a figure given as 左右), margin, rank (among cities
        and the district,
        1 is best), n, status, source. Years without the district's value are left out.
    """
    direction = indicators.set_index("id")["direction"].astype(int)
    own = observations[(observations["place"] == district) & observations["indicator"].isin(pairs.values())]
    other = published[published["indicator"].isin(pairs) & (published["period"] == "annual")]
    other = other.drop_duplicates(["geo_code", "year", "indicator"])
    rows = []
    ends = {} if intervals is None else {(r.indicator, r.year): (r.lower, r.upper) for r in intervals.itertuples()}
    for r in own.itertuples():
        name = next(k for k, v in pairs.items() if v == r.indicator)
        part = other[(other["indicator"] == name) & (other["year"] == r.year)]
        base = {"indicator": r.indicator, "name": name, "year": r.year, "direction": direction[r.indicator]}
        if len(part):
            rows.append(
                base
                | {
                    "geo_code": district,
                    "geo": district_name,
                    "level": "county",
                    "value": r.value,
                    "unit": r.unit,
                    "difference": 0.0,
                    "better": pd.NA,
                    "unsaid": "",
                    "status": r.status,
                    "source": r.source,
                }
            )
        for p in part.itertuples():
            gap, unsaid = r.value - p.value, _unsaid(r, p, ends.get((r.indicator, r.year)))
            rows.append(
                base
                | {
                    "geo_code": p.geo_code,
                    "geo": p.geo,
                    "level": p.level,
                    "value": p.value,
                    "unit": p.unit,
                    "difference": gap,
                    "margin": _margin(p),
                    "better": pd.NA if unsaid else bool(gap * direction[r.indicator] > 0),
                    "unsaid": unsaid,
                    "status": p.status,
                    "source": p.source_title,
                }
            )
    columns = [
        "indicator",
        "name",
        "year",
        "geo_code",
        "geo",
        "level",
        "value",
        "unit",
        "direction",
        "difference",
        "better",
        "unsaid",
        "margin",
        "status",
        "source",
    ]
    out = pd.DataFrame(rows, columns=columns).astype({"better": "boolean"})
    alike = out["level"].isin(["city", "prefecture", "county"])
    groups = (out["value"] * -out["direction"]).where(alike).groupby([out["indicator"], out["year"]])
    return out.assign(rank=groups.rank(method="min").astype("Int64"), n=groups.transform("count"))


def _unsaid(own: Any, other: Any, ends: tuple[float, float] | None) -> str:
    """Why neither of two figures can be called the better one; empty where one can."""
    unit = other.unit
    if rounded(own.value, decimals_of(unit)) == rounded(other.value, decimals_of(unit)):
        return "持平"
    if _margin(other) and abs(own.value - other.value) <= _margin(other) + 1e-9:
        return "约数"
    return "误差之内" if ends is not None and ends[0] <= other.value <= ends[1] else ""


def _margin(row: Any) -> float:
    """How far a published figure given as 左右 may be off."""
    margin = getattr(row, "margin", 0.0)
    return 0.0 if margin in ("", None) or pd.isna(margin) else float(margin)


def demand_portrait(demands: pd.DataFrame) -> pd.DataFrame:
    """Topics of a place's demands in a year: how many, growing or not, settled, satisfied, unmet, hot.

    Parameters
    ----------
    demands : DataFrame
        place, year, quarter, topic, count, resolved, satisfied, status.

    Returns
    -------
    DataFrame
        place, year, topic, count, share, rank, change (share of last year's count), resolved_rate,
        satisfied_rate (of the settled), unmet (not settled), unmet_share (of the place's), quotient
        (share here over share in all places; above 1 is more than usual), hot, status.
    """
    keys = ["place", "year", "topic"]
    sums = demands.groupby(keys, as_index=False)[["count", "resolved", "satisfied"]].sum()
    sums["status"] = [weakest(s) for s in demands.groupby(keys)["status"].unique()]
    sums["unmet"] = sums["count"] - sums["resolved"]
    total = sums.groupby(["place", "year"])[["count", "unmet"]].transform("sum")
    sums["share"] = sums["count"] / total["count"].where(total["count"] > 0)
    sums["unmet_share"] = sums["unmet"] / total["unmet"].where(total["unmet"] > 0)
    sums["resolved_rate"] = sums["resolved"] / sums["count"].where(sums["count"] > 0)
    sums["satisfied_rate"] = sums["satisfied"] / sums["resolved"].where(sums["resolved"] > 0)
    before = sums[["place", "year", "topic", "count"]].assign(year=sums["year"] + 1).rename(columns={"count": "_b"})
    sums = sums.merge(before, on=keys, how="left", validate="one_to_one")
    sums["change"] = sums["count"] / sums["_b"].where(sums["_b"] > 0) - 1
    everywhere = sums.groupby(["year", "topic"])["count"].transform("sum") / sums.groupby("year")["count"].transform(
        "sum"
    )
    sums["quotient"] = sums["share"] / everywhere.where(everywhere > 0)
    sums["rank"] = sums.groupby(["place", "year"])["count"].rank(ascending=False, method="min").astype(int)
    # A hot spot is among the place's three largest topics, and more frequent here than elsewhere or growing.
    sums["hot"] = (sums["rank"] <= 3) & ((sums["quotient"] > 1.1) | (sums["change"] > 0.1))
    return sums[
        [
            "place",
            "year",
            "topic",
            "count",
            "share",
            "rank",
            "change",
            "resolved_rate",
            "satisfied_rate",
            "unmet",
            "unmet_share",
            "quotient",
            "hot",
            "status",
        ]
    ]


def demand_quarters(demands: pd.DataFrame) -> pd.DataFrame:
    """Demands by quarter: place, year, quarter, count, resolved_rate, satisfied_rate, status."""
    keys = ["place", "year", "quarter"]
    sums = demands.groupby(keys, as_index=False)[["count", "resolved", "satisfied"]].sum()
    sums["status"] = [weakest(s) for s in demands.groupby(keys)["status"].unique()]
    sums["resolved_rate"] = sums["resolved"] / sums["count"].where(sums["count"] > 0)
    sums["satisfied_rate"] = sums["satisfied"] / sums["resolved"].where(sums["resolved"] > 0)
    return sums[[*keys, "count", "resolved_rate", "satisfied_rate", "status"]]


def with_district(demands: pd.DataFrame, district: str) -> pd.DataFrame:
    """The demands with rows of the whole district: sums over the places, unless they were handed in."""
    if (demands["place"] == district).any():
        return demands
    keys = ["year", "quarter", "topic"]
    whole = demands.groupby(keys, as_index=False)[["count", "resolved", "satisfied"]].sum()
    whole["status"] = [weakest(s) for s in demands.groupby(keys)["status"].unique()]
    return pd.concat([demands, whole.assign(place=district)], ignore_index=True)[demands.columns]


def brief(
    year: int,
    vertical: pd.DataFrame,
    horizontal: pd.DataFrame,
    tasks: pd.DataFrame,
    demands: pd.DataFrame,
    strengths: pd.DataFrame,
    obstacles: pd.DataFrame,
    intervals: pd.DataFrame,
    names: Mapping[str, str],
) -> pd.DataFrame:
    """One row a place with what a leader reads in a minute.

    Parameters
    ----------
    year : int
    vertical, horizontal, tasks, demands, strengths, obstacles, intervals : DataFrame
        The tables of this package and of the composite index.
    names : dict
        Place code -> name.

    Returns
    -------
    DataFrame
        place, year, name, score, since_base, since_last, rank, rank_lower, rank_upper, n, best_domain,
        worst_domain, strengths, weaknesses, obstacles (names joined by 、), n_tasks, n_red, n_yellow, n_stale,
        top_topic, top_unmet, resolved_rate, status, progress_rank (by since_last).
    """
    rows = []
    for place, name in names.items():
        own = vertical[(vertical["place"] == place) & (vertical["year"] == year)]
        if not len(own):
            continue
        seen = [s for s in own["status"].unique() if isinstance(s, str)]
        rows.append(
            {
                "place": place,
                "year": year,
                "name": name,
                **_scores(own),
                **_rank(horizontal, intervals, place, year),
                **_names(strengths, obstacles, place, year),
                **_tasks(tasks, place),
                **_demands(demands, place, year),
                "status": weakest(seen or "imputed"),
            }
        )
    out = pd.DataFrame(rows)
    # Marked progress is a matter of the change, not of the level (clause 73): townships ranked by it.
    town = out["rank"].notna()
    out["progress_rank"] = out["since_last"].where(town).rank(ascending=False, method="min").astype("Int64")
    return out.astype({"rank": "Int64", "n": "Int64"})


def _scores(own: pd.DataFrame) -> dict[str, Any]:
    index = own[own["level"] == "index"].iloc[0]
    domains = own[own["level"] == "domain"].dropna(subset="score").sort_values("score")
    ends = (domains["name"].iloc[-1], domains["name"].iloc[0]) if len(domains) else ("", "")
    return {
        "score": index["score"],
        "since_base": index["since_base"],
        "since_last": index["since_last"],
        "best_domain": ends[0],
        "worst_domain": ends[1],
    }


def _rank(horizontal: pd.DataFrame, intervals: pd.DataFrame, place: str, year: int) -> dict[str, Any]:
    row = horizontal[(horizontal["place"] == place) & (horizontal["year"] == year) & (horizontal["level"] == "index")]
    if not len(row):
        return {"rank": pd.NA, "n": pd.NA, "rank_lower": np.nan, "rank_upper": np.nan}
    shaken = intervals[(intervals["place"] == place) & (intervals["year"] == year)].iloc[0]
    return {
        "rank": int(row["rank"].iloc[0]),
        "n": int(row["n"].iloc[0]),
        "rank_lower": shaken["rank_lower"],
        "rank_upper": shaken["rank_upper"],
    }


def _names(strengths: pd.DataFrame, obstacles: pd.DataFrame, place: str, year: int) -> dict[str, str]:
    def joined(frame: pd.DataFrame, count: int = 3) -> str:
        return "、".join(frame["name"].head(count))

    own = strengths[(strengths["place"] == place) & (strengths["year"] == year)]
    barred = obstacles[(obstacles["place"] == place) & (obstacles["year"] == year)].sort_values("rank")
    return {
        "strengths": joined(own[own["side"] == "strength"]),
        "weaknesses": joined(own[own["side"] == "weakness"]),
        "obstacles": joined(barred),
    }


def _tasks(tasks: pd.DataFrame, place: str) -> dict[str, int]:
    own = tasks[tasks["place"] == place]
    return {
        "n_tasks": len(own),
        "n_red": int((own["colour"] == "red").sum()),
        "n_yellow": int((own["colour"] == "yellow").sum()),
        "n_stale": int(own["stale"].sum()),
    }


def _demands(demands: pd.DataFrame, place: str, year: int) -> dict[str, Any]:
    own = demands[(demands["place"] == place) & (demands["year"] == year)]
    if not len(own):
        return {"top_topic": "", "top_unmet": "", "resolved_rate": np.nan}
    settled = (own["resolved_rate"] * own["count"]).sum() / own["count"].sum()
    return {
        "top_topic": own.loc[own["count"].idxmax(), "topic"],
        "top_unmet": own.loc[own["unmet"].idxmax(), "topic"],
        "resolved_rate": settled,
    }
