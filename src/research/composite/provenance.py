"""Survey indicators (the + mark) count only with their provenance: sample size, date and method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from research.core.faults import Fault

if TYPE_CHECKING:
    import pandas as pd


NEEDED = ("n", "survey_date", "method")


def check_survey(observations: pd.DataFrame, indicators: pd.DataFrame) -> list[Fault]:
    """Faults of + indicators whose values lack sample size, date or method.

    Parameters
    ----------
    observations : DataFrame
        place, year, indicator, value, and n, survey_date, method.
    indicators : DataFrame
        id, survey_flag (`+` or empty).

    Returns
    -------
    list of Fault
        One a value; empty when all have their provenance.

    Examples
    --------
    >>> import pandas as pd
    >>> o = pd.DataFrame({"place": ["p"], "year": [2024], "indicator": ["q"], "value": [90.0], "n": [None],
    ...                   "survey_date": ["2024-10-20"], "method": ["入户"]})
    >>> print(check_survey(o, pd.DataFrame({"id": ["q"], "survey_flag": ["+"]}))[0])
    observations, p 2024 q: expected n of the survey (a + indicator), found nothing (fill in n)
    """
    marked = set(indicators.loc[indicators["survey_flag"] == "+", "id"])
    rows = observations[observations["indicator"].isin(marked) & observations["value"].notna()]
    bare = rows.reindex(columns=list(NEEDED))
    bare = bare.isna() | (bare == "")
    faults = []
    for row, lacks in zip(rows[bare.any(axis=1)].itertuples(), bare[bare.any(axis=1)].to_numpy(), strict=True):
        names = "、".join(n for n, gone in zip(NEEDED, lacks, strict=True) if gone)
        faults.append(
            Fault(
                f"observations, {row.place} {row.year} {row.indicator}",
                f"{names} of the survey (a + indicator)",
                "nothing",
                f"fill in {names}",
                "survey",
            )
        )
    return faults
