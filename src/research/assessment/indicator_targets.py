"""The one list of indicators that a plan gives a number for its last year, and whether each has reached it.

Every count of indicators on target in the book - the general report's table, a theme's sentence and its chart - is a
count of these rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.assessment.settings import Rules
from research.assessment.targets import COLUMNS, attain_targets

if TYPE_CHECKING:
    from research.indicators.edition import Edition

GROWTH = ("growth_of", "growth", "relative_growth")
_HOLDS = ("level", "floor", "ceiling")  # rules that ask something of a township's share as well


def indicator_targets(attainment: pd.DataFrame, indicators: pd.DataFrame, goals: pd.DataFrame, horizon: int
                      ) -> pd.DataFrame:  # fmt: skip
    """Attainment of a plan's last year, one row an indicator.

    Parameters
    ----------
    attainment : DataFrame
        Result of `attain_targets` for one place and year.
    indicators : DataFrame
        Those asked of the place: id, name_zh, domain_code, unit.
    goals : DataFrame
        The plans' numbers for the indicators.
    horizon : int
        The plan's last year.

    Returns
    -------
    DataFrame
        Rows of `attainment` that hold a number against that year, with name, domain and the unit of the number. Where
        several targets speak of one indicator, the one with the indicator's own number. Targets relative to another
        place, whose number is not the plan's, are left out, and so are those that nothing can be said of.
    """
    rows = attainment[attainment["horizon"] == horizon]
    stated = ~rows["rule"].str.startswith("relative")
    there = rows["progress"].notna() | (rows["due"].fillna(False).astype(bool) & rows["value"].notna())
    names = indicators.set_index("id")
    rows = rows[stated & there & rows["indicator"].isin(names.index)].copy()
    numbers = goals[goals["year"] == horizon].set_index("indicator")["value"]
    rows["own"] = rows["target"] != rows["indicator"].map(numbers)
    rows = rows.sort_values(["indicator", "own", "target_id"]).drop_duplicates("indicator").drop(columns="own")
    rows["progress"] = rows["progress"].astype(float)
    rows["name"], rows["domain"] = (rows["indicator"].map(names[c]) for c in ("name_zh", "domain_code"))
    rows["unit"] = rows["indicator"].map(names["unit"]).mask(rows["rule"].isin(GROWTH), "%")
    return rows.reset_index(drop=True)


def table(edition: Edition, now: pd.DataFrame, joins: pd.DataFrame, observations: pd.DataFrame, rules: Rules
          ) -> pd.DataFrame:  # fmt: skip
    """`indicator_targets` of the district and of every township in the edition's year.

    The plan's numbers are the district's; only a share, and only a level of it, can be asked of a township as well.

    Parameters
    ----------
    edition : Edition
    now : DataFrame
        The district's attainment.
    joins : DataFrame
        `target_indicators.csv`.
    observations : DataFrame
    rules : Rules
    """
    indicators, horizon, year = edition.indicators, edition.plan.end, int(edition.edition)
    if (now["horizon"] != horizon).any():  # a milestone comes first: the last year's numbers are held against it too
        rows = observations[observations["place"] == edition.district]
        now = attain_targets(
            edition.targets, edition.target_years, joins, rows, edition.district, year, rules, horizon=horizon
        )
    parts = [indicator_targets(now, indicators, edition.goals, horizon)]
    shared = indicators[(indicators["level"] == "both") & (indicators["unit"] == "%")]
    own = joins[joins["indicator"].isin(shared["id"]) & joins["rule"].isin(_HOLDS)]
    targets = edition.targets[edition.targets["id"].isin(own["target"])]
    for place in edition.places["code"] if len(targets) else ():
        rows = observations[observations["place"] == place]
        made = attain_targets(targets, edition.target_years, own, rows, place, year, rules, horizon=horizon)
        parts.append(indicator_targets(made, shared, edition.goals, horizon))
    frame = pd.concat([p for p in parts if len(p)], ignore_index=True) if any(map(len, parts)) else parts[0]
    return frame.reindex(columns=[*COLUMNS, "name", "domain"])


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Indicators with a number and those that reached it, by place, year and domain, and of all domains (`ALL`)."""
    wide = pd.concat([rows, rows.assign(domain="ALL")])
    wide = wide.assign(n_target=1, n_on_target=np.where(wide["attained"] == "yes", 1, 0))
    return wide.groupby(["place", "year", "domain"], as_index=False)[["n_target", "n_on_target"]].sum()
