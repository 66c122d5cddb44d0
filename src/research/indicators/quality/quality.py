"""How good the data is: what is there of what was due, what stands out, what changed its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.status import weakest

if TYPE_CHECKING:
    from research.indicators.edition import Edition

ROBUST = 3.5
"""Robust z-score (distance from the median over 1.4826 x MAD) from which a value is looked at."""


def due(edition: Edition) -> pd.DataFrame:
    """Every value that is due: indicator x place x year, district indicators once.

    Returns
    -------
    DataFrame
        place, year, indicator, department, theme, given (bool), status.

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> len(due(open_edition("2021"))) == 64 + 19 * 42
    True
    """
    table = edition.indicators[["id", "level", "theme", "source_department"]]
    table = table.rename(columns={"id": "indicator", "source_department": "department"})
    codes = [edition.district, *edition.places["code"]]
    parts = [table[table["level"].eq("both") | (code == edition.district)].assign(place=code) for code in codes]
    years = sorted(set(edition.handed_in["year"]) | set(edition.survey_years))
    whole = pd.concat(parts, ignore_index=True).merge(pd.DataFrame({"year": years}), how="cross")
    held = edition.observations[["place", "year", "indicator", "status"]]
    whole = whole.merge(held, on=["place", "year", "indicator"], how="left", validate="one_to_one")
    return whole.assign(given=whole["status"].notna())[
        ["place", "year", "indicator", "department", "theme", "given", "status"]
    ]


def completeness(edition: Edition, by: list[str]) -> pd.DataFrame:
    """Share of the due values that are there, by department, place, theme or year.

    Parameters
    ----------
    edition : Edition
    by : str or list of str
        Out of department, place, theme, year, indicator.

    Returns
    -------
    DataFrame
        The `by` columns, due, given, share (0 to 1), status.
    """

    def status(cells):
        return weakest(cells.dropna().unique()) if cells.notna().any() else edition.status

    made = due(edition).groupby(by).agg(due=("given", "size"), given=("given", "sum"), status=("status", status))
    made["share"] = made["given"] / made["due"]
    return made.reset_index()[[*([by] if isinstance(by, str) else by), "due", "given", "share", "status"]]


def flags(edition: Edition) -> pd.DataFrame:
    """Values that deserve a look: far from the other places, a jump from the year before, a total that falls.

    Returns
    -------
    DataFrame
        place, year, indicator, value, kind (outlier|jump|fall), measure (robust z, or relative change), status.
    """
    frame = edition.observations.merge(
        edition.indicators[["id", "target_type"]],
        left_on="indicator",
        right_on="id",
        how="left",
        validate="many_to_one",
    ).sort_values(["indicator", "place", "year"])
    key = frame.groupby(["indicator", "place"])
    former, step = key["value"].shift(), key["year"].diff()
    change = (frame["value"] / former.where(former.ne(0)) - 1).where(step.eq(1))
    running = frame["target_type"].eq("cumulative")
    limit = edition.settings["jump_limit"]
    local = frame[frame["place"].ne(edition.district)]
    z = robust_z(local["value"], [local["indicator"], local["year"]]).reindex(frame.index)
    found = {
        "jump": (~running & change.abs().gt(limit), change),
        "fall": (running & frame["value"].lt(former), change),
        "outlier": (z.abs().gt(ROBUST), z),
    }
    columns = ["place", "year", "indicator", "value", "kind", "measure", "status"]
    parts = [frame.assign(kind=kind, measure=measure)[hit] for kind, (hit, measure) in found.items()]
    return pd.concat(parts)[columns].sort_values(columns[:5]).reset_index(drop=True)


def robust_z(values: pd.Series, by: list[pd.Series]) -> pd.Series:
    """Distance of each value from its group's median, over 1.4826 times the median absolute deviation.

    A group whose deviation is 0 has no outliers.

    Examples
    --------
    >>> robust_z(pd.Series([1.0, 2, 3, 4, 100]), [pd.Series(["a"] * 5)]).round(2).tolist()
    [-1.35, -0.67, 0.0, 0.67, 65.43]
    """
    middle = values.groupby(by).transform("median")
    spread = (values - middle).abs().groupby(by).transform("median") * 1.4826
    return (values - middle) / spread.where(spread > 0, np.nan)


def tables(edition: Edition) -> dict[str, pd.DataFrame]:
    """The tables of the quality report: by department and year, by place and year, and what deserves a look."""
    return {
        "quality_departments": completeness(edition, ["department", "year"]),
        "quality_places": completeness(edition, ["place", "year"]),
        "quality_indicators": completeness(edition, ["indicator", "year"]),
        "quality_flags": flags(edition),
    }
