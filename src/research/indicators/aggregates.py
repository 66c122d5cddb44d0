"""Which indicators are which measures, and published aggregates as rows of the table of measures.

The column `measure` of `indicators.csv` says what an indicator measures, in the words of `MEASURES`, after a colon
whose: `mean_income:rural`. Where a household survey gives the measure, it becomes the indicator's value; where
there are no households, the value handed in (published, reported) stands as the measure, without a standard error,
so that the chapters of the three gaps are carried by aggregates too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.indicators.survey_tables import COLUMNS, UNITS

if TYPE_CHECKING:
    from research.indicators.edition import Edition

PLAIN = {"gdp_per_head": "", "gdp_max_min": "倍", "group_ratio": "比值", "population": ""}
"""What an indicator may be beside a measure of the household survey."""

MEASURES = (*UNITS, *PLAIN)
RESIDENCES = ("all", "urban", "rural")
_FACTORS = {("比重", "%"): 100.0, ("元/人·年", "万元"): 1e-4, ("元/人·年", "万元/人"): 1e-4, ("户", "万户"): 1e-4}


def roles(indicators: pd.DataFrame) -> pd.DataFrame:
    """What each indicator measures: a row an indicator that measures something.

    Returns
    -------
    DataFrame
        id, measure, residence, factor (from the measure's unit to the indicator's), level.

    Examples
    --------
    >>> rows = pd.DataFrame({"id": ["A", "B"], "measure": ["band_share", "mean_income:rural"], "unit": ["%", "元"],
    ...                      "level": "both"})
    >>> roles(rows)[["measure", "residence", "factor"]].values.tolist()
    [['band_share', 'all', 100.0], ['mean_income', 'rural', 1.0]]
    """
    rows = indicators[indicators["measure"] != ""]
    parts = [m.partition(":") for m in rows["measure"]]
    return pd.DataFrame(
        {
            "id": rows["id"].to_numpy(),
            "measure": [p[0] for p in parts],
            "residence": [p[2] or "all" for p in parts],
            "factor": [_FACTORS.get((UNITS.get(p[0], ""), u), 1.0) for p, u in zip(parts, rows["unit"], strict=True)],
            "level": rows["level"].to_numpy(),
        }
    )


def of_measure(indicators: pd.DataFrame, measure: str) -> str:
    """Id of the indicator that is a measure; empty where the district has none."""
    found = indicators.loc[indicators["measure"] == measure, "id"]
    return found.iloc[0] if len(found) else ""


def aggregates(edition: Edition, measures: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table of measures that stand on aggregates handed in, where the survey gives none.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As `survey_tables.measures` makes it.

    Returns
    -------
    DataFrame
        Of the same columns; `se`, `lower`, `upper` and `n` are gaps. The ratio of town to country is computed
        where both incomes are given and the ratio is not.
    """
    known = roles(edition.indicators)
    known = known[known["measure"].isin(UNITS)]
    rows = edition.handed_in.merge(known, left_on="indicator", right_on="id")
    rows = rows[rows["value"].notna()]
    if rows.empty:
        return pd.DataFrame(columns=[*COLUMNS, "withheld", "below"])
    rows = rows.assign(value=rows["value"] / rows["factor"])[
        ["place", "year", "residence", "measure", "value", "status", "source"]
    ]
    rows = pd.concat([rows, _ratios(rows)], ignore_index=True)
    key = ["place", "year", "residence", "measure"]
    rows = rows[~pd.MultiIndex.from_frame(rows[key]).isin(pd.MultiIndex.from_frame(measures[key]))]
    blank = dict.fromkeys(("se", "lower", "upper", "n"), np.nan)
    rows = rows.assign(**blank, coverage=1.0, unit=rows["measure"].map(UNITS), caution=False).reindex(columns=COLUMNS)
    return rows.assign(withheld=False, below=np.nan)


def _ratios(rows):
    """Town over country for each place and year that gives both and no ratio."""
    incomes = (
        rows[rows["measure"] == "mean_income"]
        .pivot_table(index=["place", "year"], columns="residence", values="value", aggfunc="first")
        .reindex(columns=[*RESIDENCES])
        .dropna(subset=["urban", "rural"])
    )
    given = rows[rows["measure"] == "urban_rural_ratio"].set_index(["place", "year"]).index
    incomes = incomes[~incomes.index.isin(given)]
    if incomes.empty:
        return rows.head(0)
    about = (
        rows[rows["residence"].isin(["urban", "rural"])]
        .groupby(["place", "year"])
        .agg(status=("status", lambda s: weakest(s.unique())), source=("source", "first"))
    )
    made = incomes.assign(value=incomes["urban"] / incomes["rural"])[["value"]].join(about)
    return made.reset_index().assign(residence="all", measure="urban_rural_ratio")
