"""How many of a place's indicators improved, worsened and stand on target, by domain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from research.core.status import STATUSES, weakest

CHANGES = (
    "place",
    "year",
    "indicator",
    "name",
    "domain",
    "unit",
    "direction",
    "value",
    "previous_year",
    "previous",
    "change",
    "better",
    "significant",
    "status",
    "source",
)
SCORECARD = (
    "place",
    "year",
    "domain",
    "domain_zh",
    "n_indicators",
    "n_available",
    "n_compared",
    "n_improved",
    "n_worsened",
    "n_same",
    "n_unconfirmed",
    "n_target",
    "n_on_target",
    "availability",
    "status",
    "source",
)


def changes(observations: pd.DataFrame, indicators: pd.DataFrame, verdicts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Each observation against that of the year before in the same place.

    Parameters
    ----------
    observations : DataFrame
        place, year, indicator, value, status, source.
    indicators : DataFrame
        id, name_zh, domain_code, direction (1 or -1), unit.
    verdicts : DataFrame, optional
        place, year, indicator, significant: the tests of the changes that have one (see
        `research.indicators.comparisons.verdicts`).

    Returns
    -------
    DataFrame
        Columns `CHANGES`; `better` is 1, 0, -1 or missing (no value of the year before); a change inside its error is
        0, and its `significant` is false. `significant` is missing where no error is known.
    """
    frame = observations[observations["value"].notna()].copy()
    frame["year"] = frame["year"].astype(int)
    frame = frame.merge(
        indicators[["id", "name_zh", "domain_code", "direction"]],
        left_on="indicator",
        right_on="id",
        how="inner",
        validate="many_to_one",
    ).sort_values(["place", "indicator", "year"])
    groups = frame.groupby(["place", "indicator"], sort=False)
    last = groups["year"].shift() == frame["year"] - 1  # an older value is no value of the year before
    frame["previous"] = groups["value"].shift().where(last)
    frame["previous_year"] = groups["year"].shift().where(last)
    frame["change"] = frame["value"] - frame["previous"]
    frame["significant"] = _significant(frame, verdicts)
    sign = np.sign((frame["change"] * frame["direction"]).round(12))
    frame["better"] = sign.mask(frame["significant"].eq(False).fillna(False) & sign.notna(), 0.0)
    frame["status"] = _both_statuses(frame, groups, last)
    frame = frame.rename(columns={"name_zh": "name", "domain_code": "domain"})
    frame["source"] = frame.get("source", "")
    return frame.reindex(columns=list(CHANGES)).reset_index(drop=True)


def _significant(frame: pd.DataFrame, verdicts: pd.DataFrame | None) -> pd.Series:
    if verdicts is None or verdicts.empty:
        return pd.Series(pd.NA, index=frame.index, dtype="boolean")
    key = ["place", "year", "indicator"]
    found = frame[key].merge(verdicts[[*key, "significant"]], on=key, how="left", validate="one_to_one")["significant"]
    told = pd.Series(found.astype("boolean").to_numpy(), index=frame.index, dtype="boolean")
    return told.mask(frame["change"].isna())


def _both_statuses(frame: pd.DataFrame, groups: Any, last: pd.Series) -> pd.Series:
    before = groups["status"].shift().where(last)
    pairs = list(zip(frame["status"], before, strict=True))
    known = {pair: weakest([s for s in pair if isinstance(s, str)]) for pair in set(pairs)}
    return pd.Series([known[pair] for pair in pairs], index=frame.index)


def scorecards(
    observations: pd.DataFrame,
    indicators: pd.DataFrame,
    district: str,
    table: pd.DataFrame | None = None,
    reached: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a place, year and domain: indicators available, improved, worsened, on target.

    Parameters
    ----------
    observations, indicators : DataFrame
        As for `changes`; `indicators` also has level (district or both).
    district : str
        Code of the district; other places are townships and are asked only for indicators of level `both`.
    table : DataFrame, optional
        Result of `changes`, when it is there already.
    reached : DataFrame, optional
        Counts of indicators with a target (see `research.assessment.indicator_targets.counts`), of the years for which
        they were made; elsewhere `n_target` and `n_on_target` are missing.

    Returns
    -------
    DataFrame
        Columns `SCORECARD`, with a row of domain `ALL` for each place and year.
    """
    moved = changes(observations, indicators) if table is None else table
    wide = pd.concat([moved, moved.assign(domain="ALL")])
    names = indicators.drop_duplicates("domain_code").set_index("domain_code")["domain_zh"].to_dict()
    names = {code: name.split("的")[-1] for code, name in names.items()} | {"ALL": "全部"}
    wide = wide.assign(
        n_compared=wide["better"].notna(),
        n_improved=wide["better"] == 1,
        n_worsened=wide["better"] == -1,
        n_same=(wide["better"] == 0) & ~_unconfirmed(wide),
        n_unconfirmed=_unconfirmed(wide),
        rung=wide["status"].map(STATUSES.index),
    )
    keys = ["place", "year", "domain"]
    groups = wide.groupby(keys)
    counts = ["n_compared", "n_improved", "n_worsened", "n_same", "n_unconfirmed"]
    out = groups[counts].sum().astype(int)
    out.insert(0, "n_available", groups.size())
    out["status"] = [STATUSES[k] for k in groups["rung"].max()]
    out = out.reset_index()
    out = _with_targets(out, reached)
    out["domain_zh"] = out["domain"].map(names)
    out["n_indicators"] = [
        _asked(indicators, place == district, domain) for place, domain in zip(out["place"], out["domain"], strict=True)
    ]
    out["availability"] = out["n_available"] / out["n_indicators"].where(out["n_indicators"] > 0)
    return out.assign(source="指标观测值")[list(SCORECARD)]


def _with_targets(cards: pd.DataFrame, reached: pd.DataFrame | None) -> pd.DataFrame:
    """The cards with their counts of targets: none in a year that was counted is 0, a year that was not is missing."""
    if reached is None or reached.empty:
        return cards.assign(n_target=pd.NA, n_on_target=pd.NA)
    cards = cards.merge(reached, on=["place", "year", "domain"], how="left", validate="one_to_one")
    counted = cards["year"].isin(reached["year"])
    for column in ("n_target", "n_on_target"):
        filled = cards[column].astype("Int64")
        cards[column] = filled.fillna(0).where(counted)
    return cards


def _unconfirmed(frame: pd.DataFrame) -> pd.Series:
    """Changes that lie inside their error."""
    return frame["significant"].eq(False).fillna(False) & frame["change"].notna()


def _asked(indicators: pd.DataFrame, whole: bool, domain: str) -> int:
    """Number of indicators that the district (whole) or a township is asked for."""
    mask = pd.Series(True, index=indicators.index) if whole else indicators["level"] == "both"
    return int(mask.sum() if domain == "ALL" else (mask & (indicators["domain_code"] == domain)).sum())
