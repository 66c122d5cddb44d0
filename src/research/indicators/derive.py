"""The tables of an edition's data: checked observations, survey measures with their errors, sources, the three gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.errors import DataError
from research.indicators import between_places, comparisons, gaps, inequality_parts, small_areas, survey_tables
from research.indicators.aggregates import aggregates, of_measure, roles
from research.indicators.checks.checks import Known, check_frame
from research.indicators.privacy import curves, quantiles, release, withholding
from research.indicators.quality import quality

if TYPE_CHECKING:
    from research.core.faults import Fault
    from research.indicators.edition import Edition


NOTE = "住户调查计算值，替代手报值 {:.10g}"


def build(edition: Edition) -> dict[str, pd.DataFrame]:
    """All tables of this room.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict of DataFrame
        `observations`, `measures`, `sources`, `curves`, `gaps`, `small_area`, `comparisons`, `extremes`,
        `place_spread`, `catching_up`, `inequality_parts`, and the quality report's `quality_departments`,
        `quality_places`, `quality_indicators`, `quality_flags`.

    Raises
    ------
    DataError
        With all faults of the handed-in observations and households that would spoil the tables.

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> sorted(build(open_edition("2021")))[:3]
    ['catching_up', 'comparisons', 'curves']
    """
    _refuse_faults(edition)
    direct, kept = survey_tables.estimates(edition)
    cells = quantiles.spreads(edition)
    shown = release.measures(edition, direct, cells)
    withholding.refuse_exposed(edition, shown)
    tables = {
        "small_area": small_areas.published(edition, direct, shown),
        "curves": _curves(edition, cells),
        "sources": release.sources(edition, survey_tables.sources(edition)),
    }
    survey = _adopted(edition, shown, tables["small_area"], kept)
    tables["measures"] = with_aggregates(edition, survey)
    tables |= between_places.tables(edition, survey)
    tables["comparisons"] = comparisons.comparisons(edition, kept, survey, tables["place_spread"])
    tables["inequality_parts"] = inequality_parts.table(edition, kept)
    tables["gaps"] = gaps.gaps(edition, tables["measures"], kept, tables["place_spread"])
    tables = release.sealed(tables)
    derived = derived_observations(edition, survey, tables["gaps"])
    tables["observations"] = joined(edition.handed_in, derived)
    edition.add_tables(tables)
    return {**tables, **quality.tables(edition)}


def _adopted(edition, direct, small, kept):
    """The survey's table with the figures that are adopted; without households there is nothing to adopt."""
    if kept is None:
        return direct.assign(**dict.fromkeys(small_areas.ADOPTED, np.nan))
    df = kept.table[[*small_areas.KEY, "df"]]
    return small_areas.adopted(direct, small, df, edition.settings["confidence_level"])


def _curves(edition, cells):
    status = edition.households.groupby("year")["status"].agg(weakest) if len(edition.households) else {}
    return curves.table(edition, cells, edition.withheld, status, edition.meta.get("source", "住户调查"))


def _refuse_faults(edition):
    """The rules of `check` on what was handed in: a wrong row must not reach a table."""
    known = Known(edition.project)
    faults: list[Fault] = []
    frame = edition.handed_in
    faults += (
        check_frame(
            frame.astype(object).where(frame.notna()), "observations", f"{edition.folder.name}/observations.csv", known
        )[1]
        if len(frame)
        else []
    )
    if faults:
        raise DataError(faults)


def derived_observations(edition: Edition, measures: pd.DataFrame, gap_table: pd.DataFrame) -> pd.DataFrame:
    """Indicators that follow from the household survey, or from other indicators, as observations.

    Parameters
    ----------
    edition : Edition
    measures, gap_table : DataFrame
        As `build` makes them.

    Returns
    -------
    DataFrame
        Columns of `observations.csv`; `method` says how each was computed.
    """
    level = edition.indicators.set_index("id")["level"]
    parts = []
    for role in roles(edition.indicators).itertuples():
        rows = measures[(measures["measure"] == role.measure) & (measures["residence"] == role.residence)]
        if role.level == "district":
            rows = rows[rows["place"] == edition.district]
        parts.append(_as_observations(rows, role.id, role.factor, "住户调查推算"))
    for gap, method in (("gdp_max_min", "由乡镇街道数值计算"), ("group_ratio", "住户调查推算")):
        if indicator := of_measure(edition.indicators, gap):
            rows = gap_table[gap_table["gap"] == gap].assign(place=edition.district)
            method = method if measures["value"].notna().any() else "由乡镇街道数值计算"
            parts.append(_as_observations(rows, indicator, 1, method))
    frame = pd.concat([p for p in parts if len(p)], ignore_index=True) if any(map(len, parts)) else pd.DataFrame()
    if frame.empty:
        return frame
    frame["unit"] = frame["indicator"].map(edition.indicators.set_index("id")["unit"])
    return frame[frame["indicator"].isin(level.index)]


def with_aggregates(edition: Edition, survey: pd.DataFrame) -> pd.DataFrame:
    """The survey's measures, and below them those that only aggregates give."""
    given = aggregates(edition, survey)
    if given.empty:
        return survey
    both = pd.concat([survey.astype(object), given.astype(object)], ignore_index=True).infer_objects()
    for column in ("value", "se", "lower", "upper", "n", "coverage", "below"):
        both[column] = pd.to_numeric(both[column])
    both["year"] = both["year"].astype("int64")
    for column in ("caution", "withheld"):
        both[column] = both[column].astype(bool)
    return both.sort_values(["measure", "place", "year", "residence"]).reset_index(drop=True)


def _as_observations(rows, indicator, factor, method):
    rows = rows[rows["value"].notna()]
    return pd.DataFrame(
        {
            "place": rows["place"],
            "year": rows["year"],
            "indicator": indicator,
            "value": rows["value"] * factor,
            "status": rows["status"],
            "source": rows["source"],
            "n": rows["n"],
            "survey_date": pd.to_datetime(rows["year"].astype(str) + "-12-31"),
            "method": method,
            "se": rows["se"] * factor,
        }
    )


def joined(handed_in: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """Handed-in and derived observations in one table; the derived one wins and says what it replaced.

    Examples
    --------
    >>> typed = pd.DataFrame([["331003", 2024, "INC-2-04", 0.31, "reported"]],
    ...                      columns=["place", "year", "indicator", "value", "status"])
    >>> made = typed.assign(value=0.33, status="survey")
    >>> joined(typed, made)[["value", "status", "note"]].to_dict("records")
    [{'value': 0.33, 'status': 'survey', 'note': '住户调查计算值，替代手报值 0.31'}]
    """
    key = ["place", "year", "indicator"]
    if derived.empty:
        return handed_in.assign(note="").sort_values(key).reset_index(drop=True)
    typed = handed_in[[*key, "value"]].rename(columns={"value": "typed"})
    derived = derived.merge(typed, on=key, how="left", validate="one_to_one")
    derived["note"] = ["" if pd.isna(v) else NOTE.format(v) for v in derived.pop("typed")]
    made = pd.MultiIndex.from_frame(derived[key])
    kept = handed_in[~pd.MultiIndex.from_frame(handed_in[key]).isin(made)].assign(note="")
    both = pd.concat([kept.astype(object), derived.astype(object)], ignore_index=True)
    frame = both.infer_objects().sort_values(key).reset_index(drop=True)
    for column in frame.columns.intersection(["value", "n", "se"]):
        frame[column] = pd.to_numeric(frame[column])
    if "survey_date" in frame:
        frame["survey_date"] = pd.to_datetime(frame["survey_date"])
    frame["year"] = frame["year"].astype("int64")
    return frame


def status_of(frame: pd.DataFrame, *more: Any) -> Any:
    """The weakest status of some rows."""
    return weakest([*frame["status"].dropna().unique(), *more])
