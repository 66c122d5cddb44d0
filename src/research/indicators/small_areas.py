"""Incomes of the places by the Fay-Herriot model, beside the direct estimates: clause 70 asks for better precision.

Low-income head-counts are left to the direct estimates: some places have none in the sample, so that their
standard error is 0 and the model's sampling variance unknown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from research.errors import DataError
from research.measures.small_area import fay_herriot
from research.project import weakest

COLUMNS = ["place", "year", "measure", "direct", "se_direct", "eblup", "se_eblup", "gamma", "chosen", "value", "se",
           "unit", "status", "source"]
MEASURE = "mean_income"


def small_area(edition, measures):
    """Mean income a head of each place and year: direct, by the model, and the one chosen.

    The model's covariate is the share of village committees among a place's villages and communities, from the
    register and not from the sample. Its estimates are scaled so that their mean over persons is that of the
    direct estimates, which is the district's. A direct estimate is kept where its coefficient of variation is at
    most the setting `small_area_cv_limit`; a place whose direct estimate is withheld has the model's.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As `survey_tables.measures` makes it.

    Returns
    -------
    DataFrame
        place, year, measure, direct, se_direct, eblup (scaled), se_eblup, gamma (weight of the direct estimate, 0
        to 1), chosen ("direct" or "model"), value and se (of the chosen one), unit, status, source. In a year with
        too few places for a model `eblup`, `se_eblup` and `gamma` are gaps, and the direct estimate is chosen.
    """
    rows = measures[(measures["measure"] == MEASURE) & (measures["residence"] == "all")]
    rows = rows[rows["place"].isin(edition.places["code"])]
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    persons = edition.households.dropna(subset=["income_pc"]).groupby(["place", "year"])["person_weight"].sum()
    register = edition.places.set_index("code")
    rural = register["n_village_committees"].astype(float) / register["n_villages"].astype(float)
    limit = float(edition.settings["small_area_cv_limit"])
    parts = []
    for year, part in rows.groupby("year", sort=True):
        frame = part.assign(persons=part["place"].map(persons.xs(year, level="year")), rural=part["place"].map(rural))
        parts.append(one_year(frame, limit))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def one_year(frame, limit):
    """The table of one year.

    Parameters
    ----------
    frame : DataFrame
        A row a place: place, year, measure, value, se, persons, rural (0 to 1), unit, status, source.
    limit : float
        Largest coefficient of variation of a direct estimate that is kept.

    Returns
    -------
    DataFrame
        As `small_area`, but of one year.
    """
    frame = frame.reset_index(drop=True)
    made = frame.rename(columns={"value": "direct", "se": "se_direct"})
    usable = made["direct"].notna() & (made["se_direct"] > 0) & np.isfinite(made["se_direct"])
    asked = made.assign(estimate=made["direct"].where(usable), spread=made["se_direct"].where(usable),
                        persons=made["persons"].where(usable & (made["persons"] > 0), 1.0))
    try:
        table = fay_herriot(asked, ["rural"], estimate="estimate", se="spread", benchmark="persons",
                            cv_limit=limit).table
    except DataError as error:  # too few places, or a register that cannot explain: the direct estimates stand alone
        if not {fault.kind for fault in error.faults} <= {"empty", "rank", "missing"}:
            raise
        return made.assign(eblup=np.nan, se_eblup=np.nan, gamma=np.nan, chosen="direct", value=made["direct"],
                           se=made["se_direct"])
    factor = table["benchmarked"] / table["eblup"]
    made = made.assign(eblup=table["benchmarked"], se_eblup=table["eblup_rmse"] * factor.abs(), gamma=table["gamma"],
                       chosen=table["chosen"], value=table["value"], se=table["se"])
    made["status"] = [weakest([s, "estimated"]) if c == "model" else s
                      for s, c in zip(made["status"], made["chosen"], strict=True)]
    return made
