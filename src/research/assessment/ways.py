"""The way from a plan's base to its targets: of each target its share covered by year, and the plan's own curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.assessment.series import Series, path, series_of
from research.core.status import weakest

if TYPE_CHECKING:
    from research.indicators.reference.plans import Plan

RULES = ("level", "cumulative")
"""Rules of targets that a value moves towards; the others hold every year, or move with another place."""
_LESS = ("<=", "<")


@dataclass(frozen=True)
class Way:
    """One target's way: shares of the distance from the base to the target, 0 at the base and 1 at the target.

    Attributes
    ----------
    target, name, domain : str
    horizon : int
        Year of the target.
    base, goal : float
        Values at either end.
    comparator : str
    covered : dict of int to float
        Share covered, by year with a value.
    values : dict of int to float
        The values themselves.
    curve : tuple of (int, float)
        The plan's points as shares: base, milestones of the same kind, target.
    status : str
    """

    target: str
    name: str
    domain: str
    horizon: int
    base: float
    goal: float
    comparator: str
    covered: dict[int, float]
    values: dict[int, float]
    curve: tuple[tuple[int, float], ...]
    status: str

    def asked(self, year: int) -> float:
        """Share of the way that a steady pace between the plan's points asks for by a year.

        Examples
        --------
        >>> Way("T", "", "", 2025, 0, 9, ">=", {}, {}, ((2021, 0.0), (2025, 1.0)), "sample").asked(2023)
        0.5
        """
        years, shares = zip(*self.curve, strict=True)
        return float(np.interp(year, years, shares))


def domain_of(targets: pd.DataFrame, indicators: pd.DataFrame, joined: Mapping[str, str]) -> dict[str, str]:
    """Domain of each target: that of the indicator that measures it, else that of the sub-domain it is filed under.

    Parameters
    ----------
    targets : DataFrame
        Columns id, subdomain.
    indicators : DataFrame
        Columns id, domain_code, subdomain_zh.
    joined : mapping of str to str
        Target to indicator.

    Returns
    -------
    dict of str to str
        Without the targets that have none.
    """
    by_indicator = dict(zip(indicators["id"], indicators["domain_code"], strict=True))
    by_name = dict(zip(indicators["subdomain_zh"], indicators["domain_code"], strict=True))
    filed = targets["subdomain"] if "subdomain" in targets else [""] * len(targets)
    found = {
        t: by_indicator.get(joined.get(t, ""), "") or by_name.get(name, "")
        for t, name in zip(targets["id"], filed, strict=True)
    }
    return {t: d for t, d in found.items() if d}


def ways(
    attained: pd.DataFrame,
    observations: pd.DataFrame,
    reported: pd.DataFrame | None,
    stated: Mapping[str, dict[int, tuple[Any, str]]],
    place: str,
    plan: Plan,
    domains: Mapping[str, str],
) -> tuple[list[Way], dict[str, str]]:
    """The way of each target, and of those without one why not.

    Parameters
    ----------
    attained : DataFrame
        Rows of `attain_targets` held against the plan's last year.
    observations, reported : DataFrame
        Where the series stand: by indicator, and by target.
    stated : mapping
        As `targets.stated_by` gives it.
    place : str
    plan : Plan
    domains : mapping of str to str
        As `domain_of` gives it.

    Returns
    -------
    (list of Way, dict of str to str)
        The second: target to reason (`no number`, `other rule`, `no base`, `no way`, `no domain`).
    """
    series = series_of(observations, place)
    if reported is not None and len(reported):
        series = series_of(reported.rename(columns={"target": "indicator"}), place) | series
    found, left = [], {}
    for row in attained.to_dict("records"):
        made = _way(row, series.get(row["indicator"]), stated.get(row["target_id"], {}), plan, domains)
        if isinstance(made, str):
            left[row["target_id"]] = made
        else:
            found.append(made)
    return found, left


def _way(
    row: dict[str, Any],
    series: Series | None,
    stated: dict[int, tuple[Any, str]],
    plan: Plan,
    domains: Mapping[str, str],
) -> Way | str:
    if row["target_id"] not in domains:
        return "no domain"
    if row["rule"] == "" or series is None or not np.isfinite(row["target"]):
        return "no number"
    if row["rule"] not in RULES:
        return "other rule"
    horizon, goal = int(row["horizon"]), float(row["target"])
    points = path(row["rule"], series, stated, horizon, goal, plan)
    if not points:
        return "no base"
    base = float(points[0][1])
    length = goal - base
    if abs(length) <= 1e-9 * max(1.0, abs(goal)) or (length > 0) == (row["comparator"] in _LESS):
        return "no way"  # the base is there already, or beyond
    first = points[0][0] if row["rule"] == "cumulative" else min(series.values)
    years = sorted(y for y in series.values if first <= y <= row["year"])
    return Way(
        row["target_id"],
        str(row["target_name"]),
        domains[row["target_id"]],
        horizon,
        base,
        goal,
        row["comparator"],
        {y: (series.values[y] - base) / length for y in years},
        {y: series.values[y] for y in years},
        tuple((y, (v - base) / length) for y, v in points),
        weakest([series.statuses[y] for y in years] or ["published"]),
    )
