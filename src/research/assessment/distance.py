"""Distance to the plan: by domain the plan's curve, the way covered, the forecast, and how such forecasts came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.assessment.outlook import LEAST, chance_of, project
from research.assessment.targets import stated_by
from research.assessment.ways import Way, domain_of, ways
from research.core.status import weakest

if TYPE_CHECKING:
    from research.indicators.edition import Edition

AHEAD = 2
"""Years between the last value that a tried forecast may see and the year that it is held against."""
DOMAINS = (
    "domain",
    "name",
    "n_targets",
    "n_used",
    "n_way",
    "year",
    "horizon",
    "covered",
    "asked",
    "projection",
    "lower",
    "upper",
    "level",
    "chance",
    "n_ahead",
    "expected",
    "status",
)
CURVES = ("domain", "name", "year", "asked", "covered", "projection", "lower", "upper", "status")
TRIED = (
    "target_id",
    "target_name",
    "domain",
    "seen",
    "n_years",
    "year",
    "forecast",
    "lower",
    "upper",
    "came",
    "error",
    "stayed",
    "asked",
    "said",
    "kept",
    "status",
)


def build(edition: Edition, history: pd.DataFrame, outlook: pd.DataFrame, level: float) -> dict[str, pd.DataFrame]:
    """The tables of one edition: `domain_distance`, `domain_curves`, `forecasts_tried`.

    Parameters
    ----------
    edition : Edition
    history : DataFrame
        The table `attainment_history`: each year held against the plan's last year.
    outlook : DataFrame
        The table `outlook`.
    level : float
        Probability inside the intervals.

    Returns
    -------
    dict of DataFrame
    """
    year, plan = int(edition.edition), edition.plan
    now = history[history["year"].astype(int) == year]
    joined = dict(zip(now["target_id"], now["indicator"], strict=True))
    domains = domain_of(edition.targets, edition.indicators, joined)
    observations = edition.table("observations")
    observations = observations[observations["year"].astype(int) <= year]
    stated = stated_by(edition.target_years, plan)
    found, _ = ways(now, observations, edition.target_values, stated, edition.district, plan, domains)
    names = dict(zip(edition.indicators["domain_code"], edition.indicators["domain_zh"], strict=True))
    asked = pd.Series(domains)[lambda d: d.index.isin(stated)]
    table, curves = by_domain(found, outlook, domains, names, asked.value_counts().to_dict(), year, plan.end, level)
    return {"domain_distance": table, "domain_curves": curves, "forecasts_tried": tried(found, level)}


def common(found: Sequence[Way], year: int) -> tuple[list[Way], list[int]]:
    """The ways that have a value in each of some years up to `year`, and these years: as many ways as can be.

    A domain's series is a mean over the same targets in each year: a target that enters later would bend it. Where
    some have the years that a forecast needs, they are taken before others that have fewer.

    Examples
    --------
    >>> one, two = ({y: 0.1 * (y - 2020) for y in years} for years in (range(2021, 2025), (2024,)))
    >>> made = [Way(n, "", "", 2025, 0, 1, ">=", c, c, ((2020, 0), (2025, 1)), "sample")
    ...         for n, c in (("A", one), ("B", two))]
    >>> common(made, 2024)[1], [w.target for w in common(made, 2024)[0]]
    ([2021, 2022, 2023, 2024], ['A'])
    """
    here = [w for w in found if year in w.covered]
    choices = []
    for start in sorted({min(w.covered) for w in here}):
        years = sorted(y for y in {y for w in here for y in w.covered} if y >= start)
        choices.append(([w for w in here if all(y in w.covered for y in years)], years))
    long = [c for c in choices if len(c[1]) >= LEAST] or choices
    return max(long, key=lambda c: (len(c[0]), len(c[1])), default=([], []))


def by_domain(
    found: Sequence[Way],
    outlook: pd.DataFrame,
    domains: Mapping[str, str],
    names: Mapping[str, str],
    asked: Mapping[str, int],
    year: int,
    horizon: int,
    level: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row a domain, and its curves by year.

    The domain's way is the mean over its targets of the share of each one's way that is covered. Its trend is the
    line through that mean, with the interval and the probability of `research.assessment.outlook`: targets that move
    together are together in the mean, so nothing is assumed of their independence. A surplus of one makes up for a
    lack of another in it; `expected`, the sum of the single targets' probabilities, does not.

    Returns
    -------
    (DataFrame, DataFrame)
        Columns `DOMAINS` (shares of the way; `n_targets` of the plan, `n_way` with a way, `n_used` in the mean,
        `n_ahead` single forecasts) and `CURVES`.
    """
    rows, curves = [], []
    ahead = outlook.assign(domain=outlook["target_id"].map(domains))
    for domain in dict.fromkeys(names):
        mine = [w for w in found if w.domain == domain and w.horizon == horizon]
        used, years = common(mine, year)
        single = ahead[(ahead["domain"] == domain) & (ahead["horizon"] == horizon)]
        head = {"domain": domain, "name": names[domain], "status": weakest([w.status for w in used] or ["published"])}
        covered = {y: float(np.mean([w.covered[y] for w in used])) for y in years}
        plan = {y: float(np.mean([w.asked(y) for w in used])) for y in range(min(years), horizon + 1)} if used else {}
        forecast = _forecast(covered, year, horizon, level)
        rows.append(
            head
            | {
                "n_targets": int(asked.get(domain, 0)),
                "n_used": len(used),
                "n_way": len(mine),
                "year": year,
                "horizon": horizon,
                "covered": covered.get(year, np.nan),
                "asked": plan.get(year, np.nan),
                "level": level,
                "n_ahead": len(single),
                "expected": float(single["chance"].sum()) if len(single) else np.nan,
                **forecast.get(horizon, dict.fromkeys(("projection", "lower", "upper"), np.nan)),
                "chance": forecast.get(horizon, {}).get("chance", np.nan),
            }
        )
        for at, share in plan.items():
            points = forecast.get(at, dict.fromkeys(("projection", "lower", "upper"), np.nan))
            own = {k: points[k] for k in ("projection", "lower", "upper")}
            curves.append(head | {"year": at, "asked": share, "covered": covered.get(at, np.nan), **own})
    return pd.DataFrame(rows, columns=list(DOMAINS)), pd.DataFrame(curves, columns=list(CURVES))


def _forecast(covered: Mapping[int, float], year: int, horizon: int, level: float) -> dict[int, dict[str, float]]:
    """The trend in each year ahead; nothing with fewer than four years."""
    if len(covered) < LEAST or not covered:
        return {}
    years, out = sorted(covered), {}
    for at in range(year + 1, horizon + 1):
        got = project(years, [covered[y] for y in years], at, level)
        out[at] = {k: got[k] for k in ("projection", "lower", "upper")} | {"chance": chance_of(got, 1.0, ">=")}
    return out


def tried(found: Sequence[Way], level: float, ahead: int = AHEAD) -> pd.DataFrame:
    """Forecasts as they would have been made from the values up to year t - `ahead`, against what came in year t.

    Parameters
    ----------
    found : sequence of Way
    level : float
    ahead : int

    Returns
    -------
    DataFrame
        Columns `TRIED`, one row a target and year. `forecast` and `came` are values, `error` (forecast less came) and
        `stayed` (the error of supposing that nothing changes) shares of the way; `said` and `kept`: whether the
        forecast, and what came, kept up with the plan's curve. An interval only from four years on; the line itself
        from two.
    """
    rows = [row for way in found for at in sorted(way.values) if (row := _try(way, at, level, ahead))]
    return pd.DataFrame(rows, columns=list(TRIED))


def _try(way: Way, at: int, level: float, ahead: int) -> dict[str, Any]:
    years = [y for y in sorted(way.values) if y <= at - ahead]
    if len(years) < 2:
        return {}
    seen, length, came = [way.values[y] for y in years], way.goal - way.base, way.values[at]
    lower = upper = np.nan
    if len(years) >= LEAST:
        got = project(years, seen, at, level)
        forecast, lower, upper = got["projection"], got["lower"], got["upper"]
    else:
        slope, start = np.polyfit(np.array(years, float) - at, seen, 1)
        forecast = float(start)
    asked = way.asked(at)
    return {
        "target_id": way.target,
        "target_name": way.name,
        "domain": way.domain,
        "seen": years[-1],
        "n_years": len(years),
        "year": at,
        "forecast": forecast,
        "lower": lower,
        "upper": upper,
        "came": came,
        "error": (forecast - came) / length,
        "stayed": (seen[-1] - came) / length,
        "asked": asked,
        "said": bool((forecast - way.base) / length >= asked - 1e-9),
        "kept": bool((came - way.base) / length >= asked - 1e-9),
        "status": weakest("estimated", [way.status]),
    }


def summary(rows: pd.DataFrame) -> dict[str, float]:
    """What the tried forecasts amount to.

    Returns
    -------
    dict
        n, n_interval, error (mean absolute, share of the way), stayed (the same of supposing no change), bias (mean
        error), inside (share of the intervals that held), right (share of the verdicts that came true).

    Examples
    --------
    >>> rows = pd.DataFrame({"error": [0.1, -0.1], "stayed": [-0.4, -0.2], "lower": [1.0, np.nan],
    ...                      "upper": [2.0, np.nan], "came": [1.5, 3.0], "said": [True, True], "kept": [True, False]})
    >>> got = summary(rows)
    >>> got["n_interval"], round(got["error"], 3), round(got["stayed"], 3), got["inside"], got["right"]
    (1, 0.1, 0.3, 1.0, 0.5)
    """
    held = rows[rows["lower"].notna()]
    inside = held["came"].between(held["lower"], held["upper"])
    return {
        "n": len(rows),
        "n_interval": len(held),
        "error": float(rows["error"].abs().mean()),
        "stayed": float(rows["stayed"].abs().mean()),
        "bias": float(rows["error"].mean()),
        "inside": float(inside.mean()),
        "right": float((rows["said"] == rows["kept"]).mean()),
    }
